"""One step of what is done to an opportunity, and what it means for the visits that are booked here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from queries import bookings
from queries.store import Transaction
from services.actors import Actor

CANCELLED = {"state": "cancelled", "conflict": None}


@dataclass(frozen=True)
class Step:
    """One thing done to an opportunity: its event's kind, the columns that change, and what only the event says.

    facts are as they are afterwards, was as they were before.
    """

    kind: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    was: Mapping[str, Any] = field(default_factory=dict)
    note: str | None = None
    undoes: int | None = None


def booking_step(
    kind: str,
    booking_id: str,
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any],
    changes: Mapping[str, Any],
    *,
    note: str | None = None,
) -> Step:
    """Return the step that tells what a visit booked here was, none when it is new, and what it is."""
    was, facts = ({name: side[name] for name in bookings.CHANGING} if side else {} for side in (old, new))
    return Step(kind, changes, facts={"booking_id": booking_id, **facts}, was=was, note=note)


def change_booking(
    tx: Transaction,
    kind: str,
    booking: Mapping[str, Any],
    wanted: Mapping[str, Any],
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    note: str | None = None,
) -> Step:
    """Change a visit booked here, and return the step that tells it; changes are those of its opportunity's state."""
    new = {**booking, **wanted}
    bookings.change(tx, booking["booking_id"], new, by=actor.user_id, now=now)
    return booking_step(kind, booking["booking_id"], booking, new, changes, note=note)


def with_bookings(
    tx: Transaction, steps: Sequence[tuple[Mapping[str, Any], Sequence[Step]]], *, actor: Actor, now: datetime
) -> list[tuple[Mapping[str, Any], Sequence[Step]]]:
    """Cancel the visits booked here that these steps leave without a day, each as a step more.

    An opportunity that stays booked is so at least until the last day of what is booked here.
    """
    followed: list[tuple[Mapping[str, Any], Sequence[Step]]] = []
    live = _live_of(tx, [row for row, given in steps if _frees(given) or _books(given)])
    for row, given in steps:
        some = live.get((row["practice_id"], row["opportunity_id"]), [])
        if some and _frees(given):
            given = [
                *given,
                *(
                    change_booking(tx, "booking cancelled", one, CANCELLED, {"booked_on": None}, actor=actor, now=now)
                    for one in some
                ),
            ]
        elif some and (last_on := max(one["starts_at"].date() for one in some)) > _books(given):
            given = [
                replace(step, changes={**step.changes, "booked_on": last_on}) if "booked_on" in step.changes else step
                for step in given
            ]
        followed.append((row, given))
    return followed


def _live_of(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    live: dict[tuple[str, str], list[dict[str, Any]]] = {}
    if rows:
        names = [[row[name] for row in rows] for name in ("practice_id", "opportunity_id")]
        for booking in bookings.live_of(tx, *names).to_dicts():
            live.setdefault((booking["practice_id"], booking["opportunity_id"]), []).append(booking)
    return live


def _frees(steps: Sequence[Step]) -> bool:
    """Say whether an opportunity is booked no more after these steps."""
    is_rejected = any(step.changes.get("status") == "rejected" for step in steps)
    return is_rejected or (any("booked_on" in step.changes for step in steps) and _books(steps) is None)


def _books(steps: Sequence[Step]) -> date | None:
    """Return the day until which these steps book an opportunity."""
    days = [step.changes["booked_on"] for step in steps if "booked_on" in step.changes]
    return days[-1] if days else None

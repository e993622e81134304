"""Visits booked here: taken, moved, cancelled, and put back; until the PMS has them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from queries import bookings as queries
from queries import pms, workflow
from queries.store import Reading, Store, Transaction
from services import actions, booking_steps, calendars, slots, words
from services.actions import Chosen, Outcome, Step
from services.actors import Actor, Right, allowed
from services.errors import InvalidRequest
from services.practices import Practice
from services.steps import CANCELLED, booking_step, change_booking

LONGEST_MINUTES = 480
FURTHEST_DAYS = 730
"""A visit is so long, and so far ahead, at most: more is a slip."""


class SlotTaken(InvalidRequest):
    """The time is not free any more."""


@dataclass(frozen=True)
class Booking:
    """A visit booked here; it begins when the practice's clock shows so, and was made and changed in UTC."""

    booking_id: str
    practice_id: str
    opportunity_id: str
    patient_id: str
    planned_visit_id: str | None
    provider_id: str
    provider: str
    starts_at: datetime
    minutes: int
    state: str
    conflict: str | None
    appointment_id: str | None
    made_by: str
    made_at: datetime
    version: int
    changed_by: str
    changed_at: datetime

    @property
    def ends_at(self) -> datetime:
        """When the visit is over."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def is_live(self) -> bool:
        """Say whether it may still be moved and cancelled here: no import has confirmed it."""
        return self.state in booking_steps.LIVE


def find(source: Reading, booking_id: str) -> Booking | None:
    """Return a booking, or None when there is none of that id."""
    return next((Booking(**row) for row in queries.find(source, [booking_id])), None)


def visit_calendar(booking: Booking, practice: Practice, *, now: datetime) -> bytes:
    """Return a visit as an iCalendar file for its patient, who is named in it as little as what is done there."""
    entry = calendars.Entry(
        id=booking.booking_id,
        title=f"{practice.name}: visit with {booking.provider}",
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        changes=booking.version,
        place=practice.name,
        details=f"To change it, ring {practice.phone}." if practice.phone else None,
    )
    return calendars.written([entry], timezone=practice.timezone, now=now)


@allowed(Right.WORK, practice="chosen")
def book(
    store: Store,
    chosen: Chosen,
    *,
    planned_visit_id: str | None,
    provider_id: str,
    starts_at: datetime,
    minutes: int,
    note: str | None = None,
    is_outside_hours_allowed: bool = False,
    actor: Actor,
    now: datetime,
    today: date,
    action_id: str,
) -> Outcome:
    """Book a visit of an opportunity here; it is to be entered in the PMS, and booked until its day.

    Raises SlotTaken when the time is not free, InvalidRequest for a visit that is booked already or no longer planned,
    and for a time or length that cannot be.
    """
    visit = _visit(planned_visit_id, provider_id, starts_at, minutes)
    said = f"booked for {words.moment(starts_at)} with {_provider(store, chosen.practice_id, provider_id)}"
    booking_id = str(uuid.uuid4())

    def decide(row: dict[str, Any]) -> Sequence[Step] | str:
        return _why_not(row) or [_booked(booking_id, visit, note)]

    def keep(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
        practice = booking_steps.practice_of(tx, chosen.practice_id)
        for row in rows:
            _keep(
                tx,
                practice,
                booking_id,
                row,
                visit,
                actor=actor,
                now=now,
                today=today,
                is_outside_hours_allowed=is_outside_hours_allowed,
            )

    return actions.act(
        store,
        [chosen],
        decide,
        kind="booked",
        said=said,
        actor=actor,
        now=now,
        today=today,
        action_id=action_id,
        and_then=keep,
    )


def take(
    tx: Transaction,
    practice: Practice,
    opportunity_id: str,
    *,
    planned_visit_id: str | None,
    provider_id: str,
    starts_at: datetime,
    minutes: int,
    actor: Actor,
    now: datetime,
    today: date,
    action_id: str,
    besides_link: str | None = None,
) -> Booking:
    """Book a visit inside the caller's transaction (`actions.on_fresh_list`), as `book` does for people.

    besides_link is the link, by its token's hash, whose own hold does not count. Raises as `book` does, also when it
    is no opportunity any more.
    """
    visit = _visit(planned_visit_id, provider_id, starts_at, minutes)
    _provider(tx, practice.practice_id, provider_id)
    row = next(iter(workflow.current(tx, [practice.practice_id], [opportunity_id], today=today).to_dicts()), None)
    if row is None or not row["is_listed"] or _why_not(row):
        raise InvalidRequest("This visit cannot be booked any more. Nothing was booked.")
    booking_id = str(uuid.uuid4())
    actions.write(
        tx, [(row, [_booked(booking_id, visit, None)])], kind="booked", actor=actor, now=now, action_id=action_id
    )
    _keep(tx, practice, booking_id, row, visit, actor=actor, now=now, today=today, besides_link=besides_link)
    kept = find(tx, booking_id)
    assert kept is not None
    return kept


@allowed(Right.WORK, practice="practice")
def move(
    store: Store,
    practice: Practice,
    booking_id: str,
    *,
    provider_id: str,
    starts_at: datetime,
    minutes: int,
    version: int,
    is_outside_hours_allowed: bool = False,
    actor: Actor,
    now: datetime,
    today: date,
    action_id: str,
) -> Outcome:
    """Give a visit another time, length or provider; it is to be entered in the PMS, or moved there, once more.

    version is the booking as it was seen. Raises as `book` does, and InvalidRequest when somebody changed it since.
    """
    visit = _visit(None, provider_id, starts_at, minutes)
    wanted = {name: visit[name] for name in queries.CHANGING}
    said = f"moved to {words.moment(starts_at)} with {_provider(store, practice.practice_id, provider_id)}"

    def decide(tx: Transaction, booking: Mapping[str, Any], row: Mapping[str, Any]) -> Step:
        booking_steps.check_seen(booking, version)
        asked = {"besides_booking": booking_id, "is_outside_hours_allowed": is_outside_hours_allowed}
        _check_free(tx, practice, visit, now=now, today=today, **asked)
        return booking_steps.changed(tx, "booking moved", booking, wanted, row, actor=actor, now=now)

    return booking_steps.act_on(
        store,
        practice,
        [booking_id],
        decide,
        kind="booking moved",
        said=said,
        actor=actor,
        now=now,
        today=today,
        action_id=action_id,
    )


@allowed(Right.WORK, practice="practice")
def cancel(
    store: Store,
    practice: Practice,
    booking_id: str,
    *,
    version: int,
    note: str | None = None,
    actor: Actor,
    now: datetime,
    today: date,
    action_id: str,
) -> Outcome:
    """Give up a visit booked here: its opportunity is back on the list. Raises as `move` does."""

    def decide(tx: Transaction, booking: Mapping[str, Any], row: Mapping[str, Any]) -> Step:
        booking_steps.check_seen(booking, version)
        return booking_steps.changed(tx, "booking cancelled", booking, CANCELLED, row, actor=actor, now=now, note=note)

    said = "booked no more: the visit is cancelled"
    return booking_steps.act_on(
        store,
        practice,
        [booking_id],
        decide,
        kind="booking cancelled",
        said=said,
        actor=actor,
        now=now,
        today=today,
        action_id=action_id,
    )


def _provider(source: Store | Reading, practice_id: str, provider_id: str) -> str:
    """Return a provider's name."""
    names = dict(pms.read(source, practice_id, "providers").select("provider_id", "name").iter_rows())
    if provider_id not in names:
        raise InvalidRequest("Choose a provider of this practice. Nothing was booked.")
    return str(names[provider_id])


def _visit(planned_visit_id: str | None, provider_id: str, starts_at: datetime, minutes: int) -> dict[str, Any]:
    """Return the columns of a visit as it is booked."""
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise InvalidRequest(f"A visit has from 1 to {LONGEST_MINUTES} minutes. Nothing was booked.")
    return {
        "planned_visit_id": planned_visit_id,
        "provider_id": provider_id,
        "starts_at": starts_at,
        "minutes": minutes,
        "state": "to enter",
        "conflict": None,
        "appointment_id": None,
    }


def _why_not(row: Mapping[str, Any]) -> str | None:
    return "it is rejected; restore it first." if row["status"] == "rejected" else None


def _booked(booking_id: str, visit: Mapping[str, Any], note: str | None) -> Step:
    """Return the step that books a visit."""
    changes = {"booked_on": visit["starts_at"].date()}
    return booking_step("booked", booking_id, None, visit, changes, note=note)


def _keep(
    tx: Transaction,
    practice: Practice,
    booking_id: str,
    row: Mapping[str, Any],
    visit: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    today: date,
    besides_link: str | None = None,
    is_outside_hours_allowed: bool = False,
) -> None:
    """Keep a visit whose event is written, or raise, so that neither is kept."""
    practice_id, opportunity_id, planned_id = practice.practice_id, row["opportunity_id"], visit["planned_visit_id"]
    if planned_id is not None:
        planned = queries.planned_visit(tx, practice_id, opportunity_id, planned_id)
        if planned is None:
            raise InvalidRequest(
                "This visit is not planned any more: the course was changed. Nothing was booked. Choose it anew."
            )
        if planned["visit_at"]:
            raise InvalidRequest(
                f"This visit is in the PMS already, for {words.moment(planned['visit_at'])}. Nothing was booked."
            )
    for other in queries.live_of(tx, [practice_id], [opportunity_id]).to_dicts():
        if other["planned_visit_id"] == planned_id and other["starts_at"].date() < today:
            # Its day passed and no import had it: it gives way to the new one.
            given_up = change_booking(tx, "booking cancelled", other, CANCELLED, {}, actor=actor, now=now)
            actions.write(tx, [(row, [given_up])], kind="booking cancelled", actor=actor, now=now, action_id=None)
        elif other["planned_visit_id"] == planned_id:
            raise InvalidRequest(
                f"This visit is booked already, for {words.moment(other['starts_at'])}. Nothing was booked. "
                "Move that one, or cancel it first."
            )
    _check_free(
        tx,
        practice,
        visit,
        now=now,
        today=today,
        besides_link=besides_link,
        is_outside_hours_allowed=is_outside_hours_allowed,
    )
    given = {**visit, "practice_id": practice_id, "opportunity_id": opportunity_id, "patient_id": row["patient_id"]}
    queries.add(tx, booking_id, given, state=visit["state"], by=actor.user_id, now=now)


def _check_free(
    tx: Transaction, practice: Practice, visit: Mapping[str, Any], *, now: datetime, today: date, **asked: Any
) -> None:
    starts_at = visit["starts_at"]
    if starts_at.date() > today + timedelta(days=FURTHEST_DAYS):
        raise InvalidRequest("This is more than two years ahead. Nothing was booked. Check the year.")
    if not slots.is_free(tx, practice, visit["provider_id"], starts_at, visit["minutes"], now=now, **asked):
        raise SlotTaken(f"{words.moment(starts_at)} is not free any more. Nothing was booked. Choose another time.")

"""What happens to visits booked here: one action in one transaction, each change with its step, and back again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from queries import bookings as queries
from queries import workflow
from queries.store import Reading, Store, Transaction
from services import actions, practices, slots, words
from services.actions import Outcome, Step
from services.actors import Actor
from services.errors import InvalidRequest
from services.practices import Practice
from services.steps import CANCELLED, change_booking

LIVE = ("to enter", "entered", "conflict")
"""The states of a visit that no import has confirmed: its time is taken, and its opportunity is booked."""

STATES = {
    "to enter": "To enter in the PMS",
    "entered": "Entered, waits for an import",
    "conflict": "The import says otherwise",
    "confirmed": "In the PMS",
    "cancelled": "Cancelled",
}
"""How far a visit booked here is, in words."""

PLACE = ("provider_id", "starts_at", "minutes")


def act_on(
    store: Store,
    practice: Practice,
    booking_ids: Sequence[str],
    decide: Callable[[Transaction, Mapping[str, Any], Mapping[str, Any]], Step | str],
    *,
    kind: str,
    said: str,
    actor: Actor,
    now: datetime,
    today: date,
    action_id: str,
) -> Outcome:
    """Do one action to bookings of a practice in one transaction, each with its event, and return what came of it.

    decide is given a booking and its row of `workflow.current`, and returns the step of what it changed, or why it left
    it alone. The same action_id is done once.
    """
    with actions.on_fresh_list(store, [practice.practice_id], today=today) as tx:
        if workflow.find_action(tx, action_id):
            return Outcome(action_id, said, is_repeat=True)
        found = [one for one in queries.find(tx, booking_ids) if one["practice_id"] == practice.practice_id]
        if not found:
            raise InvalidRequest("No visit was chosen, so nothing was done. Tick a row first.")
        ids = sorted({one["opportunity_id"] for one in found})
        current = workflow.current(tx, [practice.practice_id] * len(ids), ids, today=today).to_dicts()
        rows = {row["opportunity_id"]: row for row in current}
        steps: dict[str, list[Step]] = {}
        left = []
        for booking in found:
            row = rows[booking["opportunity_id"]]
            decided = decide(tx, booking, row)
            if isinstance(decided, str):
                left.append((row, decided))
            else:
                steps.setdefault(booking["opportunity_id"], []).append(decided)
        if steps:
            done = [(rows[id_], some) for id_, some in steps.items()]
            actions.write(tx, done, kind=kind, actor=actor, now=now, action_id=action_id)
    return actions.outcome_of(action_id, said, [rows[id_] for id_ in steps], left)


def changed(
    tx: Transaction,
    kind: str,
    booking: Mapping[str, Any],
    wanted: Mapping[str, Any],
    row: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    note: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Step:
    """Change a booking, and return the step of it; its opportunity is booked until the last day that is left."""
    step = change_booking(tx, kind, booking, wanted, {}, actor=actor, now=now, note=note)
    until_on = until(tx, row)
    changes = {} if until_on == row["booked_on"] else {"booked_on": until_on}
    return replace(step, changes=changes, facts={**step.facts, **(facts or {})})


def until(tx: Transaction, row: Mapping[str, Any]) -> date | None:
    """Return the last day of what is booked here of an opportunity and waits for the PMS."""
    return days_of(tx, [row]).get(row["opportunity_id"])


def days_of(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> dict[str, date]:
    """Return the last day of what is booked here of opportunities of one practice, by their ids, where anything is."""
    if not rows:
        return {}
    live = queries.live_of(tx, *([row[name] for row in rows] for name in ("practice_id", "opportunity_id")))
    return {one["opportunity_id"]: one["starts_at"].date() for one in live.sort("starts_at").to_dicts()}


def check_seen(booking: Mapping[str, Any], version: int) -> None:
    """Raise InvalidRequest unless a booking is live, and is still as it was seen."""
    if booking["state"] not in LIVE:
        raise InvalidRequest(f"This visit is {STATES[booking['state']].lower()}. Nothing was changed.")
    if booking["version"] != version:
        raise InvalidRequest(
            "Somebody changed this visit after you saw it. Nothing was changed. Look at it again, "
            "and do it once more if you still want to."
        )


def taking_back(
    tx: Transaction,
    row: Mapping[str, Any],
    events: Sequence[Mapping[str, Any]],
    *,
    actor: Actor,
    now: datetime,
) -> Sequence[Step] | str:
    """Put visits back as they were before these events, newest first, and return the steps that take these back.

    Or return why not: something was changed again since, or the time of a visit is not free any more.
    """
    steps = actions.taking_back(row, events)
    if steps is None:
        return "it was changed again since"
    told: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    for event in events:
        before, after = (_fields(event[side]) for side in ("before", "after"))
        if booking_id := after.pop("booking_id", None):
            told[booking_id] = told.get(booking_id, (after,))[0], before
    if not told and not any("booked_on" in step.changes for step in steps):
        return steps
    wanted = {}
    status = row["status"]
    for step in steps:
        status = step.changes.get("status", status)
    for booking in queries.find(tx, list(told)):
        after, before = told[booking["booking_id"]]
        if any(booking[name] != value for name, value in after.items()):
            return "its visit was changed again since"
        back = before or {**after, **CANCELLED}
        is_back = back["state"] in LIVE and (
            booking["state"] not in LIVE or any(back[name] != booking[name] for name in PLACE)
        )
        if is_back and status == "rejected":
            return "it was rejected since"
        if is_back and not slots.is_free(
            tx,
            practice_of(tx, row["practice_id"]),
            *(back[name] for name in PLACE),
            now=now,
            besides_booking=booking["booking_id"],
            is_outside_hours_allowed=True,
        ):
            return f"{words.moment(back['starts_at'])} is not free any more"
        wanted[booking["booking_id"]] = back
    for booking_id, back in wanted.items():
        queries.change(tx, booking_id, back, by=actor.user_id, now=now)
    until_on = until(tx, row)
    if until_on is None:
        return steps
    # What is left booked here keeps its opportunity booked.
    return [*steps[:-1], replace(steps[-1], changes={**steps[-1].changes, "booked_on": until_on})]


def practice_of(source: Reading, practice_id: str) -> Practice:
    """Return a practice."""
    found = next((one for one in practices.all_practices(source) if one.practice_id == practice_id), None)
    if found is None:
        raise InvalidRequest("This practice was removed meanwhile. Nothing was booked.")
    return found


def _fields(told: str | None) -> dict[str, Any]:
    """Return what an event tells of a visit, as the store has it."""
    fields = {
        name: value
        for name, value in (json.loads(told) if told else {}).items()
        if name in (*queries.CHANGING, "booking_id")
    }
    if "starts_at" in fields:
        fields["starts_at"] = datetime.fromisoformat(fields["starts_at"])
    return fields

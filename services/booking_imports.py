"""What an import means for visits booked here: confirmed, contradicted, or contradicted no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from queries import bookings as queries
from queries import workflow
from queries.store import Transaction
from services import actions, booking_steps, words
from services.actors import SYSTEM
from services.practices import Practice
from services.steps import Step, change_booking

COMING = ("booked", "confirmed", "arrived", "pending", "completed")
"""The states of an appointment that takes its time."""

GONE = {
    "deleted": "The PMS has deleted the course.",
    "absent": "The PMS does not have the course any more.",
    "completed": "The PMS has completed the course.",
}

CANCELLED = "The PMS has it as cancelled or failed."
MISSING = "It was ticked off as entered, but the PMS does not have it."

Appointment = Mapping[str, Any]


@dataclass(frozen=True)
class Reconciled:
    """What was found: the opportunities whose event says that they are booked, and what was done in sentences."""

    told: frozenset[str]
    notes: tuple[str, ...] = ()


def reconcile(
    tx: Transaction, practice: Practice, courses: pl.DataFrame, *, has_every_visit: bool, now: datetime, today: date
) -> Reconciled:
    """Compare what was booked here with what the PMS has now, inside the transaction of the import.

    courses are those of `import_events.courses`; has_every_visit says that the import had all appointments.
    """
    queries.follow_patients(tx, practice.practice_id)
    waiting = queries.of_practice(tx, practice.practice_id)
    alone = queries.confirmed_alone(tx, practice.practice_id, today=today)
    ids = sorted({one["opportunity_id"] for one in (*waiting, *alone)})
    if not ids:
        return Reconciled(frozenset())
    found = workflow.current(tx, [practice.practice_id] * len(ids), ids, today=today).to_dicts()
    rows = {row["opportunity_id"]: row for row in found}
    beside: dict[str, list[Appointment]] = defaultdict(list)
    for one in queries.appointments_beside(tx, practice.practice_id):
        beside[one["booking_id"]].append(one)
    same = {one["booking_id"]: theirs for one in waiting if (theirs := _same(one, beside[one["booking_id"]]))}
    taken = {theirs["appointment_id"] for theirs in same.values()}
    of_course = {row["opportunity_id"]: row for row in courses.filter(pl.col("opportunity_id").is_in(ids)).to_dicts()}

    steps: dict[str, list[Step]] = defaultdict(list)
    for booking in alone:
        steps[booking["opportunity_id"]].append(_followed(tx, booking, rows[booking["opportunity_id"]], now=now))
    contradicted = cleared = 0
    for booking in waiting:
        id_ = booking["opportunity_id"]
        if theirs := same.get(booking["booking_id"]):
            is_counted = theirs["is_of_course"] or practice.settings.is_unlinked_visit_counted
            steps[id_].append(_confirmed(tx, booking, theirs, rows[id_], is_counted=is_counted, now=now))
            continue
        others = [one for one in beside[booking["booking_id"]] if one["appointment_id"] not in taken]
        is_missing = has_every_visit and _is_ticked_before(booking, practice, today)
        said = _contradiction(booking, others, of_course.get(id_), is_missing=is_missing, today=today)
        if said and said != (booking["conflict"], booking["appointment_id"]):
            wanted = {"state": "conflict", "conflict": said[0], "appointment_id": said[1]}
            steps[id_].append(change_booking(tx, "booking contradicted", booking, wanted, {}, actor=SYSTEM, now=now))
            contradicted += 1
        elif said is None and _is_cleared(booking, today):
            wanted = {"state": "to enter", "conflict": None, "appointment_id": None}
            steps[id_].append(change_booking(tx, "booking settled", booking, wanted, {}, actor=SYSTEM, now=now))
            cleared += 1
    if steps:
        done = [(rows[id_], some) for id_, some in steps.items()]
        actions.write(tx, done, kind="booked", actor=SYSTEM, now=now, action_id=None)
    told = frozenset(one["opportunity_id"] for one in waiting if one["booking_id"] in same)
    return Reconciled(told, _notes(len(same), contradicted, cleared))


def _same(booking: Mapping[str, Any], appointments: Sequence[Appointment]) -> Appointment | None:
    """Return the PMS's appointment that is a visit booked here: its patient's, with the same provider at its time."""
    return next(
        (
            one
            for one in appointments
            if one["is_own_patient"]
            and one["status"] in COMING
            and one["starts_at"] == booking["starts_at"]
            and one["provider_id"] in (None, booking["provider_id"])
        ),
        None,
    )


def _confirmed(
    tx: Transaction,
    booking: Mapping[str, Any],
    theirs: Appointment,
    row: Mapping[str, Any],
    *,
    is_counted: bool,
    now: datetime,
) -> Step:
    """Confirm a booking; where the rule does not see its appointment, the booking keeps the opportunity booked."""
    wanted = {
        "state": "confirmed",
        "conflict": None,
        "appointment_id": theirs["appointment_id"],
        "minutes": theirs["minutes"] or booking["minutes"],
    }
    facts = {"visit_on": booking["starts_at"].date()}
    if is_counted:
        return booking_steps.changed(tx, "booked", booking, wanted, row, actor=SYSTEM, now=now, facts=facts)
    step = change_booking(tx, "booked", booking, wanted, {}, actor=SYSTEM, now=now)
    return replace(step, facts={**step.facts, **facts})


def _contradiction(
    booking: Mapping[str, Any],
    appointments: Sequence[Appointment],
    course: Mapping[str, Any] | None,
    *,
    is_missing: bool,
    today: date,
) -> tuple[str, str | None] | None:
    """Say what the PMS has instead of a visit that is to come, and the visit's own appointment there, if it has one."""
    if booking["starts_at"].date() < today:
        return None
    coming = [one for one in appointments if one["status"] in COMING]
    for one in coming:
        if one["is_own_patient"] and _is_instead(one, course):
            at, provider = words.moment(one["starts_at"]), one["provider"] or "nobody in particular"
            return f"The PMS has this visit on {at} with {provider}.", one["appointment_id"]
    if course is None or course["reason"] in GONE:
        return GONE[course["reason"] if course else "absent"], None
    for one in coming:
        if not one["is_own_patient"]:
            return f"The PMS has {one['patient']} at this time, from {one['starts_at']:%H:%M}.", None
    if is_missing:
        was = any(one["is_own_patient"] and one["starts_at"] == booking["starts_at"] for one in appointments)
        return CANCELLED if was else MISSING, None
    return None


def _is_instead(appointment: Appointment, course: Mapping[str, Any] | None) -> bool:
    """Say whether an appointment of the patient is the visit that was booked here.

    One of the course that is too far ahead to count was there before: that is why a nearer one was booked.
    """
    if appointment["is_of_visit"]:
        return True
    is_counted = course is not None and course["reason"] == "booked"
    return bool(is_counted and appointment["is_of_course"] and not appointment["is_of_other_visit"])


def _is_ticked_before(booking: Mapping[str, Any], practice: Practice, today: date) -> bool:
    """Say whether a visit was ticked off on an earlier day: an extract may be some hours older than its import."""
    ticked_at = booking["changed_at"].replace(tzinfo=UTC).astimezone(ZoneInfo(practice.timezone))
    return bool(booking["state"] == "entered" and ticked_at.date() < today)


def _is_cleared(booking: Mapping[str, Any], today: date) -> bool:
    """Say whether a visit to come is in conflict over what is not so any more; what is missing stays missing."""
    is_conflict = booking["state"] == "conflict" and booking["conflict"] not in (CANCELLED, MISSING)
    return bool(is_conflict and booking["starts_at"].date() >= today)


def _followed(tx: Transaction, booking: Mapping[str, Any], row: Mapping[str, Any], *, now: datetime) -> Step:
    """Let a confirmed booking follow its appointment, which is linked to no course: to its new time, or away."""
    until = booking_steps.until(tx, row)
    if booking["now_at"] is None:
        step = change_booking(
            tx, "returned", booking, {"state": "cancelled"}, {"booked_on": until}, actor=SYSTEM, now=now
        )
        return replace(step, facts={**step.facts, "visit_was_on": booking["starts_at"].date()})
    on = booking["now_at"].date()
    wanted = {
        "starts_at": booking["now_at"],
        "minutes": booking["now_minutes"] or booking["minutes"],
        "provider_id": booking["now_provider_id"] or booking["provider_id"],
    }
    changes = {"booked_on": max(on, until or on)}
    step = change_booking(tx, "booked", booking, wanted, changes, actor=SYSTEM, now=now)
    return replace(step, facts={**step.facts, "visit_on": on})


def _notes(confirmed: int, contradicted: int, cleared: int) -> tuple[str, ...]:
    notes = []
    if confirmed:
        notes.append(f"{_counted(confirmed)} booked here {'is' if confirmed == 1 else 'are'} in the PMS now.")
    if contradicted:
        notes.append(f"{_counted(contradicted)} booked here must be settled: see To enter in the PMS.")
    if cleared:
        notes.append(
            f"{_counted(cleared)} booked here {'is' if cleared == 1 else 'are'} to be entered in the PMS again."
        )
    return tuple(notes)


def _counted(number: int) -> str:
    return "1 visit" if number == 1 else f"{number:,} visits"

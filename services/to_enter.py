"""The list "To enter in the PMS": visits booked here that no import has confirmed, and what people do about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from queries import bookings as queries
from queries.store import Store, Transaction
from services import booking_steps, calendars, exports, history
from services.actions import Outcome
from services.actors import Actor, Right, allowed
from services.booking_steps import LIVE, STATES
from services.errors import InvalidRequest
from services.practices import Practice
from services.steps import CANCELLED, Step

CHOICES = {"keep": "to be entered in the PMS again", "pms": "as the PMS has it"}
"""Which is right when an import contradicts a visit booked here, and what is said of it then."""

MISSED = "The day has passed: was it entered?"


@allowed(Right.SEE, practice="practices")
def waiting(
    store: Store, practices: Sequence[Practice], *, actor: Actor, today: date, states: Sequence[str] = LIVE
) -> pl.DataFrame:
    """Return the visits booked here that are in one of these states, the earliest first, one row each.

    Columns: booking_id, practice_id, practice, opportunity_id, patient_id, patient, phone, cot_number, position and
    planned_visit_id of the planned visit, provider_id, provider, starts_at, minutes, state, state_text, conflict,
    appointment_id, is_past, made_by, made_at, version, changed_at.
    """
    found = queries.waiting(store, [practice.practice_id for practice in practices], states=states, today=today)
    is_missed = pl.col("is_past") & pl.col("state").is_in(["to enter", "entered"])
    text = pl.col("state").replace_strict(STATES, return_dtype=pl.String)
    return found.with_columns(
        made_by=pl.col("made_by").replace({"patient": "the patient"}),
        state_text=pl.when(is_missed).then(pl.lit(MISSED)).otherwise(text),
    )


@allowed(Right.EXPORT, practice="practice")
def csv(store: Store, practice: Practice, *, actor: Actor, now: datetime, today: date) -> bytes:
    """Return the list of a practice as a file for a spreadsheet, and record that it was taken out."""
    rows = waiting(store, [practice], actor=actor, today=today)
    _record(store, practice, rows.height, actor=actor, now=now)
    return exports.to_csv(
        rows.select(
            pl.col("starts_at").dt.date().alias("day"),
            pl.col("starts_at").dt.strftime("%H:%M").alias("time"),
            "minutes",
            "provider",
            "patient_id",
            "patient",
            "phone",
            "cot_number",
            pl.col("position").alias("visit"),
            pl.col("state_text").alias("state"),
            "conflict",
            pl.col("made_by").alias("booked_by"),
        )
    )


@allowed(Right.EXPORT, practice="practice")
def calendar(store: Store, practice: Practice, *, actor: Actor, now: datetime, today: date) -> bytes:
    """Return the list of a practice as an iCalendar file, and record that it was taken out."""
    rows = waiting(store, [practice], actor=actor, today=today).to_dicts()
    _record(store, practice, len(rows), actor=actor, now=now)
    entries = [
        calendars.Entry(
            id=row["booking_id"],
            title=f"{row['patient']} with {row['provider']}",
            starts_at=row["starts_at"],
            ends_at=row["starts_at"] + timedelta(minutes=row["minutes"]),
            changes=row["version"],
            place=practice.name,
            details=f"COT {row['cot_number']}: {row['state_text']}",
        )
        for row in rows
    ]
    return calendars.written(entries, timezone=practice.timezone, now=now)


def _record(store: Store, practice: Practice, count: int, *, actor: Actor, now: datetime) -> None:
    note = f"{count:,} visits to enter in the PMS"
    with store.transaction() as tx:
        history.record(tx, "exported", by=actor.user_id, now=now, practice_id=practice.practice_id, note=note)


@allowed(Right.WORK, practice="practice")
def tick_off(
    store: Store,
    practice: Practice,
    booking_ids: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
    today: date,
    action_id: str,
) -> Outcome:
    """Note that visits were entered in the PMS; the next import confirms them. Others than those to enter are left."""

    def decide(tx: Transaction, booking: Mapping[str, Any], row: Mapping[str, Any]) -> Step | str:
        if booking["state"] != "to enter":
            return f"its visit is not to be entered: {STATES[booking['state']].lower()}."
        return booking_steps.changed(tx, "booking entered", booking, {"state": "entered"}, row, actor=actor, now=now)

    said = "ticked off as entered in the PMS"
    return booking_steps.act_on(
        store,
        practice,
        booking_ids,
        decide,
        kind="booking entered",
        said=said,
        actor=actor,
        now=now,
        today=today,
        action_id=action_id,
    )


@allowed(Right.WORK, practice="practice")
def untick(
    store: Store,
    practice: Practice,
    booking_ids: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
    today: date,
    action_id: str,
) -> Outcome:
    """Note that visits were not entered in the PMS after all. Others than those ticked off are left."""

    def decide(tx: Transaction, booking: Mapping[str, Any], row: Mapping[str, Any]) -> Step | str:
        if booking["state"] != "entered":
            return f"its visit is not ticked off: {STATES[booking['state']].lower()}."
        return booking_steps.changed(
            tx, "booking not entered", booking, {"state": "to enter"}, row, actor=actor, now=now
        )

    said = "to be entered in the PMS again"
    return booking_steps.act_on(
        store,
        practice,
        booking_ids,
        decide,
        kind="booking not entered",
        said=said,
        actor=actor,
        now=now,
        today=today,
        action_id=action_id,
    )


@allowed(Right.WORK, practice="practice")
def settle(
    store: Store,
    practice: Practice,
    booking_id: str,
    choice: str,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    today: date,
    action_id: str,
) -> Outcome:
    """Settle what an import contradicts: "keep" the visit, to be entered again, or go by what the "pms" says.

    The PMS's own appointment of the visit takes its place; where it has none, the visit is cancelled. Raises as `move`.
    """
    if choice not in CHOICES:
        raise InvalidRequest("Choose which of them is right. Nothing was changed.")

    def decide(tx: Transaction, booking: Mapping[str, Any], row: Mapping[str, Any]) -> Step:
        booking_steps.check_seen(booking, version)
        if booking["state"] != "conflict":
            raise InvalidRequest("There is nothing to settle about this visit any more. Nothing was changed.")
        theirs = queries.appointment(
            tx, practice.practice_id, booking["appointment_id"], provider_id=booking["provider_id"]
        )
        if choice == "keep":
            wanted = {"state": "to enter", "conflict": None, "appointment_id": None}
        elif theirs is None:
            wanted = {**CANCELLED, "appointment_id": None}
        else:
            wanted = {"state": "confirmed", "conflict": None, **theirs}
        return booking_steps.changed(
            tx, "booking settled", booking, wanted, row, actor=actor, now=now, facts={"choice": choice}
        )

    return booking_steps.act_on(
        store,
        practice,
        [booking_id],
        decide,
        kind="booking settled",
        said=CHOICES[choice],
        actor=actor,
        now=now,
        today=today,
        action_id=action_id,
    )

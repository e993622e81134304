"""What people did about opportunities, and the history of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from queries.store import Reading, Store, Transaction

STATE = pl.Schema(
    [
        ("practice_id", pl.String()),
        ("opportunity_id", pl.String()),
        ("status", pl.String()),
        ("snoozed_until", pl.Date()),
        ("snooze_reason", pl.String()),
        ("reject_reason", pl.String()),
        ("assigned_to", pl.String()),
        ("attempts", pl.Int32()),
        ("last_attempt_at", pl.Datetime("us")),
        ("last_contact_at", pl.Datetime("us")),
        ("booked_on", pl.Date()),
        ("needs_action_since", pl.Datetime("us")),
        ("needs_action_why", pl.String()),
        ("link_sent_at", pl.Datetime("us")),
        ("link_opened_at", pl.Datetime("us")),
        ("changed_by", pl.String()),
        ("changed_at", pl.Datetime("us")),
    ]
)
"""The columns of a frame of states; one row for each opportunity, times in UTC."""

EVENT = pl.Schema(
    [
        ("practice_id", pl.String()),
        ("opportunity_id", pl.String()),
        ("patient_id", pl.String()),
        ("kind", pl.String()),
        ("by_user", pl.String()),
        ("happened_at", pl.Datetime("us")),
        ("note", pl.String()),
        ("before", pl.String()),
        ("after", pl.String()),
        ("action_id", pl.String()),
        ("undoes", pl.Int64()),
    ]
)
"""The columns of a frame of events; before and after are JSON, times in UTC; undoes is the event that is taken back."""


def states(source: Store | Reading, practice_id: str) -> pl.DataFrame:
    """Return the state of every opportunity of a practice that anybody touched."""
    return source.frame("workflow/states", practice_id=practice_id)


def current(
    source: Store | Reading, practice_ids: Sequence[str], opportunity_ids: Sequence[str], *, today: date
) -> pl.DataFrame:
    """Return what is known now about opportunities, named by their practices and ids side by side.

    One row for each that there is: the columns of STATE, patient_id, patient, cot_number, is_listed, shown_status and
    version. The kept list must be fresh (`listing.refresh`).
    """
    return source.frame(
        "workflow/current", practice_ids=list(practice_ids), opportunity_ids=list(opportunity_ids), today=today
    )


def last_changes(
    source: Store | Reading, practice_ids: Sequence[str], opportunity_ids: Sequence[str]
) -> list[dict[str, Any]]:
    """Return who last did what, and when, to opportunities named by their practices and ids side by side."""
    return source.frame(
        "workflow/last_changes", practice_ids=list(practice_ids), opportunity_ids=list(opportunity_ids)
    ).to_dicts()


def listed_of_patients(
    source: Store | Reading, practice_id: str, patient_ids: Sequence[str], *, today: date
) -> pl.DataFrame:
    """Return practice_id, opportunity_id and patient_id of the opportunities of patients on the kept list."""
    return source.frame(
        "workflow/listed_of_patients", practice_id=practice_id, patient_ids=list(patient_ids), today=today
    )


def find_action(source: Store | Reading, action_id: str) -> dict[str, Any] | None:
    """Return the press of a button of that id: its kind, by_user and happened_at; or None when it was not done."""
    return next(iter(source.frame("actions/find", action_id=action_id).to_dicts()), None)


def record_action(tx: Transaction, action_id: str, *, kind: str, by: str, now: datetime) -> None:
    """Note that a button was pressed."""
    tx.execute("actions/record", action_id=action_id, kind=kind, by=by, now=now)


def events_of(source: Store | Reading, action_id: str, *, happened_at: datetime) -> list[dict[str, Any]]:
    """Return the events of one press of a button, newest first, without those that were taken back."""
    return source.frame("actions/events", action_id=action_id, happened_at=happened_at).to_dicts()


def write_states(tx: Transaction, states: pl.DataFrame) -> None:
    """Add or change states; the frame has the columns of STATE."""
    tx.insert("workflow/write_states", states.select(STATE.names()))


def follow_patients(tx: Transaction, practice_id: str) -> None:
    """Let the states of a practice follow courses that an import gave to another patient."""
    tx.execute("workflow/follow_patients", practice_id=practice_id)


def record_events(tx: Transaction, events: pl.DataFrame) -> None:
    """Add lines of history, oldest first; the frame has the columns of EVENT."""
    tx.insert("workflow/record_events", events.select(EVENT.names()))


def remove_unused_users(tx: Transaction, user_ids: Sequence[str]) -> None:
    """Remove those of these people who did nothing and have nothing assigned."""
    tx.execute("workflow/remove_unused_users", user_ids=list(user_ids))


def utc(moment: datetime) -> datetime:
    """Return a moment as frames carry it: UTC without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment

"""What people did about opportunities, and the history of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

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
        ("last_contact_at", pl.Datetime("us")),
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
    ]
)
"""The columns of a frame of events; before and after are JSON, times in UTC."""


def states(source: Store | Reading, practice_id: str) -> pl.DataFrame:
    """Return the state of every opportunity of a practice that anybody touched."""
    return source.frame("workflow/states", practice_id=practice_id)


def write_states(tx: Transaction, states: pl.DataFrame) -> None:
    """Add or change states; the frame has the columns of STATE."""
    tx.insert("workflow/write_states", states.select(STATE.names()))


def record_events(tx: Transaction, events: pl.DataFrame) -> None:
    """Add lines of history, oldest first; the frame has the columns of EVENT."""
    tx.insert("workflow/record_events", events.select(EVENT.names()))


def remove_unused_users(tx: Transaction, user_ids: Sequence[str]) -> None:
    """Remove those of these people who did nothing and have nothing assigned."""
    tx.execute("workflow/remove_unused_users", user_ids=list(user_ids))


def utc(moment: datetime) -> datetime:
    """Return a moment as frames carry it: UTC without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment

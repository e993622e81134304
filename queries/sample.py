"""Rows of the sample practice that its work would have left one by one: messages, links, and what was booked."""

from __future__ import annotations

import polars as pl

from queries import booking_links
from queries.store import Transaction

SETTLED = pl.Schema(
    [
        ("message_id", pl.String()),
        ("state", pl.String()),
        ("reason", pl.String()),
        ("state_at", pl.Datetime("us")),
        ("sent_at", pl.Datetime("us")),
        ("sender", pl.String()),
    ]
)
"""The columns of a frame of messages that have left at the first try, and what became of each."""

MESSAGE_EVENT = pl.Schema(
    [
        ("event_id", pl.String()),
        ("message_id", pl.String()),
        ("state", pl.String()),
        ("reason", pl.String()),
        ("happened_at", pl.Datetime("us")),
    ]
)
"""The columns of a frame of what a sender told about messages."""

LINK = pl.Schema(
    [
        *booking_links.LINK.items(),
        ("opened_at", pl.Datetime("us")),
        ("used_at", pl.Datetime("us")),
        ("used_for", pl.String()),
        ("booking_id", pl.String()),
        ("revoked_at", pl.Datetime("us")),
        ("revoked_why", pl.String()),
    ]
)
"""The columns of a frame of links to book by, as they are by now."""

BOOKING = pl.Schema(
    [
        ("booking_id", pl.String()),
        ("practice_id", pl.String()),
        ("opportunity_id", pl.String()),
        ("patient_id", pl.String()),
        ("planned_visit_id", pl.String()),
        ("provider_id", pl.String()),
        ("starts_at", pl.Datetime("us")),
        ("minutes", pl.Int32()),
        ("state", pl.String()),
        ("conflict", pl.String()),
        ("appointment_id", pl.String()),
        ("made_by", pl.String()),
        ("made_at", pl.Datetime("us")),
        ("version", pl.Int32()),
        ("changed_by", pl.String()),
        ("changed_at", pl.Datetime("us")),
    ]
)
"""The columns of a frame of visits booked here, as they are by now."""

ACTION = pl.Schema(
    [
        ("action_id", pl.String()),
        ("kind", pl.String()),
        ("by_user", pl.String()),
        ("happened_at", pl.Datetime("us")),
    ]
)
"""The columns of a frame of presses of buttons."""


def settle_messages(tx: Transaction, rows: pl.DataFrame) -> None:
    """Say of queued messages that they have left; the frame has the columns of SETTLED."""
    tx.insert("sample/settle_messages", rows)


def add_message_events(tx: Transaction, rows: pl.DataFrame) -> None:
    """Keep what was told about messages; the frame has the columns of MESSAGE_EVENT."""
    tx.insert("sample/add_message_events", rows)


def add_links(tx: Transaction, rows: pl.DataFrame) -> None:
    """Keep links to book by; the frame has the columns of LINK."""
    tx.insert("sample/add_links", rows)


def add_bookings(tx: Transaction, rows: pl.DataFrame) -> None:
    """Keep visits booked here; the frame has the columns of BOOKING."""
    tx.insert("sample/add_bookings", rows)


def add_actions(tx: Transaction, rows: pl.DataFrame) -> None:
    """Keep presses of buttons; the frame has the columns of ACTION. Those of a sample that was removed are its own."""
    tx.insert("sample/add_actions", rows)

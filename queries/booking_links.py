"""The links by which patients book: of each only the hash of its token is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl

from queries.store import Reading, Store, Transaction

LINK = pl.Schema(
    [
        ("token_hash", pl.String()),
        ("practice_id", pl.String()),
        ("opportunity_id", pl.String()),
        ("patient_id", pl.String()),
        ("planned_visit_id", pl.String()),
        ("message_id", pl.String()),
        ("made_by", pl.String()),
        ("made_at", pl.Datetime("us")),
        ("expires_at", pl.Datetime("us")),
    ]
)
"""The columns of a frame of links to keep; times in UTC."""


def note(tx: Transaction, links: pl.DataFrame) -> None:
    """Keep links; the frame has the columns of LINK."""
    tx.insert("booking_links/note", links.select(LINK.names()))


def find(source: Store | Reading, token_hash: str, *, now: datetime) -> dict[str, Any] | None:
    """Return a link with its state (good, used, revoked, expired), or None when there is none."""
    return next(iter(source.frame("booking_links/find", token_hash=token_hash, now=now).to_dicts()), None)


def note_opened(tx: Transaction, token_hash: str, *, now: datetime) -> bool:
    """Say that the patient opened a link; return False when it was opened before."""
    return bool(tx.execute("booking_links/note_opened", token_hash=token_hash, now=now))


def note_used(tx: Transaction, token_hash: str, *, used_for: str, now: datetime) -> bool:
    """Use a link; return False when it cannot be used now."""
    return bool(tx.execute("booking_links/note_used", token_hash=token_hash, used_for=used_for, now=now))


def note_booking(tx: Transaction, token_hash: str, booking_id: str) -> None:
    """Say which booking was made by a link."""
    tx.execute("booking_links/note_booking", token_hash=token_hash, booking_id=booking_id)


def revoke(
    tx: Transaction, practice_ids: Sequence[str], opportunity_ids: Sequence[str], *, why: str, now: datetime
) -> None:
    """Revoke the unused links about opportunities named by their practices and ids side by side."""
    tx.execute(
        "booking_links/revoke",
        practice_ids=list(practice_ids),
        opportunity_ids=list(opportunity_ids),
        why=why,
        now=now,
    )


def states_of_message(source: Store | Reading, message_id: str, *, now: datetime) -> list[str]:
    """Return the state of each link that a message carries."""
    return source.frame("booking_links/of_message", message_id=message_id, now=now)["state"].to_list()


def follow_message(tx: Transaction, message_id: str, later_id: str) -> list[str]:
    """Let links follow their message to the one that is sent instead, and return the opportunities they are about."""
    rows = tx.execute("booking_links/follow_message", message_id=message_id, later_id=later_id)
    return [opportunity_id for (opportunity_id,) in rows]

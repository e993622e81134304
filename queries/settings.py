"""The settings of a practice: the rule's numbers, its details, its contract terms, and who last changed each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import polars as pl

from queries.store import Reading, Store, Transaction


def find(source: Store | Reading, practice_id: str) -> dict[str, Any] | None:
    """Return the settings and details of a practice, or None."""
    rows = source.frame("settings/find", practice_id=practice_id).to_dicts()
    return rows[0] if rows else None


def last_changes(source: Store | Reading, practice_id: str, *, kind: str) -> pl.DataFrame:
    """Return the last event of that kind for each note: note, by_user, happened_at (UTC), before, after."""
    return source.frame("settings/last_changes", practice_id=practice_id, kind=kind)


def write(tx: Transaction, practice_id: str, settings: Mapping[str, Any], *, by: str, now: datetime) -> None:
    """Set the rule's numbers."""
    tx.execute("settings/write", practice_id=practice_id, by=by, now=now, **settings)


def write_details(tx: Transaction, practice_id: str, details: Mapping[str, Any]) -> None:
    """Set name, nation, colour and phone."""
    tx.execute("settings/write_details", practice_id=practice_id, **details)


def remove_term(tx: Transaction, practice_id: str, contract_id: str, from_on: date) -> None:
    """Remove one term of a contract."""
    tx.execute("settings/remove_term", practice_id=practice_id, contract_id=contract_id, from_on=from_on)

"""The templates that a practice wrote, changed or removed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from queries.store import Reading, Store, Transaction


def all_of(source: Store | Reading, practice_id: str) -> list[dict[str, Any]]:
    """Return what a practice wrote, changed or removed, by name."""
    return source.frame("templates/all_of", practice_id=practice_id).to_dicts()


def write(
    tx: Transaction,
    practice_id: str,
    template_id: str,
    values: Mapping[str, Any],
    *,
    is_removed: bool,
    by: str,
    now: datetime,
) -> None:
    """Add or change a template: name, channel, kind, subject and body."""
    tx.execute(
        "templates/write",
        practice_id=practice_id,
        template_id=template_id,
        is_removed=is_removed,
        by=by,
        now=now,
        **values,
    )

"""Notebooks of the page Explore."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from queries.store import Reading, Store, Transaction


def of(source: Store | Reading, user_id: str, practice_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return a person's own notebooks and those shared with these practices, by name.

    Each has notebook_id, user_id, practice_id (None: its owner's alone), name, cells (JSON), version, changed_by,
    changed_at and owner_name.
    """
    return source.frame("notebooks/of", user_id=user_id, practice_ids=list(practice_ids)).to_dicts()


def find(source: Store | Reading, notebook_id: str) -> dict[str, Any] | None:
    """Return one notebook, as `of` and with changer_name, or None."""
    return next(iter(source.frame("notebooks/find", notebook_id=notebook_id).to_dicts()), None)


def write(
    tx: Transaction,
    notebook_id: str,
    *,
    user_id: str,
    practice_id: str | None,
    name: str,
    cells: str,
    version: int,
    by: str,
    now: datetime,
) -> None:
    """Add a notebook, or change all of it but whose it is."""
    tx.execute(
        "notebooks/write",
        notebook_id=notebook_id,
        user_id=user_id,
        practice_id=practice_id,
        name=name,
        cells=cells,
        version=version,
        by=by,
        now=now,
    )


def remove(tx: Transaction, notebook_id: str) -> None:
    """Remove a notebook."""
    tx.execute("notebooks/remove", notebook_id=notebook_id)

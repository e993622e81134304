"""Saved views of the work list, and the view that each person's list opens with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from queries.store import Reading, Store, Transaction


def of(source: Store | Reading, user_id: str, practice_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return a person's own views and those shared with these practices, by name.

    Each has view_id, user_id, practice_id (None: its owner's alone), name, choices (JSON), changed_at and owner_name.
    """
    return source.frame("views/of", user_id=user_id, practice_ids=list(practice_ids)).to_dicts()


def find(source: Store | Reading, view_id: str) -> dict[str, Any] | None:
    """Return one view, as `of`, or None."""
    return next(iter(source.frame("views/find", view_id=view_id).to_dicts()), None)


def write(
    tx: Transaction,
    view_id: str,
    *,
    user_id: str,
    practice_id: str | None,
    name: str,
    choices: str,
    now: datetime,
) -> None:
    """Add a view, or change all of it but whose it is."""
    tx.execute(
        "views/write",
        view_id=view_id,
        user_id=user_id,
        practice_id=practice_id,
        name=name,
        choices=choices,
        now=now,
    )


def remove(tx: Transaction, view_id: str) -> None:
    """Remove a view."""
    tx.execute("views/remove", view_id=view_id)


def default_of(source: Store | Reading, user_id: str) -> str | None:
    """Return the id of the view that a person's list opens with, or None."""
    rows = source.frame("views/default_of", user_id=user_id)
    return str(rows["view_id"][0]) if rows.height else None


def write_default(tx: Transaction, user_id: str, view_id: str | None) -> None:
    """Let a person's list open with a view, or with nothing chosen."""
    if view_id is None:
        tx.execute("views/clear_default", user_id=user_id)
    else:
        tx.execute("views/write_default", user_id=user_id, view_id=view_id)


def clear_defaults_of(tx: Transaction, view_id: str, *, but: str = "") -> None:
    """Let nobody's list open with a view, but for one person's."""
    tx.execute("views/clear_defaults_of", view_id=view_id, but=but)

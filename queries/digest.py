"""The weekly digest: who wants it when, and which were written."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from queries.store import Reading, Store, Transaction


def day_of(source: Store | Reading, user_id: str) -> int | None:
    """Return the day of the week on which a person gets the digest, 1 being Monday, or None."""
    rows = source.frame("digest/day_of", user_id=user_id)
    return int(rows["weekday"][0]) if rows.height else None


def choose(tx: Transaction, user_id: str, weekday: int | None, *, by: str, now: datetime) -> None:
    """Let a person get the digest on a day of the week, or none."""
    if weekday is None:
        tx.execute("digest/stop", user_id=user_id)
    else:
        tx.execute("digest/choose", user_id=user_id, weekday=weekday, by=by, now=now)


def wanted(source: Store | Reading) -> list[dict[str, Any]]:
    """Return user_id, weekday and last_on, the day of the last digest or None, of everybody who wants one."""
    return source.frame("digest/wanted").to_dicts()


def note(tx: Transaction, user_id: str, day: date, message_id: str) -> bool:
    """Note the digest of a person and a day; return False when there is one already."""
    return bool(tx.execute("digest/note", user_id=user_id, day=day, message_id=message_id))

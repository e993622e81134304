"""The times that patients are confirming: nobody else is offered them until then."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from queries.store import Reading, Store, Transaction


def write(
    tx: Transaction,
    token_hash: str,
    *,
    practice_id: str,
    provider_id: str,
    starts_at: datetime,
    minutes: int,
    until_at: datetime,
) -> None:
    """Hold a time for the patient of a link, instead of the one held before."""
    tx.execute(
        "holds/write",
        token_hash=token_hash,
        practice_id=practice_id,
        provider_id=provider_id,
        starts_at=starts_at,
        minutes=minutes,
        until_at=until_at,
    )


def find(source: Store | Reading, token_hash: str, *, now: datetime) -> dict[str, Any] | None:
    """Return provider_id, starts_at, minutes and until_at of the time that a link holds now, or None."""
    return next(iter(source.frame("holds/find", token_hash=token_hash, now=now).to_dicts()), None)


def release(tx: Transaction, token_hash: str, *, now: datetime) -> None:
    """Let go of the time that a link holds."""
    tx.execute("holds/release", token_hash=token_hash, now=now)

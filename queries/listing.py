"""The kept list of opportunities of a day: what the rule gives, worked out once and again when its data change.

The list lives in memory beside the store. A practice's part is stale when the day or the practice's revision
is another than it was worked out for; every write to what the rule reads raises the revision
(`practices.raise_revision`). What people do about an opportunity is not kept here but joined when read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from queries.store import Reading, Store


def refresh(store: Store, practice_ids: Sequence[str], *, today: date) -> None:
    """Work out the list of each of these practices whose kept one is stale."""
    if not _stale(store, practice_ids, today=today):
        return
    with store.listing() as tx:
        for practice in _stale(tx, practice_ids, today=today):
            practice_id, revision = practice["practice_id"], practice.pop("revision")
            tx.execute("listing/clear", practice_id=practice_id, today=today)
            tx.execute("listing/clear_freshness", practice_id=practice_id, today=today)
            tx.execute("listing/fill", today=today, **practice)
            tx.execute("listing/note_freshness", practice_id=practice_id, today=today, revision=revision)


def is_fresh(source: Store | Reading, practice_ids: Sequence[str], *, today: date) -> bool:
    """Say whether the kept list of each of these practices is that of the day and of the practice's data."""
    return not _stale(source, practice_ids, today=today)


def _stale(source: Store | Reading, practice_ids: Sequence[str], *, today: date) -> list[dict[str, Any]]:
    return source.frame("listing/stale", practice_ids=list(practice_ids), today=today).to_dicts()

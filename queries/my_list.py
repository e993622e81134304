"""What the list of one person needs beside the work list: whether anything happened, and what is done today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from queries.store import Reading, Store


def last_event(source: Store | Reading) -> int | None:
    """Return the id of the newest event of all; every write leaves one."""
    found: int | None = source.frame("my_list/last_event")["event_id"][0]
    return found


def count_done(
    source: Store | Reading,
    practice_ids: Sequence[str],
    *,
    by: str,
    kinds: Sequence[str],
    from_at: datetime,
    to_at: datetime,
) -> int:
    """Return about how many patients a person did one of these kinds of things from a time to before another."""
    found = source.frame(
        "my_list/count_done", practice_ids=list(practice_ids), by=by, kinds=list(kinds), from_at=from_at, to_at=to_at
    )
    return int(found["patients"][0])

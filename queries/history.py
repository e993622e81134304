"""The history of what people did and saw; only ever added to (`workflow.record_events`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from queries.store import Reading, Store


def search(
    source: Store | Reading,
    *,
    practice_ids: Sequence[str],
    is_whole: bool,
    people: Sequence[str],
    kinds: Sequence[str] | None,
    by_users: Sequence[str] | None,
    from_at: datetime | None,
    to_at: datetime | None,
    text: str | None,
    limit: int,
    offset: int,
) -> pl.DataFrame:
    """Return events newest first: those of the practices, and those of none that these people made.

    With is_whole, those of none that anybody made. Columns: event_id, happened_at (UTC), by_user, kind, practice,
    practice_id, opportunity_id, patient_id, note, before, after.
    """
    return source.frame(
        "history/search",
        practice_ids=list(practice_ids),
        is_whole=is_whole,
        people=list(people),
        kinds=list(kinds) if kinds else None,
        by_users=list(by_users) if by_users else None,
        from_at=from_at,
        to_at=to_at,
        text=text,
        limit=limit,
        offset=offset,
    )


def kinds(source: Store | Reading) -> list[str]:
    """Return every kind of event that has happened."""
    return source.frame("history/kinds")["kind"].to_list()


def views_since(source: Store | Reading, *, practice_id: str, patient_id: str, by: str, since: datetime) -> int:
    """Return how often a person looked at a patient since then."""
    frame = source.frame("history/views_since", practice_id=practice_id, patient_id=patient_id, by=by, since=since)
    return int(frame["views"][0])

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
    words: Sequence[str],
    plain_words: Sequence[str],
    limit: int,
    offset: int,
) -> pl.DataFrame:
    """Return events newest first: those of the practices, and those of none that these people made.

    With is_whole, those of none that anybody made. Each of the words stands in the event, or at the same place of
    plain_words in what the event's patient is found by. Columns: event_id, happened_at (UTC), by_user, kind, practice,
    practice_id, opportunity_id, cot_number, patient_id, patient, note, before, after, total.
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
        words=list(words) or None,
        plain_words=list(plain_words) or None,
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


def refusals_since(source: Store | Reading, *, by: str, note: str, since: datetime) -> int:
    """Return how often somebody's sign-in was refused for this reason since then."""
    return int(source.frame("history/refusals_since", by=by, note=note, since=since)["refusals"][0])

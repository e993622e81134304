"""The pipeline: what is on the list now, and what is kept of each day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from queries.store import Reading, Store


def standing(source: Store | Reading, what: str, *, today: date, filters: Mapping[str, Any]) -> pl.DataFrame:
    """Return what matches on a day by total, practice, status, age, provider, payor or assignee, one row each.

    `filters` has every field of the macro listing.matching. The kept list must be fresh (`listing.refresh`).
    """
    return source.frame("pipeline/standing", what=what, today=today, filters=dict(filters))


def trend(source: Store | Reading, practice_ids: Sequence[str], *, from_day: date, to_day: date) -> pl.DataFrame:
    """Return what was still to be booked, one row for each day on which somebody looked."""
    return source.frame("pipeline/trend", practice_ids=list(practice_ids), from_day=from_day, to_day=to_day)


def taken_at(source: Store | Reading, practice_ids: Sequence[str]) -> dict[str, tuple[date, datetime]]:
    """Return the last day of each practice that is kept, and when it was last looked at (UTC)."""
    rows = source.frame("pipeline/taken_at", practice_ids=list(practice_ids)).rows()
    return {practice_id: (day, at) for practice_id, day, at in rows}


def flow(source: Store | Reading, practice_ids: Sequence[str], *, from_day: date, to_day: date) -> pl.DataFrame:
    """Return what happened to opportunities, one row for each week and move that there was."""
    return source.frame("pipeline/flow", practice_ids=list(practice_ids), from_day=from_day, to_day=to_day)


def funnel(source: Store | Reading, practice_ids: Sequence[str], *, from_day: date, to_day: date) -> pl.DataFrame:
    """Return how far opportunities first listed between two days came, one row for each stage that one came to."""
    return source.frame("pipeline/funnel", practice_ids=list(practice_ids), from_day=from_day, to_day=to_day)


def across(
    source: Store | Reading, practice_ids: Sequence[str], *, from_day: date, to_day: date, before_day: date
) -> pl.DataFrame:
    """Return what happened at each practice between two days, and the value that it had on a day before."""
    return source.frame(
        "pipeline/across", practice_ids=list(practice_ids), from_day=from_day, to_day=to_day, before_day=before_day
    )

"""Opportunities: the list of a day, and every course with the rule's reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from queries.store import Reading, Store


def search(
    source: Store | Reading,
    *,
    today: date,
    filters: Mapping[str, Any],
    sort: str,
    is_descending: bool,
    grouping: str,
    limit: int,
    offset: int,
) -> pl.DataFrame:
    """Return a page of the matching opportunities, with the totals of all that match in the total_ columns.

    An empty page is one row whose row_id is null. `filters` has every field of the macro listing.matching.
    The kept list must be fresh (`listing.refresh`).
    """
    asked = {
        "today": today,
        "filters": dict(filters),
        "sort": sort,
        "is_descending": is_descending,
        "limit": limit,
        "offset": offset,
    }
    if grouping == "none":
        return source.frame("opportunities/search", **asked)
    return source.frame("opportunities/search_grouped", grouping=grouping, **asked)


def courses_on(
    source: Store | Reading,
    practice_id: str,
    *,
    today: date,
    settings: Mapping[str, Any],
    patient_id: str | None = None,
) -> pl.DataFrame:
    """Return every course of a practice, or of one patient, with is_listed and the reason.

    `settings` has lookback_days, horizon_days, grace_days, is_unlinked_visit_counted and plan_weight.
    """
    return source.frame(
        "opportunities/courses_on", practice_id=practice_id, today=today, patient_id=patient_id, **settings
    )


def unlisted(source: Store | Reading, practice_id: str, *, today: date, settings: Mapping[str, Any]) -> pl.DataFrame:
    """Return the open courses of a practice that are no opportunities, with the columns of the list."""
    return source.frame("opportunities/unlisted", practice_id=practice_id, today=today, **settings)


def providers(source: Store | Reading, practice_ids: Sequence[str]) -> pl.DataFrame:
    """Return provider_key, initials, name and practice of every provider."""
    return source.frame("opportunities/providers", practice_ids=list(practice_ids))


def payors(source: Store | Reading, practice_ids: Sequence[str]) -> list[str]:
    """Return the names of the payors."""
    return source.frame("opportunities/payors", practice_ids=list(practice_ids))["name"].to_list()


def assignees(source: Store | Reading, practice_ids: Sequence[str]) -> pl.DataFrame:
    """Return user_id and name of everybody whom something is assigned to."""
    return source.frame("opportunities/assignees", practice_ids=list(practice_ids))

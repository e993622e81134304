"""What the page Explore asks of the store: measures by groups, and the views that typed SQL may read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from queries.store import Reading, Store

OF_THE_LIST = "opportunities"

VIEWS = {
    OF_THE_LIST: "explore/opportunities",
    "patients": "explore/patients",
    "courses": "explore/courses",
    "treatment_items": "explore/treatment_items",
    "appointments": "explore/appointments",
    "bookings": "explore/bookings",
    "booking_links": "explore/booking_links",
    "events": "explore/events",
    "messages": "explore/messages",
    "providers": "explore/providers",
}
"""The statement of each view."""


def measured(
    source: Store | Reading, *, today: date, filters: Mapping[str, Any], by: str, split: str | None
) -> pl.DataFrame:
    """Return the measures of the matching opportunities by one or two groups; the kept list must be fresh.

    Columns: by_group, split_group, opportunities, patients, value_pence, uda, worth_pence, attempts.
    """
    return source.frame("explore/measured", today=today, filters=dict(filters), by=by, split=split)


def view(
    source: Store | Reading,
    name: str,
    *,
    practice_ids: Sequence[str],
    today: date,
    filters: Mapping[str, Any],
    most: int,
) -> tuple[pl.DataFrame, bool]:
    """Return the rows of a view of practices, so many at most, and whether there are more.

    filters are those of the whole list, for the view that is made of it; the kept list must be fresh.
    """
    of_which = (
        {"today": today, "filters": dict(filters)} if name == OF_THE_LIST else {"practice_ids": list(practice_ids)}
    )
    rows = source.frame(VIEWS[name], **of_which, most=most + 1)
    return rows.head(most), rows.height > most

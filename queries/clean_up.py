"""What is still open on charts that somebody says are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from queries.store import Reading, Store


def open_items(
    source: Store | Reading, practice_ids: Sequence[str], course_ids: Sequence[str], *, today: date
) -> pl.DataFrame:
    """Return practice_id, course_id, description, charged_to and price_pence of what is left to do on these courses."""
    return source.frame(
        "clean_up/open_items", practice_ids=list(practice_ids), course_ids=list(course_ids), today=today
    )

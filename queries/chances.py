"""The chance that an open opportunity gets booked: what it is worked out from, and what is kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from queries.store import Reading, Store, Transaction


def history(source: Store | Reading, practice_id: str) -> tuple[date | None, int]:
    """Return the first day of a practice's history and how many spells it has."""
    first_on, spells = source.frame("chances/history", practice_id=practice_id).row(0)
    return first_on, int(spells)


def known_on(
    source: Store | Reading,
    practice_id: str,
    days: Sequence[date],
    *,
    within_days: int,
    lapse_days: int,
    every: int = 1,
) -> pl.DataFrame:
    """Return what was known at the beginning of days about what was listed and unbooked on each.

    Columns: opportunity_id, day, days_open, payor_kind, worth_pence, days_tried, days_since_contact (null: never),
    finished and lapsed (the patient's earlier courses), missed (their visits), booked_on (null: not within the days).
    One row for each opportunity and day, of every `every`-th spell.
    """
    return source.frame(
        "chances/known_on",
        practice_id=practice_id,
        days=list(days),
        within_days=within_days,
        lapse_days=lapse_days,
        every=every,
    )


def write(
    tx: Transaction, practice_id: str, chances: pl.DataFrame, *, result: str, revision: int, today: date, now: datetime
) -> None:
    """Keep a practice's chances (opportunity_id, chance, raises, lowers) and what was learnt, in place of the last."""
    tx.execute("chances/clear", practice_id=practice_id)
    tx.insert("chances/add", chances, practice_id=practice_id, today=today)
    tx.execute("chances/write_test", practice_id=practice_id, result=result, revision=revision, today=today, now=now)


def learnt(source: Store | Reading, practice_ids: Sequence[str] | None = None) -> dict[str, dict[str, Any]]:
    """Return worked_out_on, worked_out_at (UTC), revision and result of each of these practices, or of all."""
    ids = None if practice_ids is None else list(practice_ids)
    return {row["practice_id"]: row for row in source.frame("chances/learnt", practice_ids=ids).to_dicts()}


def of(source: Store | Reading, practice_ids: Sequence[str], opportunity_ids: Sequence[str]) -> pl.DataFrame:
    """Return practice_id, opportunity_id, chance, raises and lowers of opportunities named by practices and ids."""
    return source.frame("chances/of", practice_ids=list(practice_ids), opportunity_ids=list(opportunity_ids))


def expected(source: Store | Reading, practice_id: str, *, today: date, statuses: Sequence[str]) -> dict[str, Any]:
    """Return opportunities, booked, worth_pence and booked_worth_pence of what has a chance and one of these statuses.

    The kept list must be fresh (`listing.refresh`).
    """
    return source.frame("chances/expected", practice_id=practice_id, today=today, statuses=list(statuses)).row(
        0, named=True
    )

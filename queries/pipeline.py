"""The pipeline: what is on the list now, and what is kept of each day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from queries.store import Reading, Store, Transaction


def standing(
    source: Store | Reading, practice_ids: Sequence[str], *, today: date, statuses: Sequence[str]
) -> pl.DataFrame:
    """Return what has one of these statuses by total, practice, age, provider, payor and assignee, and all by status.

    The column `what` says which of these a row is of; a row for each key of each. The kept list must be fresh
    (`listing.refresh`).
    """
    return source.frame("pipeline/standing", practice_ids=list(practice_ids), today=today, statuses=list(statuses))


def totals_of(standing: pl.DataFrame) -> pl.DataFrame:
    """Return the row of `standing` that is the total, of noughts when nothing is on the list."""
    found = standing.filter(pl.col("what") == "total")
    if found.height:
        return found
    numbers = {name: 0 if dtype.is_numeric() else "total" for name, dtype in found.schema.items()}
    return pl.DataFrame([numbers], schema=found.schema)


def totals(
    source: Store | Reading, practice_ids: Sequence[str], *, today: date, statuses: Sequence[str]
) -> pl.DataFrame:
    """Return all that has one of these statuses as the one row of `totals_of`."""
    return totals_of(standing(source, practice_ids, today=today, statuses=statuses))


def trend(source: Store | Reading, practice_ids: Sequence[str], *, from_day: date, to_day: date) -> pl.DataFrame:
    """Return what was still to be booked, one row for each day on which somebody looked."""
    return source.frame("pipeline/trend", practice_ids=list(practice_ids), from_day=from_day, to_day=to_day)


def trend_by(
    source: Store | Reading,
    practice_ids: Sequence[str],
    what: str,
    *,
    statuses: Sequence[str],
    from_day: date,
    to_day: date,
) -> pl.DataFrame:
    """Return the kept figures by status, age, provider, payor or assignee, one row for each day and key."""
    return source.frame(
        "pipeline/trend_by",
        practice_ids=list(practice_ids),
        what=what,
        statuses=list(statuses),
        from_day=from_day,
        to_day=to_day,
    )


def known(source: Store | Reading, practice_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return first_on, last_on and taken_at (UTC) of what is kept of each practice; one without is left out."""
    rows = source.frame("pipeline/known", practice_ids=list(practice_ids)).to_dicts()
    return {row["practice_id"]: row for row in rows}


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


def follow_spells(
    tx: Transaction,
    practice_id: str,
    *,
    today: date,
    since: date,
    is_beginning: bool,
    settings: Mapping[str, Any],
) -> None:
    """Bring a practice's spells up to a day, and add what happened in them since the last look, on `since`.

    What is kept of the days before today stays; what happened on them after their last look has the value that was
    seen then, so it is added before today's is looked at. is_beginning: nothing is known from before today.
    `settings` are those of the rule. The kept list must be fresh.
    """
    tx.execute("pipeline/remove_steps", practice_id=practice_id, today=today)
    if since < today:
        _add_steps(tx, practice_id, from_day=since, to_day=today - timedelta(days=1))
    tx.execute("pipeline/renew_spells", practice_id=practice_id, today=today)
    tx.execute("pipeline/see_spells", practice_id=practice_id, today=today)
    if tx.execute("pipeline/end_spells", practice_id=practice_id, today=today):
        tx.execute("pipeline/explain_ends", practice_id=practice_id, today=today, **settings)
    tx.execute(
        "pipeline/begin_spells",
        practice_id=practice_id,
        today=today,
        is_beginning=is_beginning,
        grace_days=settings["grace_days"],
    )
    _add_steps(tx, practice_id, from_day=today, to_day=today)
    _add_completed(tx, practice_id, from_day=today, today=today)


def _add_steps(tx: Transaction, practice_id: str, *, from_day: date, to_day: date) -> None:
    tx.execute("pipeline/add_steps", practice_id=practice_id, from_day=from_day, to_day=to_day)


def _add_completed(tx: Transaction, practice_id: str, *, from_day: date, today: date) -> None:
    tx.execute("pipeline/add_completed", practice_id=practice_id, from_day=from_day, today=today)


def keep_day(tx: Transaction, practice_id: str, *, today: date, totals: pl.DataFrame, now: datetime) -> None:
    """Keep a day's figures, and its totals (the one row of `totals`), in place of those that it has."""
    tx.execute("pipeline/remove_figures", practice_id=practice_id, today=today)
    tx.execute("pipeline/add_figures", practice_id=practice_id, today=today)
    tx.execute("pipeline/remove_totals", practice_id=practice_id, today=today)
    tx.insert("pipeline/add_totals", totals, practice_id=practice_id, today=today, now=now)


def add_past(
    tx: Transaction, practice_id: str, spells: pl.DataFrame, days: pl.DataFrame, *, statuses: Sequence[str]
) -> None:
    """Keep made-up spells, the figures of the days in them, and what the practice's events say happened in them.

    The frames have the columns of the table spells, one row for each spell, and of its opportunity on each day, with
    the state as it was kept on the last, or that, day; statuses are those of the totals.
    """
    tx.insert("pipeline/add_past_spells", spells)
    tx.insert("pipeline/add_past_figures", days)
    tx.insert("pipeline/add_past_totals", days, statuses=list(statuses))
    first, last = spells["listed_from"].min(), spells["last_seen_on"].max()
    if isinstance(first, date) and isinstance(last, date):
        _add_steps(tx, practice_id, from_day=first, to_day=last)
        _add_completed(tx, practice_id, from_day=first, today=last)

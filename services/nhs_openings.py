"""NHS opportunities that can still be finished before the contract's year ends, and which of them to book first."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from queries import nhs as queries
from queries.store import Reading

AGES = (1, 31, 61, 91, 181)
"""Ages of a course in days from which on its chance is another: the bands of ageing."""

LOOKED_BACK_DAYS = 3 * 365
LEAST_COURSES = 30
"""A share of fewer courses says little: the practice's whole share stands in for it, or none."""

NONE = pl.DataFrame(
    schema={"opportunity_id": pl.String, "uda": pl.Float64, "likelihood": pl.Float64, "expected_uda": pl.Float64}
)
"""No opportunities."""


def shares_finished(source: Reading, practice_id: str, *, days: int, today: date) -> dict[int, float | None]:
    """Return for each age which share of the practice's NHS courses still open then was finished in so many days."""
    rows = queries.finished(
        source,
        practice_id,
        ages=AGES,
        days=days,
        from_on=today - timedelta(days=LOOKED_BACK_DAYS),
        today=today,
    ).to_dicts()
    shares = {row["age"]: row["finished"] / row["courses"] for row in rows if row["courses"] >= LEAST_COURSES}
    return {age: shares.get(age, shares.get(AGES[0])) for age in AGES}


def completable(
    openings: pl.DataFrame,
    booked: pl.Series,
    shares: dict[int, float | None],
    *,
    uda_value_pence: int,
    today: date,
    ends_on: date,
) -> pl.DataFrame:
    """Return the opportunities whose visits fit in before the year ends, without those that have one booked in it.

    Added columns: uda, what the course counts (of a pathway its next claim), finish_on, the first day on which it can
    be finished, likelihood, None where unknown, and expected_uda. Unscheduled care, which has its own target, is not
    among them.
    """
    age = (pl.lit(today) - pl.col("opened_on")).dt.total_days()
    likelihood: pl.Expr = pl.lit(None, pl.Float64)
    for least in AGES:
        likelihood = pl.when(age >= least).then(pl.lit(shares[least], pl.Float64)).otherwise(likelihood)
    return (
        openings.filter(~pl.col("is_unscheduled"), ~pl.col("course_id").is_in(booked.to_list()))
        .with_columns(
            pl.coalesce("uda_left", pl.col("claim_pence") / max(uda_value_pence, 1)).alias("uda"),
            (pl.lit(today) + pl.duration(days="days_needed")).cast(pl.Date).alias("finish_on"),
            likelihood.alias("likelihood"),
        )
        .filter(pl.col("uda") > 0, pl.col("finish_on") <= ends_on)
        .with_columns((pl.col("uda") * pl.col("likelihood")).alias("expected_uda"))
    )


def to_close(openings: pl.DataFrame, needed: float) -> pl.DataFrame:
    """Return the opportunities to book so that so many UDAs come together, best first, with running_uda.

    Best is what brings most UDAs times its likelihood, then the oldest; when all of them are not enough, it is all.
    """
    if openings.is_empty() or needed <= 0:
        return openings.clear().with_columns(pl.lit(0.0).alias("running_uda"))
    ranked = openings.sort(
        pl.col("expected_uda").fill_null(pl.col("uda")),
        "opened_on",
        "opportunity_id",
        descending=[True, False, False],
    ).with_columns(pl.col("uda").cum_sum().alias("running_uda"))
    return ranked.filter(pl.col("running_uda") - pl.col("uda") < needed)

"""What was delivered under an NHS contract by month: by the extract, or as typed in, which counts where given."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from services.nhs_projection import Rate

WEEKS, MONTHS = 13, 12
"""So many whole weeks, or where figures are typed by the month whole months, make the run rate."""

TYPED, EXTRACT = "Typed in", "Extract"
"""Where a figure comes from."""


def looked_back_to(starts_on: date, counted_to: date) -> date:
    """Return from which day on completions are needed: of the year itself, and for the run rate."""
    return min(starts_on, month_before(counted_to.replace(day=1), MONTHS))


def months(
    days: pl.DataFrame, figures: pl.DataFrame, first_on: date, last_on: date, *, course_pence: int
) -> pl.DataFrame:
    """Return each month up to a day with what counts, where it comes from, and both sources beside each other.

    days are those of queries.nhs.delivered, uda with the pathways in it; figures those of queries.nhs.figures.
    Columns: month_on, until_on, uda, unscheduled_courses, unscheduled_pence, uda_source, unscheduled_source,
    extract_ and typed_ of the three, typed_by, typed_at, cumulative_uda. Of unscheduled care one figure may be typed
    alone; the other follows from what a course pays.
    """
    names = ("uda", "unscheduled_courses", "unscheduled_pence")
    frame = pl.DataFrame({"month_on": pl.date_range(first_on, last_on, "1mo", eager=True)})
    extract = days.group_by(pl.col("completed_on").dt.truncate("1mo").alias("month_on")).agg(
        pl.col(name).sum().alias(f"extract_{name}") for name in names
    )
    frame = (
        frame.join(extract, on="month_on", how="left")
        .join(figures.rename({name: f"typed_{name}" for name in names}), on="month_on", how="left")
        .sort("month_on")
        .with_columns(pl.col(f"extract_{name}").fill_null(0) for name in names)
    )
    typed_courses, typed_pence = pl.col("typed_unscheduled_courses"), pl.col("typed_unscheduled_pence")
    worked_out = (typed_pence / max(course_pence, 1)).round().cast(pl.Int64)
    is_typed = typed_courses.is_not_null() | typed_pence.is_not_null()
    return frame.with_columns(
        pl.min_horizontal(pl.col("month_on").dt.month_end(), pl.lit(last_on)).alias("until_on"),
        pl.coalesce("typed_uda", "extract_uda").alias("uda"),
        pl.when(is_typed)
        .then(pl.coalesce(typed_courses, worked_out))
        .otherwise("extract_unscheduled_courses")
        .alias("unscheduled_courses"),
        pl.when(is_typed)
        .then(pl.coalesce(typed_pence, typed_courses * course_pence))
        .otherwise("extract_unscheduled_pence")
        .alias("unscheduled_pence"),
        pl.when(pl.col("typed_uda").is_not_null()).then(pl.lit(TYPED)).otherwise(pl.lit(EXTRACT)).alias("uda_source"),
        pl.when(is_typed).then(pl.lit(TYPED)).otherwise(pl.lit(EXTRACT)).alias("unscheduled_source"),
    ).with_columns(pl.col("uda").cum_sum().alias("cumulative_uda"))


def known_to(
    days: pl.DataFrame, figures: pl.DataFrame, name: str, counted_to: date, *, imported_on: date | None
) -> date:
    """Return up to which day, a day at most, a figure is known: the last extract's, or that of a later month typed in.

    Where the extract has nothing after the last month that was typed in, it is where the typing ends.
    """
    last = _typed(figures, name)["month_on"].max()
    typed_to = month_before(last, -1) - timedelta(days=1) if isinstance(last, date) else None
    is_silent = typed_to is not None and days.filter(pl.col("completed_on") > typed_to, pl.col(name) > 0).is_empty()
    if typed_to and is_silent:
        return min(counted_to, typed_to)
    return min(counted_to, max(imported_on or counted_to, typed_to or date.min))


def rate(days: pl.DataFrame, figures: pl.DataFrame, name: str, known_to: date, *, course_pence: int) -> Rate:
    """Return the run rate of a figure up to the day to which it is known, from the first day on which there was any.

    It is that of the last whole weeks before that day; where a figure of the months that they touch was typed in, which
    says nothing about weeks, it is that of the last whole months.
    """
    window = known_to - timedelta(weeks=WEEKS)
    typed = _typed(figures, name)
    if typed.filter(pl.col("month_on").is_between(window.replace(day=1), known_to)).is_empty():
        return _by_week(days.filter(pl.col("completed_on") < known_to), name, known_to)
    return _by_month(days, typed, name, known_to + timedelta(days=1), course_pence=course_pence)


def _typed(figures: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return the months in which a figure was typed in."""
    names = ("uda",) if name == "uda" else ("unscheduled_courses", "unscheduled_pence")
    return figures.filter(pl.any_horizontal(pl.col(one).is_not_null() for one in names))


def _by_week(days: pl.DataFrame, name: str, before: date) -> Rate:
    first = days["completed_on"].min()
    if not isinstance(first, date):
        return Rate((), "week")
    weeks = min(WEEKS, (before - first).days // 7)
    at = (pl.lit(before - timedelta(days=1)) - pl.col("completed_on")).dt.total_days() // 7
    sums = dict(days.group_by(at.alias("at")).agg(pl.col(name).sum()).iter_rows())
    return Rate(tuple(float(sums.get(week, 0)) for week in range(weeks)), "week")


def _by_month(days: pl.DataFrame, typed: pl.DataFrame, name: str, before: date, *, course_pence: int) -> Rate:
    this_month = before.replace(day=1)
    firsts = [one for one in (days["completed_on"].min(), typed["month_on"].min()) if isinstance(one, date)]
    first = max(min(firsts).replace(day=1), month_before(this_month, MONTHS))
    last = month_before(this_month, 1)
    if first > last:
        return Rate((), "month")
    whole = months(days, typed, first, last, course_pence=course_pence)
    return Rate(tuple(map(float, reversed(whole[name]))), "month")


def month_before(month_on: date, months: int) -> date:
    """Return the first day of the month so many months before."""
    at = month_on.year * 12 + month_on.month - 1 - months
    return date(at // 12, at % 12 + 1, 1)

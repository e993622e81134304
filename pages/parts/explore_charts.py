"""The chart of an answer on the page Explore: frame in, Altair chart out; and the same as SVG for a report."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from services import charts, words
from services.explore import Answer

MOST_GROUPS, MOST_MOMENTS = 30, 1_000
"""So many groups, or days and times, at most are drawn; the table has them all."""

DAY, MOMENT = "%-d %b %Y", "%-d %b %Y, %H:%M"

BAR = 24
"""Pixels for each bar."""

STATUSES = {words.STATUSES[status]: colour for status, colour in charts.STATUS_COLOURS.items()}
"""The colours of statuses, by their words."""

BY, OF, SPLIT, PLACE = "by", "of", "split", "place"


def draw(answer: Answer, kind: str) -> Any:
    """Return the Altair chart of an answer, "bars" or "line", or None where there is nothing to draw."""
    if answer.chart_by is None or answer.chart_of is None or answer.frame.is_empty() or kind == "none":
        return None
    splits = _splits(answer)
    rows, order = _rows(answer, splits)
    is_money = answer.chart_of in answer.money
    of_title = answer.labels[answer.chart_of] + (" (£)" if is_money else "")
    by_title = answer.labels[answer.chart_by]
    number = alt.Axis(format=",.0f" if is_money else ",.2~f", title=of_title, tickCount=6)
    value = alt.Tooltip(f"{OF}:Q", title=of_title, format=",.2f" if is_money else ",.2~f")
    is_time = answer.frame[answer.chart_by].dtype.is_temporal()
    when = DAY if answer.frame[answer.chart_by].dtype == pl.Date else MOMENT
    over_time = alt.X(f"{BY}:T", title=by_title, axis=alt.Axis(format=when, labelOverlap=True, tickCount=8))
    tooltips = [
        alt.Tooltip(f"{BY}:T", title=by_title, format=when) if is_time else alt.Tooltip(f"{BY}:N", title=by_title),
        value,
    ]
    marks: dict[str, Any] = {"color": alt.value(charts.ONE)}
    if answer.split_by:
        split_title = answer.labels[answer.split_by]
        # The parts of a bar stand in the order of their legend.
        marks = {"color": _colour(splits, split_title), "order": alt.Order(f"{PLACE}:Q")}
        tooltips.insert(1, alt.Tooltip(f"{SPLIT}:N", title=split_title))
    chart: Any = alt.Chart(rows)
    amount = alt.Y(f"{OF}:Q", axis=number)
    if kind == "line":
        marks.pop("order", None)
        across = over_time if is_time else alt.X(f"{BY}:N", title=by_title, sort=order)
        return chart.mark_line(point=True).encode(x=across, y=amount, tooltip=tooltips, **marks)
    if is_time:
        return chart.mark_bar().encode(x=over_time, y=amount, tooltip=tooltips, **marks)
    down = alt.Y(f"{BY}:N", title=None, sort=order, axis=alt.Axis(labelLimit=220))
    bars = chart.mark_bar().encode(y=down, x=alt.X(f"{OF}:Q", axis=number), tooltip=tooltips, **marks)
    return bars.properties(height=alt.Step(BAR))


def _colour(splits: list[str], title: str) -> alt.Color:
    """Return the colours of second groups: a status has its own, many groups have those of a scheme with more."""
    colour = alt.Color(f"{SPLIT}:N", title=title)
    if all(split in STATUSES for split in splits):
        return colour.scale(domain=splits, range=[STATUSES[split] for split in splits])
    if len(splits) <= len(charts.SERIES):
        return colour.scale(domain=splits, range=list(charts.SERIES[: len(splits)]))
    return colour.scale(domain=splits, scheme="tableau20")


def says(answer: Answer) -> str:
    """Return what a chart shows, for who does not see it: what is measured, and its largest and smallest group."""
    if answer.chart_by is None or answer.chart_of is None or answer.frame.is_empty():
        return ""
    what, by = answer.labels[answer.chart_of], answer.labels[answer.chart_by]
    sums = _sums(answer).drop_nulls(OF).sort(OF, descending=True)
    if sums.is_empty():
        return f"{what} by {by}."
    ends = [f"{name}: {value:,.2f}".removesuffix(".00") for name, value in sums.rows()]
    if len(ends) == 1:
        return f"{what} by {by}. {ends[0]}."
    return f"{what} by {by}, {len(ends)} groups. Most, {ends[0]}; least, {ends[-1]}. The table has them all."


def left_out(answer: Answer) -> str:
    """Say that a chart does not have all groups, where it does not."""
    if answer.chart_by is None:
        return ""
    groups, most = answer.frame[answer.chart_by].n_unique(), _most(answer.frame[answer.chart_by])
    return f"The chart has the first {most:,} of {groups:,} groups." if groups > most else ""


def svg(answer: Answer, kind: str) -> str | None:
    """Return the chart as SVG for a report, or None where there is nothing to draw."""
    chart = draw(answer, kind)
    return None if chart is None else charts.svg(chart)


def _rows(answer: Answer, splits: list[str]) -> tuple[pl.DataFrame, list[str]]:
    """Return what is drawn, under names without meaning to a chart, summed by group, and the groups in their order."""
    assert answer.chart_by is not None
    assert answer.chart_of is not None
    by = pl.col(answer.chart_by)
    if not answer.frame[answer.chart_by].dtype.is_temporal():
        by = by.cast(pl.String).fill_null("None")
    rows = answer.frame.select(
        by.alias(BY),
        pl.col(answer.chart_of).cast(pl.Float64).alias(OF),
        *(
            [
                pl.col(answer.split_by).cast(pl.String).alias(SPLIT),
                pl.col(answer.split_by).cast(pl.String).replace_strict(splits, range(len(splits))).alias(PLACE),
            ]
            if answer.split_by
            else []
        ),
    ).filter(pl.col(OF).is_finite())
    groups = [name for name in rows.columns if name != OF]
    rows = rows.group_by(groups, maintain_order=True).agg(pl.col(OF).sum()).select(rows.columns)
    shown = rows[BY].unique(maintain_order=True).head(_most(rows[BY]))
    return rows.filter(pl.col(BY).is_in(shown.implode())), shown.to_list() if rows[BY].dtype == pl.String else []


def _most(groups: pl.Series) -> int:
    return MOST_MOMENTS if groups.dtype.is_temporal() else MOST_GROUPS


def _splits(answer: Answer) -> list[str]:
    """Return the second groups in the order in which they stand."""
    return (
        answer.frame[answer.split_by].cast(pl.String).unique(maintain_order=True).to_list() if answer.split_by else []
    )


def _sums(answer: Answer) -> pl.DataFrame:
    assert answer.chart_by is not None
    assert answer.chart_of is not None
    by = pl.col(answer.chart_by)
    if answer.frame[answer.chart_by].dtype.is_temporal():
        by = by.dt.to_string(DAY if answer.frame[answer.chart_by].dtype == pl.Date else MOMENT)
    return answer.frame.group_by(by.cast(pl.String).fill_null("None").alias(BY), maintain_order=True).agg(
        pl.col(answer.chart_of).cast(pl.Float64).sum().alias(OF)
    )

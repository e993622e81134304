"""The chart of an answer on the page Explore: frame in, Altair chart out; and the same as SVG for a report."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl
import vl_convert

from services.explore import Answer

MOST_GROUPS = 30
"""So many groups at most are drawn; the table has them all."""

BAR = 24
"""Pixels for each bar."""

REPORT_WIDTH = 620
ONE = "#26848f"
"""The colour of a chart without a second group; it can be told from light and from dark ground."""

BY, OF, SPLIT = "by", "of", "split"


def draw(answer: Answer, kind: str) -> Any:
    """Return the Altair chart of an answer, "bars" or "line", or None where there is nothing to draw."""
    if answer.chart_by is None or answer.chart_of is None or answer.frame.is_empty() or kind == "none":
        return None
    rows, order = _rows(answer)
    is_money = answer.chart_of in answer.money
    of_title = answer.labels[answer.chart_of] + (" (£)" if is_money else "")
    by_title = answer.labels[answer.chart_by]
    number = alt.Axis(format=",.0f" if is_money else ",.2~f", title=of_title, tickCount=6)
    value = alt.Tooltip(f"{OF}:Q", title=of_title, format=",.2f" if is_money else ",.2~f")
    is_time = answer.frame[answer.chart_by].dtype.is_temporal()
    tooltips = [alt.Tooltip(f"{BY}:{'T' if is_time else 'N'}", title=by_title), value]
    colour: Any = alt.value(ONE)
    if answer.split_by:
        split_title = answer.labels[answer.split_by]
        splits = answer.frame[answer.split_by].cast(pl.String).unique(maintain_order=True).to_list()
        colour = alt.Color(f"{SPLIT}:N", title=split_title, sort=splits)
        tooltips.insert(1, alt.Tooltip(f"{SPLIT}:N", title=split_title))
    chart: Any = alt.Chart(rows)
    if kind == "line":
        across = alt.X(f"{BY}:T", title=by_title) if is_time else alt.X(f"{BY}:N", title=by_title, sort=order)
        return chart.mark_line(point=True).encode(
            x=across, y=alt.Y(f"{OF}:Q", axis=number), color=colour, tooltip=tooltips
        )
    if is_time:
        return chart.mark_bar().encode(
            x=alt.X(f"{BY}:T", title=by_title), y=alt.Y(f"{OF}:Q", axis=number), color=colour, tooltip=tooltips
        )
    down = alt.Y(f"{BY}:N", title=None, sort=order, axis=alt.Axis(labelLimit=220))
    across = alt.X(f"{OF}:Q", axis=number)
    return (
        chart.mark_bar()
        .encode(y=down, x=across, color=colour, tooltip=tooltips)
        .properties(height=alt.Step(BAR))
    )  # fmt: skip


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
    if answer.chart_by is None or answer.frame[answer.chart_by].dtype.is_temporal():
        return ""
    groups = answer.frame[answer.chart_by].n_unique()
    return f"The chart has the first {MOST_GROUPS} of {groups:,} groups." if groups > MOST_GROUPS else ""


def svg(answer: Answer, kind: str) -> str | None:
    """Return the chart as SVG for a report, or None where there is nothing to draw."""
    chart = draw(answer, kind)
    if chart is None:
        return None
    return str(vl_convert.vegalite_to_svg(chart.properties(width=REPORT_WIDTH).to_dict()))


def _rows(answer: Answer) -> tuple[pl.DataFrame, list[str]]:
    """Return what is drawn, under names without meaning to a chart, and the groups in their order."""
    assert answer.chart_by is not None
    assert answer.chart_of is not None
    by = pl.col(answer.chart_by)
    if not answer.frame[answer.chart_by].dtype.is_temporal():
        by = by.cast(pl.String).fill_null("None")
    rows = answer.frame.select(
        by.alias(BY),
        pl.col(answer.chart_of).cast(pl.Float64).alias(OF),
        *([pl.col(answer.split_by).cast(pl.String).alias(SPLIT)] if answer.split_by else []),
    ).filter(pl.col(OF).is_finite())
    if rows[BY].dtype != pl.String:
        return rows, []
    order = rows[BY].unique(maintain_order=True).to_list()[:MOST_GROUPS]
    return rows.filter(pl.col(BY).is_in(order)), order


def _sums(answer: Answer) -> pl.DataFrame:
    assert answer.chart_by is not None
    assert answer.chart_of is not None
    return answer.frame.group_by(
        pl.col(answer.chart_by).cast(pl.String).fill_null("None").alias(BY), maintain_order=True
    ).agg(pl.col(answer.chart_of).cast(pl.Float64).sum().alias(OF))

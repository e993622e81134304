"""The course of a contract's year: what was delivered month by month, where it leads, and the lines of the target."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import altair as alt
import polars as pl
import streamlit as st

from pages.parts import charts, format
from services import nhs_contract, nhs_projection
from services.nhs_contract import Standing

LINES = ((nhs_contract.LEAST, "96 %", 3), (nhs_contract.FULL, "100 %", 0), (nhs_contract.MOST, "102 %", -4))
"""Each line of the target, its words, and how far these move so that they do not lie on one another."""

DELIVERED, PROJECTED = "#26848f", "#b7651b"
HEIGHT = 330


COLUMNS: dict[str, Any] = {
    "Month": st.column_config.DateColumn(format="MMM YYYY"),
    **{
        label: st.column_config.NumberColumn(format="localized")
        for label in ("UDAs", "UDAs so far", "In the extract", "Typed in", "Unscheduled courses")
    },
    "Unscheduled care": st.column_config.NumberColumn(format="£%,.2f"),
}
"""How the table behind the chart is printed."""


def draw(standing: Standing) -> None:
    """Draw the course of the year."""
    year = nhs_contract.year_in_words(standing.starts_on)
    charts.show(
        table_of(standing),
        chart_of(standing),
        title=f"The year {year}",
        sentence=in_words(standing),
        name=f"nhs-contract-{standing.starts_on.year}",
        columns=COLUMNS,
        empty="Nothing was delivered in this year yet: no completed NHS course in the extract, and nothing typed in."
        if not standing.delivered_uda and not standing.projection
        else None,
    )


def table_of(standing: Standing) -> pl.DataFrame:
    """Return the months as the table behind the chart shows them."""
    return standing.months.select(
        pl.col("month_on").alias("Month"),
        pl.col("uda").round(2).alias("UDAs"),
        pl.col("cumulative_uda").round(2).alias("UDAs so far"),
        pl.col("uda_source").alias("Counted from"),
        pl.col("extract_uda").cast(pl.Float64).round(2).alias("In the extract"),
        pl.col("typed_uda").alias("Typed in"),
        pl.col("unscheduled_courses").alias("Unscheduled courses"),
        (pl.col("unscheduled_pence") / 100).alias("Unscheduled care"),
        pl.col("unscheduled_source").alias("Unscheduled from"),
        pl.col("typed_by").alias("Typed in by"),
    )


def in_words(standing: Standing) -> str:
    """Say what the chart shows."""
    done = f"{format.uda(round(standing.delivered_uda, 1))} UDAs were delivered by {format.day(standing.known_to)}"
    if standing.known_to < standing.starts_on:
        done = f"The last extract is of {format.day(standing.known_to)}, before this year"
    elif standing.target_uda:
        share = standing.delivered_uda / standing.target_uda
        done += f", {share:.1%} of the {format.uda(round(standing.target_uda, 1))} to do"
        done = done.replace(".0%", "%").replace("%", " %")
    done += "."
    if standing.known_to < standing.counted_to:
        done += " Nothing later is known: import a newer extract, or type in what the NHS's schedules say."
    if standing.is_over:
        return f"{done} The year is over."
    if standing.counted_to == standing.ends_on:
        return f"{done} Today is the last day that counts."
    if standing.projection is None or standing.rate is None:
        return f"{done} There are too few whole weeks or months with figures to say where the year ends."
    low, middle, high = (format.uda(round(value)) for value in _ends(standing))
    periods = f"{len(standing.rate.values)} whole {standing.rate.period}s"
    length = round(len(standing.rate.values) * nhs_projection.DAYS[standing.rate.period])
    is_of_last_year = standing.known_to - timedelta(days=length) < standing.starts_on
    of_last_year = f"Some of these {standing.rate.period}s are of the year before. " if is_of_last_year else ""
    mean = format.uda(round(standing.rate.mean, 1))
    return (
        f"{done} If the last {periods} go on ({mean} UDAs a {standing.rate.period}), the year ends at {middle}; "
        f"as far as such {standing.rate.period}s vary, it ends from {low} to {high} in 8 of 10 cases. "
        f"{of_last_year}Holidays to come are not known to it."
    )


def chart_of(standing: Standing) -> alt.LayerChart:
    """Return what was delivered as a line, the projection as a dashed one in its range, and the target's lines."""
    months = standing.months.filter(pl.col("month_on") <= standing.known_to)
    points = pl.DataFrame(
        {
            "day": [standing.starts_on, *months["until_on"].clip(None, standing.known_to)],
            "uda": [0.0, *months["cumulative_uda"].cast(pl.Float64)],
            "series": "Delivered",
        }
    )
    day = alt.X("day:T", title=None, axis=alt.Axis(format="%b", tickCount="month", grid=False))
    day = day.scale(domain=[_at(standing.starts_on), _at(standing.ends_on)])
    uda = alt.Y("uda:Q", title="UDAs", scale=alt.Scale(zero=True))
    colour = alt.Color(
        "series:N", title=None, legend=alt.Legend(orient="bottom", symbolType="stroke", symbolStrokeWidth=3)
    ).scale(domain=["Delivered", "Projected"], range=[DELIVERED, PROJECTED])
    dash = alt.StrokeDash("series:N", legend=None).scale(domain=["Delivered", "Projected"], range=[[1, 0], [6, 4]])
    told = [alt.Tooltip("day:T", title="By", format="%-d %b %Y"), alt.Tooltip("uda:Q", title="UDAs", format=",.1f")]
    layers: list[Any] = []
    if standing.projection:
        now, to = max(standing.known_to, standing.starts_on), standing.ends_on
        low, middle, high = _ends(standing)
        done = standing.delivered_uda
        band = pl.DataFrame({"day": [now, to], "low": [done, low], "high": [done, high]})
        layers.append(alt.Chart(band).mark_area(color=PROJECTED, opacity=0.2).encode(day, y="low:Q", y2="high:Q"))
        ahead = pl.DataFrame({"day": [now, to], "uda": [done, middle], "series": "Projected"})
        layers.append(alt.Chart(ahead).mark_line().encode(day, uda, colour, strokeDash=dash, tooltip=told))
    layers.append(
        alt.Chart(points).mark_line(point=alt.OverlayMarkDef(size=40)).encode(day, uda, colour, dash, tooltip=told)
    )
    if standing.target_uda:
        for share, label, up in LINES:
            at = pl.DataFrame({"uda": [standing.line(share)], "day": [standing.ends_on], "label": [label]})
            layers.append(alt.Chart(at).mark_rule(strokeDash=[2, 3], color="grey").encode(uda, tooltip=told[1:]))
            words = alt.Chart(at).mark_text(align="left", dx=6, dy=up * 2, color="grey")
            layers.append(words.encode(day, uda, alt.Text("label:N")))
    return alt.LayerChart(layer=layers, height=HEIGHT)


def _ends(standing: Standing) -> tuple[float, float, float]:
    projection = standing.projection
    return (projection.low, projection.middle, projection.high) if projection else (0.0, 0.0, 0.0)


def _at(day: Any) -> dict[str, int]:
    return {"year": day.year, "month": day.month, "date": day.day}

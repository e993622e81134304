"""The charts of the pipeline: how the list stands now, how the weeks went, and how far opportunities come."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from pages.parts import charts as parts
from pages.parts import format, opening
from services import charts, pipeline, words

MONEY = st.column_config.NumberColumn(format="£%,.2f")
NUMBER = st.column_config.NumberColumn(format="localized")

MEASURES: dict[str, tuple[str, bool]] = {
    "value_pence": ("Value", True),
    "worth_pence": ("Worth", True),
    "uda": ("UDAs", False),
    "opportunities": ("Opportunities", False),
    "patients": ("Patients", False),
}
"""What a bar may measure: its words, and whether it is money."""

MOST_BARS = 25
"""So many bars are drawn at most, those with the most; the table has all."""

NOTHING = "Nothing is on the list. The charts fill when a course of treatment is open without an appointment."
BEGINS = "There is no history yet: it begins on the first day that Care Manager runs, and grows by a row each day."


def choose_measure() -> str:
    """Draw the choice of what the bars measure."""
    chosen = st.segmented_control(
        "Measure",
        list(MEASURES),
        format_func=lambda name: MEASURES[name][0],
        default="value_pence",
        key="pipeline_measure",
        required=True,
        persist_state="session",
    )
    return str(chosen)


def standing(rows: pl.DataFrame, measure: str) -> None:
    """Draw what is on the list by status."""
    _bars(
        rows,
        by="status_text",
        key="status",
        title="By status",
        by_title="Status",
        measure=measure,
        name="pipeline-status",
        says="What is on the list now, by status; booked are those that the next import will take off it.",
        colours={words.STATUSES[status]: colour for status, colour in charts.STATUS_COLOURS.items()},
        pick=lambda status: opening.opportunities(statuses=[status]),
    )


def ageing(rows: pl.DataFrame, measure: str, today: date) -> None:
    """Draw what is still to be booked by its age on a day."""

    def pick(band: str) -> None:
        first, last = pipeline.opened_between(band, today=today)
        days = {"opened_from": first and first.isoformat(), "opened_to": last and last.isoformat()}
        opening.opportunities(statuses=pipeline.UNBOOKED, **{name: day for name, day in days.items() if day})

    _bars(
        rows,
        by="band_text",
        key="band",
        title="By age",
        by_title="Days since opened",
        measure=measure,
        name="pipeline-age",
        says="What is still to be booked, by the days since its course was opened.",
        pick=pick,
    )


def by(rows: pl.DataFrame, measure: str, what: str) -> None:
    """Draw what is still to be booked by provider, payor or assignee."""
    field = {"provider": "providers", "payor": "payors", "assignee": "assignees"}[what]
    title = {"provider": "By provider", "payor": "By payor", "assignee": "By assignee"}[what]

    def pick(key: str) -> None:
        if key or what == "assignee":
            opening.opportunities(statuses=pipeline.UNBOOKED, **{field: [key]})
        else:
            st.toast(f"The list has no filter for courses without a {what}. They are among all that it shows.")

    _bars(
        rows,
        by="name",
        key="key",
        title=title,
        by_title=title.removeprefix("By ").capitalize(),
        measure=measure,
        name=f"pipeline-{what}",
        says=f"What is still to be booked, {title[0].lower()}{title[1:]}.",
        pick=pick,
    )


def flow(weeks: pl.DataFrame) -> None:
    """Draw what happened week by week."""
    known = weeks.filter(pl.col("days_known") > 0)
    told = ""
    if known.height:
        last = known.row(-1, named=True)
        told = " ".join(f"{words}: {last[name]:,}." for name, words in pipeline.MOVES.items())
    table = weeks.select(
        pl.col("week").alias("Week from"),
        *(pl.col(move).alias(words) for move, words in pipeline.MOVES.items()),
        *((pl.col(f"{move}_value_pence") / 100).alias(f"{words}, value") for move, words in pipeline.MOVES.items()),
        pl.col("days_known").alias("Days looked at"),
    )
    columns: dict[str, Any] = {f"{words}, value": MONEY for words in pipeline.MOVES.values()}
    columns["Week from"] = st.column_config.DateColumn(format="D MMM YYYY")
    parts.show(
        table,
        charts.lines(weeks, day="week", series=pipeline.MOVES, of_title="Opportunities"),
        title="Week by week",
        sentence=f"What happened to opportunities in each week from Monday; this week is not over. {told}",
        name="pipeline-weeks",
        columns=columns,
        empty=None if known.height else BEGINS,
    )


def funnel(rows: pl.DataFrame) -> None:
    """Draw how far the opportunities of the last 90 days came."""
    told = ""
    if rows.height:
        counts = dict(rows.select("stage", "opportunities").iter_rows())
        told = (
            f" Of {counts['listed']:,} listed, {counts['contacted']:,} were contacted, {counts['booked']:,} booked and "
            f"{counts['completed']:,} completed."
        )
    parts.show(
        _table(rows, by="stage_text", by_title="Stage").with_columns(rows["after_contact"].alias("After a contact")),
        charts.bars(rows, of="opportunities", by="stage_text", of_title="Opportunities", by_title="Stage"),
        title="How far they came",
        sentence="The opportunities that were listed for the first time in the last 90 days. Not every booking needs a "
        f"contact: many patients book by themselves.{told}",
        name="pipeline-funnel",
        columns=_columns("Stage"),
        empty=None if rows.height else BEGINS,
    )


def across(rows: pl.DataFrame, measure: str) -> None:
    """Draw practice against practice."""
    words_of, is_money = MEASURES[measure]
    drawn = _most(rows, measure)
    table = rows.select(
        pl.col("practice").alias("Practice"),
        (pl.col("value_pence") / 100).alias("Value"),
        (pl.col("value_before_pence") / 100).alias("Value 28 days ago"),
        pl.col("uda").cast(pl.Float64).alias("UDAs"),
        (pl.col("worth_pence") / 100).alias("Worth"),
        pl.col("opportunities").alias("Opportunities"),
        pl.col("patients").alias("Patients"),
        pl.col("due").alias("Due"),
        pl.col("overdue").alias("Overdue"),
        pl.col("new").alias("New"),
        pl.col("contacted").alias("Contacted"),
        pl.col("booked").alias("Booked"),
        (pl.col("booked_value_pence") / 100).alias("Booked, value"),
        pl.col("first_on").alias("History from"),
    )
    parts.show(
        table,
        charts.bars(drawn, of=measure, by="practice", of_title=words_of, by_title="Practice", is_money=is_money),
        title="Practice against practice",
        sentence="What is still to be booked at each practice. New, contacted and booked in the table are of the last "
        f"28 days.{_left_out(rows)}",
        name="pipeline-practices",
        columns={
            **dict.fromkeys(("Value", "Value 28 days ago", "Worth", "Booked, value"), MONEY),
            "History from": st.column_config.DateColumn(format="D MMM YYYY"),
        },
        empty=None if rows.height else NOTHING,
    )


def _bars(
    rows: pl.DataFrame,
    *,
    by: str,
    key: str,
    title: str,
    by_title: str,
    measure: str,
    name: str,
    says: str,
    colours: dict[str, str] | None = None,
    pick: parts.OnPick | None,
) -> None:
    words_of, is_money = MEASURES[measure]
    named = rows.with_columns(pl.col(by).fill_null("None"))
    drawn = _most(named, measure) if named.height > MOST_BARS else named
    most = ""
    if rows.height:
        top = named.sort(measure, descending=True, nulls_last=True).row(0, named=True)
        amount = format.whole_pounds(top[measure]) if is_money else format.uda(round(float(top[measure] or 0), 1))
        unit = "" if is_money else " UDAs" if measure == "uda" else f" {words_of.lower()}"
        most = f" Most: {top[by]}, {amount}{unit}."
    parts.show(
        _table(named, by=by, by_title=by_title).with_columns(named[key]),
        charts.bars(
            drawn, of=measure, by=by, of_title=words_of, by_title=by_title, is_money=is_money, colours=colours, key=key
        ),
        title=title,
        sentence=says + most + _left_out(named),
        name=name,
        columns=_columns(by_title),
        empty=None if rows.height else NOTHING,
        key=key,
        on_pick=pick,
    )


def _most(rows: pl.DataFrame, measure: str) -> pl.DataFrame:
    return rows.sort(measure, descending=True, nulls_last=True, maintain_order=True).head(MOST_BARS)


def _left_out(rows: pl.DataFrame) -> str:
    left = rows.height - MOST_BARS
    return f" The chart leaves out {left:,} that have less; the table has them." if left > 0 else ""


def _table(rows: pl.DataFrame, *, by: str, by_title: str) -> pl.DataFrame:
    """Return what is behind bars as people read it."""
    return rows.select(
        pl.col(by).alias(by_title),
        (pl.col("value_pence") / 100).alias("Value"),
        pl.col("uda").cast(pl.Float64).alias("UDAs"),
        (pl.col("worth_pence") / 100).alias("Worth"),
        pl.col("opportunities").alias("Opportunities"),
        pl.col("patients").alias("Patients"),
    )


def _columns(by_title: str) -> dict[str, Any]:
    return {by_title: st.column_config.TextColumn(width="medium"), "Value": MONEY, "Worth": MONEY, "UDAs": NUMBER}

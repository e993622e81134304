"""The pipeline day by day: all of it as one line, or its largest parts as one each."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.parts import charts as parts
from pages.parts import format
from pages.parts.pipeline_charts import BEGINS, MEASURES, MONEY
from services import charts, pipeline_parts

SPLITS = {
    "": "Nothing",
    "status": "Status",
    "age": "Age",
    "provider": "Provider",
    "payor": "Payor",
    "assignee": "Assignee",
}
"""By what the days may be split, in words."""

SAYS = "What was still to be booked on each of the last 90 days"


def choose_split(measure: str) -> str:
    """Draw the choice of what the days are split by; the days of patients are known in all only."""
    if measure not in pipeline_parts.MEASURES:
        return ""
    chosen = st.segmented_control(
        "Split the days by",
        list(SPLITS),
        format_func=lambda what: SPLITS[what],
        default="",
        key="pipeline_split",
        required=True,
        persist_state="session",
    )
    return str(chosen or "")


def by_part(days: pl.DataFrame, measure: str, split: str) -> None:
    """Draw how the largest parts went, day by day."""
    words_of, is_money = MEASURES[measure]
    largest = pipeline_parts.largest(days, measure)
    is_known = largest.frame.height > 1
    number = [(pl.col(column) / (100 if is_money else 1)).alias(name) for column, name in largest.names.items()]
    parts.show(
        largest.frame.select(pl.col("day").alias("Day"), *number),
        charts.lines(largest.frame, day="day", series=largest.names, of_title=words_of, is_money=is_money)
        if is_known
        else None,
        title="Day by day",
        sentence=f"{SAYS}, by {SPLITS[split].lower()}: those with most today, each a line.",
        name=f"pipeline-days-{split}",
        columns={
            "Day": st.column_config.DateColumn(format="D MMM YYYY"),
            **(dict.fromkeys(largest.names.values(), MONEY) if is_money else {}),
        },
        empty=None if is_known else BEGINS,
    )


def whole(days: pl.DataFrame, measure: str) -> None:
    """Draw how much was still to be booked day by day."""
    words_of, is_money = MEASURES[measure]
    known = days.filter(pl.col(measure).is_not_null())
    told = ""
    if known.height > 1:
        first, last = (known[end, measure] for end in (0, -1))
        said = [format.whole_pounds(one) if is_money else format.uda(round(one, 1)) for one in (first, last)]
        told = f" It was {said[0]} on {format.day(known[0, 'day'])}, and is {said[1]} today."
    money = [pl.col(name) / 100 if is_paid else pl.col(name) for name, (_, is_paid) in MEASURES.items()]
    parts.show(
        days.select(
            pl.col("day").alias("Day"),
            *(column.alias(label) for column, (label, _) in zip(money, MEASURES.values(), strict=True)),
            pl.col("due").alias("Due"),
            pl.col("overdue").alias("Overdue"),
        ),
        charts.lines(days, day="day", series={measure: words_of}, of_title=words_of, is_money=is_money),
        title="Day by day",
        sentence=f"{SAYS}.{told}",
        name="pipeline-days",
        columns={"Day": st.column_config.DateColumn(format="D MMM YYYY"), "Value": MONEY, "Worth": MONEY},
        empty=None if known.height > 1 else BEGINS,
    )

"""The cards of the pipeline: what is still to be booked, what this week brought, each with its line of past days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st

from pages.parts import format
from services import pipeline
from services.pipeline import Cards

NOT_YET = "–"
"""What nobody looked up yet is not 0."""


def draw(cards: Cards) -> None:
    """Draw the cards."""
    with st.container(horizontal=True, gap="xsmall"):
        _card(
            "Unbooked value",
            format.whole_pounds(cards.value_pence),
            cards.trend["value_pence"] / 100,
            "Private treatment left to do on open, contacted and snoozed courses. The line: the last 90 days.",
        )
        _card("UDAs", format.uda(round(cards.uda, 1)), cards.trend["uda"], "Left to do on NHS courses.")
        _card(
            "Patients", f"{cards.patients:,}", cards.trend["patients"], "Each counted once, whatever courses they have."
        )
        _card("Overdue", f"{cards.overdue:,}", cards.trend["overdue"], pipeline.OVERDUE)
        _card("Booked this week", _number(cards.booked), cards.weeks["booked"], _since(cards))
        value = NOT_YET if cards.booked_value_pence is None else format.whole_pounds(cards.booked_value_pence)
        _card(
            "Value booked",
            value,
            cards.weeks["booked_value_pence"] / 100,
            "As it was on the day on which each was booked. The line: the last 13 weeks.",
        )
        _card("Contacted this week", _number(cards.contacted), cards.weeks["contacted"], _since(cards))
    when = f"Weeks were last added up on {format.moment_of_utc(cards.as_of)}. " if cards.as_of else ""
    st.caption(f"{when}Figures of past days are kept as they were; days on which nobody looked are left out.")


def _card(label: str, value: str, line: pl.Series, meaning: str) -> None:
    numbers = line.cast(pl.Float64).drop_nulls().to_list()
    is_drawn = len(numbers) > 1
    options: dict[str, Any] = {"chart_data": numbers, "chart_type": "line"} if is_drawn else {}
    with st.container(width=163):
        st.metric(label, value, help=meaning, border=True, **options)


def _number(counted: int | None) -> str:
    return NOT_YET if counted is None else f"{counted:,}"


def _since(cards: Cards) -> str:
    return f"Opportunities since Monday, {format.day(cards.week)}. The line: the last 13 weeks."


def sentence(cards: Cards, names: Sequence[str]) -> str:
    """Say in one sentence what a manager wants to know first."""
    where = "All practices" if len(names) > 1 else names[0]
    return (
        f"{where}: {format.count(cards.opportunities, 'course')} of {format.count(cards.patients, 'patient')} "
        f"{'is' if cards.opportunities == 1 else 'are'} still to be booked, worth {format.pounds(cards.value_pence)} "
        f"private and {format.uda(round(cards.uda, 1))} UDAs. "
        f"{cards.due:,} {'is' if cards.due == 1 else 'are'} due, {cards.overdue:,} of them overdue."
    )

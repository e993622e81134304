"""The work list as a table: its columns, its ticks, and the row that is opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from pages.parts import format, ordering
from services.opportunities import SORTS, Order, Totals

HEIGHT = 508
ROWS_OF_HEIGHT = 15
COLOURS = {"open": "blue", "contacted": "green", "snoozed": "orange", "booked": "violet", "rejected": "grey"}

text, number, day = st.column_config.TextColumn, st.column_config.NumberColumn, st.column_config.DateColumn


@dataclass(frozen=True)
class Picked:
    """What is picked in the table: the rows ticked, and the row clicked on since the last run, if any."""

    ticked: pl.DataFrame
    clicked: dict[str, Any] | None


def show(rows: pl.DataFrame, totals: Totals, order: Order, columns: Sequence[str]) -> Picked:
    """Draw these columns of the rows, the patient first, and return what is picked.

    Ticks reach us as positions, and a table with a fixed key keeps the positions when the rows change
    (streamlit#17026). So the key is made of the ids in order: other rows are another table, which starts
    with the ticks of the ids that are still there. An id that is not shown loses its tick.
    """
    ids = rows["row_id"].to_list()
    key = f"opportunities_{hash((tuple(ids), order))}"
    ticked_before = st.session_state.get("ticked", frozenset())
    event = st.dataframe(
        _cells(rows, columns).to_arrow(),
        key=key,
        height="content" if rows.height < ROWS_OF_HEIGHT else HEIGHT,
        hide_index=True,
        placeholder="",
        alt="Opportunities",
        column_config=_columns(rows, totals, order),
        on_select=partial(_sort_by_heading, key, order),
        # Columns can be picked so that a click on a heading comes to us and sorts the whole result;
        # the browser's own sorting, which would sort the rows it has, is then off.
        selection_mode=["multi-row", "single-cell", "single-column"],
        selection_default={"selection": {"rows": [at for at, id_ in enumerate(ids) if id_ in ticked_before]}},
    )
    ticked = rows[event.selection.rows]
    st.session_state["ticked"] = frozenset(ticked["row_id"])
    clicked = None
    if event.selection.cells:
        at, column = event.selection.cells[0]
        if st.session_state.get("cell") != (ids[at], column):
            st.session_state["cell"] = (ids[at], column)
            clicked = rows.row(at, named=True)
    return Picked(ticked, clicked)


def _sort_by_heading(key: str, order: Order) -> None:
    picked = st.session_state[key].selection.columns
    if picked and picked[0] in SORTS:
        ordering.turn_to(picked[0], order)


def _chips() -> pl.Expr:
    """Return the status, and that the patient is left in peace, where so."""
    contacted = pl.format("Patient contacted {}", pl.col("patient_contacted_on").dt.strftime("%-d %b"))
    return pl.concat_list("status_text", contacted).list.drop_nulls()


def _cells(rows: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Return what the table shows, each column named as its order is."""
    chance = [
        (pl.col("expected_pence") / 100).alias("expected"),
        (pl.col("chance") * 100).alias("chance"),
        pl.col("why"),
    ]
    return rows.select(
        "patient",
        "practice",
        "provider",
        "payor",
        "cot_number",
        "opened_on",
        "last_updated_on",
        _chips().alias("status"),
        pl.when(pl.col("is_assignee_active")).then("assigned_to").otherwise(pl.col("assigned_to") + " (left)"),
        (pl.col("value_pence") / 100).alias("value"),
        "uda",
        "last_note",
        (pl.col("worth_pence") / 100).alias("worth"),
        pl.Series("phone", [format.phone(number) for number in rows["phone"]], dtype=pl.String),
        "email",
        "next_visit_on",
        pl.col("reason_text").alias("reason"),
        *(chance if "chance" in rows.columns else []),
    ).select("patient", *columns)


def _columns(rows: pl.DataFrame, totals: Totals, order: Order) -> dict[str, Any]:
    statuses = rows.select("status_text", "status").unique(maintain_order=True)
    chips = rows.select(_chips().list.get(1, null_on_oob=True).drop_nulls().unique().alias("chip"))["chip"].to_list()
    column_of = {"oldest": "opened_on"}.get(order.sort, order.sort)

    def heading(column: str, label: str) -> str:
        """Mark the column that the list is sorted by."""
        return label if column != column_of else f"{label} {'↓' if order.is_descending else '↑'}"

    return {
        "patient": text(heading("patient", "Patient"), pinned=True, width=124),
        "practice": text(heading("practice", "Practice"), width=110),
        "provider": text(heading("provider", "Provider"), width=66),
        "payor": text(heading("payor", "Payor"), width=62),
        "cot_number": text(heading("cot_number", "COT"), help="Number of the course of treatment", width=54),
        "opened_on": day(heading("opened_on", "Opened"), format="D MMM YYYY", width=86),
        "last_updated_on": day(
            heading("last_updated_on", "Updated"), help="Last updated", format="D MMM YYYY", width=88
        ),
        "status": st.column_config.MultiselectColumn(
            heading("status", "Status"),
            options=[*statuses["status_text"], *chips],
            color=[*(COLOURS[status] for status in statuses["status"]), *("yellow" for _ in chips)],
            # As wide as its longest words need: most pages have but one short word in each row.
            width=214 if chips or statuses["status"].is_in(["snoozed", "booked"]).any() else 88,
        ),
        "assigned_to": text(heading("assigned_to", "Assigned to"), width=86),
        # Cells have no tooltips: Enter opens the whole note, and the patient beside the list has those before it.
        "last_note": text("Last note", help="The last call, message or note. Enter shows all of it.", width=86),
        "value": number(
            heading("value", f"Value {format.whole_pounds(totals.value_pence)}"), format="£%,.2f", width=114
        ),
        "uda": number(heading("uda", "UDA"), format="%.4g", width=52),
        "worth": number(heading("worth", "Worth"), format="£%,.2f", width=82),
        "phone": text(heading("phone", "Phone"), width=108),
        "email": text(heading("email", "E-mail"), width=200),
        "next_visit_on": day(heading("next_visit_on", "Next visit"), format="D MMM YYYY", width=100),
        "reason": text(heading("reason", "Reason"), width=260),
        "expected": number(
            heading("expected", "Expected"),
            help="Expected value: worth, times the chance that it is booked in the next 30 days.",
            format="£%,.2f",
            width=92,
        ),
        "chance": number(
            "Chance",
            help="That it is booked in the next 30 days. How good it is: the page Forecast.",
            format="%.0f%%",
            width=66,
        ),
        "why": text("Why", help="Why the chance is higher or lower than usual here.", width=320),
    }

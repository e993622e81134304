"""The form that takes the figures of the NHS's schedules, a month at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import streamlit as st

from pages.parts import format, saving, session
from services import nhs_delivery, nhs_figures
from services.nhs_contract import Standing
from services.nhs_figures import Figures
from services.practices import Practice

SAVED = "nhs_figures"
LONGEST = 20
"""Letters of a field. A field for numbers would take 12,5 for 125, and a figure that is too large for none at all."""


def draw(practice: Practice, standing: Standing) -> None:
    """Draw the form of a month."""
    st.markdown(
        "Type in what the NHS's schedule says of a month, and it counts instead of the extract. A field left empty "
        "stays with the extract; for unscheduled care one of the two is enough."
    )
    rows = {row["month_on"]: row for row in standing.months.to_dicts()}
    month_on = st.selectbox(
        "Month",
        list(reversed(rows)),
        format_func=lambda month: f"{month:%B %Y}" + (", typed in" if _is_typed(rows[month]) else ""),
        key=f"nhs_month_{practice.practice_id}_{standing.contract_id}_{standing.starts_on}",
        persist_state="session",
        width=260,
    )
    row = rows[month_on]
    seen = nhs_figures.of_row(row)
    key = f"{practice.practice_id}_{standing.contract_id}_{month_on}_{row['typed_at']}"
    fields = {name: f"nhs_{name}_{key}" for name in ("uda", "courses", "pounds")}
    with st.form(f"nhs_figures_{key}", border=True):
        uda, courses, pounds = st.columns(3)
        uda.text_input(
            "UDAs delivered, without unscheduled care",
            value="" if seen.uda is None else f"{seen.uda:,.2f}",
            key=fields["uda"],
            max_chars=LONGEST,
            placeholder=f"Extract: {format.uda(round(row['extract_uda'], 2))}",
        )
        courses.text_input(
            "Courses of unscheduled care",
            value="" if seen.unscheduled_courses is None else f"{seen.unscheduled_courses:,}",
            key=fields["courses"],
            max_chars=LONGEST,
            placeholder=f"Extract: {row['extract_unscheduled_courses']:,}",
        )
        pounds.text_input(
            "Unscheduled care (£)",
            value="" if seen.unscheduled_pence is None else f"{seen.unscheduled_pence / 100:,.2f}",
            key=fields["pounds"],
            max_chars=LONGEST,
            placeholder=f"Extract: {format.pounds(row['extract_unscheduled_pence'])}",
        )
        if row["typed_by"]:
            st.caption(f"Typed in by {format.plain(row['typed_by'])} on {format.moment_of_utc(row['typed_at'])}.")
        saving.show(SAVED)
        with st.container(horizontal=True):
            saved = partial(_save, practice, standing.contract_id, month_on, seen, fields)
            st.form_submit_button("Save the month", type="primary", on_click=saved)
            if _is_typed(row):
                st.form_submit_button(
                    "Back to the extract",
                    on_click=partial(
                        _write, practice, standing.contract_id, month_on, seen, lambda: nhs_figures.NOTHING
                    ),
                )


def _is_typed(row: dict[str, object]) -> bool:
    return nhs_delivery.TYPED in (row["uda_source"], row["unscheduled_source"])


def _save(practice: Practice, contract_id: str, month_on: date, seen: Figures, fields: dict[str, str]) -> None:
    typed = [str(st.session_state[fields[name]] or "") for name in ("uda", "courses", "pounds")]
    _write(practice, contract_id, month_on, seen, lambda: nhs_figures.read(*typed))


def _write(practice: Practice, contract_id: str, month_on: date, seen: Figures, figures: Callable[[], Figures]) -> None:
    def change(here: session.Session) -> list[str]:
        return nhs_figures.write(
            here.store,
            practice,
            contract_id,
            month_on,
            figures(),
            seen=seen,
            actor=here.actor,
            now=here.now,
            today=here.today,
        )

    saving.attempt(SAVED, change)

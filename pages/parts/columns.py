"""Which columns the work list has, and in which order."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

COLUMNS = {
    "practice": "Practice",
    "provider": "Provider",
    "payor": "Payor",
    "opened_on": "Opened",
    "status": "Status",
    "assigned_to": "Assigned to",
    "last_note": "Last note",
    "value": "Value",
    "uda": "UDA",
    "worth": "Worth",
    "cot_number": "COT number",
    "phone": "Phone",
    "next_visit_on": "Next visit",
    "reason": "Reason",
    "last_updated_on": "Last updated",
    "email": "E-mail",
    "expected": "Expected value",
    "chance": "Chance",
    "why": "Why",
}
"""Every column beside the patient, which is always the first."""

OF_CHANCE = ("expected", "chance", "why")
"""Shown by themselves in the order of the expected value, because the order says nothing without them."""

UNASKED = ("last_updated_on", "email", *OF_CHANCE)
"""The columns that nobody has who did not choose them."""

KEY = "columns"


def standard(*, offers_practice: bool) -> list[str]:
    """Return the columns of whoever chose none, what matters most at the left; the practice where there are several."""
    return [name for name in COLUMNS if name not in UNASKED and (name != "practice" or offers_practice)]


def draw(*, offers_practice: bool, is_many_practices: bool) -> list[str]:
    """Draw the choice of columns, and return those to be shown in their order: the standard ones when none is left.

    offers_practice says that there are several practices, is_many_practices that more than one is shown.
    """
    usual = standard(offers_practice=offers_practice)
    with st.popover("Columns", icon=":material/view_column:"):
        shown = st.multiselect(
            "Columns in their order, after the patient",
            [name for name in COLUMNS if name != "practice" or offers_practice],
            default=usual,
            format_func=COLUMNS.__getitem__,
            key=KEY,
            bind="query-params",
            placeholder="The standard columns",
            help="Take one off and choose it again to move it to the end.",
            width=420,
        )
        if shown != usual:
            st.button("Standard columns", key="columns_standard", on_click=put, args=(usual,))
    return [name for name in shown or usual if name != "practice" or is_many_practices]


def with_chances(columns: Sequence[str]) -> list[str]:
    """Return the columns with those of the chance, where they are not chosen already, right after the patient."""
    return [*(name for name in OF_CHANCE if name not in columns), *columns]


def put(columns: Sequence[str]) -> None:
    """Show these columns from now on."""
    st.session_state[KEY] = list(columns)

"""Which columns the work list has, and in which order."""

from __future__ import annotations

import streamlit as st

COLUMNS = {
    "practice": "Practice",
    "provider": "Provider",
    "payor": "Payor",
    "cot_number": "COT number",
    "opened_on": "Opened",
    "status": "Status",
    "assigned_to": "Assigned to",
    "value": "Value",
    "uda": "UDA",
    "last_note": "Last note",
    "worth": "Worth",
    "phone": "Phone",
    "email": "E-mail",
    "next_visit_on": "Next visit",
    "reason": "Reason",
    "last_updated_on": "Last updated",
}
"""Every column beside the patient, which is always the first; what matters most fits on the screen."""

KEY = "columns"


def draw(*, is_many_practices: bool) -> list[str]:
    """Draw the choice of columns, and return those to be shown in their order: all while none is chosen."""
    offered = {name: label for name, label in COLUMNS.items() if name != "practice" or is_many_practices}
    with st.popover("Columns", icon=":material/view_column:"):
        chosen = st.multiselect(
            "Columns in their order, after the patient",
            list(offered),
            format_func=offered.__getitem__,
            key=KEY,
            bind="query-params",
            placeholder="All",
            width=420,
        )
    return chosen or list(offered)

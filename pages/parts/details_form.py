"""The form of what a practice is known by: name, nation, phone and colour."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts import saving, session
from services import settings
from services.practices import Practice
from services.settings import DETAILS, NATIONS, Current


def draw(practice: Practice, current: dict[str, Current]) -> None:
    """Draw the form of what the practice is known by."""
    keys = {name: saving.key_of(practice, name, current[name]) for name in DETAILS}
    with st.form("details"):
        name, nation, phone, colour = st.columns([2, 1.3, 1.3, 0.7])
        name.text_input("Name", current["name"].value, key=keys["name"], max_chars=80, persist_state="session")
        nations, now = list(NATIONS), current["nation"].value
        nation.selectbox("Nation", nations, nations.index(now), key=keys["nation"], persist_state="session")
        phone.text_input("Phone", current["phone"].value or "", key=keys["phone"], persist_state="session")
        shown = current["colour"].value or settings.DEFAULT_COLOUR
        colour.color_picker("Colour", shown, key=keys["colour"], persist_state="session")
        st.markdown("\n".join(f"- **{nation}**: {follows}" for nation, follows in NATIONS.items()))
        st.markdown(settings.OUTSIDE_ENGLAND)
        for detail, column in zip(DETAILS, (name, nation, colour, phone), strict=True):
            column.caption(saving.last_change(current[detail]))
        saving.show("details")
        st.form_submit_button("Save the details", type="primary", on_click=_save, args=(practice, keys))


def _save(practice: Practice, keys: dict[str, str]) -> None:
    """Save what the form of the details holds; the switch between practices follows a new name."""
    typed: dict[str, Any] = {name: st.session_state[key] for name, key in keys.items()}
    if practice.colour is None and typed["colour"] == settings.DEFAULT_COLOUR:
        typed["colour"] = None

    def change(here: session.Session) -> list[str]:
        changed = settings.change_details(here.store, practice, typed, actor=here.actor, now=here.now)
        if st.session_state.get("practice") == practice.name:
            names = {one.practice_id: one.name for one in session.current().practices}
            st.session_state["practice"] = names[practice.practice_id]
        return changed

    saving.save(practice, "details", change)

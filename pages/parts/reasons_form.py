"""The form of why a practice rejects: one reason a line, in the order in which they are offered."""

from __future__ import annotations

import streamlit as st

from pages.parts import saving, session
from services import reject_reasons
from services.practices import Practice
from services.settings import Current


def draw(here: session.Session, practice: Practice) -> None:
    """Draw the form of the practice's reasons."""
    current = reject_reasons.current(here.store, practice, actor=here.actor)
    key = saving.key_of(practice, "reasons", current)
    with st.form("reasons"):
        field, meaning = st.columns([1.1, 2.9])
        field.text_area("Reasons, one a line", "\n".join(current.value), key=key, height=220, persist_state="session")
        meaning.markdown(
            "What is offered when an opportunity is rejected, in this order. What was rejected for a reason that is "
            "taken out keeps it.\n"
            "- **wrong in chart** stays: it puts the opportunity on the page Clean-up, for its provider.\n"
            "- **other** stays: it asks for the reason in words."
        )
        meaning.caption(saving.last_change(current))
        saving.show("reasons")
        st.form_submit_button("Save the reasons", type="primary", on_click=_save, args=(practice, current, key))


def _save(practice: Practice, current: Current, key: str) -> None:
    def change(here: session.Session) -> list[str]:
        typed = st.session_state[key].splitlines()
        return reject_reasons.change(here.store, practice, typed, seen=current.value, actor=here.actor, now=here.now)

    saving.attempt("reasons", change)

"""The practice that a page is about, where it can be about one alone."""

from __future__ import annotations

import streamlit as st

from pages.parts import session
from services.practices import Practice


def choose(here: session.Session, key: str) -> Practice:
    """Return the practice that is shown, asked for where there are several."""
    if len(here.shown) == 1:
        return here.shown[0]
    names = {practice.practice_id: practice.name for practice in here.shown}
    practice_id = st.selectbox(
        "Practice", list(names), format_func=names.__getitem__, key=key, persist_state="session", width=320
    )
    return next(practice for practice in here.shown if practice.practice_id == practice_id)

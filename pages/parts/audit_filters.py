"""The filters of the audit. Nothing of them is kept in the address: they say who looks into whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from services import audit_words
from services.audit import Filters

NAMES = ("who", "kinds", "from_on", "to_on", "text")


def draw(who: Mapping[str, str], kinds: Sequence[str]) -> Filters:
    """Draw the filters and return what they ask for."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Search",
            key="audit_text",
            type="search",
            live=True,
            persist_state="session",
            placeholder="Patient, note, old or new value",
            width=250,
        )
        people = st.multiselect(
            "Who",
            sorted(who, key=who.__getitem__),
            format_func=who.__getitem__,
            key="audit_who",
            persist_state="session",
            placeholder="Anybody",
            width=230,
        )
        what = st.multiselect(
            "What",
            sorted(kinds, key=audit_words.kind_in_words),
            format_func=audit_words.kind_in_words,
            key="audit_kinds",
            persist_state="session",
            placeholder="Anything",
            width=260,
        )
        first, last = (
            st.date_input(label, None, key=f"audit_{name}", format="DD/MM/YYYY", persist_state="session", width=130)
            for label, name in (("From", "from_on"), ("To", "to_on"))
        )
    return Filters(tuple(what), tuple(people), first, last, text or None)


def clear() -> None:
    """Take every filter off."""
    for name in NAMES:
        st.session_state[f"audit_{name}"] = [] if name in ("who", "kinds") else "" if name == "text" else None

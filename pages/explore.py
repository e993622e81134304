"""Explore: questions of one's own, cell by cell, kept as notebooks and taken along as a report."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.parts import explore_actions, explore_cell, explore_dialogs, explore_drafts, session
from services import notebooks, opportunities
from services.actors import Right
from services.notebook_cells import MOST_CELLS
from services.notebooks import Notebook

MONOSPACE = '<style>[class*="st-key-explore_sql"] textarea {font-family: monospace; font-size: 0.9rem}</style>'
"""SQL stands in lines and columns, for which a text area has no setting."""


def choose(here: session.Session, kept: list[Notebook]) -> None:
    """Draw the choice of a notebook."""
    if explore_drafts.NEXT in st.session_state:
        st.session_state[explore_drafts.CHOSEN] = st.session_state.pop(explore_drafts.NEXT)
    places = {practice.practice_id: practice.name for practice in here.practices}
    labels = {
        explore_drafts.NEW: explore_drafts.NEW_NAME,
        **{one.notebook_id: explore_drafts.label(one, places) for one in kept},
    }
    if (chosen := st.session_state.get(explore_drafts.CHOSEN)) not in labels:
        explore_drafts.keep_of_gone(str(chosen))
        st.session_state[explore_drafts.CHOSEN] = explore_drafts.NEW
    st.selectbox(
        "Notebook",
        list(labels),
        format_func=labels.__getitem__,
        key=explore_drafts.CHOSEN,
        persist_state="session",
        width=360,
    )


here = session.require(Right.SEE)
st.title("Explore", anchor=False)
st.html(MONOSPACE)
if not here.practices:
    st.info("There is no practice yet. Import an extract, or add the sample practice, on the other pages.")
    st.stop()
kept = notebooks.all_notebooks(here.store, here.practices, actor=here.actor)
choices = opportunities.choices(here.store, here.shown, actor=here.actor)
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    choose(here, kept)
    draft = explore_drafts.opened(kept)
    explore_actions.draw(here, draft, choices)
if draft.is_kept and draft.is_changed:
    st.caption("What you changed is not saved yet.")
if not draft.cells:
    st.info("This notebook is empty. Add a question below.")
for cell in draft.cells:
    explore_cell.draw(here, draft, cell, choices)
with st.container(horizontal=True):
    is_full = len(draft.cells) >= MOST_CELLS
    words = f"A notebook has {MOST_CELLS} cells at most." if is_full else None
    add = partial(st.button, icon=":material/add:", disabled=is_full, help=words, on_click=draft.add)
    add("Add choices", key="explore_add_choices", args=("choices",))
    if here.actor.may(Right.SQL):
        add("Add SQL", key="explore_add_sql", args=("sql",))
explore_dialogs.draw(here)

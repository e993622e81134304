"""Explore: questions of one's own, cell by cell, kept as notebooks and taken along as a report."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.parts import explore_answer, explore_cell, explore_dialogs, explore_drafts, outcomes, session
from pages.parts.explore_drafts import Draft
from services import explore, notebooks, opportunities
from services.actors import Right
from services.errors import CareManagerError
from services.notebook_cells import MOST_CELLS
from services.notebooks import Notebook
from services.opportunities import Choices
from services.sign_in import SessionEnded

MONOSPACE = '<style>[class*="st-key-explore_sql"] textarea {font-family: monospace; font-size: 0.9rem}</style>'
"""SQL stands in lines and columns, for which a text area has no setting."""


def choose(here: session.Session, kept: list[Notebook]) -> None:
    """Draw the choice of a notebook."""
    if explore_drafts.NEXT in st.session_state:
        st.session_state[explore_drafts.CHOSEN] = st.session_state.pop(explore_drafts.NEXT)
    places = {practice.practice_id: practice.name for practice in here.practices}
    labels = {
        explore_drafts.NEW: "New notebook",
        **{one.notebook_id: explore_drafts.label(one, places) for one in kept},
    }
    if st.session_state.get(explore_drafts.CHOSEN) not in labels:
        st.session_state[explore_drafts.CHOSEN] = explore_drafts.NEW
    st.selectbox(
        "Notebook",
        list(labels),
        format_func=labels.__getitem__,
        key=explore_drafts.CHOSEN,
        persist_state="session",
        width=360,
    )


def save(draft: Draft) -> None:
    """Save the notebook that is open, in the button's callback."""
    try:
        here = session.current()
        kept = notebooks.save(here.store, draft.notebook, draft.cells, actor=here.actor, now=here.now)
    except SessionEnded:
        st.session_state[outcomes.PROBLEM] = "Your session had ended, so nothing was saved. Save it again."
    except CareManagerError as problem:
        st.session_state[outcomes.PROBLEM] = str(problem)
    else:
        explore_drafts.saved(draft, kept)
        st.session_state["said"] = f"{kept.name} is saved."


def draw_actions(here: session.Session, draft: Draft, choices: Choices) -> None:
    """Draw what can be done with the notebook that is open."""
    icon, ask = ":material/save:", explore_dialogs.ask
    ids = [cell.cell_id for cell in draft.cells]
    st.button("Run all", key="explore_run", icon=":material/play_arrow:", on_click=draft.run, args=(ids,))
    if draft.is_kept and draft.notebook.may_be_changed_by(here.actor):
        st.button("Save", key="explore_save", icon=icon, disabled=not draft.is_changed, on_click=save, args=(draft,))
    st.button("Save as …", key="explore_save_as", icon=icon, on_click=ask, args=(explore_dialogs.SAVE_AS, draft))
    if explore_dialogs.may_share(draft, here):
        st.button(
            "Share …", key="explore_share", icon=":material/group:", on_click=ask, args=(explore_dialogs.SHARE, draft)
        )
    if draft.is_kept and draft.notebook.may_be_changed_by(here.actor):
        st.button("Rename …", key="explore_rename", on_click=ask, args=(explore_dialogs.RENAME, draft))
        st.button("Remove …", key="explore_remove", on_click=ask, args=(explore_dialogs.REMOVE, draft))
    if draft.is_changed and (draft.is_kept or len(draft.cells) > 1):
        st.button("Start again", key="explore_again", on_click=explore_drafts.forget, args=(draft,))
    if here.actor.may(Right.EXPORT):
        st.download_button(
            "Report",
            data=partial(report, here, draft, choices),
            file_name=f"{explore_answer.file_name(draft.notebook.name)}-{here.today}.html",
            mime="text/html",
            key="explore_report",
            icon=":material/download:",
            on_click="ignore",
            help="The answers below as one HTML file, to be read anywhere. That you took it is recorded.",
        )


def report(here: session.Session, draft: Draft, choices: Choices) -> bytes:
    """Return the notebook as a file; what was not run yet is run."""
    sections = [explore_answer.section(here, draft, cell, choices) for cell in draft.cells]
    return explore.report(
        here.store, here.shown, draft.notebook.name, sections, actor=here.actor, now=here.now, today=here.today
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
    draw_actions(here, draft, choices)
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

"""What can be done with the notebook that is open on the page Explore: run, save, share, take along."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from pages.parts import explore_answer, explore_dialogs, explore_drafts, explore_filters, outcomes, session
from pages.parts.explore_drafts import Draft
from pages.parts.explore_filters import Asked
from services import explore, notebooks
from services.actors import Right
from services.errors import CareManagerError
from services.opportunities import Choices
from services.sign_in import SessionEnded


def draw(here: session.Session, draft: Draft, choices: Choices) -> None:
    """Draw what can be done with the notebook that is open."""
    icon, ask = ":material/save:", explore_dialogs.ask
    ids = [cell.cell_id for cell in draft.cells]
    st.button("Run all", key="explore_run", icon=":material/play_arrow:", on_click=draft.run, args=(ids,))
    if draft.is_kept and draft.notebook.may_be_changed_by(here.actor):
        st.button("Save", key="explore_save", icon=icon, disabled=not draft.is_changed, on_click=_save, args=(draft,))
    st.button("Save as …", key="explore_save_as", icon=icon, on_click=ask, args=(explore_dialogs.SAVE_AS, draft))
    if explore_dialogs.may_share(draft, here):
        st.button(
            "Share …", key="explore_share", icon=":material/group:", on_click=ask, args=(explore_dialogs.SHARE, draft)
        )
    if draft.is_kept and draft.notebook.may_be_changed_by(here.actor):
        st.button("Rename …", key="explore_rename", on_click=ask, args=(explore_dialogs.RENAME, draft))
        st.button("Remove …", key="explore_remove", on_click=ask, args=(explore_dialogs.REMOVE, draft))
    if draft.is_changed and not draft.is_as_begun:
        st.button("Start again", key="explore_again", on_click=explore_drafts.forget, args=(draft,))
    if here.actor.may(Right.EXPORT):
        asked = {cell.cell_id: explore_filters.asked(cell, choices) for cell in draft.cells if not cell.is_sql}
        st.download_button(
            "Report",
            data=partial(_report, here, draft, asked),
            file_name=f"{explore_answer.file_name(draft.notebook.name)}-{here.today}.html",
            mime="text/html",
            key="explore_report",
            icon=":material/download:",
            on_click="ignore",
            help="The answers below as one HTML file, to be read anywhere. That you took it is recorded.",
        )


def _report(here: session.Session, draft: Draft, asked: Mapping[str, Asked]) -> bytes:
    """Return the notebook as a file; what was not run yet is run."""
    sections = [explore_answer.section(here, draft, cell, asked.get(cell.cell_id)) for cell in draft.cells]
    return explore.report(
        here.store, here.shown, draft.notebook.name, sections, actor=here.actor, now=here.now, today=here.today
    )


def _save(draft: Draft) -> None:
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

"""The dialogs of notebooks: save as a new one, rename, share, remove."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.parts import dialogs, explore_drafts, format
from pages.parts.dialogs import Dialog
from pages.parts.explore_drafts import Draft
from pages.parts.session import Session
from services import notebooks
from services.actors import Right
from services.notebooks import Notebook
from services.practices import Practice

SAVE_AS, RENAME, SHARE, REMOVE = "notebook-save-as", "notebook-rename", "notebook-share", "notebook-remove"
NAME = "notebook_name"


def ask(name: str, draft: Draft) -> None:
    """Open a dialog about the notebook that is open."""
    st.session_state[NAME] = draft.notebook.name if name == RENAME else ""
    dialogs.ask(name, draft)


def draw(here: Session) -> None:
    """Draw the dialog of a notebook that was asked for, if any."""
    dialog = dialogs.asked()
    if dialog is None or not isinstance(dialog.about, Draft):
        return
    draft = dialog.about
    name = format.plain(draft.notebook.name)
    titles = {
        SAVE_AS: "Save as a new notebook",
        RENAME: f"Rename {name}",
        SHARE: f"Who uses {name}?",
        REMOVE: f"Remove {name}?",
    }
    bodies: dict[str, Callable[[Dialog, Draft, Session], None]] = {
        SAVE_AS: _name,
        RENAME: _name,
        SHARE: _share,
        REMOVE: _remove,
    }
    dialogs.draw(dialog, titles[dialog.name], partial(bodies[dialog.name], dialog, draft, here))


def _name(dialog: Dialog, draft: Draft, here: Session) -> None:
    st.text_input("Name", key=NAME, max_chars=notebooks.LONGEST, persist_state="session")
    if dialog.name == SAVE_AS:
        st.caption("It keeps the questions, never the answers. It is yours alone until you share it.")
    act = _save_as if dialog.name == SAVE_AS else _rename
    with st.container(horizontal=True):
        st.button("Save", key="notebook_do", type="primary", on_click=act, args=(dialog, draft))
        st.button("Cancel", key="notebook_cancel", on_click=dialogs.close)


def _share(dialog: Dialog, draft: Draft, here: Session) -> None:
    st.write(
        "Everybody at a practice that it is shared with may run it on what they may see themselves; you, and who leads "
        "the practice, may change it. Cells in SQL run only for who may ask in SQL."
    )
    with st.container(horizontal=True):
        for practice in here.practices:
            if practice.practice_id != draft.notebook.practice_id:
                words = f"Everybody at {format.plain(practice.name)}"
                key = f"notebook_share_{practice.practice_id}"
                st.button(words, key=key, on_click=_do_share, args=(dialog, draft, practice))
        if draft.notebook.is_shared:
            st.button("Only me", key="notebook_unshare", on_click=_do_share, args=(dialog, draft, None))
        st.button("Cancel", key="notebook_cancel", on_click=dialogs.close)


def _remove(dialog: Dialog, draft: Draft, here: Session) -> None:
    shared = " Nobody at the practice will have it either." if draft.notebook.is_shared else ""
    st.write(f"Its questions are gone for good; no opportunity is touched.{shared}")
    with st.container(horizontal=True):
        st.button("Remove", key="notebook_do_remove", type="primary", on_click=_do_remove, args=(dialog, draft))
        st.button("Cancel", key="notebook_cancel", on_click=dialogs.close)


def _save_as(dialog: Dialog, draft: Draft) -> None:
    name = str(st.session_state.get(NAME) or "")
    _do(
        dialog,
        draft,
        lambda here: notebooks.add(here.store, name, draft.cells, actor=here.actor, now=here.now),
        lambda notebook: f"{notebook.name} is saved.",
    )


def _rename(dialog: Dialog, draft: Draft) -> None:
    name = str(st.session_state.get(NAME) or "")
    _do(
        dialog,
        draft,
        lambda here: notebooks.rename(here.store, draft.notebook, name, actor=here.actor, now=here.now),
        lambda notebook: f"It is called {notebook.name} now.",
    )


def _do_share(dialog: Dialog, draft: Draft, practice: Practice | None) -> None:
    def act(here: Session) -> Notebook:
        if practice is None:
            return notebooks.unshare(here.store, draft.notebook, actor=here.actor, now=here.now)
        return notebooks.share(here.store, draft.notebook, practice, actor=here.actor, now=here.now)

    where = f"everybody at {practice.name}" if practice else "you alone"
    _do(dialog, draft, act, lambda notebook: f"{notebook.name} is for {where} now.")


def _do_remove(dialog: Dialog, draft: Draft) -> None:
    def act(here: Session) -> None:
        notebooks.remove(here.store, draft.notebook, actor=here.actor, now=here.now)

    if dialogs.attempt(dialog, act):
        explore_drafts.forget(draft)
        st.session_state[explore_drafts.NEXT] = explore_drafts.NEW
        dialogs.finish(f"{draft.notebook.name} is removed.")


def _do(dialog: Dialog, draft: Draft, act: Callable[[Session], Notebook], said: Callable[[Notebook], str]) -> None:
    """Do something to a notebook, and open it as it is then."""
    done: list[Notebook] = []
    if dialogs.attempt(dialog, lambda here: done.append(act(here))):
        explore_drafts.saved(draft, done[0])
        dialogs.finish(said(done[0]))


def may_share(draft: Draft, here: Session) -> bool:
    """Say whether the person at the screen may share the notebook that is open."""
    return draft.is_kept and draft.notebook.is_mine and here.actor.may(Right.WORK)

"""The dialogs of views: save what the list is now, share, rename, open the list with, remove."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import uuid4

import streamlit as st

from pages.parts import dialogs, format
from pages.parts.dialogs import Dialog
from pages.parts.session import Session
from services import views
from services.actors import Right
from services.practices import Practice
from services.views import View

SAVE, REMOVE = "view-save", "view-remove"
CHOSEN = "view"
"""The key of the choice of a view."""

OTHER_LABELS = {"order": "Sort by", "grouping": "Group by", "columns": "Columns", "practice": "Practice"}
"""What a view keeps beside filters, in the page's words."""

ME = "Only me"


@dataclass(frozen=True)
class About:
    """The view that is chosen, and what the list was when the dialog opened."""

    view: View
    choices: Mapping[str, Any]
    is_changed: bool
    dialog_id: str = field(default_factory=lambda: uuid4().hex)

    def key(self, name: str) -> str:
        """Return the key of a field: another for each dialog, so that no text goes into the next."""
        return f"view_{name}_{self.dialog_id}"

    def typed(self, name: str) -> Any:
        """Return what a field holds."""
        return st.session_state.get(self.key(name))


def draw(here: Session) -> None:
    """Draw the dialog of a view that was asked for, if any."""
    dialog = dialogs.asked()
    if dialog is not None and isinstance(dialog.about, About):
        name = format.plain(dialog.about.view.name)
        title, body = ("Save a view", _save) if dialog.name == SAVE else (f"Remove the view {name}?", _remove)
        dialogs.draw(dialog, title, partial(body, dialog, dialog.about, here))


def _save(dialog: Dialog, about: About, here: Session) -> None:
    view, name = about.view, format.plain(about.view.name)
    if about.is_changed and view.may_be_changed_by(here.actor):
        st.markdown(f"The list is not as **{name}** says any more." + _whose(view, here))
        st.button(f"Save to {name}", key="view_update", type="primary", on_click=_do_update, args=(dialog, about))
        st.markdown("**Or save it as a new view**")
    st.caption(
        "It keeps the filters, the columns and the order. What you search for, and that only one patient or household "
        "is shown, it never keeps, because that names a patient."
    )
    st.text_input("Name", key=about.key("name"), max_chars=views.LONGEST, persist_state="session")
    if here.actor.may(Right.WORK):
        st.selectbox(
            "Who uses it", [ME, *map(_everybody, here.practices)], key=about.key("who"), persist_state="session"
        )
    st.checkbox("Open my list with it", key=about.key("first"), persist_state="session")
    same = _same(about, here)
    if same:
        st.info(f"There is a view {format.plain(same.name)} already. Saving replaces it.")
    st.button("Replace it" if same else "Save", key="view_do", on_click=_do_save, args=(dialog, about))
    st.markdown(f"**The view that is chosen, {name}**")
    with st.container(horizontal=True, gap="xsmall"):
        _of_chosen(dialog, about, here)


def _of_chosen(dialog: Dialog, about: About, here: Session) -> None:
    """Draw what else can be done with the view that is chosen."""
    view = about.view
    first, words = (
        (None, "Do not open my list with it") if view.is_default else (view.view_id, "Open my list with this")
    )
    st.button(words, key="view_first", on_click=_do_default, args=(dialog, first, view.name))
    if not view.may_be_changed_by(here.actor):
        return
    st.button("Rename to the name above", key="view_rename", on_click=_do_rename, args=(dialog, about))
    if view.is_mine and here.actor.may(Right.WORK):
        for practice in here.practices:
            if practice.practice_id != view.practice_id:
                words = f"Share with {format.plain(practice.name)}"
                key = f"view_share_{practice.practice_id}"
                st.button(words, key=key, on_click=_do_share, args=(dialog, view, practice))
    if view.is_mine and view.is_shared:
        st.button("Keep for me alone", key="view_unshare", on_click=_do_share, args=(dialog, view, None))
    st.button("Remove", key="view_remove", on_click=dialogs.ask, args=(REMOVE, about))


def _remove(dialog: Dialog, about: About, here: Session) -> None:
    view = about.view
    st.write(f"It is gone for good; no opportunity is touched.{_whose(view, here)}")
    with st.container(horizontal=True):
        st.button("Remove", key="view_do_remove", type="primary", on_click=_do_remove, args=(dialog, view))
        st.button("Cancel", key="view_cancel", on_click=dialogs.close)


def _whose(view: View, here: Session) -> str:
    """Say who else uses a view."""
    practice = next((one.name for one in here.practices if one.practice_id == view.practice_id), None)
    return f" Everybody at {format.plain(practice)} uses it." if practice else ""


def _everybody(practice: Practice) -> str:
    return f"Everybody at {practice.name}"


def _shared_with(about: About, here: Session) -> Practice | None:
    """Return the practice that a new view is to be shared with, or None."""
    return next((one for one in here.practices if _everybody(one) == about.typed("who")), None)


def _same(about: About, here: Session) -> View | None:
    """Return the view that a new one would replace."""
    practice = _shared_with(about, here)
    name = " ".join((about.typed("name") or "").split()).casefold()
    every = views.all_views(here.store, here.practices, actor=here.actor)
    return next(
        (
            view
            for view in every
            if view.may_be_changed_by(here.actor)
            and view.practice_id == (practice.practice_id if practice else None)
            and view.name.casefold() == name
        ),
        None,
    )


def _do_save(dialog: Dialog, about: About) -> None:
    def save(here: Session) -> None:
        practice = _shared_with(about, here)
        how: dict[str, Any] = {
            "actor": here.actor,
            "now": here.now,
            "is_replacing": _same(about, here) is not None,
            "is_default": bool(about.typed("first")),
        }
        name = about.typed("name") or ""
        if practice:
            view_id = views.save_shared(here.store, practice, name, about.choices, **how)
        else:
            view_id = views.save(here.store, name, about.choices, **how)
        st.session_state[CHOSEN] = view_id
        dialogs.finish(f"Saved the view {format.plain(' '.join(name.split()))}.")

    dialogs.attempt(dialog, save)


def _do_update(dialog: Dialog, about: About) -> None:
    def update(here: Session) -> None:
        views.update(here.store, about.view, about.choices, actor=here.actor, now=here.now)
        dialogs.finish(f"Saved to the view {format.plain(about.view.name)}.")

    dialogs.attempt(dialog, update)


def _do_rename(dialog: Dialog, about: About) -> None:
    def rename(here: Session) -> None:
        views.rename(here.store, about.view.view_id, about.typed("name") or "", actor=here.actor, now=here.now)
        dialogs.finish("Renamed the view.")

    dialogs.attempt(dialog, rename)


def _do_share(dialog: Dialog, view: View, practice: Practice | None) -> None:
    def share(here: Session) -> None:
        name = format.plain(view.name)
        if practice is None:
            views.unshare(here.store, view.view_id, actor=here.actor, now=here.now)
            dialogs.finish(f"{name} is for you alone now.")
        else:
            views.share(here.store, view.view_id, practice, actor=here.actor, now=here.now)
            dialogs.finish(f"Everybody at {format.plain(practice.name)} has the view {name} now.")

    dialogs.attempt(dialog, share)


def _do_default(dialog: Dialog, view_id: str | None, name: str) -> None:
    def open_with(here: Session) -> None:
        views.make_default(here.store, view_id, actor=here.actor, now=here.now)
        dialogs.finish(
            f"Your list opens with {format.plain(name)} from now on."
            if view_id
            else "Your list opens with all opportunities from now on."
        )

    dialogs.attempt(dialog, open_with)


def _do_remove(dialog: Dialog, view: View) -> None:
    def remove(here: Session) -> None:
        views.remove(here.store, view.view_id, actor=here.actor, now=here.now)
        st.session_state[CHOSEN] = views.ALL
        dialogs.finish(f"Removed the view {format.plain(view.name)}. The list stays as it is.")

    dialogs.attempt(dialog, remove)

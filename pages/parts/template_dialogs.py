"""The dialogs of templates: remove one, put one back as it came, leave what is not saved."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.parts import dialogs, format, template_drafts, template_editor
from pages.parts.dialogs import Dialog
from pages.parts.session import Session
from services import sequences, templates
from services.practices import Practice
from services.templates import Template

REMOVE, RESTORE = "template-remove", "template-restore"

About = tuple[Practice, Template]


def draw(here: Session) -> None:
    """Draw the dialog that was asked for, if any."""
    dialog = dialogs.asked()
    if dialog is None:
        return
    if dialog.name == template_editor.LEAVE:
        dialogs.draw(dialog, "Leave without saving?", partial(_leave, dialog.about))
    elif dialog.name in (REMOVE, RESTORE):
        name = format.plain(dialog.about[1].name)
        title, body = (
            (f"Remove the template {name}?", _remove)
            if dialog.name == REMOVE
            else (f"Put {name} back as it came?", _restore)
        )
        dialogs.draw(dialog, title, partial(body, dialog, dialog.about, here))


def _remove(dialog: Dialog, about: About, here: Session) -> None:
    practice, template = about
    st.write("It is not offered any more. Messages written with it stay as they are, also those that still wait.")
    if template.is_shipped:
        st.write("It came with Care Manager, and can be restored from the end of this page.")
    users = [
        one.name
        for one in sequences.all_of(here.store, practice, actor=here.actor)
        if template.template_id in {step.template_id for step in one.steps}
    ]
    if users:
        st.warning(f"Sequences that use it stop at its step: {format.plain(', '.join(users))}. Change them first.")
    _buttons("Remove", _do_remove, dialog, about)


def _restore(dialog: Dialog, about: About, here: Session) -> None:
    st.write("It is offered as it came with Care Manager. What the practice changed in it is given up.")
    _buttons("Put it back", _do_restore, dialog, about)


def _buttons(words: str, act: Callable[[Dialog, About], None], dialog: Dialog, about: About) -> None:
    with st.container(horizontal=True):
        st.button(words, key="template_do", type="primary", on_click=act, args=(dialog, about))
        st.button("Cancel", key="template_cancel", on_click=dialogs.close)


def _leave(open_: template_drafts.Open) -> None:
    st.write("What you typed is not saved. If you leave, it is gone.")
    with st.container(horizontal=True):
        st.button("Stay", key="template_stay", type="primary", on_click=dialogs.close)
        st.button("Leave without saving", key="template_leave", on_click=_do_leave, args=(open_,))


def _do_leave(open_: template_drafts.Open) -> None:
    template_drafts.close(open_.practice)
    dialogs.close()


def _do_remove(dialog: Dialog, about: About) -> None:
    practice, template = about

    def remove(here: Session) -> None:
        templates.remove(here.store, practice, template, actor=here.actor, now=here.now)
        dialogs.finish(f"Removed the template {format.plain(template.name)}.")

    dialogs.attempt(dialog, remove)


def _do_restore(dialog: Dialog, about: About) -> None:
    practice, template = about

    def restore(here: Session) -> None:
        back = templates.restore_shipped(here.store, practice, template, actor=here.actor, now=here.now)
        dialogs.finish(f"{format.plain(back.name)} is as it came again.")

    dialogs.attempt(dialog, restore)

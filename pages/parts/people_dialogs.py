"""The dialogs of the page of people: add, change, a new one-time password, deactivate and activate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from pages.parts import dialogs, format
from pages.parts.dialogs import Dialog
from pages.parts.person_fields import Fields
from pages.parts.session import Session
from services import people
from services.actors import Role
from services.people import Details
from services.sign_in import ONE_TIME_LASTS

NAMES = ("add", "change", "password", "deactivate", "activate", "one-time")
"""The dialogs of this page; another may be open over it."""

WHAT_HAPPENS = {
    "password": (
        "{name} is signed out at once, and the password used until now opens nothing any more. "
        "You are shown the new one once."
    ),
    "deactivate": (
        "{name} is signed out at the next click and cannot sign in any more. Nothing is deleted: the name stays on "
        "everything done so far, and the account can be activated again."
    ),
    "activate": (
        "{name} can sign in again, with the password used before. If it is forgotten, give a new one-time password."
    ),
}
"""What will happen, before it is confirmed."""


@dataclass(frozen=True)
class OneTime:
    """A one-time password and whose it is, for the one time that it is shown."""

    name: str
    email: str
    password: str


def draw(here: Session, fields_of: Callable[[people.Person | None], Fields]) -> None:
    """Draw the dialog that was asked for, if any."""
    dialog = dialogs.asked()
    if dialog is None or dialog.name not in NAMES:
        return
    if isinstance(dialog.about, OneTime):
        shown = partial(_show_one_time, dialog.about)
        dialogs.draw(dialog, f"One-time password of {format.plain(dialog.about.name)}", shown, is_dismissible=False)
        return
    fields = fields_of(dialog.about)
    name = format.plain(fields.kept.name)
    title = {
        "add": "Add a person",
        "change": f"Change {name}",
        "password": f"New one-time password for {name}",
        "deactivate": f"Deactivate {name}",
        "activate": f"Activate {name}",
    }[dialog.name]
    body = _form if dialog.name in ("add", "change") else _confirm
    dialogs.draw(dialog, title, partial(body, dialog, fields, here))


def _form(dialog: Dialog, fields: Fields, here: Session) -> None:
    if fields.is_fixed:
        st.info(
            f"{format.plain(fields.kept.name)} also works at a practice that is not one of yours: "
            "name, address and role are not yours to change."
        )
    fields.draw(is_group_offered=here.actor.role is Role.GROUP)
    words = "Save" if dialog.name == "change" else "Add"
    _buttons(words, _change if dialog.name == "change" else _add, dialog, fields)


def _confirm(dialog: Dialog, fields: Fields, here: Session) -> None:
    st.write(WHAT_HAPPENS[dialog.name].format(name=format.plain(fields.kept.name)))
    if fields.person and fields.person.user_id == here.actor.user_id:
        st.warning("This is your own account.")
    words = {"password": "Make a one-time password"}.get(dialog.name, dialog.name.capitalize())
    _buttons(words, _give_password if dialog.name == "password" else _set_active, dialog, fields)


def _buttons(words: str, act: Callable[[Dialog, Fields], None], dialog: Dialog, fields: Fields) -> None:
    with st.container(horizontal=True):
        st.button(words, key="person_do", type="primary", on_click=act, args=(dialog, fields))
        st.button("Cancel", key="person_cancel", on_click=_cancel, args=(fields,))


def _cancel(fields: Fields) -> None:
    fields.forget()
    dialogs.close()


def _add(dialog: Dialog, fields: Fields) -> None:
    def add(here: Session) -> None:
        typed = fields.typed()
        _, password = people.add(here.store, typed, actor=here.actor, now=here.now)
        _offer(typed, password)

    if dialogs.attempt(dialog, add):
        fields.forget()


def _change(dialog: Dialog, fields: Fields) -> None:
    _write(dialog, fields, fields.typed, "was changed")


def _set_active(dialog: Dialog, fields: Fields) -> None:
    is_active = dialog.name == "activate"
    said = "was activated and can sign in again" if is_active else "was deactivated and can no longer sign in"
    _write(dialog, fields, lambda: replace(fields.kept, is_active=is_active), said)


def _write(dialog: Dialog, fields: Fields, asked: Callable[[], Details], said: str) -> None:
    person = fields.person

    def write(here: Session) -> None:
        if person is not None:
            details = asked()
            people.change(here.store, person.user_id, details, actor=here.actor, now=here.now)
            is_same = details == fields.kept
            dialogs.finish("Nothing was changed." if is_same else f"{format.plain(details.name)} {said}.")

    if dialogs.attempt(dialog, write):
        fields.forget()


def _give_password(dialog: Dialog, fields: Fields) -> None:
    person = fields.person
    if person is not None:
        dialogs.attempt(
            dialog,
            lambda here: _offer(
                fields.kept,
                people.give_one_time_password(here.store, person.user_id, actor=here.actor, now=here.now),
            ),
        )


def _offer(details: Details, password: str) -> None:
    """Show a one-time password in the place of the dialog that asked for it."""
    dialogs.ask("one-time", OneTime(" ".join(details.name.split()), details.email.strip(), password))


def _show_one_time(one: OneTime) -> None:
    st.write(f"Read it out or hand it over; it works for {ONE_TIME_LASTS.days} days.")
    st.code(one.password, language=None)
    st.write(
        f"{format.plain(one.name)} signs in with {format.plain(one.email)} and this password, and then chooses "
        "another that nobody else knows. It is shown this once."
    )
    # At the right, where the second click of a double one on the button before does not fall.
    with st.container(horizontal=True, horizontal_alignment="right"):
        st.button("Done", key="person_done", type="primary", on_click=dialogs.close)

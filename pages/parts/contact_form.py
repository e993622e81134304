"""The form of how a practice sends: through whom, as whom, when not, and how often; and a test to oneself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import time
from typing import Any

import streamlit as st

from pages.parts import saving, session
from services import contact_settings, surroundings
from services.contact_settings import EMAIL_SENDERS, LABELS, SMS_SENDERS, ContactSettings
from services.practices import Practice
from services.settings import Current


def draw(here: session.Session, practice: Practice) -> None:
    """Draw the form of how the practice sends."""
    current = contact_settings.current(here.store, practice, actor=here.actor)
    keys = {name: saving.key_of(practice, name, current) for name in LABELS}
    with st.form("contact", enter_to_submit=False):
        _fields(current.value, keys)
        st.markdown(
            "Keys and passwords stand in the environment or in `.streamlit/secrets.toml`, never here (see the README). "
            "With the outbox nothing leaves this machine: read on the page Messages what would. "
            "Nothing is sent in quiet hours; it waits until they are over."
        )
        st.caption(saving.last_change(current))
        saving.show("contact")
        st.form_submit_button("Save how we send", type="primary", on_click=_save, args=(practice, current, keys))
    _test(practice)


def _fields(kept: ContactSettings, keys: Mapping[str, str]) -> None:
    email, sms, other = st.columns(3)
    with email:
        _choice("email_sender", EMAIL_SENDERS, kept, keys)
        for name in ("from_name", "from_email", "reply_to"):
            _text(name, kept, keys)
    with sms:
        _choice("sms_sender", SMS_SENDERS, kept, keys)
        _text("sms_from", kept, keys)
        _text("public_url", kept, keys, help="Where patients and providers reach this server, as https://care.example.")
        st.toggle(LABELS["is_tracked"], kept.is_tracked, key=keys["is_tracked"], persist_state="session", wrap=True)
    with other:
        quiet_from, quiet_to = st.columns(2)
        for column, name in ((quiet_from, "quiet_from"), (quiet_to, "quiet_to")):
            column.time_input(LABELS[name], getattr(kept, name), key=keys[name], persist_state="session")
        for name, most in (
            ("per_minute", contact_settings.MOST_PER_MINUTE),
            ("attempts_most", contact_settings.MOST_ATTEMPTS),
        ):
            st.number_input(LABELS[name], 1, most, getattr(kept, name), step=1, key=keys[name], persist_state="session")
        st.toggle(
            LABELS["is_household_joined"],
            kept.is_household_joined,
            key=keys["is_household_joined"],
            persist_state="session",
            wrap=True,
        )


def _choice(name: str, offered: Mapping[str, str], kept: ContactSettings, keys: Mapping[str, str]) -> None:
    names = list(offered)
    st.selectbox(
        LABELS[name],
        names,
        names.index(getattr(kept, name)),
        format_func=offered.__getitem__,
        key=keys[name],
        persist_state="session",
    )


def _text(name: str, kept: ContactSettings, keys: Mapping[str, str], help: str | None = None) -> None:
    st.text_input(LABELS[name], getattr(kept, name) or "", key=keys[name], persist_state="session", help=help)


def _test(practice: Practice) -> None:
    """Draw the test that goes to oneself."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Your own e-mail address or mobile number", key="test_to", persist_state="session", width=320)
        st.button("Send me a test", on_click=_send_test, args=(practice,))
    saving.show("test")


def _send_test(practice: Practice) -> None:
    to = str(st.session_state.get("test_to") or "")

    def change(here: session.Session) -> list[str]:
        channel = "email" if "@" in to else "sms"
        keys = surroundings.secrets(os.environ, practice.practice_id)
        return [contact_settings.send_test(here.store, practice, channel, to, keys, actor=here.actor, now=here.now)]

    saving.attempt("test", change)


def _save(practice: Practice, current: Current, keys: Mapping[str, str]) -> None:
    typed: dict[str, Any] = {name: st.session_state[key] for name, key in keys.items()}
    for name in ("quiet_from", "quiet_to"):
        typed[name] = typed[name] or time(0)

    def change(here: session.Session) -> list[str]:
        return contact_settings.change(
            here.store, practice, ContactSettings(**typed), seen=current.value, actor=here.actor, now=here.now
        )

    saving.attempt("contact", change)

"""The form of how a practice takes bookings: whether patients book by links, how soon, and how far ahead."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.parts import format, saving, session
from services import booking_settings, working_hours
from services.booking_settings import LABELS, LEAST, MOST, STEPS, UNITS, BookingSettings
from services.practices import Practice
from services.settings import Current


def draw(here: session.Session, practice: Practice) -> None:
    """Draw the form."""
    current = booking_settings.current(here.store, practice, actor=here.actor)
    keys = {name: saving.key_of(practice, name, current) for name in LABELS}
    with st.form("booking", enter_to_submit=False):
        switches, first, second = st.columns(3)
        with switches:
            for name in ("is_online", "is_confirmed"):
                shown = getattr(current.value, name)
                st.toggle(LABELS[name], shown, key=keys[name], persist_state="session", wrap=True)
        for column, name in zip((first, first, second), MOST, strict=True):
            column.number_input(
                f"{LABELS[name]} ({UNITS[name]}, {LEAST[name]} to {MOST[name]})",
                LEAST[name],
                MOST[name],
                getattr(current.value, name),
                step=1,
                key=keys[name],
                persist_state="session",
            )
        second.selectbox(
            f"{LABELS['step_minutes']} ({UNITS['step_minutes']})",
            STEPS,
            STEPS.index(current.value.step_minutes),
            key=keys["step_minutes"],
            persist_state="session",
        )
        st.markdown(_who_is_online(here, practice))
        st.caption(saving.last_change(current))
        saving.show("booking")
        st.form_submit_button("Save how we book", type="primary", on_click=_save, args=(practice, current, keys))


def _who_is_online(here: session.Session, practice: Practice) -> str:
    """Say who takes online bookings, which is set in the PMS."""
    providers = working_hours.providers(here.store, practice, actor=here.actor).values()
    names: dict[bool, list[str]] = {True: [], False: []}
    for one in providers:
        names[one.is_online_bookable].append(format.plain(one.initials))
    taking, others = (", ".join(names[is_online]) or "nobody" for is_online in (True, False))
    return (
        f"Online bookings are taken by: {taking}. Not by: {others}. "
        "That, like the length of a planned visit, comes from your practice management system."
    )


def _save(practice: Practice, current: Current, keys: Mapping[str, str]) -> None:
    wanted = BookingSettings(**{name: st.session_state[key] for name, key in keys.items()})

    def change(here: session.Session) -> list[str]:
        return booking_settings.change(here.store, practice, wanted, seen=current.value, actor=here.actor, now=here.now)

    saving.attempt("booking", change)

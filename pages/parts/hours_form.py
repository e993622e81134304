"""The form of when a provider works: a line for each weekday, with hours, a break and a room."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

import streamlit as st

from pages.parts import format, saving, session
from services import working_hours
from services.practices import Practice
from services.settings import Current
from services.working_hours import PRACTICE, WEEKDAYS, Hours

PROPOSED = tuple(Hours(day, time(9), time(17, 30), time(13), time(14)) for day in range(1, 6))
"""What the form holds for a practice that has no hours yet."""

TIMES = {"from_time": "From", "to_time": "Until", "break_from": "Break from", "break_to": "Break until"}


def draw(here: session.Session, practice: Practice) -> None:
    """Draw whose hours they are, and the form of them."""
    providers = working_hours.providers(here.store, practice, actor=here.actor)
    names = {PRACTICE: "The practice"} | {key: f"{one.initials} – {one.name}" for key, one in providers.items()}
    provider_id = st.selectbox(
        "Whose hours",
        list(names),
        format_func=names.__getitem__,
        key=f"hours_of_{practice.practice_id}",
        persist_state="session",
        width=320,
    )
    ours = working_hours.current(here.store, practice, PRACTICE, actor=here.actor)
    theirs = (
        ours if provider_id == PRACTICE else working_hours.current(here.store, practice, provider_id, actor=here.actor)
    )
    if not ours.value and not theirs.value:
        st.info("There are no hours yet, so no free time is found. Below is a proposal: change it, and save it.")
    elif not theirs.value:
        st.info(f"{format.plain(names[provider_id])} has no hours of their own: those of the practice hold.")
    # Another key after each change of either, so that the form never holds what was overtaken.
    version = f"{provider_id}_{ours.last and ours.last.at.isoformat()}"
    key = saving.key_of(practice, f"hours_{version}", Current(len(theirs.value), theirs.last))
    with st.form("hours", enter_to_submit=False):
        _fields(theirs.value or ours.value or PROPOSED, key, has_room=provider_id != PRACTICE)
        st.markdown(
            "A day without hours is not worked. Hours that end before they begin go on until the next day. "
            "Of those who share a room on a day, one at a time is booked."
        )
        st.caption(saving.last_change(theirs))
        saving.show("hours")
        with st.container(horizontal=True):
            st.form_submit_button(
                "Save the hours", type="primary", on_click=_save, args=(practice, provider_id, theirs, key)
            )
            if theirs.value and provider_id != PRACTICE:
                st.form_submit_button(
                    "Go by the practice's hours", on_click=_write, args=(practice, provider_id, theirs, ())
                )


def _fields(shown: tuple[Hours, ...], key: str, *, has_room: bool) -> None:
    """Draw a line of fields for each weekday; the labels stand in the first and are the name of each for readers."""
    days = {day.weekday: day for day in shown}
    widths = [1, 1, 1, 1, 1, 1.4]
    for place, (column, label) in enumerate(zip(st.columns(widths), ("Day", *TIMES.values(), "Room"), strict=True)):
        if has_room or place < len(widths) - 1:
            column.markdown(f"**{label}**")
    for weekday, name in enumerate(WEEKDAYS, start=1):
        day = days.get(weekday)
        columns = st.columns(widths, vertical_alignment="center")
        columns[0].markdown(name)
        for column, (field, label) in zip(columns[1:5], TIMES.items(), strict=True):
            # Drawn with a value, a field could not be emptied any more: it has none, and is filled before.
            st.session_state.setdefault(f"{key}_{weekday}_{field}", getattr(day, field, None))
            column.time_input(
                f"{name}: {label.lower()}",
                None,
                key=f"{key}_{weekday}_{field}",
                step=300,
                label_visibility="collapsed",
                persist_state="session",
            )
        if has_room:
            columns[-1].text_input(
                f"{name}: room",
                (day and day.room) or "",
                key=f"{key}_{weekday}_room",
                max_chars=40,
                label_visibility="collapsed",
                persist_state="session",
            )


def _typed(key: str) -> list[Hours] | str:
    """Return the hours that the form holds, or what is missing from them."""
    typed: list[Hours] = []
    for weekday, name in enumerate(WEEKDAYS, start=1):
        line: Mapping[str, Any] = {
            field: st.session_state.get(f"{key}_{weekday}_{field}") for field in (*TIMES, "room")
        }
        if line["from_time"] is not None and line["to_time"] is not None:
            typed.append(Hours(weekday, **line))
        elif any(line[field] is not None for field in TIMES):
            return f"{name} needs both a time from which and one until which, or none at all. Nothing was saved."
    return typed


def _save(practice: Practice, provider_id: str, shown: Current, key: str) -> None:
    typed = _typed(key)
    if isinstance(typed, str):
        st.session_state[saving.SAID] = ("hours", True, typed)
    else:
        _write(practice, provider_id, shown, tuple(typed))


def _write(practice: Practice, provider_id: str, shown: Current, hours: tuple[Hours, ...]) -> None:
    def change(here: session.Session) -> list[str]:
        return working_hours.change(
            here.store, practice, provider_id, hours, seen=shown.value, actor=here.actor, now=here.now
        )

    saving.attempt("hours", change)

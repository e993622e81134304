"""What a call asks for before it is done with: the day of a booked visit, until when to snooze, why it is rejected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import streamlit as st

from pages.parts import dialogs, format, turns
from pages.parts.dialogs import Dialog
from pages.parts.session import Session
from pages.parts.turns import Turn
from services import care, reject_reasons
from services.my_list import Call

BOOKED, SNOOZE, REJECT = "call booked", "call snooze", "call reject"

PICKS = {"1 week": 7, "2 weeks": 14, "1 month": 30, "3 months": 91}
"""How long a snooze may be at a click, in days."""


@dataclass(frozen=True)
class About:
    """Whose call a dialog is about, as they were on the screen."""

    turn: Turn
    call: Call

    def key(self, field: str) -> str:
        """Return the key of a field: another for each turn."""
        return f"call_{field}_{self.turn.action_id}"

    def typed(self, field: str) -> Any:
        """Return what a field holds."""
        return st.session_state.get(self.key(field))


def draw(here: Session) -> None:
    """Draw the dialog that was asked for, if it is one of a call."""
    dialog = dialogs.asked()
    if dialog is None or not isinstance(dialog.about, About):
        return
    name = format.plain(dialog.about.call.patient)
    title, body = {
        BOOKED: (f"{name}: booked", _booked),
        SNOOZE: (f"Snooze {name}", _snooze),
        REJECT: (f"Reject {name}?", _reject),
    }[dialog.name]
    dialogs.draw(dialog, title, partial(body, dialog, dialog.about, here))


def _booked(dialog: Dialog, about: About, here: Session) -> None:
    st.write(f"Enter the visit in the practice's book first. {_of(about)} off the list until that day.")
    st.date_input(
        "Day of the visit",
        value=None,
        min_value=here.today,
        max_value=here.today + timedelta(days=care.FURTHEST_DAYS),
        format="DD/MM/YYYY",
        key=about.key("day"),
        persist_state="session",
    )
    _note(about, "Note")
    _buttons(dialog, "Booked", _book)


def _snooze(dialog: Dialog, about: About, here: Session) -> None:
    practice = here.practice(about.call.practice_id)
    days = practice.settings.snooze_days if practice else min(PICKS.values())
    st.write(f"{_of(about)} off the list until that day and then back by itself.")
    st.pills("How long", list(PICKS), key=about.key("pick"), on_change=_pick, args=(about, here.today))
    st.date_input(
        "Until",
        value=here.today + timedelta(days=days),
        min_value=here.today + timedelta(days=1),
        max_value=here.today + timedelta(days=care.FURTHEST_DAYS),
        format="DD/MM/YYYY",
        key=about.key("until"),
        persist_state="session",
    )
    _note(about, "Reason, if any")
    _buttons(dialog, "Snooze", _until)


def _reject(dialog: Dialog, about: About, here: Session) -> None:
    st.write(f"{_of(about)} off the list until somebody restores it. The course itself is not touched.")
    reasons = reject_reasons.of(here.store, [about.call.practice_id])[about.call.practice_id]
    st.radio(
        "Reason",
        reasons,
        index=None,
        format_func=str.capitalize,
        key=about.key("reason"),
        persist_state="session",
        horizontal=True,
    )
    _note(about, "In words")
    _buttons(dialog, "Yes, reject", _refuse)


def _of(about: About) -> str:
    numbers = [format.plain(row["cot_number"]) for row in about.call.rows]
    return f"COT {numbers[0]} goes" if len(numbers) == 1 else f"{len(numbers)} courses (COT {', '.join(numbers)}) go"


def _note(about: About, label: str) -> None:
    st.text_input(
        label,
        value=about.turn.note or "",
        max_chars=care.LONGEST_NOTE,
        key=about.key("note"),
        persist_state="session",
    )


def _buttons(dialog: Dialog, words: str, act: Callable[[Dialog], None]) -> None:
    with st.container(horizontal=True):
        st.button(words, key="call_do", type="primary", on_click=act, args=(dialog,))
        st.button("Cancel", key="call_cancel", on_click=dialogs.close)


def _pick(about: About, today: date) -> None:
    if picked := about.typed("pick"):
        st.session_state[about.key("until")] = today + timedelta(days=PICKS[picked])


def _book(dialog: Dialog) -> None:
    _do(dialog, care.book, visit_on=dialog.about.typed("day"), note=dialog.about.typed("note"))


def _until(dialog: Dialog) -> None:
    _do(dialog, care.snooze, until=dialog.about.typed("until"), reason=dialog.about.typed("note"))


def _refuse(dialog: Dialog) -> None:
    _do(dialog, care.reject, reason=dialog.about.typed("reason"), note=dialog.about.typed("note"))


def _do(dialog: Dialog, service: Callable[..., Any], **given: Any) -> None:
    about: About = dialog.about

    def act(here: Session) -> None:
        outcome = service(
            here.store,
            about.call.chosen,
            actor=here.actor,
            now=here.now,
            today=here.today,
            action_id=about.turn.action_id,
            **given,
        )
        turns.finish(about.turn, outcome, here)

    if dialogs.attempt(dialog, act):
        dialogs.close()

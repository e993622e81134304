"""What came of a call, at a click or a key: the note that goes with it, and the buttons."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.parts import action_dialogs, book_wish, dialogs, turns
from pages.parts.action_dialogs import About
from pages.parts.session import Session
from pages.parts.turns import Turn
from services import care
from services.actions import Outcome
from services.my_list import Call

KEYS = "my_list_keys"
WIDTH = 142
"""Of a button: three fit side by side, and two on a narrow screen."""

ASKING = {"Snooze": action_dialogs.SNOOZE, "Reject": action_dialogs.REJECT}
"""The outcomes that ask for something first."""

BUTTONS = (*care.OUTCOMES.values(), "Book", *ASKING, "Note", "Skip")
"""Every button in its order: the key that presses it is its place."""


def draw(turn: Turn, call: Call) -> None:
    """Draw the note and the buttons; after each but Note the next patient comes."""
    st.text_area(
        "Note",
        key=turn.note_key,
        height=80,
        max_chars=care.LONGEST_NOTE,
        persist_state="session",
        placeholder="Goes with the outcome that you choose.",
    )
    is_listening = st.session_state.get(KEYS, True) and dialogs.asked() is None
    pressed = _pressed(turn, call)
    with st.container(horizontal=True, gap="xsmall"):
        for place, label in enumerate(BUTTONS, start=1):
            st.button(
                label,
                # Another for each turn, so that a second click never falls on the next patient.
                key=f"call_{label}_{turn.action_id}",
                # A key must not reach through a dialog to the page behind it.
                shortcut=str(place) if is_listening else None,
                on_click=pressed[label],
                width=WIDTH,
            )
    st.toggle("Keys 1 to 9", value=True, key=KEYS, persist_state="session", help="Turns the keys below off and on.")
    st.caption(
        " · ".join(f"**{place}** {label}" for place, label in enumerate(BUTTONS, start=1))
        + ". Keys rest while you type in a field; Tab leaves the note for the first button."
    )


def _pressed(turn: Turn, call: Call) -> dict[str, Callable[[], None]]:
    """Return what each button does."""
    done: dict[str, Callable[[], None]] = {
        label: partial(turns.press, turn, partial(_attempt, turn, call, outcome))
        for outcome, label in care.OUTCOMES.items()
    }
    for label, name in ASKING.items():
        done[label] = partial(_ask, name, turn, call)
    done["Book"] = partial(_book, turn, call)
    done["Note"] = partial(turns.press, turn, partial(_note, turn, call), is_last=False)
    done["Skip"] = partial(turns.skip, turn)
    return done


def _book(turn: Turn, call: Call) -> None:
    """Open the appointment book for a call, with the note typed so far; the next patient comes once it is booked."""
    current: Turn | None = st.session_state.get(turns.TURN)
    if current is None or current.action_id != turn.action_id:
        return  # The button of a turn that is over, which the browser still showed.
    book_wish.ask_about(call.chosen, note=turn.note, action_id=turn.action_id)


def _ask(name: str, turn: Turn, call: Call) -> None:
    """Open a dialog about a call, with the note typed so far in it, or what was made of that note there before."""
    about = About(tuple(call.chosen), patients=1, action_id=turn.action_id)
    note = turn.note or ""
    if about.typed("note") is None or about.typed("note_before") != note:
        st.session_state[about.key("note")] = st.session_state[about.key("note_before")] = note
    dialogs.ask(name, about)


def _attempt(turn: Turn, call: Call, outcome: str, here: Session) -> Outcome:
    return care.attempt(
        here.store,
        call.chosen,
        outcome,
        note=turn.note,
        actor=here.actor,
        now=here.now,
        today=here.today,
        action_id=turn.action_id,
    )


def _note(turn: Turn, call: Call, here: Session) -> Outcome:
    return care.note(
        here.store,
        call.chosen,
        turn.note or "",
        actor=here.actor,
        now=here.now,
        today=here.today,
        action_id=turn.action_id,
    )

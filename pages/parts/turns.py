"""Whose turn it is in the call queue, kept in the session: a patient stays on the screen until something is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

import streamlit as st

from pages.parts import session
from services import my_list
from services.actions import Outcome
from services.errors import CareManagerError
from services.my_list import Call, Queue
from services.sign_in import SessionEnded

TURN = "my_list_turn"
DONE_AT = "my_list_done_at"
PROBLEM = "my_list_problem"
CAME = "my_list_came"

AT_ONCE = timedelta(seconds=1)
"""Nobody reads the next patient so fast: a click so soon after the last is its second half, and does nothing."""


@dataclass(frozen=True)
class Turn:
    """A patient's turn: who, about which opportunities, what a press of a button is known by, and who comes next."""

    key: str
    patient: str = ""
    opportunity_ids: tuple[str, ...] = ()
    after: str | None = None
    action_id: str = field(default_factory=lambda: uuid4().hex)

    @property
    def note_key(self) -> str:
        """Return the key of the field for the note: another for each patient, so that no text goes to the next."""
        return f"my_list_note_{self.key}"

    @property
    def note(self) -> str | None:
        """Return what is typed into the field for the note."""
        typed: str | None = st.session_state.get(self.note_key)
        return typed


@dataclass(frozen=True)
class Came:
    """What came of the last press of a button, and whose turn it was."""

    outcome: Outcome
    turn: Turn
    undo_id: str = field(default_factory=lambda: uuid4().hex)


def current(here: session.Session, queue: Queue) -> tuple[Turn, Call] | None:
    """Return whose turn it is: who is on the screen already, due or not, else the first of the queue, or nobody."""
    kept: Turn | None = st.session_state.get(TURN)
    calls = {call.key: call for call in queue.calls}
    call = calls.get(kept.key) if kept else None
    if call is None and kept and kept.opportunity_ids:
        practice_id, patient_id = kept.key.split("/", 1)
        practice = here.practice(practice_id)
        if practice:
            call = my_list.again(
                here.store, practice, patient_id, kept.opportunity_ids, actor=here.actor, today=here.today
            )
    call = call or next(iter(queue.calls), None)
    if call is None:
        st.session_state.pop(TURN, None)
        return None
    ids = tuple(row["opportunity_id"] for row in call.rows)
    is_same = kept is not None and kept.key == call.key
    turn = Turn(call.key, call.patient, ids, _after(call, queue), kept.action_id if kept and is_same else uuid4().hex)
    st.session_state[TURN] = turn
    return turn, call


def press(turn: Turn, act: Callable[[session.Session], Outcome], *, is_last: bool = True) -> None:
    """Do something about a patient, in a button's callback; is_last says that the next patient comes then.

    What was typed is kept unless it was done.
    """
    st.session_state.pop(PROBLEM, None)
    try:
        here = session.current()
        if not _is_second_half(here.now):
            finish(turn, act(here), here, is_last=is_last)
    except SessionEnded:
        st.session_state[PROBLEM] = "Your session had ended, so nothing was done. What you typed is still here."
    except CareManagerError as problem:
        st.session_state[PROBLEM] = str(problem)


def finish(turn: Turn, outcome: Outcome, here: session.Session, *, is_last: bool = True) -> None:
    """Keep what came of a press and, where something was done, let the next patient come."""
    if outcome.is_repeat:
        return
    st.session_state[CAME] = Came(outcome, turn)
    if not outcome.opportunities:
        return
    st.session_state[DONE_AT] = here.now
    st.session_state[turn.note_key] = ""
    if is_last:
        skip(turn)
    else:
        st.session_state[TURN] = Turn(turn.key, turn.patient, turn.opportunity_ids)


def skip(turn: Turn) -> None:
    """Let the next patient come; the text that was typed stays with its own."""
    st.session_state[TURN] = Turn(turn.after) if turn.after else None


def undo(came: Came, take_back: Callable[[session.Session], Outcome]) -> None:
    """Take back what came of a press, in a button's callback; the patient whom it was about comes back."""
    st.session_state.pop(PROBLEM, None)
    try:
        outcome = take_back(session.current())
    except SessionEnded:
        st.session_state[PROBLEM] = "Your session had ended, so nothing was taken back."
        return
    except CareManagerError as problem:
        st.session_state[PROBLEM] = str(problem)
        return
    if not outcome.is_repeat:
        st.session_state[CAME] = Came(outcome, came.turn)
        st.session_state[TURN] = Turn(came.turn.key, came.turn.patient, came.turn.opportunity_ids)


def _is_second_half(now: datetime) -> bool:
    done_at: datetime | None = st.session_state.get(DONE_AT)
    return done_at is not None and now - done_at < AT_ONCE


def _after(call: Call, queue: Queue) -> str | None:
    """Return who comes after a patient, the first after the last."""
    keys = [one.key for one in queue.calls]
    others = [key for key in keys if key != call.key]
    if not others:
        return None
    return others[keys.index(call.key) % len(others)] if call.key in keys else others[0]

"""Whose turn it is in the call queue, kept in the session: a patient stays on the screen until something is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

import streamlit as st

from pages.parts import outcomes, session
from pages.parts.outcomes import Came
from services import my_list
from services.actions import Outcome
from services.errors import CareManagerError
from services.my_list import Call, Queue
from services.sign_in import SessionEnded

TURN = "my_list_turn"
DONE_AT = "my_list_done_at"
LAST = "my_list_last"

AT_ONCE = timedelta(seconds=1)
"""Nobody reads the next patient so fast: a click so soon after the last is its second half, and does nothing."""


@dataclass(frozen=True)
class Turn:
    """A patient's turn: who, about which opportunities, what a press of a button is known by, and who comes next."""

    key: str
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
class Last:
    """The turn in which something was done last, and what its Undo is known by, once it is offered."""

    turn: Turn
    undo_id: str | None = None


def current(here: session.Session, queue: Queue) -> tuple[Turn, Call] | None:
    """Return whose turn it is: who is on the screen already, due or not, else the first of the queue, or nobody."""
    _follow(here)
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
    turn = Turn(call.key, ids, _after(call, queue), kept.action_id if kept and is_same else uuid4().hex)
    st.session_state[TURN] = turn
    return turn, call


def press(turn: Turn, act: Callable[[session.Session], Outcome], *, is_last: bool = True) -> None:
    """Do something about a patient, in a button's callback; is_last says that the next patient comes then.

    What was typed is kept unless it was done.
    """
    try:
        here = session.current()
        if not _is_second_half(here.now):
            outcome = act(here)
            if not outcome.is_repeat:
                outcomes.tell(outcome, [turn.key.split("/", 1)[0]])
                finish(turn, outcome, here, is_last=is_last)
    except SessionEnded:
        st.session_state[outcomes.PROBLEM] = (
            "Your session had ended, so nothing was done. What you typed is still here."
        )
    except CareManagerError as problem:
        st.session_state[outcomes.PROBLEM] = str(problem)


def finish(turn: Turn, outcome: Outcome, here: session.Session, *, is_last: bool = True) -> None:
    """Let the next patient come, or a note be followed by more, where something was done."""
    if not outcome.opportunities:
        return
    st.session_state[LAST] = Last(turn)
    st.session_state[DONE_AT] = here.now
    st.session_state[turn.note_key] = ""
    if is_last:
        skip(turn)
    else:
        st.session_state[TURN] = Turn(turn.key, turn.opportunity_ids)


def skip(turn: Turn) -> None:
    """Let the next patient come; the text that was typed stays with its own."""
    st.session_state[TURN] = Turn(turn.after) if turn.after else None


def _follow(here: session.Session) -> None:
    """Let the next patient come where a dialog did something, and the last one where Undo took it back."""
    came: Came | None = st.session_state.get(outcomes.CAME)
    turn: Turn | None = st.session_state.get(TURN)
    last: Last | None = st.session_state.get(LAST)
    if came is None:
        return
    action_id = came.outcome.action_id
    if turn and action_id == turn.action_id:
        finish(turn, came.outcome, here)
    elif last and action_id == last.undo_id:
        st.session_state[TURN] = Turn(last.turn.key, last.turn.opportunity_ids)
        del st.session_state[LAST]
        return
    last = st.session_state.get(LAST)
    if last and action_id == last.turn.action_id:
        st.session_state[LAST] = Last(last.turn, came.undo_id)


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

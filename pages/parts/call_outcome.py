"""What came of the last call: done, left alone and why, or refused; and Undo."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.parts import format, turns
from pages.parts.session import Session
from pages.parts.turns import Came
from services import care
from services.actions import Outcome


def show(here: Session) -> None:
    """Say what came of the last press of a button, until the next."""
    if problem := st.session_state.pop(turns.PROBLEM, None):
        st.error(format.plain(problem), icon=":material/error:")
    came: Came | None = st.session_state.get(turns.CAME)
    if came is None:
        return
    outcome = came.outcome
    say = st.success if outcome.opportunities else st.warning
    with st.container(horizontal=True, vertical_alignment="center"):
        said = f"{came.turn.patient}: {outcome.words}." if outcome.opportunities else outcome.said
        say("  \n".join(format.plain(line) for line in (said, *map(str, outcome.left))))
        if outcome.is_undoable and outcome.action_id == came.turn.action_id:
            st.button(
                "Undo",
                key=f"undo_{outcome.action_id}",
                icon=":material/undo:",
                on_click=turns.undo,
                args=(came, partial(_take_back, came)),
            )


def _take_back(came: Came, here: Session) -> Outcome:
    practice_id = came.turn.key.split("/", 1)[0]
    return care.undo(
        here.store,
        [practice_id],
        came.outcome.action_id,
        actor=here.actor,
        now=here.now,
        today=here.today,
        action_id=came.undo_id,
    )

"""What the last action did, what it left alone and why, and Undo: on the page until the next one, or until closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

import streamlit as st

from pages.parts import format, session
from services import care
from services.actions import Outcome
from services.actors import Right
from services.errors import CareManagerError
from services.sign_in import SessionEnded

CAME = "outcome"
PROBLEM = "outcome_problem"
LEFT_SHOWN = 10


@dataclass(frozen=True)
class Came:
    """What came of an action in these practices; undo_id is what its Undo is known by, so that it is done once."""

    outcome: Outcome
    practice_ids: tuple[str, ...]
    undo_id: str = field(default_factory=lambda: uuid4().hex)


def tell(outcome: Outcome, practice_ids: Sequence[str]) -> None:
    """Say on the page what came of an action."""
    st.session_state[CAME] = Came(outcome, tuple(practice_ids))


def close() -> None:
    """Say it no more."""
    st.session_state.pop(CAME, None)


def show(here: session.Session) -> None:
    """Draw what came of the last action."""
    if problem := st.session_state.pop(PROBLEM, None):
        st.error(format.plain(problem), icon=":material/error:")
    came: Came | None = st.session_state.get(CAME)
    if came is None:
        return
    outcome = came.outcome
    say = st.success if outcome.opportunities and not outcome.left else st.warning
    with st.container(horizontal=True, vertical_alignment="top", gap="small", key="outcome_said"):
        say(in_words(outcome))
        if outcome.is_undoable and here.actor.may(Right.WORK) and outcome.words != care.AS_BEFORE:
            st.button("Undo", key=f"undo_{outcome.action_id}", icon=":material/undo:", on_click=_undo, args=(came,))
        st.button(
            "Close",
            key="outcome_close",
            icon=":material/close:",
            help="Close this message",
            type="tertiary",
            on_click=close,
        )


def in_words(outcome: Outcome) -> str:
    """Say what was done, and of what was left alone the first few with their reasons."""
    lines = [format.plain(outcome.said)]
    if outcome.left:
        were = "1 was" if len(outcome.left) == 1 else f"{len(outcome.left):,} were"
        lines.append(f"{were} left alone:")
        lines += [f"- {format.plain(str(one))}" for one in outcome.left[:LEFT_SHOWN]]
        if len(outcome.left) > LEFT_SHOWN:
            lines.append(f"- and {len(outcome.left) - LEFT_SHOWN:,} more")
    return "\n".join((lines[0], "", *lines[1:]))


def _undo(came: Came) -> None:
    try:
        here = session.current()
        outcome = care.undo(
            here.store,
            came.practice_ids,
            came.outcome.action_id,
            actor=here.actor,
            now=here.now,
            today=here.today,
            action_id=came.undo_id,
        )
    except SessionEnded:
        st.session_state[PROBLEM] = "Your session had ended, so nothing was taken back."
    except CareManagerError as problem:
        close()
        st.session_state[PROBLEM] = str(problem)
    else:
        tell(outcome, came.practice_ids)

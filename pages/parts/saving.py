"""What the forms of the settings page share: saving, what is said afterwards, keys, and who changed a value last."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.parts import format, session
from services import opportunities
from services.errors import CareManagerError
from services.opportunities import Filters, Totals
from services.practices import Practice
from services.settings import Current
from services.sign_in import SessionEnded

SAID = "saved"
"""What the last save has to say: to which button, and whether it was refused."""


def save(practice: Practice, button: str, change: Callable[[session.Session], list[str]]) -> None:
    """Make a change to a practice in a button's callback, and keep for `show` what it did to the list."""
    try:
        here = session.current()
        before = _list_of(here, practice)
        changed = change(here)
        after = _list_of(here, practice)
    except SessionEnded:
        st.session_state[SAID] = (
            button,
            True,
            "Your session had ended, so nothing was saved. Save again what you typed.",
        )
        return
    except CareManagerError as problem:
        st.session_state[SAID] = (button, True, format.plain(str(problem)))
        return
    said = [*changed, _compared(before, after)] if changed else ["All of this is saved already: nothing is left to do."]
    st.session_state[SAID] = (button, False, "  \n".join(format.plain(sentence) for sentence in said))


def attempt(button: str, change: Callable[[session.Session], list[str]]) -> None:
    """As `save`, for a change that the list does not depend on."""
    try:
        changed = change(session.current())
    except SessionEnded:
        words = "Your session had ended, so nothing was saved. Save again what you typed."
        st.session_state[SAID] = (button, True, words)
    except CareManagerError as problem:
        st.session_state[SAID] = (button, True, format.plain(str(problem)))
    else:
        said = changed or ["All of this is saved already: nothing is left to do."]
        st.session_state[SAID] = (button, False, "  \n".join(format.plain(sentence) for sentence in said))


def show(button: str) -> None:
    """Say where a button was pressed what its save changed, or why it was refused."""
    by, is_refused, words = st.session_state.get(SAID, ("", False, ""))
    if by == button:
        del st.session_state[SAID]
        (st.error if is_refused else st.success)(words)


def key_of(practice: Practice, name: str, current: Current) -> str:
    """Return the key of a field: another one after each change, so that a form never holds an overtaken value."""
    return f"settings_{practice.practice_id}_{name}_{current.value}_{current.last and current.last.at.isoformat()}"


def last_change(current: Current) -> str:
    """Say who changed a value last."""
    return f"Last changed by {format.plain(str(current.last))}." if current.last else "Never changed."


def _list_of(here: session.Session, practice: Practice) -> Totals:
    return opportunities.worklist(here.store, [practice], Filters(), actor=here.actor, today=here.today, limit=1).totals


def _compared(before: Totals, after: Totals) -> str:
    now, then = (
        f"{format.count(one.courses, 'course')} worth {format.pounds(one.worth_pence)}" for one in (after, before)
    )
    return f"The list has {now}, as before." if now == then else f"The list has {now} now; before, it had {then}."

"""The one dialog that may be open, kept in the session: a click in it, a refusal or a sign-in finds it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from pages.parts import format, session
from services.errors import CareManagerError
from services.sign_in import SessionEnded

OPEN = "dialog"


@dataclass(eq=False)
class Dialog:
    """A dialog that was asked for: which one, about what, why its last attempt was refused, and whether it is done."""

    name: str
    about: Any = None
    problem: str | None = None
    is_done: bool = False


def ask(name: str, about: Any = None) -> None:
    """Open a dialog."""
    st.session_state[OPEN] = Dialog(name, about)


def asked() -> Dialog | None:
    """Return the dialog that is open, or None."""
    dialog = st.session_state.get(OPEN)
    return dialog if isinstance(dialog, Dialog) else None


def close() -> None:
    """Close the dialog; what was typed into it is kept."""
    st.session_state.pop(OPEN, None)


def finish(said: str) -> None:
    """Close the dialog and say on the page what was done."""
    close()
    st.session_state["said"] = said


def attempt(dialog: Dialog, act: Callable[[session.Session], None]) -> bool:
    """Do what a dialog is for, in its button's callback, and return whether it was done now.

    A refusal is told in the dialog, which stays open. A second click finds the dialog done and does nothing.
    """
    if dialog.is_done:
        return False
    dialog.problem = None
    try:
        act(session.current())
    except SessionEnded:
        # `draw` lets the frame ask for the password; the dialog is there again afterwards.
        dialog.problem = "Your session had ended, so nothing was done. What you typed is still here."
        return False
    except CareManagerError as problem:
        dialog.problem = str(problem)
        return False
    dialog.is_done = True
    return True


def draw(
    dialog: Dialog,
    title: str,
    body: Callable[[], None],
    *,
    is_dismissible: bool = True,
    position: Literal["center", "right"] = "center",
    width: Literal["medium", "large"] = "medium",
) -> None:
    """Draw the dialog that is open; a click in it runs only its body, until it is closed or the session ends."""

    def inside() -> None:
        try:
            is_in = session.signed_in() is not None
        except CareManagerError:
            is_in = False
        if not is_in or asked() is not dialog:
            st.rerun()
        if dialog.problem:
            st.error(format.plain(dialog.problem), icon=":material/error:")
        body()

    st.dialog(title, width=width, dismissible=is_dismissible, on_dismiss=close, position=position)(inside)()

"""The lightbulb in the sidebar: how much of mine is due, kept up to date by itself, and my list at a click."""

from __future__ import annotations

import streamlit as st

from pages.parts import dialogs, format, session
from services import my_list
from services.actors import Right
from services.errors import CareManagerError
from services.my_list import Call, Queue
from services.sign_in import SessionEnded
from services.surroundings import ROOT

EVERY = 5
"""Seconds between two looks; one that finds nothing new asks for three rows and the newest event, and draws no list."""

SHOWN = 10
OPEN = "lightbulb_open"
KEPT = "lightbulb_kept"
ENDED = "lightbulb_ended"


def show() -> None:
    """Draw the lightbulb on a page, from now on kept up to date."""
    st.session_state.pop(ENDED, None)
    _draw()


@st.fragment(run_every=EVERY)
def _draw() -> None:
    """Draw the lightbulb, and again by itself every few seconds: the rest of the page is left alone.

    A look by itself keeps no session alive. No dialog may be drawn in here: it would go dead (streamlit#17011).
    """
    if ENDED in st.session_state:
        _say_ended()
        return
    try:
        here = session.current(is_used=False)
        if not here.actor.may(Right.WORK):
            return
        queue = _due(here)
    except SessionEnded as ended:
        if not ended.is_resumable:
            st.rerun()
        # The page stays as it is: what is typed into a field and not sent yet would be lost with it.
        st.session_state[ENDED] = True
        _say_ended()
        return
    except CareManagerError as problem:
        st.caption(format.plain(str(problem)))
        return
    count = queue.totals.courses
    where = "" if len(here.shown) == len(here.practices) else f" at {here.shown[0].name}"
    words = in_words(count) + format.plain(where)
    with st.popover(
        f":red-badge[:material/lightbulb: {words}]" if count else f":material/lightbulb: {words}",
        key=OPEN,
        on_change="rerun",
        type="tertiary",
        wrap=True,
    ) as opened:
        if opened.open:
            _list(here, queue)


def in_words(count: int) -> str:
    """Say how many opportunities of mine are due."""
    return {0: "Nothing of mine is due", 1: "1 of mine is due"}.get(count, f"{count:,} of mine are due")


def _due(here: session.Session) -> Queue:
    """Return what is due, asked anew only when something has changed since."""
    mark = my_list.mark(here.store, here.shown, actor=here.actor, today=here.today)
    before = st.session_state.get(KEPT)
    if before is None or before[0] != mark:
        before = (mark, my_list.due(here.store, here.shown, actor=here.actor, today=here.today))
        st.session_state[KEPT] = before
    queue: Queue = before[1]
    return queue


def _list(here: session.Session, queue: Queue) -> None:
    st.page_link(ROOT / "pages" / "my_list.py", label="My list, one patient at a time", icon=":material/call:")
    with st.container(gap=None):
        for call in queue.calls[:SHOWN]:
            st.button(_entry(call), key=f"lightbulb_{call.key}", type="tertiary", on_click=_open, args=(call,))
    if not queue.calls:
        st.markdown(
            "Nothing is assigned to you that needs action now. It appears here when somebody assigns you something."
        )
    rest = queue.totals.patients - len(queue.calls[:SHOWN])
    if rest > 0:
        st.caption(f"and {format.count(rest, 'more patient')}")


def _entry(call: Call) -> str:
    told = (call.patient, format.pounds(call.worth_pence), format.phone(call.phone) or "no phone number")
    return format.plain(", ".join(told))


def _open(call: Call) -> None:
    """Open a patient beside the page that one is on."""
    st.session_state[OPEN] = False
    dialogs.ask("patient", (call.practice_id, call.patient_id))
    st.rerun()  # The drawer is drawn by the frame, of which the lightbulb is only a part.


def _say_ended() -> None:
    st.caption("Your session has ended. What you typed is kept.")
    if st.button("Go on", key="lightbulb_go_on"):
        st.rerun()

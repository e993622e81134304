"""What happened about a patient, newest first, and Undo for what may be taken back."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.parts import dialogs, format, outcomes, session
from pages.parts.session import Session
from services import care, timeline
from services.actors import Right
from services.errors import CareManagerError
from services.practices import Practice
from services.sign_in import SessionEnded
from services.timeline import Entry

SHOWN = 8
LAST_WORDS = 3


def last_words(entries: Sequence[Entry]) -> None:
    """Draw the latest calls and notes: what to read before ringing again."""
    if last := timeline.last_words(entries, LAST_WORDS):
        st.subheader("Last notes and calls", anchor=False)
        with st.container(gap="xsmall"):
            for entry in last:
                st.markdown(_told(entry))


def draw(here: Session, practice: Practice, entries: Sequence[Entry], where: str) -> None:
    """Draw the timeline, the latest few entries first and the others on demand; its keys begin with where it is."""
    st.subheader("Timeline", anchor=False)
    if not entries:
        st.caption("Nothing was done about this patient yet.")
        return
    for place, entry in enumerate(entries[:SHOWN]):
        _entry(here, practice, entry, f"{where}_{place}")
    if len(entries) > SHOWN:
        with st.expander(f"Earlier ({len(entries) - SHOWN})"):
            for place, entry in enumerate(entries[SHOWN:], start=SHOWN):
                _entry(here, practice, entry, f"{where}_{place}")


def _entry(here: Session, practice: Practice, entry: Entry, key: str) -> None:
    is_undoable = entry.is_undoable and here.actor.may(Right.WORK)
    with st.container(horizontal=True, vertical_alignment="top", gap="xsmall"):
        st.markdown(_told(entry), width="stretch")
        if is_undoable:
            st.button(
                f"Undo {entry.noun}",
                key=f"undo_{key}_{entry.action_id}",
                type="tertiary",
                help="Put back what was before, for this patient alone",
                on_click=_undo,
                args=(practice, entry),
            )


def _told(entry: Entry) -> str:
    """Say when, who, about which course, what, and the note."""
    about = f", COT {', '.join(entry.cot_numbers)}" if entry.cot_numbers else ""
    when = f"{format.day(entry.happened_at.date())}, {entry.happened_at:%H:%M}"
    what = f"**{format.plain(entry.what)}**" + (f": {format.plain(entry.note)}" if entry.note else "")
    if entry.is_undone:
        what = f"~~{what}~~ (undone)"
    return f":small[{when}, {format.plain(entry.who + about)}]  \n{what}"


def _undo(practice: Practice, entry: Entry) -> None:
    try:
        here = session.current()
        outcome = care.undo(
            here.store,
            [practice.practice_id],
            entry.action_id or "",
            opportunity_ids=entry.opportunity_ids,
            actor=here.actor,
            now=here.now,
            today=here.today,
            # The same for the second click of a double one, which then does nothing.
            action_id=" ".join(("undo", entry.action_id or "", practice.practice_id, *entry.opportunity_ids)),
        )
    except SessionEnded:
        st.session_state[outcomes.PROBLEM] = "Your session had ended, so nothing was taken back."
    except CareManagerError as problem:
        st.session_state[outcomes.PROBLEM] = str(problem)
    else:
        if not outcome.is_repeat:
            outcomes.tell(outcome, [practice.practice_id])
    # What came of it is said on the page, which a drawer would hide.
    dialogs.close()

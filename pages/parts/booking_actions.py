"""What can be done with visits booked here: each button does it once, and says on the page what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

import polars as pl
import streamlit as st

from pages.parts import book_wish, dialogs, format, outcomes, patient_panel, session
from pages.parts.dialogs import Dialog
from pages.parts.session import Session
from services import bookings, to_enter, words
from services.actions import Outcome
from services.errors import CareManagerError
from services.practices import Practice
from services.sign_in import SessionEnded
from services.surroundings import ROOT

CANCEL = "cancel booking"


def follow() -> None:
    """Go to the appointment book when a visit is to be moved: a button's callback cannot by itself."""
    if book_wish.MOVE in st.session_state:
        st.switch_page(ROOT / "pages" / "appointment_book.py")


def move(booking_id: str) -> None:
    """Open the appointment book with a visit that is to be moved."""
    st.session_state[book_wish.MOVE] = booking_id


def ticking(practice: Practice, picked: pl.DataFrame, *, is_entered: bool) -> None:
    """Draw what can be done with the ticked rows of the list: to enter, or ticked off as entered."""
    service = to_enter.untick if is_entered else to_enter.tick_off
    some = f"{picked.height:,} as" if picked.height else "as"
    one = picked.row(0, named=True) if picked.height == 1 else None
    alone = "Tick one visit alone."
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Mark {some} not entered" if is_entered else f"Mark {some} entered",
            key=f"tick_{is_entered}",
            icon=":material/remove_done:" if is_entered else ":material/done_all:",
            type="secondary" if is_entered else "primary",
            disabled=picked.is_empty(),
            help="They are in the PMS now; the next import confirms them."
            if not is_entered
            else "They are to be entered.",
            on_click=_press,
            args=(service, practice, picked["booking_id"].to_list(), _press_id(picked, is_entered)),
        )
        others(one, is_disabled=one is None, why=alone)


def others(row: dict[str, Any] | None, *, is_disabled: bool = False, why: str | None = None) -> None:
    """Draw the buttons that move and cancel a visit."""
    key = row["booking_id"] if row else ""
    st.button(
        "Move",
        key=f"move_{key}",
        icon=":material/event_repeat:",
        disabled=is_disabled,
        help=why if is_disabled else "Choose another time in the appointment book",
        on_click=move,
        args=(key,),
    )
    st.button(
        "Cancel visit",
        key=f"cancel_{key}",
        icon=":material/event_busy:",
        disabled=is_disabled,
        help=why if is_disabled else "Give the visit up: its opportunity is back on the list",
        on_click=dialogs.ask,
        args=(CANCEL, (row, uuid4().hex)),
    )
    st.button(
        "See the patient",
        key=f"see_{key}",
        disabled=is_disabled,
        help=why if is_disabled else None,
        on_click=patient_panel.open_drawer,
        args=(row["practice_id"], row["patient_id"]) if row else (),
    )


def settling(practice: Practice, row: dict[str, Any], *, may_work: bool) -> None:
    """Draw a visit that an import contradicts, and the ways to settle it for whoever may."""
    with st.container(border=True):
        st.markdown(
            f"**{format.plain(row['patient'])}**, COT {format.plain(row['cot_number'])}: booked here for "
            f"{words.moment(row['starts_at'])} with {format.plain(row['provider'])}  \n"
            f":material/warning: {format.plain(row['conflict'] or '')}"
        )
        if not may_work:
            return
        theirs = "Take over the PMS's time" if row["appointment_id"] else "The PMS is right: give it up"
        with st.container(horizontal=True):
            for choice, label, icon in (
                ("pms", theirs, ":material/sync:"),
                ("keep", "Ours is right: enter it again", ":material/edit_calendar:"),
            ):
                st.button(
                    label,
                    key=f"settle_{choice}_{row['booking_id']}",
                    icon=icon,
                    on_click=_settle,
                    args=(practice, row, choice),
                )
            others(row)


def draw(practice: Practice) -> None:
    """Draw the dialog that cancels a visit, when it is open."""
    dialog = dialogs.asked()
    if dialog is None or dialog.name != CANCEL:
        return
    row, action_id = dialog.about

    def body() -> None:
        st.markdown(
            f"The visit of **{format.plain(row['patient'])}** on {words.moment(row['starts_at'])} with "
            f"{format.plain(row['provider'])} is given up. The opportunity is back on the list."
        )
        if row["state"] != "to enter":
            st.warning("It may be in the PMS: cancel it there too.", icon=":material/warning:")
        st.text_input("Note", key=f"cancel_note_{action_id}", placeholder="Why, if anybody should know")
        st.button("Cancel the visit", type="primary", on_click=_cancel, args=(dialog, practice, row, action_id))

    dialogs.draw(dialog, "Cancel a visit", body)


def _cancel(dialog: Dialog, practice: Practice, row: dict[str, Any], action_id: str) -> None:
    def act(here: Session) -> None:
        note = (st.session_state.get(f"cancel_note_{action_id}") or "").strip() or None
        outcome = bookings.cancel(
            here.store,
            practice,
            row["booking_id"],
            version=row["version"],
            note=note,
            actor=here.actor,
            now=here.now,
            today=here.today,
            action_id=action_id,
        )
        outcomes.tell(outcome, [practice.practice_id])

    if dialogs.attempt(dialog, act):
        dialogs.close()


def _settle(practice: Practice, row: dict[str, Any], choice: str) -> None:
    action_id = uuid5(NAMESPACE_URL, f"settle {row['booking_id']} {row['version']}").hex
    _press(to_enter.settle, practice, row["booking_id"], action_id, choice, version=row["version"])


def _press_id(picked: pl.DataFrame, is_entered: bool) -> str:
    """Return what a press is known by: the rows as they were seen, so that a second press is the same."""
    return uuid5(NAMESPACE_URL, f"tick {is_entered} {picked.select('booking_id', 'version').rows()}").hex


def _press(
    service: Callable[..., Outcome], practice: Practice, about: Any, action_id: str, *more: Any, **given: Any
) -> None:
    try:
        here = session.current()
        pressed = {"actor": here.actor, "now": here.now, "today": here.today, "action_id": action_id}
        outcomes.tell(service(here.store, practice, about, *more, **given, **pressed), [practice.practice_id])
    except SessionEnded:
        st.session_state[outcomes.PROBLEM] = "Your session had ended, so nothing was done."
    except CareManagerError as problem:
        st.session_state[outcomes.PROBLEM] = str(problem)

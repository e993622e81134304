"""The actions on what is ticked: a bar of buttons, each on where it makes sense."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.parts import action_dialogs, book_wish, dialogs, format

BOOK = "book"
"""The one action that is a page, not a dialog: a patient at a time."""

OFF_THE_LIST = ("snoozed", "booked", "rejected")

ACTIONS: dict[str, tuple[str, str, tuple[str, ...] | None, str]] = {
    action_dialogs.CONTACT: (
        "Contact",
        ":material/send:",
        ("open", "contacted", "snoozed"),
        "Write an e-mail or SMS to each patient",
    ),
    BOOK: (
        "Book",
        ":material/calendar_add_on:",
        ("open", "contacted", "snoozed", "booked"),
        "Find a time in the appointment book",
    ),
    action_dialogs.CALL: ("Log a call", ":material/call:", None, "Spoke, left a message, no answer or wrong number"),
    action_dialogs.NOTE: ("Note", ":material/edit_note:", None, "Write a note on each"),
    action_dialogs.SEQUENCE: (
        "Sequence",
        ":material/conversion_path:",
        ("open", "contacted", "snoozed"),
        "Messages and calls by themselves, a step on each of its days",
    ),
    action_dialogs.ASSIGN: ("Assign", ":material/person_add:", None, "To somebody, to nobody, or shared out"),
    action_dialogs.SNOOZE: (
        "Snooze",
        ":material/snooze:",
        ("open", "contacted", "snoozed"),
        "Off the list until a day",
    ),
    action_dialogs.REJECT: (
        "Reject",
        ":material/block:",
        ("open", "contacted", "snoozed", "booked"),
        "Off the list, with a reason",
    ),
    action_dialogs.BOOKED: (
        "Booked",
        ":material/event_available:",
        ("open", "contacted", "snoozed", "booked"),
        "The visits are in the PMS already",
    ),
    action_dialogs.RESTORE: ("Restore", ":material/undo:", OFF_THE_LIST, "Back to the list"),
}
"""Every action: its words, its picture, the statuses that it is for (None: any), and what it does."""


KEYS = {
    action_dialogs.CONTACT: "M",
    action_dialogs.CALL: "L",
    action_dialogs.ASSIGN: "A",
    action_dialogs.SNOOZE: "S",
    action_dialogs.REJECT: "X",
}
"""The keys that press the buttons used most; Streamlit shows each on its button."""


def draw(ticked: pl.DataFrame) -> None:
    """Draw the buttons, each of which opens its dialog for what is ticked, and say what that is."""
    statuses = set(ticked["status"]) if ticked.height else set()
    # A key must not reach through a dialog to the page behind it.
    keys = KEYS if dialogs.asked() is None else {}
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        for name, (label, icon, fitting, meaning) in ACTIONS.items():
            is_fit = bool(statuses) and (fitting is None or bool(statuses & set(fitting)))
            why_not = "Tick rows first." if not statuses else f"Nothing that is ticked can be used for {label.lower()}."
            if name == BOOK and is_fit and ticked.height > 1:
                is_fit, why_not = False, "Tick one row: visits are booked one at a time."
            st.button(
                label,
                key=f"do_{name}",
                icon=icon,
                disabled=not is_fit,
                shortcut=keys.get(name),
                help=meaning if is_fit else why_not,
                on_click=ask,
                args=(name, ticked),
            )
    st.markdown(in_words(ticked))


def ask(name: str, rows: pl.DataFrame) -> None:
    """Open the dialog of an action on rows of the list, or the appointment book."""
    if name == BOOK:
        book_wish.ask(rows)
    else:
        action_dialogs.ask(name, rows)


def in_words(ticked: pl.DataFrame) -> str:
    """Say what is ticked and what it is worth."""
    if ticked.is_empty():
        return "Nothing ticked"
    courses = format.count(ticked.height, "course")
    patients = format.count(ticked.select("practice_id", "patient_id").n_unique(), "patient")
    uda = sum(ticked["uda"].drop_nulls())
    worth = format.pounds(sum(ticked["value_pence"])) + (f" and {format.uda(uda)} UDA" if uda else "")
    return f"**{courses} of {patients} ticked, {worth}**"

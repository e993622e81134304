"""One patient beside the list: how to reach them, what is left to do and why, visits, courses, household."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import streamlit as st

from pages.parts import action_bar, action_dialogs, consent_form, dialogs, filters, format, neighbours, patient_courses
from pages.parts import timeline as timelines
from pages.parts.session import Session
from services import consents, opportunities, timeline
from services.actors import Right
from services.consents import Consent
from services.opportunities import PatientCard
from services.practices import Practice

DRAWER = "patient"
"""The dialog that shows a patient on any page."""

DRAWER_KEYS = "drawer"
"""What the keys of its buttons begin with."""

QUICK = (
    action_dialogs.CONTACT,
    action_bar.BOOK,
    action_dialogs.CALL,
    action_dialogs.NOTE,
    action_dialogs.SNOOZE,
    action_dialogs.REJECT,
)
"""The actions on the patient who is open."""

HEADINGS = "<style>.st-key-drawer h2 {font-size: 1.35rem} .st-key-drawer h3 {font-size: 1.1rem}</style>"
"""In a dialog a heading would be smaller than the text below it."""

PAST_SHOWN = 10

Opener = Callable[[str, str], None]


def show(here: Session, rows: pl.DataFrame) -> None:
    """Draw the patient that is open, or how to open one; rows are those of the list, in their order."""
    practice_id, patient_id = neighbours.opened()
    practice = here.practice(practice_id)
    if not rows.is_empty():
        # A key must not reach through a dialog to the page behind it.
        neighbours.draw(rows, has_keys=dialogs.asked() is None)
    if practice is None:
        st.header("Patient", anchor=False)
        st.caption(
            "Click on a row to see the patient here: contact details, what is left to do, visits, and why each "
            "course is listed or not. The box at the start of a row, or Shift+Space on it, ticks it."
        )
        return
    _patient(here, practice, patient_id, opener=neighbours.open_patient, is_in_list=True)


def draw_drawer(here: Session) -> None:
    """Draw the patient whom a dialog was asked for, at the side of whatever page one is on."""
    dialog = dialogs.asked()
    if dialog is None or dialog.name != DRAWER:
        return
    practice_id, patient_id = dialog.about
    practice = next((one for one in here.practices if one.practice_id == practice_id), None)
    if practice is None:
        dialogs.close()
        return

    def body() -> None:
        with st.container(key="drawer"):
            st.html(HEADINGS)
            _patient(here, practice, patient_id, opener=open_drawer, is_in_list=False)

    dialogs.draw(dialog, "Patient", body, position="right")


def open_drawer(practice_id: str, patient_id: str) -> None:
    """Show this patient at the side of the page."""
    dialogs.ask(DRAWER, (practice_id, patient_id))


def _patient(here: Session, practice: Practice, patient_id: str, *, opener: Opener, is_in_list: bool) -> None:
    """Draw everything about a patient; opener opens another one."""
    # The drawer may be open over the panel.
    where = "patient" if is_in_list else DRAWER_KEYS
    card = opportunities.patient_card(
        here.store, practice, patient_id, actor=here.actor, now=here.now, today=here.today
    )
    entries = timeline.of_patient(here.store, practice, patient_id, actor=here.actor)
    if len(here.shown) > 1:
        st.caption(format.plain(practice.name))
    said = consents.of(here.store, practice, patient_id, actor=here.actor)
    _details(card.patient, said)
    listed = card.courses.filter("is_listed")
    if here.actor.may(Right.WORK):
        _actions(practice, patient_id, listed, where)
    timelines.last_words(entries)
    for course in listed.to_dicts():
        patient_courses.course(course, card, practice)
    numbers = dict(card.courses.select("course_id", "cot_number").iter_rows())
    with st.expander("Consent and preference"):
        consent_form.draw(here, practice, patient_id, said, where)
    _appointments(card.appointments, numbers, here)
    patient_courses.others(card.courses.filter(~pl.col("is_listed")))
    _household(practice.practice_id, card.household, opener, where)
    if is_in_list:
        _narrow(practice.practice_id, card)
    timelines.draw(here, practice, entries, where)


def _actions(practice: Practice, patient_id: str, listed: pl.DataFrame, where: str) -> None:
    """Draw what can be done about all the patient's listed courses at once, without ticking a row."""
    if listed.is_empty():
        return
    rows = listed.with_columns(practice_id=pl.lit(practice.practice_id), patient_id=pl.lit(patient_id))
    with st.container(horizontal=True, gap="xxsmall"):
        for name in QUICK:
            label, _, fitting, meaning = action_bar.ACTIONS[name]
            fit = rows.filter(pl.col("status").is_in(fitting)) if fitting else rows
            st.button(
                label,
                key=f"{where}_{name}",
                disabled=fit.is_empty(),
                help=f"{meaning}; about {format.count(fit.height, 'course')} of this patient",
                on_click=action_bar.ask,
                args=(name, fit),
            )


def _details(patient: dict[str, Any], said: Mapping[str, Consent]) -> None:
    name = " ".join(filter(None, (patient["title"], patient["first_name"], patient["last_name"])))
    # Without its anchor, which would put the name into the address.
    st.header(format.plain(name), anchor=False)
    consent_form.badges(said, "email", "sms")
    if not patient["is_active"]:
        st.badge("No longer active in the PMS", color="grey")
    lines = [f":material/smartphone: {format.phone_link(patient['mobile'])}"] if patient["mobile"] else []
    lines += [f":material/call: {format.phone_link(patient['phone'])}"] if patient["phone"] else []
    lines += [f":material/mail: {format.email_link(patient['email'])}"] if patient["email"] else []
    st.markdown("  \n".join(lines) or "No phone number and no e-mail address.")


def _narrow(practice_id: str, card: PatientCard) -> None:
    """Draw the buttons that narrow the list to the patient or the household, or widen it again."""
    patient = card.patient
    name = ", ".join(filter(None, (patient["last_name"], patient["first_name"])))
    with st.container(horizontal=True, gap="xsmall"):
        if "only" in st.session_state:
            st.button("Show all again", key="show_all", icon=":material/undo:", on_click=filters.clear, args=("only",))
            return
        key = f"{practice_id}/{patient['patient_id']}"
        st.button("Only this patient", key="only_patient", on_click=filters.only, args=("patient", key, name))
        if patient["household_id"]:
            key = f"{practice_id}/{patient['household_id']}"
            st.button("Only this household", key="only_household", on_click=filters.only, args=("household", key, name))


def _appointments(appointments: pl.DataFrame, numbers: dict[str, str], here: Session) -> None:
    is_coming = pl.col("starts_at").dt.date() >= here.today
    st.subheader("Appointments", anchor=False)
    if appointments.is_empty():
        st.caption("None, past or coming.")
        return
    coming, past = appointments.filter(is_coming).reverse(), appointments.filter(~is_coming)
    if coming.height:
        st.markdown("  \n".join(_appointment(one, numbers) for one in coming.to_dicts()))
    else:
        st.caption("None is coming.")
    if past.height:
        with st.expander(f"Past ({past.height})"):
            st.markdown("  \n".join(_appointment(one, numbers) for one in past.head(PAST_SHOWN).to_dicts()))
            if past.height > PAST_SHOWN:
                st.caption(f"and {format.count(past.height - PAST_SHOWN, 'earlier one')}")


def _appointment(one: dict[str, Any], numbers: dict[str, str]) -> str:
    told = [format.moment(one["starts_at"])]
    told += [f"{one['minutes']} minutes"] if one["minutes"] else []
    told += [format.plain(one["provider"])] if one["provider"] else []
    status = patient_courses.APPOINTMENTS.get(one["status"], one["status"])
    course = f"COT {format.plain(numbers[one['course_id']])}" if one["course_id"] in numbers else "not linked"
    return f"{', '.join(told)}: **{status}**, {course}"


def _household(practice_id: str, household: pl.DataFrame, opener: Opener, where: str) -> None:
    if household.is_empty():
        return
    st.subheader("Household", anchor=False)
    with st.container(gap="xxsmall"):
        for member in household.to_dicts():
            worth = [format.count(member["courses"], "course"), format.pounds(member["value_pence"])]
            worth += [f"{format.uda(member['uda'])} UDA"] if member["uda"] else []
            st.button(
                format.plain(f"{member['patient']}: {', '.join(worth) if member['courses'] else 'nothing open'}"),
                key=f"{where}_open_{member['patient_id']}",
                icon=":material/person:",
                type="tertiary",
                on_click=opener,
                args=(practice_id, member["patient_id"]),
            )

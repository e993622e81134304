"""One patient beside the list: how to reach them, what is left to do and why, visits, courses, household."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from pages.parts import filters, format
from pages.parts.session import Session
from services import opportunities
from services.opportunities import PatientCard

APPOINTMENTS = {
    "booked": "booked",
    "confirmed": "confirmed",
    "arrived": "arrived",
    "pending": "pending",
    "cancelled": "cancelled",
    "failed": "failed to attend",
    "waiting_list": "on the waiting list",
    "completed": "attended",
}
PAST_SHOWN = 5


def open_patient(practice_id: str, patient_id: str) -> None:
    """Show this patient in the panel until another is opened."""
    st.session_state["opened"] = (practice_id, patient_id)


def show(here: Session) -> None:
    """Draw the patient that is open, or how to open one."""
    practice_id, patient_id = st.session_state.get("opened", ("", ""))
    practice = here.practice(practice_id)
    if practice is None:
        st.header("Patient", anchor=False)
        st.caption(
            "Click on a row to see the patient here: contact details, what is left to do, visits, and why each "
            "course is listed or not. The box at the start of a row, or Shift+Space on it, ticks it."
        )
        return
    card = opportunities.patient_card(
        here.store, practice, patient_id, actor=here.actor, now=here.now, today=here.today
    )
    if len(here.shown) > 1:
        st.caption(format.plain(practice.name))
    _details(card.patient)
    _narrow(practice_id, card)
    numbers = dict(card.courses.select("course_id", "cot_number").iter_rows())
    for course in card.courses.filter("is_listed").to_dicts():
        _course(course, card)
    _appointments(card.appointments, numbers, here)
    _other_courses(card.courses.filter(~pl.col("is_listed")))
    _household(practice_id, card.household)


def _details(patient: dict[str, Any]) -> None:
    name = " ".join(filter(None, (patient["title"], patient["first_name"], patient["last_name"])))
    # Without its anchor, which would put the name into the address.
    st.header(format.plain(name), anchor=False)
    with st.container(horizontal=True, gap="xsmall"):
        if patient["is_do_not_contact"]:
            st.badge("Do not contact", icon=":material/block:", color="red")
        if patient["is_email_allowed"] is False:
            st.badge("No e-mail", color="orange")
        if patient["is_sms_allowed"] is False:
            st.badge("No SMS", color="orange")
        if not patient["is_active"]:
            st.badge("No longer active in the PMS", color="grey")
    lines = [f":material/smartphone: {format.phone_link(patient['mobile'])}"] if patient["mobile"] else []
    lines += [f":material/call: {format.phone_link(patient['phone'])}"] if patient["phone"] else []
    lines += [f":material/mail: {format.email_link(patient['email'])}"] if patient["email"] else []
    if patient["preferred_contact"]:
        preferred = {"phone": "a call", "email": "e-mail", "sms": "SMS"}.get(patient["preferred_contact"])
        lines.append(f"Prefers {preferred}" if preferred else "")
    st.markdown("  \n".join(filter(None, lines)) or "No phone number and no e-mail address.")


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


def _course(course: dict[str, Any], card: PatientCard) -> None:
    worth = [format.pounds(course["value_pence"])] if course["value_pence"] else []
    worth += [f"{format.uda(course['uda'])} UDA"] if course["uda"] else []
    worth += [f"patient charge {format.pounds(course['charge_pence'])}"] if course["charge_pence"] else []
    pathway = [f"{course['pathway']}, claim {course['claim_number'] or 1}"] if course["pathway"] else []
    st.subheader(f"COT {format.plain(course['cot_number'])}", anchor=False)
    st.markdown(
        f"**Listed: {format.plain(course['reason_text'])}**  \n"
        + format.plain(" · ".join((f"Opened {format.day(course['opened_on'])}", *pathway, *worth)))
    )
    items = card.items.filter(pl.col("course_id") == course["course_id"]).to_dicts()
    visits = card.visits.filter(pl.col("course_id") == course["course_id"]).to_dicts()
    left, done = [item for item in items if not item["completed_on"]], [item for item in items if item["completed_on"]]
    for title, lines in (
        ("Left to do", [_item(item) for item in left]),
        ("Done", [f"{_item(item)}, {format.day(item['completed_on'])}" for item in done]),
        ("Planned visits", [_visit(visit) for visit in visits]),
    ):
        if lines:
            _lines(title, lines)


def _lines(title: str, lines: list[str]) -> None:
    st.markdown("  \n".join((f":small[**{title}**]", *lines)))


def _item(item: dict[str, Any]) -> str:
    name = format.plain(" ".join(filter(None, (item["code"], item["description"]))) or "Treatment")
    charged = "NHS" if item["charged_to"] == "nhs" else format.pounds(item["price_pence"])
    return f"{name}, {charged}" + (" (plan)" if item["charged_to"] == "plan" else "")


def _visit(visit: dict[str, Any]) -> str:
    length = f"{visit['minutes']} minutes" if visit["minutes"] else "no length given"
    told = [f"{visit['position']}: {length}"]
    told += [f"with {format.plain(visit['provider'])}"] if visit["provider"] else []
    told += [f"at least {format.count(visit['interval_days'], 'day')} later"] if visit["interval_days"] else []
    if visit["booked_at"]:
        status = APPOINTMENTS.get(visit["booked_status"], visit["booked_status"])
        told.append(f"{status}, {format.moment(visit['booked_at'])}")
    return ", ".join(told)


def _appointments(appointments: pl.DataFrame, numbers: dict[str, str], here: Session) -> None:
    is_coming = pl.col("starts_at").dt.date() >= here.today
    st.subheader("Appointments", anchor=False)
    if appointments.is_empty():
        st.caption("None, past or coming.")
        return
    coming = appointments.filter(is_coming).reverse()
    past = appointments.filter(~is_coming)
    for title, some in (("Coming", coming), ("Past", past.head(PAST_SHOWN))):
        if some.height:
            _lines(title, [_appointment(one, numbers) for one in some.to_dicts()])
    if past.height > PAST_SHOWN:
        st.caption(f"and {format.count(past.height - PAST_SHOWN, 'earlier one')}")


def _appointment(one: dict[str, Any], numbers: dict[str, str]) -> str:
    told = [format.moment(one["starts_at"])]
    told += [f"{one['minutes']} minutes"] if one["minutes"] else []
    told += [format.plain(one["provider"])] if one["provider"] else []
    status = APPOINTMENTS.get(one["status"], one["status"])
    course = f"COT {format.plain(numbers[one['course_id']])}" if one["course_id"] in numbers else "not linked"
    return f"{', '.join(told)}: **{status}**, {course}"


def _other_courses(courses: pl.DataFrame) -> None:
    if courses.is_empty():
        return
    with st.expander(f"Courses not listed ({courses.height})"):
        for course in courses.to_dicts():
            number, opened = format.plain(course["cot_number"]), format.day(course["opened_on"])
            st.markdown(f"**COT {number}**, opened {opened}  \n{format.plain(course['reason_text'])}")


def _household(practice_id: str, household: pl.DataFrame) -> None:
    if household.is_empty():
        return
    st.subheader("Household", anchor=False)
    for member in household.to_dicts():
        worth = [format.count(member["courses"], "course"), format.pounds(member["value_pence"])]
        worth += [f"{format.uda(member['uda'])} UDA"] if member["uda"] else []
        st.button(
            format.plain(f"{member['patient']}: {', '.join(worth) if member['courses'] else 'nothing open'}"),
            key=f"open_{member['patient_id']}",
            type="tertiary",
            on_click=open_patient,
            args=(practice_id, member["patient_id"]),
        )

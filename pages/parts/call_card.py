"""The patient who is to be rung: how to reach them, what is left to do, what was said last, and their household."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from pages.parts import consent_form, dialogs, format
from pages.parts.session import Session
from services import consents, opportunities, timeline
from services.consents import Consent
from services.my_list import Call
from services.opportunities import PatientCard
from services.practices import Practice

NOTES_SHOWN = 3
LARGE = "<style>.st-key-call_who h2 {font-size: 1.7rem} .st-key-call_who h3 {font-size: 1.35rem}</style>"
"""Name and number are read across a desk."""


def card_of(here: Session, practice: Practice, call: Call) -> PatientCard:
    """Return the patient's whole picture; that the actor looked is recorded."""
    return opportunities.patient_card(
        here.store, practice, call.patient_id, actor=here.actor, now=here.now, today=here.today
    )


def who(here: Session, card: PatientCard, call: Call, practice: Practice) -> None:
    """Draw the patient's name, what must be known before ringing, and how to reach them."""
    with st.container(key="call_who", gap="xsmall"):
        st.html(LARGE)
        said = consents.of(here.store, practice, call.patient_id, actor=here.actor)
        _who(card.patient, said, call, practice, is_practice_named=len(here.shown) > 1)


def _who(
    patient: dict[str, Any], said: Mapping[str, Consent], call: Call, practice: Practice, *, is_practice_named: bool
) -> None:
    # Without its anchor, which would put the name into the address.
    st.header(
        format.plain(" ".join(filter(None, (patient["title"], patient["first_name"], patient["last_name"])))),
        anchor=False,
    )
    with st.container(horizontal=True, gap="xsmall"):
        if is_practice_named:
            st.badge(format.plain(practice.name), color="grey")
        if not patient["is_active"]:
            st.badge("No longer active in the PMS", color="orange")
    consent_form.badges(said, "email", "sms")
    numbers = [f":material/smartphone: {format.phone_link(patient['mobile'])}"] if patient["mobile"] else []
    numbers += [f":material/call: {format.phone_link(patient['phone'])}"] if patient["phone"] else []
    if numbers:
        st.subheader(" &nbsp; ".join(numbers), anchor=False)
    else:
        st.markdown("**No phone number.**")
    st.markdown(f":material/mail: {format.email_link(patient['email'])}" if patient["email"] else "No e-mail address.")
    st.markdown(_tries(call, practice))


def courses(card: PatientCard, call: Call) -> None:
    """Draw each course that is to be talked about: why it is listed, what is planned and left, what it is worth."""
    for row in call.rows:
        with st.container(border=True, gap="xsmall"):
            _course(row, card)


def last_words(here: Session, practice: Practice, call: Call) -> None:
    """Draw the last calls and notes."""
    entries = timeline.of_patient(here.store, practice, call.patient_id, actor=here.actor)
    st.subheader("Last calls and notes", anchor=False)
    shown = timeline.last_words(entries, NOTES_SHOWN)
    for entry in shown:
        told = (
            f":small[{format.moment(entry.happened_at)}, {format.plain(entry.who)}]  \n**{format.plain(entry.what)}**"
        )
        st.markdown(told + (f": {format.plain(entry.note)}" if entry.note else ""))
    if not shown:
        st.caption("None yet.")


def household(card: PatientCard, call: Call) -> None:
    """Draw the other members of the household who have something open; each opens beside the page."""
    members = card.household.filter(pl.col("courses") > 0).to_dicts()
    if not members:
        return
    st.subheader("Household", anchor=False)
    for member in members:
        worth = [format.count(member["courses"], "course"), format.pounds(member["value_pence"])]
        worth += [f"{format.uda(member['uda'])} UDA"] if member["uda"] else []
        st.button(
            format.plain(f"{member['patient']}: {', '.join(worth)}"),
            key=f"household_{member['patient_id']}",
            type="tertiary",
            on_click=dialogs.ask,
            args=("patient", (call.practice_id, member["patient_id"])),
        )


def _tries(call: Call, practice: Practice) -> str:
    tries = max(row["attempts"] or 0 for row in call.rows)
    last = max((row["last_attempt_at"] for row in call.rows if row["last_attempt_at"]), default=None)
    if not tries:
        return "Not tried yet."
    at = last and last.replace(tzinfo=UTC).astimezone(ZoneInfo(practice.timezone))
    return ("Tried once" if tries == 1 else f"Tried {tries} times") + (f", last on {format.moment(at)}." if at else ".")


def _course(row: dict[str, Any], card: PatientCard) -> None:
    worth = [f"worth {format.pounds(row['worth_pence'])}"] if row["worth_pence"] else []
    worth += [f"{format.uda(row['uda'])} UDA"] if row["uda"] else []
    worth += [f"patient charge {format.pounds(row['charge_pence'])}"] if row["charge_pence"] else []
    about = (f"COT {row['cot_number']}", *worth)
    reason = (row["reason_text"], f"opened {format.day(row['opened_on'])}", row["provider"], row["payor"])
    st.markdown(f"**{format.plain(' · '.join(about))}**  \n{format.plain(' · '.join(filter(None, reason)))}")
    is_of_course = pl.col("course_id") == row["course_id"]
    left = card.items.filter(is_of_course & pl.col("completed_on").is_null()).to_dicts()
    visits = card.visits.filter(is_of_course & pl.col("booked_at").is_null()).to_dicts()
    for title, lines in (
        ("Left to do", [_item(one) for one in left]),
        ("To be booked", [_visit(one) for one in visits]),
    ):
        if lines:
            st.markdown("  \n".join((f":small[**{title}**]", *lines)))


def _item(item: dict[str, Any]) -> str:
    name = format.plain(" ".join(filter(None, (item["code"], item["description"]))) or "Treatment")
    charged = "NHS" if item["charged_to"] == "nhs" else format.pounds(item["price_pence"])
    return f"{name}, {charged}" + (" (plan)" if item["charged_to"] == "plan" else "")


def _visit(visit: dict[str, Any]) -> str:
    told = [f"Visit {visit['position']}: " + (f"{visit['minutes']} minutes" if visit["minutes"] else "no length given")]
    told += [f"with {format.plain(visit['provider'])}"] if visit["provider"] else []
    told += [f"at least {format.count(visit['interval_days'], 'day')} later"] if visit["interval_days"] else []
    return ", ".join(told)

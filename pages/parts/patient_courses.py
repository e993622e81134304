"""A patient's courses: why each is listed or not, what people did about it, what is left to do and planned."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from pages.parts import format
from services.opportunities import PatientCard
from services.practices import Practice

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


def course(course: dict[str, Any], card: PatientCard, practice: Practice) -> None:
    """Draw a listed course: its status, why it is listed, and its treatment."""
    worth = [format.pounds(course["value_pence"])] if course["value_pence"] else []
    worth += [f"{format.uda(course['uda'])} UDA"] if course["uda"] else []
    worth += [f"patient charge {format.pounds(course['charge_pence'])}"] if course["charge_pence"] else []
    pathway = [f"{course['pathway']}, claim {course['claim_number'] or 1}"] if course["pathway"] else []
    st.subheader(f"COT {format.plain(course['cot_number'])}", anchor=False)
    st.markdown(
        "  \n".join(
            (
                format.plain(_status(course, practice)),
                f"**Listed: {format.plain(course['reason_text'])}**",
                format.plain(" · ".join((f"Opened {format.day(course['opened_on'])}", *pathway, *worth))),
                *([f":material/notifications_paused: {_suppressed(course)}"] if course["patient_contacted_on"] else []),
            )
        )
    )
    items = card.items.filter(pl.col("course_id") == course["course_id"]).to_dicts()
    visits = card.visits.filter(pl.col("course_id") == course["course_id"]).to_dicts()
    left, done = [item for item in items if not item["completed_on"]], [item for item in items if item["completed_on"]]
    for title, lines in (
        ("Left to do", [item_words(item) for item in left]),
        ("Done", [f"{item_words(item)}, {format.day(item['completed_on'])}" for item in done]),
        ("Planned visits", [visit_words(visit) for visit in visits]),
    ):
        if lines:
            lines_of(title, lines)


def _status(course: dict[str, Any], practice: Practice) -> str:
    """Say the status, whose it is, and how often somebody tried."""
    name = course["assigned_to"] or "nobody"
    told = [
        course["status_text"],
        f"assigned to {name}{'' if course['is_assignee_active'] is not False else ' (left)'}",
    ]
    if course["attempts"]:
        last = course["last_attempt_at"] or course["last_contact_at"]
        at = last and last.replace(tzinfo=UTC).astimezone(ZoneInfo(practice.timezone)).date()
        told.append(format.count(course["attempts"], "attempt") + (f", the last on {format.day(at)}" if at else ""))
    return " · ".join(told)


def _suppressed(course: dict[str, Any]) -> str:
    return (
        f"Patient contacted on {format.day(course['patient_contacted_on'])} about another course: "
        f"due again from {format.day(course['contact_again_on'])}."
    )


def lines_of(title: str, lines: list[str]) -> None:
    """Draw lines under a small heading."""
    st.markdown("  \n".join((f":small[**{title}**]", *lines)))


def item_words(item: dict[str, Any]) -> str:
    """Say what a treatment item is and costs."""
    name = format.plain(" ".join(filter(None, (item["code"], item["description"]))) or "Treatment")
    charged = "NHS" if item["charged_to"] == "nhs" else format.pounds(item["price_pence"])
    return f"{name}, {charged}" + (" (plan)" if item["charged_to"] == "plan" else "")


def visit_words(visit: dict[str, Any]) -> str:
    """Say how long a planned visit is, with whom, how much later, and whether it is booked."""
    length = f"{visit['minutes']} minutes" if visit["minutes"] else "no length given"
    told = [f"{visit['position']}: {length}"]
    told += [f"with {format.plain(visit['provider'])}"] if visit["provider"] else []
    told += [f"at least {format.count(visit['interval_days'], 'day')} later"] if visit["interval_days"] else []
    if visit["booked_at"]:
        status = APPOINTMENTS.get(visit["booked_status"], visit["booked_status"])
        told.append(f"{status}, {format.moment(visit['booked_at'])}")
    return ", ".join(told)


def others(courses: pl.DataFrame) -> None:
    """Draw the courses that are not listed, each with why."""
    if courses.is_empty():
        return
    with st.expander(f"Courses not listed ({courses.height})"):
        for course in courses.to_dicts():
            number, opened = format.plain(course["cot_number"]), format.day(course["opened_on"])
            st.markdown(f"**COT {number}**, opened {opened}  \n{format.plain(course['reason_text'])}")

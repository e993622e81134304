"""The store is whole, and what is not is found."""

from __future__ import annotations

from datetime import datetime

import pytest

from queries import integrity as queries
from services import bookings, integrity
from services.actions import Chosen
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice


def booked(practice: SmallPractice, course: str) -> None:
    """Book a visit of a course here."""
    bookings.book(
        practice.store,
        Chosen(practice.id, course, None),
        planned_visit_id=None,
        provider_id="ben",
        starts_at=datetime(2026, 12, 1, 10),
        minutes=30,
        is_outside_hours_allowed=True,
        actor=SYSTEM,
        now=NOW,
        today=TODAY,
        action_id=course,
    )


def break_booking(practice: SmallPractice, sql: str) -> None:
    """Book a visit here, and break what belongs to it."""
    booked(practice, practice.course())
    practice.store._connection.execute(sql)


def test_a_store_kept_by_the_services_is_whole(practice, store):
    practice.appointment(practice.course(), in_days=5)
    booked(practice, practice.course())
    assert integrity.faults(store) == []


BREAK = {
    "practices_without_settings": lambda p: p.store._connection.execute("delete from practice_settings"),
    "courses_without_patient": lambda p: p.course(patient="ghost"),
    "courses_without_provider": lambda p: p.course(provider_id="ghost"),
    "courses_without_payor": lambda p: p.course(payor_id="ghost"),
    "planned_visits_without_course": lambda p: p.add("planned_visits", course_id="ghost"),
    "treatment_items_without_course": lambda p: p.item("ghost"),
    "appointments_without_patient": lambda p: p.appointment(None, in_days=1, patient="ghost"),
    "appointments_without_course": lambda p: p.appointment("ghost", in_days=1),
    "states_without_course": lambda p: p.state("ghost"),
    "states_without_person": lambda p: p.state(p.course(), assigned_to="ghost"),
    "states_without_event": lambda p: p.state(p.course()),
    "bookings_without_course": lambda p: break_booking(p, "delete from courses"),
    "bookings_without_day": lambda p: break_booking(p, "update care_states set booked_on = '2026-11-30'"),
    "days_without_booking": lambda p: break_booking(p, "update bookings set state = 'cancelled'"),
}


@pytest.mark.parametrize("fault", queries.FAULTS)
def test_each_fault_is_found_and_named(practice, fault):
    BREAK[fault](practice)
    assert any(fault.replace("_", " ") in sentence for sentence in integrity.faults(practice.store))

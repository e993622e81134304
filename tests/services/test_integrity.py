"""The store is whole, and what is not is found."""

from __future__ import annotations

import pytest

from queries import integrity as queries
from services import integrity


def test_a_store_kept_by_the_services_is_whole(practice, store):
    practice.appointment(practice.course(), in_days=5)
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
}


@pytest.mark.parametrize("fault", queries.FAULTS)
def test_each_fault_is_found_and_named(practice, fault):
    BREAK[fault](practice)
    assert any(fault.replace("_", " ") in sentence for sentence in integrity.faults(practice.store))

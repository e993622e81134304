"""What the page of the appointment book asks: its columns, the visits that wait, and the next times that fit."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from queries.store import Store
from services import appointment_book, practices
from services.errors import InvalidRequest
from services.practices import Practice
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice


@pytest.fixture
def elm(practice: SmallPractice, store: Store) -> Practice:
    """The practice as services are given it; NOW is a Tuesday at 9:00."""
    (found,) = practices.of(store, SYSTEM)
    return found


def suggested(store: Store, elm: Practice, part: str = "any", minutes: int = 60) -> list[str]:
    """The first three times that are suggested with Ben and Ada."""
    found = appointment_book.suggested(
        store, elm, ["ben", "ada"], minutes=minutes, from_on=TODAY, part=part, actor=SYSTEM, now=NOW
    )
    return [f"{slot.initials} {slot.starts_at:%a %H:%M}" for slot in found[:3]]


@pytest.mark.parametrize(
    ("part", "times"),
    [
        ("any", ["BA Tue 09:00", "BA Tue 12:00", "AB Wed 10:00"]),
        ("morning", ["BA Tue 09:00", "AB Wed 10:00", "BA Wed 10:30"]),
        ("afternoon", ["BA Tue 12:00", "BA Wed 12:00", "BA Thu 12:00"]),
    ],
)
def test_the_first_time_of_each_morning_and_afternoon_of_each_provider_is_suggested(
    store: Store, practice: SmallPractice, elm: Practice, part: str, times: list[str]
) -> None:
    practice.add("providers", "ada", name="Ada Birch", initials="AB")
    practice.hours("ben", break_from=time(13), break_to=time(14))
    practice.hours("ada", weekdays=[3], from_time=time(10), to_time=time(12))
    practice.appointment(None, in_days=1)
    practice.add(
        "appointments", patient_id="okafor", provider_id="ben", starts_at=datetime(2026, 11, 25, 9), minutes=10
    )
    assert suggested(store, elm, part) == times


def test_nothing_is_suggested_that_is_longer_than_any_gap(store: Store, practice: SmallPractice, elm: Practice) -> None:
    practice.hours("ben", break_from=time(13), break_to=time(14))
    assert suggested(store, elm, minutes=240) == ["BA Tue 09:00", "BA Wed 09:00", "BA Thu 09:00"]
    assert suggested(store, elm, minutes=241) == []


def test_who_left_has_no_column_and_hours_are_ones_own_or_the_practices(
    store: Store, practice: SmallPractice, elm: Practice
) -> None:
    practice.add("providers", "ada", name="Ada Birch", initials="AB")
    practice.add("providers", "gone", name="Al Gone", initials="AG", is_active=False)
    practice.hours("ada")
    found = appointment_book.providers(store, elm, actor=SYSTEM)
    assert [(one.initials, one.has_hours) for one in found] == [("AB", True), ("BA", False)]
    practice.hours()
    assert all(one.has_hours for one in appointment_book.providers(store, elm, actor=SYSTEM))


def test_only_planned_visits_that_are_not_booked_wait(store: Store, practice: SmallPractice, elm: Practice) -> None:
    course = practice.course()
    kept = practice.appointment(course, in_days=100)
    practice.add("planned_visits", "first", course_id=course, appointment_id=kept)
    practice.add("planned_visits", "second", course_id=course, position=2, minutes=None)
    found = appointment_book.visits(store, elm, course, actor=SYSTEM, today=TODAY)
    assert [one.words for one in found] == ["Visit 2: no length given with Ben Adeyemi"]


def test_a_booking_that_is_nowhere_or_another_practices_cannot_be_moved(store: Store, elm: Practice) -> None:
    with pytest.raises(InvalidRequest, match=r"not in the store any more\. Nothing was moved"):
        appointment_book.booking(store, [elm], "none", actor=SYSTEM)

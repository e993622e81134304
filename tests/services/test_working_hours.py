"""When people work and when they are away: checked, told, never overwritten, and kept in the history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import count
from typing import Any

import pytest

from queries.store import Store
from services import booking_settings, history, practices, working_hours
from services.audit_words import table_of
from services.booking_settings import BookingSettings
from services.errors import InvalidRequest
from services.practices import Practice
from services.working_hours import PRACTICE, Closure, Hours
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice

GIVEN: dict[str, Any] = {"actor": SYSTEM, "now": NOW}
MONDAY = Hours(1, time(9), time(17, 30), time(13), time(14))
DEFAULT = BookingSettings()


NUMBERS = count(1)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """One store for all tests of this module, each of which has a practice of its own in it."""
    store = Store(now=NOW)
    yield store
    store.close()


@pytest.fixture
def practice(store: Store) -> SmallPractice:
    """A practice that no other test knows."""
    return SmallPractice(store, f"Elm Road {next(NUMBERS)}")


@pytest.fixture
def elm(practice: SmallPractice) -> Practice:
    """The practice as the pages hand it to the services."""
    return next(one for one in practices.all_practices(practice.store) if one.practice_id == practice.id)


def told(practice: SmallPractice, elm: Practice) -> list[tuple[str, str]]:
    """Return what the audit says was done, and of what, the oldest first."""
    rows = history.search(practice.store, [elm], actor=SYSTEM)
    return table_of(practice.store, [elm], rows).select("what", "details").rows()[::-1]


def test_hours_are_kept_told_and_in_the_history(practice, elm):
    tuesday = Hours(2, time(8), time(12), room="  Surgery   1 ")
    said = working_hours.change(practice.store, elm, "ben", [tuesday, MONDAY], **GIVEN)
    assert said == [
        "BA – Ben Adeyemi, Monday: 09:00 to 17:30, break 13:00 to 14:00 (was none)",
        "BA – Ben Adeyemi, Tuesday: 08:00 to 12:00, Surgery 1 (was none)",
    ]
    current = working_hours.current(practice.store, elm, "ben", actor=SYSTEM)
    assert current.value == (MONDAY, replace(tuesday, room="Surgery 1"))
    assert str(current.last).endswith("on 24 Nov 2026 at 09:00")
    assert working_hours.current(practice.store, elm, PRACTICE, actor=SYSTEM).value == ()
    later = replace(MONDAY, to_time=time(16))
    assert working_hours.change(practice.store, elm, "ben", [later, *current.value[1:]], **GIVEN) == [
        "BA – Ben Adeyemi, Monday: 09:00 to 16:00, break 13:00 to 14:00 (was 09:00 to 17:30, break 13:00 to 14:00)"
    ]
    assert told(practice, elm)[-1] == (
        "Changed working hours",
        "BA – Ben Adeyemi: Monday 09:00 to 17:30, break 13:00 to 14:00 → 09:00 to 16:00, break 13:00 to 14:00",
    )


def test_hours_kept_already_are_no_change_and_none_at_all_are_taken_away(practice, elm):
    working_hours.change(practice.store, elm, "ben", [MONDAY], **GIVEN)
    assert working_hours.change(practice.store, elm, "ben", [MONDAY], seen=(), **GIVEN) == []
    said = working_hours.change(practice.store, elm, "ben", [], seen=(MONDAY,), **GIVEN)
    assert said == ["BA – Ben Adeyemi, Monday: none (was 09:00 to 17:30, break 13:00 to 14:00)"]
    assert working_hours.of(practice.store, practice.id).is_empty()


def test_hours_that_somebody_else_changed_are_not_overwritten(practice, elm):
    working_hours.change(practice.store, elm, "ben", [MONDAY], **GIVEN)
    with pytest.raises(InvalidRequest, match="Somebody changed the hours of BA – Ben Adeyemi"):
        working_hours.change(practice.store, elm, "ben", [replace(MONDAY, weekday=2)], seen=(), **GIVEN)
    assert working_hours.current(practice.store, elm, "ben", actor=SYSTEM).value == (MONDAY,)


@pytest.mark.parametrize(
    ("hours", "why"),
    [
        ([Hours(0, time(9), time(17))], "1 to 7, its hours once"),
        ([Hours(8, time(9), time(17))], "1 to 7, its hours once"),
        ([Hours(1, time(9), time(17)), Hours(1, time(18), time(20))], "its hours once"),
        ([Hours(1, time(9), time(17), break_from=time(13))], "break of Monday"),
        ([Hours(1, time(9), time(17), break_to=time(13))], "break of Monday"),
        ([Hours(1, time(9), time(17), time(14), time(13))], "break of Monday"),
        ([Hours(1, time(9), time(17), time(8), time(10))], "break of Monday"),
        ([Hours(1, time(9), time(17), time(16), time(17, 1))], "break of Monday"),
        ([Hours(1, time(9), time(17), time(13), time(13))], "break of Monday"),
        ([Hours(1, time(20), time(4), time(4), time(5))], "break of Monday"),
        ([Hours(1, time(20), time(9, 1)), Hours(2, time(9), time(17))], "hours of Monday go on into those of Tuesday"),
        ([Hours(7, time(20), time(9, 1)), Hours(1, time(9), time(17))], "hours of Sunday go on into those of Monday"),
    ],
)
def test_hours_that_cannot_be_are_refused_and_nothing_changed(practice, elm, hours, why):
    with pytest.raises(InvalidRequest, match=why):
        working_hours.change(practice.store, elm, "ben", hours, **GIVEN)
    assert working_hours.of(practice.store, practice.id).is_empty()


@pytest.mark.parametrize(
    "hours",
    [
        [Hours(1, time(9), time(17), time(9), time(17))],
        [Hours(1, time(20), time(4), time(23), time(1))],
        [Hours(1, time(20), time(9)), Hours(2, time(9), time(17))],
        [Hours(7, time(20), time(9)), Hours(1, time(9), time(17))],
        [Hours(day, time(0), time(0)) for day in range(1, 8)],
    ],
)
def test_hours_may_touch_go_on_at_night_and_never_end(practice, elm, hours):
    assert working_hours.change(practice.store, elm, PRACTICE, hours, **GIVEN)


def test_a_room_is_a_providers_and_somebody_who_left_has_no_hours(practice, elm):
    with pytest.raises(InvalidRequest, match="room belongs to a provider"):
        working_hours.change(practice.store, elm, PRACTICE, [replace(MONDAY, room="Surgery 1")], **GIVEN)
    practice.add("providers", "ben", is_active=False)
    assert working_hours.providers(practice.store, elm, actor=SYSTEM) == {}
    with pytest.raises(InvalidRequest, match="does not work here any more"):
        working_hours.change(practice.store, elm, "ben", [MONDAY], **GIVEN)


# --- Days off and closures


def closure(provider_id: str = "ben", days: int = 0, **facts: Any) -> Closure:
    return Closure(provider_id, TODAY, TODAY + timedelta(days=days), **facts)


def test_a_closure_is_kept_told_and_removed_and_the_history_says_so(practice, elm):
    said = working_hours.close(practice.store, elm, closure(days=2, reason=" Cou  rse "), **GIVEN)
    assert said == ["BA – Ben Adeyemi: 24 Nov 2026 to 26 Nov 2026 (Cou rse) was added."]
    (kept,) = working_hours.closures(practice.store, elm, from_on=TODAY, actor=SYSTEM)
    assert kept == closure(days=2, reason="Cou rse", closure_id=kept.closure_id)
    said = working_hours.reopen(practice.store, elm, kept.closure_id, **GIVEN)
    assert said == ["BA – Ben Adeyemi: 24 Nov 2026 to 26 Nov 2026 (Cou rse) was removed."]
    assert working_hours.reopen(practice.store, elm, kept.closure_id, **GIVEN) == []
    assert working_hours.closures(practice.store, elm, from_on=TODAY, actor=SYSTEM) == []
    assert told(practice, elm)[-2:] == [
        ("Added time off", "BA – Ben Adeyemi: 24 Nov 2026 to 26 Nov 2026 (Cou rse)"),
        ("Removed time off", "BA – Ben Adeyemi: 24 Nov 2026 to 26 Nov 2026 (Cou rse)"),
    ]


def test_the_same_closure_is_kept_once_and_goes_when_its_last_day_is_over(practice, elm):
    assert working_hours.close(practice.store, elm, closure(PRACTICE, days=1), **GIVEN)
    assert working_hours.close(practice.store, elm, closure(PRACTICE, days=1), **GIVEN) == []
    for days, kept in ((1, 1), (2, 0)):
        found = working_hours.closures(practice.store, elm, from_on=TODAY + timedelta(days=days), actor=SYSTEM)
        assert len(found) == kept


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (closure(days=-1), "last day is the first day or later"),
        (closure(from_time=time(9)), "both times"),
        (closure(to_time=time(9)), "both times"),
        (closure(from_time=time(9), to_time=time(9)), "later than"),
        (closure("nobody"), "does not work here"),
    ],
)
def test_a_closure_that_cannot_be_is_refused(practice, elm, wanted, why):
    with pytest.raises(InvalidRequest, match=why):
        working_hours.close(practice.store, elm, wanted, **GIVEN)
    assert working_hours.closures(practice.store, elm, from_on=date.min, actor=SYSTEM) == []


@pytest.mark.parametrize(
    ("wanted", "visits"),
    [
        (closure(days=1), 1),
        (closure(PRACTICE, days=1), 2),
        (closure(days=0), 0),
        (closure(days=1, from_time=time(9), to_time=time(10)), 0),
        (closure(days=1, from_time=time(10, 29), to_time=time(11)), 1),
        (closure(days=1, from_time=time(10, 30), to_time=time(11)), 0),
    ],
)
def test_visits_in_a_closure_are_counted_and_stay(practice, elm, wanted, visits):
    practice.appointment(None, in_days=1)
    practice.appointment(None, in_days=1, provider_id="eva")
    practice.appointment(None, in_days=1, status="cancelled")
    practice.appointment(None, in_days=2)
    said = " ".join(working_hours.close(practice.store, elm, wanted, **GIVEN)[1:])
    words = {0: "", 1: "1 visit is booked", 2: "2 visits are booked"}[visits]
    assert said.startswith(words)
    assert bool(said) is bool(visits)


# --- How bookings are taken


def settings(practice: SmallPractice, elm: Practice, seen: BookingSettings = DEFAULT, **changes: Any) -> list[str]:
    return booking_settings.change(practice.store, elm, replace(seen, **changes), seen=seen, **GIVEN)


def test_until_it_says_otherwise_nobody_books_online(practice, elm):
    assert booking_settings.of(practice.store, practice.id) == DEFAULT
    assert not DEFAULT.is_online
    assert booking_settings.current(practice.store, elm, actor=SYSTEM).last is None


def test_how_bookings_are_taken_is_kept_told_and_in_the_history(practice, elm):
    assert settings(practice, elm, is_online=True, link_days=7) == [
        "Patients book by a link: yes (was no)",
        "A link lasts: 7 days (was 14 days)",
    ]
    assert booking_settings.of(practice.store, practice.id) == replace(DEFAULT, is_online=True, link_days=7)
    assert booking_settings.current(practice.store, elm, actor=SYSTEM).last is not None
    assert told(practice, elm)[-1] == (
        "Changed how bookings are taken",
        "Patients book by a link: no → yes; link days 14 → 7",
    )
    assert settings(practice, elm, is_online=True, link_days=7) == []
    with pytest.raises(InvalidRequest, match="Somebody changed how the practice takes bookings"):
        settings(practice, elm, notice_hours=48)


@pytest.mark.parametrize(
    ("name", "fine", "wrong"),
    [
        ("link_days", (1, 90), (0, 91)),
        ("notice_hours", (0, 336), (-1, 337)),
        ("days_ahead", (1, 365), (0, 366)),
        ("step_minutes", (5, 60), (0, 7)),
    ],
)
def test_numbers_are_within_their_bounds(practice, elm, name, fine, wrong):
    for value in wrong:
        with pytest.raises(InvalidRequest, match="Nothing was saved"):
            settings(practice, elm, **{name: value})
    for value in fine:
        assert settings(practice, elm, booking_settings.of(practice.store, practice.id), **{name: value})


def test_hours_say_themselves():
    assert str(Hours(1, time(22), time(6), room="Surgery 2")) == "22:00 to 06:00 the next day, Surgery 2"
    morning = Closure(PRACTICE, TODAY, TODAY, time(9), time(12))
    assert str(morning) == "24 Nov 2026, 09:00 to 12:00"

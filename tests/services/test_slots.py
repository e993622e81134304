"""Free time in the book: where a visit fits to the minute, and which visit of a course is wanted next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

import pytest

from queries.store import Store
from services import booking_settings, practices, slots
from services.booking_settings import BookingSettings
from services.practices import Practice
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice

TUESDAY = date(2026, 12, 1)
"""A week after TODAY; visits begin at every whole ten minutes unless a test says otherwise."""


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


@pytest.fixture
def free(practice: SmallPractice, elm: Practice) -> Callable[..., list[str]]:
    """Return the times, on Tuesday alone and with Ben unless other days or providers are asked for."""

    def free(
        minutes: int = 30,
        *,
        who: tuple[str, ...] = ("ben",),
        on: date = TUESDAY,
        to_on: date | None = None,
        **asked: Any,
    ) -> list[str]:
        found = slots.free(
            practice.store, elm, who, minutes=minutes, from_on=on, to_on=to_on or on, **{"now": NOW, **asked}
        )
        return [f"{slot.starts_at:%H:%M}" for slot in found]

    return free


def at(hour: int, minute: int = 0, *, on: date = TUESDAY) -> datetime:
    """Return a time of the wall clock."""
    return datetime.combine(on, time(hour, minute))


def execute(practice: SmallPractice, statement: str, *values: Any) -> None:
    practice.store._connection.execute(statement, values).fetchall()


def booking(
    practice: SmallPractice, starts_at: datetime, minutes: int = 30, *, state: str = "to enter", **facts: Any
) -> str:
    """Write a booking as services/bookings.py leaves it."""
    facts = {
        "booking_id": f"b of {practice.id}",
        "provider_id": "ben",
        "opportunity_id": "1",
        "planned_visit_id": None,
        **facts,
    }
    execute(
        practice,
        "insert into bookings (booking_id, practice_id, opportunity_id, patient_id, planned_visit_id, provider_id, "
        "starts_at, minutes, state, made_by, made_at, version, changed_by, changed_at) "
        "values (?, ?, ?, 'okafor', ?, ?, ?, ?, ?, 'amara', ?, 1, 'amara', ?)",
        facts["booking_id"],
        practice.id,
        facts["opportunity_id"],
        facts["planned_visit_id"],
        facts["provider_id"],
        starts_at,
        minutes,
        state,
        NOW.replace(tzinfo=None),
        NOW.replace(tzinfo=None),
    )
    return str(facts["booking_id"])


def hold(practice: SmallPractice, starts_at: datetime, *, until: datetime) -> str:
    """Let a patient be confirming half an hour, and return their link."""
    link = f"link of {practice.id}"
    values = (link, practice.id, starts_at, until.replace(tzinfo=None))
    execute(practice, "insert into slot_holds values (?, ?, 'ben', ?, 30, ?)", *values)
    return link


# --- Hours and breaks


def test_without_hours_nothing_is_free(free):
    assert free() == []


@pytest.mark.parametrize(
    ("minutes", "first", "last"), [(30, "09:00", "11:30"), (60, "09:00", "11:00"), (180, "09:00", "09:00")]
)
def test_a_visit_lies_in_the_hours_to_the_minute(practice, free, minutes, first, last):
    practice.hours(to_time=time(12))
    times = free(minutes)
    assert (times[0], times[-1]) == (first, last)


@pytest.mark.parametrize("minutes", [181, 240])
def test_a_visit_longer_than_the_hours_fits_nowhere(practice, free, minutes):
    practice.hours(to_time=time(12))
    assert free(minutes) == []


def test_a_visit_ends_when_the_break_begins_and_begins_when_it_ends(practice, free):
    practice.hours(from_time=time(12), to_time=time(15), break_from=time(13), break_to=time(14))
    assert free(30) == ["12:00", "12:10", "12:20", "12:30", "14:00", "14:10", "14:20", "14:30"]
    assert free(60) == ["12:00", "14:00"]
    assert free(61) == []


def test_a_day_of_the_week_without_hours_is_not_worked(practice, free):
    practice.hours(weekdays=[1, 3])
    assert free() == []
    assert free(on=TUESDAY + timedelta(days=1))


def test_whoever_has_hours_of_their_own_on_any_day_does_not_have_the_practices(practice, free):
    practice.hours()
    practice.add("providers", "eva", name="Eva Lund", initials="EL")
    practice.hours("ben", weekdays=[2], from_time=time(14), to_time=time(15))
    assert free(60) == ["14:00"]
    assert free(on=TUESDAY + timedelta(days=1)) == []
    assert free(who=("eva",))[0] == "09:00"


def test_who_has_left_is_not_offered(practice, free):
    practice.hours()
    practice.add("providers", "ben", is_active=False)
    assert free() == []


@pytest.mark.parametrize(
    ("step", "from_time", "times"),
    [
        (30, time(9), ["09:00", "09:30", "10:00"]),
        (30, time(9, 10), ["09:30", "10:00"]),
        (60, time(9, 10), ["10:00"]),
        (15, time(9, 50), ["10:00"]),
        (None, time(9, 45), ["09:50", "10:00"]),
    ],
)
def test_visits_begin_at_whole_steps_after_the_hour(practice, free, step, from_time, times):
    practice.hours(from_time=from_time, to_time=time(10, 30))
    assert free(step_minutes=step) == times


def test_the_step_is_the_practices(practice, elm, free):
    settings = BookingSettings(step_minutes=60)
    booking_settings.change(practice.store, elm, settings, seen=BookingSettings(), actor=SYSTEM, now=NOW)
    practice.hours(to_time=time(11))
    assert free() == ["09:00", "10:00"]


def test_several_providers_come_in_the_order_of_time_and_then_of_names(practice, elm):
    practice.add("providers", "eva", name="Anna Lund", initials="AL")
    practice.hours("ben", to_time=time(10))
    practice.hours("eva", from_time=time(9, 30), to_time=time(10, 30), room="Surgery 2")
    found = slots.free(
        practice.store, elm, ["ben", "eva"], minutes=30, from_on=TUESDAY, to_on=TUESDAY, now=NOW, step_minutes=30
    )
    assert [(one.initials, f"{one.starts_at:%H:%M}", one.room) for one in found] == [
        ("BA", "09:00", None),
        ("AL", "09:30", "Surgery 2"),
        ("BA", "09:30", None),
        ("AL", "10:00", "Surgery 2"),
    ]
    assert found[0].ends_at == at(9, 30)
    limited = slots.free(practice.store, elm, ["ben"], minutes=30, from_on=TUESDAY, to_on=TUESDAY, now=NOW, limit=2)
    assert len(limited) == 2


# --- Appointments, bookings, holds


@pytest.mark.parametrize(
    ("begins", "minutes", "is_free_at_10"),
    [
        (at(9, 30), 30, True),
        (at(9, 30), 31, False),
        (at(10, 29), 10, False),
        (at(10, 30), 10, True),
        (at(10), 30, False),
        (at(9), 180, False),
        (at(10, 10), 5, False),
    ],
)
@pytest.mark.parametrize("kind", ["appointment", "booking"])
def test_two_visits_may_touch_but_never_overlap(practice, elm, free, kind, begins, minutes, is_free_at_10):
    practice.hours()
    if kind == "appointment":
        practice.add("appointments", patient_id="okafor", starts_at=begins, minutes=minutes)
    else:
        booking(practice, begins, minutes)
    assert ("10:00" in free()) is is_free_at_10
    assert slots.is_free(practice.store, elm, "ben", at(10), 30, now=NOW) is is_free_at_10


def test_what_was_cancelled_or_missed_frees_the_time(practice, free):
    practice.hours()
    taking, freeing = (
        ["booked", "confirmed", "arrived", "pending", "completed"],
        ["cancelled", "failed", "waiting_list"],
    )
    for hour, status in enumerate([*taking, *freeing], start=9):
        practice.add("appointments", patient_id="okafor", starts_at=at(hour), minutes=60, status=status)
    assert free(60, step_minutes=60) == ["14:00", "15:00", "16:00"]


def test_an_appointment_of_unknown_length_takes_half_an_hour(practice, free):
    practice.hours()
    practice.appointment(None, in_days=7, minutes=None)
    times = free()
    assert "09:30" in times
    assert "10:20" not in times
    assert "10:30" in times


def test_a_booking_takes_its_time_until_the_pms_has_it_or_it_is_cancelled(practice, elm, free):
    practice.hours(to_time=time(14))
    for hour, state in enumerate(["to enter", "entered", "conflict", "confirmed", "cancelled"], start=9):
        booking(practice, at(hour), 60, state=state, booking_id=f"{state} of {practice.id}")
    assert free(60, step_minutes=60) == ["12:00", "13:00"]
    own = f"conflict of {practice.id}"
    assert free(60, step_minutes=60, besides_booking=own) == ["11:00", "12:00", "13:00"]
    assert slots.is_free(practice.store, elm, "ben", at(11), 60, now=NOW, besides_booking=own)
    assert not slots.is_free(practice.store, elm, "ben", at(10), 60, now=NOW, besides_booking=own)


@pytest.mark.parametrize(("until", "is_over"), [(NOW, True), (NOW + timedelta(seconds=1), False)])
def test_a_hold_takes_its_time_until_it_is_over_but_not_from_its_own_link(practice, elm, free, until, is_over):
    practice.hours()
    link = hold(practice, at(10), until=until)
    assert ("10:00" in free()) is is_over
    assert slots.is_free(practice.store, elm, "ben", at(10), 30, now=NOW) is is_over
    assert "10:00" in free(besides_link=link)
    assert ("10:00" in free(besides_link="other")) is is_over


def test_overlapping_visits_leave_no_gap_between_them(practice, free):
    practice.hours(to_time=time(12))
    for begins, minutes in ((at(9), 120), (at(9, 10), 10)):
        practice.add("appointments", patient_id="okafor", starts_at=begins, minutes=minutes)
    assert free()[0] == "11:00"


def test_a_visit_of_somebody_else_takes_nothing(practice, free):
    practice.hours()
    practice.appointment(None, in_days=7, provider_id="eva")
    practice.appointment(None, in_days=7, provider_id=None)
    SmallPractice(practice.store, f"Oak Lane {next(NUMBERS)}").appointment(None, in_days=7)
    assert "10:00" in free()


# --- Closures


@pytest.mark.parametrize(("who", "is_mine"), [("", True), ("ben", True), ("eva", False)])
def test_both_ends_of_a_closure_are_in(practice, free, who, is_mine):
    practice.hours()
    practice.closed(who, from_on=TUESDAY, to_on=TUESDAY + timedelta(days=2))
    is_open = [bool(free(on=TUESDAY + timedelta(days=days))) for days in (-1, 0, 2, 3)]
    assert is_open == ([True, False, False, True] if is_mine else [True] * 4)


def test_a_closure_of_some_hours_leaves_the_others_on_each_of_its_days(practice, free):
    practice.hours(to_time=time(12))
    practice.closed(from_on=TUESDAY, to_on=TUESDAY + timedelta(days=1), from_time=time(10), to_time=time(11))
    for on in (TUESDAY, TUESDAY + timedelta(days=1)):
        assert free(60, on=on) == ["09:00", "11:00"]


# --- Rooms


@pytest.mark.parametrize(("room", "is_taken"), [("Surgery 1", True), ("Surgery 2", False), (None, False)])
@pytest.mark.parametrize("hour", [10, 18])
def test_a_room_that_somebody_else_is_in_is_not_free(practice, free, room, is_taken, hour):
    """Also before and after that other one's hours."""
    practice.add("providers", "eva", name="Eva Lund", initials="EL")
    practice.hours("ben", to_time=time(20), room="Surgery 1")
    practice.hours("eva", to_time=time(12), room=room)
    practice.add("appointments", patient_id="okafor", starts_at=at(hour), minutes=30, provider_id="eva")
    times = free()
    assert (f"{hour}:00" not in times) is is_taken
    assert {f"{hour - 1:02}:30", f"{hour}:30"} <= set(times)


def test_a_room_is_shared_on_the_day_that_both_are_in_it(practice, free):
    practice.add("providers", "eva", name="Eva Lund", initials="EL")
    practice.hours("ben", room="Surgery 1")
    practice.hours("eva", weekdays=[1, 3], room="Surgery 1")
    for days in (6, 7, 8):
        practice.appointment(None, in_days=days, provider_id="eva")
    assert [("10:00" in free(on=TUESDAY + timedelta(days=days))) for days in (-1, 0, 1)] == [False, True, False]


# --- Now


def test_what_has_begun_is_not_offered_and_what_begins_now_is(practice, elm, free):
    practice.hours()
    assert free(on=TODAY)[0] == "09:00"
    assert free(on=TODAY, now=NOW + timedelta(seconds=1))[0] == "09:10"
    assert slots.is_free(practice.store, elm, "ben", at(9, on=TODAY), 30, now=NOW)
    assert not slots.is_free(practice.store, elm, "ben", at(9, on=TODAY), 30, now=NOW + timedelta(seconds=1))


# --- The clock


@pytest.mark.parametrize("on", [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)])
def test_at_night_the_hour_that_the_clock_skips_or_repeats_is_not_offered(practice, elm, free, on):
    practice.hours(weekdays=[7], from_time=time(0), to_time=time(4))
    before = datetime(2026, 1, 1, tzinfo=UTC)
    asked = {"on": on, "now": before, "step_minutes": 30}
    assert free(30, **asked) == ["00:00", "00:30", "02:00", "02:30", "03:00", "03:30"]
    assert free(60, **asked) == ["00:00", "02:00", "02:30", "03:00"]
    assert free(90, **asked) == ["02:00", "02:30"]
    assert free(60, **{**asked, "on": on + timedelta(days=7)})[:3] == ["00:00", "00:30", "01:00"]
    for anywhere in (False, True):
        is_free = [
            slots.is_free(
                practice.store, elm, "ben", at(hour, minute, on=on), 30, now=before, is_outside_hours_allowed=anywhere
            )
            for hour, minute in ((0, 30), (0, 40), (1, 0), (1, 50), (2, 0))
        ]
        assert is_free == [True, False, False, False, True]


@pytest.mark.parametrize("on", [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)])
def test_by_day_a_change_of_the_clock_changes_nothing(practice, free, on):
    practice.hours(weekdays=[7], to_time=time(11))
    assert free(60, on=on, now=datetime(2026, 1, 1, tzinfo=UTC), step_minutes=60) == ["09:00", "10:00"]


@pytest.mark.parametrize(
    ("now", "first"),
    [(datetime(2027, 3, 28, 8, tzinfo=UTC), "09:00"), (datetime(2027, 10, 31, 8, tzinfo=UTC), "08:00")],
)
def test_now_is_that_of_the_wall_after_the_change(practice, free, now, first):
    practice.hours(weekdays=[7], from_time=time(7), to_time=time(12))
    assert free(60, on=now.date(), now=now)[0] == first


def test_hours_go_on_until_the_next_day_and_their_break_with_them(practice, free):
    practice.hours(weekdays=[2], from_time=time(22), to_time=time(2), break_from=time(23, 30), break_to=time(0, 30))
    assert free(60, step_minutes=30) == ["22:00", "22:30"]
    assert free(60, on=TUESDAY + timedelta(days=1), step_minutes=30) == ["00:30", "01:00"]
    practice.hours(weekdays=[2], from_time=time(22), to_time=time(3), break_from=time(0, 30), break_to=time(1))
    assert free(60, step_minutes=30) == ["22:00", "22:30", "23:00", "23:30"]
    assert free(60, on=TUESDAY + timedelta(days=1), step_minutes=30) == ["01:00", "01:30", "02:00"]
    practice.hours(weekdays=[2], from_time=time(0), to_time=time(0))
    assert (free(60)[0], free(60)[-1]) == ("00:00", "23:00")


def test_a_time_zone_whose_clock_never_changes_has_no_such_hours():
    assert slots.clock_changes("Asia/Kolkata", date(2026, 1, 1), date(2026, 12, 31)) == []


# --- Outside of the hours


def test_outside_of_the_hours_only_what_is_taken_counts(practice, elm):
    practice.hours(to_time=time(12))
    practice.closed(from_on=TUESDAY)
    practice.add("appointments", patient_id="okafor", starts_at=at(18), minutes=30)
    asked = {"now": NOW, "is_outside_hours_allowed": True}
    times = [at(10), at(17), at(17, 1), at(18, 29), at(18, 30)]
    found = [slots.is_free(practice.store, elm, "ben", begins, 60, **asked) for begins in times]
    assert found == [True, True, False, False, True]
    assert not slots.is_free(practice.store, elm, "ben", at(17), 60, now=NOW)
    assert not slots.is_free(practice.store, elm, "ben", at(8, on=TODAY), 30, **asked)
    assert not slots.is_free(practice.store, elm, "ben", at(10), 0, **asked)


# --- Which visit is wanted


def wanted(practice: SmallPractice, elm: Practice, course: str, **asked: Any) -> slots.Wanted:
    found = slots.wanted(practice.store, elm, course, **{"today": TODAY, **asked})
    assert found
    return found


def test_an_opportunity_that_is_not_there_wants_nothing(practice, elm):
    assert slots.wanted(practice.store, elm, "no such", today=TODAY) is None
    assert slots.wanted(practice.store, elm, practice.course(), planned_visit_id="no such", today=TODAY) is None


def test_a_course_without_planned_visits_wants_its_own_provider_and_no_length(practice, elm):
    found = wanted(practice, elm, practice.course(cot_number="77"))
    assert found == slots.Wanted(
        planned_visit_id=None,
        position=None,
        visits=0,
        provider_id="ben",
        provider="Ben Adeyemi",
        is_online_bookable=True,
        is_bookable=True,
        is_to_book=True,
        minutes=None,
        earliest_on=TODAY,
        patient_id="okafor",
        first_name="Ngozi",
        patient="Okafor, Ngozi",
        cot_number="77",
    )


@pytest.mark.parametrize(
    ("status", "place"), [("booked", 2), ("completed", 2), ("cancelled", 1), ("failed", 1), (None, 1)]
)
def test_the_first_visit_that_is_neither_booked_nor_done_is_wanted(practice, elm, status, place):
    course = practice.course()
    appointment = status and practice.appointment(course, in_days=3, status=status)
    practice.add("planned_visits", "v1", course_id=course, position=1, appointment_id=appointment)
    practice.add("planned_visits", "v2", course_id=course, position=2, provider_id="eva", is_bookable=False, minutes=45)
    practice.add("providers", "eva", name="Eva Lund", initials="EL", is_online_bookable=False)
    found = wanted(practice, elm, course)
    assert (found.planned_visit_id, found.position, found.visits) == (f"v{place}", place, 2)
    other = wanted(practice, elm, course, planned_visit_id="v2")
    assert (other.provider, other.is_online_bookable, other.is_bookable, other.minutes) == (
        "Eva Lund",
        False,
        False,
        45,
    )


@pytest.mark.parametrize(
    ("state", "place"), [("to enter", 2), ("entered", 2), ("conflict", 2), ("confirmed", 2), ("cancelled", 1)]
)
def test_a_visit_that_is_booked_here_is_not_wanted_again(practice, elm, state, place):
    course = practice.course()
    for number in (1, 2):
        practice.add("planned_visits", f"v{number}", course_id=course, position=number)
    own = booking(practice, at(10), state=state, planned_visit_id="v1")
    if state == "confirmed":
        in_pms(practice, own, practice.appointment(None, in_days=7))
    assert wanted(practice, elm, course).position == place
    assert wanted(practice, elm, course, besides_booking=own).position == 1


def in_pms(practice: SmallPractice, booking_id: str, appointment_id: str) -> None:
    """Let a booking be the PMS's appointment."""
    execute(practice, "update bookings set appointment_id = ? where booking_id = ?", appointment_id, booking_id)


def test_a_visit_that_the_pms_had_and_cancelled_is_wanted_again(practice, elm):
    course = practice.course()
    practice.add("planned_visits", "v1", course_id=course)
    own = booking(practice, at(10), state="confirmed", planned_visit_id="v1", opportunity_id=course)
    in_pms(practice, own, practice.appointment(None, in_days=7, status="cancelled"))
    assert wanted(practice, elm, course).planned_visit_id == "v1"


@pytest.mark.parametrize(("days", "place"), [(-1, 1), (0, 2)])
@pytest.mark.parametrize("state", ["to enter", "entered", "conflict"])
def test_a_visit_whose_day_passed_before_any_import_had_it_is_wanted_again(practice, elm, state, days, place):
    course = practice.course()
    for number in (1, 2):
        practice.add("planned_visits", f"v{number}", course_id=course, position=number)
    booking(practice, at(10, on=TODAY + timedelta(days=days)), state=state, planned_visit_id="v1")
    assert wanted(practice, elm, course).position == place


@pytest.mark.parametrize(
    ("days", "interval", "earliest_in"), [(3, 14, 17), (3, None, 3), (-20, 14, 0), (-14, 14, 0), (-13, 14, 1)]
)
@pytest.mark.parametrize("kind", ["appointment", "booking"])
def test_a_visit_is_not_sooner_after_the_one_before_it_than_its_interval(
    practice, elm, kind, days, interval, earliest_in
):
    course = practice.course()
    appointment = None
    if kind == "appointment":
        status = "booked" if days > 0 else "completed"
        appointment = practice.appointment(course, in_days=days, status=status)
    else:
        booking(practice, at(10, on=TODAY + timedelta(days=days)), planned_visit_id="v1")
    practice.add("planned_visits", "v1", course_id=course, position=1, appointment_id=appointment)
    practice.add("planned_visits", "v2", course_id=course, position=2, interval_days=interval)
    found = wanted(practice, elm, course, planned_visit_id="v2")
    assert found.earliest_on == TODAY + timedelta(days=earliest_in)


def test_an_interval_without_a_visit_before_it_holds_nothing_back(practice, elm):
    course = practice.course()
    practice.add("planned_visits", "v1", course_id=course, position=1, interval_days=30)
    practice.add("planned_visits", "v2", course_id=course, position=2, interval_days=30)
    assert wanted(practice, elm, course).earliest_on == TODAY
    assert wanted(practice, elm, course, planned_visit_id="v2").earliest_on == TODAY


@pytest.mark.parametrize("completed_on", [None, TODAY - timedelta(days=30)])
def test_of_a_pathway_the_course_that_goes_on_is_wanted(practice, elm, completed_on):
    chain = {"pathway": "pathway 1", "days_ago": 60}
    first = practice.course(claim_number=1, completed_on=completed_on, **chain)
    second = practice.course(claim_number=2, cot_number="2", **chain)
    practice.add("planned_visits", "old", course_id=first)
    practice.add("planned_visits", "new", course_id=second)
    assert wanted(practice, elm, first).planned_visit_id == "new"


# --- The book


def test_the_book_shows_every_block_of_a_day_in_its_order(practice, elm):
    practice.hours(break_from=time(13), break_to=time(14))
    course = practice.course(cot_number="77")
    practice.appointment(course, in_days=7)
    practice.appointment(None, in_days=7, status="cancelled")
    own = booking(practice, at(11), opportunity_id=course)
    hold(practice, at(12), until=NOW + timedelta(minutes=5))
    practice.closed("ben", from_on=TUESDAY, from_time=time(16), to_time=time(18), reason="Course")
    rows = slots.week(practice.store, elm, ["ben"], from_on=TUESDAY, to_on=TUESDAY, actor=SYSTEM, now=NOW)
    shown = [(f"{row['from_at']:%H:%M}", f"{row['to_at']:%H:%M}", row["kind"], row["label"]) for row in rows.to_dicts()]
    assert shown == [
        ("09:00", "10:00", "free", None),
        ("10:00", "10:30", "appointment", "COT 77"),
        ("10:30", "11:00", "free", None),
        ("11:00", "11:30", "booking", "COT 77"),
        ("11:30", "12:00", "free", None),
        ("12:00", "12:30", "held", "A patient is confirming this time"),
        ("12:30", "13:00", "free", None),
        ("13:00", "14:00", "break", "Break"),
        ("14:00", "16:00", "free", None),
        ("16:00", "17:30", "away", "Course"),
    ]
    assert set(rows["day"]) == {TUESDAY}
    assert rows.filter(kind="booking").select("patient", "booking_id", "state").rows() == [
        ("Okafor, Ngozi", own, "to enter")
    ]


def test_a_booking_that_the_pms_has_is_shown_as_its_appointment(practice, elm):
    practice.hours()
    own = booking(practice, at(10), state="confirmed")
    in_pms(practice, own, practice.appointment(None, in_days=7))
    rows = slots.week(practice.store, elm, ["ben"], from_on=TUESDAY, to_on=TUESDAY, actor=SYSTEM, now=NOW)
    assert rows.filter(rows["kind"] != "free").select("kind", "booking_id").rows() == [("appointment", own)]


def test_the_book_says_when_somebody_else_is_in_the_room(practice, elm):
    practice.add("providers", "eva", name="Eva Lund", initials="EL")
    practice.hours("ben", to_time=time(12), room="Surgery 1")
    practice.hours("eva", to_time=time(12), room="Surgery 1")
    practice.appointment(None, in_days=7, provider_id="eva")
    practice.appointment(None, in_days=7, provider_id="eva", minutes=150)
    rows = slots.week(practice.store, elm, ["ben"], from_on=TUESDAY, to_on=TUESDAY, actor=SYSTEM, now=NOW)
    assert [(f"{row['from_at']:%H:%M}", f"{row['to_at']:%H:%M}", row["kind"]) for row in rows.to_dicts()] == [
        ("09:00", "10:00", "free"),
        ("10:00", "10:30", "room"),
        ("10:00", "12:00", "room"),
    ]
    assert set(rows.filter(kind="room")["label"]) == {"Room in use"}

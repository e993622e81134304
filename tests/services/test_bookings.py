"""Visits booked here: the opportunity is booked while one is live, and comes back by itself when it is not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from icalendar import Calendar

from queries import workflow
from queries.store import Store
from services import actions, audit_words, bookings, care, history, integrity, practices, timeline, to_enter
from services.actions import Chosen, Outcome
from services.actors import Role
from services.errors import InvalidRequest
from services.practices import Practice
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice
from tests.replay import replayed
from tests.staff import person

AT = datetime(2026, 12, 1, 10)
GIVEN = {"actor": SYSTEM, "now": NOW, "today": TODAY}


class Booker:
    """One who books and thinks better of it, a line each."""

    def __init__(self, practice: SmallPractice) -> None:
        self.practice, self.store, self.presses = practice, practice.store, 0

    @property
    def own(self) -> Practice:
        """The practice as the services take it."""
        return next(one for one in practices.all_practices(self.store) if one.practice_id == self.practice.id)

    def _press(self, **given: Any) -> dict[str, Any]:
        self.presses += 1
        return {**GIVEN, "action_id": f"press {self.presses}", **given}

    def books(self, course: str, at: datetime = AT, *, visit: str | None = None, **given: Any) -> Outcome:
        """Book half an hour with Ben."""
        version = given.pop("version", None)
        asked = {"planned_visit_id": visit, "provider_id": "ben", "starts_at": at, "minutes": 30, **given}
        chosen = Chosen(self.practice.id, course, version)
        return bookings.book(self.store, chosen, **self._press(**{"is_outside_hours_allowed": True, **asked}))

    def does(self, service: Any, *args: Any, **given: Any) -> Outcome:
        """Press a button about bookings of the practice."""
        outcome: Outcome = service(self.store, self.own, *args, **self._press(**given))
        return outcome

    def acts(self, service: Any, course: str, **given: Any) -> Outcome:
        """Press a button about an opportunity."""
        outcome: Outcome = service(self.store, [Chosen(self.practice.id, course, None)], **self._press(**given))
        return outcome

    def moves(self, at: datetime, **given: Any) -> Outcome:
        """Give the first booking another time."""
        one = self.all()[0]
        asked = {"provider_id": "ben", "starts_at": at, "minutes": 30, "version": one["version"], **given}
        return self.does(bookings.move, one["booking_id"], is_outside_hours_allowed=True, **asked)

    def cancels(self, **given: Any) -> Outcome:
        """Cancel the first booking."""
        one = self.all()[0]
        return self.does(bookings.cancel, one["booking_id"], **{"version": one["version"], **given})

    def undoes(self, outcome: Outcome) -> Outcome:
        """Press Undo."""
        return care.undo(self.store, [self.practice.id], outcome.action_id, **self._press())

    def all(self) -> list[dict[str, Any]]:
        """Every booking, the first made first."""
        states = tuple(bookings.booking_steps.STATES)
        rows = to_enter.waiting(self.store, [self.own], actor=SYSTEM, today=TODAY, states=states)
        return sorted(rows.to_dicts(), key=lambda row: row["made_at"])

    def state(self) -> str:
        """The state of the first booking."""
        return str(self.all()[0]["state"])

    def booked_on(self, course: str) -> date | None:
        """The day until which an opportunity is booked."""
        states = workflow.states(self.store, self.practice.id).to_dicts()
        return next((one["booked_on"] for one in states if one["opportunity_id"] == course), None)


@pytest.fixture
def desk(practice: SmallPractice) -> Booker:
    """Somebody at the desk of the small practice."""
    return Booker(practice)


@pytest.fixture(autouse=True)
def _whole(store: Store) -> Any:
    """Whatever was done, opportunities are booked as long as their bookings, and history says the same."""
    yield
    assert integrity.faults(store) == []
    events = store._connection.sql("select * from events where opportunity_id is not null").pl()
    told = replayed(events)
    for row in store._connection.sql("select practice_id, opportunity_id, booked_on from care_states").pl().to_dicts():
        assert told[row["practice_id"], row["opportunity_id"]].get("booked_on") == row["booked_on"]


# --- Book


def test_a_visit_booked_here_is_to_be_entered_and_books_its_opportunity(practice, desk):
    course = practice.course()
    visit = practice.add("planned_visits", course_id=course)
    outcome = desk.books(course, visit=visit, version=0)
    assert outcome.said == "1 opportunity of 1 patient booked for 1 Dec 2026 at 10:00 with Ben Adeyemi."
    (one,) = desk.all()
    assert (one["state"], one["starts_at"], one["position"], one["made_by"]) == ("to enter", AT, 1, SYSTEM.user_id)
    assert desk.booked_on(course) == AT.date()
    entry = timeline.of_patient(practice.store, desk.own, "okafor", actor=SYSTEM)[0]
    assert entry.what == "Booked for 1 Dec 2026 at 10:00 with Ben Adeyemi"


def test_pressed_twice_it_is_booked_once(practice, desk):
    course = practice.course()
    desk.books(course, action_id="once")
    assert desk.books(course, action_id="once").is_repeat
    assert len(desk.all()) == 1


def test_on_an_old_screen_nothing_is_booked(practice, desk):
    course = practice.course()
    desk.acts(care.snooze, course, until=TODAY + timedelta(days=3))
    outcome = desk.books(course, version=0)
    assert (outcome.opportunities, len(outcome.left), desk.all()) == (0, 1, [])


@pytest.mark.parametrize("minutes_later", [-29, 0, 29])
def test_what_overlaps_is_refused_and_nothing_of_it_is_kept(practice, desk, minutes_later):
    desk.books(practice.course())
    other = practice.course()
    with pytest.raises(bookings.SlotTaken, match="not free any more"):
        desk.books(other, AT + timedelta(minutes=minutes_later))
    assert desk.booked_on(other) is None


@pytest.mark.parametrize("minutes_later", [-30, 30])
def test_what_touches_is_not(practice, desk, minutes_later):
    desk.books(practice.course())
    assert desk.books(practice.course(), AT + timedelta(minutes=minutes_later)).opportunities == 1


@pytest.mark.parametrize(
    "given",
    [
        {"at": datetime(2026, 11, 24, 8, 59)},
        {"at": datetime(2028, 11, 24, 10)},
        {"minutes": 0},
        {"minutes": 481},
        {"provider_id": "ghost"},
        {"visit": "ghost"},
        {"is_outside_hours_allowed": False},
    ],
)
def test_what_cannot_be_is_refused(practice, desk, given):
    with pytest.raises(InvalidRequest, match="Nothing was booked"):
        desk.books(practice.course(), **given)
    assert desk.all() == []


def test_within_the_hours_nothing_need_be_allowed(practice, desk):
    practice.hours()
    assert desk.books(practice.course(), is_outside_hours_allowed=False).opportunities == 1


def test_a_visit_is_booked_once_and_not_when_the_pms_has_it(practice, desk):
    course = practice.course()
    first, second = (practice.add("planned_visits", course_id=course, position=n) for n in (1, 2))
    desk.books(course, visit=first)
    with pytest.raises(InvalidRequest, match="booked already, for 1 Dec 2026 at 10:00"):
        desk.books(course, AT + timedelta(days=1), visit=first)
    practice.add("planned_visits", second, course_id=course, appointment_id=practice.appointment(None, in_days=100))
    with pytest.raises(InvalidRequest, match="in the PMS already, for 4 Mar 2027 at 10:00"):
        desk.books(course, AT + timedelta(days=1), visit=second)


def test_one_whose_day_passed_unconfirmed_gives_way_to_a_new_one(practice, desk):
    course = practice.course()
    desk.books(course)
    later = {"now": NOW + timedelta(days=8), "today": AT.date() + timedelta(days=1)}
    desk.books(course, AT + timedelta(days=9), **later)
    assert [one["state"] for one in desk.all()] == ["cancelled", "to enter"]


def test_two_visits_of_a_course_book_it_until_the_later(practice, desk):
    course = practice.course()
    visits = [practice.add("planned_visits", course_id=course, position=n) for n in (1, 2)]
    first = desk.books(course, AT + timedelta(days=7), visit=visits[0])
    desk.books(course, visit=visits[1], now=NOW + timedelta(minutes=1))
    assert desk.booked_on(course) == AT.date() + timedelta(days=7)
    desk.undoes(first)
    assert desk.booked_on(course) == AT.date()
    assert [one["state"] for one in desk.all()] == ["cancelled", "to enter"]


def test_what_is_told_to_be_in_the_pms_leaves_what_is_booked_here(practice, desk):
    course = practice.course()
    desk.books(course)
    desk.acts(care.book, course, visit_on=TODAY)
    assert desk.booked_on(course) == AT.date()


# --- Move and cancel


def test_a_moved_visit_takes_its_opportunity_with_it(practice, desk):
    course = practice.course()
    desk.books(course)
    outcome = desk.moves(AT + timedelta(days=1, minutes=15))
    assert outcome.said == "1 opportunity of 1 patient moved to 2 Dec 2026 at 10:15 with Ben Adeyemi."
    assert desk.booked_on(course) == date(2026, 12, 2)
    assert desk.books(practice.course()).opportunities == 1


def test_a_visit_can_be_moved_by_a_little_and_must_be_entered_again(practice, desk):
    desk.books(practice.course())
    desk.does(to_enter.tick_off, [desk.all()[0]["booking_id"]])
    desk.moves(AT + timedelta(minutes=10))
    assert desk.state() == "to enter"


def test_it_is_not_moved_to_where_somebody_is(practice, desk):
    desk.books(practice.course())
    desk.books(practice.course(), AT + timedelta(hours=1))
    with pytest.raises(bookings.SlotTaken):
        desk.moves(AT + timedelta(hours=1))


def test_a_cancelled_visit_brings_its_opportunity_back(practice, desk):
    course = practice.course()
    desk.books(course)
    desk.cancels(note="Rang to cancel.")
    assert (desk.state(), desk.booked_on(course)) == ("cancelled", None)
    with pytest.raises(InvalidRequest, match="This visit is cancelled"):
        desk.cancels()
    assert desk.books(practice.course()).opportunities == 1


def test_what_somebody_changed_since_is_neither_moved_nor_cancelled(practice, desk):
    desk.books(practice.course())
    desk.moves(AT + timedelta(hours=1))
    for press in (desk.cancels, lambda version: desk.moves(AT, version=version)):
        with pytest.raises(InvalidRequest, match="after you saw it"):
            press(version=1)


@pytest.mark.parametrize(
    ("service", "given"), [(care.reject, {"reason": "cost"}), (care.restore, {}), (bookings.cancel, None)]
)
def test_whatever_ends_a_booking_frees_its_time_and_its_undo_puts_it_back(practice, desk, service, given):
    course = practice.course()
    desk.books(course)
    ended = desk.cancels() if given is None else desk.acts(service, course, **given)
    assert (desk.state(), desk.booked_on(course)) == ("cancelled", None)
    desk.undoes(ended)
    assert (desk.state(), desk.booked_on(course)) == ("to enter", AT.date())


def test_it_is_not_put_back_where_somebody_is_by_now(practice, desk):
    course = practice.course()
    desk.books(course)
    ended = desk.cancels()
    desk.books(practice.course(), now=NOW + timedelta(minutes=1))
    outcome = desk.undoes(ended)
    assert outcome.left[0].why == "1 Dec 2026 at 10:00 is not free any more."
    assert (desk.state(), desk.booked_on(course)) == ("cancelled", None)


def test_undo_of_each_step_is_what_was_before(practice, desk):
    course = practice.course()
    booked = desk.books(course)
    moved = desk.moves(AT + timedelta(days=2))
    ticked = desk.does(to_enter.tick_off, [desk.all()[0]["booking_id"]])
    assert desk.undoes(booked).left[0].why == "it was changed again since."
    desk.undoes(ticked)
    assert desk.state() == "to enter"
    desk.undoes(moved)
    assert desk.all()[0]["starts_at"] == AT
    desk.undoes(booked)
    assert (desk.state(), desk.booked_on(course)) == ("cancelled", None)


def test_what_was_ticked_off_is_not_undone_behind_the_pms(practice, desk):
    booked = desk.books(practice.course())
    desk.does(to_enter.tick_off, [desk.all()[0]["booking_id"]])
    assert desk.undoes(booked).left[0].why == "its visit was changed again since."


def test_the_timeline_and_the_audit_tell_what_became_of_a_visit(practice, desk, store):
    desk.books(practice.course())
    desk.moves(AT + timedelta(minutes=30))
    ids = [desk.all()[0]["booking_id"]]
    desk.does(to_enter.tick_off, ids)
    desk.does(to_enter.untick, ids)
    desk.cancels()
    assert [one.what for one in timeline.of_patient(store, desk.own, "okafor", actor=SYSTEM)] == [
        "Visit on 1 Dec 2026 at 10:30 cancelled",
        "Visit on 1 Dec 2026 at 10:30 not entered in the PMS after all",
        "Visit on 1 Dec 2026 at 10:30 ticked off as entered in the PMS",
        "Visit moved to 1 Dec 2026 at 10:30 with Ben Adeyemi (was 1 Dec 2026 at 10:00)",
        "Booked for 1 Dec 2026 at 10:00 with Ben Adeyemi",
    ]
    rows = history.search(store, [desk.own], actor=SYSTEM, kinds=["booked", "booking moved", "booking cancelled"])
    assert audit_words.table_of(store, [desk.own], rows)["details"].to_list() == [
        "COT 1: booking to enter → cancelled",
        "COT 1: on 1 Dec 2026 at 10:00 → 1 Dec 2026 at 10:30",
        "COT 1: with BA – Ben Adeyemi; on 1 Dec 2026 at 10:00; minutes 30; booking to enter",
    ]


# --- The list


def test_the_list_is_ticked_off_and_unticked(practice, desk):
    desk.books(practice.course())
    ids = [desk.all()[0]["booking_id"]]
    assert desk.does(to_enter.untick, ids).left[0].why == "its visit is not ticked off: to enter in the pms."
    assert desk.does(to_enter.tick_off, ids).opportunities == 1
    assert desk.state() == "entered"
    assert desk.does(to_enter.tick_off, ids).opportunities == 0
    desk.does(to_enter.untick, ids)
    assert desk.state() == "to enter"


def test_one_whose_day_has_passed_is_asked_about(practice, desk):
    desk.books(practice.course())
    rows = to_enter.waiting(practice.store, [desk.own], actor=SYSTEM, today=AT.date() + timedelta(days=1))
    assert rows["state_text"].to_list() == ["The day has passed: was it entered?"]


def test_bookings_of_another_practice_are_nobodys_business(practice, desk, store):
    desk.books(practice.course())
    other = Booker(SmallPractice(store, "Oak Lane"))
    with pytest.raises(InvalidRequest, match="No visit was chosen"):
        other.does(to_enter.tick_off, [desk.all()[0]["booking_id"]], action_id="other")


def test_files_of_the_list_name_each_visit_and_are_recorded(practice, desk, store):
    manager = person(store, "tom", practice.id, role=Role.MANAGER)
    desk.books(practice.course())
    desk.books(practice.course(), datetime(2027, 4, 1, 9, 30))
    given = {"actor": manager, "now": NOW, "today": TODAY}
    lines = to_enter.csv(store, desk.own, **given).decode("utf-8-sig").splitlines()
    assert lines[1].startswith("2026-12-01,10:00,30,Ben Adeyemi,okafor,")
    calendar = Calendar.from_ical(to_enter.calendar(store, desk.own, **given))
    found = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
    first, second = (found[one["booking_id"]] for one in desk.all())
    assert [one.decoded("dtstart").isoformat() for one in (first, second)] == [
        "2026-12-01T10:00:00+00:00",
        "2027-04-01T09:30:00+01:00",
    ]
    assert str(first["summary"]) == "Okafor, Ngozi with Ben Adeyemi"
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/London"]
    taken = history.search(store, [desk.own], actor=manager, kinds=["exported"])
    assert taken["note"].to_list() == ["2 visits to enter in the PMS"] * 2


def test_the_patients_own_file_says_nothing_about_them(practice, desk, store):
    desk.books(practice.course())
    with store.reading() as reading:
        booking = bookings.find(reading, desk.all()[0]["booking_id"])
    text = bookings.visit_calendar(booking, desk.own, now=NOW).decode()
    assert "SUMMARY:Elm Road: visit with Ben Adeyemi" in text
    assert "Okafor" not in text
    assert "Ngozi" not in text


# --- Many at once


def test_of_twenty_who_want_the_same_time_one_gets_it(practice, desk, store):
    courses = [practice.course() for _ in range(20)]

    def take(n: int) -> str:
        """Half of them at the desk, half as patients do."""
        given = {"provider_id": "ben", "starts_at": AT + timedelta(minutes=n % 3 * 10), "minutes": 30}
        try:
            if n % 2:
                desk.books(courses[n], given["starts_at"], action_id=f"desk {n}")
            else:
                with actions.on_fresh_list(store, [practice.id], today=TODAY) as tx:
                    bookings.take(
                        tx, desk.own, courses[n], planned_visit_id=None, **given, **GIVEN, action_id=f"patient {n}"
                    )
        except bookings.SlotTaken:
            return "taken"
        return "booked"

    practice.hours()
    with ThreadPoolExecutor(20) as threads:
        came = list(threads.map(take, range(20)))
    assert sorted(came) == ["booked"] + ["taken"] * 19
    assert len(desk.all()) == 1
    assert sum(desk.booked_on(course) is not None for course in courses) == 1


def test_eight_who_move_to_each_others_times_never_overlap(practice, desk):
    for n in range(8):
        desk.books(practice.course(), AT + timedelta(hours=n))
    ids = [one["booking_id"] for one in desk.all()]

    def move(n: int) -> None:
        """Move one to where the next one is, or a little beside it."""
        at = AT + timedelta(hours=(n + 1) % 8, minutes=n % 3 * 15)
        given = {"provider_id": "ben", "starts_at": at, "minutes": 30, "version": 1, "is_outside_hours_allowed": True}
        try:
            bookings.move(desk.store, desk.own, ids[n], **given, **GIVEN, action_id=f"move {n}")
        except InvalidRequest:
            return

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(move, range(8)))
    times = sorted(one["starts_at"] for one in desk.all())
    assert len(times) == 8
    assert all(later - earlier >= timedelta(minutes=30) for earlier, later in pairwise(times))


def test_undo_brings_no_visit_back_to_what_was_rejected_since(practice, store):
    course = practice.course()
    practice.hours()
    chosen = [Chosen(practice.id, course, None)]
    when: dict[str, Any] = {"actor": SYSTEM, "now": NOW, "today": TODAY}
    at = datetime(2026, 12, 1, 10)
    asked = {"planned_visit_id": None, "provider_id": "ben", "starts_at": at, "minutes": 30}
    bookings.book(store, chosen[0], **asked, action_id="book", **when)
    care.restore(store, chosen, action_id="restore", **when)
    care.reject(store, chosen, reason="cost", action_id="reject", **when)
    outcome = care.undo(store, [practice.id], "restore", action_id="undo", **when)
    assert "it was rejected since." in str(outcome.left[0])
    assert store._connection.execute("select state from bookings").fetchall() == [("cancelled",)]
    assert integrity.faults(store) == []

"""What is kept of each day: it follows the day while it lasts, and stands still once it is over."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from queries import bookings as booking_queries
from queries import practices as practice_queries
from queries.store import Store
from services import bookings, care, history, practices, sequences, snapshots
from services.actions import Chosen, Outcome
from services.snapshots import Looks
from services.worker import Worker
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice

KEPT = ("spells", "spell_steps", "daily_figures", "daily_totals")


class Days:
    """A small practice day by day: day 0 is TODAY."""

    def __init__(self, practice: SmallPractice) -> None:
        self.practice, self.store, self.presses = practice, practice.store, 0

    def look(self, day: int, *, hours: int = 0) -> None:
        """Look at the list of a day."""
        practice = next(one for one in practices.all_practices(self.store) if one.practice_id == self.practice.id)
        now = NOW + timedelta(days=day, hours=hours)
        snapshots.take(self.store, practice, now=now, today=TODAY + timedelta(days=day))

    def does(self, service: Any, course_id: str, *args: Any, day: int, **given: Any) -> Outcome:
        """Do something about an opportunity on a day."""
        self.presses += 1
        chosen = [Chosen(self.practice.id, course_id, None)]
        when = {"now": NOW + timedelta(days=day), "today": TODAY + timedelta(days=day)}
        outcome: Outcome = service(
            self.store, chosen, *args, actor=SYSTEM, action_id=f"{self.practice.id} {self.presses}", **{**when, **given}
        )
        return outcome

    def undoes(self, outcome: Outcome, *, day: int) -> None:
        """Undo something on a day."""
        when = {"now": NOW + timedelta(days=day), "today": TODAY + timedelta(days=day)}
        care.undo(
            self.store,
            [self.practice.id],
            outcome.action_id,
            actor=SYSTEM,
            action_id=f"undo {outcome.action_id}",
            **when,
        )

    def books(self, course_id: str, hour: int, *, day: int) -> Outcome:
        """Book a visit here with Ben, so many hours after midnight in three weeks."""
        at = datetime(TODAY.year, TODAY.month, TODAY.day) + timedelta(days=21, hours=hour)
        given = {"provider_id": "ben", "starts_at": at, "minutes": 30, "planned_visit_id": None}
        return self.does(_book_one, course_id, day=day, **given, is_outside_hours_allowed=True)

    def cancels(self, course_id: str, *, day: int) -> Outcome:
        """Give up the visit of a course that is booked here."""
        return self._press(bookings.cancel, course_id, day=day)

    def moves(self, course_id: str, hour: int, *, day: int) -> Outcome:
        """Give the visit of a course another hour of its day."""
        at = datetime(TODAY.year, TODAY.month, TODAY.day) + timedelta(days=21, hours=hour)
        given = {"provider_id": "ben", "starts_at": at, "minutes": 30, "is_outside_hours_allowed": True}
        return self._press(bookings.move, course_id, day=day, **given)

    def _press(self, service: Any, course_id: str, *, day: int, **given: Any) -> Outcome:
        self.presses += 1
        with self.store.reading() as reading:
            (booking,) = booking_queries.live_of(reading, [self.practice.id], [course_id]).to_dicts()
        practice = next(one for one in practices.all_practices(self.store) if one.practice_id == self.practice.id)
        when = {"now": NOW + timedelta(days=day, minutes=self.presses), "today": TODAY + timedelta(days=day)}
        outcome: Outcome = service(
            self.store,
            practice,
            booking["booking_id"],
            version=booking["version"],
            actor=SYSTEM,
            action_id=f"{self.practice.id} {self.presses}",
            **when,
            **given,
        )
        return outcome

    def change(self, table: str, id_: str, **facts: Any) -> None:
        """Change a row of the PMS, as an import would."""
        kept = self.rows(table).filter(pl.col(f"{table[:-1]}_id") == id_).drop("practice_id").to_dicts()[0]
        self.practice.add(
            table, id_, **{name: value for name, value in {**kept, **facts}.items() if name != _id(table)}
        )

    def rows(self, table: str) -> pl.DataFrame:
        """All rows of a table that are the practice's."""
        return rows(self.store, table).filter(pl.col("practice_id") == self.practice.id)

    def steps(self) -> list[tuple[str, str, int]]:
        """Which step each course took on which day."""
        kept = self.rows("spell_steps").sort("day", "step", "opportunity_id")
        return [
            (course, step, (day - TODAY).days)
            for course, step, day in kept["opportunity_id", "step", "day"].iter_rows()
        ]

    def spells(self) -> list[tuple[str, int, int | None, str | None]]:
        """From which day until which each course was listed, and why it went."""
        kept = self.rows("spells").sort("listed_from", "opportunity_id")
        return [
            (course, (first - TODAY).days, (to - TODAY).days if to else None, why)
            for course, first, to, why in kept["opportunity_id", "listed_from", "listed_to", "left_why"].iter_rows()
        ]


def _book_one(store: Store, chosen: list[Chosen], **given: Any) -> Outcome:
    return bookings.book(store, chosen[0], **given)


def _id(table: str) -> str:
    return f"{table[:-1]}_id"


def rows(store: Store, table: str) -> pl.DataFrame:
    """All rows of a table of the store."""
    with store.reading() as reading:
        found: pl.DataFrame = reading._cursor.sql(f"from {table}").pl()
    return found


@pytest.fixture(scope="module")
def shared() -> Iterator[Store]:
    """One store for this module: each test has a practice of its own in it."""
    store = Store(now=NOW)
    yield store
    store.close()


@pytest.fixture
def days(shared: Store) -> Days:
    """A small practice, day by day."""
    return Days(SmallPractice(shared, f"Elm Road {len(practices.all_practices(shared)) + 1}"))


@pytest.fixture
def alone(practice: SmallPractice) -> Days:
    """As days, in a store without any other practice."""
    return Days(practice)


# --- Spells


def test_an_opportunity_is_listed_from_the_day_on_which_it_is_seen_until_the_day_on_which_it_is_not(days):
    old, new = days.practice.course(), days.practice.course(days_ago=-1)
    days.look(0)
    days.look(1)
    days.look(2)
    days.practice.appointment(old, in_days=30)
    days.look(3)
    assert days.spells() == [(old, 0, 3, "booked"), (new, 2, None, None)]


def test_when_history_begins_only_what_leaves_the_days_of_grace_then_is_known_to_be_new(days):
    days.practice.course()
    fresh = days.practice.course(days_ago=1)
    days.look(0)
    later = days.practice.course()
    days.look(1)
    is_known = dict(days.rows("spells")["opportunity_id", "is_start_known"].iter_rows())
    assert {course for course, known in is_known.items() if known} == {fresh, later}


def test_a_spell_says_why_it_ended(days):
    days.practice.add("patients", "adams")
    cases: dict[str, tuple[str, dict[str, Any]]] = {
        "deleted": ("courses", {"is_deleted": True}),
        "absent": ("courses", {"absent_since": TODAY}),
        "completed": ("courses", {"completed_on": TODAY + timedelta(days=1)}),
        "patient_inactive": ("patients", {"is_active": False}),
        "nothing_left": ("treatment_items", {"completed_on": TODAY}),
        "expired": ("courses", {"opened_on": TODAY - timedelta(days=365)}),
    }
    items = {}
    for why in cases:
        patient = "adams" if why == "patient_inactive" else "okafor"
        items[why] = days.practice.item(days.practice.course(course_id=why, patient=patient, item=False))
    days.look(0)
    for why, (table, facts) in cases.items():
        id_ = {"courses": why, "patients": "adams", "treatment_items": items[why]}[table]
        days.change(table, id_, **facts)
    days.look(1)
    assert days.spells() == [(why, 0, 1, why) for why in sorted(cases)]


def test_a_course_that_is_not_in_the_store_any_more_is_absent(days):
    course = days.practice.course()
    days.look(0)
    with days.store.transaction() as tx:
        tx.execute("pms/remove_all_courses", practice_id=days.practice.id)
        practice_queries.raise_revision(tx, days.practice.id)
    days.look(1)
    assert days.spells() == [(course, 0, 1, "absent")]


def test_what_goes_and_comes_back_on_one_day_was_listed_all_along(days):
    course = days.practice.course()
    days.look(0)
    visit = days.practice.appointment(course, in_days=10)
    days.look(1)
    assert days.spells() == [(course, 0, 1, "booked")]
    assert days.steps() == [(course, "booked", 1)]
    days.change("appointments", visit, status="cancelled")
    days.look(1, hours=1)
    assert days.spells() == [(course, 0, None, None)]
    assert days.steps() == []


def test_what_comes_back_on_a_later_day_is_listed_a_second_time(days):
    course = days.practice.course()
    days.look(0)
    visit = days.practice.appointment(course, in_days=10)
    days.look(1)
    days.change("appointments", visit, status="cancelled")
    days.look(2)
    assert days.spells() == [(course, 0, 1, "booked"), (course, 2, None, None)]
    assert days.steps() == [(course, "booked", 1)]


def test_a_spell_has_the_value_of_its_first_day_and_of_its_last(days):
    course = days.practice.course()
    days.look(0)
    days.practice.item(course, price_pence=1_000)
    days.look(0, hours=1)
    days.practice.item(course, price_pence=500)
    days.look(1)
    days.practice.appointment(course, in_days=30)
    days.practice.item(course, price_pence=9_999)
    days.look(2)
    kept = days.rows("spells").row(0, named=True)
    assert (kept["first_value_pence"], kept["last_value_pence"]) == (43_000, 43_500)
    assert days.rows("spell_steps")["value_pence"].to_list() == [43_500]


# --- Steps


def test_each_day_of_contact_counts_and_the_first_of_anything_else(days):
    course = days.practice.course()
    days.look(0)
    for day in (0, 0, 1, 3):
        days.does(care.attempt, course, "spoke", day=day)
    days.does(care.reject, course, reason="cost", day=3)
    days.does(care.restore, course, day=4)
    days.does(care.reject, course, reason="cost", day=5)
    for day in (1, 2, 3, 4, 5):
        days.look(day)
    assert days.steps() == [
        (course, "contacted", 0),
        (course, "contacted", 1),
        (course, "contacted", 3),
        (course, "rejected", 3),
    ]


def test_what_was_done_after_the_last_look_of_a_day_belongs_to_that_day(days):
    course = days.practice.course()
    days.look(0)
    days.does(care.attempt, course, "spoke", day=0, now=NOW + timedelta(hours=14, minutes=30))
    days.practice.item(course, price_pence=1_000)
    days.look(2)
    assert days.steps() == [(course, "contacted", 0)]
    assert days.rows("spell_steps")["value_pence"].to_list() == [42_000]


def test_days_are_those_of_the_practice(days):
    summer = date(2026, 7, 1)
    course = days.practice.course(days_ago=(TODAY - summer).days + 30)
    to_summer = (summer - TODAY).days
    days.look(to_summer)
    days.does(care.attempt, course, "spoke", day=to_summer, now=datetime.fromisoformat("2026-07-01T23:30:00Z"))
    days.look(to_summer + 1)
    assert [day for _, _, day in days.steps()] == [to_summer + 1]


def test_what_is_undone_on_its_day_did_not_happen_and_later_it_did(days):
    taken_back, kept = days.practice.course(), days.practice.course()
    spoken = [days.does(care.attempt, course, "spoke", day=0) for course in (taken_back, kept)]
    days.look(0)
    days.undoes(spoken[0], day=0)
    days.look(0, hours=1)
    late = days.practice.course()
    days.look(0, hours=2)
    spoken.append(days.does(care.attempt, late, "spoke", day=0))
    for outcome in spoken[1:]:
        days.undoes(outcome, day=1)
    days.look(1)
    days.look(2)
    assert days.steps() == [(kept, "contacted", 0), (late, "contacted", 0)]


def test_a_booking_that_a_person_tells_and_an_import_confirms_is_one(days):
    course = days.practice.course()
    days.look(0)
    days.does(care.book, course, visit_on=TODAY + timedelta(days=20), day=1)
    days.look(1)
    days.practice.appointment(course, in_days=20)
    days.look(3)
    assert days.spells() == [(course, 0, 3, "booked")]
    assert days.steps() == [(course, "booked", 1)]


def test_a_visit_booked_here_counts_once_however_it_is_moved_and_not_when_it_is_given_up_on_its_day(days):
    given_up, restored, returned, again, moved, later, anew = courses = [days.practice.course() for _ in range(7)]
    days.look(0)
    for hour, course in enumerate(courses):
        days.books(course, hour, day=0)
    days.look(0, hours=1)
    assert len(days.steps()) == len(courses)
    days.cancels(given_up, day=0)
    days.does(care.restore, restored, day=0)
    with days.store.transaction() as tx:  # As an import leaves it that had the visit, and has it no more.
        history.record(tx, "returned", by="system", now=NOW, practice_id=days.practice.id, opportunity_id=returned)
    days.undoes(days.cancels(again, day=0), day=0)
    days.moves(moved, 9, day=0)
    days.look(0, hours=2)
    days.moves(moved, 10, day=1)
    days.cancels(later, day=1)
    days.look(2)
    days.practice.appointment(moved, in_days=20)
    days.cancels(anew, day=2)
    days.books(anew, 11, day=2)
    days.look(3)
    assert days.steps() == [(course, "booked", 0) for course in sorted((again, moved, later, anew))]
    assert (moved, 0, 3, "booked") in days.spells()


def test_a_booked_course_is_completed_on_the_day_on_which_that_is_seen(days):
    course = days.practice.course()
    days.look(0)
    visit = days.practice.appointment(course, in_days=3)
    days.look(1)
    days.change("appointments", visit, status="completed")
    days.change("courses", course, completed_on=TODAY + timedelta(days=3))
    days.look(5)
    days.look(6)
    days.look(7)
    assert days.steps() == [(course, "booked", 1), (course, "completed", 5)]


def test_a_course_completed_between_two_imports_was_booked_when_there_was_a_visit(days):
    seen, before, tidied = (days.practice.course() for _ in range(3))
    days.look(0)
    for course, in_days in ((seen, 2), (before, -2)):
        days.practice.appointment(course, in_days=in_days, status="completed")
    for course in (seen, before, tidied):
        days.change("courses", course, completed_on=TODAY + timedelta(days=2))
    days.look(4)
    assert days.steps() == [(seen, "booked", 4), (seen, "completed", 4)]


def test_a_chain_is_completed_when_each_of_its_courses_is(days):
    chain = {"payor_id": "nhs", "pathway": "pathway 1", "days_ago": 40}
    first = days.practice.course(course_id="p1", claim_number=1, **chain)
    second = days.practice.course(course_id="p2", claim_number=2, **chain)
    days.look(0)
    days.practice.appointment(first, in_days=2)
    days.look(1)
    days.change("courses", first, completed_on=TODAY + timedelta(days=2))
    days.look(2)
    assert days.steps() == [("p1", "booked", 1)]
    days.change("courses", second, completed_on=TODAY + timedelta(days=3))
    days.look(3)
    assert days.steps() == [("p1", "booked", 1), ("p1", "completed", 3)]


# --- A day that is over


def of_day(days: Days, day: int) -> dict[str, pl.DataFrame]:
    """What is kept of the days up to one."""
    last = TODAY + timedelta(days=day)
    kept = {table: days.rows(table) for table in KEPT}
    return {
        "spells": kept["spells"]
        .filter(pl.col("listed_from") <= last)
        .select(
            "opportunity_id",
            "listed_from",
            "is_start_known",
            "first_value_pence",
            *(
                pl.when(pl.col("listed_to") <= last).then(name).alias(name)
                for name in ("listed_to", "left_why", "last_value_pence", "last_uda", "last_status")
            ),
        )
        .sort("opportunity_id", "listed_from"),
        **{
            table: kept[table].filter(pl.col("day") <= last).sort(pl.all())
            for table in ("spell_steps", "daily_figures", "daily_totals")
        },
    }


def test_a_day_that_is_over_never_changes(days):
    one, two, three = (days.practice.course(days_ago=ago) for ago in (30, 200, 364))
    nhs = days.practice.course(payor_id="nhs", band="2a")
    done = days.practice.course()
    days.look(-2)
    visit = days.practice.appointment(done, in_days=-1)
    days.look(-1)
    days.change("appointments", visit, status="completed")
    days.look(0)
    spoken = days.does(care.attempt, one, "spoke", day=1)
    days.does(care.snooze, two, until=TODAY + timedelta(days=4), day=1)
    days.practice.appointment(nhs, in_days=30)
    days.change("courses", done, completed_on=TODAY)
    days.look(1)
    days.look(2)
    assert days.steps() == [(done, "booked", -1), (nhs, "booked", 1), (done, "completed", 1), (one, "contacted", 1)]
    before = of_day(days, 1)
    assert {name: frame.height > 0 for name, frame in before.items()} == dict.fromkeys(before, True)

    days.undoes(spoken, day=2)
    days.practice.item(one, price_pence=77_700)
    days.change("courses", two, provider_id=None, payor_id="plan")
    days.change("courses", nhs, is_deleted=True)
    days.change("courses", done, completed_on=None)
    days.does(care.reject, three, reason="cost", day=2)
    days.change("patients", "okafor", is_active=False)
    for day in (2, 3, 7):
        days.look(day)

    after = of_day(days, 1)
    for name in before:
        assert after[name].equals(before[name]), name


def test_today_follows_the_list_until_the_day_is_over(days):
    course = days.practice.course()
    days.look(0)
    days.does(care.reject, course, reason="cost", day=0)
    days.practice.course(days_ago=90)
    days.look(0, hours=5)
    assert days.rows("daily_figures").select("status", "age_band", "opportunities").sort("status").rows() == [
        ("open", "61-90", 1),
        ("rejected", "0-30", 1),
    ]
    total = days.rows("daily_totals").row(0, named=True)
    assert (total["opportunities"], total["value_pence"], total["taken_at"].hour) == (1, 42_000, 14)


def test_a_day_before_the_last_one_is_not_looked_at_any_more(days):
    course = days.practice.course()
    days.look(2)
    before = {table: days.rows(table) for table in KEPT}
    days.does(care.attempt, course, "spoke", day=1)
    days.practice.course()
    days.look(1)
    assert all(days.rows(table).equals(frame) for table, frame in before.items())


def test_a_practice_that_was_removed_meanwhile_leaves_no_day(days):
    practice = next(one for one in practices.all_practices(days.store) if one.practice_id == days.practice.id)
    with days.store.transaction() as tx:
        practice_queries.remove(tx, practice.practice_id)
    snapshots.take(days.store, practice, now=NOW, today=TODAY)
    assert days.rows("daily_totals").is_empty()


def test_a_practice_without_anything_has_a_day_of_noughts(days):
    days.look(0)
    assert days.rows("daily_totals").select("opportunities", "patients", "value_pence", "uda").rows() == [(0, 0, 0, 0)]
    assert [days.rows(table).height for table in KEPT[:3]] == [0, 0, 0]


# --- When it is looked


def looks_at(store: Store, looks: Looks, minutes: float, *, day: int = 0) -> bool:
    """Say whether the worker looks at the practice so many minutes after NOW."""
    before = rows(store, "daily_totals")
    now = NOW + timedelta(minutes=minutes)
    snapshots.keep_up(store, looks, now=now, today_at=lambda now, zone: TODAY + timedelta(days=day))
    return not rows(store, "daily_totals").equals(before)


def test_a_practice_is_looked_at_again_when_something_happened(alone):
    course, looks = alone.practice.course(), Looks()
    assert looks_at(alone.store, looks, 0)
    assert not looks_at(alone.store, looks, 60), "nothing happened"
    alone.does(care.attempt, course, "spoke", day=0)
    assert not looks_at(alone.store, looks, 14.9), "too soon"
    assert looks_at(alone.store, looks, 15)
    alone.practice.course()
    assert looks_at(alone.store, looks, 16), "an import"
    assert looks_at(alone.store, looks, 17, day=1), "a new day"
    assert not looks_at(alone.store, looks, 18, day=1)


def test_one_practice_that_cannot_be_looked_at_does_not_keep_the_next_from_it(alone, monkeypatch, caplog):
    second = SmallPractice(alone.store, "Oak Lane")
    take = snapshots.take

    def fails_first(store: Store, practice: Any, **given: Any) -> None:
        if practice.practice_id == alone.practice.id:
            raise RuntimeError("Mrs Okafor")
        take(store, practice, **given)

    monkeypatch.setattr(snapshots, "take", fails_first)
    looks = Looks()
    assert looks_at(alone.store, looks, 0)
    assert rows(alone.store, "daily_totals")["practice_id"].to_list() == [second.id]
    assert "could not be kept: RuntimeError" in caplog.text
    monkeypatch.setattr(snapshots, "take", take)
    assert not looks_at(alone.store, looks, 14.9), "too soon"
    assert looks_at(alone.store, looks, 15), "a day without anything done must not be lost to one fault"
    assert rows(alone.store, "daily_totals").height == 2


def test_the_worker_looks_when_it_starts_whatever_fails_beside(alone, monkeypatch):
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(sequences, "advance", fails)
    alone.practice.course()
    has_begun, calls = threading.Event(), []

    def clock() -> datetime:
        calls.append(threading.current_thread().name)
        if "worker" in calls:
            has_begun.set()
        return NOW

    worker = Worker(alone.store, lambda *_: None, today_at=lambda now, zone: TODAY, clock=clock)  # type: ignore[arg-type]
    worker.start()
    assert has_begun.wait(20)
    worker.stop()
    assert rows(alone.store, "daily_totals")["day"].to_list() == [TODAY]

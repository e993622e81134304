"""The chance of a booking: what was known on a day and nothing later, and what is kept and put on the list."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
import pytest

from queries import chances as queries
from queries import practices as practice_queries
from queries import workflow
from queries.store import Store
from services import chances, opportunities, practices, snapshots, words
from services.opportunities import Filters, Order
from services.practices import Practice
from services.snapshots import Looks
from services.worker import Worker
from tests.practice import BY, NOW, SYSTEM, TODAY, SmallPractice

SPELL = {"is_start_known": True, "patient_id": "okafor", "provider_id": "ben", "payor_id": "private"}
WORTH = {f"{end}_{name}": 42_000 for end in ("first", "last") for name in ("value_pence", "worth_pence")}


def ago(days: int) -> date:
    """The day so many days before TODAY."""
    return TODAY - timedelta(days=days)


class Past:
    """What is written straight into a practice's history; days are counted back from TODAY."""

    def __init__(self, practice: SmallPractice) -> None:
        self.practice, self.store = practice, practice.store

    def write(self, table: str, **facts: Any) -> None:
        """Add a row to a table."""
        named = {"practice_id": self.practice.id, **facts}
        columns, places = ", ".join(named), ", ".join(f"${name}" for name in named)
        self.store._connection.execute(f"insert into {table} ({columns}) values ({places})", named).fetchall()

    def spell(self, course: str, *, since: int, until: int | None = None, why: str | None = None, **facts: Any) -> None:
        """Let a course be on the list from so many days ago until so many."""
        self.write(
            "spells",
            **{
                "opportunity_id": course,
                "listed_from": ago(since),
                "opened_on": ago(since + 1),
                "last_seen_on": ago(until or 0),
                "last_status": "open",
                "listed_to": None if until is None else ago(until),
                "left_why": why,
                **SPELL,
                **WORTH,
                **facts,
            },
        )

    def booked(self, course: str, *, since: int, on: int) -> None:
        """Let a course that was listed so many days ago be booked on a later day."""
        self.write(
            "spell_steps",
            opportunity_id=course,
            listed_from=ago(since),
            patient_id="okafor",
            step="booked",
            day=ago(on),
            value_pence=42_000,
            worth_pence=42_000,
        )

    def event(self, kind: str, course: str, *, on: int, undoes: int | None = None, **after: Any) -> int:
        """Add an event at noon of a day, with what it says of the state afterwards, and return its number."""
        line = {
            "practice_id": self.practice.id,
            "opportunity_id": course,
            "patient_id": "okafor",
            "kind": kind,
            "by_user": BY,
            "happened_at": datetime.combine(ago(on), time(12)),
            "undoes": undoes,
            "after": json.dumps(after, default=str) if after else None,
        }
        with self.store.transaction() as tx:
            workflow.record_events(tx, pl.DataFrame([line], schema=workflow.EVENT))
        ((number,),) = self.store._connection.execute("select max(event_id) from events").fetchall()
        return int(number)

    def known(self, course: str, *, on: int) -> dict[str, Any] | None:
        """What is known at the beginning of a day about a course, None when it is not asked about."""
        rows = queries.known_on(self.store, self.practice.id, [ago(on)], within_days=30, lapse_days=365)
        return next((row for row in rows.to_dicts() if row["opportunity_id"] == course), None)

    @property
    def found(self) -> Practice:
        """The practice as the services know it."""
        return next(one for one in practices.all_practices(self.store) if one.practice_id == self.practice.id)


@pytest.fixture(scope="module")
def shared() -> Iterator[Store]:
    """One store for this module: each test has a practice of its own in it."""
    store = Store(now=NOW)
    yield store
    store.close()


@pytest.fixture
def past(shared: Store) -> Past:
    """A small practice whose history is written by hand."""
    return Past(SmallPractice(shared, f"Elm Road {len(practices.all_practices(shared)) + 1}"))


# --- What was known on a day


def test_what_is_known_of_a_course_are_its_age_payor_worth_and_what_was_done_before_the_day(past):
    past.spell("c", since=60)
    for kind, on in (("attempted", 55), ("attempted", 50), ("contacted", 50), ("noted", 49)):
        past.event(kind, "c", on=on)
    past.practice.course(course_id="earlier", days_ago=900, completed_on=ago(800))
    past.practice.course(course_id="left", days_ago=500)
    past.practice.appointment(None, in_days=-90, status="failed")
    known = past.known("c", on=40)
    assert known is not None
    assert known.pop("day") == ago(40)
    assert known == {
        "opportunity_id": "c",
        "days_open": 21,
        "payor_kind": "private",
        "worth_pence": 42_000,
        "days_tried": 2,
        "days_since_contact": 10,
        "finished": 1,
        "lapsed": 1,
        "missed": 1,
        "booked_on": None,
    }


def test_what_becomes_known_on_the_day_or_later_changes_nothing(past):
    past.spell("c", since=60)
    tried = past.event("attempted", "c", on=45)
    past.practice.course(course_id="open", days_ago=380)
    before = past.known("c", on=40)
    closing = {"rejected": REJECTED, "booked": {"booked_on": ago(0)}}
    for kind, on in (("attempted", 40), ("contacted", 39), ("rejected", 40), ("booked", 3)):
        past.event(kind, "c", on=on, **closing.get(kind, {}))
    past.event("undone", "c", on=40, undoes=tried)
    past.practice.course(course_id="open", days_ago=380, completed_on=ago(40), item=False)
    past.practice.course(course_id="later", days_ago=59, completed_on=ago(45))
    past.practice.appointment(None, in_days=-40, status="failed")
    # An import marks it deleted, and the list loses it.
    past.practice.course(course_id="deleted", days_ago=900, is_deleted=True)
    with_deleted = past.known("c", on=40)
    past.practice.course(course_id="deleted", days_ago=900, is_deleted=False, item=False)
    assert past.known("c", on=40) == with_deleted
    assert {**(with_deleted or {}), "lapsed": 0} == before


def test_what_was_taken_back_before_the_day_did_not_happen(past):
    past.spell("c", since=60)
    past.event("undone", "c", on=44, undoes=past.event("contacted", "c", on=45))
    known = past.known("c", on=40)
    assert known is not None
    assert (known["days_tried"], known["days_since_contact"]) == (0, None)


@pytest.mark.parametrize(
    ("on", "is_asked_about"),
    [(61, False), (60, True), (21, True), (20, False)],
    ids=["before it is listed", "on its first day", "on its last", "when it is gone"],
)
def test_only_what_is_on_the_list_is_asked_about(past, on, is_asked_about):
    past.spell("c", since=60, until=20, why="booked")
    assert (past.known("c", on=on) is not None) is is_asked_about


REJECTED, LISTED = {"status": "rejected"}, {"status": "open"}


@pytest.mark.parametrize(
    ("closed", "back"),
    [
        (("rejected", REJECTED), ("restored", LISTED)),
        (("rejected", REJECTED), ("undone", LISTED)),
        (("booked", {"booked_on": ago(0)}), ("restored", {"booked_on": None})),
        (("booked", {"booked_on": ago(0)}), ("booking cancelled", {"booked_on": None})),
        (("booked", {"booked_on": ago(30)}), ("noted", {})),
        (("booked", {"booked_on": ago(0)}), ("booking moved", {"booked_on": ago(30)})),
    ],
    ids=["restored", "undone", "booked no more", "cancelled", "its day passed", "moved, and its day passed"],
)
def test_what_is_rejected_or_booked_is_not_asked_about_until_it_is_back(past, closed, back):
    past.spell("c", since=60)
    number = past.event(closed[0], "c", on=50, **closed[1])
    past.event("undone", "c", on=40, undoes=past.event("assigned", "c", on=41))
    past.event(back[0], "c", on=30, undoes=number if back[0] == "undone" else None, **back[1])
    assert [past.known("c", on=on) is not None for on in (50, 49, 39, 30, 29)] == [True, False, False, False, True]


def test_a_message_that_waits_is_a_contact_of_the_day_on_which_it_is_due(past):
    past.spell("c", since=60)
    due = datetime.combine(ago(45), time(9))
    past.event("contacted", "c", on=50, last_contact_at=due, channel="email")
    past.event("link sent", "c", on=50, link_sent_at=due)
    known = [past.known("c", on=on) for on in (46, 45, 44)]
    assert [(one["days_tried"], one["days_since_contact"]) for one in known if one] == [(0, None), (0, None), (1, 1)]


def test_what_is_booked_again_in_the_same_time_on_the_list_is_booked(past):
    past.spell("c", since=60)
    past.booked("c", since=60, on=50)
    past.event("booked", "c", on=50, booked_on=ago(20))
    past.event("booking cancelled", "c", on=48, booked_on=None)
    past.event("booked", "c", on=45, booked_on=ago(20))
    past.event("booking cancelled", "c", on=45, booked_on=None)
    past.event("booked", "c", on=40, booked_on=ago(20))
    known = past.known("c", on=47)
    assert known is not None
    assert known["booked_on"] == ago(40)


@pytest.mark.parametrize(("on", "is_booked"), [(39, False), (38, True), (9, True), (8, False)])
def test_booked_is_what_is_booked_from_the_day_on_within_30_days(past, on, is_booked):
    past.spell("c", since=90)
    past.booked("c", since=90, on=9)
    known = past.known("c", on=on)
    assert known is not None
    assert (known["booked_on"] is not None) is is_booked


# --- What is kept


def work_out(past: Past) -> None:
    """Look at the list of today and work the chances out."""
    snapshots.take(past.store, past.found, now=NOW, today=TODAY)
    chances.work_out(past.store, past.found, now=NOW, today=TODAY)


def listed(past: Past, **order: Any) -> pl.DataFrame:
    """The rows of the list with their chances."""
    found = opportunities.worklist(
        past.store, [past.found], Filters(), actor=SYSTEM, today=TODAY, order=Order.by_rank("expected"), **order
    )
    return chances.with_chances(past.store, [past.found], found.rows, actor=SYSTEM)


def exported(past: Past) -> pl.DataFrame:
    """The list as a file."""
    return opportunities.export(past.store, [past.found], Filters(), actor=SYSTEM, now=NOW, today=TODAY)


def test_with_little_history_every_row_has_the_usual_rate_and_says_so(past):
    past.practice.course(course_id="small", days_ago=40)
    past.practice.item(past.practice.course(course_id="large", days_ago=20))
    past.practice.state(past.practice.course(course_id="no"), status="rejected")
    past.event("rejected", "no", on=1, **REJECTED)
    work_out(past)
    rows = listed(past)["opportunity_id", "chance", "expected_pence", "why"].rows()
    usual = "The practice's usual rate"
    assert rows == [("large", 0.1, pytest.approx(8_400), usual), ("small", 0.1, pytest.approx(4_200), usual)]
    forecast = chances.forecast(past.store, past.found, actor=SYSTEM, today=TODAY)
    assert forecast is not None
    assert (forecast.learnt.why_base, forecast.opportunities) == ("few bookings", 2)
    assert (forecast.booked, forecast.booked_worth_pence) == (pytest.approx(0.2), 12_600)
    assert "chance_percent" not in exported(past).columns


def test_the_list_is_ordered_by_worth_times_chance_and_what_has_none_comes_last(past):
    for course, chance in (("a", 0.1), ("b", 0.9), ("c", 0.5)):
        past.practice.course(course_id=course, days_ago=20)
        past.write("chances", opportunity_id=course, chance=chance, raises=["age_days"], lowers=[], worked_out_on=TODAY)
    past.practice.item("a", price_pence=900_000)
    past.practice.course(course_id="new", days_ago=300)
    rows = listed(past)
    assert rows["opportunity_id"].to_list() == ["a", "b", "c", "new"]
    assert rows["why"].to_list() == ["Opened recently"] * 3 + [None]
    assert listed(past, grouping="patient").height == 4


def test_what_was_booked_or_rejected_since_has_no_chance_any_more_and_stands_last(past):
    for course, status in (("a", "open"), ("b", "rejected"), ("c", "open")):
        past.practice.course(course_id=course, days_ago=20)
        past.practice.state(course, status=status)
        past.write("chances", opportunity_id=course, chance=0.5, raises=["age_days"], lowers=[], worked_out_on=TODAY)
    past.practice.item("b", price_pence=900_000)
    past.practice.state("c", status="open", booked_on=ago(-5))
    asked = {"actor": SYSTEM, "today": TODAY, "order": Order.by_rank("expected")}
    found = opportunities.worklist(past.store, [past.found], Filters(statuses=tuple(words.STATUSES)), **asked)
    rows = chances.with_chances(past.store, [past.found], found.rows, actor=SYSTEM)
    assert rows["opportunity_id"][0] == "a"
    assert rows.select("chance", "why").rows() == [(0.5, "Opened recently"), (None, None), (None, None)]


@pytest.fixture
def long_past(past: Past) -> Past:
    """A practice with a year in which what was contacted was booked and nothing else was."""
    spells, steps, events = [], [], []
    for number in range(400):
        since, course, is_contacted = 40 + number * 320 // 400, f"old {number}", number % 3 == 0
        until = since - 14 if is_contacted else since - 35
        of = {"practice_id": past.practice.id, "opportunity_id": course, "patient_id": "okafor"}
        spells.append(
            {
                **{**of, **SPELL, **WORTH, "listed_from": ago(since), "opened_on": ago(since + 1)},
                **{"last_seen_on": ago(until + 1), "last_status": "open", "listed_to": ago(until)},
                "left_why": "booked" if is_contacted else "completed",
            }
        )
        if is_contacted:
            steps.append({**of, "listed_from": ago(since), "step": "booked", "day": ago(until), **WORTH})
            at = datetime.combine(ago(since), time(12))
            events.append({**of, "kind": "contacted", "by_user": BY, "happened_at": at})
    with past.store.transaction() as tx:
        workflow.record_events(tx, pl.DataFrame(events, schema=workflow.EVENT))
        for table, rows in (("spells", spells), ("spell_steps", steps)):
            frame = pl.DataFrame(rows)
            if table == "spell_steps":
                frame = frame.select(
                    *frame.columns[:6], value_pence="first_value_pence", worth_pence="first_value_pence"
                )
            tx._cursor.register("made", frame.to_arrow())
            tx._cursor.execute(f"insert into {table} by name from made").fetchall()
            tx._cursor.unregister("made")
    return past


def test_a_practice_with_a_history_has_chances_of_its_own_and_their_reasons(long_past):
    for course in ("called", "not called"):
        long_past.practice.course(course_id=course, days_ago=6)
        long_past.spell(course, since=5)
    long_past.event("contacted", "called", on=2)
    work_out(long_past)
    rows = {row["opportunity_id"]: row for row in listed(long_past).to_dicts()}
    assert rows["called"]["chance"] > 0.5 > 0.2 > rows["not called"]["chance"]
    assert "in touch last week" in rows["called"]["why"].lower()
    forecast = chances.forecast(long_past.store, long_past.found, actor=SYSTEM, today=TODAY)
    assert forecast is not None
    assert forecast.learnt.why_base is None
    assert exported(long_past).select(pl.col("chance_percent").round(1), "expected_value").sort(
        "chance_percent"
    ).rows() == [
        (pytest.approx(row["chance"] * 100, abs=0.06), pytest.approx(row["chance"] * 420))
        for row in sorted(rows.values(), key=lambda row: row["chance"])
    ]


def test_the_worker_works_a_practice_out_once_a_day_and_after_an_import(practice):
    past, looks, tried = Past(practice), Looks(), chances.Tried()
    practice.course()

    def keeps_up(day: int = 0) -> bool:
        """Say whether there was something to work out."""
        at = {"now": NOW + timedelta(days=day), "today_at": lambda now, zone: TODAY + timedelta(days=day)}
        return chances.keep_up(past.store, looks, tried, **at)

    def look(day: int = 0) -> None:
        """Look at the list, as the worker does before."""
        today = TODAY + timedelta(days=day)
        snapshots.keep_up(past.store, looks, now=NOW + timedelta(days=day), today_at=lambda now, zone: today)

    assert not keeps_up()
    look()
    assert [keeps_up(), keeps_up()] == [True, False]
    tried.clear()
    assert not keeps_up(), "what is kept outlives the process"
    with past.store.transaction() as tx:
        practice_queries.raise_revision(tx, practice.id)
    look()
    assert [keeps_up(), keeps_up()] == [True, False]
    look(1)
    assert [keeps_up(1), keeps_up(1)] == [True, False]
    assert queries.learnt(past.store)[practice.id]["worked_out_on"] == TODAY + timedelta(days=1)


def test_the_worker_works_them_out_when_it_starts_and_nothing_waits_to_be_sent(practice):
    practice.course()
    has_begun = threading.Event()

    def clock() -> datetime:
        if threading.current_thread().name == "worker":
            has_begun.set()
        return NOW

    worker = Worker(practice.store, lambda *_: None, today_at=lambda now, zone: TODAY, clock=clock)
    worker.start()
    assert has_begun.wait(20)
    worker.stop()  # It ends after the first round.
    assert queries.learnt(practice.store)[practice.id]["worked_out_on"] == TODAY


def test_what_cannot_be_worked_out_is_said_and_left_alone_until_the_next_day(practice, monkeypatch, caplog):
    looks, tried = Looks(), chances.Tried()
    at = {"now": NOW, "today_at": lambda now, zone: TODAY}
    snapshots.keep_up(practice.store, looks, **at)

    def fail(*_: Any, **__: Any) -> None:
        raise ValueError("of Mrs Okafor")

    monkeypatch.setattr(chances, "learn", fail)
    assert [chances.keep_up(practice.store, looks, tried, **at) for _ in range(2)] == [True, False]
    assert "could not be worked out: ValueError" in caplog.text
    assert chances.forecast(practice.store, Past(practice).found, actor=SYSTEM, today=TODAY) is None


def test_a_practice_takes_its_chances_with_it(past):
    past.practice.course()
    work_out(past)
    practice = past.found
    with past.store.transaction() as tx:
        practice_queries.remove(tx, practice.practice_id)
    chances.work_out(past.store, practice, now=NOW, today=TODAY)
    for table in ("chances", "chance_tests"):
        rows = past.store._connection.execute(
            f"select count(*) from {table} where practice_id = $id", {"id": practice.practice_id}
        )
        assert rows.fetchall() == [(0,)], table

"""The chance of a booking: what was known on a day and nothing later, what is learnt from it, and what is kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import polars as pl
import pytest

from queries import chances as queries
from queries import practices as practice_queries
from queries import workflow
from queries.store import Store
from services import chance_model, chance_words, chances, opportunities, practices, snapshots
from services.chance_model import LEAST_BOOKINGS, Learnt, base_rate, days_to_learn_from, learn, score, tried_months
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

    def event(self, kind: str, course: str, *, on: int, undoes: int | None = None) -> int:
        """Add an event at noon of a day, and return its number."""
        line = {
            "practice_id": self.practice.id,
            "opportunity_id": course,
            "patient_id": "okafor",
            "kind": kind,
            "by_user": BY,
            "happened_at": datetime.combine(ago(on), time(12)),
            "undoes": undoes,
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
    for kind, on in (("attempted", 40), ("contacted", 39), ("rejected", 40), ("booked", 3)):
        past.event(kind, "c", on=on)
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


@pytest.mark.parametrize("kind", ["rejected", "booked"])
def test_what_is_rejected_or_booked_is_not_asked_about_until_it_is_back(past, kind):
    past.spell("c", since=60)
    past.event(kind, "c", on=50)
    past.event("restored", "c", on=30)
    assert [past.known("c", on=on) is not None for on in (50, 49, 30, 29)] == [True, False, False, True]


@pytest.mark.parametrize(("on", "is_booked"), [(39, False), (38, True), (9, True), (8, False)])
def test_booked_is_what_is_booked_from_the_day_on_within_30_days(past, on, is_booked):
    past.spell("c", since=90)
    past.booked("c", since=90, on=9)
    known = past.known("c", on=on)
    assert known is not None
    assert (known["booked_on"] is not None) is is_booked


def test_a_day_is_learnt_from_when_all_that_came_of_it_is_known():
    days = days_to_learn_from(ago(60), TODAY, most_days=365)
    assert days == [ago(58), ago(51), ago(44), ago(37), ago(30)]
    assert days_to_learn_from(ago(60), TODAY, most_days=40) == [ago(37), ago(30)]
    assert days_to_learn_from(ago(29), TODAY, most_days=365) == days_to_learn_from(None, TODAY, most_days=365) == []


@pytest.mark.parametrize(
    ("today", "months"),
    [
        (date(2026, 11, 24), (date(2026, 7, 1), date(2026, 9, 30))),
        (date(2026, 11, 29), (date(2026, 7, 1), date(2026, 9, 30))),
        (date(2026, 11, 30), (date(2026, 8, 1), date(2026, 10, 31))),
        (date(2027, 1, 10), (date(2026, 9, 1), date(2026, 11, 30))),
        (date(2027, 3, 2), (date(2026, 11, 1), date(2027, 1, 31))),
    ],
)
def test_the_months_tried_on_are_whole_and_what_came_of_their_days_is_known(today, months):
    assert tried_months(today) == months
    assert months[1] + timedelta(days=chance_model.WITHIN_DAYS) <= today


# --- What is learnt


def made_up(*, opportunities: int = 2_500, has_effect: bool = True) -> pl.DataFrame:
    """A year of opportunities of which every second was contacted last week and is booked four times as often."""
    random, rows = Random(7), []
    for number in range(opportunities):
        is_contacted = number % 2 == 0
        chance = (0.4 if is_contacted else 0.1) if has_effect else 0.25
        day = ago(30 + 7 * random.randrange(46))
        rows.append(
            {
                "opportunity_id": f"{number}",
                "day": day,
                "days_open": random.randrange(2, 360),
                "payor_kind": random.choice(["nhs", "private", "plan"]),
                "worth_pence": random.randrange(300_000),
                "days_tried": random.randrange(4),
                "days_since_contact": 3 if is_contacted else None,
                "finished": random.randrange(5),
                "lapsed": random.randrange(2),
                "missed": random.randrange(2),
                "booked_on": day + timedelta(days=9) if random.random() < chance else None,
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    """A history with an effect."""
    return made_up()


@pytest.fixture(scope="module")
def learnt(rows: pl.DataFrame) -> Learnt:
    """What it teaches."""
    return learn(rows, today=TODAY)


def test_an_effect_is_learnt_in_its_direction_and_size(rows, learnt):
    assert learnt.why_base is None
    contacted = pl.col("days_since_contact").is_not_null().alias("is_contacted")
    means = dict(score(learnt.model, rows).group_by(contacted).agg(pl.col("chance").mean()).iter_rows())
    assert means[True] == pytest.approx(0.4, abs=0.04)
    assert means[False] == pytest.approx(0.1, abs=0.04)
    assert chance_words.effects(learnt.model)[0] == (chance_words.FEATURES["contact_week"], "Raises it much")


def test_on_months_that_it_had_not_seen_it_is_calibrated_and_finds_more_than_the_usual_rate(rows, learnt):
    trial = learnt.trial
    assert (trial.from_day, trial.to_day) == tried_months(TODAY)
    for half in (trial.tenths[:5], trial.tenths[5:]):
        expected, booked = (sum(tenth[name] * tenth["rows"] for tenth in half) for name in ("expected", "booked"))
        assert booked == pytest.approx(expected, rel=0.3)
    assert trial.gain > 0.05
    assert trial.lift > 1.3
    tried = rows.filter(pl.col("day").is_between(trial.from_day, trial.to_day))
    is_booked = tried["booked_on"].is_not_null().cast(pl.Float64)
    assert trial.rows == sum(tenth["rows"] for tenth in trial.tenths) == tried.height
    assert trial.brier_base == pytest.approx(((is_booked - trial.base_rate) ** 2).mean())
    assert trial.caught == pytest.approx(trial.tenths[0]["booked"] * trial.tenths[0]["rows"] / is_booked.sum())


def test_nothing_of_the_months_tried_on_was_learnt_from(rows, learnt):
    first = learnt.trial.from_day
    turned = rows.with_columns(
        booked_on=pl.when(pl.col("day") > first - timedelta(days=30)).then(None).otherwise("booked_on")
    )
    few_later = pl.concat([turned, rows.filter(pl.col("day") >= first, pl.col("booked_on").is_not_null()).head(25)])
    assert learn(few_later, today=TODAY).trial.base_rate == learnt.trial.base_rate


def test_what_has_no_effect_is_not_used():
    found = learn(made_up(has_effect=False), today=TODAY)
    assert (found.why_base, found.model) == ("no better", None)
    assert found.trial is not None


@pytest.mark.parametrize(
    ("bookings", "months", "why"),
    [(LEAST_BOOKINGS - 1, 9, "few bookings"), (LEAST_BOOKINGS, 1, "few to try on")],
)
def test_little_history_leaves_the_usual_rate(rows, bookings, months, why):
    recent = rows.filter(pl.col("booked_on").is_not_null(), pl.col("day") >= ago(30 * months + 30)).head(bookings)
    found = learn(recent, today=TODAY)
    assert (found.why_base, found.model, found.bookings) == (why, None, bookings)


@pytest.mark.parametrize(
    ("looks", "booked", "rate"), [(0, 0, 0.1), (30, 0, 1 / 17), (30, 30, 8 / 17), (3_000, 600, 141 / 710)]
)
def test_the_usual_rate_starts_from_one_of_ten_and_follows_the_history(looks, booked, rate):
    days = [TODAY] * booked + [None] * (looks - booked)
    assert base_rate(pl.DataFrame({"booked_on": days}, schema={"booked_on": pl.Date})) == pytest.approx(rate)


def test_what_was_learnt_is_kept_whole(learnt):
    assert Learnt.from_json(learnt.to_json()) == learnt


def test_nothing_about_the_person_is_looked_at():
    looked_at = {name for _, number in chance_model.FEATURES.values() for name in number.meta.root_names()}
    assert looked_at == {
        *("days_open", "payor_kind", "worth_pence", "days_tried", "days_since_contact", "finished", "lapsed", "missed")
    }
    assert set(chance_words.FEATURES) == set(chance_model.FEATURES)
    assert set(chance_words.STATES) == {of for of, _ in chance_model.FEATURES.values()}
    assert len(chance_words.INPUTS) == len(chance_words.STATES)


# --- Its words


@pytest.mark.parametrize(
    ("facts", "of", "said"),
    [
        ({"days_open": 30}, "age", "opened recently"),
        ({"days_open": 31}, "age", "open for under three months"),
        ({"days_open": 91}, "age", "open for over three months"),
        ({"days_open": 181}, "age", "open for over half a year"),
        ({"payor_kind": None}, "payor", "private"),
        ({"payor_kind": "nhs"}, "payor", "NHS"),
        ({"worth_pence": 99_99}, "value", "worth less than £100"),
        ({"worth_pence": 100_00}, "value", "worth £100 to £500"),
        ({"worth_pence": 1_500_00}, "value", "worth £1,500 or more"),
        ({"days_tried": 0}, "tries", "not tried yet"),
        ({"days_tried": 3}, "tries", "tried three times or more"),
        ({"days_since_contact": None}, "contact", "not in touch yet"),
        ({"days_since_contact": 7}, "contact", "in touch last week"),
        ({"days_since_contact": 8}, "contact", "in touch last month"),
        ({"days_since_contact": 31}, "contact", "not in touch for a month"),
        ({"finished": 0, "lapsed": 0}, "past", "no earlier course"),
        ({"finished": 3, "lapsed": 1}, "past", "usually books"),
        ({"finished": 2, "lapsed": 1}, "past", "sometimes books"),
        ({"finished": 0, "lapsed": 1}, "past", "let earlier courses lapse"),
        ({"missed": 1}, "visits", "missed a visit"),
        ({"missed": 2}, "visits", "missed visits"),
    ],
)
def test_a_reason_says_how_the_row_is(facts, of, said):
    row = {
        "opportunity_id": "c",
        "chance": 0.2,
        **{"days_open": 10, "payor_kind": "private", "worth_pence": 42_000, "days_tried": 1},
        **{"days_since_contact": 3, "finished": 1, "lapsed": 0, "missed": 0},
        **{f"{one}_adds": 0.9 if one == of else 0.0 for one in chance_words.STATES},
        **facts,
    }
    (found,) = chance_words.reasons(pl.DataFrame([row])).to_dicts()
    assert [chance_words.REASONS[key] for key in found["raises"]] == [said]
    assert found["lowers"] == []


def test_the_three_strongest_reasons_are_kept_on_their_sides():
    adds = {"age": -0.4, "payor": 0.05, "value": 0.2, "tries": -0.3, "contact": 0.9, "past": 0.1, "visits": 0.0}
    row = {
        **{"opportunity_id": "c", "chance": 0.2, "days_open": 200, "payor_kind": "nhs", "worth_pence": 0},
        **{"days_tried": 2, "days_since_contact": 3, "finished": 0, "lapsed": 0, "missed": 0},
        **{f"{of}_adds": size for of, size in adds.items()},
    }
    (found,) = chance_words.reasons(pl.DataFrame([row])).to_dicts()
    assert (found["raises"], found["lowers"]) == (["contact_week"], ["age_long", "tries_twice"])


@pytest.mark.parametrize(
    ("raises", "lowers", "said"),
    [
        (["age_days", "contact_week", "past_usually"], [], "Opened recently, in touch last week, usually books"),
        (["past_usually"], ["visits_once"], "Usually books, but missed a visit"),
        ([], ["age_long", "tries_twice"], "Open for over half a year, tried twice"),
        ([chance_words.USUAL], [], "The practice's usual rate"),
        ([], [], "Like most others"),
        (["of another version"], [], "Like most others"),
    ],
)
def test_why_is_said_in_one_line(raises, lowers, said):
    assert chance_words.why(raises, lowers) == said


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


def test_with_little_history_every_row_has_the_usual_rate_and_says_so(past):
    past.practice.course(course_id="small", days_ago=40)
    past.practice.item(past.practice.course(course_id="large", days_ago=20))
    past.practice.state(past.practice.course(course_id="no"), status="rejected")
    past.event("rejected", "no", on=1)
    work_out(past)
    rows = listed(past)["opportunity_id", "chance", "expected_pence", "why"].rows()
    usual = "The practice's usual rate"
    assert rows == [("large", 0.1, pytest.approx(8_400), usual), ("small", 0.1, pytest.approx(4_200), usual)]
    forecast = chances.forecast(past.store, past.found, actor=SYSTEM, today=TODAY)
    assert forecast is not None
    assert (forecast.learnt.why_base, forecast.opportunities) == ("few bookings", 2)
    assert (forecast.booked, forecast.booked_worth_pence) == (pytest.approx(0.2), 12_600)


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
    assert queries.tests(past.store)[practice.id]["worked_out_on"] == TODAY + timedelta(days=1)


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
    assert queries.tests(practice.store)[practice.id]["worked_out_on"] == TODAY


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

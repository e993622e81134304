"""The pipeline's figures against what independent computations over the raw tables give."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from queries.store import Store
from services import care, opportunities, pipeline, pipeline_parts, practices, words
from services.errors import InvalidRequest
from services.opportunities import Filters
from services.pipeline import MEASURES, UNBOOKED
from services.practices import Practice
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice
from tests.services.test_snapshots import Days, rows

AT = NOW.replace(tzinfo=None)


def of(store: Store) -> list[Practice]:
    """Every practice."""
    return practices.all_practices(store)


def asked(service: Any, store: Store, *, day: int = 0, **given: Any) -> Any:
    """What a service says on a day about every practice."""
    return service(store, of(store), actor=SYSTEM, today=TODAY + timedelta(days=day), **given)


@pytest.fixture
def days(practice: SmallPractice) -> Days:
    """The small practice, day by day."""
    return Days(practice)


def mixed(practice: SmallPractice, *, prefix: str = "") -> None:
    """Courses of several ages, payors, providers, statuses and people, two of them of one patient."""
    practice.add("contracts", "c1")
    practice.add("providers", "zoe", name="Zoe Hall", initials="ZH")
    for patient in ("adams", "brown"):
        practice.add("patients", prefix + patient, last_name=patient.title())
    nhs = {"payor_id": "nhs", "band": "2b"}
    made = [
        practice.course(days_ago=30, course_id=f"{prefix}c0"),
        practice.course(days_ago=31, course_id=f"{prefix}c1", provider_id="zoe", **nhs),
        practice.course(days_ago=60, course_id=f"{prefix}c2", patient=prefix + "adams"),
        practice.course(days_ago=61, course_id=f"{prefix}c3", patient=prefix + "adams", item=False),
        practice.course(days_ago=90, course_id=f"{prefix}c4", patient=prefix + "brown", payor_id="plan"),
        practice.course(days_ago=91, course_id=f"{prefix}c5", provider_id=None, payor_id=None),
        practice.course(days_ago=180, course_id=f"{prefix}c6", patient=prefix + "brown", **nhs),
        practice.course(days_ago=181, course_id=f"{prefix}c7"),
        practice.course(days_ago=365, course_id=f"{prefix}c8", provider_id="zoe"),
    ]
    practice.course(days_ago=366, course_id=f"{prefix}too-old")
    practice.item(made[0], price_pence=12_345)
    practice.item(made[2], price_pence=99_999, completed_on=TODAY)
    practice.state(made[1], status="contacted", assigned_to="amara", last_contact_at=AT - timedelta(days=9))
    practice.state(made[2], snoozed_until=TODAY + timedelta(days=3), assigned_to="amara")
    practice.state(made[4], status="rejected", reject_reason="cost")
    practice.state(made[6], booked_on=TODAY + timedelta(days=8))
    practice.state(made[7], snoozed_until=TODAY - timedelta(days=1))


@pytest.fixture(scope="module")
def mixed_store() -> Iterator[Store]:
    """Two practices of mixed courses; tests only read it."""
    store = Store(now=NOW)
    mixed(SmallPractice(store))
    mixed(SmallPractice(store, "Oak Lane"))
    yield store
    store.close()


STATUS = (
    pl.when(pl.col("status") == "rejected")
    .then(pl.lit("rejected"))
    .when(pl.col("booked_on") >= TODAY)
    .then(pl.lit("booked"))
    .when(pl.col("snoozed_until") > TODAY)
    .then(pl.lit("snoozed"))
    .otherwise(pl.col("status").fill_null("open"))
)
UDAS = {"2b": 5.0}


def raw(store: Store, *, day: int = 0) -> pl.DataFrame:
    """The list from the raw tables: one row for each course of the last year, without those booked in the PMS."""
    today = TODAY + timedelta(days=day)
    value = (
        rows(store, "treatment_items")
        .filter(~pl.col("is_deleted") & (pl.col("completed_on").is_null() | (pl.col("completed_on") > today)))
        .group_by("practice_id", "course_id")
        .agg(value_pence=pl.col("price_pence").filter(pl.col("charged_to") == "private").sum())
    )
    key = ["practice_id", "course_id"]
    nhs = pl.col("payor_id") == "nhs"
    return (
        rows(store, "courses")
        .filter(pl.col("opened_on").is_between(today - timedelta(days=365), today - timedelta(days=1)))
        .join(value, on=key, how="left")
        .join(rows(store, "care_states").rename({"opportunity_id": "course_id"}), on=key, how="left", suffix="_state")
        .join(rows(store, "payors").rename({"name": "payor"}), on=["practice_id", "payor_id"], how="left")
        .with_columns(
            pl.col("value_pence").fill_null(0),
            status=STATUS,
            age=(pl.lit(today) - pl.col("opened_on")).dt.total_days(),
            uda=pl.when(nhs).then(pl.col("band").replace_strict(UDAS, default=None, return_dtype=pl.Float64)),
            patient=pl.concat_str("practice_id", pl.lit("/"), "patient_id"),
            provider=pl.concat_str("practice_id", pl.lit("/"), "provider_id"),
        )
        .with_columns(worth_pence=pl.col("value_pence") + (pl.col("uda").fill_null(0) * 3550).cast(pl.Int64))
    )


def summed(frame: pl.DataFrame, *by: str) -> dict[Any, tuple[Any, ...]]:
    """The measures of raw rows by a column, or of all of them."""
    measured = [
        pl.len().alias("opportunities"),
        pl.col("patient").n_unique().alias("patients"),
        pl.col("value_pence").sum(),
        pl.col("uda").sum(),
        pl.col("worth_pence").sum(),
    ]
    if not by:
        return {None: frame.select(measured).row(0)}
    return {row[0]: row[1:] for row in frame.group_by(*by).agg(measured).iter_rows()}


def told(frame: pl.DataFrame, key: str) -> dict[Any, tuple[Any, ...]]:
    """The measures of what a service returned, by its key."""
    return {row[0] or None: row[1:] for row in frame.select(key, *MEASURES).iter_rows()}


# --- As it is now


def test_each_chart_of_now_gives_what_the_raw_tables_do(mixed_store):
    store = mixed_store
    listed = raw(store)
    unbooked = listed.filter(pl.col("status").is_in(UNBOOKED))
    assert (listed.height, unbooked.height) == (18, 14)

    assert told(asked(pipeline.standing, store), "status") == summed(listed, "status")
    for what in ("provider", "payor"):
        assert told(asked(pipeline.by, store, what=what), "key") == summed(unbooked, what), what
    assert told(asked(pipeline.by, store, what="assignee"), "key") == summed(unbooked, "assigned_to")
    everything = asked(pipeline.by, store, what="payor", statuses=("rejected", "booked"))
    assert told(everything, "key") == summed(listed.filter(pl.col("status").is_in(["rejected", "booked"])), "payor")

    cards = asked(pipeline.cards, store)
    assert tuple(getattr(cards, name) for name in MEASURES) == summed(unbooked)[None]
    assert told(asked(pipeline.across, store), "practice_id") == summed(unbooked, "practice_id")


def test_ages_are_in_bands_with_both_ends_in(mixed_store):
    store = mixed_store
    bands = asked(pipeline.ageing, store, statuses=tuple(words.STATUSES))
    edges = {"0-30": 30, "31-60": 60, "61-90": 90, "91-180": 180, "181-365": 365}
    expected = raw(store).with_columns(
        band=pl.coalesce(*(pl.when(pl.col("age") <= last).then(pl.lit(band)) for band, last in edges.items()))
    )
    assert told(bands, "band") == summed(expected, "band")
    assert bands["opportunities"].to_list() == [2, 4, 4, 4, 4]
    assert bands["band_text"].to_list() == ["0–30 days", "31–60 days", "61–90 days", "91–180 days", "181–365 days"]


def test_a_band_opens_the_list_at_just_its_opportunities(mixed_store):
    for band in asked(pipeline.ageing, mixed_store).to_dicts():
        filters = Filters(statuses=UNBOOKED, opened_from=band["opened_from"], opened_to=band["opened_to"])
        totals = asked_of_list(mixed_store, filters)
        assert (totals.courses, totals.value_pence) == (band["opportunities"], band["value_pence"]), band["band"]


def test_a_bar_opens_the_list_at_just_its_opportunities(mixed_store):
    for what, field in {"provider": "providers", "payor": "payors", "assignee": "assignees"}.items():
        bars = asked(pipeline.by, mixed_store, what=what).to_dicts()
        assert len(bars) > 1
        for bar in bars:
            if bar["key"] or what == "assignee":
                totals = asked_of_list(mixed_store, Filters(statuses=UNBOOKED, **{field: (bar["key"],)}))
                assert (totals.courses, totals.patients) == (bar["opportunities"], bar["patients"]), bar["name"]


def asked_of_list(store: Store, filters: Filters) -> opportunities.Totals:
    """The totals of the work list."""
    return opportunities.worklist(store, of(store), filters, actor=SYSTEM, today=TODAY).totals


def test_courses_older_than_a_year_have_a_band_where_they_are_listed(practice, store):
    practice.course(days_ago=400)
    with store.transaction() as tx:
        tx._cursor.execute("update practice_settings set lookback_days = 500")
    bands = asked(pipeline.ageing, store).to_dicts()
    assert (bands[-1]["band_text"], bands[-1]["opportunities"], len(bands)) == ("More than 365 days", 1, 6)
    assert bands[-1]["opened_to"] == TODAY - timedelta(days=366)


def test_names_are_those_of_people_and_say_the_practice_where_there_are_several(mixed_store):
    one = of(mixed_store)[:1]
    names = {
        what: pipeline.by(mixed_store, one, actor=SYSTEM, today=TODAY, what=what)["name"].to_list()
        for what in pipeline.WHATS
    }
    assert set(names["provider"]) == {"Ben Adeyemi", "Zoe Hall", "No provider"}
    assert set(names["payor"]) == {"Private", "NHS", "No payor"}
    assert set(names["assignee"]) == {"Amara Nwosu", "Nobody"}
    assert "Ben Adeyemi, Oak Lane" in asked(pipeline.by, mixed_store, what="provider")["name"].to_list()


def test_there_is_no_other_way_to_split_it(mixed_store):
    for service in (pipeline.by, pipeline_parts.trend_by):
        with pytest.raises(InvalidRequest, match="cannot be split by colour"):
            asked(service, mixed_store, what="colour")


OVERDUE: list[tuple[dict[str, Any], bool]] = [
    ({}, False),
    ({"assigned_to": "amara", "changed_at": AT - timedelta(days=1)}, True),
    ({"assigned_to": "amara", "changed_at": AT}, False),
    ({"assigned_to": "amara", "changed_at": AT - timedelta(days=9), "last_attempt_at": AT}, False),
    ({"assigned_to": "amara", "changed_at": AT - timedelta(days=9), "status": "rejected"}, False),
    ({"snoozed_until": TODAY}, False),
    ({"snoozed_until": TODAY - timedelta(days=1)}, True),
    ({"snoozed_until": TODAY - timedelta(days=9), "last_attempt_at": AT - timedelta(days=9)}, False),
    ({"snoozed_until": TODAY - timedelta(days=9), "last_attempt_at": AT - timedelta(days=10)}, True),
    ({"snoozed_until": TODAY - timedelta(days=9), "last_contact_at": AT - timedelta(days=8)}, False),
]


def test_overdue_is_what_should_have_been_done_before_today(practice, store):
    course = practice.course()
    for facts, is_overdue in OVERDUE:
        practice.state(course, **facts)
        assert asked(pipeline.across, store)["overdue"].to_list() == [int(is_overdue)], facts


# --- Day by day


def test_the_trend_has_each_day_as_it_was_a_gap_where_nobody_looked_and_today_as_it_is(days):
    store, expected = days.store, {}
    mixed(days.practice)
    for day in (0, 1, 2, 5):
        if day == 1:
            days.practice.course(days_ago=3, payor_id="nhs", band="2b")
        if day == 2:
            days.change("courses", "c0", is_deleted=True)
        days.look(day)
        is_there = ~pl.col("is_deleted")
        expected[day] = summed(raw_later(store, day).filter(is_there))[None]
    days.practice.course(days_ago=4)
    expected[5] = summed(raw_later(store, 5).filter(~pl.col("is_deleted")))[None]
    trend = asked(pipeline.trend, store, day=5, days=8)
    assert trend["day"].to_list() == [TODAY + timedelta(days=day) for day in range(-2, 6)]
    nothing = (None,) * len(MEASURES)
    assert trend.select(MEASURES).rows() == [expected.get(day, nothing) for day in range(-2, 6)]


def raw_later(store: Store, day: int) -> pl.DataFrame:
    """What is still to be booked on a day, as `raw`; nothing is snoozed or booked by then that is not on TODAY."""
    assert day < 8
    is_back = (pl.col("snoozed_until") <= TODAY + timedelta(days=day)) & (pl.col("status") == "snoozed")
    return raw(store, day=day).filter(pl.col("status").is_in(UNBOOKED) | is_back)


def test_the_trend_by_part_adds_up_to_the_trend(days):
    mixed(days.practice)
    for day in (0, 1):
        days.look(day)
    for what in ("status", "age", *pipeline.WHATS):
        parts = asked(pipeline_parts.trend_by, days.store, day=1, what=what)
        whole = parts.group_by("day").agg(pl.col("opportunities", "value_pence", "worth_pence").sum()).sort("day")
        trend = asked(pipeline.trend, days.store, day=1, days=2)
        assert whole.rows() == trend.select("day", "opportunities", "value_pence", "worth_pence").rows(), what
        now = asked(
            {"status": pipeline.standing, "age": pipeline.ageing}.get(what, pipeline.by),
            days.store,
            day=1,
            **({"what": what} if what in pipeline.WHATS else {}),
        )
        key = {"status": "status", "age": "band"}.get(what, "key")
        wanted = now.filter(pl.col("opportunities") > 0)
        if what == "status":
            wanted = wanted.filter(pl.col("status").is_in(UNBOOKED))
        today = parts.filter(pl.col("day") == TODAY + timedelta(days=1))
        assert sorted(today.select("key", "opportunities", "value_pence").rows()) == sorted(
            wanted.select(key, "opportunities", "value_pence").rows()
        ), what


def test_the_largest_parts_have_a_line_each_and_the_others_one_together():
    now = {"a": 5, "b": 9, "c": 1, "d": 2, "e": 3, "f": 4, "g": 7}
    rows = [
        (TODAY - timedelta(days=2), "a", "A", 50),
        *((TODAY, key, key.upper(), of) for key, of in now.items()),
    ]
    parts = pl.DataFrame(rows, schema=["day", "key", "name", "opportunities"], orient="row").with_columns(
        name=pl.col("name").replace({"G": "B"})
    )
    found = pipeline_parts.largest(parts, "opportunities")
    assert list(found.names.values()) == ["B", "B (2)", "A", "F", "E", pipeline_parts.OTHERS]
    assert found.frame.rows() == [
        (TODAY - timedelta(days=2), 0, 0, 50, 0, 0, 0),
        (TODAY - timedelta(days=1), *[None] * 6),
        (TODAY, 9, 7, 5, 4, 3, 3),
    ]
    assert list(pipeline_parts.largest(parts.filter(pl.col("key") < "g"), "opportunities").names.values())[-1] == "C"
    assert pipeline_parts.largest(parts.clear(), "opportunities").names == {}


def test_a_day_that_is_not_known_of_all_practices_is_a_gap_but_not_before_one_began(days):
    second = Days(SmallPractice(days.store, "Oak Lane"))
    days.practice.course()
    second.practice.course()
    for day in (0, 1, 2, 3, 4):
        days.look(day)
    for day in (2, 4):
        second.look(day)
    trend = asked(pipeline.trend, days.store, day=4, days=5)
    assert trend["opportunities"].to_list() == [1, 1, 2, None, 2]
    assert trend["practices"].to_list() == [1, 1, 2, 2, 2]
    assert asked(pipeline_parts.trend_by, days.store, day=4, days=5, what="status")["day"].dt.day().to_list() == [
        24,
        25,
        26,
        28,
    ]


# --- Week by week


def story(days: Days) -> None:
    """Three weeks: TODAY is a Tuesday. Each course's price is its own, so that a sum says which they are."""
    made = {}
    for name, ago in {"old": 362, "told": 50, "seen": 40, "lost": 30, "worked": 20, "late": -9}.items():
        made[name] = days.practice.course(course_id=name, days_ago=ago, item=False)
        days.practice.item(name, price_pence=10 ** list(made).index(name))
    days.look(0)
    days.does(care.attempt, "worked", "spoke", day=1)
    days.does(care.attempt, "worked", "left message", day=2)
    days.does(care.attempt, "told", "spoke", day=2)
    days.does(care.book, "told", visit_on=TODAY + timedelta(days=40), day=2)
    days.does(care.reject, "lost", reason="cost", day=2)
    days.look(2)
    days.does(care.attempt, "worked", "spoke", day=7)
    days.look(7)
    days.practice.item("seen", price_pence=500)
    days.look(8)
    days.practice.appointment("seen", in_days=30)
    days.look(9)
    days.practice.item("seen", price_pence=999)
    days.look(10)
    days.look(14)


@pytest.fixture(scope="module")
def weeks() -> Iterator[Store]:
    """The story of three weeks; tests only read it."""
    store = Store(now=NOW)
    story(Days(SmallPractice(store)))
    yield store
    store.close()


def test_the_flow_counts_each_week_what_happened_in_it_at_the_value_of_that_day(weeks):
    flow = asked(pipeline.flow, weeks, day=14, weeks=4)
    counts = flow.select("days_known", *pipeline.MOVES).rows()
    #       known, new, contacted, booked, rejected, expired
    assert counts == [
        (0, None, None, None, None, None),
        (2, 0, 2, 1, 1, 0),
        (4, 1, 1, 1, 0, 1),
        (1, 0, 0, 0, 0, 0),
    ]
    assert flow.select(f"{move}_value_pence" for move in pipeline.MOVES).rows() == [
        (None, None, None, None, None),
        (0, 10 + 10_000, 10, 1_000, 0),
        (100_000, 10_000, 100 + 500, 0, 1),
        (0, 0, 0, 0, 0),
    ]
    assert flow["is_over"].to_list() == [True, True, True, False]


def test_the_flow_is_what_the_events_and_the_list_say(weeks):
    flow = asked(pipeline.flow, weeks, day=14, weeks=3)
    events = (
        rows(weeks, "events")
        .filter(pl.col("opportunity_id").is_not_null())
        .group_by(pl.col("happened_at").dt.date().dt.truncate("1w").alias("week"), "kind")
        .agg(pl.col("opportunity_id").n_unique().alias("courses"))
    )
    for kind in ("contacted", "rejected"):
        said = dict(events.filter(pl.col("kind") == kind).select("week", "courses").iter_rows())
        assert {week: n for week, n in flow.select("week", kind).iter_rows() if n} == said, kind


def test_the_cards_have_the_week_and_say_when_it_was_looked_up(weeks):
    cards = asked(pipeline.cards, weeks, day=9)
    assert (cards.week, cards.booked, cards.booked_value_pence, cards.contacted) == (
        TODAY + timedelta(days=6),
        1,
        600,
        1,
    )
    assert cards.as_of == AT + timedelta(days=14)
    assert cards.trend.equals(asked(pipeline.trend, weeks, day=9))
    assert cards.weeks.equals(asked(pipeline.flow, weeks, day=9))


def test_what_was_rejected_does_not_count_as_too_old_as_well(days):
    days.practice.course(course_id="lost", days_ago=364)
    days.look(0)
    days.does(care.reject, "lost", reason="cost", day=1)
    for day in (1, 2):
        days.look(day)
    week = asked(pipeline.flow, days.store, day=2, weeks=1).row(0, named=True)
    assert (week["rejected"], week["expired"]) == (1, 0)
    assert days.spells() == [("lost", 0, 2, "expired")]


# --- How far they came


def test_the_funnel_follows_what_was_first_listed_in_the_period(days):
    days.practice.add("patients", "adams")
    days.practice.course(course_id="before")
    back = days.practice.course(course_id="back", days_ago=1)
    days.look(0)
    hidden = days.practice.appointment(back, in_days=9)
    days.look(1)
    days.change("appointments", hidden, status="cancelled")
    days.practice.course(course_id="talked", days_ago=5)
    days.practice.course(course_id="alone", days_ago=5, patient="adams")
    days.practice.course(course_id="still", days_ago=5, patient="adams")
    days.look(2)
    days.does(care.attempt, "before", "spoke", day=2)
    days.does(care.attempt, "talked", "spoke", day=2)
    visits = {course: days.practice.appointment(course, in_days=6) for course in ("before", "talked", "alone")}
    days.look(3)
    for course in ("before", "talked", "alone"):
        days.change("appointments", visits[course], status="completed")
        if course != "alone":
            days.change("courses", course, completed_on=TODAY + timedelta(days=6))
    days.look(7)
    funnel = asked(pipeline.funnel, days.store, day=7, days=6)
    assert funnel.select("stage", "opportunities", "patients", "value_pence", "after_contact").rows() == [
        ("listed", 3, 2, 3 * 42_000, 1),
        ("contacted", 1, 1, 42_000, 1),
        ("booked", 2, 2, 2 * 42_000, 1),
        ("completed", 1, 1, 42_000, 1),
    ]


def test_the_funnels_period_has_both_ends_in(days):
    days.look(0)
    days.practice.course()
    days.look(1)
    for period, listed in {6: [], 7: [1, 0, 0, 0]}.items():
        assert asked(pipeline.funnel, days.store, day=7, days=period)["opportunities"].to_list() == listed, period


# --- Practice against practice


def test_each_practice_has_what_happened_there_and_what_it_had_before(days):
    second = Days(SmallPractice(days.store, "Oak Lane"))
    third = SmallPractice(days.store, "Ash End")
    third.course()
    story(days)
    second.practice.course(course_id="theirs")
    second.look(10)
    second.does(care.attempt, "theirs", "spoke", day=11)
    second.look(14)
    rows_of = {row["practice"]: row for row in asked(pipeline.across, days.store, day=14, days=14).to_dicts()}
    told_of = ("new", "contacted", "booked", "booked_value_pence", "value_before_pence")
    assert [rows_of["Elm Road"][name] for name in told_of] == [1, 2, 2, 610, 1 + 10 + 100 + 1_000 + 10_000]
    assert [rows_of["Oak Lane"][name] for name in told_of] == [0, 1, 0, 0, None]
    assert [rows_of["Ash End"][name] for name in told_of] == [None] * 5
    assert list(rows_of) == ["Elm Road", "Ash End", "Oak Lane"]


# --- Little or nothing


@pytest.mark.parametrize("is_looked_at", [False, True])
def test_a_practice_without_anything_shows_nothing_and_no_noughts_for_what_nobody_saw(days, is_looked_at):
    store = days.store
    if is_looked_at:
        days.look(0)
    for name in ("standing", "ageing", "funnel"):
        assert asked(getattr(pipeline, name), store).is_empty(), name
    assert asked(pipeline.by, store, what="provider").is_empty()
    cards = asked(pipeline.cards, store)
    assert (cards.opportunities, cards.patients, cards.value_pence, cards.overdue) == (0, 0, 0, 0)
    assert (cards.booked, cards.contacted) == ((0, 0) if is_looked_at else (None, None))
    assert (cards.as_of is None) is not is_looked_at
    assert cards.trend["opportunities"].to_list() == [None] * 89 + [0]
    assert asked(pipeline.across, store)["opportunities"].to_list() == [0]


def test_no_practice_at_all_is_shown_as_nothing(store):
    assert asked(pipeline.trend, store).is_empty()
    assert asked(pipeline.across, store).is_empty()
    cards = asked(pipeline.cards, store)
    assert (cards.opportunities, cards.booked, cards.as_of) == (0, None, None)


def test_one_patient_is_one_patient_in_every_figure(days):
    days.practice.course()
    days.practice.course(payor_id="nhs", band="2b", days_ago=100)
    days.look(0)
    days.practice.course(days_ago=10)
    days.look(1)
    cards = asked(pipeline.cards, days.store, day=1)
    assert (cards.opportunities, cards.patients) == (3, 1)
    assert cards.trend["patients"].to_list()[-2:] == [1, 1]
    assert asked(pipeline.ageing, days.store, day=1)["patients"].to_list() == [1, 1, 0, 1, 0]
    assert asked(pipeline.funnel, days.store, day=1)["patients"].to_list() == [1, 0, 0, 0]

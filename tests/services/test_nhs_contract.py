"""Where an NHS contract stands: what counts as delivered, scheduled and open, where it ends, what closes the gap."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

import polars as pl
import pytest

from queries import listing, pms
from queries import nhs as queries
from queries import practices as practice_queries
from queries.store import Store
from services import nhs_contract, nhs_delivery, nhs_openings
from services.errors import InvalidRequest
from tests.nhs import DAYS_LEFT, ENDS, YEAR, contracted, done, known, nhs, standing
from tests.practice import DEFAULTS, NOW, SYSTEM, TODAY, SmallPractice


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """One store for all of these tests: each has a practice of its own in it."""
    store = Store(now=NOW)
    yield store
    store.close()


@pytest.fixture
def practice(store: Store) -> SmallPractice:
    """A practice with a contract."""
    return contracted(store)


# --- Delivered


def test_what_was_delivered_is_what_an_independent_count_of_the_tables_gives(practice):
    random, rows = Random(7), []
    for number in range(400):
        opened = date(2026, 1, 1) + timedelta(days=random.randrange(320))
        rows.append(
            {
                **DEFAULTS["courses"],
                "course_id": f"c{number}",
                "patient_id": "okafor",
                "payor_id": random.choice(["nhs", "nhs", "private"]),
                "opened_on": opened,
                "completed_on": random.choice([None, opened + timedelta(days=random.randrange(60))]),
                "band": random.choice(["1", "2a", "2b", "2c", "3", "urgent", None]),
                "uda": random.choice([None, None, None, Decimal("4.5")]),
                "is_deleted": random.random() < 0.1,
                "absent_since": random.choice([None] * 9 + [date(2026, 10, 1)]),
            }
        )
    with practice.store.transaction() as tx:
        frame = pl.DataFrame(rows, schema=pms.read(tx, practice.id, "courses").schema)
        pms.write(tx, practice.id, "courses", frame)
        practice_queries.raise_revision(tx, practice.id)

    april = date(2026, 4, 1)
    bands = {"1": 1.0, "2a": 3.0, "2b": 5.0, "2c": 7.0, "3": 12.0}
    urgent_before = (pl.col("band") == "urgent") & (pl.col("opened_on") < april)
    counted = frame.filter(
        pl.col("payor_id") == "nhs",
        ~pl.col("is_deleted"),
        pl.col("absent_since").is_null(),
        pl.col("completed_on").is_between(april, TODAY),
    ).with_columns(
        is_unscheduled=((pl.col("band") == "urgent") & (pl.col("opened_on") >= april)).fill_null(value=False),
        banded=pl.when(urgent_before).then(1.2).otherwise(pl.col("band").replace_strict(bands, default=None)),
    )
    uda = pl.coalesce(pl.col("uda").cast(pl.Float64), "banded")
    expected = counted.group_by(pl.col("completed_on").dt.month().alias("month")).agg(
        uda.filter(~pl.col("is_unscheduled")).sum().alias("uda"),
        pl.col("is_unscheduled").sum().alias("courses"),
    )

    found = standing(practice)
    months = found.months.select(
        pl.col("month_on").dt.month().alias("month"), pl.col("uda").round(6), "unscheduled_courses"
    )
    assert dict(zip(months["month"], months.select("uda", "unscheduled_courses").rows(), strict=True)) == {
        month: (pytest.approx(units), courses) for month, units, courses in expected.iter_rows()
    }
    assert found.delivered_uda == pytest.approx(expected["uda"].sum())
    assert found.unscheduled
    assert found.unscheduled.delivered_pence == 7500 * expected["courses"].sum()
    assert found.unpriced_courses == counted.filter(~pl.col("is_unscheduled"), uda.is_null()).height


def test_a_year_counts_from_1_april_to_today_by_completion(practice):
    days = {date(2026, 3, 31): 1, date(2026, 4, 1): 2, TODAY: 4, TODAY + timedelta(days=1): 8}
    for on, uda in days.items():
        done(practice, on, uda=Decimal(uda))
    assert standing(practice).delivered_uda == 2 + 4


def test_a_year_that_is_over_ends_on_31_march(practice):
    practice.add("contracts", "nhs-1", from_on=date(2025, 4, 1), to_on=date(2026, 3, 31), uda_target=Decimal(500))
    done(practice, date(2026, 3, 31))
    done(practice, date(2026, 4, 1))
    nhs(practice)
    last = standing(practice, date(2025, 4, 1))
    assert (last.delivered_uda, last.target_uda, last.is_over) == (3, 500, True)
    assert (last.projection, last.openings.height, last.unscheduled) == (None, 0, None)


def test_of_a_pathway_each_completed_course_is_a_claim_in_udas_at_the_contracts_value(practice):
    for claim in (1, 2):
        done(practice, date(2026, 8, claim), None, pathway="pathway 1", claim_number=claim)
    assert standing(practice).delivered_uda == pytest.approx(2 * 4890 / 3550)


def test_a_course_belongs_to_its_own_contract_or_its_providers_or_the_first(practice):
    practice.add("contracts", "nhs-2", from_on=YEAR, uda_target=Decimal(100))
    practice.add("providers", "eve", contract_id="nhs-2")
    done(practice, TODAY, "1")
    done(practice, TODAY, "2b", provider_id="eve")
    done(practice, TODAY, "3", provider_id="eve", contract_id="nhs-1")
    assert standing(practice).delivered_uda == 13
    assert standing(practice, contract="nhs-2").delivered_uda == 5


def test_the_target_is_what_unscheduled_care_leaves_of_it_from_april_2026(practice):
    found = standing(practice)
    assert (found.contract_uda, found.target_uda) == (1000, 918)
    assert found.unscheduled
    assert (found.unscheduled.target_pence, found.unscheduled.target_courses) == (291100, 39)


def test_without_udas_to_do_there_is_no_target_and_what_was_delivered_is_shown(practice):
    practice.add("contracts", "nhs-1", from_on=YEAR, to_on=ENDS)
    done(practice, TODAY)
    found = standing(practice)
    assert (found.target_uda, found.delivered_uda) == (None, 3)


def test_of_several_terms_in_a_year_the_latest_that_began_counts(practice):
    practice.add("contracts", "nhs-1", from_on=YEAR, to_on=date(2026, 9, 30), uda_target=Decimal(1000))
    practice.add("contracts", "nhs-1", from_on=date(2026, 10, 1), uda_value_pence=3600, uda_target=Decimal(1200))
    practice.add("contracts", "nhs-1", from_on=date(2027, 1, 1), uda_value_pence=4000)
    found = standing(practice)
    assert (found.uda_value_pence, found.contract_uda) == (3600, 1200)


def test_the_years_of_each_contract_go_up_to_the_current_one(practice):
    practice.add("contracts", "old", from_on=date(2024, 10, 1), to_on=date(2025, 3, 31))
    practice.add("contracts", "to come", from_on=date(2027, 4, 1))
    found = nhs_contract.contracts(practice.store, known(practice), actor=SYSTEM, today=TODAY)
    assert found == {"nhs-1": [YEAR], "old": [date(2024, 4, 1)]}


def test_a_year_without_a_term_is_refused(practice):
    with pytest.raises(InvalidRequest, match="no term in 2024/25"):
        standing(practice, date(2024, 4, 1))


def test_the_share_by_30_september_is_known_once_it_has_passed(practice):
    done(practice, date(2026, 9, 30), "3")
    done(practice, date(2026, 10, 1), "3")
    assert standing(practice, today=date(2026, 9, 30)).september_share is None
    assert standing(practice, today=date(2026, 10, 1)).september_share == pytest.approx(12 / 918)
    practice.add("contracts", "begun in July", from_on=date(2026, 7, 1), uda_target=Decimal(100))
    assert standing(practice, contract="begun in July").september_share is None
    assert standing(practice, today=ENDS + timedelta(days=1)).september_share is None


def test_a_contract_that_is_given_back_ends_with_its_last_term(practice):
    handed_back = date(2026, 11, 30)
    practice.add("contracts", "nhs-1", from_on=YEAR, to_on=date(2026, 9, 30), uda_target=Decimal(600))
    practice.add("contracts", "nhs-1", from_on=date(2026, 12, 1), to_on=date(2026, 12, 31))
    assert standing(practice).ends_on == date(2026, 12, 31)
    practice.add("contracts", "nhs-2", from_on=YEAR, to_on=handed_back, uda_target=Decimal(600))
    practice.appointment(nhs(practice, contract_id="nhs-2"), in_days=7)
    nhs(practice, contract_id="nhs-2")
    found = standing(practice, contract="nhs-2")
    assert (found.ends_on, found.scheduled.courses, found.openings.height) == (handed_back, 0, 1)
    assert standing(practice, contract="nhs-2", today=date(2026, 12, 1)).is_over


# --- Scheduled and open


def test_a_live_visit_by_31_march_makes_a_course_scheduled_and_no_other_does(practice):
    # One of them is beyond the horizon, so on the list, and yet not open too.
    for uda, in_days in ((1, 0), (2, 100), (4, DAYS_LEFT), (8, DAYS_LEFT + 1)):
        practice.appointment(nhs(practice, uda=Decimal(uda)), in_days=in_days)
    for status in ("cancelled", "failed", "waiting_list", "completed"):
        practice.appointment(nhs(practice, uda=Decimal(16)), in_days=5, status=status)
    practice.state(nhs(practice, course_id="told", uda=Decimal(32)), booked_on=ENDS)
    # What was claimed of it already comes no second time.
    practice.appointment(nhs(practice, "3", uda_done=Decimal(5)), in_days=1)
    found = standing(practice)
    assert (found.scheduled.courses, found.scheduled.uda) == (5, 1 + 2 + 4 + 32 + 7)
    assert sorted(found.openings["uda"]) == [8, 16, 16, 16, 16]


def test_an_unlinked_visit_schedules_where_the_practice_counts_those(practice):
    nhs(practice)
    practice.appointment(None, in_days=5)
    assert standing(practice).scheduled.courses == 0
    with practice.store.transaction() as tx:
        practice_queries.count_unlinked_visits(tx, practice.id, by="test", now=NOW)
        practice_queries.raise_revision(tx, practice.id)
    assert standing(practice).scheduled.courses == 1


def test_the_visits_that_are_left_must_fit_in_before_the_year_ends(practice):
    for name, interval in (("fits", DAYS_LEFT), ("does not", DAYS_LEFT + 1)):
        course = nhs(practice, course_id=name)
        for position, days in enumerate((90, interval), 1):
            practice.add("planned_visits", course_id=course, position=position, interval_days=days)
    assert standing(practice).openings["course_id"].to_list() == ["fits"]


def test_a_visit_that_was_made_needs_no_time_any_more_and_the_next_waits_for_its_interval_after_it(practice):
    for made_ago, waited in ((5, 9), (14, 0), (50, 0)):
        course = nhs(practice, days_ago=60, course_id=f"made {made_ago} days ago")
        for position, completed_on in enumerate((TODAY - timedelta(days=made_ago), None), 1):
            visit = practice.add("planned_visits", course_id=course, position=position, interval_days=14)
            practice.item(course, planned_visit_id=visit, charged_to="nhs", price_pence=0, completed_on=completed_on)
        row = standing(practice).openings.filter(course_id=course).row(0, named=True)
        assert (row["visits_left"], row["finish_on"]) == (1, TODAY + timedelta(days=waited))


def test_on_the_last_day_a_course_of_one_visit_can_still_be_finished(practice):
    nhs(practice)
    last, over = (standing(practice, today=ENDS + timedelta(days=days)) for days in (0, 1))
    assert (last.openings.height, last.is_over, last.projection) == (1, False, None)
    assert (over.openings.height, over.is_over, over.counted_to) == (0, True, ENDS)


def test_only_open_and_contacted_udas_are_open(practice):
    for status in ("open", "contacted", "rejected"):
        practice.state(nhs(practice, course_id=status), status=status)
    practice.state(nhs(practice, course_id="snoozed"), snoozed_until=TODAY + timedelta(days=3))
    practice.course(course_id="private")
    nhs(practice, "urgent", course_id="unscheduled")
    nhs(practice, None, course_id="nothing known")
    assert set(standing(practice).openings["opportunity_id"]) == {"open", "contacted"}


# --- Likelihood, and what closes the gap


def test_the_likelihood_is_the_share_that_was_finished_in_as_many_days_from_the_same_age(practice):
    for number in range(40):
        facts = {"days_ago": 400, "course_id": f"old {number}"}
        after = 10 if number < 10 else 40 if number < 30 else None
        nhs(practice, completed_on=TODAY - timedelta(days=400 - after) if after else None, **facts)
    nhs(practice, course_id="young", days_ago=20)
    nhs(practice, course_id="older", days_ago=40)
    nhs(practice, course_id="old", days_ago=100)
    shares = {row["opportunity_id"]: row["likelihood"] for row in standing(practice).openings.to_dicts()}
    # Of 40 open on the first day 30 were finished; of 30 open after a month 20; of 10 after two too few are known.
    assert shares == {"young": 0.75, "older": 20 / 30, "old": 0.75}


def test_without_enough_history_there_is_no_likelihood(practice):
    nhs(practice)
    assert standing(practice).openings["likelihood"].to_list() == [None]


def openings(*rows: tuple[str, float, float | None, int]) -> pl.DataFrame:
    """Opportunities by id, UDAs, likelihood and age in days."""
    return pl.DataFrame(
        [
            {"opportunity_id": id_, "uda": uda, "likelihood": chance, "opened_on": TODAY - timedelta(days=age)}
            for id_, uda, chance, age in rows
        ],
        schema_overrides={"likelihood": pl.Float64},
    ).with_columns((pl.col("uda") * pl.col("likelihood")).alias("expected_uda"))


def test_best_first_is_udas_times_likelihood_then_the_oldest_until_the_gap_is_closed():
    rows = openings(("a", 3.0, 0.5, 10), ("b", 12.0, 0.1, 10), ("c", 3.0, 0.5, 20), ("d", 5.0, 0.9, 1))
    assert nhs_openings.to_close(rows, 8.5)["opportunity_id"].to_list() == ["d", "c", "a"]
    assert nhs_openings.to_close(rows, 8.0)["opportunity_id"].to_list() == ["d", "c"]
    assert nhs_openings.to_close(rows, 99)["running_uda"].to_list() == [5, 8, 11, 23]
    assert nhs_openings.to_close(rows, 0).is_empty()


def test_without_likelihood_it_is_the_most_udas_first():
    rows = openings(("a", 3.0, None, 10), ("b", 12.0, None, 5))
    assert nhs_openings.to_close(rows, 13)["opportunity_id"].to_list() == ["b", "a"]


# --- Where the year ends


def test_what_follows_turns_at_each_line(practice):
    cases = (
        (881.27, "Below 96 %", 36.73 * 3550),
        (881.28, "From 96 to 100 %: 36.7 UDAs worth £1,303.56", 0),
        (917.99, "From 96 to 100 %", 0),
        (918.0, "From 100 to 102 %", 0),
        (936.36, "From 100 to 102 %: 18.4 UDAs worth £651.78", 0),
        (936.37, "Above 102 %", 0.01 * 3550),
        (946.36, "Above 102 %: 10 UDAs worth £355.00", 35500),
    )
    found = standing(practice)
    for uda, begins, cost_pence in cases:
        ending = found.ending(uda)
        assert ending.words.startswith(begins)
        assert ending.cost_pence == pytest.approx(cost_pence, abs=1)


def test_the_run_rate_is_that_of_whole_weeks_before_today_an_empty_one_counting_too(practice):
    for days, band in ((1, "1"), (7, "2a"), (8, "2b"), (36, "3"), (0, "3")):
        done(practice, TODAY - timedelta(days=days), band)
    found = standing(practice)
    assert found.rate
    assert (found.rate.period, found.rate.values) == ("week", (4, 5, 0, 0, 0))
    assert found.projection
    assert found.projection.middle == pytest.approx(33 + 9 / 5 * DAYS_LEFT / 7)


def test_what_nobody_knows_yet_is_not_taken_for_nothing_delivered(practice):
    """Typed up to September, imported on 3 November: the weeks since then say nothing about the rate."""
    for month in range(4, 10):
        done(practice, date(2026, month, 5), uda=Decimal(70))
    imported = {"import_id": "i1", "preset": "canonical", "source_name": "x", "is_full": True, "imported_by": "test"}
    imported |= {"practice_id": practice.id, "imported_at": datetime(2026, 11, 3, 23, 30)}
    columns = ", ".join(imported)
    with practice.store.transaction() as tx:
        tx._cursor.execute(
            f"insert into imports ({columns}) values ({', '.join(f'${one}' for one in imported)})", imported
        )
    found = standing(practice)
    assert found.known_to == date(2026, 11, 3)
    assert found.rate
    assert (len(found.rate.values), sum(found.rate.values)) == (13, 140)
    with practice.store.transaction() as tx:
        queries.write_figure(
            tx,
            practice.id,
            "nhs-1",
            date(2026, 9, 1),
            uda=Decimal(100),
            unscheduled_courses=None,
            unscheduled_pence=None,
            by="test",
            now=NOW,
        )
    found = standing(practice)
    assert found.known_to == date(2026, 9, 30)
    assert found.rate
    assert found.rate.values == (100, 70, 70, 70, 70, 70)
    assert found.projection
    assert found.projection.middle == pytest.approx(450 + 75 * 182 / (365.25 / 12))
    done(practice, date(2026, 10, 1), uda=Decimal(1))
    assert standing(practice).known_to == date(2026, 11, 3)
    # In the next year what is not known of this one counts for neither.
    practice.add("contracts", "nhs-1", from_on=YEAR, uda_target=Decimal(1000))
    found = standing(practice, date(2027, 4, 1), today=date(2027, 4, 20))
    assert found.known_to == date(2026, 11, 3)
    assert found.rate
    assert found.projection
    assert found.projection.middle == pytest.approx(found.rate.mean * 366 / (365.25 / 12))


def test_months_before_there_was_unscheduled_care_say_nothing_about_its_rate(practice):
    done(practice, date(2026, 2, 10))
    for month in (5, 10):
        done(practice, date(2026, month, 10), "urgent")
    with practice.store.transaction() as tx:
        queries.write_figure(
            tx,
            practice.id,
            "nhs-1",
            date(2026, 9, 1),
            uda=None,
            unscheduled_courses=5,
            unscheduled_pence=None,
            by="test",
            now=NOW,
        )
    care = standing(practice).unscheduled
    assert care
    assert care.projection
    left = (ENDS - TODAY).days / (365.25 / 12)
    assert care.projection.middle == pytest.approx(7 * 7500 + 7 * 7500 / 6 * left)


def test_a_month_typed_in_makes_the_run_rate_that_of_whole_months(practice):
    days = pl.DataFrame(
        {"completed_on": [date(2026, 9, 3), TODAY], "uda": [30.0, 5.0]},
    ).with_columns(unscheduled_courses=0, unscheduled_pence=0)
    figures = pl.DataFrame(
        {
            "month_on": [date(2026, 8, 1), date(2026, 10, 1)],
            "uda": [10.0, 20.0],
            "typed_by": "Amara",
            "typed_at": datetime(2026, 11, 1),
        }
    ).with_columns(unscheduled_courses=pl.lit(None, pl.Int64), unscheduled_pence=pl.lit(None, pl.Int64))
    rate = nhs_delivery.rate(days, figures, "uda", TODAY, course_pence=7500)
    assert (rate.period, rate.values) == ("month", (20, 30, 10))
    assert nhs_delivery.rate(days, figures, "unscheduled_pence", TODAY, course_pence=7500).period == "week"


def test_a_gap_is_counted_from_the_projection_or_from_what_is_done_and_booked(practice):
    practice.appointment(nhs(practice, "3"), in_days=5)
    found = standing(practice)
    assert found.projection is None
    assert found.gap(0.96, is_projected=True) == found.gap(0.96, is_projected=False) == round(918 * 0.96 - 12, 2)


def test_the_list_is_worked_out_when_it_is_stale(practice):
    standing(practice)
    nhs(practice)
    assert not listing.is_fresh(practice.store, [practice.id], today=TODAY)
    assert standing(practice).openings.height == 1

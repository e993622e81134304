"""What a history teaches: in which direction, how well on months that were not seen, and when nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import polars as pl
import pytest

from services import chance_model, chance_words
from services.chance_model import LEAST_BOOKINGS, Learnt, base_rate, days_to_learn_from, learn, score, tried_months
from tests.practice import TODAY


def ago(days: int) -> date:
    """The day so many days before TODAY."""
    return TODAY - timedelta(days=days)


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


@pytest.mark.parametrize(("gain", "error", "is_better"), [(0.05, 0.03, True), (0.05, 0.031, False), (0.009, 0, False)])
def test_what_luck_could_have_done_is_no_better(learnt, gain, error, is_better):
    trial = replace(learnt.trial, brier=1 - gain, brier_base=1.0, gain_error=error)
    assert trial.is_better is is_better


def test_the_error_of_the_gain_is_that_of_opportunities_not_of_their_looks(rows, learnt):
    tried = rows.filter(pl.col("day").is_between(learnt.trial.from_day, learnt.trial.to_day))
    seen_twice = pl.concat([rows, tried.with_columns(pl.col("day") + timedelta(days=1))])
    again = learn(seen_twice.filter(pl.col("day") <= learnt.trial.to_day), today=TODAY).trial
    assert again.rows == pytest.approx(2 * learnt.trial.rows, rel=0.03)
    assert again.gain_error == pytest.approx(learnt.trial.gain_error, rel=0.05)


def test_where_everything_is_booked_there_is_nothing_to_learn(rows):
    found = learn(rows.with_columns(booked_on=pl.col("day") + timedelta(days=1)), today=TODAY)
    assert (found.why_base, found.model) == ("few to try on", None)


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

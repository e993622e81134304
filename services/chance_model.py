"""What a practice's own history says about the chance of a booking: learnt, tried on later months, and put on rows.

Frames in, frames out: neither the store nor the clock is asked here. A row is one opportunity on one day, with the
columns of `queries.chances.known_on`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

WITHIN_DAYS = 30
"""The chance is that of being booked within so many days."""

LAPSE_DAYS = 365
"""An earlier course that was not finished so long after it was opened has lapsed."""

LEAST_BOOKINGS = 50
"""With fewer bookings to learn from, nothing is learnt: the practice's usual rate stands."""

LEAST_TRIED = 20
"""With fewer bookings in the months that it is tried on, nobody could tell whether it is any good."""

LEAST_GAIN = 0.01
"""What is learnt is used when its error is smaller by at least this share than that of the usual rate."""

SURELY = 1.64
"""And by so many of its standard errors, so that luck alone would do it at one practice of twenty."""

TRIED_MONTHS = 3

PRIOR_BOOKED, PRIOR = 1, 10
"""A practice without a history starts from 1 booked of 10, as if it had seen them."""

STEP_DAYS = 7
"""History is looked at so often. A row counts for this share of WITHIN_DAYS: the same wait is in several rows."""

REGULARISED = 0.1
"""scikit-learn's C: small, so that what few bookings say is believed little."""

VALUE_BANDS = (100_00, 500_00, 1_500_00)
"""Worth from which a value band begins, in pence, after the lowest."""

MANY_TRIES, MANY_MISSED = 6, 3
"""More than so many tell no more."""

FEATURES: dict[str, tuple[str, pl.Expr]] = {
    "open": ("age", pl.col("days_open").cast(pl.Float64).sqrt()),
    "nhs": ("payor", pl.col("payor_kind") == "nhs"),
    "plan": ("payor", pl.col("payor_kind").is_in(["plan", "insurance"])),
    "value": ("value", pl.sum_horizontal(pl.col("worth_pence") >= least for least in VALUE_BANDS)),
    "tries": ("tries", pl.col("days_tried").clip(0, MANY_TRIES)),
    "contact_week": ("contact", pl.col("days_since_contact") <= 7),
    "contact_month": ("contact", pl.col("days_since_contact").is_between(8, 30)),
    "contact_before": ("contact", pl.col("days_since_contact") > 30),
    "finished": ("past", (pl.col("finished") + 1) / (pl.col("finished") + pl.col("lapsed") + 2)),
    "missed": ("visits", pl.col("missed").clip(0, MANY_MISSED)),
}
"""What is looked at: a name -> the input that it is part of (services/chance_words.py), and its number.

Nothing about the person is among them: no name, sex, age, address or exemption, and nothing derived from them.
"""


@dataclass(frozen=True)
class Weight:
    """What a feature counts: for each of its standard deviations above its mean, so much on the log-odds."""

    name: str
    mean: float
    deviation: float
    weight: float


@dataclass(frozen=True)
class Model:
    """A logistic regression on standardised features."""

    intercept: float
    weights: tuple[Weight, ...]


@dataclass(frozen=True)
class Trial:
    """How what was learnt before some months did on them.

    brier is its mean squared error there, brier_base that of the usual rate before them. tenths has a row for each
    tenth of the rows, highest chances first: tenth, rows, expected and booked (shares). lift: how many times as often
    the first tenth was booked as all rows; caught: the share of what was booked that was in it. gain_error: the
    standard error of the gain.
    """

    from_day: date
    to_day: date
    rows: int
    bookings: int
    booked_rate: float
    base_rate: float
    brier: float
    brier_base: float
    lift: float
    caught: float
    tenths: tuple[dict[str, float], ...]
    gain_error: float = 0.0

    @property
    def gain(self) -> float:
        """Return by which share the error is smaller than that of the usual rate; below 0 it is larger."""
        return 1 - self.brier / self.brier_base

    @property
    def is_better(self) -> bool:
        """Say whether it did better than the usual rate, by more than a little and more than luck would."""
        return self.gain >= LEAST_GAIN and self.gain > SURELY * self.gain_error


@dataclass(frozen=True)
class Learnt:
    """What a practice's history taught: the model where it is used, else why the usual rate stands.

    why_base: "few bookings", "few to try on" or "no better"; None where the model is used. bookings, opportunities and
    the days are those that were learnt from.
    """

    base_rate: float
    bookings: int
    opportunities: int
    from_day: date | None
    to_day: date | None
    why_base: str | None
    model: Model | None
    trial: Trial | None

    def to_json(self) -> str:
        """Return it as it is kept."""
        return json.dumps(asdict(self), default=date.isoformat)

    @classmethod
    def from_json(cls, text: str) -> Learnt:
        """Return what was kept."""
        kept = json.loads(text)
        if kept["model"]:
            kept["model"] = Model(kept["model"]["intercept"], tuple(Weight(**one) for one in kept["model"]["weights"]))
        if kept["trial"]:
            kept["trial"] = Trial(**{**_with_days(kept["trial"]), "tenths": tuple(kept["trial"]["tenths"])})
        return cls(**_with_days(kept))


def _with_days(kept: dict[str, Any]) -> dict[str, Any]:
    days = {name: date.fromisoformat(kept[name]) for name in ("from_day", "to_day") if kept[name]}
    return {**kept, **days}


def days_to_learn_from(first_on: date | None, today: date, *, most_days: int) -> list[date]:
    """Return the days of a history at which it is looked: a week apart, old enough to know what came of each."""
    if first_on is None:
        return []
    last = today - timedelta(days=WITHIN_DAYS)
    # What was there when history began was not seen to come: the next day is the first that knows what happened before.
    first = max(first_on + timedelta(days=1), today - timedelta(days=most_days))
    weeks = range(0, max((last - first).days + 1, 0), STEP_DAYS)
    return [last - timedelta(days=days) for days in reversed(weeks)]


def learn(rows: pl.DataFrame, *, today: date) -> Learnt:
    """Return what rows teach: a model, if it does better on the last months than the usual rate, and how it did."""
    bookings = _bookings(rows)
    why_base: str | None = "few bookings"
    model, trial = None, None
    if bookings >= LEAST_BOOKINGS:
        trial = _try(rows, today=today)
        why_base = "few to try on" if trial is None else None if trial.is_better else "no better"
        model = fit(rows) if why_base is None else None
    return Learnt(
        base_rate=base_rate(rows),
        bookings=bookings,
        opportunities=rows["opportunity_id"].n_unique(),
        from_day=rows["day"].min(),  # type: ignore[arg-type]
        to_day=rows["day"].max(),  # type: ignore[arg-type]
        why_base=why_base,
        model=model,
        trial=trial,
    )


def base_rate(rows: pl.DataFrame) -> float:
    """Return the share of rows that were booked, drawn to 1 of 10 as long as there are few."""
    share = STEP_DAYS / WITHIN_DAYS
    booked = rows["booked_on"].count() * share
    return (booked + PRIOR_BOOKED) / (rows.height * share + PRIOR)


def tried_months(today: date) -> tuple[date, date]:
    """Return the first and the last day of the last whole months of which is known what came of each day."""
    last_known = today - timedelta(days=WITHIN_DAYS)
    to_day = (last_known + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    month = to_day.year * 12 + to_day.month - TRIED_MONTHS
    return date(month // 12, month % 12 + 1, 1), to_day


def _bookings(rows: pl.DataFrame) -> int:
    return rows.filter(pl.col("booked_on").is_not_null()).select("opportunity_id", "booked_on").n_unique()


def _try(rows: pl.DataFrame, *, today: date) -> Trial | None:
    """Learn from what was known before the last whole months, and see how it does on them."""
    from_day, to_day = tried_months(today)
    # What came of a day must have been known before the months began: nothing of them may be learnt from.
    before = rows.filter(pl.col("day") <= from_day - timedelta(days=WITHIN_DAYS))
    after = rows.filter(pl.col("day").is_between(from_day, to_day))
    if _bookings(before) < LEAST_BOOKINGS or _bookings(after) < LEAST_TRIED:
        return None
    if before["booked_on"].null_count() == 0:
        return None  # Everything is booked in time: there is nothing to tell apart.
    usual = base_rate(before)
    is_booked = pl.col("booked_on").is_not_null().cast(pl.Float64)
    tried = score(fit(before), after).select(
        "chance",
        "opportunity_id",
        "day",
        booked=is_booked,
        squared=(pl.col("chance") - is_booked) ** 2,
        squared_base=(usual - is_booked) ** 2,
    )
    tenths = (
        tried.sort("chance", "day", "opportunity_id", descending=[True, False, False])
        .with_columns(tenth=(pl.int_range(pl.len()) * 10 // pl.len()) + 1)
        .group_by("tenth")
        .agg(pl.len().alias("rows"), pl.col("chance").mean().alias("expected"), pl.col("booked").mean())
        .sort("tenth")
    )
    means = tried.mean().row(0, named=True)
    # An opportunity is in it week after week: its looks are no witnesses of their own.
    better = pl.col("squared_base") - pl.col("squared")
    off = tried.group_by("opportunity_id").agg((better - (means["squared_base"] - means["squared"])).sum().alias("by"))
    first = tenths.row(0, named=True)
    return Trial(
        from_day=from_day,
        to_day=to_day,
        rows=tried.height,
        bookings=_bookings(after),
        booked_rate=means["booked"],
        base_rate=usual,
        brier=means["squared"],
        brier_base=means["squared_base"],
        lift=first["booked"] / means["booked"],
        caught=first["booked"] * first["rows"] / (means["booked"] * tried.height),
        tenths=tuple(tenths.to_dicts()),
        gain_error=float((off["by"] ** 2).sum()) ** 0.5 / tried.height / means["squared_base"],
    )


def fit(rows: pl.DataFrame) -> Model:
    """Return the logistic regression that fits rows, some booked and some not."""
    # It takes seconds to import, and much memory: only the worker comes here, and only when there is enough to learn.
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    numbers = _numbers(rows).to_numpy()
    scaler = StandardScaler().fit(numbers)
    regression = LogisticRegression(C=REGULARISED, max_iter=1_000)
    regression.fit(scaler.transform(numbers), rows["booked_on"].is_not_null().to_numpy())
    sides = zip(FEATURES, scaler.mean_, scaler.scale_, regression.coef_[0], strict=True)
    return Model(
        float(regression.intercept_[0]),
        tuple(Weight(name, float(mean), float(scale), float(weight)) for name, mean, scale, weight in sides),
    )


def score(model: Model, rows: pl.DataFrame) -> pl.DataFrame:
    """Add the chance of each row, and in a column of each input what it adds to the log-odds of an average row."""
    numbers = _numbers(rows)
    added = {one.name: (numbers[one.name] - one.mean) / one.deviation * one.weight for one in model.weights}
    inputs: dict[str, pl.Series] = {}
    for name, column in added.items():
        of, _ = FEATURES[name]
        inputs[of] = inputs[of] + column if of in inputs else column
    scored = rows.with_columns(**{f"{of}_adds": column for of, column in inputs.items()})
    odds = model.intercept + pl.sum_horizontal(f"{of}_adds" for of in inputs)
    return scored.with_columns(chance=1 / (1 + (-odds).exp()))


def _numbers(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        pl.coalesce(number.cast(pl.Float64), pl.lit(0.0)).alias(name) for name, (_, number) in FEATURES.items()
    )

"""The pipeline: what is still to be booked now, how that changed from day to day, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from queries import listing
from queries import pipeline as queries
from queries.store import Store
from services import words
from services.actors import Actor, Right, allowed
from services.errors import InvalidRequest
from services.practices import Practice

UNBOOKED = ("open", "contacted", "snoozed")
"""The statuses of what is still to be booked: what the cards and the trend count."""

AGES = {
    "0-30": (0, 30),
    "31-60": (31, 60),
    "61-90": (61, 90),
    "91-180": (91, 180),
    "181-365": (181, 365),
    "366+": (366, None),
}
"""The bands of the days since a course was opened, first and last; the macro age_band says the same."""

OVERDUE = (
    "Overdue: due, and assigned to somebody or back from a snooze since before today, with nobody having tried to "
    "reach the patient since."
)
"""What the card counts, in words; the macro is_overdue says the same."""

MOVES = {
    "new": "New on the list",
    "contacted": "Contacted",
    "booked": "Booked",
    "rejected": "Rejected",
    "expired": "Too old",
}
"""What may happen to an opportunity in a week, the columns of `flow`."""

STAGES = {"listed": "Listed", "contacted": "Contacted", "booked": "Booked", "completed": "Completed"}
"""How far an opportunity came, the rows of `funnel`."""

WHATS = ("provider", "payor", "assignee")
MEASURES = ("opportunities", "patients", "value_pence", "uda", "worth_pence")
FIGURES = (*MEASURES, "due", "overdue")

TREND_DAYS = 90
ACROSS_DAYS = 28


@dataclass(frozen=True)
class Cards:
    """What a manager sees first: what is still to be booked now, and what was done in the week from Monday to today.

    as_of: when (UTC) booked and contacted were last looked up, None when never; the others are of this moment.
    booked counts an opportunity once, with the value that it had when it was booked; these are None when nobody looked
    in the week. trend is `trend` and weeks is `flow`, the lines of the cards.
    """

    opportunities: int
    patients: int
    value_pence: int
    uda: float
    worth_pence: int
    due: int
    overdue: int
    week: date
    booked: int | None
    booked_value_pence: int | None
    contacted: int | None
    as_of: datetime | None
    trend: pl.DataFrame
    weeks: pl.DataFrame


@dataclass(frozen=True)
class Past:
    """What was, as it was when the practices were last looked at: until the next look nothing here changes.

    as_of is that of Cards, weeks is `flow`, days is `trend` without today, funnel is `funnel`, done is `across` without
    what is now.
    """

    as_of: datetime | None
    weeks: pl.DataFrame
    days: pl.DataFrame
    funnel: pl.DataFrame
    done: pl.DataFrame


@dataclass(frozen=True)
class Brief:
    """The pipeline in short: each is what the service of its name says."""

    cards: Cards
    standing: pl.DataFrame
    ageing: pl.DataFrame


@dataclass(frozen=True)
class Overview(Brief):
    """All of the pipeline at once; `by` is for each of WHATS."""

    by: Mapping[str, pl.DataFrame]
    funnel: pl.DataFrame
    across: pl.DataFrame


@allowed(Right.SEE, practice="practices")
def past(store: Store, practices: Sequence[Practice], *, actor: Actor, today: date) -> Past:
    """Return what was. It may be kept as long as `results.as_of` is the same."""
    return Past(
        as_of=_as_of(store, practices),
        weeks=flow(store, practices, actor=actor, today=today),
        days=_days(store, practices, today=today, days=TREND_DAYS),
        funnel=funnel(store, practices, actor=actor, today=today),
        done=_done(store, practices, today=today, days=ACROSS_DAYS),
    )


@allowed(Right.SEE, practice="practices")
def overview(store: Store, practices: Sequence[Practice], was: Past, *, actor: Actor, today: date) -> Overview:
    """Return all of the pipeline: what is now, looked up in one go, and beside it what was."""
    now = _now(store, practices, today=today)
    return Overview(
        cards=_cards(now, was.as_of, was.weeks, _trend(now, was.days, practices, today=today, days=TREND_DAYS)),
        standing=_standing(now),
        ageing=_ageing(now, today=today),
        by={what: _by(now, what, practices) for what in WHATS},
        funnel=was.funnel,
        across=_across(now, was.done),
    )


@allowed(Right.SEE, practice="practices")
def brief(store: Store, practices: Sequence[Practice], *, actor: Actor, today: date) -> Brief:
    """Return the cards, `standing` and `ageing`, looked up in one go."""
    now = _now(store, practices, today=today)
    before = _days(store, practices, today=today, days=TREND_DAYS)
    weeks = flow(store, practices, actor=actor, today=today)
    trend = _trend(now, before, practices, today=today, days=TREND_DAYS)
    return Brief(_cards(now, _as_of(store, practices), weeks, trend), _standing(now), _ageing(now, today=today))


@allowed(Right.SEE, practice="practices")
def cards(store: Store, practices: Sequence[Practice], *, actor: Actor, today: date) -> Cards:
    """Return the figures of the cards over all these practices, patients counted once."""
    return brief(store, practices, actor=actor, today=today).cards


@allowed(Right.SEE, practice="practices")
def standing(store: Store, practices: Sequence[Practice], *, actor: Actor, today: date) -> pl.DataFrame:
    """Return what is on the list now by status, in the order of words.STATUSES; empty when nothing is.

    Columns: status, status_text, opportunities, patients, value_pence, uda, worth_pence. One row for each status that
    there is. A patient with courses of two statuses is in both rows: never add patients up.
    """
    return _standing(_now(store, practices, today=today))


@allowed(Right.SEE, practice="practices")
def ageing(
    store: Store,
    practices: Sequence[Practice],
    *,
    actor: Actor,
    today: date,
    statuses: Sequence[str] = UNBOOKED,
) -> pl.DataFrame:
    """Return what is still to be booked now by the days since it was opened; empty when nothing is.

    Columns: band, band_text, opened_from, opened_to (as Filters takes them), opportunities, patients, value_pence, uda,
    worth_pence. One row for each band of AGES, youngest first, the last only when there is something in it.
    """
    return _ageing(_now(store, practices, today=today, statuses=statuses), today=today)


@allowed(Right.SEE, practice="practices")
def by(
    store: Store,
    practices: Sequence[Practice],
    *,
    actor: Actor,
    today: date,
    what: str,
    statuses: Sequence[str] = UNBOOKED,
) -> pl.DataFrame:
    """Return what is still to be booked now by provider, payor or assignee, highest value first.

    Columns: key, name, opportunities, patients, value_pence, uda, worth_pence. The key is what Filters.providers,
    .payors or .assignees takes ("" is nobody, and a provider or payor that a course has none of); over several
    practices a provider's name says the practice too. Raises InvalidRequest for another `what`.
    """
    if what not in WHATS:
        raise InvalidRequest(f"The pipeline cannot be split by {what}. Choose provider, payor or assignee.")
    return _by(_now(store, practices, today=today, statuses=statuses), what, practices)


@allowed(Right.SEE, practice="practices")
def flow(store: Store, practices: Sequence[Practice], *, actor: Actor, today: date, weeks: int = 13) -> pl.DataFrame:
    """Return what happened in each week from Monday, this week last.

    Columns: week (its Monday), is_over, days_known (of its days so far, how many were looked at), and for each of MOVES
    the number of opportunities and <move>_value_pence, the value that they had on that day. A week in which nobody
    looked is null in all of these, not 0. An opportunity counts once a week in each move; what was on the list when
    the history began is not new, and what was rejected before does not count as too old.
    """
    this_week = today - timedelta(days=today.weekday())
    first = this_week - timedelta(weeks=weeks - 1)
    found = queries.flow(store, _ids(practices), from_day=first, to_day=today)
    known = (
        queries.trend(store, _ids(practices), from_day=first, to_day=today)
        .filter(pl.col("practices") == pl.col("expected"))
        .group_by(pl.col("day").dt.truncate("1w").alias("week"))
        .agg(days_known=pl.len().cast(pl.Int32))
    )
    frame = (
        pl.DataFrame({"week": [first + timedelta(weeks=number) for number in range(weeks)]}, schema={"week": pl.Date})
        .with_columns(is_over=pl.col("week") < this_week)
        .join(known, on="week", how="left", maintain_order="left")
        .with_columns(pl.col("days_known").fill_null(0))
    )
    is_known = pl.col("days_known") > 0
    for move in MOVES:
        numbers = found.filter(pl.col("move") == move).select(
            "week", pl.col("opportunities").alias(move), pl.col("value_pence").alias(f"{move}_value_pence")
        )
        frame = frame.join(numbers, on="week", how="left", maintain_order="left").with_columns(
            pl.when(is_known).then(pl.col(name).fill_null(0)).alias(name) for name in (move, f"{move}_value_pence")
        )
    return frame


@allowed(Right.SEE, practice="practices")
def funnel(store: Store, practices: Sequence[Practice], *, actor: Actor, today: date, days: int = 90) -> pl.DataFrame:
    """Return how far the opportunities came that were listed for the first time in the last `days` days.

    Columns: stage, stage_text, opportunities, patients, value_pence, uda, worth_pence (as when they were listed, in
    each row), after_contact (how many of the row were contacted before they were booked, or on that day; of those
    listed, at all). One row for each of STAGES; empty when nothing was listed. A booking needs no contact: many book
    by themselves. Completed are those that were booked and then completed.
    """
    found = queries.funnel(store, _ids(practices), from_day=today - timedelta(days=days - 1), to_day=today)
    stages = pl.DataFrame(
        {"stage": list(STAGES), "stage_text": list(STAGES.values())},
        schema={"stage": pl.String, "stage_text": pl.String},
    )
    return (
        stages.filter(pl.lit(found.height > 0))
        .join(found, on="stage", how="left", maintain_order="left")
        .with_columns(pl.col(*MEASURES, "after_contact").fill_null(0))
    )


@allowed(Right.SEE, practice="practices")
def trend(
    store: Store, practices: Sequence[Practice], *, actor: Actor, today: date, days: int = TREND_DAYS
) -> pl.DataFrame:
    """Return what was still to be booked on each of the last `days` days, today last and as it is now.

    Columns: day, opportunities, patients, value_pence, uda, worth_pence, due, overdue, practices (how many of them have
    a history by then). A day on which not all of those were looked at is a gap: null, not 0. Empty without practices.
    """
    before = _days(store, practices, today=today, days=days)
    return _trend(_now(store, practices, today=today), before, practices, today=today, days=days)


@allowed(Right.SEE, practice="practices")
def across(
    store: Store, practices: Sequence[Practice], *, actor: Actor, today: date, days: int = ACROSS_DAYS
) -> pl.DataFrame:
    """Return practice against practice, highest value first.

    Columns: practice_id, practice, opportunities, patients, value_pence, uda, worth_pence, due, overdue (now),
    value_before_pence (that of the day `days` days ago, null when nobody looked then), of the last `days` days new,
    contacted, booked and booked_value_pence, null without a history, and first_on, the day on which that begins. One
    row for each practice.
    """
    return _across(_now(store, practices, today=today), _done(store, practices, today=today, days=days))


def band_text(band: str) -> str:
    """Return a band of AGES in words."""
    youngest, oldest = AGES[band]
    return f"{youngest}–{oldest} days" if oldest is not None else f"More than {youngest - 1} days"


def opened_between(band: str, *, today: date) -> tuple[date | None, date | None]:
    """Return from when to when the courses of a band of AGES were opened."""
    youngest, oldest = AGES[band]
    return (today - timedelta(days=oldest) if oldest is not None else None), today - timedelta(days=youngest)


def _now(
    store: Store, practices: Sequence[Practice], *, today: date, statuses: Sequence[str] = UNBOOKED
) -> pl.DataFrame:
    """Return what is on the list by all that it is split by, as `queries.standing` says."""
    listing.refresh(store, _ids(practices), today=today)
    return queries.standing(store, _ids(practices), today=today, statuses=statuses)


def _cards(now: pl.DataFrame, as_of: datetime | None, weeks: pl.DataFrame, trend: pl.DataFrame) -> Cards:
    totals = queries.totals_of(now).row(0, named=True)
    this_week = weeks.row(-1, named=True)
    return Cards(
        **{name: totals[name] for name in FIGURES},
        week=this_week["week"],
        booked=this_week["booked"],
        booked_value_pence=this_week["booked_value_pence"],
        contacted=this_week["contacted"],
        as_of=as_of,
        trend=trend,
        weeks=weeks,
    )


def _as_of(store: Store, practices: Sequence[Practice]) -> datetime | None:
    known = queries.known(store, _ids(practices)).values()
    return min(one["taken_at"] for one in known) if known and len(known) == len(practices) else None


def _standing(now: pl.DataFrame) -> pl.DataFrame:
    return (
        now.filter(pl.col("what") == "status")
        .select(pl.col("key").alias("status"), *MEASURES)
        .with_columns(status_text=pl.col("status").replace_strict(words.STATUSES, return_dtype=pl.String))
        .select("status", "status_text", *MEASURES)
        .sort(pl.col("status").cast(pl.Enum(list(words.STATUSES))))
    )


def _ageing(now: pl.DataFrame, *, today: date) -> pl.DataFrame:
    rows = now.filter(pl.col("what") == "age").rename({"key": "band"})
    bands = pl.DataFrame(
        [(band, band_text(band), *opened_between(band, today=today)) for band in AGES],
        schema={"band": pl.String, "band_text": pl.String, "opened_from": pl.Date, "opened_to": pl.Date},
        orient="row",
    )
    is_shown = (pl.col("band") != "366+") | (pl.col("opportunities") > 0)
    return (
        bands.filter(pl.lit(rows.height > 0))
        .join(rows.select("band", *MEASURES), on="band", how="left", maintain_order="left")
        .with_columns(pl.col(MEASURES).fill_null(0))
        .filter(is_shown)
    )


def _by(now: pl.DataFrame, what: str, practices: Sequence[Practice]) -> pl.DataFrame:
    name = pl.col("name")
    if what == "provider" and len(practices) > 1:
        name = pl.concat_str("name", "practice", separator=", ", ignore_nulls=True)
    return now.filter(pl.col("what") == what).select("key", name.alias("name"), *MEASURES)


def _days(store: Store, practices: Sequence[Practice], *, today: date, days: int) -> pl.DataFrame:
    """Return what `trend` says of the days before today."""
    first = today - timedelta(days=days - 1)
    kept = queries.trend(store, _ids(practices), from_day=first, to_day=today).filter(pl.col("day") < today)
    is_whole = pl.col("practices") == pl.col("expected")
    return kept.select(
        "day", *(pl.when(is_whole).then(pl.col(name)).alias(name) for name in FIGURES), practices=pl.col("expected")
    )


def _trend(
    now: pl.DataFrame, before: pl.DataFrame, practices: Sequence[Practice], *, today: date, days: int
) -> pl.DataFrame:
    last = queries.totals_of(now).select(
        pl.lit(today).alias("day"), *FIGURES, practices=pl.lit(len(practices), pl.Int32)
    )
    first = today - timedelta(days=days - 1)
    wanted = pl.DataFrame({"day": [first + timedelta(days=number) for number in range(days)]}, schema={"day": pl.Date})
    return wanted.filter(pl.lit(len(practices) > 0)).join(
        pl.concat([before, last]), on="day", how="left", maintain_order="left"
    )


def _done(store: Store, practices: Sequence[Practice], *, today: date, days: int) -> pl.DataFrame:
    first = today - timedelta(days=days - 1)
    return queries.across(store, _ids(practices), from_day=first, to_day=today, before_day=today - timedelta(days=days))


def _across(now: pl.DataFrame, done: pl.DataFrame) -> pl.DataFrame:
    figures = now.filter(pl.col("what") == "practice").select(pl.col("key").alias("practice_id"), *FIGURES)
    return (
        done.join(figures, on="practice_id", how="left", maintain_order="left")
        .with_columns(pl.col(FIGURES).fill_null(0))
        .select(
            "practice_id",
            "practice",
            *FIGURES,
            "value_before_pence",
            "new",
            "contacted",
            "booked",
            "booked_value_pence",
            "first_on",
        )
        .sort("value_pence", "practice_id", descending=[True, False])
    )


def _ids(practices: Sequence[Practice]) -> list[str]:
    return [practice.practice_id for practice in practices]

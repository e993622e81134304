"""What came of contacts: bookings and what led to them, how long both took, and what was rejected why.

Nothing here says what a contact brought in: many patients would have booked anyway. `cohorts` comes nearest to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from queries import pipeline
from queries import results as queries
from queries.store import Store
from services.actors import PATIENT, SYSTEM, Actor, Right, allowed
from services.contact import CHANNELS
from services.errors import InvalidRequest
from services.estimates import at_risk, curve_of, differ, until
from services.practices import Practice

DAYS = 90
PERIODS = (30, 90, 180, 365)
"""So many days up to today may be looked at."""

WINDOW = 30
WINDOWS = (7, 14, 30, 60, 90)
"""So many days before a booking a contact may lie that it is credited to."""

WHATS = {
    "person": "Person",
    "provider": "Provider",
    "template": "Template",
    "channel": "Channel",
    "way": "Way of booking",
    "reason": "Reason",
}
"""By what bookings are split, in words."""

WAYS = {
    "link": "The patient, by link",
    "book": "In the appointment book here",
    "told": "Told here as booked in the PMS",
    "pms": "Seen in the PMS",
}
"""In which way a booking was made."""

COLLEAGUES = "Colleagues"
"""The row of everybody else, for who may not see what each person did."""

NOBODY = "Booked without a contact"
"""The row of the bookings that nobody is credited with."""

COUNTED = ("bookings", "value_pence", "completed", "completed_value_pence", "lost", "lost_value_pence")

NO_NAME = {
    "person": "Nobody",
    "provider": "No provider",
    "template": "No template",
    "channel": "Another way",
    "way": "Seen in the PMS",
    "reason": "None given",
}
"""The row of what has none of these."""

OTHER_WORDS = "Other words"
TYPED_LEAST = 3
"""What somebody typed as a reason stands by itself from so many bookings on: one may name the patient."""

STAGES = {
    "sent": "Sent",
    "opened": "Opened",
    "booked": "Booked by it",
    "otherwise": "Booked in another way",
    "answered": "Later, no, or a call asked for",
    "waiting": "Still out",
}
"""What booking links came to, in words."""

LANDMARK = 14
FOLLOW_UP = 60
"""Who was contacted within LANDMARK days of the listing is compared by what was booked in the FOLLOW_UP days after."""

COHORTS = 15
"""Months of first listing that are compared: the last three or four are too early."""

CURVE_DAYS = 365
CURVE_LEAST = 10
"""A curve of fewer opportunities says more than is known."""

AT_RISK_ON = (7, 30, 60, 90, 180, 270, 365)
"""The days on which the curve says how many opportunities it still rests on."""

AIM_DAYS = 3
AIM = "The aim is a first contact within 3 days (Henry Schein One's advice on unscheduled treatment)."

DELAYS: Mapping[str, tuple[int, int | None]] = {
    "0–3 days": (0, AIM_DAYS),
    "4–7 days": (4, 7),
    "8–14 days": (8, 14),
    "15–30 days": (15, 30),
    "More than 30 days": (31, None),
}
"""The bands of the days from opening to the first contact, first and last."""

NOT_YET = "Not yet"
SETTLED = "Booked or closed before a contact"

ATTEMPTS = ("0", "1", "2", "3", "4 or more")
"""The bands of the attempts before a booking."""


@dataclass(frozen=True)
class Cohorts:
    """Of those not booked by the landmark, how many were then booked, by whether they were contacted until then.

    months has a row for each month of first listing: month, listed, booked_before (the landmark), gone_before (left
    the list otherwise), contacted, contacted_booked, contacted_share, others, others_booked, others_share, is_over; a
    month that is too early, or that has nobody of a kind, has no share of it. The numbers beside it are those of all
    months that are over.
    """

    months: pl.DataFrame
    contacted: int
    contacted_booked: int
    others: int
    others_booked: int

    @property
    def contacted_share(self) -> float | None:
        """Return which share of the contacted was booked."""
        return self.contacted_booked / self.contacted if self.contacted else None

    @property
    def others_share(self) -> float | None:
        """Return which share of those not yet contacted was booked."""
        return self.others_booked / self.others if self.others else None

    @property
    def may_be_luck(self) -> bool:
        """Say whether both sides have a share, and these are no further apart than luck would bring them."""
        sides = (self.contacted_booked, self.contacted), (self.others_booked, self.others)
        return bool(self.contacted and self.others) and not differ(*sides)


@dataclass(frozen=True)
class Waits:
    """How long opportunities wait from opening to booking, as a Kaplan-Meier curve.

    curve has a row for each day on which its share changes: day, share (booked by then, of all), low and high (95 %),
    at_risk (how many it rests on that day), bookings. at_risk: the same number on the days of AT_RISK_ON that the
    curve reaches. median_days is None when less than half are booked by its end.
    """

    curve: pl.DataFrame
    at_risk: dict[int, int]
    opportunities: int
    booked: int
    median_days: int | None


@dataclass(frozen=True)
class Delays:
    """How long first contacts took.

    bands has a row for each of DELAYS, then NOT_YET and SETTLED: band, opportunities, value_pence. median_days is
    that of those contacted, None when nobody was.
    """

    bands: pl.DataFrame
    opportunities: int
    contacted: int
    within_aim: int
    median_days: float | None


@dataclass(frozen=True)
class Links:
    """What became of booking links that were sent.

    stages has a row for each of what a link came to: stage, links; templates one for each template and channel, with
    the columns of queries/sql/results/links.sql.
    """

    stages: pl.DataFrame
    templates: pl.DataFrame
    sent: int
    opened: int
    booked: int
    cancelled: int
    otherwise: int
    waiting: int


@dataclass(frozen=True)
class Attempts:
    """How many attempts bookings took: a row for each of ATTEMPTS: attempts, bookings, value_pence; and their mean."""

    bands: pl.DataFrame
    bookings: int
    mean: float | None


@allowed(Right.SEE, practice="practices")
def as_of(store: Store, practices: Sequence[Practice], *, actor: Actor, today: date) -> dict[str, datetime]:
    """Return when (UTC) the bookings of each practice were last looked up; one without a history is left out.

    As long as this is the same, all that is said here may be kept: what people did since comes with the next look.
    """
    return {id_: known["taken_at"] for id_, known in pipeline.known(store, _ids(practices)).items()}


@allowed(Right.SEE, practice="practices")
def credited(
    store: Store,
    practices: Sequence[Practice],
    *,
    actor: Actor,
    today: date,
    what: str,
    days: int = DAYS,
    window: int = WINDOW,
) -> pl.DataFrame:
    """Return the bookings of the last `days` days by one of WHATS, highest value first, NOBODY last.

    A booking by a link is credited to the message that carried it. Any other is credited to the last contact about its
    course on that day or at most `window` days before it: one that was taken back or did not arrive is none, nor is one
    after the moment of the booking where that is known. The reason is the last one that a snooze or a rejection gave
    since the course came on the list. By person, who may not see the audit sees themselves and COLLEAGUES.

    Columns: name, is_contacted, bookings, value_pence, completed (of these bookings, by now), completed_value_pence,
    lost (of these, neither completed nor booked by now), lost_value_pence, money as on the day of the booking. Raises
    InvalidRequest for another `what`.
    """
    if what not in WHATS:
        raise InvalidRequest(f"Bookings cannot be split by {what}. Choose one of {', '.join(WHATS)}.")
    found = queries.credited(
        store,
        _ids(practices),
        what,
        window=window,
        **_period(days, today),
        patient=PATIENT,
        system=SYSTEM.user_id,
    )
    name = pl.coalesce("name", "key").fill_null(NO_NAME[what])
    if what == "provider" and len(practices) > 1:
        name = pl.concat_str(name, "practice", separator=", ", ignore_nulls=True)
    if what == "person":
        name = pl.when(pl.col("key") == SYSTEM.user_id).then(pl.lit("Sent by a sequence")).otherwise(name)
        if not actor.may(Right.HISTORY):
            is_other = ~pl.col("key").is_in([SYSTEM.user_id, actor.user_id])
            name = pl.when(is_other).then(pl.lit(COLLEAGUES)).otherwise(name)
    if what == "channel":
        name = pl.col("key").replace_strict({"phone": "Phone", **CHANNELS}, default=name)
    if what == "way":
        name = pl.col("key").replace_strict(WAYS, default=name)
    if what == "reason":
        is_rare = pl.col("is_typed") & pl.col("key").is_not_null() & (pl.col("bookings") < TYPED_LEAST)
        name = pl.when(is_rare).then(pl.lit(OTHER_WORDS)).otherwise(name)
    named = found.with_columns(name=pl.when("is_contacted").then(name).otherwise(pl.lit(NOBODY)))
    # Two people of one name stay two; everybody in a row of several is one.
    is_one = pl.col("name").is_in([COLLEAGUES, NOBODY]).not_() & pl.lit(what in ("person", "provider"))
    return (
        named.group_by("name", "is_contacted", pl.when(is_one).then("key").alias("key"), maintain_order=True)
        .agg(pl.col(*COUNTED).sum())
        .drop("key")
        .sort("is_contacted", "value_pence", descending=True, maintain_order=True)
    )


@allowed(Right.SEE, practice="practices")
def links(store: Store, practices: Sequence[Practice], *, actor: Actor, today: date, days: int = DAYS) -> Links:
    """Return what became of the booking links whose messages left in the last `days` days.

    A link counts as opened once its page was asked for, which some mail programs do by themselves.
    """
    found = queries.links(store, _ids(practices), **_period(days, today)).with_columns(
        pl.col("template").fill_null(NO_NAME["template"]), pl.col("channel").replace(CHANNELS)
    )
    sums = {name: int(found[name].sum()) for name in (*STAGES, "cancelled")}
    answered = sums.pop("answered")
    stages = [(words, sums.get(name, answered)) for name, words in STAGES.items()]
    return Links(
        stages=pl.DataFrame(stages, {"stage": pl.String, "links": pl.Int64}, orient="row"), templates=found, **sums
    )


@allowed(Right.SEE, practice="practices")
def cohorts(store: Store, practices: Sequence[Practice], *, actor: Actor, today: date) -> Cohorts:
    """Return what was booked after the landmark, of those contacted by then and of those not yet.

    It compares what is on the list and still to be booked LANDMARK days after it was first listed, so that what was
    booked at once counts for neither side, nor does what was gone by then. Who is contacted later stays with those not
    yet contacted; what is rejected, or expires or goes after it, is not booked. What was on the list when the history
    began is left out.
    """
    this_month = today.replace(day=1)
    years, month = divmod(this_month.year * 12 + this_month.month - COHORTS, 12)
    found = queries.landmark(
        store,
        _ids(practices),
        landmark=LANDMARK,
        follow_up=FOLLOW_UP,
        from_day=date(years, month + 1, 1),
        to_day=today,
    )
    last_on = pl.col("month").dt.month_end() + pl.duration(days=LANDMARK + FOLLOW_UP)
    months = found.with_columns(is_over=last_on < today).with_columns(
        pl.when(pl.col("is_over") & (pl.col(side) > 0))
        .then(pl.col(f"{side}_booked") / pl.col(side))
        .alias(f"{side}_share")
        for side in ("contacted", "others")
    )
    over = months.filter("is_over")
    sums = {name: int(over[name].sum()) for name in ("contacted", "contacted_booked", "others", "others_booked")}
    return Cohorts(months=months, **sums)


@allowed(Right.SEE, practice="practices")
def waits(store: Store, practices: Sequence[Practice], *, actor: Actor, today: date) -> Waits:
    """Return how long the opportunities first listed in the last CURVE_DAYS days wait for their first booking.

    Each counts from the day on which it was first seen on the list; before, it could not have been seen to be booked.
    What was rejected, expired or went otherwise is never booked any more, and stays in all the same until today: the
    curve is the share of all of them that was booked, not of those that may still be.
    """
    found = queries.waits(store, _ids(practices), **_period(CURVE_DAYS, today))
    booked = found.filter("is_booked")
    numbers = {"opportunities": int(found["opportunities"].sum()), "booked": int(booked["opportunities"].sum())}
    end = min(CURVE_DAYS, int(found["waited"].max() or 0))  # type: ignore[arg-type]
    curve = curve_of(found).filter(pl.col("day") <= end)
    reached = curve.filter(pl.col("share") >= 0.5)
    return Waits(
        curve=until(curve, end) if found.height else curve,
        at_risk={day: at_risk(found, day) for day in AT_RISK_ON if day <= end},
        median_days=int(reached["day"][0]) if reached.height else None,
        **numbers,
    )


@allowed(Right.SEE, practice="practices")
def rejections(
    store: Store, practices: Sequence[Practice], *, actor: Actor, today: date, days: int = DAYS
) -> pl.DataFrame:
    """Return why opportunities were rejected in the last `days` days, most first: reason, opportunities, value_pence.

    Each counts once, by its last rejection that was not taken back, whether or not it was restored since.
    """
    found = queries.rejections(store, _ids(practices), **_period(days, today))
    return found.with_columns(pl.col("reason").fill_null(NO_NAME["reason"]))


@allowed(Right.SEE, practice="practices")
def delays(store: Store, practices: Sequence[Practice], *, actor: Actor, today: date, days: int = DAYS) -> Delays:
    """Return how long the first contact took for the opportunities first listed in the last `days` days.

    The days are those from the opening of the course; a contact after the first booking is no first contact.
    """
    found = queries.delays(store, _ids(practices), **_period(days, today))
    band = pl.when("is_waiting").then(pl.lit(NOT_YET)).when(pl.col("days").is_null()).then(pl.lit(SETTLED))
    for words, (first, last) in DELAYS.items():
        band = band.when(pl.col("days").is_between(first, last or pl.lit(10**6))).then(pl.lit(words))
    contacted = found.filter(pl.col("days").is_not_null())
    each = contacted.select(pl.col("days").repeat_by("opportunities").explode())["days"]
    median = each.median() if contacted.height else None
    return Delays(
        bands=_banded(found.with_columns(band=band), "band", (*DELAYS, NOT_YET, SETTLED), "opportunities"),
        opportunities=int(found["opportunities"].sum()),
        contacted=int(contacted["opportunities"].sum()),
        within_aim=int(contacted.filter(pl.col("days") <= AIM_DAYS)["opportunities"].sum()),
        median_days=None if median is None else float(median),  # type: ignore[arg-type]
    )


@allowed(Right.SEE, practice="practices")
def attempts(store: Store, practices: Sequence[Practice], *, actor: Actor, today: date, days: int = DAYS) -> Attempts:
    """Return how often somebody tried to reach the patient before each booking of the last `days` days.

    Attempts are calls logged and messages sent about the course since it came on the list, up to the day of the
    booking; those taken back do not count.
    """
    found = queries.attempts(store, _ids(practices), **_period(days, today))
    most = len(ATTEMPTS) - 1
    band = pl.col("attempts").clip(upper_bound=most).replace_strict(dict(enumerate(ATTEMPTS)), return_dtype=pl.String)
    bookings = int(found["bookings"].sum())
    tries = int((found["attempts"] * found["bookings"]).sum())
    return Attempts(
        bands=_banded(found.with_columns(attempts=band), "attempts", ATTEMPTS, "bookings"),
        bookings=bookings,
        mean=tries / bookings if bookings else None,
    )


def _banded(found: pl.DataFrame, band: str, bands: Sequence[str], counted: str) -> pl.DataFrame:
    """Return a row for each band in its order, with noughts where there is nothing; none when nothing was found."""
    sums = found.group_by(band).agg(pl.col(counted, "value_pence").sum())
    return (
        pl.DataFrame({band: list(bands)}, schema={band: pl.String})
        .filter(pl.lit(found.height > 0))
        .join(sums, on=band, how="left", maintain_order="left")
        .with_columns(pl.col(counted, "value_pence").fill_null(0))
    )


def _period(days: int, today: date) -> dict[str, date]:
    return {"from_day": today - timedelta(days=days - 1), "to_day": today}


def _ids(practices: Sequence[Practice]) -> list[str]:
    return [practice.practice_id for practice in practices]

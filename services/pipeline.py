"""The pipeline: what is still to be booked now, how that changed from day to day, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from queries import listing
from queries import pipeline as queries
from queries.store import Store
from services import words
from services.actors import Actor, Right, allowed
from services.errors import InvalidRequest
from services.opportunities import Filters, asked
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


@dataclass(frozen=True)
class Cards:
    """What a manager sees first: what is still to be booked now, and what was done in the week from Monday to today.

    as_of: when booked and contacted were last looked up, None when never; the others are of this moment.
    booked counts an opportunity once, with the value that it had when it was booked. trend is `trend` and weeks is
    `flow`, the lines of the cards.
    """

    opportunities: int
    patients: int
    value_pence: int
    uda: float
    worth_pence: int
    due: int
    overdue: int
    week: date
    booked: int
    booked_value_pence: int
    contacted: int
    as_of: datetime | None
    trend: pl.DataFrame
    weeks: pl.DataFrame


@allowed(Right.SEE, practice="practices")
def cards(store: Store, practices: Sequence[Practice], *, actor: Actor, today: date) -> Cards:
    """Return the figures of the cards over all these practices, patients counted once."""
    now = _now(store, practices, "total", today=today)
    weeks = flow(store, practices, actor=actor, today=today)
    this_week = weeks.row(-1, named=True)
    return Cards(
        **now.select(*MEASURES, "due", "overdue").row(0, named=True) if now.height else dict.fromkeys(
            (*MEASURES, "due", "overdue"), 0
        ),
        week=this_week["week"],
        booked=this_week["booked"] or 0,
        booked_value_pence=this_week["booked_value_pence"] or 0,
        contacted=this_week["contacted"] or 0,
        as_of=queries.taken_at(store, _ids(practices), today=today),
        trend=trend(store, practices, actor=actor, today=today),
        weeks=weeks,
    )


@allowed(Right.SEE, practice="practices")
def standing(store: Store, practices: Sequence[Practice], *, actor: Actor, today: date) -> pl.DataFrame:
    """Return what is on the list now by status, in the order of words.STATUSES; empty when nothing is.

    Columns: status, status_text, opportunities, patients, value_pence, uda, worth_pence. One row for each status that
    there is. A patient with courses of two statuses is in both rows: never add patients up.
    """


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


@allowed(Right.SEE, practice="practices")
def flow(
    store: Store, practices: Sequence[Practice], *, actor: Actor, today: date, weeks: int = 13
) -> pl.DataFrame:
    """Return what happened in each week from Monday, this week last.

    Columns: week (its Monday), is_over, days_known (of its days so far, how many were looked at), and for each of MOVES
    the number of opportunities and <move>_value_pence, the value that they had on that day. A week in which nobody looked
    is null in all of these, not 0. An opportunity counts once a week in each move; what was on the list when the
    history began is not new, and what was rejected before does not count as too old.
    """


@allowed(Right.SEE, practice="practices")
def funnel(store: Store, practices: Sequence[Practice], *, actor: Actor, today: date, days: int = 90) -> pl.DataFrame:
    """Return how far the opportunities came that were listed for the first time in the last `days` days.

    Columns: stage, stage_text, opportunities, patients, value_pence, uda, worth_pence (as when they were listed, in each
    row), after_contact (how many of the row were contacted before or when they came there). One row for each of
    STAGES; empty when nothing was listed. Booked does not need a contact: many book by themselves.
    """


@allowed(Right.SEE, practice="practices")
def trend(store: Store, practices: Sequence[Practice], *, actor: Actor, today: date, days: int = 90) -> pl.DataFrame:
    """Return what was still to be booked on each of the last `days` days, today last and as it is now.

    Columns: day, opportunities, patients, value_pence, uda, worth_pence, due, overdue, practices (how many of them have
    a history by then). A day on which not all of those were looked at is a gap: null, not 0. Empty without practices.
    """


@allowed(Right.SEE, practice="practices")
def across(store: Store, practices: Sequence[Practice], *, actor: Actor, today: date, days: int = 28) -> pl.DataFrame:
    """Return practice against practice, highest value first.

    Columns: practice_id, practice, opportunities, patients, value_pence, uda, worth_pence, due, overdue (now),
    value_before_pence (that of the day `days` days ago, null when nobody looked then), and of the last `days` days: new,
    contacted, booked, booked_value_pence. One row for each practice.
    """


def opened_between(band: str, *, today: date) -> tuple[date | None, date | None]:
    """Return from when to when the courses of a band of AGES were opened."""
    youngest, oldest = AGES[band]
    return (today - timedelta(days=oldest) if oldest is not None else None), today - timedelta(days=youngest)

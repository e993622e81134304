"""The chance that an open course gets booked in the next 30 days, learnt from the practice's own history."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from queries import chances as queries
from queries import listing
from queries.store import Store
from services import chance_words, kept_chances, practices
from services.actors import Actor, Right, allowed
from services.chance_model import LAPSE_DAYS, WITHIN_DAYS, Learnt, days_to_learn_from, learn, score
from services.pipeline import UNBOOKED
from services.practices import Practice
from services.snapshots import Looks
from services.surroundings import TodayAt

log = logging.getLogger(__name__)

MOST_DAYS = 546
"""A year and a half is learnt from: what was before may no longer be so."""

MOST_SPELLS = 20_000
"""Of a longer history an even share of its spells is looked at: more teach nothing new, and take longer."""

Tried = dict[str, tuple[date, int]]
"""The day and the data of each practice that the worker tried, whatever came of it."""


@dataclass(frozen=True)
class Forecast:
    """What is expected of a practice's list, and what that rests on.

    opportunities, worth_pence: what is still to be booked and has a chance; booked, booked_worth_pence: what is
    expected of it within chance_model.WITHIN_DAYS.
    """

    learnt: Learnt
    worked_out_on: date
    worked_out_at: datetime
    opportunities: int
    worth_pence: int
    booked: float
    booked_worth_pence: int


@allowed(Right.SEE, practice="practice")
def forecast(store: Store, practice: Practice, *, actor: Actor, today: date) -> Forecast | None:
    """Return what was last worked out for a practice, over its list of today; None before the first time."""
    kept = queries.learnt(store, [practice.practice_id]).get(practice.practice_id)
    if kept is None:
        return None
    listing.refresh(store, [practice.practice_id], today=today)
    expected = queries.expected(store, practice.practice_id, today=today, statuses=UNBOOKED)
    return Forecast(
        learnt=Learnt.from_json(kept["result"]),
        worked_out_on=kept["worked_out_on"],
        worked_out_at=kept["worked_out_at"],
        opportunities=expected["opportunities"],
        worth_pence=expected["worth_pence"],
        booked=expected["booked"],
        booked_worth_pence=round(expected["booked_worth_pence"]),
    )


@allowed(Right.SEE, practice="practices")
def with_chances(store: Store, practices: Sequence[Practice], rows: pl.DataFrame, *, actor: Actor) -> pl.DataFrame:
    """Add chance, expected_pence (worth x chance) and why to rows of the work list; null where there is none."""
    told = kept_chances.beside(store, practices, rows, actor=actor)
    why = [
        None if chance is None else chance_words.why(*sides)
        for chance, *sides in told.select("chance", "raises", "lowers").iter_rows()
    ]
    return told.drop("raises", "lowers").with_columns(pl.Series("why", why, dtype=pl.String))


def keep_up(store: Store, looks: Looks, tried: Tried, *, now: datetime, today_at: TodayAt) -> bool:
    """Work out the chances of one practice whose day or data are new, and say whether there was one.

    One at a time, so that sending has its turn in between. The day must have been looked at before; a practice for
    which it fails is passed over until its day or its data change.
    """
    kept = queries.learnt(store)
    for practice in practices.all_practices(store):
        wanted = today_at(now, practice.timezone), practice.revision
        look, done = looks.of.get(practice.practice_id), kept.get(practice.practice_id)
        is_looked_at = look is not None and (look.today, look.revision) == wanted
        is_done = done is not None and (done["worked_out_on"], done["revision"]) == wanted
        if not is_looked_at or is_done or tried.get(practice.practice_id) == wanted:
            continue
        tried[practice.practice_id] = wanted
        try:
            work_out(store, practice, now=now, today=wanted[0])
        except Exception as problem:
            log.exception("The chances of a practice could not be worked out: %s.", type(problem).__name__)
        return True
    return False


def work_out(store: Store, practice: Practice, *, now: datetime, today: date) -> None:
    """Learn from a practice's history, and keep the chance of each unbooked opportunity of its list.

    The history must have been brought up to the day (`snapshots.take`).
    """
    practice_id = practice.practice_id
    with store.reading() as reading:
        first_on, spells = queries.history(reading, practice_id)
        days = days_to_learn_from(first_on, today, most_days=MOST_DAYS)
        every = max(1, -(-spells // MOST_SPELLS))
        sizes = {"within_days": WITHIN_DAYS, "lapse_days": LAPSE_DAYS}
        past = queries.known_on(reading, practice_id, days, every=every, **sizes)
        listed = queries.known_on(reading, practice_id, [today], **sizes)
    learnt = learn(past, today=today)
    chances = (
        chance_words.reasons(score(learnt.model, listed))
        if learnt.model
        else chance_words.usual(listed, learnt.base_rate)
    )
    with store.transaction() as tx:
        if all(one.practice_id != practice_id for one in practices.all_practices(tx)):
            return  # It was removed meanwhile.
        queries.write(
            tx, practice_id, chances, result=learnt.to_json(), revision=practice.revision, today=today, now=now
        )

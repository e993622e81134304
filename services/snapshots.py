"""What a practice's pipeline is on each day: looked at while the day lasts, and never changed once it is over."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from queries import my_list
from queries import pipeline as queries
from queries.store import Store
from services import actions, practices
from services.opportunities import rule_of
from services.pipeline import UNBOOKED
from services.practices import Practice
from services.surroundings import TodayAt

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=15)
"""So often at most a day is looked at again for what people did; an import and a new day are looked at at once."""

FAILED = -1
"""Stands for the newest event where a look failed: any is newer."""


@dataclass(frozen=True)
class Look:
    """When a practice was last looked at, and what its data and the newest event were then."""

    at: datetime
    today: date
    revision: int
    last_event: int | None


@dataclass
class Looks:
    """The last look at each practice: what the worker remembers between two of them."""

    of: dict[str, Look] = field(default_factory=dict)


def take(store: Store, practice: Practice, *, now: datetime, today: date) -> None:
    """Look at a practice's list of today: keep its figures, which opportunities came and went, and what happened.

    What is kept of today is written anew; what happened since the last look goes to the day on which it did. When
    a later day is kept already, today is over and nothing is changed.
    """
    with actions.on_fresh_list(store, [practice.practice_id], today=today) as tx:
        now_there = [one for one in practices.all_practices(tx) if one.practice_id == practice.practice_id]
        if not now_there:
            return  # It was removed meanwhile.
        known = queries.known(tx, [practice.practice_id]).get(practice.practice_id)
        if known and known["last_on"] > today:
            return
        queries.follow_spells(
            tx,
            practice.practice_id,
            today=today,
            since=known["last_on"] if known else today,
            is_beginning=not known or known["first_on"] == today,
            settings=rule_of(now_there[0]),
        )
        totals = queries.totals(tx, [practice.practice_id], today=today, statuses=UNBOOKED)
        queries.keep_day(tx, practice.practice_id, today=today, totals=totals, now=now)


def keep_up(store: Store, looks: Looks, *, now: datetime, today_at: TodayAt) -> None:
    """Look at each practice whose day is new, whose data an import changed, or of which people did something.

    One that cannot be looked at is passed over, and tried again after EVERY.
    """
    last_event = my_list.last_event(store)
    for practice in practices.all_practices(store):
        look = Look(now, today_at(now, practice.timezone), practice.revision, last_event)
        if not _is_due(looks.of.get(practice.practice_id), look):
            continue
        looks.of[practice.practice_id] = look
        try:
            take(store, practice, now=now, today=look.today)
        except Exception as problem:
            looks.of[practice.practice_id] = replace(look, last_event=FAILED)
            log.exception("A practice's day could not be kept: %s.", type(problem).__name__)


def _is_due(last: Look | None, look: Look) -> bool:
    if last is None or (last.today, last.revision) != (look.today, look.revision):
        return True
    return last.last_event != look.last_event and look.at - last.at >= EVERY

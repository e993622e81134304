"""What a patient books by a booking link without signing in: the times that they are offered, holds and takes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from queries import holds
from queries.store import Reading, Store, Transaction
from services import (
    actions,
    booking_confirmation,
    booking_links,
    booking_settings,
    bookings,
    patient_visit,
    patient_words,
    slots,
)
from services.actors import Actor
from services.bookings import SlotTaken
from services.errors import InvalidRequest
from services.patient_visit import Visit
from services.slots import Wanted
from services.surroundings import TodayAt

HOLD = timedelta(minutes=5)
"""So long a time is kept for the patient who is confirming it."""

SHOWN_DAYS = 5
"""Days with free times on one page."""

APART_MINUTES = 30
"""Times offered within one gap lie so far apart, or as the visit is long where that is less."""

MOST_TIMES = 1_000
EARLIER_DAYS = 7


class NotBookable(InvalidRequest):
    """The visit cannot be booked by its patient, now or any more."""


@dataclass(frozen=True)
class Times:
    """Free times by day, and from which days on there may be earlier and later ones."""

    days: tuple[tuple[date, tuple[datetime, ...]], ...] = ()
    earlier_on: date | None = None
    later_on: date | None = None


def times(store: Store, visit: Visit, *, from_on: date | None = None) -> Times:
    """Return the next free days from a day on, with times that lie well apart."""
    if visit.why_not or visit.wanted is None:
        return Times()
    with store.reading() as reading:
        first, last = _bounds(reading, visit)
        start = min(max(from_on or first, first), last)
        found = _free(reading, visit, start, last)
    by_day = [(day, tuple(some)) for day, some in groupby(found, key=lambda at: at.date())]
    later = by_day[SHOWN_DAYS:]
    apart = timedelta(minutes=min(APART_MINUTES, visit.wanted.minutes or APART_MINUTES))
    return Times(
        days=tuple((day, _thinned(some, apart)) for day, some in by_day[:SHOWN_DAYS]),
        earlier_on=max(first, start - timedelta(days=EARLIER_DAYS)) if start > first else None,
        later_on=later[0][0] if later else None,
    )


def hold(store: Store, token: str, starts_at: datetime, *, now: datetime, today_at: TodayAt) -> None:
    """Keep a time for the patient of a link, instead of one held before, while they confirm it.

    Raises SlotTaken for a time that is not free any more, LinkClosed and NotBookable.
    """
    with store.transaction() as tx:
        visit, wanted = _to_book(tx, token, now=now, today_at=today_at)
        _check_offered(tx, visit, starts_at)
        holds.release(tx, visit.link.token_hash, now=visit.moment)
        assert wanted.provider_id is not None
        assert wanted.minutes is not None
        holds.write(
            tx,
            visit.link.token_hash,
            practice_id=visit.practice.practice_id,
            provider_id=wanted.provider_id,
            starts_at=starts_at,
            minutes=wanted.minutes,
            until_at=visit.moment + HOLD,
        )


def confirm(store: Store, token: str, starts_at: datetime, *, now: datetime, today_at: TodayAt) -> None:
    """Book the visit of a link, and queue the message that says so where the practice wants one.

    A time that is not held any more is booked all the same while it is free. Raises as `hold`.
    """
    practice = patient_visit.practice_of(store, token, now=now)
    today = today_at(now, practice.timezone)
    with actions.on_fresh_list(store, [practice.practice_id], today=today) as tx:
        visit, wanted = _to_book(tx, token, now=now, today_at=today_at)
        if visit.held_at != starts_at:
            _check_offered(tx, visit, starts_at)
        assert wanted.provider_id is not None
        assert wanted.minutes is not None
        booking_links.use(tx, token, used_for="booked", now=now)
        try:
            booking = bookings.take(
                tx,
                practice,
                visit.link.opportunity_id,
                planned_visit_id=visit.link.planned_visit_id,
                provider_id=wanted.provider_id,
                starts_at=starts_at,
                minutes=wanted.minutes,
                actor=Actor.patient_of(practice.practice_id),
                now=visit.moment,
                today=today,
                action_id=str(uuid.uuid4()),
                besides_link=visit.link.token_hash,
            )
        except SlotTaken:
            raise
        except InvalidRequest as problem:
            raise NotBookable(str(problem)) from problem
        booking_links.note_booking(tx, token, booking.booking_id)
        holds.release(tx, visit.link.token_hash, now=visit.moment)
        if booking_settings.of(tx, practice.practice_id).is_confirmed:
            booking_confirmation.queue(tx, practice, booking, channel=visit.channel, token=token, now=now, today=today)


def _to_book(tx: Transaction, token: str, *, now: datetime, today_at: TodayAt) -> tuple[Visit, Wanted]:
    visit = patient_visit.good(tx, token, now=now, today_at=today_at)
    if visit.why_not or visit.wanted is None:
        raise NotBookable(visit.why_not or "This visit cannot be booked online at the moment.")
    return visit, visit.wanted


def _bounds(source: Reading, visit: Visit) -> tuple[date, date]:
    """Return the first and the last day that the patient may choose."""
    assert visit.wanted is not None
    ahead = booking_settings.of(source, visit.practice.practice_id).days_ahead
    first = max(visit.wanted.earliest_on, visit.today)
    return first, max(first, visit.today + timedelta(days=ahead))


def _free(source: Reading, visit: Visit, from_on: date, to_on: date) -> list[datetime]:
    """Return when the visit can begin, with the notice that the practice wants."""
    wanted = visit.wanted
    assert wanted is not None
    assert wanted.provider_id is not None
    assert wanted.minutes is not None
    earliest = visit.moment + timedelta(hours=booking_settings.of(source, visit.practice.practice_id).notice_hours)
    # A day that begins with the notice begins like any other: on the half hour.
    earliest += (datetime.min.replace(tzinfo=UTC) - earliest) % timedelta(minutes=APART_MINUTES)
    found = slots.free(
        source,
        visit.practice,
        [wanted.provider_id],
        minutes=wanted.minutes,
        from_on=from_on,
        to_on=to_on,
        now=visit.moment,
        not_before=earliest,
        besides_link=visit.link.token_hash,
        limit=MOST_TIMES,
    )
    return [slot.starts_at for slot in found]


def _thinned(some: Sequence[datetime], apart: timedelta) -> tuple[datetime, ...]:
    """Return times of a day that lie apart, each gap from its beginning on."""
    kept: list[datetime] = []
    for at in some:
        if not kept or at - kept[-1] >= apart:
            kept.append(at)
    return tuple(kept)


def _check_offered(tx: Transaction, visit: Visit, starts_at: datetime) -> None:
    """Raise SlotTaken unless the page would offer the time now."""
    first, last = _bounds(tx, visit)
    day = starts_at.date()
    if not first <= day <= last or starts_at not in _free(tx, visit, day, day):
        raise SlotTaken(f"{patient_words.moment(starts_at)} is not free any more.")

"""The patient's own page: what a booking link shows, and what its patient may do by it without signing in."""

from __future__ import annotations

import calendar
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from queries import bookings as booking_queries
from queries import contact as contact_queries
from queries import holds, listing, messages, workflow
from queries.store import Reading, Store, Transaction
from services import (
    actions,
    booking_confirmation,
    booking_links,
    booking_settings,
    bookings,
    consents,
    patient_words,
    practices,
    reject_reasons,
    slots,
    surroundings,
)
from services.actions import Step
from services.actors import PATIENT, Actor
from services.booking_links import Link
from services.bookings import Booking, SlotTaken
from services.deliveries import TodayAt
from services.errors import InvalidRequest
from services.practices import Practice
from services.slots import Wanted

HOLD = timedelta(minutes=5)
"""So long a time is kept for the patient who is confirming it."""

SHOWN_DAYS = 5
"""Days with free times on one page."""

APART_MINUTES = 30
"""Times offered within one gap lie so far apart, or as the visit is long where that is less."""

MOST_TIMES = 1_000
EARLIER_DAYS = 7
LONGEST_NOTE = 200
CALL_ASKED = "call asked"
"""The event of a patient who wants to be rung, and why their opportunity waits for somebody."""

ASKED_LATER = "the patient asked to be asked again then"

REASONS = {
    "cost": "It costs too much",
    "fear": "I am nervous about it",
    "done elsewhere": "I had it done elsewhere",
    "moved away": "I have moved away",
    "not interested": "Another reason, or I would rather not say",
}
"""Why a patient declines, by the practice's own reasons for rejecting; one that it has not becomes `other`."""


class LinkClosed(InvalidRequest):
    """The link cannot be used any more: it expired, or was used or revoked."""


class NotBookable(InvalidRequest):
    """The visit cannot be booked by its patient, now or any more."""


@dataclass(frozen=True)
class Visit:
    """What is known to the page of a link; what is held and booked is at the practice's clock on the wall.

    is_over: there is nothing left to book by a link that is good else. why_not: why no time is offered, as a sentence
    to the patient. is_stopped: they opted out of the link's channel. moment: now, on the day that the appointment book
    shows.
    """

    practice: Practice
    link: Link
    wanted: Wanted | None
    is_over: bool
    why_not: str | None
    today: date
    moment: datetime
    channel: str | None
    is_stopped: bool
    held_at: datetime | None
    held_until: datetime | None
    booked: Booking | None
    confirmed_by: str | None

    @property
    def is_good(self) -> bool:
        """Say whether the link can be used."""
        return self.link.state == booking_links.GOOD and not self.is_over

    @property
    def later_on(self) -> date:
        """The day until which a patient is left in peace who asks for that."""
        return a_month_after(self.today)


@dataclass(frozen=True)
class Times:
    """Free times by day, and from which days on there may be earlier and later ones."""

    days: tuple[tuple[date, tuple[datetime, ...]], ...] = ()
    earlier_on: date | None = None
    later_on: date | None = None


def look(store: Store, token: str, *, now: datetime, today_at: TodayAt) -> Visit | None:
    """Return what a link shows, whatever became of it; None for a link that was never made. Nothing is changed."""
    link = booking_links.find(store, token, now=now)
    if link and link.state == booking_links.GOOD:
        practice = _own(store, link)
        listing.refresh(store, [practice.practice_id], today=today_at(now, practice.timezone))
    with store.reading() as reading:
        return _seen(reading, token, now=now, today_at=today_at)


def opened(store: Store, visit: Visit, token: str, *, now: datetime, today_at: TodayAt) -> None:
    """Note that the patient opened a link."""
    actor = Actor.patient_of(visit.practice.practice_id)
    booking_links.opened(store, token, actor=actor, now=now, today_at=today_at)


def only_practice(store: Store) -> Practice | None:
    """Return the practice to ring when a link says of no practice, where there is but one."""
    found = practices.all_practices(store)
    return found[0] if len(found) == 1 else None


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
    practice = _practice_of(store, token, now=now)
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


def later(store: Store, token: str, *, now: datetime, today_at: TodayAt) -> None:
    """Leave the patient in peace about the visit for a month. Raises LinkClosed."""

    def step(tx: Transaction, visit: Visit, row: dict[str, Any]) -> Step:
        return Step("snoozed", {"snoozed_until": visit.later_on, "snooze_reason": ASKED_LATER})

    _answer(store, token, "later", step, now=now, today_at=today_at)


def decline(store: Store, token: str, reason: str, *, now: datetime, today_at: TodayAt) -> None:
    """Reject the opportunity for one of REASONS, as the practice calls it. Raises LinkClosed."""
    chosen = reason if reason in REASONS else next(reversed(REASONS))

    def step(tx: Transaction, visit: Visit, row: dict[str, Any]) -> Step:
        practice_id = visit.practice.practice_id
        own = reject_reasons.of(tx, [practice_id])[practice_id]
        kept = chosen if chosen in own else reject_reasons.OTHER
        return Step("rejected", {"status": "rejected", "reject_reason": kept}, note=REASONS[chosen])

    _answer(store, token, "declined", step, now=now, today_at=today_at)


def call(store: Store, token: str, note: str, *, now: datetime, today_at: TodayAt) -> None:
    """Let the opportunity wait for somebody to ring the patient, at best when they say. Raises LinkClosed."""
    told = " ".join(note.split())[:LONGEST_NOTE] or None

    def step(tx: Transaction, visit: Visit, row: dict[str, Any]) -> Step:
        # A snooze ends: the patient is there now.
        woken = {"snoozed_until": None, "snooze_reason": None} if row["shown_status"] == "snoozed" else {}
        waiting = {"needs_action_since": workflow.utc(now), "needs_action_why": CALL_ASKED}
        return Step(CALL_ASKED, {**woken, **waiting}, note=told)

    _answer(store, token, "call", step, now=now, today_at=today_at)


def stop(store: Store, token: str, *, now: datetime, today_at: TodayAt) -> None:
    """Send no more of the link's channel to the patients of its message; the link stays as it is."""
    with store.transaction() as tx:
        visit = _seen(tx, token, now=now, today_at=today_at)
        if visit is None or visit.channel is None or visit.is_stopped:
            return
        about = messages.about(tx, visit.link.message_id or "")
        # The PMS may have merged the patient's record into another one since.
        merged = [visit.wanted.patient_id] if visit.wanted else []
        for patient_id in dict.fromkeys((visit.link.patient_id, *merged, *(row["patient_id"] for row in about))):
            consents.keep(
                tx,
                visit.practice.practice_id,
                patient_id,
                visit.channel,
                "no",
                before=None,
                source="booking link",
                by=PATIENT,
                now=now,
            )


def a_month_after(day: date) -> date:
    """Return the same day of the next month, or its last."""
    year, month = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _seen(source: Reading, token: str, *, now: datetime, today_at: TodayAt) -> Visit | None:
    link = booking_links.find(source, token, now=now)
    if link is None:
        return None
    practice = _own(source, link)
    today = today_at(now, practice.timezone)
    moment = surroundings.on_day(today, now, practice.timezone)
    wanted = slots.wanted(source, practice, link.opportunity_id, planned_visit_id=link.planned_visit_id, today=today)
    message = messages.find(source, link.message_id) if link.message_id else None
    channel = message["channel"] if message else None
    said = contact_queries.consents(source, practice.practice_id, wanted.patient_id if wanted else link.patient_id)
    held = holds.find(source, link.token_hash, now=moment)
    if held and (wanted is None or (held["provider_id"], held["minutes"]) != (wanted.provider_id, wanted.minutes)):
        held = None  # The visit was changed since.
    booked = _booked(source, link)
    return Visit(
        practice=practice,
        link=link,
        wanted=wanted,
        is_over=link.state == booking_links.GOOD and _is_over(source, link, wanted, today=today),
        why_not=_why_not(source, practice, wanted),
        today=today,
        moment=moment,
        channel=channel,
        is_stopped=any((one["about"], one["value"]) == (channel, "no") for one in said),
        held_at=held["starts_at"] if held else None,
        held_until=_on_the_wall(held["until_at"], practice) if held else None,
        booked=booked,
        confirmed_by=booking_confirmation.sent_by(source, booked) if booked else None,
    )


def _is_over(source: Reading, link: Link, wanted: Wanted | None, *, today: date) -> bool:
    """Say whether the visit of a link is booked or done, or its course is no opportunity any more."""
    if wanted is not None and not wanted.is_to_book:
        return True
    if not listing.is_fresh(source, [link.practice_id], today=today):
        return False  # An import came this very moment: whoever books is told then.
    rows = workflow.current(source, [link.practice_id], [link.opportunity_id], today=today)
    return not rows["is_listed"].any()


def _booked(source: Reading, link: Link) -> Booking | None:
    """Return what was booked by a link, as the PMS has it once it does: it may have moved or cancelled it there."""
    booking = bookings.find(source, link.booking_id) if link.booking_id else None
    if booking is None or booking.state != "confirmed":
        return booking
    theirs = booking_queries.appointment(
        source, booking.practice_id, booking.appointment_id, provider_id=booking.provider_id
    )
    return replace(booking, **theirs) if theirs else replace(booking, state="cancelled")


def _why_not(source: Reading, practice: Practice, wanted: Wanted | None) -> str | None:
    """Return why a patient is offered no times, as a sentence to them: the reasons for staff are none of theirs."""
    is_online = booking_settings.of(source, practice.practice_id).is_online
    if is_online and booking_links.not_bookable(wanted) is None:
        return None
    return "This visit cannot be booked online at the moment."


def _on_the_wall(stored: datetime, practice: Practice) -> datetime:
    """Return a stored time, which is UTC, as the practice's clock shows it."""
    return stored.replace(tzinfo=UTC).astimezone(ZoneInfo(practice.timezone)).replace(tzinfo=None)


def _practice_of(store: Store, token: str, *, now: datetime) -> Practice:
    link = booking_links.find(store, token, now=now)
    if link is None:
        raise LinkClosed("This link does not work.")
    return _own(store, link)


def _own(source: Store | Reading, link: Link) -> Practice:
    return next(one for one in practices.all_practices(source) if one.practice_id == link.practice_id)


def _good(tx: Transaction, token: str, *, now: datetime, today_at: TodayAt) -> Visit:
    """Return what a link is about while it can be used; raise LinkClosed otherwise."""
    visit = _seen(tx, token, now=now, today_at=today_at)
    if visit is None or not visit.is_good:
        raise LinkClosed("This link cannot be used any more.")
    return visit


def _to_book(tx: Transaction, token: str, *, now: datetime, today_at: TodayAt) -> tuple[Visit, Wanted]:
    visit = _good(tx, token, now=now, today_at=today_at)
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


def _answer(
    store: Store,
    token: str,
    used_for: str,
    step: Callable[[Transaction, Visit, dict[str, Any]], Step],
    *,
    now: datetime,
    today_at: TodayAt,
) -> None:
    """Use a link for an answer that is no booking, and write what follows from it, in one transaction."""
    practice = _practice_of(store, token, now=now)
    today = today_at(now, practice.timezone)
    with actions.on_fresh_list(store, [practice.practice_id], today=today) as tx:
        visit = _good(tx, token, now=now, today_at=today_at)
        booking_links.use(tx, token, used_for=used_for, now=now)
        holds.release(tx, visit.link.token_hash, now=visit.moment)
        rows = workflow.current(tx, [practice.practice_id], [visit.link.opportunity_id], today=today).to_dicts()
        steps = [(row, [step(tx, visit, row)]) for row in rows]
        if steps:
            kind = steps[0][1][0].kind
            actor = Actor.patient_of(practice.practice_id)
            actions.write(tx, steps, kind=kind, actor=actor, now=now, action_id=str(uuid.uuid4()))

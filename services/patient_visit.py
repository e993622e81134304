"""The visit that a booking link is about, as its patient may know it without signing in, whatever became of it."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from queries import bookings as booking_queries
from queries import contact as contact_queries
from queries import holds, listing, messages, workflow
from queries.store import Reading, Store, Transaction
from services import booking_confirmation, booking_links, booking_settings, bookings, practices, slots, surroundings
from services.booking_links import Link
from services.bookings import Booking
from services.errors import InvalidRequest
from services.practices import Practice
from services.slots import Wanted
from services.surroundings import TodayAt


class LinkClosed(InvalidRequest):
    """The link cannot be used any more: it expired, or was used or revoked."""


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


def look(store: Store, token: str, *, now: datetime, today_at: TodayAt) -> Visit | None:
    """Return what a link shows, whatever became of it; None for a link that was never made. Nothing is changed."""
    link = booking_links.find(store, token, now=now)
    if link and link.state == booking_links.GOOD:
        practice = _own(store, link)
        listing.refresh(store, [practice.practice_id], today=today_at(now, practice.timezone))
    with store.reading() as reading:
        return seen(reading, token, now=now, today_at=today_at)


def only_practice(store: Store) -> Practice | None:
    """Return the practice to ring when a link says of no practice, where there is but one."""
    found = practices.all_practices(store)
    return found[0] if len(found) == 1 else None


def a_month_after(day: date) -> date:
    """Return the same day of the next month, or its last."""
    year, month = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def seen(source: Reading, token: str, *, now: datetime, today_at: TodayAt) -> Visit | None:
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


def practice_of(store: Store, token: str, *, now: datetime) -> Practice:
    link = booking_links.find(store, token, now=now)
    if link is None:
        raise LinkClosed("This link does not work.")
    return _own(store, link)


def _own(source: Store | Reading, link: Link) -> Practice:
    return next(one for one in practices.all_practices(source) if one.practice_id == link.practice_id)


def good(tx: Transaction, token: str, *, now: datetime, today_at: TodayAt) -> Visit:
    """Return what a link is about while it can be used; raise LinkClosed otherwise."""
    visit = seen(tx, token, now=now, today_at=today_at)
    if visit is None or not visit.is_good:
        raise LinkClosed("This link cannot be used any more.")
    return visit

"""Free time in the appointment book: where a visit fits, and which visit of a course is to be booked next."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from queries import book as queries
from queries.store import Reading, Store
from services import booking_settings
from services.actors import Actor, Right, allowed
from services.practices import Practice


@dataclass(frozen=True)
class Slot:
    """A time at which a visit can begin, as the practice's clock on the wall shows it."""

    provider_id: str
    provider: str
    initials: str
    starts_at: datetime
    minutes: int
    room: str | None

    @property
    def ends_at(self) -> datetime:
        """When the visit is over."""
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Wanted:
    """The visit that is to be booked: of whom, with whom, how long, and how early at most.

    A course without a planned visit has neither a visit nor a length, and its own provider. One that is named, and is
    booked or done meanwhile, is not to be booked.
    """

    planned_visit_id: str | None
    position: int | None
    visits: int
    provider_id: str | None
    provider: str | None
    is_online_bookable: bool
    is_bookable: bool
    is_to_book: bool
    minutes: int | None
    earliest_on: date
    patient_id: str
    first_name: str
    patient: str
    cot_number: str


def free(
    store: Store | Reading,
    practice: Practice,
    provider_ids: Sequence[str],
    *,
    minutes: int,
    from_on: date,
    to_on: date,
    now: datetime,
    not_before: datetime | None = None,
    step_minutes: int | None = None,
    besides_link: str | None = None,
    besides_booking: str | None = None,
    limit: int | None = None,
) -> list[Slot]:
    """Return the slots of a length from one day to another, both in, the earliest first; none has begun by now.

    The time that a link holds, or a booking takes, is free for that link or booking itself.
    """
    step = step_minutes or booking_settings.of(store, practice.practice_id).step_minutes
    rows = queries.free(
        store,
        practice.practice_id,
        provider_ids,
        minutes=minutes,
        step_minutes=step,
        from_on=from_on,
        to_on=to_on,
        not_before=_on_the_wall(practice, max(now, not_before or now)),
        now=now,
        clock=clock_changes(practice.timezone, from_on, to_on),
        besides_link=besides_link,
        besides_booking=besides_booking,
        limit=limit,
    )
    return [Slot(**row) for row in rows.iter_rows(named=True)]


def is_free(
    store: Store | Reading,
    practice: Practice,
    provider_id: str,
    starts_at: datetime,
    minutes: int,
    *,
    now: datetime,
    besides_link: str | None = None,
    besides_booking: str | None = None,
    is_outside_hours_allowed: bool = False,
) -> bool:
    """Say whether a visit can be booked then: asked inside the transaction that books it.

    Outside of the hours, where that is allowed, only what is taken counts. What has begun is never free.
    """
    if minutes <= 0 or starts_at < _on_the_wall(practice, now):
        return False
    ends_at = starts_at + timedelta(minutes=minutes)
    return queries.is_free(
        store,
        practice.practice_id,
        provider_id,
        starts_at=starts_at,
        ends_at=ends_at,
        now=now,
        clock=clock_changes(practice.timezone, starts_at.date(), ends_at.date()),
        is_outside_hours_allowed=is_outside_hours_allowed,
        besides_link=besides_link,
        besides_booking=besides_booking,
    )


def wanted(
    store: Store | Reading,
    practice: Practice,
    opportunity_id: str,
    *,
    planned_visit_id: str | None = None,
    today: date,
    besides_booking: str | None = None,
) -> Wanted | None:
    """Return the planned visit that is named, else the first that is neither booked nor done; None for no such course.

    It is not before today, nor sooner after the visit before it than its interval.
    """
    rows = queries.visits(store, practice.practice_id, opportunity_id, today=today, besides_booking=besides_booking)
    if not rows:
        return None
    planned = [row for row in rows if row["planned_visit_id"] is not None]
    if planned_visit_id is None:
        place = next((place for place, row in enumerate(planned) if row["is_to_book"]), None)
    else:
        place = next((place for place, row in enumerate(planned) if row["planned_visit_id"] == planned_visit_id), None)
        if place is None:
            return None
    visit = rows[0] if place is None else planned[place]
    is_planned = place is not None
    earliest_on = today
    if place is not None:
        before = [row["visit_on"] for row in planned[:place] if row["visit_on"]]
        if before:
            earliest_on = max(today, max(before) + timedelta(days=visit["interval_days"] or 0))
    return Wanted(
        planned_visit_id=visit["planned_visit_id"] if is_planned else None,
        position=visit["position"] if is_planned else None,
        visits=len(planned),
        provider_id=visit["provider_id"],
        provider=visit["provider"],
        is_online_bookable=visit["is_online_bookable"],
        is_bookable=visit["is_bookable"],
        is_to_book=not is_planned or visit["is_to_book"],
        minutes=visit["minutes"] if is_planned else None,
        earliest_on=earliest_on,
        patient_id=visit["patient_id"],
        first_name=visit["first_name"],
        patient=visit["patient"],
        cot_number=visit["cot_number"],
    )


@allowed(Right.SEE, practice="practice")
def week(
    store: Store,
    practice: Practice,
    provider_ids: Sequence[str],
    *,
    from_on: date,
    to_on: date,
    actor: Actor,
    now: datetime,
) -> pl.DataFrame:
    """Return the appointment book from one day to another, both in, as blocks of time.

    Columns: provider_id, provider, initials, day, from_at, to_at, kind (appointment, booking, held, break, away, room,
    free), patient, label, booking_id, appointment_id, state. What is free is what `free` finds room in, past or coming.
    """
    return queries.week(
        store,
        practice.practice_id,
        provider_ids,
        from_on=from_on,
        to_on=to_on,
        now=now,
        clock=clock_changes(practice.timezone, from_on, to_on),
    )


def clock_changes(timezone: str, from_on: date, to_on: date) -> list[tuple[datetime, datetime]]:
    """Return the hours of the wall clock that a change of it skips or repeats, around the days given.

    A visit in them would be at no time, or at either of two: nobody is offered one.
    """
    zone = ZoneInfo(timezone)
    found = []
    day = from_on - timedelta(days=1)
    while day <= to_on + timedelta(days=1):
        begins, ends = (datetime.combine(one, time(), zone).astimezone(UTC) for one in (day, day + timedelta(days=1)))
        before, after = _offset(begins, zone), _offset(ends, zone)
        if before != after:
            minutes = range(int((ends - begins) / timedelta(minutes=1)))
            at = begins + timedelta(
                minutes=bisect_left(minutes, True, key=lambda minute: _is_after(begins, minute, zone, before))
            )
            walls = sorted((at + offset).replace(tzinfo=None) for offset in (before, after))
            found.append((walls[0], walls[1]))
        day += timedelta(days=1)
    return found


def _is_after(begins: datetime, minute: int, zone: ZoneInfo, before: timedelta) -> bool:
    return _offset(begins + timedelta(minutes=minute), zone) != before


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _on_the_wall(practice: Practice, moment: datetime) -> datetime:
    """Return a moment as the practice's clock shows it."""
    return moment.astimezone(ZoneInfo(practice.timezone)).replace(tzinfo=None)

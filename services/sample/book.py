"""The appointment book of the sample practice: hours, rooms, days off and closures, as its diary was ruled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date, datetime, time, timedelta

import polars as pl

from queries import book as queries
from queries.store import Transaction
from services.booking_settings import BookingSettings
from services.sample.diary import Diary, is_open
from services.sample.people import PROVIDERS, Provider
from services.working_hours import PRACTICE, Closure, Hours

CLOSES = time(17, 30)
CLOSES_ON_FRIDAY = time(16, 0)
LUNCH = (time(13), time(14))
FRIDAY = 5
ROOMS = {("7", 3): "Surgery 3", ("7", 4): "Surgery 6", ("7", 5): "Surgery 6"}
"""Who is not in the surgery of their own number, and on which weekday: the therapist goes where nobody else is."""


def write(tx: Transaction, practice_id: str, diary: Diary, *, today: date, last: date, by: str, now: datetime) -> None:
    """Keep the hours of the practice and its providers, who is away from today on, and that patients book by links."""
    queries.write_hours(tx, practice_id, PRACTICE, _frame(_day(weekday) for weekday in range(1, 6)))
    for provider in PROVIDERS:
        queries.write_hours(tx, practice_id, provider.provider_id, _frame(_week(provider)))
    days = [today + timedelta(days=number) for number in range((last - today).days + 1)]
    closed = _runs(day for day in days if day.weekday() < 5 and not is_open(day))
    closures = [Closure(PRACTICE, first, end, reason=_occasion(first)) for first, end in closed]
    for provider in PROVIDERS:
        away = diary.away[provider.provider_id]
        runs = _runs(day for day in days if day.toordinal() in away)
        closures += [Closure(provider.provider_id, first, end, reason="Holiday") for first, end in runs]
    for number, closure in enumerate(closures, start=1):
        queries.close(tx, practice_id, {**asdict(closure), "closure_id": f"sample-{number}"}, by=by, now=now)
    queries.write_settings(tx, practice_id, asdict(BookingSettings(is_online=True)), by=by, now=now)


def _week(provider: Provider) -> Iterator[Hours]:
    """Return the working days of a provider."""
    number = provider.provider_id
    for weekday in (day + 1 for day in provider.weekdays):
        yield _day(weekday, room=ROOMS.get((number, weekday), f"Surgery {number}"))


def _day(weekday: int, *, room: str | None = None) -> Hours:
    return Hours(weekday, time(9), CLOSES_ON_FRIDAY if weekday == FRIDAY else CLOSES, *LUNCH, room)


def _frame(days: Iterable[Hours]) -> pl.DataFrame:
    return pl.DataFrame([asdict(day) for day in days], schema=queries.HOURS)


def _runs(days: Iterable[date]) -> list[tuple[date, date]]:
    """Return days in order as first and last days of those that follow each other, weekends between them."""
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and (day - runs[-1][1]).days <= (3 if day.weekday() == 0 else 1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _occasion(first: date) -> str:
    return "Christmas and New Year" if first.month in (12, 1) else "Bank holiday"

"""The working days of the sample practice, and the free time in them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from services.sample.people import Provider

STEP = 10
"""Minutes of the smallest piece of a day in the book."""

OPENS = time(9, 0)
MORNING = ((1 << 24) - 1) << 0  # 9:00 to 13:00
AFTERNOON = ((1 << 21) - 1) << 30  # 14:00 to 17:30
FRIDAY_AFTERNOON = ((1 << 12) - 1) << 30  # to 16:00


def is_open(day: date) -> bool:
    """Say whether the practice works: a weekday, no May or August bank holiday, not between Christmas and New Year."""
    if day.weekday() > 4 or (day.month, day.day) == (1, 1) or (day.month == 12 and day.day >= 24):
        return False
    is_monday_off = day.weekday() == 0 and (
        (day.month == 5 and (day.day <= 7 or day.day > 24)) or (day.month == 8 and day.day > 24)
    )
    return not is_monday_off


def next_open(day: date) -> date:
    """Return the day itself, or the next on which the practice works."""
    while not is_open(day):
        day += timedelta(days=1)
    return day


@dataclass(slots=True)
class Diary:
    """The free time of each provider: a bit for each step of a working day, so that nobody is booked twice."""

    rng: Random
    days: dict[str, list[int]]
    free: dict[str, list[int]]
    away: dict[str, set[int]]

    @classmethod
    def ruled(cls, rng: Random, providers: Sequence[Provider], *, first: date, last: date) -> Diary:
        """Rule the book for providers on their weekdays, leaving out their holidays."""
        days: dict[str, list[int]] = {}
        free: dict[str, list[int]] = {}
        off: dict[str, set[int]] = {}
        for provider in providers:
            provider_id = provider.provider_id
            off[provider_id] = away = _holidays(rng, first, last)
            days[provider_id] = [
                number
                for number in range(first.toordinal(), last.toordinal() + 1)
                if (number - 1) % 7 in provider.weekdays and number not in away and is_open(date.fromordinal(number))
            ]
            free[provider_id] = [
                MORNING | (FRIDAY_AFTERNOON if (number - 1) % 7 == 4 else AFTERNOON) for number in days[provider_id]
            ]
        return cls(rng, days, free, off)

    def book(self, provider_id: str, not_before: date, minutes: int, *, within: int = 60) -> datetime | None:
        """Take the first day with room and a time of chance in it, or nothing when the book ends first."""
        days, free = self.days[provider_id], self.free[provider_id]
        steps = -(-minutes // STEP)
        first = bisect_left(days, not_before.toordinal())
        for place in range(first, min(first + within, len(days))):
            starts = free[place]
            for _ in range(steps - 1):
                starts &= starts >> 1
            if not starts:
                continue
            later = starts >> (shift := self.rng.randrange(51)) << shift
            at = ((later & -later) if later else (starts & -starts)).bit_length() - 1
            free[place] &= ~(((1 << steps) - 1) << at)
            return datetime.combine(date.fromordinal(days[place]), OPENS) + timedelta(minutes=at * STEP)
        return None


def _holidays(rng: Random, first: date, last: date) -> set[int]:
    """Return the days on which a provider is away: two weeks in summer, one in spring, one in autumn, each year."""
    away: set[int] = set()
    for year in range(first.year, last.year + 1):
        for month, weeks in ((rng.choice((7, 8, 8)), 2), (rng.choice((2, 4, 5)), 1), (rng.choice((10, 11)), 1)):
            start = date(year, month, rng.randint(1, 16)).toordinal()
            away.update(range(start, start + 7 * weeks))
    return away

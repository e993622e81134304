"""Visits as an iCalendar file (RFC 5545), on the wall clock of the practice's time zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event


@dataclass(frozen=True)
class Entry:
    """A visit in a calendar; one of the same id with fewer changes gives way to it."""

    id: str
    title: str
    starts_at: datetime
    ends_at: datetime
    changes: int
    place: str
    details: str | None = None


def written(entries: Sequence[Entry], *, timezone: str, now: datetime) -> bytes:
    """Return a file with these visits, and the clock changes of their years."""
    zone = ZoneInfo(timezone)
    calendar = Calendar.new(
        prodid="-//Care Manager//Visits//EN",
        subcomponents=[
            Event.new(
                uid=entry.id,
                summary=entry.title,
                start=entry.starts_at.replace(tzinfo=zone),
                end=entry.ends_at.replace(tzinfo=zone),
                sequence=entry.changes,
                location=entry.place,
                description=entry.details,
                stamp=now,
            )
            for entry in entries
        ],
    )
    years = [entry.starts_at.year for entry in entries]
    if years:
        calendar.add_missing_timezones(date(min(years), 1, 1), date(max(years) + 1, 12, 31))
    file: bytes = calendar.to_ical()
    return file

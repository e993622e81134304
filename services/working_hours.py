"""When the providers of a practice work: hours and breaks by weekday, rooms, days off and closures."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time

import polars as pl

from queries import book as queries
from queries import pms
from queries import settings as setting_queries
from queries.store import Reading, Store
from services import history, words
from services.actors import Actor, Right, allowed
from services.errors import InvalidRequest
from services.practices import Practice
from services.settings import Change, Current

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PRACTICE = ""
"""The provider_id of the practice itself: its hours hold for whoever has none, its closures for everybody."""

CHANGED = "working hours changed"
CLOSED = "time off added"
REOPENED = "time off removed"
WEEK = 7 * 24 * 60
"""The minutes of a week."""


@dataclass(frozen=True)
class Hours:
    """A working day of each week (1 is Monday); hours that end at or before they begin go on until the next day."""

    weekday: int
    from_time: time
    to_time: time
    break_from: time | None = None
    break_to: time | None = None
    room: str | None = None

    def __str__(self) -> str:
        until = " the next day" if self.to_time <= self.from_time else ""
        rest = f", break {self.break_from:%H:%M} to {self.break_to:%H:%M}" if self.break_from and self.break_to else ""
        return f"{self.from_time:%H:%M} to {self.to_time:%H:%M}{until}{rest}{f', {self.room}' if self.room else ''}"

    @property
    def span(self) -> tuple[int, int]:
        """When it begins and ends, in minutes after Monday began."""
        midnight = (self.weekday - 1) * 24 * 60
        return midnight + _minute(self.from_time), midnight + self._later(self.to_time, is_end=True)

    @property
    def is_break_within(self) -> bool:
        """Say whether the break has both its ends, in their order and in the hours; no break is fine."""
        if self.break_from is None or self.break_to is None:
            return self.break_from is None and self.break_to is None
        begins, ends = self._later(self.break_from), self._later(self.break_to, is_end=True)
        return begins < ends <= self._later(self.to_time, is_end=True)

    def _later(self, at: time, *, is_end: bool = False) -> int:
        """Return the minute of a time that is not before the hours begin, of the next day where need be."""
        is_next_day = at <= self.from_time if is_end else at < self.from_time
        return _minute(at) + (24 * 60 if is_next_day else 0)


@dataclass(frozen=True)
class Provider:
    """Somebody whose hours can be set."""

    provider_id: str
    name: str
    initials: str
    is_online_bookable: bool


@dataclass(frozen=True)
class Closure:
    """Days off of a provider, or on which the practice is closed; both days in, of each all day or some hours."""

    provider_id: str
    from_on: date
    to_on: date
    from_time: time | None = None
    to_time: time | None = None
    reason: str | None = None
    closure_id: str = ""

    def __str__(self) -> str:
        days = words.day(self.from_on) + (f" to {words.day(self.to_on)}" if self.to_on != self.from_on else "")
        times = f", {self.from_time:%H:%M} to {self.to_time:%H:%M}" if self.from_time and self.to_time else ""
        return f"{days}{times}{f' ({self.reason})' if self.reason else ''}"


def of(store: Store | Reading, practice_id: str) -> pl.DataFrame:
    """Return the hours of a practice, a row for each of provider_id ('' for its own) and weekday."""
    return queries.hours(store, practice_id)


@allowed(Right.SETTINGS, practice="practice")
def providers(store: Store, practice: Practice, *, actor: Actor) -> dict[str, Provider]:
    """Return the providers who still work at a practice, by their ids, in the order of their names."""
    return _providers(store, practice)


@allowed(Right.SETTINGS, practice="practice")
def current(store: Store, practice: Practice, provider_id: str, *, actor: Actor) -> Current:
    """Return the hours of a provider, or of the practice, by weekday, and who changed them last.

    A provider without hours of their own has those of the practice, and here none.
    """
    with store.reading() as reading:
        kept = _hours(reading, practice, provider_id)
        name = _name(_providers(reading, practice), provider_id)
        changes = setting_queries.last_changes(reading, practice.practice_id, kind=CHANGED).to_dicts()
    last = next((Change.of_row(row, practice) for row in changes if row["note"] == name), None)
    return Current(kept, last)


@allowed(Right.SETTINGS, practice="practice")
def change(
    store: Store,
    practice: Practice,
    provider_id: str,
    rows: Iterable[Hours],
    *,
    seen: Sequence[Hours] | None = None,
    actor: Actor,
    now: datetime,
) -> list[str]:
    """Let a provider, or the practice, work in these hours and no others, and return in words what changed.

    Without any a provider has those of the practice. seen is how they were shown: what somebody else changed since is
    not overwritten. Raises InvalidRequest, with nothing changed, for what cannot be.
    """
    wanted = _checked(provider_id, rows)
    with store.transaction() as tx:
        name = _name(_providers(tx, practice), provider_id)
        kept = _hours(tx, practice, provider_id)
        old, new = _by_day(kept), _by_day(wanted)
        changed = [day for day in WEEKDAYS if old.get(day) != new.get(day)]
        if not changed:
            return []
        if seen is not None and kept != tuple(seen):
            raise InvalidRequest(
                f"Somebody changed the hours of {name} after this page was drawn. Nothing was saved. "
                "Look at the page again, and change them once more if you still want to."
            )
        frame = pl.DataFrame([asdict(day) for day in wanted], schema=queries.HOURS)
        queries.write_hours(tx, practice.practice_id, provider_id, frame)
        history.record(
            tx,
            CHANGED,
            by=actor.user_id,
            now=now,
            practice_id=practice.practice_id,
            note=name,
            before={day: old.get(day) for day in changed},
            after={day: new.get(day) for day in changed},
        )
    return [f"{name}, {day}: {new.get(day, 'none')} (was {old.get(day, 'none')})" for day in changed]


@allowed(Right.SETTINGS, practice="practice")
def closures(store: Store, practice: Practice, *, from_on: date, actor: Actor) -> list[Closure]:
    """Return the days off and closures that are not over on a day, in their order."""
    return [Closure(**row) for row in queries.closures(store, practice.practice_id, from_on=from_on)]


@allowed(Right.SETTINGS, practice="practice")
def close(store: Store, practice: Practice, closure: Closure, *, actor: Actor, now: datetime) -> list[str]:
    """Give a provider days off, or close the practice, and return in words what that means for what is booked.

    Raises InvalidRequest, with nothing changed, for what cannot be.
    """
    reason = " ".join((closure.reason or "").split()) or None
    wanted = replace(closure, reason=reason, closure_id=closure.closure_id or str(uuid.uuid4()))
    _check_closure(wanted)
    with store.transaction() as tx:
        name = _name(_providers(tx, practice), wanted.provider_id)
        same = [
            Closure(**{**row, "closure_id": wanted.closure_id})
            for row in queries.closures(tx, practice.practice_id, from_on=wanted.from_on)
        ]
        if wanted in same:
            return []
        facts = asdict(wanted)
        queries.close(tx, practice.practice_id, facts, by=actor.user_id, now=now)
        within = {name: value for name, value in facts.items() if name not in ("closure_id", "reason")}
        visits = queries.visits_within(tx, practice.practice_id, now=now, **within)
        told = f"{name}: {wanted}"
        history.record(tx, CLOSED, by=actor.user_id, now=now, practice_id=practice.practice_id, note=told)
    said = [f"{told} was added."]
    if visits:
        are = "1 visit is" if visits == 1 else f"{visits:,} visits are"
        said.append(f"{are} booked in that time and stay so: move them in your practice management system.")
    return said


@allowed(Right.SETTINGS, practice="practice")
def reopen(store: Store, practice: Practice, closure_id: str, *, actor: Actor, now: datetime) -> list[str]:
    """Remove days off or a closure and return in words which; what is gone already stays so."""
    with store.transaction() as tx:
        row = queries.reopen(tx, practice.practice_id, closure_id)
        if row is None:
            return []
        closure = Closure(**row)
        told = f"{_name(_providers(tx, practice), closure.provider_id, is_any=True)}: {closure}"
        history.record(tx, REOPENED, by=actor.user_id, now=now, practice_id=practice.practice_id, note=told)
    return [f"{told} was removed."]


def _providers(source: Store | Reading, practice: Practice) -> dict[str, Provider]:
    rows = pms.read(source, practice.practice_id, "providers").filter("is_active").sort("name", "provider_id")
    fields = list(Provider.__dataclass_fields__)
    return {row["provider_id"]: Provider(**row) for row in rows.select(fields).to_dicts()}


def _name(providers: dict[str, Provider], provider_id: str, *, is_any: bool = False) -> str:
    """Return whose hours they are, in words; raise InvalidRequest for nobody, unless anybody will do."""
    if provider_id == PRACTICE:
        return "The practice"
    if provider := providers.get(provider_id):
        return f"{provider.initials} – {provider.name}"
    if is_any:
        return provider_id
    raise InvalidRequest("This provider does not work here any more. Nothing was changed.")


def _hours(source: Store | Reading, practice: Practice, provider_id: str) -> tuple[Hours, ...]:
    rows = queries.hours(source, practice.practice_id).filter(pl.col("provider_id") == provider_id)
    return tuple(Hours(**row) for row in rows.drop("provider_id").to_dicts())


def _by_day(hours: Iterable[Hours]) -> dict[str, str]:
    return {WEEKDAYS[day.weekday - 1]: str(day) for day in hours}


def _checked(provider_id: str, rows: Iterable[Hours]) -> tuple[Hours, ...]:
    """Return hours as they are kept, in the order of the days; raise InvalidRequest for what cannot be."""
    days = [
        replace(day, room=" ".join((day.room or "").split()) or None)
        for day in sorted(rows, key=lambda day: day.weekday)
    ]
    if len({day.weekday for day in days} & set(range(1, 8))) != len(days):
        raise InvalidRequest("Give each day of the week, 1 to 7, its hours once. Nothing was saved.")
    for day in days:
        if not day.is_break_within:
            raise InvalidRequest(
                f"The break of {WEEKDAYS[day.weekday - 1]} needs a beginning and an end within the hours. "
                "Nothing was saved."
            )
        if day.room and provider_id == PRACTICE:
            raise InvalidRequest("A room belongs to a provider's hours, not to the practice's. Nothing was saved.")
    for place, day in enumerate(days):
        following = days[(place + 1) % len(days)]
        is_last = place == len(days) - 1
        if day.span[1] > following.span[0] + (WEEK if is_last else 0):
            first, second = WEEKDAYS[day.weekday - 1], WEEKDAYS[following.weekday - 1]
            raise InvalidRequest(
                f"The hours of {first} go on into those of {second}. Nothing was saved. End them earlier."
            )
    return tuple(days)


def _check_closure(closure: Closure) -> None:
    if closure.to_on < closure.from_on:
        raise InvalidRequest("The last day is the first day or later. Nothing was saved.")
    if (closure.from_time is None) is not (closure.to_time is None):
        raise InvalidRequest("Give both times, or neither for the whole of each day. Nothing was saved.")
    if closure.from_time and closure.to_time and closure.to_time <= closure.from_time:
        raise InvalidRequest("The time until which is later than the time from which. Nothing was saved.")


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute

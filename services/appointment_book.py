"""What the page of the appointment book asks: its columns, the visits that wait, and the next times that fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from queries import book as queries
from queries import pms
from queries.store import Store
from services import bookings, slots
from services.actors import Actor, Right, allowed
from services.bookings import Booking
from services.errors import InvalidRequest
from services.practices import Practice
from services.slots import Slot

NOON = 12
PARTS = {"any": "Any time", "morning": "Morning", "afternoon": "Afternoon"}
"""The parts of a day that a patient may ask for."""

LOOKED_AHEAD = timedelta(days=120)
"""Times are suggested so far ahead; the book itself goes further."""


@dataclass(frozen=True)
class Provider:
    """Somebody who has a column in the book."""

    provider_id: str
    name: str
    initials: str
    has_hours: bool


@dataclass(frozen=True)
class Visit:
    """A planned visit that is neither booked nor done."""

    planned_visit_id: str
    position: int
    minutes: int | None
    provider: str | None

    @property
    def words(self) -> str:
        """Say which visit it is, how long, and with whom."""
        told = [f"{self.minutes} minutes" if self.minutes else "no length given"]
        told += [f"with {self.provider}"] if self.provider else []
        return f"Visit {self.position}: {' '.join(told)}"


@allowed(Right.SEE, practice="practice")
def providers(store: Store, practice: Practice, *, actor: Actor) -> list[Provider]:
    """Return the active providers of a practice by name; has_hours says that the book knows when they work."""
    with store.reading() as reading:
        rows = pms.read(reading, practice.practice_id, "providers").to_dicts()
        known = set(queries.hours(reading, practice.practice_id)["provider_id"])
    return [
        Provider(row["provider_id"], row["name"], row["initials"], bool(known & {"", row["provider_id"]}))
        for row in sorted(rows, key=lambda row: (row["name"], row["provider_id"]))
        if row["is_active"]
    ]


@allowed(Right.SEE, practice="practice")
def visits(
    store: Store,
    practice: Practice,
    opportunity_id: str,
    *,
    besides_booking: str | None = None,
    actor: Actor,
    today: date,
) -> list[Visit]:
    """Return the planned visits of a course that are not booked yet, in their order."""
    rows = queries.visits(store, practice.practice_id, opportunity_id, today=today, besides_booking=besides_booking)
    return [
        Visit(row["planned_visit_id"], row["position"], row["minutes"], row["provider"])
        for row in rows
        if row["planned_visit_id"] is not None and row["is_to_book"]
    ]


@allowed(Right.SEE, practice="practice")
def suggested(
    store: Store,
    practice: Practice,
    provider_ids: Sequence[str],
    *,
    minutes: int,
    from_on: date,
    part: str = "any",
    besides_booking: str | None = None,
    actor: Actor,
    now: datetime,
) -> list[Slot]:
    """Return the first time that fits in each morning and each afternoon of each provider, the earliest first."""
    found: dict[tuple[str, date, bool], Slot] = {}
    for slot in slots.free(
        store,
        practice,
        provider_ids,
        minutes=minutes,
        from_on=from_on,
        to_on=from_on + LOOKED_AHEAD,
        now=now,
        besides_booking=besides_booking,
    ):
        is_morning = slot.starts_at.hour < NOON
        if part == "any" or is_morning == (part == "morning"):
            found.setdefault((slot.provider_id, slot.starts_at.date(), is_morning), slot)
    return sorted(found.values(), key=lambda slot: (slot.starts_at, slot.provider))


@allowed(Right.SEE, practice="practices")
def booking(store: Store, practices: Sequence[Practice], booking_id: str, *, actor: Actor) -> Booking:
    """Return a visit booked here, to be moved. Raises InvalidRequest when it cannot be any more."""
    with store.reading() as reading:
        found = bookings.find(reading, booking_id)
    if found is None or found.practice_id not in {one.practice_id for one in practices}:
        raise InvalidRequest("This booking is not in the store any more. Nothing was moved.")
    if not found.is_live:
        raise InvalidRequest(f"This booking is {found.state} meanwhile. Nothing was moved.")
    return found

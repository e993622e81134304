"""How a practice takes bookings: whether patients book by links, how long those last, how soon and how far ahead."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from queries import book as queries
from queries.store import Reading, Store
from services.actors import Actor, Right, allowed
from services.errors import InvalidRequest
from services.practices import Practice
from services.settings import Current
from services.ways import Way

LABELS = {
    "is_online": "Patients book by a link",
    "link_days": "A link lasts",
    "notice_hours": "Notice that patients give",
    "days_ahead": "Patients see the book for",
    "step_minutes": "Visits begin every",
    "is_confirmed": "Patients get a confirmation",
}
"""The settings in the field's words."""

UNITS = {"link_days": "days", "notice_hours": "hours", "days_ahead": "days", "step_minutes": "minutes"}
STEPS = (5, 10, 15, 20, 30, 60)
"""Minutes between the times at which visits begin: each fills the hour."""

MOST = {"link_days": 90, "notice_hours": 336, "days_ahead": 365}
LEAST = {"link_days": 1, "notice_hours": 0, "days_ahead": 1}
CHANGED = "booking settings changed"


@dataclass(frozen=True)
class BookingSettings:
    """A practice's way of taking bookings."""

    is_online: bool = False
    link_days: int = 14
    notice_hours: int = 24
    days_ahead: int = 90
    step_minutes: int = 10
    is_confirmed: bool = True


def of(store: Store | Reading, practice_id: str) -> BookingSettings:
    """Return how a practice takes bookings."""
    return BookingSettings(**queries.settings(store, [practice_id]).get(practice_id, {}))


@allowed(Right.SETTINGS, practice="practice")
def current(store: Store, practice: Practice, *, actor: Actor) -> Current:
    """Return how a practice takes bookings, and who changed that last."""
    return _WAY.current(store, practice)


@allowed(Right.SETTINGS, practice="practice")
def change(
    store: Store, practice: Practice, wanted: BookingSettings, *, seen: BookingSettings, actor: Actor, now: datetime
) -> list[str]:
    """Let a practice take bookings in this way, and return in words what changed.

    seen is how it was shown: what somebody else changed since is not overwritten.
    Raises InvalidRequest, with nothing changed, for what cannot be.
    """
    _check(wanted)
    return _WAY.change(store, practice, wanted, seen=seen, actor=actor, now=now)


def _check(wanted: BookingSettings) -> None:
    """Raise InvalidRequest for what cannot be."""
    values = asdict(wanted)
    for name, most in MOST.items():
        if not LEAST[name] <= values[name] <= most:
            raise InvalidRequest(
                f"{LABELS[name]}: give a number of {UNITS[name]} from {LEAST[name]} to {most}. Nothing was saved."
            )
    if wanted.step_minutes not in STEPS:
        raise InvalidRequest(f"Visits begin every {', '.join(map(str, STEPS))} minutes. Nothing was saved.")


def _in_words(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value} {UNITS[name]}"


_WAY = Way("how the practice takes bookings", CHANGED, LABELS, _in_words, of, queries.write_settings)

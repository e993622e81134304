"""Visits that were booked here, until the PMS has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from queries.store import Reading, Store, Transaction

CHANGING = ("provider_id", "starts_at", "minutes", "state", "conflict", "appointment_id")
"""The columns of a booking that may change."""


def add(tx: Transaction, booking_id: str, given: Mapping[str, Any], *, state: str, by: str, now: datetime) -> None:
    """Keep a booking: whose, of which planned visit, with whom, when and how long."""
    names = (
        "practice_id",
        "opportunity_id",
        "patient_id",
        "planned_visit_id",
        "provider_id",
        "starts_at",
        "minutes",
    )
    tx.execute(
        "bookings/add", booking_id=booking_id, **{name: given[name] for name in names}, state=state, by=by, now=now
    )


def change(tx: Transaction, booking_id: str, wanted: Mapping[str, Any], *, by: str, now: datetime) -> None:
    """Give a booking other values of the columns in CHANGING, and its next version."""
    tx.execute("bookings/change", booking_id=booking_id, **{name: wanted[name] for name in CHANGING}, by=by, now=now)


def find(source: Store | Reading, booking_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return bookings with the names of their providers, the earliest first."""
    return source.frame("bookings/find", booking_ids=list(booking_ids)).to_dicts()


def live_of(source: Store | Reading, practice_ids: Sequence[str], opportunity_ids: Sequence[str]) -> pl.DataFrame:
    """Return the bookings of opportunities, named side by side, that no import confirmed yet, the earliest first."""
    return source.frame("bookings/live_of", practice_ids=list(practice_ids), opportunity_ids=list(opportunity_ids))


def planned_visit(
    source: Store | Reading, practice_id: str, opportunity_id: str, planned_visit_id: str
) -> dict[str, Any] | None:
    """Return a planned visit of an opportunity with visit_at, when the PMS has it booked; None when there is none."""
    found = source.frame(
        "bookings/planned_visit",
        practice_id=practice_id,
        opportunity_id=opportunity_id,
        planned_visit_id=planned_visit_id,
    )
    return next(iter(found.to_dicts()), None)


def appointment(source: Store | Reading, practice_id: str, appointment_id: str | None) -> dict[str, Any] | None:
    """Return when, how long and with whom the PMS has a live or done appointment, or None."""
    found = source.frame("bookings/appointment", practice_id=practice_id, appointment_id=appointment_id)
    return next(iter(found.to_dicts()), None)

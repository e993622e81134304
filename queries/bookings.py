"""Visits that were booked here, until the PMS has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
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


def appointment(
    source: Store | Reading, practice_id: str, appointment_id: str | None, *, provider_id: str
) -> dict[str, Any] | None:
    """Return a live or done appointment of the PMS as a booking keeps it, with its provider's name; None without one.

    provider_id is whose it is where the PMS names nobody.
    """
    found = source.frame(
        "bookings/appointment", practice_id=practice_id, appointment_id=appointment_id, provider_id=provider_id
    )
    return next(iter(found.to_dicts()), None)


def waiting(
    source: Store | Reading, practice_ids: Sequence[str], *, states: Sequence[str], today: date
) -> pl.DataFrame:
    """Return the bookings of practices in some states, with whom and what they are for, the earliest first."""
    return source.frame("bookings/waiting", practice_ids=list(practice_ids), states=list(states), today=today)


def of_practice(source: Store | Reading, practice_id: str) -> list[dict[str, Any]]:
    """Return the bookings of a practice that no import has confirmed, the earliest first."""
    return source.frame("bookings/of_practice", practice_id=practice_id).to_dicts()


def appointments_beside(source: Store | Reading, practice_id: str) -> list[dict[str, Any]]:
    """Return the PMS's appointments of the same patients, and of others at the same time, the linked ones first."""
    return source.frame("bookings/appointments_beside", practice_id=practice_id).to_dicts()


def confirmed_alone(source: Store | Reading, practice_id: str, *, today: date) -> list[dict[str, Any]]:
    """Return bookings confirmed by an appointment linked to no course, which the PMS has moved or has no more.

    now_at, now_minutes and now_provider_id say where it is now, if anywhere.
    """
    return source.frame("bookings/confirmed_alone", practice_id=practice_id, today=today).to_dicts()


def follow_patients(tx: Transaction, practice_id: str) -> None:
    """Let the bookings of a practice follow courses that an import gave to another patient."""
    tx.execute("bookings/follow_patients", practice_id=practice_id)

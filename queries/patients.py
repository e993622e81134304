"""One patient: details, treatment, visits and household."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from queries.store import Reading, Store


def find(source: Store | Reading, practice_id: str, patient_id: str) -> dict[str, Any] | None:
    """Return the patient's details, or None when the practice has no such patient."""
    rows = source.frame("patients/find", practice_id=practice_id, patient_id=patient_id).to_dicts()
    return rows[0] if rows else None


def items(source: Store | Reading, practice_id: str, patient_id: str) -> pl.DataFrame:
    """Return the treatment items of the patient's courses, done ones first."""
    return source.frame("patients/items", practice_id=practice_id, patient_id=patient_id)


def planned_visits(source: Store | Reading, practice_id: str, patient_id: str) -> pl.DataFrame:
    """Return the planned visits of the patient's courses with what each is booked for."""
    return source.frame("patients/planned_visits", practice_id=practice_id, patient_id=patient_id)


def appointments(source: Store | Reading, practice_id: str, patient_id: str) -> pl.DataFrame:
    """Return the patient's appointments, newest first; starts_at is the practice's wall clock."""
    return source.frame("patients/appointments", practice_id=practice_id, patient_id=patient_id)


def household(source: Store | Reading, practice_id: str, patient_id: str, *, today: date) -> pl.DataFrame:
    """Return the other members of the household with the number and value of their opportunities."""
    return source.frame("patients/household", practice_id=practice_id, patient_id=patient_id, today=today)

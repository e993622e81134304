"""What must hold between tables: kept by the writes, looked for here, because there are no foreign keys."""

from __future__ import annotations

import polars as pl

from queries.store import Reading, Store

FAULTS = (
    "practices_without_settings",
    "courses_without_patient",
    "courses_without_provider",
    "courses_without_payor",
    "planned_visits_without_course",
    "treatment_items_without_course",
    "appointments_without_patient",
    "appointments_without_course",
    "states_without_course",
    "states_without_person",
    "states_without_event",
    "bookings_without_course",
    "bookings_without_day",
    "days_without_booking",
)


def faults(source: Store | Reading, fault: str) -> pl.DataFrame:
    """Return practice_id and id of every row that has the fault."""
    return source.frame(f"integrity/{fault}")

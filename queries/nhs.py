"""The NHS contract of a year: what was delivered, is booked, is open, and was typed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from queries.store import Reading, Store, Transaction


def delivered(
    source: Store | Reading,
    practice_id: str,
    contract_id: str,
    *,
    first_contract_id: str | None,
    from_on: date,
    to_on: date,
) -> pl.DataFrame:
    """Return completed_on, uda, pathway_pence, unscheduled_courses, unscheduled_pence and unpriced_courses by day.

    first_contract_id is whose a course is that names no contract, as in the statements below.
    """
    return source.frame(
        "nhs/delivered",
        practice_id=practice_id,
        contract_id=contract_id,
        first_contract_id=first_contract_id,
        from_on=from_on,
        to_on=to_on,
    )


def scheduled(
    source: Store | Reading,
    practice_id: str,
    contract_id: str,
    *,
    first_contract_id: str | None,
    today: date,
    to_on: date,
    is_unlinked_visit_counted: bool,
) -> pl.DataFrame:
    """Return the open courses with a visit by a day: course_id, visit_on, is_unscheduled, uda, claim_pence.

    The kept list must be fresh (`listing.refresh`).
    """
    return source.frame(
        "nhs/scheduled",
        practice_id=practice_id,
        contract_id=contract_id,
        first_contract_id=first_contract_id,
        today=today,
        to_on=to_on,
        is_unlinked_visit_counted=is_unlinked_visit_counted,
    )


def openings(
    source: Store | Reading, practice_id: str, contract_id: str, *, first_contract_id: str | None, today: date
) -> pl.DataFrame:
    """Return the NHS opportunities of a contract, the oldest first, with visits_left and days_needed.

    The kept list must be fresh (`listing.refresh`).
    """
    return source.frame(
        "nhs/openings",
        practice_id=practice_id,
        contract_id=contract_id,
        first_contract_id=first_contract_id,
        today=today,
    )


def finished(
    source: Store | Reading, practice_id: str, *, ages: Sequence[int], days: int, from_on: date, today: date
) -> pl.DataFrame:
    """Return for each age how many NHS courses were open at it, and how many were finished within so many days."""
    return source.frame(
        "nhs/finished", practice_id=practice_id, ages=list(ages), days=days, from_on=from_on, today=today
    )


def unscheduled(source: Store | Reading, nation: str, *, on_day: date) -> dict[str, Any] | None:
    """Return the share of the contract's value for unscheduled care, what a course pays and since when, or None."""
    return next(iter(source.frame("nhs/unscheduled", nation=nation, on_day=on_day).to_dicts()), None)


def imported_at(source: Store | Reading, practice_id: str) -> datetime | None:
    """Return when the last extract of a practice was taken in (UTC), or None where none was."""
    at: datetime | None = source.frame("nhs/imported_at", practice_id=practice_id)["imported_at"][0]
    return at


def figures(source: Store | Reading, practice_id: str, contract_id: str) -> pl.DataFrame:
    """Return what was typed in for a contract: month_on, the three figures, typed_by, typed_at (UTC)."""
    return source.frame("nhs/figures", practice_id=practice_id, contract_id=contract_id)


def write_figure(
    tx: Transaction,
    practice_id: str,
    contract_id: str,
    month_on: date,
    *,
    uda: Decimal | None,
    unscheduled_courses: int | None,
    unscheduled_pence: int | None,
    by: str,
    now: datetime,
) -> None:
    """Keep what was typed in for a month."""
    tx.execute(
        "nhs/write_figure",
        practice_id=practice_id,
        contract_id=contract_id,
        month_on=month_on,
        uda=uda,
        unscheduled_courses=unscheduled_courses,
        unscheduled_pence=unscheduled_pence,
        by=by,
        now=now,
    )


def remove_figure(tx: Transaction, practice_id: str, contract_id: str, month_on: date) -> None:
    """Take back what was typed in for a month."""
    tx.execute("nhs/remove_figure", practice_id=practice_id, contract_id=contract_id, month_on=month_on)


def suspended(
    source: Store | Reading,
    practice_id: str,
    contract_id: str,
    *,
    first_contract_id: str | None,
    today: date,
    is_unlinked_visit_counted: bool,
) -> pl.DataFrame:
    """Return the suspended pathways that can still be taken up again, the soonest deadline first."""
    return source.frame(
        "nhs/suspended",
        practice_id=practice_id,
        contract_id=contract_id,
        first_contract_id=first_contract_id,
        today=today,
        is_unlinked_visit_counted=is_unlinked_visit_counted,
    )


def incomplete(
    source: Store | Reading,
    practice_id: str,
    contract_id: str,
    *,
    first_contract_id: str | None,
    today: date,
    left_by: date,
    is_unlinked_visit_counted: bool,
) -> pl.DataFrame:
    """Return the courses begun and left by a day, the longest left first."""
    return source.frame(
        "nhs/incomplete",
        practice_id=practice_id,
        contract_id=contract_id,
        first_contract_id=first_contract_id,
        today=today,
        left_by=left_by,
        is_unlinked_visit_counted=is_unlinked_visit_counted,
    )


def contact_log(
    source: Store | Reading, practice_id: str, course_ids: Sequence[str], since: Sequence[date]
) -> pl.DataFrame:
    """Return the calls and messages about courses after the days beside them, the oldest first."""
    return source.frame("nhs/contact_log", practice_id=practice_id, course_ids=list(course_ids), since=list(since))

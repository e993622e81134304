"""What came of contacts: bookings and what led to them, how long both took, and what was rejected why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from queries.store import Reading, Store


def credited(
    source: Store | Reading,
    practice_ids: Sequence[str],
    what: str,
    *,
    window: int,
    from_day: date,
    to_day: date,
    patient: str,
    system: str,
) -> pl.DataFrame:
    """Return the bookings of some days by person, provider, template, channel, way or reason, one row for each key.

    The row without a contact in the `window` days before is the one where is_contacted is false. is_typed: the reason
    is no more than somebody's own words. patient and system are who is said to have done what these do. The ways are
    link, book (here), told (by a person) and pms.
    """
    return source.frame(
        "results/credited",
        practice_ids=list(practice_ids),
        what=what,
        window=window,
        from_day=from_day,
        to_day=to_day,
        patient=patient,
        system=system,
    )


def links(source: Store | Reading, practice_ids: Sequence[str], *, from_day: date, to_day: date) -> pl.DataFrame:
    """Return what became of the booking links sent on some days, one row for each template and channel."""
    return source.frame("results/links", practice_ids=list(practice_ids), from_day=from_day, to_day=to_day)


def landmark(
    source: Store | Reading,
    practice_ids: Sequence[str],
    *,
    landmark: int,
    follow_up: int,
    from_day: date,
    to_day: date,
) -> pl.DataFrame:
    """Return what was booked in the days after the landmark, one row for each month of first listing."""
    return source.frame(
        "results/landmark",
        practice_ids=list(practice_ids),
        landmark=landmark,
        follow_up=follow_up,
        from_day=from_day,
        to_day=to_day,
    )


def waits(source: Store | Reading, practice_ids: Sequence[str], *, from_day: date, to_day: date) -> pl.DataFrame:
    """Return how long opportunities waited for a booking, counted from opening, one row for each kind of wait."""
    return source.frame("results/waits", practice_ids=list(practice_ids), from_day=from_day, to_day=to_day)


def rejections(source: Store | Reading, practice_ids: Sequence[str], *, from_day: date, to_day: date) -> pl.DataFrame:
    """Return why opportunities were rejected, one row for each reason."""
    return source.frame("results/rejections", practice_ids=list(practice_ids), from_day=from_day, to_day=to_day)


def delays(source: Store | Reading, practice_ids: Sequence[str], *, from_day: date, to_day: date) -> pl.DataFrame:
    """Return how many days passed from opening to the first contact, one row for each number of days."""
    return source.frame("results/delays", practice_ids=list(practice_ids), from_day=from_day, to_day=to_day)


def attempts(source: Store | Reading, practice_ids: Sequence[str], *, from_day: date, to_day: date) -> pl.DataFrame:
    """Return how many attempts the bookings of some days took, one row for each number of attempts."""
    return source.frame("results/attempts", practice_ids=list(practice_ids), from_day=from_day, to_day=to_day)

"""The appointment book: free time, working hours, closures, and how a practice takes bookings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from queries.store import Reading, Store, Transaction

Clock = Sequence[tuple[datetime, datetime]]
"""The hours that a clock skips or repeats, as the wall shows them: from, to."""


def free(
    source: Store | Reading,
    practice_id: str,
    provider_ids: Sequence[str],
    *,
    minutes: int,
    step_minutes: int,
    from_on: date,
    to_on: date,
    not_before: datetime,
    now: datetime,
    clock: Clock,
    besides_link: str | None,
    besides_booking: str | None,
    limit: int | None,
) -> pl.DataFrame:
    """Return the times at which a visit can begin, the earliest first; not_before is the practice's wall clock."""
    return source.frame(
        "book/free",
        practice_id=practice_id,
        provider_ids=list(provider_ids),
        minutes=minutes,
        step_minutes=step_minutes,
        from_on=from_on,
        to_on=to_on,
        not_before=not_before,
        now=now,
        besides_link=besides_link,
        besides_booking=besides_booking,
        limit=limit,
        **_lists(clock),
    )


def is_free(
    source: Store | Reading,
    practice_id: str,
    provider_id: str,
    *,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    clock: Clock,
    is_outside_hours_allowed: bool,
    besides_link: str | None,
    besides_booking: str | None,
) -> bool:
    """Say whether a provider is free from one time of the wall clock to another."""
    rows = source.frame(
        "book/is_free",
        practice_id=practice_id,
        provider_id=provider_id,
        starts_at=starts_at,
        ends_at=ends_at,
        now=now,
        is_outside_hours_allowed=is_outside_hours_allowed,
        besides_link=besides_link,
        besides_booking=besides_booking,
        **_lists(clock),
    )
    return bool(rows["is_free"][0])


def visits(
    source: Store | Reading, practice_id: str, opportunity_id: str, *, today: date, besides_booking: str | None
) -> list[dict[str, Any]]:
    """Return the visits of an opportunity with the day of each that is booked or done."""
    return source.frame(
        "book/wanted",
        practice_id=practice_id,
        opportunity_id=opportunity_id,
        today=today,
        besides_booking=besides_booking,
    ).to_dicts()


def settings(source: Store | Reading, practice_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return how those of the practices take bookings that have settings of their own."""
    rows = source.frame("book/settings", practice_ids=list(practice_ids)).to_dicts()
    return {row.pop("practice_id"): row for row in rows}


def write_settings(tx: Transaction, practice_id: str, settings: Mapping[str, Any], *, by: str, now: datetime) -> None:
    """Set how a practice takes bookings."""
    tx.execute("book/write_settings", practice_id=practice_id, by=by, now=now, **settings)


def _lists(clock: Clock) -> dict[str, list[datetime]]:
    return {"clock_from": [begins for begins, _ in clock], "clock_to": [ends for _, ends in clock]}

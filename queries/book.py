"""The appointment book: free time, working hours, closures, and how a practice takes bookings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import polars as pl

from queries.store import Reading, Store, Transaction

Clock = Sequence[tuple[datetime, datetime]]
"""The hours that a clock skips or repeats, as the wall shows them: from, to."""

HOURS = pl.Schema(
    [
        ("weekday", pl.Int32()),
        ("from_time", pl.Time()),
        ("to_time", pl.Time()),
        ("break_from", pl.Time()),
        ("break_to", pl.Time()),
        ("room", pl.String()),
    ]
)
"""The columns of a frame of working days."""


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


def week(
    source: Store | Reading,
    practice_id: str,
    provider_ids: Sequence[str],
    *,
    from_on: date,
    to_on: date,
    now: datetime,
    clock: Clock,
) -> pl.DataFrame:
    """Return the book of providers as blocks of time, in the order of the providers' names and the day."""
    return source.frame(
        "book/week",
        practice_id=practice_id,
        provider_ids=list(provider_ids),
        from_on=from_on,
        to_on=to_on,
        now=now,
        **_lists(clock),
    )


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


def hours(source: Store | Reading, practice_id: str) -> pl.DataFrame:
    """Return when a practice and its providers work: provider_id ('' for the practice) and the columns of HOURS."""
    return source.frame("book/hours", practice_id=practice_id)


def write_hours(tx: Transaction, practice_id: str, provider_id: str, hours: pl.DataFrame) -> None:
    """Keep when a provider, or '' for the practice, works, in the place of what was kept."""
    tx.execute("book/clear_hours", practice_id=practice_id, provider_id=provider_id)
    tx.insert("book/write_hours", hours.select(HOURS.names()), practice_id=practice_id, provider_id=provider_id)


def closures(source: Store | Reading, practice_id: str, *, from_on: date) -> list[dict[str, Any]]:
    """Return the days off and closures that end on a day or later."""
    return source.frame("book/closures", practice_id=practice_id, from_on=from_on).to_dicts()


def close(tx: Transaction, practice_id: str, closure: Mapping[str, Any], *, by: str, now: datetime) -> None:
    """Keep a day off or a closure; it has every field of one."""
    tx.execute("book/close", practice_id=practice_id, by=by, now=now, **closure)


def reopen(tx: Transaction, practice_id: str, closure_id: str) -> dict[str, Any] | None:
    """Take back a day off or a closure and return it; None when there is none."""
    rows = tx.execute("book/reopen", practice_id=practice_id, closure_id=closure_id)
    names = ("provider_id", "from_on", "to_on", "from_time", "to_time", "reason")
    return {"closure_id": closure_id, **dict(zip(names, rows[0], strict=True))} if rows else None


def visits_within(
    source: Store | Reading,
    practice_id: str,
    *,
    provider_id: str,
    from_on: date,
    to_on: date,
    from_time: time | None,
    to_time: time | None,
    now: datetime,
) -> int:
    """Count the visits that lie in a closure."""
    rows = source.frame(
        "book/visits_within",
        practice_id=practice_id,
        provider_id=provider_id,
        from_on=from_on,
        to_on=to_on,
        from_time=from_time,
        to_time=to_time,
        now=now,
    )
    return int(rows["visits"][0])


def settings(source: Store | Reading, practice_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return how those of the practices take bookings that have settings of their own."""
    rows = source.frame("book/settings", practice_ids=list(practice_ids)).to_dicts()
    return {row.pop("practice_id"): row for row in rows}


def write_settings(tx: Transaction, practice_id: str, settings: Mapping[str, Any], *, by: str, now: datetime) -> None:
    """Set how a practice takes bookings."""
    tx.execute("book/write_settings", practice_id=practice_id, by=by, now=now, **settings)


def _lists(clock: Clock) -> dict[str, list[datetime]]:
    return {"clock_from": [begins for begins, _ in clock], "clock_to": [ends for _, ends in clock]}

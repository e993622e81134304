"""The audit as people read it: found, filtered, and taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

import polars as pl

from queries import people as people_queries
from queries.store import Store
from services import audit_words, history
from services.actors import Actor, Right, allowed
from services.errors import InvalidRequest
from services.practices import Practice

EVERYTHING = 2**31 - 1


@dataclass(frozen=True)
class Filters:
    """What is asked of the audit; nothing asked is everything. Days are the practices', both ends in."""

    kinds: tuple[str, ...] = ()
    by_users: tuple[str, ...] = ()
    from_on: date | None = None
    to_on: date | None = None
    text: str | None = None


@dataclass(frozen=True)
class Found:
    """One page of the audit in words, newest first, and how many lines there are on all pages."""

    lines: pl.DataFrame
    total: int


@allowed(Right.HISTORY, practice="practices")
def search(
    store: Store,
    practices: Sequence[Practice],
    filters: Filters,
    *,
    actor: Actor,
    limit: int = history.PAGE,
    offset: int = 0,
) -> Found:
    """Return the audit of practices in words.

    Raises InvalidRequest when the days are the wrong way round.
    """
    if filters.from_on and filters.to_on and filters.from_on > filters.to_on:
        raise InvalidRequest("The first day is after the last one: nothing lies between them. Choose other days.")
    rows = history.search(store, practices, **asdict(filters), actor=actor, limit=limit, offset=offset)
    return Found(audit_words.table_of(store, practices, rows), int(rows["total"][0]) if rows.height else 0)


@allowed(Right.EXPORT, practice="practices")
def export(
    store: Store, practices: Sequence[Practice], filters: Filters, *, actor: Actor, now: datetime
) -> pl.DataFrame:
    """Return all lines that match, and record for each practice that the audit was taken out."""
    lines = search(store, practices, filters, actor=actor, limit=EVERYTHING).lines
    with store.transaction() as tx:
        for practice in practices:
            history.record(
                tx,
                "exported",
                by=actor.user_id,
                now=now,
                practice_id=practice.practice_id,
                note=f"audit, {lines.height:,} lines",
            )
    return lines


@allowed(Right.HISTORY, practice="practices")
def who(store: Store, practices: Sequence[Practice], *, actor: Actor) -> dict[str, str]:
    """Return who may have acted: the names of the people of these practices, and what acts by itself, by their ids."""
    asked = {practice.practice_id for practice in practices}
    people = people_queries.all_people(store).to_dicts()
    named = {row["user_id"]: row["name"] for row in people if asked & set(row["practice_ids"] or ())}
    return {**named, **audit_words.NOBODY}

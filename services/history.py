"""The audit: every sign-in and refusal, every change, export, import and patient view."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import polars as pl

from queries import history as queries
from queries import people as people_queries
from queries import practices as practice_queries
from queries import workflow
from queries.store import Store, Transaction
from services import surroundings
from services.actors import Actor, Right, allowed
from services.search_text import normalised

if TYPE_CHECKING:  # services.practices records what it does
    from services.practices import Practice

VIEW_AGAIN = timedelta(minutes=10)
"""Looking at the same patient again within so long is the same view."""

PAGE = 200


def record(
    tx: Transaction,
    kind: str,
    *,
    by: str,
    now: datetime,
    practice_id: str | None = None,
    opportunity_id: str | None = None,
    patient_id: str | None = None,
    note: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Add one line of history inside the caller's transaction; `by` is a user's id or who else acted."""
    line = {
        "practice_id": practice_id,
        "opportunity_id": opportunity_id,
        "patient_id": patient_id,
        "kind": kind,
        "by_user": by,
        "happened_at": workflow.utc(now),
        "note": note,
        "before": _json(before),
        "after": _json(after),
    }
    workflow.record_events(tx, pl.DataFrame([line], schema=workflow.EVENT))


def note_view(store: Store, practice_id: str, patient_id: str, *, by: str, now: datetime) -> None:
    """Record that a person looked at a patient, unless they just did."""
    seen = queries.views_since(store, practice_id=practice_id, patient_id=patient_id, by=by, since=now - VIEW_AGAIN)
    if not seen:
        with store.transaction() as tx:
            record(tx, "patient viewed", by=by, now=now, practice_id=practice_id, patient_id=patient_id)


@allowed(Right.HISTORY, practice="practices")
def search(
    store: Store,
    practices: Sequence[Practice],
    *,
    actor: Actor,
    kinds: Sequence[str] = (),
    by_users: Sequence[str] = (),
    from_on: date | None = None,
    to_on: date | None = None,
    text: str | None = None,
    limit: int = PAGE,
    offset: int = 0,
) -> pl.DataFrame:
    """Return the audit of practices, newest first.

    With it goes what belongs to no practice, such as signing in, of the people who work at one of these; if these are
    all the practices there are, then of anybody, known or not.
    Days are the practices' days; each word of the text stands in the event, or in the name, the numbers or the address
    of its patient. Columns: event_id, happened_at (UTC), by_user, kind, practice, practice_id, opportunity_id,
    cot_number, patient_id, patient, note, before, after, total (of all pages).
    """
    asked = {practice.practice_id for practice in practices}
    colleagues = [
        row["user_id"] for row in people_queries.all_people(store).to_dicts() if asked & set(row["practice_ids"] or ())
    ]
    zone = practices[0].timezone if practices else surroundings.TIMEZONE
    words = (text or "").lower().split()
    return queries.search(
        store,
        practice_ids=sorted(asked),
        is_whole=asked.issuperset(practice_queries.all_practices(store)["practice_id"]),
        people=colleagues,
        kinds=kinds,
        by_users=by_users,
        from_at=_midnight(from_on, zone),
        to_at=_midnight(to_on + timedelta(days=1), zone) if to_on else None,
        words=words,
        plain_words=[normalised(word) for word in words],
        limit=limit,
        offset=offset,
    )


@allowed(Right.HISTORY)
def kinds(store: Store, *, actor: Actor) -> list[str]:
    """Return every kind of event that has happened."""
    return queries.kinds(store)


def _midnight(day: date | None, zone: str) -> datetime | None:
    """Return when a day begins in a time zone, in UTC."""
    return workflow.utc(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))) if day else None


def _json(fields: Mapping[str, Any] | None) -> str | None:
    return json.dumps(dict(fields), default=str, ensure_ascii=False, sort_keys=True) if fields is not None else None

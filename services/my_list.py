"""My list: what is assigned to me and due, as patients to ring one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from queries import my_list as queries
from queries.store import Store
from services import opportunities, surroundings
from services.actions import Chosen
from services.actors import Actor, Right, allowed
from services.opportunities import Filters, Order, Totals
from services.practices import Practice
from services.words import STATUSES

ORDERS = {"worth": "Highest worth", "oldest": "Oldest"}
"""In which order patients are rung."""

DONE = ("attempted", "booked", "snoozed", "rejected")
"""The kinds of events after which a patient is done for today."""

MOST = opportunities.WHOLE_LIST

Mark = tuple[str, date, tuple[tuple[str, int], ...], int | None]


@dataclass(frozen=True)
class Call:
    """A patient to ring, with the rows of the work list that are theirs, mine and due."""

    practice_id: str
    practice: str
    patient_id: str
    patient: str
    phone: str | None
    rows: tuple[dict[str, Any], ...]

    @property
    def key(self) -> str:
        """Return the patient's key, as Filters.patient takes it."""
        return f"{self.practice_id}/{self.patient_id}"

    @property
    def chosen(self) -> list[Chosen]:
        """Return the opportunities as they were seen, for the services of care.py."""
        return [Chosen(row["practice_id"], row["opportunity_id"], row["version"]) for row in self.rows]

    @property
    def worth_pence(self) -> int:
        """Return what they are worth together."""
        return sum(row["worth_pence"] for row in self.rows)

    @property
    def opened_on(self) -> date:
        """Return when the oldest was opened."""
        opened: list[date] = [row["opened_on"] for row in self.rows]
        return min(opened)


@dataclass(frozen=True)
class Queue:
    """Patients to ring in order, and the totals of all that is mine and due."""

    calls: tuple[Call, ...]
    totals: Totals


@allowed(Right.WORK, practice="practices")
def due(
    store: Store, practices: Sequence[Practice], *, actor: Actor, today: date, order: str = "worth", limit: int = MOST
) -> Queue:
    """Return the patients of whom something is assigned to the actor and due, by the worth or the age of all of it.

    No more than `limit` opportunities, the first in that order each by itself; the totals are of all.
    """
    mine = Filters(assignees=(actor.user_id,), is_due=True)
    found = opportunities.worklist(
        store, practices, mine, actor=actor, today=today, order=Order.by_rank(order), grouping="patient", limit=limit
    )
    calls = _calls(found.rows.to_dicts())
    calls.sort(key=lambda call: (-call.worth_pence, call.opened_on) if order == "worth" else (call.opened_on,))
    return Queue(tuple(calls), found.totals)


@allowed(Right.WORK, practice="practices")
def mark(store: Store, practices: Sequence[Practice], *, actor: Actor, today: date) -> Mark:
    """Return what tells without much work whether `due` may have changed: as long as it is the same, nothing has."""
    revisions = tuple((practice.practice_id, practice.revision) for practice in practices)
    return actor.user_id, today, revisions, queries.last_event(store)


@allowed(Right.WORK, practice="practice")
def again(
    store: Store, practice: Practice, patient_id: str, opportunity_ids: Sequence[str], *, actor: Actor, today: date
) -> Call | None:
    """Return a patient whom the actor has on the screen as things are now, due or not; None when nothing is listed."""
    theirs = Filters(patient=f"{practice.practice_id}/{patient_id}", statuses=tuple(STATUSES))
    rows = opportunities.worklist(store, [practice], theirs, actor=actor, today=today).rows.to_dicts()
    return next(iter(_calls([row for row in rows if row["opportunity_id"] in opportunity_ids])), None)


@allowed(Right.WORK, practice="practices")
def done_today(store: Store, practices: Sequence[Practice], *, actor: Actor, today: date) -> int:
    """Return about how many patients the actor rang, booked, snoozed or rejected on a day."""
    zone = ZoneInfo(practices[0].timezone if practices else surroundings.TIMEZONE)
    from_at = datetime(today.year, today.month, today.day, tzinfo=zone)
    return queries.count_done(
        store,
        [practice.practice_id for practice in practices],
        by=actor.user_id,
        kinds=DONE,
        from_at=from_at,
        to_at=from_at + timedelta(days=1),
    )


@allowed(Right.WORK, practice="practices")
def coming_back(store: Store, practices: Sequence[Practice], *, actor: Actor, today: date) -> list[tuple[date, int]]:
    """Return on which days something of the actor's is due again if nobody does anything, with how many patients."""
    suppressed = {practice.practice_id: practice.settings.suppression_days for practice in practices}
    mine = Filters(assignees=(actor.user_id,), statuses=("open", "contacted", "snoozed"), is_due=False)
    rows = opportunities.worklist(store, practices, mine, actor=actor, today=today).rows.to_dicts()
    first: dict[tuple[str, str], date] = {}
    for row in rows:
        patient = (row["practice_id"], row["patient_id"])
        day = _due_again(row, suppressed[row["practice_id"]])
        first[patient] = min(day, first.get(patient, day))
    return sorted(Counter(first.values()).items())


def _calls(rows: Sequence[dict[str, Any]]) -> list[Call]:
    """Gather rows of the work list by patient, in the order in which the patients come."""
    by_patient: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        by_patient.setdefault((row["practice_id"], row["patient_id"]), []).append(row)
    return [
        Call(
            some[0]["practice_id"],
            some[0]["practice"],
            some[0]["patient_id"],
            some[0]["patient"],
            some[0]["phone"],
            tuple(some),
        )
        for some in by_patient.values()
    ]


def _due_again(row: dict[str, Any], suppression_days: int) -> date:
    """Return the first day on which the macro listing.is_due holds for a row for which it does not hold now."""
    days: list[date] = [day for day in (row["snoozed_until"], row["contact_again_on"]) if day]
    if row["last_attempt_at"]:
        days.append(row["last_attempt_at"].date() + timedelta(days=1))
    if row["last_contact_at"]:
        days.append(row["last_contact_at"].date() + timedelta(days=suppression_days))
    return max(days)

"""How anything is done to opportunities: once, on what the person saw, all of it with its events or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from queries import booking_links, listing, workflow
from queries import opportunities as queries
from queries.store import Reading, Store, Transaction
from services import practices, surroundings, words
from services.actors import PATIENT, SYSTEM, Actor
from services.errors import CareManagerError, InvalidRequest
from services.opportunities import rule_of, with_reasons
from services.steps import Step as Step
from services.steps import with_bookings

MOST = 5_000
"""So many opportunities at most in one action."""

DID = {
    "assigned": "assigned it",
    "attempted": "tried to reach the patient",
    "booked": "booked it",
    "booking cancelled": "cancelled the visit that was booked",
    "booking moved": "moved the visit that was booked",
    "call asked": "asked for a call",
    "contacted": "contacted the patient",
    "course changed": "changed the course",
    "link opened": "opened the booking link",
    "noted": "wrote a note",
    "rejected": "rejected it",
    "restored": "restored it",
    "returned": "found no visit coming any more",
    "snoozed": "snoozed it",
    "undone": "undid what was done",
}
"""What somebody did meanwhile, by the kinds of events."""


ADDITIONS = ("attempted", "noted")
"""What overwrites nothing, so that it goes to rows that changed meanwhile too."""

ANSWERS = ("attempted", "contacted", "snoozed", "rejected", "booked")
"""What a person does about an opportunity that waited for somebody, so that it waits no more."""

ANSWERED = {"needs_action_since": None, "needs_action_why": None}

ENDS_LINK = ("booked", "rejected")
"""After these nobody may book by a link that was sent about the opportunity."""

NO_LINK = {"link_sent_at": None, "link_opened_at": None}


@dataclass(frozen=True)
class Chosen:
    """An opportunity as the person saw it: it is acted on only while its version is still this one.

    version: None where nobody saw it, as in what the system does by itself.
    """

    practice_id: str
    opportunity_id: str
    version: int | None


@dataclass(frozen=True)
class Left:
    """An opportunity that was left alone, and why."""

    patient: str
    cot_number: str
    why: str

    def __str__(self) -> str:
        return f"{self.patient}, COT {self.cot_number}: {self.why}"


@dataclass(frozen=True)
class Outcome:
    """What an action did, and what it left alone."""

    action_id: str
    words: str
    opportunities: int = 0
    patients: int = 0
    left: tuple[Left, ...] = ()
    is_repeat: bool = False

    @property
    def said(self) -> str:
        """Say what was done, without what was left alone."""
        if self.is_repeat:
            return "This was done already: it was not done twice."
        if not self.opportunities:
            return "Nothing was done."
        return f"{_of_patients(self.opportunities, self.patients)} {self.words}."

    @property
    def is_undoable(self) -> bool:
        """Say whether there is something to take back."""
        return bool(self.opportunities) and not self.is_repeat


Decide = Callable[[dict[str, Any]], Sequence[Step] | str]
"""Given what is known now of an opportunity, return what to do to it, or why it is left alone."""


def act(
    store: Store,
    chosen: Sequence[Chosen],
    decide: Decide,
    *,
    kind: str,
    said: str,
    actor: Actor,
    now: datetime,
    today: date,
    action_id: str,
    and_then: Callable[[Transaction, Sequence[Mapping[str, Any]]], None] | None = None,
) -> Outcome:
    """Do one action to opportunities in one transaction, each change with its event, and return what came of it.

    Left alone are those that changed since the person saw them, and those that are no opportunities any more; an
    addition, such as a note, goes to them too, as it overwrites nothing. and_then is called in the same transaction
    with the rows that something was done to. `said` finishes "3 opportunities of 2
    patients ...". The same action_id is done once. Raises InvalidRequest for none, or for more than MOST.
    """
    if not chosen:
        raise InvalidRequest("Nothing was chosen, so nothing was done. Tick a row first.")
    if len(chosen) > MOST:
        raise InvalidRequest(f"These are more than {MOST:,} rows, so nothing was done. Do it in smaller parts.")
    seen = {(one.practice_id, one.opportunity_id): one.version for one in chosen}
    with on_fresh_list(store, sorted({one.practice_id for one in chosen}), today=today) as tx:
        if workflow.find_action(tx, action_id):
            return Outcome(action_id, said, is_repeat=True)
        found = workflow.current(tx, *zip(*seen, strict=True), today=today).to_dicts()
        by_key = {(row["practice_id"], row["opportunity_id"]): row for row in found}
        steps: list[tuple[dict[str, Any], Sequence[Step]]] = []
        left: list[tuple[dict[str, Any], str]] = []
        stale: list[dict[str, Any]] = []
        for key, version in seen.items():
            row = by_key.get(key)
            if row is None:
                continue  # Its whole practice was removed meanwhile.
            if version not in (None, row["version"]) and kind not in ADDITIONS:
                stale.append(row)
            elif not row["is_listed"] and kind not in ADDITIONS:
                left.append((row, _why_not_listed(tx, row, today=today)))
            elif isinstance(decided := decide(row), str):
                left.append((row, decided))
            else:
                steps.append((row, decided))
        left += zip(stale, what_changed(tx, stale), strict=True)
        if steps:
            write(tx, steps, kind=kind, actor=actor, now=now, action_id=action_id)
            if and_then:
                and_then(tx, [row for row, _ in steps])
    return outcome_of(action_id, said, [row for row, _ in steps], left)


def outcome_of(
    action_id: str, said: str, done: Sequence[Mapping[str, Any]], left: Sequence[tuple[Mapping[str, Any], str]]
) -> Outcome:
    """Return what an action did, from the rows that it did something to and those that it left alone."""
    return Outcome(
        action_id,
        said,
        opportunities=len(done),
        patients=len({(row["practice_id"], row["patient_id"]) for row in done}),
        left=tuple(Left(row["patient"] or row["patient_id"], row["cot_number"], why) for row, why in left),
    )


def write(
    tx: Transaction,
    steps: Sequence[tuple[Mapping[str, Any], Sequence[Step]]],
    *,
    kind: str,
    actor: Actor,
    now: datetime,
    action_id: str | None,
) -> None:
    """Write an action: the new state of each row of `workflow.current`, and an event for each step.

    Without an id it is nothing that anybody pressed or may take back. A visit booked here is cancelled by what rejects
    its opportunity, or says that it is booked no more; links to book it by are revoked by what books or rejects it.
    """
    if action_id is not None:
        workflow.record_action(tx, action_id, kind=kind, by=actor.user_id, now=now)
    steps = with_bookings(tx, steps, actor=actor, now=now)
    states, events = [], []
    for row, given in steps:
        some = _settled(row, given) if actor != SYSTEM else given
        some = _without_link(row, some)
        state = {name: row.get(name) for name in workflow.STATE.names()}
        for step in some:
            before = {name: state[name] for name in step.changes}
            state |= step.changes
            events.append(
                {
                    "practice_id": row["practice_id"],
                    "opportunity_id": row["opportunity_id"],
                    "patient_id": row["patient_id"],
                    "kind": step.kind,
                    "by_user": actor.user_id,
                    "happened_at": workflow.utc(now),
                    "note": step.note,
                    "before": _json({**before, **step.was}),
                    "after": _json({**step.changes, **step.facts}),
                    "action_id": action_id,
                    "undoes": step.undoes,
                }
            )
        if any(step.changes for step in some):
            states.append({**state, "changed_by": actor.user_id, "changed_at": workflow.utc(now)})
    if states:
        workflow.write_states(tx, pl.DataFrame(states, schema=workflow.STATE))
    workflow.record_events(tx, pl.DataFrame(events, schema=workflow.EVENT))
    for ending in ENDS_LINK:
        ended = [(event["practice_id"], event["opportunity_id"]) for event in events if event["kind"] == ending]
        if ended:
            booking_links.revoke(tx, *zip(*ended, strict=True), why=ending, now=now)


@contextmanager
def on_fresh_list(store: Store, practice_ids: Sequence[str], *, today: date) -> Iterator[Transaction]:
    """Open a transaction in which the kept list of these practices is that of their data.

    The list cannot be worked out inside it: a transaction writes to one database. No import can come between, once
    it is open.
    """
    for _ in range(10):
        listing.refresh(store, practice_ids, today=today)
        with store.transaction() as tx:
            if listing.is_fresh(tx, practice_ids, today=today):
                yield tx
                return
    raise CareManagerError("The list is being imported anew just now. Nothing was done. Try again in a minute.")


def fields_of(event: Mapping[str, Any], side: str) -> dict[str, Any]:
    """Return the columns of the state that an event tells, before or after it, as the store takes them."""
    told = json.loads(event[side]) if event[side] else {}
    return {
        name: _typed(told[name], dtype)
        for name, dtype in workflow.STATE.items()
        if name in told and (name, told[name]) != ("status", "snoozed")
    }


def taking_back(row: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> list[Step] | None:
    """Return the steps that take events back, newest first, or None when something changed since."""
    state, steps = dict(row), []
    for event in events:
        if any(state[name] != value for name, value in fields_of(event, "after").items()):
            return None
        before = fields_of(event, "before")
        if event["kind"] in ENDS_LINK:
            # The link was revoked, and stays so.
            before |= {name: None for name in NO_LINK if name in before}
        state |= before
        steps.append(Step("undone", before, facts={"kind": event["kind"]}, undoes=event["event_id"]))
    return steps


def _settled(row: Mapping[str, Any], steps: Sequence[Step]) -> Sequence[Step]:
    """Let the first step that answers what an opportunity waited for say so."""
    for at, step in enumerate(steps):
        if row.get("needs_action_since") and step.kind in ANSWERS:
            return [*steps[:at], replace(step, changes={**step.changes, **ANSWERED}), *steps[at + 1 :]]
    return steps


def _without_link(row: Mapping[str, Any], steps: Sequence[Step]) -> Sequence[Step]:
    """Let the first step after which no link may be used say that none is out."""
    for at, step in enumerate(steps):
        if step.kind in ENDS_LINK and (row.get("link_sent_at") or row.get("link_opened_at")):
            return [*steps[:at], replace(step, changes={**step.changes, **NO_LINK}), *steps[at + 1 :]]
    return steps


def _typed(value: Any, dtype: pl.DataType) -> Any:
    if isinstance(value, str) and isinstance(dtype, pl.Date):
        return date.fromisoformat(value)
    if isinstance(value, str) and isinstance(dtype, pl.Datetime):
        return datetime.fromisoformat(value)
    return value


def _why_not_listed(tx: Transaction, row: Mapping[str, Any], *, today: date) -> str:
    practice = next(one for one in practices.all_practices(tx) if one.practice_id == row["practice_id"])
    rule = rule_of(practice)
    courses = queries.courses_on(
        tx, practice.practice_id, today=today, settings=rule, patient_id=row["patient_id"]
    ).filter(pl.col("opportunity_id") == row["opportunity_id"])
    reason = next(iter(with_reasons(courses, rule)["reason_text"]), None)
    return f"it is no opportunity any more ({reason})." if reason else "it is no opportunity any more."


def what_changed(source: Reading, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say what happened to rows since the person saw them."""
    if not rows:
        return []
    names = [[row[name] for row in rows] for name in ("practice_id", "opportunity_id")]
    last = {(one["practice_id"], one["opportunity_id"]): one for one in workflow.last_changes(source, *names)}
    zones = {one.practice_id: one.timezone for one in practices.all_practices(source)}
    told = []
    for row in rows:
        change = last.get((row["practice_id"], row["opportunity_id"]))
        if change is None:
            told.append("it changed since you saw it.")
            continue
        zone = ZoneInfo(zones.get(row["practice_id"], surroundings.TIMEZONE))
        at = change["happened_at"].replace(tzinfo=UTC).astimezone(zone)
        by = {SYSTEM.user_id: "the system", PATIENT: "the patient"}.get(change["by_user"], change["by_user"])
        told.append(
            f"{by} {DID.get(change['kind'], 'changed it')} on {words.day(at.date())} at {at:%H:%M}, "
            f"after you saw it; it is {words.STATUSES[row['shown_status']].lower()} now."
        )
    return told


def _json(fields: Mapping[str, Any]) -> str | None:
    return json.dumps(dict(fields), default=str, ensure_ascii=False) if fields else None


def _of_patients(opportunities: int, patients: int) -> str:
    courses = "1 opportunity" if opportunities == 1 else f"{opportunities:,} opportunities"
    return f"{courses} of {'1 patient' if patients == 1 else f'{patients:,} patients'}"

"""Sequences: what a practice does about an opportunity on which day, by itself, until something answers it."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from queries import sequences as queries
from queries import workflow
from queries.store import Store, Transaction
from services import actions, contact, contact_settings, history, practices, templates
from services.actions import Chosen, Outcome
from services.actions import Step as Doing
from services.actors import SYSTEM, Actor, Right, allowed
from services.contact import Plan
from services.errors import InvalidRequest
from services.practices import Practice
from services.surroundings import TodayAt

log = logging.getLogger(__name__)

CHANNELS = {**contact.CHANNELS, "phone": "A call, in My list"}
MOST_STEPS = 8
LATEST_DAY = 120
LONGEST_NAME = 60
CALL_PLANNED = "a call is planned"


@dataclass(frozen=True)
class Step:
    """What is done so many days after the start: an e-mail or SMS from a template, or a call."""

    day: int
    channel: str
    template_id: str | None = None


@dataclass(frozen=True)
class Defined:
    """A practice's sequence, and how many opportunities are in it."""

    sequence_id: str
    name: str
    steps: tuple[Step, ...]
    version: int
    running: int


@allowed(Right.SEE, practice="practice")
def all_of(store: Store, practice: Practice, *, actor: Actor) -> list[Defined]:
    """Return the sequences of a practice by name."""
    return [_sequence(row) for row in queries.all_of(store, practice.practice_id)]


@allowed(Right.SETTINGS, practice="practice")
def save(
    store: Store,
    practice: Practice,
    name: str,
    steps: Sequence[Step],
    *,
    actor: Actor,
    now: datetime,
    sequence_id: str | None = None,
    version: int = 0,
) -> str:
    """Add a sequence, or change one as it was at that version, and return its id; what runs already keeps its steps.

    Raises InvalidRequest, with nothing changed, for steps that cannot be, a name that is taken, and what somebody
    else changed meanwhile.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise InvalidRequest(f"Give the sequence a name of at most {LONGEST_NAME} letters. Nothing was changed.")
    with store.transaction() as tx:
        _check(tx, practice, steps)
        kept = {row["sequence_id"]: row for row in queries.all_of(tx, practice.practice_id)}
        if any(row["name"].casefold() == name.casefold() and id_ != sequence_id for id_, row in kept.items()):
            raise InvalidRequest(
                f"There is a sequence called {name} already. Nothing was changed. Choose another name."
            )
        if sequence_id and (sequence_id not in kept or kept[sequence_id]["version"] != version):
            by = kept[sequence_id]["changed_by"] if sequence_id in kept else "somebody else"
            raise InvalidRequest(f"{by} changed this sequence meanwhile. Nothing was changed. Look at it again.")
        id_ = sequence_id or uuid.uuid4().hex
        queries.write(
            tx,
            practice.practice_id,
            id_,
            name=name,
            steps=_json(steps),
            is_removed=False,
            by=actor.user_id,
            now=now,
        )
        kind = "sequence changed" if sequence_id else "sequence added"
        history.record(tx, kind, by=actor.user_id, now=now, practice_id=practice.practice_id, note=name)
    return id_


@allowed(Right.SETTINGS, practice="practice")
def remove(store: Store, practice: Practice, sequence_id: str, *, actor: Actor, now: datetime) -> None:
    """Take a sequence away; who is in it goes on. Raises InvalidRequest when there is no such sequence."""
    with store.transaction() as tx:
        kept = {row["sequence_id"]: row for row in queries.all_of(tx, practice.practice_id)}
        if sequence_id not in kept:
            raise InvalidRequest("This sequence was removed already. Nothing was changed.")
        row = kept[sequence_id]
        queries.write(
            tx,
            practice.practice_id,
            sequence_id,
            name=row["name"],
            steps=row["steps"],
            is_removed=True,
            by=actor.user_id,
            now=now,
        )
        history.record(
            tx, "sequence removed", by=actor.user_id, now=now, practice_id=practice.practice_id, note=row["name"]
        )


@allowed(Right.WORK, practice="chosen")
def start(
    store: Store,
    chosen: Sequence[Chosen],
    sequence_id: str,
    *,
    actor: Actor,
    now: datetime,
    today: date,
    action_id: str,
) -> Outcome:
    """Start a sequence for opportunities of its practice; one that is in a sequence already is left alone."""
    practice_ids = sorted({one.practice_id for one in chosen})
    kept = {
        (practice_id, row["sequence_id"]): _sequence(row)
        for practice_id in practice_ids
        for row in queries.all_of(store, practice_id)
    }
    sequence = next((one for (_, id_), one in kept.items() if id_ == sequence_id), None)
    if sequence is None:
        raise InvalidRequest("This sequence is not there any more. Nothing was started. Choose another one.")
    running = {
        tuple(row) for row in queries.running(store, practice_ids).select("practice_id", "opportunity_id").rows()
    }

    def decide(row: dict[str, Any]) -> Sequence[Doing] | str:
        if (row["practice_id"], sequence_id) not in kept:
            return "its practice has no such sequence."
        if (row["practice_id"], row["opportunity_id"]) in running:
            return "it is in a sequence already."
        if row["shown_status"] in ("rejected", "booked"):
            return f"it is {row['shown_status']}; restore it first."
        return [Doing("sequence started", facts={"sequence": sequence.name})]

    def begin(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
        runs = [
            {
                "run_id": uuid.uuid4().hex,
                "practice_id": row["practice_id"],
                "sequence_id": sequence_id,
                "opportunity_id": row["opportunity_id"],
                "patient_id": row["patient_id"],
                "started_by": actor.user_id,
                "started_at": workflow.utc(now),
                "started_on": today,
                "steps": _json(sequence.steps),
                "next_step": 0,
                "next_on": today + timedelta(days=sequence.steps[0].day),
            }
            for row in rows
        ]
        queries.start(tx, pl.DataFrame(runs, schema=queries.RUN))

    return actions.act(
        store,
        chosen,
        decide,
        kind="sequence started",
        said=f"put into the sequence {sequence.name}",
        actor=actor,
        now=now,
        today=today,
        action_id=action_id,
        and_then=begin,
    )


@allowed(Right.SEE, practice="practices")
def running(store: Store, practices: Sequence[Practice], *, actor: Actor) -> pl.DataFrame:
    """Return where each opportunity in a sequence is, whose step comes next first.

    Columns: those of queries/sql/sequences/running.sql, and step_text, such as "2 of 3: SMS".
    """
    rows = queries.running(store, [one.practice_id for one in practices])
    told = [
        f"{row['next_step'] + 1} of {len(steps)}: {CHANNELS[steps[row['next_step']].channel]}"
        for row in rows.to_dicts()
        for steps in [_steps(row["steps"])]
    ]
    return rows.with_columns(step_text=pl.Series(told, dtype=pl.String))


@allowed(Right.WORK, practice="practices")
def stop(store: Store, practices: Sequence[Practice], run_ids: Sequence[str], *, actor: Actor, now: datetime) -> int:
    """End sequences of opportunities of these practices, and return how many had not ended by then."""
    wanted = set(run_ids)
    with store.transaction() as tx:
        rows = queries.running(tx, [one.practice_id for one in practices]).to_dicts()
        return sum(_finish(tx, row, "stopped", by=actor, now=now) for row in rows if row["run_id"] in wanted)


def advance(store: Store, *, now: datetime, today_at: TodayAt) -> None:
    """Take every step whose day has come; a sequence ends by itself when something answered it.

    A process that ends in between takes the same step again, and what it did is found to be done. A step that cannot
    be taken is passed over until the next look.
    """
    for practice in practices.all_practices(store):
        today = today_at(now, practice.timezone)
        for run in queries.running(store, [practice.practice_id], until=today).to_dicts():
            try:
                _advance(store, practice, run, now=now, today=today)
            except Exception as problem:
                log.exception("A step of a sequence could not be taken: %s.", type(problem).__name__)


def _advance(store: Store, practice: Practice, run: dict[str, Any], *, now: datetime, today: date) -> None:
    settings = contact_settings.of(store, practice.practice_id)
    with actions.on_fresh_list(store, [practice.practice_id], today=today) as tx:
        found = workflow.current(tx, [practice.practice_id], [run["opportunity_id"]], today=today).to_dicts()
        row = found[0] if found else None
        why = _why_ends(tx, run, row, settings.attempts_most)
        if why:
            _finish(tx, run, why, by=SYSTEM, now=now)
        if why or row is None or row["shown_status"] == "snoozed":
            return
    steps = _steps(run["steps"])
    step = steps[run["next_step"]]
    if step.channel == "phone":
        _plan_call(store, run, now=now, today=today)
    else:
        refused = _write(store, practice, run, step, now=now, today=today)
        if refused:
            with store.transaction() as tx:
                _finish(tx, run, refused, by=SYSTEM, now=now)
            return
    with store.transaction() as tx:
        after = run["next_step"] + 1
        if after == len(steps):
            _finish(tx, run, "all steps done", by=SYSTEM, now=now)
        else:
            # From today, not from the start: a step that came late must not bring the next one on the same day.
            next_on = today + timedelta(days=steps[after].day - step.day)
            queries.step(tx, run["run_id"], next_step=after, next_on=next_on)


def _why_ends(tx: Transaction, run: Mapping[str, Any], row: Mapping[str, Any] | None, most: int) -> str | None:
    """Return what answered a sequence, or None."""
    if row is None or not row["is_listed"]:
        return "booked, done or closed"
    if row["shown_status"] in ("rejected", "booked"):
        return str(row["shown_status"])
    if queries.has_replied(tx, run["practice_id"], run["patient_id"], since=run["started_at"]):
        return "the patient replied"
    if row["attempts"] >= most:
        return f"{most} attempts are the most"
    return None


def _write(
    store: Store, practice: Practice, run: Mapping[str, Any], step: Step, *, now: datetime, today: date
) -> str | None:
    """Queue the message of a step, once; return why the patient gets none, or None."""
    outcome = contact.send(
        store,
        [Chosen(practice.practice_id, run["opportunity_id"], None)],
        Plan(step.channel, {step.channel: step.template_id or ""}, is_suppression_ignored=True),
        actor=SYSTEM,
        now=now,
        today=today,
        action_id=f"{run['run_id']} {run['next_step']}",
    )
    return f"the patient {outcome.left[0].why}" if outcome.left else None


def _plan_call(store: Store, run: Mapping[str, Any], *, now: datetime, today: date) -> None:
    """Put a call into the list of whose opportunity it is, or of who started the sequence, once."""
    action_id = f"{run['run_id']} {run['next_step']}"
    with actions.on_fresh_list(store, [run["practice_id"]], today=today) as tx:
        if workflow.find_action(tx, action_id):
            return
        row = workflow.current(tx, [run["practice_id"]], [run["opportunity_id"]], today=today).to_dicts()[0]
        changes = {
            "needs_action_since": workflow.utc(now),
            "needs_action_why": CALL_PLANNED,
            "assigned_to": row["assigned_to"] or run["started_by"],
        }
        steps = [(row, [Doing("call planned", changes)])]
        actions.write(tx, steps, kind="call planned", actor=SYSTEM, now=now, action_id=action_id)


def _finish(tx: Transaction, run: Mapping[str, Any], why: str, *, by: Actor, now: datetime) -> bool:
    is_ended = queries.finish(tx, run["run_id"], why=why, now=now)
    if is_ended:
        history.record(
            tx,
            "sequence ended",
            by=by.user_id,
            now=now,
            practice_id=run["practice_id"],
            opportunity_id=run["opportunity_id"],
            patient_id=run["patient_id"],
            note=f"{run['sequence']}: {why}",
        )
    return is_ended


def _check(tx: Transaction, practice: Practice, steps: Sequence[Step]) -> None:
    if not 0 < len(steps) <= MOST_STEPS:
        raise InvalidRequest(f"A sequence has 1 to {MOST_STEPS} steps. Nothing was changed.")
    known = {one.template_id: one for one in templates.all_of(tx, practice.practice_id)}
    for number, step in enumerate(steps, start=1):
        if step.channel not in CHANNELS or not 0 <= step.day <= LATEST_DAY:
            raise InvalidRequest(
                f"Step {number} is an e-mail, an SMS or a call on day 0 to {LATEST_DAY}. Nothing was changed."
            )
        if number > 1 and step.day < steps[number - 2].day:
            raise InvalidRequest(f"Step {number} comes before step {number - 1}. Nothing was changed. Order the days.")
        if step.channel != "phone":
            template = known.get(step.template_id or "")
            if template is None or template.channel != step.channel:
                raise InvalidRequest(f"Choose a template for step {number}. Nothing was changed.")


def _sequence(row: Mapping[str, Any]) -> Defined:
    return Defined(row["sequence_id"], row["name"], tuple(_steps(row["steps"])), row["version"], row["running"])


def _steps(text: str) -> list[Step]:
    return [Step(**step) for step in json.loads(text)]


def _json(steps: Sequence[Step]) -> str:
    return json.dumps([asdict(step) for step in steps])

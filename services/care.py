"""What people do about opportunities: assign, snooze, reject, note, attempt, book, restore, undo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from queries import messages, workflow
from queries import people as people_queries
from queries.store import Store, Transaction
from services import actions, booking_steps, reject_reasons, words
from services.actions import Chosen, Outcome, Step
from services.actors import RIGHTS, Actor, Right, allowed
from services.errors import InvalidRequest
from services.practices import Practice

OUTCOMES = {
    "spoke": "Spoke",
    "left message": "Left message",
    "no answer": "No answer",
    "wrong number": "Wrong number",
}
"""How a try to reach a patient by phone ended."""

CONTACTS = ("spoke", "left message")
"""The outcomes that are a contact; the others are attempts alone (domain.md 3.4)."""

AS_BEFORE = "as before"
"""What is said of what was undone."""

Patient = tuple[str, str]
"""A practice's id and its patient's."""

MESSAGE_FACTS = ("channel", "message_id", "template")
LONGEST_NOTE = 2_000
FURTHEST_DAYS = 730
"""A snooze, or a visit told to be booked, this far ahead at most: further is a slip of the year."""


@allowed(Right.WORK, practice="practices")
def assignable(store: Store, practices: Sequence[Practice], *, actor: Actor) -> dict[str, str]:
    """Return who may be assigned something at every one of these practices: user id -> name, by name."""
    wanted = {practice.practice_id for practice in practices}
    return {
        row["user_id"]: row["name"]
        for row in sorted(people_queries.all_people(store).to_dicts(), key=lambda row: row["name"].casefold())
        if row["is_active"] and row["role"] in RIGHTS[Right.WORK] and wanted <= set(row["practice_ids"] or ())
    }


@allowed(Right.WORK, practice="chosen")
def assign(
    store: Store,
    chosen: Sequence[Chosen],
    assignees: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
    today: date,
    action_id: str,
) -> Outcome:
    """Assign opportunities to one person, to nobody when none is named, or share them out evenly over several.

    A patient's opportunities go to one of them together. Raises InvalidRequest for somebody who may not sign in any
    more, or not work the practice of one of the opportunities.
    """
    people = {row["user_id"]: row for row in people_queries.all_people(store).to_dicts()}
    practice_ids = {one.practice_id for one in chosen}
    for user_id in assignees:
        person = people.get(user_id)
        if person is None or not person["is_active"]:
            name = person["name"] if person else "This person"
            raise InvalidRequest(f"{name} may not sign in any more. Nothing was assigned. Choose somebody else.")
        if person["role"] not in RIGHTS[Right.WORK]:
            raise InvalidRequest(f"{person['name']} may only read. Nothing was assigned. Choose somebody else.")
        if not practice_ids <= set(person["practice_ids"] or ()):
            raise InvalidRequest(
                f"{person['name']} does not work at every practice of these rows. Nothing was assigned. "
                "Choose somebody else, or rows of one practice."
            )
    dealt = _dealing(assignees)

    def decide(row: dict[str, Any]) -> Sequence[Step] | str:
        to = dealt((row["practice_id"], row["patient_id"])) if assignees else None
        if row["assigned_to"] == to:
            return f"it is assigned to {people[to]['name']} already." if to else "it is assigned to nobody already."
        return [Step("assigned", {"assigned_to": to})]

    names = [people[user_id]["name"] for user_id in assignees]
    said = (
        f"assigned to {' and '.join((', '.join(names[:-1]), names[-1])) if len(names) > 1 else names[0]}"
        if names
        else "assigned to nobody"
    )
    return actions.act(
        store, chosen, decide, kind="assigned", said=said, actor=actor, now=now, today=today, action_id=action_id
    )


def shared_out(patients: Sequence[Patient], assignees: Sequence[str]) -> list[str]:
    """Return whom each of these patients' opportunities goes to when `assign` shares all of them out."""
    return list(map(_dealing(assignees), patients))


def _dealing(assignees: Sequence[str]) -> Callable[[Patient], str]:
    """Return what deals opportunities out: to whom has the fewest so far, or has the patient already."""
    load: Counter[str] = Counter(dict.fromkeys(assignees, 0))
    by_patient: dict[Patient, str] = {}

    def deal(patient: Patient) -> str:
        to = by_patient.setdefault(patient, min(assignees, key=load.__getitem__))
        load[to] += 1
        return to

    return deal


@allowed(Right.WORK, practice="chosen")
def snooze(
    store: Store,
    chosen: Sequence[Chosen],
    *,
    until: date,
    reason: str | None = None,
    actor: Actor,
    now: datetime,
    today: date,
    action_id: str,
) -> Outcome:
    """Take opportunities off the list until a date; they come back by themselves with the status they had.

    Raises InvalidRequest for a date that is not after today.
    """
    _check_ahead(until, today, "Choose a date after today until which to snooze.", least=1)
    changes = {"snoozed_until": until, "snooze_reason": _text(reason)}

    def decide(row: dict[str, Any]) -> Sequence[Step] | str:
        if row["shown_status"] in ("rejected", "booked"):
            return f"it is {row['shown_status']}; restore it first."
        return [Step("snoozed", changes)]

    said = f"snoozed until {words.day(until)}"
    return actions.act(
        store, chosen, decide, kind="snoozed", said=said, actor=actor, now=now, today=today, action_id=action_id
    )


@allowed(Right.WORK, practice="chosen")
def reject(
    store: Store,
    chosen: Sequence[Chosen],
    *,
    reason: str,
    note: str | None = None,
    actor: Actor,
    now: datetime,
    today: date,
    action_id: str,
) -> Outcome:
    """Take opportunities off the list until they are restored; the course is not touched.

    Raises InvalidRequest for a reason that is not one of the practice's, or "other" without words.
    """
    note = _text(note)
    offered = reject_reasons.of(store, sorted({one.practice_id for one in chosen}))
    if any(reason not in reasons for reasons in offered.values()):
        raise InvalidRequest("Choose one of the practice's reasons. Nothing was rejected.")
    if reason == reject_reasons.OTHER and not note:
        raise InvalidRequest("Say what the other reason is. Nothing was rejected.")

    def decide(row: dict[str, Any]) -> Sequence[Step] | str:
        if row["shown_status"] == "rejected":
            return f"it is rejected already ({row['reject_reason']})."
        return [Step("rejected", {"status": "rejected", "reject_reason": reason}, note=note)]

    said = f"rejected: {reason}"
    return actions.act(
        store, chosen, decide, kind="rejected", said=said, actor=actor, now=now, today=today, action_id=action_id
    )


@allowed(Right.WORK, practice="chosen")
def note(
    store: Store, chosen: Sequence[Chosen], text: str, *, actor: Actor, now: datetime, today: date, action_id: str
) -> Outcome:
    """Write a note on opportunities. Raises InvalidRequest for an empty or too long one."""
    written = _text(text)
    if not written:
        raise InvalidRequest("Write the note first. Nothing was kept.")

    def decide(row: dict[str, Any]) -> Sequence[Step]:
        return [Step("noted", note=written)]

    return actions.act(
        store, chosen, decide, kind="noted", said="noted", actor=actor, now=now, today=today, action_id=action_id
    )


@allowed(Right.WORK, practice="chosen")
def attempt(
    store: Store,
    chosen: Sequence[Chosen],
    outcome: str,
    *,
    note: str | None = None,
    actor: Actor,
    now: datetime,
    today: date,
    action_id: str,
) -> Outcome:
    """Log a phone call about opportunities, whatever became of them meanwhile; it happened.

    Who was spoken to, or left a message, was contacted. Raises InvalidRequest for an outcome that there is not.
    """
    if outcome not in OUTCOMES:
        raise InvalidRequest("Choose how the call ended. Nothing was kept.")
    told, at = _text(note), workflow.utc(now)

    def decide(row: dict[str, Any]) -> Sequence[Step]:
        changes = {"attempts": row["attempts"] + 1, "last_attempt_at": at}
        tried = Step("attempted", changes, facts={"outcome": outcome}, note=told)
        return [tried, contacted(row, "phone", at)] if outcome in CONTACTS else [tried]

    said = f"logged as a call: {OUTCOMES[outcome].lower()}"
    return actions.act(
        store, chosen, decide, kind="attempted", said=said, actor=actor, now=now, today=today, action_id=action_id
    )


def contacted(row: Mapping[str, Any], channel: str, at: datetime) -> Step:
    """Return the step that says that a patient was contacted; a rejected opportunity stays rejected."""
    status = {"status": "contacted"} if row["status"] == "open" else {}
    return Step("contacted", {**status, "last_contact_at": at}, facts={"channel": channel})


@allowed(Right.WORK, practice="chosen")
def book(
    store: Store,
    chosen: Sequence[Chosen],
    *,
    visit_on: date,
    note: str | None = None,
    actor: Actor,
    now: datetime,
    today: date,
    action_id: str,
) -> Outcome:
    """Note that a visit was entered in the PMS's book, so that the list need not wait for the next import.

    It is off the list until that day; the import then has the visit, or the opportunity returns by itself.
    Raises InvalidRequest for a day in the past.
    """
    _check_ahead(visit_on, today, "Choose the day of the visit, today or later.", least=0)
    told = _text(note)

    def decide(row: dict[str, Any]) -> Sequence[Step] | str:
        if row["shown_status"] == "rejected":
            return "it is rejected; restore it first."
        return [Step("booked", {"booked_on": visit_on}, note=told)]

    said = f"booked for {words.day(visit_on)}"
    return actions.act(
        store, chosen, decide, kind="booked", said=said, actor=actor, now=now, today=today, action_id=action_id
    )


@allowed(Right.WORK, practice="chosen")
def restore(
    store: Store,
    chosen: Sequence[Chosen],
    *,
    note: str | None = None,
    actor: Actor,
    now: datetime,
    today: date,
    action_id: str,
) -> Outcome:
    """Bring snoozed, rejected and booked opportunities back to the list: contacted if the patient was, else open."""
    told = _text(note)

    def decide(row: dict[str, Any]) -> Sequence[Step] | str:
        if row["shown_status"] in ("open", "contacted"):
            return "it is on the list already."
        status = row["status"] if row["status"] != "rejected" else "contacted" if row["last_contact_at"] else "open"
        gone = ("snoozed_until", "snooze_reason", "reject_reason", "booked_on")
        wanted = {"status": status, **dict.fromkeys(gone)}
        return [Step("restored", {name: value for name, value in wanted.items() if row[name] != value}, note=told)]

    return actions.act(
        store, chosen, decide, kind="restored", said="restored", actor=actor, now=now, today=today, action_id=action_id
    )


@allowed(Right.WORK, practice="practice_ids")
def undo(
    store: Store,
    practice_ids: Sequence[str],
    undone_id: str,
    *,
    opportunity_ids: Collection[str] | None = None,
    actor: Actor,
    now: datetime,
    today: date,
    action_id: str,
) -> Outcome:
    """Take back what one action did in these practices, or to some opportunities alone, as new events.

    Its messages that still wait are cancelled, each with everything that it is about, and visits booked here are as
    they were. Left alone is what was changed again since, whose message has left, or whose old time is taken by now.
    Raises InvalidRequest when there is nothing to take back.
    """
    undoing = workflow.find_action(store, undone_id)
    if undoing is None or undoing["kind"] == "undone":
        raise InvalidRequest("This cannot be taken back. Nothing was changed. Do what is right now instead.")
    with actions.on_fresh_list(store, practice_ids, today=today) as tx:
        if workflow.find_action(tx, action_id):
            return Outcome(action_id, AS_BEFORE, is_repeat=True)
        written = {(one["practice_id"], one["opportunity_id"]): one for one in messages.of_action(tx, undone_id)}
        if opportunity_ids is not None:
            touched = {one["message_id"] for (_, id_), one in written.items() if id_ in opportunity_ids}
            opportunity_ids = {
                *opportunity_ids,
                *(id_ for (_, id_), one in written.items() if one["message_id"] in touched),
            }
        events: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for event in workflow.events_of(tx, undone_id, happened_at=undoing["happened_at"]):
            is_asked = opportunity_ids is None or event["opportunity_id"] in opportunity_ids
            if event["practice_id"] in practice_ids and is_asked:
                events.setdefault((event["practice_id"], event["opportunity_id"]), []).append(event)
        if not events:
            raise InvalidRequest("This was taken back already. Nothing was changed.")
        done, left, cancelled = [], [], []
        for row in workflow.current(tx, *zip(*events, strict=True), today=today).to_dicts():
            key = row["practice_id"], row["opportunity_id"]
            message = written.get(key)
            if message and message["state"] != "queued":
                left.append((row, "its message has left and cannot be called back."))
                continue
            if message:
                cancelled.append((row, message))
            steps = booking_steps.taking_back(tx, row, events[key], actor=actor, now=now)
            if isinstance(steps, str):
                left.append((row, f"{steps}{'; its message is cancelled' if message else ''}."))
            else:
                done.append((row, steps))
        if done:
            actions.write(tx, done, kind="undone", actor=actor, now=now, action_id=action_id)
        _cancel(tx, cancelled, actor=actor, now=now)
    return actions.outcome_of(action_id, AS_BEFORE, [row for row, _ in done], left)


def _cancel(
    tx: Transaction, written: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], *, actor: Actor, now: datetime
) -> None:
    """Cancel messages that wait, and say so on each opportunity that they are about."""
    if not written:
        return
    reason = f"Taken back by {actor.name}."
    messages.cancel(tx, sorted({message["message_id"] for _, message in written}), reason=reason, now=now)
    steps = [
        (row, [Step("message cancelled", facts={name: message[name] for name in MESSAGE_FACTS}, note=reason)])
        for row, message in written
    ]
    actions.write(tx, steps, kind="message cancelled", actor=actor, now=now, action_id=None)


def _check_ahead(day: date | None, today: date, sentence: str, *, least: int) -> None:
    if day is None or day < today + timedelta(days=least):
        raise InvalidRequest(f"{sentence} Nothing was changed.")
    if day > today + timedelta(days=FURTHEST_DAYS):
        raise InvalidRequest(f"{words.day(day)} is more than two years ahead. Nothing was changed. Check the year.")


def _text(typed: str | None) -> str | None:
    """Return what was typed without space around it, or None for nothing."""
    text = (typed or "").strip()
    if len(text) > LONGEST_NOTE:
        raise InvalidRequest(
            f"The text has {len(text):,} characters; {LONGEST_NOTE:,} are the most. Nothing was kept. Shorten it."
        )
    return text or None

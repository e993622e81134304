"""What comes back: what became of our messages, what patients answer, and that they want no more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from queries import contact as contact_queries
from queries import messages as queries
from queries import workflow
from queries.store import Reading, Store, Transaction
from services import actions, consents, contact_settings, practices, sending, tokens
from services.actions import Step
from services.actors import SYSTEM
from services.incoming.events import Event, Inbound
from services.practices import Practice
from services.surroundings import TodayAt

RANKS = {
    "queued": 0,
    "cancelled": 0,
    "sending": 1,
    "unknown": 1,
    "sent": 2,
    "delivered": 3,
    "opened": 4,
    "failed": 5,
    "bounced": 6,
}
"""What is known later counts: events arrive in any order, and a state only moves up."""

REPLIED = "replied"


def note(store: Store, events: Sequence[Event], *, now: datetime, today_at: TodayAt) -> int:
    """Keep what a sender tells about messages, each event once and in any order; return how many were new."""
    return sum(_note(store, event, now=now, today_at=today_at) for event in events)


def _note(store: Store, event: Event, *, now: datetime, today_at: TodayAt) -> bool:
    message = queries.find(store, event.message_id)
    if message is None:
        return False  # Of another installation that uses the same account, or of a removed sample.
    practice = _practice(store, message["practice_id"])
    today = today_at(now, practice.timezone)
    with actions.on_fresh_list(store, [practice.practice_id], today=today) as tx:
        is_new = queries.note_event(
            tx,
            event.event_id,
            event.message_id,
            event.state,
            reason=event.reason,
            happened_at=event.happened_at,
            now=now,
        )
        if is_new:
            _act(tx, event, now=now, today=today)
        return is_new


def _act(tx: Transaction, event: Event, *, now: datetime, today: date) -> None:
    """Do what follows from what happened to a message."""
    message = queries.find(tx, event.message_id)
    assert message is not None
    if event.state in ("opted_out", "spam"):
        source = "unsubscribed at the provider" if event.state == "opted_out" else "reported as spam"
        sending.opted_out(tx, event.message_id, source=source, now=now)
    if event.state == "opened" and not message["is_tracked"]:
        return
    if RANKS.get(event.state, 0) <= RANKS[message["state"]]:
        return
    if event.state in ("bounced", "failed"):
        reason = event.reason or "The provider gave no reason."
        if event.state == "bounced":
            contact_queries.mark_address(
                tx, message["practice_id"], message["channel"], message["address"], reason=reason, now=now
            )
        sending.did_not_arrive(tx, event.message_id, event.state, reason, now=now, today=today)
        return
    queries.settle(tx, event.message_id, event.state, now=now)
    sending.note(tx, event.message_id, f"message {event.state}", now=now)


def receive(store: Store, inbound: Inbound, *, now: datetime, today_at: TodayAt) -> bool:
    """Keep an SMS from a patient, once; return whether it was new and could be told whose it is.

    STOP and START change the consent of everybody with that number. Anything else goes into the history of the
    opportunities that we wrote about last, or of all of the patient's, and waits there for an answer.
    """
    address = contact_settings.mobile(inbound.from_number) or inbound.from_number
    own = contact_queries.practice_of_number(store, inbound.to_number)
    last = queries.last_to(store, "sms", address, practice_id=own)
    practice_id = own or (last["practice_id"] if last else None)
    if practice_id is None:
        return False
    practice = _practice(store, practice_id)
    today = today_at(now, practice.timezone)
    with actions.on_fresh_list(store, [practice_id], today=today) as tx:
        patient_ids = _patients_of(tx, practice_id, address)
        about = _about(tx, practice_id, patient_ids, last, today=today)
        if not patient_ids:
            patient_ids = list(dict.fromkeys(row["patient_id"] for row in about))
        is_new = queries.receive(
            tx,
            inbound.inbound_id,
            practice_id=practice_id,
            patient_id=patient_ids[0] if patient_ids else None,
            channel="sms",
            address=address,
            body=inbound.text,
            now=now,
        )
        # "Yes" is a wish to be written to again only from who had opted out; else it is an answer.
        is_wish = inbound.wish == "stop" or (inbound.wish == "start" and _is_out(tx, practice_id, patient_ids))
        if is_new and is_wish:
            for patient_id in patient_ids:
                consents.keep(
                    tx,
                    practice_id,
                    patient_id,
                    "sms",
                    "no" if inbound.wish == "stop" else "yes",
                    before=None,
                    source="STOP" if inbound.wish == "stop" else "START",
                    by=SYSTEM.user_id,
                    now=now,
                )
        elif is_new and about:
            _wait_for_answer(tx, about, REPLIED, note=inbound.text, now=now, today=today)
        return is_new and bool(patient_ids)


def opt_out(store: Store, token: str, *, now: datetime, is_asked_first: bool = False) -> str | None:
    """Opt out whom the link in one of our e-mails is for, and return the practice's name; None for no such link.

    is_asked_first only looks whose link it is. The same link does no harm twice.
    """
    links = contact_queries.links(store, tokens.hash_of(token))
    if not links:
        return None
    practice = _practice(store, links[0]["practice_id"])
    if not is_asked_first:
        with store.transaction() as tx:
            for link in links:
                consents.keep(
                    tx,
                    link["practice_id"],
                    link["patient_id"],
                    link["channel"],
                    "no",
                    before=None,
                    source="unsubscribe link",
                    by=SYSTEM.user_id,
                    now=now,
                )
    return practice.name


def _practice(store: Store | Reading, practice_id: str) -> Practice:
    return next(one for one in practices.all_practices(store) if one.practice_id == practice_id)


def _patients_of(tx: Transaction, practice_id: str, address: str) -> list[str]:
    """Return whose mobile number it is; a household may share one."""
    rows = contact_queries.patients_with_mobile(tx, practice_id, address[-9:])
    return [row["patient_id"] for row in rows if contact_settings.mobile(row["mobile"]) == address]


def _is_out(tx: Transaction, practice_id: str, patient_ids: Sequence[str]) -> bool:
    """Say whether one of these patients opted out of SMS here."""
    return any(
        (said["about"], said["value"]) == ("sms", "no")
        for patient_id in patient_ids
        for said in contact_queries.consents(tx, practice_id, patient_id)
    )


def _about(
    tx: Transaction, practice_id: str, patient_ids: Sequence[str], last: dict[str, Any] | None, *, today: date
) -> list[dict[str, Any]]:
    """Return about which opportunities a patient answers: those we wrote about last, else all of theirs."""
    if last is not None and last["practice_id"] == practice_id:
        return queries.about(tx, last["message_id"])
    return workflow.listed_of_patients(tx, practice_id, patient_ids, today=today).to_dicts()


def _wait_for_answer(
    tx: Transaction, about: Sequence[dict[str, Any]], why: str, *, note: str, now: datetime, today: date
) -> None:
    """Let opportunities wait for somebody; a snooze ends, as the patient is there now."""
    sides = [row["practice_id"] for row in about], [row["opportunity_id"] for row in about]
    steps = []
    for row in workflow.current(tx, *sides, today=today).to_dicts():
        woken = {"snoozed_until": None, "snooze_reason": None} if row["shown_status"] == "snoozed" else {}
        waiting = {"needs_action_since": workflow.utc(now), "needs_action_why": why}
        steps.append((row, [Step(why, {**woken, **waiting}, note=note)]))
    actions.write(tx, steps, kind=why, actor=SYSTEM, now=now, action_id=None)

"""What a patient tells by a booking link without booking: seen, later, no, ring me, or no more of these messages."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from queries import holds, messages, workflow
from queries.store import Store, Transaction
from services import actions, booking_links, consents, patient_visit, reject_reasons
from services.actions import Step
from services.actors import PATIENT, Actor
from services.patient_visit import Visit
from services.surroundings import TodayAt

LONGEST_NOTE = 200
CALL_ASKED = "call asked"
"""The event of a patient who wants to be rung, and why their opportunity waits for somebody."""

ASKED_LATER = "the patient asked to be asked again then"

REASONS = {
    "cost": "It costs too much",
    "fear": "I am nervous about it",
    "done elsewhere": "I had it done elsewhere",
    "moved away": "I have moved away",
    "not interested": "Another reason, or I would rather not say",
}
"""Why a patient declines, by the practice's own reasons for rejecting; one that it has not becomes `other`."""


def opened(store: Store, visit: Visit, token: str, *, now: datetime, today_at: TodayAt) -> None:
    """Note that the patient opened a link."""
    actor = Actor.patient_of(visit.practice.practice_id)
    booking_links.opened(store, token, actor=actor, now=now, today_at=today_at)


def later(store: Store, token: str, *, now: datetime, today_at: TodayAt) -> None:
    """Leave the patient in peace about the visit for a month. Raises LinkClosed."""

    def step(tx: Transaction, visit: Visit, row: dict[str, Any]) -> Step:
        return Step("snoozed", {"snoozed_until": visit.later_on, "snooze_reason": ASKED_LATER})

    _answer(store, token, "later", step, now=now, today_at=today_at)


def decline(store: Store, token: str, reason: str, *, now: datetime, today_at: TodayAt) -> None:
    """Reject the opportunity for one of REASONS, as the practice calls it. Raises LinkClosed."""
    chosen = reason if reason in REASONS else next(reversed(REASONS))

    def step(tx: Transaction, visit: Visit, row: dict[str, Any]) -> Step:
        practice_id = visit.practice.practice_id
        own = reject_reasons.of(tx, [practice_id])[practice_id]
        kept = chosen if chosen in own else reject_reasons.OTHER
        return Step("rejected", {"status": "rejected", "reject_reason": kept}, note=REASONS[chosen])

    _answer(store, token, "declined", step, now=now, today_at=today_at)


def call(store: Store, token: str, note: str, *, now: datetime, today_at: TodayAt) -> None:
    """Let the opportunity wait for somebody to ring the patient, at best when they say. Raises LinkClosed."""
    told = " ".join(note.split())[:LONGEST_NOTE] or None

    def step(tx: Transaction, visit: Visit, row: dict[str, Any]) -> Step:
        # A snooze ends: the patient is there now.
        woken = {"snoozed_until": None, "snooze_reason": None} if row["shown_status"] == "snoozed" else {}
        waiting = {"needs_action_since": workflow.utc(now), "needs_action_why": CALL_ASKED}
        return Step(CALL_ASKED, {**woken, **waiting}, note=told)

    _answer(store, token, "call", step, now=now, today_at=today_at)


def stop(store: Store, token: str, *, now: datetime, today_at: TodayAt) -> None:
    """Send no more of the link's channel to the patients of its message; the link stays as it is."""
    with store.transaction() as tx:
        visit = patient_visit.seen(tx, token, now=now, today_at=today_at)
        if visit is None or visit.channel is None or visit.is_stopped:
            return
        about = messages.about(tx, visit.link.message_id or "")
        # The PMS may have merged the patient's record into another one since.
        merged = [visit.wanted.patient_id] if visit.wanted else []
        for patient_id in dict.fromkeys((visit.link.patient_id, *merged, *(row["patient_id"] for row in about))):
            consents.keep(
                tx,
                visit.practice.practice_id,
                patient_id,
                visit.channel,
                "no",
                before=None,
                source="booking link",
                by=PATIENT,
                now=now,
            )


def _answer(
    store: Store,
    token: str,
    used_for: str,
    step: Callable[[Transaction, Visit, dict[str, Any]], Step],
    *,
    now: datetime,
    today_at: TodayAt,
) -> None:
    """Use a link for an answer that is no booking, and write what follows from it, in one transaction."""
    practice = patient_visit.practice_of(store, token, now=now)
    today = today_at(now, practice.timezone)
    with actions.on_fresh_list(store, [practice.practice_id], today=today) as tx:
        visit = patient_visit.good(tx, token, now=now, today_at=today_at)
        booking_links.use(tx, token, used_for=used_for, now=now)
        holds.release(tx, visit.link.token_hash, now=visit.moment)
        rows = workflow.current(tx, [practice.practice_id], [visit.link.opportunity_id], today=today).to_dicts()
        steps = [(row, [step(tx, visit, row)]) for row in rows]
        if steps:
            kind = steps[0][1][0].kind
            actor = Actor.patient_of(practice.practice_id)
            actions.write(tx, steps, kind=kind, actor=actor, now=now, action_id=str(uuid.uuid4()))

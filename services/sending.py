"""Send what is queued: one message after another, each looked at again before it leaves, none twice."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from queries import contact as contact_queries
from queries import messages as queries
from queries import workflow
from queries.store import Store, Transaction
from services import (
    actions,
    booking_confirmation,
    booking_links,
    consents,
    contact_settings,
    digest,
    history,
    reachable,
    rendering,
)
from services.actions import Step
from services.actors import SYSTEM
from services.contact_settings import ContactSettings
from services.errors import CareManagerError
from services.senders.base import Accepted, DeliveryFailed, DeliveryUnknown, Message, Sender

log = logging.getLogger(__name__)

TRIES_MOST = 6
"""After so many tries that could not be delivered a message has failed."""

LATER = timedelta(seconds=30)
"""The first wait before another try; each further one is twice as long, up to LATEST, and a bit of chance is added."""

LATEST = timedelta(hours=1)

Senders = Callable[[str, str, ContactSettings], Sender]
"""Given a practice, a channel and the practice's way of sending, return the sender."""


def recover(store: Store, *, now: datetime) -> None:
    """Settle what was in hand when the process ended: nobody knows whether it left, so it is not sent again by itself.

    What the outbox had in hand never leaves, so that one is queued again.
    """
    for message in queries.in_hand(store):
        with store.transaction() as tx:
            if message["sender"] == "outbox":
                queries.settle(tx, message["message_id"], "queued", now=now)
            else:
                _unknown(tx, message["message_id"], "The program was stopped while this was being sent.", now=now)


def send_next(
    store: Store,
    senders: Senders,
    *,
    clock: Callable[[], datetime],
    today_at: Callable[[datetime, str], date],
    chance: Random,
) -> bool:
    """Send, or settle otherwise, one message whose time has come; return whether there was one.

    Nothing is sent in a practice's quiet hours or faster than its rate. today_at gives the day at a time zone.
    """
    now = clock()
    for waiting in queries.waiting(store, now=now, since=now - timedelta(minutes=1)):
        settings = contact_settings.of(store, waiting["practice_id"])
        if settings.is_quiet(now, waiting["timezone"]) or waiting["tried_lately"] >= settings.per_minute:
            continue
        _send(
            store,
            waiting,
            settings,
            senders,
            clock=clock,
            today=today_at(now, waiting["timezone"]),
            chance=chance,
        )
        return True
    return False


def _send(
    store: Store,
    waiting: Mapping[str, Any],
    settings: ContactSettings,
    senders: Senders,
    *,
    clock: Callable[[], datetime],
    today: date,
    chance: Random,
) -> None:
    message_id, practice_id = waiting["message_id"], waiting["practice_id"]
    with actions.on_fresh_list(store, [practice_id], today=today) as tx:
        why_not = _why_not_now(tx, waiting, settings, now=clock(), today=today)
        if why_not:
            did_not_arrive(tx, message_id, "cancelled", why_not, now=clock(), today=today)
            return
        if not queries.claim(tx, message_id, sender=settings.sender(waiting["channel"]), now=clock()):
            return
    message = queries.find(store, message_id)
    assert message is not None
    # From here on the message is in hand: a process that ends now leaves it so, and `recover` finds it.
    try:
        accepted = senders(practice_id, waiting["channel"], settings).send(
            as_sent(message, settings, queries.pictures(store, message_id))
        )
    except DeliveryFailed as problem:
        _failed(store, message, problem, now=clock(), today=today, chance=chance)
    except DeliveryUnknown as problem:
        with store.transaction() as tx:
            _unknown(tx, message_id, str(problem), now=clock())
    except CareManagerError as problem:  # The sender could not be made: nothing left.
        _failed(store, message, DeliveryFailed(str(problem), permanent=True), now=clock(), today=today, chance=chance)
    except Exception as problem:
        log.exception("A message could not be sent: %s.", type(problem).__name__)
        with store.transaction() as tx:
            _unknown(tx, message_id, "Something went wrong while this was being sent.", now=clock())
    else:
        _sent(store, message, accepted, now=clock())


def _why_not_now(
    tx: Transaction, waiting: Mapping[str, Any], settings: ContactSettings, *, now: datetime, today: date
) -> str | None:
    """Return why a message must not leave after all, as a sentence, or None.

    It goes while one of its opportunities still is one, or the visit that it confirms is so; each of its patients must
    still want it, and the link to book by, if it has one, be good. A digest goes to one of us, who must still lead.
    """
    if waiting["kind"] == digest.KIND:
        message = queries.find(tx, waiting["message_id"])
        return digest.why_not_now(tx, message) if message else None
    about = queries.about(tx, waiting["message_id"])
    sides = [row["practice_id"] for row in about], [row["opportunity_id"] for row in about]
    bad = contact_queries.bad_addresses(tx, [waiting["practice_id"]])
    for row in contact_queries.recipients(tx, *sides, today=today).to_dicts():
        if reason := reachable.refusal(row, waiting["channel"], waiting["kind"], bad):
            return f"Not sent: the patient {reason}"
    if waiting["kind"] == booking_confirmation.KIND:
        message = queries.find(tx, waiting["message_id"])
        return booking_confirmation.why_not_now(tx, message) if message else None
    rows = workflow.current(tx, *sides, today=today).to_dicts()
    if not any(row["is_listed"] and row["shown_status"] not in ("rejected", "booked") for row in rows):
        return "Not sent: booked, rejected or done meanwhile."
    if any(row["attempts"] > settings.attempts_most for row in rows):
        return f"Not sent: {settings.attempts_most} attempts are the most."
    dead = booking_links.dead_of_message(tx, waiting["message_id"], now=now)
    return f"Not sent: {dead}" if dead else None


def as_sent(message: Mapping[str, Any], settings: ContactSettings, pictures: Mapping[str, bytes]) -> Message:
    """Return a message of the store, with its pictures, as a sender takes it."""
    is_email = message["channel"] == "email"
    return Message(
        message_id=message["message_id"],
        channel=message["channel"],
        to=message["address"],
        to_name=message["name"],
        subject=message["subject"],
        text=message["body"],
        html=(message["html"] or rendering.as_html(message["body"])) if is_email else None,
        from_name=settings.from_name,
        from_address=settings.from_email if is_email else settings.sms_from,
        reply_to=settings.reply_to,
        category=message["template"],
        unsubscribe_url=message["unsubscribe_url"],
        is_tracked=message["is_tracked"],
        status_url=status_url(settings, message["message_id"]),
        pictures=pictures,
    )


def status_url(settings: ContactSettings, message_id: str) -> str | None:
    """Return where a provider of SMS tells what became of a message: it may answer before we know its own id."""
    if not settings.public_url:
        return None
    return f"{settings.public_url.rstrip('/')}/webhooks/twilio/status?message={message_id}"


def _sent(store: Store, message: Mapping[str, Any], accepted: Accepted, *, now: datetime) -> None:
    with store.transaction() as tx:
        # An answer of the provider can come back before our own record of its acceptance.
        current = queries.find(tx, message["message_id"])
        state = "sent" if current and current["state"] == "sending" else current["state"] if current else "sent"
        queries.settle(tx, message["message_id"], state, now=now, sent_at=now, provider_id=accepted.provider_id)
        note(tx, message["message_id"], "message sent", now=now)


def _failed(
    store: Store, message: Mapping[str, Any], problem: DeliveryFailed, *, now: datetime, today: date, chance: Random
) -> None:
    """Try again later what may still arrive; settle what cannot."""
    message_id, tries = message["message_id"], message["tries"]
    if problem.permanent or tries >= TRIES_MOST:
        with actions.on_fresh_list(store, [message["practice_id"]], today=today) as tx:
            if problem.is_opted_out:
                opted_out(tx, message_id, source="the SMS provider", now=now)
            did_not_arrive(tx, message_id, "failed", str(problem), now=now, today=today)
        return
    wait = min(LATER * 2 ** (tries - 1), LATEST)
    if problem.retry_after:
        wait = max(wait, timedelta(seconds=problem.retry_after))
    with store.transaction() as tx:
        again_at = now + wait * (1 + chance.random() / 4)
        queries.settle(tx, message_id, "queued", now=now, reason=str(problem), send_at=again_at)


def _unknown(tx: Transaction, message_id: str, why: str, *, now: datetime) -> None:
    reason = f"{why} It may have left: ask the patient or the provider before it is sent again."
    queries.settle(tx, message_id, "unknown", now=now, reason=reason)
    note(tx, message_id, "message unknown", now=now, reason=reason)


def did_not_arrive(tx: Transaction, message_id: str, state: str, reason: str, *, now: datetime, today: date) -> None:
    """Settle a message that nobody got, and take back that its patients were contacted, where nothing changed since.

    state: failed, bounced or cancelled. The kept list must be fresh (`actions.on_fresh_list`).
    """
    message = queries.find(tx, message_id)
    assert message is not None
    queries.settle(tx, message_id, state, now=now, reason=reason)
    note(tx, message_id, f"message {state}", now=now, reason=reason)
    events = workflow.events_of(tx, message["action_id"], happened_at=message["queued_at"])
    about = queries.about(tx, message_id)
    sides = [row["practice_id"] for row in about], [row["opportunity_id"] for row in about]
    steps: list[tuple[Mapping[str, Any], Sequence[Step]]] = []
    for row in workflow.current(tx, *sides, today=today).to_dicts():
        own = [event for event in events if event["opportunity_id"] == row["opportunity_id"]]
        if own and (taken_back := actions.taking_back(row, own)):
            steps.append((row, taken_back))
    if steps:
        actions.write(tx, steps, kind="undone", actor=SYSTEM, now=now, action_id=None)


def opted_out(tx: Transaction, message_id: str, *, source: str, now: datetime) -> None:
    """Keep that the patients of a message want no more of its channel, or who has a digest no other."""
    message = queries.find(tx, message_id)
    assert message is not None
    if message["kind"] == digest.KIND:
        digest.stop(tx, message, why=source, now=now)
    for patient_id in dict.fromkeys(row["patient_id"] for row in queries.about(tx, message_id)):
        consents.keep(
            tx,
            message["practice_id"],
            patient_id,
            message["channel"],
            "no",
            before=None,
            source=source,
            by=SYSTEM.user_id,
            now=now,
        )
    note(tx, message_id, "opted out", now=now, reason=source)


def note(tx: Transaction, message_id: str, kind: str, *, now: datetime, reason: str | None = None) -> None:
    """Add to the history of everything a message is about, or of the practice, what became of it."""
    message = queries.find(tx, message_id)
    assert message is not None
    if message["kind"] == digest.KIND:
        history.record(tx, kind, by=SYSTEM.user_id, now=now, practice_id=message["practice_id"], note=reason)
        return
    facts = {"channel": message["channel"], "message_id": message_id, "template": message["template"]}
    steps = [(row, [Step(kind, facts=facts, note=reason)]) for row in queries.about(tx, message_id)]
    actions.write(tx, steps, kind=kind, actor=SYSTEM, now=now, action_id=None)

"""Messages: what was sent and what waits, what patients wrote back, and what came of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from queries import messages as queries
from queries import workflow
from queries.store import Store, Transaction
from services import actions, audit_words, booking_links, contact, contact_settings, digest, sending
from services.actors import Actor, Right, allowed
from services.errors import InvalidRequest
from services.practices import Practice
from services.senders import outbox

STATES = {
    "queued": "Queued",
    "sending": "Being sent",
    "sent": "Sent",
    "delivered": "Delivered",
    "opened": "Opened (unreliable)",
    "bounced": "Bounced",
    "failed": "Failed",
    "unknown": "Unknown",
    "cancelled": "Cancelled",
}
"""What became of a message; that it was opened is told by pictures that many mail programs load or block."""

NOT_ARRIVED = ("failed", "bounced", "unknown", "cancelled")
"""What may be sent again, when a person says so."""

PAGE = 200
BOOKED_DAYS = 30


@allowed(Right.SEE, practice="practices")
def search(
    store: Store,
    practices: Sequence[Practice],
    *,
    actor: Actor,
    states: Sequence[str] = (),
    channels: Sequence[str] = (),
    templates: Sequence[str] = (),
    from_on: date | None = None,
    to_on: date | None = None,
    limit: int = PAGE,
    offset: int = 0,
) -> pl.DataFrame:
    """Return messages of practices, newest first, and of the digests the actor's own; days are the practice's.

    Columns: those of queries/sql/messages/search.sql, and state_text; times are the practice's wall clock.
    """
    zone = ZoneInfo(practices[0].timezone if practices else "Europe/London")
    rows = queries.search(
        store,
        [one.practice_id for one in practices],
        user_id=actor.user_id,
        states=states,
        channels=channels,
        templates=templates,
        from_at=_midnight(from_on, zone),
        to_at=_midnight(to_on + timedelta(days=1), zone) if to_on else None,
        limit=limit,
        offset=offset,
    )
    told = pl.col("state").replace_strict(STATES, return_dtype=pl.String).alias("state_text")
    by = pl.col("queued_by").replace(audit_words.NOBODY)
    return _at_practice(rows, ("state_at", "queued_at", "send_at", "sent_at"), zone).with_columns(told, by)


@allowed(Right.SEE, practice="practices")
def template_names(store: Store, practices: Sequence[Practice], *, actor: Actor) -> list[str]:
    """Return the names of the templates that messages were written with."""
    return queries.templates(store, [one.practice_id for one in practices], user_id=actor.user_id)


@allowed(Right.SEE, practice="practices")
def results(store: Store, practices: Sequence[Practice], *, actor: Actor, days: int = BOOKED_DAYS) -> pl.DataFrame:
    """Return what became of messages by template.

    Columns: template, channel, sent, delivered, not_delivered, booked (a booking followed within so many days).
    """
    return queries.results(store, [one.practice_id for one in practices], days=days)


@allowed(Right.SEE, practice="practices")
def inbound(store: Store, practices: Sequence[Practice], *, actor: Actor, limit: int = PAGE) -> pl.DataFrame:
    """Return what patients wrote, newest first, received_at being the practice's wall clock."""
    zone = ZoneInfo(practices[0].timezone if practices else "Europe/London")
    return _at_practice(
        queries.inbound(store, [one.practice_id for one in practices], limit=limit), ("received_at",), zone
    )


@allowed(Right.WORK, practice="practice")
def cancel(
    store: Store, practice: Practice, message_ids: Sequence[str], *, actor: Actor, now: datetime, today: date
) -> int:
    """Cancel what has not left, take back that its patients were contacted, and return how many messages those are."""
    cancelled = 0
    with actions.on_fresh_list(store, [practice.practice_id], today=today) as tx:
        for message_id in message_ids:
            message = _of(tx, practice, message_id, actor)
            if message["state"] == "queued":
                reason = f"Cancelled by {actor.name}."
                sending.did_not_arrive(tx, message_id, "cancelled", reason, now=now, today=today)
                cancelled += 1
    return cancelled


@allowed(Right.WORK, practice="practice")
def resend(
    store: Store, practice: Practice, message_ids: Sequence[str], *, actor: Actor, now: datetime, today: date
) -> int:
    """Queue again what did not arrive or may not have, once each, and return how many messages those are.

    Everything is looked at again when it is sent. A digest is not sent again: the next one is written on its day.
    """
    again = 0
    with actions.on_fresh_list(store, [practice.practice_id], today=today) as tx:
        for message_id in message_ids:
            message = _of(tx, practice, message_id, actor)
            # Its action is named after it: a second press finds it done.
            action_id = f"again {message_id}"
            is_lost = message["state"] in NOT_ARRIVED and message["kind"] != digest.KIND
            if is_lost and workflow.find_action(tx, action_id) is None:
                _queue_again(tx, message, action_id, actor=actor, now=now, today=today)
                again += 1
    return again


@allowed(Right.SEE, practice="practice")
def file_of(store: Store, practice: Practice, message_id: str, *, actor: Actor) -> tuple[str, bytes]:
    """Return a message as a file and its name: an e-mail as .eml, an SMS as text."""
    message = _of(store, practice, message_id, actor)
    settings = contact_settings.of(store, practice.practice_id)
    sent = sending.as_sent(message, settings, queries.pictures(store, message_id))
    if message["channel"] == "sms":
        return f"{message_id}.txt", f"To {sent.to}\n\n{sent.text}\n".encode()
    at = message["sent_at"] or message["send_at"]
    return f"{message_id}.eml", outbox.eml(sent, sent_at=at.replace(tzinfo=UTC))


def _of(store: Store | Transaction, practice: Practice, message_id: str, actor: Actor) -> dict[str, Any]:
    """Return a message of a practice that the actor may see: a digest is for whom it is for alone."""
    message = queries.find(store, message_id)
    is_others = message is not None and message["kind"] == digest.KIND and message["queued_by"] != actor.user_id
    if message is None or message["practice_id"] != practice.practice_id or is_others:
        raise InvalidRequest("This message is not there any more. Nothing was changed.")
    return message


def _queue_again(
    tx: Transaction, message: Mapping[str, Any], action_id: str, *, actor: Actor, now: datetime, today: date
) -> None:
    message_id, at = str(uuid.uuid4()), workflow.utc(now)
    row = {
        **{name: message.get(name) for name in queries.MESSAGE.names()},
        "message_id": message_id,
        "queued_by": actor.user_id,
        "queued_at": at,
        "send_at": at,
        "action_id": action_id,
        "resends": message["message_id"],
    }
    about = queries.about(tx, message["message_id"])
    rows = [{"message_id": message_id, **one} for one in about]
    queries.queue(tx, pl.DataFrame([row], schema=queries.MESSAGE), pl.DataFrame(rows, schema=queries.ABOUT))
    sides = [one["practice_id"] for one in about], [one["opportunity_id"] for one in about]
    linked = booking_links.follow(tx, message["message_id"], message_id)
    steps = []
    for state in workflow.current(tx, *sides, today=today).to_dicts():
        done = [contact.contacted(state, message["channel"], message["template"], message_id, at)]
        is_linked = state["opportunity_id"] in linked
        steps.append((state, [*done, booking_links.sent(at, message_id)] if is_linked else done))
    actions.write(tx, steps, kind="contacted", actor=actor, now=now, action_id=action_id)


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=zone) if day else None


def _at_practice(rows: pl.DataFrame, columns: Sequence[str], zone: ZoneInfo) -> pl.DataFrame:
    """Return stored times, which are UTC, as a clock at the practice shows them."""
    return rows.with_columns(
        pl.col(name).dt.replace_time_zone("UTC").dt.convert_time_zone(zone.key).dt.replace_time_zone(None)
        for name in columns
    )

"""Messages: the queue, what became of each, and what senders told about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl

from queries.store import Reading, Store, Transaction

MESSAGE = pl.Schema(
    [
        ("message_id", pl.String()),
        ("practice_id", pl.String()),
        ("channel", pl.String()),
        ("kind", pl.String()),
        ("template_id", pl.String()),
        ("template", pl.String()),
        ("address", pl.String()),
        ("name", pl.String()),
        ("subject", pl.String()),
        ("body", pl.String()),
        ("html", pl.String()),
        ("unsubscribe_url", pl.String()),
        ("queued_by", pl.String()),
        ("queued_at", pl.Datetime("us")),
        ("send_at", pl.Datetime("us")),
        ("is_tracked", pl.Boolean()),
        ("action_id", pl.String()),
        ("resends", pl.String()),
    ]
)
"""The columns of a frame of messages to queue; times in UTC. html: what an e-mail shows instead of its text."""

PICTURE = pl.Schema([("message_id", pl.String()), ("name", pl.String()), ("picture", pl.Binary())])
"""The columns of a frame of pictures in e-mails, PNG."""

ABOUT = pl.Schema(
    [
        ("message_id", pl.String()),
        ("practice_id", pl.String()),
        ("opportunity_id", pl.String()),
        ("patient_id", pl.String()),
    ]
)
"""The columns of a frame that says about which opportunities messages are."""


def queue(tx: Transaction, messages: pl.DataFrame, about: pl.DataFrame) -> None:
    """Queue messages; the frames have the columns of MESSAGE and ABOUT."""
    tx.insert("messages/queue", messages.select(MESSAGE.names()))
    tx.insert("messages/queue_about", about.select(ABOUT.names()))


def queue_pictures(tx: Transaction, pictures: pl.DataFrame) -> None:
    """Keep the pictures of e-mails; the frame has the columns of PICTURE."""
    tx.insert("messages/queue_pictures", pictures.select(PICTURE.names()))


def pictures(source: Store | Reading, message_id: str) -> dict[str, bytes]:
    """Return the pictures of an e-mail: name -> PNG."""
    return dict(source.frame("messages/pictures", message_id=message_id).iter_rows())


def find(source: Store | Reading, message_id: str) -> dict[str, Any] | None:
    """Return a message, or None."""
    return next(iter(source.frame("messages/find", message_id=message_id).to_dicts()), None)


def about(source: Store | Reading, message_id: str) -> list[dict[str, Any]]:
    """Return practice_id, opportunity_id and patient_id of everything that a message is about."""
    return source.frame("messages/about", message_id=message_id).to_dicts()


def of_action(source: Store | Reading, action_id: str) -> list[dict[str, Any]]:
    """Return the messages that one press of a button queued: one row for each opportunity of each."""
    return source.frame("messages/of_action", action_id=action_id).to_dicts()


def cancel(tx: Transaction, message_ids: Sequence[str], *, reason: str, now: datetime) -> None:
    """Cancel those of these messages that have not left."""
    tx.execute("messages/cancel", message_ids=list(message_ids), reason=reason, now=now)


def waiting(source: Store | Reading, *, now: datetime, since: datetime) -> list[dict[str, Any]]:
    """Return the first message of each practice and channel that is to be sent, with its practice's time zone.

    tried_lately is how many messages of the practice were tried since then.
    """
    return source.frame("messages/waiting", now=now, since=since).to_dicts()


def claim(tx: Transaction, message_id: str, *, sender: str, now: datetime) -> bool:
    """Take a queued message in hand; return whether it was still queued."""
    return bool(tx.execute("messages/claim", message_id=message_id, sender=sender, now=now))


def settle(
    tx: Transaction,
    message_id: str,
    state: str,
    *,
    now: datetime,
    reason: str | None = None,
    send_at: datetime | None = None,
    sent_at: datetime | None = None,
    provider_id: str | None = None,
) -> None:
    """Say what became of a message."""
    tx.execute(
        "messages/settle",
        message_id=message_id,
        state=state,
        reason=reason,
        now=now,
        send_at=send_at,
        sent_at=sent_at,
        provider_id=provider_id,
    )


def in_hand(source: Store | Reading) -> list[dict[str, Any]]:
    """Return the messages that are taken in hand and not settled."""
    return source.frame("messages/in_hand").to_dicts()


def note_event(
    tx: Transaction,
    event_id: str,
    message_id: str,
    state: str,
    *,
    reason: str | None,
    happened_at: datetime,
    now: datetime,
) -> bool:
    """Keep what a sender told about a message; return False when it was told before."""
    return bool(
        tx.execute(
            "messages/note_event",
            event_id=event_id,
            message_id=message_id,
            state=state,
            reason=reason,
            happened_at=happened_at,
            now=now,
        )
    )


def last_to(source: Store | Reading, channel: str, address: str, *, practice_id: str | None) -> dict[str, Any] | None:
    """Return message_id, practice_id, address and name of the last message that was sent to an address, or None."""
    rows = source.frame("messages/last_to", channel=channel, address=address, practice_id=practice_id).to_dicts()
    return next(iter(rows), None)


def receive(
    tx: Transaction,
    inbound_id: str,
    *,
    practice_id: str,
    patient_id: str | None,
    channel: str,
    address: str,
    body: str,
    now: datetime,
) -> bool:
    """Keep a message from a patient; return False when it came before."""
    return bool(
        tx.execute(
            "messages/receive",
            inbound_id=inbound_id,
            practice_id=practice_id,
            patient_id=patient_id,
            channel=channel,
            address=address,
            body=body,
            now=now,
        )
    )


def search(
    source: Store | Reading,
    practice_ids: Sequence[str],
    *,
    user_id: str,
    states: Sequence[str] = (),
    channels: Sequence[str] = (),
    templates: Sequence[str] = (),
    from_at: datetime | None = None,
    to_at: datetime | None = None,
    limit: int,
    offset: int = 0,
) -> pl.DataFrame:
    """Return messages newest first, an empty filter meaning any; total counts every page, times are UTC.

    Of the digests those of one person alone.
    """
    return source.frame(
        "messages/search",
        practice_ids=list(practice_ids),
        user_id=user_id,
        states=list(states) or None,
        channels=list(channels) or None,
        templates=list(templates) or None,
        from_at=from_at,
        to_at=to_at,
        limit=limit,
        offset=offset,
    )


def templates(source: Store | Reading, practice_ids: Sequence[str], *, user_id: str) -> list[str]:
    """Return the names of the templates that messages, as one person sees them, were written with."""
    return source.frame("messages/templates", practice_ids=list(practice_ids), user_id=user_id)["template"].to_list()


def results(source: Store | Reading, practice_ids: Sequence[str], *, days: int) -> pl.DataFrame:
    """Return for each template and channel what was sent, delivered and not, and booked within so many days."""
    return source.frame("messages/results", practice_ids=list(practice_ids), days=days)


def inbound(source: Store | Reading, practice_ids: Sequence[str], *, limit: int) -> pl.DataFrame:
    """Return what patients wrote, newest first."""
    return source.frame("messages/inbound", practice_ids=list(practice_ids), limit=limit)

"""What tests about booking links share: a practice that takes bookings online, and a link that a patient was sent."""

from __future__ import annotations

import uuid
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

import polars as pl

from queries import book, messages
from services import booking_links, practices, slots
from services.booking_settings import BookingSettings
from services.practices import Practice
from tests.letters import settle
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice

ONLINE = BookingSettings(is_online=True)


def practice_of(practice: SmallPractice) -> Practice:
    """The practice as services know it."""
    return next(one for one in practices.all_practices(practice.store) if one.practice_id == practice.id)


def take_bookings(practice: SmallPractice, **changes: Any) -> None:
    """Let patients book online, with Ben at work on weekdays from 9:00 to 17:30."""
    settle(practice)
    settings = replace(ONLINE, **changes)
    with practice.store.transaction() as tx:
        book.write_settings(tx, practice.id, asdict(settings), by="test", now=NOW)
    practice.hours("ben")


def link(
    practice: SmallPractice,
    course: str,
    *,
    channel: str | None = "email",
    patient: str = "okafor",
    now: datetime = NOW,
    today: date = TODAY,
) -> str:
    """Send a patient a link to book the next visit of a course by, and return its token."""
    own = practice_of(practice)
    wanted = slots.wanted(practice.store, own, course, today=today)
    assert wanted is not None
    message_id = str(uuid.uuid4()) if channel else None
    with practice.store.transaction() as tx:
        if message_id:
            at = now.replace(tzinfo=None)
            message = {
                **dict.fromkeys(messages.MESSAGE.names()),
                "message_id": message_id,
                "practice_id": practice.id,
                "channel": channel,
                "kind": "service",
                "address": "ngozi.okafor@example.com",
                "body": "A link",
                "queued_by": "test",
                "queued_at": at,
                "send_at": at,
                "is_tracked": False,
                "action_id": message_id,
            }
            about = (message_id, practice.id, course, patient)
            messages.queue(
                tx,
                pl.DataFrame([message], schema=messages.MESSAGE),
                pl.DataFrame([about], schema=messages.ABOUT, orient="row"),
            )
            messages.settle(tx, message_id, "sent", now=now, sent_at=now)
        return booking_links.make(tx, own, wanted, course, message_id=message_id, by=SYSTEM.user_id, now=now)

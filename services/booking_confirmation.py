"""The message that tells a patient what they booked: when it is written, and when it must not leave any more."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import polars as pl

from queries import contact as contact_queries
from queries import messages, workflow
from queries.store import Reading, Transaction
from services import booking_links, bookings, contact_settings, patient_words, reachable
from services.actors import PATIENT
from services.bookings import Booking
from services.practices import Practice

KIND = "confirmation"
"""The kind of these messages; the action of each is its booking."""

TEMPLATE = "Visit booked"
LOST = ("failed", "bounced", "cancelled")


def queue(
    tx: Transaction,
    practice: Practice,
    booking: Booking,
    *,
    channel: str | None,
    token: str,
    now: datetime,
    today: date,
) -> None:
    """Queue the message about a booking that a patient made by a link, where they may be written to.

    channel: how the link was sent, which is tried first, then how the patient likes it.
    """
    sides = [practice.practice_id], [booking.opportunity_id]
    bad = contact_queries.bad_addresses(tx, [practice.practice_id])
    for row in contact_queries.recipients(tx, *sides, today=today).to_dicts():
        ways = (way for way in (channel, row["preferred"], *patient_words.CHANNELS) if way in patient_words.CHANNELS)
        way = next((way for way in ways if reachable.refusal(row, way, "service", bad) is None), None)
        if way is None:
            return
        link = booking_links.url(contact_settings.of(tx, practice.practice_id), token)
        subject, body = patient_words.confirmation(
            practice,
            way,
            first_name=row["first_name"] or "",
            provider=booking.provider,
            starts_at=booking.starts_at,
            minutes=booking.minutes,
            calendar_url=f"{link}/visit.ics" if link else None,
        )
        message_id, at = str(uuid.uuid4()), workflow.utc(now)
        message = {
            **dict.fromkeys(messages.MESSAGE.names()),
            "message_id": message_id,
            "practice_id": practice.practice_id,
            "channel": way,
            "kind": KIND,
            "template": TEMPLATE,
            "address": reachable.address_of(row, way),
            "name": ", ".join(filter(None, (row["last_name"], row["first_name"]))),
            "subject": subject,
            "body": body,
            "queued_by": PATIENT,
            "queued_at": at,
            "send_at": at,
            "is_tracked": False,
            # Not the press that booked: a confirmation that bounces must not take the booking back.
            "action_id": booking.booking_id,
        }
        about = {
            "message_id": message_id,
            **{name: row[name] for name in ("practice_id", "opportunity_id", "patient_id")},
        }
        messages.queue(
            tx, pl.DataFrame([message], schema=messages.MESSAGE), pl.DataFrame([about], schema=messages.ABOUT)
        )


def sent_by(source: Reading, booking: Booking) -> str | None:
    """Return by what the confirmation of a booking is sent, in words, or None while none arrives."""
    for message in messages.of_action(source, booking.booking_id):
        return patient_words.CHANNELS[message["channel"]] if message["state"] not in LOST else None
    return None


def why_not_now(source: Reading, message: Mapping[str, Any]) -> str | None:
    """Return why a confirmation must not leave after all, as a sentence: what it says is not so any more."""
    booking = bookings.find(source, message["action_id"])
    if booking is None:
        return None  # Sent again by a person, who has read it.
    if booking.state == "cancelled":
        return "Not sent: the visit was cancelled meanwhile."
    if patient_words.moment(booking.starts_at) not in message["body"]:
        return "Not sent: the visit was moved meanwhile."
    return None

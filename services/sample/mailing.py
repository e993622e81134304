"""Keeps what the sample practice wrote to its patients: each message with the text that its template gives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from queries import contact as contact_queries
from queries import messages as message_queries
from queries import sample as queries
from queries.store import Transaction
from services import booking_confirmation, booking_links, letters, patient_words, templates, tokens
from services.booking_settings import BookingSettings
from services.contact_settings import ContactSettings
from services.letters import Letter, Letterhead, Recipient
from services.practices import Practice
from services.sample.correspondence import Correspondence
from services.sample.log import SYSTEM
from services.sample.people import PROVIDERS
from services.sample.records import Link, Message
from services.templates import Template

ADDRESS = "https://riverside.example"
"""Where the practice's links led when they were sent: a name that nobody can have, as they lead nowhere now."""

PROVIDER_NAMES = {provider.provider_id: provider.name for provider in PROVIDERS}


def keep(tx: Transaction, practice: Practice, post: Correspondence) -> None:
    """Keep messages, what came back, links, and what patients booked by them; the events are kept by now."""
    own = {one.template_id: one for one in templates.all_of(tx, practice.practice_id)}
    at = {
        is_linked: Letterhead(
            practice,
            ContactSettings(public_url=ADDRESS if is_linked else None),
            BookingSettings(is_online=is_linked),
            {},
        )
        for is_linked in (False, True)
    }
    rows, settled, about, stops = [], [], [], []
    links = {link.message_id: link for link in post.links}
    for message in post.messages:
        here = at[message.at >= post.links_from]
        link = links.get(message.message_id)
        token = post.token() if message.channel == "email" and message.template_id else None
        rows.append(_row(message, here, own, link, token))
        settled.append((*(getattr(message, name) for name in queries.SETTLED.names()[:-1]), "outbox"))
        ours = practice.practice_id, message.course.course_id, message.course.patient_id
        about.append((message.message_id, *ours))
        if token and here.settings.public_url:
            stops.append((tokens.hash_of(token), ours[0], ours[2], message.channel, message.at))
    subjects = pl.DataFrame(about, schema=message_queries.ABOUT, orient="row")
    message_queries.queue(tx, pl.DataFrame(rows, schema=message_queries.MESSAGE), subjects)
    queries.settle_messages(tx, pl.DataFrame(settled, schema=queries.SETTLED, orient="row"))
    contact_queries.note_links(tx, pl.DataFrame(stops, schema=contact_queries.LINK, orient="row"))
    _keep_answers(tx, practice, post)
    _keep_bookings(tx, practice, post)


def _row(
    message: Message, here: Letterhead, own: Mapping[str, Template], link: Link | None, token: str | None
) -> dict[str, Any]:
    """Return a message as a row of its table."""
    patient = message.course.patient
    name = ", ".join(filter(None, (patient.last_name, patient.first_name)))
    if message.booking:
        subject, body = _confirmation(message, here)
    else:
        subject, body = _text(message, here, own[message.template_id or ""], name, link)
    return {
        **dict.fromkeys(message_queries.MESSAGE.names()),
        "message_id": message.message_id,
        "practice_id": here.practice.practice_id,
        "channel": message.channel,
        "kind": booking_confirmation.KIND if message.booking else "service",
        "template_id": message.template_id,
        "template": message.template,
        "address": message.address,
        "name": name,
        "subject": subject,
        "body": letters.with_own_links(body, here.settings, token, link.token if link else None),
        "unsubscribe_url": token and letters.unsubscribe_url(here.settings, token),
        "queued_by": message.by,
        "queued_at": message.at,
        "send_at": message.at,
        "is_tracked": here.settings.is_tracked,
        "action_id": message.action_id,
    }


def _text(
    message: Message, here: Letterhead, template: Template, name: str, link: Link | None
) -> tuple[str | None, str]:
    """Return the subject and the text that a template gives a message."""
    patient, visit = message.course.patient, message.visit
    about: dict[str, Any] = {
        "title": patient.title,
        "first_name": patient.first_name,
        "last_name": patient.last_name,
        "household_id": None,
        "provider": PROVIDER_NAMES[visit.provider_id if visit else message.course.provider_id],
        "minutes": visit.minutes if visit else None,
    }
    to = Recipient(here.practice.practice_id, (name,), message.channel, message.address, template=template)
    booking = None
    if link:
        booking = booking_links.Visit(
            link.visit.planned_visit_id,
            patient.patient_id,
            about["provider"],
            link.visit.minutes,
            is_bookable=True,
            is_online_bookable=True,
        )
    letter = Letter(to, about, booking=booking, why_no_link=None if link else "none was made")
    (written,) = letters.written([letter], {here.practice.practice_id: here}, None)
    assert written.body is not None
    return written.subject, written.body


def _confirmation(message: Message, here: Letterhead) -> tuple[str | None, str]:
    booking, link = message.booking, message.link
    assert booking is not None
    assert link is not None
    return patient_words.confirmation(
        here.practice,
        message.channel,
        first_name=message.course.patient.first_name,
        provider=PROVIDER_NAMES[booking.provider_id],
        starts_at=booking.starts_at,
        minutes=booking.minutes,
        calendar_url=f"{booking_links.url(here.settings, link.token)}/visit.ics",
    )


def _keep_answers(tx: Transaction, practice: Practice, post: Correspondence) -> None:
    """Keep what became of messages and what patients wrote back."""
    told = [
        (f"sample-{one.message_id}", one.message_id, one.state, one.reason, one.state_at)
        for one in post.messages
        if one.state != "sent"
    ]
    queries.add_message_events(tx, pl.DataFrame(told, schema=queries.MESSAGE_EVENT, orient="row"))
    for message in post.messages:
        if message.state == "bounced":
            contact_queries.mark_address(
                tx,
                practice.practice_id,
                message.channel,
                message.address,
                reason=message.reason or "",
                now=message.state_at,
            )
    for message, at, text in post.replies:
        message_queries.receive(
            tx,
            f"sample-{message.message_id}",
            practice_id=practice.practice_id,
            patient_id=message.course.patient_id,
            channel=message.channel,
            address=message.address,
            body=text,
            now=at,
        )
    for one in post.consents:
        contact_queries.say(
            tx,
            practice.practice_id,
            one.patient.patient_id,
            one.channel,
            "no",
            source=one.source,
            by=SYSTEM,
            now=one.at,
        )


def _keep_bookings(tx: Transaction, practice: Practice, post: Correspondence) -> None:
    """Keep the links to book by, the visits that were booked here, and the presses of buttons behind all this."""
    post.revoke()
    links = [
        {
            "token_hash": tokens.hash_of(link.token),
            "practice_id": practice.practice_id,
            "opportunity_id": link.course.course_id,
            "patient_id": link.course.patient_id,
            "planned_visit_id": link.visit.planned_visit_id,
            **{name: getattr(link, name) for name in queries.LINK.names()[5:]},
        }
        for link in post.links
    ]
    bookings = [
        {
            "practice_id": practice.practice_id,
            "opportunity_id": one.course.course_id,
            "patient_id": one.course.patient_id,
            **{name: getattr(one, name) for name in queries.BOOKING.names() if hasattr(one, name)},
        }
        for one in post.bookings
    ]
    queries.add_links(tx, pl.DataFrame(links, schema=queries.LINK))
    queries.add_bookings(tx, pl.DataFrame(bookings, schema=queries.BOOKING))
    queries.add_actions(tx, pl.DataFrame(list(_actions(post)), schema=queries.ACTION, orient="row"))


def _actions(post: Correspondence) -> Iterator[tuple[Any, ...]]:
    """Return the press of a button that the first event of each action was."""
    seen = set()
    for event in post.log.events:
        if event.action_id and event.action_id not in seen:
            seen.add(event.action_id)
            yield event.action_id, event.kind, event.by_user, event.happened_at

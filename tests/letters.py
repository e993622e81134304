"""What tests about messages share: a practice that sends, one that writes to a patient, and a worker's step."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime, time
from random import Random
from typing import Any

from queries import contact as contact_queries
from queries.store import Store
from services import contact, senders, sending
from services.actions import Chosen, Outcome
from services.actors import Actor
from services.contact import Plan
from services.contact_settings import ContactSettings
from services.senders.base import Sender
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice

EMAIL, SMS = "shipped-email-visit", "shipped-sms-visit"
BOTH = {"email": EMAIL, "sms": SMS}
SENDING = ContactSettings(
    email_sender="sendgrid",
    sms_sender="twilio",
    from_name="Elm Road",
    from_email="desk@example.com",
    sms_from="+441632960100",
    public_url="https://care.example",
    quiet_from=time(0),
    quiet_to=time(0),
)
KEYS = {"SENDGRID_API_KEY": "a-key", "TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "a-token"}


def settle(practice: SmallPractice, **changes: Any) -> ContactSettings:
    """Let the practice send, as SENDING but for these settings."""
    settings = replace(SENDING, **changes)
    with practice.store.transaction() as tx:
        contact_queries.write_settings(tx, practice.id, asdict(settings), by="test", now=NOW)
    return settings


def write(
    practice: SmallPractice,
    *courses: str,
    channel: str = "email",
    actor: Actor = SYSTEM,
    now: datetime = NOW,
    action_id: str = "pressed",
    **plan: Any,
) -> Outcome:
    """Write to the patients of these courses with a template that ships."""
    chosen = [Chosen(practice.id, course, None) for course in courses]
    asked = Plan(channel, {**BOTH, **plan.pop("template_ids", {})}, **plan)
    return contact.send(practice.store, chosen, asked, actor=actor, now=now, today=TODAY, action_id=action_id)


def work(
    store: Store, url: str = "http://127.0.0.1:9", *, now: datetime = NOW, today: date = TODAY, **keys: str
) -> int:
    """Send what is to be sent now, whoever listens at the address, and return how many messages were looked at."""
    known = {**KEYS, "SENDGRID_BASE_URL": url, "TWILIO_BASE_URL": url, **keys}

    def sender(practice_id: str, channel: str, settings: ContactSettings) -> Sender:
        return senders.from_settings(settings.sender(channel), known)

    looked_at = 0
    while sending.send_next(store, sender, clock=lambda: now, today_at=lambda at, zone: today, chance=Random(1)):
        looked_at += 1
        assert looked_at < 100
    return looked_at


def messages(store: Store) -> list[dict[str, Any]]:
    """Every message, oldest first."""
    frame = store._connection.sql("select * from messages order by queued_at, message_id").pl()
    return frame.to_dicts()


def kinds(store: Store) -> list[str]:
    """The kinds of everything that happened about opportunities, in order."""
    rows = store._connection.execute("select kind from events where opportunity_id is not null order by event_id")
    return [kind for (kind,) in rows.fetchall()]

"""How a practice sends: through whom, as whom, when not, how fast and how often."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from queries import contact as queries
from queries.store import Reading, Store
from services import history, senders
from services.actors import Actor, Right, allowed
from services.errors import InvalidRequest
from services.practices import Practice
from services.senders.base import Message
from services.settings import Current
from services.ways import Way

EMAIL_SENDERS = {"outbox": "Outbox: nothing leaves", "sendgrid": "SendGrid", "smtp": "A mail server (SMTP)"}
SMS_SENDERS = {"outbox": "Outbox: nothing leaves", "twilio": "Twilio"}

LABELS = {
    "email_sender": "Who sends e-mail",
    "sms_sender": "Who sends SMS",
    "from_name": "Name to send as",
    "from_email": "Address to send from",
    "reply_to": "Address for answers",
    "sms_from": "Number or messaging service",
    "public_url": "Public address of this server",
    "quiet_from": "Quiet from",
    "quiet_to": "Quiet until",
    "per_minute": "Messages a minute at most",
    "attempts_most": "Attempts at most",
    "is_household_joined": "One message for a household with one address",
    "is_tracked": "See what is opened",
}
"""The settings in the field's words."""

MOST_PER_MINUTE = 600
MOST_ATTEMPTS = 20
CHANGED = "contact settings changed"


@dataclass(frozen=True)
class ContactSettings:
    """A practice's way of sending; quiet hours are the practice's time.

    Defaults: quiet from 20:00 to 09:00 (Dental Intelligence's, domain.md 2.1), three attempts (domain.md 3.3).
    """

    email_sender: str = "outbox"
    sms_sender: str = "outbox"
    from_name: str | None = None
    from_email: str | None = None
    reply_to: str | None = None
    sms_from: str | None = None
    public_url: str | None = None
    quiet_from: time = time(20)
    quiet_to: time = time(9)
    per_minute: int = 30
    attempts_most: int = 3
    is_household_joined: bool = True
    is_tracked: bool = False

    def sender(self, channel: str) -> str:
        """Return who takes the messages of a channel."""
        return self.email_sender if channel == "email" else self.sms_sender

    def is_quiet(self, now: datetime, timezone: str) -> bool:
        """Say whether nothing is sent now; hours that begin and end alike are never quiet."""
        at = now.astimezone(ZoneInfo(timezone)).time()
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= at < self.quiet_to
        return at >= self.quiet_from or at < self.quiet_to


def of(store: Store | Reading, practice_id: str) -> ContactSettings:
    """Return how a practice sends."""
    return ContactSettings(**queries.settings(store, [practice_id]).get(practice_id, {}))


@allowed(Right.SETTINGS, practice="practice")
def current(store: Store, practice: Practice, *, actor: Actor) -> Current:
    """Return how a practice sends, and who changed that last."""
    return _WAY.current(store, practice)


@allowed(Right.SETTINGS, practice="practice")
def change(
    store: Store, practice: Practice, wanted: ContactSettings, *, seen: ContactSettings, actor: Actor, now: datetime
) -> list[str]:
    """Let a practice send in this way, and return in words what changed.

    seen is how it was shown: what somebody else changed since is not overwritten.
    Raises InvalidRequest, with nothing changed, for what cannot be.
    """
    return _WAY.change(store, practice, _checked(wanted), seen=seen, actor=actor, now=now)


@allowed(Right.SETTINGS, practice="practice")
def send_test(
    store: Store, practice: Practice, channel: str, to: str, keys: Mapping[str, str], *, actor: Actor, now: datetime
) -> str:
    """Send one message to an address of the practice's own people, and return what happened as a sentence.

    It is of no patient, so nothing of it is kept but that it was sent. Raises InvalidRequest for no address, and
    DeliveryFailed or DeliveryUnknown as the sender says.
    """
    settings = of(store, practice.practice_id)
    address = _checked_email(to, "The address") if channel == "email" else mobile(to)
    if not address:
        raise InvalidRequest("Give the address or mobile number to which the test goes. Nothing was sent.")
    kind = settings.sender(channel)
    is_email = channel == "email"
    senders.from_settings(kind, keys).send(
        Message(
            message_id=str(uuid.uuid4()),
            channel=channel,
            to=address,
            text=f"This is a test from Care Manager at {practice.name}.",
            subject=f"A test from {practice.name}" if is_email else None,
            from_name=settings.from_name,
            from_address=settings.from_email if is_email else settings.sms_from,
            reply_to=settings.reply_to,
        )
    )
    with store.transaction() as tx:
        history.record(tx, "test sent", by=actor.user_id, now=now, practice_id=practice.practice_id, note=kind)
    if kind == "outbox":
        return "The outbox took it: nothing leaves while the outbox is chosen."
    return "It was taken and is on its way."


def mobile(given: str | None) -> str | None:
    """Return a mobile number as +447700900123, or None; numbers for drama are possible, though not valid."""
    try:
        number = phonenumbers.parse(given or "", "GB")
    except phonenumbers.NumberParseException:
        return None
    is_landline = number.country_code == 44 and not str(number.national_number).startswith("7")
    if is_landline or not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _checked(wanted: ContactSettings) -> ContactSettings:
    """Return settings as they are kept; raise InvalidRequest for what cannot be."""
    if wanted.email_sender not in EMAIL_SENDERS or wanted.sms_sender not in SMS_SENDERS:
        raise InvalidRequest("Choose who sends. Nothing was saved.")
    if not 1 <= wanted.per_minute <= MOST_PER_MINUTE:
        raise InvalidRequest(f"Messages a minute are a number from 1 to {MOST_PER_MINUTE}. Nothing was saved.")
    if not 1 <= wanted.attempts_most <= MOST_ATTEMPTS:
        raise InvalidRequest(f"Attempts at most are a number from 1 to {MOST_ATTEMPTS}. Nothing was saved.")
    url = (wanted.public_url or "").strip().rstrip("/") or None
    if url and not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?", url):
        raise InvalidRequest(
            "The public address is written as https://care.example, without spaces. Nothing was saved."
        )
    checked = replace(
        wanted,
        from_name=" ".join((wanted.from_name or "").split()) or None,
        from_email=_checked_email(wanted.from_email, "The address to send from"),
        reply_to=_checked_email(wanted.reply_to, "The address for answers"),
        sms_from="".join((wanted.sms_from or "").split()) or None,
        public_url=url,
    )
    if checked.email_sender != "outbox" and not checked.from_email:
        raise InvalidRequest("Give the e-mail address to send from. Nothing was saved.")
    if checked.sms_sender != "outbox" and not checked.sms_from:
        raise InvalidRequest("Give the number, or the messaging service, to send SMS from. Nothing was saved.")
    return checked


def _checked_email(given: str | None, what: str) -> str | None:
    text = (given or "").strip()
    if not text:
        return None
    try:
        return str(validate_email(text, check_deliverability=False, test_environment=True).normalized)
    except EmailNotValidError as problem:
        raise InvalidRequest(
            f"{what} is no e-mail address. Nothing was done. Write it as desk@example.com."
        ) from problem


def _in_words(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if name in ("email_sender", "sms_sender"):
        return {**EMAIL_SENDERS, **SMS_SENDERS}[value]
    return str(value) if value is not None else "none"


_WAY = Way("how the practice sends", CHANGED, LABELS, _in_words, of, queries.write_settings)

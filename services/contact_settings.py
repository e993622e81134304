"""How a practice sends: through whom, as whom, when not, how fast and how often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from queries import contact as queries
from queries.store import Reading, Store

EMAIL_SENDERS = {"outbox": "Outbox: nothing leaves", "sendgrid": "SendGrid", "smtp": "A mail server (SMTP)"}
SMS_SENDERS = {"outbox": "Outbox: nothing leaves", "twilio": "Twilio"}


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

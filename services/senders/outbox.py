"""The outbox: takes every message and lets nothing leave; what it took is read in the app, or as a file."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from services.senders.base import Accepted, Message

NOBODY = "practice@care-manager.invalid"
"""From whom an e-mail is while the practice has given no address."""


class Outbox:
    """Keeps messages where they are: in the store."""

    def send(self, message: Message) -> Accepted:
        """Take a message."""
        return Accepted()


def as_email(message: Message) -> EmailMessage:
    """Return an e-mail as mail programs read it, with plain and HTML parts and the headers to unsubscribe by."""
    email = EmailMessage()
    email["From"] = formataddr((message.from_name or "", message.from_address or NOBODY))
    email["To"] = formataddr((message.to_name or "", message.to))
    email["Subject"] = message.subject or ""
    if message.reply_to:
        email["Reply-To"] = message.reply_to
    domain = (message.from_address or NOBODY).rsplit("@", 1)[-1]
    email["Message-ID"] = f"<{message.message_id}@{domain}>"
    for name, value in unsubscribe_headers(message).items():
        email[name] = value
    email.set_content(message.text)
    if message.html:
        email.add_alternative(message.html, subtype="html")
    return email


def eml(message: Message, *, sent_at: datetime | None = None) -> bytes:
    """Return an e-mail as a file that any mail program opens."""
    email = as_email(message)
    if sent_at is not None:
        email["Date"] = format_datetime(sent_at)
    return email.as_bytes()


def unsubscribe_headers(message: Message) -> dict[str, str]:
    """Return the headers by which a mail program opts out at one click (RFC 8058)."""
    if not message.unsubscribe_url:
        return {}
    return {
        "List-Unsubscribe": f"<{message.unsubscribe_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }

"""The outbox: takes every message and lets nothing leave; what it took is read in the app, or as a file."""

from __future__ import annotations

from datetime import datetime
from email import policy
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy
from email.utils import format_datetime, formataddr

from services.senders.base import Accepted, Message

NOBODY = "practice@care-manager.invalid"
"""From whom an e-mail is while the practice has given no address."""


class _Link(UnstructuredHeader, BaseHeader):
    """A header with a link, on one line: the library writes a long one as encoded words, which no program opens."""

    def fold(self, *, policy: Policy) -> str:
        """Return the header as it is sent."""
        return f"{self.name}: {self}{policy.linesep}"


HEADERS = HeaderRegistry()
HEADERS.map_to_type("list-unsubscribe", _Link)

MAIL = policy.SMTP.clone(cte_type="7bit", header_factory=HEADERS)
"""How an e-mail is written: its lines end as RFC 5322 says, and every server can carry its letters."""


class Outbox:
    """Keeps messages where they are: in the store."""

    def send(self, message: Message) -> Accepted:
        """Take a message."""
        return Accepted()


def as_email(message: Message) -> EmailMessage:
    """Return an e-mail as mail programs read it, with plain and HTML parts and the headers to unsubscribe by.

    Raises ValueError for an address or a subject that no e-mail can have.
    """
    email = EmailMessage(policy=MAIL)
    email["From"] = _named(message.from_name, message.from_address or NOBODY)
    email["To"] = _named(message.to_name, message.to)
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
        for name, picture in message.pictures.items():
            _, shown = email.iter_parts()
            shown.add_related(picture, "image", "png", cid=f"<{name}>", filename=f"{name}.png", disposition="inline")
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


def _named(name: str | None, address: str) -> str:
    """Return an address with its name, which comes from the practice's own system and may hold a line break."""
    return formataddr((" ".join((name or "").split()), address))

"""A mail server: e-mail by SMTP."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

from services.errors import InvalidRequest
from services.senders import whole_number
from services.senders.base import TIMEOUT_SECONDS, Accepted, DeliveryFailed, Message, unanswered, unreachable
from services.senders.outbox import as_email

NAME = "The mail server"
SECURITIES = ("starttls", "tls", "none")


@dataclass(frozen=True)
class Smtp:
    """Sends e-mail through a mail server, one connection for each message."""

    host: str
    port: int
    security: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = TIMEOUT_SECONDS

    def send(self, message: Message) -> Accepted:
        """Hand an e-mail over."""
        if not message.from_address:
            raise DeliveryFailed("The practice has given no e-mail address to send from.", permanent=True)
        with self._connected() as server:
            try:
                server.send_message(as_email(message))
            except smtplib.SMTPRecipientsRefused as problem:
                code = next(iter(problem.recipients.values()))[0]
                raise _refused(code, "The mail server refused the patient's address.") from None
            except smtplib.SMTPResponseException as problem:
                raise _refused(problem.smtp_code, "The mail server refused the message.") from None
            except (smtplib.SMTPException, OSError):
                # It broke while the message was on its way.
                raise unanswered(NAME) from None
        return Accepted(message.message_id)

    def _connected(self) -> smtplib.SMTP:
        """Return a connection that is signed in; nothing of the message has left when it fails."""
        try:
            if self.security == "tls":
                secure = ssl.create_default_context()
                server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=secure)
            else:
                server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
            if self.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password or "")
        except smtplib.SMTPAuthenticationError:
            words = "The mail server does not take our user and password: ask whoever looks after Care Manager."
            raise DeliveryFailed(words, permanent=True) from None
        except (smtplib.SMTPException, OSError):
            raise unreachable(NAME) from None
        return server


def from_keys(keys: Mapping[str, str]) -> Smtp:
    """Return the sender of these keys: SMTP_HOST, and where set SMTP_PORT, _SECURITY, _USER, _PASSWORD."""
    security = (keys.get("SMTP_SECURITY") or "starttls").lower()
    if security not in SECURITIES:
        raise InvalidRequest(f"SMTP_SECURITY is one of {', '.join(SECURITIES)}. Nothing was sent. Mend it.")
    port = whole_number(keys, "SMTP_PORT", 465 if security == "tls" else 587)
    return Smtp(keys["SMTP_HOST"], port, security, keys.get("SMTP_USER"), keys.get("SMTP_PASSWORD"))


def _refused(code: int, words: str) -> DeliveryFailed:
    """Return what a refusal means: 4xx is for now, 5xx for good (RFC 5321)."""
    return DeliveryFailed(words, permanent=code >= 500)

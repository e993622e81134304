"""A mail server: e-mail by SMTP."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.errors import InvalidRequest
from services.senders.base import (
    TIMEOUT_SECONDS,
    Accepted,
    DeliveryFailed,
    Message,
    unanswered,
    unclear,
    unreachable,
)
from services.senders.keys import choice, number
from services.senders.outbox import eml

NAME = "The mail server"
KEEPER = "ask whoever looks after Care Manager."


@dataclass(frozen=True)
class Smtp:
    """Sends e-mail through a mail server, one connection for each message."""

    host: str
    port: int
    security: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = TIMEOUT_SECONDS
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def send(self, message: Message) -> Accepted:
        """Hand an e-mail over."""
        if not message.from_address:
            raise DeliveryFailed("The practice has given no e-mail address to send from.", permanent=True)
        try:
            mail = eml(message, sent_at=self.clock())
        except ValueError:
            words = "The e-mail cannot be written: its address or its subject holds what no e-mail can."
            raise DeliveryFailed(words, permanent=True) from None
        server = self._opened()
        try:
            self._sign_in(server)
            _agree(server, message.from_address, message.to)
            _hand_over(server, mail)
        finally:
            # A farewell that fails changes nothing of what was answered before.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()
        return Accepted(message.message_id)

    def _opened(self) -> smtplib.SMTP:
        """Return a connection."""
        try:
            if self.security == "tls":
                secure = ssl.create_default_context()
                return smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=secure)
            return smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        except smtplib.SMTPConnectError as problem:
            raise _refused(problem.smtp_code, "The mail server takes nothing from us.") from None
        except ssl.SSLCertVerificationError:
            raise _untrusted() from None
        except (smtplib.SMTPException, OSError):
            raise unreachable(NAME) from None

    def _sign_in(self, server: smtplib.SMTP) -> None:
        """Make a connection secure and say who we are; nothing of the message has left when it fails."""
        try:
            if self.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
            if self.user:
                server.login(self.user, self.password or "")
        except smtplib.SMTPAuthenticationError as problem:
            words = f"The mail server does not take our user and password: {KEEPER}"
            raise _refused(problem.smtp_code, words) from None
        except smtplib.SMTPNotSupportedError:
            words = f"The mail server does not sign in or secure as SMTP_USER and SMTP_SECURITY say: {KEEPER}"
            raise DeliveryFailed(words, permanent=True) from None
        except smtplib.SMTPResponseException as problem:
            raise _refused(problem.smtp_code, "The mail server takes nothing from us.") from None
        except ssl.SSLCertVerificationError:
            raise _untrusted() from None
        except (smtplib.SMTPException, OSError, UnicodeError):
            raise unreachable(NAME) from None


def from_keys(keys: Mapping[str, str]) -> Smtp:
    """Return the sender of these keys: SMTP_HOST, and where set SMTP_PORT, _SECURITY, _USER, _PASSWORD, _TIMEOUT."""
    security = choice(keys, "SMTP_SECURITY", "starttls", "tls", "none")
    port = number(keys, "SMTP_PORT", 465 if security == "tls" else 587)
    if not port.is_integer() or port > 65_535:
        raise InvalidRequest("SMTP_PORT is a number from 1 to 65535. Nothing was sent. Mend it.")
    timeout = number(keys, "SMTP_TIMEOUT", TIMEOUT_SECONDS)
    return Smtp(keys["SMTP_HOST"], int(port), security, keys.get("SMTP_USER"), keys.get("SMTP_PASSWORD"), timeout)


def _agree(server: smtplib.SMTP, sender: str, to: str) -> None:
    """Agree on who writes to whom; nothing of the message has left when it fails."""
    try:
        code, _ = server.mail(sender)
        if not 200 <= code < 300:
            raise _refused(code, "The mail server does not let us send from this address.")
        code, _ = server.rcpt(to)
        if not 200 <= code < 300:
            raise _refused(code, "The mail server refused the patient's address.")
    except (smtplib.SMTPException, OSError):
        raise unreachable(NAME) from None


def _hand_over(server: smtplib.SMTP, mail: bytes) -> None:
    """Give the message itself; from here on a server that falls silent may have taken it."""
    try:
        code, _ = server.data(mail)
    except smtplib.SMTPDataError as problem:
        raise _refused(problem.smtp_code, "The mail server refused the message.") from None
    except (smtplib.SMTPException, OSError):
        raise unanswered(NAME) from None
    if 400 <= code < 600:
        raise _refused(code, "The mail server refused the message.")
    if not 200 <= code < 300:
        raise unclear(NAME)


def _untrusted() -> DeliveryFailed:
    return DeliveryFailed(f"The mail server cannot prove that it is the one in the settings: {KEEPER}", permanent=False)


def _refused(code: int, words: str) -> DeliveryFailed:
    """Return what a refusal means: 4xx is for now, 5xx for good (RFC 5321)."""
    return DeliveryFailed(words, permanent=500 <= code < 600)

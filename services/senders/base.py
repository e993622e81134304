"""What every sender takes and answers, in our words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Protocol

from services.errors import CareManagerError

TIMEOUT_SECONDS = 10.0

LONGEST_SECONDS = 86_400.0
"""Nobody is waited for longer, whatever an answer asks."""


@dataclass(frozen=True)
class Message:
    """A message as it leaves: an e-mail has a subject and an HTML part, an SMS neither.

    from_address is an e-mail address, a number, or the id of a messaging service; status_url is where a provider of
    SMS tells what became of it. pictures are those in the HTML part, which names each as cid:name.
    """

    message_id: str
    channel: str
    to: str
    text: str
    to_name: str | None = None
    subject: str | None = None
    html: str | None = None
    from_name: str | None = None
    from_address: str | None = None
    reply_to: str | None = None
    category: str | None = None
    unsubscribe_url: str | None = None
    is_tracked: bool = False
    status_url: str | None = None
    pictures: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Accepted:
    """A sender took a message; provider_id is its own id of it, where it told one."""

    provider_id: str | None = None


class Sender(Protocol):
    """Takes one message at a time."""

    def send(self, message: Message) -> Accepted:
        """Hand a message over; raise DeliveryFailed when it was not taken, DeliveryUnknown when nobody can say."""


class DeliveryFailed(CareManagerError):
    """A message was not taken.

    permanent: trying again cannot help. retry_after: not before so many seconds. is_opted_out: the patient wants none.
    """

    def __init__(
        self, words: str, *, permanent: bool, retry_after: float | None = None, is_opted_out: bool = False
    ) -> None:
        super().__init__(words)
        self.permanent = permanent
        self.retry_after = retry_after
        self.is_opted_out = is_opted_out


class DeliveryUnknown(CareManagerError):
    """A message may have been taken: it must not be sent again by itself."""


def unreachable(name: str) -> DeliveryFailed:
    """Return that a sender could not be reached, so that nothing left."""
    return DeliveryFailed(f"{name} could not be reached.", permanent=False)


def unanswered(name: str) -> DeliveryUnknown:
    """Return that a sender did not answer after the message may have left."""
    return DeliveryUnknown(f"{name} did not answer in time.")


def unclear(name: str) -> DeliveryUnknown:
    """Return that a sender answered what nobody understands, so that the message may have left."""
    return DeliveryUnknown(f"{name} gave an answer that says neither yes nor no.")


def wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that an answer asks us to wait, a day at most, or None.

    Retry-After is a number of seconds or a moment, SendGrid's X-RateLimit-Reset is a moment; moments count from the
    answer's own Date, so that no clock has to agree.
    """
    asked = _number(headers.get("Retry-After"))
    answered_at = _moment(headers.get("Date"))
    if asked is None and answered_at is not None:
        until = _moment(headers.get("Retry-After")) or _number(headers.get("X-RateLimit-Reset"))
        asked = None if until is None else until - answered_at
    return None if asked is None else min(max(asked, 0.0), LONGEST_SECONDS)


def _number(text: str | None) -> float | None:
    try:
        given = float(text or "")
    except ValueError:
        return None
    return given if math.isfinite(given) else None


def _moment(text: str | None) -> float | None:
    try:
        return parsedate_to_datetime(text or "").timestamp()
    except (TypeError, ValueError, OverflowError):
        return None

"""What every sender takes and answers, in our words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from services.errors import CareManagerError

TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class Message:
    """A message as it leaves: an e-mail has a subject and an HTML part, an SMS neither.

    from_address is an e-mail address, a number, or the id of a messaging service; status_url is where a provider of
    SMS tells what became of it.
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


def seconds(text: str | None) -> float | None:
    """Return the seconds that an answer asks us to wait, or None."""
    try:
        return max(float(text), 0.0) if text else None
    except ValueError:
        return None

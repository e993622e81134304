"""What happened to a message, and what a patient wrote, in our words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

STATES = ("sent", "delivered", "opened", "bounced", "failed", "opted_out", "spam")
"""What may have happened to a message."""


@dataclass(frozen=True)
class Event:
    """Something that happened to one of our messages; event_id is the same each time it is told. Times are UTC."""

    event_id: str
    message_id: str
    state: str
    happened_at: datetime
    reason: str | None = None


@dataclass(frozen=True)
class Inbound:
    """An SMS from a patient; wish is stop or start where it says only that. Numbers as +447700900123."""

    inbound_id: str
    from_number: str
    to_number: str
    text: str
    wish: str | None = None

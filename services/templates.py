"""The texts that a practice sends: its own, and those that come with the product."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Template:
    """A text with merge fields; an SMS has no subject."""

    template_id: str
    name: str
    channel: str
    kind: str
    subject: str | None
    body: str
    version: int = 0

"""What happens to visits booked here, in words: for the audit and the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services import words

KINDS = {
    "booking moved": "Moved a visit booked here",
    "booking cancelled": "Cancelled a visit booked here",
    "booking entered": "Ticked off a visit as entered in the PMS",
    "booking not entered": "Took back that a visit was entered in the PMS",
    "booking contradicted": "The import contradicts a visit booked here",
    "booking settled": "Settled a visit that an import contradicted",
}
"""What happened, by the kinds of the store."""

NOUNS = {
    "booking moved": "move of the visit",
    "booking cancelled": "cancellation",
    "booking entered": "tick",
    "booking not entered": "tick taken back",
    "booking settled": "settlement",
}
"""What a kind of event is called when it is spoken of, as in "Undo cancellation"."""


def when(visit: Mapping[str, Any]) -> str:
    """Say when a visit is that an event tells of, as 1 Dec 2026 at 10:00."""
    return words.moment(datetime.fromisoformat(visit["starts_at"]))


def told(kind: str, before: Mapping[str, Any], after: Mapping[str, Any], provider: str) -> str:
    """Say what an event of a visit is, as a person would tell it; provider is with whom, as " with Ben Adeyemi"."""
    at = when(after)
    if kind == "booking moved":
        return f"Visit moved to {at}{provider} (was {when(before)})"
    if kind == "booking cancelled":
        return f"Visit on {at} cancelled"
    if kind == "booking entered":
        return f"Visit on {at} ticked off as entered in the PMS"
    if kind == "booking not entered":
        return f"Visit on {at} not entered in the PMS after all"
    if kind == "booking contradicted":
        return f"Visit on {at} contradicted: {after['conflict']}"
    if after["state"] == "to enter":
        return f"Visit on {at} is to be entered in the PMS again"
    return f"Visit {f'on {at} given up' if after['state'] == 'cancelled' else f'is on {at}'}, as the PMS says"

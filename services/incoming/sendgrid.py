"""SendGrid's event webhook: who sent it, and what its events mean."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sendgrid.helpers.eventwebhook import EventWebhook

from services.incoming.events import Event

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"

OLDEST = timedelta(minutes=10)
"""What was signed longer ago is refused; SendGrid signs each delivery anew, so that nothing honest is lost."""

STATES = {
    "processed": "sent",
    "delivered": "delivered",
    "open": "opened",
    "bounce": "bounced",
    "dropped": "failed",
    "spamreport": "spam",
    "unsubscribe": "opted_out",
    "group_unsubscribe": "opted_out",
}
"""Events in our words; of the others, such as deferred and click, nothing follows."""

DROPPED = {
    "bounced": "SendGrid did not send it: mail to this address bounced before.",
    "unsubscribed": "SendGrid did not send it: the patient opted out there.",
    "spam report": "SendGrid did not send it: the patient reported our mail as spam.",
    "spam content": "SendGrid did not send it: it takes the text for spam.",
    "quota": "SendGrid did not send it: our account there is used up.",
    "invalid": "SendGrid did not send it: the address is none.",
}
"""Why SendGrid drops a message, in our words, by a part of its own."""


def is_genuine(body: bytes, headers: Mapping[str, str], public_keys: Sequence[str], *, now: datetime) -> bool:
    """Say whether SendGrid signed this body, with one of these keys and not too long ago."""
    signature, timestamp = headers.get(SIGNATURE, ""), headers.get(TIMESTAMP, "")
    try:
        signed_at = datetime.fromtimestamp(int(timestamp), UTC)
        text = body.decode("utf-8")
    except (ValueError, OverflowError, OSError):
        return False
    return abs(now - signed_at) <= OLDEST and any(_signed(text, signature, timestamp, key) for key in public_keys)


def _signed(text: str, signature: str, timestamp: str, public_key: str) -> bool:
    try:
        return bool(EventWebhook(public_key).verify_signature(text, signature, timestamp))
    except Exception:
        # What is no key or no signature fails in many ways, and proves nothing; the next practice's key may.
        return False


def events(body: bytes) -> list[Event]:
    """Return what a genuine body tells about our messages; what is not about one of them is left out."""
    try:
        told = json.loads(body)
    except ValueError:
        return []
    return [event for one in told if isinstance(one, dict) and (event := _event(one))] if isinstance(told, list) else []


def _event(told: Mapping[str, Any]) -> Event | None:
    message_id, event_id = told.get("message_id"), told.get("sg_event_id")
    state = STATES.get(str(told.get("event")))
    if state == "bounced" and told.get("type") == "blocked":
        state = "failed"  # The other side did not take this one; the address may be right.
    if not (isinstance(message_id, str) and isinstance(event_id, str) and state):
        return None
    try:
        happened_at = datetime.fromtimestamp(float(told.get("timestamp", 0)), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
    return Event(event_id, message_id, state, happened_at, _reason(state, told))


def _reason(state: str, told: Mapping[str, Any]) -> str | None:
    """Say why a message did not arrive; the provider's own words may name the address, and stay out."""
    if state == "bounced":
        return "The address does not exist or takes no mail."
    if state != "failed":
        return None
    if told.get("event") == "bounce":
        return "The other mail server did not take it."
    reason = str(told.get("reason", "")).lower()
    return next((words for part, words in DROPPED.items() if part in reason), "SendGrid did not send it.")

"""Twilio's webhooks: who sent them, what became of an SMS, and what a patient wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from twilio.request_validator import RequestValidator

from services.incoming.events import Event, Inbound

SIGNATURE = "X-Twilio-Signature"

STATES = {"sent": "sent", "delivered": "delivered", "undelivered": "bounced", "failed": "failed"}
"""States of an SMS in our words; of the others, such as queued, nothing follows."""

WHY = {
    "30003": "The phone is switched off or out of reach.",
    "30004": "The number is blocked for messages.",
    "30005": "The number does not exist.",
    "30006": "The number is a landline, or cannot be reached.",
    "30007": "The network filtered the message out.",
    "21610": "The patient has opted out of SMS.",
}
"""Why an SMS did not arrive, by Twilio's codes (twilio.com/docs/api/errors)."""

FOR_GOOD = ("30004", "30005", "30006")
"""The codes after which the number need not be tried again; after the others the message failed, not the number."""

STOP = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
START = frozenset({"start", "yes", "unstop"})
"""Words by which a patient opts out and in again (Twilio's, in English)."""


def is_genuine(url: str, form: Mapping[str, str], signature: str, tokens: Sequence[str]) -> bool:
    """Say whether Twilio sent this form to this address, with one of these account tokens.

    The address is the public one in the settings: behind a proxy the server sees another.
    """
    # Anybody can sign with an empty token.
    return any(token and RequestValidator(token).validate(url, dict(form), signature) for token in tokens)


def status(form: Mapping[str, str], message_id: str, *, now: datetime) -> Event | None:
    """Return what a genuine status callback tells about one of our messages, or None when nothing follows from it."""
    state, sid = STATES.get(form.get("MessageStatus", "")), form.get("MessageSid", "")
    if state is None or not message_id or not sid:
        return None
    code = form.get("ErrorCode", "")
    if state == "bounced" and code not in FOR_GOOD:
        state = "failed"
    reason = WHY.get(code, "The SMS could not be delivered.") if state in ("bounced", "failed") else None
    # Twilio gives no id of the event; a state of a message is told once, and again only when we did not answer.
    return Event(f"{sid} {form['MessageStatus']}", message_id, state, now, reason)


def inbound(form: Mapping[str, str]) -> Inbound | None:
    """Return what a patient wrote, or None when the form is none of an SMS."""
    inbound_id, sender = form.get("MessageSid", ""), form.get("From", "")
    if not inbound_id or not sender:
        return None
    text = form.get("Body", "")
    word = "".join(letter for letter in text.casefold() if letter.isalnum())
    # Where a messaging service has words of its own, Twilio says what it took them for.
    said = form.get("OptOutType", "").casefold() or word
    wish = "stop" if said in STOP else "start" if said in START else None
    return Inbound(inbound_id, sender, form.get("To", ""), text[:2_000], wish)

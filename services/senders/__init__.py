"""Who takes our messages: one module for each sender, behind one protocol."""

from __future__ import annotations

from collections.abc import Mapping

from services.errors import InvalidRequest
from services.senders import outbox
from services.senders.base import Sender

NEEDED = {
    "sendgrid": ("SENDGRID_API_KEY",),
    "smtp": ("SMTP_HOST",),
    "twilio": ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"),
}
"""The keys without which a sender cannot be made; where they stand: services/surroundings.py."""


def from_settings(kind: str, keys: Mapping[str, str]) -> Sender:
    """Return the sender of a kind: outbox, sendgrid, smtp or twilio.

    Raises InvalidRequest that names the key that is missing.
    """
    if missing := [name for name in NEEDED.get(kind, ()) if not keys.get(name)]:
        raise InvalidRequest(
            f"{missing[0]} is not set, so nothing can be sent. Set it in the environment or in .streamlit/secrets.toml."
        )
    # Imported when needed: a practice that sends no SMS need not wait for Twilio's library at each start.
    if kind == "sendgrid":
        from services.senders import sendgrid

        return sendgrid.from_keys(keys)
    if kind == "smtp":
        from services.senders import smtp

        return smtp.from_keys(keys)
    if kind == "twilio":
        from services.senders import twilio

        return twilio.from_keys(keys)
    return outbox.Outbox()


def whole_number(keys: Mapping[str, str], name: str, default: int) -> int:
    """Return a key that is a number; raise InvalidRequest that names it when it is none."""
    try:
        return int(keys.get(name) or default)
    except ValueError as problem:
        raise InvalidRequest(f"{name} is no number. Nothing was sent. Mend it.") from problem

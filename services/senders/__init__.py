"""Who takes our messages: one module for each sender, behind one protocol."""

from __future__ import annotations

from collections.abc import Mapping

from services.errors import InvalidRequest
from services.senders import outbox
from services.senders.base import Sender

NEEDED = {
    "outbox": (),
    "sendgrid": ("SENDGRID_API_KEY",),
    "smtp": ("SMTP_HOST",),
    "twilio": ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"),
}
"""The keys without which a sender cannot be made; where they stand: services/surroundings.py."""


def from_settings(kind: str, keys: Mapping[str, str]) -> Sender:
    """Return the sender of a kind: outbox, sendgrid, smtp or twilio.

    Raises InvalidRequest that names the key that is missing or cannot be.
    """
    if kind not in NEEDED:
        raise InvalidRequest(f"Nobody sends by {kind}, so nothing was sent. Choose who sends in the settings.")
    # A key that was read from a file often ends with a line break.
    keys = {name: value.strip() for name, value in keys.items()}
    for name in NEEDED[kind]:
        _check(name, keys.get(name, ""))
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


def _check(name: str, value: str) -> None:
    """Raise InvalidRequest for a key that is not set, or that the libraries would show in full as they refuse it."""
    if not value:
        raise InvalidRequest(
            f"{name} is not set, so nothing can be sent. Set it in the environment or in .streamlit/secrets.toml."
        )
    if not value.isascii() or not value.isprintable() or " " in value:
        raise InvalidRequest(f"{name} holds what no such key holds. Nothing was sent. Copy it again.")

"""Whether a patient may be written to by a channel, and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from email_validator import EmailNotValidError, validate_email

from services import contact_settings


def refusal(row: Mapping[str, Any], channel: str, kind: str, bad: Mapping[tuple[str, str, str], str]) -> str | None:
    """Return why a patient may not be written to by a channel, or None; row is one of `queries.contact.recipients`.

    Asked before a message is queued, and again at the moment of sending.
    """
    address = address_of(row, channel)
    given = row["email"] if channel == "email" else row["mobile"]
    what = "e-mail address" if channel == "email" else "mobile number"
    if row["is_do_not_contact"]:
        return "does not want to be contacted."
    if not row[f"is_{channel}_allowed"]:
        return f"does not want {'e-mails' if channel == 'email' else 'SMS'}."
    if not given:
        return f"has no {what}."
    if address is None:
        return f"has no {what} that can be used: {given}."
    if reason := bad.get((row["practice_id"], channel, address)):
        return f"cannot be reached at the {what} given: {reason}"
    if kind == "marketing" and not row["is_marketing_allowed"]:
        return "has not agreed to marketing."
    return None


def address_of(row: Mapping[str, Any], channel: str) -> str | None:
    """Return where a message goes: an e-mail address, or a mobile number as +447700900123; None when neither is."""
    if channel == "email":
        try:
            return str(validate_email(row["email"] or "", check_deliverability=False, test_environment=True).normalized)
        except EmailNotValidError:
            return None
    return contact_settings.mobile(row["mobile"])

"""How values are printed: pence as £1,234.50, days, UDAs, telephone numbers, counts, and texts that stay texts."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from functools import lru_cache
from urllib.parse import quote
from zoneinfo import ZoneInfo

import phonenumbers

from services import surroundings, words

_MARKS = str.maketrans({mark: f"\\{mark}" for mark in string.punctuation})


pounds, whole_pounds, uda, count = words.pounds, words.whole_pounds, words.uda, words.count


def day(value: date | None) -> str:
    """Write a day as 24 Nov 2026."""
    return "" if value is None else words.day(value)


def moment(value: datetime) -> str:
    """Write a time as Tue 24 Nov 2026, 10:00."""
    return f"{value:%a} {words.day(value)}, {value:%H:%M}"


def moment_of_utc(value: datetime) -> str:
    """Write a stored time, which is UTC, as it was at the practice."""
    return moment(value.replace(tzinfo=UTC).astimezone(ZoneInfo(surroundings.TIMEZONE)))


def plain(text: str) -> str:
    """Return a text for Markdown that is drawn as it was typed."""
    return " ".join(text.translate(_MARKS).split())


@lru_cache(maxsize=20_000)
def phone(number: str | None) -> str:
    """Write a telephone number as people in the UK read it; what is none stays as it was typed.

    Numbers set aside for drama are possible but not valid, so possible is enough.
    """
    parsed = _parsed(number)
    if parsed is None:
        return number or ""
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, style.NATIONAL if parsed.country_code == 44 else style.INTERNATIONAL)


def phone_link(number: str) -> str:
    """Write a telephone number as a Markdown link that dials it."""
    parsed = _parsed(number)
    if parsed is None:
        return plain(number)
    return f"[{phone(number)}](tel:{phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)})"


def email_link(address: str) -> str:
    """Write an e-mail address as a Markdown link that opens a letter to it."""
    return f"[{plain(address)}](mailto:{quote(address, safe='@')})"


def _parsed(number: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        parsed = phonenumbers.parse(number or "", "GB")
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_possible_number(parsed) else None

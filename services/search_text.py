"""The plain text in which patients are searched, made the same way for what is stored and for what is typed."""

from __future__ import annotations

import re
import unicodedata

# Left out on both sides, so that OBrien finds O'Brien and (01632) finds 01632: the apostrophes and hyphens that
# systems and phones type, and brackets.
_LEFT_OUT = "'’‘ʼ`´-‐‑‒–—()"

# Letters that do not decompose into a plain letter and an accent.
_LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i"}

_PLAIN = str.maketrans({**dict.fromkeys(_LEFT_OUT, ""), **_LETTERS})
_UK = re.compile(r"(?:\+|\b00)44\s*(?:\(0\))?\s*")
_NO_DIGIT = re.compile(r"\D")


def normalised(text: str) -> str:
    """Return text in lower case without accents, apostrophes or hyphens; +44 is written 0."""
    if "44" in text:
        text = _UK.sub("0", text)
    text = text.casefold().translate(_PLAIN)
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(text.split())


def patient_text(*, first_name: str, last_name: str, mobile: str | None, phone: str | None, email: str | None) -> str:
    """Return what a patient is found by: the names, the numbers without spaces, the e-mail address."""
    parts = [normalised(f"{first_name} {last_name}")]
    parts += [_NO_DIGIT.sub("", normalised(number)) for number in (mobile, phone) if number]
    if email:
        parts.append(normalised(email))
    return " ".join(part for part in parts if part)

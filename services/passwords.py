"""Passwords: what makes a good one, and how it is kept."""

from __future__ import annotations

import re
import secrets
import threading
import unicodedata
from collections.abc import Sequence
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from services.errors import InvalidRequest

SHORTEST, LONGEST = 15, 128
"""NIST SP 800-63B-4, 3.1.1.2: 15 characters at least where a password is the only factor, 64 at least allowed."""

GUESSES_AT_LEAST = 3
"""zxcvbn's score from 0 to 4; 3 is "safely unguessable" for one that is kept as a slow hash."""

OWN_AT_LEAST = 8
"""So many letters and digits must be none of what others know of the person."""

_hasher = PasswordHasher()
_hashing = threading.BoundedSemaphore(4)
"""A hash takes 64 MiB: more at once would let strangers fill the memory."""


def require_good(password: str, *, known: Sequence[str]) -> None:
    """Refuse a password that is too short, too long or easily guessed.

    `known` are words that others know of the person. No rule about kinds of characters and no expiry
    (NIST SP 800-63B-4, 3.1.1.2). Raises InvalidRequest with the reason.
    """
    password = _plain(password)
    if len(password) < SHORTEST:
        raise InvalidRequest(
            f"This password has {len(password)} characters. Use {SHORTEST} or more: four or five words make a good one."
        )
    if len(password) > LONGEST:
        raise InvalidRequest(f"This password has {len(password)} characters. Use {LONGEST} at most.")
    words = {
        word for text in ("Care Manager", *known) for word in re.split(r"[\W_]+", text.casefold()) if len(word) > 2
    }
    # What others know is worth nothing; zxcvbn counts it as little only where it stands alone, and takes 72 characters.
    own = re.sub("|".join(sorted(words, key=len, reverse=True)), "", password.casefold())
    judged = zxcvbn(password[:72], user_inputs=sorted(words))
    if judged["score"] < GUESSES_AT_LEAST or len(re.sub(r"[\W_]", "", own)) < OWN_AT_LEAST:
        raise InvalidRequest(
            "This password is easily guessed: it is common, repeats itself, or is made of what others know of you. "
            "Choose four or five words that do not belong together."
        )


def hashed(password: str) -> str:
    """Return what is kept of a password: an Argon2id hash with its own salt."""
    with _hashing:
        return _hasher.hash(_plain(password))


def is_right(password: str, hash_: str | None) -> bool:
    """Say whether a password is the one that was kept; without one, take as long to say no."""
    if len(password) > 8 * LONGEST:  # No password is so long, however its accents are typed.
        password, hash_ = "", None
    try:
        with _hashing:
            return _hasher.verify(hash_ or _nobodys(), _plain(password)) and hash_ is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    """Return a hash that no password has; made once it is needed, or every command would wait for it."""
    return _hasher.hash(secrets.token_urlsafe())


def one_time() -> str:
    """Return a password to be changed at its first use, easy to read out: five groups of four letters."""
    letters = "abcdefghjkmnpqrstuvwxyz"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(5))


def _plain(password: str) -> str:
    """Write the same password the same way, whatever keyboard it was typed on (NIST: NFC or NFKC before hashing)."""
    return unicodedata.normalize("NFKC", password.encode(errors="replace").decode())

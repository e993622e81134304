"""The tokens of links that patients are sent: never guessed, and kept as hashes alone."""

from __future__ import annotations

import hashlib
import secrets


def made() -> str:
    """Return a new token of 43 characters."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()

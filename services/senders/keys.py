"""Reads the keys by which a sender is made; of one that cannot be it tells the name, never what it holds."""

from __future__ import annotations

import math
from collections.abc import Mapping

from services.errors import InvalidRequest


def number(keys: Mapping[str, str], name: str, default: float) -> float:
    """Return a key that is a number above nought."""
    try:
        given = float(keys.get(name) or default)
    except ValueError:
        given = math.nan
    if not 0 < given < math.inf:
        raise InvalidRequest(f"{name} is no number above nought. Nothing was sent. Mend it.")
    return given


def choice(keys: Mapping[str, str], name: str, *known: str) -> str:
    """Return a key that is one of these words, or the first of them where it is not set.

    A word that nobody knows is never taken for the first: mail would leave Europe, or a sandbox, by a slip of the pen.
    """
    given = (keys.get(name) or known[0]).lower()
    if given not in known:
        raise InvalidRequest(f"{name} is one of {', '.join(known)}. Nothing was sent. Mend it.")
    return given


def is_on(keys: Mapping[str, str], name: str) -> bool:
    """Say whether a key that is yes or no is yes."""
    return choice(keys, name, "no", "yes", "0", "1", "false", "true", "off", "on") in ("yes", "1", "true", "on")


def base_url(keys: Mapping[str, str], name: str) -> str | None:
    """Return the address of who stands in for a provider, or None where that is not set."""
    given = keys.get(name)
    if given and not given.startswith(("https://", "http://")):
        raise InvalidRequest(f"{name} is written as https://api.example.com. Nothing was sent. Mend it.")
    return given.rstrip("/") if given else None

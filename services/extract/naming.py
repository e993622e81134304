"""What names tell: the kind of a payor, the initials of a dentist, the parts of a person's name."""

from __future__ import annotations

import re

TITLES = frozenset({"mr", "mrs", "miss", "ms", "mx", "master", "dr", "prof", "professor", "rev", "sir", "lady", "lord"})

_NHS = re.compile(r"\bnhs\b|\bn\.h\.s\b", re.IGNORECASE)
_PLAN = re.compile(r"denplan|\bplan\b|\bplans\b|capitation|member", re.IGNORECASE)
_INSURANCE = re.compile(r"insur|\bbupa\b|\baxa\b|\bcigna\b|\baviva\b|\bunum\b", re.IGNORECASE)
_ROLES = {
    "hygienist": re.compile(r"hygien|^hyg", re.IGNORECASE),
    "therapist": re.compile(r"therap", re.IGNORECASE),
    "dentist": re.compile(r"dentist|odont|surgeon|principal|associate|performer", re.IGNORECASE),
}


def payor_kind(name: str) -> str:
    """Return the kind of a payor of that name: nhs, plan, insurance, or private for every other."""
    for kind, words in (("nhs", _NHS), ("plan", _PLAN), ("insurance", _INSURANCE)):
        if words.search(name):
            return kind
    return "private"


def role(text: str) -> str:
    """Return the role of a provider from what the system calls it."""
    for name, words in _ROLES.items():
        if words.search(text):
            return name
    return "other"


def folded(name: str) -> str:
    """Return a name as it is compared: in lower case, single spaces."""
    return " ".join(name.casefold().split())


def initials(name: str) -> str:
    """Return the initials of a person's name; a short code is taken as the initials themselves."""
    words = [str(word) for word in re.findall(r"[^\W\d_][\w'’-]*", name) if word.casefold() not in TITLES]
    if len(words) == 1 and len(words[0]) <= 4:
        return words[0].upper()
    return ("".join(word[0] for word in words) or name[:4]).upper()


def person(text: str) -> tuple[str | None, str, str]:
    """Return title, first and last name from `Okafor, Mrs Ngozi`, `Mrs Ngozi Okafor` or `Okafor, Ngozi (Mrs)`."""
    text = text.replace("(", " ").replace(")", " ")
    last, _, rest = text.partition(",")
    words, title = [], None
    for word in (rest or last).split():
        if word.casefold().rstrip(".") in TITLES and title is None:
            title = word.rstrip(".").capitalize()
        else:
            words.append(word)
    if rest:
        return title, " ".join(words), " ".join(last.split())
    return title, " ".join(words[:-1]), words[-1] if words else " ".join(text.split())

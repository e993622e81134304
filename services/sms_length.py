"""How long an SMS is: the alphabet it needs, the segments it is sent and paid in, and what makes it dear."""

from __future__ import annotations

from dataclasses import dataclass
from unicodedata import normalize

# GSM 03.38: the basic alphabet, and the extension of which each character counts as two.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")

ONE_BASIC, PART_BASIC = 160, 153
ONE_UNICODE, PART_UNICODE = 70, 67
"""Characters of a message that is one segment, and of each segment of a longer one (GSM 03.40)."""

_SIGNS = {
    "’": "'",
    "‘": "'",
    "`": "'",
    "´": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "–": "-",
    "—": "-",
    "‑": "-",
    "−": "-",
    "…": "...",
    "•": "-",
    "\u00a0": " ",
    "\u202f": " ",
    "\t": " ",
    "ł": "l",
    "Ł": "L",
}
_ACCENTED = {
    letter: normalize("NFD", letter)[0] for letter in map(chr, range(0xC0, 0x180)) if len(normalize("NFD", letter)) > 1
}
PLAIN = _SIGNS | {letter: base for letter, base in _ACCENTED.items() if letter not in BASIC and base in BASIC}
"""What can stand instead of a character that makes a message dear."""


@dataclass(frozen=True)
class Length:
    """The length of an SMS; dear are the characters that the basic alphabet lacks, in their order."""

    is_basic: bool
    characters: int
    segments: int
    dear: tuple[str, ...]

    @property
    def words(self) -> str:
        """Say the length as a person would."""
        segments = "1 SMS" if self.segments == 1 else f"{self.segments} SMS"
        return f"{self.characters:,} characters, sent and paid as {segments}"


def measured(text: str) -> Length:
    """Return how long a text is as an SMS; an empty one is no segment."""
    dear = tuple(dict.fromkeys(letter for letter in text if letter not in BASIC and letter not in EXTENSION))
    if dear:
        units = [2 if ord(letter) > 0xFFFF else 1 for letter in text]
        return Length(False, len(text), _segments(units, ONE_UNICODE, PART_UNICODE), dear)
    units = [2 if letter in EXTENSION else 1 for letter in text]
    return Length(True, len(text), _segments(units, ONE_BASIC, PART_BASIC), ())


def made_plain(text: str) -> str:
    """Return a text with what is dear replaced where something can stand instead."""
    return "".join(PLAIN.get(letter, letter) for letter in text)


def _segments(units: list[int], one: int, part: int) -> int:
    """Count segments; a character of two units is never cut in half."""
    if not units:
        return 0
    if sum(units) <= one:
        return 1
    segments, used = 1, 0
    for unit in units:
        if used + unit > part:
            segments, used = segments + 1, 0
        used += unit
    return segments

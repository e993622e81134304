"""Texts of an extract as values: days, money, numbers, yes or no, telephone numbers, each written in many ways."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import polars as pl

NOTHING = frozenset({"-", "--", "n/a", "na", "none", "null", "nil", "\\n"})
"""What systems write for nothing, where no text is expected."""

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)

NO_DAY = {(1, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 1, 1), (9999, 12, 31)}
"""The days that MySQL, Excel and others write for no day."""

_TIME = r"(?:[T\s,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*([AaPp]\.?[Mm]\.?)?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}")
_DAY_FIRST = re.compile(
    rf"(?:[A-Za-z]{{3,9}},?\s+)?(\d{{1,2}})\s?[-/.]\s?(\d{{1,2}})\s?[-/.]\s?(\d{{4}}|\d{{2}}){_TIME}"
)
_NAMED_MONTH = re.compile(
    rf"(?:[A-Za-z]{{3,9}},?\s+)?(\d{{1,2}})(?:st|nd|rd|th)?[-/.,\s]*([A-Za-z]{{3,9}})[-/.,\s]*(\d{{4}}|\d{{2}}){_TIME}"
)
_UNBROKEN = re.compile(rf"(\d{{4}})(\d{{2}})(\d{{2}}){_TIME}")
_EXCEL = re.compile(r"\d{5}(?:\.\d+)?")

_CURRENCY = re.compile(r"[£$€\s\u00a0']|\bGBP\b|\bEUR\b|\bUSD\b", re.IGNORECASE)
_ENGLISH = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")
_CONTINENTAL = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+,\d*|[1-9]\d{0,2}(?:\.\d{3}){2,}|\d+,\d{1,2}")
_NEGATIVE = re.compile(r"-(.*)|(.*)-|\((.*)\)")
_PHONE_AS_NUMBER = re.compile(r"\d+\.0|\d(?:\.\d+)?[eE]\+?\d+")
_NO_DIGIT = re.compile(r"\D")
_BETWEEN_ADDRESSES = re.compile(r"[;,\s]+")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PLAIN = re.compile(r"\d+(?:\.\d*)?(?:[eE][-+]?\d{1,2})?|\.\d+")

_MOST_POUNDS = 10_000_000


def moment(text: str) -> datetime | None:
    """Read a day with or without a time, day before month, as a wall-clock time.

    Raises ValueError when it is none; a time with a zone is none, because a clock on the wall has no zone.
    """
    try:
        read: datetime | None = datetime.fromisoformat(text)
    except ValueError:
        read = _written_moment(text)
    if read is None or (read.year, read.month, read.day) in NO_DAY:
        return None
    if read.tzinfo is not None or not 1900 < read.year < 2200:
        raise ValueError(text)
    return read


def _written_moment(text: str) -> datetime | None:
    if match := _YEAR_FIRST.fullmatch(text) or _UNBROKEN.fullmatch(text):
        year, month, day = (int(part) for part in match.groups()[:3])
        if (month, day) == (0, 0):
            return None
    elif match := _DAY_FIRST.fullmatch(text):
        day, month, year = int(match[1]), int(match[2]), _year(match[3])
        if (day, month) == (0, 0):
            return None
    elif match := _NAMED_MONTH.fullmatch(text):
        day, month, year = int(match[1]), _month(match[2]), _year(match[3])
    elif _EXCEL.fullmatch(text):
        return datetime(1899, 12, 30) + timedelta(seconds=round(float(text) * 86_400))
    else:
        raise ValueError(text)
    hour, minute, second, half = match.groups()[3:]
    hours = int(hour or 0)
    if half:
        if not 1 <= hours <= 12:
            raise ValueError(text)
        hours = hours % 12 + (12 if half[0] in "pP" else 0)
    return datetime(year, month, day, hours, int(minute or 0), int(second or 0))


def _month(name: str) -> int:
    """Return the number of a month from its name or the first letters of it, three or more."""
    for number, month in enumerate(MONTHS, start=1):
        if month.startswith(name.lower()):
            return number
    raise ValueError(name)


def _year(digits: str) -> int:
    """Return a year; one of two digits is of this century up to 69."""
    year = int(digits)
    return year if len(digits) > 2 else year + (2000 if year < 70 else 1900)


def decimal(text: str) -> Decimal:
    """Read a number as people and systems write it; raises ValueError when it is none or could be two."""
    bare = _CURRENCY.sub("", text)
    negative = _NEGATIVE.fullmatch(bare)
    bare = bare.removeprefix("+") if negative is None else next(part for part in negative.groups() if part is not None)
    if _ENGLISH.fullmatch(bare):
        bare = bare.replace(",", "")
    elif _CONTINENTAL.fullmatch(bare):
        bare = bare.replace(".", "").replace(",", ".")
    elif not _PLAIN.fullmatch(bare):
        raise ValueError(text)
    return -Decimal(bare) if negative else Decimal(bare)


def pence(text: str) -> int:
    """Read pounds as whole pence, half a penny up."""
    pounds = decimal(text)
    if abs(pounds) > _MOST_POUNDS:
        raise ValueError(text)
    return int((pounds * 100).quantize(Decimal(1), ROUND_HALF_UP))


def millionths(text: str) -> int:
    """Read pounds as millionths of a pound, for a sum that is multiplied before it is rounded."""
    pounds = decimal(text)
    if abs(pounds) > _MOST_POUNDS:
        raise ValueError(text)
    return int((pounds * 1_000_000).quantize(Decimal(1), ROUND_HALF_UP))


def hundredths(text: str) -> Decimal:
    """Read a number with two places."""
    number = decimal(text).quantize(Decimal("0.01"), ROUND_HALF_UP)
    if abs(number) > _MOST_POUNDS - 1:
        raise ValueError(text)
    return number


def whole(text: str) -> int:
    """Read a whole number; 30.0 is one."""
    number = decimal(text)
    if number != int(number) or abs(number) > 2_000_000_000:
        raise ValueError(text)
    return int(number)


def yes_no(text: str) -> bool:
    """Read yes or no."""
    answer = {
        **dict.fromkeys(("yes", "y", "true", "t", "1", "1.0"), True),
        **dict.fromkeys(("no", "n", "false", "f", "0", "0.0"), False),
    }.get(text.casefold())
    if answer is None:
        raise ValueError(text)
    return answer


def phone(text: str) -> str | None:
    """Read a telephone number as it was typed, mended where a spreadsheet took its first zero or made it a number."""
    if _PHONE_AS_NUMBER.fullmatch(text):
        text = str(int(Decimal(text)))
    text = " ".join(text.split())
    digits = _NO_DIGIT.sub("", text)
    if len(digits) < 6:
        return None
    if text == digits and len(digits) == 10 and digits[0] in "1237":
        return f"0{digits}"
    return text


def is_mobile(number: str) -> bool:
    """Say whether a telephone number is a UK mobile's."""
    return re.sub(r"[^\d+]", "", number).startswith(("07", "+447", "00447", "447"))


def email(text: str) -> str:
    """Read an e-mail address, the first where there are several."""
    first = _BETWEEN_ADDRESSES.split(text.removeprefix("mailto:"))[0].strip("<>")
    if not _ADDRESS.fullmatch(first):
        raise ValueError(text)
    return first


def one_of(choices: Mapping[str, Any]) -> Callable[[str], Any]:
    """Return a reader of one of some words, whatever their case."""

    def read(text: str) -> Any:
        try:
            return choices[" ".join(text.casefold().replace("_", " ").split())]
        except KeyError as problem:
            raise ValueError(text) from problem

    return read


@dataclass(frozen=True)
class Kind:
    """How the texts of a column become values: the type's name in docs/extract.md, and what is said of a bad one.

    A forgiving kind leaves a bad value out instead of refusing its row.
    """

    name: str
    dtype: pl.DataType
    read: Callable[[str], Any] | None
    complaint: str = ""
    is_forgiving: bool = False


TEXT = Kind("text", pl.String(), None)
ID = Kind("id", pl.String(), None)
DAY = Kind(
    "day", pl.Date(), lambda text: (read := moment(text)) and read.date(), "is no day: write 24/11/2026 or 2026-11-24"
)
MOMENT = Kind("day and time", pl.Datetime("us"), moment, "is no day and time: write 24/11/2026 10:30")
POUNDS = Kind("pounds", pl.Int64(), pence, "is no amount of money: write 1,234.50")
MILLIONTHS = Kind("pounds", pl.Int64(), millionths, "is no amount of money: write 1234.50")
NUMBER = Kind("number", pl.Decimal(9, 2), hundredths, "is no number: write 7 or 1.2")
WHOLE = Kind("whole number", pl.Int32(), whole, "is no whole number: write 30")
YES_NO = Kind("yes or no", pl.Boolean(), yes_no, "is neither yes nor no")
PHONE = Kind("telephone", pl.String(), phone, is_forgiving=True)
EMAIL = Kind("e-mail", pl.String(), email, is_forgiving=True)


def choice(choices: Mapping[str, Any], dtype: pl.DataType | None = None, *, is_forgiving: bool = False) -> Kind:
    """Return the kind whose values are those of some words."""
    words = ", ".join(dict.fromkeys(str(value) for value in choices.values() if value is not None))
    return Kind("one of", dtype or pl.String(), one_of(choices), f"is none of: {words}", is_forgiving)


def converted(texts: pl.Series, kind: Kind) -> tuple[pl.Series, pl.Series]:
    """Return the values of a column of texts, and for each whether it could not be read.

    Each different text is read once: a column of days or sums has few.
    """
    if kind is ID:
        return texts.str.replace(r"^(\d+)\.0$", "$1"), pl.repeat(False, texts.len(), eager=True)
    if kind.read is None:
        return texts.str.replace_all(r"\s+", " "), pl.repeat(False, texts.len(), eager=True)
    values: dict[str, Any] = {}
    unread: list[str] = []
    for text in texts.drop_nulls().unique().to_list():
        if text.casefold() in NOTHING:
            continue
        try:
            values[text] = kind.read(text)
        except (ValueError, ArithmeticError):
            unread.append(text)
    read = texts.replace_strict(
        pl.Series(list(values), dtype=pl.String),
        pl.Series(list(values.values()), dtype=kind.dtype),
        default=None,
        return_dtype=kind.dtype,
    )
    return read, texts.is_in(unread).fill_null(False)

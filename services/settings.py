"""The settings of a practice: the rule's numbers, its details, and who last changed each."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers

from queries import practices as practice_queries
from queries import settings as queries
from queries.store import Reading, Store, Transaction
from services import history, practices, words
from services.actors import Actor, Right, allowed
from services.errors import InvalidRequest
from services.practices import Practice, Settings

CHANGED = "setting changed"
SYSTEM = "system"
"""Who changes what nobody asked for, such as an import that turns a setting on."""


@dataclass(frozen=True)
class Setting:
    """One of the rule's numbers: a count of days, a share from 0 to 1, or yes and no where there is no range."""

    label: str
    meaning: str
    default: bool | float
    least: float = 0
    most: float = 1
    unit: str = ""

    @property
    def is_yes_or_no(self) -> bool:
        """Say whether the setting is no number."""
        return isinstance(self.default, bool)

    @property
    def step(self) -> float:
        """Return the smallest difference between two values."""
        return 1 if isinstance(self.default, int) else 0.01

    def in_words(self, value: Any) -> str:
        """Write a value as 90 days, or yes."""
        if self.is_yes_or_no:
            return "yes" if value else "no"
        unit = self.unit.removesuffix("s") if value == 1 and self.unit == "days" else self.unit
        return f"{value:,g} {unit}"

    def checked(self, value: Any) -> Any:
        """Return a value as it is kept; raise InvalidRequest when it cannot be."""
        if self.is_yes_or_no:
            if isinstance(value, bool):
                return value
            raise InvalidRequest(f"{self.label} is yes or no. Nothing was changed.")
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and self.least <= value <= self.most and math.isclose(value, _rounded(value, self.step)):
            return _rounded(value, self.step)
        what = "a whole number" if self.step == 1 else "a number with at most two decimals"
        raise InvalidRequest(
            f"{self.label} is {what} from {self.least:,} to {self.most:,} {self.unit}. Nothing was changed."
        )


SETTINGS = {
    "lookback_days": Setting(
        "Days looked back",
        "A course may be listed for this many days after it was opened; older ones are left off.",
        Settings.lookback_days,
        30,
        3650,
        "days",
    ),
    "horizon_days": Setting(
        "Days looked ahead",
        "An appointment within this many days takes a course off the list; a later one is booked too far ahead.",
        Settings.horizon_days,
        7,
        730,
        "days",
    ),
    "grace_days": Setting(
        "Days of grace",
        "Reception has this many days to book before a course is listed; the day it was opened is the first.",
        Settings.grace_days,
        0,
        28,
        "days",
    ),
    "is_unlinked_visit_counted": Setting(
        "Unlinked visits count as booked",
        "A coming visit that belongs to no course takes the patient's courses off the list. "
        "An import turns this on by itself when no appointment of the extract is linked to a course.",
        Settings.is_unlinked_visit_counted,
    ),
    "suppression_days": Setting(
        "Days between contacts",
        "After a contact about one course, the patient's other courses wait this many days before they are due; "
        "they stay on the list.",
        Settings.suppression_days,
        0,
        90,
        "days",
    ),
    "snooze_days": Setting(
        "Days of a snooze",
        "A snooze is proposed for this many days; whoever snoozes may choose another date.",
        Settings.snooze_days,
        1,
        365,
        "days",
    ),
    "plan_weight": Setting(
        "Weight of plan work",
        "The part of the price of plan-covered treatment that counts as worth: 0 is none of it, 1 is all of it.",
        Settings.plan_weight,
        0,
        1,
        "of its price",
    ),
}
"""The rule's numbers in the field's words, by the names of services.practices.Settings."""

DETAILS = {"name": "Name", "nation": "Nation", "colour": "Colour", "phone": "Phone"}
"""What a practice is known by."""

NATIONS = {
    "England": "NHS courses count in UDAs by their band, with England's patient charges and tariffs.",
    "Wales": "NHS courses have been paid as care packages since April 2026: no UDAs.",
    "Scotland": "NHS courses are paid by item: no UDAs.",
    "Northern Ireland": "NHS courses are paid by item: no UDAs.",
}
"""Each nation, and what follows from it."""

OUTSIDE_ENGLAND = (
    "Outside England an NHS course has the UDAs and the patient charge that the extract states, and no others."
)

DEFAULT_COLOUR = "#0f6b74"
"""Proposed while a practice has no colour of its own."""

GROUNDS = {"white": ("#ffffff", 3.0, "darker"), "dark": ("#10191d", 1.5, "lighter")}
"""What a colour is drawn on, with the least contrast: WCAG 1.4.11 asks 3 to 1 of what is drawn on a page.

On the dark ground less is asked: brands are often dark, and the practice's name always stands beside its colour.
"""


@dataclass(frozen=True)
class Change:
    """Who changed something last, and when at the practice."""

    by: str
    at: datetime

    @classmethod
    def of_row(cls, row: Mapping[str, Any], practice: Practice) -> Change:
        """Return the change of a row with by_user and happened_at in UTC."""
        by = "the system" if row["by_user"] == SYSTEM else row["by_user"]
        return cls(by, row["happened_at"].replace(tzinfo=UTC).astimezone(ZoneInfo(practice.timezone)))

    def __str__(self) -> str:
        return f"{self.by} on {words.day(self.at)} at {self.at:%H:%M}"


@dataclass(frozen=True)
class Current:
    """A value, and its last change; None when it still is as it was when the practice was added."""

    value: Any
    last: Change | None


@allowed(Right.SETTINGS, practice="practice")
def of(store: Store, practice: Practice, *, actor: Actor) -> dict[str, Current]:
    """Return every setting and detail of a practice as it is now, each with its last change."""
    with store.reading() as reading:
        kept = _kept(reading, practice)
        last = _last_changes(reading, practice)
    return {name: Current(kept[name], last.get(name)) for name in (*SETTINGS, *DETAILS)}


@allowed(Right.SETTINGS, practice="practice")
def change(store: Store, practice: Practice, changes: Mapping[str, Any], *, actor: Actor, now: datetime) -> list[str]:
    """Change settings of the rule and return in words what changed; the list changes at once.

    `practice` is as it was when its settings were shown: what somebody else changed since then is not overwritten.
    Raises InvalidRequest, with nothing changed, for that and for values that cannot be.
    """
    if unknown := set(changes) - set(SETTINGS):
        raise InvalidRequest(f"There is no setting {sorted(unknown)[0]}. Nothing was changed.")
    drawn = asdict(practice.settings)
    wanted = {name: SETTINGS[name].checked(value) for name, value in changes.items() if value != drawn[name]}

    def write(tx: Transaction, kept: Mapping[str, Any]) -> None:
        values = {name: kept[name] for name in SETTINGS}
        queries.write(tx, practice.practice_id, values, by=actor.user_id, now=now)

    return _changed(store, practice, wanted, drawn, write, actor=actor, now=now)


@allowed(Right.SETTINGS, practice="practice")
def change_details(
    store: Store, practice: Practice, changes: Mapping[str, Any], *, actor: Actor, now: datetime
) -> list[str]:
    """Change a practice's name, nation, colour or phone and return in words what changed.

    As `change`; raises InvalidRequest also when another practice has the name.
    """
    if unknown := set(changes) - set(DETAILS):
        raise InvalidRequest(f"A practice has no {sorted(unknown)[0]}. Nothing was changed.")
    drawn = {name: getattr(practice, name) for name in DETAILS}
    wanted = {name: _checked_detail(name, value) for name, value in changes.items() if value != drawn[name]}

    def write(tx: Transaction, kept: Mapping[str, Any]) -> None:
        _refuse_taken_name(tx, practice, kept["name"])
        queries.write_details(tx, practice.practice_id, {name: kept[name] for name in DETAILS})

    return _changed(store, practice, wanted, drawn, write, actor=actor, now=now)


def count_unlinked_visits(tx: Transaction, practice_id: str, *, now: datetime) -> bool:
    """Make unlinked visits count inside an import's transaction, by itself; return whether they did not before."""
    is_changed = practice_queries.count_unlinked_visits(tx, practice_id, by=SYSTEM, now=now)
    if is_changed:
        _record(tx, practice_id, "is_unlinked_visit_counted", False, True, by=SYSTEM, now=now)
    return is_changed


def _changed(
    store: Store,
    practice: Practice,
    wanted: Mapping[str, Any],
    drawn: Mapping[str, Any],
    write: Callable[[Transaction, Mapping[str, Any]], None],
    *,
    actor: Actor,
    now: datetime,
) -> list[str]:
    """Write what differs from both what was shown and what is kept; return it in words."""
    with store.transaction() as tx:
        kept = _kept(tx, practice)
        last = _last_changes(tx, practice)
        changed = {name: value for name, value in wanted.items() if value not in (drawn[name], kept[name])}
        for name in changed:
            if kept[name] != drawn[name]:
                by = last.get(name, "somebody else")
                raise InvalidRequest(
                    f"{_label(name)} was changed to {_in_words(name, kept[name])} by {by} after this page was drawn. "
                    f"Nothing was saved, nor your {_in_words(name, wanted[name])}. "
                    "Look at the page again, and change it once more if you still want to."
                )
        if not changed:
            return []
        write(tx, {**kept, **changed})
        practice_queries.raise_revision(tx, practice.practice_id)
        for name, value in changed.items():
            _record(tx, practice.practice_id, name, kept[name], value, by=actor.user_id, now=now)
    return [
        f"{_label(name)}: {_in_words(name, value)} (was {_in_words(name, kept[name])})"
        for name, value in changed.items()
    ]


def _record(tx: Transaction, practice_id: str, name: str, before: Any, after: Any, *, by: str, now: datetime) -> None:
    history.record(
        tx,
        CHANGED,
        by=by,
        now=now,
        practice_id=practice_id,
        note=name,
        before={"value": before},
        after={"value": after},
    )


def _kept(source: Store | Reading, practice: Practice) -> dict[str, Any]:
    kept = queries.find(source, practice.practice_id)
    if kept is None:
        raise InvalidRequest(f"{practice.name} is not in the store any more. Nothing was changed.")
    return kept


def _last_changes(source: Store | Reading, practice: Practice) -> dict[str, Change]:
    rows = queries.last_changes(source, practice.practice_id, kind=CHANGED).to_dicts()
    return {row["note"]: Change.of_row(row, practice) for row in rows}


def _checked_detail(name: str, value: str | None) -> str | None:
    """Return a detail as it is kept; raise InvalidRequest when it cannot be."""
    text = " ".join((value or "").split())
    if name == "name" and not text:
        raise InvalidRequest("Give the practice a name. Nothing was changed.")
    if name == "nation" and text not in NATIONS:
        raise InvalidRequest(f"The nation is one of {', '.join(NATIONS)}. Nothing was changed.")
    if name == "colour" and text:
        return _checked_colour(text.lower())
    if name == "phone" and text:
        return _checked_phone(text)
    return text or None


def _checked_colour(colour: str) -> str:
    if not re.fullmatch(r"#[0-9a-f]{6}", colour):
        raise InvalidRequest(f"{colour} is no colour. Write it as {DEFAULT_COLOUR}. Nothing was changed.")
    for ground, (ground_colour, least, instead) in GROUNDS.items():
        found = contrast(colour, ground_colour)
        if found < least:
            raise InvalidRequest(
                f"The colour {colour} can hardly be seen on a {ground} page: its contrast is {found:.1f} to 1 and "
                f"has to be {least:g} or more. Nothing was changed. Choose a {instead} one."
            )
    return colour


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2 defines it, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _checked_phone(text: str) -> str:
    """Return a telephone number as people in the UK read it; numbers for drama are possible, though not valid."""
    style = phonenumbers.PhoneNumberFormat
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise InvalidRequest(f"{text} is no telephone number. Nothing was changed. Write it as 01632 960100.")
    return str(phonenumbers.format_number(number, style.NATIONAL if number.country_code == 44 else style.INTERNATIONAL))


def _refuse_taken_name(tx: Transaction, practice: Practice, name: str) -> None:
    others = [one for one in practices.all_practices(tx) if one.practice_id != practice.practice_id]
    if practices.named(others, name):
        raise InvalidRequest(f"There is already a practice called {name}. Nothing was changed. Choose another name.")


def _label(name: str) -> str:
    return SETTINGS[name].label if name in SETTINGS else DETAILS[name]


def _in_words(name: str, value: Any) -> str:
    return SETTINGS[name].in_words(value) if name in SETTINGS else str(value or "none")


def _rounded(value: Any, step: float) -> float:
    return int(value) if step == 1 else round(float(value), 2)

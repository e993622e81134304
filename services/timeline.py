"""The timeline of a patient: every note, attempt, message, change of status and import, in words, newest first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from queries import timeline as queries
from queries.store import Store
from services import audit_words, booking_words, words
from services.actors import PATIENT, Actor, Right, allowed
from services.audit_words import Names
from services.practices import Practice

MOST = 500
"""So many events of one patient at most; the audit has them all."""

ONLY_LOOKED = ("patient viewed", "exported", "refused")
"""The kinds that did nothing to the patient."""

SPOKEN_OF = ("attempted", "call asked", "contacted", "noted")
"""The kinds that somebody reads before ringing again."""

ONE_CALL = timedelta(minutes=5)
"""A call's outcome and the contact that it was follow each other so closely, where no action joins them."""

CALLS = {
    "spoke": "Rang: spoke",
    "left message": "Rang: left a message",
    "no answer": "Rang: no answer",
    "wrong number": "Rang: wrong number",
}
CHANNELS = {"phone": "Spoke on the phone", "email": "Sent an e-mail", "sms": "Sent an SMS"}

NOUNS = {
    "assigned": "assignment",
    "attempted": "call",
    "booked": "booking",
    "call asked": "wish for a call",
    "contacted": "contact",
    "noted": "note",
    "rejected": "rejection",
    "restored": "restoring",
    "snoozed": "snooze",
    **booking_words.NOUNS,
}
"""What a kind of event is called when it is spoken of, as in "Undo snooze"."""


@dataclass(frozen=True)
class Entry:
    """One thing that happened, at the practice's wall clock, however many events and courses it was about.

    cot_numbers and opportunity_ids go side by side; they are empty for what is about no course.
    """

    happened_at: datetime
    who: str
    what: str
    kind: str
    cot_numbers: tuple[str, ...]
    opportunity_ids: tuple[str, ...]
    note: str | None
    action_id: str | None
    is_undone: bool

    @property
    def is_undoable(self) -> bool:
        """Say whether it can be taken back."""
        return self.action_id is not None and not self.is_undone and self.kind != "undone"

    @property
    def noun(self) -> str:
        """Say what it is, to be spoken of."""
        return NOUNS.get(self.kind, "change")


@allowed(Right.SEE, practice="practice")
def of_patient(store: Store, practice: Practice, patient_id: str, *, actor: Actor, limit: int = MOST) -> list[Entry]:
    """Return what happened about a patient of a practice, newest first.

    An action about several of the patient's courses is one entry, and so are a call and the contact that it was.
    """
    rows = queries.of_patient(store, practice.practice_id, patient_id, without=ONLY_LOOKED, limit=limit).to_dicts()
    names = audit_words.names_of(store, [practice.practice_id])
    zone = ZoneInfo(practice.timezone)
    entries: dict[Any, Entry] = {}
    for events in _together(rows):
        # What is taken back is taken back from its end: its last step undoes the one that names it.
        first = events[-1] if events[0]["kind"] == "undone" else events[0]
        entry = _entry({**first, "practice_id": practice.practice_id}, events, names, zone)
        key = (entry.action_id or events[0]["event_id"], entry.what, entry.note, entry.is_undone)
        if same := entries.get(key):
            entry = replace(
                same,
                cot_numbers=entry.cot_numbers + same.cot_numbers,
                opportunity_ids=entry.opportunity_ids + same.opportunity_ids,
            )
        entries[key] = entry
    return list(entries.values())


@allowed(Right.SEE, practice="practices")
def with_last_notes(
    store: Store,
    practices: Sequence[Practice],
    rows: pl.DataFrame,
    *,
    actor: Actor,
    kinds: Sequence[str] = (*SPOKEN_OF, "rejected"),
) -> pl.DataFrame:
    """Add last_note to rows of the work list: who last did one of these kinds of things, when and how; else null."""
    names = audit_words.names_of(store, [practice.practice_id for practice in practices])
    zones = {practice.practice_id: ZoneInfo(practice.timezone) for practice in practices}
    found = queries.last_words(
        store, rows["practice_id"].to_list(), rows["opportunity_id"].to_list(), kinds=kinds
    ).to_dicts()
    told = [
        (event["practice_id"], event["opportunity_id"], _last_note(event, names, zones[event["practice_id"]]))
        for event in found
        if event["practice_id"] in zones
    ]
    schema = {"practice_id": pl.String, "opportunity_id": pl.String, "last_note": pl.String}
    notes = pl.DataFrame(told, schema=schema, orient="row")
    return rows.join(notes, on=["practice_id", "opportunity_id"], how="left", maintain_order="left")


def _last_note(event: Mapping[str, Any], names: Names, zone: ZoneInfo) -> str:
    on = event["happened_at"].replace(tzinfo=UTC).astimezone(zone).date()
    what = event["note"] if event["kind"] == "noted" else _what(event, names)
    note = f": {event['note']}" if event["note"] and event["kind"] != "noted" else ""
    by = audit_words.NOBODY.get(event["by_user"], event["by_user"])
    return f"{words.day(on)}, {by}: {what}{note}"


def last_words(entries: Sequence[Entry], most: int) -> list[Entry]:
    """Return the latest notes, calls and messages that were not taken back: what to read before ringing again."""
    return [entry for entry in entries if entry.kind in SPOKEN_OF and not entry.is_undone][:most]


def _together(rows: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Put the events of one thing done to one opportunity together, the one that names it first."""
    groups: list[list[dict[str, Any]]] = []
    of_action: dict[Any, list[dict[str, Any]]] = {}
    last_of: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        key = row["action_id"] and (row["action_id"], row["opportunity_id"])
        later = of_action.get(key) if key else last_of.get(row["opportunity_id"])
        if later and (key or _is_one_call(row, later[0])):
            later.insert(0, row)  # An action writes the step that names it first: it is the older.
        else:
            later = [row]
            groups.append(later)
        if key:
            of_action[key] = later
        last_of[row["opportunity_id"]] = later
    return groups


def _is_one_call(older: Mapping[str, Any], later: Mapping[str, Any]) -> bool:
    return (
        (older["kind"], later["kind"]) == ("attempted", "contacted")
        and older["by_user"] == later["by_user"]
        and later["action_id"] is None
        and later["happened_at"] - older["happened_at"] <= ONE_CALL
    )


def _entry(first: Mapping[str, Any], events: Sequence[Mapping[str, Any]], names: Names, zone: ZoneInfo) -> Entry:
    number = first["cot_number"] or first["opportunity_id"]
    return Entry(
        happened_at=first["happened_at"].replace(tzinfo=UTC, microsecond=0).astimezone(zone).replace(tzinfo=None),
        who=first["by_name"] or audit_words.NOBODY.get(first["by_user"], first["by_user"]),
        what=_what(first, names) + (" with a booking link" if _has_link(first, events) else ""),
        kind=first["kind"],
        cot_numbers=(number,) if number else (),
        opportunity_ids=(first["opportunity_id"],) if first["opportunity_id"] else (),
        note=next((event["note"] for event in events if event["note"]), None) if first["kind"] in NOUNS else None,
        action_id=first["action_id"],
        is_undone=any(event["is_undone"] for event in events),
    )


def _has_link(first: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether a message had a link to book by: that is a step of its own."""
    return first["kind"] == "contacted" and any(event["kind"] == "link sent" for event in events)


def _what(event: Mapping[str, Any], names: Names) -> str:
    """Say what an event is, as a person would tell it."""
    before, after = (json.loads(event[side]) if event[side] else {} for side in ("before", "after"))
    kind, online = event["kind"], " online" if event["by_user"] == PATIENT else ""
    if kind == "assigned":
        old, new = (_person(values.get("assigned_to"), names) for values in (before, after))
        return f"Assigned to {new}" + (f" (was {old})" if before.get("assigned_to") else "")
    if kind == "attempted":
        return CALLS.get(after.get("outcome", ""), "Rang")
    if kind == "call asked":
        return "Asked for a call"
    if kind == "contacted":
        return CHANNELS.get(after.get("channel", ""), "Contacted")
    if kind == "noted":
        return "Note"
    if kind == "snoozed":
        reason = after.get("snooze_reason")
        return f"Snoozed{online} until {_day(after.get('snoozed_until'))}" + (f": {reason}" if reason else "")
    if kind == "rejected":
        said = "Declined online" if online else "Rejected"
        return f"{said}: {after['reject_reason']}" if after.get("reject_reason") else said
    if kind == "booked":
        # By the system it was seen in the PMS; by a person it is what they say they entered there.
        if seen := after.get("visit_on"):
            return f"Booked in the PMS for {_day(seen)}"
        if not after.get("starts_at"):
            return f"Booked for {_day(after.get('booked_on'))}"
        return f"Booked{online} for {booking_words.when(after)}{_with(event, after, names)}"
    if kind in booking_words.KINDS:
        return booking_words.told(kind, before, after, _with(event, after, names))
    if kind == "returned":
        moved = after.get("visit_on")
        return f"{f'Visit moved to {_day(moved)}' if moved else 'No visit coming any more'}: back on the list"
    if kind == "restored":
        return "Restored to the list"
    if kind == "undone":
        return f"Undone: {NOUNS.get(after.get('kind', ''), 'change')}"
    details = audit_words.details({**event, "cot_number": None}, names)
    return audit_words.kind_in_words(kind) + (f": {details}" if details else "")


def _with(event: Mapping[str, Any], after: Mapping[str, Any], names: Names) -> str:
    name = names.provider_names.get(f"{event['practice_id']}/{after.get('provider_id')}")
    return f" with {name}" if name else ""


def _person(user_id: str | None, names: Names) -> str:
    return names.people.get(user_id, user_id) if user_id else "nobody"


def _day(written: str | None) -> str:
    return words.day(date.fromisoformat(written)) if written else "a day not given"

"""The audit in words: each line of history as when, who, what, where, about whom, and from what to what."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from queries import opportunities as opportunity_queries
from queries import people as people_queries
from queries.store import Store
from services import (
    booking_settings,
    booking_words,
    contracts,
    nhs_figures,
    settings,
    surroundings,
    templates,
    words,
    working_hours,
)
from services.actors import PATIENT
from services.practices import Practice

KINDS = {
    "asked in SQL": "Asked in SQL",
    "assigned": "Assigned",
    "attempted": "Tried to reach",
    "booked": "Booked",
    booking_settings.CHANGED: "Changed how bookings are taken",
    "call asked": "Asked for a call",
    "course changed": "Changed a course",
    "default view chosen": "Chose the view that their list opens with",
    "contacted": "Contacted",
    contracts.CHANGED: "Changed a contract",
    "digest day chosen": "Chose the day of their weekly digest",
    "digest queued": "Wrote a weekly digest",
    "exported": "Exported",
    "imported": "Imported",
    "link opened": "Opened the booking link",
    "link sent": "Sent a booking link",
    "notebook removed": "Removed a notebook",
    "notebook saved": "Saved a notebook",
    nhs_figures.TYPED: "Typed in NHS figures",
    "noted": "Wrote a note",
    "one-time password given": "Gave a one-time password",
    "password changed": "Changed their password",
    "patient viewed": "Looked at a patient",
    "person added": "Added a person",
    "person changed": "Changed a person",
    "refused": "Was refused",
    "reject reasons changed": "Changed the reasons for rejecting",
    "rejected": "Rejected",
    "restored": "Restored",
    "returned": "No visit coming any more: back on the list",
    "sample added": "Added the sample practice",
    "sample removed": "Removed the sample practice",
    settings.CHANGED: "Changed a setting",
    "sign-in refused": "Sign-in refused",
    "signed in": "Signed in",
    "signed out": "Signed out",
    "snoozed": "Snoozed",
    templates.ADDED: "Added a template",
    templates.CHANGED: "Changed a template",
    templates.REMOVED: "Removed a template",
    templates.RESTORED: "Restored a template",
    "undone": "Undid",
    "view removed": "Removed a view",
    "view saved": "Saved a view",
    **booking_words.KINDS,
    working_hours.CHANGED: "Changed working hours",
    working_hours.CLOSED: "Added time off",
    working_hours.REOPENED: "Removed time off",
}
"""What happened, by the kinds of the store."""

NOBODY = {settings.SYSTEM: "The system", PATIENT: "The patient", "first start": "The first start"}
"""Who acts where no person does."""

LABELS = {
    "assigned_to": "assigned to",
    "conflict": "the PMS says:",
    "provider_id": "with",
    "starts_at": "on",
    "state": "booking",
    "body": "text",
    "booked_on": "said to be on",
    "email": "e-mail",
    "sms": "SMS",
    "from_on": "from",
    "in_pms": "in the PMS:",
    "is_active": "active",
    "is_confirmed": "patients get a confirmation:",
    "is_online": "patients book by a link:",
    "is_shared": "shared",
    "reject_reason": "reason",
    "snooze_reason": "reason",
    "snoozed_until": "until",
    "to_on": "until",
    "uda": "UDA",
    "uda_target": "UDAs to do",
    "uda_value_pence": "UDA value",
    "unscheduled_pence": "unscheduled care",
    "value_pence": "value",
    "visit_on": "visit on",
    "weekday": "day",
    "visit_was_on": "the visit was on",
    "works_here": "works here",
}
"""The fields of an event whose names are no words."""

NAMED = {
    contracts.CHANGED,
    nhs_figures.TYPED,
    templates.ADDED,
    templates.CHANGED,
    templates.REMOVED,
    templates.RESTORED,
    working_hours.CHANGED,
    working_hours.CLOSED,
    working_hours.REOPENED,
}
"""Events whose note is the name of what they are about."""

LEFT_OUT = {
    "appointment_id",
    "attempts",
    "cells",
    "choices",
    "contract_id",
    "import_id",
    "last_attempt_at",
    "last_contact_at",
    "notebook_id",
    "needs_action_since",
    "needs_action_why",
    "link_opened_at",
    "link_sent_at",
    "message_id",
    "user_id",
    "view_id",
}
"""Fields that mean nothing to a reader: the line says in other words what they point at."""

COLUMNS = pl.Schema(
    [
        ("when", pl.Datetime("ms")),
        ("who", pl.String()),
        ("what", pl.String()),
        ("practice", pl.String()),
        ("patient", pl.String()),
        ("details", pl.String()),
    ]
)

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Names:
    """The names of people by their ids, and of providers by "practice_id/provider_id", with initials and without."""

    people: Mapping[str, str]
    providers: Mapping[str, str]
    provider_names: Mapping[str, str]


def kind_in_words(kind: str) -> str:
    """Say what happened."""
    return KINDS.get(kind, kind.capitalize())


def table_of(store: Store, practices: Sequence[Practice], rows: pl.DataFrame) -> pl.DataFrame:
    """Return lines of history as people read them; the rows are those of history.search, times the practice's."""
    zones = {practice.practice_id: practice.timezone for practice in practices}
    names = names_of(store, list(zones))
    told = [
        {
            "when": row["happened_at"]
            .replace(tzinfo=UTC, microsecond=0)
            .astimezone(ZoneInfo(zones.get(row["practice_id"], surroundings.TIMEZONE)))
            .replace(tzinfo=None),
            "who": NOBODY.get(row["by_user"], row["by_user"]),
            "what": kind_in_words(row["kind"]),
            "practice": row["practice"],
            "patient": row["patient"] or row["patient_id"],
            "details": details(row, names),
        }
        for row in rows.to_dicts()
    ]
    return pl.DataFrame(told, schema=COLUMNS)


def names_of(store: Store, practice_ids: Sequence[str]) -> Names:
    """Return the names that the events of these practices may speak of."""
    providers = opportunity_queries.providers(store, practice_ids).to_dicts()
    return Names(
        people={row["user_id"]: row["name"] for row in people_queries.all_people(store).to_dicts()},
        providers={row["provider_key"]: f"{row['initials']} – {row['name']}" for row in providers},
        provider_names={row["provider_key"]: row["name"] for row in providers},
    )


def details(row: Mapping[str, Any], names: Names) -> str:
    """Say about what a line of history is, and what changed from what to what."""
    before, after = (json.loads(row[name]) if row[name] else {} for name in ("before", "after"))
    if row["kind"] == settings.CHANGED:
        return _setting(row["note"], before.get("value"), after.get("value"))
    about = [f"COT {row['cot_number']}"] if row["cot_number"] else []
    # The day that a visit books is that of its time.
    said = {*LEFT_OUT, *(("booking_id", "booked_on", "choice") if "booking_id" in after else ())}
    if row["kind"] == "undone" and "kind" in after:
        about.append(kind_in_words(after["kind"]).lower())
        said.add("kind")
    if "user_id" in after:
        about.append(after.get("name") or names.people.get(after["user_id"], after["user_id"]))
        said |= set() if "name" in before else {"name"}
    changes = [
        _change(field, before, after, row, names)
        for field in dict.fromkeys((*before, *after))
        if field not in said and before.get(field) != after.get(field)
    ]
    if row["kind"] in NAMED:
        about.append(row["note"])
    elif row["note"]:
        changes.append(row["note"])
    told = ": ".join(filter(None, (", ".join(about), "; ".join(changes))))
    return told[:1].upper() + told[1:]


def _change(
    field: str, before: Mapping[str, Any], after: Mapping[str, Any], row: Mapping[str, Any], names: Names
) -> str:
    old, new = (_value(field, values.get(field), row, names) for values in (before, after))
    label = LABELS.get(field, field.replace("_", " "))
    return f"{label} {new}" if before.get(field) is None else f"{label} {old} → {new}"


def _setting(name: str, old: Any, new: Any) -> str:
    setting = settings.SETTINGS.get(name)
    if setting is None:
        return f"{settings.DETAILS.get(name, name)}: {old or 'none'} → {new or 'none'}"
    return f"{setting.label}: {setting.in_words(old)} → {setting.in_words(new)}"


def _value(field: str, value: Any, row: Mapping[str, Any], names: Names) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field == "assigned_to":
        return names.people.get(value, str(value))
    if field in ("provider", "provider_id"):
        return names.providers.get(f"{row['practice_id']}/{value}", str(value))
    if field == "channel":
        return {"email": "e-mail", "sms": "SMS"}.get(value, str(value))
    if field == "starts_at":
        return words.moment(datetime.fromisoformat(value))
    if field.endswith("_pence"):
        return f"£{value / 100:,.2f}"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, str) and _DAY.fullmatch(value):
        return words.day(date.fromisoformat(value))
    return str(value)

"""What a patient agrees to: by which channel they may be written to, about what, and how they like it best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from queries import contact as queries
from queries import patients as patient_queries
from queries.store import Store, Transaction
from services import history, words
from services.actors import PATIENT, Actor, Right, allowed
from services.errors import InvalidRequest
from services.practices import Practice

ABOUTS = {
    "email": "E-mail",
    "sms": "SMS",
    "marketing": "Marketing",
    "contact": "Any contact",
    "preferred": "Prefers",
}
"""What a patient may agree to or refuse; preferred is how they like to be reached."""

VALUES = {"yes": "yes", "no": "no"}
PREFERENCES = {"email": "e-mail", "sms": "SMS", "phone": "a call"}

TOLD_US = "told us"
CHANGED = "consent changed"

IN_PMS = {
    "email": "is_email_allowed",
    "sms": "is_sms_allowed",
    "marketing": "is_marketing_allowed",
    "preferred": "preferred_contact",
}


@dataclass(frozen=True)
class Consent:
    """What holds for a patient: yes, no, a channel, or None where nobody asked; and who says so, since when."""

    value: str | None
    source: str

    @property
    def is_yes(self) -> bool:
        """Say whether it is allowed."""
        return self.value == "yes"


@allowed(Right.SEE, practice="practice")
def of(store: Store, practice: Practice, patient_id: str, *, actor: Actor) -> dict[str, Consent]:
    """Return what holds for a patient, by the names of ABOUTS: what they said here, else what the PMS says.

    Raises InvalidRequest when the practice has no such patient.
    """
    with store.reading() as reading:
        patient = patient_queries.find(reading, practice.practice_id, patient_id)
        if patient is None:
            raise InvalidRequest("This patient is not in the store any more. Choose another row.")
        said = {row["about"]: row for row in queries.consents(reading, practice.practice_id, patient_id)}
    return {about: _said(said[about], practice) if about in said else _in_pms(patient, about) for about in ABOUTS}


@allowed(Right.WORK, practice="practice")
def say(
    store: Store, practice: Practice, patient_id: str, about: str, value: str, *, actor: Actor, now: datetime
) -> None:
    """Keep what a patient told the practice, with who noted it and when.

    Raises InvalidRequest for what cannot be said, or a patient that is not there.
    """
    if value not in (PREFERENCES if about == "preferred" else VALUES) or about not in ABOUTS:
        raise InvalidRequest("Choose one of the answers. Nothing was changed.")
    before = of(store, practice, patient_id, actor=actor)[about]
    with store.transaction() as tx:
        keep(
            tx,
            practice.practice_id,
            patient_id,
            about,
            value,
            before=before.value,
            source=TOLD_US,
            by=actor.user_id,
            now=now,
        )


def keep(
    tx: Transaction,
    practice_id: str,
    patient_id: str,
    about: str,
    value: str,
    *,
    before: str | None,
    source: str,
    by: str,
    now: datetime,
) -> None:
    """Keep inside the caller's transaction what a patient said, and the event of it."""
    queries.say(tx, practice_id, patient_id, about, value, source=source, by=by, now=now)
    history.record(
        tx,
        CHANGED,
        by=by,
        now=now,
        practice_id=practice_id,
        patient_id=patient_id,
        before={about: before},
        after={about: value, "source": source},
    )


def _said(row: Mapping[str, Any], practice: Practice) -> Consent:
    at = row["said_at"].replace(tzinfo=UTC).astimezone(ZoneInfo(practice.timezone))
    by = "" if row["by_user"] in ("system", PATIENT) else f", noted by {row['by_user']}"
    return Consent(row["value"], f"{row['source']} on {words.day(at.date())}{by}")


def _in_pms(patient: Mapping[str, Any], about: str) -> Consent:
    if about == "contact":
        return Consent("no" if patient["is_do_not_contact"] else "yes", "the PMS")
    value = patient[IN_PMS[about]]
    if value is None:
        return Consent(None, "never asked")
    return Consent({True: "yes", False: "no"}.get(value, value), "the PMS")

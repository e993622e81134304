"""NHS courses that were left: pathways that can be taken up again, and what may be claimed as incomplete, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from queries import nhs as queries
from queries.store import Store
from services import audit_words, history, nhs_contract, nhs_print, timeline, words
from services.actors import Actor, Right, allowed
from services.practices import Practice

WAIT = timedelta(weeks=8)
"""So long after the last visit a course may be claimed as incomplete (domain.md 4.5)."""

BANDS = {"urgent": "Urgent", "unscheduled": "Unscheduled"}


@dataclass(frozen=True)
class Try:
    """One call or message of the contact log, at the practice's wall clock."""

    happened_at: datetime
    what: str
    who: str
    note: str | None


@dataclass(frozen=True)
class Candidate:
    """A course that may be claimed as incomplete, and the tries to reach the patient since the last visit."""

    practice_id: str
    patient_id: str
    patient: str
    cot_number: str
    provider: str | None
    band: str | None
    uda: float | None
    opened_on: date
    last_visit_on: date
    items: int
    items_done: int
    tries: tuple[Try, ...]


@allowed(Right.SEE, practice="practice")
def suspended(store: Store, practice: Practice, contract_id: str, *, actor: Actor, today: date) -> pl.DataFrame:
    """Return the suspended pathways of a contract that can be taken up again, the soonest deadline first.

    Columns: course_id, cot_number, patient_id, patient, provider, phone, pathway, claim_number, claims, suspended_on,
    deadline_on, days_left, claims_left, left_pence, next_visit_on.
    """
    rows = queries.suspended(
        store,
        practice.practice_id,
        contract_id,
        first_contract_id=_first_contract(store, practice, today),
        today=today,
        is_unlinked_visit_counted=practice.settings.is_unlinked_visit_counted,
    )
    return rows.with_columns((pl.col("deadline_on") - pl.lit(today)).dt.total_days().alias("days_left"))


@allowed(Right.SEE, practice="practice")
def incomplete(store: Store, practice: Practice, contract_id: str, *, actor: Actor, today: date) -> list[Candidate]:
    """Return the courses of a contract that may be claimed as incomplete, the longest left first.

    Begun, no visit coming, the last visit eight weeks ago or more, and the patient tried or reached since it.
    """
    rows = queries.incomplete(
        store,
        practice.practice_id,
        contract_id,
        first_contract_id=_first_contract(store, practice, today),
        today=today,
        left_by=today - WAIT,
        is_unlinked_visit_counted=practice.settings.is_unlinked_visit_counted,
    )
    log = queries.contact_log(
        store, practice.practice_id, rows["course_id"].to_list(), rows["last_visit_on"].to_list()
    ).to_dicts()
    zone = ZoneInfo(practice.timezone)
    names = audit_words.names_of(store, [practice.practice_id])
    logs: dict[str, list[dict[str, Any]]] = {}
    for event in log:
        logs.setdefault(event["course_id"], []).append(event)
    return [
        Candidate(
            practice_id=practice.practice_id,
            tries=_tries(logs[row["course_id"]], names, zone),
            **{name: row[name] for name in Candidate.__dataclass_fields__ if name not in ("practice_id", "tries")},
        )
        for row in rows.to_dicts()
        if row["course_id"] in logs
    ]


@allowed(Right.EXPORT, practice="practice")
def printed(store: Store, practice: Practice, contract_id: str, *, actor: Actor, now: datetime, today: date) -> bytes:
    """Return the candidates with their contact logs as a page that prints well, and record that they were taken out."""
    candidates = incomplete(store, practice, contract_id, actor=actor, today=today)
    with store.transaction() as tx:
        history.record(
            tx,
            "exported",
            by=actor.user_id,
            now=now,
            practice_id=practice.practice_id,
            note=f"{len(candidates):,} courses that may be claimed as incomplete",
        )
    rows = [
        {
            "patient": one.patient,
            "cot_number": one.cot_number,
            "about": about_in_words(one),
            "tries": [
                {"when": f"{words.day(try_.happened_at)}, {try_.happened_at:%H:%M}", "what": try_.what}
                | {"who": try_.who, "note": try_.note or ""}
                for try_ in one.tries
            ],
        }
        for one in candidates
    ]
    return nhs_print.page(practice.name, contract_id, rows, by=actor.name, on=today)


def band_in_words(band: str | None) -> str:
    """Write the band of a course."""
    return BANDS.get(band, f"Band {band}") if band else "Band not known"


def about_in_words(candidate: Candidate) -> str:
    """Say what a course is and how far it went."""
    done = (
        f"{candidate.items_done:,} of {candidate.items:,} items done" if candidate.items else "no items in the extract"
    )
    return " · ".join(
        (
            f"{band_in_words(candidate.band)}"
            + (f", {nhs_contract.units(candidate.uda)} UDAs" if candidate.uda else ""),
            f"opened {words.day(candidate.opened_on)}",
            f"last visit {words.day(candidate.last_visit_on)}",
            done,
            f"provider {candidate.provider or 'not known'}",
        )
    )


def _first_contract(store: Store, practice: Practice, today: date) -> str | None:
    with store.reading() as reading:
        terms = nhs_contract.terms(reading, practice)
    return nhs_contract.first_contract(terms, nhs_contract.year_of(today), today)


def _tries(events: Sequence[Mapping[str, Any]], names: audit_words.Names, zone: ZoneInfo) -> tuple[Try, ...]:
    """Return the contact log of a course, in which a call and the contact that it was are one."""
    tries = []
    rang: Mapping[str, Any] | None = None
    for event in events:
        is_same_call = (
            rang is not None
            and event["kind"] == "contacted"
            and event["by_user"] == rang["by_user"]
            and event["happened_at"] - rang["happened_at"] <= timeline.ONE_CALL
        )
        rang = event if event["kind"] == "attempted" else None
        if not is_same_call:
            tries.append(_try(event, names, zone))
    return tuple(tries)


def _try(event: Mapping[str, Any], names: audit_words.Names, zone: ZoneInfo) -> Try:
    after = json.loads(event["after"]) if event["after"] else {}
    what = (
        timeline.CALLS.get(after.get("outcome", ""), "Rang")
        if event["kind"] == "attempted"
        else timeline.CHANNELS.get(after.get("channel", ""), "Contacted")
    )
    return Try(
        event["happened_at"].replace(tzinfo=UTC, microsecond=0).astimezone(zone).replace(tzinfo=None),
        what,
        event["by_name"] or audit_words.NOBODY.get(event["by_user"], event["by_user"]),
        event["note"],
    )

"""What has to be known before a patient is written to, and what patients said about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from queries.store import Reading, Store, Transaction

LINK = pl.Schema(
    [
        ("token_hash", pl.String()),
        ("practice_id", pl.String()),
        ("patient_id", pl.String()),
        ("channel", pl.String()),
        ("made_at", pl.Datetime("us")),
    ]
)
"""The columns of a frame of links by which patients opt out; times in UTC."""


def recipients(
    source: Store | Reading,
    practice_ids: Sequence[str],
    opportunity_ids: Sequence[str],
    *,
    today: date,
    planned_visit_id: str | None = None,
) -> pl.DataFrame:
    """Return where and whether the patient of each opportunity may be written to, and the visit that comes next.

    The kept list must be fresh (`listing.refresh`).
    """
    return source.frame(
        "contact/recipients",
        practice_ids=list(practice_ids),
        opportunity_ids=list(opportunity_ids),
        today=today,
        planned_visit_id=planned_visit_id,
    )


def visits(source: Store | Reading, practice_id: str, opportunity_id: str, *, today: date) -> list[dict[str, Any]]:
    """Return planned_visit_id, position, minutes and provider of the visits of an opportunity that wait to be booked.

    The kept list must be fresh (`listing.refresh`).
    """
    rows = source.frame("contact/visits", practice_id=practice_id, opportunity_id=opportunity_id, today=today)
    return rows.to_dicts()


def bad_addresses(source: Store | Reading, practice_ids: Sequence[str]) -> dict[tuple[str, str, str], str]:
    """Return why nothing can be delivered: (practice id, channel, address) -> reason."""
    rows = source.frame("contact/bad_addresses", practice_ids=list(practice_ids)).rows()
    return {(practice_id, channel, address): reason for practice_id, channel, address, reason in rows}


def mark_address(tx: Transaction, practice_id: str, channel: str, address: str, *, reason: str, now: datetime) -> None:
    """Mark an address that nothing can be delivered to."""
    tx.execute(
        "contact/mark_address", practice_id=practice_id, channel=channel, address=address, reason=reason, now=now
    )


def settings(source: Store | Reading, practice_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return how those of the practices send that have settings of their own."""
    rows = source.frame("contact/settings", practice_ids=list(practice_ids)).to_dicts()
    return {row.pop("practice_id"): row for row in rows}


def write_settings(tx: Transaction, practice_id: str, settings: Mapping[str, Any], *, by: str, now: datetime) -> None:
    """Set how a practice sends."""
    tx.execute("contact/write_settings", practice_id=practice_id, by=by, now=now, **settings)


def consents(source: Store | Reading, practice_id: str, patient_id: str) -> list[dict[str, Any]]:
    """Return what a patient said here: about, value, source, said_at and by_user of each."""
    return source.frame("contact/consents", practice_id=practice_id, patient_id=patient_id).to_dicts()


def say(
    tx: Transaction, practice_id: str, patient_id: str, about: str, value: str, *, source: str, by: str, now: datetime
) -> None:
    """Keep what a patient said about being contacted."""
    tx.execute(
        "contact/say",
        practice_id=practice_id,
        patient_id=patient_id,
        about=about,
        value=value,
        source=source,
        by=by,
        now=now,
    )


def note_links(tx: Transaction, links: pl.DataFrame) -> None:
    """Keep the hashes of links by which patients opt out; the frame has the columns of LINK."""
    tx.insert("contact/note_link", links.select(LINK.names()))


def links(source: Store | Reading, token_hash: str) -> list[dict[str, Any]]:
    """Return whose link it is, a household's being several; nobody's when there is no such link."""
    return source.frame("contact/link", token_hash=token_hash).to_dicts()


def practice_of_number(source: Store | Reading, number: str) -> str | None:
    """Return the practice that sends its SMS from a number, or None."""
    rows = source.frame("contact/practice_of_number", number=number)
    return rows["practice_id"][0] if rows.height else None


def patients_with_mobile(source: Store | Reading, practice_id: str, digits: str) -> list[dict[str, Any]]:
    """Return patient_id and mobile of the patients whose mobile number has these digits at its end."""
    return source.frame("contact/patients_with_mobile", practice_id=practice_id, digits=digits).to_dicts()

"""Practices and their settings."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from queries import pms
from queries.store import Reading, Store, Transaction


def all_practices(source: Store | Reading) -> pl.DataFrame:
    """Return every practice with its settings, real ones first, one row each."""
    return source.frame("practices/all")


def create(
    tx: Transaction,
    practice_id: str,
    *,
    name: str,
    nation: str,
    phone: str | None,
    colour: str | None,
    is_sample: bool,
    by: str,
    now: datetime,
) -> None:
    """Add a practice with the default settings."""
    tx.execute(
        "practices/create",
        practice_id=practice_id,
        name=name,
        nation=nation,
        phone=phone,
        colour=colour,
        is_sample=is_sample,
        by=by,
        now=now,
    )
    tx.execute("practices/create_settings", practice_id=practice_id, by=by, now=now)


def raise_revision(tx: Transaction, practice_id: str) -> None:
    """Say that what the rule reads about a practice has changed."""
    tx.execute("practices/raise_revision", practice_id=practice_id)


def count_unlinked_visits(tx: Transaction, practice_id: str, *, by: str, now: datetime) -> bool:
    """Make visits linked to no course count as booked; return whether they did not before."""
    return bool(tx.execute("practices/count_unlinked_visits", practice_id=practice_id, by=by, now=now))


def remove(tx: Transaction, practice_id: str) -> None:
    """Remove a practice and everything about it."""
    pms.remove_all(tx, practice_id)
    for name in (
        "care_states",
        "events",
        "import_counts",
        "import_refusals",
        "imports",
        "user_practices",
        "reject_reasons",
        "saved_views",
        "spells",
        "spell_steps",
        "daily_figures",
        "daily_totals",
        "chances",
        "chance_tests",
        "notebooks",
        "nhs_figures",
        "working_hours",
        "closures",
        "booking_settings",
        "bookings",
        "booking_links",
        "slot_holds",
        "contact_settings",
        "templates",
        "consents",
        "bad_addresses",
        "message_events",
        "message_pictures",
        "digests",
        "messages",
        "message_opportunities",
        "inbound_messages",
        "unsubscribe_links",
        "sequences",
        "sequence_runs",
        "practice_settings",
        "practices",
    ):
        tx.execute(f"practices/remove_{name}", practice_id=practice_id)

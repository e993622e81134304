"""The record of imports: what each did, and the rows that it refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from queries.store import Reading, Store, Transaction


def record(
    tx: Transaction,
    import_id: str,
    practice_id: str,
    *,
    preset: str,
    source_name: str,
    is_full: bool,
    note: str | None,
    counts: pl.DataFrame,
    refusals: pl.DataFrame,
    by: str,
    now: datetime,
) -> None:
    """Note an import with its counts and refused rows.

    `counts` has kind, rows_read, rows_new, rows_changed, rows_unchanged, rows_refused and rows_gone; `refusals` has
    file, line, column_name, reason and row_text; both in the order in which they are shown.
    """
    tx.execute(
        "imports/record",
        import_id=import_id,
        practice_id=practice_id,
        preset=preset,
        source_name=source_name,
        is_full=is_full,
        note=note,
        by=by,
        now=now,
    )
    tx.insert("imports/record_counts", counts.with_row_index("position"), import_id=import_id)
    tx.insert("imports/record_refusals", refusals.with_row_index("position"), import_id=import_id)


def is_recorded(source: Store | Reading, import_id: str) -> bool:
    """Say whether an import was noted already."""
    return not source.frame("imports/recorded", import_id=import_id).is_empty()


def history(source: Store | Reading, practice_ids: Sequence[str]) -> pl.DataFrame:
    """Return the imports of some practices with their sums, newest first."""
    return source.frame("imports/history", practice_ids=list(practice_ids))


def refusals(source: Store | Reading, import_id: str) -> pl.DataFrame:
    """Return file, line, column_name, reason and row_text of the rows that an import refused."""
    return source.frame("imports/refusals", import_id=import_id)


def practice_of(source: Store | Reading, import_id: str) -> list[str]:
    """Return the id of the practice that an import went into; empty when there is no such import."""
    return source.frame("imports/practice_of", import_id=import_id)["practice_id"].to_list()

"""The reasons for which each practice rejects."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from queries.store import Reading, Store, Transaction


def of(source: Store | Reading, practice_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the reasons of those of the practices that have reasons of their own, each in its order."""
    rows = source.frame("reject_reasons/of", practice_ids=list(practice_ids))
    found: dict[str, list[str]] = {}
    for practice_id, reason in rows.iter_rows():
        found.setdefault(practice_id, []).append(reason)
    return found


def replace(tx: Transaction, practice_id: str, reasons: Sequence[str]) -> None:
    """Let a practice have these reasons, in this order, and no others."""
    tx.execute("reject_reasons/clear", practice_id=practice_id)
    rows = [(practice_id, reason, position) for position, reason in enumerate(reasons)]
    schema = {"practice_id": pl.String, "reason": pl.String, "position": pl.Int32}
    tx.insert("reject_reasons/write", pl.DataFrame(rows, schema=schema, orient="row"))

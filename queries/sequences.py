"""Sequences: the steps that a practice defines, and where each opportunity in one is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from queries.store import Reading, Store, Transaction

RUN = pl.Schema(
    [
        ("run_id", pl.String()),
        ("practice_id", pl.String()),
        ("sequence_id", pl.String()),
        ("opportunity_id", pl.String()),
        ("patient_id", pl.String()),
        ("started_by", pl.String()),
        ("started_at", pl.Datetime("us")),
        ("started_on", pl.Date()),
        ("steps", pl.String()),
        ("next_step", pl.Int32()),
        ("next_on", pl.Date()),
    ]
)
"""The columns of a frame of sequences to start; steps are JSON, times in UTC."""


def all_of(source: Store | Reading, practice_id: str) -> list[dict[str, Any]]:
    """Return the sequences of a practice; running is how many opportunities are in each."""
    return source.frame("sequences/all_of", practice_id=practice_id).to_dicts()


def write(
    tx: Transaction,
    practice_id: str,
    sequence_id: str,
    *,
    name: str,
    steps: str,
    is_removed: bool,
    by: str,
    now: datetime,
) -> None:
    """Add or change a sequence; steps are JSON."""
    tx.execute(
        "sequences/write",
        practice_id=practice_id,
        sequence_id=sequence_id,
        name=name,
        steps=steps,
        is_removed=is_removed,
        by=by,
        now=now,
    )


def start(tx: Transaction, runs: pl.DataFrame) -> None:
    """Start sequences; the frame has the columns of RUN."""
    tx.insert("sequences/start", runs.select(RUN.names()))


def running(source: Store | Reading, practice_ids: Sequence[str], *, until: date | None = None) -> pl.DataFrame:
    """Return where each opportunity in a sequence is; until: only those whose next step comes by then."""
    return source.frame("sequences/running", practice_ids=list(practice_ids), until=until)


def step(tx: Transaction, run_id: str, *, next_step: int, next_on: date) -> None:
    """Say which step comes next, and when."""
    tx.execute("sequences/step", run_id=run_id, next_step=next_step, next_on=next_on)


def finish(tx: Transaction, run_id: str, *, why: str, now: datetime) -> bool:
    """End a sequence of an opportunity; return False when it had ended."""
    return bool(tx.execute("sequences/finish", run_id=run_id, why=why, now=now))


def has_replied(source: Store | Reading, practice_id: str, patient_id: str, *, since: datetime) -> bool:
    """Say whether a patient wrote to us since then."""
    return source.frame("sequences/has_replied", practice_id=practice_id, patient_id=patient_id, since=since).height > 0

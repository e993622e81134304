"""What an import means for opportunities: booked, cancelled again, changed, made inactive; each with its event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from queries import opportunities as queries
from queries import workflow
from queries.store import Transaction
from services import actions, practices, words
from services.actions import Step
from services.actors import SYSTEM, Actor
from services.opportunities import rule_of

TOLD = {
    "provider_id": "provider",
    "payor_id": "payor",
    "completed_on": "completed_on",
    "is_active": "is_active",
    "value_pence": "value_pence",
    "uda_left": "uda",
    "in_pms": "in_pms",
}
"""What a person would care about when it changes: the columns of the rule, and their names in the event."""

GONE = {"deleted": "deleted", "absent": "no longer in the extract"}


def courses(tx: Transaction, practice_id: str | None, *, today: date) -> pl.DataFrame | None:
    """Return every course of a practice as the rule sees it now, to compare it later; None for no practice."""
    practice = next((one for one in practices.all_practices(tx) if one.practice_id == practice_id), None)
    if practice is None:
        return None
    found = queries.courses_on(tx, practice.practice_id, today=today, settings=rule_of(practice))
    return found.with_columns(in_pms=pl.col("reason").replace_strict(GONE, default="there", return_dtype=pl.String))


def record(
    tx: Transaction,
    practice_id: str,
    before: pl.DataFrame | None,
    became_inactive: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
    today: date,
) -> list[str]:
    """Let opportunities follow what an import changed, and return what was done in sentences.

    before is `courses` as it was; became_inactive are the courses that the import made inactive in the chart.
    """
    workflow.follow_patients(tx, practice_id)
    after = courses(tx, practice_id, today=today)
    if after is None:
        return []
    notes = _reject_inactive(tx, after, became_inactive, now=now, today=today)
    if before is not None:
        both = after.join(before, on="opportunity_id", how="inner", suffix="_before")
        _note_changes(tx, both, actor=actor, now=now, today=today)
        notes += _note_visits(tx, both, now=now, today=today)
    return notes


def _reject_inactive(
    tx: Transaction, after: pl.DataFrame, became_inactive: Sequence[str], *, now: datetime, today: date
) -> list[str]:
    inactive = after.filter(pl.col("course_id").is_in(list(became_inactive)))
    changes = {"status": "rejected", "reject_reason": words.INACTIVE}
    steps = [
        (row, [Step("rejected", changes)]) for row in _states(tx, inactive, today=today) if row["status"] != "rejected"
    ]
    if not steps:
        return []
    actions.write(tx, steps, kind="rejected", actor=SYSTEM, now=now, action_id=None)
    courses_that = "1 course that was" if len(steps) == 1 else f"{len(steps):,} courses that were"
    return [f"Rejected: {courses_that} made inactive in the chart."]


def _note_changes(tx: Transaction, both: pl.DataFrame, *, actor: Actor, now: datetime, today: date) -> None:
    """Keep what changed about each course that is any different now."""
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_before")) for name in TOLD)
    changed = both.filter(differs)
    told = {row["opportunity_id"]: row for row in changed.to_dicts()}
    steps = []
    for row in _states(tx, changed, today=today):
        course = told[row["opportunity_id"]]
        differing = [column for column in TOLD if course[column] != course[f"{column}_before"]]
        facts = {TOLD[column]: course[column] for column in differing}
        was = {TOLD[column]: course[f"{column}_before"] for column in differing}
        steps.append((row, [Step("course changed", facts=facts, was=was)]))
    if steps:
        actions.write(tx, steps, kind="course changed", actor=actor, now=now, action_id=None)


def _note_visits(tx: Transaction, both: pl.DataFrame, *, now: datetime, today: date) -> list[str]:
    """Keep which opportunities are booked now, and which visits are cancelled again."""
    booked = both.filter(pl.col("is_listed_before") & (pl.col("reason") == "booked"))
    returned = both.filter((pl.col("reason_before") == "booked") & pl.col("is_listed"))
    visits = {row["opportunity_id"]: row for row in pl.concat([booked, returned]).to_dicts()}
    steps: list[tuple[Mapping[str, Any], Sequence[Step]]] = []
    for row in _states(tx, booked, today=today):
        # What a person told us is confirmed: the import has it from here on.
        confirmed = {"booked_on": None} if row["booked_on"] else {}
        visit_on = visits[row["opportunity_id"]]["counted_visit_on"]
        steps.append((row, [Step("booked", confirmed, facts={"visit_on": visit_on})]))
    for row in _states(tx, returned, today=today):
        visit_on = visits[row["opportunity_id"]]["counted_visit_on_before"]
        steps.append((row, [Step("returned", facts={"visit_was_on": visit_on})]))
    if steps:
        actions.write(tx, steps, kind="booked", actor=SYSTEM, now=now, action_id=None)
    notes = []
    if booked.height:
        notes.append(f"{_counted(booked.height)} booked now.")
    if returned.height:
        notes.append(f"{_counted(returned.height)} back on the list: the visit was cancelled.")
    return notes


def _counted(number: int) -> str:
    return "1 opportunity is" if number == 1 else f"{number:,} opportunities are"


def _states(tx: Transaction, rows: pl.DataFrame, *, today: date) -> list[dict[str, Any]]:
    """Return the state of each of these opportunities."""
    sides = rows["practice_id"].to_list(), rows["opportunity_id"].to_list()
    return workflow.current(tx, *sides, today=today).to_dicts() if rows.height else []

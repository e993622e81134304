"""What an import means for opportunities: booked, cancelled again, changed, made inactive; each with its event."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from queries import opportunities as queries
from queries import pms, workflow
from queries.store import Transaction
from services import actions, booking_imports, booking_steps, practices, words
from services.actions import Step
from services.actors import SYSTEM, Actor
from services.opportunities import rule_of
from services.reject_reasons import WRONG_IN_CHART

TOLD = {
    "provider_id": "provider",
    "payor_id": "payor",
    "completed_on": "completed_on",
    "is_active": "is_active",
    "value_pence": "value_pence",
    "uda_left": "uda",
    "planned_visits": "planned_visits",
    "in_pms": "in_pms",
}
"""What a person would care about when it changes: the columns of `courses`, and their names in the event."""

GONE = {"deleted": "deleted", "absent": "no longer in the extract"}


def courses(tx: Transaction, practice_id: str | None, *, today: date) -> pl.DataFrame | None:
    """Return every course of a practice as the rule sees it now, to compare it later; None for no practice."""
    practice = next((one for one in practices.all_practices(tx) if one.practice_id == practice_id), None)
    if practice is None:
        return None
    found = queries.courses_on(tx, practice.practice_id, today=today, settings=rule_of(practice))
    length = pl.format("{} min", "minutes").fill_null("of no length")
    visits = (
        pms.read(tx, practice.practice_id, "planned_visits")
        .sort("course_id", "position", "planned_visit_id")
        .group_by("course_id", maintain_order=True)
        .agg(planned_visits=length.str.join(", "))
    )
    return found.join(visits, on="course_id", how="left", maintain_order="left").with_columns(
        pl.col("uda_left").cast(pl.Float64),
        in_pms=pl.col("reason").replace_strict(GONE, default="there", return_dtype=pl.String),
    )


def record(
    tx: Transaction,
    practice_id: str,
    before: pl.DataFrame | None,
    became_inactive: Sequence[str],
    *,
    has_every_visit: bool,
    actor: Actor,
    now: datetime,
    today: date,
) -> list[str]:
    """Let opportunities follow what an import changed, and return what was done in sentences.

    before is `courses` as it was; became_inactive are the courses that the import made inactive in the chart;
    has_every_visit says that it had all appointments.
    """
    workflow.follow_patients(tx, practice_id)
    after = courses(tx, practice_id, today=today)
    if after is None:
        return []
    notes = _reject_inactive(tx, after, became_inactive, now=now, today=today)
    if before is not None:
        both = after.join(before, on="opportunity_id", how="inner", suffix="_before")
        _note_changes(tx, practice_id, both, actor=actor, now=now)
        practice = booking_steps.practice_of(tx, practice_id)
        found = booking_imports.reconcile(tx, practice, after, has_every_visit=has_every_visit, now=now, today=today)
        notes += [*found.notes, *_note_visits(tx, both, found.told, now=now, today=today)]
    return notes


def _reject_inactive(
    tx: Transaction, after: pl.DataFrame, became_inactive: Sequence[str], *, now: datetime, today: date
) -> list[str]:
    inactive = after.filter(pl.col("course_id").is_in(list(became_inactive)))
    changes = {"status": "rejected", "reject_reason": words.INACTIVE}
    steps = [
        (row, [Step("rejected", changes)])
        for row in _states(tx, inactive, today=today)
        # What was wrong in the chart is tidied by this: it need not wait for its provider any more.
        if row["status"] != "rejected" or row["reject_reason"] == WRONG_IN_CHART
    ]
    if not steps:
        return []
    actions.write(tx, steps, kind="rejected", actor=SYSTEM, now=now, action_id=None)
    courses_that = "1 course that was" if len(steps) == 1 else f"{len(steps):,} courses that were"
    return [f"Rejected: {courses_that} made inactive in the chart."]


def _note_changes(tx: Transaction, practice_id: str, both: pl.DataFrame, *, actor: Actor, now: datetime) -> None:
    """Keep what changed about each course that is any different now; an import may change every one of a practice."""
    payors = dict(pms.read(tx, practice_id, "payors").select("payor_id", "name").iter_rows())
    differs = {name: pl.col(name).ne_missing(pl.col(f"{name}_before")) for name in TOLD}

    def told(end: str) -> pl.Expr:
        """Write the fields that differ as JSON."""
        fields = []
        for name, said in TOLD.items():
            value = pl.col(f"{name}{end}").replace(payors) if name == "payor_id" else pl.col(f"{name}{end}")
            field = pl.struct(value.alias(said)).struct.json_encode().str.strip_prefix("{").str.strip_suffix("}")
            fields.append(pl.when(differs[name]).then(field))
        return pl.concat_str(pl.lit("{"), pl.concat_str(fields, separator=", ", ignore_nulls=True), pl.lit("}"))

    events = both.filter(pl.any_horizontal(differs.values())).select(
        "practice_id",
        "opportunity_id",
        "patient_id",
        kind=pl.lit("course changed"),
        by_user=pl.lit(actor.user_id),
        happened_at=pl.lit(workflow.utc(now), pl.Datetime("us")),
        note=pl.lit(None, pl.String),
        before=told("_before"),
        after=told(""),
        action_id=pl.lit(None, pl.String),
        undoes=pl.lit(None, pl.Int64),
    )
    if events.height:
        workflow.record_events(tx, events)


def _note_visits(
    tx: Transaction, both: pl.DataFrame, told: Collection[str], *, now: datetime, today: date
) -> list[str]:
    """Keep which opportunities are booked now, which have no visit coming any more, and what people told of visits.

    told are those whose events say so already, of visits booked here.
    """
    booked = both.filter(pl.col("is_listed_before") & (pl.col("reason") == "booked"))
    returned = both.filter((pl.col("reason_before") == "booked") & pl.col("is_listed"))
    # A visit beyond the horizon leaves a course listed; what a person told of it is known from the PMS all the same.
    is_new_visit = pl.col("counted_visit_on").ne_missing(pl.col("counted_visit_on_before"))
    far = both.filter(pl.col("is_listed_before") & (pl.col("reason") == "booked_too_far_ahead") & is_new_visit)
    visits = {row["opportunity_id"]: row for row in pl.concat([booked, returned, far]).to_dicts()}
    steps: list[tuple[Mapping[str, Any], Sequence[Step]]] = []
    rows = _states(tx, pl.concat([booked, far]).filter(~pl.col("opportunity_id").is_in(list(told))), today=today)
    waiting = booking_steps.days_of(tx, rows)
    for row in rows:
        visit = visits[row["opportunity_id"]]
        if visit["is_listed"] and not row["booked_on"]:
            continue
        # What a person told us is confirmed: the import has it from here on; not what is booked here and waits for it.
        confirmed = {"booked_on": waiting.get(row["opportunity_id"])} if row["booked_on"] else {}
        steps.append((row, [Step("booked", confirmed, facts={"visit_on": visit["counted_visit_on"]})]))
    for row in _states(tx, returned, today=today):
        visit = visits[row["opportunity_id"]]
        moved = {"visit_on": visit["counted_visit_on"]} if visit["counted_visit_on"] else {}
        steps.append((row, [Step("returned", facts={"visit_was_on": visit["counted_visit_on_before"], **moved})]))
    if steps:
        actions.write(tx, steps, kind="booked", actor=SYSTEM, now=now, action_id=None)
    notes = []
    if booked.height:
        notes.append(f"{_counted(booked.height)} booked now.")
    if returned.height:
        notes.append(f"{_counted(returned.height)} back on the list: no visit is coming within the days looked ahead.")
    return notes


def _counted(number: int) -> str:
    return "1 opportunity is" if number == 1 else f"{number:,} opportunities are"


def _states(tx: Transaction, rows: pl.DataFrame, *, today: date) -> list[dict[str, Any]]:
    """Return the state of each of these opportunities."""
    sides = rows["practice_id"].to_list(), rows["opportunity_id"].to_list()
    return workflow.current(tx, *sides, today=today).to_dicts() if rows.height else []

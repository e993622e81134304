"""The sample practice's pipeline of the days past: which opportunities were listed when, and how they stood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from services.sample.history import DAYS_OF_USE, History
from services.sample.records import Course

LOOKBACK_DAYS = 365
KEPT_DAYS = 182
"""So many days before today have figures; spells go back as far as the practice's use."""

LOG = pl.Schema(
    [
        ("on", pl.Date()),
        ("opportunity_id", pl.String()),
        ("patient_id", pl.String()),
        ("status", pl.String()),
        ("snoozed_until", pl.Date()),
        ("booked_on", pl.Date()),
        ("assigned_to", pl.String()),
        ("needs_action_since", pl.Datetime("us")),
        ("changed_at", pl.Datetime("us")),
        ("last_attempt_at", pl.Datetime("us")),
        ("last_contact_at", pl.Datetime("us")),
    ]
)
"""How an opportunity stood after each change: the columns of Log.log."""

SPELL = pl.Schema(
    [
        ("opportunity_id", pl.String()),
        ("listed_from", pl.Date()),
        ("is_start_known", pl.Boolean()),
        ("listed_to", pl.Date()),
        ("left_why", pl.String()),
        ("value_pence", pl.Int64()),
    ]
)

WHILE_LISTED = tuple(name for name in LOG.names() if name not in ("on", "opportunity_id", "patient_id"))


@dataclass(slots=True)
class Wait:
    """A time in which a course was left unbooked: from the day after `since`, until the day on which it was not."""

    course: Course
    since: date
    until: date | None = None
    why: str | None = None

    def spell(self, began: date, today: date) -> dict[str, Any] | None:
        """Return the spell on the list that it was, if it was any; an open one has neither listed_to nor left_why."""
        course = self.course
        ends = [(self.until, self.why)] if self.until else []
        ends += [(course.opened_on + timedelta(days=LOOKBACK_DAYS + 1), "expired")]
        ends += [(course.patient.left_on, "patient_inactive")]
        listed_to, why = min(ends)
        listed_from = max(self.since, course.opened_on) + timedelta(days=1)
        if listed_to <= max(listed_from, began) or listed_from >= today:
            return None
        value = sum(
            item.price_pence
            for item in course.items
            if item.charged_to == "private" and (item.completed_on is None or item.completed_on >= listed_from)
        )
        is_over = listed_to <= today
        return _spell(
            course.course_id,
            max(listed_from, began),
            value,
            is_start_known=listed_from >= began,
            listed_to=listed_to if is_over else None,
            left_why=why if is_over else None,
        )


def spells(waits: Sequence[Wait], history: History, ruled: pl.DataFrame) -> pl.DataFrame:
    """Return the spells of the days before today, with the columns of the table and the state kept on the last day.

    `ruled` is every course as the rule sees it today: what is listed is listed until now, and nothing else is.
    """
    beside = pl.col("worth_pence") - pl.col("value_pence")
    courses = ruled.select(
        "opportunity_id",
        "patient_id",
        "provider_id",
        "payor_id",
        "opened_on",
        pl.col("uda_left").alias("uda"),
        beside_pence=beside,
    )
    frame = (
        pl.DataFrame(_joined_to_today(waits, history, ruled), schema=SPELL)
        .join(courses, on="opportunity_id", maintain_order="left")
        .with_columns(
            practice_id=pl.lit(history.practice_id),
            last_seen_on=pl.coalesce("listed_to", pl.lit(history.today)) - pl.duration(days=1),
            worth_pence=pl.col("value_pence") + pl.col("beside_pence"),
        )
    )
    values = {f"{end}_{name}": name for end in ("first", "last") for name in ("value_pence", "uda", "worth_pence")}
    return _with_state(frame, "last_seen_on", history).with_columns(**{new: pl.col(old) for new, old in values.items()})


def _joined_to_today(waits: Sequence[Wait], history: History, ruled: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the columns of SPELL of each wait, and of what is listed today without one; open where listed today."""
    today, began = history.today, history.today - timedelta(days=DAYS_OF_USE)
    listed = {row["opportunity_id"]: row for row in ruled.filter("is_listed").to_dicts()}
    reasons = dict(ruled.select("opportunity_id", "reason").iter_rows())
    made = [row for wait in waits if (row := wait.spell(began, today))]
    rows, last = [], dict[str, dict[str, Any]]()
    for row in sorted(made, key=lambda row: (row["listed_from"], row["opportunity_id"])):
        before = last.get(row["opportunity_id"])
        if before is None or (before["listed_to"] and before["listed_to"] <= row["listed_from"]):
            rows.append(row)
            last[row["opportunity_id"]] = row
    for place, row in enumerate(row for row in rows if row["listed_to"] is None):
        if row["opportunity_id"] not in listed:
            # What the rarer cases took off the list left it one by one in these last weeks.
            row["listed_to"] = max(row["listed_from"] + timedelta(days=1), today - timedelta(days=place % 20))
            row["left_why"] = reasons[row["opportunity_id"]]
    for opportunity_id, course in listed.items():
        row = last.get(opportunity_id, {"listed_to": began})
        if row["listed_to"] is None:
            row["value_pence"] = course["value_pence"]
            continue
        updated_on = min(course["last_updated_on"] or began, today - timedelta(days=2))
        listed_from = max(course["opened_on"], row["listed_to"], updated_on) + timedelta(days=1)
        if listed_from < today:
            rows.append(_spell(opportunity_id, listed_from, course["value_pence"]))
    return rows


def _spell(
    opportunity_id: str,
    listed_from: date,
    value_pence: int,
    *,
    is_start_known: bool = True,
    listed_to: date | None = None,
    left_why: str | None = None,
) -> dict[str, Any]:
    return {
        "opportunity_id": opportunity_id,
        "listed_from": listed_from,
        "is_start_known": is_start_known,
        "listed_to": listed_to,
        "left_why": left_why,
        "value_pence": value_pence,
    }


def days(spells: pl.DataFrame, history: History) -> pl.DataFrame:
    """Return each opportunity on each of the days kept on which it was listed, as it stood at the end of the day."""
    first = history.today - timedelta(days=KEPT_DAYS)
    each = (
        spells.filter(pl.col("last_seen_on") >= first)
        .drop(WHILE_LISTED)
        .with_columns(day=pl.date_ranges(pl.max_horizontal("listed_from", pl.lit(first)), "last_seen_on"))
        .explode("day")
    )
    contacts = (
        _log(history)
        .filter(pl.col("last_contact_at").dt.date() == pl.col("on"))
        .select("on", "patient_id", patient_contacted_at="last_contact_at")
        .sort("on")
    )
    return (
        _with_state(each, "day", history)
        .sort("day")
        .join_asof(contacts, left_on="day", right_on="on", by="patient_id", check_sortedness=False)
        .drop("on")
    )


def _with_state(frame: pl.DataFrame, day: str, history: History) -> pl.DataFrame:
    """Add how each opportunity stood at the end of a day."""
    log = _log(history).drop("patient_id").sort("on", maintain_order=True)
    return (
        frame.sort(day)
        .join_asof(log, left_on=day, right_on="on", by="opportunity_id", check_sortedness=False)
        .drop("on")
    )


def _log(history: History) -> pl.DataFrame:
    return pl.DataFrame(history.log, schema=LOG, orient="row")

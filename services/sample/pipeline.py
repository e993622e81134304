"""The sample practice's pipeline of the days past: which opportunities were listed when, and how they stood."""

from __future__ import annotations

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
        ("assigned_to", pl.String()),
        ("changed_at", pl.Datetime("us")),
        ("last_attempt_at", pl.Datetime("us")),
        ("last_contact_at", pl.Datetime("us")),
    ]
)
"""How an opportunity stood after each change: the columns of History.log."""

WHILE_LISTED = ("status", "snoozed_until", "assigned_to", "changed_at", "last_attempt_at", "last_contact_at")


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
        return {
            "opportunity_id": course.course_id,
            "listed_from": max(listed_from, began),
            "is_start_known": listed_from >= began,
            "listed_to": listed_to if is_over else None,
            "left_why": why if is_over else None,
            "value_pence": value,
        }


def spells(waits: list[Wait], history: History, ruled: pl.DataFrame) -> pl.DataFrame:
    """Return the spells of the days before today, with the columns of the table and the state kept on the last day.

    `ruled` is every course as the rule sees it today: what is listed is listed until now, and nothing else is.
    """
    today, began = history.today, history.today - timedelta(days=DAYS_OF_USE)
    made = [row for wait in waits if (row := wait.spell(began, today))]
    listed = {row["opportunity_id"]: row for row in ruled.filter("is_listed").to_dicts()}
    gone = dict(ruled.filter(~pl.col("is_listed")).select("opportunity_id", "reason").iter_rows())
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
            row["left_why"] = gone.get(row["opportunity_id"], "absent")
    for opportunity_id, course in listed.items():
        row = last.get(opportunity_id)
        if row and row["listed_to"] is None:
            row["value_pence"] = course["value_pence"]
            continue
        since = max(course["opened_on"], row["listed_to"] if row else began)
        since = max(since, min(course["last_updated_on"] or since, today - timedelta(days=2)))
        if since + timedelta(days=1) < today:
            rows.append(
                {
                    "opportunity_id": opportunity_id,
                    "listed_from": since + timedelta(days=1),
                    "is_start_known": True,
                    "listed_to": None,
                    "left_why": None,
                    "value_pence": course["value_pence"],
                }
            )
    schema = {
        "opportunity_id": pl.String,
        "listed_from": pl.Date,
        "is_start_known": pl.Boolean,
        "listed_to": pl.Date,
        "left_why": pl.String,
        "value_pence": pl.Int64,
    }
    beside = pl.col("worth_pence") - pl.col("value_pence")
    frame = (
        pl.DataFrame(rows, schema=schema)
        .join(
            ruled.select(
                "opportunity_id",
                "patient_id",
                "provider_id",
                "payor_id",
                "opened_on",
                pl.col("uda_left").alias("uda"),
                beside.alias("beside_pence"),
            ),
            on="opportunity_id",
            how="inner",
            maintain_order="left",
        )
        .with_columns(
            practice_id=pl.lit(history.practice_id),
            last_seen_on=pl.coalesce("listed_to", pl.lit(today)) - pl.duration(days=1),
            worth_pence=pl.col("value_pence") + pl.col("beside_pence"),
        )
        .drop("beside_pence")
    )
    first_and_last = {
        f"{end}_{name}": pl.col(name) for end in ("first", "last") for name in ("value_pence", "uda", "worth_pence")
    }
    return _with_state(frame, "last_seen_on", history).with_columns(**first_and_last)


def days(spells: pl.DataFrame, history: History) -> pl.DataFrame:
    """Return each opportunity on each day on which it was listed, as it stood at the end of the day."""
    each = (
        spells.drop(*WHILE_LISTED)
        .with_columns(day=pl.date_ranges("listed_from", "last_seen_on", interval="1d"))
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

"""The field's words for the codes of the store."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

STATUSES = {
    "open": "Open",
    "contacted": "Contacted",
    "snoozed": "Snoozed",
    "booked": "Booked",
    "rejected": "Rejected",
}
"""Every status that an opportunity may have; a booked one is told to be so and waits for an import that shows it."""

LISTED_REASONS = {
    "no_visit": "No appointment",
    "visit_not_linked": "Has a visit, not linked",
    "booked_too_far_ahead": "Booked too far ahead",
}
"""Why an opportunity is one (queries/migrations, macro courses_on)."""


def pounds(pence: int | None) -> str:
    """Write pence as £1,234.50."""
    return "" if pence is None else f"{'-' if pence < 0 else ''}£{abs(pence) / 100:,.2f}"


def whole_pounds(pence: float) -> str:
    """Write pence as £1,235, for a total."""
    return f"{'-' if pence < 0 else ''}£{abs(pence) / 100:,.0f}"


def uda(units: float | None) -> str:
    """Write UDAs as 12 or 1.2; none, which is not zero, is empty."""
    return "" if units is None else f"{units:,.2f}".rstrip("0").rstrip(".")


def count(number: int, noun: str) -> str:
    """Write a number with its noun: 1 course, 1,203 courses."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def day(value: date) -> str:
    """Write a day as 24 Nov 2026."""
    return f"{value.day} {value:%b %Y}"


def moment(value: datetime) -> str:
    """Write a time of the practice's clock as 24 Nov 2026 at 09:30."""
    return f"{day(value.date())} at {value:%H:%M}"


UNLISTED_REASONS = {
    "deleted": "Not listed: deleted in the PMS",
    "absent": "Not listed: no longer in the PMS's extract",
    "nothing_left": "Not listed: nothing left to do",
    "patient_inactive": "Not listed: the patient is no longer active in the PMS",
}
"""Why a course is none, where no day or number belongs to the reason."""


def day_text(column: str) -> pl.Expr:
    """Write a column of days as 24 Nov 2026; nothing stays nothing."""
    return pl.col(column).dt.strftime("%-d %b %Y")


INACTIVE = "inactive in chart"
"""The reason with which the system rejects a course that was made inactive in the chart."""


def status_text() -> pl.Expr:
    """Say the status; the frame has status, snoozed_until, booked_on, reject_reason and is_active."""
    is_active_again = (pl.col("reject_reason") == INACTIVE) & pl.col("is_active")
    return (
        pl.when(pl.col("status") == "snoozed")
        .then(pl.format("Snoozed until {}", day_text("snoozed_until")))
        .when(pl.col("status") == "booked")
        .then(pl.format("Booked for {}", day_text("booked_on")))
        .when((pl.col("status") == "rejected") & is_active_again)
        .then(pl.lit("Rejected, but active again in the chart"))
        .otherwise(pl.col("status").replace_strict(STATUSES, return_dtype=pl.String))
    )


def suppressed() -> pl.Expr:
    """Say that a patient is left in peace; the frame has patient_contacted_on and contact_again_on."""
    return pl.format(
        "patient contacted on {} about another course, due again from {}",
        day_text("patient_contacted_on"),
        day_text("contact_again_on"),
    )


def listed_reason() -> pl.Expr:
    """Say why an opportunity is one; the frame has reason, counted_visit_on and unlinked_visit_on."""
    other_visit = pl.when(pl.col("unlinked_visit_on") != pl.col("counted_visit_on")).then(
        pl.format("has a visit on {}, not linked", day_text("unlinked_visit_on"))
    )
    far = pl.format("Booked too far ahead, {}", day_text("counted_visit_on"))
    return (
        pl.when(pl.col("reason") == "booked_too_far_ahead")
        .then(pl.concat_str(far, other_visit, separator="; ", ignore_nulls=True))
        .when(pl.col("reason") == "visit_not_linked")
        .then(pl.format("Has a visit on {}, not linked", day_text("unlinked_visit_on")))
        .otherwise(pl.lit(LISTED_REASONS["no_visit"]))
    )


def course_reason(*, horizon_days: int, lookback_days: int) -> pl.Expr:
    """Say why a course is listed or why it is not; the frame has the columns of the macro courses_on."""
    reason = pl.col("reason")
    return (
        pl.when(reason.is_in(list(LISTED_REASONS)))
        .then(listed_reason())
        .when(reason == "booked")
        .then(
            pl.format(
                f"Not listed: booked on {{}}, within the {horizon_days} days looked ahead", day_text("counted_visit_on")
            )
        )
        .when(reason == "held_back")
        .then(pl.format("Not listed yet: opened on {}, reception may still book it", day_text("opened_on")))
        .when(reason == "too_old")
        .then(pl.format(f"Not listed: opened on {{}}, more than {lookback_days} days ago", day_text("opened_on")))
        .when(reason == "completed")
        .then(pl.format("Not listed: completed on {}", day_text("completed_on")))
        .otherwise(reason.replace_strict(UNLISTED_REASONS, default=None, return_dtype=pl.String))
    )

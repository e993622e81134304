"""The charts of bookings and what led to them, of the attempts that they took, and of what was rejected."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.parts import charts as parts
from pages.parts import format
from pages.parts.results_asked import Asked
from services import charts, results

MONEY = st.column_config.NumberColumn(format="£%,.2f")

MEASURES: dict[str, tuple[str, bool]] = {
    "value_pence": ("Value booked", True),
    "bookings": ("Bookings", False),
    "completed_value_pence": ("Value completed", True),
    "completed": ("Completed", False),
    "lost": ("No longer booked", False),
}
"""What a bar may measure: its words, and whether it is money."""

NO_BOOKING = "Nothing was booked in this period. Choose a longer one, or come back when bookings were made."

REASONS = (
    " The reason is the last one that a snooze or a rejection gave since the course came on the list; what was typed "
    f"only once or twice is under {results.OTHER_WORDS}."
)


def credited(asked: Asked) -> None:
    """Draw the bookings by what is chosen, and which of them are completed."""
    with st.container(horizontal=True, gap="large"):
        what = _choice("Split by", results.WHATS, "results_what")
        measure = _choice("Measure", {name: words for name, (words, _) in MEASURES.items()}, "results_measure")
    rows = asked.of("credited", what=what, days=asked.days, window=asked.window)
    of_title, is_money = MEASURES[measure]
    by_title = results.WHATS[what]
    with_contact = rows.filter("is_contacted")
    lost = int(rows["lost"].sum())
    sentence = (
        f"Of {format.count(rows['bookings'].sum(), 'booking')} in {asked.period}, worth "
        f"{format.whole_pounds(rows['value_pence'].sum())} private, {with_contact['bookings'].sum():,} worth "
        f"{format.whole_pounds(with_contact['value_pence'].sum())} followed a contact about the course on that day or "
        f"at most {asked.window} days before; each is credited to the last one, or to the message whose link the "
        "patient booked by. Many would have booked anyway. Completed are those of these bookings that are completed by "
        f"now; {lost:,} {'is' if lost == 1 else 'are'} no longer booked: cancelled, missed, or with another visit to "
        "book."
    )
    parts.show(
        rows.select(
            pl.col("name").alias(by_title),
            pl.col("bookings").alias("Bookings"),
            (pl.col("value_pence") / 100).alias("Value booked"),
            pl.col("completed").alias("Completed"),
            (pl.col("completed_value_pence") / 100).alias("Value completed"),
            pl.col("lost").alias("No longer booked"),
            (pl.col("lost_value_pence") / 100).alias("Value no longer booked"),
        ),
        charts.bars(rows, of=measure, by="name", of_title=of_title, by_title=by_title, is_money=is_money),
        title=f"Bookings by {by_title.lower()}",
        sentence=sentence + (REASONS if what == "reason" else ""),
        name=f"results-bookings-{what}",
        columns=dict.fromkeys(("Value booked", "Value completed", "Value no longer booked"), MONEY),
        empty=None if rows.height else NO_BOOKING,
    )


def links(asked: Asked) -> None:
    """Draw what became of the booking links that were sent."""
    found: results.Links = asked.of("links", days=asked.days)
    cancelled = f"{found.cancelled:,} of these visits {'was' if found.cancelled == 1 else 'were'} cancelled since"
    parts.show(
        found.templates.select(
            pl.col("template").alias("Template"),
            pl.col("channel").alias("Channel"),
            *(pl.col(name).alias(words) for name, words in results.STAGES.items()),
            pl.col("cancelled").alias("Cancelled since"),
        ),
        charts.bars(found.stages, of="links", by="stage", of_title="Booking links", by_title="What became of them"),
        title="Booking links",
        sentence=f"Of {format.count(found.sent, 'booking link')} sent in {asked.period}, {found.opened:,} "
        f"{'was' if found.opened == 1 else 'were'} opened, and by {found.booked:,} the patient booked"
        f"{f', though {cancelled}' if found.cancelled else ''}. While {found.otherwise:,} more waited, the visit was "
        f"booked in another way; {found.waiting:,} may still be used. Some mail programs open links by themselves.",
        name="results-links",
        empty=None
        if found.sent
        else "No booking link was sent in this period. Write to patients by a template that has one.",
    )


def attempts(asked: Asked) -> None:
    """Draw how many attempts bookings took."""
    found: results.Attempts = asked.of("attempts", days=asked.days)
    mean = "" if found.mean is None else f" On average {found.mean:.1f} attempts."
    parts.show(
        found.bands.select(
            pl.col("attempts").alias("Attempts"),
            pl.col("bookings").alias("Bookings"),
            (pl.col("value_pence") / 100).alias("Value booked"),
        ),
        charts.bars(found.bands, of="bookings", by="attempts", of_title="Bookings", by_title="Attempts"),
        title="Attempts per booking",
        sentence=f"Calls logged and messages sent about a course from its listing to its booking, of "
        f"{format.count(found.bookings, 'booking')} in {asked.period}.{mean}",
        name="results-attempts",
        columns={"Value booked": MONEY},
        empty=None if found.bookings else NO_BOOKING,
    )


def rejections(asked: Asked) -> None:
    """Draw why courses were rejected."""
    rows: pl.DataFrame = asked.of("rejections", days=asked.days)
    opportunities, value = rows.select(pl.col("opportunities", "value_pence").sum()).row(0)
    most = f" Most: {rows['reason'][0]}." if rows.height else ""
    parts.show(
        rows.select(
            pl.col("reason").alias("Reason"),
            pl.col("opportunities").alias("Opportunities"),
            (pl.col("value_pence") / 100).alias("Value"),
        ),
        charts.bars(rows, of="opportunities", by="reason", of_title="Opportunities", by_title="Reason"),
        title="Why rejected",
        sentence=f"{format.count(opportunities, 'course')} rejected in {asked.period}, worth "
        f"{format.whole_pounds(value)} private, each by its last reason, even if restored since.{most}",
        name="results-rejections",
        columns={"Value": MONEY},
        empty=None if rows.height else "Nothing was rejected in this period.",
    )


def _choice(label: str, options: dict[str, str], key: str) -> str:
    chosen = st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        default=next(iter(options)),
        key=key,
        required=True,
        persist_state="session",
    )
    return str(chosen)

"""The charts of time: contacted against not yet contacted, from opening to booking, and to the first contact."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.parts import charts as parts
from pages.parts import format
from pages.parts.results_asked import Asked
from services import charts, results

MONEY = st.column_config.NumberColumn(format="£%,.2f")
SHARE = st.column_config.NumberColumn(format="percent")

NOTHING_NEW = (
    "Nothing came on the list for the first time in this period. What was there when the history began is not new."
)

SIDES = {"contacted": f"Contacted by day {results.LANDMARK}", "others": "Not yet contacted"}


def cohorts(asked: Asked) -> None:
    """Draw what was booked after the landmark, of the contacted and of the others, by month of first listing."""
    found: results.Cohorts = asked.of("cohorts")
    months = found.months
    over = months.filter("is_over").with_columns(
        (pl.col(f"{side}_share") * 100).round(1).alias(words) for side, words in SIDES.items()
    )
    rates = [
        f"{share:.0%} ({booked:,} of {all_:,}) of the {words}"
        if share is not None
        else f"none of the {words}, as there were none,"
        for share, booked, all_, words in (
            (found.contacted_share, found.contacted_booked, found.contacted, "contacted"),
            (found.others_share, found.others_booked, found.others, "not yet contacted"),
        )
    ]
    parts.show(
        months.select(
            pl.col("month").alias("First listed in"),
            pl.col("listed").alias("Listed"),
            pl.col("booked_before").alias(f"Booked by day {results.LANDMARK}"),
            pl.col("gone_before").alias(f"Gone by day {results.LANDMARK}"),
            *(
                column
                for side, words in SIDES.items()
                for column in (
                    pl.col(side).alias(words),
                    pl.when("is_over").then(f"{side}_booked").alias(f"{words}, booked"),
                    _share(side).alias(f"{words}, share booked"),
                )
            ),
        ),
        charts.lines(
            over,
            day="month",
            series={words: words for words in SIDES.values()},
            of_title="Booked, %",
            is_monthly=True,
        ),
        title="Contacted against not yet contacted",
        sentence=f"Of the courses still to be booked {results.LANDMARK} days after they first came on the list, "
        f"{' and '.join(rates)} were booked within the next {results.FOLLOW_UP} days."
        + (" So small a difference may be luck." if found.may_be_luck else ""),
        name="results-cohorts",
        columns={"First listed in": st.column_config.DateColumn(format="MMM YYYY")},
        empty=None
        if over.height
        else f"It is too early: a month is compared {results.LANDMARK + results.FOLLOW_UP} days after its end.",
    )
    if over.height:
        st.caption(
            "What was rejected, or expired or left the list later, counts as not booked, and who was contacted later "
            "stays with those not yet contacted. Who is rung first is seldom chosen by chance, so the difference is "
            "not the effect of contact alone."
        )


def curve(asked: Asked) -> None:
    """Draw which share is booked how many days after opening."""
    found: results.Waits = asked.of("waits")
    told = [
        f"{found.curve.filter(pl.col('day') <= day)['share'][-1]:.0%} within {day} days"
        for day in (30, 90)
        if day in found.at_risk
    ]
    half = f" Half are booked by day {found.median_days}." if found.median_days is not None else ""
    booked = f" Booked after opening: {', '.join(told)}.{half}" if told else ""
    courses = format.count(found.opportunities, "course")
    parts.show(
        found.curve.select(
            pl.col("day").alias("Days since opened"),
            pl.col("share").alias("Share booked"),
            pl.col("low").alias("At least (95%)"),
            pl.col("high").alias("At most (95%)"),
            pl.col("at_risk").alias("Courses it rests on"),
            pl.col("bookings").alias("Bookings"),
        ),
        charts.curve(
            found.curve,
            below=found.at_risk,
            of_title="Share booked",
            by_title="Days since opened; below each, how many courses the curve still rests on",
        ),
        title="From opening to booking",
        sentence=f"The share of all {courses} first listed in the last 12 months that were booked by each day after "
        "opening, with its 95% range. What was rejected, expired or left the list otherwise cannot be booked any more "
        f"and stays in as not booked; what is not booked yet counts until today.{booked}",
        name="results-waits",
        columns={
            **dict.fromkeys(("Share booked", "At least (95%)", "At most (95%)"), SHARE),
            "Courses it rests on": st.column_config.NumberColumn(format="localized"),
        },
        empty=_no_curve(found),
    )


def _no_curve(found: results.Waits) -> str | None:
    """Say why no curve is drawn, if none is."""
    if not found.opportunities:
        return NOTHING_NEW
    if found.opportunities < results.CURVE_LEAST:
        return (
            f"It takes {results.CURVE_LEAST} courses first listed in the last 12 months to draw a curve; there "
            f"{'is' if found.opportunities == 1 else 'are'} {found.opportunities}."
        )
    if not found.booked:
        return f"None of the {found.opportunities:,} courses first listed in the last 12 months was booked yet."
    return None


def delays(asked: Asked) -> None:
    """Draw how long the first contact took."""
    found: results.Delays = asked.of("delays", days=asked.days)
    half = (
        ""
        if found.median_days is None or found.contacted < 2
        else f", half of these within {format.uda(found.median_days)} days of opening"
    )
    parts.show(
        found.bands.select(
            pl.col("band").alias("First contact after"),
            pl.col("opportunities").alias("Opportunities"),
            (pl.col("value_pence") / 100).alias("Value"),
        ),
        charts.bars(
            found.bands, of="opportunities", by="band", of_title="Opportunities", by_title="First contact after"
        ),
        title="From opening to first contact",
        sentence=f"Of {format.count(found.opportunities, 'course')} first listed in {asked.period}, "
        f"{found.contacted:,} had a first contact{half}; {found.within_aim:,} had it within {results.AIM_DAYS} days. "
        f"{results.AIM}",
        name="results-delays",
        columns={"Value": MONEY},
        empty=None if found.opportunities else NOTHING_NEW,
    )


def _share(side: str) -> pl.Expr:
    """Write a share, or why there is none."""
    share = (pl.col(f"{side}_share") * 100).round(0).cast(pl.Int64)
    return (
        pl.when(~pl.col("is_over"))
        .then(pl.lit("too early"))
        .when(share.is_null())
        .then(pl.lit("–"))
        .otherwise(pl.format("{}%", share))
    )

"""What the page Forecast draws: what is expected, whether it came true before, and what it rests on."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.parts import charts as parts
from pages.parts import format
from services import chance_model, chance_words, charts
from services.chance_model import Learnt, Trial
from services.chances import Forecast

DAYS = chance_model.WITHIN_DAYS

CERTAIN = 200
"""With fewer bookings in the months tried on, a tenth has too few to be taken at its word."""


def share(part: float) -> str:
    """Write a share as 29%, or 6.2% where it is small."""
    return f"{part:.1%}" if part < 0.1 else f"{part:.0%}"


def cards(forecast: Forecast) -> None:
    """Draw what is expected of the list."""
    learnt = forecast.learnt
    with st.container(horizontal=True, gap="small"):
        for label, value, meaning in (
            (
                f"Booked in {DAYS} days",
                f"{_about(forecast.booked)} of {forecast.opportunities:,}",
                "The sum of the chances of what is open, contacted or snoozed.",
            ),
            (
                "Expected value",
                format.whole_pounds(forecast.booked_worth_pence),
                f"Worth times chance, added up; all together is worth {format.whole_pounds(forecast.worth_pence)}.",
            ),
            (
                "Usual rate",
                share(learnt.base_rate),
                f"Of what waited for a booking on a day, so much was booked within {DAYS} days."
                if learnt.bookings >= chance_model.LEAST_BOOKINGS
                else f"Little is known yet: it starts from {chance_model.PRIOR_BOOKED} of {chance_model.PRIOR}.",
            ),
            ("Bookings learnt from", f"{learnt.bookings:,}", _period(learnt)),
        ):
            with st.container(width=210):
                st.metric(label, value, help=meaning, border=True)
    st.caption(f"Worked out on {format.moment_of_utc(forecast.worked_out_at)}; each day and after each import anew.")


def _about(number: float) -> str:
    return f"{number:.1f}" if 0 < number < 10 else f"{number:,.0f}"


def _period(learnt: Learnt) -> str:
    if learnt.from_day is None or learnt.to_day is None:
        return "There is no history that is old enough."
    return (
        f"From {learnt.opportunities:,} opportunities that were on the list from {format.day(learnt.from_day)} to "
        f"{format.day(learnt.to_day)}."
    )


def say_what_is_used(learnt: Learnt) -> None:
    """Say whether the chances are learnt or the usual rate, and why."""
    usual = f"So every course has the practice's usual rate, {share(learnt.base_rate)}, as its chance"
    trial = learnt.trial
    if learnt.why_base == "few bookings":
        st.info(
            f"There are too few bookings to learn from: {learnt.bookings:,}, of {chance_model.LEAST_BOOKINGS} that it "
            f"takes. {usual}, drawn towards {chance_model.PRIOR_BOOKED} of {chance_model.PRIOR} as long as little is "
            "known, and the order Expected value is that of worth. It changes by itself as the history grows."
        )
    elif learnt.why_base == "few to try on":
        st.info(
            "The history is too short to prove what could be learnt from it: it takes "
            f"{chance_model.LEAST_BOOKINGS} bookings before the last {chance_model.TRIED_MONTHS} whole months and "
            f"{chance_model.LEAST_TRIED} in them. {usual}, and the order Expected value is that of worth."
        )
    elif trial and learnt.why_base:
        st.info(
            "What was learnt did not clearly better on months that it had not seen: its error (Brier score) was "
            f"{_compared(trial)}{', which may be luck' if trial.gain > 0 else ''}. {usual}, and the order Expected "
            "value is that of worth."
        )
    elif trial:
        st.markdown(
            format.plain(
                "Each course has a chance of its own, because on months that it had not seen the error (Brier score) "
                f"was {_compared(trial)}."
            )
        )


def _compared(trial: Trial) -> str:
    """Say how the error compares with that of the usual rate."""
    which = "smaller" if trial.gain > 0 else "larger"
    return (
        f"{abs(trial.gain):.1%} {which} than that of the usual rate ({trial.brier:.4f} against {trial.brier_base:.4f})"
    )


def trial(trial: Trial) -> None:
    """Draw whether what was expected came true on months that were not learnt from."""
    tenths = pl.DataFrame(list(trial.tenths))
    first = tenths.row(0, named=True)
    few = "; with so few, the tenths differ by luck, too" if trial.bookings < CERTAIN else ""
    parts.show(
        tenths.select(
            pl.col("tenth").cast(pl.Int64).alias("Tenth"),
            pl.col("rows").cast(pl.Int64).alias("Looks"),
            pl.col("expected").alias("Expected"),
            pl.col("booked").alias("Booked"),
        ),
        charts.expected(
            tenths.with_columns(pl.col("tenth").cast(pl.Int64)),
            by="tenth",
            expected="expected",
            came="booked",
            by_title="Tenth of the list, highest chance first",
            of_title=f"Booked within {DAYS} days",
        ),
        title="Did it come true?",
        sentence=f"What had been learnt before was tried on the list from {format.day(trial.from_day)} to "
        f"{format.day(trial.to_day)}, looked at once a week, in tenths by chance. Bar: the share booked within {DAYS} "
        f"days; mark: what was expected. The first tenth: {share(first['expected'])} expected, "
        f"{share(first['booked'])} booked; all: {share(trial.booked_rate)} booked, {trial.bookings:,} bookings{few}.",
        name="forecast-tenths",
        columns={name: st.column_config.NumberColumn(format="percent") for name in ("Expected", "Booked")},
    )
    with st.container(horizontal=True, gap="small"):
        for label, value, meaning in (
            (
                "Lift of the first tenth",
                f"{trial.lift:.1f} times",
                "How many times as often the tenth with the highest chances was booked as the whole list.",
            ),
            (
                "Found in the first tenth",
                f"{trial.caught:.0%}",
                "The share of all that was booked that was in the tenth with the highest chances.",
            ),
        ):
            with st.container(width=210):
                st.metric(label, value, help=meaning, border=True)


def effects(learnt: Learnt) -> None:
    """Draw what raises and what lowers the chance at the practice."""
    st.subheader("What it rests on", anchor=False)
    st.markdown(format.plain(chance_words.NO_INPUTS))
    st.markdown("\n".join(f"- **{name}.** {format.plain(meaning)}" for name, meaning in chance_words.INPUTS.items()))
    if learnt.model:
        st.markdown("What each does to the chance at this practice, the others being equal:")
        # A table of Markdown breaks its lines on a narrow screen.
        rows = [f"| {format.plain(what)} | {does} |" for what, does in chance_words.effects(learnt.model)]
        st.markdown("\n".join(["| Input | Chance |", "| --- | --- |", *rows]))


def limits() -> None:
    """Say what the figures are not."""
    st.subheader("What it cannot tell", anchor=False)
    st.markdown(
        "- A chance says what became of courses like this one. It does not say that a call would change it: those with "
        "a small one may be those that need you most.\n"
        "- A missed visit can have its reason in a disability, or in caring for others. Read the order as a help, not "
        "as a judgement of a person.\n"
        "- Booked is what the list saw: a booking that a person told or an import showed.\n"
        "- A change of prices, people or opening hours is learnt only after it has shown in the history.\n"
        "- Rejected and booked opportunities have no chance; nor has what came on the list since it was worked out."
    )

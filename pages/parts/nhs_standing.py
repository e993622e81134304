"""Where an NHS contract stands, in figures: the cards, where the year ends and what follows, and unscheduled care."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.parts import format
from pages.parts.nhs_chart import LINES
from services import nhs_contract
from services.nhs_contract import Ending, Standing, Unscheduled

NO_BREAK = "\u00a0"


def cards(standing: Standing) -> None:
    """Draw the figures of the year."""
    target = standing.target_uda
    open_uda = float(standing.openings["uda"].sum())
    with st.container(horizontal=True, gap="large"):
        st.metric(
            "Target",
            _uda(target) if target is not None else "not given",
            help=_meaning_of_target(standing),
            width="content",
        )
        st.metric(
            "Delivered",
            _uda(standing.delivered_uda),
            delta=_share(standing.delivered_uda, target),
            delta_color="off",
            delta_arrow="off",
            help="UDAs of the NHS courses that were completed in the year, a pathway's claims turned into UDAs at the "
            "contract's UDA value; of a month that was typed in, what was typed in.",
            width="content",
        )
        if standing.is_over:
            return
        st.metric(
            "Scheduled",
            _uda(standing.scheduled.uda),
            delta=format.count(standing.scheduled.courses, "course"),
            delta_color="off",
            delta_arrow="off",
            help=f"UDAs of open courses that have a visit by {format.day(standing.ends_on)}. Whether that visit "
            "finishes the course is not known.",
            width="content",
        )
        st.metric(
            "Open, can be finished in time",
            _uda(open_uda),
            delta=format.count(standing.openings.height, "course"),
            delta_color="off",
            delta_arrow="off",
            help="UDAs of open and contacted opportunities whose visits, with the days between them, fit in before "
            f"{format.day(standing.ends_on)}. What is snoozed, rejected or booked is not among them.",
            width="content",
        )
        if projection := standing.projection:
            st.metric(
                "Projection",
                _uda(projection.middle, whole=True),
                delta=f"{_uda(projection.low, whole=True)} to {_uda(projection.high, whole=True)}",
                delta_color="off",
                delta_arrow="off",
                help="Where the year ends if it goes on as lately, and the range of 8 of 10 such years.",
                width="content",
            )


def warn(standing: Standing) -> None:
    """Say what is missing or wrong about the figures."""
    if standing.target_uda is None:
        st.info(
            "The contract has no UDAs to do, so there is no target. Enter them on the page Settings, "
            "under NHS contracts."
        )
    if standing.unpriced_courses:
        st.warning(
            f"{format.count(standing.unpriced_courses, 'completed course')} of this year counted nothing: the extract "
            "gives no UDAs and no known band, or the pathway has no tariff here."
        )
    share = standing.september_share
    if share is not None and share < nhs_contract.SEPTEMBER_LEAST:
        st.warning(
            f"{_percent(share)} of the target was delivered by 30 September. Below 30 % the NHS may ask for an action "
            "plan and for money back early."
        )


def lines(standing: Standing) -> None:
    """Draw how far the lines of the target are from what is delivered and scheduled."""
    if not standing.target_uda or standing.is_over:
        return
    st.subheader("To the lines", anchor=False)
    value = f"At {format.pounds(standing.uda_value_pence)} each"
    rows = [_missing(standing, share, label) for share, label, _ in LINES]
    st.markdown(_as_table(("Line", "UDAs", "Still missing", value), rows))
    st.caption("Missing beyond what is delivered and scheduled.")


def endings(standing: Standing) -> None:
    """Draw where the year ends in each case, and what follows."""
    if not standing.target_uda:
        return
    st.subheader("Where the year may end" if not standing.is_over else "Where the year ended", anchor=False)
    done = standing.delivered_uda
    cases = [("Delivered" if standing.is_over else "If nothing more were delivered", done)]
    if not standing.is_over:
        cases.append(("With what is scheduled", done + standing.scheduled.uda))
    if projection := standing.projection:
        cases += [
            ("Projection, low end", projection.low),
            ("Projection", projection.middle),
            ("Projection, high end", projection.high),
        ]
    rows = [_case(label, standing.ending(uda)) for label, uda in cases]
    st.markdown(_as_table(("Case", "UDAs", "Of the target", "What follows", "Costs"), rows))


def unscheduled(standing: Standing) -> None:
    """Draw the target for unscheduled care beside what was delivered of it."""
    care = standing.unscheduled
    if care is None:
        return
    st.subheader("Unscheduled care", anchor=False)
    if not care.target_pence:
        st.info("Its target is a share of the contract's value, which is not known without the UDAs to do.")
        return
    share = care.delivered_pence / care.target_pence
    with st.container(horizontal=True, gap="large"):
        st.metric(
            "Target",
            format.whole_pounds(care.target_pence),
            delta=format.count(care.target_courses, "course"),
            delta_color="off",
            delta_arrow="off",
            help=f"{_percent(care.share)} of the contract's value, which is its UDAs times the UDA value. A "
            f"course pays {format.pounds(care.course_pence)}.",
            width="content",
        )
        st.metric(
            "Delivered",
            format.whole_pounds(care.delivered_pence),
            delta=f"{format.count(care.delivered_courses, 'course')}, {_percent(share)}",
            delta_color="off",
            delta_arrow="off",
            width="content",
        )
        if care.projection:
            low, high = (format.whole_pounds(round(end)) for end in (care.projection.low, care.projection.high))
            st.metric(
                "Projection",
                format.whole_pounds(round(care.projection.middle)),
                delta=f"{low} to {high}",
                delta_color="off",
                delta_arrow="off",
                help="As for the UDAs above, from what each of the last weeks came to.",
                width="content",
            )
    st.markdown(format.plain(_unscheduled_in_words(care, is_over=standing.is_over)))


def _unscheduled_in_words(care: Unscheduled, *, is_over: bool) -> str:
    missing = care.target_pence - care.delivered_pence
    if missing <= 0:
        return "The target is reached. It is a target of its own: what is above it does not count as UDAs."
    courses = format.count(-(-missing // care.course_pence), "course")
    told = f"{courses} or {format.pounds(missing)} {'were' if is_over else 'are still'} missing."
    return f"{told} The NHS may take back what is missing at the end, however many UDAs were delivered."


def _meaning_of_target(standing: Standing) -> str:
    value = f"A UDA is worth {format.pounds(standing.uda_value_pence)}."
    if standing.unscheduled is None or standing.contract_uda is None:
        return f"The UDAs of the contract year. {value}"
    share = standing.unscheduled.share
    return (
        f"{_percent(1 - share)} of the contract's {_uda(standing.contract_uda)} UDAs: routine and complex care. "
        f"The other {_percent(share)} is unscheduled care, below. {value}"
    )


def _case(label: str, ending: Ending) -> tuple[str, ...]:
    costs = format.pounds(ending.cost_pence) if ending.cost_pence else "–"
    return label, _uda(ending.uda), _percent(ending.share), ending.words, costs


def _missing(standing: Standing, share: float, label: str) -> tuple[str, ...]:
    missing = max(0.0, round(standing.line(share) - standing.delivered_uda - standing.scheduled.uda, 2))
    worth = format.pounds(round(missing * standing.uda_value_pence))
    return (
        label.replace(" ", NO_BREAK),
        _uda(standing.line(share)),
        *((_uda(missing), worth) if missing else ("reached", "–")),
    )


def _as_table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write rows of our own words as a Markdown table, whose cells wrap where those of a data frame are cut off."""
    return "\n".join(f"| {' | '.join(line)} |" for line in (heading, ["---"] * len(heading), *rows))


def _uda(uda: float, *, whole: bool = False) -> str:
    return format.uda(round(uda) if whole else round(uda, 1))


def _percent(share: float) -> str:
    return f"{share * 100:.1f}".removesuffix(".0") + f"{NO_BREAK}%"


def _share(uda: float, target: float | None) -> str | None:
    return f"{_percent(uda / target)} of the target" if target else None

"""The opportunities to book so that an NHS contract reaches a line of its target, best first, to be handed out."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.parts import action_bar, action_dialogs, format, patient_panel, session
from pages.parts.nhs_chart import LINES
from services import nhs_openings
from services.actors import Right
from services.nhs_contract import Standing

FROM = {"projection": "the projection", "done": "what is delivered and scheduled"}
HEIGHT = 420

ACTIONS = (action_dialogs.ASSIGN, action_dialogs.CONTACT, action_bar.BOOK, action_dialogs.CALL)
"""What brings a course on its way: handing it out, writing, booking and ringing."""


def draw(here: session.Session, standing: Standing) -> None:
    """Draw the choice of line, what is missing to it, and the list that closes it."""
    if standing.is_over:
        st.info("The year is over: nothing more counts for it.")
        return
    if not standing.target_uda:
        st.info("Without UDAs to do there is no line to reach. Enter them on the page Settings, under NHS contracts.")
        return
    share, label, is_projected = _ask(standing)
    needed = standing.gap(share, is_projected=is_projected)
    base = FROM["projection" if is_projected and standing.projection else "done"]
    if not needed:
        st.success(f"Counted from {base}, {label} is reached: nothing has to be booked for it.")
        return
    rows = nhs_openings.to_close(standing.openings, needed)
    if rows.is_empty():
        st.info(
            f"{format.uda(round(needed, 1))} UDAs are missing to {label}, and no opportunity on the list can be "
            "finished in time. Open courses appear here when they have no visit coming and fit in before the year ends."
        )
        return
    st.markdown(_in_words(standing, rows, needed, label, base))
    _table(here, rows)


def _ask(standing: Standing) -> tuple[float, str, bool]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        labels = {label: share for share, label, _ in LINES}
        label = st.segmented_control(
            "Reach", list(labels), default="96 %", required=True, key="nhs_line", persist_state="session"
        )
        base = "done"
        if standing.projection:
            base = st.segmented_control(
                "Counted from",
                list(FROM),
                format_func=lambda name: FROM[name].capitalize(),
                default="projection",
                required=True,
                key="nhs_base",
                persist_state="session",
                help="The projection has in it what usually gets booked; counting from what is delivered and "
                "scheduled supposes that nothing else comes.",
            )
    return labels[label], label, base == "projection"


def _in_words(standing: Standing, rows: pl.DataFrame, needed: float, label: str, base: str) -> str:
    brings = float(rows["uda"].sum())
    expected = None if rows["expected_uda"].null_count() else float(rows["expected_uda"].sum())
    missing = f"**{format.uda(round(needed, 1))} UDAs** are missing to {label}, counted from {base}."
    is_one = rows.height == 1
    uda = f"bring{'s' if is_one else ''} {format.uda(round(brings, 1))}"
    if brings < needed:
        courses = "The one course" if is_one else f"All {format.count(rows.height, 'course')}"
        told = f"{courses} that can still be finished in time {uda}: not enough."
    else:
        courses = "The course below" if is_one else f"The {format.count(rows.height, 'course')} below"
        told = f"{courses} {uda} if finished."
    likely = f" Weighed by likelihood, about {format.uda(round(expected, 1))}." if expected else ""
    return f"{missing} {told}{likely} Best first: UDAs times likelihood, then the oldest."


def _table(here: session.Session, rows: pl.DataFrame) -> None:
    cells = rows.select(
        pl.col("patient").alias("Patient"),
        pl.col("uda").round(2).alias("UDA"),
        (pl.col("likelihood") * 100).alias("Likelihood"),
        pl.col("running_uda").round(2).alias("UDAs so far"),
        pl.col("visits_left").alias("Visits left"),
        pl.col("finish_on").alias("Earliest finish"),
        pl.col("opened_on").alias("Opened"),
        pl.col("provider").alias("Provider"),
        pl.coalesce(
            pl.col("pathway").str.to_titlecase(), "Band " + pl.col("band").str.to_lowercase(), pl.lit("–")
        ).alias("Band"),
        pl.col("status").str.to_titlecase().alias("Status"),
        pl.col("attempts").alias("Attempts"),
        pl.col("assigned_to").alias("Assigned to"),
        pl.Series("Phone", [format.phone(number) for number in rows["phone"]], dtype=pl.String),
        pl.col("cot_number").alias("COT"),
    )
    days = st.column_config.DateColumn(format="D MMM YYYY")
    actions = st.container(horizontal=True, vertical_alignment="center")
    ids = tuple(rows["opportunity_id"])
    event = st.dataframe(
        cells.to_arrow(),
        # Ticks are positions, which a table with a fixed key keeps when the rows change (streamlit#17026).
        key=f"nhs_to_book_{hash(ids)}",
        height="content" if rows.height < 12 else HEIGHT,
        hide_index=True,
        placeholder="–",
        alt="Opportunities to book",
        on_select="rerun",
        selection_mode="multi-row",
        column_config={
            "Patient": st.column_config.TextColumn(pinned=True),
            "UDA": st.column_config.NumberColumn(format="%.4g"),
            "Likelihood": st.column_config.NumberColumn(
                format="%.0f %%",
                help="Of this practice's NHS courses of the last three years that were still open at the same age, so "
                "many were completed within as many days as are left of the year. Many of those were booked.",
            ),
            "UDAs so far": st.column_config.NumberColumn(format="localized"),
            "Status": st.column_config.TextColumn(width=88),
            "Earliest finish": days,
            "Opened": days,
        },
    )
    ticked = rows[event.selection.rows]
    one = ticked.height == 1
    with actions:
        if here.actor.may(Right.WORK):
            for name in ACTIONS:
                label, icon, _, meaning = action_bar.ACTIONS[name]
                is_fit = one if name == action_bar.BOOK else not ticked.is_empty()
                st.button(
                    label,
                    key=f"nhs_{name}",
                    icon=icon,
                    disabled=not is_fit,
                    help=meaning
                    if is_fit
                    else "Tick one row first."
                    if name == action_bar.BOOK
                    else "Tick rows first.",
                    on_click=action_bar.ask,
                    args=(name, ticked),
                )
        st.button(
            "See the patient",
            key="nhs_see",
            icon=":material/person:",
            disabled=not one,
            help=None if one else "Tick one row first.",
            on_click=patient_panel.open_drawer,
            args=(ticked["practice_id"][0], ticked["patient_id"][0]) if one else (),
        )
        st.markdown(_ticked(ticked))


def _ticked(ticked: pl.DataFrame) -> str:
    if ticked.is_empty():
        return "Nothing ticked"
    return f"**{format.count(ticked.height, 'course')} ticked, {format.uda(round(sum(ticked['uda']), 2))} UDA**"

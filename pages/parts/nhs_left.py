"""NHS courses that were left: suspended pathways before their deadline, and candidates for incomplete claims."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from pages.parts import format, patient_panel, session
from services import nhs_claims
from services.actors import Right
from services.nhs_claims import Candidate
from services.practices import Practice

MESSAGES = "A message counts where it left this machine and did not come back."
AT_ONCE = 20
"""So many candidates at a time: each has its contact log with it."""


def draw_suspended(here: session.Session, practice: Practice, contract_id: str) -> None:
    """Draw the suspended pathways that can be taken up again."""
    rows = nhs_claims.suspended(here.store, practice, contract_id, actor=here.actor, today=here.today)
    if rows.is_empty():
        st.success(
            "No suspended pathway can be taken up again. One appears here when the extract says that it was suspended, "
            "until three months later."
        )
        return
    st.markdown(
        "A suspended pathway can be taken up again within three months, as a new course of the next claim. "
        f"**{format.count(rows.height, 'pathway')}**, the soonest deadline first."
    )
    cells = rows.select(
        pl.col("patient").alias("Patient"),
        pl.col("deadline_on").alias("Take up by"),
        pl.col("days_left").alias("Days left"),
        pl.col("pathway").str.to_titlecase().alias("Pathway"),
        pl.format("{} of {}", pl.col("claim_number").fill_null(1), pl.col("claims")).alias("Claim"),
        (pl.col("left_pence") / 100).alias("Left to claim"),
        pl.col("suspended_on").alias("Suspended"),
        pl.col("next_visit_on").alias("Next visit"),
        pl.col("provider").alias("Provider"),
        pl.Series("Phone", [format.phone(number) for number in rows["phone"]], dtype=pl.String),
        pl.col("cot_number").alias("COT"),
    )
    days = st.column_config.DateColumn(format="D MMM YYYY")
    place = st.container()
    event = st.dataframe(
        cells.to_arrow(),
        key=f"nhs_suspended_{hash(tuple(rows['course_id']))}",
        hide_index=True,
        placeholder="–",
        alt="Suspended pathways",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "Take up by": days,
            "Suspended": days,
            "Next visit": days,
            "Left to claim": st.column_config.NumberColumn(format="£%,.2f"),
        },
    )
    picked = rows[event.selection.rows]
    with place:
        st.button(
            "See the patient",
            key="nhs_suspended_see",
            icon=":material/person:",
            disabled=picked.is_empty(),
            help="Tick a row first." if picked.is_empty() else None,
            on_click=patient_panel.open_drawer,
            args=() if picked.is_empty() else (practice.practice_id, picked["patient_id"][0]),
        )


def draw_incomplete(here: session.Session, practice: Practice, contract_id: str) -> None:
    """Draw the candidates for incomplete claims with their contact logs, and the list to print."""
    candidates = nhs_claims.incomplete(here.store, practice, contract_id, actor=here.actor, today=here.today)
    if not candidates:
        st.success(
            "No course is a candidate. One appears here when it was begun, has no visit coming, had its last visit "
            f"eight weeks ago or more, and the patient was rung or written to since. {MESSAGES}"
        )
        return
    st.markdown(
        f"**{format.count(len(candidates), 'course')}** begun, with no visit coming, the last one eight weeks ago or "
        f"more, and the patient tried or reached since; the longest left first. {MESSAGES} Check each against the "
        "chart. A practice needs one policy for patients who do not come back, and unusual numbers of such claims are "
        "reported to the commissioner."
    )
    if here.actor.may(Right.EXPORT):
        st.download_button(
            "List to print",
            data=partial(
                nhs_claims.printed,
                here.store,
                practice,
                contract_id,
                actor=here.actor,
                now=here.now,
                today=here.today,
            ),
            file_name=f"incomplete-claims-{here.today}.html",
            mime="text/html",
            key="nhs_print",
            icon=":material/print:",
            on_click="ignore",
            help="All of them with their contact logs, as a page to print. That you took it is recorded.",
        )
    page = 1
    if len(candidates) > AT_ONCE:
        page = st.pagination(-(-len(candidates) // AT_ONCE), key="nhs_claims_page")
    for candidate in candidates[(page - 1) * AT_ONCE : page * AT_ONCE]:
        with st.container(border=True):
            _candidate(candidate)


def _candidate(candidate: Candidate) -> None:
    log = [
        f"{format.moment(one.happened_at)}, {one.who}: {one.what}" + (f" – {one.note}" if one.note else "")
        for one in candidate.tries
    ]
    told, act = st.columns([5, 1], vertical_alignment="center")
    with told:
        st.markdown(
            f"**{format.plain(candidate.patient)}**, COT {format.plain(candidate.cot_number)} · "
            f"{format.plain(nhs_claims.about_in_words(candidate))}  \n" + "  \n".join(map(format.plain, log))
        )
    act.button(
        "See the patient",
        key=f"nhs_claim_{candidate.cot_number}_{candidate.patient_id}",
        on_click=patient_panel.open_drawer,
        args=(candidate.practice_id, candidate.patient_id),
    )

"""Clean-up: what was rejected as wrong in the chart, for its provider to tidy."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from pages.parts import action_bar, action_dialogs, format, patient_panel, session
from services import opportunities, timeline
from services.actors import Right
from services.opportunities import Filters
from services.reject_reasons import WRONG_IN_CHART

ACTIONS = (action_dialogs.RESTORE, action_dialogs.NOTE)


def draw(row: dict[str, Any], rows: pl.DataFrame, *, is_practice_named: bool) -> None:
    """Draw one opportunity with what was said of it, and what can be done about it."""
    told, acts = st.columns([3, 2], vertical_alignment="center")
    about = [f"COT {row['cot_number']}", f"opened {format.day(row['opened_on'])}", row["payor"]]
    about += [row["practice"]] if is_practice_named else []
    with told:
        st.markdown(
            f"**{format.plain(row['patient'])}**, {format.plain(' · '.join(filter(None, about)))}  \n"
            + format.plain(row["last_note"] or "No note says what is wrong.")
        )
    with acts, st.container(horizontal=True, gap="xsmall"):
        st.button(
            "See the patient",
            key=f"see_{row['row_id']}",
            on_click=patient_panel.open_drawer,
            args=(row["practice_id"], row["patient_id"]),
        )
        for name in ACTIONS:
            label, icon, _, meaning = action_bar.ACTIONS[name]
            st.button(
                label,
                key=f"{name}_{row['row_id']}",
                icon=icon,
                help=meaning,
                on_click=action_dialogs.ask,
                args=(name, rows.filter(pl.col("row_id") == row["row_id"])),
            )


here = session.require(Right.WORK)
st.title("Clean-up", anchor=False)
st.markdown(
    "Rejected as **wrong in chart**: done already, planned twice, or planned for somebody else. Tidy the chart in the "
    "practice management system; the next import then takes the row off this page. Restore what was right after all."
)
queue = Filters(statuses=("rejected",), reject_reasons=(WRONG_IN_CHART,))
found = opportunities.worklist(here.store, here.shown, queue, actor=here.actor, today=here.today)
rows = timeline.with_last_notes(here.store, here.shown, found.rows, actor=here.actor)
if rows.is_empty():
    st.success(
        "Nothing to clean up. A row appears here when somebody rejects an opportunity with the reason “wrong in chart”."
    )
names = opportunities.choices(here.store, here.shown, actor=here.actor).providers
keys = rows["provider_key"].unique(maintain_order=True).to_list()
for key in sorted(keys, key=lambda one: (one not in here.actor.provider_keys, names.get(one or "", "~"))):
    own = rows.filter(pl.col("provider_key").eq_missing(key))
    st.subheader(f"{format.plain(names.get(key or '', 'No provider'))} ({own.height})", anchor=False)
    for row in own.to_dicts():
        with st.container(border=True):
            draw(row, own, is_practice_named=len(here.shown) > 1)

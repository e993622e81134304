"""Clean-up: what was rejected as wrong in the chart, for its provider to tidy."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from pages.parts import action_bar, action_dialogs, format, patient_panel, session
from services import clean_up
from services.actors import Right

ACTIONS = (action_dialogs.RESTORE, action_dialogs.NOTE)
AT_ONCE = 50
"""So many rows at a time: each is a card with buttons of its own."""

ITEMS_SHOWN = 5


def open_work(row: dict[str, Any]) -> str:
    """Say what is open on the chart of a course."""
    items = row["open_items"]
    told = [
        item["description"] + (f" {format.pounds(item['price_pence'])}" if item["price_pence"] else "")
        for item in items[:ITEMS_SHOWN]
    ]
    if len(items) > ITEMS_SHOWN:
        told.append(f"and {len(items) - ITEMS_SHOWN:,} more")
    if not items and row["value_pence"]:
        told.append(f"private treatment of {format.pounds(row['value_pence'])}")
    if row["uda"]:
        told.append(f"{format.uda(row['uda'])} UDA left")
    return f"Open on the chart: {', '.join(told) or 'nothing that has a name or a price'}"


def draw(row: dict[str, Any], rows: pl.DataFrame, *, is_practice_named: bool) -> None:
    """Draw one opportunity with what was said of it, and what can be done about it."""
    about = [f"COT {row['cot_number']}", f"opened {format.day(row['opened_on'])}", row["payor"]]
    about += [row["practice"]] if is_practice_named else []
    said = row["rejected_note"] or "no note says what is wrong"
    by = f" by {row['rejected_by']} on {format.day(row['rejected_on'])}" if row["rejected_by"] else ""
    lines = [f"Rejected{by}: {said}", open_work(row)]
    lines += [f"Last note: {row['last_note']}"] if row["last_note"] else []
    told, acts = st.columns([3, 2], vertical_alignment="center")
    with told:
        st.markdown(
            f"**{format.plain(row['patient'])}**, {format.plain(' · '.join(filter(None, about)))}  \n"
            + "  \n".join(format.plain(line) for line in lines)
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
rows = clean_up.queue(here.store, here.shown, actor=here.actor, today=here.today)
if rows.is_empty():
    st.success(
        "Nothing to clean up. A row appears here when somebody rejects an opportunity with the reason “wrong in chart”."
    )
counts = dict(rows["provider_key"].value_counts().iter_rows())
shown = rows
if rows.height > AT_ONCE:
    page = st.pagination(-(-rows.height // AT_ONCE), key="clean_up_page")
    shown = rows.slice((page - 1) * AT_ONCE, AT_ONCE)
for (key,), own in shown.group_by("provider_key", maintain_order=True):
    name = own["provider_name"][0] or "No provider"
    st.subheader(f"{format.plain(name)} ({counts[key]:,})", anchor=False)
    for row in own.to_dicts():
        with st.container(border=True):
            draw(row, own, is_practice_named=len(here.shown) > 1)

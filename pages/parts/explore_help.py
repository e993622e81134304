"""What typed SQL may read and how far it goes, beside the cell that asks."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.parts.explore_drafts import Draft
from services import explore
from services.explore_views import EXAMPLES, VIEWS
from services.notebook_cells import Cell


def draw(draft: Draft, cell: Cell) -> None:
    """Draw the examples, the limits, and the columns of a view."""
    st.markdown("**Begin with an example**, which takes the place of what is typed:")
    with st.container(horizontal=True, gap="xsmall"):
        for title, sql in EXAMPLES.items():
            st.button(title, key=draft.key(cell, f"example_{title}"), on_click=_put, args=(draft, cell, sql))
    most = explore.LIMITS
    st.markdown(
        f"One question in DuckDB's SQL, begun with select, with or from. It reads the views below of the practices "
        f"shown and nothing else; it takes {most.seconds:g} seconds and {most.megabytes} MB at most, and shows "
        f"{most.rows:,} rows. `practice_today()` is the day at the practice. A column whose name ends in _pounds is "
        "shown as money. Two practices can have the same ids: join by practice too. The audit has each question and "
        "who asked it."
    )
    name = st.selectbox("View", list(VIEWS), key=draft.key(cell, "view"), width=260)
    about, columns = VIEWS[name]
    st.markdown(f"{about}.")
    st.dataframe(
        pl.DataFrame({"Column": list(columns), "What it holds": list(columns.values())}).to_arrow(),
        key=draft.key(cell, f"columns_{name}"),
        hide_index=True,
        height=320,
        alt=f"The columns of the view {name}",
        column_config={"Column": st.column_config.TextColumn(width=160)},
    )


def _put(draft: Draft, cell: Cell, sql: str) -> None:
    st.session_state[draft.key(cell, "sql")] = sql
    st.session_state[draft.key(cell, "chart")] = "bars"
    draft.change(cell.cell_id, sql=sql, chart="bars")

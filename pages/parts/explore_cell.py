"""One cell of a notebook on the page Explore: its question, and the answer under it."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from pages.parts import explore_answer, explore_filters, explore_help
from pages.parts.explore_drafts import Draft
from pages.parts.session import Session
from services.actors import Right
from services.notebook_cells import CHARTS, GROUPS, LONGEST_SQL, LONGEST_TITLE, MEASURES, Cell
from services.opportunities import Choices

UP, DOWN, COPY, OUT = "Move up", "Move down", "Copy", "Take out"
NOTHING = "Nothing else"


def draw(here: Session, draft: Draft, cell: Cell, choices: Choices) -> None:
    """Draw a cell."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                "Title",
                key=_key(draft, cell, "title", cell.title),
                max_chars=LONGEST_TITLE,
                placeholder="What this asks",
                on_change=partial(_keep, draft, cell.cell_id, "title"),
            )
            _more(draft, cell)
        if cell.is_sql:
            _draw_sql(here, draft, cell)
        else:
            _draw_choices(draft, cell, choices)
            explore_answer.draw_choices(here, draft, cell, choices)


def _draw_choices(draft: Draft, cell: Cell, choices: Choices) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.multiselect(
            "Show",
            list(MEASURES),
            format_func=MEASURES.__getitem__,
            key=_key(draft, cell, "measures", list(cell.measures)),
            placeholder="Choose at least one",
            help="The table has all of these; the chart shows the first.",
            on_change=partial(_keep, draft, cell.cell_id, "measures"),
            width=340,
        )
        _choose("Group by", "group", GROUPS, draft, cell)
        _choose("Then by", "split", {"": NOTHING, **GROUPS}, draft, cell)
        _choose("Chart", "chart", CHARTS, draft, cell)
        with st.popover("Filters", icon=":material/filter_alt:", width="content"):
            explore_filters.draw(draft, cell, choices)


def _draw_sql(here: Session, draft: Draft, cell: Cell) -> None:
    if not here.actor.may(Right.SQL):
        st.code(cell.sql or "-- empty", language="sql", wrap_lines=True)
        st.info(
            f"This cell asks in SQL, which reads every row of the practice at once: the role {here.actor.role} may not "
            "run it. Ask the practice manager for its answer, or ask with choices."
        )
        return
    st.text_area(
        "SQL",
        key=_key(draft, cell, "sql", cell.sql),
        max_chars=LONGEST_SQL,
        height=200,
        placeholder="select provider, count(*) as opportunities from opportunities group by provider",
        help="It reads the views and can change nothing. Ctrl and Enter take over what you typed.",
        on_change=partial(_keep, draft, cell.cell_id, "sql"),
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.button(
            "Run",
            key=draft.key(cell, "run"),
            icon=":material/play_arrow:",
            type="primary",
            on_click=draft.run,
            args=([cell.cell_id],),
        )
        _choose("Chart", "chart", CHARTS, draft, cell)
        with st.popover("Views and examples", icon=":material/help:", width="content"):
            explore_help.draw(draft, cell)
    explore_answer.draw_sql(here, draft, cell)


def _more(draft: Draft, cell: Cell) -> None:
    """Draw what can be done with the cell itself."""
    place = draft.cells.index(cell)
    offered = [UP] * (place > 0) + [DOWN] * (place < len(draft.cells) - 1) + [COPY, OUT]
    key = draft.key(cell, "more")
    st.menu_button("Cell", offered, key=key, icon=":material/more_vert:", on_click=_do, args=(draft, cell.cell_id, key))


def _do(draft: Draft, cell_id: str, key: str) -> None:
    chosen = st.session_state.get(key)
    if chosen in (UP, DOWN):
        draft.move(cell_id, -1 if chosen == UP else 1)
    elif chosen == COPY:
        draft.copy(cell_id)
    elif chosen == OUT:
        draft.take_out(cell_id)


def _choose(label: str, name: str, offered: dict[str, str], draft: Draft, cell: Cell) -> None:
    st.selectbox(
        label,
        list(offered),
        format_func=offered.__getitem__,
        key=_key(draft, cell, name, getattr(cell, name)),
        on_change=partial(_keep, draft, cell.cell_id, name),
        width=150,
    )


def _key(draft: Draft, cell: Cell, name: str, value: Any) -> str:
    """Return the key of a control that holds what the cell has, also after another page was shown."""
    key = draft.key(cell, name)
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def _keep(draft: Draft, cell_id: str, name: str) -> None:
    cell = next(cell for cell in draft.cells if cell.cell_id == cell_id)
    value = st.session_state[draft.key(cell, name)]
    draft.change(cell_id, **{name: tuple(value) if isinstance(value, list) else value})

"""The answer to a cell on the page Explore: worked out when it is asked for, drawn as chart and table, taken as CSV."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from pages.parts import explore_charts, explore_filters, format
from pages.parts.explore_drafts import FRESH, Draft, Given
from pages.parts.explore_filters import Asked
from pages.parts.session import Session
from services import explore, surroundings
from services.actors import Right
from services.errors import CareManagerError
from services.explore import Answer
from services.explore_report import Section
from services.notebook_cells import Cell
from services.opportunities import Choices

TABLE_HEIGHT = 420
NO_FILTER = "No filter: open and contacted"


def draw_choices(here: Session, draft: Draft, cell: Cell, choices: Choices) -> None:
    """Draw the answer to a cell of choices, worked out again when they change or it is some minutes old."""
    asked = explore_filters.asked(cell, choices)
    if asked.left_off:
        st.warning(
            f"Left off, because it cannot be chosen at the practices shown: {format.plain(', '.join(asked.left_off))}."
        )
    said = "; ".join(asked.in_words) or NO_FILTER
    _draw(here, draft, cell, _measured(here, draft, cell, asked), said)


def draw_sql(here: Session, draft: Draft, cell: Cell) -> None:
    """Draw the answer to a cell of SQL, asked only when its button is pressed."""
    given = draft.given.get(cell.cell_id)
    if cell.cell_id in draft.to_run:
        with st.spinner("Asking …", show_time=True):
            given = _asked(here, draft, cell)
    if given is None:
        st.info("Run it to see the answer.")
    elif given.key != _key_of_sql(here, cell):
        st.info("The question, or the practice, is another one than was asked. Run it again to see the answer.")
    else:
        _draw(here, draft, cell, given, "")


def section(here: Session, draft: Draft, cell: Cell, asked: Asked | None) -> Section:
    """Return a cell as a part of the report; what was not run yet is run."""
    sql = cell.sql if cell.is_sql else None
    said = ""
    if cell.is_sql and not here.actor.may(Right.SQL):
        return Section(cell.called, "It asks in SQL, which was not run.", sql=sql)
    if asked is None:
        given = _asked(here, draft, cell)
    else:
        given = _measured(here, draft, cell, asked)
        said = f"Filters: {'; '.join(asked.in_words)}." if asked.in_words else f"{NO_FILTER}."
    answer = given.answer
    if answer is None:
        return Section(cell.called, given.problem or "", sql=sql)
    return Section(
        title=cell.called,
        about=" ".join(filter(None, (answer.about, said, explore_charts.left_out(answer)))),
        rows=answer.as_file(),
        money=tuple(answer.labels[name] for name in answer.money),
        svg=explore_charts.svg(answer, cell.chart),
        chart_says=explore_charts.says(answer),
        sql=sql,
    )


def _measured(here: Session, draft: Draft, cell: Cell, asked: Asked) -> Given:
    """Return what comes of choices: as it was given some minutes ago, or worked out now."""
    key = (cell.group, cell.split, cell.measures, asked.filters, _of(here))
    given = draft.given.get(cell.cell_id)
    is_due = given is not None and here.now - given.at > FRESH
    if given is not None and given.key == key and not is_due and cell.cell_id not in draft.to_run:
        return given
    ask = partial(explore.measure, here.store, here.shown, cell, asked.filters, actor=here.actor, today=here.today)
    return _give(here, draft, cell, key, ask)


def _asked(here: Session, draft: Draft, cell: Cell) -> Given:
    """Return what comes of SQL: as it was given, unless it is to be run or is another question now."""
    key = _key_of_sql(here, cell)
    given = draft.given.get(cell.cell_id)
    if given is not None and given.key == key and cell.cell_id not in draft.to_run:
        return given
    ask = partial(explore.ask, here.store, here.shown, cell.sql, actor=here.actor, now=here.now, today=here.today)
    return _give(here, draft, cell, key, ask)


def _key_of_sql(here: Session, cell: Cell) -> tuple[Any, ...]:
    return (cell.sql, _of(here))


def _give(here: Session, draft: Draft, cell: Cell, key: Any, ask: Callable[[], Answer]) -> Given:
    draft.to_run.discard(cell.cell_id)
    try:
        given = Given(key, here.now, answer=ask())
    except CareManagerError as problem:
        given = Given(key, here.now, problem=str(problem))
    draft.given[cell.cell_id] = given
    return given


def _draw(here: Session, draft: Draft, cell: Cell, given: Given, said: str) -> None:
    answer = given.answer
    if answer is None:
        st.error(format.plain(given.problem or ""), icon=":material/error:")
        return
    at = given.at.astimezone(ZoneInfo(surroundings.TIMEZONE))
    told = filter(None, (answer.about, f"{said}." if said else "", f"As of {at:%H:%M}."))
    st.caption(format.plain(" ".join(told)))
    if answer.frame.is_empty():
        st.info(
            "No row answers this. Look at the where, or choose another practice."
            if cell.is_sql
            else "No opportunity passes these filters. Take one off, or choose another practice."
        )
        return
    chart = explore_charts.draw(answer, cell.chart)
    if chart is None:
        _table(draft, cell, answer)
    else:
        # A wide table goes below its chart.
        is_beside = answer.frame.width <= 3
        left, right = st.columns([3, 2], gap="medium") if is_beside else (st.container(), st.container())
        with left:
            st.altair_chart(chart, key=draft.key(cell, "drawn"), alt=explore_charts.says(answer))
            if words := explore_charts.left_out(answer):
                st.caption(words)
        with right:
            _table(draft, cell, answer)
    if here.actor.may(Right.EXPORT):
        st.download_button(
            "CSV",
            data=partial(explore.export, here.store, here.shown, answer, cell.called, actor=here.actor, now=here.now),
            file_name=f"{file_name(cell.called)}-{here.today}.csv",
            key=draft.key(cell, "csv"),
            icon=":material/download:",
            on_click="ignore",
            help="The rows of this table as CSV. That you took it is recorded.",
        )


def _table(draft: Draft, cell: Cell, answer: Answer) -> None:
    config: dict[str, Any] = {}
    for name, kind in answer.frame.schema.items():
        heading = answer.labels[name]
        if name in answer.money:
            config[heading] = st.column_config.NumberColumn(format="£%,.2f")
        elif kind == pl.Date:
            config[heading] = st.column_config.DateColumn(format="D MMM YYYY")
        elif kind == pl.Datetime:
            config[heading] = st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm")
        elif kind.is_float():
            config[heading] = st.column_config.NumberColumn(format="localized")
    rows = answer.as_file()
    st.dataframe(
        rows.to_arrow(),
        key=draft.key(cell, "table"),
        hide_index=True,
        column_config=config,
        height=TABLE_HEIGHT if rows.height > 10 else "auto",
        placeholder="",
        alt=f"The answer as a table: {', '.join(rows.columns)}",
    )


def _of(here: Session) -> tuple[Any, ...]:
    """Return of which practices and day an answer is."""
    return (*(practice.practice_id for practice in here.shown), here.today)


def file_name(title: str) -> str:
    """Return a title as the name of a file."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60] or "explore"

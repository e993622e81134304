"""The filters of a cell of choices: the work list's, each kept in its cell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from pages.parts import filters
from pages.parts.explore_drafts import Draft
from services import view_choices
from services.notebook_cells import Cell
from services.opportunities import Choices, Filters

DAYS = ("opened_from", "opened_to")
AMOUNTS = ("value_from", "value_to", "worth_from", "worth_to")
EITHER = ("is_due", "is_partly_done")


@dataclass(frozen=True)
class Asked:
    """The filters of a cell as they can be asked for here: in words, and the words of those that cannot."""

    filters: Filters
    in_words: list[str]
    left_off: list[str]


def asked(cell: Cell, choices: Choices) -> Asked:
    """Return what the filters of a cell ask for at these practices."""
    fitting, left_off = view_choices.fitted(cell.filters, filters.options_of(choices))
    found = Filters(**{name: _typed(name, value) for name, value in fitting.items()})
    if found.reject_reasons and "statuses" not in fitting:
        found = Filters(**{**vars(found), "statuses": ("rejected",)})
    # The list's own "only this patient" is none of a cell's.
    said = {names: words for names, words in filters.in_words(found, choices).items() if names != ("only",)}
    return Asked(found, list(said.values()), [filters.label_of(name) for name in left_off])


def draw(draft: Draft, cell: Cell, choices: Choices) -> None:
    """Draw the filters of a cell; what is chosen goes into it at once."""
    options = filters.options_of(choices)
    for column, (name, label) in zip(st.columns(3) * 2, filters.MANY.items(), strict=True):
        offered = options[name]
        column.multiselect(
            label,
            list(offered),
            format_func=offered.__getitem__,
            key=_key(draft, cell, name, [one for one in cell.filters.get(name, []) if one in offered]),
            placeholder="Open, contacted" if name == "statuses" else "Any",
            on_change=partial(_keep, draft, cell.cell_id, name),
        )
    columns = st.columns(4)
    for column, name in zip(columns, DAYS, strict=False):
        column.date_input(
            filters.label_of(name),
            key=_key(draft, cell, name, _typed(name, cell.filters.get(name))),
            value=None,
            format="DD/MM/YYYY",
            on_change=partial(_keep, draft, cell.cell_id, name),
        )
    for column, name in zip(columns[2:], EITHER, strict=True):
        label, yes, no = filters.EITHER[name]
        held = cell.filters.get(name)
        column.selectbox(
            label,
            [yes, no],
            index=None,
            key=_key(draft, cell, name, None if held is None else yes if held else no),
            placeholder="Any",
            on_change=partial(_keep, draft, cell.cell_id, name),
        )
    for column, name in zip(st.columns(4), AMOUNTS, strict=True):
        pence = cell.filters.get(name)
        column.number_input(
            filters.label_of(name),
            min_value=0.0,
            value=None,
            step=50.0,
            format="%.2f",
            key=_key(draft, cell, name, None if pence is None else pence / 100),
            icon=":material/currency_pound:",
            on_change=partial(_keep, draft, cell.cell_id, name),
        )


def _key(draft: Draft, cell: Cell, name: str, value: Any) -> str:
    """Return the key of a control that holds what the cell has, also after another page was shown."""
    key = draft.key(cell, name)
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def _keep(draft: Draft, cell_id: str, name: str) -> None:
    cell = next(cell for cell in draft.cells if cell.cell_id == cell_id)
    value = _plain(name, st.session_state[draft.key(cell, name)])
    rest = {other: held for other, held in cell.filters.items() if other != name}
    draft.change(cell_id, filters=rest if value in (None, []) else {**rest, name: value})


def _plain(name: str, value: Any) -> Any:
    """Return what a control holds as a view keeps it."""
    if name in EITHER and value is not None:
        return value == filters.EITHER[name][1]
    if name in AMOUNTS and value is not None:
        return round(value * 100)
    if isinstance(value, date):
        return value.isoformat()
    return sorted(value) if isinstance(value, list) else value


def _typed(name: str, value: Any) -> Any:
    """Return a kept value as Filters has it."""
    if isinstance(value, list):
        return tuple(value)
    return date.fromisoformat(value) if name in DAYS and value is not None else value

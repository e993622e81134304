"""The notebooks that are open on the page Explore: their cells as they are on screen, and the answers to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import streamlit as st

from services.explore import Answer
from services.notebook_cells import MOST_CELLS, Cell
from services.notebooks import Notebook

NEW = "new"
NEW_NAME = "New notebook"
DRAFTS = "explore_drafts"
CHOSEN = "explore_notebook"
NEXT = "explore_next"
"""The notebook to open from the next run on: the choice is drawn before a dialog can say so."""

FRESH = timedelta(minutes=5)
"""So long an answer to choices is shown again before it is worked out anew."""


@dataclass(frozen=True)
class Given:
    """What came of a cell, for the question that key says, or why nothing did."""

    key: Any
    at: datetime
    answer: Answer | None = None
    problem: str | None = None


@dataclass
class Draft:
    """A notebook as it was read, its cells as they are on screen, which are to be run, and what came of them."""

    notebook: Notebook
    cells: list[Cell]
    to_run: set[str] = field(default_factory=set)
    given: dict[str, Given] = field(default_factory=dict)
    draft_id: str = field(default_factory=lambda: uuid4().hex)

    @property
    def is_kept(self) -> bool:
        """Say whether it is in the store at all."""
        return self.notebook.version > 0

    @property
    def is_changed(self) -> bool:
        """Say whether what is on screen is not kept."""
        return not self.is_kept or tuple(self.cells) != self.notebook.cells

    @property
    def is_as_begun(self) -> bool:
        """Say whether it is new and nothing was done to it."""
        return not self.is_kept and tuple(self.cells) == self.notebook.cells

    def key(self, cell: Cell, name: str) -> str:
        """Return the key of a control of a cell; another one when the notebook is opened again."""
        return f"explore_{name}_{self.draft_id}_{cell.cell_id}"

    def change(self, cell_id: str, **changes: Any) -> None:
        """Let a cell be otherwise."""
        self.cells = [replace(cell, **changes) if cell.cell_id == cell_id else cell for cell in self.cells]

    def add(self, kind: str) -> None:
        """Put a new cell at the end."""
        if len(self.cells) < MOST_CELLS:
            self.cells = [*self.cells, Cell(kind, chart="none" if kind == "sql" else "bars")]

    def copy(self, cell_id: str) -> None:
        """Put a copy of a cell after it."""
        place = self._place(cell_id)
        if len(self.cells) < MOST_CELLS:
            self.cells = [*self.cells]
            self.cells.insert(place + 1, replace(self.cells[place], cell_id=uuid4().hex))

    def move(self, cell_id: str, by: int) -> None:
        """Move a cell up or down."""
        place = self._place(cell_id)
        cells = [*self.cells]
        cell = cells.pop(place)
        cells.insert(max(place + by, 0), cell)
        self.cells = cells

    def take_out(self, cell_id: str) -> None:
        """Take a cell out."""
        self.cells = [cell for cell in self.cells if cell.cell_id != cell_id]
        self.given.pop(cell_id, None)

    def run(self, cell_ids: Sequence[str]) -> None:
        """Let cells be run when they are drawn."""
        self.to_run |= set(cell_ids)

    def _place(self, cell_id: str) -> int:
        return next(place for place, cell in enumerate(self.cells) if cell.cell_id == cell_id)


def opened(kept: Sequence[Notebook]) -> Draft:
    """Return the draft of the notebook that is chosen among those kept, as it was left.

    One that somebody else changed meanwhile is read again, unless something of it is not saved here.
    """
    drafts: dict[str, Draft] = st.session_state.setdefault(DRAFTS, {})
    chosen = st.session_state.get(CHOSEN, NEW)
    notebook = next((one for one in kept if one.notebook_id == chosen), None)
    if notebook is None:
        return drafts.setdefault(NEW, _begun())
    draft = drafts.get(chosen)
    if draft is None or (draft.notebook.version != notebook.version and not draft.is_changed):
        draft = drafts[chosen] = Draft(notebook, list(notebook.cells))
    return draft


def keep_of_gone(notebook_id: str) -> None:
    """Let what was changed in a notebook that somebody else removed be the new one, unless one was begun already."""
    drafts: dict[str, Draft] = st.session_state.get(DRAFTS, {})
    gone = drafts.pop(notebook_id, None)
    if gone is not None and gone.is_changed and (NEW not in drafts or drafts[NEW].is_as_begun):
        drafts[NEW] = Draft(Notebook(NEW, NEW_NAME, ()), gone.cells, given=gone.given, draft_id=gone.draft_id)


def saved(draft: Draft, notebook: Notebook) -> None:
    """Let a draft be the one of a notebook as it is kept now, and open that one."""
    drafts: dict[str, Draft] = st.session_state[DRAFTS]
    if not draft.is_kept:
        drafts.pop(NEW, None)
    elif draft.notebook.notebook_id != notebook.notebook_id:
        # Saved as another one: the first is as it is kept again.
        drafts.pop(draft.notebook.notebook_id, None)
    drafts[notebook.notebook_id] = Draft(notebook, list(draft.cells), given=dict(draft.given), draft_id=draft.draft_id)
    st.session_state[NEXT] = notebook.notebook_id


def forget(draft: Draft) -> None:
    """Let what is not saved of a notebook go."""
    st.session_state[DRAFTS].pop(draft.notebook.notebook_id if draft.is_kept else NEW, None)


def label(notebook: Notebook, practice_names: dict[str, str]) -> str:
    """Return a notebook's name, and whose it is."""
    if not notebook.is_shared:
        return notebook.name
    where = practice_names.get(notebook.practice_id or "", "the practice")
    return f"{notebook.name} ({'' if notebook.is_mine else f'{notebook.owner_name}, '}shared with {where})"


def _begun() -> Draft:
    cells = [Cell()]
    return Draft(Notebook(NEW, NEW_NAME, tuple(cells)), cells)

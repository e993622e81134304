"""The cells of a notebook: questions made of choices or typed in SQL, and how the store keeps them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from services.errors import InvalidRequest
from services.view_choices import FILTERS

KINDS = {"choices": "Choices", "sql": "SQL"}

MEASURES = {
    "opportunities": "Opportunities",
    "patients": "Patients",
    "value": "Value",
    "uda": "UDA",
    "worth": "Worth",
    "attempts": "Attempts",
}
"""What a cell of choices may count or add up; value and worth are money."""

GROUPS = {
    "provider": "Provider",
    "payor": "Payor",
    "payor_kind": "Kind of payor",
    "assigned_to": "Assigned to",
    "status": "Status",
    "reason": "Reason",
    "reject_reason": "Reject reason",
    "age": "Days open",
    "opened_month": "Month opened",
    "tries": "Attempts made",
    "practice": "Practice",
}
"""What the opportunities of a cell may be put together by."""

CHARTS = {"bars": "Bars", "line": "Line", "none": "No chart"}

MOST_CELLS = 30
LONGEST_SQL = 10_000
LONGEST_TITLE = 120
MOST_LETTERS = 200_000


@dataclass(frozen=True)
class Cell:
    """One question: its title, and either choices or SQL.

    filters are kept as views keep them (services/view_choices.py). The chart of a cell of choices is of its first
    measure, that of SQL of its first column that is a number, by its first column.
    """

    kind: str = "choices"
    title: str = ""
    filters: Mapping[str, Any] = field(default_factory=dict)
    group: str = "provider"
    split: str = ""
    measures: tuple[str, ...] = ("value", "opportunities")
    chart: str = "bars"
    sql: str = ""
    cell_id: str = field(default_factory=lambda: uuid4().hex)

    @property
    def is_sql(self) -> bool:
        """Say whether the question was typed in SQL."""
        return self.kind == "sql"

    @property
    def called(self) -> str:
        """Return its title, or what stands for one."""
        return self.title.strip() or ("SQL" if self.is_sql else f"By {GROUPS[self.group].lower()}")


def to_text(cells: Sequence[Cell]) -> str:
    """Return cells as the store keeps them; raise InvalidRequest for too many or too long ones."""
    if len(cells) > MOST_CELLS:
        raise InvalidRequest(f"A notebook has {MOST_CELLS} cells at most. Nothing was saved. Take some out.")
    if any(len(cell.sql) > LONGEST_SQL for cell in cells):
        raise InvalidRequest(f"SQL has {LONGEST_SQL:,} letters at most. Nothing was saved. Shorten it.")
    text = json.dumps([_kept(cell) for cell in cells], sort_keys=True, ensure_ascii=False)
    if len(text) > MOST_LETTERS:
        raise InvalidRequest("This is more than a notebook keeps. Nothing was saved. Take some cells out.")
    return text


def of_text(text: str) -> tuple[Cell, ...]:
    """Return the cells that the store kept; what is no cell any more is left out, what it lacks is as in a new one."""
    try:
        rows = json.loads(text)
    except ValueError:
        return ()
    return tuple(_read(row) for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()


def _kept(cell: Cell) -> dict[str, Any]:
    kept = {"kind": cell.kind, "title": cell.title[:LONGEST_TITLE], "chart": cell.chart, "cell_id": cell.cell_id}
    if cell.is_sql:
        return {**kept, "sql": cell.sql}
    # What names a patient would tell everybody who uses the notebook about them.
    filters = {name: value for name, value in cell.filters.items() if name in FILTERS}
    return {**kept, "filters": filters, "group": cell.group, "split": cell.split, "measures": list(cell.measures)}


def _read(row: Mapping[str, Any]) -> Cell:
    new = Cell()
    filters, measures, sql, title = (row.get(name) for name in ("filters", "measures", "sql", "title"))
    chosen = tuple(one for one in measures if one in MEASURES) if isinstance(measures, list) else ()
    return Cell(
        kind="sql" if row.get("kind") == "sql" else "choices",
        title=title if isinstance(title, str) else "",
        filters={name: value for name, value in filters.items() if name in FILTERS}
        if isinstance(filters, dict)
        else {},
        group=_one_of(GROUPS, row.get("group"), new.group),
        split=_one_of(GROUPS, row.get("split"), ""),
        measures=chosen or new.measures,
        chart=_one_of(CHARTS, row.get("chart"), new.chart),
        sql=sql if isinstance(sql, str) else "",
        cell_id=str(row.get("cell_id") or new.cell_id),
    )


def _one_of(offered: Mapping[str, str], value: Any, otherwise: str) -> str:
    return value if isinstance(value, str) and value in offered else otherwise

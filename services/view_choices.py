"""What a view asks for as plain values that can be kept: made from the list, and read again when some of it is gone.

They are the fields of Filters that differ from "any", money in pence, days as YYYY-MM-DD; "order" as
[sort, is_descending], "grouping", "columns" and "practice". Nothing chosen is {}.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from services.opportunities import GROUPINGS, SORTS, Filters, Order

NAMES_A_PATIENT = ("search", "patient", "household")
"""What no view keeps: it would tell everybody who uses the view about a patient."""

FILTERS = tuple(one.name for one in fields(Filters) if one.name not in NAMES_A_PATIENT)
"""The filters that a view keeps."""

LISTS = tuple(name for name in FILTERS if isinstance(getattr(Filters(), name), tuple))
KEPT = (*FILTERS, "order", "grouping", "columns", "practice")


def choices_of(
    filters: Filters,
    order: Order,
    grouping: str,
    columns: Sequence[str] | None = None,
    practice_id: str | None = None,
) -> dict[str, Any]:
    """Return what is chosen as a view keeps it: only what differs from the list in which nothing is."""
    anything = Filters()
    chosen = {name: _plain(getattr(filters, name)) for name in FILTERS}
    chosen = {name: value for name, value in chosen.items() if value != _plain(getattr(anything, name))}
    if order != Order():
        chosen["order"] = [order.sort, order.is_descending]
    if grouping != "none":
        chosen["grouping"] = grouping
    if columns:
        chosen["columns"] = list(columns)
    if practice_id:
        chosen["practice"] = practice_id
    return chosen


def fitted(choices: Mapping[str, Any], offered: Mapping[str, Collection[str]]) -> tuple[dict[str, Any], list[str]]:
    """Return those choices that can be made now, and the names of those that cannot, or only in part.

    `offered` has the values that each list of filters, "columns" and "practice" offer.
    """
    fitting: dict[str, Any] = {}
    left_off: list[str] = []
    for name, value in choices.items():
        kept = _fitting(name, value, offered.get(name, ()))
        if kept is None or kept != value:
            left_off.append(name)
        if kept is not None and kept != []:
            fitting[name] = kept
    return fitting, left_off


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return sorted(value)
    return value.isoformat() if isinstance(value, date) else value


def _fitting(name: str, value: Any, offered: Collection[str]) -> Any:
    """Return what of a value can be chosen now; None when nothing can."""
    if name in LISTS or name == "columns":
        return [one for one in value if one in offered] if isinstance(value, list) else None
    if name == "order":
        is_order = isinstance(value, list) and len(value) == 2 and value[0] in SORTS and isinstance(value[1], bool)
        return value if is_order else None
    if name in ("grouping", "practice"):
        return value if value in (GROUPINGS if name == "grouping" else offered) else None
    if name.startswith(("is_", "has_")):
        return value if name in FILTERS and isinstance(value, bool) else None
    return value if name in FILTERS and _is_end(name, value) else None


def _is_end(name: str, value: Any) -> bool:
    """Say whether a value is a day, or a number that is not below none, as the filter asks for."""
    if name.startswith(("opened_", "updated_", "next_visit_")):
        try:
            return isinstance(value, str) and bool(date.fromisoformat(value))
        except ValueError:
            return False
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and value >= 0

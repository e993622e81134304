"""What stands in the appointment book: each block of time as a box with its place in a column and its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

HOUR = 84
"""Pixels of an hour: a visit of ten minutes has room for one line."""

LINE = 12
"""Pixels of a line of text."""

TAKEN = ("appointment", "booking", "held")
"""The looks of what takes time."""

UNDER: dict[str, tuple[str, ...]] = {"break": ("away",), "room": ("away", "break")}
"""What is not drawn where it lies within these."""

NOT_WORKING = "Not working"

BOOKED_HERE = {
    "to enter": "booked here, to enter in the PMS",
    "entered": "booked here, entered in the PMS",
    "conflict": "booked here, the PMS says otherwise",
}
"""What is said of a visit that was booked here, by its state."""


@dataclass(frozen=True)
class Column:
    """A column of the book: whose it is, of which day, and what stands above it (a line break parts two lines)."""

    provider_id: str
    day: Any
    title: str


def length(minutes: int) -> str:
    """Write a length as 1 h 20 min."""
    hours, rest = divmod(minutes, 60)
    return " ".join([*([f"{hours} h"] if hours else []), *([f"{rest} min"] if rest or not hours else [])])


def minute_of(at: datetime) -> int:
    """Return how many minutes after midnight it is."""
    return at.hour * 60 + at.minute


def words_of(block: dict[str, Any]) -> tuple[str, str]:
    """Say what a block is, and what else there is to know of it."""
    minutes = length(int((block["to_at"] - block["from_at"]) / timedelta(minutes=1)))
    label = block["label"] or ""
    if block["kind"] == "free":
        return f"free {minutes}", ""
    if block["kind"] == "break":
        return label or "Break", minutes
    if block["kind"] == "away":
        return label or "Away", ""
    if block["kind"] == "room":
        return label or "Room in use", minutes
    if block["kind"] == "held":
        return "Held for a patient", label
    state = block["state"] or ""
    if block["kind"] == "booking":
        state = BOOKED_HERE.get(state, "booked here")
    elif block["booking_id"]:
        state = "booked here, in the PMS"
    elif state == "booked":
        state = ""
    return block["patient"] or "Appointment", ", ".join(filter(None, (state, minutes, label)))


def told(block: dict[str, Any]) -> str:
    """Say in a line what a block is, and when."""
    return f"{block['from_at']:%H:%M} to {block['to_at']:%H:%M}: {', '.join(filter(None, words_of(block)))}"


def of(blocks: pl.DataFrame, columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Return what is to be drawn: where, in which look, and with which words."""
    places = {(column.provider_id, column.day): place for place, column in enumerate(columns)}
    boxes = []
    over = [row for row in blocks.to_dicts() if row["kind"] in ("away", "break")]
    for block in blocks.sort("provider_id", "day", "from_at", "to_at").to_dicts():
        if any(_is_within(block, one) for one in over if one["kind"] in UNDER.get(block["kind"], ())):
            continue
        place = places.get((block["provider_id"], block["day"]))
        if place is None:
            continue
        what, more = words_of(block)
        last = minute_of(block["to_at"]) if block["to_at"].date() == block["day"] else 24 * 60
        boxes.append(
            {
                "provider_id": block["provider_id"],
                "day": block["day"].isoformat(),
                "place": place,
                "y": minute_of(block["from_at"]) if block["from_at"].date() == block["day"] else 0,
                "y2": last,
                "look": {"break": "closed", "away": "closed", "room": "closed"}.get(block["kind"], block["kind"]),
                "what": what,
                "more": more,
                "begins": f"{block['from_at']:%H:%M}",
                "told": told(block),
            }
        )
    _side_by_side([box for box in boxes if box["look"] in TAKEN])
    for box in boxes:
        box.setdefault("x", box["place"] + 0.02)
        box.setdefault("x2", box["place"] + 0.98)
        box.setdefault("share", 1.0)
        box["text"] = _text(box)
    return boxes


def _is_within(block: dict[str, Any], other: dict[str, Any]) -> bool:
    is_same = block["provider_id"] == other["provider_id"]
    return bool(is_same and other["from_at"] <= block["from_at"] and block["to_at"] <= other["to_at"])


def ground(place: int, first: int, last: int, *, is_empty: bool) -> dict[str, Any]:
    """Return what lies under a column: the time in which nobody works, which is said where that is all of it."""
    words = NOT_WORKING if is_empty else ""
    return {"place": place, "x": place, "x2": place + 1, "share": 1.0, "y": first, "y2": last, "look": "ground"} | {
        "text": words,
        "told": NOT_WORKING,
    }


def chosen_box(chosen: tuple[str, datetime, str], columns: Sequence[Column], minutes: int) -> list[dict[str, Any]]:
    provider_id, at, name = chosen
    place = next(
        (place for place, one in enumerate(columns) if (one.provider_id, one.day) == (provider_id, at.date())), None
    )
    if place is None:
        return []
    begins = minute_of(at)
    box = {
        "provider_id": provider_id,
        "day": at.date().isoformat(),
        "place": place,
        "x": place + 0.02,
        "x2": place + 0.98,
        "share": 1.0,
        "y": begins,
        "y2": begins + minutes,
        "look": "chosen",
        "what": name,
        "more": "not booked yet",
        "begins": f"{at:%H:%M}",
        "told": f"{at:%H:%M}: {name}, {length(minutes)}, not booked yet",
    }
    return [{**box, "text": _text(box)}]


def _side_by_side(boxes: list[dict[str, Any]]) -> None:
    """Give boxes of the same time their parts of the column, as a book does where two are booked at once."""
    group: list[dict[str, Any]] = []

    def settle() -> None:
        ends: list[int] = []
        for box in group:
            lane = next((number for number, end in enumerate(ends) if end <= box["y"]), len(ends))
            ends[lane : lane + 1] = [box["y2"]]
            box["lane"] = lane
        for box in group:
            box["share"] = 1 / len(ends)
            box["x"] = box["place"] + 0.02 + 0.96 * box.pop("lane") * box["share"]
            box["x2"] = box["x"] + 0.96 * box["share"]

    for box in boxes:
        if group and (box["place"] != group[0]["place"] or box["y"] >= max(one["y2"] for one in group)):
            settle()
            group = []
        group.append(box)
    settle()


def _text(box: dict[str, Any]) -> str:
    """Return as many lines as the box has room for."""
    room = int((box["y2"] - box["y"]) * HOUR / 60 // LINE)
    first = box["what"] if box["look"] in ("free", "closed") else f"{box['begins']} {box['what']}"
    if room == 1 and box["look"] == "booking":
        first += " (booked here)"
    return "\n".join(filter(None, (first, box["more"]))) if room >= 2 else first if room else ""

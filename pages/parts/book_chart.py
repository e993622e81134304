"""The appointment book as a picture: blocks of time in columns, times down the side; frame in, Altair chart out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import altair as alt
import polars as pl

from pages.parts import book_boxes
from pages.parts.book_boxes import HOUR, LINE, TAKEN, Column

GAP = "gap"
"""The selection that a click in free time makes."""

FIELDS = ["provider_id", "at"]
OPENS, CLOSES = 9 * 60, 17 * 60
"""The day of a book in which nothing says when it begins and ends, in minutes after midnight."""


@dataclass(frozen=True)
class Look:
    """Fill, edge and ink of a kind of block."""

    fill: str
    edge: str
    ink: str


@dataclass(frozen=True)
class Inks:
    """The colours of the book on a light or a dark ground."""

    ink: str
    faint: str
    line: str
    looks: dict[str, Look]


LIGHT = Inks(
    ink="#0b1518",
    faint="#44555c",
    line="#c3ced2",
    looks={
        "ground": Look("#e9eef0", "#c3ced2", "#44555c"),
        "appointment": Look("#d5e0e5", "#6f868f", "#0b1518"),
        "booking": Look("#bfe4e8", "#0f6b74", "#06343a"),
        "free": Look("#ffffff", "#5b9aa1", "#0b5a62"),
        "closed": Look("#cfd4d6", "#a4adb0", "#39444a"),
        "held": Look("#fdeccb", "#a86f00", "#4d3300"),
        "chosen": Look("#0f6b74", "#06343a", "#ffffff"),
    },
)
DARK = Inks(
    ink="#e8eff1",
    faint="#a9bac0",
    line="#35454c",
    looks={
        "ground": Look("#1a2429", "#35454c", "#a9bac0"),
        "appointment": Look("#33464f", "#6d8792", "#eef4f6"),
        "booking": Look("#0e4c54", "#43b4c0", "#e4fafc"),
        "free": Look("#0d1518", "#4b8b93", "#8fd5dd"),
        "closed": Look("#2a3033", "#4a5357", "#b9c3c7"),
        "held": Look("#4b3a12", "#d9a33a", "#ffe9bd"),
        "chosen": Look("#7cd0d9", "#ffffff", "#06252a"),
    },
)

DRAWN = pl.Schema(
    [
        *((name, pl.Float64()) for name in ("x", "x2", "y", "y2", "share", "weight")),
        *((name, pl.String()) for name in ("provider_id", "at", "text", "told", "fill", "edge", "ink")),
    ]
)
"""What the marks are drawn from; as a frame, as Altair takes a second to check what is written into the chart."""


def draw(
    blocks: pl.DataFrame,
    columns: Sequence[Column],
    *,
    step_minutes: int,
    minutes: int | None = None,
    not_before: datetime | None = None,
    chosen: tuple[str, datetime, str] | None = None,
    is_dark: bool = False,
) -> alt.LayerChart:
    """Draw the blocks of `slots.week` in columns.

    minutes: how long the visit is that is to be booked; a click in a gap that has room for it selects where it begins,
    at a whole step and not before that time. chosen: provider, time and name of a visit that is not booked yet.
    """
    inks = DARK if is_dark else LIGHT
    boxes = book_boxes.of(blocks, columns)
    if chosen and minutes:
        boxes += book_boxes.chosen_box(chosen, columns, minutes)
    first = min((box["y"] for box in boxes), default=OPENS) // 60 * 60
    last = -(-max((box["y2"] for box in boxes), default=CLOSES) // 60) * 60
    y = alt.Y(
        "y:Q",
        scale=alt.Scale(domain=[first, last], reverse=True, nice=False, zero=False),
        axis=_times(inks, first, last),
    )
    x = alt.X(
        "x:Q", scale=alt.Scale(domain=[0, max(1, len(columns))], nice=False, zero=False), axis=_titles(inks, columns)
    )
    ground = [
        book_boxes.ground(place, first, last, is_empty=place not in {box["place"] for box in boxes})
        for place in range(len(columns))
    ]

    def rects(*looks: str, **style: Any) -> alt.Chart:
        return _rects([box for box in (*ground, *boxes) if box["look"] in looks], x, y, inks, **style)

    def words(*looks: str) -> alt.Chart:
        return _words([box for box in (*ground, *boxes) if box["look"] in looks], x, y, inks, len(columns))

    layers = [
        rects("ground", strokeWidth=0),
        rects("free", strokeDash=[3, 3]),
        _lines(first, last, len(columns), x, y, inks),
        rects("closed"),
        words("ground", "free", "closed"),
        rects("appointment", "held"),
        rects("booking", "chosen", strokeWidth=2),
        words(*TAKEN, "chosen"),
    ]
    if minutes:
        layers.append(_cells(boxes, minutes, step_minutes, not_before, x, y, inks))
    # A layer of no marks would be a picture without a name to assistive technology.
    drawn = [layer for layer in layers if layer.data.height]
    book: alt.LayerChart = (
        alt.layer(*drawn)
        .properties(height=(last - first) * HOUR / 60, description="The appointment book; in words below it.")
        .configure_view(stroke=inks.line)
    )
    return book


def has_gaps(book: alt.LayerChart) -> bool:
    """Say whether there is a time in the picture that can be clicked on."""
    return bool(book.params) and book.params is not alt.Undefined


def _frame(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame([{name: row.get(name) for name in DRAWN} for row in rows], schema=DRAWN, strict=False)


def _rects(boxes: list[dict[str, Any]], x: alt.X, y: alt.Y, inks: Inks, **style: Any) -> alt.Chart:
    rows = [{**box, "fill": inks.looks[box["look"]].fill, "edge": inks.looks[box["look"]].edge} for box in boxes]
    chart: alt.Chart = (
        alt.Chart(_frame(rows))
        .mark_rect(cornerRadius=2, **style)
        .encode(
            x=x,
            x2="x2:Q",
            y=y,
            y2="y2:Q",
            fill=alt.Fill("fill:N", scale=None),
            stroke=alt.Stroke("edge:N", scale=None),
            tooltip=alt.Tooltip("told:N", title=" "),
            description="told:N",
        )
    )
    return chart


def _words(boxes: list[dict[str, Any]], x: alt.X, y: alt.Y, inks: Inks, columns: int) -> alt.Chart:
    rows = [{**box, "ink": inks.looks[box["look"]].ink} for box in boxes if box["text"]]
    chart: alt.Chart = (
        alt.Chart(_frame(rows))
        .mark_text(
            align="left",
            baseline="top",
            dx=5,
            dy=2,
            fontSize=11,
            lineBreak="\n",
            lineHeight=LINE,
            limit=alt.expr(f"width / {max(1, columns)} * datum.share * 0.96 - 8"),
        )
        .encode(
            x=x,
            y=y,
            text="text:N",
            color=alt.Color("ink:N", scale=None),
            tooltip=alt.Tooltip("told:N", title=" "),
        )
    )
    return chart


def _cells(
    boxes: list[dict[str, Any]], minutes: int, step: int, not_before: datetime | None, x: alt.X, y: alt.Y, inks: Inks
) -> alt.Chart:
    """Return what is clicked on: the steps of each gap that has room for the visit, up to the last that it fits in."""
    cells = []
    for box in boxes:
        last = box["y2"] - minutes
        if box["look"] != "free" or last < box["y"]:
            continue
        for begins in range(box["y"], box["y2"], step):
            at = min(begins, last)
            if not_before and datetime.fromisoformat(f"{box['day']}T{at // 60:02}:{at % 60:02}") < not_before:
                continue
            cells.append(
                {
                    "provider_id": box["provider_id"],
                    "at": f"{box['day']}T{at // 60:02}:{at % 60:02}",
                    "x": box["x"],
                    "x2": box["x2"],
                    "y": begins,
                    "y2": min(begins + step, box["y2"]),
                    "told": f"Choose {at // 60:02}:{at % 60:02} ({box['what']})",
                }
            )
    hover = alt.selection_point(name="hover", fields=FIELDS, on="pointerover", clear="pointerout", empty=False)
    gap = alt.selection_point(name=GAP, fields=FIELDS, on="click", empty=False)
    chart: alt.Chart = (
        alt.Chart(_frame(cells))
        .mark_rect(cursor="pointer", fill=inks.looks["chosen"].fill, stroke=None)
        .encode(
            x=x,
            x2="x2:Q",
            y=y,
            y2="y2:Q",
            fillOpacity=alt.condition(hover, alt.value(0.35), alt.value(0)),
            tooltip=alt.Tooltip("told:N", title=" "),
            description="told:N",
        )
        .add_params(gap, hover)
    )
    return chart


def _lines(first: int, last: int, columns: int, x: alt.X, y: alt.Y, inks: Inks) -> alt.Chart:
    """Return the lines of the hours and, dashed, of the half hours."""
    rows = [
        {"x": 0, "x2": max(1, columns), "y": at, "weight": 1 if at % 60 == 0 else 0.5} for at in range(first, last, 30)
    ]
    chart: alt.Chart = (
        alt.Chart(_frame(rows))
        .mark_rule(color=inks.line)
        .encode(x=x, x2="x2:Q", y=y, strokeWidth=alt.StrokeWidth("weight:Q", scale=None))
    )
    return chart


def _times(inks: Inks, first: int, last: int) -> alt.Axis:
    is_hour = {"test": "datum.value % 60 == 0"}
    return alt.Axis(
        values=list(range(first, last + 1, 30)),
        labelExpr="timeFormat(datetime(2000, 0, 1, 0, datum.value), '%H:%M')",
        labelFontWeight={"condition": {**is_hour, "value": "bold"}, "value": "normal"},
        labelColor={"condition": {**is_hour, "value": inks.ink}, "value": inks.faint},
        grid=False,
        ticks=False,
        domain=False,
        title=None,
    )


def _titles(inks: Inks, columns: Sequence[Column]) -> alt.Axis:
    titles = [column.title for column in columns]
    return alt.Axis(
        orient="top",
        values=[place + 0.5 for place in range(len(columns))],
        labelExpr=f"split({json.dumps(titles)}[floor(datum.value)], '\\n')",
        labelColor=inks.ink,
        labelFontWeight="bold",
        labelLimit=200,
        grid=False,
        ticks=False,
        domain=False,
        title=None,
    )

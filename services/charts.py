"""Charts: frame in, Altair chart out, and the same as a picture for a file or a letter."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial, wraps
from typing import Any, TypeVar, cast

import altair as alt
import polars as pl
import vl_convert

from services import words

ONE = "#26848f"
"""The colour of a chart with one series; like all here it can be told from light and from dark ground."""

SERIES = (ONE, "#b7651b", "#7a68b8", "#4f8a3c", "#b8506b", "#7a7f85")

STATUS_COLOURS = {
    "open": "#3a7fb5",
    "contacted": "#7a68b8",
    "snoozed": "#a9781c",
    "booked": "#4f8a3c",
    "rejected": "#a3554f",
}
"""One status has one colour in every chart; its name stands beside it, because colour alone tells not everybody."""

PICK = "pick"
"""The name of the selection by which a mark is clicked."""

BAR = 30
"""Pixels for each bar."""

LABELLED = 220
"""Pixels for the name of a bar at most."""

FEW_DAYS = 16
"""So many days at most have a name each below a line."""

PICTURE_WIDTH = 680
SHARP = 2.0
"""Pixels of a picture to each of the chart's."""


_LEGEND = alt.Legend(orient="bottom", symbolType="stroke", symbolSize=300, symbolStrokeWidth=3)


Draw = TypeVar("Draw", bound=Callable[..., Any])

KEPT = 500
"""So many charts are kept as they were drawn."""


def _once(draw: Draw) -> Draw:
    """Keep the charts that a function draws: of the same frame it is the same one, and to make it takes as long as SQL.

    Altair checks what a chart is made of when it is made; to check the whole again each time that it is shown would
    cost more than to show it.
    """

    @lru_cache(maxsize=KEPT)
    def kept(question: _Question) -> Any:
        chart = draw(question.frame, **question.given)
        vars(chart)["to_dict"] = partial(chart.to_dict, validate=False)
        return chart

    @wraps(draw)
    def drawn(frame: pl.DataFrame, **given: Any) -> Any:
        return kept(_Question(frame, given))

    return cast("Draw", drawn)


class _Question:
    """A frame and how it is to be drawn; equal to another one with the same content."""

    def __init__(self, frame: pl.DataFrame, given: Mapping[str, Any]) -> None:
        self.frame, self.given = frame, given
        self._content = (tuple(frame.schema.items()), tuple(frame.rows()), repr(given))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Question) and self._content == other._content

    def __hash__(self) -> int:
        return hash(self._content)


@_once
def bars(
    frame: pl.DataFrame,
    *,
    of: str,
    by: str,
    of_title: str,
    by_title: str | None = None,
    is_money: bool = False,
    colours: Mapping[str, str] | None = None,
    key: str | None = None,
) -> Any:
    """Return a bar for each row, in the order of the frame, with its number at its end; two of one name are told apart.

    `by` names the bars, and `of` their length: pence when it is money, else a number. colours: name of a bar -> colour.
    `key` is the column by whose value a bar is picked when it is clicked.
    """
    names = _distinct(frame[by].to_list())
    rows = frame.select(
        pl.Series("name", names, pl.String),
        (pl.col(of).cast(pl.Float64) / (100 if is_money else 1)).alias("number"),
        *([pl.col(key).alias(key)] if key and key != "name" else []),
    ).with_columns(pl.col("number").map_elements(_said(is_money), return_dtype=pl.String).alias("said"))
    rows = rows.with_columns(end=pl.col("number").clip(lower_bound=0))
    numbers = [0.0, *rows["number"].drop_nulls()]
    # Room for the number at the end of the longest bar.
    room = alt.Scale(domain=[min(numbers) * 1.15, max(numbers) * 1.15 or 1])
    across, end = (alt.X(f"{name}:Q", title=of_title, scale=room, axis=_axis(is_money)) for name in ("number", "end"))
    down = alt.Y("name:N", title=None, sort=names, axis=alt.Axis(labelLimit=LABELLED))
    told = [alt.Tooltip("name:N", title=by_title or ""), alt.Tooltip("said:N", title=of_title)]
    base = alt.Chart(rows).encode(y=down, x=across, tooltip=told)
    colour: Any = alt.value(ONE)
    if colours:
        colour = alt.Color("name:N", legend=None).scale(
            domain=names, range=[colours.get(name, SERIES[-1]) for name in frame[by]]
        )
    drawn = base.mark_bar(cornerRadiusEnd=2, cursor="pointer" if key else alt.Undefined).encode(color=colour)
    if key:
        drawn = drawn.add_params(alt.selection_point(name=PICK, fields=[key]))
    said = base.mark_text(align="left", dx=4, color="#7a7f85").encode(x=end, text="said:N")
    return alt.layer(drawn, said).properties(height=alt.Step(BAR))


@_once
def lines(
    frame: pl.DataFrame,
    *,
    day: str,
    series: Mapping[str, str],
    of_title: str,
    is_money: bool = False,
    colours: Sequence[str] = SERIES,
    height: int = 260,
    is_monthly: bool = False,
) -> Any:
    """Return a line over days for each column that `series` names (column -> its words); a null is a gap in it."""
    long = (
        frame.select(day, *series)
        .with_columns(pl.col(list(series)).cast(pl.Float64) / (100 if is_money else 1))
        .rename(dict(series))
        .unpivot(index=day, variable_name="series", value_name="number")
        .with_columns(pl.col("number").map_elements(_said(is_money), return_dtype=pl.String).alias("said"))
    )
    words = list(series.values())
    colour = alt.Color("series:N", title=None, legend=_LEGEND if len(words) > 1 else None).scale(
        domain=words, range=list(colours[: len(words)])
    )
    drawn = alt.Chart(long).mark_line(point=alt.OverlayMarkDef(size=30), invalid="break-paths-show-domains")
    # A dash beside the colour, for who does not see it.
    dashes = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [1, 3], [10, 4]]
    return drawn.encode(
        x=alt.X(f"{day}:T", title=None, axis=_months() if is_monthly else _days(frame[day].unique().sort().to_list())),
        y=alt.Y("number:Q", title=of_title, axis=_axis(is_money)),
        color=colour,
        strokeDash=alt.StrokeDash("series:N", legend=None).scale(domain=words, range=dashes[: len(words)]),
        tooltip=[
            alt.Tooltip(
                f"{day}:T",
                title="Month" if is_monthly else "Day",
                format="%b %Y" if is_monthly else "%-d %b %Y",
            ),
            alt.Tooltip("series:N", title=" "),
            alt.Tooltip("said:N", title=of_title),
        ],
    ).properties(height=height)


@_once
def expected(frame: pl.DataFrame, *, by: str, expected: str, came: str, by_title: str, of_title: str) -> Any:
    """Return a bar for each row, in the order of the frame, for what came, and a mark where it was expected: shares."""
    rows = frame.select(
        pl.col(by).cast(pl.String).alias("name"),
        pl.col(expected).alias("expected"),
        pl.col(came).alias("came"),
    )
    base = alt.Chart(rows).encode(
        x=alt.X("name:N", title=by_title, sort=rows["name"].to_list(), axis=alt.Axis(labelAngle=0)),
        tooltip=[
            alt.Tooltip("name:N", title=by_title),
            alt.Tooltip("expected:Q", title="Expected", format=".1%"),
            alt.Tooltip("came:Q", title="Came", format=".1%"),
        ],
    )
    share = alt.Axis(format=".0%", tickCount=5)
    bars = base.mark_bar(color=ONE, cornerRadiusEnd=2).encode(y=alt.Y("came:Q", title=of_title, axis=share))
    marks = base.mark_tick(color=SERIES[1], thickness=4, width={"band": 0.9}).encode(y="expected:Q")
    return alt.layer(bars, marks).properties(height=260)


@_once
def curve(frame: pl.DataFrame, *, below: Mapping[int, int], of_title: str, by_title: str, height: int = 300) -> Any:
    """Return shares from 0 to 1 over a number of days as steps in their band: the columns day, share, low and high.

    below: a number to write below some of the days, such as how many the curve still rests on there.
    """
    words = {str(day): f"{number:,}" for day, number in below.items()}
    share = alt.Axis(format="%", tickCount=5)
    told = [
        alt.Tooltip("day:Q", title=by_title),
        alt.Tooltip("share:Q", title=of_title, format=".0%"),
        alt.Tooltip("low:Q", title="At least", format=".0%"),
        alt.Tooltip("high:Q", title="At most", format=".0%"),
    ]
    across = alt.X(
        "day:Q",
        title=by_title,
        axis=alt.Axis(values=list(below), labelExpr=f"[datum.value, ({json.dumps(words)})[datum.value]]", grid=False),
    )
    base = alt.Chart(frame).encode(x=across)
    band = base.mark_area(interpolate="step-after", opacity=0.25, color=ONE).encode(
        y=alt.Y("low:Q", title=of_title, axis=share, scale=alt.Scale(domainMin=0)), y2="high:Q"
    )
    line = base.mark_line(interpolate="step-after", color=ONE).encode(y=alt.Y("share:Q"), tooltip=told)
    return alt.layer(band, line).properties(height=height)


def png(chart: Any, title: str | None = None) -> bytes:
    """Return a chart as a picture on white ground."""
    return bytes(vl_convert.vegalite_to_png(_pictured(chart, title), scale=SHARP))


def svg(chart: Any, title: str | None = None) -> str:
    """Return a chart as an SVG drawing on white ground."""
    return str(vl_convert.vegalite_to_svg(_pictured(chart, title)))


def _pictured(chart: Any, title: str | None) -> dict[str, Any]:
    """Return the specification of a chart with what a page gives it otherwise: width, ground and title."""
    spec = {"width": PICTURE_WIDTH, **chart.to_dict(), "background": "white"}
    if title:
        spec["title"] = {"text": title, "anchor": "start", "offset": 12}
    return spec


def _months() -> alt.Axis:
    """Return an axis of months, each named once."""
    return alt.Axis(format="%b %Y", grid=False, tickCount=alt.TimeIntervalStep(interval="month", step=1))


def _days(days: Sequence[date]) -> alt.Axis:
    """Return an axis of days; a few, such as weeks, are named each, where the axis would name others in between."""
    if len(days) > FEW_DAYS:
        return alt.Axis(format="%-d %b", grid=False)
    values = [alt.DateTime(year=one.year, month=one.month, date=one.day) for one in days]
    return alt.Axis(format="%-d %b", grid=False, values=values)


def _axis(is_money: bool) -> alt.Axis:
    """Return an axis of amounts; the pound is none of the signs that a number's format may begin with."""
    pounds = "(datum.value < 0 ? '-£' : '£') + format(abs(datum.value), ',.0f')"
    return alt.Axis(labelExpr=pounds, tickCount=5) if is_money else alt.Axis(format=",.2~f", tickCount=5)


def _said(is_money: bool) -> Any:
    """Return how a number at the end of a bar is written."""
    return (lambda number: words.whole_pounds(number * 100)) if is_money else words.uda


def _distinct(names: Sequence[str]) -> list[str]:
    """Return names with a number after each that stands there already: bars of one name would be one."""
    seen = Counter[str]()
    distinct = []
    for name in names:
        seen[name] += 1
        distinct.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return distinct

"""Charts: what they hold for numbers and names that are no usual ones."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import polars as pl
import pytest

from services import charts


def drawn(names: list[str], numbers: list[int | None], **given: Any) -> tuple[list[dict[str, Any]], list[float]]:
    """The rows behind bars, and from where to where their axis goes."""
    frame = pl.DataFrame({"who": names, "pence": numbers}, schema={"who": pl.String, "pence": pl.Int64})
    chart = charts.bars(frame, of="pence", by="who", of_title="Value", is_money=True, **given)
    spec = chart.to_dict()
    (rows,) = spec["datasets"].values()
    return rows, spec["layer"][0]["encoding"]["x"]["scale"]["domain"]


@pytest.mark.parametrize(
    ("numbers", "said", "domain"),
    [
        ([], [], [0, 1]),
        ([0], ["£0"], [0, 1]),
        ([None], [None], [0, 1]),
        ([20_000], ["£200"], [0, 230]),
        ([20_000, None, -10_000], ["£200", None, "-£100"], [-115, 230]),
    ],
)
def test_bars_have_room_for_what_is_nothing_and_for_what_is_owed(numbers, said, domain):
    rows, axis = drawn([f"AB {place}" for place, _ in enumerate(numbers)], numbers)
    assert [row["said"] for row in rows] == said
    assert axis == pytest.approx(domain)


def test_two_of_one_name_have_a_bar_each_and_its_colour():
    rows, _ = drawn(["AB", "CD", "AB"], [3, 2, 1], colours={"AB": "#111111"})
    assert [row["name"] for row in rows] == ["AB", "CD", "AB (2)"]
    frame = pl.DataFrame({"who": ["AB", "AB"], "pence": [2, 1]})
    spec = charts.bars(frame, of="pence", by="who", of_title="Value", colours={"AB": "#111111"}).to_dict()
    assert spec["layer"][0]["encoding"]["color"]["scale"]["range"] == ["#111111", "#111111"]


def test_a_chart_of_hostile_names_is_a_picture_without_anything_that_runs():
    frame = pl.DataFrame({"who": ["<script>alert(1)</script>", "a" * 300], "pence": [2, 1]})
    drawing = charts.svg(
        charts.bars(frame, of="pence", by="who", of_title="Value"), "</title><script>alert(2)</script>"
    )
    assert "<script" not in drawing


def test_a_few_weeks_are_named_each_by_its_own_day():
    weeks = [date(2026, 11, 23) + timedelta(weeks=number) for number in range(3)]
    frame = pl.DataFrame({"week": weeks, "new": [1, None, 3]})
    axis = charts.lines(frame, day="week", series={"new": "New"}, of_title="Number").to_dict()["encoding"]["x"]["axis"]
    assert [one["date"] for one in axis["values"]] == [23, 30, 7]


def test_the_same_numbers_are_drawn_once_and_others_anew():
    frame = pl.DataFrame({"who": ["AB"], "count": [1]})
    draw = partial(charts.bars, of="count", by="who", of_title="Count")
    assert draw(frame) is draw(frame.clone())
    assert draw(frame.cast({"count": pl.Float64})) is not draw(frame)
    assert draw(frame.with_columns(count=2)).to_dict() != draw(frame).to_dict()

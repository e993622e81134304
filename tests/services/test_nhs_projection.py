"""A run rate with its spread: where it leads, and when it says nothing."""

from __future__ import annotations

from math import sqrt
from statistics import stdev

import pytest

from services.nhs_projection import Rate, projected


def test_the_middle_goes_on_at_the_mean_and_the_range_grows_with_the_spread():
    values = (10.0, 14.0, 6.0, 10.0)
    found = projected(100, Rate(values, "week"), 70)
    assert found
    margin = 1.64 * stdev(values) * sqrt(10 + 100 / 4)
    assert (found.low, found.middle, found.high) == pytest.approx((200 - margin, 200, 200 + margin))


def test_weeks_that_are_all_alike_leave_no_doubt():
    found = projected(0, Rate((7.0,) * 13, "week"), 14)
    assert found
    assert (found.low, found.middle, found.high) == (14, 14, 14)


def test_what_is_done_is_not_undone():
    found = projected(50, Rate((0.0, 0.0, 0.0, 40.0), "week"), 70)
    assert found
    assert found.low == 50


@pytest.mark.parametrize(
    ("rate", "days_left"),
    [
        (None, 10),
        (Rate((), "week"), 10),
        (Rate((1.0,) * 3, "week"), 10),
        (Rate((1.0,) * 2, "month"), 10),
        (Rate((1.0,) * 13, "week"), 0),
    ],
)
def test_with_too_little_to_go_by_nothing_is_said(rate, days_left):
    assert projected(5, rate, days_left) is None

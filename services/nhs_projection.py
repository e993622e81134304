"""Where a year ends if it goes on as lately: a run rate with its spread, or nothing with too little to go by."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

LEAST_PERIODS = {"week": 4, "month": 3}
"""With fewer, how much they vary cannot be told."""

DAYS = {"week": 7.0, "month": 365.25 / 12}

WIDTHS = (3.08, 1.89, 1.64, 1.53, 1.48, 1.44, 1.41, 1.40, 1.38, 1.37, 1.36, 1.36)
"""How many spreads to either side hold 8 of 10 outcomes: Student's t for 1, 2, 3 ... degrees of freedom."""


@dataclass(frozen=True)
class Rate:
    """What each of the last whole periods came to, the latest first; the period is week or month."""

    values: tuple[float, ...]
    period: str

    @property
    def mean(self) -> float:
        """Return what a period came to on average."""
        return fmean(self.values) if self.values else 0.0


@dataclass(frozen=True)
class Projection:
    """Where the year ends: in the middle, and the range in which 8 of 10 such years would."""

    low: float
    middle: float
    high: float


def projected(done: float, rate: Rate | None, days_left: int) -> Projection | None:
    """Return where what is done leads at that rate in so many days, or None when there is too little to go by.

    The range has both the spread of the days to come and the doubt about the rate itself, from so few periods.
    """
    if rate is None or days_left <= 0 or len(rate.values) < LEAST_PERIODS[rate.period]:
        return None
    periods, left = len(rate.values), days_left / DAYS[rate.period]
    middle = done + rate.mean * left
    margin = WIDTHS[min(periods - 1, len(WIDTHS)) - 1] * stdev(rate.values) * sqrt(left + left**2 / periods)
    return Projection(max(float(done), middle - margin), middle, middle + margin)

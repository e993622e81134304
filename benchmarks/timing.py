"""How long things take: run in turn, and told as the median on the clock and the least of the processor."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

WARM_UP = 1
"""So many runs are not counted at first."""


@dataclass(frozen=True)
class Taken:
    """Milliseconds: the median that passed, and the least of the processor's, which other work disturbs least."""

    passed: float
    worked: float


def once(function: Callable[[], object]) -> Taken:
    """Run a function once."""
    worked, passed = time.process_time(), time.perf_counter()
    function()
    return Taken((time.perf_counter() - passed) * 1_000, (time.process_time() - worked) * 1_000)


def in_turn(runs: int, *measured: Callable[[], object]) -> list[Taken]:
    """Run functions one after the other, so many times."""
    rounds = [[once(function) for function in measured] for _ in range(WARM_UP + runs)][WARM_UP:]
    return [
        Taken(statistics.median(one.passed for one in own), min(one.worked for one in own))
        for own in zip(*rounds, strict=True)
    ]

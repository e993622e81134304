"""Two shares compared; the curve is tested with the histories that it is drawn of, in test_results.py."""

from __future__ import annotations

import pytest

from services.estimates import differ


@pytest.mark.parametrize(
    ("first", "second", "is_clear"),
    [
        ((1, 1), (0, 1), False),
        ((0, 5), (1, 1_000), False),
        ((53, 185), (361, 1_224), False),
        ((50, 100), (20, 100), True),
        ((20, 100), (50, 100), True),
        # Newcombe (1998): 0.0524 to 0.3339.
        ((56, 70), (48, 80), True),
        ((9, 10), (3, 10), True),
        ((10, 10), (10, 10), False),
    ],
)
def test_two_shares_differ_when_luck_would_not_bring_them_so_far_apart(first, second, is_clear):
    assert differ(first, second) is differ(second, first) is is_clear

"""How values are printed."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from pages.parts import format


@pytest.mark.parametrize(
    ("pence", "printed"),
    [(0, "£0.00"), (5, "£0.05"), (123_450, "£1,234.50"), (-4_200, "-£42.00"), (None, "")],
)
def test_money(pence: int | None, printed: str) -> None:
    assert format.pounds(pence) == printed


@pytest.mark.parametrize(
    ("units", "printed"), [(12.0, "12"), (1.2, "1.2"), (0.0, "0"), (1640.25, "1,640.25"), (None, "")]
)
def test_uda(units: float | None, printed: str) -> None:
    assert format.uda(units) == printed


def test_days_and_times() -> None:
    assert format.day(date(2026, 11, 4)) == "4 Nov 2026"
    assert format.day(None) == ""
    assert format.moment(datetime(2026, 11, 4, 9, 5)) == "Wed 4 Nov 2026, 09:05"


@pytest.mark.parametrize(("number", "printed"), [(0, "0 courses"), (1, "1 course"), (1203, "1,203 courses")])
def test_counts(number: int, printed: str) -> None:
    assert format.count(number, "course") == printed


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("07700900123", "07700 900123"),
        ("+44 7700 900123", "07700 900123"),
        ("01632960123", "01632 960123"),
        ("+33 1 23 45 67 89", "+33 1 23 45 67 89"),
        ("ask at work", "ask at work"),
        ("12", "12"),
        ("", ""),
        (None, ""),
    ],
)
def test_telephone_numbers(typed: str | None, printed: str) -> None:
    assert format.phone(typed) == printed


def test_a_number_that_is_none_makes_no_link() -> None:
    assert format.phone_link("07700900123") == "[07700 900123](tel:+447700900123)"
    assert format.phone_link("[ask](x)") == r"\[ask\]\(x\)"


def test_an_address_cannot_leave_its_link() -> None:
    assert (
        format.email_link("a@example.com) [x](y")
        == r"[a\@example\.com\) \[x\]\(y](mailto:a@example.com%29%20%5Bx%5D%28y)"
    )

"""The page Forecast: what it says with little history and with much, and the order Expected value of the list."""

from __future__ import annotations

import pytest

from queries.store import Store
from services import chances, practices, snapshots
from services.chance_model import Learnt, Model, Trial, Weight
from tests.pages.screen import open_page, read
from tests.practice import NOW, TODAY, SmallPractice

TENTHS = tuple({"tenth": tenth, "rows": 50, "expected": 0.5 / tenth, "booked": 0.4 / tenth} for tenth in range(1, 11))
LEARNT = Learnt(
    base_rate=0.12,
    bookings=300,
    opportunities=900,
    from_day=TODAY.replace(year=2025),
    to_day=TODAY,
    why_base=None,
    model=Model(-2.0, (Weight("open", 9.0, 4.0, -0.8), Weight("missed", 0.2, 0.4, 0.02))),
    trial=Trial(TODAY, TODAY, 500, 60, 0.12, 0.11, 0.09, 0.10, 3.3, 0.33, TENTHS),
)


@pytest.fixture
def elm(practice: SmallPractice, store: Store) -> SmallPractice:
    """A practice with one course on the list, and without a history."""
    practice.course(days_ago=20)
    (found,) = practices.all_practices(store)
    snapshots.take(store, found, now=NOW, today=TODAY)
    chances.work_out(store, found, now=NOW, today=TODAY)
    return practice


def test_with_little_history_it_says_that_the_usual_rate_stands(elm: SmallPractice) -> None:
    page = open_page("forecast.py")
    said = read(page)
    assert (
        "There are too few bookings to learn from: 0, of 50 that it takes. So every course has the practice's" in said
    )
    assert "usual rate, 10%, as its chance" in said.replace("practice's ", "")
    assert "not name, sex, age, address or exemption" in said
    cards = {card.label: card.value for card in page.metric}
    assert (cards["Booked in 30 days"], cards["Expected value"]) == ("0.1 of 1", "£42")


def test_with_a_history_it_shows_whether_what_was_expected_came_true(elm: SmallPractice, store: Store) -> None:
    store._connection.execute("update chance_tests set result = $kept", {"kept": LEARNT.to_json()}).fetchall()
    page = open_page("forecast.py")
    said = read(page)
    assert "error (Brier score) was 10.0% smaller than that of the usual rate (0.0900 against 0.1000)" in said
    assert "The first tenth: 50% expected, 40% booked; all: 12% booked, 60 bookings" in said
    assert "with so few, the tenths differ by luck, too." in said
    assert {card.label: card.value for card in page.metric}["Lift of the first tenth"] == "3.3 times"
    rows = [line.split(" | ")[1] for line in said.splitlines() if line.startswith("| ")]
    assert rows == ["Chance |", "--- |", "Lowers it much |", "Next to nothing |"]


def test_the_order_of_the_expected_value_brings_the_chance_and_why(elm: SmallPractice) -> None:
    page = open_page("opportunities.py")
    assert "chance" not in page.dataframe[0].value.columns
    page.segmented_control(key="rank").set_value("expected").run()
    table = page.dataframe[0].value
    assert list(table.columns)[:4] == ["patient", "expected", "chance", "why"]
    assert table[["expected", "chance", "why"]].to_numpy().tolist() == [[42.0, 10.0, "The practice's usual rate"]]

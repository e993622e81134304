"""What only a browser proves about the appointment book: from a row to a booking, a click in a gap, and its looks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from queries.store import Store
from tests.browser.table import TICK, Table
from tests.practice import SmallPractice

pytestmark = pytest.mark.browser

MOST = 30_000


def elm_road(store: Store) -> None:
    """Add Ben, who works on weekdays, and two patients whose visits are planned."""
    practice = SmallPractice(store)
    practice.hours(break_from=time(13), break_to=time(14))
    for number, name in enumerate(("Ash", "Birch")):
        practice.add("patients", name.lower(), title=None, first_name="Ada", last_name=name)
        course = practice.course(patient=name.lower(), cot_number=str(number + 1), days_ago=60 - number)
        practice.add("planned_visits", course_id=course, minutes=40)
    practice.appointment(None, in_days=2, patient="okafor")


def opens_the_book(page: Page, row: int) -> None:
    """Tick a row and press Book."""
    Table(page).click(TICK, row)
    expect(page.get_by_text("1 course of 1 patient ticked")).to_be_visible(timeout=MOST)
    book(page).click()
    expect(page.get_by_role("heading", name="Appointment book", exact=True)).to_be_visible(timeout=MOST)
    expect(page.get_by_test_id("stVegaLiteChart").locator("svg")).to_be_visible(timeout=MOST)


def book(page: Page) -> Locator:
    """The button Book."""
    return page.get_by_test_id("stMain").get_by_role("button", name="Book", exact=True).first


def test_a_row_is_booked_by_a_suggested_time_and_another_by_a_click_in_a_gap_and_undo_brings_it_back(
    page: Page, serving: Callable[..., str]
) -> None:
    page.goto(serving(elm_road))
    opens_the_book(page, 0)
    faults = Axe().run(page).response["violations"]
    assert [
        (fault["id"], [node["html"] for node in fault["nodes"]])
        for fault in faults
        if fault["impact"] in ("serious", "critical")
    ] == []
    page.get_by_role("button", name="Thu 26 Nov, 09:00").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thu 26 Nov 2026, 09:00 to 09:40")).to_be_visible(timeout=MOST)
    book(page).dblclick()
    expect(page.get_by_text("1 opportunity of 1 patient booked for 26 Nov 2026 at 09:00")).to_be_visible(timeout=MOST)
    page.get_by_role("link", name="Back to Opportunities").click()
    Table(page).expect_column(1, "Birch, Ada")
    expect(page.get_by_test_id("stMetricValue").first).to_have_text("£420.00")
    opens_the_book(page, 0)
    # In the picture, where the visit fits, each step of the gap says when it begins.
    page.locator('[aria-label="Choose 11:00 (free 2 h 30 min)"]').click()
    expect(page.get_by_text("Thu 26 Nov 2026, 11:00 to 11:40")).to_be_visible(timeout=MOST)
    expect(page.locator('[aria-label="11:00: Birch, Ada, 40 min, not booked yet"]')).to_be_visible(timeout=MOST)
    book(page).click()
    expect(page.get_by_text("1 opportunity of 1 patient booked for 26 Nov 2026 at 11:00")).to_be_visible(timeout=MOST)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1 opportunity of 1 patient as before.")).to_be_visible(timeout=MOST)
    page.get_by_role("link", name="Back to Opportunities").click()
    Table(page).expect_column(1, "Birch, Ada")

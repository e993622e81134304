"""What only a browser proves about views: saved in one, found in another, the same rows, and no name in the address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from queries.store import Store
from tests.browser.conftest import TOKEN
from tests.browser.table import Table
from tests.browser.visitors import visitor
from tests.practice import SmallPractice

pytestmark = pytest.mark.browser

NAMES = ("Dale", "Abbott", "Cole", "Eames")


def four_patients(store: Store) -> None:
    """Add one course for each name, the first the oldest, each worth £100 more than the one before."""
    practice = SmallPractice(store)
    for number, name in enumerate(NAMES):
        patient = practice.add("patients", name.lower(), last_name=name, first_name="Ada", search_text=name.lower())
        course = practice.course(patient=patient, cot_number=str(number + 1), days_ago=60 - number, item=False)
        practice.item(course, price_pence=10_000 * (number + 1))


@pytest.fixture(scope="module")
def address(serving: Callable[..., str]) -> str:
    """The address of a server with four patients."""
    return serving(four_patients)


def choose(page: Page, label: str) -> None:
    """Choose a view."""
    page.get_by_role("combobox", name="View").click()
    page.get_by_role("option", name=label).click()


def test_a_view_chosen_is_in_the_address_and_gone_with_the_next(page: Page, address: str) -> None:
    page.goto(address)
    Table(page).expect_column(1, "Dale, Ada", "Abbott, Ada", "Cole, Ada", "Eames, Ada")
    choose(page, "Rejected")
    expect(page.get_by_text("No opportunity passes these filters.")).to_be_visible()
    expect(page).to_have_url(f"{address}/?statuses=Rejected")
    page.reload()
    expect(page.get_by_role("combobox", name="View")).to_have_value("Rejected", timeout=20_000)
    choose(page, "All opportunities")
    Table(page).expect_column(1, "Dale, Ada", "Abbott, Ada", "Cole, Ada", "Eames, Ada")
    expect(page).to_have_url(address + "/")


def test_the_dialog_of_a_view_has_no_fault_that_a_machine_finds(page: Page, address: str) -> None:
    page.goto(f"{address}/?value_from=150")
    Table(page)
    page.get_by_role("button", name="Changed: save").click()
    expect(page.get_by_label("Who uses it")).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_view_saved_in_one_browser_opens_the_same_rows_in_another(
    page: Page, address: str, chromium: Browser
) -> None:
    page.goto(f"{address}/?value_from=150&sort=Patient%2C+A+to+Z")
    Table(page).expect_column(1, "Abbott, Ada", "Cole, Ada", "Eames, Ada")
    page.get_by_role("button", name="Changed: save").click()
    dialog = page.get_by_role("dialog", name="Save a view")
    dialog.get_by_label("Name").fill("Worth ringing")
    page.keyboard.press("Tab")
    dialog.get_by_text("Open my list with it", exact=True).click()
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved the view Worth ringing.")).to_be_visible()
    expect(page.get_by_role("combobox", name="View")).to_have_value("Mine: Worth ringing ★ opens first")
    expect(page).to_have_url(f"{address}/?value_from=150&sort=Patient%2C+A+to+Z")
    with visitor(chromium, address, TOKEN) as other:
        fresh = other.opens()
        Table(fresh).expect_column(1, "Abbott, Ada", "Cole, Ada", "Eames, Ada")
        expect(fresh.get_by_role("combobox", name="View")).to_have_value("Mine: Worth ringing ★ opens first")
        expect(fresh.get_by_role("button", name="Save view")).to_be_visible()
        choose(fresh, "All opportunities")
        Table(fresh).expect_column(1, "Dale, Ada", "Abbott, Ada", "Cole, Ada", "Eames, Ada")
        choose(fresh, "Mine: Worth ringing")
        Table(fresh).expect_column(1, "Abbott, Ada", "Cole, Ada", "Eames, Ada")
        expect(fresh).to_have_url(f"{address}/?sort=Patient%2C+A+to+Z&value_from=150.0")
        fresh.reload()
        Table(fresh).expect_column(1, "Abbott, Ada", "Cole, Ada", "Eames, Ada")

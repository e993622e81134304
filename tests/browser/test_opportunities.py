"""What only a browser proves about the work list: clicks, Shift, headings, the console and the look for machines."""

from __future__ import annotations

import io
from collections.abc import Callable

import polars as pl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from queries.store import Store
from tests.browser.table import HEADINGS, PATIENT, TICK, Table
from tests.practice import SmallPractice

pytestmark = pytest.mark.browser

NAMES = ("Dale", "Abbott", "Cole", "Eames", "Baker", "Ford")


def six_patients(store: Store) -> None:
    """Add one course for each name, the first the oldest, each worth £100 more than the one before."""
    practice = SmallPractice(store)
    for number, name in enumerate(NAMES):
        patient = practice.add("patients", name.lower(), last_name=name, first_name="Ada", search_text=name.lower())
        course = practice.course(patient=patient, cot_number=str(number + 1), days_ago=60 - number, item=False)
        practice.item(course, price_pence=10_000 * (number + 1))


@pytest.fixture(scope="module")
def address(serving: Callable[..., str]) -> str:
    """The address of a server with six patients."""
    return serving(six_patients)


@pytest.fixture
def table(page: Page, address: str) -> Table:
    """The work list, opened."""
    page.goto(address)
    return Table(page)


def test_shift_ticks_a_range_and_the_keyboard_one_more(page: Page, table: Table) -> None:
    table.click(TICK, 0)
    expect(page.get_by_text("1 course of 1 patient ticked, £100.00")).to_be_visible()
    table.click(TICK, 2, shift=True)
    expect(page.get_by_text("3 courses of 3 patients ticked, £600.00")).to_be_visible()
    table.click(PATIENT, 3)
    expect(page.get_by_role("heading", name="Mrs Ada Eames")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("heading", name="Mrs Ada Baker")).to_be_visible()
    page.keyboard.press("Shift+Space")
    expect(page.get_by_text("4 courses of 4 patients ticked, £1,100.00")).to_be_visible()


def test_a_heading_sorts_the_list_and_ticks_and_clicks_stay_with_their_patients(page: Page, table: Table) -> None:
    table.click(TICK, 1)
    expect(page.get_by_text("1 course of 1 patient ticked, £200.00")).to_be_visible()
    table.click(PATIENT, HEADINGS)
    table.expect_column(1, *(f"{name}, Ada" for name in sorted(NAMES)))
    expect(page.get_by_text("1 course of 1 patient ticked, £200.00")).to_be_visible()
    expect(table.element.locator("tr[aria-selected=true]")).to_contain_text("Abbott, Ada")
    table.click(PATIENT, HEADINGS)
    table.expect_column(1, *(f"{name}, Ada" for name in sorted(NAMES, reverse=True)))
    table.click(PATIENT, 0)
    expect(page.get_by_role("heading", name="Mrs Ada Ford")).to_be_visible()
    table.click(TICK, 0)
    expect(page.get_by_text("2 courses of 2 patients ticked, £800.00")).to_be_visible()
    page.reload()
    Table(page).expect_column(1, "Ford, Ada", "Eames, Ada")


def test_after_a_filter_only_ticks_that_can_be_seen_are_left(page: Page, table: Table) -> None:
    table.click(TICK, 0)
    table.click(TICK, 5, shift=True)
    expect(page.get_by_text("6 courses of 6 patients ticked")).to_be_visible()
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Value from").fill("500")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 courses of 2 patients ticked, £1,100.00")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Value from £500.00").click()
    expect(page.get_by_text("2 courses of 2 patients ticked, £1,100.00")).to_be_visible()
    table.expect_column(1, "Dale, Ada")
    expect(table.element.locator("tr[aria-selected=true]")).to_have_count(2)


def test_a_view_is_kept_in_its_address_but_no_patient_is(page: Page, table: Table, address: str) -> None:
    page.get_by_role("radio", name="Value").or_(page.get_by_role("button", name="Value", exact=True)).first.click()
    table.expect_column(1, "Ford, Ada")
    expect(page).to_have_url(f"{address}/?sort=Value%2C+highest+first")
    table.click(PATIENT, 0)
    page.get_by_role("button", name="Only this patient").click()
    expect(page.get_by_role("button", name="Only Ford, Ada")).to_be_visible()
    page.get_by_role("searchbox", name="Search").or_(page.get_by_label("Search", exact=True)).first.fill("ford")
    expect(page.get_by_role("button", name="Search: ford")).to_be_visible()
    expect(page).to_have_url(f"{address}/?sort=Value%2C+highest+first")
    expect(page).to_have_title("Opportunities · Care Manager")


def test_the_exports_hold_the_list_in_its_order(page: Page, table: Table, address: str) -> None:
    page.goto(f"{address}/?sort=Value%2C+highest+first&value_from=300")
    table.expect_column(1, "Ford, Ada", "Baker, Ada", "Eames, Ada", "Cole, Ada")
    read = {"CSV": pl.read_csv, "XLSX": pl.read_excel}
    for kind, reader in read.items():
        with page.expect_download() as download:
            page.get_by_role("button", name=kind).click()
        frame = reader(io.BytesIO(download.value.path().read_bytes()))
        assert frame["patient"].to_list() == ["Ford, Ada", "Baker, Ada", "Eames, Ada", "Cole, Ada"]
        assert frame["value"].to_list() == [600, 500, 400, 300]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_no_serious_fault_for_assistive_technology(page: Page, address: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(f"{address}/?value_from=100&opened_from=2026-01-01")
    Table(page).click(PATIENT, 0)
    expect(page.get_by_role("button", name="Only this patient")).to_be_visible()
    faults = Axe().run(page).response["violations"]
    assert [
        (fault["id"], fault["nodes"][0]["html"]) for fault in faults if fault["impact"] in ("serious", "critical")
    ] == []

"""What only a browser proves about the patient's panel: the keys to the next row, and the drawer on any page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from queries.store import Store
from services import sign_in
from tests.browser.table import PATIENT, Table
from tests.browser.visitors import Visit, visitor
from tests.practice import SmallPractice
from tests.staff import person

pytestmark = pytest.mark.browser

NAMES = ("Ash", "Birch", "Cole")
MOST = 30_000


def reception(store: Store) -> None:
    """Add Amara at reception and a household of three, the oldest first; the last is hers."""
    practice = SmallPractice(store)
    person(store, "amara", practice.id)
    sign_in.start(store, "amara", now=datetime.now(UTC), how="test", token="amaras-browser")
    for number, name in enumerate(NAMES):
        practice.add("patients", name.lower(), title=None, first_name="Ada", last_name=name, household_id="elm 1")
        course = practice.course(patient=name.lower(), cot_number=str(number + 1), days_ago=60 - number)
        practice.state(course, assigned_to="amara" if name == "Cole" else None)


@pytest.fixture(scope="module")
def address(serving: Callable[..., str]) -> str:
    """The address of a server with the household."""
    return serving(reception)


@pytest.fixture
def visit(chromium: Browser, address: str) -> Iterator[Visit]:
    """Open a fresh browser at the server, signed in with a token."""
    with ExitStack() as browsers:
        yield lambda token: browsers.enter_context(visitor(chromium, address, token))


def expect_open(page: Page, name: str) -> None:
    """Expect who is open beside the list, and the keys to be in force again."""
    expect(page.get_by_role("heading", level=2, name=name)).to_be_visible(timeout=MOST)
    expect(page.get_by_role("button", name="Next Shortcut N")).to_be_attached(timeout=MOST)


def opens_hers(page: Page) -> None:
    """Open the one patient that the lightbulb has."""
    page.get_by_test_id("stSidebar").get_by_role("button", name="1 of mine is due").click(timeout=MOST)
    page.get_by_role("button", name="Cole, Ada, £420.00").click()
    expect(page.get_by_role("dialog").get_by_role("heading", name="Ada Cole")).to_be_visible(timeout=MOST)


def test_the_next_row_is_a_key_away_also_from_within_the_table_and_rests_in_a_dialog(visit: Visit) -> None:
    page = visit("amaras-browser").opens()
    Table(page).click(PATIENT, 0)
    expect_open(page, "Ada Ash")
    page.keyboard.press("n")
    expect_open(page, "Ada Birch")
    page.get_by_role("button", name="Note", exact=True).last.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Note").fill("")
    page.keyboard.type("Ring on Monday, no later than noon")
    page.keyboard.press("Tab")
    page.keyboard.press("n")
    dialog.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_text("1 opportunity of 1 patient noted.")).to_be_visible(timeout=MOST)
    expect_open(page, "Ada Birch")
    page.keyboard.press("n")
    expect_open(page, "Ada Cole")
    expect(page.get_by_role("button", name="Next Shortcut N")).to_be_disabled()
    page.keyboard.press("p")
    expect_open(page, "Ada Birch")
    page.get_by_role("button", name="Undo note").dblclick()
    expect(page.get_by_text("1 opportunity of 1 patient as before.")).to_be_visible(timeout=MOST)
    expect(page.get_by_text("(undone)")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/clean-up"])
def test_the_lightbulbs_patient_opens_beside_any_page_and_leads_to_the_household(visit: Visit, path: str) -> None:
    visitor = visit("amaras-browser")
    page = visitor.opens(path)
    if path == "/":
        Table(page).click(PATIENT, 0)
        expect_open(page, "Ada Ash")
    opens_hers(page)
    faults = Axe().run(page).response["violations"]
    assert [fault["id"] for fault in faults if fault["impact"] in ("serious", "critical")] == []
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("button", name="Birch, Ada: 1 course, £420.00").click()
    expect(drawer.get_by_role("heading", name="Ada Birch")).to_be_visible(timeout=MOST)
    drawer.get_by_role("button", name="Log a call").click()
    dialog = page.get_by_role("dialog", name="Log a call")
    dialog.get_by_text("No answer", exact=True).click()
    dialog.get_by_role("button", name="Log the call").click()
    expect(page.get_by_text("1 opportunity of 1 patient logged as a call: no answer.")).to_be_visible(timeout=MOST)
    expect(page).to_have_url(f"{visitor.address}{path}")

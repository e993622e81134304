"""What only a browser proves about the actions: two people side by side, double clicks, keys, who left meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from queries.store import Store
from services import sign_in
from tests.browser.conftest import TOKEN
from tests.browser.table import PATIENT, TICK, Table
from tests.browser.visitors import Visit, visitor
from tests.practice import SmallPractice
from tests.staff import person

pytestmark = pytest.mark.browser

NAMES = ("Ash", "Birch", "Cole")


def reception(store: Store) -> None:
    """Add Amara and Chloe at reception, and three patients, the oldest first."""
    practice = SmallPractice(store)
    for who in ("amara", "chloe"):
        person(store, who, practice.id)
        sign_in.start(store, who, now=datetime.now(UTC), how="test", token=f"{who}s-browser")
    for number, name in enumerate(NAMES):
        practice.add("patients", name.lower(), title=None, first_name="Ada", last_name=name, search_text=name.lower())
        practice.course(patient=name.lower(), cot_number=str(number + 1), days_ago=60 - number)


@pytest.fixture
def visit(chromium: Browser, serving: Callable[..., str]) -> Iterator[Visit]:
    """Open a fresh browser at a server of one's own, signed in with a token."""
    address = serving(reception)
    with ExitStack() as browsers:
        yield lambda token: browsers.enter_context(visitor(chromium, address, token))


@pytest.fixture
def amara(visit: Visit) -> Page:
    """Amara's list."""
    return at_the_list(visit, "amaras-browser")


@pytest.fixture
def chloe(visit: Visit) -> Page:
    """Chloe's list, beside it."""
    return at_the_list(visit, "chloes-browser")


def at_the_list(visit: Visit, token: str) -> Page:
    page = visit(token).opens("/")
    Table(page).expect_column(1, *(f"{name}, Ada" for name in NAMES))
    return page


def asks(page: Page, label: str, *rows: int) -> Locator:
    """Tick rows and press an action of the bar; return its dialog."""
    for row in rows:
        Table(page).click(TICK, row)
    words = f"{len(rows)} course{'s' if len(rows) > 1 else ''} of {len(rows)} patient"
    expect(page.get_by_text(words)).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("button", name=label).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def rejects(page: Page, row: int, reason: str) -> None:
    """Reject a row."""
    dialog = asks(page, "Reject", row)
    dialog.get_by_text(reason, exact=True).click()
    dialog.get_by_role("button", name="Yes, reject").click()
    expect(dialog).to_be_hidden()


def test_what_one_rejects_the_others_snooze_leaves_alone_and_says_who_did_what(amara: Page, chloe: Page) -> None:
    dialog = asks(chloe, "Snooze", 0, 1)
    expect(dialog.get_by_text("2 opportunities of 2 patients")).to_be_visible()
    rejects(amara, 0, "Cost")
    expect(amara.get_by_text("1 opportunity of 1 patient rejected: cost.")).to_be_visible()
    Table(amara).expect_column(1, "Birch, Ada", "Cole, Ada")
    dialog.get_by_role("button", name="Snooze").click()
    expect(chloe.get_by_text("1 opportunity of 1 patient snoozed until 1 Dec 2026.")).to_be_visible()
    expect(chloe.get_by_text("1 was left alone:")).to_be_visible()
    expect(chloe.get_by_role("listitem").filter(has_text="Ash, Ada, COT 1: Amara rejected it on")).to_be_visible()
    Table(chloe).expect_column(1, "Cole, Ada")
    chloe.get_by_role("button", name="Undo").click()
    expect(chloe.get_by_text("1 opportunity of 1 patient as before.")).to_be_visible()
    Table(chloe).expect_column(1, "Birch, Ada", "Cole, Ada")
    amara.get_by_role("button", name="Undo").click()
    Table(amara).expect_column(1, *(f"{name}, Ada" for name in NAMES))


def test_a_double_click_does_it_once(amara: Page) -> None:
    dialog = asks(amara, "Log a call", 0)
    dialog.get_by_text("No answer", exact=True).click()
    dialog.get_by_label("Note").fill("Rang out.")
    dialog.get_by_role("button", name="Log the call").dblclick()
    expect(amara.get_by_text("1 opportunity of 1 patient logged as a call: no answer.")).to_be_visible()
    amara.wait_for_timeout(1_500)
    expect(dialog).to_be_hidden()
    Table(amara).click(PATIENT, 0)
    expect(amara.get_by_role("heading", name="Ada Ash")).to_be_visible()
    expect(amara.get_by_text("24 Nov 2026, Amara: Rang: no answer: Rang out.")).to_have_count(1)
    expect(amara.get_by_text("Rang out.").locator("visible=true")).to_have_count(2)


def test_who_is_deactivated_meanwhile_is_not_assigned(visit: Visit, chloe: Page) -> None:
    dialog = asks(chloe, "Assign", 0)
    dialog.get_by_role("combobox", name="Assign to").click()
    chloe.get_by_role("option", name="Amara").click()
    chloe.keyboard.press("Tab")
    expect(dialog.get_by_text("will be assigned to Amara")).to_be_visible()
    leaves(visit(TOKEN).opens("/people"), "Amara")
    dialog.get_by_role("button", name="Assign", exact=True).click()
    expect(dialog.get_by_text("Amara may not sign in any more. Nothing was assigned.")).to_be_visible()
    dialog.get_by_role("combobox", name="Assign to").click()
    expect(chloe.get_by_role("option", name="Chloe")).to_be_visible()
    expect(chloe.get_by_role("option", name="Amara")).to_have_count(0)


def leaves(manager: Page, name: str) -> None:
    """Let somebody, the first by name, not be active any more, on the page People."""
    table = Table(manager)
    table.expect_column(1, name)
    table.click(PATIENT, 0)
    expect(manager.get_by_role("strong").filter(has_text=name)).to_be_visible()
    manager.get_by_role("button", name="Deactivate").click()
    manager.get_by_role("dialog").get_by_role("button", name="Deactivate").click()
    expect(manager.get_by_text("was deactivated and can no longer sign in")).to_be_visible()


def test_the_list_is_worked_by_keys_and_a_dialog_closed_by_escape_keeps_the_ticks(amara: Page) -> None:
    Table(amara).click(PATIENT, 1)
    expect(amara.get_by_role("heading", name="Ada Birch")).to_be_visible()
    amara.keyboard.press("Shift+Space")
    expect(amara.get_by_text("1 course of 1 patient ticked")).to_be_visible()
    amara.keyboard.press("s")
    dialog = amara.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Snooze")).to_be_visible()
    amara.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(amara.get_by_text("1 course of 1 patient ticked")).to_be_visible()
    expect(amara.get_by_role("button", name="Reject Shortcut X")).to_be_visible()
    amara.keyboard.press("x")
    expect(dialog.get_by_role("button", name="Yes, reject")).to_be_visible()
    dialog.get_by_label("In words").fill("sax")
    amara.wait_for_timeout(500)
    expect(dialog.get_by_role("button", name="Yes, reject")).to_be_visible()
    expect(dialog.get_by_label("In words")).to_have_value("sax")

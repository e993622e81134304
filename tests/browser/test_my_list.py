"""What only a browser proves about my list: the lightbulb by itself, keys, double clicks, focus, machines' look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from queries.store import Store
from services import sign_in
from services.actors import Actor
from tests.browser.conftest import TOKEN, server
from tests.browser.table import TICK, Table
from tests.browser.visitors import Visit, visitor
from tests.practice import NOW, SmallPractice
from tests.staff import person

pytestmark = pytest.mark.browser

NAMES = ("Ash", "Birch", "Cole", "Dale", "Elm", "Fern")
NEARLY_OVER = timedelta(seconds=45)
"""So long before its end a session is, when the server that has it starts."""

LOOK = 9_000
"""Milliseconds in which the lightbulb has looked at least once."""


PRACTICES = [f"Elm Road {number}" for number in range(1, 7)]
"""One for each test at the server that they share."""


def receptions(store: Store) -> None:
    """Add the practices, with an Amara at each, whose session has the practice's name."""
    for name in PRACTICES:
        amara = reception(store, name)
        sign_in.start(store, amara.user_id, now=datetime.now(UTC), how="test", token=name)


def reception(store: Store, name: str) -> Actor:
    """Add Amara at reception, and six patients of whom each is worth £100 less than the one before; three are hers."""
    practice = SmallPractice(store, name)
    amara = person(store, f"amara-{practice.id}", practice.id, name="Amara")
    for number, name in enumerate(NAMES):
        practice.add("patients", name.lower(), title=None, first_name="Ada", last_name=name, search_text=name.lower())
        course = practice.course(patient=name.lower(), cot_number=str(number + 1), days_ago=60 - number, item=False)
        practice.item(course, price_pence=10_000 * (9 - number))
        practice.state(course, assigned_to=amara.user_id if number < 3 else None)
    return amara


@pytest.fixture(scope="module")
def address(serving: Callable[..., str]) -> str:
    """The address of a server with the practices."""
    return serving(receptions)


@pytest.fixture(scope="module")
def unworked() -> Iterator[str]:
    """The practices of which no test was so far."""
    return iter(PRACTICES)


@pytest.fixture
def practice(unworked: Iterator[str]) -> str:
    """The name of a practice of one's own, and the token of the session of its Amara."""
    return next(unworked)


@pytest.fixture
def visit(chromium: Browser, address: str) -> Iterator[Visit]:
    """Open a fresh browser at the server, signed in with a token."""
    with ExitStack() as browsers:
        yield lambda token: browsers.enter_context(visitor(chromium, address, token))


@pytest.fixture
def amara(visit: Visit, practice: str) -> Page:
    """Amara's page My list."""
    page = visit(practice).opens("/my-list")
    expect_turn(page, "Ada Ash")
    return page


def expect_turn(page: Page, name: str) -> None:
    """Expect whose turn it is."""
    expect(page.get_by_role("heading", level=2, name=name)).to_be_visible(timeout=30_000)


def bulb(page: Page) -> Locator:
    """The lightbulb."""
    return page.get_by_test_id("stSidebar").get_by_role("button", name="mine")


def test_the_lightbulb_turns_red_without_a_reload_when_the_manager_assigns(
    visit: Visit, practice: str, amara: Page
) -> None:
    expect(bulb(amara)).to_contain_text("3 of mine are due", timeout=30_000)
    note = amara.get_by_role("textbox", name="Note")
    note.click()
    amara.keyboard.type("Half a sen")
    manager = visit(TOKEN).opens(f"/?practice={practice}")
    expect(bulb(manager)).to_contain_text("Nothing of mine is due", timeout=30_000)
    Table(manager).click(TICK, 4)
    manager.get_by_role("button", name="Assign Shortcut A").click()
    dialog = manager.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Assign to").click()
    manager.get_by_role("option", name="Amara", exact=True).click()
    manager.keyboard.press("Tab")
    dialog.get_by_role("button", name="Assign", exact=True).click()
    expect(manager.get_by_text("assigned to Amara")).to_be_visible()
    expect(bulb(amara)).to_contain_text("4 of mine are due", timeout=LOOK)
    amara.keyboard.type("tence")
    expect(note).to_have_value("Half a sentence")
    expect(bulb(manager)).to_contain_text("Nothing of mine is due")


def test_the_lightbulbs_list_stays_open_while_it_looks_and_opens_a_patient_beside_the_page(amara: Page) -> None:
    bulb(amara).click()
    entry = amara.get_by_role("button", name="Birch, Ada, £800.00, 07700 900123")
    expect(entry).to_be_visible()
    amara.wait_for_timeout(LOOK)
    expect(entry).to_be_visible()
    expect(amara.get_by_role("link", name="My list, one patient at a time")).to_be_visible()
    entry.click()
    drawer = amara.get_by_role("dialog")
    expect(drawer.get_by_text("Ada Birch").first).to_be_visible()
    expect(entry).to_be_hidden()
    amara.wait_for_timeout(LOOK)
    amara.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect_turn(amara, "Ada Ash")


def test_the_queue_is_worked_by_keys_alone_and_keys_rest_in_a_field(amara: Page) -> None:
    note = amara.get_by_role("textbox", name="Note")
    note.focus()
    amara.keyboard.type("Ring at 3, or 17:00")
    amara.keyboard.press("Tab")
    expect(amara.get_by_role("button", name="Spoke")).to_be_focused()
    expect_turn(amara, "Ada Ash")
    amara.keyboard.press("3")
    expect_turn(amara, "Ada Birch")
    expect(amara.get_by_text("logged as a call: no answer.")).to_be_visible()
    amara.wait_for_timeout(1_200)
    amara.keyboard.press("7")
    dialog = amara.get_by_role("dialog")
    expect(dialog).to_be_visible()
    amara.keyboard.press("1")
    choice = dialog.get_by_role("radio", name="Not interested")
    for _ in range(8):  # A dialog that is drawn once more takes the keys back to where it begins.
        if choice.evaluate("element => element === document.activeElement"):
            break
        amara.keyboard.press("Tab")
        amara.wait_for_timeout(100)
    amara.keyboard.press("Space")
    expect(dialog.get_by_role("radio", name="Not interested")).to_be_checked()
    dialog.get_by_role("button", name="Yes, reject").focus()
    amara.keyboard.press("Enter")
    expect_turn(amara, "Ada Cole")
    amara.wait_for_timeout(1_200)
    amara.keyboard.press("1")
    expect(amara.get_by_text("All done for today.")).to_be_visible()
    expect(amara.get_by_text("3 done today")).to_be_visible()
    expect(bulb(amara)).to_contain_text("Nothing of mine is due", timeout=LOOK)


def test_a_double_click_logs_one_call_and_undo_brings_the_patient_back(amara: Page) -> None:
    amara.get_by_role("button", name="Spoke").dblclick()
    expect_turn(amara, "Ada Birch")
    expect(amara.get_by_text("1 done today")).to_be_visible()
    amara.wait_for_timeout(1_500)
    expect_turn(amara, "Ada Birch")
    expect(amara.get_by_text("1 of 2 patients")).to_be_visible()
    amara.get_by_role("button", name="Undo").click()
    expect_turn(amara, "Ada Ash")
    expect(amara.get_by_text("1 of 3 patients")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_and_the_open_lightbulb_have_no_serious_fault_for_assistive_technology(
    amara: Page, scheme: str
) -> None:
    amara.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    bulb(amara).click()
    expect(amara.get_by_role("button", name="Birch, Ada")).to_be_visible()
    faults = Axe().run(amara).response["violations"]
    assert [
        (fault["id"], fault["nodes"][0]["html"]) for fault in faults if fault["impact"] in ("serious", "critical")
    ] == []


def test_the_lightbulb_asks_no_more_once_the_session_has_ended_and_the_text_is_kept(
    chromium: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "store.duckdb"
    store = Store(path, now=NOW)
    sign_in.first_manager(store, now=NOW)
    amara = reception(store, "Elm Road").user_id
    began = datetime.now(UTC) - sign_in.LONGEST + NEARLY_OVER
    sign_in.start(store, amara, now=datetime.now(UTC), how="test", started_at=began, token="nearly-over")
    store.close()
    with server(path) as address, visitor(chromium, address, "nearly-over") as browser:
        page = browser.opens("/my-list")
        expect_turn(page, "Ada Ash")
        note = page.get_by_role("textbox", name="Note")
        note.fill("Not sent yet")
        expect(page.get_by_text("Your session has ended. What you typed is kept.")).to_be_visible(timeout=90_000)
        expect(note).to_have_value("Not sent yet")
        browser.told = b""
        page.wait_for_timeout(LOOK)
        assert len(browser.told) < 4_000
        page.get_by_role("button", name="Go on").click()
        page.get_by_label("Password", exact=True).fill("plum kettle orbit walnut")
        page.get_by_role("button", name="Go on").click()
        expect_turn(page, "Ada Ash")
        expect(page.get_by_role("textbox", name="Note")).to_have_value("Not sent yet")
        expect(bulb(page)).to_contain_text("3 of mine are due")
    log = path.with_suffix(".log").read_text()
    assert "Traceback" not in log
    assert "Error" not in log

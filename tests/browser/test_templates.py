"""Templates in a browser: the preview follows while the text is typed, and a field lands where the cursor is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from queries.store import Store
from tests.practice import SmallPractice

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(serving: Callable[[Callable[[Store], object]], str]) -> str:
    """A server with a practice."""
    return serving(SmallPractice)


@pytest.fixture
def text(page: Page, address: str) -> Locator:
    """The text of a new SMS, emptied."""
    page.goto(f"{address}/templates")
    page.get_by_role("button", name="New SMS").click(timeout=20_000)
    text = page.get_by_role("textbox", name="Text")
    text.fill("")
    return text


def expect_preview(page: Page, words: str) -> None:
    """Expect the message in the preview."""
    expect(page.get_by_test_id("stHtml").filter(has_text=words)).to_be_visible(timeout=15_000)


def test_preview_length_and_problems_follow_while_the_text_is_typed(page: Page, text: Locator) -> None:
    text.press_sequentially("Please ring us on Monday, or whenever else it suits you.", delay=60)
    expect_preview(page, "suits you.")
    expect(page.get_by_text("56 characters, sent and paid as 1 SMS")).to_be_visible()
    text.press_sequentially(" {{ first_nam }}", delay=60)
    expect(page.get_by_text("there is no field first_nam. Did you mean first_name?")).to_be_visible(timeout=15_000)
    expect(text).to_be_focused()
    expect(text).to_have_value("Please ring us on Monday, or whenever else it suits you. {{ first_nam }}")


def test_a_field_is_put_where_the_cursor_is_and_typing_goes_on_behind_it(page: Page, text: Locator) -> None:
    text.press_sequentially("Dear , hello")
    for _ in ", hello":
        text.press("ArrowLeft")
    page.get_by_role("button", name="First name").click()
    expect_preview(page, "Dear Ngozi, hello")
    text.press_sequentially("!")
    expect(text).to_have_value("Dear {{ first_name }}!, hello")
    expect_preview(page, "Dear Ngozi!, hello")


def test_what_is_typed_last_is_saved(page: Page, text: Locator, address: str) -> None:
    page.get_by_role("textbox", name="Name").fill("Spring")
    text.press_sequentially("Hello Monday")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved the template Spring.")).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="Change").last.click()
    expect(page.get_by_role("textbox", name="Name")).to_have_value("Spring", timeout=15_000)
    expect(page.get_by_role("textbox", name="Text")).to_have_value("Hello Monday")

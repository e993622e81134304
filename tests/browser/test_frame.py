"""What a server that nobody has visited yet tells at its addresses; each page at its own is in test_addresses.py."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.frame import PAGES
from queries.store import Store
from tests.practice import SmallPractice

pytestmark = pytest.mark.browser


def one_course(store: Store) -> None:
    """Add a practice with one course."""
    SmallPractice(store).course()


@pytest.fixture(scope="module")
def address(serving: Callable[..., str]) -> str:
    """The address of a server with one course."""
    return serving(one_course)


def test_a_cold_deep_link_opens_its_page_inside_the_frame(page: Page, serving: Callable[..., str]) -> None:
    title, _, path, _ = PAGES["settings.py"]
    page.goto(f"{serving(one_course)}/{path}")
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible(timeout=30_000)
    expect(page.get_by_test_id("stSidebar").get_by_text("Elm Road")).to_be_visible()
    expect(page.get_by_test_id("stSidebarNav").get_by_role("link")).to_have_count(len(PAGES))
    expect(page).to_have_title(f"{title} · Care Manager")


def test_a_file_that_is_no_page_has_no_address(chromium: Browser, address: str) -> None:
    page = chromium.new_page()
    page.goto(f"{address}/frame")
    expect(page.get_by_text("Page not found")).to_be_visible(timeout=30_000)
    page.close()


def test_the_health_of_the_server_is_told_and_its_metrics_are_not(address: str) -> None:
    with urllib.request.urlopen(f"{address}/healthz") as answer:
        assert answer.read() == b"ok"
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{address}/_stcore/metrics")

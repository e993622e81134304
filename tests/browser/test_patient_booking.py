"""What only a browser proves of the patient's page: a phone without scripts, what axe finds, and large letters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from icalendar import Calendar
from playwright.sync_api import Browser, BrowserContext, Page, expect

from queries.store import Store
from services import practices, settings
from tests.browser.conftest import server
from tests.links import link, take_bookings
from tests.practice import SYSTEM, TODAY, SmallPractice

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
LINKS = ("books", "answers", "looks", "expired")


def fill(store: Store) -> dict[str, str]:
    """Add a practice that takes bookings today, and a link for each flow; return the tokens by its name."""
    now = datetime.now(UTC)
    practice = SmallPractice(store)
    take_bookings(practice)
    own = practices.all_practices(store)[0]
    details = {"phone": "01632 960100", "colour": "#8a2be2"}
    settings.change_details(store, own, details, actor=SYSTEM, now=now)
    tokens = {}
    for name in LINKS:
        sent_at = now - timedelta(days=20 if name == "expired" else 0)
        course = practice.course(days_ago=30 - (now.date() - TODAY).days)
        practice.add("planned_visits", course_id=course)
        tokens[name] = link(practice, course, now=sent_at, today=now.date())
    return tokens


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of a server on which it is today, and the tokens of links."""
    path: Path = tmp_path_factory.mktemp("store") / "store.duckdb"
    store = Store(path, now=datetime.now(UTC))
    tokens = fill(store)
    store.close()
    with server(path, CARE_MANAGER_TODAY="") as at:
        yield f"{at}/book", tokens


@pytest.fixture
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone that runs no scripts."""
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False, accept_downloads=True)
    yield context
    context.close()


def expect_heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def test_a_patient_books_on_a_phone_without_scripts(phone, address):
    at, tokens = address
    page = phone.new_page()
    answer = page.goto(f"{at}/{tokens['books']}")
    assert answer is not None
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["x-frame-options"] == "DENY"
    expect_heading(page, "Choose a time for your visit")
    second_tab = phone.new_page()
    second_tab.goto(page.url)
    page.get_by_role("listitem").nth(4).get_by_role("button").click()
    expect_heading(page, "Is this the right time?")
    page.get_by_role("button", name="Book this time").click()
    expect_heading(page, "Your visit is booked")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Add it to your calendar").click()
    (visit,) = Calendar.from_ical(Path(taken.value.path()).read_bytes()).walk("VEVENT")
    when = visit["DTSTART"].dt
    assert f"{when.day} {when:%B %Y}" in page.locator("dd").first.inner_text()
    page.go_back()
    expect_heading(page, "Your visit is booked")
    page.go_back()
    expect_heading(page, "You have booked already")
    second_tab.get_by_role("listitem").nth(6).get_by_role("button").click()
    expect_heading(second_tab, "You have booked already")


def test_a_patient_asks_for_a_call_without_scripts(phone, address):
    at, tokens = address
    page = phone.new_page()
    page.goto(f"{at}/{tokens['answers']}")
    page.get_by_text("Please call me").first.click()
    page.get_by_label("When is a good time to ring you?").fill("After five")
    page.get_by_role("button", name="Please call me").click()
    expect_heading(page, "We will call you")


def serious(page: Page) -> list[str]:
    """What axe finds that keeps somebody from using the page."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    return [one["id"] for one in found.response["violations"]]


def is_scrolled_sideways(page: Page) -> bool:
    """Say whether a part of the page lies beyond its width."""
    wide: bool = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wide


def test_every_page_can_be_used_by_everybody(chromium, address):
    at, tokens = address
    context = chromium.new_context(viewport=PHONE)
    problems: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)

    def check() -> None:
        for width in (PHONE["width"], 320, 180):  # 320 is the least of WCAG 1.4.10; 180 is the phone at 200 %
            page.set_viewport_size({"width": width, "height": PHONE["height"]})
            assert not is_scrolled_sideways(page), (page.title(), width)
        page.set_viewport_size(dict(PHONE))
        assert serious(page) == [], page.title()

    page.goto(f"{at}/{tokens['looks']}")
    for summary in page.locator("summary").all():
        summary.click()
    check()
    first = page.get_by_role("listitem").first.get_by_role("button")
    box = first.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    first.focus()
    page.keyboard.press("Enter")
    expect_heading(page, "Is this the right time?")
    check()
    page.get_by_role("button", name="Book this time").click()
    expect_heading(page, "Your visit is booked")
    check()
    assert problems == []
    for gone, words in (("expired", "This link has expired"), ("none", "This link does not work")):
        page.goto(f"{at}/{tokens.get(gone, 'changed')}")
        expect_heading(page, words)
        check()
    context.close()

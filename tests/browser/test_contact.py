"""The whole way of a message: ticked, written, sent by the worker, read, and its patient opts out by the link."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from queries.store import Store
from tests.browser.conftest import Fill
from tests.browser.table import TICK, Table
from tests.letters import settle
from tests.practice import SmallPractice

pytestmark = pytest.mark.browser


def fill(store: Store) -> None:
    """One patient with a course, at a practice whose messages stay in the outbox at any hour."""
    practice = SmallPractice(store)
    settle(practice, email_sender="outbox", sms_sender="outbox")
    practice.course(cot_number="41")


@pytest.fixture(scope="module")
def address(serving: Callable[[Fill], str]) -> str:
    """The address of the server."""
    return serving(fill)


def test_a_message_is_written_sent_read_and_opted_out_of(address: str, page: Page, chromium: Browser) -> None:
    page.goto(address)
    Table(page).click(TICK, 0)
    page.get_by_role("button", name="Contact").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("1 message to 1 patient")).to_be_visible(timeout=30_000)
    expect(dialog.get_by_role("textbox", name="Text")).to_have_value(re.compile("^Dear Mrs Okafor,"))
    assert serious(page) == []
    dialog.get_by_role("button", name=re.compile("^Send")).dblclick()
    expect(page.get_by_text("1 opportunity of 1 patient contacted by 1 message")).to_be_visible(timeout=30_000)

    # The worker sends within a few seconds.
    for _ in range(20):
        page.goto(f"{address}/messages")
        table = Table(page)
        if "Sent" in table.cell(2, 0).inner_text():
            break
        page.wait_for_timeout(1_000)
    table.expect_column(2, "Sent")
    expect(page.get_by_text("1 message", exact=True)).to_be_visible()
    table.click(TICK, 0)
    body = page.get_by_text("https://care.example/unsubscribe/")
    expect(body).to_be_visible(timeout=30_000)
    found = re.search(r"https://care\.example(/unsubscribe/\S+)", body.inner_text())
    assert found is not None
    assert serious(page) == []

    patient = chromium.new_context(viewport={"width": 390, "height": 844}).new_page()
    patient.goto(address + found.group(1))
    expect(patient.get_by_text("Elm Road will send you no more e-mails")).to_be_visible()
    assert serious(patient) == []
    patient.get_by_role("button", name="Send me no more of these").click()
    expect(patient.get_by_text("Done.")).to_be_visible()
    patient.context.close()

    page.goto(address)
    Table(page).click(90, 0)
    expect(page.get_by_text("unsubscribe link on").first).to_be_visible(timeout=30_000)


def serious(page: Page) -> list[str]:
    """What axe calls serious or critical."""
    found = Axe().run(page).response["violations"]
    return [one["id"] for one in found if one["impact"] in ("serious", "critical")]

"""An extract goes in through the page, as a person does it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from services import practices
from tests.pages.test_imports import FILES

pytestmark = pytest.mark.browser


def test_files_are_uploaded_looked_at_imported_once_and_listed(page: Page, serving) -> None:
    address = serving(practices.all_practices)
    page.goto(address)
    page.get_by_role("link", name="Import an extract").click()
    page.locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": "text/csv", "buffer": text.encode()} for name, text in FILES.items()]
    )
    expect(page.get_by_text("What this would change at My practice (a new practice)")).to_be_visible()
    expect(page.get_by_text("1 row cannot be used")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).dblclick()
    expect(page.get_by_text("Imported ")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the 1 refused row").click()
    assert "ghost" in download.value.path().read_text(encoding="utf-8")
    page.get_by_role("link", name="Opportunities").click()
    expect(page.get_by_text("£420.00").first).to_be_visible()

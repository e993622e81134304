"""The work list's table as a hand uses it: it is a canvas, so clicks go by place, and its cells are read beneath."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

ROW = 35 * 15 / 16  # The height of a row at the theme's base font size.
HEADINGS = -1  # The row above the first.
TICK, PATIENT = 18, 90  # How far from the left edge the tick box and the patient's column are.


class Table:
    """The table of a page, once it is drawn."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.element = page.get_by_test_id("stDataFrame")
        expect(self.cell(1, 0)).to_be_attached(timeout=30_000)

    def cell(self, column: int, row: int) -> Locator:
        """A cell by its column, counted from 1, and its row, counted from 0."""
        return self.element.get_by_test_id(f"glide-cell-{column}-{row}")

    def click(self, x: float, row: int, *, shift: bool = False) -> None:
        """Click in a row, counted from 0."""
        self.element.locator(".dvn-scroller").click(
            position={"x": x, "y": ROW * (row + 1.5)}, modifiers=["Shift"] if shift else []
        )

    def expect_column(self, column: int, *texts: str) -> None:
        """Expect the first rows of a column to read so."""
        for row, text in enumerate(texts):
            expect(self.cell(column, row)).to_have_text(text)

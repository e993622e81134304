"""Browsers of several people at one server, and all that the server tells each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, TimeoutError, WebSocket, expect

from pages.parts import session

HARMLESS = ("/_stcore/health", "/_stcore/host-config")
"""Streamlit's page looks for its server beneath the page's own address before it finds it beneath the root."""


class Visitor:
    """One browser: its tabs, what its console complains of, and every byte that its pages are told."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.problems: list[str] = []
        self.told = b""
        context.on("page", self._listen)
        self.page = context.new_page()

    def opens(self, path: str = "/") -> Page:
        """Open an address cold."""
        self.page.goto(self.address + path)
        return self.page

    def another_tab(self, path: str = "/") -> Page:
        """Open an address in another tab of the same browser."""
        tab = self.context.new_page()
        tab.goto(self.address + path)
        return tab

    def signs_in(self, email: str, password: str) -> None:
        """Fill in the form that is open, and send it."""
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Sign in").click()

    def _listen(self, page: Page) -> None:
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("websocket", self._overhear)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.location["url"].endswith(HARMLESS):
            self.problems.append(message.text)

    def _overhear(self, socket: WebSocket) -> None:
        def keep(payload: bytes | str) -> None:
            self.told += payload if isinstance(payload, bytes) else payload.encode()

        socket.on("framereceived", keep)


@contextmanager
def visitor(chromium: Browser, address: str, token: str | None = None) -> Iterator[Visitor]:
    """A fresh browser, signed in if the token of a session is given; what its console complains of fails the test."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    if token:
        context.add_cookies([{"name": session.COOKIE, "value": token, "domain": "127.0.0.1", "path": "/"}])
    found = Visitor(context, address)
    yield found
    context.close()
    assert found.problems == []


Visit = Callable[..., Visitor]


def expect_heading(page: Page, text: str) -> None:
    """Expect the page of that heading."""
    expect(page.get_by_role("heading", name=text, exact=True)).to_be_visible(timeout=20_000)


def presses(page: Page, link: str) -> None:
    """Press a link of the menu, unless the page noticed by itself meanwhile that nobody is signed in."""
    with suppress(TimeoutError):
        page.get_by_role("link", name=link).click(timeout=5_000)


def expect_sign_in(page: Page) -> None:
    """Expect the sign-in and nothing else."""
    expect(page.get_by_label("E-mail address")).to_be_visible(timeout=20_000)
    expect(page.get_by_test_id("stSidebarNav")).to_have_count(0)
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0)


def faults(page: Page) -> list[tuple[str, str]]:
    """The serious faults that axe finds."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]

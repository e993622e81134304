"""What browser tests share: the real server on a store of its own, and Chromium with a clean console."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from pages.parts import session
from queries import people
from queries.store import Store
from services import sign_in
from tests.browser.two_practices import two_practices
from tests.browser.visitors import Visit, visitor
from tests.endpoint import free_port
from tests.practice import NOW, TODAY

ROOT = Path(__file__).parents[2]
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")

TOKEN = "the-managers-browser"

expect.set_options(timeout=15_000)  # A machine that is busy draws a page late, not wrongly.

Fill = Callable[[Store], object]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium; where there is none the test is skipped, but not in continuous integration."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        reason = "There is no Chromium on this machine: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Fill], str]]:
    """Start a server on a store filled by a function, and return its address; it stops after the module's last test."""
    with ExitStack() as servers:

        def serving(fill: Fill) -> str:
            path = tmp_path_factory.mktemp("store") / "store.duckdb"
            store = Store(path, now=NOW)
            sign_in.first_manager(store, now=NOW)
            fill(store)
            with store.transaction() as tx:
                people.write_password(tx, "manager", hash_="never typed", is_one_time=False, expires_at=None, now=NOW)
            sign_in.start(store, "manager", now=datetime.now(UTC), how="test", token=TOKEN)
            store.close()
            return servers.enter_context(server(path))

        yield serving


@pytest.fixture(scope="module")
def address(serving: Callable[..., str]) -> str:
    """The address of a server with two practices and five people."""
    return serving(two_practices)


@pytest.fixture
def visit(chromium: Browser, address: str) -> Iterator[Visit]:
    """Open a fresh browser at the server, signed in with a token or not."""
    with ExitStack() as browsers:
        yield lambda token=None: browsers.enter_context(visitor(chromium, address, token))


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh browser in which the manager is signed in; a test in which the console reports an error fails."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    context.add_cookies([{"name": session.COOKIE, "value": TOKEN, "domain": "127.0.0.1", "path": "/"}])
    page = context.new_page()
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # On a page's own address Streamlit first looks for its server below that address, in vain.
        is_probe = message.location["url"].endswith(("/_stcore/health", "/_stcore/host-config"))
        if message.type == "error" and not is_probe:
            errors.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@contextmanager
def server(store: Path, *, port: int | None = None, **environment: str) -> Iterator[str]:
    """Serve a store and give the address; what the server prints goes beside the store, into its .log."""
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "CARE_MANAGER_STORE": str(store),
        "CARE_MANAGER_TODAY": TODAY.isoformat(),
        **environment,
    }
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    log = store.with_suffix(".log")
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output) as process,
    ):
        try:
            _wait_for(f"{address}/healthz", process, log)
            yield address
        finally:
            process.terminate()


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"The server did not start:\n{log.read_text()}")

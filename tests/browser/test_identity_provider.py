"""Signing in through the practice's identity provider, with OpenID Connect, at a real provider's process."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from queries.store import Store
from services import people
from services.actors import Role
from services.people import Details
from tests.browser.conftest import free_port, server
from tests.browser.visitors import Visitor, expect_heading, presses, visitor
from tests.practice import NOW, SYSTEM, SmallPractice

pytestmark = pytest.mark.browser

SECRETS = """
[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "only-for-this-test-only-for-this-test"
client_id = "care-manager"
client_secret = "only-for-this-test"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


@contextmanager
def provider() -> Iterator[str]:
    """Run an identity provider at which anybody signs in by giving an e-mail address."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(300):
                try:
                    urllib.request.urlopen(address, timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield address
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that knows the identity provider, with a receptionist and one who was deactivated."""
    folder, port = tmp_path_factory.mktemp("identity"), free_port()
    path, secrets = folder / "store.duckdb", folder / "secrets.toml"
    store = Store(path, now=NOW)
    practice = SmallPractice(store)
    practice.course()
    for name, is_active in (("Joan Mills", True), ("Carl Dunn", False)):
        email = f"{name.split()[0].lower()}@example.com"
        people.add(store, Details(name, email, Role.RECEPTION, {practice.id: None}, is_active), actor=SYSTEM, now=NOW)
    store.close()
    with provider() as at:
        secrets.write_text(SECRETS.format(port=port, provider=at))
        with server(path, port=port, STREAMLIT_SECRETS_FILES=str(secrets)) as address:
            yield address


@pytest.fixture
def somebody(chromium: Browser, address: str) -> Iterator[Visitor]:
    """A fresh browser at the server; the provider's pages get their style from elsewhere, which is not there."""
    with visitor(chromium, address) as visiting:
        visiting.context.route(
            "https://cdn.jsdelivr.net/**", lambda asked: asked.fulfill(content_type="text/css", body="")
        )
        yield visiting


def enter(page: Page, email: str) -> None:
    """Sign in at the provider with an e-mail address."""
    page.get_by_role("button", name="Sign in with your practice account").click()
    page.get_by_placeholder("sub").fill(email)
    page.get_by_role("button", name="Authorize").click()


def test_a_known_address_signs_in_and_out_again(somebody):
    page = somebody.opens("/")
    expect(page.get_by_role("button", name="Sign in with your practice account")).to_be_visible(timeout=20_000)
    expect(page.get_by_label("Password")).to_have_count(0)
    assert b"Okafor" not in somebody.told
    enter(page, "Joan@Example.com")
    expect_heading(page, "Opportunities")
    expect(page.get_by_text("Joan Mills, reception")).to_be_visible()
    page.get_by_role("link", name="Your account").click()
    expect(page.get_by_text("Its password is changed there, not here.")).to_be_visible()
    page.reload()
    expect_heading(page, "Your account")
    second = somebody.another_tab("/")
    expect_heading(second, "Opportunities")

    page.get_by_role("button", name="Sign out").first.click()
    page.get_by_role("button", name="End session").click()
    expect(page.get_by_role("button", name="Sign in with your practice account")).to_be_visible(timeout=20_000)
    presses(second, "Your account")
    expect(second.get_by_text("You are signed out")).to_be_visible()


@pytest.mark.parametrize("email", ["nobody@example.com", "carl@example.com"])
def test_an_address_that_is_unknown_or_deactivated_is_refused_in_words(somebody, email):
    page = somebody.opens("/")
    enter(page, email)
    expect(page.get_by_text(f"Nobody signs in here as {email}. Ask the practice manager to add you.")).to_be_visible(
        timeout=20_000
    )
    expect(page.get_by_test_id("stSidebarNav")).to_have_count(0)
    page.wait_for_timeout(300)
    assert b"Okafor" not in somebody.told


def test_local_passwords_are_not_asked_for_where_there_is_a_provider(somebody, address):
    answer = somebody.page.request.post(
        f"{address}/auth/sign-in",
        form={"email": "joan@example.com", "password": "whatever"},
        headers={"Origin": address},
        max_redirects=0,
    )
    assert "set-cookie" not in answer.headers

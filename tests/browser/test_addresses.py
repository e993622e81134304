"""Every address opened cold: what it shows to whom, what it keeps to itself, and whether everybody can use it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from pages.frame import PAGES
from services.actors import RIGHTS, Role
from tests.browser.two_practices import SECRETS, token
from tests.browser.visitors import Visitor, expect_heading, expect_sign_in, faults

pytestmark = pytest.mark.browser

TITLES = {address: (title, right) for title, _, address, right in PAGES.values()}


def test_a_cold_address_shows_whom_it_does_not_know_the_sign_in_and_tells_nothing(visit):
    stranger = visit()
    for path in TITLES:
        page = stranger.opens(f"/{path}?practice=Mill+Lane")
        expect_sign_in(page)
        page.wait_for_timeout(300)
        assert not [secret for secret in SECRETS if secret in stranger.told or secret.decode() in page.content()], path
    assert b"Mill Lane" not in stranger.told


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.READ_ONLY, Role.GROUP])
def test_a_cold_address_shows_each_role_what_is_its_and_refuses_the_rest(visit, role):
    somebody: Visitor = visit(token(role))
    own = {path: title for path, (title, right) in TITLES.items() if right is None or role in RIGHTS[right]}
    for path in TITLES.keys() - own.keys():
        page = somebody.opens(f"/{path}?practice=Mill+Lane")
        expect(page.get_by_text(f"This page is not for the role {role}.")).to_be_visible(timeout=20_000)
    for path, title in own.items() if role is Role.GROUP else ():  # who sees every page
        page = somebody.opens(f"/{path}?practice=Mill+Lane")
        expect_heading(page, title)
        page.wait_for_timeout(500)
        assert faults(page) == [], path
    page = somebody.opens("/")
    expect_heading(page, TITLES[""][0])
    shown = page.get_by_test_id("stSidebarNav").get_by_role("link").all_inner_texts()
    assert [text.split("\n")[-1] for text in shown] == list(own.values())
    expect(page.get_by_test_id("glide-cell-1-0")).to_be_attached(timeout=20_000)
    page.wait_for_timeout(300)
    assert b"Okafor" in somebody.told
    assert (b"Havering" in somebody.told) is (role is Role.GROUP)

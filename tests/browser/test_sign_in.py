"""What only a browser proves about who is acting: signing in and out, cold addresses, tabs, cookies, headers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from pages.parts import session
from services import sample
from services.actors import Role
from tests.browser.conftest import TOKEN, server
from tests.browser.two_practices import PASSWORD, token
from tests.browser.visitors import Visitor, expect_heading, expect_sign_in, faults, presses, visitor
from tests.practice import NOW, SYSTEM, TODAY

pytestmark = pytest.mark.browser


def choose(page: Page, password: str) -> None:
    """Choose a new password in the form that is open."""
    page.get_by_label("New password", exact=True).fill(password)
    page.get_by_label("New password again").fill(password)
    page.get_by_role("button", name="Change the password").click()


def test_the_first_start_prints_a_one_time_password_that_opens_only_its_own_change(chromium, tmp_path):
    store = tmp_path / "store.duckdb"
    with server(store) as address, visitor(chromium, address) as somebody:
        line = re.search(
            r"First sign-in: (\S+) with the one-time password (\S+)", store.with_suffix(".log").read_text()
        )
        assert line is not None
        page = somebody.opens("/people")
        expect_sign_in(page)
        somebody.signs_in(line[1], line[2])
        expect_heading(page, "Choose your password")
        expect(page.get_by_test_id("stSidebarNav")).to_have_count(0)
        page.get_by_label("Current password").fill(line[2])
        choose(page, "passwordpassword")
        expect(page.get_by_text("This password is easily guessed")).to_be_visible()
        choose(page, PASSWORD)
        expect_heading(page, "People")
        expect(page.get_by_text("Your password was changed.")).to_be_visible()
        assert page.url == f"{address}/people"
        page.get_by_role("button", name="Sign out").click()
        expect_sign_in(page)
        somebody.signs_in(line[1], line[2])
        expect(page.get_by_text("E-mail address and password do not go together. Try again.")).to_be_visible()
        somebody.signs_in(line[1], PASSWORD)
        expect_heading(page, "Opportunities")
        told = store.with_suffix(".log").read_text()
    assert PASSWORD not in told
    assert told.count(line[2]) == 1
    assert "Traceback" not in told


def test_the_group_manager_sees_both_practices_in_one_list(visit):
    group: Visitor = visit(token(Role.GROUP))
    page = group.opens("/")
    expect(page.get_by_test_id("glide-cell-2-1")).to_be_attached(timeout=20_000)
    cells = [page.get_by_test_id(f"glide-cell-2-{row}").inner_text() for row in range(2)]
    assert sorted(cells) == ["Elm Road", "Mill Lane"]


def test_signing_in_keeps_the_address_and_puts_nothing_personal_into_it(visit):
    somebody: Visitor = visit()
    page = somebody.opens("/audit")
    somebody.signs_in("manager@example.com", PASSWORD)
    expect_heading(page, "Audit")
    assert page.url == f"{somebody.address}/audit"
    expect(page).to_have_title("Audit · Care Manager")


def test_a_wrong_password_is_refused_in_words_that_do_not_say_whether_there_is_an_account(visit):
    said = []
    for email in ("reception@example.com", "nobody@example.com"):
        somebody: Visitor = visit()
        page = somebody.opens("/")
        somebody.signs_in(email, "not the password")
        expect(page.get_by_role("alert")).to_be_visible(timeout=20_000)
        assert email not in page.url
        said.append(page.get_by_role("alert").inner_text())
    assert set(said) == {"E-mail address and password do not go together. Try again."}


def test_signing_out_in_one_tab_signs_the_other_out_at_its_next_click(visit):
    somebody: Visitor = visit()
    first = somebody.opens("/")
    somebody.signs_in("reception@example.com", PASSWORD)
    expect_heading(first, "Opportunities")
    second = somebody.another_tab("/account")
    expect_heading(second, "Your account")
    first.get_by_role("button", name="Sign out").click()
    expect_sign_in(first)
    assert not [cookie for cookie in somebody.context.cookies() if cookie["name"] == session.COOKIE]
    presses(second, "Opportunities")
    expect_sign_in(second)
    expect(second.get_by_text("You are signed out")).to_be_visible()
    expect(second.get_by_text("Signed in since")).to_have_count(0)


def test_a_person_added_by_a_double_click_signs_in_and_is_out_when_deactivated(visit):
    manager: Visitor = visit(TOKEN)
    page = manager.opens("/people")
    page.get_by_role("button", name="Add a person").click()
    page.get_by_label("Name", exact=True).fill("Joan Mills")
    page.get_by_label("E-mail address").fill("joan@example.com")
    page.get_by_role("combobox", name="Practices").click()
    page.get_by_role("option", name="Elm Road").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add", exact=True).dblclick()
    expect_heading(page, "One-time password of Joan Mills")
    one_time = page.get_by_test_id("stCode").inner_text().strip()
    expect(page.get_by_test_id("stDataFrame").get_by_text("joan@example.com")).to_have_count(1)

    joan: Visitor = visit()
    hers = joan.opens("/")
    joan.signs_in("joan@example.com", one_time)
    expect_heading(hers, "Choose your password")
    hers.get_by_label("Current password").fill(one_time)
    choose(hers, PASSWORD)
    expect_heading(hers, "Opportunities")

    page.get_by_role("button", name="Done").click()
    expect(page.get_by_test_id("stCode")).to_have_count(0)
    page.get_by_role("searchbox", name="Search").fill("joan")
    expect(page.get_by_test_id("glide-cell-1-1")).to_have_count(0)
    box = page.get_by_test_id("stDataFrame").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 90, box["y"] + 50)
    page.get_by_role("button", name="Deactivate").click()
    page.get_by_role("dialog").get_by_role("button", name="Deactivate").dblclick()
    expect(page.get_by_text("Joan Mills was deactivated and can no longer sign in.")).to_be_visible()

    presses(hers, "Your account")
    expect_sign_in(hers)
    expect(hers.get_by_text("You are signed out: your account was changed. Sign in again.")).to_be_visible()


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(visit):
    somebody: Visitor = visit()
    page = somebody.opens("/")
    somebody.signs_in("reception@example.com", PASSWORD)
    expect_heading(page, "Opportunities")
    (cookie,) = [one for one in somebody.context.cookies() if one["name"] == session.COOKIE]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["secure"], cookie["path"]) == (True, "Strict", False, "/")
    assert cookie["expires"] == -1
    assert session.COOKIE not in page.evaluate("document.cookie")


def post(page: Page, address: str, action: str, **headers: str) -> tuple[str, str]:
    """Post a form of ours as a browser might; return where it sends one, and the cookie that it sets."""
    answer = page.request.post(
        f"{address}/auth/{action}",
        form={"email": "reception@example.com", "password": PASSWORD, "next": "/people"},
        headers={"Origin": address, **headers},
        max_redirects=0,
    )
    assert answer.status == 303
    return answer.headers["location"], answer.headers.get("set-cookie", "")


def test_behind_a_proxy_with_tls_the_cookie_goes_over_tls_only(visit, address):
    where, cookie = post(visit().page, address, "sign-in", **{"X-Forwarded-Proto": "https"})
    assert where == "/people"
    assert re.fullmatch(rf"{session.COOKIE}=[\w-]+; HttpOnly; Path=/; SameSite=strict; Secure", cookie)


def test_what_is_open_to_everybody_has_no_serious_fault_for_assistive_technology(visit):
    page = visit().opens("/")
    expect_heading(page, "Care Manager")
    page.wait_for_timeout(500)
    assert faults(page) == []
    page = visit(TOKEN).opens("/people")
    page.get_by_role("button", name="Add a person").click()
    expect_heading(page, "Add a person")
    page.wait_for_timeout(500)
    assert faults(page) == []


@pytest.mark.parametrize("action", ["sign-in", "sign-out", "demonstration"])
def test_a_form_of_another_site_is_refused(visit, address, action):
    page = visit().page
    for headers in (
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ):
        where, cookie = post(page, address, action, **headers)
        assert "problem=" in where, headers
        assert cookie == "", headers


def test_the_servers_metrics_are_hidden(visit, address):
    asked = visit().page.request
    for path in ("/_stcore/metrics", "/_stcore/metrics/", "/people/_stcore/metrics", "//_stcore/metrics"):
        answer = asked.get(address + path)
        assert (answer.status, answer.text()) == (404, "Not found"), path


def test_every_answer_has_the_headers_that_keep_it_where_it_is(visit, address):
    asked = visit().page.request
    for path in ("/", "/people", "/healthz", "/_stcore/health", "/nowhere"):
        headers = asked.get(address + path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert "default-src 'self'" in headers["content-security-policy"], path
        assert headers["x-frame-options"] == "DENY", path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "same-origin", path


def test_the_demonstration_is_open_on_this_machine_only(chromium, serving):
    address = serving(lambda store: sample.add(store, actor=SYSTEM, today=TODAY, now=NOW))
    with visitor(chromium, address) as somebody:
        page = somebody.opens("/")
        for header in ("X-Forwarded-For", "Forwarded", "X-Real-Ip"):
            where, cookie = post(page, address, "demonstration", **{header: "192.0.2.7"})
            assert (where, cookie) == ("/?problem=demonstration", "")
        page.get_by_role("button", name="Enter the sample practice").click()
        expect_heading(page, "Opportunities")
        expect(page.get_by_text("Sample data: not real patients.")).to_be_visible()
        expect(page.get_by_text("Tom Hughes, manager")).to_be_visible()


def test_without_a_sample_practice_there_is_no_demonstration(visit, address):
    page = visit().opens("/")
    expect_sign_in(page)
    expect(page.get_by_text("Demonstration")).to_have_count(0)
    assert post(page, address, "demonstration") == ("/?problem=demonstration", "")

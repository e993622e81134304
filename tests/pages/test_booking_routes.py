"""The patient's page as a browser asks for it: the way through, the ugly ways, its headers, and what it never shows."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.parts import booking_pages, booking_routes, patient_pages, rate_limits
from queries import booking_links as link_queries
from queries import workflow
from services import practices, settings, tokens
from services.store import Store
from tests.links import link, take_bookings
from tests.practice import SYSTEM, TODAY, SmallPractice

OURS = {"Sec-Fetch-Site": "same-origin"}
PHONE = "01632 960100"


@pytest.fixture
def practice(store: Store, monkeypatch: pytest.MonkeyPatch) -> SmallPractice:
    """A practice with a telephone that takes bookings online, today: the routes read the clock."""
    monkeypatch.delenv("CARE_MANAGER_TODAY")
    practice = SmallPractice(store)
    take_bookings(practice)
    own = practices.all_practices(store)[0]
    settings.change_details(store, own, {"phone": PHONE, "colour": "#8a2be2"}, actor=SYSTEM, now=datetime.now(UTC))
    return practice


@pytest.fixture
def web(practice: SmallPractice) -> Iterator[TestClient]:
    """The routes, asked over HTTP by a browser that says where a form was posted from."""
    rate_limits.forget()
    with TestClient(Starlette(routes=booking_routes.ROUTES), headers=OURS) as client:
        yield client
    rate_limits.forget()


def sent(practice: SmallPractice, **given: Any) -> str:
    """Send Mrs Okafor a link now, and return its token."""
    now = given.pop("now", datetime.now(UTC))
    course = practice.course(days_ago=30 - (now.date() - TODAY).days, cot_number="7431")
    practice.add("planned_visits", course_id=course)
    return link(practice, course, now=now, today=now.date(), **given)


def times(page: str) -> list[str]:
    """The times that a page offers, as its buttons name them to us."""
    return re.findall(r'name="starts_at" value="([^"]+)"', page)


def post(web: TestClient, token: str, what: str, **form: str) -> Any:
    """Press a button of the page of a link, and follow where it leads."""
    return web.post(f"/book/{token}/{what}", data={"form": booking_pages.form_of(token), **form})


def book(web: TestClient, token: str, at: str = "") -> Any:
    """Choose a time and confirm it."""
    at = at or times(web.get(f"/book/{token}").text)[0]
    assert post(web, token, "hold", starts_at=at).status_code == 200
    return post(web, token, "confirm", starts_at=at)


def heading(answer: Any) -> str:
    (found,) = re.findall(r"<h1>(.*?)</h1>", answer.text)
    return html.unescape(found)


def opened_at(practice: SmallPractice, token: str) -> datetime | None:
    found = link_queries.find(practice.store, tokens.hash_of(token), now=datetime.now(UTC))
    assert found is not None
    at: datetime | None = found["opened_at"]
    return at


# --- The way through


def test_a_patient_books_and_takes_the_visit_along(practice, web):
    token = sent(practice)
    first = web.get(f"/book/{token}")
    assert (first.status_code, heading(first)) == (200, "Choose a time for your visit")
    assert "Hello Ngozi." in first.text
    assert "Your visit with Ben Adeyemi takes about 30 minutes." in first.text
    at = times(first.text)[3]
    asked = post(web, token, "hold", starts_at=at)
    assert (asked.url.path, heading(asked)) == (f"/book/{token}/confirm", "Is this the right time?")
    done = post(web, token, "confirm", starts_at=at)
    assert (done.status_code, done.url.path, heading(done)) == (200, f"/book/{token}/done", "Your visit is booked")
    assert "A confirmation is sent to you by e-mail." in done.text
    kept = web.get(f"/book/{token}/visit.ics")
    assert kept.headers["content-type"].startswith("text/calendar")
    (visit,) = Calendar.from_ical(kept.content).walk("VEVENT")
    assert visit["DTSTART"].dt.replace(tzinfo=None) == datetime.fromisoformat(at)
    assert workflow.states(practice.store, practice.id)["booked_on"].to_list() == [datetime.fromisoformat(at).date()]


def test_more_days_are_a_link_away(practice, web):
    token = sent(practice)
    first = web.get(f"/book/{token}")
    (later,) = re.findall(r'href="([^"]+\?from=[^"]+)">Later days', first.text)
    second = web.get(f"/book/{later}")
    assert times(second.text)[0] > times(first.text)[-1]
    assert "Earlier days" in second.text


@pytest.mark.parametrize(
    ("what", "form", "says"),
    [
        ("later", {}, "We will ask you again"),
        ("decline", {"reason": "cost"}, "Thank you for telling us"),
        ("call", {"note": "After five"}, "We will call you"),
    ],
)
def test_another_answer_is_given_once_and_said_again(practice, web, what, form, says):
    token = sent(practice)
    for _ in range(2):
        done = post(web, token, what, **form)
        assert (done.status_code, done.url.path, heading(done)) == (200, f"/book/{token}/done", says)
    gone = web.get(f"/book/{token}")
    assert (gone.status_code, heading(gone)) == (410, "This link was used already")
    assert PHONE in gone.text


def test_who_stops_the_messages_can_still_book(practice, web):
    token = sent(practice, channel="sms")
    stopped = post(web, token, "stop")
    assert "sends you no more SMS" in stopped.text
    assert "Stop these messages" not in stopped.text
    assert times(stopped.text)


# --- Ugly ways


def test_a_second_press_shows_the_same_confirmation(practice, web):
    token = sent(practice)
    at = times(web.get(f"/book/{token}").text)[0]
    pages = [post(web, token, "confirm", starts_at=at) for _ in range(2)]
    assert [heading(page) for page in pages] == ["Your visit is booked"] * 2
    assert pages[0].text == pages[1].text


def test_in_a_second_tab_another_time_is_not_booked_too(practice, web):
    token = sent(practice)
    first, second = times(web.get(f"/book/{token}").text)[:2]
    post(web, token, "hold", starts_at=first)
    post(web, token, "hold", starts_at=second)
    assert heading(post(web, token, "confirm", starts_at=first)) == "Your visit is booked"
    again = post(web, token, "confirm", starts_at=second)
    assert (again.status_code, heading(again)) == (409, "You have booked already")
    assert "You have booked another time already." in again.text


def test_who_goes_back_after_booking_is_told_what_is_booked(practice, web):
    token = sent(practice)
    book(web, token)
    for path in ("", "/confirm"):
        back = web.get(f"/book/{token}{path}")
        assert "booked" in heading(back)
        assert PHONE in back.text
    assert web.get(f"/book/{token}").status_code == 410
    held = post(web, token, "hold", starts_at="2030-01-01T10:00")
    assert (held.status_code, heading(held)) == (410, "You have booked already")


def test_a_time_that_somebody_took_meanwhile_is_a_page_with_other_times(practice, web):
    mine, theirs = sent(practice), sent(practice)
    at = times(web.get(f"/book/{mine}").text)[0]
    book(web, theirs, at)
    for what in ("hold", "confirm"):
        taken = post(web, mine, what, starts_at=at)
        assert taken.status_code == 409
        assert "is not free any more. Please choose another time." in taken.text
        assert at not in times(taken.text)
        assert PHONE in taken.text
    assert heading(book(web, mine)) == "Your visit is booked"


@pytest.mark.parametrize("given", ["", "soon", "2030-01-01T10:00+01:00", "x" * 300])
def test_what_is_no_time_is_asked_for_again(practice, web, given):
    token = sent(practice)
    answer = post(web, token, "hold", starts_at=given)
    assert answer.status_code == 400
    assert "Please choose a time." in answer.text


def test_links_that_are_none_say_so_with_the_telephone(practice, web):
    token = sent(practice)
    for path in (token[:-1], token[:-1] + "!", "x" * 5_000, f"{token}/elsewhere", "a/b/c", ""):
        answer = web.get(f"/book/{path}")
        assert (answer.status_code, heading(answer)) == (404, "This link does not work"), path
        assert PHONE in answer.text
    assert web.get(f"/book/{token}/").url.path == f"/book/{token}"


def test_a_link_that_was_replaced_or_has_expired_says_so(practice, web):
    old = sent(practice, now=datetime.now(UTC) - timedelta(days=15))
    expired = web.get(f"/book/{old}")
    assert (expired.status_code, heading(expired)) == (410, "This link has expired")
    token = sent(practice)
    course = link_queries.find(practice.store, tokens.hash_of(token), now=datetime.now(UTC))["opportunity_id"]
    link(practice, course, now=datetime.now(UTC), today=datetime.now(UTC).date())
    replaced = web.get(f"/book/{token}")
    assert (replaced.status_code, heading(replaced)) == (410, "There is a newer link")
    assert PHONE in expired.text
    assert PHONE in replaced.text


def test_a_link_to_a_course_that_is_done_meanwhile_says_so_before_a_time_is_chosen(practice, web):
    token = sent(practice)
    at = times(web.get(f"/book/{token}").text)[0]
    assert post(web, token, "hold", starts_at=at).status_code == 200
    course = link_queries.find(practice.store, tokens.hash_of(token), now=datetime.now(UTC))["opportunity_id"]
    practice.course(course_id=course, completed_on=datetime.now(UTC).date())
    for answer in (
        web.get(f"/book/{token}"),
        web.get(f"/book/{token}/confirm"),
        web.get(f"/book/{token}/done"),
        post(web, token, "hold", starts_at=at),
        post(web, token, "confirm", starts_at=at),
        post(web, token, "call"),
    ):
        assert (answer.status_code, heading(answer)) == (410, "This link is not needed any more")
        assert PHONE in answer.text
        assert len(answer.history) <= 1


def test_a_form_counts_only_from_the_page_itself(practice, web):
    token = sent(practice)
    at = times(web.get(f"/book/{token}").text)[0]
    form = {"form": booking_pages.form_of(token), "starts_at": at}
    elsewhere: list[dict[str, str]] = [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ]
    for headers in elsewhere:
        assert web.post(f"/book/{token}/confirm", data=form, headers=headers).status_code == 403
    for wrong in ({}, {"form": "ü"}, {"form": booking_pages.form_of("another")}):
        refused = web.post(f"/book/{token}/confirm", data={"starts_at": at, **wrong})
        assert refused.status_code == 403
        assert PHONE in refused.text
    assert workflow.states(practice.store, practice.id)["booked_on"].to_list() == [None]


def test_too_many_requests_are_told_to_wait(practice, web):
    for _ in range(20):
        assert web.get(f"/book/{'a' * 43}").status_code == 404
    answer = web.get(f"/book/{sent(practice)}")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert PHONE in answer.text


def test_addresses_below_ours_that_are_none_are_counted_too(practice, web):
    for place in range(20):
        assert web.get(f"/book/a/{place}").status_code == 404
    assert web.get("/book/a/b").status_code == 429
    assert web.get(f"/book/{sent(practice)}").status_code == 429


def test_one_link_is_not_asked_for_without_end(practice, web):
    token = sent(practice)
    assert web.get(f"/book/{token}").status_code == 200
    while rate_limits.is_within(rate_limits.OF_A_LINK, token):
        pass
    assert web.get(f"/book/{token}").status_code == 429
    assert web.get(f"/book/{sent(practice)}").status_code == 200


# --- What is noted, and what is shown


@pytest.mark.parametrize(
    ("method", "headers", "is_noted"),
    [("HEAD", {}, False), ("GET", {"Sec-Purpose": "prefetch;prerender"}, False), ("GET", {}, True)],
)
def test_only_a_patient_who_looks_opens_a_link(practice, web, method, headers, is_noted):
    token = sent(practice)
    assert web.request(method, f"/book/{token}", headers=headers).status_code == 200
    assert (opened_at(practice, token) is not None) is is_noted


def test_looking_changes_nothing_else(practice, web):
    token = sent(practice)
    web.get(f"/book/{token}")
    asked = "select count(*) from events"
    before = practice.store._connection.execute(asked).fetchall()
    for path in ("", "/confirm", "/done", "/visit.ics", "?from=2026-12-01", "?from=soon"):
        for method in ("GET", "HEAD"):
            assert web.request(method, f"/book/{token}{path}").status_code == 200
    assert [web.get(f"/book/{token}/{what}").status_code for what in ("hold", "later", "stop")] == [404] * 3
    assert practice.store._connection.execute(asked).fetchall() == before
    assert practice.store._connection.execute("select count(*) from slot_holds").fetchall() == [(0,)]


def test_every_page_is_kept_by_nobody_and_loads_nothing(practice, web):
    token = sent(practice)
    pages = [web.get(f"/book/{token}"), book(web, token), web.get("/book/none"), web.get(f"/book/{token}/visit.ics")]
    for page in pages:
        assert page.headers["cache-control"] == "no-store"
        assert "noindex" in page.headers["x-robots-tag"]
    for page in pages[:3]:
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "form-action 'self'" in policy
        assert "unsafe" not in policy
        assert "<script" not in page.text


def test_nothing_is_shown_but_the_first_name_the_provider_and_the_times(practice, web):
    token = sent(practice)
    shown = [web.get(f"/book/{token}").text, book(web, token).text, web.get(f"/book/{token}/visit.ics").text]
    for text in shown:
        for secret in ("Okafor", "Crown", "7431", "420", "07700", "example.com", practice.id):
            assert secret not in text


def test_names_are_drawn_as_they_are_typed(practice, web):
    practice.add("patients", "okafor", first_name="<b>Ngozi</b>")
    practice.add("providers", "ben", name='Ben "&" Sons')
    text = web.get(f"/book/{sent(practice)}").text
    assert "Hello &lt;b&gt;Ngozi&lt;/b&gt;." in text
    assert "Ben &#34;&amp;&#34; Sons" in text


@pytest.mark.parametrize("colour", ["#0f6b74", "#8a2be2", "#ffcc00", "#ffffff", "#000000", "#777777"])
def test_text_can_be_read_on_every_colour(colour):
    assert settings.contrast(patient_pages.on(colour), colour) >= 4.5

"""Booking links: who gets one and who does not, what it is worth to whom, when it ends, and what people see of it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from queries import workflow
from services import (
    actions,
    booking_links,
    care,
    contact,
    messages,
    opportunities,
    reject_reasons,
    sample,
    sequences,
    sms_length,
    timeline,
)
from services.actions import Chosen, Step
from services.booking_links import OWN_LINK, Link
from services.letters import Recipient
from services.opportunities import Filters
from services.practices import create
from tests.endpoint import endpoint
from tests.letters import kinds, settle, work, write
from tests.letters import messages as kept
from tests.links import practice_of, take_bookings
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice
from tests.replay import replayed

LINKED = {"email": "shipped-email-book", "sms": "shipped-sms-book"}
ADDRESS = re.compile(r"https://care\.example/book/([A-Za-z0-9_-]{43})(?=\s|$)")
CHOICES: dict[str, Any] = {"actor": SYSTEM, "now": NOW, "today": TODAY}


@pytest.fixture
def practice(practice: SmallPractice) -> SmallPractice:
    """A practice that takes bookings online."""
    take_bookings(practice)
    return practice


def today_at(now: datetime, timezone: str) -> date:
    return TODAY


def planned(practice: SmallPractice, patient: str = "okafor", **facts: Any) -> str:
    """Open a course with one visit that waits to be booked."""
    course = practice.course(patient=patient)
    practice.add("planned_visits", course_id=course, **facts)
    return course


def send(practice: SmallPractice, *courses: str, **plan: Any) -> str:
    """Write to the patient of courses with a link, and return its token."""
    action_id = str(uuid.uuid4())
    outcome = write(practice, *courses, template_ids=LINKED, is_suppression_ignored=True, action_id=action_id, **plan)
    assert outcome.left == ()
    (body,) = [message["body"] for message in kept(practice.store) if message["action_id"] == action_id]
    (token,) = ADDRESS.findall(body)
    return str(token)


def seen(practice: SmallPractice, *courses: str, channel: str = "email") -> list[Recipient]:
    """What somebody sees before they send a link."""
    chosen = [Chosen(practice.id, course, None) for course in courses]
    return contact.preview(practice.store, chosen, contact.Plan(channel, LINKED), **CHOICES)


def found(practice: SmallPractice, token: str, now: datetime = NOW) -> Link:
    link = booking_links.find(practice.store, token, now=now)
    assert link is not None
    return link


def opened(practice: SmallPractice, token: str, now: datetime = NOW) -> None:
    """Open a link as its patient."""
    patient = actions.Actor.patient_of(practice.id)
    booking_links.opened(practice.store, token, actor=patient, now=now, today_at=today_at)


def listed(practice: SmallPractice, **filters: Any) -> list[str]:
    """The opportunities that the list shows."""
    return (
        opportunities.worklist(practice.store, [practice_of(practice)], Filters(**filters), actor=SYSTEM, today=TODAY)
        .rows["opportunity_id"]
        .to_list()
    )


def state(practice: SmallPractice, course: str) -> dict[str, Any]:
    (row,) = workflow.current(practice.store, [practice.id], [course], today=TODAY).to_dicts()
    return row


# --- Who gets one


def without_online(practice: SmallPractice) -> str:
    take_bookings(practice, is_online=False)
    return planned(practice)


def without_address(practice: SmallPractice) -> str:
    settle(practice, public_url=None)
    return planned(practice)


def of_busy_provider(practice: SmallPractice) -> str:
    practice.add("providers", "mei", name="Mei Chen", initials="MC", is_online_bookable=False)
    return planned(practice, provider_id="mei")


REASONS: dict[str, tuple[Callable[[SmallPractice], str], str]] = {
    "online booking is off": (without_online, "online booking is off. A manager turns it on in Booking settings."),
    "no address": (without_address, "this server has no public address."),
    "no planned visit": (lambda practice: practice.course(), "no planned visit of the course waits to be booked."),
    "no length": (lambda practice: planned(practice, minutes=None), "the planned visit has no length."),
    "not to be booked": (lambda practice: planned(practice, is_bookable=False), "is not to be booked yet."),
    "the provider": (of_busy_provider, "Mei Chen takes no online bookings."),
}


@pytest.mark.parametrize(("made", "why"), REASONS.values(), ids=REASONS.keys())
def test_who_can_have_no_link_is_left_out_of_what_needs_one_with_the_reason(practice, store, made, why):
    course = made(practice)
    (one,) = seen(practice, course)
    assert one.why_not is not None
    assert one.why_not.startswith("gets no booking link, which the template needs: ")
    assert why in one.why_not
    write(practice, course, template_ids=LINKED)
    assert kept(store) == []
    write(practice, course, action_id="without a link")
    assert "/book/" not in kept(store)[0]["body"]


def test_once_a_visit_is_done_the_link_is_for_the_one_after_it(practice):
    course = practice.course()
    first = practice.add("planned_visits", course_id=course, position=1, minutes=20)
    practice.add("planned_visits", course_id=course, position=2, minutes=50)
    assert found(practice, send(practice, course)).planned_visit_id == first
    assert "20 minutes" in kept(practice.store)[-1]["body"]
    appointment = practice.appointment(course, in_days=-3, status="completed")
    practice.store._connection.execute(
        "update planned_visits set appointment_id = ? where planned_visit_id = ?", [appointment, first]
    )
    token = send(practice, course)
    assert found(practice, token).planned_visit_id != first
    assert any("50 minutes" in message["body"] for message in kept(practice.store))


def test_a_patient_of_two_courses_gets_the_link_for_the_one_that_can_be_booked(practice):
    without, linked = practice.course(days_ago=60), planned(practice)
    token = send(practice, without, linked)
    assert found(practice, token).opportunity_id == linked
    assert (state(practice, without)["link_sent_at"], state(practice, without)["status"]) == (None, "contacted")


def test_a_household_gets_one_message_but_a_link_each(practice, store):
    for id_ in ("dad", "kid"):
        practice.add("patients", id_, household_id="home", email="home@example.com")
    courses = [planned(practice, patient) for patient in ("dad", "kid")]
    write(practice, *courses, action_id="shared")
    assert len(kept(store)) == 1
    write(practice, *courses, template_ids=LINKED, is_suppression_ignored=True, action_id="linked")
    tokens = ADDRESS.findall(" ".join(message["body"] for message in kept(store)))
    assert sorted(found(practice, token).patient_id for token in tokens) == ["dad", "kid"]


# --- What a link is


def test_a_link_names_nobody_and_only_its_hash_is_kept(practice, store):
    course = planned(practice)
    (shown,) = seen(practice, course)
    assert f"https://care.example/book/{OWN_LINK}\n" in (shown.body or "")
    token = send(practice, course)
    assert OWN_LINK not in kept(store)[0]["body"]
    for personal in (practice.id, "okafor", "Ngozi"):
        assert personal not in token
    tables = store._connection.execute("select table_name from information_schema.tables").fetchall()
    holding = {
        table
        for (table,) in tables
        if table in ("booking_links", "events", "care_states", "messages", "message_opportunities")
        and token in str(store._connection.execute(f"select * from {table}").fetchall())
    }
    assert holding == {"messages"}
    link = found(practice, token)
    assert (link.opportunity_id, link.patient_id, link.state) == (course, "okafor", "good")
    assert link.message_id == kept(store)[0]["message_id"]


def test_a_link_that_was_guessed_or_changed_is_no_link(practice, store):
    token = send(practice, planned(practice))
    for wrong in ("", token[:-1], token + "A", token.swapcase(), booking_links.tokens.hash_of(token), "x" * 10_000):
        assert booking_links.find(store, wrong, now=NOW) is None


def test_an_sms_is_as_long_as_it_was_shown(practice, store):
    course = planned(practice)
    (shown,) = seen(practice, course, channel="sms")
    send(practice, course, channel="sms")
    assert sms_length.measured(kept(store)[0]["body"]) == sms_length.measured(shown.body or "")


def test_the_text_of_one_message_keeps_its_link_and_may_do_without(practice, store):
    course = planned(practice)
    (shown,) = seen(practice, course, channel="sms")
    send(practice, course, channel="sms", body=f"Hello! {shown.body}")
    assert kept(store)[0]["body"].startswith("Hello! Ngozi")
    write(
        practice,
        course,
        channel="sms",
        template_ids=LINKED,
        body="Please ring us.",
        is_suppression_ignored=True,
        action_id="without",
    )
    assert store._connection.execute("select count(*) from booking_links").fetchall() == [(1,)]


# --- When it ends


@pytest.mark.parametrize(("seconds", "expected"), [(-1, "good"), (0, "expired")])
def test_a_link_lasts_as_long_as_the_practice_says_from_when_it_is_sent(practice, seconds, expected):
    take_bookings(practice, link_days=3)
    sent_at = NOW + timedelta(days=5)
    token = send(practice, planned(practice), send_at=sent_at)
    end = sent_at + timedelta(days=3, seconds=seconds)
    assert found(practice, token, end).state == expected
    with practice.store.transaction() as tx:
        assert booking_links.use(tx, token, used_for="booked", now=end) is (expected == "good")


def test_a_newer_link_ends_the_older_one_of_the_same_opportunity_alone(practice):
    course, other = planned(practice), planned(practice)
    first, of_other = send(practice, course), send(practice, other)
    opened(practice, first)
    second = send(practice, course)
    assert (found(practice, first).state, found(practice, first).revoked_why) == ("revoked", "replaced")
    assert (found(practice, second).state, found(practice, of_other).state) == ("good", "good")
    assert state(practice, course)["link_opened_at"] is None


def reject(practice: SmallPractice, course: str) -> None:
    reason = reject_reasons.of(practice.store, [practice.id])[practice.id][0]
    care.reject(practice.store, [Chosen(practice.id, course, None)], reason=reason, action_id="end", **CHOICES)


def book(practice: SmallPractice, course: str) -> None:
    care.book(practice.store, [Chosen(practice.id, course, None)], visit_on=TODAY, action_id="end", **CHOICES)


def see_in_the_pms(practice: SmallPractice, course: str) -> None:
    with practice.store.transaction() as tx:
        steps = [(state(practice, course), [Step("booked", facts={"visit_on": TODAY})])]
        actions.write(tx, steps, kind="booked", actor=actions.SYSTEM, now=NOW, action_id=None)


@pytest.mark.parametrize(("end", "why"), [(reject, "rejected"), (book, "booked"), (see_in_the_pms, "booked")])
def test_what_books_or_rejects_ends_the_link_and_takes_it_off_the_filters(practice, store, end, why):
    course = planned(practice)
    token = send(practice, course)
    opened(practice, token)
    end(practice, course)
    assert (found(practice, token).state, found(practice, token).revoked_why) == ("revoked", why)
    everything = ("open", "contacted", "booked", "rejected")
    assert listed(practice, statuses=everything) == [course]
    assert [listed(practice, statuses=everything, is_link_opened=is_opened) for is_opened in (True, False)] == [[], []]
    with store.transaction() as tx:
        assert not booking_links.use(tx, token, used_for="booked", now=NOW)


@pytest.mark.parametrize("end", [reject, book])
def test_undo_brings_no_link_back_and_so_none_into_the_filters(practice, store, end):
    course = planned(practice)
    token = send(practice, course)
    opened(practice, token)
    end(practice, course)
    outcome = care.undo(store, [practice.id], "end", action_id="undo", **CHOICES)
    assert outcome.opportunities == 1
    assert found(practice, token).state == "revoked"
    assert [listed(practice, is_link_opened=is_opened) for is_opened in (None, True, False)] == [[course], [], []]
    events = store._connection.sql("select * from events where opportunity_id is not null").pl()
    assert replayed(events)[practice.id, course].get("link_opened_at") is None


def test_a_link_is_used_once_whoever_comes_at_the_same_time(practice, store):
    token = send(practice, planned(practice))

    def use(number: int) -> bool:
        with store.transaction() as tx:
            return booking_links.use(tx, token, used_for="booked", now=NOW)

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(use, range(8))) == [False] * 7 + [True]
    assert (found(practice, token).state, found(practice, token).used_for) == ("used", "booked")


# --- When the message leaves


def expire(practice: SmallPractice, token: str, course: str) -> None:
    practice.store._connection.execute("update booking_links set expires_at = ?", [NOW.replace(tzinfo=None)])


def use_up(practice: SmallPractice, token: str, course: str) -> None:
    with practice.store.transaction() as tx:
        booking_links.use(tx, token, used_for="call", now=NOW)


def replace_it(practice: SmallPractice, token: str, course: str) -> None:
    send(practice, course, send_at=NOW + timedelta(days=1))


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (expire, "Not sent: its booking link has expired."),
        (use_up, "Not sent: the patient has used its booking link."),
        (replace_it, "Not sent: its booking link was replaced by a newer one"),
    ],
)
def test_a_message_whose_link_is_dead_by_then_does_not_leave(practice, store, end, why):
    course = planned(practice)
    token = send(practice, course)
    end(practice, token, course)
    assert work(store) == 1
    message = next(one for one in kept(store) if token in one["body"])
    assert message["state"] == "cancelled"
    assert message["reason"].startswith(why)


def test_a_message_with_a_good_link_leaves_with_it(practice, store):
    token = send(practice, planned(practice))
    with endpoint() as at:
        work(store, at.url)
    assert f"https://care.example/book/{token}" in str(at.requests[0].body)


def test_a_message_that_is_cancelled_was_no_link_sent_and_one_sent_again_is(practice, store):
    course = planned(practice)
    send(practice, course)
    assert state(practice, course)["link_sent_at"] == NOW.replace(tzinfo=None)
    (message,) = kept(store)
    messages.cancel(store, practice_of(practice), [message["message_id"]], **CHOICES)
    assert state(practice, course)["link_sent_at"] is None
    messages.resend(store, practice_of(practice), [message["message_id"]], **CHOICES)
    assert state(practice, course)["link_sent_at"] == NOW.replace(tzinfo=None)
    expire(practice, "", course)
    work(store)
    assert [one["state"] for one in kept(store)] == ["cancelled", "cancelled"]


def test_a_sequence_that_needs_a_link_ends_for_whom_there_is_none_and_says_why(practice, store):
    own = practice_of(practice)
    steps = [sequences.Step(0, "sms", LINKED["sms"])]
    sequence_id = sequences.save(store, own, "Links", steps, actor=SYSTEM, now=NOW)
    linked, without = planned(practice), practice.course()
    chosen = [Chosen(practice.id, course, None) for course in (linked, without)]
    sequences.start(store, chosen, sequence_id, action_id="start", **CHOICES)
    sequences.advance(store, now=NOW, today_at=today_at)
    assert len(ADDRESS.findall(" ".join(message["body"] for message in kept(store)))) == 1
    ended = [row for (row,) in store._connection.execute("select ended_why from sequence_runs order by 1").fetchall()]
    assert ended[0] == "all steps done"
    assert "no planned visit of the course waits" in ended[1]


# --- What people see


def test_a_link_is_opened_once_by_the_patient_and_the_list_can_be_narrowed_to_it(practice, store):
    course, other, _ = planned(practice), planned(practice), practice.course()
    token = send(practice, course)
    send(practice, other)
    assert listed(practice, is_link_opened=True) == []
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: opened(practice, token, NOW + timedelta(minutes=5)), range(4)))
    opened(practice, token, NOW + timedelta(minutes=9))
    assert kinds(store).count("link opened") == 1
    assert found(practice, token).opened_at == (NOW + timedelta(minutes=5)).replace(tzinfo=None)
    assert (listed(practice, is_link_opened=True), listed(practice, is_link_opened=False)) == ([course], [other])


def test_a_link_that_is_dead_is_opened_without_a_word(practice, store):
    token = send(practice, planned(practice))
    opened(practice, token, NOW + timedelta(days=14))
    opened(practice, "no link at all")
    assert "link opened" not in kinds(store)


def test_the_timeline_tells_that_a_link_was_sent_and_opened(practice, store):
    token = send(practice, planned(practice))
    opened(practice, token, NOW + timedelta(minutes=1))
    told = timeline.of_patient(store, practice_of(practice), "okafor", actor=SYSTEM)
    assert [one.what for one in told] == ["Opened the booking link", "Sent an e-mail with a booking link"]
    assert told[0].who == "The patient"


def test_the_history_says_what_the_state_is(practice, store):
    course = planned(practice)
    opened(practice, send(practice, course))
    events = store._connection.sql("select * from events where opportunity_id is not null").pl()
    told = replayed(events)[practice.id, course]
    assert told == {name: state(practice, course)[name] for name in told}
    assert told["link_opened_at"] == NOW.replace(tzinfo=None)


# --- On this machine


def test_links_of_the_sample_practice_open_on_this_machine_while_nothing_leaves_it(store):
    with store.transaction() as tx:
        id_ = create(tx, "Sample", actor=SYSTEM, now=NOW, is_sample=True)
    SmallPractice(store)

    def address() -> dict[str, str | None]:
        return dict(store._connection.execute("select practice_id, public_url from contact_settings").fetchall())

    for port in (8501, 8502):
        sample.serve_at(store, f"http://127.0.0.1:{port}", actor=SYSTEM, now=NOW)
        assert address() == {id_: f"http://127.0.0.1:{port}"}
    store._connection.execute("update contact_settings set public_url = 'https://care.example'")
    sample.serve_at(store, "http://127.0.0.1:8501", actor=SYSTEM, now=NOW)
    assert address() == {id_: "https://care.example"}

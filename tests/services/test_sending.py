"""Sending: what is queued leaves once, when it may, and what becomes of it is known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest

from queries import workflow
from queries.store import Store
from services import care, consents, contact, practices, sending
from services.actions import Chosen
from services.contact import Plan
from tests.endpoint import Answer, Endpoint, endpoint
from tests.letters import EMAIL, kinds, messages, settle, work, write
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice

CHOICES = {"actor": SYSTEM, "now": NOW, "today": TODAY}


@pytest.fixture
def at() -> Iterator[Endpoint]:
    """An endpoint in place of the providers', which takes everything."""
    with endpoint() as at:
        at.answer = lambda request: Answer(
            202 if "mail" in request.path else 201,
            headers={"X-Message-Id": "sg-1", "Content-Type": "application/json"},
            body=b'{"sid": "SM1"}',
        )
        yield at


@pytest.fixture
def course(practice: SmallPractice) -> str:
    """A course of a practice that sends."""
    settle(practice)
    return practice.course()


def state(store: Store) -> str:
    """The state of the one message."""
    (message,) = messages(store)
    return str(message["state"])


def test_what_is_queued_is_sent_and_said(practice, store, course, at):
    write(practice, course)
    assert state(store) == "queued"
    assert work(store, at.url) == 1
    (message,) = messages(store)
    assert (message["state"], message["provider_id"], message["sender"]) == ("sent", "sg-1", "sendgrid")
    assert kinds(store) == ["contacted", "message sent"]
    body = json.loads(at.requests[0].body)
    text = body["content"][0]["value"]
    assert text.startswith("Dear Mrs Okafor,")
    assert message["unsubscribe_url"] in text


def test_an_sms_goes_to_twilio_with_where_to_tell(practice, store, course, at):
    write(practice, course, channel="sms")
    work(store, at.url)
    (message,) = messages(store)
    assert message["state"] == "sent"
    assert f"message%3D{message['message_id']}" in at.requests[0].body.decode()


def test_with_the_outbox_nothing_leaves(practice, store, at):
    settle(practice, email_sender="outbox")
    write(practice, practice.course())
    work(store, at.url)
    assert (state(store), at.requests) == ("sent", [])


def test_nothing_is_sent_before_its_time(practice, store, course, at):
    write(practice, course, send_at=NOW + timedelta(days=2))
    assert work(store, at.url) == 0
    assert work(store, at.url, now=NOW + timedelta(days=2)) == 1


@pytest.mark.parametrize(
    ("hour", "minute", "is_sent"), [(8, 59, False), (9, 0, True), (19, 59, True), (20, 0, False), (3, 0, False)]
)
def test_nothing_is_sent_in_quiet_hours(practice, store, at, hour, minute, is_sent):
    settle(practice, quiet_from=time(20), quiet_to=time(9))
    write(practice, practice.course())
    work(store, at.url, now=datetime(2026, 11, 25, hour, minute, tzinfo=UTC))
    assert (state(store) == "sent") is is_sent


def test_quiet_hours_are_the_practices_own_in_summer_too(practice, store, at):
    settle(practice, quiet_from=time(20), quiet_to=time(9))
    write(practice, practice.course())
    work(store, at.url, now=datetime(2027, 6, 1, 8, 0, tzinfo=UTC), today=TODAY)
    assert state(store) == "sent", "it is nine in London"


def test_a_practice_sends_no_faster_than_its_rate(practice, store, at):
    settle(practice, per_minute=2)
    for name in ("a", "b", "c"):
        practice.add("patients", name, email=f"{name}@example.com")
    write(practice, *(practice.course(patient=name) for name in ("a", "b", "c")))
    assert work(store, at.url) == 2
    assert work(store, at.url, now=NOW + timedelta(seconds=59)) == 0
    assert work(store, at.url, now=NOW + timedelta(seconds=61)) == 1


# --- Looked at again before it leaves


def booked(practice: SmallPractice, course: str) -> None:
    practice.appointment(course, in_days=9)


def rejected(practice: SmallPractice, course: str) -> None:
    state = workflow.states(practice.store, practice.id).row(0, named=True)
    chosen = [Chosen(practice.id, course, state["version"])]
    care.reject(practice.store, chosen, reason="cost", action_id="reject", **CHOICES)


def opted_out(practice: SmallPractice, course: str) -> None:
    elm = practices.all_practices(practice.store)[0]
    consents.say(practice.store, elm, "okafor", "email", "no", actor=SYSTEM, now=NOW)


def not_to_be_contacted(practice: SmallPractice, course: str) -> None:
    elm = practices.all_practices(practice.store)[0]
    consents.say(practice.store, elm, "okafor", "contact", "no", actor=SYSTEM, now=NOW)


def without_address(practice: SmallPractice, course: str) -> None:
    practice.add("patients", "okafor", email=None)


@pytest.mark.parametrize("meanwhile", [booked, rejected, opted_out, not_to_be_contacted, without_address])
def test_what_must_not_leave_any_more_is_cancelled_and_said_why(practice, store, course, at, meanwhile):
    write(practice, course)
    meanwhile(practice, course)
    work(store, at.url)
    (message,) = messages(store)
    assert (message["state"], at.requests) == ("cancelled", [])
    assert message["reason"].startswith("Not sent: ")
    assert kinds(store).count("message cancelled") == 1


def test_a_contact_that_was_none_is_taken_back(practice, store, course, at):
    write(practice, course)
    opted_out(practice, course)
    work(store, at.url)
    (kept,) = workflow.states(store, practice.id).to_dicts()
    assert (kept["status"], kept["attempts"], kept["last_contact_at"]) == ("open", 0, None)
    assert kinds(store) == ["contacted", "message cancelled", "undone"]


def test_what_changed_since_is_left_as_it_is(practice, store, course, at):
    write(practice, course)
    care.attempt(store, [Chosen(practice.id, course, 1)], "spoke", action_id="rang", **CHOICES)
    opted_out(practice, course)
    work(store, at.url)
    (kept,) = workflow.states(store, practice.id).to_dicts()
    assert (kept["status"], kept["attempts"]) == ("contacted", 2)


# --- What the provider says


def test_a_refusal_for_good_fails_at_once_with_our_words(practice, store, course, at):
    write(practice, course)
    at.answer = lambda request: Answer(400)
    work(store, at.url)
    (message,) = messages(store)
    assert (message["state"], len(at.requests)) == ("failed", 1)
    assert message["reason"].startswith("SendGrid refused the message")
    (kept,) = workflow.states(store, practice.id).to_dicts()
    assert kept["status"] == "open"


@pytest.mark.parametrize(("answer", "least"), [(Answer(429, headers={"Retry-After": "120"}), 120), (Answer(500), 30)])
def test_a_refusal_for_now_is_tried_again_later_and_not_before(practice, store, course, at, answer, least):
    write(practice, course)
    taken, at.answer = at.answer, lambda request: answer
    assert work(store, at.url) == 1
    assert state(store) == "queued"
    at.answer = taken
    assert work(store, at.url, now=NOW + timedelta(seconds=least - 1)) == 0
    assert work(store, at.url, now=NOW + timedelta(seconds=least * 1.3)) == 1
    assert state(store) == "sent"


def test_it_waits_longer_each_time_and_gives_up_in_the_end(practice, store, course, at):
    write(practice, course)
    at.answer = lambda request: Answer(503)
    waits, now = [], NOW
    for _ in range(sending.TRIES_MOST):
        assert work(store, at.url, now=now) == 1
        (message,) = messages(store)
        waits.append((message["send_at"].replace(tzinfo=UTC) - now).total_seconds())
        now = max(now, message["send_at"].replace(tzinfo=UTC))
    assert message["state"] == "failed"
    assert all(later > earlier * 1.5 for earlier, later in pairwise(waits[:-1]))


@pytest.mark.parametrize("answer", [Answer(after=2), Answer(is_broken=True)], ids=["too slow", "broken off"])
def test_what_may_have_left_waits_for_a_person(practice, store, course, at, answer):
    write(practice, course)
    at.answer = lambda request: answer
    work(store, at.url, SENDGRID_TIMEOUT="0.5")
    (message,) = messages(store)
    assert message["state"] == "unknown"
    assert "ask the patient or the provider" in message["reason"]
    assert work(store, at.url, now=NOW + timedelta(days=1)) == 0
    assert len(at.requests) == 1


def test_who_opted_out_at_the_provider_is_not_written_to_again(practice, store, course, at):
    write(practice, course, channel="sms")
    at.answer = lambda request: Answer(
        400, headers={"Content-Type": "application/json"}, body=b'{"code": 21610, "message": "x", "status": 400}'
    )
    work(store, at.url)
    assert state(store) == "failed"
    elm = practices.all_practices(store)[0]
    assert consents.of(store, elm, "okafor", actor=SYSTEM)["sms"].value == "no"


def test_a_missing_key_is_said_on_the_message(practice, store, course, at):
    write(practice, course)
    work(store, at.url, SENDGRID_API_KEY="")
    (message,) = messages(store)
    assert message["state"] == "failed"
    assert "SENDGRID_API_KEY" in message["reason"]


# --- After a stop


def test_what_was_in_hand_is_settled_at_the_start(practice, store, course):
    write(practice, course)
    with store.transaction() as tx:
        tx.execute("messages/claim", message_id=messages(store)[0]["message_id"], sender="sendgrid", now=NOW)
    sending.recover(store, now=NOW)
    assert state(store) == "unknown"


def test_what_the_outbox_had_in_hand_goes_on(practice, store):
    settle(practice, email_sender="outbox")
    write(practice, practice.course())
    with store.transaction() as tx:
        tx.execute("messages/claim", message_id=messages(store)[0]["message_id"], sender="outbox", now=NOW)
    sending.recover(store, now=NOW)
    assert state(store) == "queued"


def test_each_patient_has_a_link_of_their_own(practice, store):
    settle(practice, attempts_most=3)
    courses = []
    for number in range(3):
        practice.add("patients", f"p{number}", email=f"p{number}@example.com")
        courses.append(practice.course(patient=f"p{number}"))
    chosen = [Chosen(practice.id, course, 0) for course in courses]
    outcome = contact.send(store, chosen, Plan("email", {"email": EMAIL}), action_id="all", **CHOICES)
    assert (outcome.opportunities, len(messages(store))) == (3, 3)
    assert len({message["unsubscribe_url"] for message in messages(store)}) == 3

"""Twilio through its own library to a real endpoint."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs

import pytest

from services import senders
from services.errors import InvalidRequest
from services.senders.base import DeliveryFailed, DeliveryUnknown, Message
from tests.endpoint import Answer, Endpoint, Request, deaf, endpoint

MESSAGE = Message(
    message_id="8b1d",
    channel="sms",
    to="+447700900123",
    text="Elm Road: please ring us. Reply STOP to opt out.",
    from_address="+441632960100",
    status_url="https://care.example/webhooks/twilio/status?message=8b1d",
)
KEYS = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "a-token"}


def taking(request: Request) -> Answer:
    """Answer as Twilio does when it takes a message."""
    assert request.path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert request.headers["Authorization"] == "Basic " + base64.b64encode(b"AC1:a-token").decode()
    return answer(201, {"sid": "SM1", "status": "queued"})


def answer(status: int, body: dict[str, object]) -> Answer:
    return Answer(status, headers={"Content-Type": "application/json"}, body=json.dumps(body).encode())


@pytest.fixture
def at() -> Iterator[Endpoint]:
    """An endpoint in place of Twilio's."""
    with endpoint() as at:
        at.answer = taking
        yield at


def sender(at: Endpoint, **keys: str) -> senders.Sender:
    return senders.from_settings("twilio", {**KEYS, "TWILIO_BASE_URL": at.url, **keys})


def form(at: Endpoint) -> dict[str, list[str]]:
    """The form of the one request that arrived."""
    (request,) = at.requests
    return parse_qs(request.body.decode())


def test_it_takes_a_message_and_tells_its_own_id(at):
    assert sender(at).send(MESSAGE).provider_id == "SM1"
    assert form(at) == {
        "To": ["+447700900123"],
        "From": ["+441632960100"],
        "Body": [MESSAGE.text],
        "StatusCallback": ["https://care.example/webhooks/twilio/status?message=8b1d"],
    }


def test_a_messaging_service_is_named_as_one(at):
    sender(at).send(replace(MESSAGE, from_address="MG0123456789abcdef0123456789abcdef", status_url=None))
    assert form(at)["MessagingServiceSid"] == ["MG0123456789abcdef0123456789abcdef"]
    assert "From" not in form(at)


@pytest.mark.parametrize(
    ("status", "code", "is_permanent", "is_opted_out"),
    [
        (400, 21610, True, True),
        (400, 21211, True, False),
        (400, 21614, True, False),
        (401, 20003, True, False),
        (400, 99999, True, False),
        (429, 20429, False, False),
        (500, 20500, False, False),
    ],
)
def test_a_refusal_says_in_our_words_whether_trying_again_helps(at, status, code, is_permanent, is_opted_out):
    at.answer = lambda request: answer(status, {"code": code, "message": "+447700900123 is bad", "status": status})
    with pytest.raises(DeliveryFailed) as failed:
        sender(at).send(MESSAGE)
    assert (failed.value.permanent, failed.value.is_opted_out) == (is_permanent, is_opted_out)
    assert "7700" not in str(failed.value)


@pytest.mark.parametrize(
    ("status", "is_permanent", "retry_after"),
    [
        (429, False, 30.0),
        (503, False, 30.0),
        (408, False, 30.0),
        (400, True, None),
        (404, True, None),
        (302, True, None),
    ],
)
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b"\xff"])
def test_a_refusal_in_no_words_goes_by_its_status(at, status, is_permanent, retry_after, body):
    at.answer = lambda request: Answer(status, headers={"Retry-After": "30"}, body=body)
    with pytest.raises(DeliveryFailed) as failed:
        sender(at).send(MESSAGE)
    assert (failed.value.permanent, failed.value.retry_after) == (is_permanent, retry_after)


@pytest.mark.parametrize(
    ("status", "code", "is_permanent", "is_opted_out"),
    [(400, 21610, True, True), (429, 20429, False, False), (503, 20503, False, False)],
)
def test_a_refusal_may_come_as_problem_details(at, status, code, is_permanent, is_opted_out):
    body = {"type": "https://www.twilio.com/docs/errors", "title": "Bad", "status": status, "code": code}
    at.answer = lambda request: answer(status, body)
    with pytest.raises(DeliveryFailed) as failed:
        sender(at).send(MESSAGE)
    assert (failed.value.permanent, failed.value.is_opted_out) == (is_permanent, is_opted_out)


@pytest.mark.parametrize(
    "told",
    [Answer(after=2), Answer(is_broken=True), *(Answer(201, body=body) for body in (b"", b"junk", b"[]", b"null"))],
    ids=["slow", "broken off", "empty", "junk", "list", "null"],
)
def test_what_may_have_left_is_unknown_and_asked_once(at, told):
    at.answer = lambda request: told
    with pytest.raises(DeliveryUnknown):
        sender(at, TWILIO_TIMEOUT="0.5").send(MESSAGE)
    assert len(at.requests) == 1


def test_who_is_not_there_took_nothing():
    with pytest.raises(DeliveryFailed, match="could not be reached") as failed:
        senders.from_settings("twilio", {**KEYS, "TWILIO_BASE_URL": "http://127.0.0.1:9"}).send(MESSAGE)
    assert not failed.value.permanent


def test_who_lets_nobody_in_took_nothing(at):
    with deaf() as port, pytest.raises(DeliveryFailed, match="could not be reached") as failed:
        sender(at, TWILIO_BASE_URL=f"http://127.0.0.1:{port}", TWILIO_TIMEOUT="0.2").send(MESSAGE)
    assert not failed.value.permanent


def test_without_a_number_to_send_from_nothing_leaves(at):
    with pytest.raises(DeliveryFailed, match="no number"):
        sender(at).send(replace(MESSAGE, from_address=None))
    assert at.requests == []


@pytest.mark.parametrize(("name", "value"), [("TWILIO_BASE_URL", "care.example"), ("TWILIO_TIMEOUT", "-1")])
def test_a_key_that_cannot_be_is_named(name, value):
    with pytest.raises(InvalidRequest, match=name):
        senders.from_settings("twilio", {**KEYS, name: value})


@pytest.mark.parametrize("missing", KEYS)
def test_a_missing_key_is_named(missing):
    with pytest.raises(InvalidRequest, match=missing):
        senders.from_settings("twilio", {**KEYS, missing: ""})


def test_neither_key_nor_patient_is_logged(at, caplog):
    caplog.set_level(logging.DEBUG)
    sender(at).send(MESSAGE)
    assert "a-token" not in caplog.text
    assert "7700" not in caplog.text
    assert "Elm Road" not in caplog.text

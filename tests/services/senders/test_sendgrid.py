"""SendGrid through its own library to a real endpoint, which checks what arrives by the rules of v3 mail/send."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from services import senders
from services.errors import InvalidRequest
from services.senders.base import DeliveryFailed, DeliveryUnknown, Message
from tests.endpoint import Answer, Endpoint, Request, endpoint

MESSAGE = Message(
    message_id="8b1d",
    channel="email",
    to="ngozi.okafor@example.com",
    to_name="Ngozi Okafor",
    subject="Your next visit",
    text="Dear Ngozi, ...",
    html="<p>Dear Ngozi, ...</p>",
    from_name="Elm Road",
    from_address="desk@example.com",
    reply_to="answers@example.com",
    category="Book your next visit",
    unsubscribe_url="https://care.example/unsubscribe/x",
)
RESERVED = {
    "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding", "to", "from",
    "subject", "reply-to", "cc", "bcc",
}  # fmt: skip
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def faults(body: dict[str, Any]) -> list[str]:
    """What SendGrid's published rules of v3 mail/send object to in a body (docs.sendgrid.com, Mail Send)."""
    found = []
    people = body.get("personalizations") or []
    if not 1 <= len(people) <= 1000:
        found.append("personalizations: 1 to 1000")
    for one in people:
        addresses = [to.get("email", "") for kind in ("to", "cc", "bcc") for to in one.get(kind, ())]
        if not one.get("to") or len(set(addresses)) != len(addresses):
            found.append("to: at least one, none twice")
        found += [f"no address: {address}" for address in addresses if not ADDRESS.fullmatch(address)]
        if len(json.dumps({**body.get("custom_args", {}), **one.get("custom_args", {})})) > 10_000:
            found.append("custom_args: 10,000 bytes")
        if any(not isinstance(value, str) for value in one.get("custom_args", {}).values()):
            found.append("custom_args: texts")
        for headers in (body.get("headers", {}), one.get("headers", {})):
            found += [f"reserved header {name}" for name in headers if name.lower() in RESERVED]
    if not ADDRESS.fullmatch(body.get("from", {}).get("email", "")):
        found.append("from")
    if not body.get("subject") and not all(one.get("subject") for one in people):
        found.append("subject")
    kinds = [one.get("type") for one in body.get("content", ())]
    if not kinds or any(not one.get("value") for one in body["content"]):
        found.append("content: not empty")
    if kinds != sorted(kinds, key=["text/plain", "text/html"].index) or len(set(kinds)) != len(kinds):
        found.append("content: text/plain before text/html, each once")
    categories = body.get("categories", [])
    if len(categories) > 10 or len(set(categories)) != len(categories) or any(len(one) > 255 for one in categories):
        found.append("categories: 10 different ones of 255 characters")
    known = {
        "personalizations", "from", "reply_to", "reply_to_list", "subject", "content", "attachments", "template_id",
        "headers", "categories", "custom_args", "send_at", "batch_id", "asm", "ip_pool_name", "mail_settings",
        "tracking_settings",
    }  # fmt: skip
    return found + [f"unknown field {name}" for name in set(body) - known]


def checking(request: Request) -> Answer:
    """Answer as SendGrid does: by the key, the path and the body."""
    if request.headers.get("Authorization") != "Bearer a-key":
        return Answer(401)
    if request.path != "/v3/mail/send" or request.headers.get("Content-Type") != "application/json":
        return Answer(404)
    if found := faults(json.loads(request.body)):
        return Answer(400, body=json.dumps({"errors": [{"message": one} for one in found]}).encode())
    return Answer(202, headers={"X-Message-Id": "sg-1"})


@pytest.fixture
def at() -> Iterator[Endpoint]:
    """An endpoint in place of SendGrid's."""
    with endpoint() as at:
        at.answer = checking
        yield at


def sender(at: Endpoint, **keys: str) -> senders.Sender:
    return senders.from_settings("sendgrid", {"SENDGRID_API_KEY": "a-key", "SENDGRID_BASE_URL": at.url, **keys})


def sent(at: Endpoint) -> dict[str, Any]:
    """The body of the one request that arrived."""
    (request,) = at.requests
    body: dict[str, Any] = json.loads(request.body)
    return body


def test_it_takes_a_message_and_tells_its_own_id(at):
    assert sender(at).send(MESSAGE).provider_id == "sg-1"
    body = sent(at)
    (to,) = body["personalizations"]
    assert to["to"] == [{"email": "ngozi.okafor@example.com", "name": "Ngozi Okafor"}]
    assert {**body.get("custom_args", {}), **to.get("custom_args", {})} == {"message_id": "8b1d"}
    assert body["from"] == {"email": "desk@example.com", "name": "Elm Road"}
    assert body["reply_to"] == {"email": "answers@example.com"}
    assert body["categories"] == ["Book your next visit"]
    assert [one["type"] for one in body["content"]] == ["text/plain", "text/html"]


def test_it_can_be_unsubscribed_from_at_one_click(at):
    sender(at).send(MESSAGE)
    body = sent(at)
    assert {**body.get("headers", {}), **body["personalizations"][0].get("headers", {})} == {
        "List-Unsubscribe": "<https://care.example/unsubscribe/x>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


@pytest.mark.parametrize("is_tracked", [False, True])
def test_nothing_is_tracked_unless_the_practice_wants_it(at, is_tracked):
    sender(at).send(Message(**{**MESSAGE.__dict__, "is_tracked": is_tracked}))
    tracking = sent(at)["tracking_settings"]
    assert tracking["open_tracking"]["enable"] is is_tracked
    assert tracking["click_tracking"]["enable"] is is_tracked


def test_in_the_sandbox_nothing_is_delivered(at):
    sender(at, SENDGRID_SANDBOX="yes").send(MESSAGE)
    assert sent(at)["mail_settings"]["sandbox_mode"] == {"enable": True}


def test_europe_is_asked_in_europe_and_within_a_time():
    own = senders.from_settings("sendgrid", {"SENDGRID_API_KEY": "a-key", "SENDGRID_RESIDENCY": "EU"})
    client = own._client.client  # type: ignore[attr-defined]
    assert (client.host, client.timeout) == ("https://api.eu.sendgrid.com", 10.0)


@pytest.mark.parametrize(
    ("answer", "is_permanent", "retry_after"),
    [
        (Answer(429, headers={"Retry-After": "30"}), False, 30.0),
        (Answer(429), False, None),
        (Answer(500), False, None),
        (Answer(503, headers={"Retry-After": "soon"}), False, None),
        (Answer(400, body=b'{"errors": [{"message": "ngozi.okafor@example.com is bad"}]}'), True, None),
        (Answer(401), True, None),
        (Answer(403), True, None),
        (Answer(413), True, None),
        (Answer(400, body=b"\xff not json"), True, None),
    ],
)
def test_a_refusal_says_in_our_words_whether_trying_again_helps(at, answer, is_permanent, retry_after):
    at.answer = lambda request: answer
    with pytest.raises(DeliveryFailed) as failed:
        sender(at).send(MESSAGE)
    assert (failed.value.permanent, failed.value.retry_after) == (is_permanent, retry_after)
    assert "okafor" not in str(failed.value)


@pytest.mark.parametrize("answer", [Answer(after=2), Answer(is_broken=True)], ids=["too slow", "broken off"])
def test_what_may_have_left_is_unknown(at, answer):
    at.answer = lambda request: answer
    began = time.monotonic()
    with pytest.raises(DeliveryUnknown):
        sender(at, SENDGRID_TIMEOUT="0.5").send(MESSAGE)
    assert time.monotonic() - began < 1.9
    assert len(at.requests) == 1


def test_who_is_not_there_took_nothing():
    gone = senders.from_settings("sendgrid", {"SENDGRID_API_KEY": "a-key", "SENDGRID_BASE_URL": "http://127.0.0.1:9"})
    with pytest.raises(DeliveryFailed, match="could not be reached") as failed:
        gone.send(MESSAGE)
    assert not failed.value.permanent


def test_without_an_address_to_send_from_nothing_leaves(at):
    with pytest.raises(DeliveryFailed, match="no e-mail address to send from"):
        sender(at).send(Message(**{**MESSAGE.__dict__, "from_address": None}))
    assert at.requests == []


@pytest.mark.parametrize(
    ("kind", "name"), [("sendgrid", "SENDGRID_API_KEY"), ("smtp", "SMTP_HOST"), ("twilio", "TWILIO_ACCOUNT_SID")]
)
def test_a_missing_key_is_named(kind, name):
    with pytest.raises(InvalidRequest, match=name):
        senders.from_settings(kind, {})


def test_the_checker_knows_a_bad_body():
    assert faults({"personalizations": [{"to": []}], "from": {}, "content": [], "nonsense": 1})

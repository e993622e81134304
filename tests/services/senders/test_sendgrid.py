"""SendGrid through its own library to a real endpoint, which checks what arrives by the rules of v3 mail/send."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from services import senders
from services.errors import InvalidRequest
from services.senders.base import DeliveryFailed, DeliveryUnknown, Message
from tests.endpoint import Answer, Endpoint, Request, deaf, endpoint

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
ANSWERED = "Tue, 24 Nov 2026 10:00:00 GMT"
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


def test_its_pictures_are_shown_within(at):
    html = '<img src="cid:by-age" alt="By age">'
    sender(at).send(replace(MESSAGE, html=html, pictures={"by-age": b"\x89PNG"}))
    assert sent(at)["attachments"] == [
        {
            "content": "iVBORw==",
            "filename": "by-age.png",
            "type": "image/png",
            "disposition": "inline",
            "content_id": "by-age",
        }
    ]


def test_it_can_be_unsubscribed_from_at_one_click(at):
    sender(at).send(MESSAGE)
    body = sent(at)
    assert {**body.get("headers", {}), **body["personalizations"][0].get("headers", {})} == {
        "List-Unsubscribe": "<https://care.example/unsubscribe/x>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


@pytest.mark.parametrize("is_tracked", [False, True])
def test_nothing_is_tracked_unless_the_practice_wants_it(at, is_tracked):
    sender(at).send(replace(MESSAGE, is_tracked=is_tracked))
    tracking = sent(at)["tracking_settings"]
    assert tracking["open_tracking"]["enable"] is is_tracked
    assert tracking["click_tracking"]["enable"] is is_tracked


def test_in_the_sandbox_nothing_is_delivered(at):
    sender(at, SENDGRID_SANDBOX="yes").send(MESSAGE)
    assert sent(at)["mail_settings"]["sandbox_mode"] == {"enable": True}


@pytest.mark.parametrize(
    ("residency", "host"),
    [("", "https://api.sendgrid.com"), ("EU", "https://api.eu.sendgrid.com"), ("eu\n", "https://api.eu.sendgrid.com")],
)
def test_europe_is_asked_in_europe_and_within_a_time(residency, host):
    own = senders.from_settings("sendgrid", {"SENDGRID_API_KEY": "a-key", "SENDGRID_RESIDENCY": residency})
    client = own._client.client  # type: ignore[attr-defined]
    assert (client.host, client.timeout) == (host, 10.0)


@pytest.mark.parametrize(
    ("answer", "is_permanent", "retry_after"),
    [
        (Answer(429, headers={"Retry-After": "30"}), False, 30.0),
        (Answer(429), False, None),
        (Answer(500), False, None),
        (Answer(503, headers={"Retry-After": "soon"}), False, None),
        (Answer(503, headers={"Retry-After": "inf"}), False, None),
        (Answer(503, headers={"Retry-After": "nan"}), False, None),
        (Answer(429, headers={"Retry-After": "-5"}), False, 0.0),
        (Answer(429, headers={"Retry-After": "1e300"}), False, 86_400.0),
        (Answer(429, headers={"Date": ANSWERED, "Retry-After": "Tue, 24 Nov 2026 10:02:00 GMT"}), False, 120.0),
        (Answer(429, headers={"Date": ANSWERED, "X-RateLimit-Reset": "1795514445"}), False, 45.0),
        (Answer(429, headers={"Date": ANSWERED, "X-RateLimit-Reset": "1795514399"}), False, 0.0),
        (Answer(429, headers={"Date": "today", "X-RateLimit-Reset": "1795514445"}), False, None),
        (Answer(502, body=b"<html>"), False, None),
        (Answer(408), False, None),
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


@pytest.mark.parametrize(
    "answer",
    [Answer(after=2), Answer(is_broken=True), Answer(200, body=b"<html>sign in to the Wi-Fi</html>")],
    ids=["too slow", "broken off", "of somebody else"],
)
def test_what_may_have_left_is_unknown(at, answer):
    at.answer = lambda request: answer
    began = time.monotonic()
    with pytest.raises(DeliveryUnknown):
        sender(at, SENDGRID_TIMEOUT="0.5").send(MESSAGE)
    assert time.monotonic() - began < 1.9
    assert len(at.requests) == 1


def test_a_sandbox_answers_that_it_would_take_it(at):
    at.answer = lambda request: Answer(200)
    assert sender(at, SENDGRID_SANDBOX="true").send(MESSAGE).provider_id is None


def test_who_is_not_there_took_nothing():
    gone = senders.from_settings("sendgrid", {"SENDGRID_API_KEY": "a-key", "SENDGRID_BASE_URL": "http://127.0.0.1:9"})
    with pytest.raises(DeliveryFailed, match="could not be reached") as failed:
        gone.send(MESSAGE)
    assert not failed.value.permanent


def test_who_lets_nobody_in_took_nothing(at):
    with deaf() as port, pytest.raises(DeliveryFailed, match="could not be reached") as failed:
        sender(at, SENDGRID_BASE_URL=f"http://127.0.0.1:{port}", SENDGRID_TIMEOUT="0.2").send(MESSAGE)
    assert not failed.value.permanent


def test_who_cannot_prove_who_he_is_took_nothing(at):
    with pytest.raises(DeliveryFailed, match="could not be reached") as failed:
        sender(at, SENDGRID_BASE_URL=at.url.replace("http:", "https:")).send(MESSAGE)
    assert not failed.value.permanent
    assert at.requests == []


def test_without_an_address_to_send_from_nothing_leaves(at):
    with pytest.raises(DeliveryFailed, match="no e-mail address to send from"):
        sender(at).send(replace(MESSAGE, from_address=None))
    assert at.requests == []


@pytest.mark.parametrize("name", ["Okafor, Ngozi", "Ngọzi “Zoë” Okafor; DDS", "Okafor\r\nBcc: all@example.com", ""])
def test_any_name_is_only_a_name(at, name):
    sender(at).send(replace(MESSAGE, to_name=name))
    (to,) = sent(at)["personalizations"][0]["to"]
    assert to["email"] == MESSAGE.to


def test_neither_key_nor_patient_is_logged(at, caplog):
    caplog.set_level(logging.DEBUG)
    at.answer = lambda request: Answer(500, body=b"ngozi.okafor@example.com")
    with pytest.raises(DeliveryFailed):
        sender(at).send(MESSAGE)
    assert "a-key" not in caplog.text
    assert "okafor" not in caplog.text


@pytest.mark.parametrize(
    ("kind", "name"), [("sendgrid", "SENDGRID_API_KEY"), ("smtp", "SMTP_HOST"), ("twilio", "TWILIO_ACCOUNT_SID")]
)
@pytest.mark.parametrize("value", ["", " ", "two words", "a\nhush", "“hush”"])
def test_a_key_that_is_missing_or_none_is_named_and_not_shown(kind, name, value):
    with pytest.raises(InvalidRequest, match=name) as refused:
        senders.from_settings(kind, {name: value})
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SENDGRID_RESIDENCY", "europe"),
        ("SENDGRID_SANDBOX", "maybe"),
        ("SENDGRID_BASE_URL", "care.example"),
        ("SENDGRID_TIMEOUT", "soon"),
        ("SENDGRID_TIMEOUT", "0"),
        ("SENDGRID_TIMEOUT", "nan"),
        ("SENDGRID_TIMEOUT", "inf"),
    ],
)
def test_a_key_that_cannot_be_is_named_and_nothing_leaves(name, value):
    with pytest.raises(InvalidRequest, match=name):
        senders.from_settings("sendgrid", {"SENDGRID_API_KEY": "a-key", name: value})


def test_a_sender_that_nobody_knows_takes_nothing():
    with pytest.raises(InvalidRequest, match="Nobody sends by pigeon"):
        senders.from_settings("pigeon", {})


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"personalizations": []}, "personalizations"),
        ({"personalizations": [{"to": []}]}, "to: at least one"),
        ({"personalizations": [{"to": [{"email": "nobody"}]}]}, "no address"),
        ({"personalizations": [{"to": [{"email": "a@example.com"}], "headers": {"Reply-To": "x"}}]}, "reserved"),
        ({"custom_args": {"message_id": "x" * 10_000}}, "custom_args"),
        ({"from": {}}, "from"),
        ({"subject": ""}, "subject"),
        ({"content": []}, "content"),
        ({"content": [{"type": "text/plain", "value": ""}]}, "content: not empty"),
        ({"content": [{"type": "text/html", "value": "x"}, {"type": "text/plain", "value": "x"}]}, "before"),
        ({"categories": ["x"] * 2}, "categories"),
        ({"categories": ["x" * 256]}, "categories"),
        ({"nonsense": 1}, "unknown field"),
    ],
)
def test_the_checker_knows_a_bad_body(changed, fault):
    good = {
        "personalizations": [{"to": [{"email": "a@example.com"}]}],
        "from": {"email": "desk@example.com"},
        "subject": "Your next visit",
        "content": [{"type": "text/plain", "value": "x"}],
    }
    assert faults(good) == []
    assert any(fault in one for one in faults({**good, **changed}))

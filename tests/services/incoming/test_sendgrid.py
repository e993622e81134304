"""SendGrid's events: taken only with its signature on these very bytes just now, and in our words."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from services.incoming import sendgrid
from services.incoming.events import Event

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
BODY = '[{"event": "delivered", "reason": "Zoë’s"}]\r\n'.encode()


def public(key: Any) -> str:
    """A public key as SendGrid shows it."""
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


KEY, OTHER = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
RSA = public(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def signed(body: bytes = BODY, *, at: datetime = NOW, key: Any = KEY) -> dict[str, str]:
    """The headers with which SendGrid sends a body."""
    timestamp = str(int(at.timestamp()))
    signature = key.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    return {sendgrid.SIGNATURE: base64.b64encode(signature).decode(), sendgrid.TIMESTAMP: timestamp}


def is_genuine(headers: dict[str, str], body: bytes = BODY, keys: tuple[str, ...] = (public(KEY),)) -> bool:
    return sendgrid.is_genuine(body, headers, keys, now=NOW)


def test_what_sendgrid_signed_is_genuine():
    assert is_genuine(signed())


@pytest.mark.parametrize(("seconds", "is_taken"), [(-601, False), (-600, True), (0, True), (600, True), (601, False)])
def test_what_was_signed_more_than_ten_minutes_away_is_refused(seconds, is_taken):
    assert is_genuine(signed(at=NOW + timedelta(seconds=seconds))) is is_taken


@pytest.mark.parametrize("body", [BODY + b" ", BODY.rstrip(), BODY.replace(b"delivered", b"bounce"), b"", b"\xff\xfe"])
def test_a_changed_body_is_refused(body):
    assert not is_genuine(signed(), body)


@pytest.mark.parametrize(
    "changed",
    [
        {sendgrid.SIGNATURE: ""},
        {sendgrid.SIGNATURE: "not base64!"},
        {sendgrid.SIGNATURE: "a"},
        {sendgrid.SIGNATURE: "Zoë"},
        {sendgrid.SIGNATURE: base64.b64encode(b"no signature").decode()},
        {sendgrid.SIGNATURE: signed(key=OTHER)[sendgrid.SIGNATURE]},
        {sendgrid.TIMESTAMP: ""},
        {sendgrid.TIMESTAMP: "yesterday"},
        {sendgrid.TIMESTAMP: "nan"},
        {sendgrid.TIMESTAMP: "9" * 30},
        {sendgrid.TIMESTAMP: str(int(NOW.timestamp()) + 1)},
    ],
)
def test_a_signature_or_a_time_that_is_none_is_refused(changed):
    assert not is_genuine({**signed(), **changed})


def test_without_headers_or_keys_nothing_is_genuine():
    assert not is_genuine({})
    assert not is_genuine(signed(), keys=())


@pytest.mark.parametrize("bad", ["", "no key", "Zoë", RSA], ids=["empty", "nonsense", "accented", "of another kind"])
def test_a_practices_bad_key_is_no_harm_to_the_others(bad):
    assert is_genuine(signed(), keys=(bad, public(OTHER), public(KEY)))
    assert not is_genuine(signed(), keys=(bad,))


def told(kind: str, **more: Any) -> dict[str, Any]:
    return {
        "event": kind,
        "message_id": "8b1d",
        "sg_event_id": "e1",
        "timestamp": int(NOW.timestamp()),
        "email": "ngozi.okafor@example.com",
        **more,
    }


def states(*events: Any) -> list[str]:
    return [event.state for event in sendgrid.events(json.dumps(events).encode())]


def test_an_event_is_told_in_our_words():
    assert sendgrid.events(json.dumps([told("delivered")]).encode()) == [Event("e1", "8b1d", "delivered", NOW)]


@pytest.mark.parametrize(
    ("kind", "more", "state"),
    [
        ("processed", {}, "sent"),
        ("delivered", {}, "delivered"),
        ("open", {}, "opened"),
        ("bounce", {"type": "bounce"}, "bounced"),
        ("bounce", {}, "bounced"),
        ("bounce", {"type": "blocked"}, "failed"),
        ("dropped", {"reason": "Bounced Address"}, "failed"),
        ("unsubscribe", {}, "opted_out"),
        ("group_unsubscribe", {}, "opted_out"),
        ("spamreport", {}, "spam"),
    ],
)
def test_each_event_has_its_state(kind, more, state):
    assert states(told(kind, **more)) == [state]


@pytest.mark.parametrize(
    ("kind", "more", "words"),
    [
        ("bounce", {"type": "bounce", "reason": "550 ngozi.okafor@example.com unknown"}, "does not exist"),
        ("bounce", {"type": "blocked", "reason": "spam"}, "The other mail server did not take it."),
        ("dropped", {"reason": "Bounced Address"}, "bounced before"),
        ("dropped", {"reason": "Unsubscribed Address"}, "opted out there"),
        ("dropped", {"reason": "Spam Reporting Address"}, "reported our mail as spam"),
        ("dropped", {"reason": "Spam Content"}, "takes the text for spam"),
        ("dropped", {"reason": "Recipient List over Package Quota"}, "used up"),
        ("dropped", {"reason": None}, "SendGrid did not send it."),
        ("dropped", {}, "SendGrid did not send it."),
    ],
)
def test_why_it_did_not_arrive_is_said_without_the_address(kind, more, words):
    (event,) = sendgrid.events(json.dumps([told(kind, **more)]).encode())
    assert words in (event.reason or "")
    assert "okafor" not in (event.reason or "")


@pytest.mark.parametrize(
    "other",
    [
        1,
        None,
        "delivered",
        [],
        {},
        told("deferred"),
        told("click"),
        told("account_status_change"),
        told("delivered", message_id=7),
        told("delivered", message_id=None),
        told("delivered", sg_event_id=None),
        told("delivered", timestamp="noon"),
        told("delivered", timestamp=None),
        told("delivered", timestamp=1e300),
    ],
)
def test_what_is_none_of_ours_is_left_out_and_the_rest_is_taken(other):
    assert states(other, told("delivered")) == ["delivered"]


@pytest.mark.parametrize("body", [b"", b"junk", b"\xff", b"{}", b"null", b"7"])
def test_a_body_that_is_no_list_tells_nothing(body):
    assert sendgrid.events(body) == []

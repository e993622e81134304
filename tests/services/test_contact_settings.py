"""How a practice sends: checked, told, never overwritten; and a test to oneself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

import pytest

from services import contact_settings, practices
from services.contact_settings import ContactSettings
from services.errors import InvalidRequest
from services.practices import Practice
from services.senders.base import DeliveryFailed
from tests.endpoint import Answer, endpoint
from tests.letters import settle
from tests.practice import NOW, SYSTEM, SmallPractice

DEFAULT = ContactSettings()
GIVEN = {"actor": SYSTEM, "now": NOW}


@pytest.fixture
def elm(practice: SmallPractice) -> Practice:
    """The practice as the pages hand it to the services."""
    return practices.all_practices(practice.store)[0]


def change(practice: SmallPractice, elm: Practice, seen: ContactSettings = DEFAULT, **changes: Any) -> list[str]:
    return contact_settings.change(practice.store, elm, replace(seen, **changes), seen=seen, **GIVEN)


def test_until_it_says_otherwise_nothing_leaves(practice):
    assert contact_settings.of(practice.store, practice.id) == DEFAULT
    assert (DEFAULT.sender("email"), DEFAULT.sender("sms")) == ("outbox", "outbox")


def test_a_change_is_kept_tidied_and_told(practice, elm):
    said = change(practice, elm, from_name=" Elm  Road ", public_url="https://care.example/", per_minute=10)
    kept = contact_settings.of(practice.store, practice.id)
    assert (kept.from_name, kept.public_url, kept.per_minute) == ("Elm Road", "https://care.example", 10)
    assert "Messages a minute at most: 10 (was 30)" in said
    assert contact_settings.current(practice.store, elm, actor=SYSTEM).last is not None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"email_sender": "pigeon"}, "Choose who sends"),
        ({"email_sender": "sendgrid"}, "address to send from"),
        ({"sms_sender": "twilio"}, "to send SMS from"),
        ({"from_email": "desk"}, "no e-mail address"),
        ({"reply_to": "a b@example.com"}, "no e-mail address"),
        ({"public_url": "care.example"}, "https://care.example"),
        ({"public_url": "javascript:alert(1)"}, "https://care.example"),
        ({"public_url": "https://care example"}, "https://care.example"),
        ({"per_minute": 0}, "1 to 600"),
        ({"per_minute": 601}, "1 to 600"),
        ({"attempts_most": 0}, "1 to 20"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changed(practice, elm, changes, why):
    with pytest.raises(InvalidRequest, match=why):
        change(practice, elm, **changes)
    assert contact_settings.of(practice.store, practice.id) == DEFAULT


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(practice, elm):
    change(practice, elm, per_minute=10)
    with pytest.raises(InvalidRequest, match="Somebody changed how the practice sends"):
        change(practice, elm, per_minute=20)
    assert contact_settings.of(practice.store, practice.id).per_minute == 10


@pytest.mark.parametrize(
    ("quiet_from", "quiet_to", "hour", "is_quiet"),
    [(20, 9, 21, True), (20, 9, 9, False), (12, 14, 13, True), (12, 14, 14, False), (0, 0, 12, False)],
)
def test_quiet_hours_may_go_over_midnight_or_be_none(quiet_from, quiet_to, hour, is_quiet):
    settings = replace(DEFAULT, quiet_from=time(quiet_from), quiet_to=time(quiet_to))
    assert settings.is_quiet(datetime(2026, 11, 24, hour, tzinfo=UTC), "Europe/London") is is_quiet


def test_a_test_goes_to_oneself_and_is_of_no_patient(practice, elm):
    settle(practice)
    with endpoint() as at:
        keys = {"SENDGRID_API_KEY": "a-key", "SENDGRID_BASE_URL": at.url}
        said = contact_settings.send_test(practice.store, elm, "email", "tom@example.com", keys, **GIVEN)
        assert said == "It was taken and is on its way."
        assert b"tom@example.com" in at.requests[0].body
        at.answer = lambda request: Answer(401)
        with pytest.raises(DeliveryFailed, match="does not know our key"):
            contact_settings.send_test(practice.store, elm, "email", "tom@example.com", keys, **GIVEN)


@pytest.mark.parametrize(("channel", "to"), [("email", ""), ("sms", "01632 960100"), ("sms", "none")])
def test_a_test_needs_somewhere_to_go(practice, elm, channel, to):
    with pytest.raises(InvalidRequest, match="Nothing was sent"):
        contact_settings.send_test(practice.store, elm, channel, to, {}, **GIVEN)


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("07700 900123", "+447700900123"),
        ("+44 (0)7700 900123", "+447700900123"),
        ("0044 7700 900123", "+447700900123"),
        ("+353 85 012 3456", "+353850123456"),
        ("01632 960100", None),
        ("12", None),
        ("none", None),
        (None, None),
    ],
)
def test_only_a_mobile_number_gets_an_sms(given, number):
    assert contact_settings.mobile(given) == number

"""Twilio's webhooks: taken only with its signature for our public address, and in our words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from twilio.request_validator import RequestValidator

from services.incoming import twilio
from services.incoming.events import Event, Inbound

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
URL = "https://care.example/webhooks/twilio/status?message=8b1d"
FORM = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+447700900123"}


def signature(url: str = URL, form: dict[str, str] = FORM, token: str = "a-token") -> str:
    return str(RequestValidator(token).compute_signature(url, form))


def test_what_twilio_signed_for_the_public_address_is_genuine():
    assert twilio.is_genuine(URL, FORM, signature(), ["another", "a-token"])


@pytest.mark.parametrize(
    ("url", "form", "signed"),
    [
        (URL.replace("https", "http"), FORM, signature()),
        (URL.replace("care.example", "10.0.0.7"), FORM, signature()),
        (URL.replace("8b1d", "8b1e"), FORM, signature()),
        (URL, {**FORM, "MessageStatus": "failed"}, signature()),
        (URL, {**FORM, "More": "1"}, signature()),
        (URL, FORM, signature(token="another")),
        (URL, FORM, ""),
        (URL, FORM, "Zoë"),
        (URL, FORM, signature(token="")),
    ],
    ids=["scheme", "host", "message", "form", "more", "token", "none", "accented", "empty token"],
)
def test_what_is_not_signed_for_it_is_refused(url, form, signed):
    assert not twilio.is_genuine(url, form, signed, ["a-token", ""])


def test_without_a_token_nothing_is_genuine():
    assert not twilio.is_genuine(URL, FORM, signature(), [])


def told(status: str, code: str | None = None) -> Event | None:
    form = {"MessageSid": "SM1", "MessageStatus": status} | ({"ErrorCode": code} if code else {})
    return twilio.status(form, "8b1d", now=NOW)


def test_a_status_is_told_in_our_words():
    assert told("delivered") == Event("SM1 delivered", "8b1d", "delivered", NOW)


@pytest.mark.parametrize(
    ("status", "code", "state", "words"),
    [
        ("sent", None, "sent", None),
        ("delivered", None, "delivered", None),
        ("undelivered", "30005", "bounced", "does not exist"),
        ("undelivered", "30006", "bounced", "landline"),
        ("undelivered", "30003", "failed", "switched off"),
        ("undelivered", None, "failed", "could not be delivered"),
        ("failed", "21610", "failed", "opted out"),
        ("failed", "99999", "failed", "could not be delivered"),
    ],
)
def test_each_status_has_its_state_and_its_reason(status, code, state, words):
    event = told(status, code)
    assert event is not None
    assert event.state == state
    assert (event.reason is None) if words is None else (words in (event.reason or ""))


@pytest.mark.parametrize("status", ["queued", "accepted", "sending", "read", "nonsense", ""])
def test_from_other_states_nothing_follows(status):
    assert told(status) is None


def test_a_status_of_no_message_of_ours_tells_nothing():
    assert twilio.status(FORM, "", now=NOW) is None
    assert twilio.status({"MessageStatus": "sent"}, "8b1d", now=NOW) is None


def wrote(body: str, **more: str) -> Inbound | None:
    return twilio.inbound({"MessageSid": "SM2", "From": "+447700900123", "To": "+441632960100", "Body": body, **more})


def test_what_a_patient_wrote_is_kept_as_it_is():
    assert wrote("  Stop? No: Tuesday at 10 – Zoë ") == Inbound(
        "SM2", "+447700900123", "+441632960100", "  Stop? No: Tuesday at 10 – Zoë "
    )


@pytest.mark.parametrize(
    ("body", "wish"),
    [
        ("STOP", "stop"),
        (" stop. ", "stop"),
        ("StopAll", "stop"),
        ("unsubscribe\n", "stop"),
        ("Cancel", "stop"),
        ("END", "stop"),
        ("quit!", "stop"),
        ("Opt out", "stop"),
        ("START", "start"),
        ("Yes", "start"),
        ("un-stop", "start"),
        ("Please stop by at 10", None),
        ("Yes please", None),
        ("cancel my visit", None),
        ("", None),
        ("👍", None),
    ],
)
def test_only_the_word_alone_is_a_wish(body, wish):
    inbound = wrote(body)
    assert inbound is not None
    assert inbound.wish == wish


@pytest.mark.parametrize(("taken_for", "wish"), [("STOP", "stop"), ("START", "start"), ("HELP", None)])
def test_what_twilio_takes_a_word_of_the_service_for_counts(taken_for, wish):
    inbound = wrote("NOMORE", OptOutType=taken_for)
    assert inbound is not None
    assert inbound.wish == wish


def test_a_very_long_text_is_cut():
    inbound = wrote("x" * 5_000)
    assert inbound is not None
    assert len(inbound.text) == 2_000


@pytest.mark.parametrize("form", [{}, {"From": "+447700900123"}, {"MessageSid": "SM2"}])
def test_a_form_of_no_sms_tells_nothing(form):
    assert twilio.inbound(form) is None

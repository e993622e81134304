"""What comes back, at the routes: signed by who says it, taken once and in any order; and the link to opt out."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.applications import Starlette
from starlette.testclient import TestClient
from twilio.request_validator import RequestValidator

from pages.parts import incoming_routes
from queries import contact as contact_queries
from queries import workflow
from services import consents, opportunities, practices
from services.incoming import sendgrid, twilio
from services.opportunities import Filters
from services.store import Store
from tests.endpoint import Answer, endpoint
from tests.letters import kinds, messages, settle, work, write
from tests.practice import SYSTEM, TODAY, SmallPractice

KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
TOKEN = "a-token"
PUBLIC_URL = "https://care.example"


@pytest.fixture
def practice(store: Store, monkeypatch: pytest.MonkeyPatch) -> SmallPractice:
    """A practice that sends, and the keys by which providers are known."""
    monkeypatch.setenv("SENDGRID_WEBHOOK_PUBLIC_KEY", base64.b64encode(PUBLIC).decode())
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", TOKEN)
    practice = SmallPractice(store)
    settle(practice)
    return practice


@pytest.fixture
def web(practice: SmallPractice) -> Iterator[TestClient]:
    """The routes, asked over HTTP."""
    with TestClient(Starlette(routes=incoming_routes.ROUTES)) as client:
        yield client


def sent(practice: SmallPractice, channel: str = "email") -> str:
    """Write to Mrs Okafor about a course, send it, and return the message's id."""
    course = practice.course()
    write(practice, course, channel=channel, action_id=f"about {course}", is_suppression_ignored=True)
    with endpoint() as at:
        at.answer = lambda request: Answer(
            202 if "mail" in request.path else 201,
            headers={"Content-Type": "application/json"},
            body=b'{"sid": "SM1"}',
        )
        work(practice.store, at.url)
    message = messages(practice.store)[-1]
    assert message["state"] == "sent"
    return str(message["message_id"])


def event(message_id: str, kind: str, number: int = 1, **more: Any) -> dict[str, Any]:
    return {"message_id": message_id, "event": kind, "sg_event_id": f"e{number}", "timestamp": 1_795_000_000, **more}


def tell(
    web: TestClient, *events: Any, at: datetime | None = None, key: Any = KEY, body: bytes | None = None, **headers: str
) -> int:
    """Post events as SendGrid does, and return the status of the answer."""
    raw = json.dumps(events).encode()
    timestamp = str(int((at or datetime.now(UTC)).timestamp()))
    signature = base64.b64encode(key.sign(timestamp.encode() + raw, ec.ECDSA(hashes.SHA256()))).decode()
    given = {sendgrid.SIGNATURE: signature, sendgrid.TIMESTAMP: timestamp, **headers}
    return web.post("/webhooks/sendgrid", content=body if body is not None else raw, headers=given).status_code


def text_in(web: TestClient, path: str, form: dict[str, str], *, token: str = TOKEN, url: str = PUBLIC_URL) -> int:
    """Post a form as Twilio does, signed for the public address, and return the status of the answer."""
    signature = RequestValidator(token).compute_signature(f"{url}{path}", form)
    return web.post(path, data=form, headers={twilio.SIGNATURE: signature}).status_code


def state(store: Store, message_id: str) -> str:
    return next(str(one["state"]) for one in messages(store) if one["message_id"] == message_id)


# --- SendGrid: who says it


def test_what_sendgrid_signed_is_taken(practice, web):
    message_id = sent(practice)
    assert tell(web, event(message_id, "delivered")) == 200
    assert state(practice.store, message_id) == "delivered"
    assert kinds(practice.store)[-1] == "message delivered"


OTHER = ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize(
    "given",
    [
        {"key": OTHER},
        {"at": datetime.now(UTC) - timedelta(minutes=11)},
        {"at": datetime.now(UTC) + timedelta(hours=1)},  # from when the tests are collected
        {"body": b'[{"tampered": true}]'},
        {"body": b"\xff\xfe"},
        {sendgrid.SIGNATURE: ""},
        {sendgrid.SIGNATURE: "not base64!"},
        {sendgrid.SIGNATURE: "bm90IGEgc2lnbmF0dXJl"},
        {sendgrid.TIMESTAMP: ""},
        {sendgrid.TIMESTAMP: "yesterday"},
        {sendgrid.TIMESTAMP: "9" * 40},
    ],
    ids=lambda given: next(iter(given)),
)
def test_what_is_not_signed_by_sendgrid_just_now_is_refused(practice, web, given):
    message_id = sent(practice)
    assert tell(web, event(message_id, "bounce"), **given) == 403
    assert state(practice.store, message_id) == "sent"


def test_without_a_key_nothing_is_taken(practice, web, monkeypatch):
    monkeypatch.setenv("SENDGRID_WEBHOOK_PUBLIC_KEY", "")
    assert tell(web, event(sent(practice), "delivered")) == 403


def test_what_is_too_large_to_be_honest_is_refused(practice, web):
    assert tell(web, body=b"x" * 2_000_001) == 413


@pytest.mark.parametrize("events", [[], [1, None, "x"], [{"event": "delivered"}], [{"message_id": 7, "event": "open"}]])
def test_what_is_none_of_our_messages_is_left_out(practice, web, events):
    assert tell(web, *events) == 200


# --- SendGrid: what happened


def test_an_event_told_twice_happened_once(practice, web):
    message_id = sent(practice)
    for _ in range(3):
        tell(web, event(message_id, "delivered"))
    assert kinds(practice.store).count("message delivered") == 1


@pytest.mark.parametrize(
    ("order", "last"),
    [
        (("processed", "delivered"), "delivered"),
        (("delivered", "processed"), "delivered"),
        (("bounce", "delivered"), "bounced"),
        (("delivered", "bounce"), "bounced"),
    ],
)
def test_events_may_come_in_any_order(practice, web, order, last):
    message_id = sent(practice)
    for number, kind in enumerate(order):
        tell(web, event(message_id, kind, number))
    assert state(practice.store, message_id) == last


@pytest.mark.parametrize("is_tracked", [True, False])
def test_that_it_was_opened_counts_only_where_the_practice_looks(practice, web, is_tracked):
    settle(practice, is_tracked=is_tracked)
    message_id = sent(practice)
    tell(web, event(message_id, "open"))
    assert (state(practice.store, message_id) == "opened") is is_tracked


def test_a_bounce_marks_the_address_and_takes_the_contact_back(practice, web):
    message_id = sent(practice)
    tell(web, event(message_id, "bounce", type="bounce", reason="550 ngozi.okafor@example.com unknown"))
    (bad,) = contact_queries.bad_addresses(practice.store, [practice.id]).items()
    assert bad[0] == (practice.id, "email", "ngozi.okafor@example.com")
    assert "okafor" not in bad[1]
    assert workflow.states(practice.store, practice.id)["status"].to_list() == ["open"]
    left = write(practice, practice.course(), action_id="again").left
    assert "cannot be reached at the e-mail address given" in left[0].why


def test_a_block_is_no_bad_address(practice, web):
    message_id = sent(practice)
    tell(web, event(message_id, "bounce", type="blocked"))
    assert state(practice.store, message_id) == "failed"
    assert contact_queries.bad_addresses(practice.store, [practice.id]) == {}


@pytest.mark.parametrize("kind", ["unsubscribe", "group_unsubscribe", "spamreport"])
def test_who_wants_no_more_is_opted_out(practice, web, kind):
    tell(web, event(sent(practice), kind))
    elm = practices.all_practices(practice.store)[0]
    assert consents.of(practice.store, elm, "okafor", actor=SYSTEM)["email"].value == "no"


# --- Twilio


def status(web: TestClient, message_id: str, told: str, **form: str) -> int:
    path = f"/webhooks/twilio/status?message={message_id}"
    return text_in(web, path, {"MessageSid": "SM1", "MessageStatus": told, **form})


def test_what_twilio_signed_for_our_public_address_is_taken(practice, web):
    message_id = sent(practice, "sms")
    assert status(web, message_id, "delivered") == 200
    assert state(practice.store, message_id) == "delivered"


@pytest.mark.parametrize(
    "given", [{"token": "another"}, {"url": "http://care.example"}, {"url": "https://evil.example"}]
)
def test_what_twilio_did_not_sign_for_it_is_refused(practice, web, given):
    message_id = sent(practice, "sms")
    path = f"/webhooks/twilio/status?message={message_id}"
    assert text_in(web, path, {"MessageSid": "SM1", "MessageStatus": "failed"}, **given) == 403
    assert state(practice.store, message_id) == "sent"


@pytest.mark.parametrize(
    ("told", "code", "state_then", "is_bad"),
    [
        ("undelivered", "30005", "bounced", True),
        ("undelivered", "30003", "failed", False),
        ("failed", "", "failed", False),
    ],
)
def test_an_sms_that_did_not_arrive_says_why(practice, web, told, code, state_then, is_bad):
    message_id = sent(practice, "sms")
    status(web, message_id, told, ErrorCode=code)
    assert state(practice.store, message_id) == state_then
    assert bool(contact_queries.bad_addresses(practice.store, [practice.id])) is is_bad


def answer(web: TestClient, body: str, number: int = 1, sender: str = "+447700900123") -> int:
    form = {"MessageSid": f"SMin{number}", "From": sender, "To": "+441632960100", "Body": body}
    return text_in(web, "/webhooks/twilio/inbound", form)


def test_an_answer_waits_with_whose_opportunity_it_is(practice, web):
    sent(practice, "sms")
    assert answer(web, "Tuesday at 10?") == 200
    own = practices.all_practices(practice.store)
    due = opportunities.worklist(practice.store, own, Filters(is_due=True), actor=SYSTEM, today=TODAY).rows
    assert due["needs_action_why"].to_list() == ["replied"]
    notes = practice.store._connection.execute("select note from events where kind = 'replied'").fetchall()
    assert notes == [("Tuesday at 10?",)]


def test_an_answer_told_twice_came_once(practice, web):
    sent(practice, "sms")
    for _ in range(2):
        answer(web, "Yes please")
    assert kinds(practice.store).count("replied") == 1


@pytest.mark.parametrize(
    ("words", "value", "is_answer"),
    [("STOP", "no", False), (" stop. ", "no", False), ("Unsubscribe", "no", False), ("Yes", None, True)],
)
def test_a_stop_is_taken_for_one_and_a_yes_from_who_never_opted_out_for_an_answer(
    practice, web, words, value, is_answer
):
    sent(practice, "sms")
    answer(web, words)
    elm = practices.all_practices(practice.store)[0]
    consent = consents.of(practice.store, elm, "okafor", actor=SYSTEM)["sms"]
    assert (consent.value, "replied" in kinds(practice.store)) == (value, is_answer)


def test_after_stop_start_brings_it_back(practice, web):
    sent(practice, "sms")
    answer(web, "STOP", 1)
    course = practice.course()
    assert "does not want SMS" in write(practice, course, channel="sms", is_suppression_ignored=True).left[0].why
    answer(web, "START", 2)
    assert write(practice, course, channel="sms", is_suppression_ignored=True, action_id="again").opportunities == 1
    assert "replied" not in kinds(practice.store)


def test_a_stranger_is_kept_and_is_nobodys(practice, web):
    assert answer(web, "Who is this?", sender="+447700900999") == 200
    assert kinds(practice.store) == []
    kept = practice.store._connection.execute("select patient_id, body from inbound_messages").fetchall()
    assert kept == [(None, "Who is this?")]


def test_a_snoozed_opportunity_wakes_when_the_patient_answers(practice, web):
    sent(practice, "sms")
    course = workflow.states(practice.store, practice.id)["opportunity_id"][0]
    practice.state(course, status="contacted", snoozed_until=TODAY + timedelta(days=30))
    answer(web, "I can come now")
    (kept,) = workflow.states(practice.store, practice.id).to_dicts()
    assert (kept["snoozed_until"], kept["needs_action_why"]) == (None, "replied")


# --- The link to opt out


def link(practice: SmallPractice) -> str:
    sent(practice)
    return str(messages(practice.store)[-1]["unsubscribe_url"]).removeprefix(PUBLIC_URL)


def consent(practice: SmallPractice) -> str | None:
    elm = practices.all_practices(practice.store)[0]
    return consents.of(practice.store, elm, "okafor", actor=SYSTEM)["email"].value


def test_a_look_at_the_link_changes_nothing(practice, web):
    page = web.get(link(practice))
    assert page.status_code == 200
    assert "Elm Road will send you no more" in page.text
    assert "Okafor" not in page.text
    assert consent(practice) is None


@pytest.mark.parametrize("form", [{}, {"List-Unsubscribe": "One-Click"}])
def test_a_post_opts_out_at_once_and_again_does_no_harm(practice, web, form):
    path = link(practice)
    for _ in range(2):
        assert "Done." in web.post(path, data=form).text
    assert consent(practice) == "no"


@pytest.mark.parametrize("token", ["x", "0" * 32, "..", "%00"])
def test_a_link_that_is_none_is_a_polite_page(practice, web, token):
    for ask in (web.get, web.post):
        page = ask(f"/unsubscribe/{token}")
        assert page.status_code == 404
    assert consent(practice) is None


def test_the_store_keeps_no_token(practice, web):
    token = link(practice).rsplit("/", 1)[-1]
    kept = practice.store._connection.execute("select token_hash from unsubscribe_links").fetchall()
    assert token not in str(kept)


def test_the_link_of_a_household_opts_everybody_out_who_got_the_message(practice, web):
    for name in ("okafor", "daughter"):
        practice.add("patients", name, household_id="h")
    courses = [practice.course(patient=name) for name in ("okafor", "daughter")]
    write(practice, *courses)
    (message,) = messages(practice.store)
    web.post(str(message["unsubscribe_url"]).removeprefix(PUBLIC_URL))
    elm = practices.all_practices(practice.store)[0]
    said = [consents.of(practice.store, elm, name, actor=SYSTEM)["email"].value for name in ("okafor", "daughter")]
    assert said == ["no", "no"]

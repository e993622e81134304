"""Messages: what was sent and waits, cancelled and sent again once, as files, and what came of each template."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from queries import workflow
from services import messages, practices, sending
from services.actions import on_fresh_list
from services.errors import InvalidRequest
from services.practices import Practice
from tests import letters
from tests.letters import settle, work, write
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice

GIVEN = {"actor": SYSTEM, "now": NOW, "today": TODAY}


@pytest.fixture
def elm(practice: SmallPractice) -> Practice:
    """A practice whose messages stay in the outbox."""
    settle(practice, email_sender="outbox", sms_sender="outbox")
    return practices.all_practices(practice.store)[0]


def one_id(practice: SmallPractice) -> str:
    """The id of the last message."""
    return str(letters.messages(practice.store)[-1]["message_id"])


def failed(practice: SmallPractice) -> str:
    """Write a message, let it fail, and return its id."""
    write(practice, practice.course())
    message_id = one_id(practice)
    with on_fresh_list(practice.store, [practice.id], today=TODAY) as tx:
        sending.did_not_arrive(tx, message_id, "failed", "The other mail server did not take it.", now=NOW, today=TODAY)
    return message_id


def test_what_waits_is_cancelled_once_and_was_no_contact(practice, elm):
    write(practice, practice.course())
    ids = [one_id(practice)]
    assert messages.cancel(practice.store, elm, ids, **GIVEN) == 1
    assert messages.cancel(practice.store, elm, ids, **GIVEN) == 0
    assert work(practice.store) == 0
    (row,) = messages.search(practice.store, [elm], actor=SYSTEM).to_dicts()
    assert (row["state_text"], row["reason"]) == ("Cancelled", "Cancelled by test.")
    assert workflow.states(practice.store, practice.id)["status"].to_list() == ["open"]


def test_what_has_left_is_not_cancelled(practice, elm):
    write(practice, practice.course())
    work(practice.store)
    assert messages.cancel(practice.store, elm, [one_id(practice)], **GIVEN) == 0


def test_what_failed_is_sent_again_once_and_says_instead_of_what(practice, elm):
    first = failed(practice)
    assert messages.resend(practice.store, elm, [first], **GIVEN) == 1
    assert messages.resend(practice.store, elm, [first], **GIVEN) == 0
    assert work(practice.store) == 1
    rows = {row["message_id"]: row for row in messages.search(practice.store, [elm], actor=SYSTEM).to_dicts()}
    (again,) = [row for id_, row in rows.items() if id_ != first]
    assert (rows[first]["is_resent"], again["resends"], again["state"]) == (True, first, "sent")
    assert again["body"] == rows[first]["body"]
    assert workflow.states(practice.store, practice.id)["status"].to_list() == ["contacted"]


def test_what_arrived_is_not_sent_again(practice, elm):
    write(practice, practice.course())
    work(practice.store)
    assert messages.resend(practice.store, elm, [one_id(practice)], **GIVEN) == 0


def test_another_practices_message_is_none(practice, elm, store):
    elsewhere = SmallPractice(store, "Oak Lane")
    settle(elsewhere, email_sender="outbox")
    write(elsewhere, elsewhere.course(), action_id="there")
    with pytest.raises(InvalidRequest, match="not there any more"):
        messages.cancel(store, elm, [one_id(elsewhere)], **GIVEN)
    assert messages.search(store, [elm], actor=SYSTEM).is_empty()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, 2),
        ({"states": ["queued"]}, 2),
        ({"states": ["sent"]}, 0),
        ({"channels": ["sms"]}, 1),
        ({"templates": ["Book your next visit"]}, 2),
        ({"templates": ["Nothing"]}, 0),
        ({"from_on": TODAY}, 2),
        ({"from_on": TODAY + timedelta(days=1)}, 0),
        ({"to_on": TODAY - timedelta(days=1)}, 0),
    ],
)
def test_messages_are_filtered(practice, elm, asked, found):
    write(practice, practice.course())
    practice.add("patients", "other", mobile="07700 900456")
    write(practice, practice.course(patient="other"), channel="sms", action_id="sms")
    assert messages.search(practice.store, [elm], actor=SYSTEM, **asked).height == found


def test_an_email_is_a_file_that_mail_programs_open(practice, elm):
    write(practice, practice.course())
    name, file = messages.file_of(practice.store, elm, one_id(practice), actor=SYSTEM)
    mail = message_from_bytes(file, policy=policy.default)
    assert name.endswith(".eml")
    assert (mail["To"], mail["Subject"]) == (
        '"Okafor, Ngozi" <ngozi.okafor@example.com>',
        "Your next visit to Elm Road",
    )
    assert mail["List-Unsubscribe"].startswith("<https://care.example/unsubscribe/")


def test_an_sms_is_a_text_file(practice, elm):
    write(practice, practice.course(), channel="sms")
    name, file = messages.file_of(practice.store, elm, one_id(practice), actor=SYSTEM)
    assert name.endswith(".txt")
    assert file.decode().startswith("To +447700900123\n\nDear ")


@pytest.mark.parametrize(("days_later", "booked"), [(0, 1), (30, 1), (31, 0)])
def test_a_booking_within_30_days_counts_for_its_template(practice, elm, days_later, booked):
    course = practice.course()
    write(practice, course)
    work(practice.store)
    practice.store._connection.execute(
        "insert into events (practice_id, opportunity_id, patient_id, kind, by_user, happened_at) "
        "values ($1, $2, 'okafor', 'booked', 'system', $3)",
        [practice.id, course, (NOW + timedelta(days=days_later)).replace(tzinfo=None)],
    ).fetchall()
    (row,) = messages.results(practice.store, [elm], actor=SYSTEM).to_dicts()
    assert row == {
        "template": "Book your next visit",
        "channel": "email",
        "sent": 1,
        "delivered": 0,
        "not_delivered": 0,
        "booked": booked,
    }

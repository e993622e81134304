"""Contact on screen: what its dialog shows before anything is sent, what its button does, and consent in place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from queries import contact as contact_queries
from queries import people
from queries.store import Store
from services import care, consents, practices
from services.actions import Chosen
from services.actors import Role
from services.booking_links import OWN_LINK
from tests.letters import messages, settle
from tests.links import take_bookings
from tests.pages.conftest import signed_in_as
from tests.pages.crowd import crowd
from tests.pages.screen import button, press, read
from tests.practice import BY, NOW, SYSTEM, TODAY, SmallPractice

Opened = Callable[..., AppTest]


def tick(app: AppTest, *rows: int, cell: tuple[int, str] | None = None) -> AppTest:
    """Tick rows of the list, or click on a cell, by their positions, as the browser reports it."""
    key = str(app.dataframe[0].proto.id).split("-", 2)[2]
    selection: dict[str, Any] = {"rows": list(rows), "columns": [], "cells": [cell] if cell else []}
    app.session_state[key] = {"selection": selection}
    app.run()
    assert not app.exception
    return app


def contacting(app: AppTest, *rows: int) -> AppTest:
    """Open the dialog for these rows."""
    (bar,) = [one for one in tick(app, *rows).button if one.key == "do_contact"]
    bar.click().run()
    assert not app.exception
    return app


def choose(app: AppTest, kind: str, label: str, value: Any) -> None:
    """Choose a value in the field of that label."""
    (found,) = [one for one in getattr(app, kind) if one.label == label]
    found.set_value(value).run()
    assert not app.exception


def labels(app: AppTest) -> list[str]:
    """The labels of all buttons."""
    return [one.label for one in app.button]


@pytest.fixture
def three(practice: SmallPractice) -> SmallPractice:
    """Mrs Okafor, who has an e-mail address, Zoë, who has none, and Ada, who has nothing at all."""
    settle(practice)
    practice.add("patients", "zoe", first_name="Zoë", last_name="Árvai", email=None)
    practice.add("patients", "ada", first_name="Ada", last_name="Bo", email=None, mobile=None)
    practice.course(cot_number="A", days_ago=50)
    practice.course(cot_number="B", days_ago=40, patient="zoe")
    practice.course(cot_number="C", days_ago=30, patient="ada")
    return practice


@pytest.mark.usefixtures("three")
def test_the_first_action_says_at_once_who_gets_what_and_who_gets_none(opened: Opened) -> None:
    app = contacting(opened(), 0, 1, 2)
    assert "2 messages to 2 patients; 1 gets none" in read(app)
    assert "1 by SMS, sent and paid as 2; 1 holds a character that makes it dearer." in read(app)
    table = app.dataframe[-1].value
    assert list(table["patient"]) == ["Bo, Ada"]
    assert list(table["why"]) == ["has no e-mail address."]
    assert "Send 2 messages" in labels(app)


@pytest.mark.usefixtures("three")
def test_one_can_step_through_the_messages(opened: Opened) -> None:
    app = contacting(opened(), 0, 1, 2)
    assert "E-mail to **Okafor, Ngozi**, ngozi.okafor@example.com" in read(app)
    assert "**1 of 2**" in read(app)
    (previous,), (following,) = (
        [one for one in app.button if one.key == f"contact_{to}"] for to in ("previous", "next")
    )
    assert previous.disabled
    following.click().run()
    assert "**2 of 2**" in read(app)
    assert "SMS to **Árvai, Zoë**, 07700 900123" in read(app)
    assert "Not in the alphabet that phones share: ë" in read(app)
    assert next(one for one in app.button if one.key == "contact_next").disabled


def test_sending_queues_once_and_says_what_was_left_alone(opened: Opened, three: SmallPractice) -> None:
    app = contacting(opened(), 0, 1, 2)
    send = button(app, "Send 2 messages")
    send.click().run()
    assert "2 opportunities of 2 patients contacted by 2 messages." in read(app)
    assert "Bo, Ada, COT C: has no e-mail address." in read(app)
    assert not [label for label in labels(app) if label.startswith("Send")]
    assert sorted(one["channel"] for one in messages(three.store)) == ["email", "sms"]


def test_sending_can_be_undone_while_nothing_left(opened: Opened, three: SmallPractice) -> None:
    app = contacting(opened(), 0, 1)
    press(app, "Send 2 messages")
    press(app, "Undo")
    assert "2 opportunities of 2 patients as before." in read(app)
    assert {one["state"] for one in messages(three.store)} == {"cancelled"}


def test_what_has_left_is_not_undone_and_that_is_said(opened: Opened, three: SmallPractice) -> None:
    app = contacting(opened(), 0)
    press(app, "Send 1 message")
    with three.store.transaction() as tx:
        tx.execute("messages/claim", message_id=messages(three.store)[0]["message_id"], sender="sendgrid", now=NOW)
    press(app, "Undo")
    assert "Nothing was done." in read(app)
    assert "its message has left and cannot be called back." in read(app)


@pytest.mark.usefixtures("three")
def test_by_sms_only_the_template_for_sms_is_asked_for(opened: Opened) -> None:
    app = contacting(opened(), 0, 1, 2)
    choose(app, "segmented_control", "By", "sms")
    assert [one.label for one in app.selectbox if one.label.startswith("Template")] == ["Template for SMS"]
    assert "2 messages to 2 patients; 1 gets none" in read(app)
    choose(app, "selectbox", "Template for SMS", "shipped-sms-reminder")
    assert "reminder" in " ".join(one.proto.body for one in app.html)


@pytest.mark.usefixtures("three")
def test_when_nobody_gets_one_there_is_nothing_to_press(opened: Opened) -> None:
    app = contacting(opened(), 2)
    assert "No message; 1 gets none" in read(app)
    assert button(app, "Send 0 messages").disabled


def test_the_first_ten_who_get_none_are_named_and_the_rest_counted(opened: Opened, practice: SmallPractice) -> None:
    crowd(practice, 25)
    with practice.store.transaction() as tx:
        for number in range(13):
            address = f"ada{number}@example.com"
            contact_queries.mark_address(tx, practice.id, "email", address, reason="It is full.", now=NOW)
    app = contacting(opened(), *range(25))
    choose(app, "segmented_control", "By", "email")
    assert "12 messages to 12 patients; 13 get none" in read(app)
    assert len(app.dataframe[-1].value) == 10
    assert "and 3 more" in read(app)


# --- One message


def test_for_one_course_the_visit_is_chosen(opened: Opened, practice: SmallPractice) -> None:
    course = practice.course()
    practice.add("planned_visits", "v1", course_id=course, position=1, minutes=20)
    practice.add("planned_visits", "v2", course_id=course, position=2, minutes=50)
    app = contacting(opened(), 0)
    assert "20 minutes" in app.text_area[0].value
    choose(app, "selectbox", "Planned visit", "v2")
    assert "50 minutes" in app.text_area[0].value


@pytest.mark.usefixtures("three")
def test_for_several_it_is_the_next_visit(opened: Opened) -> None:
    app = contacting(opened(), 0, 1)
    assert "Each message is about the next planned visit of the course." in read(app)
    assert not app.text_area


def test_the_text_of_one_can_be_edited_and_survives_a_refusal(opened: Opened, three: SmallPractice) -> None:
    app = contacting(opened(), 0)
    original = app.text_area[0].value
    app.text_area[0].set_value("Dear Ngozi, hello.").run()
    press(app, "Send 1 message")
    assert "Put this line back" in read(app)
    assert app.text_area[0].value == "Dear Ngozi, hello."
    assert messages(three.store) == []
    app.text_area[0].set_value("Dear Ngozi, hello.\n\n" + original.strip().splitlines()[-1]).run()
    choose(app, "text_input", "Subject", "Hello")
    press(app, "Send 1 message")
    (message,) = messages(three.store)
    assert message["subject"] == "Hello"
    assert message["body"].startswith("Dear Ngozi, hello.")
    assert message["unsubscribe_url"] in message["body"]


def test_a_link_to_book_by_is_sent_to_whom_it_can_be_and_the_others_are_told(
    opened: Opened, three: SmallPractice
) -> None:
    take_bookings(three)
    three.add("planned_visits", course_id=three.course(cot_number="D", days_ago=60))
    app = contacting(opened(), 0, 2)
    choose(app, "segmented_control", "By", "sms")
    choose(app, "selectbox", "Template for SMS", "shipped-sms-book")
    assert "1 message to 1 patient; 1 gets none" in read(app)
    (why,) = app.dataframe[-1].value["why"]
    assert why.endswith("no planned visit of the course waits to be booked.")
    assert f"https://care.example/book/{OWN_LINK}" in app.text_area[0].value
    assert f"In place of {OWN_LINK} the message gets the patient's own link to book by." in read(app)
    press(app, "Send 1 message")
    (message,) = messages(three.store)
    assert "https://care.example/book/" in message["body"]
    assert OWN_LINK not in message["body"]


def test_a_text_that_was_not_edited_is_written_anew(opened: Opened, three: SmallPractice) -> None:
    app = contacting(opened(), 0)
    three.add("patients", "okafor", last_name="Eze")
    press(app, "Send 1 message")
    assert messages(three.store)[0]["body"].startswith("Dear Mrs Eze,")


# --- Later


def test_a_message_is_scheduled_in_the_practices_time(opened: Opened, three: SmallPractice) -> None:
    app = contacting(opened(), 0)
    choose(app, "segmented_control", "When", "At a date and time")
    day = datetime.now(UTC).date() + timedelta(days=20)
    app.date_input[-1].set_value(day).run()
    press(app, "Schedule 1 message")
    (message,) = messages(three.store)
    assert message["send_at"].date() == day
    assert "to be contacted by 1 message on" in read(app)


def test_quiet_hours_and_the_outbox_are_said(opened: Opened, three: SmallPractice) -> None:
    settle(three, email_sender="outbox", sms_sender="outbox")
    app = contacting(opened(), 0)
    assert "Nothing leaves this machine: everything goes to the outbox" in read(app)


# --- What changed meanwhile


def test_what_somebody_else_did_since_is_left_alone(opened: Opened, three: SmallPractice, store: Store) -> None:
    app = contacting(opened(), 0)
    row = app.session_state["dialog"].about.chosen[0]
    given = {"actor": SYSTEM, "now": NOW, "today": TODAY}
    care.assign(store, [Chosen(three.id, row.opportunity_id, 0)], [BY], action_id="1", **given)
    press(app, "Send 1 message")
    assert "Nothing was done." in read(app)
    assert "assigned it on" in read(app)
    assert messages(store) == []


def test_an_unlinked_visit_is_said_and_can_be_passed_over(opened: Opened, three: SmallPractice) -> None:
    three.appointment(None, in_days=10)
    app = contacting(opened(), 0)
    assert "No message; 1 gets none" in read(app)
    choose(app, "checkbox", "Also to who has a visit that is not linked", True)
    assert "1 message to 1 patient" in read(app)


# --- Who may, and consent


def test_who_only_reads_has_no_contact(opened: Opened, three: SmallPractice, monkeypatch, store: Store) -> None:
    with store.transaction() as tx:
        people.write_person(
            tx, "rita", name="Rita", email=None, role=Role.READ_ONLY, is_active=True, by="test", now=NOW
        )
        people.give_practice(tx, "rita", three.id)
    signed_in_as(monkeypatch, store, "rita")
    app = tick(opened(), 0, cell=(0, "patient"))
    assert "Contact" not in labels(app)
    assert "E-mail: never asked" in read(app)
    assert not [one for one in app.segmented_control if one.label == "E-mail"]


def test_consent_is_changed_in_place_and_seen_where_one_contacts(opened: Opened, three: SmallPractice) -> None:
    app = tick(opened(), cell=(0, "patient"))
    choose(app, "segmented_control", "E-mail", "no")
    choose(app, "segmented_control", "Prefers", "phone")
    elm = practices.all_practices(three.store)[0]
    held = consents.of(three.store, elm, "okafor", actor=SYSTEM)
    assert (held["email"].value, held["preferred"].value) == ("no", "phone")
    assert "noted by" in held["email"].source
    assert "E-mail: no (told us on" in read(app)
    assert "Prefers a call (told us on" in read(app)


def test_do_not_contact_is_a_switch(opened: Opened, three: SmallPractice) -> None:
    app = tick(opened(), cell=(0, "patient"))
    choose(app, "toggle", "Do not contact", True)
    assert "Do not contact (told us on" in read(app)
    app = contacting(app, 0)
    assert "No message; 1 gets none" in read(app)
    choose(app, "toggle", "Do not contact", False)
    elm = practices.all_practices(three.store)[0]
    assert consents.of(three.store, elm, "okafor", actor=SYSTEM)["contact"].value == "yes"


def test_from_the_patient_all_of_their_courses_are_written_about(opened: Opened, three: SmallPractice) -> None:
    three.course(cot_number="D")
    app = tick(opened(), cell=(0, "patient"))
    (quick,) = [one for one in app.button if one.key == "patient_contact"]
    quick.click().run()
    assert "About **2 opportunities of 1 patient**." in read(app)
    press(app, "Send 1 message")
    assert "2 opportunities of 1 patient contacted by 1 message." in read(app)

"""The page Messages: read, cancel, send again, what patients wrote, and what came of each template."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from services import deliveries
from services.actors import Role
from services.incoming.events import Inbound
from services.store import Store
from tests import letters
from tests.letters import settle, work, write
from tests.pages.conftest import signed_in_as
from tests.pages.screen import button, open_page, pick, press, read
from tests.practice import NOW, TODAY, SmallPractice
from tests.staff import person


@pytest.fixture
def practice(store: Store) -> SmallPractice:
    """A practice with one message that waits."""
    practice = SmallPractice(store)
    settle(practice, email_sender="outbox", sms_sender="outbox")
    write(practice, practice.course())
    return practice


def opened(part: str = "Sent and waiting") -> AppTest:
    """One part of the page."""
    app = open_page("messages.py")
    app.session_state["messages_part"] = part
    app.run()
    assert not app.exception
    return app


@pytest.mark.usefixtures("practice")
def test_a_message_is_read_as_its_patient_gets_it():
    app = opened()
    pick(app, 0)
    assert "To Okafor, Ngozi, ngozi.okafor@example.com" in read(app)
    assert next(one.value for one in app.get("text")).startswith("Dear Mrs Okafor,")


def test_what_waits_can_be_cancelled(practice):
    app = opened()
    pick(app, 0)
    press(app, "Cancel 1 message")
    assert "1 message was cancelled." in read(app)
    assert letters.messages(practice.store)[0]["state"] == "cancelled"


def test_what_was_cancelled_can_be_sent_again(practice):
    app = opened()
    pick(app, 0)
    press(app, "Cancel 1 message")
    pick(app, 0)
    press(app, "Send 1 message again")
    assert "1 message was queued again." in read(app)
    assert [one["state"] for one in letters.messages(practice.store)] == ["cancelled", "queued"]


def test_what_left_can_neither_be_cancelled_nor_sent_again(practice):
    work(practice.store)
    app = opened()
    pick(app, 0)
    assert button(app, "Cancel 0 messages").disabled
    assert button(app, "Send 0 messages again").disabled


def test_who_may_only_read_has_no_buttons(practice, monkeypatch):
    person(practice.store, "reader", practice.id, role=Role.READ_ONLY)
    signed_in_as(monkeypatch, practice.store, "reader")
    app = opened()
    pick(app, 0)
    assert not [one for one in app.button if one.label.startswith(("Cancel", "Send"))]


def test_what_patients_wrote_is_there(practice):
    inbound = Inbound("SM1", "+447700900123", "+441632960100", "Tuesday at 10?")
    deliveries.receive(practice.store, inbound, now=NOW, today_at=lambda now, zone: TODAY)
    app = opened("From patients")
    assert app.dataframe[0].value["body"].to_list() == ["Tuesday at 10?"]


def test_results_are_counted_by_template(practice):
    work(practice.store)
    app = opened("By template")
    assert app.dataframe[0].value["sent"].to_list() == [1]


@pytest.mark.parametrize("part", ["Sent and waiting", "From patients", "By template"])
def test_an_empty_part_says_what_comes_there(store, part):
    SmallPractice(store)
    app = opened(part)
    assert len(app.info) == 1

"""The page Sequences: define one, see who is in it, stop it."""

from __future__ import annotations

import pytest

from services import practices, sequences
from services.actions import Chosen
from services.actors import Role
from services.sequences import Step
from services.store import Store
from tests.letters import settle
from tests.pages.conftest import signed_in_as
from tests.pages.screen import button, open_page, pick, press, read
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice
from tests.staff import person


@pytest.fixture
def practice(store: Store) -> SmallPractice:
    """A practice with one course."""
    practice = SmallPractice(store)
    settle(practice, email_sender="outbox", sms_sender="outbox")
    practice.course(cot_number="41")
    return practice


def started(practice: SmallPractice) -> None:
    """Put the course into a sequence of one call."""
    elm = practices.all_practices(practice.store)[0]
    id_ = sequences.save(practice.store, elm, "A call", [Step(3, "phone")], actor=SYSTEM, now=NOW)
    given = {"actor": SYSTEM, "now": NOW, "today": TODAY, "action_id": "start"}
    sequences.start(practice.store, [Chosen(practice.id, "1", 0)], id_, **given)


def test_the_proposed_steps_become_a_sequence(practice):
    app = open_page("sequences.py")
    assert "There is no sequence yet" in read(app)
    app.text_input[0].set_value("Three steps")
    press(app, "Save the sequence")
    assert "Three steps is saved." in read(app)
    assert "Day 7: SMS, A friendly reminder" in read(app)


def test_a_name_is_asked_for(practice):
    app = open_page("sequences.py")
    press(app, "Save the sequence")
    assert "Give the sequence a name" in read(app)


def test_who_is_in_one_is_shown_and_can_be_stopped(practice):
    started(practice)
    app = open_page("sequences.py")
    assert app.dataframe[0].value["step_text"].to_list() == ["1 of 1: A call, in My list"]
    assert button(app, "Stop for 0 courses").disabled
    pick(app, 0)
    press(app, "Stop for 1 course")
    assert "Stopped for 1 course." in read(app)
    assert "Nobody is in a sequence." in read(app)


def test_one_is_started_from_the_list(practice):
    elm = practices.all_practices(practice.store)[0]
    sequences.save(practice.store, elm, "A call", [Step(3, "phone")], actor=SYSTEM, now=NOW)
    app = open_page("opportunities.py")
    pick(app, 0)
    press(app, "Sequence")
    press(app, "Start")
    assert "1 opportunity of 1 patient put into the sequence A call." in read(app)
    assert sequences.running(practice.store, [elm], actor=SYSTEM).height == 1


def test_who_may_not_define_one_sees_them_all_the_same(practice, monkeypatch):
    started(practice)
    person(practice.store, "reader", practice.id, role=Role.READ_ONLY)
    signed_in_as(monkeypatch, practice.store, "reader")
    app = open_page("sequences.py")
    assert "Day 3: A call, in My list" in read(app)
    assert not [one for one in app.button if one.label.startswith(("Save", "Stop"))]

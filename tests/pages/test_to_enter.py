"""The page To enter in the PMS: mark, cancel, move, settle, and take the list along."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from services import bookings
from services.actions import Chosen
from services.actors import Role
from services.store import Store
from tests.pages.conftest import signed_in_as
from tests.pages.screen import open_page, pick, press, read
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice
from tests.staff import person

AT = datetime(2026, 12, 1, 10)


@pytest.fixture
def practice(store: Store) -> SmallPractice:
    """A practice where one visit was booked here."""
    practice = SmallPractice(store)
    bookings.book(
        store,
        Chosen(practice.id, practice.course(), None),
        planned_visit_id=None,
        provider_id="ben",
        starts_at=AT,
        minutes=30,
        is_outside_hours_allowed=True,
        actor=SYSTEM,
        now=NOW,
        today=TODAY,
        action_id="booked",
    )
    return practice


def state(store: Store) -> Any:
    """The state of the only booking."""
    return store._connection.execute("select state from bookings").fetchone()[0]


def shown(app: AppTest, part: str) -> None:
    """Turn to the other part of the list."""
    app.session_state["to_enter_part"] = part
    app.run()
    assert not app.exception


@pytest.mark.usefixtures("practice")
def test_a_visit_is_marked_as_entered_and_back(store):
    app = open_page("to_enter.py")
    pick(app, 0)
    press(app, "Mark 1 as entered")
    assert "1 opportunity of 1 patient ticked off as entered in the PMS." in read(app)
    assert state(store) == "entered"
    shown(app, "entered")
    pick(app, 0)
    press(app, "Mark 1 as not entered")
    assert state(store) == "to enter"


@pytest.mark.usefixtures("practice")
def test_a_visit_is_cancelled_and_the_list_says_when_it_is_done(store):
    app = open_page("to_enter.py")
    pick(app, 0)
    press(app, "Cancel visit")
    press(app, "Cancel the visit")
    assert state(store) == "cancelled"
    assert "Everything that was booked here is in the PMS." in read(app)


def test_a_conflict_says_what_the_pms_has_and_is_settled(practice, store):
    store._connection.execute("update bookings set state = 'conflict', conflict = 'The PMS has deleted the course.'")
    app = open_page("to_enter.py")
    assert "The PMS has deleted the course." in read(app)
    press(app, "Ours is right: enter it again")
    assert state(store) == "to enter"


@pytest.mark.usefixtures("practice")
def test_move_opens_the_appointment_book_with_the_visit():
    app = open_page("to_enter.py")
    pick(app, 0)
    press(app, "Move")
    assert [one.value for one in app.title] == ["Appointment book"]


def test_who_may_only_read_sees_the_list_and_no_button(practice, store, monkeypatch):
    person(store, "reader", practice.id, role=Role.READ_ONLY)
    signed_in_as(monkeypatch, store, "reader")
    app = open_page("to_enter.py")
    assert len(app.dataframe) == 1
    assert not {"Mark as entered", "Move", "Cancel visit"} & {one.label for one in app.button}

"""The patient beside the list: timeline and Undo, the way to the next row, actions without a tick, and the drawer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import dialogs, paging
from services import care
from services.actions import Chosen
from services.actors import Role
from services.store import Store
from tests.pages.conftest import signed_in_as
from tests.pages.screen import button, open_page, press, read
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice
from tests.staff import person


@pytest.fixture
def practice(store: Store) -> SmallPractice:
    """Three patients, the first with two courses."""
    practice = SmallPractice(store)
    for name in ("A", "B", "C"):
        practice.add("patients", name.lower(), title="Ms", first_name="Ada", last_name=name)
    for days, name in ((90, "a"), (80, "a"), (70, "b"), (60, "c")):
        practice.course(days_ago=days, patient=name)
    return practice


def opened(practice: SmallPractice, patient: str) -> AppTest:
    """The list with a patient open beside it."""
    app = open_page("opportunities.py")
    app.session_state["opened"] = (practice.id, patient)
    app.run()
    assert not app.exception
    return app


def who(app: AppTest) -> list[str]:
    """Who is open."""
    return [one.value for one in app.header]


def click(app: AppTest, row: int) -> None:
    """Click on a row of the list, as the browser reports it."""
    key = str(app.dataframe[0].proto.id).split("-", 2)[2]
    app.session_state[key] = {"selection": {"rows": [], "columns": [], "cells": [(row, "payor")]}}
    app.run()
    assert not app.exception


def note(practice: SmallPractice, course: str, text: str = "Works nights.", **given: Any) -> None:
    chosen = [Chosen(practice.id, course, 0)]
    care.note(practice.store, chosen, text, **{"actor": SYSTEM, "now": NOW, "today": TODAY, "action_id": text, **given})


def test_next_goes_to_the_following_row_and_stops_at_the_end(practice):
    app = opened(practice, "a")
    assert button(app, "Previous").disabled
    assert "Row 1 of 4" in read(app)
    press(app, "Next")
    assert who(app) == ["Ms Ada B"]
    press(app, "Next")
    assert who(app) == ["Ms Ada C"]
    assert button(app, "Next").disabled
    press(app, "Previous")
    assert who(app) == ["Ms Ada B"]
    press(app, "Previous")
    assert "Row 2 of 4" in read(app)


def test_next_goes_on_from_the_row_that_was_clicked(practice):
    practice.course(days_ago=65, patient="a")
    app = open_page("opportunities.py")
    click(app, 3)
    assert "Row 4 of 5" in read(app)
    press(app, "Next")
    assert who(app) == ["Ms Ada C"]


def test_a_patient_whose_row_left_the_list_is_followed_by_the_one_who_came_after(practice):
    practice.course(days_ago=65, patient="b")
    app = open_page("opportunities.py")
    click(app, 2)
    for course in ("3", "5"):
        chosen = [Chosen(practice.id, course, 0)]
        care.reject(practice.store, chosen, reason="cost", actor=SYSTEM, now=NOW, today=TODAY, action_id=course)
        app.run()
    assert "Rejected" in read(app)
    press(app, "Next")
    assert who(app) == ["Ms Ada C"]


def test_one_who_is_on_no_row_leaves_the_way_where_it_was(practice):
    for name in ("a", "d"):
        practice.add("patients", name, title="Ms", first_name="Ada", last_name=name.upper(), household_id="h")
    app = opened(practice, "a")
    app.button(key="patient_open_d").click().run()
    assert who(app) == ["Ms Ada D"]
    press(app, "Next")
    assert who(app) == ["Ms Ada B"]


@pytest.mark.parametrize("patient", ["d", ""])
def test_where_nobody_of_the_list_is_open_next_opens_its_first(practice, patient):
    practice.add("patients", "d", last_name="D")
    app = opened(practice, patient) if patient else open_page("opportunities.py")
    assert button(app, "Previous").disabled
    press(app, "Next")
    assert who(app) == ["Ms Ada A"]


def test_a_page_of_a_long_list_says_where_it_ends(practice, monkeypatch):
    monkeypatch.setattr(paging, "ROWS", 4)
    app = opened(practice, "c")
    assert "Row 4 of 4, the end of this page: turn it below the list" in read(app)


def test_all_open_courses_are_told_together_with_status_and_whose(practice):
    person(practice.store, "amara", practice.id)
    care.assign(
        practice.store, [Chosen(practice.id, "1", 0)], ["amara"], actor=SYSTEM, now=NOW, today=TODAY, action_id="x"
    )
    care.attempt(
        practice.store, [Chosen(practice.id, "1", 1)], "spoke", actor=SYSTEM, now=NOW, today=TODAY, action_id="y"
    )
    shown = read(opened(practice, "a"))
    assert "Contacted · assigned to Amara · 1 attempt, the last on 24 Nov 2026" in shown
    assert "Open · assigned to nobody" in shown
    assert "Patient contacted on 24 Nov 2026 about another course: due again from 1 Dec 2026." in shown


def test_the_timeline_says_what_was_done_and_takes_it_back(practice):
    note(practice, "1")
    app = opened(practice, "a")
    assert "Works nights." in read(app)
    press(app, "Undo note")
    assert "1 opportunity of 1 patient as before." in read(app)
    assert "(undone)" in read(app)


def test_a_long_history_is_folded(practice):
    for number in range(12):
        note(practice, "1", f"Note {number}", now=NOW + timedelta(minutes=number))
    app = opened(practice, "a")
    assert [one.label for one in app.expander if one.label.startswith("Earlier")] == ["Earlier (4)"]


def test_the_open_patient_can_be_acted_on_without_a_tick(practice):
    app = opened(practice, "a")
    app.button(key="patient_note").click().run()
    assert "**2 opportunities of 1 patient**" in read(app)
    app.text_area[0].set_value("Both at once.").run()
    press(app, "Keep the note")
    assert "2 opportunities of 1 patient noted." in read(app)


def test_who_may_only_read_sees_the_timeline_and_no_button_that_writes(practice, monkeypatch):
    note(practice, "1")
    person(practice.store, "reader", practice.id, role=Role.READ_ONLY)
    signed_in_as(monkeypatch, practice.store, "reader")
    app = opened(practice, "a")
    assert "Works nights." in read(app)
    assert not [one for one in app.button if one.label in ("Undo note", "Note", "Snooze", "Reject", "Log a call")]


@pytest.mark.parametrize("page", ["audit.py", "settings.py", "my_list.py", "clean_up.py", "account.py"])
def test_the_drawer_shows_a_patient_on_any_page(practice, page):
    app = open_page(page)
    app.session_state[dialogs.OPEN] = dialogs.Dialog("patient", (practice.id, "b"))
    app.run()
    assert not app.exception
    assert "Ms Ada B" in who(app)


@pytest.mark.parametrize("patient", ["a", "b"])
def test_the_drawer_opens_over_the_panel_of_the_same_or_another_patient(practice, patient):
    for name in ("a", "b", "c"):
        practice.add("patients", name, title="Ms", first_name="Ada", last_name=name.upper(), household_id="h")
    note(practice, "1")
    app = opened(practice, "a")
    app.session_state[dialogs.OPEN] = dialogs.Dialog("patient", (practice.id, patient))
    app.run()
    assert not app.exception
    assert who(app) == ["Ms Ada A", f"Ms Ada {patient.upper()}"]


def test_a_household_member_opens_in_the_drawer(practice):
    for name in ("a", "b"):
        practice.add("patients", name, title="Ms", first_name="Ada", last_name=name.upper(), household_id="h")
    app = open_page("account.py")
    app.session_state[dialogs.OPEN] = dialogs.Dialog("patient", (practice.id, "b"))
    app.run()
    next(one for one in app.button if one.label.replace("\\", "").startswith("A, Ada")).click().run()
    assert "Ms Ada A" in who(app)


def test_a_patient_of_another_practice_is_not_opened(practice, monkeypatch):
    elsewhere = SmallPractice(practice.store, "Oak Lane")
    person(practice.store, "grace", elsewhere.id)
    signed_in_as(monkeypatch, practice.store, "grace")
    app = open_page("my_list.py")
    app.session_state[dialogs.OPEN] = dialogs.Dialog("patient", (practice.id, "b"))
    app.run()
    assert not app.exception
    assert "Ms Ada B" not in who(app)

"""The page NHS contract: where it stands, handing out what closes the gap, typing figures in, who has no such page."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest

from pages.parts import nhs_chart
from queries import workflow
from services import practices
from services.actors import Role
from services.store import Store
from tests.nhs import standing
from tests.pages.conftest import signed_in_as
from tests.pages.screen import button, field, open_page, press, read
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice
from tests.staff import person

PAGE = "nhs_contract.py"


@pytest.fixture
def practice(store: Store) -> SmallPractice:
    """A contract of 100 UDAs, 12 of them delivered, and an open course of 5."""
    practice = SmallPractice(store)
    practice.add("contracts", "nhs-1", uda_target=Decimal(100), to_on=date(2027, 3, 31))
    nhs = {"payor_id": "nhs", "item": False}
    practice.course(band="3", completed_on=TODAY - timedelta(days=3), **nhs)
    practice.course(course_id="open", band="2b", cot_number="55", **nhs)
    return practice


def test_a_practice_sees_where_it_stands_and_hands_out_what_closes_the_gap(practice):
    app = open_page(PAGE)
    assert [(one.label, one.value) for one in app.metric][:4] == [
        ("Target", "91.8"),
        ("Delivered", "12"),
        ("Scheduled", "0"),
        ("Open, can be finished in time", "5"),
    ]
    said = read(app)
    assert "12 UDAs were delivered by 24 Nov 2026, 13.1 % of the 91.8 to do." in said
    assert "too few whole weeks" in said
    assert "Below 96 %: the NHS may take back all that is missing" in said
    assert "The one course that can still be finished in time brings 5: not enough" in said

    key = str(app.dataframe[-1].proto.id).split("-", 2)[2]
    app.session_state[key] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run()
    assert not button(app, "Book").disabled
    press(app, "Assign")
    field(app, "Assign to").set_value(["amara"]).run()
    press(app, "Assign")
    states = workflow.states(practice.store, practice.id)
    assert states.select("opportunity_id", "assigned_to").rows() == [("open", "amara")]


def test_figures_are_typed_in_and_taken_back(practice):
    app = open_page(PAGE)
    app.session_state["nhs_tab"] = "Type in figures"
    app.run()
    field(app, "UDAs delivered").set_value("12,5")
    press(app, "Save the month")
    assert "“12,5” is no figure for UDAs delivered. Nothing was saved." in read(app)
    assert field(app, "UDAs delivered").value == "12,5"
    field(app, "UDAs delivered").set_value("80")
    press(app, "Save the month")
    assert "nhs-1, November 2026: 80 UDAs (was the extract's)." in read(app)
    assert app.metric[1].value == "80"
    press(app, "Back to the extract")
    assert app.metric[1].value == "12"


def test_the_candidates_are_shown_with_their_log_and_only_a_manager_takes_them_out(practice, store, monkeypatch):
    course = practice.course(days_ago=90, payor_id="nhs", band="2b", item=False, cot_number="77")
    practice.item(course, charged_to="nhs", completed_on=TODAY - timedelta(days=60))
    practice.item(course, charged_to="nhs")
    line = {"practice_id": practice.id, "opportunity_id": course, "patient_id": "okafor", "kind": "attempted"}
    line |= {"by_user": "amara", "happened_at": workflow.utc(NOW), "note": "*rang* twice"}
    with store.transaction() as tx:
        workflow.record_events(tx, pl.DataFrame([line], schema=workflow.EVENT))

    app = open_page(PAGE)
    app.session_state["nhs_tab"] = "Incomplete claims"
    app.run()
    assert "COT 77" in read(app)
    assert "Tue 24 Nov 2026, 09:00, Amara Nwosu: Rang – *rang* twice" in read(app)
    assert [one.label for one in app.get("download_button")] == ["CSV", "PNG", "SVG", "List to print"]

    person(store, "chloe", practice.id, role=Role.RECEPTION)
    signed_in_as(monkeypatch, store, "chloe")
    app = open_page(PAGE)
    app.session_state["nhs_tab"] = "Incomplete claims"
    app.run()
    assert "COT 77" in read(app)
    assert [one.label for one in app.get("download_button")] == ["CSV", "PNG", "SVG"]
    assert [one.label for one in app.tabs] == ["Book these", "Suspended pathways", "Incomplete claims"]


def test_on_odd_days_the_page_says_what_counts(practice, monkeypatch):
    practice.course(band="3", completed_on=date(2026, 2, 27), days_ago=280, payor_id="nhs", item=False)
    for day, words in (
        (date(2026, 4, 1), "Some of these weeks are of the year before."),
        (date(2027, 3, 31), "Today is the last day that counts."),
    ):
        assert words in nhs_chart.in_words(standing(practice, today=day))
    monkeypatch.setenv("CARE_MANAGER_TODAY", "2027-04-01")
    assert "The contract nhs-1 has no term in 2027/28." in read(open_page(PAGE))


def test_without_a_contract_or_where_there_are_no_udas_the_page_says_so(store):
    SmallPractice(store)
    with store.transaction() as tx:
        practices.create(tx, "Glasgow Road", nation="Scotland", actor=SYSTEM, now=NOW)
    app = open_page(PAGE, practice="Elm Road")
    assert "The practice has no NHS contract yet." in read(app)
    app = open_page(PAGE, practice="Glasgow Road")
    assert "Scotland: NHS courses are paid by item: no UDAs." in read(app)
    assert not app.metric

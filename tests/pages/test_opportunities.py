"""The work list on screen: figures, filters, order, ticks, pages, the patient, and what it says when it is empty."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from queries import people, workflow
from services.actors import Role
from tests.pages.conftest import signed_in_as
from tests.pages.crowd import crowd
from tests.practice import BY, NOW, TODAY, SmallPractice

Opened = Callable[..., AppTest]


def listed(app: AppTest) -> list[str]:
    """The COT numbers of the list, in order."""
    return [] if not app.dataframe else list(app.dataframe[0].value["cot_number"])


def figures(app: AppTest) -> dict[str, str]:
    """The figures above the list."""
    return {metric.label: metric.value for metric in app.metric}


def said(app: AppTest) -> str:
    """All plain text of the page."""
    parts = [*app.markdown, *app.caption, *app.info, *app.success, *app.error, *app.header, *app.subheader]
    return "\n".join(part.value for part in parts)


def key_of(element: Any) -> str:
    """The key under which the state of a table or of a list's pages is kept: it is another for another list."""
    return str(element.proto.id).split("-", 2)[2]


def pick(app: AppTest, *, rows: tuple[int, ...] = (), cell: tuple[int, str] | None = None) -> None:
    """Tick rows, and click on a cell, by their positions, as the browser reports them."""
    selection: dict[str, Any] = {"rows": list(rows), "columns": [], "cells": [cell] if cell else []}
    app.session_state[key_of(app.dataframe[0])] = {"selection": selection}
    app.run()


def button(app: AppTest, label: str) -> Any:
    """The button of that label."""
    (found,) = [one for one in app.button if one.label.replace("\\", "") == label]
    return found


@pytest.fixture
def three(practice: SmallPractice) -> SmallPractice:
    """Three courses: A is Mrs Okafor's and the oldest, B is Zoë's and dearest, C is Mrs Okafor's and an NHS one."""
    practice.add("patients", "zoe", last_name="Árvai", first_name="Zoë", search_text="zoe arvai", mobile=None)
    practice.course(cot_number="A", days_ago=50, course_id="a")
    practice.item(practice.course(cot_number="B", days_ago=40, course_id="b", patient="zoe"), price_pence=100_000)
    practice.course(cot_number="C", days_ago=30, course_id="c", payor_id="nhs", band="3", item=False)
    return practice


@pytest.mark.usefixtures("three")
def test_the_figures_are_those_of_the_list(opened: Opened) -> None:
    app = opened()
    assert listed(app) == ["A", "B", "C"]
    assert figures(app) == {"Unbooked value": "£1,840.00", "UDAs": "12", "Patients": "2", "Courses": "3"}


@pytest.mark.usefixtures("three")
def test_the_value_heading_carries_the_total_and_the_sorted_heading_an_arrow(
    opened: Opened,
) -> None:
    columns = json.loads(opened(sort="Value, highest first").dataframe[0].proto.columns)
    assert columns["value"]["label"] == "Value £1,840 ↓"


@pytest.mark.usefixtures("three")
def test_uda_is_empty_for_what_is_not_nhs(opened: Opened) -> None:
    uda = opened().dataframe[0].value["uda"]
    assert list(uda.isna()) == [True, True, False]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"payors": "NHS"}, ["C"]),
        ({"providers": "BA – Ben Adeyemi"}, ["A", "B", "C"]),
        ({"opened_from": "2026-10-15"}, ["B", "C"]),
        ({"opened_to": "2026-10-15"}, ["A", "B"]),
        ({"value_from": "420.01"}, ["B"]),
        ({"value_to": "420"}, ["A", "C"]),
        ({"uda_from": "1"}, ["C"]),
        ({"has_mobile": "Without a mobile"}, ["B"]),
        ({"statuses": "Snoozed"}, []),
        ({"reasons": ["No appointment", "Booked too far ahead"]}, ["A", "B", "C"]),
        ({"assignees": "Nobody", "payors": ["NHS", "Private"], "value_from": "1000"}, ["B"]),
    ],
)
@pytest.mark.usefixtures("three")
def test_filters_come_from_the_address(
    opened: Opened,
    query: dict[str, Any],
    expected: list[str],
) -> None:
    assert listed(opened(**query)) == expected


@pytest.mark.parametrize(
    "query",
    [
        {"providers": "nobody/at-all"},
        {"statuses": "Lost"},
        {"opened_from": "2026-13-45"},
        {"value_from": "much"},
        {"uda_to": "-3"},
        {"sort": "Height"},
        {"group": "Street"},
        {"has_phone": "perhaps"},
        {"practice": "Nowhere"},
        {"page": "99"},
        {"search": "Okafor"},
        {"only": "patient"},
    ],
)
@pytest.mark.usefixtures("three")
def test_a_bad_value_in_the_address_changes_nothing(
    opened: Opened,
    query: dict[str, str],
) -> None:
    assert listed(opened(**query)) == ["A", "B", "C"]


@pytest.mark.usefixtures("three")
def test_a_search_finds_a_name_without_its_accents_and_stays_out_of_the_address(
    opened: Opened,
) -> None:
    app = opened()
    app.text_input(key="search").set_value("ARVAI").run()
    assert listed(app) == ["B"]
    assert not app.query_params
    assert "Search: ARVAI" in [one.label.replace("\\", "") for one in app.button]


@pytest.mark.usefixtures("three")
def test_each_filter_that_is_on_is_said_and_taken_off_with_a_click(
    opened: Opened,
) -> None:
    app = opened(payors="Private", value_from="500", opened_from="2026-01-01", opened_to="2026-11-01")
    assert listed(app) == ["B"]
    button(app, "Value from £500.00").click().run()
    assert listed(app) == ["A", "B"]
    button(app, "Payor: Private").click().run()
    assert listed(app) == ["A", "B", "C"]
    button(app, "Opened from 1 Jan 2026 to 1 Nov 2026").click().run()
    assert not [one for one in app.button if one.icon == ":material/close:"]
    assert not app.query_params


@pytest.mark.usefixtures("three")
def test_the_rank_and_the_sort_control_are_one_order(opened: Opened) -> None:
    app = opened()
    app.segmented_control(key="rank").set_value("value").run()
    assert listed(app) == ["B", "A", "C"]
    assert app.selectbox(key="sort").value == "Value, highest first"
    app.selectbox(key="sort").set_value("Patient, A to Z").run()
    assert listed(app) == ["B", "A", "C"]
    assert app.segmented_control(key="rank").value is None


@pytest.mark.usefixtures("three")
def test_grouped_by_patient_the_courses_of_one_stand_together(
    opened: Opened,
) -> None:
    assert listed(opened(group="Patient")) == ["A", "C", "B"]


def test_ticks_follow_the_ids_and_not_the_positions(three: SmallPractice, opened: Opened) -> None:
    app = opened()
    pick(app, rows=(0, 2))
    assert "2 courses of 1 patient ticked, £420.00 and 12 UDA" in said(app)
    three.appointment("b", in_days=10)
    app.run()
    assert listed(app) == ["A", "C"]
    assert "2 courses of 1 patient ticked, £420.00 and 12 UDA" in said(app)
    app.selectbox(key="sort").set_value("Opened, latest first").run()
    assert listed(app) == ["C", "A"]
    assert "2 courses of 1 patient ticked" in said(app)


@pytest.mark.usefixtures("three")
def test_a_tick_is_lost_with_its_row_and_does_not_come_back(
    opened: Opened,
) -> None:
    app = opened()
    pick(app, rows=(0, 1))
    app.multiselect(key="payors").set_value(["NHS"]).run()
    assert "Nothing ticked" in said(app)
    app.multiselect(key="payors").set_value([]).run()
    assert listed(app) == ["A", "B", "C"]
    assert "Nothing ticked" in said(app)


def test_a_click_on_a_row_opens_the_patient_and_ticks_nothing(three: SmallPractice, opened: Opened) -> None:
    three.appointment(None, in_days=5)
    three.add("planned_visits", course_id="a", minutes=45)
    app = opened()
    assert "Click on a row" in said(app)
    pick(app, cell=(0, "payor"))
    shown = said(app).replace("\\", "")
    for words in (
        "Mrs Ngozi Okafor",
        "[07700 900123](tel:+447700900123)",
        "(mailto:ngozi.okafor@example.com)",
        "COT A",
        "**Listed: Has a visit on 29 Nov 2026, not linked**",
        "Opened 5 Oct 2026 · £420.00",
        "Crown, £420.00",
        "1: 45 minutes, with BA",
        "Sun 29 Nov 2026, 10:00, 30 minutes, BA: **booked**, not linked",
    ):
        assert words in shown
    assert "Nothing ticked" in shown


def test_the_panel_says_why_a_course_is_not_listed(three: SmallPractice, opened: Opened) -> None:
    three.appointment(three.course(cot_number="D", days_ago=10), in_days=20)
    app = opened()
    pick(app, cell=(0, "payor"))
    assert "Not listed: booked on 14 Dec 2026, within the 90 days looked ahead" in said(app).replace("\\", "")


def test_what_a_patient_is_called_is_drawn_as_it_is_written(practice: SmallPractice, opened: Opened) -> None:
    practice.add("patients", "odd", title=None, first_name="*Bob*", last_name="[x](javascript:alert)", email=None)
    practice.course(patient="odd")
    app = opened()
    pick(app, cell=(0, "payor"))
    assert app.header[0].value == r"\*Bob\* \[x\]\(javascript\:alert\)"


@pytest.mark.usefixtures("three")
def test_only_this_patient_and_back(opened: Opened) -> None:
    app = opened()
    pick(app, cell=(0, "payor"))
    button(app, "Only this patient").click().run()
    assert listed(app) == ["A", "C"]
    assert figures(app)["Courses"] == "2"
    assert not app.query_params
    button(app, "Show all again").click().run()
    assert listed(app) == ["A", "B", "C"]


def test_only_this_household_and_the_way_to_its_members(practice: SmallPractice, opened: Opened) -> None:
    practice.add("patients", "okafor", household_id="elm 1")
    practice.add("patients", "chidi", first_name="Chidi", household_id="elm 1")
    practice.add("patients", "other", first_name="Other")
    for patient in ("okafor", "chidi", "other"):
        practice.course(patient=patient, cot_number=patient)
    app = opened()
    pick(app, cell=(listed(app).index("okafor"), "payor"))
    button(app, "Only this household").click().run()
    assert sorted(listed(app)) == ["chidi", "okafor"]
    button(app, "Okafor, Chidi: 1 course, £420.00").click().run()
    assert app.header[0].value == "Mrs Chidi Okafor"


@pytest.mark.usefixtures("three")
def test_no_id_and_no_none_is_on_screen(opened: Opened) -> None:
    table = opened().dataframe[0]
    assert not [column for column in table.value.columns if column.endswith("_id")]
    assert "practice" not in table.value.columns
    assert table.proto.placeholder == ""


def test_several_practices_have_their_column_and_their_switch(three: SmallPractice, opened: Opened) -> None:
    other = SmallPractice(three.store, "Oak Street")
    other.course(cot_number="E", days_ago=60)
    app = opened()
    assert listed(app) == ["E", "A", "B", "C"]
    assert "practice" in app.dataframe[0].value.columns
    app.selectbox(key="practice").set_value("Oak Street").run()
    assert listed(app) == ["E"]
    assert "practice" not in app.dataframe[0].value.columns
    assert listed(opened(practice="Elm Road")) == ["A", "B", "C"]


def test_a_list_of_2000_is_whole_and_one_more_goes_by_pages(practice: SmallPractice, opened: Opened) -> None:
    crowd(practice, 2000)
    app = opened()
    assert len(listed(app)) == 2000
    assert not app.get("pagination")
    practice.course(cot_number="dearest", item=False, stated_value_pence=10_000_000)
    app = opened()
    assert len(listed(app)) == 500
    assert figures(app)["Courses"] == "2,001"
    app.session_state[key_of(app.get("pagination")[0])] = 5
    app.run()
    assert len(listed(app)) == 1
    app.segmented_control(key="rank").set_value("value").run()
    assert listed(app)[0] == "dearest", "the order is that of the whole result, and starts at its first page"


def test_a_list_that_became_short_meanwhile_is_shown_whole(practice: SmallPractice, opened: Opened) -> None:
    crowd(practice, 2000)
    practice.course(cot_number="one more", course_id="more")
    app = opened()
    state = {"practice_id": practice.id, "opportunity_id": "more", "status": "rejected", "attempts": 0}
    changed = {"changed_by": BY, "changed_at": NOW}
    with practice.store.transaction() as tx:
        workflow.write_states(tx, pl.DataFrame([state | changed], schema=workflow.STATE))
    app.session_state[key_of(app.get("pagination")[0])] = 5
    app.run()
    assert len(listed(app)) == 2000


@pytest.mark.usefixtures("three")
def test_a_list_that_filters_empty_says_so_and_clears(opened: Opened) -> None:
    app = opened(value_from="5000", payors="NHS")
    assert "No opportunity passes these filters." in said(app)
    app.button(key="clear_nothing").click().run()
    assert listed(app) == ["A", "B", "C"]


def test_nothing_to_do_is_said_as_such(practice: SmallPractice, opened: Opened) -> None:
    practice.course(days_ago=0)
    app = opened()
    assert "Nothing to do" in said(app)
    assert figures(app)["Courses"] == "0"


def test_without_a_practice_the_page_offers_the_sample(opened: Opened) -> None:
    app = opened()
    assert "There is no practice yet." in said(app)
    button(app, "Add the sample practice").click().run(timeout=120)
    assert len(listed(app)) > 400
    assert "Sample data: not real patients." in said(app)


@pytest.mark.usefixtures("three")
def test_a_real_practice_is_not_called_sample_data(opened: Opened) -> None:
    assert "Sample data" not in said(opened())


def test_the_day_is_the_pinned_one(practice: SmallPractice, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    practice.course(days_ago=1)
    assert listed(opened()) == ["1"]
    monkeypatch.setenv("CARE_MANAGER_TODAY", TODAY.replace(day=TODAY.day - 1).isoformat())
    assert listed(opened()) == []


def test_a_clinician_begins_with_their_own_patients_and_may_see_the_others(
    practice: SmallPractice, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.add("providers", "cara", name="Cara Lloyd", initials="CL")
    practice.course(cot_number="mine", provider_id="cara")
    practice.course(cot_number="theirs")
    with practice.store.transaction() as tx:
        people.write_person(
            tx, "cara", name="Cara Lloyd", email=None, role=Role.CLINICIAN, is_active=True, by=BY, now=NOW
        )
        people.give_practice(tx, "cara", practice.id, "cara")
    signed_in_as(monkeypatch, practice.store, "cara")
    app = opened()
    assert listed(app) == ["mine"]
    app.button(key="off_providers").click().run()
    assert sorted(listed(app)) == ["mine", "theirs"]

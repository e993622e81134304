"""The actions on what is ticked: what each asks for and says, once, on what was seen, with Undo and the text kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import session
from queries import workflow
from queries.store import Store
from services import care, opportunities, people, practices, reject_reasons, settings
from services.actions import Chosen
from services.actors import Role
from services.opportunities import Filters
from services.words import STATUSES
from tests.pages.conftest import signed_in_as
from tests.pages.screen import button, field, press, read
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice
from tests.staff import actor, person

Opened = Callable[..., AppTest]

ALL = list(STATUSES.values())


@pytest.fixture
def elm(practice: SmallPractice, monkeypatch: pytest.MonkeyPatch) -> SmallPractice:
    """Elm Road with three courses: A and B are Mrs Okafor's, C is Zoë's; Amara, at reception, is signed in."""
    person(practice.store, "amara", practice.id)
    person(practice.store, "chloe", practice.id)
    practice.add("patients", "zoe", title=None, first_name="Zoë", last_name="Árvai", search_text="zoe arvai")
    for days_ago, (course, patient) in enumerate((("a", "okafor"), ("b", "okafor"), ("c", "zoe"))):
        practice.course(course_id=course, cot_number=course.upper(), patient=patient, days_ago=50 - days_ago)
    signed_in_as(monkeypatch, practice.store, "amara")
    return practice


def tick(app: AppTest, *rows: int, cell: tuple[int, str] | None = None) -> None:
    """Tick rows of the table, as the browser reports them."""
    key = str(app.dataframe[0].proto.id).split("-", 2)[2]
    selection = {"rows": list(rows), "columns": [], "cells": [cell] if cell else []}
    app.session_state[key] = {"selection": selection}
    app.run()
    assert not app.exception


def asked(opened: Opened, label: str, *rows: int, **query: Any) -> AppTest:
    """Open the list, tick rows, and press an action."""
    app = opened(**query)
    tick(app, *rows)
    act(app, label)
    return app


def act(app: AppTest, label: str) -> None:
    """Press a button of the bar, and let the page draw itself."""
    (found,) = [one for one in app.button if one.label == label and (one.key or "").startswith("do_")]
    found.click().run()
    assert not app.exception


def confirm(app: AppTest) -> None:
    """Press the button that does what the open dialog is for, and let the page draw itself as the browser does."""
    app.button(key="action_do").click().run()
    assert not app.exception


def is_asking(app: AppTest) -> bool:
    """Say whether a dialog is open."""
    return any(one.key == "action_do" for one in app.button)


def listed(app: AppTest) -> list[str]:
    """The COT numbers of the list, in order."""
    return [] if not app.dataframe else list(app.dataframe[0].value["cot_number"])


def column(app: AppTest, name: str) -> list[Any]:
    """A column of the list as it is shown, with None for what is empty."""
    frame = app.dataframe[0].value
    shown = [None if is_empty else value for value, is_empty in zip(frame[name], frame[name].isna(), strict=True)]
    return [value if value is None or isinstance(value, str) else list(value) for value in shown]


def states(practice: SmallPractice) -> dict[str, dict[str, Any]]:
    """What is known of each opportunity."""
    return {row["opportunity_id"]: row for row in workflow.states(practice.store, practice.id).to_dicts()}


def events(store: Store, *kinds: str) -> list[tuple[Any, ...]]:
    """What happened: kind, opportunity, who, note."""
    rows = store._connection.execute("select kind, opportunity_id, by_user, note from events order by event_id")
    return [row for row in rows.fetchall() if row[0] in kinds]


def meanwhile(practice: SmallPractice, course: str, service: Any, *args: Any, by: str = "chloe", **given: Any) -> None:
    """Let Chloe do something to an opportunity at her own screen."""
    store, who = practice.store, actor(practice.store, by)
    everything = Filters(statuses=tuple(STATUSES))
    rows = opportunities.worklist(store, practices.of(store, who), everything, actor=who, today=TODAY).rows
    version = next(row["version"] for row in rows.to_dicts() if row["opportunity_id"] == course)
    given = {"actor": who, "now": NOW, "today": TODAY, "action_id": f"meanwhile {course}", **given}
    service(store, [Chosen(practice.id, course, version)], *args, **given)


# --- The bar


@pytest.mark.usefixtures("elm")
def test_with_nothing_ticked_no_action_can_be_pressed_and_each_says_why(opened: Opened) -> None:
    bar = [one for one in opened().button if (one.key or "").startswith("do_")]
    labels = "Contact, Book, Log a call, Note, Sequence, Assign, Snooze, Reject, Booked, Restore"
    assert ", ".join(one.label for one in bar) == labels
    assert {(one.disabled, one.help) for one in bar} == {(True, "Tick rows first.")}


@pytest.mark.parametrize(
    ("state", "pressable"),
    [
        ({}, {"Contact", "Book", "Log a call", "Note", "Sequence", "Assign", "Snooze", "Reject", "Booked"}),
        (
            {"status": "contacted"},
            {"Contact", "Book", "Log a call", "Note", "Sequence", "Assign", "Snooze", "Reject", "Booked"},
        ),
        (
            {"snoozed_until": TODAY + timedelta(days=1)},
            {"Contact", "Book", "Log a call", "Note", "Sequence", "Assign", "Snooze", "Reject", "Booked", "Restore"},
        ),
        ({"booked_on": TODAY}, {"Book", "Log a call", "Note", "Assign", "Reject", "Booked", "Restore"}),
        ({"status": "rejected", "reject_reason": "cost"}, {"Log a call", "Note", "Assign", "Restore"}),
    ],
)
def test_only_what_makes_sense_for_the_status_can_be_pressed(
    elm: SmallPractice, opened: Opened, state: dict[str, Any], pressable: set[str]
) -> None:
    elm.state("a", **state)
    app = opened(statuses=ALL)
    tick(app, 0)
    bar = [one for one in app.button if (one.key or "").startswith("do_")]
    assert {one.label for one in bar if not one.disabled} == pressable
    for one in bar:
        assert one.disabled == (one.help == f"Nothing that is ticked can be used for {one.label.lower()}.")


@pytest.mark.usefixtures("elm")
def test_several_rows_are_not_booked_at_once_but_may_be_in_the_pms_already(opened: Opened) -> None:
    app = opened()
    tick(app, 0, 1)
    book, booked = (next(one for one in app.button if one.key == f"do_{name}") for name in ("book", "booked"))
    assert (book.disabled, book.help) == (True, "Tick one row: visits are booked one at a time.")
    assert not booked.disabled


def test_who_only_reads_sees_what_is_ticked_but_no_action(
    elm: SmallPractice, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    person(elm.store, "rita", elm.id, role=Role.READ_ONLY)
    signed_in_as(monkeypatch, elm.store, "rita")
    app = opened()
    tick(app, 0)
    assert "1 course of 1 patient ticked" in read(app)
    assert not [one for one in app.button if (one.key or "").startswith("do_")]


@pytest.mark.usefixtures("elm")
def test_keys_press_the_bar_but_rest_while_a_dialog_is_open(opened: Opened) -> None:
    app = opened()
    tick(app, 0)
    assert app.button(key="do_snooze").proto.shortcut == "s"
    act(app, "Snooze")
    assert app.button(key="do_snooze").proto.shortcut == ""


# --- Each action, from its dialog to what is said afterwards


@pytest.mark.usefixtures("elm")
@pytest.mark.parametrize(
    ("label", "words"),
    [
        (
            "Log a call",
            "A call about **3 opportunities of 2 patients**. No answer and a wrong number count as attempts",
        ),
        ("Note", "The note goes to **3 opportunities of 2 patients**."),
        ("Assign", "**3 opportunities of 2 patients**: choose who gets them, or assign them to nobody."),
        ("Snooze", "**3 opportunities of 2 patients** go off the list until that day"),
        (
            "Reject",
            "Reject **3 opportunities of 2 patients**? The list hides what is rejected until somebody restores it.",
        ),
        ("Booked", "Enter the visit in the PMS first. **3 opportunities of 2 patients** go off the list"),
    ],
)
def test_a_dialog_says_what_it_does_to_how_many_and_cancel_does_nothing(
    opened: Opened, elm: SmallPractice, label: str, words: str
) -> None:
    app = asked(opened, label, 0, 1, 2)
    assert words in read(app)
    app.button(key="action_cancel").click().run()
    assert not is_asking(app)
    assert states(elm) == {}
    assert "3 courses of 2 patients ticked" in read(app)


def test_assigned_to_one_their_name_is_shown(elm: SmallPractice, opened: Opened) -> None:
    app = asked(opened, "Assign", 0, 2)
    field(app, "Assign to").set_value(["chloe"]).run()
    assert "**2 opportunities of 2 patients** will be assigned to Chloe." in read(app)
    confirm(app)
    assert "2 opportunities of 2 patients assigned to Chloe." in read(app)
    assert column(app, "assigned_to") == ["Chloe", None, "Chloe"]
    act(app, "Assign")
    app.button(key="action_nobody").click().run()
    assert column(app, "assigned_to") == [None, None, None]


def test_shared_out_it_says_how_many_each_gets_and_a_patient_stays_with_one(elm: SmallPractice, opened: Opened) -> None:
    app = asked(opened, "Assign", 0, 1, 2)
    field(app, "Assign to").set_value(["amara", "chloe"]).run()
    assert "will be shared out: Amara gets 2, Chloe gets 1." in read(app)
    confirm(app)
    assert column(app, "assigned_to") == ["Amara", "Amara", "Chloe"]


def test_only_who_may_work_the_rows_is_offered(elm: SmallPractice, opened: Opened) -> None:
    person(elm.store, "rita", elm.id, role=Role.READ_ONLY)
    person(elm.store, "gone", elm.id, is_active=False)
    person(elm.store, "olive", SmallPractice(elm.store, "Oak Street").id)
    app = asked(opened, "Assign", 0)
    assert field(app, "Assign to").options == ["Amara Nwosu", "Chloe", "Practice manager"]


def leaves(practice: SmallPractice, user_id: str) -> None:
    """Let somebody not be active any more."""
    found = next(one for one in people.all_people(practice.store, actor=SYSTEM) if one.user_id == user_id)
    details = people.Details(found.name, found.email or "", found.role, found.providers, is_active=False)
    people.change(practice.store, user_id, details, actor=SYSTEM, now=NOW)


def test_who_left_while_the_dialog_was_open_is_not_assigned(elm: SmallPractice, opened: Opened) -> None:
    app = asked(opened, "Assign", 0)
    field(app, "Assign to").set_value(["chloe"]).run()
    leaves(elm, "chloe")
    confirm(app)
    assert "Chloe may not sign in any more. Nothing was assigned." in read(app)
    assert field(app, "Assign to").options == ["Amara", "Practice manager"]
    assert states(elm) == {}
    field(app, "Assign to").set_value(["amara"]).run()
    confirm(app)
    assert column(app, "assigned_to") == ["Amara", None, None]


def test_after_somebody_who_left_stands_that_they_did(elm: SmallPractice, opened: Opened) -> None:
    meanwhile(elm, "a", care.assign, ["chloe"], by="amara")
    leaves(elm, "chloe")
    assert column(opened(), "assigned_to") == ["Chloe (left)", None, None]


@pytest.mark.parametrize(
    ("pick", "days"), [(None, 7), ("1 week", 7), ("2 weeks", 14), ("1 month", 30), ("3 months", 91)]
)
def test_a_snooze_is_for_the_practices_days_or_as_picked(
    elm: SmallPractice, opened: Opened, pick: str | None, days: int
) -> None:
    app = asked(opened, "Snooze", 0)
    assert field(app, "Until").value == TODAY + timedelta(days=7)
    if pick:
        (pills,) = [one for one in app.button_group if one.label == "How long"]
        pills.set_value(pick).run()
    confirm(app)
    assert states(elm)["a"]["snoozed_until"] == TODAY + timedelta(days=days)
    assert listed(app) == ["B", "C"]


@pytest.mark.parametrize(
    ("label", "name", "sentence"),
    [
        ("Snooze", "Until", "Choose a date after today until which to snooze. Nothing was changed."),
        ("Booked", "Day of the visit", "Choose the day of the visit, today or later. Nothing was changed."),
    ],
)
def test_a_day_in_the_past_is_refused_not_passed_over_for_the_day_before_it_was_typed(
    elm: SmallPractice, opened: Opened, label: str, name: str, sentence: str
) -> None:
    app = asked(opened, label, 0)
    field(app, name).set_value(TODAY + timedelta(days=7)).run()
    field(app, name).set_value(TODAY - timedelta(days=23)).run()
    app.button(key="action_do").click().run()
    assert sentence in app.error[0].value.replace("\\", "")
    assert states(elm) == {}


def test_a_pick_is_one_no_more_when_another_day_is_chosen(elm: SmallPractice, opened: Opened) -> None:
    app = asked(opened, "Snooze", 0)
    (pills,) = [one for one in app.button_group if one.label == "How long"]
    pills.set_value("1 month").run()
    field(app, "Until").set_value(TODAY + timedelta(days=3)).run()
    (pills,) = [one for one in app.button_group if one.label == "How long"]
    assert not pills.value
    confirm(app)
    assert states(elm)["a"]["snoozed_until"] == TODAY + timedelta(days=3)


def test_a_snooze_of_a_practice_with_its_own_days_begins_with_those(elm: SmallPractice, opened: Opened) -> None:
    (here,) = practices.of(elm.store, SYSTEM)
    settings.change(elm.store, here, {"snooze_days": 10}, actor=SYSTEM, now=NOW)
    assert field(asked(opened, "Snooze", 0), "Until").value == TODAY + timedelta(days=10)


def test_a_snoozed_row_leaves_with_its_reason_and_is_back_on_its_day_as_it_was(
    elm: SmallPractice, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    elm.state("a", status="contacted")
    app = asked(opened, "Snooze", 0)
    field(app, "Until").set_value(date(2027, 3, 1)).run()
    field(app, "Reason, if any").set_value("After the exams").run()
    confirm(app)
    assert "1 opportunity of 1 patient snoozed until 1 Mar 2027." in read(app)
    assert states(elm)["a"]["snooze_reason"] == "After the exams"
    assert "Nothing ticked" in read(app)
    assert column(opened(statuses="Snoozed"), "status") == [["Snoozed until 1 Mar 2027"]]
    monkeypatch.setenv("CARE_MANAGER_TODAY", "2027-03-01")
    assert column(opened(), "status")[0] == ["Contacted"]


@pytest.mark.parametrize(
    ("label", "typed", "sentence"),
    [
        ("Snooze", {"until": None}, "Choose a date after today until which to snooze. Nothing was changed."),
        ("Reject", {}, "Choose one of the practice's reasons. Nothing was rejected."),
        ("Reject", {"reason": "other", "note": " "}, "Say what the other reason is. Nothing was rejected."),
        ("Note", {}, "Write the note first. Nothing was kept."),
        ("Note", {"note": " \n "}, "Write the note first. Nothing was kept."),
        ("Log a call", {"note": "Spoke to Zoë"}, "Choose how the call ended. Nothing was kept."),
        ("Booked", {}, "Choose the day of the visit, today or later. Nothing was changed."),
        ("Booked", {"day": TODAY - timedelta(days=1)}, "Choose the day of the visit, today or later."),
    ],
)
def test_what_cannot_be_is_told_in_the_dialog_which_stays_open_with_what_was_typed(
    elm: SmallPractice, opened: Opened, label: str, typed: dict[str, Any], sentence: str
) -> None:
    app = asked(opened, label, 0)
    about = app.session_state["dialog"].about
    for name, value in typed.items():
        app.session_state[about.key(name)] = value
    app.button(key="action_do").click().run()
    assert sentence in app.error[0].value.replace("\\", "")
    assert is_asking(app)
    assert states(elm) == {}
    if "note" in typed:
        assert app.session_state[about.key("note")] == typed["note"]


def test_rejected_it_is_hidden_and_can_be_restored(elm: SmallPractice, opened: Opened) -> None:
    elm.state("a", status="contacted", last_contact_at=NOW.replace(tzinfo=None))
    app = asked(opened, "Reject", 0)
    assert "No course of treatment is touched." in read(app)
    assert "“Wrong in chart” also puts it on the page Clean-up, for its provider." in read(app)
    assert [button(app, label).label for label in ("Yes, reject", "No")] == ["Yes, reject", "No"]
    app.radio[0].set_value("wrong in chart").run()
    field(app, "In words").set_value("Crown was done in May").run()
    confirm(app)
    assert "1 opportunity of 1 patient rejected: wrong in chart." in read(app)
    assert listed(app) == ["B", "C"]
    assert events(elm.store, "rejected") == [("rejected", "a", "amara", "Crown was done in May")]
    app = asked(opened, "Restore", 0, statuses="Rejected")
    assert "**1 opportunity of 1 patient** goes back to the list: contacted where the patient was, else open." in read(
        app
    )
    confirm(app)
    assert "1 opportunity of 1 patient restored." in read(app)
    assert states(elm)["a"]["status"] == "contacted"
    assert listed(opened()) == ["A", "B", "C"]


def test_with_two_practices_only_the_reasons_of_both_are_offered(
    elm: SmallPractice, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    oak = SmallPractice(elm.store, "Oak Street")
    oak.course(cot_number="O", days_ago=90)
    (there,) = [one for one in practices.of(elm.store, SYSTEM) if one.practice_id == oak.id]
    own = ["cost", "wrong in chart", "lives abroad", "other"]
    reject_reasons.change(elm.store, there, own, seen=reject_reasons.STANDARD, actor=SYSTEM, now=NOW)
    person(elm.store, "both", elm.id, oak.id)
    signed_in_as(monkeypatch, elm.store, "both")
    assert asked(opened, "Reject", 0).radio[0].options == ["Cost", "Wrong in chart", "Lives abroad", "Other"]
    assert asked(opened, "Reject", 0, 1).radio[0].options == ["Cost", "Wrong in chart", "Other"]


def test_a_note_goes_to_each_and_is_shown_as_the_last_note(elm: SmallPractice, opened: Opened) -> None:
    app = asked(opened, "Note", 0, 1)
    app.text_area[0].set_value("Prefers mornings.").run()
    confirm(app)
    assert "2 opportunities of 1 patient noted." in read(app)
    last = column(app, "last_note")
    assert last[2] is None
    assert all(note.endswith("Amara: Prefers mornings.") for note in last[:2])


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("spoke", "Contacted"), ("left message", "Contacted"), ("no answer", "Open"), ("wrong number", "Open")],
)
def test_no_answer_and_a_wrong_number_are_no_contact(
    elm: SmallPractice, opened: Opened, outcome: str, status: str
) -> None:
    app = asked(opened, "Log a call", 2)
    app.radio[0].set_value(outcome).run()
    app.text_area[0].set_value("Second try.").run()
    confirm(app)
    assert f"1 opportunity of 1 patient logged as a call: {outcome}." in read(app)
    assert column(app, "status")[2] == [status]
    assert "Second try." in column(app, "last_note")[2]


def test_booked_it_is_off_the_list_with_the_day_of_the_visit(elm: SmallPractice, opened: Opened) -> None:
    app = asked(opened, "Booked", 2)
    field(app, "Day of the visit").set_value(TODAY + timedelta(days=3)).run()
    confirm(app)
    assert "1 opportunity of 1 patient booked for 27 Nov 2026." in read(app)
    assert listed(app) == ["A", "B"]
    booked = opened(statuses="Booked")
    assert column(booked, "status") == [["Booked for 27 Nov 2026"]]
    config = json.loads(booked.dataframe[0].proto.columns)["status"]["type_config"]
    assert [(one["value"], one["color"]) for one in config["options"]] == [("Booked for 27 Nov 2026", "violet")]


# --- What was done is told


def test_what_was_left_alone_is_told_with_its_reason_ten_by_name_and_the_rest_by_number(
    elm: SmallPractice, opened: Opened
) -> None:
    for number in range(12):
        elm.course(course_id=f"r{number}", cot_number=f"R{number}", days_ago=300 - number)
        elm.state(f"r{number}", status="rejected", reject_reason="cost")
    app = asked(opened, "Snooze", *range(13), statuses=ALL)
    confirm(app)
    (said,) = [one.value.replace("\\", "") for one in app.warning]
    assert said.startswith("1 opportunity of 1 patient snoozed until 1 Dec 2026.")
    assert "12 were left alone:" in said
    assert "- Okafor, Ngozi, COT R0: it is rejected; restore it first." in said
    assert said.count("restore it first") == 10
    assert said.endswith("- and 2 more")


def test_the_message_stays_until_the_next_action_or_until_it_is_closed(elm: SmallPractice, opened: Opened) -> None:
    app = asked(opened, "Snooze", 0)
    confirm(app)
    app.selectbox(key="sort").set_value("Patient, A to Z").run()
    assert "snoozed until 1 Dec 2026." in read(app)
    tick(app, 0)
    act(app, "Note")
    assert "snoozed until 1 Dec 2026." not in read(app)
    app.text_area[0].set_value("Hello").run()
    confirm(app)
    assert "1 opportunity of 1 patient noted." in read(app)
    press(app, "Close")
    assert "noted." not in read(app)


def test_undo_takes_back_once_and_says_so(elm: SmallPractice, opened: Opened) -> None:
    app = asked(opened, "Reject", 0, 2)
    app.radio[0].set_value("cost").run()
    confirm(app)
    assert listed(app) == ["B"]
    undo = button(app, "Undo")
    undo.click().run()
    assert listed(app) == ["A", "B", "C"]
    assert "2 opportunities of 2 patients as before." in read(app)
    assert not [one for one in app.button if one.label == "Undo"]
    undo.click().run()  # the button of before, as a second click finds it
    assert not app.exception
    assert len(events(elm.store, "undone")) == 2


def test_undo_leaves_alone_what_was_changed_again_since(elm: SmallPractice, opened: Opened) -> None:
    app = asked(opened, "Snooze", 0, 2)
    confirm(app)
    meanwhile(elm, "a", care.snooze, until=TODAY + timedelta(days=60))
    press(app, "Undo")
    told = read(app)
    assert "1 opportunity of 1 patient as before." in told
    assert "Okafor, Ngozi, COT A: it was changed again since." in told
    assert states(elm)["a"]["snoozed_until"] == TODAY + timedelta(days=60)


# --- Once, and on what was seen


@pytest.mark.parametrize("label", ["Note", "Log a call", "Booked"])
def test_a_second_click_does_it_once(elm: SmallPractice, opened: Opened, label: str) -> None:
    app = asked(opened, label, 0)
    if label == "Log a call":
        app.radio[0].set_value("no answer").run()
    if label == "Note":
        app.text_area[0].set_value("Once.").run()
    if label == "Booked":
        field(app, "Day of the visit").set_value(TODAY).run()
    first = app.button(key="action_do")
    first.click().run()
    first.click().run()  # the button of before, which the browser still shows when a second click comes
    assert not app.exception
    assert len(events(elm.store, "noted", "attempted", "booked")) == 1


@pytest.mark.usefixtures("elm")
def test_a_dialog_is_about_what_was_ticked_when_it_opened(elm: SmallPractice, opened: Opened) -> None:
    app = asked(opened, "Snooze", 0)
    elm.course(course_id="older", cot_number="older", days_ago=200)
    confirm(app)
    assert set(states(elm)) == {"a"}
    assert listed(app) == ["older", "B", "C"]


def test_what_somebody_changed_meanwhile_is_left_alone_and_the_page_says_who_did_what(
    elm: SmallPractice, opened: Opened
) -> None:
    app = asked(opened, "Snooze", 0, 2)
    meanwhile(elm, "a", care.reject, reason="cost")
    confirm(app)
    told = read(app)
    assert "1 opportunity of 1 patient snoozed until 1 Dec 2026." in told
    assert (
        "- Okafor, Ngozi, COT A: Chloe rejected it on 24 Nov 2026 at 09:00, after you saw it; it is rejected now."
        in told
    )
    assert states(elm)["a"]["status"] == "rejected"
    assert listed(app) == ["B"]


def test_a_note_is_kept_although_the_row_was_changed_meanwhile(elm: SmallPractice, opened: Opened) -> None:
    app = asked(opened, "Note", 0)
    app.text_area[0].set_value("Rang back.").run()
    meanwhile(elm, "a", care.reject, reason="cost")
    confirm(app)
    assert "1 opportunity of 1 patient noted." in read(app)


# --- A session that ended


@pytest.mark.parametrize(("label", "kind"), [("Snooze", "text_input"), ("Note", "text_area")])
def test_a_session_that_ended_in_a_dialog_does_nothing_and_keeps_what_was_typed(
    elm: SmallPractice, opened: Opened, label: str, kind: str
) -> None:
    app = asked(opened, label, 0)
    key = app.session_state["dialog"].about.key("note")
    getattr(app, kind)(key=key).set_value("Half a sentence").run()
    token = session.token()
    seen = "update sessions set seen_at = seen_at {} interval 3 hour"
    with elm.store.transaction() as tx:
        tx._cursor.execute(seen.format("-")).fetchall()
    app.button(key="action_do").click().run()
    assert not app.exception
    assert app.subheader[0].value == "Are you still there?"
    assert not app.dataframe
    assert states(elm) == {}
    with elm.store.transaction() as tx:
        tx._cursor.execute(seen.format("+")).fetchall()
    assert session.token() == token
    app.run()
    assert "Your session had ended, so nothing was done. What you typed is still here." in read(app)
    assert getattr(app, kind)(key=key).value == "Half a sentence"
    confirm(app)
    assert len(events(elm.store, "snoozed", "noted")) == 1


# --- What the list shows of it


def test_a_patient_contacted_about_another_course_is_left_in_peace_and_the_row_says_so(
    elm: SmallPractice, opened: Opened
) -> None:
    meanwhile(elm, "a", care.attempt, "spoke")
    app = opened()
    assert column(app, "status") == [["Contacted"], ["Open", "Patient contacted 24 Nov"], ["Open"]]
    assert column(app, "reason") == [
        "No appointment",
        "No appointment; patient contacted on 24 Nov 2026 about another course, due again from 1 Dec 2026",
        "No appointment",
    ]


def test_the_patient_who_is_clicked_on_shows_the_last_notes(elm: SmallPractice, opened: Opened) -> None:
    meanwhile(elm, "a", care.attempt, "left message", note="On her voicemail.")
    app = opened()
    assert column(app, "last_note")[0] == "24 Nov 2026, Chloe: Rang: left a message: On her voicemail."
    tick(app, cell=(0, "status"))
    assert "On her voicemail." in read(app)

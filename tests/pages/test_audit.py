"""The audit on screen: newest first, in words, filtered, paged, and taken out as a file that is itself in it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from queries.store import Store
from services import audit, history, people, practices
from services.actors import Role
from services.audit import Filters
from services.people import Details
from tests.pages.conftest import own_password, signed_in_as
from tests.pages.screen import field, open_page, press, read
from tests.practice import BY, NOW, SYSTEM, SmallPractice


def note(practice: SmallPractice, *notes: str, **facts: Any) -> None:
    """Add a line of history for each note."""
    with practice.store.transaction() as tx:
        for one in notes:
            history.record(tx, "noted", **{"by": BY, "now": NOW, "practice_id": practice.id, **facts}, note=one)


def details(app: AppTest) -> list[str]:
    """The details of the lines that are shown."""
    return list(app.dataframe[0].value["details"]) if app.dataframe else []


def test_the_newest_is_first_and_told_in_words(practice):
    note(practice, "One", "Two")
    note(practice, "Before", now=NOW - timedelta(seconds=1))
    app = open_page("audit.py")
    field(app, "Who").set_value([BY]).run()
    rows = app.dataframe[0].value
    assert list(rows["what"]) == ["Wrote a note"] * 3
    assert details(app) == ["Two", "One", "Before"]
    assert [str(when) for when in rows["when"][1:]] == ["2026-11-24 09:00:00", "2026-11-24 08:59:59"]
    assert "practice" not in rows.columns
    assert "nobody can change or remove a line" in read(app)


def test_signing_in_and_looking_at_a_patient_are_in_it(store, practice):
    history.note_view(store, practice.id, "okafor", by="manager", now=NOW)
    rows = open_page("audit.py").dataframe[0].value
    told = list(zip(rows["who"], rows["what"], rows["patient"], strict=True))
    assert ("Practice manager", "Looked at a patient", "Okafor, Ngozi") in told
    assert ("Practice manager", "Signed in") in [line[:2] for line in told]


def test_filters_narrow_it_and_are_taken_off_together(practice):
    note(practice, "One", now=NOW - timedelta(days=1))
    note(practice, "Two")
    app = open_page("audit.py")
    field(app, "What").set_value(["noted"]).run()
    assert details(app) == ["Two", "One"]
    field(app, "Search").set_value("one").run()
    assert details(app) == ["One"]
    field(app, "From").set_value(date(2026, 11, 24)).run()
    assert "Nothing in the audit passes these filters." in read(app)
    assert not app.dataframe
    press(app, "Clear all filters")
    assert {"Two", "One"} <= set(details(app))


def test_who_is_chosen_among_the_people_of_the_practice(practice):
    note(practice, "One")
    note(practice, "Two", by="manager")
    app = open_page("audit.py")
    assert field(app, "Who").options == [
        "Amara Nwosu",
        "Practice manager",
        "The first start",
        "The patient",
        "The system",
    ]
    field(app, "Who").set_value([BY]).run()
    assert details(app) == ["One"]


def test_days_the_wrong_way_round_are_refused_in_words(practice):
    app = open_page("audit.py")
    field(app, "From").set_value(date(2026, 11, 24))
    field(app, "To").set_value(date(2026, 11, 23)).run()
    assert "The first day is after the last one" in read(app)


def test_nothing_that_is_asked_for_is_kept_in_the_address(practice):
    app = open_page("audit.py")
    field(app, "Search").set_value("okafor").run()
    field(app, "Who").set_value([BY]).run()
    assert not app.query_params


def test_a_long_audit_is_shown_in_pages_of_200(practice):
    note(practice, *(f"N{number}" for number in range(201)))
    app = open_page("audit.py")
    field(app, "What").set_value(["noted"]).run()
    assert (len(details(app)), details(app)[0]) == (200, "N200")
    assert "201 lines." in read(app)
    (pages,) = app.get("pagination")
    app.session_state[str(pages.proto.id).split("-", 2)[2]] = 2
    app.run()
    assert details(app) == ["N0"]


def test_two_practices_have_a_column_and_the_switch_narrows_to_one(practice):
    other = SmallPractice(practice.store, "Mill Lane")
    note(practice, "One")
    note(other, "Two")
    app = open_page("audit.py")
    assert {"Elm Road", "Mill Lane"} <= set(app.dataframe[0].value["practice"])
    app = open_page("audit.py", practice="Mill Lane")
    assert "Two" in details(app)
    assert "One" not in details(app)


def test_taking_it_out_is_in_it_at_once(store, practice):
    note(practice, "One")
    app = open_page("audit.py")
    assert [one.label for one in app.get("download_button")] == ["CSV", "XLSX"]
    audit.export(store, practices.all_practices(store), Filters(), actor=SYSTEM, now=NOW)
    app.run()
    field(app, "What").set_value(["exported"]).run()
    (told,) = details(app)
    assert told.startswith("Audit, ")


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.READ_ONLY])
def test_whom_it_is_not_for_sees_nothing_of_it(store: Store, practice, monkeypatch, role):
    new = Details("Joan Mills", "joan@example.com", role, {practice.id: None})
    joan, _ = people.add(store, new, actor=SYSTEM, now=NOW)
    own_password(store, joan)
    signed_in_as(monkeypatch, store, joan)
    app = open_page("audit.py")
    assert f"This page is not for the role {role}." in read(app)
    assert not app.dataframe

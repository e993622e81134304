"""The page Clean-up: what is wrong in the chart, by provider, a clinician's own first."""

from __future__ import annotations

import polars as pl
import pytest

from services import care, opportunities, practices, timeline
from services.actions import Chosen
from services.actors import Role
from services.opportunities import Filters
from services.store import Store
from tests.pages.conftest import signed_in_as
from tests.pages.screen import button, open_page, press, read
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice
from tests.staff import person

WRONG = Filters(statuses=("rejected",), reject_reasons=("wrong in chart",))


@pytest.fixture
def practice(store: Store, monkeypatch: pytest.MonkeyPatch) -> SmallPractice:
    """Two providers, and one opportunity of each that Amara rejected as wrong in the chart."""
    practice = SmallPractice(store)
    practice.add("providers", "eve", name="Eve Young", initials="EY")
    amara = person(store, "amara", practice.id)
    for number, provider in enumerate(("ben", "eve")):
        practice.add("patients", provider, first_name="Ada", last_name=f"Of {provider.title()}")
        course = practice.course(patient=provider, provider_id=provider, cot_number=str(40 + number))
        care.reject(
            store,
            [Chosen(practice.id, course, 0)],
            reason="wrong in chart",
            note=f"Planned twice for {provider}.",
            actor=amara,
            now=NOW,
            today=TODAY,
            action_id=provider,
        )
    person(store, "clinician", practice.id, role=Role.CLINICIAN, provider="eve")
    signed_in_as(monkeypatch, store, "clinician")
    return practice


@pytest.mark.usefixtures("practice")
def test_a_clinicians_own_come_first_with_who_said_what():
    app = open_page("clean_up.py")
    assert [one.value.replace("\\", "") for one in app.subheader] == ["EY – Eve Young (1)", "BA – Ben Adeyemi (1)"]
    assert "Rejected by Amara on 24 Nov 2026: Planned twice for eve." in read(app)


def test_what_was_right_after_all_is_restored_and_leaves_the_page(practice):
    app = open_page("clean_up.py")
    next(one for one in app.button if one.label == "Restore").click().run()
    next(one for one in app.text_input if one.label == "Note, if any").set_value("It was right.")
    press(app, "Restore")
    assert "1 opportunity of 1 patient restored." in read(app)
    assert [one.value.replace("\\", "") for one in app.subheader] == ["BA – Ben Adeyemi (1)"]
    (elm,) = practices.all_practices(practice.store)
    newest = timeline.of_patient(practice.store, elm, "eve", actor=SYSTEM)[0]
    assert (newest.what, newest.note) == ("Restored to the list", "It was right.")


def test_it_leaves_by_itself_when_the_chart_is_tidied(practice):
    row = opportunities.worklist(
        practice.store, practices.all_practices(practice.store), WRONG, actor=SYSTEM, today=TODAY
    ).rows.filter(pl.col("provider") == "EY")
    id_, number = row["course_id"][0], row["cot_number"][0]
    practice.course(course_id=id_, patient="eve", provider_id="eve", cot_number=number, is_deleted=True)
    app = open_page("clean_up.py")
    assert [one.value.replace("\\", "") for one in app.subheader] == ["BA – Ben Adeyemi (1)"]


def test_nothing_to_clean_up_says_how_a_row_comes_here(store):
    SmallPractice(store)
    app = open_page("clean_up.py")
    assert "Nothing to clean up" in read(app)
    assert not [one for one in app.button if one.label == "Restore"]


def test_a_note_can_be_written_there(practice):
    app = open_page("clean_up.py")
    next(one for one in app.button if one.label == "Note").click().run()
    app.text_area[0].set_value("Asked Eve.").run()
    button(app, "Keep the note").click().run()
    assert not app.exception
    assert "Last note: 24 Nov 2026, Clinician: Asked Eve." in read(app)
    assert "Rejected by Amara on 24 Nov 2026: Planned twice for eve." in read(app)


def test_a_long_queue_goes_by_pages(practice):
    courses = [practice.course(cot_number=f"x{number}") for number in range(50)]
    for course in courses:
        practice.state(course, status="rejected", reject_reason="wrong in chart")
    app = open_page("clean_up.py")
    assert [one.value.replace("\\", "") for one in app.subheader] == ["EY – Eve Young (1)", "BA – Ben Adeyemi (51)"]
    assert len([one for one in app.button if one.label == "Restore"]) == 50

"""The timeline of a patient: everything that was done, in words, newest first, and what may be taken back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from services import care, history, opportunities, practices, timeline
from services.actions import Chosen
from services.actors import Actor
from services.opportunities import Filters
from services.practices import Practice
from services.timeline import Entry
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice
from tests.staff import person


@pytest.fixture
def elm(practice: SmallPractice) -> Practice:
    """The practice as the pages hand it to the services."""
    return practices.all_practices(practice.store)[0]


@pytest.fixture
def amara(practice: SmallPractice) -> Actor:
    """Amara at reception."""
    return person(practice.store, "amara", practice.id)


def told(practice: SmallPractice, elm: Practice, patient: str = "okafor") -> list[Entry]:
    """The timeline of Mrs Okafor, or of another patient."""
    return timeline.of_patient(practice.store, elm, patient, actor=SYSTEM)


def do(
    practice: SmallPractice, who: Actor, service: object, course: str, *args: object, minutes: int = 0, **given: object
) -> str:
    """Press a button about a course as it is now, and return the id of the action."""
    everything = Filters(statuses=("open", "contacted", "snoozed", "booked", "rejected"))
    own = practices.of(practice.store, who)
    rows = opportunities.worklist(practice.store, own, everything, actor=who, today=TODAY).rows
    version = rows.filter(opportunity_id=course)["version"][0]
    action_id = f"{service.__name__} {minutes}"  # type: ignore[attr-defined]
    now = NOW + timedelta(minutes=minutes)
    service(  # type: ignore[operator]
        practice.store,
        [Chosen(practice.id, course, version)],
        *args,
        actor=who,
        now=now,
        today=TODAY,
        action_id=action_id,
        **given,
    )
    return action_id


def test_each_thing_that_was_done_is_one_line_in_words_newest_first(practice, elm, amara):
    course = practice.course(cot_number="41")
    do(practice, amara, care.assign, course, ["amara"], minutes=1)
    do(practice, amara, care.note, course, "Works nights.", minutes=2)
    do(practice, amara, care.attempt, course, "left message", minutes=3, note="With her partner.")
    do(practice, amara, care.snooze, course, minutes=4, until=TODAY + timedelta(days=7), reason="away")
    do(practice, amara, care.restore, course, minutes=5)
    do(practice, amara, care.book, course, minutes=6, visit_on=TODAY + timedelta(days=9))
    do(practice, amara, care.reject, course, minutes=7, reason="cost")
    assert [(one.what, one.note) for one in told(practice, elm)] == [
        ("Rejected: cost", None),
        ("Booked for 3 Dec 2026", None),
        ("Restored to the list", None),
        ("Snoozed until 1 Dec 2026: away", None),
        ("Rang: left a message", "With her partner."),
        ("Note", "Works nights."),
        ("Assigned to Amara", None),
    ]
    assert {(one.who, one.cot_numbers) for one in told(practice, elm)} == {("Amara", ("41",))}


def test_the_time_is_the_practices(practice, elm, amara):
    course = practice.course()
    care.note(
        practice.store,
        [Chosen(practice.id, course, 0)],
        "In summer.",
        actor=amara,
        now=datetime.fromisoformat("2026-07-01T12:00+00:00"),
        today=TODAY,
        action_id="x",
    )
    assert told(practice, elm)[0].happened_at == datetime(2026, 7, 1, 13, 0)


def test_one_action_about_two_courses_is_one_line(practice, elm, amara):
    courses = [practice.course(cot_number=number) for number in ("41", "42")]
    chosen = [Chosen(practice.id, course, 0) for course in courses]
    care.attempt(practice.store, chosen, "spoke", actor=amara, now=NOW, today=TODAY, action_id="x")
    (entry,) = told(practice, elm)
    assert (entry.what, sorted(entry.cot_numbers)) == ("Rang: spoke", ["41", "42"])


def test_what_was_undone_is_marked_and_can_be_undone_no_more(practice, elm, amara):
    course = practice.course()
    action_id = do(practice, amara, care.reject, course, reason="cost")
    assert told(practice, elm)[0].is_undoable
    now = NOW + timedelta(minutes=1)
    care.undo(practice.store, [practice.id], action_id, actor=amara, now=now, today=TODAY, action_id="undo")
    undone, rejected = told(practice, elm)
    assert (undone.what, undone.is_undoable) == ("Undone: rejection", False)
    assert (rejected.is_undone, rejected.is_undoable) == (True, False)


def test_that_somebody_looked_is_no_part_of_it_nor_are_others(practice, elm, amara):
    practice.add("patients", "other")
    do(practice, amara, care.note, practice.course(patient="other"), "Not hers.")
    history.note_view(practice.store, practice.id, "okafor", by="amara", now=NOW)
    assert told(practice, elm) == []


@pytest.mark.parametrize(("most", "shown"), [(1, ["Second."]), (3, ["Second.", "First."])])
def test_the_last_words_are_the_latest_that_were_not_taken_back(practice, elm, amara, most, shown):
    course = practice.course()
    for minutes, text in enumerate(("First.", "Second.", "Third.")):
        last = do(practice, amara, care.note, course, text, minutes=minutes)
    now = NOW + timedelta(minutes=9)
    care.undo(practice.store, [practice.id], last, actor=amara, now=now, today=TODAY, action_id="undo")
    assert [one.note for one in timeline.last_words(told(practice, elm), most)] == shown


def test_rows_of_the_list_are_given_their_last_note(practice, elm, amara):
    course, silent = practice.course(), practice.course()
    do(practice, amara, care.note, course, "Works nights.", minutes=1)
    do(practice, amara, care.attempt, course, "left message", minutes=2, note="With her partner.")
    rows = opportunities.worklist(practice.store, [elm], Filters(), actor=SYSTEM, today=TODAY).rows
    noted = timeline.with_last_notes(practice.store, [elm], rows, actor=SYSTEM)
    assert noted["opportunity_id"].to_list() == rows["opportunity_id"].to_list()
    assert dict(noted.select("opportunity_id", "last_note").iter_rows()) == {
        course: "24 Nov 2026, Amara: Rang: left a message: With her partner.",
        silent: None,
    }

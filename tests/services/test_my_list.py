"""My list: what is mine and due, by patient, in order; what is done today, and what comes back when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from queries.store import Store
from services import care, my_list, opportunities, practices
from services.actors import Actor, NotAllowed, Role
from services.my_list import Queue
from services.opportunities import Filters
from tests.practice import NOW, TODAY, SmallPractice
from tests.staff import person

AT = NOW.replace(tzinfo=None)


@pytest.fixture
def amara(practice: SmallPractice) -> Actor:
    """Amara at reception."""
    return person(practice.store, "amara", practice.id)


def due(store: Store, who: Actor, *, today: date = TODAY, **asked: Any) -> Queue:
    """Return what is somebody's and due."""
    return my_list.due(store, practices.of(store, who), actor=who, today=today, **asked)


def names(queue: Queue) -> list[str]:
    """Return who is to be rung, in order."""
    return [call.patient_id for call in queue.calls]


def mine(practice: SmallPractice, patient: str, *, pounds: int = 420, days_ago: int = 30, **state: Any) -> str:
    """Add a course that is assigned to Amara, and its patient if need be."""
    known = practice.store.frame("pms/read_patients", practice_id=practice.id)["patient_id"]
    if patient not in known:
        practice.add("patients", patient, last_name=patient.title())
    course = practice.course(patient=patient, days_ago=days_ago, item=False)
    practice.item(course, price_pence=pounds * 100)
    practice.state(course, **{"assigned_to": "amara", **state})
    return course


def test_only_what_is_mine_and_due_is_on_my_list(practice, store, amara):
    course = mine(practice, "okafor")
    mine(practice, "others", assigned_to="ben")
    mine(practice, "nobodys", assigned_to=None)
    mine(practice, "later", snoozed_until=TODAY + timedelta(days=1))
    mine(practice, "rung", last_attempt_at=AT)
    mine(practice, "no", status="rejected", reject_reason="cost")
    queue = due(store, amara)
    assert [row["opportunity_id"] for call in queue.calls for row in call.rows] == [course]
    assert (queue.totals.courses, queue.totals.patients) == (1, 1)


def test_a_patients_courses_are_one_call_and_the_worth_of_all_of_them_gives_the_order(practice, store, amara):
    mine(practice, "dear", pounds=500)
    mine(practice, "two", pounds=300, days_ago=20)
    mine(practice, "two", pounds=400, days_ago=40)
    mine(practice, "cheap", pounds=100, days_ago=300)
    queue = due(store, amara)
    assert names(queue) == ["two", "dear", "cheap"]
    assert [call.worth_pence for call in queue.calls] == [70_000, 50_000, 10_000]
    assert len(queue.calls[0].chosen) == 2
    assert queue.totals.patients == 3


def test_the_oldest_first_is_by_the_oldest_course_of_each(practice, store, amara):
    mine(practice, "dear", pounds=500, days_ago=30)
    mine(practice, "two", pounds=300, days_ago=20)
    mine(practice, "two", pounds=400, days_ago=40)
    mine(practice, "cheap", pounds=100, days_ago=300)
    assert names(due(store, amara, order="oldest")) == ["cheap", "two", "dear"]


def test_a_practice_that_is_not_mine_is_refused(practice, store, amara):
    elsewhere = SmallPractice(store, "Mill Lane")
    every = practices.all_practices(store)
    assert {one.practice_id for one in every} == {practice.id, elsewhere.id}
    with pytest.raises(NotAllowed):
        my_list.due(store, every, actor=amara, today=TODAY)


def test_who_only_reads_has_no_list(practice, store):
    reader = person(store, "rita", practice.id, role=Role.READ_ONLY)
    with pytest.raises(NotAllowed):
        due(store, reader)


def attempt(store: Store, who: Actor, queue: Queue, action_id: str = "1", outcome: str = "no answer") -> None:
    """Log a call to the first of a queue."""
    care.attempt(store, queue.calls[0].chosen, outcome, actor=who, now=NOW, today=TODAY, action_id=action_id)


def done(store: Store, who: Actor, *, today: date = TODAY) -> int:
    """Return how many patients somebody did."""
    return my_list.done_today(store, practices.of(store, who), actor=who, today=today)


def test_patients_are_done_once_today_by_me_until_it_is_taken_back(practice, store, amara):
    mine(practice, "okafor")
    mine(practice, "okafor", days_ago=31)
    grace = person(store, "grace", practice.id)
    queue = due(store, amara)
    assert done(store, amara) == 0
    attempt(store, amara, queue)
    assert (done(store, amara), done(store, grace)) == (1, 0)
    assert done(store, amara, today=TODAY + timedelta(days=1)) == 0
    assert done(store, amara, today=TODAY - timedelta(days=1)) == 0
    care.undo(store, [practice.id], "1", actor=amara, now=NOW, today=TODAY, action_id="2")
    assert done(store, amara) == 0


def test_a_note_alone_is_not_done(practice, store, amara):
    mine(practice, "okafor")
    chosen = due(store, amara).calls[0].chosen
    care.note(store, chosen, "Rings back.", actor=amara, now=NOW, today=TODAY, action_id="1")
    assert done(store, amara) == 0


@pytest.mark.parametrize(
    ("state", "days"),
    [
        ({"snoozed_until": TODAY + timedelta(days=3)}, 3),
        ({"last_attempt_at": AT, "attempts": 1}, 1),
        ({"status": "contacted", "last_contact_at": AT}, 7),
        ({"status": "contacted", "last_contact_at": AT - timedelta(days=2), "last_attempt_at": AT}, 5),
        ({"snoozed_until": TODAY + timedelta(days=3), "status": "contacted", "last_contact_at": AT}, 7),
        ({"snoozed_until": TODAY + timedelta(days=9), "status": "contacted", "last_contact_at": AT}, 9),
    ],
)
def test_what_comes_back_is_due_on_that_day_and_not_before(practice, store, amara, state, days):
    mine(practice, "okafor", **state)
    (found,) = my_list.coming_back(store, practices.of(store, amara), actor=amara, today=TODAY)
    assert found == (TODAY + timedelta(days=days), 1)
    assert names(due(store, amara, today=found[0] - timedelta(days=1))) == []
    assert names(due(store, amara, today=found[0])) == ["okafor"]


def test_a_patient_contacted_about_another_course_comes_back_when_left_in_peace_long_enough(practice, store, amara):
    mine(practice, "okafor")
    practice.state(practice.course(), status="contacted", last_contact_at=AT - timedelta(days=1))
    (found,) = my_list.coming_back(store, practices.of(store, amara), actor=amara, today=TODAY)
    assert found == (TODAY + timedelta(days=6), 1)
    assert names(due(store, amara, today=found[0] - timedelta(days=1))) == []
    assert names(due(store, amara, today=found[0])) == ["okafor"]


def test_a_patient_comes_back_once_with_the_first_of_their_courses(practice, store, amara):
    mine(practice, "okafor", snoozed_until=TODAY + timedelta(days=9))
    mine(practice, "okafor", snoozed_until=TODAY + timedelta(days=4))
    mine(practice, "ade", snoozed_until=TODAY + timedelta(days=4))
    coming = my_list.coming_back(store, practices.of(store, amara), actor=amara, today=TODAY)
    assert coming == [(TODAY + timedelta(days=4), 2)]


def test_the_mark_changes_with_everything_that_may_change_the_list_and_with_nothing_else(practice, store, amara):
    def mark(today: date = TODAY) -> my_list.Mark:
        return my_list.mark(store, practices.of(store, amara), actor=amara, today=today)

    marks = [mark()]
    assert mark() == marks[0]
    course = practice.course()
    marks.append(mark())
    rows = opportunities.worklist(
        store, practices.of(store, amara), Filters(), actor=amara, today=TODAY
    ).rows.to_dicts()
    chosen = [my_list.Chosen(practice.id, course, rows[0]["version"])]
    care.assign(store, chosen, ["amara"], actor=amara, now=NOW, today=TODAY, action_id="1")
    marks += [mark(), mark(TODAY + timedelta(days=1))]
    assert len(set(marks)) == 4


def test_who_is_on_the_screen_is_found_again_whatever_became_of_them(practice, store, amara):
    course = mine(practice, "okafor")
    practice.course()
    here = practices.of(store, amara)[0]
    practice.state(course, assigned_to="ben", status="rejected", reject_reason="cost")
    found = my_list.again(store, here, "okafor", [course], actor=amara, today=TODAY)
    assert found is not None
    assert [(row["opportunity_id"], row["status"]) for row in found.rows] == [(course, "rejected")]
    assert my_list.again(store, here, "okafor", ["gone"], actor=amara, today=TODAY) is None

"""What people do about opportunities, on what they saw, with its events; and back again."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from queries import people as people_queries
from queries.store import Store
from services import care, opportunities, practices, reject_reasons
from services.actions import Chosen, Outcome
from services.actors import Actor, Role
from services.errors import InvalidRequest
from services.opportunities import Filters
from services.words import STATUSES
from tests.practice import NOW, TODAY, SmallPractice
from tests.staff import person

EVERYTHING = Filters(statuses=tuple(STATUSES))
AT = NOW.replace(tzinfo=None)


class Desk:
    """One person working the list of a small practice; what they see and do, a line each."""

    def __init__(self, practice: SmallPractice, who: Actor) -> None:
        self.practice, self.who, self.presses = practice, who, 0

    def sees(self, *, today: date = TODAY, filters: Filters = EVERYTHING) -> dict[str, dict[str, Any]]:
        """The rows of the list by opportunity."""
        store = self.practice.store
        rows = opportunities.worklist(store, practices.of(store, self.who), filters, actor=self.who, today=today).rows
        return {row["opportunity_id"]: row for row in rows.to_dicts()}

    def ticks(self, *opportunity_ids: str, today: date = TODAY) -> list[Chosen]:
        """The rows as they are on the screen now."""
        seen = self.sees(today=today)
        return [Chosen(self.practice.id, one, seen[one]["version"]) for one in opportunity_ids]

    def does(
        self, service: Any, chosen: list[Chosen], *args: Any, action_id: str | None = None, **given: Any
    ) -> Outcome:
        """Press a button."""
        self.presses += 1
        given = {"now": NOW, "today": TODAY, "action_id": action_id or f"{self.who.user_id} {self.presses}", **given}
        outcome: Outcome = service(self.practice.store, chosen, *args, actor=self.who, **given)
        return outcome

    def undoes(self, outcome: Outcome, **given: Any) -> Outcome:
        """Press Undo after an action."""
        self.presses += 1
        given = {"now": NOW, "today": TODAY, "action_id": f"{self.who.user_id} {self.presses}", **given}
        return care.undo(self.practice.store, [self.practice.id], outcome.action_id, actor=self.who, **given)


@pytest.fixture
def amara(practice: SmallPractice) -> Desk:
    """Amara at reception, before the list."""
    return Desk(practice, person(practice.store, "amara", practice.id))


@pytest.fixture
def chloe(practice: SmallPractice) -> Desk:
    """Chloe, before another screen."""
    return Desk(practice, person(practice.store, "chloe", practice.id))


def events(store: Store) -> list[dict[str, Any]]:
    """The history of opportunities, oldest first, its JSON read."""
    rows = store._connection.execute(
        "select kind, by_user, happened_at, note, before, after, patient_id, undoes "
        "from events where opportunity_id is not null order by event_id"
    ).fetchall()
    names = ("kind", "by_user", "happened_at", "note", "before", "after", "patient_id", "undoes")
    return [
        {
            name: json.loads(value) if name in ("before", "after") and value else value
            for name, value in zip(names, row, strict=True)
        }
        for row in rows
    ]


# --- Assign


def test_an_assigned_opportunity_shows_whose_it_is_and_says_who_did_it(practice, amara, chloe):
    course = practice.course()
    outcome = amara.does(care.assign, amara.ticks(course), ["chloe"])
    assert amara.sees()[course]["assigned_to"] == "Chloe"
    assert outcome.said == "1 opportunity of 1 patient assigned to Chloe."
    (event,) = events(practice.store)
    assert (event["kind"], event["by_user"], event["happened_at"]) == ("assigned", "amara", AT)
    assert (event["before"], event["after"]) == ({"assigned_to": None}, {"assigned_to": "chloe"})


def test_it_can_be_assigned_to_nobody_again(practice, amara):
    course = practice.course()
    amara.does(care.assign, amara.ticks(course), ["amara"])
    assert amara.does(care.assign, amara.ticks(course), []).said == "1 opportunity of 1 patient assigned to nobody."
    assert amara.sees()[course]["assigned_to"] is None


def test_shared_out_over_several_everybody_gets_as_many_and_a_patient_stays_with_one(practice, amara, chloe):
    for name in ("a", "b", "c", "d"):
        practice.add("patients", name)
    courses = [practice.course(patient=name) for name in ("a", "b", "c", "d")]
    second = practice.course(patient="a")
    outcome = amara.does(care.assign, amara.ticks(*courses, second), ["amara", "chloe"])
    seen = amara.sees()
    assert seen[courses[0]]["assignee_id"] == seen[second]["assignee_id"]
    shares = [seen[course]["assignee_id"] for course in courses]
    assert (shares.count("amara"), shares.count("chloe")) == (2, 2)
    assert outcome.said == "5 opportunities of 4 patients assigned to Amara and Chloe."
    patients = [(practice.id, name) for name in ("a", "b", "c", "d", "a")]
    assert care.shared_out(patients, ["amara", "chloe"]) == [*shares, seen[second]["assignee_id"]]


def test_what_is_assigned_so_already_is_left_alone(practice, amara):
    course = practice.course()
    amara.does(care.assign, amara.ticks(course), ["amara"])
    outcome = amara.does(care.assign, amara.ticks(course), ["amara"])
    assert (outcome.said, str(outcome.left[0])) == (
        "Nothing was done.",
        "Okafor, Ngozi, COT 1: it is assigned to Amara already.",
    )


@pytest.mark.parametrize("who", ["left", "reader", "elsewhere", "nobody at all"])
def test_nobody_is_assigned_who_could_not_work_it(practice, amara, store, who):
    person(store, "left", practice.id, is_active=False)
    person(store, "reader", practice.id, role=Role.READ_ONLY)
    person(store, "elsewhere", SmallPractice(store, "Oak Lane").id)
    here = [one for one in practices.of(store, amara.who) if one.practice_id == practice.id]
    assert list(care.assignable(store, here, actor=amara.who)) == ["amara"]
    with pytest.raises(InvalidRequest, match="Nothing was assigned"):
        amara.does(care.assign, amara.ticks(practice.course()), ["amara", who])
    assert events(store) == []


# --- Snooze


@pytest.mark.parametrize(("days_later", "status"), [(0, "snoozed"), (6, "snoozed"), (7, "contacted"), (8, "contacted")])
def test_a_snoozed_one_comes_back_by_itself_on_the_date_with_the_status_it_had(practice, amara, days_later, status):
    course = practice.course()
    practice.state(course, status="contacted")
    amara.does(care.snooze, amara.ticks(course), until=TODAY + timedelta(days=7), reason="  away ")
    assert amara.sees(today=TODAY + timedelta(days=days_later))[course]["status"] == status
    (event,) = events(practice.store)
    assert event["after"] == {"snoozed_until": "2026-12-01", "snooze_reason": "away"}


@pytest.mark.parametrize("until", [TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=731)])
def test_a_snooze_ends_after_today_and_not_years_ahead(practice, amara, until):
    course = practice.course()
    with pytest.raises(InvalidRequest, match="Nothing was changed"):
        amara.does(care.snooze, amara.ticks(course), until=until)
    assert amara.sees()[course]["status"] == "open"


def test_a_rejected_one_is_not_snoozed(practice, amara):
    course = practice.course()
    practice.state(course, status="rejected", reject_reason="cost")
    outcome = amara.does(care.snooze, amara.ticks(course), until=TODAY + timedelta(days=1))
    assert outcome.left[0].why == "it is rejected; restore it first."


# --- Reject


def test_a_rejected_one_is_hidden_not_deleted_and_its_course_untouched(practice, amara):
    course = practice.course()
    before = practice.store.frame("pms/read_courses", practice_id=practice.id)
    outcome = amara.does(care.reject, amara.ticks(course), reason="cost", note="Too dear at the moment.")
    assert outcome.said == "1 opportunity of 1 patient rejected: cost."
    assert amara.sees(filters=Filters()) == {}
    assert amara.sees()[course]["reject_reason"] == "cost"
    assert practice.store.frame("pms/read_courses", practice_id=practice.id).equals(before)
    assert events(practice.store)[0]["note"] == "Too dear at the moment."


@pytest.mark.parametrize(("reason", "note"), [("because", None), ("inactive in chart", None), ("other", "  ")])
def test_a_rejection_has_one_of_the_practices_reasons(practice, amara, reason, note):
    with pytest.raises(InvalidRequest, match="Nothing was rejected"):
        amara.does(care.reject, amara.ticks(practice.course()), reason=reason, note=note)


def test_a_practice_rejects_for_its_own_reasons(practice, amara, store):
    tom = person(store, "tom", practice.id, role=Role.MANAGER)
    (own,) = practices.of(store, tom)
    reasons = ["Gone Abroad", "other", "wrong in chart"]
    reject_reasons.change(store, own, reasons, seen=reject_reasons.STANDARD, actor=tom, now=NOW)
    course = practice.course()
    with pytest.raises(InvalidRequest):
        amara.does(care.reject, amara.ticks(course), reason="cost")
    amara.does(care.reject, amara.ticks(course), reason="gone abroad")
    assert amara.sees()[course]["reject_reason"] == "gone abroad"


# --- Note, attempt, booked


def test_a_note_goes_to_each_and_changes_nothing_else(practice, amara):
    courses = [practice.course(), practice.course()]
    chosen = amara.ticks(*courses)
    assert amara.does(care.note, chosen, " Works nights. ").said == "2 opportunities of 1 patient noted."
    assert amara.ticks(*courses) == chosen
    assert [event["note"] for event in events(practice.store)] == ["Works nights."] * 2


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 2_001])
def test_an_empty_or_endless_note_is_refused(practice, amara, text):
    with pytest.raises(InvalidRequest, match="Nothing was kept"):
        amara.does(care.note, amara.ticks(practice.course()), text)


@pytest.mark.parametrize(
    ("outcome", "status", "contact"),
    [
        ("spoke", "contacted", AT),
        ("left message", "contacted", AT),
        ("no answer", "open", None),
        ("wrong number", "open", None),
    ],
)
def test_only_who_was_spoken_to_or_left_a_message_was_contacted(practice, amara, outcome, status, contact):
    course = practice.course()
    amara.does(care.attempt, amara.ticks(course), outcome)
    row = amara.sees()[course]
    assert (row["status"], row["last_contact_at"], row["attempts"]) == (status, contact, 1)


def test_a_call_about_a_rejected_one_is_kept_and_leaves_it_rejected(practice, amara):
    course = practice.course()
    practice.state(course, status="rejected", reject_reason="cost")
    amara.does(care.attempt, amara.ticks(course), "spoke")
    row = amara.sees()[course]
    assert (row["status"], row["attempts"]) == ("rejected", 1)


@pytest.mark.parametrize(("days_later", "status"), [(0, "booked"), (3, "booked"), (4, "open")])
def test_one_told_to_be_booked_is_off_the_list_until_its_day_has_passed(practice, amara, days_later, status):
    course = practice.course()
    amara.does(care.book, amara.ticks(course), visit_on=TODAY + timedelta(days=3))
    assert amara.sees()[course]["status_text"] == "Booked for 27 Nov 2026"
    assert amara.sees(today=TODAY + timedelta(days=days_later))[course]["status"] == status


def test_a_visit_in_the_past_books_nothing(practice, amara):
    with pytest.raises(InvalidRequest):
        amara.does(care.book, amara.ticks(practice.course()), visit_on=TODAY - timedelta(days=1))


# --- Restore and undo


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ({"status": "rejected", "reject_reason": "cost"}, "open"),
        ({"status": "rejected", "reject_reason": "cost", "last_contact_at": AT}, "contacted"),
        ({"status": "contacted", "snoozed_until": TODAY + timedelta(days=9), "snooze_reason": "away"}, "contacted"),
        ({"status": "open", "booked_on": TODAY}, "open"),
    ],
)
def test_restored_it_is_on_the_list_again(practice, amara, state, status):
    course = practice.course()
    practice.state(course, **state)
    amara.does(care.restore, amara.ticks(course))
    row = amara.sees()[course]
    assert (row["status"], row["reject_reason"], row["snoozed_until"]) == (status, None, None)


def test_restoring_may_say_why(practice, amara):
    course = practice.course()
    practice.state(course, status="rejected", reject_reason="wrong in chart")
    amara.does(care.restore, amara.ticks(course), note="  It was right after all. ")
    assert [(one["kind"], one["note"]) for one in events(practice.store)] == [("restored", "It was right after all.")]


def test_there_is_nothing_to_restore_of_one_on_the_list(practice, amara):
    outcome = amara.does(care.restore, amara.ticks(practice.course()))
    assert outcome.left[0].why == "it is on the list already."


ACTIONS = {
    "assign": (care.assign, (["amara"],), {}),
    "snooze": (care.snooze, (), {"until": TODAY + timedelta(days=7), "reason": "away"}),
    "reject": (care.reject, (), {"reason": "cost"}),
    "book": (care.book, (), {"visit_on": TODAY}),
    "attempt": (care.attempt, ("spoke",), {}),
    "restore": (care.restore, (), {}),
}
BEFORE: dict[str, dict[str, Any]] = {
    "untouched": {},
    "contacted": {"status": "contacted", "last_contact_at": AT, "attempts": 2},
    "snoozed": {"status": "contacted", "snoozed_until": TODAY + timedelta(days=3), "snooze_reason": "unwell"},
    "rejected": {"status": "rejected", "reject_reason": "fear"},
}


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("action", ACTIONS)
def test_undone_it_is_as_it_was(practice, amara, action, before):
    course = practice.course()
    if BEFORE[before]:
        practice.state(course, **BEFORE[before])
    seen = amara.sees()[course]
    service, args, given = ACTIONS[action]
    outcome = amara.does(service, amara.ticks(course), *args, **given)
    if not outcome.is_undoable:
        assert outcome.left
        return
    assert amara.undoes(outcome).said == "1 opportunity of 1 patient as before."
    after = amara.sees()[course]
    assert {**after, "version": None, "attempts": after["attempts"] or None} == {
        **seen,
        "version": None,
        "is_assignee_active": after["is_assignee_active"],
        "attempts": seen["attempts"] or None,
    }


def test_undo_is_a_new_event_that_says_what_it_takes_back(practice, amara):
    course = practice.course()
    amara.undoes(amara.does(care.reject, amara.ticks(course), reason="cost"))
    rejected, undone = events(practice.store)
    assert rejected["after"] == undone["before"] == {"status": "rejected", "reject_reason": "cost"}
    assert undone["after"] == {"status": "open", "reject_reason": None, "kind": "rejected"}
    assert undone["undoes"] is not None


def test_what_was_changed_again_since_is_not_undone(practice, amara, chloe):
    first, second = practice.course(), practice.course()
    outcome = amara.does(care.assign, amara.ticks(first, second), ["amara"])
    chloe.does(care.assign, chloe.ticks(second), ["chloe"])
    undone = amara.undoes(outcome)
    assert (undone.opportunities, undone.left[0].why) == (1, "it was changed again since.")
    assert {id_: row["assignee_id"] for id_, row in amara.sees().items()} == {first: None, second: "chloe"}


def test_a_later_change_of_something_else_is_no_hindrance(practice, amara):
    course = practice.course()
    outcome = amara.does(care.snooze, amara.ticks(course), until=TODAY + timedelta(days=7))
    amara.does(care.assign, amara.ticks(course), ["amara"])
    assert amara.undoes(outcome).opportunities == 1
    assert (amara.sees()[course]["status"], amara.sees()[course]["assignee_id"]) == ("open", "amara")


def test_nothing_is_undone_twice_and_no_undo_is_undone(practice, amara):
    outcome = amara.does(care.note, amara.ticks(practice.course()), "Works nights.")
    undone = amara.undoes(outcome)
    for again in (outcome, undone):
        with pytest.raises(InvalidRequest, match="Nothing was changed"):
            amara.undoes(again)


def test_one_of_several_can_be_undone_from_its_timeline(practice, amara):
    first, second = practice.course(), practice.course()
    outcome = amara.does(care.reject, amara.ticks(first, second), reason="cost")
    amara.undoes(outcome, opportunity_ids=[second])
    assert {id_: row["status"] for id_, row in amara.sees().items()} == {first: "rejected", second: "open"}


# --- Once, and on what was seen


def test_a_second_press_of_the_same_button_does_nothing(practice, amara):
    course = practice.course()
    chosen = amara.ticks(course)
    amara.does(care.attempt, chosen, "no answer", action_id="the same")
    again = amara.does(care.attempt, chosen, "no answer", action_id="the same")
    assert (again.is_repeat, again.is_undoable, amara.sees()[course]["attempts"]) == (True, False, 1)
    assert "not done twice" in again.said


def test_what_somebody_else_changed_meanwhile_is_left_alone_and_told(practice, amara, chloe):
    mine, other = practice.course(), practice.course()
    chosen = amara.ticks(mine, other)
    chloe.does(care.reject, chloe.ticks(other), reason="fear", now=NOW + timedelta(minutes=5))
    outcome = amara.does(care.snooze, chosen, until=TODAY + timedelta(days=7), now=NOW + timedelta(minutes=6))
    assert outcome.opportunities == 1
    assert outcome.left[0].why == ("Chloe rejected it on 24 Nov 2026 at 09:05, after you saw it; it is rejected now.")
    assert amara.sees()[other]["status"] == "rejected"


def test_one_booked_meanwhile_is_left_alone_with_the_reason(practice, amara):
    course = practice.course()
    chosen = amara.ticks(course)
    practice.appointment(course, in_days=9)
    outcome = amara.does(care.snooze, chosen, until=TODAY + timedelta(days=7))
    assert outcome.left[0].why == (
        "it is no opportunity any more (Not listed: booked on 3 Dec 2026, within the 90 days looked ahead)."
    )
    assert events(practice.store) == []


def test_a_note_is_kept_although_the_row_changed_meanwhile(practice, amara, chloe):
    course = practice.course()
    chosen = amara.ticks(course)
    chloe.does(care.assign, chloe.ticks(course), ["chloe"])
    practice.appointment(course, in_days=9)
    assert amara.does(care.note, chosen, "Rang back.").opportunities == 1


def test_nothing_chosen_is_said(amara):
    with pytest.raises(InvalidRequest, match="Tick a row first"):
        amara.does(care.restore, [])


# --- Whom to leave in peace


@pytest.mark.parametrize(("days_ago", "is_due"), [(0, False), (6, False), (7, True)])
def test_a_patient_contacted_about_one_course_is_not_due_about_another_for_a_week(practice, amara, days_ago, is_due):
    called, other = practice.course(), practice.course()
    at = AT - timedelta(days=days_ago)
    practice.state(called, status="contacted", last_contact_at=at, last_attempt_at=at)
    row = amara.sees()[other]
    assert row["patient_contacted_on"] == (None if is_due else at.date())
    assert row["contact_again_on"] == (None if is_due else at.date() + timedelta(days=7))
    assert (other in amara.sees(filters=Filters(is_due=True))) is is_due
    assert (called in amara.sees(filters=Filters(is_due=True))) is is_due
    assert other in amara.sees(filters=Filters()), "it stays on the list"


def test_the_contact_counts_although_the_course_it_was_about_is_booked_now(practice, amara):
    called, other = practice.course(), practice.course()
    practice.state(called, status="contacted", last_contact_at=AT)
    practice.appointment(called, in_days=3)
    assert amara.sees()[other]["patient_contacted_on"] == TODAY


def test_another_patients_contact_is_none_of_ours(practice, amara):
    practice.add("patients", "other")
    practice.state(practice.course(patient="other"), status="contacted", last_contact_at=AT)
    course = practice.course()
    assert amara.sees()[course]["patient_contacted_on"] is None


@pytest.mark.parametrize(("days_ago", "is_due"), [(0, False), (1, True)])
def test_after_a_call_without_an_answer_it_is_due_again_the_next_day(practice, amara, days_ago, is_due):
    course = practice.course()
    practice.state(course, attempts=1, last_attempt_at=AT - timedelta(days=days_ago))
    assert (course in amara.sees(filters=Filters(is_due=True))) is is_due


@pytest.mark.parametrize("state", [{"status": "rejected"}, {"snoozed_until": date(2027, 1, 1)}, {"booked_on": TODAY}])
def test_what_is_off_the_list_is_not_due(practice, amara, state):
    course = practice.course()
    practice.state(course, **state)
    statuses = Filters(statuses=tuple(STATUSES), is_due=True)
    assert amara.sees(filters=statuses) == {}
    assert course in amara.sees(filters=Filters(statuses=tuple(STATUSES), is_due=False))


def test_the_name_of_somebody_deactivated_stays_and_says_so(practice, amara, chloe, store):
    course = practice.course()
    amara.does(care.assign, amara.ticks(course), ["chloe"])
    with store.transaction() as tx:
        people_queries.write_person(
            tx, "chloe", name="Chloe", email=None, role=Role.RECEPTION, is_active=False, by="test", now=NOW
        )
    row = amara.sees()[course]
    assert (row["assigned_to"], row["is_assignee_active"]) == ("Chloe", False)


def test_the_time_of_a_change_is_told_in_the_practices_own_time(practice, amara, chloe):
    course = practice.course()
    chosen = amara.ticks(course)
    summer = datetime.fromisoformat("2026-07-01T12:00+00:00")
    chloe.does(care.assign, chloe.ticks(course), ["chloe"], now=summer)
    outcome = amara.does(care.restore, chosen)
    assert "on 1 Jul 2026 at 13:00" in outcome.left[0].why

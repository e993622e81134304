"""Suspended pathways before their deadline, and candidates for incomplete claims with what evidences them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from queries import messages, workflow
from queries.store import Store
from services import care, history, nhs_claims
from services.actions import Chosen
from services.actors import NotAllowed, Role
from services.nhs_claims import Candidate
from tests.nhs import contracted, known
from tests.practice import BY, NOW, SYSTEM, TODAY, SmallPractice
from tests.staff import person


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """One store for all of these tests: each has a practice of its own in it."""
    store = Store(now=NOW)
    yield store
    store.close()


@pytest.fixture
def practice(store: Store) -> SmallPractice:
    """A practice with a contract."""
    return contracted(store)


def suspended(practice: SmallPractice) -> list[dict[str, Any]]:
    """The suspended pathways of the contract."""
    return nhs_claims.suspended(practice.store, known(practice), "nhs-1", actor=SYSTEM, today=TODAY).to_dicts()


def incomplete(practice: SmallPractice) -> list[Candidate]:
    """The candidates of the contract."""
    return nhs_claims.incomplete(practice.store, known(practice), "nhs-1", actor=SYSTEM, today=TODAY)


def pathway(practice: SmallPractice, **facts: Any) -> str:
    """A course of a pathway that began 120 days ago."""
    facts = {"pathway": "pathway 2", "claim_number": 1, **facts}
    return practice.course(item=False, payor_id="nhs", days_ago=120, **facts)


def left(practice: SmallPractice, *, days_ago: int = 60, **facts: Any) -> str:
    """An NHS course half of whose treatment was done so many days ago."""
    course = practice.course(item=False, days_ago=days_ago + 5, **{"payor_id": "nhs", "band": "2b", **facts})
    practice.item(course, charged_to="nhs", completed_on=TODAY - timedelta(days=days_ago))
    practice.item(course, charged_to="nhs")
    return course


def tried(
    practice: SmallPractice,
    course: str,
    *,
    days_ago: int = 1,
    kind: str = "attempted",
    note: str = "",
    message_id: str | None = None,
) -> None:
    """Somebody rang without an answer, or wrote, so many days ago."""
    after = {"outcome": "no answer"} if kind == "attempted" else {"channel": "email", "message_id": message_id}
    line = {
        "practice_id": practice.id,
        "opportunity_id": course,
        "patient_id": "okafor",
        "kind": kind,
        "by_user": BY,
        "happened_at": workflow.utc(NOW) - timedelta(days=days_ago),
        "note": note or None,
        "after": json.dumps(after),
    }
    with practice.store.transaction() as tx:
        workflow.record_events(tx, pl.DataFrame([line], schema=workflow.EVENT))


# --- Suspended pathways


def test_a_pathway_can_be_taken_up_until_three_months_after_or_the_day_the_pms_states(practice):
    august, yesterday, tomorrow = date(2026, 8, 1), TODAY - timedelta(days=1), TODAY + timedelta(days=1)
    cases = {
        "three months": (date(2026, 8, 24), None),
        "a day more": (date(2026, 8, 23), None),
        "stated": (august, TODAY),
        "stated and over": (august, yesterday),
        "to come": (tomorrow, None),
    }
    for name, (suspended_on, reopen_by) in cases.items():
        practice.add("patients", name)
        pathway(practice, course_id=name, patient=name, suspended_on=suspended_on, reopen_by=reopen_by)
    assert {row["course_id"]: row["deadline_on"] for row in suspended(practice)} == {
        "three months": TODAY,
        "stated": TODAY,
    }


def test_what_is_left_of_a_suspended_pathway_is_its_claims_from_the_last_course_on(practice):
    pathway(practice, course_id="first", completed_on=TODAY - timedelta(days=90))
    pathway(practice, course_id="second", claim_number=2, suspended_on=TODAY - timedelta(days=30))
    (row,) = suspended(practice)
    assert (row["course_id"], row["claims_left"], row["left_pence"]) == ("second", 11, 11 * 6104)
    assert row["days_left"] == (date(2027, 1, 25) - TODAY).days


def test_a_pathway_that_was_taken_up_again_is_not_suspended(practice):
    pathway(practice, suspended_on=TODAY - timedelta(days=30), completed_on=TODAY - timedelta(days=30))
    pathway(practice, claim_number=2)
    assert suspended(practice) == []
    # It may have an acceptance date of its own, and then is no part of the chain.
    pathway(practice, pathway="pathway 1", suspended_on=TODAY - timedelta(days=30))
    assert [row["pathway"] for row in suspended(practice)] == ["pathway 1"]
    again = {"payor_id": "nhs", "pathway": "pathway 1", "claim_number": 2}
    practice.course(item=False, days_ago=30, **again, is_deleted=True)
    assert len(suspended(practice)) == 1
    practice.course(item=False, days_ago=30, **again)
    assert suspended(practice) == []


def test_the_soonest_deadline_comes_first_with_the_visit_that_is_coming(practice):
    later = pathway(practice, pathway="pathway 1", suspended_on=TODAY - timedelta(days=10))
    sooner = pathway(practice, suspended_on=TODAY - timedelta(days=50))
    practice.appointment(later, in_days=3)
    assert [(row["course_id"], row["next_visit_on"]) for row in suspended(practice)] == [
        (sooner, None),
        (later, TODAY + timedelta(days=3)),
    ]


# --- Incomplete claims


def test_the_last_visit_was_eight_weeks_ago_or_more(practice):
    for days_ago in (55, 56, 57):
        tried(practice, left(practice, days_ago=days_ago, cot_number=str(days_ago)))
    assert [one.cot_number for one in incomplete(practice)] == ["57", "56"]


def test_a_later_visit_without_finished_treatment_counts_as_the_last(practice):
    course = left(practice)
    tried(practice, course)
    practice.appointment(course, in_days=-40, status="completed")
    assert incomplete(practice) == []


def test_without_a_try_since_the_last_visit_there_is_no_claim(practice):
    course = left(practice)
    tried(practice, course, days_ago=61)
    tried(practice, course, days_ago=60)
    assert incomplete(practice) == []
    tried(practice, course, days_ago=59, kind="contacted")
    assert [one.what for one in incomplete(practice)[0].tries] == ["Sent an e-mail"]


@pytest.mark.parametrize(
    ("state", "is_evidence"),
    [("queued", False), ("bounced", False), ("failed", False), ("cancelled", False), ("sent", True), ("opened", True)],
)
def test_a_message_is_evidence_once_it_left_and_unless_it_came_back(practice, state, is_evidence):
    course = left(practice)
    message_id = f"{practice.id} {state}"
    tried(practice, course, kind="contacted", message_id=message_id)
    with practice.store.transaction() as tx:
        at = workflow.utc(NOW)
        row = {"message_id": message_id, "practice_id": practice.id, "channel": "email", "kind": "service"}
        row |= {"address": "x", "body": "x", "queued_by": BY, "queued_at": at, "send_at": at, "action_id": "1"}
        row |= {"is_tracked": False}
        about = (message_id, practice.id, course, "okafor")
        messages.queue(
            tx,
            pl.DataFrame([row], schema=messages.MESSAGE),
            pl.DataFrame([about], schema=messages.ABOUT, orient="row"),
        )
        messages.settle(tx, message_id, state, now=NOW)
    assert [len(one.tries) for one in incomplete(practice)] == ([1] if is_evidence else [])


def test_what_is_all_done_is_to_be_completed_and_not_claimed_as_incomplete(practice):
    course = practice.course(item=False, days_ago=70, payor_id="nhs", band="2b")
    practice.item(course, charged_to="nhs", completed_on=TODAY - timedelta(days=60))
    practice.item(course, charged_to="private")
    tried(practice, course)
    assert incomplete(practice) == []


def test_a_call_that_was_taken_back_is_no_evidence(practice):
    course = left(practice)
    call = {"actor": SYSTEM, "now": NOW, "today": TODAY}
    care.attempt(practice.store, [Chosen(practice.id, course, 0)], "spoke", note="No time", action_id="1", **call)
    (found,) = incomplete(practice)
    assert [(one.what, one.note) for one in found.tries] == [("Rang: spoke", "No time")]
    care.undo(practice.store, [practice.id], "1", action_id="2", **call)
    assert incomplete(practice) == []


def test_only_begun_nhs_courses_of_the_contract_that_are_open_can_be_claimed(practice):
    others: list[dict[str, Any]] = [
        {"completed_on": TODAY},
        {"is_deleted": True},
        {"absent_since": TODAY},
        {"payor_id": "private"},
        {"pathway": "pathway 1", "claim_number": 1},
        {"contract_id": "another"},
    ]
    for facts in others:
        tried(practice, left(practice, **facts))
    tried(practice, practice.course(item=False, payor_id="nhs", band="2b", days_ago=90))
    assert incomplete(practice) == []
    tried(practice, left(practice))
    assert len(incomplete(practice)) == 1


def test_a_day_on_which_it_was_started_stands_for_the_visit_where_there_is_no_other(practice):
    started = TODAY - timedelta(days=70)
    tried(practice, practice.course(item=False, payor_id="nhs", band="2b", days_ago=90, started_on=started))
    assert [one.last_visit_on for one in incomplete(practice)] == [started]


def test_who_is_booked_has_not_failed_to_return(practice):
    for booking in ("linked", "told", "cancelled", "unlinked"):
        tried(practice, left(practice, course_id=booking, cot_number=booking))
    practice.state("told", booked_on=TODAY)
    practice.appointment("linked", in_days=20)
    practice.appointment("cancelled", in_days=20, status="cancelled")
    practice.appointment(None, in_days=20)
    assert sorted(one.cot_number for one in incomplete(practice)) == ["cancelled", "unlinked"]


def test_the_list_to_print_holds_the_log_as_it_was_typed_and_is_recorded(practice, store):
    course = left(practice, cot_number="77")
    tried(practice, course, days_ago=2, note="<b>Voicemail</b> & text")
    own = known(practice)
    page = nhs_claims.printed(store, own, "nhs-1", actor=SYSTEM, now=NOW, today=TODAY).decode()
    assert "Okafor, Ngozi, COT 77" in page
    assert "Band 2b, 5 UDAs · opened 20 Sep 2026 · last visit 25 Sep 2026 · 1 of 2 items done" in page
    assert "22 Nov 2026, 09:00" in page
    assert "&lt;b&gt;Voicemail&lt;/b&gt; &amp; text" in page
    assert "http" not in page
    (event,) = history.search(store, [own], actor=SYSTEM, kinds=["exported"]).to_dicts()
    assert (event["by_user"], event["note"]) == (SYSTEM.user_id, "1 courses that may be claimed as incomplete")


def test_reception_may_see_them_and_not_take_them_out(practice, store):
    reception = person(store, "chloe", practice.id, role=Role.RECEPTION)
    own = known(practice)
    assert nhs_claims.incomplete(store, own, "nhs-1", actor=reception, today=TODAY) == []
    with pytest.raises(NotAllowed):
        nhs_claims.printed(store, own, "nhs-1", actor=reception, now=NOW, today=TODAY)

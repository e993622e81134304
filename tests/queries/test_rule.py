"""The rule: which courses are opportunities on a day, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from queries import opportunities as queries
from services import opportunities, practices
from tests.practice import SYSTEM, TODAY, SmallPractice


def ruled(practice: SmallPractice, course_id: str, *, today: date = TODAY, **settings: Any) -> dict[str, Any]:
    """Return the rule's row for one course."""
    (kept,) = practices.all_practices(practice.store)
    rule = opportunities.rule_of(replace(kept, settings=replace(kept.settings, **settings)))
    rows = queries.courses_on(practice.store, practice.id, today=today, settings=rule).to_dicts()
    return next(row for row in rows if row["course_id"] == course_id)


@pytest.mark.parametrize(
    ("days_ago", "reason"),
    [(-1, "held_back"), (0, "held_back"), (1, "no_visit"), (364, "no_visit"), (365, "no_visit"), (366, "too_old")],
)
def test_a_course_counts_from_the_day_after_it_was_opened_for_365_days(practice, days_ago, reason):
    course = practice.course(days_ago=days_ago)
    row = ruled(practice, course)
    assert (row["reason"], row["is_listed"]) == (reason, reason == "no_visit")


@pytest.mark.parametrize(
    ("in_days", "reason"),
    [
        (-1, "no_visit"),
        (0, "booked"),
        (1, "booked"),
        (89, "booked"),
        (90, "booked"),
        (91, "booked_too_far_ahead"),
    ],
)
def test_a_linked_visit_hides_a_course_from_today_for_90_days(practice, in_days, reason):
    course = practice.course()
    practice.appointment(course, in_days=in_days)
    assert ruled(practice, course)["reason"] == reason


def test_the_first_of_several_visits_counts(practice):
    course = practice.course()
    practice.appointment(course, in_days=120)
    practice.appointment(course, in_days=90)
    assert ruled(practice, course)["reason"] == "booked"


def test_a_course_booked_too_far_ahead_says_when(practice):
    course = practice.course()
    practice.appointment(course, in_days=91)
    row = ruled(practice, course)
    assert row["is_listed"]
    assert row["counted_visit_on"] == row["next_visit_on"] == TODAY + timedelta(days=91)


@pytest.mark.parametrize(
    ("status", "is_live"),
    [
        ("booked", True),
        ("confirmed", True),
        ("arrived", True),
        ("pending", True),
        ("cancelled", False),
        ("failed", False),
        ("waiting_list", False),
        ("completed", False),
    ],
)
def test_only_live_appointments_count(practice, status, is_live):
    course = practice.course()
    practice.appointment(course, in_days=10, status=status)
    assert ruled(practice, course)["reason"] == ("booked" if is_live else "no_visit")


def test_a_visit_linked_by_the_planned_visit_alone_counts(practice):
    course = practice.course()
    visit = practice.appointment(None, in_days=10)
    practice.add("planned_visits", course_id=course, appointment_id=visit)
    row = ruled(practice, course)
    assert row["reason"] == "booked"
    assert row["unlinked_visit_on"] is None


def test_a_visit_of_another_course_neither_hides_a_course_nor_warns(practice):
    course, other = practice.course(), practice.course()
    practice.appointment(other, in_days=10)
    row = ruled(practice, course)
    assert row["reason"] == "no_visit"
    assert row["next_visit_on"] is None


def test_an_unlinked_visit_is_shown_and_does_not_hide(practice):
    course = practice.course()
    practice.appointment(None, in_days=10)
    row = ruled(practice, course)
    assert (row["reason"], row["is_listed"]) == ("visit_not_linked", True)
    assert row["next_visit_on"] == TODAY + timedelta(days=10)


@pytest.mark.parametrize(("in_days", "reason"), [(90, "booked"), (91, "booked_too_far_ahead")])
def test_an_unlinked_visit_counts_where_the_practice_says_so(practice, in_days, reason):
    course = practice.course()
    practice.appointment(None, in_days=in_days)
    assert ruled(practice, course, is_unlinked_visit_counted=True)["reason"] == reason


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"is_deleted": True}, "deleted"),
        ({"absent_since": TODAY}, "absent"),
        ({"completed_on": TODAY}, "completed"),
        ({"completed_on": TODAY + timedelta(days=1)}, "no_visit"),
        ({"is_active": False}, "no_visit"),
    ],
)
def test_ended_courses_are_not_listed_and_say_why(practice, facts, reason):
    assert ruled(practice, practice.course(**facts))["reason"] == reason


def test_a_course_whose_items_are_all_done_has_nothing_left(practice):
    course = practice.course(item=False)
    practice.item(course, completed_on=TODAY)
    assert ruled(practice, course)["reason"] == "nothing_left"


def test_a_deleted_item_is_no_work(practice):
    course = practice.course(item=False)
    practice.item(course, completed_on=TODAY)
    practice.item(course, is_deleted=True)
    assert ruled(practice, course)["reason"] == "nothing_left"


def test_a_partly_done_course_is_worth_what_is_left(practice):
    course = practice.course()
    practice.item(course, completed_on=TODAY - timedelta(days=3), price_pence=9_900)
    row = ruled(practice, course)
    assert row["is_partly_done"]
    assert row["value_pence"] == 42_000


def test_a_course_from_a_report_without_items_is_worth_what_the_report_says(practice):
    course = practice.course(item=False, stated_value_pence=123_450)
    row = ruled(practice, course)
    assert (row["reason"], row["value_pence"]) == ("no_visit", 123_450)


def test_an_inactive_patient_is_not_rung(practice):
    practice.add("patients", "gone", is_active=False)
    assert ruled(practice, practice.course(patient="gone"))["reason"] == "patient_inactive"


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"lookback_days": 29}, "too_old"),
        ({"lookback_days": 30}, "no_visit"),
        ({"grace_days": 30}, "no_visit"),
        ({"grace_days": 31}, "held_back"),
    ],
)
def test_the_settings_move_the_borders(practice, settings, reason):
    assert ruled(practice, practice.course(days_ago=30), **settings)["reason"] == reason


def test_no_grace_lists_what_was_opened_today(practice):
    assert ruled(practice, practice.course(days_ago=0), grace_days=0)["is_listed"]


@pytest.mark.parametrize(("horizon", "reason"), [(60, "booked_too_far_ahead"), (61, "booked")])
def test_the_horizon_is_a_setting(practice, horizon, reason):
    course = practice.course()
    practice.appointment(course, in_days=61)
    assert ruled(practice, course, horizon_days=horizon)["reason"] == reason


@pytest.mark.parametrize(("band", "uda"), [("1", 1), ("2a", 3), ("2b", 5), ("2c", 7), ("3", 12), ("unknown", None)])
def test_an_nhs_course_has_its_bands_udas(practice, band, uda):
    assert ruled(practice, practice.course(payor_id="nhs", band=band, item=False))["uda_left"] == uda


def test_a_stated_uda_wins_and_what_is_done_comes_off(practice):
    assert ruled(practice, practice.course(payor_id="nhs", band="3", uda=7, uda_done=2.5))["uda_left"] == 4.5


def test_a_private_course_has_no_udas(practice):
    row = ruled(practice, practice.course(band="3"))
    assert row["uda_left"] is None
    assert row["charge_pence"] is None


@pytest.mark.parametrize(
    ("today", "days_ago", "uda", "tariff"),
    [(date(2026, 4, 2), 2, 1.2, 0), (date(2026, 4, 2), 1, None, 7_500)],
)
def test_urgent_care_turned_from_udas_to_a_tariff_on_1_april_2026(practice, today, days_ago, uda, tariff):
    course = practice.add(
        "courses", patient_id="okafor", payor_id="nhs", band="urgent", opened_on=today - timedelta(days=days_ago)
    )
    row = ruled(practice, course, today=today)
    assert (row["uda_left"] and float(row["uda_left"]), row["tariff_pence"]) == (uda, tariff)


def test_worth_is_private_value_and_udas_at_the_contracts_value(practice):
    practice.add("contracts", "c1", uda_value_pence=3_550)
    course = practice.course(payor_id="nhs", band="2b")
    assert ruled(practice, course)["worth_pence"] == 42_000 + 5 * 3_550


def test_the_providers_contract_gives_the_uda_value(practice):
    practice.add("contracts", "c1", uda_value_pence=2_800)
    practice.add("contracts", "c2", uda_value_pence=4_000)
    practice.add("providers", "ben", contract_id="c2")
    course = practice.course(payor_id="nhs", band="1", item=False)
    assert ruled(practice, course)["worth_pence"] == 4_000


def test_of_terms_that_overlap_the_later_one_holds_and_lists_a_course_once(practice):
    practice.add("contracts", "c1", uda_value_pence=2_800)
    practice.add("contracts", "c1", from_on=date(2026, 4, 1), uda_value_pence=3_000)
    course = practice.course(payor_id="nhs", band="1", item=False)
    (kept,) = practices.all_practices(practice.store)
    rule = opportunities.rule_of(kept)
    rows = queries.courses_on(practice.store, practice.id, today=TODAY, settings=rule).to_dicts()
    assert [(row["course_id"], row["worth_pence"]) for row in rows] == [(course, 3_000)]


@pytest.mark.parametrize(("weight", "worth"), [(0, 0), (0.25, 10_500)])
def test_plan_covered_work_is_worth_its_weight(practice, weight, worth):
    course = practice.course(item=False, payor_id="plan")
    practice.item(course, charged_to="plan")
    row = ruled(practice, course, plan_weight=weight)
    assert (row["value_pence"], row["worth_pence"]) == (0, worth)


def test_the_patient_charge_is_shown_and_is_no_worth(practice):
    row = ruled(practice, practice.course(payor_id="nhs", band="3", item=False))
    assert (row["charge_pence"], row["worth_pence"]) == (33_210, 0)


def test_an_exempt_patient_pays_nothing(practice):
    practice.add("patients", "exempt", is_charge_exempt=True)
    assert ruled(practice, practice.course(patient="exempt", payor_id="nhs", band="3"))["charge_pence"] == 0


def chain(practice: SmallPractice) -> tuple[str, str, str]:
    """Build a pathway whose first two monthly courses are charged and whose third is open."""
    facts = {"payor_id": "nhs", "pathway": "pathway 1", "days_ago": 100, "item": False}
    return (
        practice.course(course_id="p1", claim_number=1, completed_on=TODAY - timedelta(days=60), **facts),
        practice.course(course_id="p2", claim_number=2, completed_on=TODAY - timedelta(days=30), **facts),
        practice.course(course_id="p3", claim_number=3, **facts),
    )


def test_a_pathway_chain_is_one_opportunity_named_by_its_first_course(practice):
    first, _, last = chain(practice)
    (kept,) = practices.all_practices(practice.store)
    rows = opportunities.worklist(
        practice.store, [kept], opportunities.Filters(), actor=SYSTEM, today=TODAY
    ).rows.to_dicts()
    assert [(row["opportunity_id"], row["course_id"]) for row in rows] == [(first, last)]


def test_a_pathway_is_worth_the_claims_not_made_yet(practice):
    *_, last = chain(practice)
    assert ruled(practice, last)["tariff_pence"] == 29_340 * 4 / 6


def test_a_visit_of_any_course_of_a_chain_counts(practice):
    first, _, last = chain(practice)
    practice.appointment(first, in_days=10)
    assert ruled(practice, last)["reason"] == "booked"


def test_courses_beside_a_pathway_stay_apart(practice):
    *_, last = chain(practice)
    beside = practice.course(days_ago=100, payor_id="nhs", band="3")
    assert ruled(practice, last)["is_listed"]
    assert ruled(practice, beside)["is_listed"]


def test_practices_do_not_see_each_other(practice, store):
    other = SmallPractice(store, "Oak Street")
    course = practice.course(course_id="same")
    other.course(course_id="same")
    other.appointment("same", in_days=10)
    rule = opportunities.rule_of(practices.all_practices(store)[0])
    rows = queries.courses_on(store, practice.id, today=TODAY, settings=rule).to_dicts()
    assert [(row["course_id"], row["reason"]) for row in rows] == [(course, "no_visit")]

"""The work list: totals, filters, orders, groups and pages, and the patient's card."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from queries.store import Store
from services import opportunities, practices
from services.errors import InvalidRequest
from services.opportunities import Filters, Order, Worklist
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice


def page_of(store: Store, filters: Filters, *, today: date = TODAY, **asked: Any) -> Worklist:
    """Return a page of the list of every practice."""
    return opportunities.worklist(store, practices.all_practices(store), filters, actor=SYSTEM, today=today, **asked)


def listed(store: Store, filters: Filters | None = None, **asked: Any) -> list[str]:
    """Return the ids on the list, in order."""
    return page_of(store, filters or Filters(), **asked).rows["opportunity_id"].to_list()


def test_the_totals_are_those_of_all_pages(practice, store):
    for days in range(1, 6):
        practice.course(days_ago=days)
    practice.add("contracts", "c", uda_value_pence=3_550)
    practice.course(days_ago=9, payor_id="nhs", band="1", item=False)
    page = page_of(store, Filters(), limit=2, offset=2)
    assert page.rows.height == 2
    assert page.totals == opportunities.Totals(
        courses=6, patients=1, value_pence=5 * 42_000, uda=1.0, worth_pence=5 * 42_000 + 3_550
    )


def test_a_page_behind_the_last_is_empty_and_keeps_the_totals(practice, store):
    practice.course()
    page = page_of(store, Filters(), offset=500)
    assert (page.rows.height, page.totals.courses) == (0, 1)


def test_no_opportunity_makes_an_empty_list_with_the_same_columns(practice, store):
    empty = page_of(store, Filters())
    practice.course()
    full = page_of(store, Filters())
    assert empty.rows.schema == full.rows.schema
    assert empty.totals == opportunities.Totals(0, 0, 0, 0.0, 0)


def test_the_default_is_oldest_first_then_value(practice, store):
    young = practice.course(days_ago=10)
    small = practice.course(days_ago=20)
    large = practice.course(days_ago=20)
    practice.item(large)
    assert listed(store) == [large, small, young]


def test_the_list_changes_with_the_day(practice, store):
    practice.course(days_ago=365)
    assert page_of(store, Filters(), today=TODAY).totals.courses == 1
    assert page_of(store, Filters(), today=TODAY + timedelta(days=1)).totals.courses == 0
    assert page_of(store, Filters(), today=TODAY).totals.courses == 1


def test_the_list_follows_every_change_of_the_pms(practice, store):
    course = practice.course()
    assert listed(store) == [course]
    visit = practice.appointment(course, in_days=3)
    assert listed(store) == []
    practice.appointment(course, in_days=3, id_=visit, status="cancelled")
    assert listed(store) == [course]


def test_what_people_did_shows_at_once(practice, store):
    course = practice.course()
    assert listed(store) == [course]
    practice.state(course, status="rejected", reject_reason="cost")
    assert listed(store) == []
    assert listed(store, Filters(statuses=("rejected",))) == [course]


@pytest.mark.parametrize(
    ("until", "status", "words"),
    [
        (TODAY + timedelta(days=1), "snoozed", "Snoozed until 25 Nov 2026"),
        (TODAY, "contacted", "Contacted"),
        (TODAY - timedelta(days=1), "contacted", "Contacted"),
    ],
)
def test_a_snoozed_opportunity_comes_back_by_itself_as_it_was(practice, store, until, status, words):
    practice.state(practice.course(), status="contacted", snoozed_until=until)
    every = Filters(statuses=("open", "contacted", "snoozed", "rejected"))
    (row,) = page_of(store, every).rows.to_dicts()
    assert (row["status"], row["status_text"]) == (status, words)


def test_a_course_made_active_again_stays_rejected_and_says_so(practice, store):
    practice.state(practice.course(), status="rejected", reject_reason="inactive in chart")
    rejected = Filters(statuses=("rejected",))
    (row,) = page_of(store, rejected).rows.to_dicts()
    assert row["status_text"] == "Rejected, but active again in the chart"


@pytest.fixture
def mixed(practice: SmallPractice) -> dict[str, str]:
    """Four opportunities that differ in every filterable way."""
    practice.add("providers", "cara", name="Cara Lloyd", initials="CL")
    practice.add("contracts", "c", uda_value_pence=3_550)
    practice.add(
        "patients",
        "zoe",
        first_name="Zoë",
        last_name="O’Brien",
        mobile=None,
        phone="01632 960123",
        email=None,
        household_id="h1",
        search_text="zoe obrien 01632960123",
    )
    practice.add("patients", "max", first_name="Max", last_name="O’Brien", household_id="h1", search_text="max obrien")
    practice.add("patients", "okafor", search_text="ngozi okafor 07700900123 ngozi.okafor@example.com")
    private = practice.course(days_ago=30, last_updated_on=TODAY - timedelta(days=3), cot_number="A17")
    nhs = practice.course(
        days_ago=60, patient="zoe", payor_id="nhs", band="3", provider_id="cara", item=False, cot_number="9"
    )
    plan = practice.course(days_ago=90, patient="max", payor_id="plan", item=False, cot_number="10")
    practice.item(plan, charged_to="plan", completed_on=TODAY)
    practice.item(plan, charged_to="plan")
    far = practice.course(days_ago=120)
    practice.item(far, price_pence=100_000)
    practice.appointment(far, in_days=120)
    practice.state(private, assigned_to="amara")
    return {"private": private, "nhs": nhs, "plan": plan, "far": far}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(search="OBRIEN"), "plan nhs"),
        (Filters(search="o'brien zoe"), "nhs"),
        (Filters(search="Zoë"), "nhs"),
        (Filters(search="01632 960 123"), "nhs"),
        (Filters(search="a17"), "private"),
        (Filters(search="ngozi.okafor@EXAMPLE"), "far private"),
        (Filters(search="nobody"), ""),
        (Filters(patient="elm-road/okafor"), "far private"),
        (Filters(household="elm-road/h1"), "plan nhs"),
        (Filters(providers=("elm-road/cara",)), "nhs"),
        (Filters(providers=("elm-road/cara", "elm-road/ben")), "far plan nhs private"),
        (Filters(payors=("NHS", "Denplan")), "plan nhs"),
        (Filters(assignees=("amara",)), "private"),
        (Filters(assignees=(opportunities.UNASSIGNED,)), "far plan nhs"),
        (Filters(reasons=("booked_too_far_ahead",)), "far"),
        (Filters(opened_from=TODAY - timedelta(days=60)), "nhs private"),
        (Filters(opened_to=TODAY - timedelta(days=60)), "far plan nhs"),
        (Filters(updated_from=TODAY - timedelta(days=3)), "private"),
        (Filters(updated_to=TODAY - timedelta(days=4)), ""),
        (Filters(next_visit_from=TODAY), "far"),
        (Filters(next_visit_to=TODAY), ""),
        (Filters(value_from=42_000), "far private"),
        (Filters(value_from=42_001), "far"),
        (Filters(value_to=0), "plan nhs"),
        (Filters(uda_from=12), "nhs"),
        (Filters(uda_to=11.99), ""),
        (Filters(worth_from=42_600, worth_to=42_600), "nhs"),
        (Filters(has_phone=True), "far plan nhs private"),
        (Filters(has_mobile=False), "nhs"),
        (Filters(has_email=False), "nhs"),
        (Filters(is_partly_done=True), "plan"),
        (Filters(payors=("NHS",), value_from=1), ""),
        (Filters(statuses=()), "far plan nhs private"),
    ],
)
def test_each_filter_narrows_the_list(store, mixed, filters, expected):
    assert listed(store, filters) == [mixed[name] for name in expected.split()]


@pytest.mark.parametrize(
    ("sort", "is_descending", "expected"),
    [
        ("value", True, "far private plan nhs"),
        ("value", False, "plan nhs private far"),
        ("uda", True, "nhs far plan private"),
        ("worth", True, "far nhs private plan"),
        ("patient", False, "plan nhs far private"),
        ("patient", True, "far private nhs plan"),
        ("cot_number", False, "far nhs plan private"),
        ("opened_on", True, "private nhs plan far"),
        ("next_visit_on", False, "far plan nhs private"),
        ("assigned_to", False, "private far plan nhs"),
        ("provider", True, "nhs far plan private"),
    ],
)
def test_each_order_holds_for_the_whole_list_with_what_is_missing_last(store, mixed, sort, is_descending, expected):
    assert listed(store, order=Order(sort, is_descending)) == [mixed[name] for name in expected.split()]


@pytest.mark.parametrize("sort", opportunities.SORTS)
def test_pages_follow_each_other_in_every_order(store, mixed, sort):
    order = Order(sort, is_descending=True)
    whole = listed(store, order=order)
    assert [listed(store, order=order, limit=1, offset=place)[0] for place in range(4)] == whole
    assert sorted(whole) == sorted(mixed.values())


@pytest.mark.parametrize(
    ("grouping", "expected"), [("patient", "far private plan nhs"), ("household", "far private plan nhs")]
)
def test_a_group_stands_where_its_first_row_would(store, mixed, grouping, expected):
    assert listed(store, grouping=grouping) == [mixed[name] for name in expected.split()]


def test_a_household_stands_together_where_patients_would_not(store, mixed):
    by_value = Order("uda", is_descending=True)
    assert listed(store, order=by_value, grouping="patient") == [mixed[n] for n in ["nhs", "far", "private", "plan"]]
    assert listed(store, order=by_value, grouping="household") == [mixed[n] for n in ["nhs", "plan", "far", "private"]]


def test_people_without_a_household_are_not_one(practice, store):
    practice.add("patients", "another")
    first, second, third = (
        practice.course(days_ago=9),
        practice.course(days_ago=8, patient="another"),
        practice.course(days_ago=7),
    )
    assert listed(store, grouping="household") == [first, third, second]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"order": Order("shoe size")}, "ordered by shoe size"),
        ({"grouping": "street"}, "grouped by street"),
        ({"filters": Filters(statuses=("lost",))}, "no status lost"),
    ],
)
def test_what_there_is_not_is_refused_in_words(store, practice, asked, words):
    with pytest.raises(InvalidRequest, match=words):
        listed(store, **asked)


def test_open_courses_that_are_not_listed_say_why(practice, store):
    practice.course(days_ago=0)
    practice.course(days_ago=366)
    practice.appointment(practice.course(days_ago=5), in_days=7)
    practice.course(days_ago=4, completed_on=TODAY)
    (kept,) = practices.all_practices(store)
    rows = opportunities.unlisted(store, kept, actor=SYSTEM, today=TODAY)
    assert rows.select("status", "reason").rows() == [
        ("Not listed", "Not listed: opened on 23 Nov 2025, more than 365 days ago"),
        ("Booked", "Not listed: booked on 1 Dec 2026, within the 90 days looked ahead"),
        ("Not listed", "Not listed yet: opened on 24 Nov 2026, reception may still book it"),
    ]


def test_the_card_of_a_patient_has_everything_and_the_reason_of_each_course(practice, store, mixed):
    (kept,) = practices.all_practices(store)
    card = opportunities.patient_card(store, kept, "zoe", actor=SYSTEM, now=NOW, today=TODAY)
    assert card.patient["last_name"] == "O’Brien"
    assert card.courses.select("course_id", "reason_text", "uda").rows() == [(mixed["nhs"], "No appointment", 12.0)]
    assert card.household.select("patient", "courses").rows() == [("O’Brien, Max", 1)]
    okafor = opportunities.patient_card(store, kept, "okafor", actor=SYSTEM, now=NOW, today=TODAY)
    assert okafor.appointments["starts_at"].dt.date().to_list() == [date(2027, 3, 24)]
    assert okafor.items.height == 3
    assert okafor.household.is_empty()


def test_a_patient_who_is_gone_is_said_in_words(practice, store):
    (kept,) = practices.all_practices(store)
    with pytest.raises(InvalidRequest, match="not in the store any more"):
        opportunities.patient_card(store, kept, "nobody", actor=SYSTEM, now=NOW, today=TODAY)


def test_another_practices_rows_are_never_listed(practice, store):
    other = SmallPractice(store, "Oak Street")
    mine, theirs = practice.course(course_id="m"), other.course(course_id="t")
    elm, oak = practices.all_practices(store)
    assert listed(store) == [mine, theirs]
    rows = opportunities.worklist(store, [elm], Filters(patient=f"{other.id}/okafor"), actor=SYSTEM, today=TODAY).rows
    assert rows.is_empty()
    assert opportunities.choices(store, [oak], actor=SYSTEM).providers == {f"{other.id}/ben": "BA – Ben Adeyemi"}

"""The audit: what it tells in words, what is found in it, and that taking it out is itself in it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from queries.store import Store
from services import audit, contracts, history, people, practices, settings
from services.actors import Actor, NotAllowed, Role
from services.audit import Filters
from services.audit_words import KINDS, kind_in_words
from services.contracts import Term
from services.errors import InvalidRequest
from services.people import Details
from services.practices import Practice
from tests.practice import BY, NOW, SYSTEM, SmallPractice


def kept(store: Store, *wanted: SmallPractice) -> list[Practice]:
    """The practices as they are kept."""
    ids = [one.id for one in wanted]
    return [one for one in practices.all_practices(store) if one.practice_id in ids]


def note(practice: SmallPractice, kind: str = "noted", *, by: str = BY, now: datetime = NOW, **facts) -> None:
    """Add a line of history."""
    with practice.store.transaction() as tx:
        history.record(tx, kind, by=by, now=now, **{"practice_id": practice.id, **facts})


def lines(practice: SmallPractice, *others: SmallPractice, **asked) -> pl.DataFrame:
    """The audit in words."""
    return audit.search(practice.store, kept(practice.store, practice, *others), Filters(**asked), actor=SYSTEM).lines


def told(practice: SmallPractice, **asked) -> list[str]:
    """The details of the audit, newest first."""
    return lines(practice, **asked)["details"].to_list()


def test_a_line_says_when_at_the_practice_who_what_where_and_about_whom(practice):
    summer = datetime(2026, 7, 1, 23, 30, 7, 999, tzinfo=UTC)
    course = practice.course(cot_number="1042")
    note(practice, "snoozed", now=summer, opportunity_id=course, patient_id="okafor")
    assert lines(practice).to_dicts() == [
        {
            "when": datetime(2026, 7, 2, 0, 30, 7),
            "who": "Amara Nwosu",
            "what": "Snoozed",
            "practice": "Elm Road",
            "patient": "Okafor, Ngozi",
            "details": "COT 1042",
        }
    ]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({"status": "open"}, {"status": "rejected", "reject_reason": "cost"}, "Status open → rejected; reason cost"),
        (None, {"snoozed_until": "2026-12-01"}, "Until 1 Dec 2026"),
        ({"snoozed_until": "2026-12-01"}, {"snoozed_until": None}, "Until 1 Dec 2026 → none"),
        ({"assigned_to": BY}, {"assigned_to": "gone"}, "Assigned to Amara Nwosu → gone"),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, "B 2 → 3"),
        ({"is_active": True}, {"is_active": False}, "Active yes → no"),
        (
            None,
            {"status": "booked", "appointment_id": "9", "visit_on": "2026-12-14"},
            "Status booked; visit on 14 Dec 2026",
        ),
        (None, None, ""),
    ],
)
def test_what_changed_is_told_from_what_to_what(practice, before, after, words):
    note(practice, before=before, after=after)
    assert told(practice) == [words]


def test_a_note_stands_behind_the_change(practice):
    note(practice, "attempted", after={"outcome": "left message"}, note="Rang twice.")
    assert told(practice) == ["Outcome left message; Rang twice."]


@pytest.mark.parametrize(
    ("kind", "before", "after", "what", "details"),
    [
        (
            "booked",
            {"booked_on": None},
            {"booked_on": "2026-12-03"},
            "Booked",
            "Said to be on 3 Dec 2026",
        ),
        (
            "booked",
            {"booked_on": "2026-12-03"},
            {"booked_on": None, "visit_on": "2026-12-03"},
            "Booked",
            "Said to be on 3 Dec 2026 → none; visit on 3 Dec 2026",
        ),
        (
            "returned",
            None,
            {"visit_was_on": "2026-12-03"},
            "No visit coming any more: back on the list",
            "The visit was on 3 Dec 2026",
        ),
        (
            "undone",
            {"snoozed_until": "2026-12-01"},
            {"snoozed_until": None, "kind": "snoozed"},
            "Undid",
            "Snoozed: until 1 Dec 2026 → none",
        ),
        (
            "attempted",
            {"attempts": 0, "last_attempt_at": None},
            {"attempts": 1, "last_attempt_at": "2026-11-24 09:00:00", "outcome": "no answer"},
            "Tried to reach",
            "Outcome no answer",
        ),
        (
            "contacted",
            {"status": "open", "last_contact_at": None},
            {"status": "contacted", "last_contact_at": "2026-11-24 09:00:00", "channel": "phone"},
            "Contacted",
            "Status open → contacted; channel phone",
        ),
        (
            "course changed",
            {"provider": "ben", "value_pence": 42000, "uda": 7.0, "in_pms": "there", "planned_visits": "30 min"},
            {"provider": "eve", "value_pence": 5000, "uda": 4.5, "in_pms": "deleted", "planned_visits": None},
            "Changed a course",
            "In the PMS: there → deleted; planned visits 30 min → none; provider BA – Ben Adeyemi → eve; UDA 7 → 4.5; "
            "value £420.00 → £50.00",
        ),
        (
            "reject reasons changed",
            {"reasons": "cost, other"},
            {"reasons": "cost, fear, other"},
            "Changed the reasons for rejecting",
            "Reasons cost, other → cost, fear, other",
        ),
    ],
)
def test_what_is_done_about_an_opportunity_is_told_in_words(practice, kind, before, after, what, details):
    note(practice, kind, before=before, after=after)
    assert lines(practice).select("what", "details").rows() == [(what, details)]


def test_a_changed_setting_is_told_by_its_label_and_unit(practice):
    practice_now = kept(practice.store, practice)[0]
    settings.change(practice.store, practice_now, {"horizon_days": 60}, actor=SYSTEM, now=NOW)
    settings.change_details(practice.store, practice_now, {"phone": "01632 960100"}, actor=SYSTEM, now=NOW)
    assert told(practice) == ["Phone: none → 01632 960100", "Days looked ahead: 90 days → 60 days"]


def test_a_changed_contract_is_told_in_pounds(practice):
    practice_now = kept(practice.store, practice)[0]
    term = Term("nhs-1", date(2026, 4, 1), None, 3550)
    contracts.write(practice.store, practice_now, term, actor=SYSTEM, now=NOW)
    (words,) = told(practice)
    assert words.startswith("Nhs-1 from 1 Apr 2026: ")
    assert "UDA value £35.50" in words


def test_a_changed_person_is_named_with_what_changed(practice):
    new = Details("Joan Mills", "joan@example.com", Role.RECEPTION, {practice.id: None})
    joan, _ = people.add(practice.store, new, actor=SYSTEM, now=NOW)
    later = Details("Joan Moss", "joan@example.com", Role.CLINICIAN, {practice.id: "ben"})
    people.change(practice.store, joan, later, actor=SYSTEM, now=NOW)
    assert told(practice) == [
        "Joan Moss: name Joan Mills → Joan Moss; provider BA – Ben Adeyemi; role reception → clinician",
        "Joan Mills",
        "Joan Mills: e-mail joan@example.com; active yes; role reception; works here yes",
    ]


def test_every_kind_that_has_happened_has_words(practice):
    assert kind_in_words("patient viewed") == "Looked at a patient"
    assert kind_in_words("moved house") == "Moved house"
    assert all(words[0].isupper() for words in KINDS.values())


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Third", "Second", "First"]),
        ({"kinds": ("noted",)}, ["Third", "First"]),
        ({"by_users": ("carl",)}, ["Second"]),
        ({"text": "SECOND"}, ["Second"]),
        ({"text": "okafor ngozi"}, ["Third"]),
        ({"text": "Okáfor third"}, ["Third"]),
        ({"text": "okafor first"}, []),
        ({"text": "900123"}, ["Third"]),
        ({"text": "carl"}, ["Second"]),
        ({"from_on": date(2026, 11, 24)}, ["Third", "Second"]),
        ({"to_on": date(2026, 11, 23)}, ["First"]),
        ({"from_on": date(2026, 11, 24), "to_on": date(2026, 11, 24)}, ["Third", "Second"]),
    ],
)
def test_filters_narrow_the_audit(practice, asked, found):
    practice.add("patients", "okafor", search_text="ngozi okafor 07700900123")
    note(practice, note="First", now=NOW - timedelta(days=1))
    note(practice, "restored", note="Second", by="carl")
    note(practice, note="Third", patient_id="okafor")
    assert told(practice, **asked) == found


@pytest.mark.parametrize(
    ("at", "is_on_the_first"),
    [
        (datetime(2026, 6, 30, 22, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 6, 30, 23, 0, tzinfo=UTC), True),
        (datetime(2026, 7, 1, 22, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 7, 1, 23, 0, tzinfo=UTC), False),
    ],
)
def test_a_day_is_a_day_at_the_practice(practice, at, is_on_the_first):
    note(practice, now=at)
    first = date(2026, 7, 1)
    assert (lines(practice, from_on=first, to_on=first).height == 1) is is_on_the_first


def test_the_newest_is_first_whenever_it_was_written(practice):
    note(practice, note="Now")
    note(practice, note="Before", now=NOW - timedelta(days=400))
    assert told(practice) == ["Now", "Before"]


def test_days_the_wrong_way_round_are_refused(practice):
    with pytest.raises(InvalidRequest, match="The first day is after the last one"):
        lines(practice, from_on=date(2026, 11, 24), to_on=date(2026, 11, 23))


def test_pages_follow_each_other_and_each_knows_the_total(practice):
    for number in range(5):
        note(practice, note=f"N{number}")
    chosen = kept(practice.store, practice)
    found = [audit.search(practice.store, chosen, Filters(), actor=SYSTEM, limit=2, offset=at) for at in (0, 2, 4, 6)]
    assert [page.lines["details"].to_list() for page in found] == [["N4", "N3"], ["N2", "N1"], ["N0"], []]
    assert [page.total for page in found] == [5, 5, 5, 0]


def test_taking_the_audit_out_is_in_it_afterwards_for_each_practice(practice):
    other = SmallPractice(practice.store, "Mill Lane")
    note(practice, note="One")
    note(other, note="Two")
    chosen = kept(practice.store, practice, other)
    taken = audit.export(practice.store, chosen, Filters(), actor=SYSTEM, now=NOW)
    assert taken["details"].to_list() == ["Two", "One"]
    after = lines(practice, other, kinds=("exported",))
    assert after.select("practice", "what", "details").rows() == [
        ("Mill Lane", "Exported", "Audit, 2 lines"),
        ("Elm Road", "Exported", "Audit, 2 lines"),
    ]


def test_who_may_have_acted_are_the_people_of_the_practice(practice):
    other = SmallPractice(practice.store, "Mill Lane")
    people.add(
        practice.store,
        Details("Carl Dunn", "carl@example.com", Role.RECEPTION, {other.id: None}),
        actor=SYSTEM,
        now=NOW,
    )
    named = audit.who(practice.store, kept(practice.store, practice), actor=SYSTEM)
    assert named == {
        BY: "Amara Nwosu",
        "system": "The system",
        "patient": "The patient",
        "first start": "The first start",
    }


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.CLINICIAN, Role.READ_ONLY])
def test_the_audit_is_refused_to_whom_it_is_not_for(practice, role):
    actor = Actor(BY, "Amara", role, frozenset({practice.id}))
    chosen = kept(practice.store, practice)
    with pytest.raises(NotAllowed):
        audit.search(practice.store, chosen, Filters(), actor=actor)
    with pytest.raises(NotAllowed):
        audit.export(practice.store, chosen, Filters(), actor=actor, now=NOW)


def test_another_practice_is_refused(practice):
    actor = Actor(BY, "Amara", Role.MANAGER, frozenset({"another"}))
    with pytest.raises(NotAllowed):
        audit.search(practice.store, kept(practice.store, practice), Filters(), actor=actor)

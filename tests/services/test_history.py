"""The audit: what is recorded, who finds what, and that nothing of it can be changed."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from queries.store import MIGRATIONS, SQL, Store
from services import history, people, practices, sample, sign_in
from services.actors import Actor, NotAllowed, Role
from services.errors import InvalidRequest
from services.people import Details
from services.practices import Practice
from tests.practice import BY, NOW, SYSTEM, SmallPractice
from tests.staff import person


@pytest.fixture
def oak(store) -> SmallPractice:
    """Another practice."""
    return SmallPractice(store, "Oak Lane")


@pytest.fixture
def grace(store, practice) -> Actor:
    """Grace, who manages Elm Road."""
    return person(store, "grace", practice.id, role=Role.MANAGER)


def record(store: Store, kind: str = "noted", *, by: str = BY, now: datetime = NOW, **told: Any) -> None:
    """Record one event."""
    with store.transaction() as tx:
        history.record(tx, kind, by=by, now=now, **told)


def kept(store: Store, *ids: str) -> list[Practice]:
    """Return practices as they are now."""
    return [one for one in practices.all_practices(store) if one.practice_id in ids]


def found(store: Store, actor: Actor, *ids: str, **asked: Any) -> list[str]:
    """Return the notes of the events found in these practices, newest first."""
    return history.search(store, kept(store, *ids), actor=actor, **asked)["note"].to_list()


# --- Recording


def test_an_event_says_who_when_what_where_and_from_what_to_what(practice, store):
    course = practice.course(cot_number="77")
    record(
        store,
        "assigned",
        practice_id=practice.id,
        opportunity_id=course,
        patient_id="okafor",
        note="words",
        before={"assigned_to": None, "on": date(2026, 1, 2)},
        after={"assigned_to": "José"},
    )
    (row,) = history.search(store, kept(store, practice.id), actor=SYSTEM).to_dicts()
    assert row | {"event_id": 1} == row | {
        "event_id": 1,
        "happened_at": NOW.replace(tzinfo=None),
        "by_user": "Amara Nwosu",
        "kind": "assigned",
        "practice": "Elm Road",
        "practice_id": practice.id,
        "opportunity_id": course,
        "patient_id": "okafor",
        "note": "words",
    }
    assert json.loads(row["before"]) == {"assigned_to": None, "on": "2026-01-02"}
    assert row["after"] == '{"assigned_to": "José"}'


def test_an_event_is_kept_with_the_change_that_it_is_about_or_not_at_all(practice, store):
    def failing() -> None:
        with store.transaction() as tx:
            history.record(tx, "noted", by=BY, now=NOW, practice_id=practice.id)
            raise InvalidRequest("The change failed.")

    with pytest.raises(InvalidRequest):
        failing()
    assert found(store, SYSTEM, practice.id) == []


@pytest.mark.parametrize(("minutes", "views"), [(9, 1), (10, 2), (11, 2)])
def test_looking_at_a_patient_again_within_ten_minutes_is_the_same_view(practice, store, minutes, views):
    for now in (NOW, NOW + timedelta(minutes=minutes)):
        history.note_view(store, practice.id, "okafor", by=BY, now=now)
    assert history.search(store, kept(store, practice.id), actor=SYSTEM)["kind"].to_list() == ["patient viewed"] * views


def test_another_person_patient_or_practice_is_another_view(practice, oak, store):
    for practice_id, patient_id, by in [
        (practice.id, "okafor", BY),
        (practice.id, "okafor", "grace"),
        (practice.id, "byrne", BY),
        (oak.id, "okafor", BY),
    ]:
        history.note_view(store, practice_id, patient_id, by=by, now=NOW)
    assert history.search(store, kept(store, practice.id, oak.id), actor=SYSTEM).height == 4


# --- Finding


def test_the_newest_comes_first_and_what_came_at_once_as_it_was_written(practice, store):
    for note, minutes in [("one", 0), ("two", 5), ("three", 5), ("four", 3)]:
        record(store, practice_id=practice.id, note=note, now=NOW + timedelta(minutes=minutes))
    assert found(store, SYSTEM, practice.id) == ["three", "two", "four", "one"]
    pages = [found(store, SYSTEM, practice.id, limit=2, offset=offset) for offset in (0, 2, 4)]
    assert pages == [["three", "two"], ["four", "one"], []]


@pytest.fixture
def several(practice, store) -> SmallPractice:
    """A practice with events of several kinds, people and days."""
    person(store, "chloe", practice.id)
    record(store, "noted", practice_id=practice.id, note="a", now=datetime(2026, 11, 1, tzinfo=UTC))
    record(store, "noted", practice_id=practice.id, note="b", by="chloe", now=datetime(2026, 11, 1, 23, 59, tzinfo=UTC))
    record(store, "snoozed", practice_id=practice.id, note="c", now=datetime(2026, 11, 2, tzinfo=UTC))
    after = {"status": "Rejected", "reason": "50% off_x ÉTÉ"}
    record(store, "rejected", practice_id=practice.id, note="d", after=after, now=datetime(2026, 11, 3, tzinfo=UTC))
    return practice


@pytest.mark.parametrize(
    ("asked", "notes"),
    [
        ({}, "dcba"),
        ({"kinds": ["noted"]}, "ba"),
        ({"kinds": ["noted", "snoozed"]}, "cba"),
        ({"kinds": ["no such kind"]}, ""),
        ({"by_users": ["chloe"]}, "b"),
        ({"by_users": ["chloe", BY]}, "dcba"),
        ({"kinds": ["noted"], "by_users": [BY]}, "a"),
        ({"from_on": date(2026, 11, 2)}, "dc"),
        ({"to_on": date(2026, 11, 1)}, "ba"),
        ({"from_on": date(2026, 11, 1), "to_on": date(2026, 11, 2)}, "cba"),
        ({"from_on": date(2026, 11, 2), "to_on": date(2026, 11, 1)}, ""),
        ({"text": "rejected"}, "d"),
        ({"text": " REASON "}, "d"),
        ({"text": "été"}, "d"),
        ({"text": "50%"}, "d"),
        ({"text": "f_x"}, "d"),
        ({"text": "5_%"}, ""),
        ({"text": "  "}, "dcba"),
    ],
)
def test_the_audit_is_narrowed_by_kind_person_day_and_text(several, store, asked, notes):
    assert found(store, SYSTEM, several.id, **asked) == list(notes)


def test_every_kind_that_has_happened_is_offered_once(several, store):
    assert history.kinds(store, actor=SYSTEM) == ["noted", "rejected", "snoozed"]


# --- Whose audit


def test_a_practice_finds_its_own_events_and_no_others(practice, oak, store, grace):
    record(store, practice_id=practice.id, note="ours")
    record(store, practice_id=oak.id, note="theirs")
    assert found(store, grace, practice.id) == ["ours"]
    assert found(store, SYSTEM, practice.id) == ["ours"]
    assert found(store, SYSTEM, practice.id, oak.id) == ["theirs", "ours"]


def test_another_practices_audit_is_refused(practice, oak, store, grace):
    for asked in ([oak.id], [practice.id, oak.id]):
        with pytest.raises(NotAllowed):
            history.search(store, kept(store, *asked), actor=grace)


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.CLINICIAN, Role.READ_ONLY])
def test_who_does_not_lead_sees_no_audit(practice, store, role):
    with pytest.raises(NotAllowed):
        history.search(store, kept(store, practice.id), actor=person(store, "chloe", practice.id, role=role))


def test_of_what_belongs_to_no_practice_a_manager_finds_what_their_own_people_did(practice, oak, store, grace):
    person(store, "both", practice.id, oak.id)
    person(store, "otis", oak.id)
    person(store, "nowhere")
    for by in (BY, "both", "otis", "nowhere", "stranger@example.com", "first start"):
        record(store, "sign-in refused", by=by, note=by)
    assert found(store, grace, practice.id) == ["both", BY]


def test_one_who_asks_of_every_practice_finds_what_belongs_to_none_as_well(practice, store, grace):
    record(store, "sign-in refused", by="stranger@example.com", note="stranger")
    assert found(store, grace, practice.id) == ["stranger"]
    oak = SmallPractice(store, "Oak Lane")
    assert found(store, grace, practice.id) == []
    rupert = person(store, "rupert", practice.id, oak.id, role=Role.GROUP)
    assert found(store, rupert, practice.id) == []
    assert found(store, rupert, practice.id, oak.id) == ["stranger"]


def test_before_there_is_a_practice_the_first_manager_finds_the_first_events(store):
    sign_in.first_manager(store, now=NOW)
    manager = Actor("manager", "Practice manager", Role.MANAGER, frozenset())
    assert history.search(store, [], actor=manager)["kind"].to_list() == ["person added"]


def test_one_without_a_practice_finds_nothing_once_there_are_practices(practice, store):
    record(store, practice_id=practice.id, note="ours")
    record(store, "sign-in refused", by="stranger@example.com", note="stranger")
    assert found(store, Actor("x", "X", Role.MANAGER, frozenset())) == []


def test_a_failed_sign_in_of_ones_own_people_is_found_whichever_address_they_typed(practice, oak, store, grace):
    person(store, "otis", oak.id)
    for email in ("Grace@example.com", "otis@example.com", "nobody@example.com"):
        with pytest.raises(sign_in.SignInRefused):
            sign_in.sign_in(store, email=email, password="wrong", address="192.0.2.1", now=NOW)
    rows = history.search(store, kept(store, practice.id), actor=grace)
    assert rows["by_user"].to_list() == ["Grace"]


def test_what_a_group_manager_does_about_people_elsewhere_is_not_found_here(practice, oak, store, grace):
    rupert = person(store, "rupert", practice.id, oak.id, role=Role.GROUP)
    chloe = Details("Chloe Evans", "chloe@example.com", Role.RECEPTION, {oak.id: None})
    user_id, _ = people.add(store, chloe, actor=rupert, now=NOW)
    people.change(store, user_id, Details("Chloe Obi", chloe.email, chloe.role, chloe.providers), actor=rupert, now=NOW)
    people.give_one_time_password(store, user_id, actor=rupert, now=NOW)
    with pytest.raises(NotAllowed):
        people.change(store, user_id, chloe, actor=grace, now=NOW)
    rows = history.search(store, kept(store, practice.id), actor=grace)
    assert rows["kind"].to_list() == ["refused"]
    assert "Chloe" not in str(rows.to_dicts())
    assert oak.id not in str(rows.to_dicts())


# --- Only ever added to

CHANGES_EVENTS = re.compile(
    r"\b(update|delete\s+from|truncate(\s+table)?|merge\s+into|alter\s+table(?!\s+events\s+add\s+column)|drop\s+table(\s+if\s+exists)?"
    r"|insert\s+or\s+replace\s+into|replace\s+into|copy)\s+(\w+\.)*events\b|\binto\s+events\b.*\bon\s+conflict\b"
)


@pytest.mark.parametrize(
    "file", sorted([*SQL.rglob("*.sql"), *MIGRATIONS.glob("*.sql")]), ids=lambda file: f"{file.parent.name}/{file.stem}"
)
def test_no_statement_changes_or_removes_events_but_the_removal_of_a_sample_practice(file):
    text = re.sub(r"--[^\n]*", "", file.read_text(encoding="utf-8")).lower()
    changes = CHANGES_EVENTS.search(" ".join(text.split())) is not None
    assert changes is (file == SQL / "practices" / "remove_events.sql")


@pytest.mark.parametrize(
    "text",
    [
        "update events set note = ''",
        "delete from events where true",
        "delete from main.events",
        "insert or replace into events values (1)",
        "insert into events select 1 on conflict do update set note = ''",
        "drop table if exists events",
        "truncate events",
    ],
)
def test_the_guard_knows_every_way_to_change_events(text):
    assert CHANGES_EVENTS.search(text)


def test_a_real_practice_and_its_history_cannot_be_removed_as_a_sample(practice, store):
    record(store, practice_id=practice.id, note="kept")
    with pytest.raises(InvalidRequest, match="no sample practice"):
        sample.remove(store, actor=SYSTEM, now=NOW)
    assert found(store, SYSTEM, practice.id) == ["kept"]

"""People in the store: one row each, and only the latest of their practices and passwords."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from queries import people
from queries.store import Store
from tests.practice import NOW


def write(store: Store, user_id: str, *, name: str = "Amara Nwosu", by: str = "manager") -> None:
    """Write a person at reception."""
    with store.transaction() as tx:
        people.write_person(
            tx, user_id, name=name, email=f"{user_id}@example.com", role="reception", is_active=True, by=by, now=NOW
        )


def everybody(store: Store) -> dict[str, dict[str, Any]]:
    """Return everybody by their id."""
    return {row["user_id"]: row for row in people.all_people(store).to_dicts()}


def test_a_person_of_several_practices_is_one_row(store):
    write(store, "amara")
    with store.transaction() as tx:
        people.give_practices(tx, "amara", {"oak": None, "elm": "ben"})
    assert people.all_people(store).height == 1
    amara = everybody(store)["amara"]
    assert amara["practice_ids"] == ["elm", "oak"]
    assert amara["provider_keys"] == ["elm/ben"]


def test_a_person_without_practice_or_password_is_there_with_nothing(store):
    write(store, "amara")
    amara = everybody(store)["amara"]
    assert (amara["practice_ids"], amara["provider_keys"]) == (None, None)
    assert (amara["has_password"], amara["is_password_one_time"]) == (False, False)


def test_people_come_by_name_then_id(store):
    for user_id, name in [("c", "Chloe"), ("b", "Amara"), ("a", "Amara")]:
        write(store, user_id, name=name)
    assert people.all_people(store)["user_id"].to_list() == ["a", "b", "c"]


def test_practices_given_take_the_place_of_the_earlier_ones_of_that_person_alone(store):
    write(store, "amara")
    write(store, "chloe")
    with store.transaction() as tx:
        people.give_practices(tx, "amara", {"elm": None, "oak": None})
        people.give_practices(tx, "chloe", {"elm": None})
    with store.transaction() as tx:
        people.give_practices(tx, "amara", {"elm": "ben", "ash": None})
    assert everybody(store)["amara"]["practice_ids"] == ["ash", "elm"]
    assert everybody(store)["amara"]["provider_keys"] == ["elm/ben"]
    assert everybody(store)["chloe"]["practice_ids"] == ["elm"]


def test_a_changed_person_keeps_who_added_them(store):
    write(store, "amara", by="first")
    write(store, "amara", name="Amara Obi", by="second")
    assert everybody(store)["amara"]["name"] == "Amara Obi"
    rows = store._connection.execute("select created_by from users").fetchall()
    assert rows == [("first",)]


def test_a_person_has_one_password_the_latest(store):
    assert people.password(store, "amara") is None
    with store.transaction() as tx:
        people.write_password(tx, "amara", hash_="one", is_one_time=True, expires_at=NOW, now=NOW)
    with store.transaction() as tx:
        people.write_password(tx, "amara", hash_="two", is_one_time=False, expires_at=None, now=NOW)
    assert people.password(store, "amara") == {"hash": "two", "is_one_time": False, "expires_at": None}


@pytest.mark.parametrize(("seconds", "counted"), [(-1, 0), (0, 0), (1, 1)])
def test_a_failure_counts_only_after_the_start_of_the_window(store, seconds, counted):
    with store.transaction() as tx:
        people.note_failure(tx, account="amara", address="1", now=NOW + timedelta(seconds=seconds))
    assert people.failures(store, account="amara", address="1", since=NOW) == (counted, counted, counted)


def fail(store: Store, *tries: tuple[str, str]) -> None:
    """Note failures, each an account and an address."""
    with store.transaction() as tx:
        for account, address in tries:
            people.note_failure(tx, account=account, address=address, now=NOW)


def counts(store: Store, account: str, address: str) -> tuple[int, int, int]:
    """Return the failures of the last minute."""
    return people.failures(store, account=account, address=address, since=NOW - timedelta(minutes=1))


def test_failures_are_counted_for_both_for_the_account_and_for_the_address(store):
    fail(store, ("amara", "1"), ("amara", "2"), ("amara", "2"), ("chloe", "1"))
    assert counts(store, "amara", "1") == (1, 3, 2)


def test_failures_are_forgotten_for_an_account_from_one_address_or_from_all(store):
    fail(store, ("amara", "1"), ("amara", "2"), ("chloe", "1"))
    with store.transaction() as tx:
        people.forget_failures(tx, account="amara", address="1", since=NOW - timedelta(hours=1))
    assert counts(store, "amara", "1") == (0, 1, 1)
    with store.transaction() as tx:
        people.forget_failures(tx, account="amara", since=NOW - timedelta(hours=1))
    assert counts(store, "amara", "1") == (0, 0, 1)
    with store.transaction() as tx:
        people.forget_failures(tx, account="amara", since=NOW)
    assert counts(store, "chloe", "1") == (0, 0, 0)


def start(store: Store, session_hash: str, user_id: str = "amara") -> bool:
    """Start a session now."""
    with store.transaction() as tx:
        return people.start_session(tx, session_hash, user_id, started_at=NOW, now=NOW)


def test_a_session_is_started_once(store):
    assert start(store, "hash")
    assert not start(store, "hash", "chloe")
    kept = people.session(store, "hash")
    assert kept is not None
    assert kept["user_id"] == "amara"


def test_a_session_is_ended_once_and_then_neither_seen_nor_resumed(store):
    start(store, "hash")
    later = NOW + timedelta(minutes=1)
    with store.transaction() as tx:
        assert people.end_session(tx, "hash", why="signed out", now=later) == "amara"
        assert people.end_session(tx, "hash", why="again", now=later) is None
        people.see_session(tx, "hash", now=later)
        assert not people.resume_session(tx, "hash", "amara", now=later)
    assert people.session(store, "hash") == {
        "user_id": "amara",
        "started_at": NOW.replace(tzinfo=None),
        "seen_at": NOW.replace(tzinfo=None),
        "ended_at": later.replace(tzinfo=None),
        "ended_why": "signed out",
    }


def test_a_session_is_resumed_for_its_own_person_only(store):
    start(store, "hash")
    with store.transaction() as tx:
        assert not people.resume_session(tx, "hash", "chloe", now=NOW)
        assert people.resume_session(tx, "hash", "amara", now=NOW)


def test_every_session_of_a_person_ends_but_the_one_to_keep(store):
    for session_hash, user_id in [("a", "amara"), ("b", "amara"), ("c", "amara"), ("d", "chloe")]:
        start(store, session_hash, user_id)
    with store.transaction() as tx:
        assert people.end_sessions_of(tx, "amara", why="changed", now=NOW, but="b") == 2
    open_ones = [one for one in "abcd" if (people.session(store, one) or {})["ended_at"] is None]
    assert open_ones == ["b", "d"]


def test_old_sessions_are_forgotten(store):
    start(store, "hash")
    with store.transaction() as tx:
        people.forget_old_sessions(tx, since=NOW - timedelta(seconds=1))
    assert people.session(store, "hash") is not None
    with store.transaction() as tx:
        people.forget_old_sessions(tx, since=NOW)
    assert people.session(store, "hash") is None

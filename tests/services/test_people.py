"""People: who may add and change whom, for which practices, and what is kept of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from queries import people as queries
from queries.store import Store
from services import people, sign_in
from services.actors import Actor, NotAllowed, Role
from services.errors import InvalidRequest
from services.people import Details, Person
from services.sign_in import SessionEnded
from tests.practice import NOW, SYSTEM, SmallPractice
from tests.staff import actor, person


@pytest.fixture
def elm(practice) -> str:
    """The practice of Grace, its manager."""
    return practice.id


@pytest.fixture
def oak(store) -> str:
    """Another practice."""
    return SmallPractice(store, "Oak Lane").id


@pytest.fixture
def grace(store, elm) -> Actor:
    """Grace, who manages Elm Road."""
    return person(store, "grace", elm, role=Role.MANAGER)


@pytest.fixture
def rupert(store, elm, oak) -> Actor:
    """Rupert, who manages the group of both practices."""
    return person(store, "rupert", elm, oak, role=Role.GROUP)


def details(*practice_ids: str, **told: Any) -> Details:
    """Say what is known of a new colleague at reception."""
    return Details(
        **{
            "name": "Chloe Evans",
            "email": "chloe@example.com",
            "role": Role.RECEPTION,
            "providers": dict.fromkeys(practice_ids),
            **told,
        }
    )


def add(store: Store, new: Details, by: Actor) -> str:
    """Add a person and return their id."""
    user_id, _ = people.add(store, new, actor=by, now=NOW)
    return user_id


def change(store: Store, user_id: str, by: Actor, **changes: Any) -> None:
    """Change some details of a person as they are shown to the actor."""
    shown = seen(store, user_id, by)
    now = Details(shown.name, shown.email or "", shown.role, shown.providers, shown.is_active)
    people.change(store, user_id, replace(now, **changes), actor=by, now=NOW)


def seen(store: Store, user_id: str, by: Actor) -> Person:
    """Return a person as they are shown to an actor."""
    return next(one for one in people.all_people(store, actor=by) if one.user_id == user_id)


def providers(store: Store, user_id: str) -> dict[str, str | None]:
    """Return the practices of a person and which provider they are there."""
    return seen(store, user_id, SYSTEM).providers


def events(store: Store, kind: str) -> list[tuple[str, Any, Any]]:
    """Return practice, before and after of each event of a kind."""
    rows = store._connection.execute(
        "select practice_id, before, after from events where kind = ? order by event_id", [kind]
    )
    return [
        (practice_id, json.loads(before) if before else None, json.loads(after) if after else None)
        for practice_id, before, after in rows.fetchall()
    ]


# --- Adding


def test_a_person_is_added_as_told_with_a_password_for_once(store, elm, grace):
    user_id, password = people.add(
        store, details(elm, name="  Chloe   Evans ", email=" Chloe@Example.com "), actor=grace, now=NOW
    )
    assert seen(store, user_id, grace) == Person(
        user_id="chloe-evans",
        name="Chloe Evans",
        email="chloe@example.com",
        role=Role.RECEPTION,
        is_active=True,
        has_password=True,
        is_password_one_time=True,
        providers={elm: None},
    )
    sign_in.sign_in(store, email="chloe@example.com", password=password, address="192.0.2.1", now=NOW)


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (["José García", "Jose Garcia", "JOSÉ GARCÍA"], ["jose-garcia", "jose-garcia-2", "jose-garcia-3"]),
        (["Łukasz Ørsted"], ["lukasz-orsted"]),
        (["Siân O'Brien-Evans"], ["sian-obrienevans"]),
        (["山田", "Юлия"], ["person", "person-2"]),
        (["Jose Garcia 2", "Jose Garcia", "José García"], ["jose-garcia-2", "jose-garcia", "jose-garcia-3"]),
    ],
)
def test_every_id_is_its_own_whatever_the_accents_of_the_name(store, elm, grace, names, ids):
    made = [
        add(store, details(elm, name=name, email=f"{number}@example.com"), grace) for number, name in enumerate(names)
    ]
    assert made == ids


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"name": " "}, "Give the person a name"),
        ({"email": ""}, "Nothing is no e-mail address"),
        ({"email": "chloe"}, "chloe is no e-mail address"),
        ({"email": "chloe@example"}, "no e-mail address"),
        ({"email": "chloé@example.com"}, "no e-mail address"),
        ({"email": "Chloe <chloe@example.com>"}, "no e-mail address"),
        ({"providers": {}}, "Choose at least one practice"),
        ({"role": Role.CLINICIAN}, "Choose which provider"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nobody_is_added(store, elm, grace, told, words):
    before = queries.all_people(store)
    with pytest.raises(InvalidRequest, match=words):
        people.add(store, details(elm, **told), actor=grace, now=NOW)
    assert queries.all_people(store).equals(before)


def test_a_clinician_is_one_of_the_providers(store, elm, grace):
    user_id = add(store, details(elm, role=Role.CLINICIAN, providers={elm: "ben"}), grace)
    assert actor(store, user_id).provider_keys == (f"{elm}/ben",)


@pytest.mark.parametrize("email", ["grace@example.com", "GRACE@example.com", " grace@EXAMPLE.com"])
def test_no_two_people_sign_in_with_the_same_address(store, elm, grace, email):
    with pytest.raises(InvalidRequest, match=r"Grace already signs in with grace@example\.com"):
        people.add(store, details(elm, email=email), actor=grace, now=NOW)


def test_the_name_of_somebody_elsewhere_is_not_told_by_their_address(store, elm, oak, grace):
    person(store, "otis", oak)
    with pytest.raises(InvalidRequest, match=r"^Somebody already signs in with otis@"):
        people.add(store, details(elm, email="otis@example.com"), actor=grace, now=NOW)


# --- Who may give what


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.MANAGER, Role.READ_ONLY])
def test_a_manager_gives_every_role_but_that_of_a_group_manager(store, elm, grace, role):
    add(store, details(elm, role=role), grace)


def test_a_manager_can_neither_make_nor_become_a_group_manager(store, elm, grace):
    for attempt in (
        lambda: people.add(store, details(elm, role=Role.GROUP), actor=grace, now=NOW),
        lambda: change(store, "grace", grace, role=Role.GROUP),
    ):
        with pytest.raises(NotAllowed, match="Only a group manager may make"):
            attempt()


def test_a_manager_can_neither_change_a_group_manager_nor_sign_in_as_one(store, elm, grace, rupert):
    for attempt in (
        lambda: change(store, "rupert", grace, is_active=False),
        lambda: change(store, "rupert", grace, role=Role.RECEPTION),
        lambda: people.give_one_time_password(store, "rupert", actor=grace, now=NOW),
    ):
        with pytest.raises(NotAllowed, match="Only a group manager"):
            attempt()


def test_a_group_manager_may_make_another(store, elm, oak, rupert):
    assert actor(store, add(store, details(elm, oak, role=Role.GROUP), rupert)).role is Role.GROUP


def test_a_practice_that_is_not_the_managers_cannot_be_given(store, elm, oak, grace):
    person(store, "chloe", elm)
    for attempt in (
        lambda: people.add(store, details(oak, email="new@example.com"), actor=grace, now=NOW),
        lambda: people.add(store, details(elm, oak, email="new@example.com"), actor=grace, now=NOW),
        lambda: change(store, "chloe", grace, providers={elm: None, oak: None}),
        lambda: change(store, "grace", grace, providers={elm: None, oak: None}),
    ):
        with pytest.raises(NotAllowed, match="not yours to give"):
            attempt()
    assert providers(store, "chloe") == {elm: None}


# --- Who may reach whom


def test_people_of_other_practices_are_neither_seen_nor_reached(store, elm, oak, grace):
    person(store, "otis", oak)
    assert [one.user_id for one in people.all_people(store, actor=grace)] == ["amara", "grace"]
    told = []
    for user_id in ("otis", "nobody"):
        with pytest.raises(NotAllowed) as problem:
            people.change(store, user_id, details(elm), actor=grace, now=NOW)
        told.append(str(problem.value))
        with pytest.raises(NotAllowed, match="none of your practices"):
            people.give_one_time_password(store, user_id, actor=grace, now=NOW)
    assert told[0] == told[1], "whether there is such a person is not told"


def test_of_one_who_also_works_elsewhere_only_the_own_practice_is_shown(store, elm, oak, grace):
    person(store, "chloe", elm, oak, provider="ben")
    shown = seen(store, "chloe", grace)
    assert shown.providers == {elm: "ben"}
    assert shown.is_elsewhere
    assert not seen(store, "grace", grace).is_elsewhere


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Somebody Else"},
        {"email": "mine@example.com"},
        {"role": Role.MANAGER},
        {"role": Role.READ_ONLY},
        {"is_active": False},
    ],
)
def test_one_who_also_works_elsewhere_is_not_a_managers_to_change(store, elm, oak, grace, changes):
    before = person(store, "chloe", elm, oak)
    with pytest.raises(NotAllowed, match="also works at a practice that is not one of yours"):
        change(store, "chloe", grace, **changes)
    assert actor(store, "chloe") == before


def test_a_manager_cannot_sign_in_as_one_who_sees_more(store, elm, oak, grace):
    person(store, "chloe", elm, oak, role=Role.MANAGER)
    with pytest.raises(NotAllowed, match="also works at a practice"):
        people.give_one_time_password(store, "chloe", actor=grace, now=NOW)


def test_what_a_person_is_elsewhere_is_kept_when_a_manager_changes_what_they_are_here(store, elm, oak, grace):
    person(store, "chloe", elm, oak)
    change(store, "chloe", grace, providers={elm: "ben"})
    assert providers(store, "chloe") == {elm: "ben", oak: None}


def test_a_manager_may_let_one_go_who_stays_elsewhere_and_loses_sight_of_them(store, elm, oak, grace):
    person(store, "chloe", elm, oak)
    change(store, "chloe", grace, providers={})
    assert providers(store, "chloe") == {oak: None}
    assert "chloe" not in [one.user_id for one in people.all_people(store, actor=grace)]


def test_one_who_works_nowhere_else_cannot_be_left_without_a_practice(store, elm, grace):
    person(store, "chloe", elm)
    with pytest.raises(InvalidRequest, match="Choose at least one practice"):
        change(store, "chloe", grace, providers={})


def test_one_of_no_practice_is_every_managers_to_mend(store, elm, grace):
    person(store, "chloe")
    change(store, "chloe", grace, providers={elm: None})
    assert providers(store, "chloe") == {elm: None}


def test_a_manager_of_all_their_practices_may_change_a_person(store, elm, oak, rupert):
    person(store, "chloe", elm, oak)
    change(store, "chloe", rupert, name="Chloe Evans", role=Role.MANAGER)
    assert actor(store, "chloe").role is Role.MANAGER


# --- Changing


def test_a_change_ends_the_sessions_of_the_person_but_not_ones_own(store, elm, grace):
    person(store, "chloe", elm)
    person(store, "priya", elm, role=Role.MANAGER)
    theirs = sign_in.start(store, "chloe", now=NOW, how="test")
    mine = sign_in.start(store, "grace", now=NOW, how="test")
    change(store, "chloe", grace, name="Chloe Evans")
    change(store, "grace", grace, name="Grace Obi")
    with pytest.raises(SessionEnded, match="your account was changed"):
        sign_in.session(store, theirs, now=NOW)
    assert sign_in.session(store, mine, now=NOW) is not None


def test_one_who_deactivates_themselves_is_out_as_well_and_stays_out_when_they_come_back(store, elm, grace):
    person(store, "priya", elm, role=Role.MANAGER)
    mine = sign_in.start(store, "grace", now=NOW, how="test")
    change(store, "grace", grace, is_active=False)
    change(store, "grace", SYSTEM, is_active=True)
    with pytest.raises(SessionEnded):
        sign_in.session(store, mine, now=NOW)


def test_a_change_that_changes_nothing_ends_and_records_nothing(store, elm, grace):
    person(store, "chloe", elm)
    token = sign_in.start(store, "chloe", now=NOW, how="test")
    change(store, "chloe", grace)
    assert sign_in.session(store, token, now=NOW) is not None
    assert events(store, "person changed") == []


def test_the_first_managers_made_up_address_may_stay_as_it_is(store, practice):
    sign_in.first_manager(store, now=NOW)
    change(store, "manager", SYSTEM, name="Grace Obi")
    assert seen(store, "manager", SYSTEM).email == "manager@care-manager.local"
    with pytest.raises(InvalidRequest, match="no e-mail address"):
        change(store, "manager", SYSTEM, email="other@care-manager.local")


def test_a_deactivated_person_keeps_their_practices_and_may_come_back(store, elm, grace):
    person(store, "chloe", elm)
    change(store, "chloe", grace, is_active=False)
    assert providers(store, "chloe") == {elm: None}
    change(store, "chloe", grace, is_active=True)
    assert seen(store, "chloe", grace).is_active


# --- The last manager


@pytest.mark.parametrize("changes", [{"is_active": False}, {"role": Role.RECEPTION}, {"role": Role.READ_ONLY}])
def test_the_last_manager_of_a_practice_is_kept(store, elm, grace, changes):
    with pytest.raises(InvalidRequest, match="last manager"):
        change(store, "grace", grace, **changes)


@pytest.mark.parametrize(
    ("other", "is_kept"),
    [
        ({"role": Role.MANAGER}, False),
        ({"role": Role.GROUP}, False),
        ({"role": Role.RECEPTION}, True),
        ({"role": Role.MANAGER, "is_active": False}, True),
        ({"role": Role.MANAGER, "has_password": False}, True),
    ],
)
def test_another_manager_who_can_sign_in_lets_one_go(store, elm, grace, other, is_kept):
    person(store, "priya", elm, **other)
    if is_kept:
        with pytest.raises(InvalidRequest, match="last manager"):
            change(store, "grace", grace, is_active=False)
    else:
        change(store, "grace", grace, is_active=False)


def test_a_manager_of_another_practice_is_none_for_this_one(store, elm, oak, grace):
    person(store, "otis", oak, role=Role.MANAGER)
    with pytest.raises(InvalidRequest, match="last manager"):
        change(store, "grace", grace, role=Role.RECEPTION)


def test_a_practice_cannot_be_taken_from_its_last_manager(store, elm, oak, rupert):
    with pytest.raises(InvalidRequest, match="last manager"):
        change(store, "rupert", rupert, providers={elm: None})
    person(store, "otis", oak, role=Role.MANAGER)
    change(store, "rupert", rupert, providers={elm: None})


# --- One-time passwords


def test_a_new_one_time_password_ends_the_sessions_and_the_old_password(store, elm, grace):
    person(store, "chloe", elm)
    token = sign_in.start(store, "chloe", now=NOW, how="test")
    old = queries.password(store, "chloe")
    people.give_one_time_password(store, "chloe", actor=grace, now=NOW)
    with pytest.raises(SessionEnded, match="your password was reset"):
        sign_in.session(store, token, now=NOW)
    assert queries.password(store, "chloe") != old
    assert seen(store, "chloe", grace).is_password_one_time


def test_one_without_an_address_needs_one_first(practice, store, elm, grace):
    with pytest.raises(InvalidRequest, match="has no e-mail address"):
        people.give_one_time_password(store, "amara", actor=grace, now=NOW)
    change(store, "amara", grace, name="Amara N.", email="")
    assert seen(store, "amara", grace).email is None
    change(store, "amara", grace, email="amara@example.com")
    people.give_one_time_password(store, "amara", actor=grace, now=NOW)


# --- What is recorded


def told(user_id: str = "chloe-evans", **changes: Any) -> dict[str, Any]:
    """Return what an event says of Chloe."""
    return {
        "user_id": user_id,
        "name": "Chloe Evans",
        "email": "chloe@example.com",
        "role": "reception",
        "is_active": True,
        "works_here": True,
        "provider": None,
        **changes,
    }


def test_what_was_done_is_recorded_once_for_each_practice_with_what_is_its_own_to_know(store, elm, oak, rupert):
    add(store, details(elm, oak, providers={elm: "ben", oak: None}), rupert)
    assert events(store, "person added") == [(elm, None, told(provider="ben")), (oak, None, told())]
    change(store, "chloe-evans", rupert, providers={elm: "ben", oak: "sam"})
    assert events(store, "person changed") == [(oak, told(), told(provider="sam"))]
    change(store, "chloe-evans", rupert, providers={elm: "ben"})
    assert events(store, "person changed")[1:] == [(oak, told(provider="sam"), told(works_here=False))]
    change(store, "chloe-evans", rupert, name="Chloe Obi")
    assert events(store, "person changed")[2:] == [(elm, told(provider="ben"), told(provider="ben", name="Chloe Obi"))]


def test_a_one_time_password_given_is_recorded_for_each_practice_without_it(store, elm, oak, rupert):
    _, password = people.add(store, details(elm, oak), actor=rupert, now=NOW)
    who = {"user_id": "chloe-evans", "name": "Chloe Evans"}
    assert events(store, "one-time password given") == [(elm, None, who), (oak, None, who)]
    assert password not in str(store._connection.execute("from events").fetchall())


def test_a_refused_change_leaves_nothing_but_the_refusal(store, elm, grace):
    before = queries.all_people(store)
    with pytest.raises(NotAllowed):
        people.add(store, details(elm, role=Role.GROUP), actor=grace, now=NOW)
    assert queries.all_people(store).equals(before)
    assert events(store, "person added") == []
    assert len(events(store, "refused")) == 1

"""The terms of NHS contracts: added, changed, ended and removed; what a UDA is worth follows at once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from queries.store import Store
from services import contracts
from services.actors import Actor, NotAllowed, Role
from services.contracts import Term
from services.errors import InvalidRequest
from tests.practice import BY, NOW, SmallPractice
from tests.services.test_settings import events, manager_of, shown, worth

LATER = NOW + timedelta(minutes=5)
THIS_YEAR = Term("123456", date(2026, 4, 1), date(2027, 3, 31), 3550, 8000.0)


@pytest.fixture
def actor(practice: SmallPractice) -> Actor:
    """Amara, made manager."""
    return manager_of(practice)


def terms(store: Store, practice: SmallPractice) -> list[Term]:
    """Return the terms of the practice's contracts."""
    return list(contracts.terms(store, shown(store, practice), actor=manager_of(practice)))


def test_a_new_term_makes_udas_worth_its_value_at_once(store, practice, actor):
    practice.course(item=False, payor_id="nhs", band="2a")
    assert worth(store, practice) == 0
    said = contracts.write(store, shown(store, practice), THIS_YEAR, actor=actor, now=NOW)
    assert said == ["Contract 123456 from 1 Apr 2026 to 31 Mar 2027, £35.50 a UDA, 8,000 UDAs to do was added"]
    assert worth(store, practice) == 3 * 3550
    assert terms(store, practice) == [THIS_YEAR]


def test_a_term_is_changed_and_ended_in_its_place(store, practice, actor):
    contracts.write(store, shown(store, practice), THIS_YEAR, actor=actor, now=NOW)
    ended = replace(THIS_YEAR, to_on=date(2026, 11, 30), uda_value_pence=3600, uda_target=None)
    said = contracts.write(store, shown(store, practice), ended, was=THIS_YEAR, actor=actor, now=LATER)
    assert said[0].startswith("Contract 123456 from 1 Apr 2026 to 30 Nov 2026, £36.00 a UDA (was 123456 from")
    assert terms(store, practice) == [ended]


def test_a_term_may_begin_on_another_day_or_get_another_number(store, practice, actor):
    contracts.write(store, shown(store, practice), THIS_YEAR, actor=actor, now=NOW)
    moved = replace(THIS_YEAR, contract_id=" 654 321 ", from_on=date(2026, 7, 1))
    contracts.write(store, shown(store, practice), moved, was=THIS_YEAR, actor=actor, now=LATER)
    assert terms(store, practice) == [replace(moved, contract_id="654 321")]


def test_a_removed_term_makes_udas_worth_nothing(store, practice, actor):
    practice.course(item=False, payor_id="nhs", band="2a")
    contracts.write(store, shown(store, practice), THIS_YEAR, actor=actor, now=NOW)
    said = contracts.remove(store, shown(store, practice), THIS_YEAR, actor=actor, now=NOW)
    assert said[0].endswith("was removed")
    assert terms(store, practice) == []
    assert worth(store, practice) == 0


def test_each_change_is_one_event_with_before_and_after(store, practice, actor):
    dearer = replace(THIS_YEAR, uda_value_pence=3600)
    contracts.write(store, shown(store, practice), THIS_YEAR, actor=actor, now=NOW)
    contracts.write(store, shown(store, practice), dearer, was=THIS_YEAR, actor=actor, now=NOW)
    contracts.remove(store, shown(store, practice), dearer, actor=actor, now=NOW)
    told = events(store, contracts.CHANGED)
    assert [event["note"] for event in told] == ["123456 from 1 Apr 2026"] * 3
    assert [(event["before"] is None, event["after"] is None) for event in told] == [
        (True, False),
        (False, False),
        (False, True),
    ]
    assert json.loads(str(told[1]["after"]))["uda_value_pence"] == 3600


def test_who_changed_a_term_is_said_until_an_extract_overwrites_it(store, practice, actor):
    practice.add("contracts", "123456", from_on=date(2026, 4, 1), to_on=None)
    [(brought, last)] = contracts.terms(store, shown(store, practice), actor=actor).items()
    assert last is None
    dearer = replace(brought, uda_value_pence=4000)
    contracts.write(store, shown(store, practice), dearer, was=brought, actor=actor, now=LATER)
    [last] = contracts.terms(store, shown(store, practice), actor=actor).values()
    assert str(last) == "Amara Nwosu on 24 Nov 2026 at 09:05"
    practice.add("contracts", "123456", from_on=date(2026, 4, 1), to_on=None)
    [last] = contracts.terms(store, shown(store, practice), actor=actor).values()
    assert last is None


@pytest.mark.parametrize(
    ("from_on", "to_on", "is_refused"),
    [
        (date(2027, 3, 31), None, True),
        (date(2027, 4, 1), None, False),
        (date(2025, 4, 1), date(2026, 4, 1), True),
        (date(2025, 4, 1), date(2026, 3, 31), False),
        (date(2025, 4, 1), None, True),
        (date(2026, 6, 1), date(2026, 6, 1), True),
        (date(2026, 4, 1), date(2027, 3, 31), True),
    ],
)
def test_terms_of_one_contract_may_not_overlap(store, practice, actor, from_on, to_on, is_refused):
    contracts.write(store, shown(store, practice), THIS_YEAR, actor=actor, now=NOW)
    other = Term("123456", from_on, to_on, 3600)
    if is_refused:
        with pytest.raises(InvalidRequest, match="This overlaps the term 123456 from 1 Apr 2026 to 31 Mar 2027"):
            contracts.write(store, shown(store, practice), other, actor=actor, now=NOW)
    else:
        contracts.write(store, shown(store, practice), other, actor=actor, now=NOW)
    assert len(terms(store, practice)) == (1 if is_refused else 2)


def test_terms_of_two_contracts_may_overlap(store, practice, actor):
    contracts.write(store, shown(store, practice), THIS_YEAR, actor=actor, now=NOW)
    contracts.write(store, shown(store, practice), replace(THIS_YEAR, contract_id="2"), actor=actor, now=NOW)
    assert len(terms(store, practice)) == 2


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"contract_id": " "}, "Give the number of the contract."),
        ({"to_on": date(2026, 3, 31)}, "The last day of a term is its first day or later."),
        ({"uda_value_pence": 0}, "A UDA is worth from £0.01 to £200.00."),
        ({"uda_value_pence": 20_001}, "A UDA is worth from £0.01 to £200.00."),
        ({"uda_target": -1.0}, "The UDAs to do are from 0 to 1,000,000."),
        ({"uda_target": float("nan")}, "The UDAs to do are from 0 to 1,000,000."),
    ],
)
def test_a_term_that_cannot_be_is_refused(store, practice, actor, wrong, sentence):
    with pytest.raises(InvalidRequest, match=sentence):
        contracts.write(store, shown(store, practice), replace(THIS_YEAR, **wrong), actor=actor, now=NOW)
    assert terms(store, practice) == []
    assert events(store, contracts.CHANGED) == []


def test_a_term_that_somebody_else_changed_meanwhile_is_not_overwritten(store, practice, actor):
    contracts.write(store, shown(store, practice), THIS_YEAR, actor=actor, now=NOW)
    bens = replace(THIS_YEAR, uda_value_pence=3600)
    between = replace(THIS_YEAR, uda_value_pence=3650)
    for before, after, who in ((THIS_YEAR, between, "cara"), (between, bens, "ben")):
        contracts.write(store, shown(store, practice), after, was=before, actor=manager_of(practice, who), now=LATER)
    mine = replace(THIS_YEAR, uda_value_pence=3700)
    refusal = "123456 from 1 Apr 2026 was changed or removed by ben on 24 Nov 2026 at 09:05"
    with pytest.raises(InvalidRequest, match=refusal):
        contracts.write(store, shown(store, practice), mine, was=THIS_YEAR, actor=actor, now=LATER)
    with pytest.raises(InvalidRequest, match=refusal):
        contracts.remove(store, shown(store, practice), THIS_YEAR, actor=actor, now=LATER)
    assert terms(store, practice) == [bens]


def test_a_term_that_somebody_else_removed_meanwhile_does_not_come_back(store, practice, actor):
    contracts.write(store, shown(store, practice), THIS_YEAR, actor=actor, now=NOW)
    contracts.remove(store, shown(store, practice), THIS_YEAR, actor=manager_of(practice, "ben"), now=LATER)
    mine = replace(THIS_YEAR, uda_value_pence=3700)
    with pytest.raises(InvalidRequest, match="was changed or removed by ben"):
        contracts.write(store, shown(store, practice), mine, was=THIS_YEAR, actor=actor, now=LATER)
    assert terms(store, practice) == []


def test_a_term_that_an_extract_changed_meanwhile_says_so(store, practice, actor):
    contracts.write(store, shown(store, practice), THIS_YEAR, actor=actor, now=NOW)
    practice.add("contracts", "123456", from_on=date(2026, 4, 1), to_on=None)
    mine = replace(THIS_YEAR, uda_value_pence=3700)
    with pytest.raises(InvalidRequest, match="was changed or removed by an import after"):
        contracts.write(store, shown(store, practice), mine, was=THIS_YEAR, actor=actor, now=LATER)


def test_doing_it_twice_does_it_once(store, practice, actor):
    here = shown(store, practice)
    dearer = replace(THIS_YEAR, uda_value_pence=3600)
    contracts.write(store, here, THIS_YEAR, actor=actor, now=NOW)
    assert contracts.write(store, here, THIS_YEAR, actor=actor, now=NOW) == []
    contracts.write(store, here, dearer, was=THIS_YEAR, actor=actor, now=NOW)
    assert contracts.write(store, here, dearer, was=THIS_YEAR, actor=actor, now=NOW) == []
    contracts.remove(store, here, dearer, actor=actor, now=NOW)
    assert contracts.remove(store, here, dearer, actor=actor, now=NOW) == []
    assert len(events(store, contracts.CHANGED)) == 3


def test_only_a_manager_of_the_practice_sees_and_changes_contracts(store, practice, actor):
    here, other = shown(store, practice), shown(store, SmallPractice(store, "Oak Road"))
    reception = Actor(BY, "Amara Nwosu", Role.RECEPTION, frozenset({practice.id}))
    for who, where in ((reception, here), (actor, other)):
        with pytest.raises(NotAllowed):
            contracts.terms(store, where, actor=who)
        with pytest.raises(NotAllowed):
            contracts.write(store, where, THIS_YEAR, actor=who, now=NOW)
        with pytest.raises(NotAllowed):
            contracts.remove(store, where, THIS_YEAR, actor=who, now=NOW)

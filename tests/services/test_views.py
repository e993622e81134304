"""Saved views: kept, shared, found again by those who may, and read when something they ask for is gone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from queries.store import Store
from services import opportunities, practices, view_choices, views
from services.actors import Actor, NotAllowed, Role
from services.errors import InvalidRequest
from services.opportunities import Filters, Order
from services.practices import Practice
from services.views import ALL, View
from tests.practice import NOW, TODAY, SmallPractice
from tests.staff import actor, person

NHS = {"payors": ["NHS"]}


@pytest.fixture
def elm(practice: SmallPractice) -> Practice:
    """The small practice as services take it."""
    return practices.named(practices.all_practices(practice.store), "Elm Road")


@pytest.fixture
def grace(store: Store, elm: Practice) -> Actor:
    """Grace at the reception of Elm Road."""
    return person(store, "grace", elm.practice_id)


@pytest.fixture
def hal(store: Store, elm: Practice) -> Actor:
    """Hal, a colleague of hers."""
    return person(store, "hal", elm.practice_id)


def saved(store: Store, who: Actor) -> list[View]:
    """The views of somebody that are kept in the store."""
    every = views.all_views(store, practices.of(store, who), actor=who)
    return [view for view in every if not view.is_built_in]


def names(store: Store, who: Actor) -> list[str]:
    """Their names."""
    return [view.name for view in saved(store, who)]


def default(store: Store, who: Actor) -> str | None:
    """The name of the view that somebody's list opens with."""
    every = views.all_views(store, practices.of(store, who), actor=who)
    return next((view.name for view in every if view.is_default), None)


def events(store: Store) -> list[tuple[Any, ...]]:
    """What was recorded about views: kind, by whom, of which practice, about which view, when."""
    rows = store._connection.execute(
        "select kind, by_user, practice_id, note, happened_at from events where kind like '%view%' order by event_id"
    )
    return rows.fetchall()


# --- Saving


def test_a_view_is_found_again_with_what_it_keeps_and_only_by_its_owner(store, grace, hal):
    view_id = views.save(store, "  NHS   first ", NHS, actor=grace, now=NOW)
    (view,) = saved(store, grace)
    assert (view.view_id, view.name, view.choices) == (view_id, "NHS first", NHS)
    assert (view.is_mine, view.is_shared, view.is_default) == (True, False, False)
    assert names(store, hal) == []


def test_a_shared_view_is_a_colleagues_too_and_not_another_practices(store, elm, grace, hal):
    views.save_shared(store, elm, "NHS", NHS, actor=grace, now=NOW)
    stranger = person(store, "ivy", SmallPractice(store, "Oak Lane").id, role=Role.MANAGER)
    (view,) = saved(store, hal)
    assert (view.name, view.owner_name, view.is_mine, view.is_shared) == ("NHS", "Grace", False, True)
    assert names(store, stranger) == []


def test_everything_done_to_a_view_is_recorded_with_who_and_when(store, elm, grace):
    at = NOW.replace(tzinfo=None)
    view_id = views.save(store, "NHS", NHS, actor=grace, now=NOW, is_default=True)
    views.share(store, view_id, elm, actor=grace, now=NOW)
    views.rename(store, view_id, "NHS only", actor=grace, now=NOW)
    views.unshare(store, view_id, actor=grace, now=NOW)
    views.remove(store, view_id, actor=grace, now=NOW + timedelta(hours=1))
    assert events(store) == [
        ("view saved", "grace", None, "NHS", at),
        ("default view chosen", "grace", None, "NHS", at),
        ("view saved", "grace", elm.practice_id, "NHS", at),
        ("view saved", "grace", elm.practice_id, "NHS → NHS only", at),
        ("view saved", "grace", elm.practice_id, "NHS only", at),
        ("view removed", "grace", None, "NHS only", at + timedelta(hours=1)),
    ]


@pytest.mark.parametrize("name", ["nhs", "NHS", " Nhs "])
def test_ones_own_of_the_same_name_is_replaced_only_when_that_is_meant(store, grace, name):
    first = views.save(store, "NHS", NHS, actor=grace, now=NOW)
    with pytest.raises(InvalidRequest, match="already have a view called “NHS”"):
        views.save(store, name, {}, actor=grace, now=NOW)
    assert saved(store, grace)[0].choices == NHS
    assert views.save(store, name, {"is_due": True}, actor=grace, now=NOW, is_replacing=True) == first
    assert [view.choices for view in saved(store, grace)] == [{"is_due": True}]


def test_a_name_that_a_colleague_shares_is_taken_however_much_one_means_it(store, elm, grace, hal):
    views.save_shared(store, elm, "NHS", NHS, actor=grace, now=NOW)
    with pytest.raises(InvalidRequest, match="called “NHS”, Grace's"):
        views.save_shared(store, elm, "nhs", {}, actor=hal, now=NOW, is_replacing=True)
    views.save(store, "NHS", {"is_due": True}, actor=hal, now=NOW)
    assert names(store, hal) == ["NHS", "NHS"], "one's own may have it"


@pytest.mark.parametrize(
    "name", ["", "   ", "\n\t", "\u202e\u200b", "x" * 61, "x" * 200, "all Opportunities", "Due now"]
)
def test_a_name_that_is_none_is_refused_in_words(store, grace, name):
    with pytest.raises(InvalidRequest, match="Nothing was saved"):
        views.save(store, name, NHS, actor=grace, now=NOW)
    assert names(store, grace) == []


@pytest.mark.parametrize(
    "name", ["x" * 60, "**bold** [x](javascript:alert(1))", "'; drop table saved_views; --", "Zoë ☎"]
)
def test_a_strange_name_is_kept_as_it_was_typed(store, grace, name):
    views.save(store, name, NHS, actor=grace, now=NOW)
    assert names(store, grace) == [name]


def test_what_names_a_patient_is_never_kept(store, grace):
    asked = Filters(search="Okafor", patient="elm-road/okafor", household="elm-road/x", payors=("NHS",))
    choices = view_choices.choices_of(asked, Order(), "none")
    assert choices == NHS
    hostile = {**choices, "search": "Okafor", "patient": "elm-road/okafor", "household": "x", "only": ["x"], "other": 1}
    views.save(store, "NHS", hostile, actor=grace, now=NOW)
    assert saved(store, grace)[0].choices == NHS
    assert "okafor" not in str(store._connection.execute("select * from saved_views").fetchall()).lower()


# --- Changing


def test_a_save_over_what_somebody_changed_meanwhile_is_refused_and_keeps_theirs(store, elm, grace):
    views.save_shared(store, elm, "NHS", NHS, actor=grace, now=NOW)
    mona = person(store, "mona", elm.practice_id, role=Role.MANAGER)
    (seen,), (seen_by_mona,) = saved(store, grace), saved(store, mona)
    views.update(store, seen_by_mona, {"is_due": True}, actor=mona, now=NOW + timedelta(minutes=1))
    with pytest.raises(InvalidRequest, match="changed meanwhile"):
        views.update(store, seen, {"is_due": False}, actor=grace, now=NOW + timedelta(minutes=2))
    assert saved(store, grace)[0].choices == {"is_due": True}


def test_a_save_that_changes_nothing_leaves_no_event(store, grace):
    views.save(store, "NHS", NHS, actor=grace, now=NOW)
    before = events(store)
    views.update(store, saved(store, grace)[0], NHS, actor=grace, now=NOW + timedelta(hours=1))
    assert events(store) == before


@pytest.mark.parametrize(
    ("role", "is_allowed"),
    [
        (Role.RECEPTION, False),
        (Role.CLINICIAN, False),
        (Role.READ_ONLY, False),
        (Role.MANAGER, True),
        (Role.GROUP, True),
    ],
)
def test_anothers_shared_view_is_removed_by_who_may_change_the_settings_alone(store, elm, grace, role, is_allowed):
    view_id = views.save_shared(store, elm, "NHS", NHS, actor=grace, now=NOW)
    other = person(store, "other", elm.practice_id, role=role)
    assert saved(store, other)[0].may_be_changed_by(other) is is_allowed
    if is_allowed:
        views.remove(store, view_id, actor=other, now=NOW)
    else:
        with pytest.raises(NotAllowed):
            views.remove(store, view_id, actor=other, now=NOW)
        with pytest.raises(NotAllowed):
            views.rename(store, view_id, "Mine now", actor=other, now=NOW)
    assert names(store, grace) == ([] if is_allowed else ["NHS"])


def test_a_view_that_is_not_theirs_is_nobodys_to_touch(store, elm, grace, hal):
    own = views.save(store, "NHS", NHS, actor=grace, now=NOW)
    shared = views.save_shared(store, elm, "Shared", NHS, actor=grace, now=NOW)
    (view,) = [one for one in saved(store, grace) if one.view_id == own]
    stranger = person(store, "ivy", SmallPractice(store, "Oak Lane").id, role=Role.MANAGER)
    for who, view_id in ((hal, own), (stranger, own), (stranger, shared), (hal, "no such view")):
        for act in (
            lambda who, id_: views.remove(store, id_, actor=who, now=NOW),
            lambda who, id_: views.rename(store, id_, "Mine", actor=who, now=NOW),
            lambda who, id_: views.unshare(store, id_, actor=who, now=NOW),
            lambda who, id_: views.make_default(store, id_, actor=who, now=NOW),
            lambda who, id_: views.update(store, replace(view, view_id=id_), {}, actor=who, now=NOW),
        ):
            with pytest.raises(InvalidRequest, match="not there any more"):
                act(who, view_id)
    with pytest.raises(InvalidRequest, match="Grace's"):
        views.unshare(store, shared, actor=hal, now=NOW)
    assert sorted(names(store, grace)) == ["NHS", "Shared"]


def test_who_only_reads_keeps_views_for_themselves_and_shares_none(store, elm):
    ron = person(store, "ron", elm.practice_id, role=Role.READ_ONLY)
    view_id = views.save(store, "NHS", NHS, actor=ron, now=NOW)
    with pytest.raises(NotAllowed):
        views.share(store, view_id, elm, actor=ron, now=NOW)
    with pytest.raises(NotAllowed):
        views.save_shared(store, elm, "Ours", NHS, actor=ron, now=NOW)
    assert names(store, ron) == ["NHS"]


def test_a_view_is_shared_with_ones_own_practices_alone(store, elm, grace):
    view_id = views.save(store, "NHS", NHS, actor=grace, now=NOW)
    oak = next(one for one in practices.all_practices(SmallPractice(store, "Oak Lane").store) if one.name == "Oak Lane")
    with pytest.raises(NotAllowed):
        views.share(store, view_id, oak, actor=grace, now=NOW)


# --- What a list opens with


def test_a_list_opens_with_one_view_a_built_in_one_too_or_with_none(store, grace, hal):
    views.save(store, "NHS", NHS, actor=grace, now=NOW, is_default=True)
    assert (default(store, grace), default(store, hal)) == ("NHS", None)
    views.make_default(store, "due", actor=grace, now=NOW)
    assert default(store, grace) == "Due now"
    views.make_default(store, None, actor=grace, now=NOW)
    assert default(store, grace) is None


@pytest.mark.parametrize("how", ["removed", "for its owner alone again"])
def test_a_view_that_is_gone_opens_nobodys_list(store, elm, grace, hal, how):
    view_id = views.save_shared(store, elm, "NHS", NHS, actor=grace, now=NOW, is_default=True)
    views.make_default(store, view_id, actor=hal, now=NOW)
    act = views.remove if how == "removed" else views.unshare
    act(store, view_id, actor=grace, now=NOW)
    assert default(store, hal) is None
    assert default(store, grace) == (None if how == "removed" else "NHS")
    assert store._connection.execute("select count(*) from default_views where user_id = 'hal'").fetchall() == [(0,)]


# --- The built-in ones


def test_the_first_view_asks_for_nothing_and_who_works_nothing_has_no_own_work(store, elm, grace):
    every = views.all_views(store, [elm], actor=grace)
    assert (every[0].view_id, every[0].choices) == (ALL, {})
    assert next(view for view in every if view.view_id == "mine").choices == {"assignees": ["grace"]}
    ron = person(store, "ron", elm.practice_id, role=Role.READ_ONLY)
    assert "mine" not in [view.view_id for view in views.built_in(ron)]
    assert not any(view.may_be_changed_by(grace) for view in every)


def test_each_built_in_view_lists_what_it_is_called(practice, store, elm, grace):
    for number, course_id in enumerate(("untouched", "mine", "rung", "contacted", "snoozed", "rejected", "far")):
        practice.course(course_id=course_id, patient=practice.add("patients", course_id), cot_number=str(number))
    practice.state("mine", assigned_to="grace")
    practice.state("rung", attempts=1, last_attempt_at=NOW.replace(tzinfo=None))
    practice.state("contacted", status="contacted", last_contact_at=NOW.replace(tzinfo=None))
    practice.state("snoozed", snoozed_until=TODAY + timedelta(days=3))
    practice.state("rejected", status="rejected", reject_reason="cost")
    practice.appointment("far", in_days=120, patient="far")

    def listed(view_id: str) -> set[str]:
        view = next(one for one in views.built_in(grace) if one.view_id == view_id)
        asked = Filters(**{name: tuple(v) if isinstance(v, list) else v for name, v in view.choices.items()})
        return set(opportunities.worklist(store, [elm], asked, actor=grace, today=TODAY).rows["opportunity_id"])

    assert listed(ALL) == {"untouched", "mine", "rung", "contacted", "far"}
    assert listed("due") == {"untouched", "mine", "far"}
    assert listed("unassigned") == {"untouched", "rung", "contacted", "far"}
    assert listed("mine") == {"mine"}
    assert listed("not-contacted") == {"untouched", "mine", "rung", "far"}
    assert listed("snoozed") == {"snoozed"}
    assert listed("rejected") == {"rejected"}
    assert listed("far-ahead") == {"far"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"attempts_to": 0}, {"none"}),
        ({"attempts_from": 1}, {"one", "three"}),
        ({"attempts_from": 1, "attempts_to": 2}, {"one"}),
        ({"attempts_from": 4}, set()),
    ],
)
def test_attempts_are_counted_and_what_nobody_touched_has_none(practice, store, elm, grace, asked, expected):
    for course_id, attempts in (("none", None), ("one", 1), ("three", 3)):
        practice.course(course_id=course_id)
        if attempts:
            practice.state(course_id, attempts=attempts)
    rows = opportunities.worklist(store, [elm], Filters(**asked), actor=grace, today=TODAY).rows
    assert set(rows["opportunity_id"]) == expected


# --- Choices as values


def test_only_what_differs_from_nothing_is_kept_and_the_order_of_a_list_is_no_difference():
    assert view_choices.choices_of(Filters(), Order(), "none") == {}
    assert view_choices.choices_of(Filters(statuses=("contacted", "open")), Order(), "none") == {}
    asked = Filters(
        payors=("Private", "NHS"), opened_from=date(2026, 3, 1), value_from=50_000, uda_to=1.2, has_phone=False
    )
    choices = view_choices.choices_of(
        asked, Order("value", True), "patient", columns=["value", "phone"], practice_id="elm-road"
    )
    assert choices == {
        "payors": ["NHS", "Private"],
        "opened_from": "2026-03-01",
        "value_from": 50_000,
        "uda_to": 1.2,
        "has_phone": False,
        "order": ["value", True],
        "grouping": "patient",
        "columns": ["value", "phone"],
        "practice": "elm-road",
    }
    assert json.loads(json.dumps(choices)) == choices


OFFERED = {
    "payors": ["NHS", "Private"],
    "columns": ["value", "phone"],
    "practice": ["elm-road"],
    "providers": ["elm/ba"],
}


@pytest.mark.parametrize(
    ("choices", "kept", "left_off"),
    [
        ({}, {}, []),
        ({"payors": ["NHS"]}, {"payors": ["NHS"]}, []),
        ({"payors": ["NHS", "Gone"]}, {"payors": ["NHS"]}, ["payors"]),
        ({"providers": ["elm/gone"]}, {}, ["providers"]),
        ({"colour": "red", "is_due": True}, {"is_due": True}, ["colour"]),
        ({"columns": ["phone", "height", "value"]}, {"columns": ["phone", "value"]}, ["columns"]),
        ({"practice": "oak"}, {}, ["practice"]),
        ({"order": ["height", True]}, {}, ["order"]),
        ({"order": "value"}, {}, ["order"]),
        ({"grouping": "street"}, {}, ["grouping"]),
        ({"opened_from": "2026-13-45"}, {}, ["opened_from"]),
        ({"opened_from": 7}, {}, ["opened_from"]),
        ({"value_from": "much", "value_to": -1, "uda_to": True}, {}, ["value_from", "value_to", "uda_to"]),
        ({"is_due": "yes", "has_beard": True}, {}, ["is_due", "has_beard"]),
        ({"payors": "NHS"}, {}, ["payors"]),
        ({"payors": None}, {}, ["payors"]),
        ({"worth_from": float("inf")}, {}, ["worth_from"]),
        ({"search": "Okafor"}, {}, ["search"]),
    ],
)
def test_what_cannot_be_chosen_any_more_is_left_off_and_named(choices, kept, left_off):
    assert view_choices.fitted(choices, OFFERED) == (kept, left_off)


def test_a_view_whose_text_is_no_set_of_choices_asks_for_nothing(store, grace):
    views.save(store, "NHS", NHS, actor=grace, now=NOW)
    store._connection.execute("update saved_views set choices = '[1, 2]'")
    assert saved(store, grace)[0].choices == {}


def test_views_stay_with_who_has_left_and_are_then_the_practices(store, elm, grace, hal):
    views.save_shared(store, elm, "NHS", NHS, actor=grace, now=NOW)
    person(store, "grace", elm.practice_id, is_active=False)
    assert [view.owner_name for view in saved(store, actor(store, "hal"))] == ["Grace"]

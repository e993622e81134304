"""Notebooks: kept, shared and found again by those who may; a stale save overwrites nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from queries import practices as practice_queries
from queries.store import Store
from services import notebook_cells, notebooks, practices
from services.actors import Actor, NotAllowed, Role
from services.errors import InvalidRequest
from services.notebook_cells import Cell
from services.notebooks import Notebook
from services.practices import Practice
from tests.practice import NOW, SmallPractice
from tests.staff import person

CELLS = (
    Cell(title="By payor", group="payor", split="status", measures=("worth",), filters={"payors": ["NHS"]}),
    Cell("sql", title="Rows", sql="select 1", chart="none"),
)


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


def add(store: Store, who: Actor, name: str = "Mondays") -> Notebook:
    """A notebook of somebody's own."""
    return notebooks.add(store, name, CELLS, actor=who, now=NOW)


def seen(store: Store, who: Actor) -> list[Notebook]:
    """What somebody finds."""
    return notebooks.all_notebooks(store, practices.of(store, who), actor=who)


def events(store: Store) -> list[tuple[Any, ...]]:
    """What the history says of notebooks."""
    rows = store._connection.execute(
        "select kind, by_user, practice_id, note from events where kind like 'notebook%' order by event_id"
    )
    return rows.fetchall()


def test_a_notebook_is_found_again_with_its_cells_by_its_owner_alone(store, grace, hal):
    kept = add(store, grace)
    assert seen(store, grace) == [kept]
    assert kept.cells == CELLS
    assert (kept.version, kept.is_shared, kept.owner_name) == (1, False, "Grace")
    assert seen(store, hal) == []
    assert events(store) == [("notebook saved", "grace", None, "Mondays")]


def test_saving_it_again_raises_its_version_and_an_unchanged_one_leaves_no_event(store, grace):
    kept = add(store, grace)
    again = notebooks.save(store, kept, CELLS[:1], actor=grace, now=NOW)
    assert (again.version, again.cells) == (2, CELLS[:1])
    assert notebooks.save(store, again, CELLS[:1], actor=grace, now=NOW) == again
    assert len(events(store)) == 2


def test_a_stale_save_rename_share_or_removal_is_refused_and_changes_nothing(store, elm, grace):
    stale = add(store, grace)
    now_kept = notebooks.rename(store, stale, "Tuesdays", actor=grace, now=NOW)
    for act in (
        lambda: notebooks.save(store, stale, (), actor=grace, now=NOW),
        lambda: notebooks.rename(store, stale, "Other", actor=grace, now=NOW),
        lambda: notebooks.share(store, stale, elm, actor=grace, now=NOW),
        lambda: notebooks.remove(store, stale, actor=grace, now=NOW),
    ):
        with pytest.raises(
            InvalidRequest, match=r"Grace changed this notebook after you opened it\. Nothing was saved"
        ):
            act()
    assert seen(store, grace) == [now_kept]


def test_a_shared_one_is_everybodys_to_run_and_the_owners_and_leaders_to_change(store, elm, grace, hal):
    shared = notebooks.share(store, add(store, grace), elm, actor=grace, now=NOW)
    (theirs,) = seen(store, hal)
    assert (theirs.practice_id, theirs.is_mine, theirs.owner_name) == ("elm-road", False, "Grace")
    assert not theirs.may_be_changed_by(hal)
    with pytest.raises(NotAllowed):
        notebooks.save(store, theirs, (), actor=hal, now=NOW)
    maud = person(store, "maud", elm.practice_id, role=Role.MANAGER)
    assert replace(shared, is_mine=False).may_be_changed_by(maud)
    by_maud = notebooks.save(store, replace(shared, is_mine=False), CELLS[1:], actor=maud, now=NOW)
    assert by_maud.owner_name == "Grace"
    with pytest.raises(InvalidRequest, match="Maud changed this notebook"):
        notebooks.save(store, shared, CELLS, actor=grace, now=NOW)


def test_only_its_owner_shares_it_or_takes_it_back(store, elm, grace):
    shared = notebooks.share(store, add(store, grace), elm, actor=grace, now=NOW)
    maud = person(store, "maud", elm.practice_id, role=Role.MANAGER)
    with pytest.raises(InvalidRequest, match="Grace's, who alone may share it"):
        notebooks.unshare(store, shared, actor=maud, now=NOW)
    assert not notebooks.unshare(store, shared, actor=grace, now=NOW).is_shared
    assert seen(store, maud) == []
    assert events(store)[-1] == ("notebook saved", "grace", "elm-road", "Mondays")


def test_another_practice_never_sees_it(store, elm, grace):
    shared = notebooks.share(store, add(store, grace), elm, actor=grace, now=NOW)
    olga = person(store, "olga", SmallPractice(store, "Oak Lane").id, role=Role.GROUP)
    assert seen(store, olga) == []
    for act in (notebooks.unshare, notebooks.remove):
        with pytest.raises(InvalidRequest, match="not there any more"):
            act(store, shared, actor=olga, now=NOW)
    with pytest.raises(NotAllowed):
        notebooks.share(store, add(store, olga, "Hers"), elm, actor=olga, now=NOW)


def test_a_removed_one_is_gone_and_told(store, grace):
    kept = add(store, grace)
    notebooks.remove(store, kept, actor=grace, now=NOW)
    assert seen(store, grace) == []
    assert events(store)[-1] == ("notebook removed", "grace", None, "Mondays")
    with pytest.raises(InvalidRequest, match="Save what you have as a new one"):
        notebooks.save(store, kept, CELLS, actor=grace, now=NOW)


def test_shared_ones_go_with_their_practice(store, elm, grace):
    notebooks.share(store, add(store, grace), elm, actor=grace, now=NOW)
    add(store, grace, "Mine")
    with store.transaction() as tx:
        practice_queries.remove(tx, elm.practice_id)
    assert store._connection.execute("select name from notebooks").fetchall() == [("Mine",)]


@pytest.mark.parametrize(
    ("name", "words"),
    [("  ", "Give the notebook a name"), ("x" * 61, "60 are the most"), ("MONDAYS ", "You already have a notebook")],
)
def test_a_name_that_is_none_too_long_or_taken_is_refused(store, grace, name, words):
    add(store, grace)
    with pytest.raises(InvalidRequest, match=words):
        notebooks.add(store, name, CELLS, actor=grace, now=NOW)


def test_a_name_that_the_practice_has_is_refused_when_sharing(store, elm, grace, hal):
    notebooks.share(store, add(store, grace), elm, actor=grace, now=NOW)
    with pytest.raises(InvalidRequest, match="The practice already has a notebook called “Mondays”"):
        notebooks.share(store, add(store, hal), elm, actor=hal, now=NOW)


def test_who_only_reads_keeps_their_own_and_shares_none(store, elm):
    rita = person(store, "rita", elm.practice_id, role=Role.READ_ONLY)
    kept = add(store, rita)
    with pytest.raises(NotAllowed):
        notebooks.share(store, kept, elm, actor=rita, now=NOW)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([Cell()] * 31, "30 cells at most"),
        ([Cell("sql", sql="x" * 10_001)], "10,000 letters at most"),
        ([Cell("sql", sql="x" * 10_000)] * 21, "more than a notebook keeps"),
    ],
)
def test_too_much_is_refused(store, grace, cells, words):
    with pytest.raises(InvalidRequest, match=words):
        notebooks.add(store, "Much", cells, actor=grace, now=NOW)


def test_a_cell_keeps_nothing_that_names_a_patient():
    text = notebook_cells.to_text([Cell(filters={"search": "okafor", "patient": "elm-road/okafor", "is_due": True})])
    assert json.loads(text)[0]["filters"] == {"is_due": True}


@pytest.mark.parametrize("text", ["", "no json", "null", "{}", "5", '["x", 5, null]'])
def test_what_is_no_cell_is_left_out(text):
    assert notebook_cells.of_text(text) == ()


def test_what_a_cell_lacks_or_has_no_more_is_as_in_a_new_one():
    (cell,) = notebook_cells.of_text('[{"kind": 5, "group": "gone", "measures": ["gone"], "filters": [], "sql": 1}]')
    assert replace(cell, cell_id="") == replace(Cell(), cell_id="")

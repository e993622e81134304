"""The page Explore: cells are asked and drawn, notebooks kept and shared, and who may not ask in SQL is told so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import explore_charts
from queries import people
from services import charts, notebooks, practices
from services.explore import Answer
from services.notebook_cells import Cell
from services.store import Store
from tests.pages.conftest import own_password, signed_in_as
from tests.pages.screen import button, open_page, press, read
from tests.practice import NOW, SmallPractice
from tests.staff import actor, person

PAGE = "explore.py"


@pytest.fixture
def elm(store: Store) -> SmallPractice:
    """Elm Road with two opportunities of two payors."""
    practice = SmallPractice(store)
    practice.course(days_ago=20)
    practice.course(days_ago=50, payor_id="plan", item=False, stated_value_pence=10_000)
    with store.transaction() as tx:
        people.give_practices(tx, "manager", {practice.id: None})
    return practice


def control(app: AppTest, kind: str, label: str, nth: int = 0) -> Any:
    """A control of that label."""
    return [one for one in getattr(app, kind) if one.label == label][nth]


def kept(store: Store, user_id: str) -> list[notebooks.Notebook]:
    """The notebooks that somebody finds."""
    who = actor(store, user_id)
    return notebooks.all_notebooks(store, practices.of(store, who), actor=who)


def test_a_new_notebook_has_a_question_that_is_answered_and_follows_its_choices(elm):
    app = open_page(PAGE)
    assert "Value and opportunities by provider: 1 group, 2 opportunities." in read(app)
    assert list(app.dataframe[0].value["Value"]) == [520.0]
    control(app, "selectbox", "Group by").select("payor").run()
    assert list(app.dataframe[0].value["Payor"]) == ["Private", "Denplan"]
    control(app, "multiselect", "Payor").select("Denplan").run()
    assert not app.exception
    assert "1 group, 1 opportunities. Payor: Denplan." in read(app)
    control(app, "multiselect", "Show").set_value([]).run()
    assert "Choose something to count or add up" in read(app)


def test_sql_is_asked_when_its_button_is_pressed_and_not_kept_for_another_question(elm):
    app = open_page(PAGE)
    press(app, "Add SQL")
    assert "Run it to see the answer." in read(app)
    control(app, "text_area", "SQL").set_value("select payor, value_pounds from opportunities order by 1").run()
    press(app, "Run")
    assert list(app.dataframe[2].value["value"]) == [100.0, 420.0]
    control(app, "text_area", "SQL").set_value("drop view opportunities").run()
    assert "Run it again to see the answer." in read(app)
    press(app, "Run")
    assert "Only one question at a time can be asked" in read(app)
    assert len(app.dataframe) == 2  # the first cell, and the columns of the views


def test_a_notebook_is_saved_changed_shared_and_removed(store, elm):
    app = open_page(PAGE)
    press(app, "Save as …")
    control(app, "text_input", "Name").set_value("Mondays").run()
    press(app, "Save")
    assert [one.name for one in kept(store, "manager")] == ["Mondays"]
    assert control(app, "selectbox", "Notebook").value == kept(store, "manager")[0].notebook_id
    assert button(app, "Save").disabled
    control(app, "text_input", "Title").set_value("Worth by payor").run()
    assert "What you changed is not saved yet." in read(app)
    press(app, "Save")
    assert kept(store, "manager")[0].cells[0].title == "Worth by payor"
    press(app, "Share …")
    press(app, "Everybody at Elm Road")
    assert "Mondays is for everybody at Elm Road now." in read(app)
    press(app, "Remove …")
    press(app, "Remove")
    assert kept(store, "manager") == []
    assert control(app, "selectbox", "Notebook").value == "new"


def test_what_somebody_else_changed_is_told_and_what_is_typed_stays(store, elm):
    manager = actor(store, "manager")
    notebook = notebooks.add(store, "Mondays", [Cell(title="First")], actor=manager, now=NOW)
    app = open_page(PAGE)
    control(app, "selectbox", "Notebook").select(notebook.notebook_id).run()
    control(app, "text_input", "Title").set_value("Mine").run()
    notebooks.save(store, notebook, [Cell(title="Theirs")], actor=manager, now=NOW)
    press(app, "Save")
    assert "changed this notebook after you opened it. Nothing was saved." in read(app)
    assert control(app, "text_input", "Title").value == "Mine"
    press(app, "Start again")
    assert control(app, "text_input", "Title").value == "Theirs"


def test_reception_runs_choices_sees_sql_and_may_neither_ask_it_nor_take_anything_out(store, elm, monkeypatch):
    manager = actor(store, "manager")
    cells = [Cell(), Cell("sql", sql="select 1")]
    notebook = notebooks.add(store, "Mondays", cells, actor=manager, now=NOW)
    (practice,) = practices.of(store, manager)
    notebooks.share(store, notebook, practice, actor=manager, now=NOW)
    person(store, "grace", elm.id)
    own_password(store, "grace")
    signed_in_as(monkeypatch, store, "grace")
    app = open_page(PAGE)
    control(app, "selectbox", "Notebook").select(notebook.notebook_id).run()
    press(app, "Run all")
    assert "the role reception may not run it" in read(app)
    assert app.code[0].value == "select 1"
    assert len(app.dataframe) == 1
    assert not {"Add SQL", "Save", "Share …", "Remove …"} & {one.label for one in app.button}
    assert not app.get("download_button")


def test_without_a_practice_it_says_what_to_do(store):
    assert "There is no practice yet." in read(open_page(PAGE))


def test_a_practice_without_opportunities_gets_a_sentence_instead_of_empty_axes(store):
    practice = SmallPractice(store)
    with store.transaction() as tx:
        people.give_practices(tx, "manager", {practice.id: None})
    app = open_page(PAGE)
    assert "No opportunity passes these filters." in read(app)
    assert not app.dataframe


# --- The charts


def answer(groups: int = 2, **given: Any) -> Answer:
    """An answer with so many groups, the first the largest."""
    frame = pl.DataFrame({"by_group": [f"<b>{n}" for n in range(groups)], "value": [float(-n) for n in range(groups)]})
    labels = {"by_group": "Payor", "value": "Value"}
    return Answer(**{"frame": frame, "labels": labels, "money": ("value",), "about": "", "chart_by": "by_group",
                     "chart_of": "value", **given})  # fmt: skip


@pytest.mark.parametrize(("kind", "mark"), [("bars", "bar"), ("line", "line")])
def test_a_chart_draws_the_first_measure_by_its_group_in_the_order_of_the_table(kind, mark):
    spec = explore_charts.draw(answer(), kind).to_dict()
    assert spec["mark"]["type"] == mark
    drawn = spec["encoding"]["y" if kind == "bars" else "x"]
    assert (drawn["field"], drawn["sort"]) == ("by", ["<b>0", "<b>1"])
    assert next(iter(spec["datasets"].values())) == [{"by": "<b>0", "of": 0.0}, {"by": "<b>1", "of": -1.0}]


def test_a_chart_of_many_groups_has_the_first_and_says_so():
    many = answer(31)
    spec = explore_charts.draw(many, "bars").to_dict()
    assert len(next(iter(spec["datasets"].values()))) == 30
    assert explore_charts.left_out(many) == "The chart has the first 30 of 31 groups."
    assert explore_charts.left_out(answer(30)) == ""


def test_rows_of_one_group_are_drawn_as_one_and_days_as_they_are_written_here():
    """Altair refuses more than 5,000 rows, of which an answer in SQL may have twice as many."""
    same = answer(frame=pl.DataFrame({"by_group": ["a", "b"] * 4_000, "value": [1.0, 2.0] * 4_000}))
    spec = explore_charts.draw(same, "bars").to_dict()
    assert next(iter(spec["datasets"].values())) == [{"by": "a", "of": 4_000.0}, {"by": "b", "of": 8_000.0}]
    days = pl.date_range(date(2000, 1, 1), date(2020, 1, 1), eager=True)
    dated = answer(frame=pl.DataFrame({"by_group": days, "value": [1.0] * len(days)}))
    spec = explore_charts.draw(dated, "line").to_dict()
    assert len(next(iter(spec["datasets"].values()))) == 1_000
    assert spec["encoding"]["x"]["axis"]["format"] == "%-d %b %Y"
    assert explore_charts.left_out(dated) == "The chart has the first 1,000 of 7,306 groups."
    assert explore_charts.says(replace(dated, frame=dated.frame.head(2))) == (
        "Value by Payor, 2 groups. Most, 1 Jan 2000: 1; least, 2 Jan 2000: 1. The table has them all."
    )


def test_a_chart_says_its_largest_and_its_smallest_group():
    assert explore_charts.says(answer(3)) == (
        "Value by Payor, 3 groups. Most, <b>0: 0; least, <b>2: -2. The table has them all."
    )


@pytest.mark.parametrize("given", [{"chart_of": None}, {"chart_by": None}, {"frame": pl.DataFrame({"by_group": []})}])
def test_what_cannot_be_drawn_is_not(given):
    assert explore_charts.draw(answer(**given), "bars") is None
    assert explore_charts.svg(answer(), "none") is None


def test_a_chart_as_svg_escapes_its_texts_and_fetches_nothing():
    drawn = explore_charts.svg(answer(), "bars")
    assert "&lt;b&gt;0" in drawn
    assert "<b>" not in drawn
    assert "href=" not in drawn


def test_a_status_has_its_colour_and_the_parts_of_a_bar_stand_as_their_legend():
    frame = pl.DataFrame({"by_group": ["NHS", "NHS"], "split_group": ["Open", "Booked"], "value": [1.0, 2.0]})
    labels = {"by_group": "Payor", "split_group": "Status", "value": "Value"}
    spec = explore_charts.draw(answer(frame=frame, labels=labels, split_by="split_group"), "bars").to_dict()
    colours = spec["encoding"]["color"]["scale"]
    assert dict(zip(colours["domain"], colours["range"], strict=True)) == {
        "Open": charts.STATUS_COLOURS["open"],
        "Booked": charts.STATUS_COLOURS["booked"],
    }
    assert [row["place"] for row in next(iter(spec["datasets"].values()))] == [0, 1]
    assert spec["encoding"]["order"]["field"] == "place"

"""Views on screen: saved, chosen again, opened with, shared, and what of them no longer fits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import session
from queries.store import Store
from services import practices, views
from services.actors import Actor, Role
from services.practices import Practice
from tests.pages.conftest import signed_in_as
from tests.pages.screen import read
from tests.pages.test_opportunities import listed
from tests.practice import NOW, SmallPractice
from tests.staff import actor, person

Opened = Callable[..., AppTest]


@pytest.fixture
def three(practice: SmallPractice) -> SmallPractice:
    """Three courses: A is the oldest, B the dearest, C an NHS one; Grace and Hal work at the reception."""
    practice.course(cot_number="A", days_ago=50, course_id="a")
    practice.item(practice.course(cot_number="B", days_ago=40, course_id="b"), price_pence=100_000)
    practice.course(cot_number="C", days_ago=30, course_id="c", payor_id="nhs", band="3", item=False)
    person(practice.store, "grace", practice.id)
    person(practice.store, "hal", practice.id)
    return practice


@pytest.fixture
def as_(monkeypatch: pytest.MonkeyPatch, store: Store) -> Callable[[str], None]:
    """Let somebody be signed in from now on."""
    return lambda user_id: signed_in_as(monkeypatch, store, user_id)


@pytest.fixture
def grace(three: SmallPractice, as_: Callable[[str], None]) -> Actor:
    """Grace, signed in."""
    as_("grace")
    return actor(three.store, "grace")


def elm(store: Store) -> Practice:
    """The small practice as services take it."""
    return practices.named(practices.all_practices(store), "Elm Road")  # type: ignore[return-value]


def chosen(app: AppTest) -> str:
    """The label of the view that is chosen."""
    box = app.selectbox(key="view")
    return str(box.options[box.index])


def choose(app: AppTest, label: str) -> None:
    """Choose the view whose label begins so."""
    (found,) = [one for one in app.selectbox(key="view").options if one.startswith(label)]
    app.selectbox(key="view").select(found).run()
    assert not app.exception


def save_button(app: AppTest) -> str:
    """What the button beside the view says."""
    return str(app.button(key="view_save").label)


def type_name(app: AppTest, name: str, *, who: str = "", first: bool = False) -> None:
    """Open the dialog and fill it in."""
    app.button(key="view_save").click().run()
    next(one for one in app.text_input if one.label == "Name").set_value(name)
    if who:
        next(one for one in app.selectbox if one.label == "Who uses it").set_value(who)
    if first:
        next(one for one in app.checkbox if one.label == "Open my list with it").check()
    app.run()


def save(app: AppTest, name: str, **how: Any) -> None:
    """Save what the list is now as a new view."""
    type_name(app, name, **how)
    app.button(key="view_do").click().run()
    assert not app.exception


@pytest.mark.usefixtures("grace")
def test_a_view_that_was_saved_sets_the_same_list_again(opened: Opened) -> None:
    app = opened(payors=["NHS", "Private"], value_from="1", group="Patient", sort="Value, highest first", uda_to="3")
    app.multiselect(key="columns").set_value(["phone", "value", "cot_number"]).run()
    assert listed(app) == []
    app.number_input(key="uda_to").set_value(None).run()
    assert (listed(app), save_button(app)) == (["B", "A"], "Changed: save")
    save(app, "Dear ones")
    assert "Saved the view Dear ones." in read(app)
    assert (chosen(app), save_button(app)) == ("Mine: Dear ones", "Save view")
    choose(app, "All opportunities")
    assert (listed(app), app.query_params) == (["A", "B", "C"], {})
    choose(app, "Mine: Dear ones")
    assert listed(app) == ["B", "A"]
    assert list(app.dataframe[0].value.columns) == ["patient", "phone", "value", "cot_number"]
    assert app.number_input(key="value_from").value == 1.0
    assert app.selectbox(key="group").value == "patient"
    assert save_button(app) == "Save view"
    assert listed(opened()) == ["A", "B", "C"], "nothing else was made to open with it"


@pytest.mark.parametrize(
    ("label", "expected"),
    [("Due now", ["A", "B", "C"]), ("Unassigned", ["A", "C"]), ("Assigned to me", ["B"]), ("Rejected", ["D"])],
)
def test_the_built_in_views_are_a_click(
    three: SmallPractice, grace: Actor, opened: Opened, label: str, expected: list[str]
) -> None:
    three.state("b", assigned_to=grace.user_id)
    three.course(course_id="d", cot_number="D")
    three.state("d", status="rejected", reject_reason="cost")
    app = opened()
    choose(app, label)
    assert (listed(app), chosen(app), save_button(app)) == (expected, label, "Save view")


@pytest.mark.usefixtures("grace")
def test_a_view_in_the_address_is_known_by_what_it_asks_for(opened: Opened) -> None:
    assert chosen(opened(statuses="Rejected")) == "Rejected"
    app = opened(statuses="Rejected", payors="NHS")
    assert (chosen(app), save_button(app)) == ("All opportunities", "Changed: save")


@pytest.mark.usefixtures("grace")
def test_what_is_changed_is_said_and_saved_to_the_view_or_not(opened: Opened) -> None:
    app = opened(payors="NHS")
    save(app, "Mine")
    app.multiselect(key="payors").set_value(["Private"]).run()
    assert (chosen(app), save_button(app)) == ("Mine: Mine", "Changed: save")
    app.button(key="view_save").click().run()
    app.button(key="view_update").click().run()
    assert save_button(app) == "Save view"
    choose(app, "All")
    choose(app, "Mine: Mine")
    assert listed(app) == ["A", "B"]


@pytest.mark.usefixtures("grace")
def test_the_list_opens_with_the_default_view_unless_the_address_asks(opened: Opened) -> None:
    app = opened(payors="NHS")
    save(app, "NHS", first=True)
    app = opened()
    assert (listed(app), chosen(app)) == (["C"], "Mine: NHS ★ opens first")
    app.multiselect(key="payors").set_value([]).run()
    assert listed(app) == ["A", "B", "C"], "once, and not again with each click"
    assert listed(opened(value_from="500")) == ["B"]
    app = opened()
    app.button(key="view_save").click().run()
    app.button(key="view_first").click().run()
    assert listed(opened()) == ["A", "B", "C"]


@pytest.mark.usefixtures("grace")
def test_a_built_in_view_may_be_opened_with(opened: Opened) -> None:
    app = opened()
    choose(app, "Rejected")
    app.button(key="view_save").click().run()
    app.button(key="view_first").click().run()
    assert chosen(opened()) == "Rejected ★ opens first"


def test_the_default_view_of_a_clinician_wins_over_their_own_patients(
    three: SmallPractice, opened: Opened, as_: Callable[[str], None]
) -> None:
    three.add("providers", "cara", name="Cara Lloyd", initials="CL")
    three.course(cot_number="mine", provider_id="cara")
    cara = person(three.store, "cara", three.id, role=Role.CLINICIAN, provider="cara")
    as_("cara")
    assert listed(opened()) == ["mine"]
    views.save(three.store, "NHS", {"payors": ["NHS"]}, actor=cara, now=NOW, is_default=True)
    app = opened()
    assert listed(app) == ["C"]
    choose(app, "All opportunities")
    assert sorted(listed(app)) == ["A", "B", "C", "mine"]


def test_a_view_is_kept_when_one_goes_to_another_page_and_back(grace: Actor, opened: Opened) -> None:
    app = opened()
    choose(app, "Rejected")
    app.multiselect(key="payors").set_value(["NHS"]).run()
    app.switch_page("my_list.py").run()
    app.switch_page("opportunities.py").run()
    assert (chosen(app), save_button(app)) == ("Rejected", "Changed: save")
    assert app.multiselect(key="payors").value == ["NHS"]


@pytest.mark.usefixtures("grace")
def test_a_shared_view_is_seen_by_a_colleague_and_not_at_another_practice(
    three: SmallPractice, opened: Opened, as_: Callable[[str], None]
) -> None:
    save(opened(payors="NHS"), "NHS", who="Everybody at Elm Road")
    as_("hal")
    app = opened()
    choose(app, "Shared: NHS (by Grace)")
    assert listed(app) == ["C"]
    app.button(key="view_save").click().run()
    assert not [one for one in app.button if one.key in ("view_update", "view_rename", "view_remove")]
    other = SmallPractice(three.store, "Oak Street")
    other.course(cot_number="O")
    person(three.store, "ivy", other.id, role=Role.MANAGER)
    as_("ivy")
    assert not [one for one in opened().selectbox(key="view").options if "NHS" in one]


@pytest.mark.usefixtures("grace")
def test_ones_own_view_is_shared_renamed_and_kept_for_oneself_again(opened: Opened) -> None:
    app = opened(payors="NHS")
    save(app, "NHS")
    app.button(key="view_save").click().run()
    app.button(key="view_share_elm-road").click().run()
    assert chosen(app) == "Shared: NHS (by me)"
    type_name(app, "NHS only")
    app.button(key="view_rename").click().run()
    assert chosen(app) == "Shared: NHS only (by me)"
    app.button(key="view_save").click().run()
    app.button(key="view_unshare").click().run()
    assert (chosen(app), save_button(app)) == ("Mine: NHS only", "Save view")


@pytest.mark.usefixtures("grace")
def test_a_manager_removes_what_somebody_else_shares(
    three: SmallPractice, opened: Opened, as_: Callable[[str], None]
) -> None:
    save(opened(payors="NHS"), "NHS", who="Everybody at Elm Road")
    person(three.store, "mona", three.id, role=Role.MANAGER)
    as_("mona")
    app = opened()
    choose(app, "Shared: NHS (by Grace)")
    app.button(key="view_save").click().run()
    app.button(key="view_remove").click().run()
    assert "Everybody at Elm Road uses it." in read(app)
    app.button(key="view_do_remove").click().run()
    assert "Removed the view NHS." in read(app)
    assert (listed(app), chosen(app)) == (["C"], "All opportunities")


@pytest.mark.parametrize("name", ["", "   ", "due now"])
@pytest.mark.usefixtures("grace")
def test_a_name_that_is_none_is_said_in_the_dialog_which_stays(opened: Opened, name: str) -> None:
    app = opened(payors="NHS")
    save(app, name)
    assert len(app.error) == 1
    assert "Nothing was saved" in app.error[0].value.replace("\\", "")
    assert next(one for one in app.text_input if one.label == "Name").value == name
    assert chosen(app) == "All opportunities"


@pytest.mark.usefixtures("grace")
def test_a_long_name_ends_where_the_field_does(opened: Opened) -> None:
    app = opened(payors="NHS")
    save(app, "x" * 200)
    assert chosen(app) == "Mine: " + "x" * 60


@pytest.mark.usefixtures("grace")
def test_a_name_is_drawn_as_it_was_typed(opened: Opened) -> None:
    app = opened(payors="NHS")
    save(app, "**Bold** [x](javascript:alert)")
    assert app.success[0].value == r"Saved the view \*\*Bold\*\* \[x\]\(javascript\:alert\)."
    assert chosen(app) == "Mine: **Bold** [x](javascript:alert)", "a choice is no Markdown"


@pytest.mark.usefixtures("grace")
def test_a_second_of_the_same_name_says_that_it_replaces_the_first(opened: Opened) -> None:
    save(opened(payors="NHS"), "Mine")
    app = opened(payors="Private")
    type_name(app, "mine")
    assert "There is a view Mine already. Saving replaces it." in read(app)
    assert app.button(key="view_do").label == "Replace it"
    app.button(key="view_do").click().run()
    assert [one for one in app.selectbox(key="view").options if one.startswith("Mine:")] == ["Mine: mine"]
    choose(app, "All")
    choose(app, "Mine: mine")
    assert listed(app) == ["A", "B"]


@pytest.mark.usefixtures("grace")
def test_what_names_a_patient_is_not_kept_and_goes_when_a_view_is_chosen(store: Store, opened: Opened) -> None:
    app = opened(payors="NHS")
    app.text_input(key="search").set_value("Okafor").run()
    app.button(key="view_save").click().run()
    assert "names a patient" in read(app)
    save(app, "NHS")
    assert "Okafor" not in str(store._connection.execute("select choices from saved_views").fetchall())
    choose(app, "All opportunities")
    assert app.text_input(key="search").value == ""


@pytest.mark.parametrize(
    ("choices", "said", "expected"),
    [
        ({"providers": ["elm-road/gone"], "payors": ["NHS"]}, "1 filter of this view no longer fits", ["C"]),
        ({"assignees": ["somebody-who-left"]}, "left off: Assigned to", ["A", "B", "C"]),
        ({"payors": ["NHS", "A plan of old"], "worth_from": "x"}, "2 filters of this view no longer fit and", ["C"]),
        ({"columns": ["height"], "order": ["height", True]}, "left off: Columns, Sort by", ["A", "B", "C"]),
        ({"opened_to": "2026-10-20"}, None, ["A", "B"]),
    ],
)
def test_what_no_longer_fits_is_left_off_and_said(
    three: SmallPractice,
    grace: Actor,
    opened: Opened,
    choices: dict[str, Any],
    said: str | None,
    expected: list[str],
) -> None:
    views.save(three.store, "Old", choices, actor=grace, now=NOW, is_default=True)
    app = opened()
    assert (listed(app), save_button(app)) == (expected, "Save view")
    assert (said in read(app)) if said else ("no longer" not in read(app))


def test_a_view_of_one_practice_turns_the_switch_also_when_the_list_opens_with_it(
    three: SmallPractice, opened: Opened, as_: Callable[[str], None]
) -> None:
    other = SmallPractice(three.store, "Oak Street")
    other.course(cot_number="O", days_ago=60)
    mona = person(three.store, "mona", three.id, other.id, role=Role.GROUP)
    as_("mona")
    app = opened(practice="Oak Street")
    assert chosen(app) == "All opportunities", "which practice is shown is no part of what everybody has"
    save(app, "Oak")
    app.selectbox(key="practice").set_value("All practices").run()
    assert (listed(app), save_button(app)) == (["O", "A", "B", "C"], "Changed: save")
    choose(app, "Due now")
    choose(app, "Mine: Oak")
    assert (listed(app), app.selectbox(key="practice").value) == (["O"], "Oak Street")
    choose(app, "All opportunities")
    assert listed(app) == ["O"], "the switch stays where it is"
    kept = next(view for view in views.all_views(three.store, [elm(three.store)], actor=mona) if view.name == "Oak")
    views.make_default(three.store, kept.view_id, actor=mona, now=NOW)
    app = opened()
    assert (listed(app), app.selectbox(key="practice").value, save_button(app)) == (["O"], "Oak Street", "Save view")


@pytest.mark.usefixtures("grace")
def test_a_view_that_is_gone_meanwhile_is_said_and_the_list_stays(store: Store, opened: Opened) -> None:
    app = opened(payors="NHS")
    save(app, "NHS")
    choose(app, "All opportunities")
    store._connection.execute("delete from saved_views")
    choose(app, "Mine: NHS")
    assert "This view is not there any more." in read(app)
    assert (listed(app), chosen(app)) == (["A", "B", "C"], "All opportunities")


@pytest.mark.usefixtures("grace")
def test_a_session_that_ended_keeps_the_name_that_was_typed(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(payors="NHS")
    type_name(app, "NHS")
    good = session.token()
    monkeypatch.setattr(session, "token", lambda: "ended")
    app.button(key="view_do").click().run()
    monkeypatch.setattr(session, "token", lambda: good)
    app.run()
    assert next(one for one in app.text_input if one.label == "Name").value == "NHS"
    app.button(key="view_do").click().run()
    assert chosen(app) == "Mine: NHS"


@pytest.mark.usefixtures("grace")
def test_columns_are_chosen_taken_off_and_the_standard_ones_come_back(opened: Opened) -> None:
    app = opened()
    usual = list(app.dataframe[0].value.columns)
    assert usual[0] == "patient"
    assert {"provider", "payor", "opened_on", "status", "assigned_to", "value", "uda", "worth", "phone"} < {*usual}
    assert not {"email", "last_updated_on"} & {*usual}
    assert "practice" not in app.multiselect(key="columns").options
    app.multiselect(key="columns").set_value(["email", "provider"]).run()
    assert list(app.dataframe[0].value.columns) == ["patient", "email", "provider"]
    app.button(key="columns_standard").click().run()
    assert list(app.dataframe[0].value.columns) == usual
    app.multiselect(key="columns").set_value([]).run()
    assert list(app.dataframe[0].value.columns) == usual
    assert list(opened(columns=["Value", "Height"]).dataframe[0].value.columns) == ["patient", "value"]


def test_a_reject_reason_lists_what_was_rejected_for_it(three: SmallPractice, grace: Actor, opened: Opened) -> None:
    three.state("a", status="rejected", reject_reason="cost")
    three.state("b", status="rejected", reject_reason="fear")
    app = opened(reject_reasons="Cost")
    assert listed(app) == ["A"]
    app.multiselect(key="statuses").set_value(["open"]).run()
    assert listed(app) == []

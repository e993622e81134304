"""The settings on screen: with default and last change, saved at once, refused in words, one practice at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import session
from queries import people
from queries.store import Store
from services import contracts, reject_reasons, settings, sign_in
from services.actors import Role
from services.contracts import Term
from tests.pages.conftest import signed_in_as
from tests.practice import BY, NOW, SYSTEM, TODAY, SmallPractice
from tests.services.test_settings import listed, manager_of, shown, worth

FRAME = Path(__file__).parents[2] / "pages" / "frame.py"


@pytest.fixture
def settings_page(store: Store) -> Callable[..., AppTest]:
    """Open the page Settings inside the frame, which AppTest passes by when it starts from app.py beside pages/."""

    def settings_page(**query: Any) -> AppTest:
        app = AppTest.from_file(str(FRAME), default_timeout=30)
        for name, value in query.items():
            app.query_params[name] = value
        app.run().switch_page("settings.py").run()
        assert not app.exception
        return app

    return settings_page


def field(app: AppTest, label: str) -> Any:
    """Return the field of that label, whatever its kind."""
    kinds = ("number_input", "toggle", "text_input", "selectbox", "color_picker", "date_input")
    (found,) = [one for kind in kinds for one in getattr(app, kind) if one.label.split(" (")[0] == label]
    return found


def button(app: AppTest, label: str) -> Any:
    """Return the button of that label."""
    (found,) = [one for one in app.button if one.label == label]
    return found


def press(app: AppTest, label: str) -> None:
    """Press a button and let the page draw itself."""
    button(app, label).click().run()
    assert not app.exception


def said(app: AppTest) -> str:
    """Return what the page says of the last save, without the marks that keep Markdown off it."""
    return "\n".join(part.value for part in (*app.success, *app.error)).replace("\\", "")


def told(app: AppTest) -> str:
    """Return what the page tells by itself."""
    return "\n".join(part.value for part in app.info)


def captions(app: AppTest) -> list[str]:
    """Return the small print of the page."""
    return [caption.value.replace("\\", "") for caption in app.caption]


def test_each_number_is_shown_with_its_default_and_that_nobody_changed_it(practice, settings_page):
    app = settings_page()
    assert field(app, "Days looked back").value == 365
    assert field(app, "Unlinked visits count as booked").value is False
    assert "Default: 365 days. Never changed." in captions(app)
    assert not [one.label for one in app.button if one.label.startswith("Back to")]


def test_a_saved_number_is_said_signed_and_changes_the_list_at_once(store, practice, settings_page):
    practice.course(days_ago=400)
    practice.course(days_ago=40)
    app = settings_page()
    field(app, "Days looked back").set_value(500)
    press(app, "Save the rule")
    assert said(app) == (
        "Days looked back: 500 days (was 365 days)  \n"
        "The list has 2 courses worth £840.00 now; before, it had 1 course worth £420.00."
    )
    assert listed(store, practice) == 2
    assert field(app, "Days looked back").value == 500
    assert any(one.startswith("Default: 365 days. Last changed by Practice manager on ") for one in captions(app))


def test_back_to_the_default_sets_one_number_and_keeps_what_else_is_typed(store, practice, settings_page):
    settings.change(store, shown(store, practice), {"horizon_days": 60, "snooze_days": 14}, actor=SYSTEM, now=NOW)
    app = settings_page()
    field(app, "Days of a snooze").set_value(21)
    press(app, "Back to 90 days")
    kept = shown(store, practice).settings
    assert (kept.horizon_days, kept.snooze_days) == (90, 14)
    assert "Days looked ahead: 90 days (was 60 days)" in said(app)
    assert "The list has 0 courses worth £0.00, as before." in said(app)
    assert (field(app, "Days looked ahead").value, field(app, "Days of a snooze").value) == (90, 21)


def test_what_somebody_else_changed_meanwhile_is_refused_by_name_and_then_shown(store, practice, settings_page):
    app = settings_page()
    settings.change(store, shown(store, practice), {"horizon_days": 60}, actor=manager_of(practice), now=NOW)
    field(app, "Days looked ahead").set_value(30)
    press(app, "Save the rule")
    assert "Days looked ahead was changed to 60 days by Amara Nwosu on 24 Nov 2026 at 09:00" in said(app)
    assert "nor your 30 days" in said(app)
    assert shown(store, practice).settings.horizon_days == 60
    assert field(app, "Days looked ahead").value == 60


def test_an_untouched_field_does_not_undo_what_somebody_else_changed(store, practice, settings_page):
    app = settings_page()
    settings.change(store, shown(store, practice), {"horizon_days": 60}, actor=manager_of(practice), now=NOW)
    field(app, "Days of a snooze").set_value(14)
    press(app, "Save the rule")
    kept = shown(store, practice).settings
    assert (kept.horizon_days, kept.snooze_days) == (60, 14)


def test_a_value_that_was_changed_and_changed_back_is_shown_as_it_is(practice, settings_page):
    app = settings_page()
    for days in (60, 45):
        field(app, "Days looked ahead").set_value(days)
        press(app, "Save the rule")
        press(app, "Back to 90 days")
        assert field(app, "Days looked ahead").value == 90


def test_saving_what_is_kept_already_changes_nothing(store, practice, settings_page):
    app = settings_page()
    before = shown(store, practice)
    for label in ("Save the rule", "Save the details"):
        press(app, label)
        assert said(app) == "All of this is saved already: nothing is left to do."
    assert shown(store, practice) == before


def test_details_are_saved_and_the_switch_between_practices_follows_the_new_name(store, practice, settings_page):
    SmallPractice(store, "Oak Road")
    app = settings_page(practice="Elm Road")
    field(app, "Name").set_value("Ash Road")
    field(app, "Nation").set_value("Scotland")
    field(app, "Phone").set_value("+441632960100")
    press(app, "Save the details")
    assert "Name: Ash Road (was Elm Road)" in said(app)
    kept = shown(store, practice)
    assert (kept.name, kept.nation, kept.phone, kept.colour) == ("Ash Road", "Scotland", "01632 960100", None)
    assert field(app, "Practice").value == "Ash Road"
    assert field(app, "Name").value == "Ash Road"


def test_a_refused_detail_is_said_in_words_and_what_was_typed_stays(store, practice, settings_page):
    app = settings_page()
    field(app, "Phone").set_value("call us")
    press(app, "Save the details")
    assert said(app).startswith("call us is no telephone number. Nothing was changed.")
    assert field(app, "Phone").value == "call us"
    assert shown(store, practice).phone is None


def test_of_several_practices_one_is_chosen_and_only_that_one_changed(store, practice, settings_page):
    oak = SmallPractice(store, "Oak Road")
    app = settings_page()
    chooser = app.main.selectbox[0]
    assert (chooser.label, chooser.value) == ("Practice", practice.id)
    chooser.set_value(oak.id).run()
    field(app, "Days looked ahead").set_value(60)
    press(app, "Save the rule")
    assert shown(store, oak).settings.horizon_days == 60
    assert shown(store, practice).settings.horizon_days == 90


def test_the_reasons_for_rejecting_are_edited_as_lines(store, practice, settings_page):
    app = settings_page()
    assert area(app).value.splitlines() == list(reject_reasons.STANDARD)
    area(app).set_value("cost\nGone abroad\nwrong in chart\nother")
    press(app, "Save the reasons")
    assert reject_reasons.of(store, [practice.id])[practice.id] == ["cost", "gone abroad", "wrong in chart", "other"]
    assert "Reasons: cost, gone abroad, wrong in chart, other" in said(app)
    assert area(app).value == "cost\ngone abroad\nwrong in chart\nother"
    assert any(one.value.startswith("Last changed by") for one in app.caption)


def test_a_reason_that_something_follows_from_stays_and_what_was_typed_too(store, practice, settings_page):
    app = settings_page()
    area(app).set_value("cost\nother")
    press(app, "Save the reasons")
    assert said(app).startswith("Keep the reason “wrong in chart”")
    assert area(app).value == "cost\nother"
    assert reject_reasons.of(store, [practice.id])[practice.id] == list(reject_reasons.STANDARD)


def test_reasons_that_somebody_else_changed_meanwhile_are_not_overwritten(store, practice, settings_page):
    app = settings_page()
    theirs = [*reject_reasons.STANDARD, "gone abroad"]
    own = shown(store, practice)
    reject_reasons.change(store, own, theirs, seen=reject_reasons.STANDARD, actor=SYSTEM, now=NOW)
    area(app).set_value("wrong in chart\nother")
    press(app, "Save the reasons")
    assert said(app).startswith("Somebody changed the reasons after this page was drawn.")
    assert reject_reasons.of(store, [practice.id])[practice.id] == theirs


def area(app: AppTest) -> Any:
    """The field of the reasons."""
    (found,) = [one for one in app.text_area if one.label == "Reasons, one a line"]
    return found


def test_a_contract_term_is_added_changed_and_removed(store, practice, settings_page):
    practice.course(item=False, payor_id="nhs", band="2a")
    app = settings_page()
    assert "There is no contract yet. Add its first term below." in told(app)
    field(app, "Contract").set_value("123456")
    field(app, "UDA value").set_value(35.5)
    press(app, "Add the term")
    term = Term("123456", TODAY.replace(month=4, day=1), None, 3550)
    assert list(contracts.terms(store, shown(store, practice), actor=SYSTEM)) == [term]
    assert worth(store, practice) == 3 * 3550
    assert "The list has 1 course worth £106.50 now; before, it had 1 course worth £0.00." in said(app)
    assert list(app.dataframe[0].value["UDA value"]) == [35.5]

    field(app, "Term").set_value(term.label).run()
    assert field(app, "UDA value").value == 35.5
    field(app, "UDA value").set_value(40.0)
    press(app, "Save the term")
    assert worth(store, practice) == 3 * 4000

    press(app, "Remove the term")
    assert "was removed" in said(app)
    assert (field(app, "Term").value, field(app, "Contract").value) == ("A new term", "")
    assert worth(store, practice) == 0


def test_an_overlapping_term_is_refused_and_what_was_typed_stays(store, practice, settings_page):
    practice.add("contracts", "123456")
    app = settings_page()
    field(app, "Contract").set_value("123456")
    field(app, "UDA value").set_value(40.0)
    press(app, "Add the term")
    assert said(app).startswith("This overlaps the term 123456 from 1 Apr 2020 without an end")
    assert field(app, "UDA value").value == 40.0
    assert len(contracts.terms(store, shown(store, practice), actor=SYSTEM)) == 1


def test_it_says_that_the_next_extract_overwrites_contracts(practice, settings_page):
    assert any(
        "The next extract that has a contract overwrites its terms here" in one.value
        for one in settings_page().markdown
    )


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.CLINICIAN, Role.READ_ONLY])
def test_whoever_is_no_manager_gets_a_sentence_instead(store, practice, settings_page, monkeypatch, role):
    with store.transaction() as tx:
        people.write_person(
            tx, BY, name="Amara Nwosu", email="amara@example.com", role=role, is_active=True, by=BY, now=NOW
        )
    signed_in_as(monkeypatch, store, BY)
    app = settings_page()
    assert told(app) == f"This page is not for the role {role}. Ask the practice manager if you need it."
    assert not app.number_input


def test_without_a_practice_it_says_so(settings_page):
    assert "There is no practice yet." in told(settings_page())


def test_a_session_that_ended_saves_nothing_and_keeps_what_was_typed(store, practice, settings_page):
    app = settings_page()
    field(app, "Days looked ahead").set_value(60)
    used(store, ago=timedelta(hours=1))
    press(app, "Save the rule")
    assert shown(store, practice).settings.horizon_days == 90
    assert [one.value for one in app.subheader] == ["Are you still there?"]
    used(store, ago=timedelta())
    app.run()
    assert said(app) == "Your session had ended, so nothing was saved. Save again what you typed."
    assert field(app, "Days looked ahead").value == 60
    press(app, "Save the rule")
    assert shown(store, practice).settings.horizon_days == 60


def used(store: Store, *, ago: timedelta) -> None:
    """Let the session have been used last so long ago."""
    with store.transaction() as tx:
        people.see_session(tx, sign_in._hash(session.token() or ""), now=datetime.now(UTC) - ago)

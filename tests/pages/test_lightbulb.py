"""The lightbulb in the sidebar: plain or red, in words too, my list at a click, and no session kept alive by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages import frame
from pages.parts import dialogs, lightbulb, session
from services import my_list, sign_in
from services.actors import Role
from tests.pages.conftest import signed_in_as
from tests.pages.screen import open_page
from tests.practice import SmallPractice
from tests.staff import person


@pytest.fixture
def amara(practice: SmallPractice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Amara at reception, who is signed in."""
    person(practice.store, "amara", practice.id)
    signed_in_as(monkeypatch, practice.store, "amara")


def label(app: AppTest) -> str:
    """Return what the lightbulb says."""
    (found,) = [one for one in popovers(app) if "lightbulb" in one]
    return found


def popovers(app: AppTest) -> list[str]:
    """Return the labels of the popovers in the sidebar."""
    return [block.proto.popover.label for block in walk(app.sidebar) if block.proto and block.proto.HasField("popover")]


def walk(block: Any) -> list[Any]:
    """Return every block beneath one."""
    found = []
    for child in getattr(block, "children", {}).values():
        if hasattr(child, "children"):
            found += [child, *walk(child)]
    return found


def open_it(app: AppTest) -> None:
    """Open the lightbulb, as the browser reports it."""
    app.session_state[lightbulb.OPEN] = True
    app.run()
    assert not app.exception


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "Nothing of mine is due"), (1, "1 of mine is due"), (2, "2 of mine are due"), (1234, "1,234 of mine are due")],
)
def test_it_says_in_words_how_much_is_due(count, words):
    assert lightbulb.in_words(count) == words


@pytest.mark.parametrize("file", frame.PAGES)
def test_it_is_on_every_page_plain_or_red(practice, amara, file):
    assert label(open_page(file)) == ":material/lightbulb: Nothing of mine is due"
    practice.state(practice.course(), assigned_to="amara")
    assert label(open_page(file)) == ":red-badge[:material/lightbulb: 1 of mine is due]"


def test_it_opens_my_list_and_an_entry_opens_the_patient_where_one_is(practice, amara):
    course = practice.course()
    practice.state(course, assigned_to="amara")
    app = open_page("account.py")
    open_it(app)
    (entry,) = [one for one in app.button if one.label.startswith("Okafor")]
    assert entry.label.replace("\\", "") == "Okafor, Ngozi, £420.00, 07700 900123"
    entry.click().run()
    assert not app.exception
    asked = app.session_state[dialogs.OPEN]
    assert (asked.name, asked.about) == ("patient", (practice.id, "okafor"))
    assert app.session_state[lightbulb.OPEN] is False


def test_it_shows_ten_patients_and_how_many_more_there_are(practice, amara):
    for number in range(12):
        practice.add("patients", f"p{number}", last_name=f"Patient {number}")
        practice.state(practice.course(patient=f"p{number}"), assigned_to="amara")
    app = open_page("account.py")
    open_it(app)
    assert len([one for one in app.button if one.label.startswith("Patient")]) == 10
    assert "and 2 more patients" in [one.value for one in app.caption]


def test_it_notices_what_changed_since_and_asks_no_more_when_nothing_did(practice, amara, monkeypatch):
    app = open_page("account.py")
    asked = []
    due = my_list.due
    monkeypatch.setattr(my_list, "due", lambda *args, **given: asked.append(1) or due(*args, **given))
    app.run()
    assert asked == []
    practice.state(practice.course(), assigned_to="amara")
    app.run()
    assert label(app) == ":red-badge[:material/lightbulb: 1 of mine is due]"
    assert asked == [1]


def test_who_only_reads_has_none(practice, monkeypatch):
    person(practice.store, "rita", practice.id, role=Role.READ_ONLY)
    signed_in_as(monkeypatch, practice.store, "rita")
    assert popovers(open_page("account.py")) == []


def test_a_look_by_itself_does_not_keep_a_session_from_ending(practice, amara):
    token, began = session.token(), datetime.now(UTC)
    later, idle = began + timedelta(minutes=20), timedelta(minutes=30)
    assert sign_in.session(practice.store, token, now=later, idle=idle, is_used=False) is not None
    with pytest.raises(sign_in.SessionEnded):
        sign_in.session(practice.store, token, now=later + timedelta(minutes=20), idle=idle, is_used=False)


def test_a_look_at_a_page_does(practice, amara):
    token, began = session.token(), datetime.now(UTC)
    later, idle = began + timedelta(minutes=20), timedelta(minutes=30)
    assert sign_in.session(practice.store, token, now=later, idle=idle) is not None
    assert sign_in.session(practice.store, token, now=later + timedelta(minutes=20), idle=idle) is not None

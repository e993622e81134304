"""Dialogs: what one is for is done once, and a refusal leaves it open."""

from __future__ import annotations

import pytest

from pages.parts import dialogs
from pages.parts.dialogs import Dialog
from pages.parts.session import Session
from services.errors import InvalidRequest

pytestmark = pytest.mark.usefixtures("store")


def test_a_second_click_does_nothing():
    done: list[Session] = []
    dialog = Dialog("add")
    assert dialogs.attempt(dialog, done.append)
    assert not dialogs.attempt(dialog, done.append)
    assert [here.actor.user_id for here in done] == ["manager"]


def test_a_refusal_is_kept_for_the_dialog_and_it_can_be_tried_again():
    def refuse(here: Session) -> None:
        raise InvalidRequest("Give the person a name.")

    dialog = Dialog("add")
    assert not dialogs.attempt(dialog, refuse)
    assert dialog.problem == "Give the person a name."
    assert dialogs.attempt(dialog, lambda here: None)
    assert dialog.problem is None

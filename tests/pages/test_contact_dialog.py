"""Contact: what its dialog shows before anything is sent, and what its button does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from queries.store import Store
from tests.letters import messages, settle
from tests.pages.crowd import crowd
from tests.pages.screen import button, press, read
from tests.practice import SmallPractice

Opened = Callable[..., AppTest]


def tick(app: AppTest, *rows: int) -> None:
    """Tick rows of the list by their positions, as the browser reports it."""
    key = str(app.dataframe[0].proto.id).split("-", 2)[2]
    app.session_state[key] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    app.run()


def contacting(app: AppTest, *rows: int) -> AppTest:
    """Open the dialog for these rows."""
    tick(app, *rows)
    press(app, "Contact")
    return app


def choose(app: AppTest, kind: str, label: str, value: Any) -> None:
    """Choose a value in the field of that label."""
    (found,) = [one for one in getattr(app, kind) if one.label == label]
    found.set_value(value).run()
    assert not app.exception


def test_one(opened: Opened, practice: SmallPractice) -> None:
    practice.course()
    app = contacting(opened(), 0)
    print(read(app)); print([b.label for b in app.button]); print([m for m in app.html])
    press(app, "Send 1 message")
    print(read(app))

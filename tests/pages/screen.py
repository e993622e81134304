"""A page inside the frame as a person has it before them: opened, read, pressed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

FRAME = Path(__file__).parents[2] / "pages" / "frame.py"


def open_page(file: str, **query: Any) -> AppTest:
    """Open a page by its file; AppTest that starts from app.py, beside pages/, passes the frame by."""
    app = AppTest.from_file(str(FRAME), default_timeout=30)
    for name, value in query.items():
        app.query_params[name] = value
    app.run().switch_page(file).run()
    assert not app.exception
    return app


def read(app: AppTest) -> str:
    """All plain text of the page, without the marks that keep Markdown off it."""
    parts = [*app.title, *app.subheader, *app.markdown, *app.caption, *app.info, *app.success, *app.warning, *app.error]
    return "\n".join(part.value for part in parts).replace("\\", "")


def button(app: AppTest, label: str) -> Any:
    """The last button of that label: one in a dialog is drawn after those of the page."""
    return [one for one in app.button if one.label == label][-1]


def press(app: AppTest, label: str) -> None:
    """Press a button and let the page draw itself."""
    button(app, label).click().run()
    assert not app.exception


def field(app: AppTest, label: str) -> Any:
    """The field whose label begins so, whatever its kind."""
    kinds = ("text_input", "selectbox", "multiselect", "date_input")
    (found,) = [one for kind in kinds for one in getattr(app, kind) if one.label.startswith(label)]
    return found


def pick(app: AppTest, row: int) -> None:
    """Tick a row of the table, as the browser reports it."""
    key = str(app.dataframe[0].proto.id).split("-", 2)[2]
    app.session_state[key] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    app.run()
    assert not app.exception

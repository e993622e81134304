"""The frame: every page is in the navigation, opens by its address, and says what the services say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages import frame
from services import opportunities
from services.errors import InvalidRequest
from tests.practice import SmallPractice


def test_every_page_file_is_in_the_navigation() -> None:
    files = {file.name for file in Path(frame.__file__).parent.glob("*.py")} - {"__init__.py", "frame.py"}
    assert files == set(frame.PAGES)


@pytest.mark.parametrize("file", frame.PAGES)
def test_every_page_opens_with_its_title_and_without_a_practice(opened: Callable[..., AppTest], file: str) -> None:
    app = opened().switch_page(f"{file}").run()
    assert not app.exception
    assert app.title[0].value == frame.PAGES[file][0]


def test_what_the_services_refuse_is_said_as_it_stands(
    practice: SmallPractice, opened: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.course()

    def refuse(*_: object, **__: object) -> None:
        raise InvalidRequest("The list cannot be shown. Nothing was changed. Choose another order.")

    monkeypatch.setattr(opportunities, "worklist", refuse)
    app = opened()
    assert [error.value for error in app.error] == [
        "The list cannot be shown. Nothing was changed. Choose another order."
    ]

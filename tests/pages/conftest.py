"""What page tests share: the store that the pages open by themselves, and the app opened on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import session
from queries import people
from services import sign_in
from services.store import Store
from tests.practice import NOW, TODAY

APP = Path(__file__).parents[2] / "pages" / "frame.py"
"""The script that every page runs inside: opened by itself, a page would be drawn without the sign-in before it."""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store of the process, as the environment names it, on the day TODAY."""
    monkeypatch.setenv("CARE_MANAGER_STORE", str(tmp_path / "store.duckdb"))
    monkeypatch.setenv("CARE_MANAGER_TODAY", TODAY.isoformat())
    store = session.open_store()
    sign_in.first_manager(store, now=NOW)
    own_password(store, "manager")
    signed_in_as(monkeypatch, store, "manager")
    yield store
    session.close_store()


def own_password(store: Store, user_id: str) -> None:
    """Let somebody have chosen a password, which is never typed."""
    with store.transaction() as tx:
        people.write_password(tx, user_id, hash_="never typed", is_one_time=False, expires_at=None, now=NOW)


def signed_in_as(monkeypatch: pytest.MonkeyPatch, store: Store, user_id: str) -> None:
    """Let the browser have the cookie of a session of this person; AppTest itself knows no cookies."""
    token = sign_in.start(store, user_id, now=datetime.now(UTC), how="test")
    monkeypatch.setattr(session, "token", lambda: token)


@pytest.fixture
def opened(store: Store) -> Callable[..., AppTest]:
    """Open the app at an address with this query, as a person would."""

    def opened(**query: Any) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=30)
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return app

    return opened

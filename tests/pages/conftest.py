"""What page tests share: the store that the pages open by themselves, and the app opened on it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from pages.parts import session
from queries import people
from services import sign_in
from services.store import Store
from tests.practice import NOW, TODAY, SmallPractice

APP = Path(__file__).parents[2] / "pages" / "frame.py"
"""The script that every page runs inside: opened by itself, a page would be drawn without the sign-in before it."""


# Which components are installed does not change between two tests, and takes as long to find out as a page to draw.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture(scope="session")
def with_manager(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store to copy that has its first manager."""
    path = tmp_path_factory.mktemp("prepared") / "store.duckdb"
    store = Store(path, now=NOW)
    sign_in.first_manager(store, now=NOW)
    own_password(store, "manager")
    store.close()
    return path


@pytest.fixture
def store(with_manager: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store of the process, as the environment names it, on the day TODAY."""
    path = tmp_path / "store.duckdb"
    shutil.copyfile(with_manager, path)
    monkeypatch.setenv("CARE_MANAGER_STORE", str(path))
    monkeypatch.setenv("CARE_MANAGER_TODAY", TODAY.isoformat())
    store = session.open_store()
    signed_in_as(monkeypatch, store, "manager")
    yield store
    session.close_store()
    path.unlink()


@pytest.fixture
def practice(store: Store) -> SmallPractice:
    """A small practice in the store of the process."""
    return SmallPractice(store)


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

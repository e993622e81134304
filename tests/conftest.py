"""What tests share: an empty store, and a small practice in it; each test has a copy of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from queries.store import CONFIG, Store
from services import passwords
from tests.practice import NOW, SmallPractice

# Two test processes have a core each: threads of the store's own would only get in each other's way.
CONFIG["threads"] = 1

# A password costs as little as may be here: what it costs in earnest is the library's own default.
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """Stores to copy, which is quicker than to make one: without and with the small practice."""
    files = {}
    for has_practice in (False, True):
        files[has_practice] = tmp_path_factory.mktemp("prepared") / "store.duckdb"
        store = Store(files[has_practice], now=NOW)
        if has_practice:
            SmallPractice(store)
        store.close()
    return files


@pytest.fixture
def store(request: pytest.FixtureRequest, prepared: dict[bool, Path], tmp_path: Path) -> Iterator[Store]:
    """A migrated store; it has the small practice where the test asks for that."""
    path = tmp_path / "copied.duckdb"
    shutil.copyfile(prepared["practice" in request.fixturenames], path)
    store = Store(path, now=NOW)
    yield store
    store.close()
    path.unlink()


@pytest.fixture
def practice(store: Store) -> SmallPractice:
    """A small practice with a dentist, three payors and one patient."""
    return SmallPractice.kept(store)

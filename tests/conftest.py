"""What tests share: an empty store in memory, and a small practice in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from queries.store import Store
from tests.practice import NOW, SmallPractice


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty, migrated store in memory."""
    store = Store(now=NOW)
    yield store
    store.close()


@pytest.fixture
def practice(store: Store) -> SmallPractice:
    """A small practice with a dentist, three payors and one patient."""
    return SmallPractice(store)

"""The store, as the start of the program opens it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from queries import store as queries
from queries.store import Store
from services.errors import CareManagerError

__all__ = ["Store", "StoreUnavailable", "open_store"]


class StoreUnavailable(CareManagerError):
    """The store cannot be used: another process holds it, it is newer than the program, or it is no store."""


def open_store(path: Path | None, *, now: datetime) -> Store:
    """Open the store and bring it up to date; without a path it lives in memory.

    Raises StoreUnavailable with the reason in words.
    """
    try:
        return Store(path, now=now)
    except queries.StoreError as problem:
        raise StoreUnavailable(str(problem)) from problem

"""The one embedded store, its migrations, its lock and its transactions; only it and sandbox.py import duckdb."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

SQL = Path(__file__).parent / "sql"
MIGRATIONS = Path(__file__).parent / "migrations"

LISTING = (
    "create_opportunities",
    "create_freshness",
    "create_status_of",
    "create_is_due",
    "create_contacts_elsewhere",
    "create_matching",
    "create_ranked",
)
"""The tables and macros of the kept lists, in the order in which they need each other."""

# Written so that the 1.5 line can still open the file; no typo in a statement may ever try the network.
CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "storage_compatibility_version": "v1.5.0",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


class StoreError(Exception):
    """The store could not be opened or used; its text is shown to the person as it stands."""


class StoreInUse(StoreError):
    """Another process holds the store."""


class StoreTooNew(StoreError):
    """The store was written by a newer program."""


@cache
def statement(name: str) -> str:
    """Return the text of `queries/sql/<name>.sql`."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def _bound(params: dict[str, Any]) -> dict[str, Any]:
    """Make every time a UTC time without a zone, as the `_at` columns are."""
    return {
        name: value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value
        for name, value in params.items()
    }


class Reading:
    """Runs named statements on one cursor."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def frame(self, name: str, /, **params: Any) -> pl.DataFrame:
        """Return the rows of the statement `name` as a frame."""
        frame: pl.DataFrame = self._cursor.sql(statement(name), params=_bound(params)).pl()
        return frame


class Transaction(Reading):
    """Writes that are kept together or not at all."""

    def execute(self, name: str, /, **params: Any) -> list[tuple[Any, ...]]:
        """Run the statement `name` and return the rows of its `returning`, if it has one."""
        rows: list[tuple[Any, ...]] = self._cursor.execute(statement(name), _bound(params)).fetchall()
        return rows

    def insert(self, name: str, staged: pl.DataFrame, /, **params: Any) -> list[tuple[Any, ...]]:
        """Run the statement `name`, which reads the frame as the table `staged`."""
        self._cursor.register("staged", staged.to_arrow())
        try:
            return self.execute(name, **params)
        finally:
            self._cursor.unregister("staged")


class Store:
    """The practice's data in one DuckDB file, or in memory when no path is given.

    Every read has a cursor of its own. Writes take turns on one lock, because DuckDB refuses
    concurrent changes of the same rows instead of waiting.
    """

    def __init__(self, path: Path | None = None, *, now: datetime) -> None:
        self.path = path
        self._writing = threading.Lock()
        self._listing = threading.Lock()
        self._connection = _connect(path)
        try:
            self.applied = _migrate(self._connection, now)
        except BaseException:
            self._connection.close()
            raise
        # Lists worked out from the store and thrown away with the process (queries/listing.py).
        self._connection.execute("attach ':memory:' as listing").fetchall()
        for name in LISTING:
            self._connection.execute(statement(f"listing/{name}")).fetchall()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Reading]:
        """Read several statements from one state of the store."""
        with self._connection.cursor() as cursor:
            cursor.begin()
            try:
                yield Reading(cursor)
            finally:
                cursor.rollback()

    def frame(self, name: str, /, **params: Any) -> pl.DataFrame:
        """Return the rows of the statement `name` as a frame."""
        with self._connection.cursor() as cursor:
            return Reading(cursor).frame(name, **params)

    def transaction(self) -> contextlib.AbstractContextManager[Transaction]:
        """Keep all writes of the block, or none when it raises."""
        return self._transaction(self._writing)

    def listing(self) -> contextlib.AbstractContextManager[Transaction]:
        """As `transaction`, for the lists kept in memory: a long import does not hold them up."""
        return self._transaction(self._listing)

    @contextlib.contextmanager
    def _transaction(self, lock: threading.Lock) -> Iterator[Transaction]:
        with lock, _kept_or_not(self._connection) as cursor:
            yield Transaction(cursor)

    def close(self) -> None:
        """Close the file so that another process may open it."""
        self._connection.close()


@contextlib.contextmanager
def _kept_or_not(connection: Any) -> Iterator[Any]:
    """Lend a cursor in a transaction that is committed at the end, or rolled back when the block raises."""
    with connection.cursor() as cursor:
        cursor.begin()
        try:
            yield cursor
            cursor.commit()
        except BaseException:  # Streamlit's stop and rerun are no Exceptions: they must roll back too
            with contextlib.suppress(duckdb.Error):
                cursor.rollback()
            raise


def _connect(path: Path | None) -> Any:
    if path is None:
        return duckdb.connect(":memory:", config=CONFIG)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return duckdb.connect(str(path), config=CONFIG)
    except duckdb.IOException as problem:
        if "lock" in str(problem).lower():
            raise StoreInUse(
                "The store is in use by another process, probably the dashboard. "
                "Nothing was changed. Stop the dashboard, or do this on its pages, and try again."
            ) from problem
        raise StoreError(
            f"The file {path.name} could not be opened as a Care Manager store. Nothing was changed. "
            "Set CARE_MANAGER_STORE to the right file, or restore a backup."
        ) from problem


def migrations() -> list[tuple[int, Path]]:
    """Return every migration's number and file, in order."""
    return sorted((int(file.name.split("_")[0]), file) for file in MIGRATIONS.glob("*.sql"))


def _migrate(connection: Any, now: datetime) -> list[str]:
    """Bring the store up to the program, one transaction for each migration and its record; return their names."""
    connection.execute(statement("store/create_migrations")).fetchall()
    done = {number for (number,) in connection.execute(statement("store/applied")).fetchall()}
    known = migrations()
    if done - {number for number, _ in known}:
        raise StoreTooNew(
            "This store was written by a newer Care Manager. Nothing was changed. Update the program and start again."
        )
    missing = [(number, file) for number, file in known if number not in done]
    for number, file in missing:
        with _kept_or_not(connection) as cursor:
            cursor.execute(file.read_text(encoding="utf-8")).fetchall()
            cursor.execute(
                statement("store/note_migration"), _bound({"number": number, "name": file.stem, "now": now})
            ).fetchall()
    return [file.stem for _, file in missing]

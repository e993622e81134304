"""The store: migrations, transactions, and who may open it."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

from queries.store import MIGRATIONS, Store, StoreError, StoreInUse, StoreTooNew, migrations
from services import practices
from services.store import StoreUnavailable, open_store
from tests.practice import BY, NOW, SYSTEM

ROOT = Path(__file__).parents[2]


def test_a_second_start_applies_nothing_and_keeps_the_data(tmp_path):
    first = Store(tmp_path / "store.duckdb", now=NOW)
    assert first.applied == [file.stem for _, file in migrations()]
    with first.transaction() as tx:
        practices.create(tx, "Elm Road", actor=SYSTEM, now=NOW)
    first.close()
    second = Store(tmp_path / "store.duckdb", now=NOW)
    assert second.applied == []
    assert [one.name for one in practices.all_practices(second)] == ["Elm Road"]
    second.close()


def test_migrations_are_numbered_without_a_gap():
    numbers = [number for number, _ in migrations()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(list(MIGRATIONS.iterdir())) == len(numbers)


def test_a_newer_store_is_refused_in_words(tmp_path):
    path = tmp_path / "store.duckdb"
    Store(path, now=NOW).close()
    with duckdb.connect(str(path)) as connection:
        connection.execute("insert into migrations values (9999, '9999_future', '2030-01-01')")
    with pytest.raises(StoreTooNew, match=r"newer Care Manager\. Nothing was changed"):
        Store(path, now=NOW)
    with pytest.raises(StoreUnavailable, match="newer"):
        open_store(path, now=NOW)


def test_a_failed_migration_leaves_the_store_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "store.duckdb"
    Store(path, now=NOW).close()
    extra = tmp_path / "9999_broken.sql"
    extra.write_text("-- Breaks half way.\ncreate table half_way (id text);\nselect * from no_such_table;\n")
    monkeypatch.setattr("queries.store.migrations", lambda: [*migrations(), (9999, extra)])
    with pytest.raises(duckdb.Error):
        Store(path, now=NOW)
    monkeypatch.undo()
    Store(path, now=NOW).close()
    with duckdb.connect(str(path)) as connection:
        tables = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
    assert "half_way" not in tables


def test_a_file_that_is_no_store_is_refused_in_words(tmp_path):
    path = tmp_path / "letter.duckdb"
    path.write_text("Dear patient")
    with pytest.raises(StoreError, match=r"letter\.duckdb could not be opened"):
        Store(path, now=NOW)


def test_another_process_is_told_that_the_store_is_in_use(tmp_path):
    path = tmp_path / "store.duckdb"
    Store(path, now=NOW).close()
    hold = f"import duckdb; c = duckdb.connect({str(path)!r}); print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(StoreInUse, match="in use by another process"):
            Store(path, now=NOW)
        holder.communicate("\n")


@pytest.mark.parametrize("problem", [ValueError, KeyboardInterrupt])
def test_a_transaction_that_fails_keeps_nothing(store, problem):
    with pytest.raises(problem), store.transaction() as tx:
        practices.create(tx, "Elm Road", actor=SYSTEM, now=NOW)
        raise problem
    assert practices.all_practices(store) == []


def test_a_swallowed_error_inside_a_transaction_is_not_taken_for_success(store):
    with pytest.raises(duckdb.Error), store.transaction() as tx:
        practices.create(tx, "Elm Road", actor=SYSTEM, now=NOW)
        try:
            tx.execute("practices/create_settings", practice_id="elm-road", by=BY, now=NOW)
        except duckdb.Error:
            practices.create(tx, "Oak Street", actor=SYSTEM, now=NOW)
    assert practices.all_practices(store) == []


def test_writers_on_many_threads_take_turns_and_lose_nothing(store):
    def add(number: int) -> None:
        with store.transaction() as tx:
            practices.create(tx, f"Practice {number}", actor=SYSTEM, now=NOW)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(practices.all_practices(store)) == 16


def test_times_are_kept_in_utc(tmp_path):
    store = Store(tmp_path / "store.duckdb", now=NOW)
    with store.transaction() as tx:
        practices.create(tx, "Summer", actor=SYSTEM, now=datetime(2026, 7, 1, 10, 30, tzinfo=ZoneInfo("Europe/London")))
    store.close()
    with duckdb.connect(str(tmp_path / "store.duckdb")) as connection:
        assert connection.execute("select created_at from practices").fetchall() == [(datetime(2026, 7, 1, 9, 30),)]

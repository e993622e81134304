"""The process in which typed SQL runs: a database of its own in memory, which can reach nothing outside of itself.

`queries/typed_sql.py` starts this file as a program, hands it tables and questions, and ends it. On standard input it
takes a line of JSON with the limits and the names of the tables, then each table as an Arrow stream, then a line of
JSON for each question. It answers each with a line of JSON that says how many bytes of Arrow follow.
Why each limit is there: docs/decisions/0009-explore.md.
"""

from __future__ import annotations

import io
import json
import os
import resource
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "allow_community_extensions": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_persistent_secrets": "false",
    # A name in the text would else be looked for among this program's own variables.
    "python_enable_replacements": "false",
    "temp_directory": "",
    "threads": "1",
}

PLAIN = {
    "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
    "FLOAT", "DOUBLE", "DATE", "TIMESTAMP", "VARCHAR",
}  # fmt: skip
"""The types that go out as they are; every other one goes out as one of these."""

BATCH = 2_048


class TooLarge(Exception):
    """The answer has more bytes or columns than may go out; says which."""


def main() -> None:
    """Take the tables, then answer one question after the other until nobody asks any more."""
    os.nice(10)  # the pages come first
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for ours in (0, 1, 2):
        os.dup2(nowhere, ours)
    os.close(nowhere)
    task = json.loads(asked.readline())
    connection = duckdb.connect(":memory:", config={**CONFIG, "memory_limit": f"{task['megabytes'] * 3 // 4}MB"})
    for name in task["tables"]:
        connection.register(name, pa.ipc.open_stream(asked).read_all())
    connection.execute(f"create macro practice_today() as date '{task['today']}'").fetchall()
    connection.execute("set timezone = 'UTC'").fetchall()
    connection.execute("set lock_configuration = true").fetchall()
    _answer(connection, "select 1", task)  # what is needed is loaded while files can still be opened
    _limit(task)
    _tell(answers, {"is_ready": True})
    for line in asked:
        # Whoever asks ends a question that takes too long; this ends it where nobody is left to.
        used = resource.getrusage(resource.RUSAGE_SELF)
        until = int(used.ru_utime + used.ru_stime + task["seconds"]) + 2
        resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))
        _tell(answers, *_answer(connection, json.loads(line)["sql"], task))


def _limit(task: Mapping[str, Any]) -> None:
    """Let this process have so much more memory, and open or write no file any more."""
    now = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    most = now + task["megabytes"] * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _answer(connection: Any, sql: str, task: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Answer a question: what is said about the answer, and its rows as an Arrow stream."""
    try:
        kinds = [statement.type.name for statement in connection.extract_statements(sql)]
        if kinds != ["SELECT"]:
            return {"is_refused": True, "kinds": kinds}, b""
        table, is_more = _rows(connection, sql, task)
        return {"is_more": is_more}, _stream(table)
    except TooLarge as limit:
        return {"is_over": str(limit)}, b""
    except MemoryError:
        return {"problem": "OutOfMemoryException", "words": ""}, b""
    except Exception as problem:
        return {"problem": type(problem).__name__, "words": str(problem)}, b""


def _rows(connection: Any, sql: str, task: Mapping[str, Any]) -> tuple[pa.Table, bool]:
    """Return the first rows of an answer, and whether there are more."""
    # As a text the question ends where it ends, whatever comments and semicolons stand in it.
    asked = connection.sql("from query('{}')".format(sql.replace("'", "''")))
    if len(asked.columns) > task["columns"]:
        raise TooLarge("columns")
    kinds = enumerate(map(str, asked.types), start=1)
    reader = asked.project(", ".join(f'{_plainly(place, kind)} as "{place}"' for place, kind in kinds)).to_arrow_reader(
        BATCH
    )
    batches: list[Any] = []
    rows = size = 0
    try:
        for batch in reader:
            batches.append(batch)
            rows += batch.num_rows
            size += batch.nbytes
            if size > task["bytes"]:
                raise TooLarge("size")
            if rows > task["rows"]:
                break
    finally:
        reader.close()
    table = pa.Table.from_batches(batches, schema=reader.schema).slice(0, task["rows"])
    return table.rename_columns(asked.columns), rows > task["rows"]


def _plainly(place: int, kind: str) -> str:
    """Return the expression that makes a column one of a plain type."""
    if kind in PLAIN:
        return f"#{place}"
    if kind in ("HUGEINT", "UHUGEINT") or kind.startswith("DECIMAL"):
        return f"#{place}::double"
    return f"#{place}::varchar"


def _stream(table: pa.Table) -> bytes:
    out = io.BytesIO()
    with pa.ipc.new_stream(out, table.schema) as stream:
        stream.write_table(table)
    return out.getvalue()


def _tell(answers: Any, told: dict[str, Any], rows: bytes = b"") -> None:
    answers.write(json.dumps({**told, "bytes": len(rows)}).encode() + b"\n" + rows)
    answers.flush()


if __name__ == "__main__":
    main()

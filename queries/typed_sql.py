"""Runs SQL that somebody typed in a process of its own, on the tables it is handed and on nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from polars import selectors

PROGRAM = Path(__file__).with_name("sandbox.py")
EPOCH = date(1970, 1, 1)
STARTING = 60
"""Seconds in which the process must have started and taken the tables."""

MOST_SAID = 2**20
"""Bytes of what the process may say beside rows: it is not believed, whatever was typed into it."""


@dataclass(frozen=True)
class Limits:
    """What one question may use: seconds, megabytes beside the tables, rows, columns and bytes of its answer."""

    seconds: float = 10
    megabytes: int = 512
    rows: int = 10_000
    columns: int = 200
    bytes: int = 16 * 2**20


class Unanswered(Exception):
    """A question without an answer.

    why: "time", "memory", "size", "columns", "day" (one of no calendar), "ended", "refused" (words are the kinds of its
    statements), or the name of the database's error, of which words are the message.
    """

    def __init__(self, why: str, words: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.words = words


class Sandbox:
    """A process with a database in memory; one that was ended is started anew for the next question."""

    def __init__(self, tables: Mapping[str, pl.DataFrame], *, today: date, limits: Limits) -> None:
        self._tables = tables
        self._today = today
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._is_late = False

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def ask(self, sql: str) -> tuple[pl.DataFrame, bool]:
        """Return the first rows of the answer to a question, and whether there are more.

        Raises Unanswered.
        """
        if self._process is None:
            self._start()
        told, rows = self._exchange(json.dumps({"sql": sql}).encode() + b"\n", self._limits.seconds)
        if told.get("is_refused"):
            raise Unanswered("refused", " ".join(map(str, told.get("kinds") or ())))
        for limit in ("size", "columns"):
            if told.get("is_over") == limit:
                raise Unanswered(limit)
        if "problem" in told:
            problem, words = str(told["problem"]), str(told.get("words"))
            is_memory = problem == "OutOfMemoryException" or words.startswith("Out of Memory")
            raise Unanswered("memory" if is_memory else problem, words)
        return _frame(rows), bool(told.get("is_more"))

    def _start(self) -> None:
        # Nothing of this process goes along: no environment, so no secrets, and no open file but the two pipes.
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"TZ": "UTC"},
            cwd="/",
            start_new_session=True,
        )
        task = {
            "tables": list(self._tables),
            "today": self._today.isoformat(),
            "seconds": self._limits.seconds,
            "megabytes": self._limits.megabytes,
            "rows": self._limits.rows,
            "columns": self._limits.columns,
            "bytes": self._limits.bytes,
        }
        self._exchange(json.dumps(task).encode() + b"\n", STARTING, tables=list(self._tables.values()))

    def _exchange(
        self, line: bytes, seconds: float, *, tables: list[pl.DataFrame] | None = None
    ) -> tuple[dict[str, Any], bytes]:
        """Write to the process and read what it says, or end it when that takes longer."""
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        self._is_late = False
        timer = threading.Timer(seconds, self._end_late, (process,))
        timer.start()
        try:
            process.stdin.write(line)
            for table in tables or ():
                arrow = table.to_arrow()
                with pa.ipc.new_stream(process.stdin, arrow.schema) as stream:
                    stream.write_table(arrow)
            process.stdin.flush()
            told: dict[str, Any] = json.loads(process.stdout.readline(MOST_SAID))
            size = int(told["bytes"])
            if size > 2 * self._limits.bytes + MOST_SAID:
                raise EOFError
            rows = process.stdout.read(size)
            if len(rows) < size:
                raise EOFError
        except (OSError, ValueError, TypeError, KeyError, EOFError) as problem:
            self.close()
            raise Unanswered("time" if self._is_late else "ended") from problem
        finally:
            timer.cancel()
        return told, rows

    def _end_late(self, process: subprocess.Popen[bytes]) -> None:
        self._is_late = True
        process.kill()


def _frame(rows: bytes) -> pl.DataFrame:
    """Return the rows that the process sent; they are looked at before they are believed."""
    try:
        table = pa.ipc.open_stream(rows).read_all()
        table.validate(full=True)
    except pa.ArrowException as problem:
        raise Unanswered("ended") from problem
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    if not all(_is_of_calendar(column) for column in frame.select(selectors.temporal())):
        raise Unanswered("day")
    return frame


def _is_of_calendar(column: pl.Series) -> bool:
    """Say whether every day or moment of a column can be one of Python's, which ends in an error on any other."""
    days = column.to_physical() // (86_400_000_000 if column.dtype == pl.Datetime else 1)
    return days.is_between((date.min - EPOCH).days, (date.max - EPOCH).days).all()

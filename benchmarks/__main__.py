"""Measure Care Manager at the size of a large group, and print the tables of docs/performance.md.

    python -m benchmarks [--patients 1000000] [--courses 3000000] [--runs 5] [--store PATH] [--only NAME ...]

Only the ratios mean anything on another machine: what is compared runs in turn, in one process.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks import group, history, looks, pages, work_list
from benchmarks.timing import once
from queries.store import Store

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)

TABLES: dict[str, Callable[[Store, int], None]] = {
    "looks": lambda store, runs: looks.measure(store, today=TODAY, now=NOW),
    "list": lambda store, runs: work_list.measure(store, runs, today=TODAY),
    "pages": lambda store, runs: pages.measure(store, runs, today=TODAY),
}
"""What is measured, in this order: the first also works the list of the day out."""


def opened(path: Path, *, patients: int, courses: int) -> Store:
    """Return the store of the group, made unless it is there."""
    if path.exists():
        return Store(path, now=NOW)

    def make() -> None:
        group.build(path, patients=patients, courses=courses, today=TODAY, now=NOW)
        store = Store(path, now=NOW)
        history.add(store, today=TODAY, now=NOW)
        store.close()

    seconds = once(make).passed / 1_000
    store = Store(path, now=NOW)
    print(f"Made in {seconds:.0f} s: {history.sizes(store)}.\n", flush=True)
    return store


def main() -> None:
    """Build the group if it is not there, then measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=1_000_000)
    parser.add_argument("--courses", type=int, default=3_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--store", type=Path, help="keep the made group here and use it again")
    parser.add_argument("--only", nargs="*", choices=TABLES, default=list(TABLES), help="only these tables")
    call = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = opened(call.store or Path(folder) / "group.duckdb", patients=call.patients, courses=call.courses)
        try:
            looks.prepare(store, today=TODAY)
            work_list.prepare(store, today=TODAY)
            pages.prepare(store, today=TODAY)
            for name in call.only:
                TABLES[name](store, call.runs)
                print(flush=True)
        finally:
            store.close()


if __name__ == "__main__":
    main()

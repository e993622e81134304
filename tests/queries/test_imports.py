"""The record of imports keeps what each did and refused."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from queries import imports as queries
from tests.practice import NOW

COUNTS = pl.DataFrame(
    {
        "kind": ["patients", "courses"],
        "rows_read": [5, 7],
        "rows_new": [3, 4],
        "rows_changed": [1, 1],
        "rows_unchanged": [1, 0],
        "rows_refused": [0, 2],
        "rows_gone": [0, 6],
    }
)
REFUSALS = pl.DataFrame(
    {
        "file": ["b.csv", "a.csv"],
        "line": [9, 4],
        "column_name": ["opened_on", None],
        "reason": ["It is no day.", "It is damaged."],
        "row_text": ["1,soon", None],
    }
)


def note(store, practice, import_id, *, days=0, refusals=REFUSALS):
    """Note an import of the practice so many days after NOW."""
    with store.transaction() as tx:
        queries.record(
            tx,
            import_id,
            practice.id,
            preset="canonical",
            source_name="extract.zip",
            is_full=True,
            note=None,
            counts=COUNTS,
            refusals=refusals,
            by="amara",
            now=NOW + timedelta(days=days),
        )


def test_the_history_has_the_sums_of_each_import_newest_first(store, practice):
    note(store, practice, "first")
    note(store, practice, "second", days=1, refusals=REFUSALS.clear())
    found = queries.history(store, [practice.id])
    sums = found.select("import_id", "practice", "rows_new", "rows_changed", "rows_gone", "rows_refused").rows()
    assert sums == [("second", "Elm Road", 7, 2, 6, 0), ("first", "Elm Road", 7, 2, 6, 2)]
    assert queries.history(store, ["elsewhere"]).is_empty()


def test_refused_rows_keep_their_order_and_what_is_not_known_of_them(store, practice):
    note(store, practice, "first")
    assert queries.refusals(store, "first").rows() == REFUSALS.rows()
    assert queries.refusals(store, "other").is_empty()


def test_an_import_is_known_by_its_id(store, practice):
    note(store, practice, "first")
    assert queries.is_recorded(store, "first")
    assert not queries.is_recorded(store, "second")

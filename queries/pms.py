"""The PMS's data of a practice, table by table, as an extract brings it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from queries.store import Reading, Store, Transaction

KEYS = {
    "contracts": ("contract_id", "from_on"),
    "providers": ("provider_id",),
    "payors": ("payor_id",),
    "pms_users": ("pms_user_id",),
    "patients": ("patient_id",),
    "courses": ("course_id",),
    "planned_visits": ("planned_visit_id",),
    "treatment_items": ("treatment_item_id",),
    "appointments": ("appointment_id",),
}
"""Each table with the columns that, after the practice, name a row; in the order in which an import writes them."""


def read(source: Store | Reading, practice_id: str, table: str) -> pl.DataFrame:
    """Return all rows of a PMS table of a practice, with every column of the table but practice_id."""
    return source.frame(f"pms/read_{table}", practice_id=practice_id)


def write(tx: Transaction, practice_id: str, table: str, rows: pl.DataFrame) -> None:
    """Add or change rows by their key; the frame has every column of the table but practice_id."""
    if rows.height:
        tx.insert(f"pms/write_{table}", rows, practice_id=practice_id)


def remove(tx: Transaction, practice_id: str, table: str, ids: Sequence[str]) -> None:
    """Remove named planned visits, treatment items or appointments."""
    if ids:
        tx.execute(f"pms/remove_{table}", practice_id=practice_id, ids=list(ids))


def remove_all(tx: Transaction, practice_id: str) -> None:
    """Remove everything that the PMS said about a practice."""
    for table in KEYS:
        tx.execute(f"pms/remove_all_{table}", practice_id=practice_id)

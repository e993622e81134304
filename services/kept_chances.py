"""The chances that were last worked out, beside rows of the work list."""

from __future__ import annotations

import json
from collections.abc import Sequence

import polars as pl

from queries import chances as queries
from queries.store import Store
from services.actors import Actor, Right, allowed
from services.practices import Practice

WITHOUT = ("booked", "rejected")
"""The statuses of what there is no booking to wait for: a chance from before says nothing any more."""


@allowed(Right.SEE, practice="practices")
def beside(
    store: Store, practices: Sequence[Practice], rows: pl.DataFrame, *, actor: Actor, is_learnt: bool = False
) -> pl.DataFrame:
    """Add chance, raises, lowers and expected_pence (worth x chance) to rows of the work list.

    They are null where none was worked out, and where there is nothing to book any more. is_learnt leaves out those
    that are no more than the usual rate of their practice.
    """
    ids = [practice.practice_id for practice in practices]
    if is_learnt:
        ids = [id_ for id_, kept in queries.learnt(store, ids).items() if json.loads(kept["result"])["model"]]
    asked = rows.filter(pl.col("practice_id").is_in(ids), ~pl.col("status").is_in(WITHOUT))
    found = queries.of(store, asked["practice_id"].to_list(), asked["opportunity_id"].to_list())
    return rows.join(found, on=["practice_id", "opportunity_id"], how="left", maintain_order="left").with_columns(
        expected_pence=pl.col("worth_pence") * pl.col("chance")
    )

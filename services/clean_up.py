"""The clean-up queue: what was rejected as wrong in the chart, until its provider has tidied it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date
from zoneinfo import ZoneInfo

import polars as pl

from queries import clean_up as queries
from queries import timeline as timeline_queries
from queries.store import Store
from services import opportunities, timeline
from services.actors import Actor, Right, allowed
from services.opportunities import Filters
from services.practices import Practice
from services.reject_reasons import WRONG_IN_CHART

QUEUE = Filters(statuses=("rejected",), reject_reasons=(WRONG_IN_CHART,))

REJECTIONS = {
    "practice_id": pl.String,
    "opportunity_id": pl.String,
    "rejected_by": pl.String,
    "rejected_on": pl.Date,
    "rejected_note": pl.String,
}


@allowed(Right.WORK, practice="practices")
def queue(store: Store, practices: Sequence[Practice], *, actor: Actor, today: date) -> pl.DataFrame:
    """Return what is wrong in the chart by provider, the actor's own first, then the oldest first.

    The columns of the work list and: provider_name, is_own; rejected_by, rejected_on and rejected_note; last_note,
    the last call, message or note; open_items, a list of what the chart has left to do (description, charged_to,
    price_pence).
    """
    rows = opportunities.worklist(store, practices, QUEUE, actor=actor, today=today).rows
    names = opportunities.choices(store, practices, actor=actor).providers
    items = queries.open_items(store, rows["practice_id"].to_list(), rows["course_id"].to_list(), today=today)
    open_items = items.group_by("practice_id", "course_id", maintain_order=True).agg(
        open_items=pl.struct("description", "charged_to", "price_pence")
    )
    rows = (
        rows.join(_rejections(store, practices, rows), on=["practice_id", "opportunity_id"], how="left")
        .join(open_items, on=["practice_id", "course_id"], how="left")
        .with_columns(
            pl.col("open_items").fill_null([]),
            provider_name=pl.col("provider_key").replace_strict(names, default=None, return_dtype=pl.String),
            is_own=pl.col("provider_key").is_in(list(actor.provider_keys)).fill_null(value=False),
        )
        .sort(pl.col("is_own").not_(), "provider_name", "opened_on", "practice_id", "opportunity_id", nulls_last=True)
    )
    return timeline.with_last_notes(store, practices, rows, actor=actor, kinds=timeline.SPOKEN_OF)


def _rejections(store: Store, practices: Sequence[Practice], rows: pl.DataFrame) -> pl.DataFrame:
    """Return who rejected each of these rows, on which day at the practice, with what note."""
    zones = {practice.practice_id: ZoneInfo(practice.timezone) for practice in practices}
    events = timeline_queries.last_words(
        store, rows["practice_id"].to_list(), rows["opportunity_id"].to_list(), kinds=("rejected",)
    ).to_dicts()
    told = [
        (
            event["practice_id"],
            event["opportunity_id"],
            event["by_user"],
            event["happened_at"].replace(tzinfo=UTC).astimezone(zones[event["practice_id"]]).date(),
            event["note"],
        )
        for event in events
    ]
    return pl.DataFrame(told, schema=REJECTIONS, orient="row")

"""The history read from its beginning: what it says that the state of each opportunity is."""

from __future__ import annotations

from typing import Any

import polars as pl

from services import actions


def replayed(events: pl.DataFrame) -> dict[tuple[str, str], dict[str, Any]]:
    """Return what events told last of each column of care_states, by (practice id, opportunity id).

    The events are those of opportunities, with practice_id, opportunity_id, event_id and after.
    """
    told: dict[tuple[str, str], dict[str, Any]] = {}
    for event in events.sort("event_id").to_dicts():
        state = told.setdefault((event["practice_id"], event["opportunity_id"]), {})
        state |= actions.fields_of(event, "after")
    return told

"""What happened about one patient, out of the history."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from queries.store import Reading, Store


def of_patient(
    source: Store | Reading, practice_id: str, patient_id: str, *, without: Sequence[str], limit: int
) -> pl.DataFrame:
    """Return the events about a patient newest first, but those of some kinds.

    Columns: event_id, opportunity_id, cot_number, kind, by_user, by_name, happened_at (UTC), note, before, after,
    action_id, is_undone.
    """
    return source.frame(
        "timeline/of_patient", practice_id=practice_id, patient_id=patient_id, without=list(without), limit=limit
    )


def last_words(
    source: Store | Reading, practice_ids: Sequence[str], opportunity_ids: Sequence[str], *, kinds: Sequence[str]
) -> pl.DataFrame:
    """Return the last event of these kinds of each opportunity, named by practices and ids side by side.

    Columns: practice_id, opportunity_id, kind, by_user (the name), happened_at (UTC), note, before, after.
    """
    return source.frame(
        "timeline/last_words",
        practice_ids=list(practice_ids),
        opportunity_ids=list(opportunity_ids),
        kinds=list(kinds),
    )

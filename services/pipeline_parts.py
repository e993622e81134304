"""How the parts of the pipeline stood day by day: by status, age, provider, payor or assignee."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from queries import pipeline as queries
from queries.store import Store
from services import pipeline, words
from services.actors import Actor, Right, allowed
from services.errors import InvalidRequest
from services.pipeline import UNBOOKED, WHATS
from services.practices import Practice

SPLITS = ("status", "age", *WHATS)
MEASURES = ("value_pence", "worth_pence", "uda", "opportunities")
"""Patients are none: the same one may be in several parts, and of a day that is over that is not known any more."""

MOST = 6
"""So many lines can be told apart in one chart."""

OTHERS = "All others"


@dataclass(frozen=True)
class Parts:
    """A column of numbers for each part, in the order of `names` (column -> the part in words), and day before them."""

    frame: pl.DataFrame
    names: dict[str, str]


@allowed(Right.SEE, practice="practices")
def trend_by(
    store: Store,
    practices: Sequence[Practice],
    *,
    actor: Actor,
    today: date,
    what: str,
    days: int = pipeline.TREND_DAYS,
    statuses: Sequence[str] = UNBOOKED,
) -> pl.DataFrame:
    """Return how the list stood by one of SPLITS on the last `days` days, today included.

    Columns: day, key (as in `pipeline.by`; a status, a band of AGES), name (over several practices a provider's says
    the practice too), opportunities, value_pence, uda, worth_pence. One row for each key of each day; a day on which
    not all practices with a history were looked at has none. Today is as it was last looked at. Raises InvalidRequest
    for another `what`.
    """
    if what not in SPLITS:
        raise InvalidRequest(
            f"The pipeline cannot be split by {what}. Choose status, age, provider, payor or assignee."
        )
    practice_ids, first = [one.practice_id for one in practices], today - timedelta(days=days - 1)
    whole = queries.trend(store, practice_ids, from_day=first, to_day=today).filter(
        pl.col("practices") == pl.col("expected")
    )
    found = queries.trend_by(store, practice_ids, what, statuses=statuses, from_day=first, to_day=today)
    name = pl.col("name")
    if what == "provider" and len(practices) > 1:
        name = pl.concat_str("name", "practice", separator=", ", ignore_nulls=True)
    elif what in ("status", "age"):
        name = name.replace({**words.STATUSES, **{band: pipeline.band_text(band) for band in pipeline.AGES}})
    return (
        found.join(whole.select("day"), on="day", how="semi", maintain_order="left")
        .with_columns(name.alias("name"))
        .drop("practice")
    )


def largest(parts: pl.DataFrame, measure: str) -> Parts:
    """Return the parts of `trend_by` that were largest on the last day, at most MOST, the last of them all others.

    A day between that nobody looked at is null in each.
    """
    if parts.is_empty():
        return Parts(pl.DataFrame(schema={"day": pl.Date}), {})
    last = parts.filter(pl.col("day") == parts["day"].max()).select("key", number=pl.col(measure).cast(pl.Float64))
    ranked = (
        parts.unique("key", keep="last", maintain_order=True)
        .select("key", "name")
        .join(last, on="key", how="left")
        .sort("number", "name", "key", descending=[True, False, False], nulls_last=True)
    )
    shown = ranked if ranked.height <= MOST else ranked.head(MOST - 1)
    columns = {key: f"part_{number}" for number, key in enumerate(shown["key"])}
    # Two of one name stay two.
    names = shown.select(
        pl.when(pl.int_range(pl.len()).over("name") > 0)
        .then(pl.format("{} ({})", "name", pl.int_range(pl.len()).over("name") + 1))
        .otherwise("name")
    ).to_series()
    told = dict(zip(columns.values(), names, strict=True))
    if ranked.height > MOST:
        told["others"] = OTHERS
    summed = (
        parts.with_columns(pl.col("key").replace_strict(columns, default="others", return_dtype=pl.String))
        .group_by("day", "key")
        .agg(pl.col(measure).sum().cast(pl.Float64))
        .pivot("key", on_columns=list(told), index="day", values=measure)
        .with_columns(pl.col(list(told)).fill_null(0))
    )
    days = parts.select(pl.date_range(pl.col("day").min(), pl.col("day").max()))
    return Parts(days.join(summed, on="day", how="left", maintain_order="left"), told)

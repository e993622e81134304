"""The words of a chance: why it is higher or lower than usual, what it is worked out from, and how much each counts."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from services.chance_model import Model

MOST_REASONS = 3

LEAST_SAID = 0.15
"""What moves the log-odds by less is no reason worth saying."""

USUAL = "usual"
"""The one reason where nothing is learnt from the practice's history."""

STATES: dict[str, tuple[tuple[str, str, pl.Expr], ...]] = {
    "age": (
        ("age_days", "opened recently", pl.col("days_open") <= 30),
        ("age_months", "open for under three months", pl.col("days_open") <= 90),
        ("age_quarters", "open for over three months", pl.col("days_open") <= 180),
        ("age_long", "open for over half a year", pl.lit(True)),
    ),
    "payor": (
        ("payor_nhs", "NHS", pl.col("payor_kind") == "nhs"),
        ("payor_plan", "on a plan", pl.col("payor_kind") == "plan"),
        ("payor_insurance", "insured", pl.col("payor_kind") == "insurance"),
        ("payor_private", "private", pl.lit(True)),
    ),
    "value": (
        ("value_least", "worth less than £100", pl.col("worth_pence") < 100_00),
        ("value_less", "worth £100 to £500", pl.col("worth_pence") < 500_00),
        ("value_more", "worth £500 to £1,500", pl.col("worth_pence") < 1_500_00),
        ("value_most", "worth £1,500 or more", pl.lit(True)),
    ),
    "tries": (
        ("tries_none", "not tried yet", pl.col("days_tried") == 0),
        ("tries_once", "tried once", pl.col("days_tried") == 1),
        ("tries_twice", "tried twice", pl.col("days_tried") == 2),
        ("tries_often", "tried three times or more", pl.lit(True)),
    ),
    "contact": (
        ("contact_none", "not in touch yet", pl.col("days_since_contact").is_null()),
        ("contact_week", "in touch last week", pl.col("days_since_contact") <= 7),
        ("contact_month", "in touch last month", pl.col("days_since_contact") <= 30),
        ("contact_before", "not in touch for a month", pl.lit(True)),
    ),
    "past": (
        ("past_none", "no earlier course", (pl.col("finished") == 0) & (pl.col("lapsed") == 0)),
        ("past_usually", "usually books", pl.col("finished") >= 3 * pl.col("lapsed")),
        ("past_sometimes", "sometimes books", pl.col("finished") > 0),
        ("past_lapsed", "let earlier courses lapse", pl.lit(True)),
    ),
    "visits": (
        ("visits_none", "missed no visit", pl.col("missed") == 0),
        ("visits_once", "missed a visit", pl.col("missed") == 1),
        ("visits_often", "missed visits", pl.lit(True)),
    ),
}
"""How an input stands on a row: its key, its words, and when; the first that is so."""

REASONS = {USUAL: "the practice's usual rate"} | {key: said for states in STATES.values() for key, said, _ in states}
"""Every reason that is kept beside a chance, and its words."""

INPUTS = {
    "Days since the course was opened": "From the day on which it was accepted.",
    "Payor": "NHS, private, or plan and insurance together.",
    "Value": "Worth when it came on the list: under £100, £500, £1,500, or more.",
    "Attempts": "The days on which somebody tried to reach the patient about it: calls and messages.",
    "Last contact": "Within the last week, the last month, longer ago, or never.",
    "Earlier courses": "How many of the patient's earlier courses were finished, and how many not within a year. "
    "“Usually books” says that at least three of four were finished.",
    "Missed visits": "How often the patient failed to attend.",
}
"""What a chance is worked out from, and what is looked at of each."""

NO_INPUTS = (
    "Nothing about the person is an input: not name, sex, age, address or exemption, nor anything else that equality "
    "law protects, and no clinical detail, note or message."
)

FEATURES = {
    "open": "Opened longer ago",
    "nhs": "NHS, compared with private",
    "plan": "On a plan or insured, compared with private",
    "value": "In a higher value band",
    "tries": "Tried on more days",
    "contact_week": "In touch within the last week, compared with never",
    "contact_month": "In touch within the last month, compared with never",
    "contact_before": "In touch longer ago, compared with never",
    "finished": "More of the earlier courses finished",
    "missed": "More missed visits",
}
"""The features of chance_model.FEATURES in words that a direction can follow."""

MUCH, SOME = 0.5, 0.1
"""From so much on the log-odds for each standard deviation a feature counts much, or some; below, next to nothing."""


def reasons(scored: pl.DataFrame) -> pl.DataFrame:
    """Return the reasons of scored rows, strongest first: opportunity_id, chance, raises and lowers.

    The rows are those of one day, as `chance_model.score` returns them.
    """
    if scored.is_empty():
        return usual(scored, 0.0)
    states = {of: pl.coalesce(pl.when(is_so).then(pl.lit(key)) for key, _, is_so in STATES[of]) for of in STATES}
    long = pl.concat(
        scored.select("opportunity_id", key=state, adds=pl.col(f"{of}_adds")) for of, state in states.items()
    )
    size = pl.col("adds").abs()
    said = (
        long.filter(size >= LEAST_SAID)
        .sort(size, "key", descending=[True, False])
        .group_by("opportunity_id", maintain_order=True)
        .head(MOST_REASONS)
        .group_by("opportunity_id", maintain_order=True)
        .agg(
            pl.col("key").filter(pl.col("adds") > 0).alias("raises"),
            pl.col("key").filter(pl.col("adds") < 0).alias("lowers"),
        )
    )
    return (
        scored.select("opportunity_id", "chance")
        .join(said, on="opportunity_id", how="left", maintain_order="left")
        .with_columns(pl.col("raises", "lowers").fill_null([]))
    )


def usual(rows: pl.DataFrame, base_rate: float) -> pl.DataFrame:
    """Return rows with the practice's usual rate as the chance of each, in the columns of `reasons`."""
    nothing = pl.lit([], dtype=pl.List(pl.String))
    return rows.select(
        "opportunity_id",
        chance=pl.lit(base_rate),
        raises=pl.lit([USUAL], dtype=pl.List(pl.String)),
        lowers=nothing,
    )


def why(raises: Sequence[str], lowers: Sequence[str]) -> str:
    """Say why a chance is what it is: "Opened recently, usually books, but missed a visit"."""
    for_it, against = (", ".join(REASONS[key] for key in keys if key in REASONS) for keys in (raises, lowers))
    said = ", but ".join(part for part in (for_it, against) if part) or "like most others"
    return said[0].upper() + said[1:]


def effects(model: Model) -> list[tuple[str, str]]:
    """Return each feature with what it does to the chance at this practice, what counts most first."""
    return [
        (FEATURES[one.name], _effect(one.weight))
        for one in sorted(model.weights, key=lambda one: -abs(one.weight))
        if one.name in FEATURES
    ]


def _effect(weight: float) -> str:
    if abs(weight) < SOME:
        return "Next to nothing"
    return f"{'Raises' if weight > 0 else 'Lowers'} it{' much' if abs(weight) >= MUCH else ''}"

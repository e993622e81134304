"""What shares can be known to be, with their ranges: a Kaplan-Meier curve, and two shares compared."""

from __future__ import annotations

from math import sqrt

import polars as pl

WITHIN = 1.96
"""A range of 95 % reaches so many standard errors to each side."""


def curve_of(found: pl.DataFrame) -> pl.DataFrame:
    """Return the Kaplan-Meier estimate of the share booked: day, share, low and high (95 %), at_risk, bookings.

    found is what `queries.results.waits` found. Where everything is booked there is no band: it would say that this
    is certain.
    """
    if found.is_empty():
        schema = {"day": pl.Int64, "share": pl.Float64, "low": pl.Float64, "high": pl.Float64}
        return pl.DataFrame(schema={**schema, "at_risk": pl.Int64, "bookings": pl.Int64})
    # It brings pandas and SciPy along and takes seconds: only who looks at the curve waits for it, and once.
    from statsmodels.duration.survfunc import SurvfuncRight

    fitted = SurvfuncRight(
        found["waited"].to_numpy(),
        found["is_booked"].cast(pl.Int64).to_numpy(),
        entry=found["entered"].to_numpy(),
        freq_weights=found["opportunities"].to_numpy(),
    )
    frame = pl.DataFrame(
        {
            "day": fitted.surv_times,
            "left": fitted.surv_prob,
            "error": fitted.surv_prob_se,
            "at_risk": fitted.n_risk,
            "bookings": fitted.n_events,
        }
    ).cast({"day": pl.Int64, "at_risk": pl.Int64, "bookings": pl.Int64})
    # With weights the library gives the error of the cumulative hazard, -log(left): hence the band by its logarithm.
    spread = WITHIN * pl.col("error") / pl.col("left").log().abs()
    is_inside = pl.col("left").is_between(1e-9, 1, closed="none")
    return frame.select(
        "day",
        (1 - pl.col("left")).alias("share"),
        *(
            pl.when(is_inside)
            .then(1 - pl.col("left") ** (sign * spread).exp())
            .when(pl.col("left") >= 1)
            .then(0.0)  # Nobody is booked yet. Where all are, the logarithm knows no range.
            .alias(end)
            for end, sign in (("low", -1), ("high", 1))
        ),
        "at_risk",
        "bookings",
    )


def until(curve: pl.DataFrame, end: int) -> pl.DataFrame:
    """Let the curve begin with nothing on the day of opening, and go on as it is until the last day observed."""
    first = pl.DataFrame(
        {"day": [0], "share": [0.0], "low": [0.0], "high": [0.0], "at_risk": [None], "bookings": [0]},
        schema=curve.schema,
    )
    whole = pl.concat([first, curve])
    last = whole.tail(1).with_columns(
        day=pl.lit(end, pl.Int64), at_risk=pl.lit(None, pl.Int64), bookings=pl.lit(0, pl.Int64)
    )
    return pl.concat([whole, last]) if whole["day"][-1] < end else whole


def at_risk(found: pl.DataFrame, day: int) -> int:
    """Return how many opportunities were under way on a day after opening, and not booked before."""
    is_there = (pl.col("entered") < day) & (pl.col("waited") >= day)
    return int(found.filter(is_there)["opportunities"].sum())


def differ(first: tuple[int, int], second: tuple[int, int]) -> bool:
    """Say whether two shares, each some of all, differ by more than luck would: by 95 %, as Newcombe has it."""
    (one, low, high), (other, other_low, other_high) = _range(*first), _range(*second)
    least = one - other - sqrt((one - low) ** 2 + (other_high - other) ** 2)
    most = one - other + sqrt((high - one) ** 2 + (other - other_low) ** 2)
    return not least <= 0 <= most


def _range(some: int, of_all: int) -> tuple[float, float, float]:
    """Return a share, and the ends of its range (Wilson's)."""
    share, spread = some / of_all, WITHIN**2 / of_all
    middle = (share + spread / 2) / (1 + spread)
    half = sqrt(spread * (share * (1 - share) + spread / 4)) / (1 + spread)
    return share, middle - half, middle + half

"""The NHS contract of a year: its target, what was delivered, is booked or can still be done, and where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from queries import listing, pms
from queries import nhs as queries
from queries.store import Reading, Store
from services import nhs_delivery, nhs_openings
from services.actors import Actor, Right, allowed
from services.errors import InvalidRequest
from services.nhs_projection import Projection, Rate, projected
from services.practices import Practice

NATIONS = ("England",)
"""Where NHS contracts count in UDAs (domain.md 4.7)."""

LEAST, FULL, MOST = 0.96, 1.0, 1.02
"""The lines of the target: below the first money goes back, above the last nothing is paid (domain.md 4.4)."""

SEPTEMBER_LEAST = 0.3
"""Below this share by 30 September the NHS asks for an action plan (domain.md 4.4)."""


@dataclass(frozen=True)
class Scheduled:
    """Open courses with a visit before the year ends, and what they count."""

    courses: int
    uda: float
    unscheduled_courses: int


@dataclass(frozen=True)
class Unscheduled:
    """The target of a year for unscheduled care in pence and courses, and what was delivered of it."""

    share: float
    course_pence: int
    target_pence: int
    target_courses: int
    delivered_courses: int
    delivered_pence: int
    projection: Projection | None


@dataclass(frozen=True)
class Ending:
    """Where a year ends with so many UDAs: the share of the target, what follows, and what it costs in pence."""

    uda: float
    share: float
    words: str
    cost_pence: int


@dataclass(frozen=True)
class Standing:
    """How a contract stands in a year, counted up to a day.

    ends_on is 31 March, or the contract's own last day before it. known_to is up to when the UDAs delivered are known.
    contract_uda is the contract's whole target, target_uda what of it is routine and complex care; None: not known.
    months has the columns of nhs_delivery.months, openings those of nhs_openings.completable.
    """

    contract_id: str
    starts_on: date
    ends_on: date
    counted_to: date
    known_to: date
    is_over: bool
    begins_on: date
    uda_value_pence: int
    contract_uda: float | None
    target_uda: float | None
    months: pl.DataFrame
    delivered_uda: float
    unpriced_courses: int
    scheduled: Scheduled
    openings: pl.DataFrame
    projection: Projection | None
    rate: Rate | None
    unscheduled: Unscheduled | None

    @property
    def september_share(self) -> float | None:
        """Return the share of a whole year's target delivered by 30 September, from then until the year ends.

        None where it is not known: the contract had no whole half year, or nothing is known to have been delivered.
        """
        october = self.starts_on.replace(month=10)
        is_due = october <= self.counted_to and not self.is_over and self.begins_on <= self.starts_on
        is_known = self.delivered_uda > 0 and self.known_to >= october - timedelta(days=1)
        if not self.target_uda or not is_due or not is_known:
            return None
        half = self.months.filter(pl.col("month_on") < october)
        return float(half["uda"].sum()) / self.target_uda

    def line(self, share: float) -> float:
        """Return the UDAs of a share of the target."""
        return round((self.target_uda or 0) * share, 2)

    def gap(self, share: float, *, is_projected: bool) -> float:
        """Return the UDAs missing to a line: from the projection if there is one, else from what is done and booked."""
        done = self.delivered_uda + self.scheduled.uda
        reached = self.projection.middle if is_projected and self.projection else done
        return max(0.0, round(self.line(share) - reached, 2))

    def ending(self, uda: float) -> Ending:
        """Say what follows when the year ends with so many UDAs."""
        target, uda = self.target_uda or 0, round(uda, 2)
        if uda < self.line(LEAST):
            missing = target - uda
            told = "Below 96 %: the NHS may take back all that is missing to 100 %, and send a breach notice"
        elif uda < self.line(FULL):
            missing = 0.0
            told = f"From 96 to 100 %: {self._worth(target - uda)} come on top of next year's, nothing is paid back"
        elif uda <= self.line(MOST):
            missing = 0.0
            told = f"From 100 to 102 %: {self._worth(uda - target)} count for next year"
        else:
            missing = uda - self.line(MOST)
            told = f"Above 102 %: {self._worth(missing)} are not paid"
        return Ending(uda, uda / target if target else 0.0, told, round(missing * self.uda_value_pence))

    def _worth(self, uda: float) -> str:
        return f"{units(uda)} UDAs worth £{round(uda * self.uda_value_pence) / 100:,.2f}"


def counts_udas(practice: Practice) -> bool:
    """Say whether the NHS contracts of a practice's nation count in UDAs."""
    return practice.nation in NATIONS


def year_of(day: date) -> date:
    """Return the first day of the contract year of a day: years begin on 1 April."""
    return date(day.year if day.month >= 4 else day.year - 1, 4, 1)


def year_in_words(starts_on: date) -> str:
    """Write a contract year as 2026/27."""
    return f"{starts_on.year}/{(starts_on.year + 1) % 100:02}"


@allowed(Right.SEE, practice="practice")
def contracts(store: Store, practice: Practice, *, actor: Actor, today: date) -> dict[str, list[date]]:
    """Return the contracts of a practice, each with the first days of its years up to now; the newest come first."""
    years: dict[str, set[date]] = {}
    with store.reading() as reading:
        kept = terms(reading, practice)
    for term in kept:
        if term["from_on"] <= today:
            first, last = year_of(term["from_on"]), year_of(min(term["to_on"] or today, today))
            own = years.setdefault(term["contract_id"], set())
            own.update(date(year, 4, 1) for year in range(first.year, last.year + 1))
    newest_first = {contract_id: sorted(own, reverse=True) for contract_id, own in sorted(years.items())}
    return dict(sorted(newest_first.items(), key=lambda item: item[1][0], reverse=True))


@allowed(Right.SEE, practice="practice")
def standing(
    store: Store, practice: Practice, contract_id: str, starts_on: date, *, actor: Actor, today: date
) -> Standing:
    """Return how a contract stands in the year that begins on a day.

    Raises InvalidRequest when it has no term in that year.
    """
    listing.refresh(store, [practice.practice_id], today=today)
    with store.reading() as reading:
        kept = terms(reading, practice)
        begins_on, ends_on = _days_of_year(kept, contract_id, starts_on)
        counted_to = min(today, ends_on)
        value_pence, contract_uda = _terms_of_year(kept, contract_id, starts_on, counted_to)
        named: dict[str, Any] = {
            "practice_id": practice.practice_id,
            "contract_id": contract_id,
            "first_contract_id": first_contract(kept, starts_on, counted_to),
        }
        asked = queries.unscheduled(reading, practice.nation, on_day=starts_on)
        figures = queries.figures(reading, practice.practice_id, contract_id)
        imported_at = queries.imported_at(reading, practice.practice_id)
        days = queries.delivered(
            reading, **named, from_on=nhs_delivery.looked_back_to(starts_on, counted_to), to_on=counted_to
        ).with_columns(uda=pl.col("uda") + pl.col("pathway_pence") / max(value_pence, 1))
        scheduled, openings = Scheduled(0, 0.0, 0), nhs_openings.NONE
        if today <= ends_on:
            booked = queries.scheduled(
                reading,
                **named,
                today=today,
                to_on=ends_on,
                is_unlinked_visit_counted=practice.settings.is_unlinked_visit_counted,
            )
            scheduled = _scheduled(booked, value_pence)
            openings = nhs_openings.completable(
                queries.openings(reading, **named, today=today),
                booked["course_id"],
                nhs_openings.shares_finished(reading, practice.practice_id, days=(ends_on - today).days, today=today),
                uda_value_pence=value_pence,
                today=today,
                ends_on=ends_on,
            )
    course_pence = asked["course_pence"] if asked else 0
    months = nhs_delivery.months(days, figures, starts_on, counted_to, course_pence=course_pence)
    imported_on = (
        imported_at.replace(tzinfo=UTC).astimezone(ZoneInfo(practice.timezone)).date() if imported_at else None
    )
    known_to = nhs_delivery.known_to(days, figures, "uda", counted_to, imported_on=imported_on)
    rate = nhs_delivery.rate(days, figures, "uda", known_to, course_pence=course_pence)
    delivered = float(months["uda"].sum())
    of_year = days.filter(pl.col("completed_on") >= starts_on)
    return Standing(
        contract_id=contract_id,
        starts_on=starts_on,
        ends_on=ends_on,
        counted_to=counted_to,
        known_to=known_to,
        is_over=today > ends_on,
        begins_on=begins_on,
        uda_value_pence=value_pence,
        contract_uda=contract_uda,
        target_uda=None if contract_uda is None else round(contract_uda * (1 - (asked["share"] if asked else 0)), 2),
        months=months,
        delivered_uda=delivered,
        unpriced_courses=int(of_year["unpriced_courses"].sum()),
        scheduled=scheduled,
        openings=openings,
        projection=projected(delivered, rate, _days_left(months, known_to, ends_on)) if today < ends_on else None,
        rate=rate,
        unscheduled=_unscheduled(
            asked,
            (contract_uda or 0) * value_pence,
            months,
            days,
            figures,
            counted_to,
            ends_on,
            imported_on=imported_on,
        ),
    )


def terms(reading: Reading, practice: Practice) -> list[dict[str, Any]]:
    """Return the terms of the practice's contracts as they are kept."""
    return pms.read(reading, practice.practice_id, "contracts").to_dicts()


def first_contract(kept: Sequence[dict[str, Any]], starts_on: date, counted_to: date) -> str | None:
    """Return whose a course is that names no contract, nor its provider: the first's that has a term in the year."""
    return min((term["contract_id"] for term in kept if _is_of(term, starts_on, counted_to)), default=None)


def _is_of(term: dict[str, Any], starts_on: date, counted_to: date) -> bool:
    return bool(term["from_on"] <= counted_to and (term["to_on"] or counted_to) >= starts_on)


def _days_of_year(kept: Sequence[dict[str, Any]], contract_id: str, starts_on: date) -> tuple[date, date]:
    """Return the first and the last day of a contract in a year: those of its terms, where they are fewer than all."""
    last = date(starts_on.year + 1, 3, 31)
    own = [term for term in kept if term["contract_id"] == contract_id and _is_of(term, starts_on, last)]
    begins_on = max(starts_on, min((term["from_on"] for term in own), default=starts_on))
    return begins_on, min(last, max((term["to_on"] or last for term in own), default=last))


def _terms_of_year(
    kept: Sequence[dict[str, Any]], contract_id: str, starts_on: date, counted_to: date
) -> tuple[int, float | None]:
    """Return the value of a UDA and the UDAs to do of a contract in a year; of several terms the latest counts."""
    own = sorted(
        (term for term in kept if term["contract_id"] == contract_id and _is_of(term, starts_on, counted_to)),
        key=lambda term: term["from_on"],
    )
    if not own:
        raise InvalidRequest(
            f"The contract {contract_id} has no term in {year_in_words(starts_on)}. Choose another year, "
            "or add the term on the page Settings."
        )
    targets = [float(term["uda_target"]) for term in own if term["uda_target"] is not None]
    return own[-1]["uda_value_pence"], targets[-1] if targets else None


def _scheduled(booked: pl.DataFrame, value_pence: int) -> Scheduled:
    routine = booked.filter(~pl.col("is_unscheduled"))
    uda, pence = (float(routine[name].sum()) for name in ("uda", "claim_pence"))
    return Scheduled(routine.height, uda + pence / max(value_pence, 1), booked.height - routine.height)


def _unscheduled(
    asked: dict[str, Any] | None,
    contract_pence: float,
    months: pl.DataFrame,
    days: pl.DataFrame,
    figures: pl.DataFrame,
    counted_to: date,
    ends_on: date,
    *,
    imported_on: date | None,
) -> Unscheduled | None:
    if asked is None:
        return None
    # Before there was such a target no care counted for it, which says nothing about its rate.
    days = days.filter(pl.col("completed_on") >= asked["from_on"])
    name = "unscheduled_pence"
    known_to = nhs_delivery.known_to(days, figures, name, counted_to, imported_on=imported_on)
    target_pence = round(contract_pence * asked["share"])
    delivered_pence = int(months["unscheduled_pence"].sum())
    rate = nhs_delivery.rate(days, figures, name, known_to, course_pence=asked["course_pence"])
    return Unscheduled(
        share=asked["share"],
        course_pence=asked["course_pence"],
        target_pence=target_pence,
        target_courses=-(-target_pence // asked["course_pence"]),
        delivered_courses=int(months["unscheduled_courses"].sum()),
        delivered_pence=delivered_pence,
        projection=projected(delivered_pence, rate, _days_left(months, known_to, ends_on))
        if counted_to < ends_on
        else None,
    )


def _days_left(months: pl.DataFrame, known_to: date, ends_on: date) -> int:
    """Return how many days of the year are to come after the one to which it is known, all where that is before it."""
    day_before: date = months["month_on"][0] - timedelta(days=1)
    return (ends_on - max(known_to, day_before)).days


def units(uda: float) -> str:
    """Write UDAs as 1,203.5."""
    return f"{uda:,.1f}".removesuffix(".0")

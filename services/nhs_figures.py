"""The figures of the NHS's own schedules, typed in month by month: they count instead of the extract's."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from queries import nhs as queries
from queries.store import Reading, Store
from services import history, nhs_contract
from services.actors import Actor, Right, allowed
from services.errors import InvalidRequest
from services.practices import Practice

TYPED = "NHS figures typed in"
MOST_UDAS = 100_000
MOST_COURSES = 10_000
MOST_PENCE = 100_000_000
"""In one month more is a slip of the pen."""

TYPED_AS = re.compile(r"£?\s?(\d+|\d{1,3}(?:,\d{3})+)(\.\d{1,2})?")
"""How a figure is typed; 12,5 and 1.234 could be two numbers each."""


@dataclass(frozen=True)
class Figures:
    """What the NHS says was delivered in a month; None: not typed in, so the extract counts."""

    uda: float | None = None
    unscheduled_courses: int | None = None
    unscheduled_pence: int | None = None


NOTHING = Figures()
"""Nothing typed in."""


def read(uda: str, unscheduled_courses: str, unscheduled_pounds: str) -> Figures:
    """Return the figures of a month as they were typed, an empty field being none.

    Raises InvalidRequest, naming the field, for what is no such figure, and for figures that cannot be.
    """
    courses = _number(unscheduled_courses, "courses of unscheduled care", "12", is_whole=True)
    pounds = _number(unscheduled_pounds, "unscheduled care in pounds", "1,234.50")
    units = _number(uda, "UDAs delivered", "1,234.5")
    return _checked(
        Figures(
            None if units is None else float(units),
            None if courses is None else int(courses),
            None if pounds is None else int(pounds * 100),
        )
    )


def _number(text: str, field: str, example: str, *, is_whole: bool = False) -> Decimal | None:
    if not text.strip():
        return None
    found = TYPED_AS.fullmatch(text.strip())
    if found is None or (is_whole and found[2]):
        raise InvalidRequest(
            f"“{text.strip()}” is no figure for {field}. Nothing was saved. "
            f"Type it as {example}, or leave the field empty."
        )
    return Decimal(found[1].replace(",", "") + (found[2] or ""))


@allowed(Right.SETTINGS, practice="practice")
def write(
    store: Store,
    practice: Practice,
    contract_id: str,
    month_on: date,
    figures: Figures,
    *,
    seen: Figures,
    actor: Actor,
    now: datetime,
    today: date,
) -> list[str]:
    """Keep the figures of a month of a contract, all None for the extract's again; return in words what changed.

    seen is what was shown: what somebody else typed in since then is not overwritten. Raises InvalidRequest, with
    nothing changed, for that, for a month of no term or to come, and for figures that cannot be.
    """
    figures = _checked(figures)
    label = f"{contract_id}, {month_on:%B %Y}"
    known = nhs_contract.contracts(store, practice, actor=actor, today=today)
    if month_on.day != 1 or month_on > today or nhs_contract.year_of(month_on) not in known.get(contract_id, ()):
        raise InvalidRequest(
            f"The contract {contract_id} has no month {month_on:%B %Y} up to now. Nothing was saved. "
            "Choose another month."
        )
    with store.transaction() as tx:
        kept, by = _kept(tx, practice.practice_id, contract_id, month_on)
        if kept == figures:
            return []
        if kept != seen:
            raise InvalidRequest(
                f"{by or 'Somebody'} typed in other figures for {month_on:%B %Y} after this page was drawn. "
                "Nothing was saved. Look at the page again, and change them once more if you still want to."
            )
        if figures == NOTHING:
            queries.remove_figure(tx, practice.practice_id, contract_id, month_on)
        else:
            queries.write_figure(
                tx,
                practice.practice_id,
                contract_id,
                month_on,
                uda=None if figures.uda is None else Decimal(f"{figures.uda:.2f}"),
                unscheduled_courses=figures.unscheduled_courses,
                unscheduled_pence=figures.unscheduled_pence,
                by=actor.user_id,
                now=now,
            )
        history.record(
            tx,
            TYPED,
            by=actor.user_id,
            now=now,
            practice_id=practice.practice_id,
            note=label,
            before=asdict(kept),
            after=asdict(figures),
        )
    if figures == NOTHING:
        return [f"{label}: the extract's figures count again."]
    return [f"{label}: {_in_words(figures)} (was {_in_words(kept)})."]


def of_row(row: dict[str, Any]) -> Figures:
    """Return what a row of nhs_delivery.months has typed in."""
    return Figures(row["typed_uda"], row["typed_unscheduled_courses"], row["typed_unscheduled_pence"])


def _kept(source: Reading, practice_id: str, contract_id: str, month_on: date) -> tuple[Figures, str | None]:
    for row in queries.figures(source, practice_id, contract_id).to_dicts():
        if row["month_on"] == month_on:
            return Figures(row["uda"], row["unscheduled_courses"], row["unscheduled_pence"]), row["typed_by"]
    return NOTHING, None


def _checked(figures: Figures) -> Figures:
    limits = {"uda": MOST_UDAS, "unscheduled_courses": MOST_COURSES, "unscheduled_pence": MOST_PENCE}
    for name, most in limits.items():
        value = getattr(figures, name)
        if value is not None and not 0 <= value <= most:
            raise InvalidRequest(
                "A month has at most 100,000 UDAs, and 10,000 courses or £1,000,000.00 of unscheduled care, "
                "and nothing below 0. Nothing was saved."
            )
    return Figures(
        None if figures.uda is None else round(float(figures.uda), 2),
        figures.unscheduled_courses,
        figures.unscheduled_pence,
    )


def _in_words(figures: Figures) -> str:
    told = []
    if figures.uda is not None:
        told.append(f"{figures.uda:,.2f}".rstrip("0").rstrip(".") + " UDAs")
    if figures.unscheduled_courses is not None:
        told.append(f"{figures.unscheduled_courses:,} courses of unscheduled care")
    if figures.unscheduled_pence is not None:
        told.append(f"£{figures.unscheduled_pence / 100:,.2f} of unscheduled care")
    return ", ".join(told) or "the extract's"

"""A practice with an NHS contract for tests, its courses in one line each, and how the contract stands."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from queries.store import Store
from services import nhs_contract, practices
from services.nhs_contract import Standing
from services.practices import Practice
from tests.practice import SYSTEM, TODAY, SmallPractice

YEAR = date(2026, 4, 1)
ENDS = date(2027, 3, 31)
DAYS_LEFT = (ENDS - TODAY).days

_numbers = count()


def contracted(store: Store) -> SmallPractice:
    """A practice with a contract of 1,000 UDAs at £35.50: 918 of routine and complex care, £2,911 of unscheduled."""
    practice = SmallPractice(store, f"Elm Road {next(_numbers)}")
    practice.add("contracts", "nhs-1", from_on=YEAR, to_on=ENDS, uda_target=Decimal(1000))
    return practice


def known(practice: SmallPractice) -> Practice:
    """The practice as the services take it."""
    return next(one for one in practices.all_practices(practice.store) if one.practice_id == practice.id)


def standing(practice: SmallPractice, year: date = YEAR, *, contract: str = "nhs-1", today: date = TODAY) -> Standing:
    """How the contract stands."""
    return nhs_contract.standing(practice.store, known(practice), contract, year, actor=SYSTEM, today=today)


def nhs(practice: SmallPractice, band: str | None = "2a", **facts: Any) -> str:
    """An NHS course without items."""
    return practice.course(**{"item": False, "payor_id": "nhs", "band": band, **facts})


def done(practice: SmallPractice, on: date, band: str | None = "2a", **facts: Any) -> str:
    """An NHS course that was completed on a day."""
    return nhs(practice, band, completed_on=on, days_ago=(TODAY - on).days + 5, **facts)

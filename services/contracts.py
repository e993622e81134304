"""The NHS contracts of a practice: terms with the value of a UDA and the UDAs to be done, and who last changed each."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from queries import pms
from queries import practices as practice_queries
from queries import settings as queries
from queries.store import Reading, Store, Transaction
from services import history, words
from services.actors import Actor, Right, allowed
from services.errors import InvalidRequest
from services.practices import Practice
from services.settings import Change

CHANGED = "contract changed"
MOST_PER_UDA = 20_000
"""Pence: a UDA worth more is a slip of the pen."""

MOST_UDAS = 1_000_000


@dataclass(frozen=True)
class Term:
    """The UDA value of a contract in pence, and the UDAs to be done, from a day to another or without an end."""

    contract_id: str
    from_on: date
    to_on: date | None
    uda_value_pence: int
    uda_target: float | None = None

    @property
    def label(self) -> str:
        """Say which term it is."""
        return f"{self.contract_id} from {words.day(self.from_on)}"

    def __str__(self) -> str:
        until = f"to {words.day(self.to_on)}" if self.to_on else "without an end"
        target = f", {self.uda_target:,g} UDAs to do" if self.uda_target is not None else ""
        return f"{self.label} {until}, £{self.uda_value_pence / 100:,.2f} a UDA{target}"

    def overlaps(self, other: Term) -> bool:
        """Say whether both are terms of one contract with a day in common."""
        return (
            self.contract_id == other.contract_id
            and self.from_on <= (other.to_on or date.max)
            and other.from_on <= (self.to_on or date.max)
        )


@allowed(Right.SETTINGS, practice="practice")
def terms(store: Store, practice: Practice, *, actor: Actor) -> dict[Term, Change | None]:
    """Return the contract terms of a practice in order, each with who last changed it; None: an extract brought it."""
    with store.reading() as reading:
        events = _last_events(reading, practice)
        return {term: _change(events, practice, after=term) for term in _terms(reading, practice)}


@allowed(Right.SETTINGS, practice="practice")
def write(
    store: Store, practice: Practice, term: Term, *, was: Term | None = None, actor: Actor, now: datetime
) -> list[str]:
    """Add a contract term, or put it in the place of the one that it was when shown; return in words what changed.

    Raises InvalidRequest, with nothing changed, when the term cannot be, overlaps another of its contract, or when
    somebody else changed it since it was shown.
    """
    term = _checked(term)
    with store.transaction() as tx:
        others = [one for one in _terms(tx, practice) if one != was]
        if term == was or term in others:
            return []
        if was:
            _refuse_changed(tx, practice, was)
        if clash := next((one for one in others if term.overlaps(one)), None):
            raise InvalidRequest(
                f"This overlaps the term {clash}. Nothing was changed. End that one first, or choose other days."
            )
        if was:
            queries.remove_term(tx, practice.practice_id, was.contract_id, was.from_on)
        _insert(tx, practice, term)
        _note(tx, practice, before=was, after=term, actor=actor, now=now)
    return [f"Contract {term}" + (f" (was {was})" if was else " was added")]


@allowed(Right.SETTINGS, practice="practice")
def remove(store: Store, practice: Practice, term: Term, *, actor: Actor, now: datetime) -> list[str]:
    """Remove a contract term as it was when shown, and return in words what was removed.

    Raises InvalidRequest when somebody else changed it since then; one that is gone already stays so.
    """
    with store.transaction() as tx:
        if term.label not in [one.label for one in _terms(tx, practice)]:
            return []
        _refuse_changed(tx, practice, term)
        queries.remove_term(tx, practice.practice_id, term.contract_id, term.from_on)
        _note(tx, practice, before=term, after=None, actor=actor, now=now)
    return [f"Contract {term} was removed"]


def _terms(source: Store | Reading, practice: Practice) -> list[Term]:
    rows = pms.read(source, practice.practice_id, "contracts").to_dicts()
    return [
        Term(**{**row, "uda_target": None if row["uda_target"] is None else float(row["uda_target"])}) for row in rows
    ]


def _checked(term: Term) -> Term:
    """Return a term as it is kept, or refuse it in words."""
    contract_id = " ".join(term.contract_id.split())
    if not contract_id:
        raise InvalidRequest("Give the number of the contract. Nothing was changed.")
    if term.to_on and term.to_on < term.from_on:
        raise InvalidRequest("The last day of a term is its first day or later. Nothing was changed.")
    if not 0 < term.uda_value_pence <= MOST_PER_UDA:
        raise InvalidRequest(f"A UDA is worth from £0.01 to £{MOST_PER_UDA / 100:,.2f}. Nothing was changed.")
    if term.uda_target is not None and not 0 <= term.uda_target <= MOST_UDAS:
        raise InvalidRequest(f"The UDAs to do are from 0 to {MOST_UDAS:,}. Nothing was changed.")
    target = None if term.uda_target is None else round(term.uda_target, 2)
    return Term(contract_id, term.from_on, term.to_on, term.uda_value_pence, target)


def _refuse_changed(tx: Transaction, practice: Practice, was: Term) -> None:
    """Raise InvalidRequest unless the term still is as it was when shown."""
    kept = {term.label: term for term in _terms(tx, practice)}
    if kept.get(was.label) == was:
        return
    events = _last_events(tx, practice)
    last = _change(events, practice, after=kept.get(was.label)) or _change(events, practice, before=was)
    raise InvalidRequest(
        f"The term {was.label} was changed or removed by {last or 'an import'} after this page was drawn. "
        "Nothing was saved. Look at the page again, and change it once more if you still want to."
    )


def _last_events(source: Store | Reading, practice: Practice) -> list[dict[str, Any]]:
    return queries.last_changes(source, practice.practice_id, kind=CHANGED).to_dicts()


def _change(events: Iterable[dict[str, Any]], practice: Practice, **sides: Term | None) -> Change | None:
    """Return the change of the event with that term as its `before` or its `after`, or None."""
    for side, term in sides.items():
        told = json.loads(json.dumps(asdict(term), default=str)) if term else None
        for event in events:
            if told and event[side] and json.loads(event[side]) == told:
                return Change.of_row(event, practice)
    return None


def _insert(tx: Transaction, practice: Practice, term: Term) -> None:
    target = None if term.uda_target is None else Decimal(f"{term.uda_target:.2f}")
    schema = pms.read(tx, practice.practice_id, "contracts").schema
    row = pl.DataFrame([asdict(term) | {"uda_target": target}], schema=schema)
    pms.write(tx, practice.practice_id, "contracts", row)


def _note(
    tx: Transaction, practice: Practice, *, before: Term | None, after: Term | None, actor: Actor, now: datetime
) -> None:
    practice_queries.raise_revision(tx, practice.practice_id)
    history.record(
        tx,
        CHANGED,
        by=actor.user_id,
        now=now,
        practice_id=practice.practice_id,
        note=(after or before).label,  # type: ignore[union-attr]
        before=asdict(before) if before else None,
        after=asdict(after) if after else None,
    )

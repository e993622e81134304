"""Practices: find, create and remove them, and the settings of the rule."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from queries import people as people_queries
from queries import practices as queries
from queries.store import Reading, Store, Transaction
from services.actors import Actor, Role
from services.errors import InvalidRequest


@dataclass(frozen=True)
class Settings:
    """The numbers of the rule for one practice; the defaults are design.md's."""

    lookback_days: int = 365
    horizon_days: int = 90
    grace_days: int = 1
    is_unlinked_visit_counted: bool = False
    suppression_days: int = 7
    snooze_days: int = 7
    plan_weight: float = 0.0


@dataclass(frozen=True)
class Practice:
    """A practice as people know it, with its settings."""

    practice_id: str
    name: str
    nation: str
    timezone: str
    phone: str | None
    colour: str | None
    is_sample: bool
    revision: int
    settings: Settings


def all_practices(store: Store | Reading) -> list[Practice]:
    """Return every practice, real ones first, then by name."""
    rows = queries.all_practices(store).to_dicts()
    fields = Settings.__dataclass_fields__
    return [
        Practice(
            **{name: value for name, value in row.items() if name not in fields},
            settings=Settings(**{name: row[name] for name in fields}),
        )
        for row in rows
    ]


def of(store: Store | Reading, actor: Actor) -> list[Practice]:
    """Return the practices of an actor, real ones first, then by name."""
    return [practice for practice in all_practices(store) if actor.sees(practice.practice_id)]


def named(practices: Sequence[Practice], name: str) -> Practice | None:
    """Return the practice of that name or id, whatever its case, or None."""
    wanted = name.strip().casefold()
    return next((one for one in practices if wanted in (one.name.casefold(), one.practice_id)), None)


def create(
    tx: Transaction,
    name: str,
    *,
    actor: Actor,
    now: datetime,
    nation: str = "England",
    phone: str | None = None,
    colour: str | None = None,
    is_sample: bool = False,
) -> str:
    """Add a practice inside the caller's transaction and return its id, made from its name.

    It is the actor's from now on. One made at the command line, where nobody in particular acts, is every group
    manager's, or where there is none every manager's.

    Raises InvalidRequest when the name is empty or another practice has it.
    """
    name = name.strip()
    if not name:
        raise InvalidRequest("Give the practice a name.")
    practices = all_practices(tx)
    if named(practices, name):
        raise InvalidRequest(f"There is already a practice called {name}. Choose another name.")
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "practice"
    taken = {one.practice_id for one in practices}
    practice_id = next(
        candidate
        for number in range(1, len(taken) + 2)
        if (candidate := stem if number == 1 else f"{stem}-{number}") not in taken
    )
    queries.create(
        tx,
        practice_id,
        name=name,
        nation=nation,
        phone=phone,
        colour=colour,
        is_sample=is_sample,
        by=actor.user_id,
        now=now,
    )
    for user_id in _owners(tx, actor):
        people_queries.give_practice(tx, user_id, practice_id)
    return practice_id


def _owners(tx: Transaction, actor: Actor) -> list[str]:
    """Return whose a new practice is."""
    people = [person for person in people_queries.all_people(tx).to_dicts() if person["is_active"]]
    if any(person["user_id"] == actor.user_id for person in people):
        return [actor.user_id]
    for role in (Role.GROUP, Role.MANAGER):
        if owners := [person["user_id"] for person in people if person["role"] == role and person["has_password"]]:
            return owners
    return []

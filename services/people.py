"""People: who may use Care Manager, in which role and for which practices."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from email_validator import EmailNotValidError, validate_email

from queries import people as queries
from queries.store import Store, Transaction
from services import history, passwords
from services.actors import Actor, NotAllowed, Right, Role, allowed
from services.errors import InvalidRequest
from services.sign_in import ONE_TIME_LASTS


@dataclass(frozen=True)
class Person:
    """A person; providers maps each of their practices to the provider they are there, or to None."""

    user_id: str
    name: str
    email: str | None
    role: Role
    is_active: bool
    has_password: bool
    is_password_one_time: bool
    providers: dict[str, str | None]


@dataclass(frozen=True)
class Details:
    """What a manager says about a person."""

    name: str
    email: str
    role: Role
    providers: Mapping[str, str | None]
    is_active: bool = True


@allowed(Right.PEOPLE)
def all_people(store: Store, *, actor: Actor) -> list[Person]:
    """Return everybody who shares a practice with the actor, and those without any practice that the actor may mend."""
    return [person for person in _everybody(store) if _is_reachable(person, actor)]


@allowed(Right.PEOPLE)
def add(store: Store, details: Details, *, actor: Actor, now: datetime) -> tuple[str, str]:
    """Add a person and return their id and the one-time password to hand to them.

    Raises InvalidRequest for a name, address or choice that cannot be, NotAllowed for a role or practice that is not
    the actor's to give.
    """
    with store.transaction() as tx:
        people = _everybody(tx)
        details = _checked(details, people, actor, user_id=None)
        user_id = _new_id(details.name, {person.user_id for person in people})
        _write(tx, user_id, details, actor=actor, now=now)
        history.record(tx, "person added", by=actor.user_id, now=now, after=_told(user_id, details))
        password = _give_one_time(tx, user_id, actor=actor, now=now)
    return user_id, password


@allowed(Right.PEOPLE)
def change(store: Store, user_id: str, details: Details, *, actor: Actor, now: datetime) -> None:
    """Change a person's name, address, role, practices or whether they are active; their sessions end.

    Raises InvalidRequest when the last manager would be lost or the person is unknown, NotAllowed for what is not the
    actor's to give or take.
    """
    with store.transaction() as tx:
        people = _everybody(tx)
        person = _reachable(people, user_id, actor)
        kept_elsewhere = {
            practice_id: provider for practice_id, provider in person.providers.items() if not actor.sees(practice_id)
        }
        if person.role is Role.GROUP and actor.role is not Role.GROUP:
            raise NotAllowed("Only a group manager may change a group manager. Nothing was changed.")
        details = _checked(details, people, actor, user_id=user_id)
        details = Details(
            details.name, details.email, details.role, {**kept_elsewhere, **details.providers}, details.is_active
        )
        _keep_a_manager(people, user_id, details)
        before = Details(person.name, person.email or "", person.role, person.providers, person.is_active)
        if _told(user_id, before) == _told(user_id, details):
            return
        _write(tx, user_id, details, actor=actor, now=now)
        if user_id != actor.user_id or not details.is_active:
            queries.end_sessions_of(tx, user_id, why="your account was changed", now=now)
        history.record(
            tx,
            "person changed",
            by=actor.user_id,
            now=now,
            before=_told(user_id, before),
            after=_told(user_id, details),
        )


@allowed(Right.PEOPLE)
def give_one_time_password(store: Store, user_id: str, *, actor: Actor, now: datetime) -> str:
    """Return a new one-time password for a person; the old password and every session of theirs end."""
    with store.transaction() as tx:
        person = _reachable(_everybody(tx), user_id, actor)
        if person.role is Role.GROUP and actor.role is not Role.GROUP:
            raise NotAllowed("Only a group manager may do this for a group manager. Nothing was changed.")
        if not person.email:
            raise InvalidRequest(f"{person.name} has no e-mail address to sign in with. Add one first.")
        return _give_one_time(tx, user_id, actor=actor, now=now)


def _give_one_time(tx: Transaction, user_id: str, *, actor: Actor, now: datetime) -> str:
    password = passwords.one_time()
    queries.write_password(
        tx, user_id, hash_=passwords.hashed(password), is_one_time=True, expires_at=now + ONE_TIME_LASTS, now=now
    )
    queries.end_sessions_of(tx, user_id, why="your password was reset", now=now)
    history.record(tx, "one-time password given", by=actor.user_id, now=now, after={"user_id": user_id})
    return password


def _everybody(source: Any) -> list[Person]:
    return [
        Person(
            user_id=row["user_id"],
            name=row["name"],
            email=row["email"],
            role=Role(row["role"]),
            is_active=row["is_active"],
            has_password=row["has_password"],
            is_password_one_time=row["is_password_one_time"],
            providers={
                **dict.fromkeys(row["practice_ids"] or ()),
                **{key.split("/", 1)[0]: key.split("/", 1)[1] for key in row["provider_keys"] or ()},
            },
        )
        for row in queries.all_people(source).to_dicts()
    ]


def _is_reachable(person: Person, actor: Actor) -> bool:
    """Say whether an actor may see and mend a person: they share a practice, or the person has none."""
    return actor.practice_ids is None or not person.providers or bool(set(person.providers) & actor.practice_ids)


def _reachable(people: list[Person], user_id: str, actor: Actor) -> Person:
    found = next((one for one in people if one.user_id == user_id and _is_reachable(one, actor)), None)
    if found is None:
        raise NotAllowed("This person works at none of your practices. Nothing was changed.")
    return found


def _checked(details: Details, people: list[Person], actor: Actor, *, user_id: str | None) -> Details:
    """Return the details as they are kept, or refuse them in words."""
    name = " ".join(details.name.split())
    if not name:
        raise InvalidRequest("Give the person a name.")
    try:
        checked = validate_email(details.email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as problem:
        raise InvalidRequest(f"{details.email.strip() or 'Nothing'} is no e-mail address: {problem}") from problem
    email = checked.normalized.lower()
    other = next((one for one in people if one.email == email and one.user_id != user_id), None)
    if other is not None:
        raise InvalidRequest(f"{other.name} already signs in with {email}. Use another address.")
    if details.role is Role.GROUP and actor.role is not Role.GROUP:
        raise NotAllowed("Only a group manager may make a group manager. Nothing was changed.")
    if not all(actor.sees(practice_id) for practice_id in details.providers):
        raise NotAllowed("One of these practices is not yours to give. Nothing was changed.")
    if not details.providers:
        raise InvalidRequest("Choose at least one practice: without one, the person sees nothing.")
    if details.role is Role.CLINICIAN and not any(details.providers.values()):
        raise InvalidRequest("Choose which provider this clinician is, so that their own patients can be shown.")
    return Details(name, email, details.role, dict(details.providers), details.is_active)


def _keep_a_manager(people: list[Person], user_id: str, details: Details) -> None:
    """Refuse a change after which nobody could manage people any more."""
    if details.is_active and details.role in (Role.MANAGER, Role.GROUP):
        return
    if not any(
        one.is_active and one.has_password and one.role in (Role.MANAGER, Role.GROUP)
        for one in people
        if one.user_id != user_id
    ):
        raise InvalidRequest("This is the last manager who can sign in. Make somebody else a manager first.")


def _write(tx: Transaction, user_id: str, details: Details, *, actor: Actor, now: datetime) -> None:
    queries.write_person(
        tx,
        user_id,
        name=details.name,
        email=details.email,
        role=details.role,
        is_active=details.is_active,
        by=actor.user_id,
        now=now,
    )
    queries.give_practices(tx, user_id, details.providers)


def _told(user_id: str, details: Details) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "name": details.name,
        "email": details.email,
        "role": str(details.role),
        "practices": dict(sorted(details.providers.items())),
        "is_active": details.is_active,
    }


def _new_id(name: str, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "person"
    numbers = range(1, len(taken) + 2)
    return next(
        candidate for number in numbers if (candidate := stem if number == 1 else f"{stem}-{number}") not in taken
    )

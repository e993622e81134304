"""People: who may use Care Manager, in which role and for which practices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from email_validator import EmailNotValidError, validate_email

from queries import people as queries
from queries.store import Store, Transaction
from services import history, passwords
from services.actors import LEADERS, Actor, NotAllowed, Right, Role, allowed
from services.errors import InvalidRequest
from services.search_text import normalised
from services.sign_in import ONE_TIME_LASTS, account_of


@dataclass(frozen=True)
class Person:
    """A person; providers maps each of their practices to the provider they are there, or to None.

    Only the practices of whoever asks; is_elsewhere says that there are others, so that name, address, role and
    sign-in are not the asker's to change.
    """

    user_id: str
    name: str
    email: str | None
    role: Role
    is_active: bool
    has_password: bool
    is_password_one_time: bool
    providers: dict[str, str | None]
    is_elsewhere: bool = False


@dataclass(frozen=True)
class Details:
    """What a manager says about a person."""

    name: str
    email: str
    role: Role
    providers: Mapping[str, str | None]
    is_active: bool = True


@allowed(Right.SEE_PEOPLE)
def all_people(store: Store, *, actor: Actor) -> list[Person]:
    """Return everybody who shares a practice with the actor, and those without any practice that the actor may mend."""
    return [_as_seen(person, actor) for person in _everybody(store) if _is_reachable(person, actor)]


@allowed(Right.PEOPLE)
def add(store: Store, details: Details, *, actor: Actor, now: datetime) -> tuple[str, str]:
    """Add a person and return their id and the one-time password to hand to them.

    Raises InvalidRequest for a name, address or choice that cannot be, NotAllowed for a role or practice that is not
    the actor's to give.
    """
    with store.transaction() as tx:
        people = _everybody(tx)
        details = _checked(details, people, actor, person=None)
        user_id = _new_id(details.name, {person.user_id for person in people})
        _write(tx, user_id, details, actor=actor, now=now)
        _record(tx, "person added", user_id, None, details, actor=actor, now=now)
        password = _give_one_time(tx, user_id, details, actor=actor, now=now)
    return user_id, password


@allowed(Right.PEOPLE)
def change(store: Store, user_id: str, details: Details, *, actor: Actor, now: datetime) -> None:
    """Change a person's name, address, role, practices or whether they are active; their sessions end.

    Practices that are not the actor's are kept. Raises InvalidRequest when a practice would lose its last manager,
    NotAllowed for a person, role or practice that is not the actor's.
    """
    with store.transaction() as tx:
        people = _everybody(tx)
        person = _reachable(people, user_id, actor)
        details = _checked(details, people, actor, person=person)
        before = Details(person.name, person.email or "", person.role, person.providers, person.is_active)
        if replace(before, providers={}) != replace(details, providers={}):
            _refuse_of_others(person, actor)
        _keep_a_manager(people, person, details)
        if before == details:
            return
        _write(tx, user_id, details, actor=actor, now=now)
        if user_id != actor.user_id or not details.is_active:
            queries.end_sessions_of(tx, user_id, why="your account was changed", now=now)
        _record(tx, "person changed", user_id, before, details, actor=actor, now=now)


@allowed(Right.PEOPLE)
def give_one_time_password(store: Store, user_id: str, *, actor: Actor, now: datetime) -> str:
    """Return a new one-time password for a person; the old password and every session of theirs end."""
    with store.transaction() as tx:
        person = _reachable(_everybody(tx), user_id, actor)
        _refuse_of_others(person, actor)
        if not person.email:
            raise InvalidRequest(f"{person.name} has no e-mail address to sign in with. Add one first.")
        details = Details(person.name, person.email, person.role, person.providers)
        return _give_one_time(tx, user_id, details, actor=actor, now=now)


def _give_one_time(tx: Transaction, user_id: str, details: Details, *, actor: Actor, now: datetime) -> str:
    password = passwords.one_time()
    queries.write_password(
        tx, user_id, hash_=passwords.hashed(password), is_one_time=True, expires_at=now + ONE_TIME_LASTS, now=now
    )
    queries.end_sessions_of(tx, user_id, why="your password was reset", now=now)
    queries.forget_failures(tx, account=details.email, since=now - timedelta(hours=1))
    for practice_id in details.providers or [None]:
        history.record(
            tx,
            "one-time password given",
            by=actor.user_id,
            now=now,
            practice_id=practice_id,
            after={"user_id": user_id, "name": details.name},
        )
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
    return not person.providers or any(actor.sees(practice_id) for practice_id in person.providers)


def _as_seen(person: Person, actor: Actor) -> Person:
    """Return a person without what they are at practices that are not the actor's."""
    seen = {practice_id: provider for practice_id, provider in person.providers.items() if actor.sees(practice_id)}
    return replace(person, providers=seen, is_elsewhere=seen != person.providers)


def _reachable(people: list[Person], user_id: str, actor: Actor) -> Person:
    found = next((one for one in people if one.user_id == user_id and _is_reachable(one, actor)), None)
    if found is None:
        raise NotAllowed("This person works at none of your practices. Nothing was changed.")
    if found.role is Role.GROUP and actor.role is not Role.GROUP:
        raise NotAllowed("Only a group manager may change a group manager. Nothing was changed.")
    return found


def _refuse_of_others(person: Person, actor: Actor) -> None:
    """Refuse what would change a person for practices that are not the actor's, or let the actor sign in as them."""
    if _as_seen(person, actor).is_elsewhere:
        raise NotAllowed(
            f"{person.name} also works at a practice that is not one of yours: name, address, role and sign-in are "
            "not yours to change. Nothing was changed. Ask a manager of all their practices."
        )


def _checked(details: Details, people: list[Person], actor: Actor, *, person: Person | None) -> Details:
    """Return the details as they are kept, with the person's other practices, or refuse them in words."""
    name = " ".join(details.name.split())
    if not name:
        raise InvalidRequest("Give the person a name.")
    if details.role is Role.GROUP and actor.role is not Role.GROUP:
        raise NotAllowed("Only a group manager may make a group manager. Nothing was changed.")
    beyond = next((practice_id for practice_id in details.providers if not actor.sees(practice_id)), None)
    if beyond is not None:
        raise NotAllowed("One of these practices is not yours to give. Nothing was changed.", practice_id=beyond)
    kept = person.providers.items() if person else ()
    elsewhere = {practice_id: provider for practice_id, provider in kept if not actor.sees(practice_id)}
    providers = {**elsewhere, **details.providers}
    if not providers:
        raise InvalidRequest("Choose at least one practice: without one, the person sees nothing.")
    if details.role is Role.CLINICIAN and not any(providers.values()):
        raise InvalidRequest("Choose which provider this clinician is, so that their own patients can be shown.")
    email = _checked_email(details.email, people, actor, person=person)
    return Details(name, email, details.role, dict(sorted(providers.items())), details.is_active)


def _checked_email(typed: str, people: list[Person], actor: Actor, *, person: Person | None) -> str:
    """Return an address as it is kept, or refuse it: no two people have the same."""
    if person and typed.strip().lower() == (person.email or ""):
        return person.email or ""
    try:
        checked = validate_email(
            typed.strip(), check_deliverability=False, test_environment=True, allow_smtputf8=False
        ).normalized
    except EmailNotValidError as problem:
        raise InvalidRequest(f"{typed.strip() or 'Nothing'} is no e-mail address: {problem}") from problem
    email = account_of(checked)
    other = next((one for one in people if one.email == email and one is not person), None)
    if other is not None:
        who = other.name if _is_reachable(other, actor) else "Somebody"
        raise InvalidRequest(f"{who} already signs in with {email}. Use another address.")
    return email


def _leads(person: Person | Details) -> bool:
    return person.is_active and person.role in LEADERS


def _keep_a_manager(people: list[Person], person: Person, details: Details) -> None:
    """Refuse a change after which nobody could manage the people of a practice any more."""
    led = set(person.providers) if _leads(person) and person.has_password else set()
    lost = led - (set(details.providers) if _leads(details) else set())
    others = [one for one in people if one is not person and _leads(one) and one.has_password]
    if lost - {practice_id for one in others for practice_id in one.providers}:
        raise InvalidRequest("This is the last manager who can sign in. Make somebody else a manager first.")


def _write(tx: Transaction, user_id: str, details: Details, *, actor: Actor, now: datetime) -> None:
    queries.write_person(
        tx,
        user_id,
        name=details.name,
        email=details.email or None,
        role=details.role,
        is_active=details.is_active,
        by=actor.user_id,
        now=now,
    )
    queries.give_practices(tx, user_id, details.providers)


def _record(
    tx: Transaction,
    kind: str,
    user_id: str,
    before: Details | None,
    after: Details,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Record a change once for each practice that it concerns, with what is that practice's to know."""
    for practice_id in sorted({*(before.providers if before else ()), *after.providers}):
        was = _told(user_id, before, practice_id) if before else None
        told = _told(user_id, after, practice_id)
        if was != told:
            history.record(tx, kind, by=actor.user_id, now=now, practice_id=practice_id, before=was, after=told)


def _told(user_id: str, details: Details, practice_id: str) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "name": details.name,
        "email": details.email,
        "role": str(details.role),
        "is_active": details.is_active,
        "works_here": practice_id in details.providers,
        "provider": details.providers.get(practice_id),
    }


def _new_id(name: str, taken: set[str]) -> str:
    stem = re.sub(r"[^a-z0-9]+", "-", normalised(name)).strip("-") or "person"
    numbers = range(1, len(taken) + 2)
    return next(
        candidate for number in numbers if (candidate := stem if number == 1 else f"{stem}-{number}") not in taken
    )

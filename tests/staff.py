"""People for tests: one in a line, who may sign in with PASSWORD, and the actor that they are."""

from __future__ import annotations

from datetime import datetime

from queries import people
from queries.store import Store
from services import passwords, sign_in
from services.actors import Actor, Role
from tests.practice import NOW

PASSWORD = "plum kettle orbit walnut"
HASH = passwords.hashed(PASSWORD)


def person(
    store: Store,
    user_id: str,
    *practice_ids: str,
    name: str | None = None,
    role: Role = Role.RECEPTION,
    provider: str | None = None,
    is_active: bool = True,
    has_password: bool = True,
    one_time_until: datetime | None = None,
) -> Actor:
    """Add a person, <user_id>@example.com, who is called as their id if no name is given; return them as an actor."""
    with store.transaction() as tx:
        people.write_person(
            tx,
            user_id,
            name=name or user_id.title(),
            email=f"{user_id}@example.com",
            role=role,
            is_active=is_active,
            by="test",
            now=NOW,
        )
        people.give_practices(tx, user_id, dict.fromkeys(practice_ids, provider))
        if has_password:
            is_one_time = one_time_until is not None
            people.write_password(tx, user_id, hash_=HASH, is_one_time=is_one_time, expires_at=one_time_until, now=NOW)
    return actor(store, user_id)


def actor(store: Store, user_id: str) -> Actor:
    """Return a person as they are now."""
    rows = people.all_people(store).to_dicts()
    return sign_in.actor_of(next(row for row in rows if row["user_id"] == user_id), now=NOW)

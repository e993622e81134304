"""Two practices and a person of each role: what tests of who may see what share."""

from __future__ import annotations

from datetime import UTC, datetime

from queries import people as queries
from queries.store import Store
from services import passwords, people, sign_in
from services.actors import Role
from services.people import Details
from tests.practice import NOW, SYSTEM, SmallPractice

PASSWORD = "copper lantern orchard puzzle"
SECRETS = (b"Okafor", b"Havering")
"""The patients of both practices, each by the family name."""


def two_practices(store: Store) -> None:
    """Add two practices with a patient each, and five people who may see the first; the group manager sees both."""
    elm, mill = SmallPractice(store), SmallPractice(store, "Mill Lane")
    elm.course(cot_number="E1")
    mill.add("patients", "havering", last_name="Havering", first_name="Ida", search_text="ida havering")
    mill.course(cot_number="M1", patient="havering")
    for role in Role:
        seen = {elm.id: "ben" if role is Role.CLINICIAN else None}
        if role is Role.GROUP:
            seen[mill.id] = None
        add(store, role, seen)


def add(store: Store, role: Role, seen: dict[str, str | None]) -> None:
    """Add a person of a role with the password PASSWORD, whose browser has the token of the role's name."""
    details = Details(f"{role.capitalize()} person", f"{role}@example.com", role, seen)
    user_id, _ = people.add(store, details, actor=SYSTEM, now=NOW)
    with store.transaction() as tx:
        hash_ = passwords.hashed(PASSWORD)
        queries.write_password(tx, user_id, hash_=hash_, is_one_time=False, expires_at=None, now=NOW)
    sign_in.start(store, user_id, now=datetime.now(UTC), how="test", token=token(role))


def token(role: Role) -> str:
    """The token of the session of a role's person."""
    return f"browser of {role}".replace(" ", "-")

"""Signing in and out: local accounts with a password, a session for each browser, and its limits."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from queries import people as queries
from queries import practices as practice_queries
from queries.store import Store
from services import history, passwords
from services.actors import Actor, Role
from services.errors import CareManagerError, InvalidRequest

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
ONE_TIME_LASTS = timedelta(days=7)

SEEN_EVERY = timedelta(minutes=1)
"""The use of a session is noted no more often: a note is a write."""

WINDOW = timedelta(minutes=15)
PER_ACCOUNT, PER_ADDRESS = 5, 50
"""So many failures in the window, and sign-in waits (NIST SP 800-63B-4, 3.2.2: limit guessing).

An address may stand for a whole practice behind one router, so its limit is wide.
"""


class SignInRefused(CareManagerError):
    """E-mail address and password do not open an account, or not now."""


class TooManyFailures(SignInRefused):
    """Sign-in waits, because it failed too often."""


class SessionEnded(CareManagerError):
    """The session has ended; is_resumable says whether the password alone begins it anew."""

    def __init__(self, words: str, *, user_id: str, is_resumable: bool) -> None:
        super().__init__(words)
        self.user_id = user_id
        self.is_resumable = is_resumable


@dataclass(frozen=True)
class SignedIn:
    """A person with a valid session."""

    actor: Actor
    email: str | None
    must_change_password: bool


def sign_in(store: Store, *, email: str, password: str, address: str, now: datetime) -> str:
    """Start a session and return its id, which only the browser's cookie keeps.

    Raises SignInRefused in the same words for an unknown account, a wrong password and a deactivated person.
    """
    person = _check(store, account=email.strip().lower(), password=password, address=address, now=now)
    return start(store, person["user_id"], now=now, how="password")


def start(
    store: Store, user_id: str, *, now: datetime, how: str, started_at: datetime | None = None, token: str | None = None
) -> str:
    """Start a session for a person who has proved who they are, and return its id."""
    token = token or secrets.token_urlsafe(32)
    with store.transaction() as tx:
        queries.forget_old_sessions(tx, since=now - 2 * LONGEST)
        queries.start_session(tx, _hash(token), user_id, started_at=started_at or now, now=now)
        history.record(tx, "signed in", by=user_id, now=now, note=how)
    return token


def session(store: Store, token: str | None, *, now: datetime, idle: timedelta = IDLE) -> SignedIn | None:
    """Return who is signed in with this session id, or None where there is no such session.

    Looks the person up anew each time. Raises SessionEnded when the session was ended, idle or too old, or the
    person was deactivated.
    """
    kept = queries.session(store, _hash(token)) if token else None
    if token is None or kept is None:
        return None
    user_id = kept["user_id"]
    person = _person(store, user_id)
    if kept["ended_at"] is not None or person is None or not person["is_active"]:
        why = kept["ended_why"] or "your account was changed"
        raise SessionEnded(f"You are signed out: {why}. Sign in again.", user_id=user_id, is_resumable=False)
    started, seen = kept["started_at"].replace(tzinfo=UTC), kept["seen_at"].replace(tzinfo=UTC)
    if now - seen > idle or now - started > LONGEST:
        why = (
            f"nothing happened for {idle.seconds // 60} minutes"
            if now - seen > idle
            else f"{LONGEST.seconds // 3600} hours have passed"
        )
        raise SessionEnded(
            f"Your session has ended: {why}. What you typed is kept. Give your password to go on.",
            user_id=user_id,
            is_resumable=True,
        )
    if now - seen > SEEN_EVERY:
        with store.transaction() as tx:
            queries.see_session(tx, _hash(token), now=now)
    password = queries.password(store, user_id)
    return SignedIn(
        actor=actor_of(person),
        email=person["email"],
        must_change_password=bool(password and password["is_one_time"]),
    )


def resume(store: Store, token: str, *, password: str, address: str, now: datetime) -> None:
    """Begin a session anew that only its age ended, after its person gave the password again.

    Raises SignInRefused for a wrong password, and where the session cannot be resumed.
    """
    kept = queries.session(store, _hash(token))
    person = _person(store, kept["user_id"]) if kept else None
    if person is None or not person["email"]:
        raise SignInRefused("This session cannot go on. Sign in again.")
    _check(store, account=person["email"], password=password, address=address, now=now)
    with store.transaction() as tx:
        if not queries.resume_session(tx, _hash(token), person["user_id"], now=now):
            raise SignInRefused("This session cannot go on. Sign in again.")
        history.record(tx, "signed in", by=person["user_id"], now=now, note="password, going on with a session")


def sign_out(store: Store, token: str, *, now: datetime) -> None:
    """End a session; every tab of the browser is signed out with it."""
    with store.transaction() as tx:
        user_id = queries.end_session(tx, _hash(token), why="you signed out", now=now)
        if user_id:
            history.record(tx, "signed out", by=user_id, now=now)


def change_password(
    store: Store, *, actor: Actor, current: str, new: str, keep: str | None, now: datetime
) -> None:
    """Change one's own password and end one's sessions, but for the one to keep.

    Raises SignInRefused when the current password is wrong, InvalidRequest when the new one is no good.
    """
    person = _person(store, actor.user_id)
    kept = queries.password(store, actor.user_id)
    if person is None or not _is_valid(kept, current, now):
        raise SignInRefused("The current password is not right. Nothing was changed. Type it again.")
    if current == new:
        raise InvalidRequest("The new password is the old one. Choose another.")
    passwords.require_good(new, known=[person["name"], *(person["email"] or "").replace("@", " ").split()])
    hash_ = passwords.hashed(new)
    with store.transaction() as tx:
        queries.write_password(tx, actor.user_id, hash_=hash_, is_one_time=False, expires_at=None, now=now)
        queries.end_sessions_of(
            tx, actor.user_id, why="your password was changed", but=_hash(keep) if keep else "", now=now
        )
        history.record(tx, "password changed", by=actor.user_id, now=now)


def first_manager(store: Store, *, now: datetime) -> tuple[str, str] | None:
    """Make the first account until somebody has a password of their own; return its address and one-time password."""
    with store.transaction() as tx:
        people = queries.all_people(tx).to_dicts()
        if any(one["has_password"] and not one["is_password_one_time"] and one["is_active"] for one in people):
            return None
        email, password = "manager@care-manager.local", passwords.one_time()
        queries.write_person(
            tx,
            "manager",
            name="Practice manager",
            email=email,
            role=Role.MANAGER,
            is_active=True,
            by="first start",
            now=now,
        )
        everything = practice_queries.all_practices(tx)["practice_id"].to_list()
        queries.give_practices(tx, "manager", dict.fromkeys(everything))
        queries.write_password(
            tx,
            "manager",
            hash_=passwords.hashed(password),
            is_one_time=True,
            expires_at=now + ONE_TIME_LASTS,
            now=now,
        )
        made = {"user_id": "manager", "role": Role.MANAGER}
        history.record(tx, "person added", by="first start", now=now, after=made)
    return email, password


def actor_of(person: Mapping[str, Any]) -> Actor:
    """Return a person as an actor; the group role sees the practices that it was given, like every other."""
    return Actor(
        user_id=person["user_id"],
        name=person["name"],
        role=Role(person["role"]),
        practice_ids=frozenset(person["practice_ids"] or ()),
        provider_keys=tuple(person["provider_keys"] or ()),
    )


def _check(store: Store, *, account: str, password: str, address: str, now: datetime) -> dict[str, Any]:
    """Return the person whose account and password these are; note a failure and refuse otherwise."""
    of_account, of_address = queries.failures(store, account=account, address=address, since=now - WINDOW)
    if of_account >= PER_ACCOUNT or of_address >= PER_ADDRESS:
        _note_refusal(store, account, address, "too many failures", now)
        raise TooManyFailures(
            f"Too many sign-ins have failed. Wait {WINDOW.seconds // 60} minutes, or ask the practice manager "
            "for a new one-time password."
        )
    person = next(
        (one for one in queries.all_people(store).to_dicts() if one["email"] == account and one["is_active"]), None
    )
    kept = queries.password(store, person["user_id"]) if person else None
    if person is None or not _is_valid(kept, password, now):
        with store.transaction() as tx:
            queries.note_failure(tx, account=account, address=address, now=now)
        _note_refusal(store, account, address, "wrong e-mail address or password", now)
        raise SignInRefused("E-mail address and password do not go together. Try again.")
    with store.transaction() as tx:
        queries.forget_failures(tx, account=account, since=now - 4 * WINDOW)
    return person


def _is_valid(kept: Mapping[str, Any] | None, password: str, now: datetime) -> bool:
    is_right = passwords.is_right(password, kept["hash"] if kept else None)
    expires_at = kept["expires_at"] if kept else None
    return is_right and (expires_at is None or now <= expires_at.replace(tzinfo=UTC))


def _note_refusal(store: Store, account: str, address: str, why: str, now: datetime) -> None:
    with store.transaction() as tx:
        history.record(tx, "sign-in refused", by=account[:200], now=now, note=f"{why}, from {address}")


def _person(store: Store, user_id: str) -> dict[str, Any] | None:
    people = queries.all_people(store).to_dicts()
    return next((person for person in people if person["user_id"] == user_id), None)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

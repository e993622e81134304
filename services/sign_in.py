"""Signing in and out: local accounts with a password, a session for each browser, and its limits."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from queries import history as history_queries
from queries import people as queries
from queries import practices as practice_queries
from queries.store import Store
from services import history, passwords
from services.actors import LEADERS, Actor, Role
from services.errors import CareManagerError, InvalidRequest

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
ONE_TIME_LASTS = timedelta(days=7)

SEEN_EVERY = timedelta(minutes=1)
"""The use of a session is noted no more often: a note is a write."""

AHEAD = timedelta(minutes=5)
"""So far may the clock of an identity provider be ahead of ours."""

WINDOW = timedelta(minutes=15)
PER_BOTH, PER_ACCOUNT, PER_ADDRESS = 5, 25, 50
"""So many failures in the window, and sign-in waits (NIST SP 800-63B-4, 3.2.2: limit guessing).

The narrow limit is that of one account from one address, so that a stranger elsewhere cannot keep its person out. From
everywhere together an account has 25, which is 100 an hour (OWASP ASVS 4, 2.2.1). An address may stand for a whole
practice behind one router, so its limit is wide.
"""

FIRST = ("manager", "manager@care-manager.local")
"""Id and address of the account that the first start makes."""

WRONG = "E-mail address and password do not go together. Try again."

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_LIKE_AN_ADDRESS = re.compile(r"[!-?A-~]{1,64}@[^@\s]{1,189}")
_MARKED_BY = secrets.token_bytes(32)


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
    """A person with a valid session, which began at `since` and ends at `ends_at` at the latest."""

    actor: Actor
    email: str | None
    must_change_password: bool
    since: datetime
    ends_at: datetime


def sign_in(store: Store, *, email: str, password: str, address: str, now: datetime) -> str:
    """Start a session and return its id, which only the browser's cookie keeps.

    Raises SignInRefused in the same words for an unknown account, a wrong password and a deactivated person.
    """
    person = _prove(store, account_of(email), password, address=address, now=now)
    return start(store, person["user_id"], now=now, how="password")


def by_identity(
    store: Store, *, email: str, is_verified: bool | None, subject: str, issued_at: datetime, now: datetime
) -> str:
    """Return the session id of whom the practice's identity provider signed in, and start the session when it is new.

    The provider's sign-in may last for weeks in a cookie, so each counts once and for LONGEST. Only a provider whose
    every address is the practice's own, or who says that it is verified, may be asked. Raises SignInRefused for an
    address that no active person has, one that is not verified, and a sign-in that is too old.
    """
    account = account_of(email)
    person = next((one for one in queries.all_people(store).to_dicts() if one["email"] == account), None)
    token = _identity_token(subject, issued_at)
    kept = queries.session(store, _hash(token))
    if kept is not None and (person is None or kept["user_id"] == person["user_id"]):
        return token
    if not now - LONGEST <= issued_at <= now + AHEAD:
        raise SignInRefused(f"This sign-in is older than {LONGEST.seconds // 3600} hours. Sign in again.")
    who = person["user_id"] if person else account
    if is_verified not in (True, None):
        _note_refusal(store, who, "address not verified, from the identity provider", now, once=True)
        raise SignInRefused("Your provider has not verified your e-mail address. Have it verified and sign in again.")
    if person is None or not person["is_active"] or kept is not None:
        _note_refusal(store, who, "no account, from the identity provider", now, once=True)
        raise SignInRefused(f"Nobody signs in here as {account or 'this person'}. Ask the practice manager to add you.")
    return start(
        store, person["user_id"], now=now, how="identity provider", started_at=min(issued_at, now), token=token
    )


def start(
    store: Store, user_id: str, *, now: datetime, how: str, started_at: datetime | None = None, token: str | None = None
) -> str:
    """Start a session for a person who has proved who they are, and return its id."""
    token = token or secrets.token_urlsafe(32)
    with store.transaction() as tx:
        queries.forget_old_sessions(tx, since=now - 2 * LONGEST)
        if queries.start_session(tx, _hash(token), user_id, started_at=started_at or now, now=now):
            history.record(tx, "signed in", by=user_id, now=now, note=how)
    return token


def session(
    store: Store, token: str | None, *, now: datetime, idle: timedelta = IDLE, is_used: bool = True
) -> SignedIn | None:
    """Return who is signed in with this session id, or None where there is no such session.

    Looks the person up anew each time. is_used says that the person did something: what a page asks by itself must not
    keep a session from ending. Raises SessionEnded when the session was ended, idle or too old, or the
    person was deactivated.
    """
    kept = queries.session(store, _hash(token)) if token else None
    if token is None or kept is None:
        return None
    user_id = kept["user_id"]
    person = queries.person(store, user_id)
    if kept["ended_at"] is not None or person is None or not person["is_active"]:
        why = kept["ended_why"] or "your account was changed"
        raise SessionEnded(f"You are signed out: {why}. Sign in again.", user_id=user_id, is_resumable=False)
    # The identity provider's people have no password to go on with, or need not know it.
    has_password = person["has_password"] and not _is_identity(token)
    started, seen = kept["started_at"].replace(tzinfo=UTC), kept["seen_at"].replace(tzinfo=UTC)
    if now - seen > idle or now - started > LONGEST:
        why = (
            f"nothing happened for {_in_words(idle)}"
            if now - seen > idle
            else f"{LONGEST.seconds // 3600} hours have passed"
        )
        what_next = "What you typed is kept. Give your password to go on." if has_password else "Sign in again."
        raise SessionEnded(f"Your session has ended: {why}. {what_next}", user_id=user_id, is_resumable=has_password)
    if is_used and now - seen > min(SEEN_EVERY, idle / 10):
        with store.transaction() as tx:
            queries.see_session(tx, _hash(token), now=now)
    must_change = has_password and person["is_password_one_time"]
    return SignedIn(
        actor=replace(
            actor_of(person, now=now),
            must_change_password=must_change,
            is_demonstration=not person["has_password"] and not _is_identity(token),
        ),
        email=person["email"],
        must_change_password=must_change,
        since=started,
        ends_at=started + LONGEST,
    )


def resume(store: Store, token: str, *, password: str, address: str, now: datetime) -> None:
    """Begin a session anew that only its age ended, after its person gave the password again.

    Raises SignInRefused for a wrong password, and where the session cannot be resumed.
    """
    kept = None if _is_identity(token) else queries.session(store, _hash(token))
    person = queries.person(store, kept["user_id"]) if kept else None
    if person is None or not person["email"]:
        raise SignInRefused("This session cannot go on. Sign in again.")
    _prove(store, person["email"], password, address=address, now=now)
    with store.transaction() as tx:
        if not queries.resume_session(tx, _hash(token), person["user_id"], now=now):
            raise SignInRefused("This session cannot go on. Sign in again.")
        history.record(tx, "signed in", by=person["user_id"], now=now, note="password, going on with a session")


def sign_out(store: Store, token: str, *, now: datetime) -> None:
    """End a session; every tab of the browser is signed out with it."""
    with store.transaction() as tx:
        user_id = queries.end_session(tx, _hash(token), why="you signed out in another tab", now=now)
        if user_id:
            history.record(tx, "signed out", by=user_id, now=now)


def change_password(store: Store, *, actor: Actor, current: str, new: str, keep: str | None, now: datetime) -> None:
    """Change one's own password and end one's sessions, but for the one to keep.

    Raises SignInRefused when the current password is wrong, InvalidRequest when the new one is no good.
    """
    person = queries.person(store, actor.user_id)
    if person is None or not person["email"]:
        raise InvalidRequest("This account has no password. Nothing was changed.")
    wrong = "The current password is not right. Nothing was changed. Type it again."
    _prove(store, person["email"], current, address="their own session", now=now, wrong=wrong)
    kept = queries.password(store, actor.user_id)
    if kept and passwords.is_right(new, kept["hash"]):
        raise InvalidRequest("The new password is the old one. Choose another.")
    passwords.require_good(new, known=[person["name"], *person["email"].split("@")])
    hash_ = passwords.hashed(new)
    with store.transaction() as tx:
        queries.write_password(tx, actor.user_id, hash_=hash_, is_one_time=False, expires_at=None, now=now)
        queries.end_sessions_of(
            tx, actor.user_id, why="your password was changed", but=_hash(keep) if keep else "", now=now
        )
        history.record(tx, "password changed", by=actor.user_id, now=now)


def first_manager(store: Store, *, now: datetime) -> tuple[str, str] | None:
    """Make the first account until somebody leads besides it, and return its address and one-time password.

    Not once its person has chosen a password or there is another manager, who may sign in by an identity provider.
    """
    user_id, email = FIRST
    with store.transaction() as tx:
        people = queries.all_people(tx).to_dicts()
        leaders = [one for one in people if one["is_active"] and one["email"] and one["role"] in LEADERS]
        if not all((one["user_id"], one["email"]) == FIRST and one["is_password_one_time"] for one in leaders):
            return None
        password = passwords.one_time()
        queries.write_person(
            tx,
            user_id,
            name="Practice manager",
            email=email,
            role=Role.MANAGER,
            is_active=True,
            by="first start",
            now=now,
        )
        everything = practice_queries.all_practices(tx)["practice_id"].to_list()
        queries.give_practices(tx, user_id, dict.fromkeys(everything))
        queries.write_password(
            tx,
            user_id,
            hash_=passwords.hashed(password),
            is_one_time=True,
            expires_at=now + ONE_TIME_LASTS,
            now=now,
        )
        kind = "one-time password given" if leaders else "person added"
        history.record(tx, kind, by="first start", now=now, after={"user_id": user_id, "role": Role.MANAGER})
    return email, password


def account_of(email: str) -> str:
    """Write an e-mail address as the store keeps it, or return nothing for what is none.

    Only plain letters lose their case: Python lowers the Kelvin sign to k, which would open somebody else's account.
    What is no address may be a password in the wrong field, and is kept nowhere.
    """
    email = email.strip().translate(_LOWER)
    return email if email.isprintable() and _LIKE_AN_ADDRESS.fullmatch(email) else ""


def actor_of(person: Mapping[str, Any], *, now: datetime) -> Actor:
    """Return a person as an actor; the group role sees the practices that it was given, like every other."""
    return Actor(
        user_id=person["user_id"],
        name=person["name"],
        role=Role(person["role"]),
        practice_ids=frozenset(person["practice_ids"] or ()),
        provider_keys=tuple(person["provider_keys"] or ()),
        looked_up_at=now,
    )


def _prove(
    store: Store, account: str, password: str, *, address: str, now: datetime, wrong: str = WRONG
) -> dict[str, Any]:
    """Return the person whose account and password these are; refuse otherwise, and where too many tries failed."""
    person = next((one for one in queries.all_people(store).to_dicts() if one["email"] == account), None)
    who = person["user_id"] if person else account
    with store.transaction() as tx:
        counts = queries.failures(tx, account=account, address=address, since=now - WINDOW)
        is_over = any(n >= limit for n, limit in zip(counts, (PER_BOTH, PER_ACCOUNT, PER_ADDRESS), strict=True))
        if not is_over:
            # Counted before the password is looked at, or tries made at the same moment would all pass.
            queries.note_failure(tx, account=account, address=address, now=now)
    if is_over:
        _note_refusal(store, who, f"too many failures, from {address}", now, once=True)
        raise TooManyFailures(
            f"Too many sign-ins have failed. Wait {_in_words(WINDOW)}, or ask the practice manager "
            "for a new one-time password."
        )
    # The same work whether there is such an account or not, so that the time taken tells nothing.
    kept = queries.password(store, person["user_id"] if person else "")
    is_valid = _is_valid(kept, password, now)
    if person is None or not person["is_active"] or not is_valid:
        _note_refusal(store, who, f"wrong e-mail address or password, from {address}", now)
        raise SignInRefused(wrong)
    with store.transaction() as tx:
        queries.forget_failures(tx, account=account, address=address, since=now - 4 * WINDOW)
    return person


def _is_valid(kept: Mapping[str, Any] | None, password: str, now: datetime) -> bool:
    is_right = passwords.is_right(password, kept["hash"] if kept else None)
    expires_at = kept["expires_at"] if kept else None
    return is_right and (expires_at is None or now <= expires_at.replace(tzinfo=UTC))


def _note_refusal(store: Store, who: str, note: str, now: datetime, *, once: bool = False) -> None:
    """Record a refused sign-in; `once` in the window for what costs a stranger nothing to repeat."""
    by = who or "no e-mail address"
    if once and history_queries.refusals_since(store, by=by, note=note, since=now - WINDOW):
        return
    with store.transaction() as tx:
        history.record(tx, "sign-in refused", by=by, now=now, note=note)


def _in_words(time: timedelta) -> str:
    minutes = time // timedelta(minutes=1)
    return f"{minutes} minute" if minutes == 1 else f"{minutes} minutes"


def _identity_token(subject: str, issued_at: datetime) -> str:
    """Return the token of a sign-in at the provider: the same at each look, and marked as made by this process.

    Subject and time are no secrets: without the mark, whoever sends a cookie could make the token up.
    """
    claim = f"oidc:{subject}:{int(issued_at.timestamp())}"
    return f"{claim}:{_mark(claim)}"


def _is_identity(token: str) -> bool:
    claim, _, mark = token.rpartition(":")
    return hmac.compare_digest(mark.encode(), _mark(claim).encode())


def _mark(claim: str) -> str:
    return hmac.new(_MARKED_BY, claim.encode(), "sha256").hexdigest()


def _hash(token: str) -> str:
    """Return what is kept of a token; one of an identity without its mark, which the next process makes anew."""
    if _is_identity(token):
        return "identity " + hashlib.sha256(token.rpartition(":")[0].encode()).hexdigest()
    return hashlib.sha256(token.encode()).hexdigest()

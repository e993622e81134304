"""Who may use Care Manager: people, their practices, passwords, sessions and failed sign-ins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from queries.store import Reading, Store, Transaction


def all_people(source: Store | Reading) -> pl.DataFrame:
    """Return everybody with role, practice_ids and provider_keys ("practice_id/provider_id"), one row each."""
    return _people(source, None)


def person(source: Store | Reading, user_id: str) -> dict[str, Any] | None:
    """Return one of `all_people`, or None."""
    return next(iter(_people(source, user_id).to_dicts()), None)


def _people(source: Store | Reading, user_id: str | None) -> pl.DataFrame:
    return source.frame("users/all", user_id=user_id)


def write_person(
    tx: Transaction, user_id: str, *, name: str, email: str | None, role: str, is_active: bool, by: str, now: datetime
) -> None:
    """Add or change a person."""
    tx.execute("users/write", user_id=user_id, name=name, email=email, role=role, is_active=is_active, by=by, now=now)


def give_practices(tx: Transaction, user_id: str, providers: Mapping[str, str | None]) -> None:
    """Let a person see these practices and no others: practice id -> provider id, or None."""
    tx.execute("users/clear_practices", user_id=user_id)
    for practice_id, provider_id in providers.items():
        give_practice(tx, user_id, practice_id, provider_id)


def give_practice(tx: Transaction, user_id: str, practice_id: str, provider_id: str | None = None) -> None:
    """Let a person see one practice more, as one of its providers or as none."""
    tx.execute("users/give_practice", user_id=user_id, practice_id=practice_id, provider_id=provider_id)


def password(source: Store | Reading, user_id: str) -> dict[str, Any] | None:
    """Return hash, is_one_time and expires_at of a person's password, or None."""
    rows = source.frame("passwords/find", user_id=user_id).to_dicts()
    return rows[0] if rows else None


def write_password(
    tx: Transaction, user_id: str, *, hash_: str, is_one_time: bool, expires_at: datetime | None, now: datetime
) -> None:
    """Set a person's password."""
    tx.execute("passwords/write", user_id=user_id, hash=hash_, is_one_time=is_one_time, expires_at=expires_at, now=now)


def note_failure(tx: Transaction, *, account: str, address: str, now: datetime) -> None:
    """Note a failed sign-in."""
    tx.execute("passwords/note_failure", account=account, address=address, now=now)


def failures(source: Store | Reading, *, account: str, address: str, since: datetime) -> tuple[int, int, int]:
    """Return the failures since then: of the account from the address, of the account, from the address."""
    row = source.frame("passwords/count_failures", account=account, address=address, since=since).row(0)
    return int(row[0]), int(row[1]), int(row[2])


def forget_failures(tx: Transaction, *, account: str, since: datetime, address: str | None = None) -> None:
    """Forget the failures of an account, from one address if given, and everybody's from before then."""
    tx.execute("passwords/forget_failures", account=account, address=address, since=since)


def start_session(tx: Transaction, session_hash: str, user_id: str, *, started_at: datetime, now: datetime) -> bool:
    """Start a session; return False when it was started already."""
    return bool(
        tx.execute("sessions/start", session_hash=session_hash, user_id=user_id, started_at=started_at, now=now)
    )


def session(source: Store | Reading, session_hash: str) -> dict[str, Any] | None:
    """Return user_id, started_at, seen_at, ended_at and ended_why of a session, or None; times in UTC."""
    rows = source.frame("sessions/find", session_hash=session_hash).to_dicts()
    return rows[0] if rows else None


def see_session(tx: Transaction, session_hash: str, *, now: datetime) -> None:
    """Note that a session was used."""
    tx.execute("sessions/see", session_hash=session_hash, now=now)


def resume_session(tx: Transaction, session_hash: str, user_id: str, *, now: datetime) -> bool:
    """Begin a session anew that only its age ended; return whether there was one."""
    return bool(tx.execute("sessions/resume", session_hash=session_hash, user_id=user_id, now=now))


def end_session(tx: Transaction, session_hash: str, *, why: str, now: datetime) -> str | None:
    """End a session; return whose it was, or None when it had ended."""
    rows = tx.execute("sessions/end", session_hash=session_hash, why=why, now=now)
    return str(rows[0][0]) if rows else None


def end_sessions_of(tx: Transaction, user_id: str, *, why: str, now: datetime, but: str = "") -> int:
    """End every session of a person, but for one if its hash is given; return how many."""
    return len(tx.execute("sessions/end_all_of", user_id=user_id, why=why, but=but, now=now))


def forget_old_sessions(tx: Transaction, *, since: datetime) -> None:
    """Forget the sessions that started before then."""
    tx.execute("sessions/forget_old", since=since)

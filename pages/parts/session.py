"""What a page needs from the running app: the store, who is at the screen, what time it is, which practices."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import streamlit as st

from services import practices, sign_in, surroundings
from services import store as stores
from services.actors import Actor, Right
from services.practices import Practice
from services.sign_in import SignedIn
from services.store import Store

ALL = "All practices"
NEXT = "next_practice"
"""The practice to show from the next run on: the switch is drawn before a page can say so."""

COOKIE = "care_manager_session"

_store: Store | None = None
_opening = threading.Lock()


@dataclass(frozen=True)
class Session:
    """What is given to the services for one run of a page; practices are the actor's, shown those chosen of them."""

    store: Store
    actor: Actor
    now: datetime
    today: date
    practices: tuple[Practice, ...]
    shown: tuple[Practice, ...]

    def practice(self, practice_id: str) -> Practice | None:
        """Return one of the practices shown, or None."""
        return next((one for one in self.shown if one.practice_id == practice_id), None)


def open_store() -> Store:
    """Return the one store of the process, opened on first use."""
    global _store
    with _opening:
        if _store is None:
            _store = stores.open_store(surroundings.store_path(os.environ), now=datetime.now(UTC))
        return _store


def close_store() -> None:
    """Close the store of the process, if it is open."""
    global _store
    with _opening:
        if _store is not None:
            _store.close()
            _store = None


def token() -> str | None:
    """Return the session id of this browser: from our cookie, or made from the identity provider's sign-in."""
    if st.user.get("is_logged_in"):
        return _token_of_identity()
    return st.context.cookies.get(COOKIE)


def signed_in(*, is_used: bool = True) -> SignedIn | None:
    """Return who is signed in, looked up anew at each run; is_used says that the person did something.

    Raises SessionEnded when they no longer are, SignInRefused when the identity provider's account is none of ours.
    """
    return sign_in.session(
        open_store(), token(), now=datetime.now(UTC), idle=surroundings.idle(os.environ), is_used=is_used
    )


def current(*, is_used: bool = True) -> Session:
    """Return what the page needs for this run; whoever is not signed in gets no page."""
    here = signed_in(is_used=is_used)
    if here is None or here.must_change_password:
        st.stop()
    store, now = open_store(), datetime.now(UTC)
    mine = tuple(practices.of(store, here.actor))
    chosen = st.session_state.get("practice", ALL)
    return Session(
        store=store,
        actor=here.actor,
        now=now,
        today=surroundings.today(os.environ, now),
        practices=mine,
        shown=tuple(one for one in mine if one.name == chosen) or mine,
    )


def require(right: Right) -> Session:
    """Return what the page needs, or say that this role has no such page and stop."""
    here = current()
    if not here.actor.may(right):
        st.info(f"This page is not for the role {here.actor.role}. Ask the practice manager if you need it.")
        st.stop()
    return here


def choose_practice() -> None:
    """Draw the switch between practices where there are several; the choice is kept in the address."""
    names = [one.name for one in current().practices]
    if len(names) > 1:
        if NEXT in st.session_state:
            st.session_state["practice"] = st.session_state.pop(NEXT)
        st.selectbox("Practice", [ALL, *names], key="practice", bind="query-params")
    elif names:
        st.markdown(f"**{names[0]}**")


def _token_of_identity() -> str:
    claims: dict[str, Any] = st.user.to_dict()
    return sign_in.by_identity(
        open_store(),
        email=str(claims.get("email") or ""),
        is_verified=claims.get("email_verified"),
        subject=f"{claims.get('iss')} {claims.get('sub')}",
        issued_at=datetime.fromtimestamp(int(claims["iat"]), UTC),
        now=datetime.now(UTC),
    )

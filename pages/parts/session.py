"""What a page needs from the running app: the store, who is at the screen, what time it is, which practices."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime

import streamlit as st

from services import practices, surroundings
from services import store as stores
from services.practices import Practice
from services.store import Store

ALL = "All practices"

_store: Store | None = None
_opening = threading.Lock()


@dataclass(frozen=True)
class Session:
    """What is given to the services for one run of a page."""

    store: Store
    user: str
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


def current() -> Session:
    """Return what the page needs for this run."""
    store, now = open_store(), datetime.now(UTC)
    everyone = tuple(practices.all_practices(store))
    chosen = st.session_state.get("practice", ALL)
    return Session(
        store=store,
        user="this computer",
        now=now,
        today=surroundings.today(os.environ, now),
        practices=everyone,
        shown=tuple(one for one in everyone if one.name == chosen) or everyone,
    )


def choose_practice() -> None:
    """Draw the switch between practices where there are several; the choice is kept in the address."""
    names = [one.name for one in practices.all_practices(open_store())]
    if len(names) > 1:
        st.selectbox("Practice", [ALL, *names], key="practice", bind="query-params")
    elif names:
        st.markdown(f"**{names[0]}**")

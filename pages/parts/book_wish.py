"""What is to be booked or moved in the appointment book, kept in the session, and the way back to where it began."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import streamlit as st

from pages.parts import dialogs, outcomes
from pages.parts.outcomes import Came
from pages.parts.session import Session
from services import appointment_book, slots, surroundings
from services.actions import Chosen
from services.actors import Right
from services.appointment_book import Visit
from services.bookings import Booking
from services.errors import InvalidRequest
from services.practices import Practice
from services.slots import Wanted

QUEUE = "my_list.py"
WISH = "book_wish"
BOOK = "appointment_book.py"
GO = "book_go"
"""The page to go to."""

BACK = "book_back"
MOVE = "book_move"
"""The booking that another page wants moved, by its id."""

DAY, VIEW, PROVIDER = "book_day", "book_view", "book_provider"
WEEK, ONE_DAY = "Week", "Day"
SUGGESTED = 6
"""So many times are suggested at once."""

USUAL_MINUTES = 30
"""Of a visit whose length nobody planned."""


@dataclass(frozen=True)
class Wish:
    """Courses of a patient of which one is to be booked, or the booking that is to be moved."""

    practice_id: str
    chosen: tuple[Chosen, ...]
    action_id: str = field(default_factory=lambda: uuid4().hex)
    note: str | None = None
    moved: Booking | None = None
    back: str = "opportunities.py"

    def key(self, name: str) -> str:
        """Return the key of a field: another for each wish, so that nothing goes into the next."""
        return f"book_{name}_{self.action_id}"

    def typed(self, name: str) -> Any:
        """Return what a field holds."""
        return st.session_state.get(self.key(name))

    def put(self, **values: Any) -> None:
        """Let fields hold these values."""
        for name, value in values.items():
            st.session_state[self.key(name)] = value


@dataclass(frozen=True)
class Plan:
    """The visit as the fields have it: of which course, how long, with whom, and from when it can be."""

    wish: Wish
    chosen: Chosen | None
    courses: dict[str, Wanted]
    visits: list[Visit]
    wanted: Wanted

    @property
    def opportunity_id(self) -> str:
        """Return what is booked."""
        return self.wish.moved.opportunity_id if self.wish.moved else self.chosen.opportunity_id if self.chosen else ""

    @property
    def planned_visit_id(self) -> str | None:
        """Return which of its planned visits, if any is planned."""
        return self.wish.moved.planned_visit_id if self.wish.moved else self.wanted.planned_visit_id

    @property
    def besides_booking(self) -> str | None:
        """Return the booking whose time is free for this visit itself."""
        return self.wish.moved.booking_id if self.wish.moved else None

    @property
    def provider_id(self) -> str | None:
        """Return with whom."""
        provider_id: str | None = st.session_state.get(PROVIDER)
        return provider_id

    @property
    def minutes(self) -> int:
        """Return how long."""
        return int(self.wish.typed("minutes") or USUAL_MINUTES)

    @property
    def starts_at(self) -> datetime | None:
        """Return when, if a time is chosen."""
        day, at = self.wish.typed("day"), self.wish.typed("time")
        return datetime.combine(day, at) if day and at else None


def ask(rows: pl.DataFrame) -> None:
    """Open the appointment book for a patient's rows of the list."""
    chosen = rows.select("practice_id", "opportunity_id", "version").rows()
    ask_about([Chosen(*one) for one in chosen])


def ask_about(chosen: Sequence[Chosen], *, note: str | None = None, action_id: str | None = None) -> None:
    """Open the appointment book for a patient's courses; with the id of a call's turn the next patient comes after."""
    dialogs.close()
    outcomes.close()
    st.session_state.pop(BACK, None)
    wish = Wish(chosen[0].practice_id, tuple(chosen), action_id or uuid4().hex, note)
    st.session_state.update({WISH: wish, GO: BOOK})


def on_its_day(here: Session) -> Session:
    """Return the session with the time of the day that the pages show, which may be pinned: the book goes by it."""
    return replace(here, now=surroundings.moment(os.environ, here.now))


def follow(pages: Path, from_page: str) -> None:
    """Go to the appointment book, or back from it, where that was asked for: a button's callback cannot by itself."""
    to_page = st.session_state.pop(GO, None)
    if to_page == BOOK != from_page:
        st.session_state[WISH] = replace(st.session_state[WISH], back=from_page)
    if to_page:
        st.switch_page(pages / to_page)


def current(here: Session) -> Wish | None:
    """Return what is to be booked, until it is or is given up."""
    if booking_id := st.session_state.pop(MOVE, None):
        moved = appointment_book.booking(here.store, here.practices, booking_id, actor=here.actor)
        st.session_state[WISH] = Wish(moved.practice_id, (), moved=moved, back="to_enter.py")
    wish: Wish | None = st.session_state.get(WISH)
    came: Came | None = st.session_state.get(outcomes.CAME)
    if wish and came and came.outcome.action_id == wish.action_id:
        finish(wish)
        if GO in st.session_state:
            st.rerun()
        return None
    return wish if here.actor.may(Right.WORK) else None


def finish(wish: Wish) -> None:
    """Have nothing to book any more; the call queue goes on, and elsewhere the way back is offered."""
    st.session_state.pop(WISH, None)
    st.session_state[GO if wish.back == QUEUE else BACK] = wish.back


def give_up(wish: Wish) -> None:
    """Book nothing, and go back to where the wish came from."""
    st.session_state.pop(WISH, None)
    st.session_state[GO] = wish.back


def plan(here: Session, practice: Practice, wish: Wish) -> Plan:
    """Return the visit that the wish is about; another course or visit brings its own provider, length and day.

    Raises InvalidRequest when there is no such course any more.
    """
    besides = wish.moved.booking_id if wish.moved else None
    ids = [wish.moved.opportunity_id] if wish.moved else [one.opportunity_id for one in wish.chosen]
    asked = {id_: slots.wanted(here.store, practice, id_, today=here.today, besides_booking=besides) for id_ in ids}
    courses = {id_: found for id_, found in asked.items() if found}
    if not courses:
        st.session_state.pop(WISH, None)
        raise InvalidRequest("This course is not in the store any more. Nothing was booked. Choose another row.")
    opportunity_id = wish.typed("course") if wish.typed("course") in courses else next(iter(courses))
    visits = appointment_book.visits(
        here.store, practice, opportunity_id, besides_booking=besides, actor=here.actor, today=here.today
    )
    planned_id = wish.moved.planned_visit_id if wish.moved else wish.typed("visit")
    if planned_id not in {one.planned_visit_id for one in visits}:
        planned_id = None
    wanted = slots.wanted(
        here.store,
        practice,
        opportunity_id,
        planned_visit_id=planned_id,
        today=here.today,
        besides_booking=besides,
    )
    chosen = next((one for one in wish.chosen if one.opportunity_id == opportunity_id), None)
    found = Plan(wish, chosen, courses, visits, wanted or courses[opportunity_id])
    if wish.typed("about") != (opportunity_id, found.planned_visit_id):
        wish.put(about=(opportunity_id, found.planned_visit_id))
        _begin(here, practice, found)
    return found


def provider_field(names: dict[str, str], key: str, wish: Wish | None = None) -> None:
    """Draw the field of whose book is open; two places have it, of which a field of one key would forget the other."""
    st.session_state[key] = st.session_state[PROVIDER]
    st.selectbox(
        "Provider", list(names), format_func=names.__getitem__, key=key, on_change=_open_provider, args=(key, wish)
    )


def _open_provider(key: str, wish: Wish | None) -> None:
    st.session_state[PROVIDER] = st.session_state[key]
    if wish:
        unchoose(wish)


def choose(wish: Wish, provider_id: str, at: datetime) -> None:
    """Choose a time, and show it in the book."""
    st.session_state[PROVIDER] = provider_id
    st.session_state[DAY] = at.date()
    wish.put(day=at.date(), time=at.time(), outside=False)


def unchoose(wish: Wish) -> None:
    """Have no time chosen: what was chosen for one length or visit need not fit another."""
    wish.put(time=None, outside=False)


def _begin(here: Session, practice: Practice, plan: Plan) -> None:
    """Fill in the fields for a visit, and open the book where it first fits."""
    wish, moved = plan.wish, plan.wish.moved
    providers = [one.provider_id for one in appointment_book.providers(here.store, practice, actor=here.actor)]
    provider_id = moved.provider_id if moved else plan.wanted.provider_id
    minutes = moved.minutes if moved else plan.wanted.minutes or USUAL_MINUTES
    provider_id = provider_id if provider_id in providers else next(iter(providers), None)
    first = (
        slots.free(
            here.store,
            practice,
            [provider_id],
            minutes=minutes,
            from_on=plan.wanted.earliest_on,
            to_on=plan.wanted.earliest_on + appointment_book.LOOKED_AHEAD,
            now=here.now,
            besides_booking=plan.besides_booking,
            limit=1,
        )
        if provider_id
        else []
    )
    day = moved.starts_at.date() if moved else first[0].starts_at.date() if first else plan.wanted.earliest_on
    st.session_state.update({PROVIDER: provider_id, DAY: day, VIEW: WEEK})
    wish.put(minutes=minutes, day=None, time=None, shown=SUGGESTED, outside=False)
    if wish.typed("note") is None:
        wish.put(note=wish.note or "")

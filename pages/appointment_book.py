"""The appointment book: what is booked and what is free, by day or by week, and where a visit is booked."""

from __future__ import annotations

import streamlit as st

from pages.parts import book_panel, book_view, book_wish, one_practice, session
from pages.parts.book_wish import BACK, Wish
from services import appointment_book
from services.actors import Right
from services.practices import Practice
from services.surroundings import ROOT


def practice_of(here: session.Session, wish: Wish | None) -> Practice:
    """Return whose book is open: that of the visit, else asked for where there are several."""
    found = next((one for one in here.practices if wish and one.practice_id == wish.practice_id), None)
    return found or one_practice.choose(here, "book_of")


def offer_way_back() -> None:
    """Draw the way back to where the visit came from, once it is booked or given up."""
    if back := st.session_state.get(BACK):
        names = {"my_list.py": "Back to My list", "to_enter.py": "Back to To enter in the PMS"}
        st.page_link(
            ROOT / "pages" / back, label=names.get(back, "Back to Opportunities"), icon=":material/arrow_back:"
        )


here = book_wish.on_its_day(session.require(Right.SEE))
st.title("Appointment book", anchor=False)
if not here.practices:
    st.info("There is no practice yet. Import an extract, or add the sample practice, on the other pages.")
    st.stop()
wish = book_wish.current(here)
practice = practice_of(here, wish)
providers = appointment_book.providers(here.store, practice, actor=here.actor)
if not providers:
    st.info("The practice has no active provider, so there is no book. Import an extract that has providers.")
    st.stop()
plan = book_wish.plan(here, practice, wish) if wish else None
if not any(one.has_hours for one in providers):
    st.warning("Nobody's working hours are set, so the book knows no free time. A manager sets them.")
    if here.actor.may(Right.SETTINGS):
        st.page_link(ROOT / "pages" / "booking_settings.py", label="Set working hours", icon=":material/schedule:")
if plan is None:
    offer_way_back()
    book_view.toolbar(here, providers, has_plan=False)
    book_view.draw(here, practice, providers, None)
else:
    book_place, panel_place = st.columns([71, 29])
    with book_place:
        book_view.toolbar(here, providers, has_plan=True)
    with panel_place, st.container(border=True):
        book_panel.draw(here, practice, plan, providers)
    with book_place:
        book_view.draw(here, practice, providers, plan)

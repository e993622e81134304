"""Beside the appointment book: the visit that is to be booked, the next times that fit, and what books it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import streamlit as st

from pages.parts import action_dialogs, book_boxes, book_wish, dialogs, format, outcomes, patient_panel, session
from pages.parts.action_dialogs import About
from pages.parts.book_wish import SUGGESTED, Plan
from services import appointment_book, booking_settings, bookings, care, slots
from services.actions import Outcome
from services.appointment_book import PARTS, Provider
from services.errors import CareManagerError
from services.practices import Practice
from services.sign_in import SessionEnded

LONGEST, SHORTEST = bookings.LONGEST_MINUTES, 5


def draw(here: session.Session, practice: Practice, plan: Plan, providers: list[Provider]) -> None:
    """Draw the visit, the times that fit, and what books it."""
    _who(practice, plan)
    _visit(here, plan, providers)
    step = booking_settings.of(here.store, practice.practice_id).step_minutes
    _suggested(here, practice, plan, providers)
    _time(plan, step)
    _confirm(here, practice, plan, {one.provider_id: one.name for one in providers})


def _who(practice: Practice, plan: Plan) -> None:
    # Without its anchor, which would put the name into the address.
    st.header(format.plain(plan.wanted.patient), anchor=False)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        visit = f", visit {plan.wanted.position} of {plan.wanted.visits}" if plan.wanted.position else ""
        st.markdown(f"COT {format.plain(plan.wanted.cot_number)}{visit}", width="content")
        st.button(
            "Patient",
            key="book_patient",
            icon=":material/person:",
            type="tertiary",
            help="Contact details, treatment and visits",
            on_click=patient_panel.open_drawer,
            args=(practice.practice_id, plan.wanted.patient_id),
        )
    if plan.wish.moved:
        st.markdown(f"Booked for **{format.moment(plan.wish.moved.starts_at)}**. Choose where to move it.")


def _visit(here: session.Session, plan: Plan, providers: list[Provider]) -> None:
    wish = plan.wish
    if len(plan.courses) > 1:
        st.selectbox(
            "Course",
            list(plan.courses),
            format_func=lambda id_: f"COT {plan.courses[id_].cot_number}",
            key=wish.key("course"),
            persist_state="session",
        )
    if len(plan.visits) > 1 and not wish.moved:
        words = {one.planned_visit_id: one.words for one in plan.visits}
        st.selectbox(
            "Visit", list(words), format_func=words.__getitem__, key=wish.key("visit"), persist_state="session"
        )
    names = {one.provider_id: one.name for one in providers}
    place = st.container(horizontal=True, gap="small")
    with place.container(width=170):
        book_wish.provider_field(names, wish.key("provider"), wish)
    place.number_input(
        "Minutes",
        SHORTEST,
        LONGEST,
        step=5,
        key=wish.key("minutes"),
        persist_state="session",
        width=105,
        on_change=book_wish.unchoose,
        args=(wish,),
    )
    if plan.wanted.visits and not plan.planned_visit_id and not wish.moved:
        st.info("Every planned visit of this course is booked or done. This would be one more.")
    elif not plan.wanted.minutes and not wish.moved:
        st.caption("No length is planned for this visit: say how long it takes.")
    if plan.wanted.earliest_on > here.today:
        st.caption(f"Not before {format.day(plan.wanted.earliest_on)}, as the visit before it needs.")


def _suggested(here: session.Session, practice: Practice, plan: Plan, providers: list[Provider]) -> None:
    """Draw the next times that fit, each a button."""
    wish = plan.wish
    st.subheader("Next free times", anchor=False)
    part = st.segmented_control(
        "Part of the day",
        list(PARTS),
        format_func=PARTS.__getitem__,
        default="any",
        required=True,
        key=wish.key("part"),
        persist_state="session",
        label_visibility="collapsed",
    )
    is_any = st.toggle("With any provider", key=wish.key("anybody"), persist_state="session")
    wanted = [one.provider_id for one in providers] if is_any else [plan.provider_id] if plan.provider_id else []
    found = appointment_book.suggested(
        here.store,
        practice,
        wanted,
        minutes=plan.minutes,
        from_on=plan.wanted.earliest_on,
        part=part or "any",
        besides_booking=plan.besides_booking,
        actor=here.actor,
        now=here.now,
    )
    if wish.moved:
        is_there = (wish.moved.provider_id, wish.moved.starts_at)
        found = [slot for slot in found if (slot.provider_id, slot.starts_at) != is_there]
    shown: int = wish.typed("shown") or SUGGESTED
    with st.container(gap="xxsmall", horizontal=True):
        for slot in found[:shown]:
            is_chosen = (slot.provider_id, slot.starts_at) == (plan.provider_id, plan.starts_at)
            st.button(
                f"{slot.starts_at:%a} {slot.starts_at.day} {slot.starts_at:%b, %H:%M}"
                + (f" · {format.plain(slot.initials)}" if is_any else ""),
                key=f"{wish.key('slot')}_{slot.provider_id}_{slot.starts_at:%Y%m%d%H%M}",
                type="primary" if is_chosen else "secondary",
                on_click=book_wish.choose,
                args=(wish, slot.provider_id, slot.starts_at),
            )
        if len(found) > shown:
            more = partial(wish.put, shown=shown + SUGGESTED)
            st.button("Later", key=wish.key("later"), icon=":material/more_horiz:", type="tertiary", on_click=more)
    if not found:
        days = appointment_book.LOOKED_AHEAD.days
        st.caption(f"Nothing fits within {days} days. Try another provider, or a shorter visit.")


def _time(plan: Plan, step_minutes: int) -> None:
    """Draw the fields of the day and time: what is chosen by a button or in the book stands here too."""
    wish = plan.wish
    place = st.container(horizontal=True, gap="small")
    place.date_input(
        "Day",
        value=None,
        format="DD/MM/YYYY",
        key=wish.key("day"),
        persist_state="session",
        on_change=_show,
        args=(wish,),
        width=165,
    )
    place.time_input(
        "Time",
        value=None,
        step=timedelta(minutes=step_minutes),
        key=wish.key("time"),
        persist_state="session",
        width=110,
    )


def _confirm(here: session.Session, practice: Practice, plan: Plan, names: dict[str, str]) -> None:
    """Draw what is about to be booked, whether it can be, and the buttons."""
    wish, at = plan.wish, plan.starts_at
    is_possible = False
    if at is None or plan.provider_id is None:
        st.caption("Choose one of these times, click on a free time in the book, or type a day and time.")
    else:
        is_possible = _is_possible(here, practice, plan, plan.provider_id, at)
        until = at + timedelta(minutes=plan.minutes)
        st.markdown(
            f"**{format.moment(at)} to {until:%H:%M}** ({book_boxes.length(plan.minutes)}) "
            f"with {format.plain(names.get(plan.provider_id, ''))}"
        )
    if not wish.moved:
        st.text_input("Note, if any", max_chars=care.LONGEST_NOTE, key=wish.key("note"), persist_state="session")
    with st.container(horizontal=True, gap="xsmall"):
        label = "Move it" if wish.moved else "Book"
        st.button(label, key="book_do", type="primary", disabled=not is_possible, on_click=_do, args=(plan, practice))
        st.button("Cancel", key="book_cancel", on_click=book_wish.give_up, args=(wish,))
        if plan.chosen:
            st.button(
                "It is in the PMS already",
                key="book_in_pms",
                type="tertiary",
                help="Say the day of the visit, without the appointment book",
                on_click=_in_pms,
                args=(plan,),
            )


def _is_possible(here: session.Session, practice: Practice, plan: Plan, provider_id: str, at: datetime) -> bool:
    """Say whether the chosen time can be booked; outside of the hours only where the person says so."""
    asked = (here.store, practice, provider_id, at, plan.minutes)
    if slots.is_free(*asked, now=here.now, besides_booking=plan.besides_booking):
        return True
    if not slots.is_free(*asked, now=here.now, besides_booking=plan.besides_booking, is_outside_hours_allowed=True):
        st.warning("This time is not free, or it is over. Choose another.")
        return False
    st.warning("This is outside of the provider's working hours, or somebody else is in the room then.")
    return st.checkbox("Book it all the same", key=plan.wish.key("outside"), persist_state="session")


def _show(wish: book_wish.Wish) -> None:
    """Show the day that was typed."""
    if day := wish.typed("day"):
        st.session_state[book_wish.DAY] = day


def _in_pms(plan: Plan) -> None:
    if plan.chosen:
        about = About((plan.chosen,), patients=1, action_id=plan.wish.action_id)
        st.session_state[about.key("note")] = plan.wish.typed("note") or ""
        dialogs.ask(action_dialogs.BOOKED, about)


def _do(plan: Plan, practice: Practice) -> None:
    """Book or move the visit, once; what cannot be is said, and the fields are as they were."""
    try:
        here = book_wish.on_its_day(session.current())
        outcome = _written(here, plan, practice)
        if not outcome.is_repeat:
            outcomes.tell(outcome, [practice.practice_id])
    except bookings.SlotTaken as problem:
        book_wish.unchoose(plan.wish)
        st.session_state[outcomes.PROBLEM] = str(problem)
    except SessionEnded:
        st.session_state[outcomes.PROBLEM] = "Your session had ended, so nothing was booked."
    except CareManagerError as problem:
        st.session_state[outcomes.PROBLEM] = str(problem)


def _written(here: session.Session, plan: Plan, practice: Practice) -> Outcome:
    wish, provider_id, at = plan.wish, plan.provider_id, plan.starts_at
    if provider_id is None or at is None:
        raise CareManagerError("Choose a provider, a day and a time first. Nothing was booked.")
    if wish.moved:
        return bookings.move(
            here.store,
            practice,
            wish.moved.booking_id,
            provider_id=provider_id,
            starts_at=at,
            minutes=plan.minutes,
            version=wish.moved.version,
            is_outside_hours_allowed=bool(wish.typed("outside")),
            actor=here.actor,
            now=here.now,
            today=here.today,
            action_id=wish.action_id,
        )
    assert plan.chosen is not None
    return bookings.book(
        here.store,
        plan.chosen,
        planned_visit_id=plan.planned_visit_id,
        provider_id=provider_id,
        starts_at=at,
        minutes=plan.minutes,
        note=wish.typed("note"),
        is_outside_hours_allowed=bool(wish.typed("outside")),
        actor=here.actor,
        now=here.now,
        today=here.today,
        action_id=wish.action_id,
    )

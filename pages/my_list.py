"""My list: a call queue of what is assigned to me and due, one patient at a time, with one-click outcomes."""

from __future__ import annotations

import streamlit as st

from pages.parts import call_buttons, call_card, format, session, turns
from pages.parts.turns import Turn
from services import my_list
from services.actors import Right
from services.my_list import ORDERS, Call, Queue
from services.surroundings import ROOT


def say_all_done(here: session.Session, done: int) -> None:
    """Say that nothing is due: what comes back when, or how to get something to do."""
    coming = my_list.coming_back(here.store, here.shown, actor=here.actor, today=here.today)
    if not coming and not done:
        st.info(
            "Nothing is assigned to you. Ask the practice manager to assign you some, or tick rows on Opportunities "
            "and assign them to yourself."
        )
    else:
        st.success("All done for today." if done else "Nothing of yours is due today.")
        if coming:
            days = [f"- {format.day(day)}: {format.count(patients, 'patient')}" for day, patients in coming[:5]]
            later = sum(patients for _, patients in coming[5:])
            st.markdown("\n".join(("What comes back by itself:", "", *days)))
            if later:
                st.caption(f"and {format.count(later, 'patient')} later")
    st.page_link(ROOT / "pages" / "opportunities.py", label="Opportunities", icon=":material/format_list_bulleted:")


def say_gone(here: session.Session, call: Call) -> None:
    """Say why the patient on the screen is not due any more: somebody else did something meanwhile."""
    row = call.rows[0]
    who = {None: "nobody", here.actor.user_id: "you"}.get(row["assignee_id"], row["assigned_to"])
    status = format.plain(f"{row['status_text']}, assigned to {who}")
    st.warning(
        f"This patient is not on your list any more: **{status}** now. What you typed is still here; a call that you "
        "made can still be logged. Skip goes on to the next."
    )


def place_of(call: Call, queue: Queue) -> str:
    """Say where in the queue a patient is."""
    keys = [one.key for one in queue.calls]
    total = format.count(queue.totals.patients, "patient")
    return f"{keys.index(call.key) + 1:,} of {total}" if call.key in keys else f"{total} due"


def show(here: session.Session, queue: Queue, turn: Turn, call: Call) -> None:
    """Draw the patient on the left, and on the right what came of the call and what was said before."""
    practice = next(one for one in here.shown if one.practice_id == call.practice_id)
    card = call_card.card_of(here, practice, call)
    patient_place, call_place = st.columns([55, 45], gap="large")
    with patient_place:
        if turn.key not in {one.key for one in queue.calls}:
            say_gone(here, call)
        call_card.who(here, card, call, practice)
        call_card.courses(card, call)
    with call_place:
        with st.container(border=True):
            call_buttons.draw(turn, call)
        call_card.last_words(here, practice, call)
        call_card.household(card, call)


here = session.require(Right.WORK)
order = st.session_state.get("my_list_order") or next(iter(ORDERS))
queue = my_list.due(here.store, here.shown, actor=here.actor, today=here.today, order=order)
done = my_list.done_today(here.store, here.shown, actor=here.actor, today=here.today)
found = turns.current(here, queue)

with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
    st.title("My list", anchor=False, width="content")
    if found:
        st.markdown(f"**{place_of(found[1], queue)}**", width="content")
    if done:
        st.markdown(f"{done:,} done today", width="content")
    if found:
        st.segmented_control(
            "Order",
            list(ORDERS),
            format_func=ORDERS.__getitem__,
            default=order,
            required=True,
            key="my_list_order",
            persist_state="session",
            label_visibility="collapsed",
        )
if found:
    show(here, queue, *found)
else:
    say_all_done(here, done)

"""Sequences: what is done on which day by itself, who is in one, and stopping it."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from pages.parts import format, outcomes, sequence_form, session
from services import sequences, templates
from services.actors import Right
from services.errors import CareManagerError
from services.practices import Practice
from services.sequences import CHANNELS, Defined
from services.sign_in import SessionEnded

text, day = st.column_config.TextColumn, st.column_config.DateColumn
NEW = "A new sequence"


def chosen(here: session.Session) -> Practice:
    """Return the practice whose sequences are shown, asked for where there are several."""
    if len(here.shown) == 1:
        return here.shown[0]
    names = {practice.practice_id: practice.name for practice in here.shown}
    practice_id = st.selectbox(
        "Practice", list(names), format_func=names.__getitem__, key="sequences_of", persist_state="session", width=320
    )
    return next(practice for practice in here.shown if practice.practice_id == practice_id)


def in_words(sequence: Defined, names: dict[str, str]) -> str:
    """Say the steps of a sequence, a line each."""
    return "\n".join(
        f"- Day {step.day}: {CHANNELS[step.channel]}"
        + (f", {format.plain(names.get(step.template_id, 'a template that is gone'))}" if step.template_id else "")
        for step in sequence.steps
    )


def stop(run_ids: list[str]) -> None:
    """End what is ticked, in the button's callback."""
    try:
        here = session.current()
        ended = sequences.stop(here.store, here.practices, run_ids, actor=here.actor, now=here.now)
    except SessionEnded:
        st.session_state[outcomes.PROBLEM] = "Your session had ended, so nothing was stopped."
    except CareManagerError as problem:
        st.session_state[outcomes.PROBLEM] = str(problem)
    else:
        st.session_state["said"] = f"Stopped for {format.count(ended, 'course')}." if ended else "It had ended already."


def show_running(here: session.Session) -> None:
    """Draw who is in a sequence, and where."""
    st.header("Who is in one now", anchor=False)
    rows = sequences.running(here.store, here.shown, actor=here.actor)
    if rows.is_empty():
        st.info("Nobody is in a sequence. Tick rows on Opportunities and choose Sequence.")
        return
    picked = st.dataframe(
        rows.select(
            "patient", "cot_number", "sequence", "step_text", "next_on", "started_on", "started_by_name"
        ).to_arrow(),
        key=f"running_{hash(tuple(rows['run_id']))}",
        hide_index=True,
        placeholder="",
        alt="Who is in a sequence",
        on_select="rerun",
        selection_mode="multi-row",
        column_config={
            "patient": text("Patient", width=180),
            "cot_number": text("COT", width=80),
            "sequence": text("Sequence", width=200),
            "step_text": text("Next step", width=200),
            "next_on": day("On", format="D MMM YYYY", width=110),
            "started_on": day("Started", format="D MMM YYYY", width=110),
            "started_by_name": text("By", width=160),
        },
    )
    ids: pl.Series = rows[picked.selection.rows]["run_id"]
    if here.actor.may(Right.WORK):
        st.button(
            f"Stop for {format.count(ids.len(), 'course')}",
            icon=":material/stop_circle:",
            disabled=not ids.len(),
            help="No further step comes; what was sent stays sent." if ids.len() else "Tick who is to be left alone.",
            on_click=partial(stop, ids.to_list()),
        )


def show_defined(here: session.Session, practice: Practice) -> None:
    """Draw the practice's sequences, and for who may the form that changes one or adds one."""
    kept = {one.sequence_id: one for one in sequences.all_of(here.store, practice, actor=here.actor)}
    own = templates.all_of(here.store, practice.practice_id)
    names = {one.template_id: one.name for one in own}
    for sequence in kept.values():
        with st.container(border=True):
            st.subheader(format.plain(sequence.name), anchor=False)
            st.markdown(in_words(sequence, names))
            st.caption(f"{format.count(sequence.running, 'course')} in it now")
    if not kept:
        st.info("There is no sequence yet: for example an e-mail at once, an SMS after a week, a call after two.")
    if here.actor.may(Right.SETTINGS):
        labels = {"": NEW, **{id_: one.name for id_, one in kept.items()}}
        picked = st.selectbox(
            "Add or change",
            list(labels),
            format_func=labels.__getitem__,
            key=f"sequence_{practice.practice_id}",
            width=320,
        )
        sequence_form.draw(practice, kept.get(picked), own)


here = session.require(Right.SEE)
st.title("Sequences", anchor=False)
st.markdown(
    "A sequence writes and plans calls by itself, a step on each of its days. It stops by itself when the patient "
    "books, answers, opts out or is rejected, and when the attempts are used up; while snoozed it waits."
)
if not here.practices:
    st.info("There is no practice yet. Import an extract, or add the sample practice, on the other pages.")
else:
    show_running(here)
    st.header("The practice's sequences", anchor=False)
    show_defined(here, chosen(here))

"""The work list: what is unbooked and what it is worth, ranked, filtered and ticked, with one patient beside it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.parts import (
    action_bar,
    columns,
    downloads,
    filters,
    format,
    neighbours,
    opportunity_table,
    ordering,
    paging,
    patient_panel,
    session,
    views,
)
from services import chances, opportunities, sample, timeline
from services.actors import Right
from services.opportunities import GROUPINGS, Totals
from services.surroundings import ROOT


def welcome(here: session.Session) -> None:
    """Say how a first practice gets in."""
    st.info("There is no practice yet. Import an extract of your practice management system, or look round a sample.")
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Add the sample practice", type="primary"):
            with st.spinner("Adding the sample practice, whose patients are not real ..."):
                sample.add(here.store, actor=here.actor, today=here.today, now=here.now)
            st.rerun()
        st.page_link(ROOT / "pages" / "imports.py", label="Import an extract", icon=":material/upload_file:")


def show_totals(totals: Totals) -> None:
    """Draw the four figures of what is filtered."""
    with st.container(horizontal=True, gap="large"):
        st.metric(
            "Unbooked value", format.pounds(totals.value_pence), help="Private treatment left to do.", width="content"
        )
        st.metric("UDAs", format.uda(totals.uda), help="Left to do on NHS courses.", width="content")
        st.metric("Patients", f"{totals.patients:,}", width="content")
        st.metric("Courses", f"{totals.courses:,}", width="content")


def say_nothing_listed() -> None:
    """Say why the list is empty."""
    if filters.are_on():
        st.info("No opportunity passes these filters.")
        st.button("Clear all filters", key="clear_nothing", on_click=filters.clear)
    else:
        st.success(
            "Nothing to do: no open course of treatment waits for an appointment. "
            "Snoozed and rejected opportunities are under Filters, Status."
        )


here = session.current()
with st.container(horizontal=True, vertical_alignment="center"):
    st.title("Opportunities", anchor=False, width="content")
    view_place, totals_place = st.container(width=390), st.container(width="content")
if not here.practices:
    welcome(here)
    st.stop()

choices = opportunities.choices(here.store, here.shown, actor=here.actor)
views.begin(here, choices)
filters.start_with_own([key for key in here.actor.provider_keys if key in choices.providers])
with st.container(horizontal=True, vertical_alignment="bottom"):
    order = ordering.draw()
    grouping = st.selectbox(
        "Group by", list(GROUPINGS), format_func=GROUPINGS.__getitem__, key="group", bind="query-params", width=130
    )
    asked = filters.draw(choices)
    shown = columns.draw(offers_practice=len(here.practices) > 1, is_many_practices=len(here.shown) > 1)
    shown = columns.with_chances(shown) if order.sort == "expected" else shown
filters.show_active(asked, choices)
with view_place:
    views.draw(here, choices, asked, order, grouping)

listed = partial(
    opportunities.worklist,
    here.store,
    here.shown,
    asked,
    actor=here.actor,
    today=here.today,
    order=order,
    grouping=grouping,
)
view = (here.shown, asked, order, grouping)
with st.spinner("Working out the list ..."):
    found = paging.page_of(view, listed)
with totals_place:
    show_totals(found.totals)

list_place, panel_place = st.columns([74, 26])
with list_place:
    if found.totals.courses == 0:
        say_nothing_listed()
    else:
        actions_place = st.container()
        rows = timeline.with_last_notes(here.store, here.shown, found.rows, actor=here.actor)
        if set(columns.OF_CHANCE) & set(shown):
            rows = chances.with_chances(here.store, here.shown, rows, actor=here.actor)
        picked = opportunity_table.show(rows, found.totals, order, shown)
        with actions_place:
            if here.actor.may(Right.WORK):
                action_bar.draw(picked.ticked)
            else:
                st.markdown(action_bar.in_words(picked.ticked))
        with st.container(horizontal=True, vertical_alignment="center"):
            paging.turn(view, found.totals)
            if here.actor.may(Right.EXPORT):
                downloads.offer(here, asked, order, grouping)
        if picked.clicked:
            neighbours.open_patient(*(picked.clicked[name] for name in ("practice_id", "patient_id", "row_id")))
with panel_place, st.container(border=True, height=opportunity_table.HEIGHT + 85):
    patient_panel.show(here, found.rows)

"""The pipeline: in two minutes what is unbooked and worth what, where it sits, who works it, and what came of it."""

from __future__ import annotations

from collections.abc import Hashable

import polars as pl
import streamlit as st

from pages.parts import format, pipeline_cards, pipeline_charts, pipeline_days, session
from services import pipeline, pipeline_parts, results
from services.actors import Right


@st.cache_data(max_entries=100, show_spinner=False)
def past(_here: session.Session, mark: Hashable) -> pipeline.Past:
    """Return what was, asked once for each look at the practices: over a large group it takes half a second."""
    return pipeline.past(_here.store, _here.shown, actor=_here.actor, today=_here.today)


@st.cache_data(max_entries=100, show_spinner=False)
def days_by(_here: session.Session, mark: Hashable, what: str) -> pl.DataFrame:
    """Return how the parts went, asked once for each look as well."""
    return pipeline_parts.trend_by(_here.store, _here.shown, actor=_here.actor, today=_here.today, what=what)


def mark_of(here: session.Session) -> Hashable:
    """Return what is another one after the next look at the practices.

    Asked at each run, so that whoever lost a practice is refused before anything kept is shown.
    """
    looked = results.as_of(here.store, here.shown, actor=here.actor, today=here.today)
    return (
        str(here.store.path),
        here.today,
        tuple((one.practice_id, one.name, one.revision) for one in here.shown),
        tuple(sorted(looked.items())),
    )


here = session.require(Right.SEE)
st.title("Pipeline", anchor=False)
if not here.practices:
    st.info("There is no practice yet. Import an extract, or add the sample practice on the page Opportunities.")
    st.stop()
with st.spinner("Adding up the list ..."):
    mark = mark_of(here)
    # What is now is asked at each run, so that what one did is in it at once.
    found = pipeline.overview(here.store, here.shown, past(here, mark), actor=here.actor, today=here.today)
st.markdown(format.plain(pipeline_cards.sentence(found.cards, [one.name for one in here.shown])))
pipeline_cards.draw(found.cards)

measure = pipeline_charts.choose_measure()
if len(here.shown) > 1:
    pipeline_charts.across(found.across, measure)
left, right = st.columns(2, gap="large")
with left:
    pipeline_charts.standing(found.standing, measure)
    pipeline_charts.by(found.by["provider"], measure, "provider")
    pipeline_charts.by(found.by["assignee"], measure, "assignee")
with right:
    pipeline_charts.ageing(found.ageing, measure, here.today)
    pipeline_charts.by(found.by["payor"], measure, "payor")
    pipeline_charts.funnel(found.funnel)
if split := pipeline_days.choose_split(measure):
    with st.spinner("Looking up the days ..."):
        parts = days_by(here, mark, split)
    pipeline_days.by_part(parts, measure, split)
else:
    pipeline_days.whole(found.cards.trend, measure)
pipeline_charts.flow(found.cards.weeks)

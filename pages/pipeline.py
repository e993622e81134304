"""The pipeline: in two minutes what is unbooked and worth what, where it sits, who works it, and what came of it."""

from __future__ import annotations

from collections.abc import Hashable

import streamlit as st

from pages.parts import format, pipeline_cards, pipeline_charts, session
from services import pipeline, results
from services.actors import Right


@st.cache_data(max_entries=100, show_spinner=False)
def past(_here: session.Session, mark: Hashable) -> pipeline.Past:
    """Return what was, asked once for each look at the practices: over a large group it takes half a second."""
    return pipeline.past(_here.store, _here.shown, actor=_here.actor, today=_here.today)


def overview(here: session.Session) -> pipeline.Overview:
    """Return what the page shows: what is now is asked at each run, so that what one did is in it at once."""
    # Asked at each run, so that whoever lost a practice is refused before anything kept is shown.
    looked = results.as_of(here.store, here.shown, actor=here.actor, today=here.today)
    mark = (
        str(here.store.path),
        here.today,
        tuple((one.practice_id, one.name, one.revision) for one in here.shown),
        tuple(sorted(looked.items())),
    )
    return pipeline.overview(here.store, here.shown, past(here, mark), actor=here.actor, today=here.today)


here = session.require(Right.SEE)
st.title("Pipeline", anchor=False)
if not here.practices:
    st.info("There is no practice yet. Import an extract, or add the sample practice on the page Opportunities.")
    st.stop()
with st.spinner("Adding up the list ..."):
    found = overview(here)
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
pipeline_charts.trend(found.cards.trend, measure)
pipeline_charts.flow(found.cards.weeks)

"""The pipeline: in two minutes what is unbooked and worth what, where it sits, who works it, and what came of it."""

from __future__ import annotations

import streamlit as st

from pages.parts import format, pipeline_cards, pipeline_charts, session
from services import pipeline
from services.actors import Right

here = session.require(Right.SEE)
st.title("Pipeline", anchor=False)
if not here.practices:
    st.info("There is no practice yet. Import an extract, or add the sample practice on the page Opportunities.")
    st.stop()
with st.spinner("Adding up the list ..."):
    cards = pipeline.cards(here.store, here.shown, actor=here.actor, today=here.today)
st.markdown(format.plain(pipeline_cards.sentence(cards, [one.name for one in here.shown])))
pipeline_cards.draw(cards)

measure = pipeline_charts.choose_measure()
if len(here.shown) > 1:
    pipeline_charts.across(here, measure)
left, right = st.columns(2, gap="large")
with left:
    pipeline_charts.standing(here, measure)
    pipeline_charts.by(here, measure, "provider")
    pipeline_charts.by(here, measure, "assignee")
with right:
    pipeline_charts.ageing(here, measure)
    pipeline_charts.by(here, measure, "payor")
    pipeline_charts.funnel(here)
pipeline_charts.trend(here, measure)
pipeline_charts.flow(here)

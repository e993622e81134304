"""The forecast: how likely open courses are to be booked, whether that came true before, and what it rests on."""

from __future__ import annotations

import streamlit as st

from pages.parts import forecast_figures, format, one_practice, session
from services import chances
from services.actors import Right
from services.chance_model import WITHIN_DAYS

here = session.require(Right.SEE)
title_place, choices_place = st.columns([1, 3], vertical_alignment="bottom")
title_place.title("Forecast", anchor=False)
if not here.practices:
    st.info("There is no practice yet. Import an extract, or add the sample practice on the page Opportunities.")
    st.stop()
with choices_place:
    practice = one_practice.choose(here, "forecast_practice")
with st.spinner("Adding up the chances ..."):
    forecast = chances.forecast(here.store, practice, actor=here.actor, today=here.today)
st.markdown(
    format.plain(
        f"The chance that an open course of treatment gets booked in the next {WITHIN_DAYS} days, learnt from what "
        f"became of those of {practice.name}. On the page Opportunities, the order Expected value ranks by worth times "
        "chance."
    )
)
if forecast is None:
    st.info("Nothing is worked out yet. The server does so within a few minutes of its start, and after an import.")
    st.stop()
forecast_figures.cards(forecast)
forecast_figures.say_what_is_used(forecast.learnt)
chart_place, rests_place = st.columns([55, 45], gap="large")
with chart_place:
    if forecast.learnt.trial:
        forecast_figures.trial(forecast.learnt.trial)
    forecast_figures.limits()
with rests_place:
    forecast_figures.effects(forecast.learnt)

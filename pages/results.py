"""Results: what came of contacts, how long bookings and first contacts take, and why courses were rejected."""

from __future__ import annotations

import streamlit as st

from pages.parts import results_asked, results_bookings, results_waits, session
from services.actors import Right

here = session.require(Right.SEE)
st.title("Results", anchor=False)
if not here.practices:
    st.info("There is no practice yet. Import an extract, or add the sample practice on the page Opportunities.")
    st.stop()
asked = results_asked.choose(here)
with st.spinner("Adding up ..."):
    results_bookings.credited(asked)
    results_waits.cohorts(asked)
    results_waits.curve(asked)
    left, right = st.columns(2, gap="large")
    with left:
        results_waits.delays(asked)
        results_bookings.links(asked)
    with right:
        results_bookings.attempts(asked)
        results_bookings.rejections(asked)

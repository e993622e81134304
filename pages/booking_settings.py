"""The settings of the appointment book: who works when, days off and closures, and how bookings are taken."""

from __future__ import annotations

import streamlit as st

from pages.parts import booking_form, closures_form, hours_form, one_practice, session
from services.actors import Right

here = session.require(Right.SETTINGS)
title_place, practice_place = st.columns([1, 2], vertical_alignment="center")
title_place.title("Booking settings")
if not here.practices:
    st.info("There is no practice yet. Import an extract, or add the sample practice, on the page Import.")
    st.stop()
with practice_place:
    practice = one_practice.choose(here, "booking_settings_of")
st.header("Working hours")
hours_form.draw(here, practice)
st.header("Days off and closures")
closures_form.draw(here, practice)
st.header("How we book")
booking_form.draw(here, practice)

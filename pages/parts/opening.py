"""The way from a figure to the opportunities behind it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts import filters, views
from services.surroundings import ROOT


def opportunities(**choices: Any) -> None:
    """Open the page Opportunities with these filters and no others, whatever view one's list begins with."""
    filters.put(choices)
    st.session_state[views.BEGAN] = True
    st.switch_page(ROOT / "pages" / "opportunities.py")

"""The pages of a list that is too long to be sent to the browser whole."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import streamlit as st

from services.opportunities import WHOLE_LIST, Totals, Worklist

ROWS = 500


def _key(view: Hashable) -> str:
    # Made of the view, so that another view starts at its first page.
    return f"page_{hash(view)}"


def page_of(view: Hashable, listed: Callable[..., Worklist]) -> Worklist:
    """Return the page that is turned to, or the whole list where that is short enough.

    A list that has become too short meanwhile for the page starts at the first again.
    """
    page = st.session_state.get(_key(view), 1)
    if page > 1:
        found = listed(limit=ROWS, offset=(page - 1) * ROWS)
        if found.totals.courses > max(WHOLE_LIST, (page - 1) * ROWS):
            return found
    found = listed(limit=WHOLE_LIST)
    return Worklist(found.rows.head(ROWS), found.totals) if found.totals.courses > WHOLE_LIST else found


def turn(view: Hashable, totals: Totals) -> None:
    """Draw the pages of a long list."""
    if totals.courses > WHOLE_LIST:
        st.pagination(-(-totals.courses // ROWS), key=_key(view))
        st.caption(f"Pages of {ROWS}; orders, filters and exports go by all {totals.courses:,} rows.")

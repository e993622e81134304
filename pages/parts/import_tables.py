"""What an import would change, what it could not use, and the imports before it, as tables."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import streamlit as st

from pages.parts import format
from services import exports
from services.imports import PRESETS, Preview

COUNTS = {
    "kind": "Table",
    "rows_read": "Read",
    "rows_new": "New",
    "rows_changed": "Changed",
    "rows_unchanged": "Unchanged",
    "rows_refused": "Refused",
    "rows_gone": "Gone",
}
REFUSALS = {"file": "File", "line": "Line", "column_name": "Column", "reason": "Why", "row_text": "Row"}
HISTORY = {
    "when": "When",
    "practice": "Practice",
    "source_name": "Extract",
    "preset": "Form",
    "imported_by": "By",
    "rows_new": "New",
    "rows_changed": "Changed",
    "rows_gone": "Gone",
    "rows_refused": "Refused",
    "note": "Note",
}


def _table(frame: pl.DataFrame, headings: dict[str, str], name: str) -> None:
    """Draw a plain table."""
    st.dataframe(frame.select(list(headings)).rename(headings).to_arrow(), hide_index=True, placeholder="", alt=name)


def offer_refusals(refusals: pl.DataFrame, name: str, key: str) -> None:
    """Draw the download of refused rows."""
    st.download_button(
        f"Download the {format.count(refusals.height, 'refused row')}",
        data=lambda: exports.to_csv(refusals.rename(REFUSALS)),
        file_name=f"refused-{name}.csv",
        icon=":material/download:",
        on_click="ignore",
        key=key,
    )


def show_preview(preview: Preview) -> None:
    """Draw what an import would change."""
    new = " (a new practice)" if preview.is_new_practice else ""
    kind = "all that the PMS has" if preview.is_full else "only what changed"
    st.subheader(f"What this would change at {format.plain(preview.practice)}{new}")
    st.caption(f"The extract is {kind}. What people did about opportunities is kept, whatever it says.")
    for warning in preview.warnings:
        st.warning(format.plain(warning), icon=":material/warning:")
    _table(preview.counts.with_columns(pl.col("kind").str.replace_all("_", " ")), COUNTS, "What would change")
    if preview.mapping:
        with st.expander("What each column was taken for"):
            st.markdown("  \n".join(f"**{format.plain(a)}**: {format.plain(b)}" for a, b in preview.mapping))
    if preview.refusals.height:
        st.markdown(f"**{format.count(preview.refusals.height, 'row')} cannot be used** and would be left out:")
        _table(preview.refusals.head(20), REFUSALS, "Refused rows")
        offer_refusals(preview.refusals, preview.practice, "download_preview")


def show_history(history: pl.DataFrame, refusals_of: Callable[[str], pl.DataFrame]) -> None:
    """Draw the imports, newest first, and the refused rows of the one that is chosen."""
    st.subheader("Imports before")
    if history.is_empty():
        st.caption("None yet. The first one will be listed here.")
        return
    when = pl.Series("when", [format.moment_of_utc(at) for at in history["imported_at"]], dtype=pl.String)
    form = pl.col("preset").replace_strict(PRESETS, default=None, return_dtype=pl.String)
    _table(history.with_columns(when, form), HISTORY, "Imports before")
    refused = history.with_columns(when).filter(pl.col("rows_refused") > 0)
    if refused.is_empty():
        return
    labels = {row["import_id"]: f"{row['source_name']}, {row['when']}" for row in refused.to_dicts()}
    chosen = st.selectbox("Refused rows of", list(labels), format_func=labels.__getitem__, width=420)
    offer_refusals(refusals_of(chosen), chosen[:8], "download_history")

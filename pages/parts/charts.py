"""A chart on a page: its heading, a sentence that says what it shows, the table behind it, and both as files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from pages.parts import format
from services import charts, exports

OnPick = Callable[[str], None]
"""Takes the key of the bar or the row that was chosen, and opens what it stands for."""


def show(
    frame: pl.DataFrame,
    chart: Any,
    *,
    title: str,
    sentence: str,
    name: str,
    alt: str | None = None,
    columns: Mapping[str, Any] | None = None,
    empty: str | None = None,
    key: str | None = None,
    on_pick: OnPick | None = None,
) -> None:
    """Draw a chart with all that goes with it, or, where there is nothing to draw, the sentence `empty` instead.

    frame is the table behind it, its columns named as people read them, but for `key`, which is not shown; columns are
    Streamlit's, for how they are printed. name is that of the files, without patients in it. alt is the text for who
    does not see the chart, else the sentence. on_pick is called with the key of what is clicked in the chart, or
    ticked in the table, which the keyboard reaches.
    """
    st.subheader(title, anchor=False)
    if empty:
        st.info(empty)
        return
    st.markdown(format.plain(sentence))
    options: dict[str, Any] = {"key": f"chart_{name}", "alt": alt or sentence, "width": "stretch"}
    picked = None
    if on_pick:
        event: Any = st.altair_chart(chart, on_select="rerun", selection_mode=charts.PICK, **options)
        picked = next((point.get(key) for point in event.selection.get(charts.PICK) or ()), None)
    else:
        st.altair_chart(chart, **options)
    with st.expander("Table and downloads"):
        ticked = _table(frame, name=name, title=title, columns=columns or {}, key=key if on_pick else None)
        _files(frame.drop(key) if key in frame.columns else frame, chart, title=title, name=name)
    if on_pick and (chosen := picked if picked is not None else ticked) is not None:
        on_pick(chosen)


def _table(frame: pl.DataFrame, *, name: str, title: str, columns: Mapping[str, Any], key: str | None) -> str | None:
    """Draw the table; return the key of the row that is ticked, where rows have one."""
    shown = frame.drop(key) if key else frame
    options: dict[str, Any] = {"hide_index": True, "column_config": dict(columns), "alt": title, "placeholder": "–"}
    if not key:
        st.dataframe(shown.to_arrow(), key=f"table_{name}", **options)
        return None
    st.caption("Click a bar, or tick a row (Shift+Space), to see its opportunities.")
    event: Any = st.dataframe(
        shown.to_arrow(), key=f"table_{name}", on_select="rerun", selection_mode="single-row", **options
    )
    rows = [row for row in event.selection.rows if row < frame.height]
    return str(frame[key][rows[0]]) if rows else None


def _files(frame: pl.DataFrame, chart: Any, *, title: str, name: str) -> None:
    """Draw the downloads, each made when it is asked for."""
    made: dict[str, Callable[[], Any]] = {
        "CSV": partial(exports.to_csv, frame),
        "PNG": partial(charts.png, chart, title),
        "SVG": partial(charts.svg, chart, title),
    }
    with st.container(horizontal=True):
        for kind, make in made.items():
            st.download_button(
                kind,
                data=make,
                file_name=f"{name}.{kind.lower()}",
                key=f"{kind}_{name}",
                icon=":material/download:",
                on_click="ignore",
                help=f"{'The table' if kind == 'CSV' else 'The chart'} of {title} as {kind}. It names no patient.",
            )

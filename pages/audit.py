"""The audit: who did, changed, took out and looked at what, when, from what to what; newest first."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import polars as pl
import streamlit as st

from pages.parts import audit_filters, session
from services import audit, exports, history
from services.actors import Right
from services.audit import Filters, Found

text = st.column_config.TextColumn


def show(lines: pl.DataFrame, *, is_many_practices: bool) -> None:
    """Draw lines of the audit."""
    st.dataframe(
        lines.drop(() if is_many_practices else "practice").to_arrow(),
        height="content" if lines.height < 16 else 560,
        hide_index=True,
        placeholder="",
        alt="Audit",
        column_config={
            "when": st.column_config.DatetimeColumn("When", format="D MMM YYYY HH:mm:ss", pinned=True, width=160),
            "who": text("Who", width=150),
            "what": text("What", width=165),
            "practice": text("Practice", width=170),
            "patient": text("Patient", width=160),
            "details": text("Details", width=560 if is_many_practices else 730),
        },
    )


def file_of(here: session.Session, filters: Filters, written: Callable[[pl.DataFrame], bytes]) -> bytes:
    """Return the audit as a file."""
    return written(audit.export(here.store, here.shown, filters, actor=here.actor, now=here.now))


def offer_exports(here: session.Session, filters: Filters) -> None:
    """Draw the downloads of all lines that match, made when they are asked for."""
    for kind, written in (("CSV", exports.to_csv), ("XLSX", exports.to_xlsx)):
        st.download_button(
            kind,
            data=partial(file_of, here, filters, written),
            file_name=f"audit-{here.today}.{kind.lower()}",
            key=f"export_{kind}",
            icon=":material/download:",
            on_click="ignore",
            help=f"All lines that match, whatever page is shown, as {kind}. That you took them out is recorded.",
        )


def page_of(here: session.Session, filters: Filters) -> tuple[Found, str]:
    """Return the page that is turned to, or the first where there is no such page any more, and the turning's key."""
    key = f"audit_page_{hash((here.shown, filters))}"
    find = partial(audit.search, here.store, here.shown, filters, actor=here.actor)
    found = find(offset=(st.session_state.get(key, 1) - 1) * history.PAGE)
    return (found if found.total else find()), key


here = session.require(Right.HISTORY)
st.title("Audit")
kinds = history.kinds(here.store, actor=here.actor)
filters = audit_filters.draw(audit.who(here.store, here.shown, actor=here.actor), kinds)
found, key = page_of(here, filters)
if not found.total:
    st.info("Nothing in the audit passes these filters." if filters != Filters() else "Nothing has happened yet.")
    if filters != Filters():
        st.button("Clear all filters", on_click=audit_filters.clear)
else:
    show(found.lines, is_many_practices=len(here.shown) > 1)
    with st.container(horizontal=True, vertical_alignment="center"):
        if found.total > history.PAGE:
            st.pagination(-(-found.total // history.PAGE), key=key)
        st.caption(f"{found.total:,} lines. The audit is only ever added to: nobody can change or remove a line.")
        if here.actor.may(Right.EXPORT):
            offer_exports(here, filters)

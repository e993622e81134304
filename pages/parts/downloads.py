"""The whole list as a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import polars as pl
import streamlit as st

from pages.parts.session import Session
from services import exports, opportunities
from services.opportunities import Filters, Order


def offer(here: Session, asked: Filters, order: Order, grouping: str) -> None:
    """Draw the downloads of all rows of the list, made when they are asked for."""

    def file_of(written: Callable[[pl.DataFrame], bytes]) -> bytes:
        return written(
            opportunities.export(
                here.store,
                here.shown,
                asked,
                actor=here.actor,
                now=here.now,
                today=here.today,
                order=order,
                grouping=grouping,
            )
        )

    for kind, written in (("CSV", exports.to_csv), ("XLSX", exports.to_xlsx)):
        st.download_button(
            kind,
            data=partial(file_of, written),
            file_name=f"opportunities-{here.today}.{kind.lower()}",
            key=f"export_{kind}",
            icon=":material/download:",
            on_click="ignore",
            help=f"All rows of this list, whatever page is shown, as {kind}. That you took it is recorded.",
        )

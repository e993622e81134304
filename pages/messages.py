"""Messages: everything sent and waiting, what patients wrote back, and what came of each template."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from pages.parts import format, message_reader, session
from services import messages
from services.actors import Right
from services.contact import CHANNELS
from services.messages import PAGE, STATES

text, number, moment = st.column_config.TextColumn, st.column_config.NumberColumn, st.column_config.DatetimeColumn


def filters(here: session.Session) -> dict[str, Any]:
    """Draw the filters, and return what they ask for."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        states = st.multiselect(
            "State",
            list(STATES),
            format_func=STATES.__getitem__,
            key="message_states",
            bind="query-params",
            placeholder="Any",
            width=260,
        )
        channels = st.multiselect(
            "Channel",
            list(CHANNELS),
            format_func=CHANNELS.__getitem__,
            key="message_channels",
            bind="query-params",
            placeholder="Any",
            width=180,
        )
        names = messages.template_names(here.store, here.shown, actor=here.actor)
        templates = st.multiselect("Template", names, key="message_templates", placeholder="Any", width=260)
        days: dict[str, date | None] = {
            f"{end}_on": st.date_input(
                f"Written {end}", value=None, format="DD/MM/YYYY", key=f"message_{end}", width=150
            )
            for end in ("from", "to")
        }
    return {"states": states, "channels": channels, "templates": templates, **days}


def show_sent(here: session.Session) -> None:
    """Draw what was sent and what waits, and the one message that is picked."""
    asked = filters(here)
    key = f"messages_page_{hash(str(asked))}"
    page = st.session_state.get(key, 1)
    found = messages.search(here.store, here.shown, actor=here.actor, offset=(page - 1) * PAGE, **asked)
    if found.is_empty():
        st.info(
            "No message passes these filters."
            if any(asked.values())
            else "Nothing was sent yet. Tick rows on Opportunities and choose Contact."
        )
        return
    total = int(found["total"][0])
    st.caption(format.count(total, "message"))
    picked = st.dataframe(
        _cells(found, is_many_practices=len(here.shown) > 1).to_arrow(),
        key=f"messages_{hash(tuple(found['message_id']))}",
        hide_index=True,
        placeholder="",
        alt="Messages",
        on_select="rerun",
        selection_mode="multi-row",
        column_config={
            "queued_at": moment("Written", format="D MMM YYYY, HH:mm", width=130),
            "state_text": text("State", width=110),
            "patient": text("To", width=170),
            "practice": text("Practice", width=130),
            "channel": text("Channel", width=70),
            "template": text("Template", width=180),
            "queued_by": text("By", width=120),
            "send_at": moment("Not before", format="D MMM YYYY, HH:mm", width=130),
            "reason": text("Reason", width=320),
        },
    )
    if total > PAGE:
        st.pagination(-(-total // PAGE), key=key)
    message_reader.show(here, found[picked.selection.rows])


def _cells(found: pl.DataFrame, *, is_many_practices: bool) -> pl.DataFrame:
    return found.select(
        "queued_at",
        "state_text",
        "patient",
        *(["practice"] if is_many_practices else []),
        pl.col("channel").replace_strict(CHANNELS, return_dtype=pl.String),
        "template",
        "queued_by",
        "send_at",
        "reason",
    )


def show_inbound(here: session.Session) -> None:
    """Draw what patients wrote."""
    found = messages.inbound(here.store, here.shown, actor=here.actor)
    if found.is_empty():
        st.info("No patient has written by SMS yet. Answers come here, and to the list of whose opportunity it is.")
        return
    st.dataframe(
        found.select(
            "received_at",
            pl.col("patient").replace("", None).fill_null(pl.col("address")),
            "body",
        ).to_arrow(),
        hide_index=True,
        placeholder="",
        alt="Messages from patients",
        column_config={
            "received_at": moment("Received", format="D MMM YYYY, HH:mm", width=140),
            "patient": text("From", width=200),
            "body": text("Text", width=640),
        },
    )


def show_results(here: session.Session) -> None:
    """Draw what came of each template."""
    found = messages.results(here.store, here.shown, actor=here.actor)
    if found.is_empty():
        st.info("Nothing was sent yet, so there is nothing to count.")
        return
    st.dataframe(
        found.with_columns(pl.col("channel").replace_strict(CHANNELS, return_dtype=pl.String)).to_arrow(),
        hide_index=True,
        placeholder="",
        alt="Results by template",
        column_config={
            "template": text("Template", width=240),
            "channel": text("Channel", width=80),
            "sent": number("Sent", width=80),
            "delivered": number("Delivered", width=90),
            "not_delivered": number("Not delivered", width=110),
            "booked": number(f"Booked within {messages.BOOKED_DAYS} days", width=170),
        },
    )
    st.caption("Booked counts messages after which one of their opportunities was booked; some would have been anyway.")


here = session.require(Right.SEE)
st.title("Messages", anchor=False)
PARTS = {"Sent and waiting": show_sent, "From patients": show_inbound, "By template": show_results}
chosen = st.segmented_control(
    "Part", list(PARTS), default=next(iter(PARTS)), required=True, key="messages_part", label_visibility="collapsed"
)
PARTS[chosen or next(iter(PARTS))](here)

"""The messages that are picked: one to read, all to cancel or to send again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import streamlit as st

from pages.parts import format, session
from pages.parts.session import Session
from services import digest, messages
from services.actors import Right
from services.errors import CareManagerError
from services.messages import NOT_ARRIVED
from services.practices import Practice
from services.sign_in import SessionEnded


def show(here: Session, picked: pl.DataFrame) -> None:
    """Draw what can be done with the messages that are picked, and the text of one."""
    if picked.is_empty():
        st.caption(
            "Tick a message to read it, to cancel it while it waits, or to send it again when it did not arrive."
        )
        return
    if here.actor.may(Right.WORK):
        _actions(picked)
    if picked.height == 1:
        _text(here, picked.row(0, named=True))


def _actions(picked: pl.DataFrame) -> None:
    waiting = picked.filter(pl.col("state") == "queued")
    lost = picked.filter(pl.col("state").is_in(NOT_ARRIVED) & ~pl.col("is_resent") & (pl.col("kind") != digest.KIND))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Cancel {format.count(waiting.height, 'message')}",
            key="message_cancel",
            icon=":material/cancel_schedule_send:",
            disabled=waiting.is_empty(),
            help="What has not left is not sent, and its patients count as not contacted."
            if waiting.height
            else "Nothing that is ticked still waits.",
            on_click=_do,
            args=(messages.cancel, waiting, "cancelled"),
        )
        st.button(
            f"Send {format.count(lost.height, 'message')} again",
            key="message_again",
            icon=":material/forward_to_inbox:",
            disabled=lost.is_empty(),
            help="Everything is looked at again before it leaves. An unknown one may have arrived: ask first."
            if lost.height
            else "Nothing that is ticked failed, bounced, is unknown or was cancelled, and was not sent again yet. "
            "A digest is not sent again: the next one comes on its day.",
            on_click=_do,
            args=(messages.resend, lost, "queued again"),
        )


def _text(here: Session, row: dict[str, Any]) -> None:
    practice = here.practice(row["practice_id"])
    with st.container(border=True):
        told = [f"To {row['patient']}, {row['address']}", f"{row['state_text']} {format.moment(row['state_at'])}"]
        told += [row["reason"]] if row["reason"] else []
        st.markdown("  \n".join(format.plain(one) for one in told))
        if row["subject"]:
            st.markdown(f"**{format.plain(row['subject'])}**")
        st.text(row["body"])
        if practice:
            name, file = messages.file_of(here.store, practice, row["message_id"], actor=here.actor)
            st.download_button(
                "Download as a mail file" if row["channel"] == "email" else "Download as text",
                data=file,
                file_name=name,
                key="message_file",
                icon=":material/download:",
                on_click="ignore",
            )


def _do(service: Callable[..., int], rows: pl.DataFrame, words: str) -> None:
    try:
        here = session.current()
        done = 0
        for practice in here.practices:
            ids = rows.filter(pl.col("practice_id") == practice.practice_id)["message_id"].to_list()
            done += _of_practice(service, here, practice, ids)
    except SessionEnded:
        st.session_state["said"] = "Your session had ended, so nothing was done."
    except CareManagerError as problem:
        st.session_state["said"] = format.plain(str(problem))
    else:
        were = "1 message was" if done == 1 else f"{done:,} messages were"
        st.session_state["said"] = f"{were} {words}." if done else "Nothing was done: it had left, or was done already."


def _of_practice(service: Callable[..., int], here: Session, practice: Practice, ids: list[str]) -> int:
    return service(here.store, practice, ids, actor=here.actor, now=here.now, today=here.today) if ids else 0

"""Messages before they are sent: how many to how many, who gets none and why, and each as its patient will get it."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl
import streamlit as st

from pages.parts import consent_form, format
from pages.parts.action_dialogs import About
from pages.parts.session import Session
from pages.parts.template_preview import STYLE
from services import booking_links, consents, rendering, sms_length
from services.contact import Plan
from services.letters import OWN_LINK, Recipient

SEEN = "contact_seen"
"""The messages of the dialog that is open."""

LEFT_SHOWN = 10


@dataclass(frozen=True)
class Seen:
    """The messages of a plan as they were written for the dialog."""

    action_id: str
    plan: Plan
    found: tuple[Recipient, ...]

    @cached_property
    def going(self) -> tuple[Recipient, ...]:
        """Return the messages that would go out."""
        return tuple(one for one in self.found if one.why_not is None)

    @cached_property
    def left(self) -> tuple[tuple[Mapping[str, Any], str], ...]:
        """Return the opportunities that nobody would be written to about, and why."""
        return tuple((row, one.why_not) for one in self.found if one.why_not for row in one.rows)


def seen(about: About) -> Seen | None:
    """Return the messages that were written last for a dialog, or None."""
    kept = st.session_state.get(SEEN)
    return kept if isinstance(kept, Seen) and kept.action_id == about.action_id else None


def keep(found: Seen) -> Seen:
    """Keep the messages of the dialog that is open, instead of those of the one before."""
    st.session_state[SEEN] = found
    return found


def forget() -> None:
    """Keep them no more."""
    st.session_state.pop(SEEN, None)


def summary(found: Seen) -> None:
    """Say how many messages go to how many patients, how many get none, and what the SMS cost."""
    reached = {_patient(row) for one in found.going for row in one.rows}
    missed = {_patient(row) for row, _ in found.left} - reached
    told = f"{format.count(len(found.going), 'message')} to {format.count(len(reached), 'patient')}"
    told = told if found.going else "No message"
    none = f"; {len(missed):,} {'gets' if len(missed) == 1 else 'get'} none" if missed else ""
    st.markdown(f"**{told}{none}**")
    sms = [sms_length.measured(one.body or "") for one in found.going if one.channel == "sms"]
    if sms:
        paid = sum(one.segments for one in sms)
        dear = sum(not one.is_basic for one in sms)
        st.caption(
            f"{len(sms):,} by SMS, sent and paid as {paid:,}"
            + {0: ".", 1: "; 1 holds a character that makes it dearer."}.get(
                dear, f"; {dear:,} hold characters that make them dearer."
            )
        )


def left(found: Seen) -> None:
    """Draw who is left out, of what, and why: the first few, and how many more."""
    rows = [
        {"patient": row["patient"] or row["patient_id"], "cot_number": row["cot_number"], "why": why}
        for row, why in found.left[:LEFT_SHOWN]
    ]
    st.dataframe(
        pl.DataFrame(rows).to_arrow(),
        hide_index=True,
        height="content",
        alt="Who is left out, and why",
        column_config={
            "patient": st.column_config.TextColumn("Left out", width=200),
            "cot_number": st.column_config.TextColumn("COT", width=80),
            "why": st.column_config.TextColumn("Why", width="large"),
        },
    )
    if more := len(found.left) - len(rows):
        st.caption(f"and {more:,} more")


def step(about: About, here: Session, going: Sequence[Recipient]) -> None:
    """Draw one of several messages, and the buttons that go to the one before and after."""
    at = min(st.session_state.get(about.key("at"), 0), len(going) - 1)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        for label, key, icon, to in (
            ("Previous", "contact_previous", ":material/chevron_left:", at - 1),
            ("Next", "contact_next", ":material/chevron_right:", at + 1),
        ):
            st.button(
                label,
                key=key,
                icon=icon,
                disabled=not 0 <= to < len(going),
                on_click=_turn,
                args=(about, to),
            )
        st.markdown(f"**{at + 1:,} of {len(going):,}**", width="content")
    one = going[at]
    _to(here, one)
    _text(one.channel, one.subject, one.body or "")


def edit(about: About, here: Session, one: Recipient) -> None:
    """Draw the only message, whose text can be edited."""
    _to(here, one)
    subject, body = one.subject, one.body or ""
    if one.channel == "email":
        subject = st.text_input("Subject", value=subject, key=_key(about, one, "subject"), persist_state="session")
    body = st.text_area("Text", value=body, height=260, key=_key(about, one, "body"), persist_state="session")
    if one.channel == "email":
        with st.expander("As it will look"):
            _text(one.channel, subject, body)
    else:
        _say_links(body)
        _length(body)


def edited(about: About, one: Recipient) -> tuple[str | None, str] | None:
    """Return subject and text where they were edited, or None."""
    subject = st.session_state.get(_key(about, one, "subject"), one.subject)
    body = st.session_state.get(_key(about, one, "body"), one.body)
    return None if (subject, body) == (one.subject, one.body) else (subject, body)


def _key(about: About, one: Recipient, name: str) -> str:
    """Return the key of a field of the text: another for each text that it begins with."""
    return about.key(f"{name}_{hash((one.channel, one.subject, one.body))}")


def _turn(about: About, to: int) -> None:
    st.session_state[about.key("at")] = to


def _patient(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["practice_id"], row["patient_id"]


def _to(here: Session, one: Recipient) -> None:
    """Say to whom a message goes, and what each of them agreed to."""
    address = format.phone(one.address) if one.channel == "sms" else one.address
    by = "SMS" if one.channel == "sms" else "E-mail"
    st.markdown(f"{by} to **{format.plain(' and '.join(one.patients))}**, {format.plain(address or '')}")
    practice = next((each for each in here.practices if each.practice_id == one.practice_id), None)
    if practice is None:
        return
    for name, patient_id in zip(one.patients, dict.fromkeys(row["patient_id"] for row in one.rows), strict=False):
        said = consents.of(here.store, practice, patient_id, actor=here.actor)
        consent_form.badges(said, one.channel, name=name if len(one.patients) > 1 else None)


def _text(channel: str, subject: str | None, body: str) -> None:
    """Draw a message as it will look."""
    with st.container(border=True):
        if subject:
            st.markdown(f"**{format.plain(subject)}**")
        if channel == "email":
            st.html(rendering.as_html(body))
        else:
            st.html(f'<div style="{STYLE}">{html.escape(body)}</div>')
    _say_links(body)
    if channel == "sms":
        _length(body)


def _say_links(body: str) -> None:
    """Say what the words at the ends of links stand for."""
    if booking_links.OWN_LINK in body:
        st.caption(f"In place of {booking_links.OWN_LINK} the message gets the patient's own link to book by.")
    if OWN_LINK in body:
        st.caption(f"In place of {OWN_LINK} each message gets the patient's own.")


def _length(body: str) -> None:
    found = sms_length.measured(body)
    dear = f" Not in the alphabet that phones share: {' '.join(found.dear)}" if found.dear else ""
    st.markdown(f":material/sms: {format.plain(found.words + '.' + dear)}")

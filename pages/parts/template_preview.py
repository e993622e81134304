"""A template as a made-up patient would get it, and how long it is as an SMS."""

from __future__ import annotations

import html

import streamlit as st

from pages.parts import format
from pages.parts.session import Session
from services import booking_links, contact_settings, letters, rendering, sms_length, templates
from services.errors import InvalidRequest
from services.practices import Practice
from services.sms_length import Length
from services.templates import Draft

STYLE = "overflow-wrap: anywhere; white-space: pre-wrap"
"""As the patient's own screen would show it: lines as typed, and no word cut off."""


def texts(here: Session, practice: Practice, draft: Draft) -> tuple[str | None, str]:
    """Return subject and text for the made-up patient.

    Raises InvalidRequest while the template cannot be read, EmptyField for what the practice itself lacks.
    """
    settings = contact_settings.of(here.store, practice.practice_id)
    is_booking = booking_links.why_none(here.store, practice) is None
    fields = templates.example_fields(
        practice,
        draft.channel,
        opt_out_link=letters.unsubscribe_url(settings, "a-link-of-their-own"),
        booking_link=booking_links.url(settings, booking_links.OWN_LINK) if is_booking else None,
    )
    subject = rendering.rendered(draft.subject or "", fields) if draft.channel == "email" else None
    return subject, rendering.rendered(draft.tidied().body, fields)


def show(here: Session, practice: Practice, draft: Draft) -> None:
    """Draw the message to the made-up patient, or why there is none."""
    try:
        subject, body = texts(here, practice, draft)
    except rendering.EmptyField as problem:
        _say_empty(here, practice, problem.field)
        return
    except InvalidRequest:
        st.info("The preview comes back as soon as the text can be read again.")
        return
    title = f"<strong>{html.escape(subject)}</strong>\n\n" if subject else ""
    with st.container(border=True):
        st.html(f'<div style="{STYLE}">{title}{html.escape(body.strip())}</div>')
    st.caption("As Mrs Ngozi Okafor would get it: a made-up patient, whom Ben Adeyemi sees for 30 minutes.")


def length(here: Session, practice: Practice, draft: Draft) -> Length | None:
    """Return how long the SMS to the made-up patient is, or None while there is none."""
    try:
        return sms_length.measured(texts(here, practice, draft)[1])
    except InvalidRequest:
        return None


def say_length(found: Length) -> None:
    """Say what an SMS costs, and why."""
    dear = format.plain(" ".join(found.dear))
    st.markdown(f":material/sms: **{format.plain(found.words)}**")
    if found.is_basic:
        st.caption(
            f"All of it is in the alphabet that phones share: one SMS holds {sms_length.ONE_BASIC} characters, each "
            f"of several {sms_length.PART_BASIC}. A patient's name with a letter such as ŵ makes theirs dearer."
        )
    else:
        st.warning(
            f"One SMS holds {sms_length.ONE_UNICODE} characters instead of {sms_length.ONE_BASIC}, because the "
            f"alphabet that phones share lacks **{dear}**",
            icon=":material/payments:",
        )


def _say_empty(here: Session, practice: Practice, field: str) -> None:
    if field == "booking_link":
        st.warning(
            f"Nobody gets a booking link yet: {format.plain(booking_links.why_none(here.store, practice) or '')}"
        )
        return
    words = rendering.FIELDS[field].lower()
    st.warning(
        f"{format.plain(practice.name)} has no **{words.removeprefix('practice ')}**, and the text needs it: nobody "
        "would get this. Add it in Settings, or write it so that it can do without: "
        f"`{{% if {field} %}} … {{{{ {field} }}}} … {{% endif %}}`"
    )

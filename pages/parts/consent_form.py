"""What a patient agrees to: shown wherever somebody is about to contact them, and changed in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from uuid import uuid4

import streamlit as st

from pages.parts import format, session
from pages.parts.session import Session
from services import consents
from services.actors import Right
from services.consents import ABOUTS, PREFERENCES, VALUES, Consent
from services.errors import CareManagerError
from services.practices import Practice
from services.sign_in import SessionEnded

PROBLEM = "consent_problem"
ASKED = ("email", "sms", "marketing", "preferred")
"""What has one of several answers; whether any contact is wanted at all is a switch."""

COLOURS: dict[str | None, Literal["green", "orange", "grey"]] = {"yes": "green", "no": "orange", None: "grey"}


def badges(said: Mapping[str, Consent], *channels: str, name: str | None = None) -> None:
    """Draw what holds for a patient: these channels, marketing, what they prefer, and whether they want any."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        if name:
            st.markdown(format.plain(name), width="content")
        if said["contact"].value == "no":
            st.badge(f"Do not contact ({format.plain(said['contact'].source)})", icon=":material/block:", color="red")
        for about in (*channels, "marketing"):
            st.badge(format.plain(in_words(about, said[about])), color=COLOURS.get(said[about].value, "grey"))
        if said["preferred"].value in PREFERENCES:
            st.badge(in_words("preferred", said["preferred"]), color="blue")


def in_words(about: str, consent: Consent) -> str:
    """Say what holds and who says so."""
    if consent.value is None:
        return f"{ABOUTS[about]}: {consent.source}"
    value = PREFERENCES.get(consent.value, consent.value) if about == "preferred" else consent.value
    return f"{ABOUTS[about]}{' ' if about == 'preferred' else ': '}{value} ({consent.source})"


def draw(here: Session, practice: Practice, patient_id: str, said: Mapping[str, Consent], where: str) -> None:
    """Draw what a patient agreed to, with who says so and since when; who works the list can change it here.

    where tells the fields of the drawer from those of the panel.
    """
    if problem := st.session_state.pop(PROBLEM, None):
        st.error(format.plain(problem), icon=":material/error:")
    if not here.actor.may(Right.WORK):
        st.markdown("  \n".join(format.plain(in_words(about, said[about])) for about in ABOUTS))
        return
    for about in ASKED:
        _answer(practice, patient_id, about, said[about], where)
    key = _key(patient_id, "contact", said["contact"], where)
    st.toggle(
        "Do not contact",
        value=said["contact"].value == "no",
        key=key,
        help="Neither e-mail nor SMS is sent then, whatever is said above.",
        on_change=_say,
        args=(practice, patient_id, "contact", key),
    )
    st.caption(format.plain(_source(said["contact"])))


def _answer(practice: Practice, patient_id: str, about: str, consent: Consent, where: str) -> None:
    answers = PREFERENCES if about == "preferred" else VALUES
    key = _key(patient_id, about, consent, where)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.segmented_control(
            ABOUTS[about],
            list(answers),
            default=consent.value if consent.value in answers else None,
            format_func=lambda answer: answers[answer][:1].upper() + answers[answer][1:],
            key=key,
            on_change=_say,
            args=(practice, patient_id, about, key),
            width="content",
        )
        st.caption(format.plain(_source(consent)), width="content")


def _source(consent: Consent) -> str:
    return consent.source[:1].upper() + consent.source[1:]


def _key(patient_id: str, about: str, consent: Consent, where: str) -> str:
    """Return the key of a field: another after each change, or try to change, so that it shows what holds."""
    tries = st.session_state.get("consent_tries", "")
    return f"consent_{where}_{patient_id}_{about}_{consent.value}_{consent.source}_{tries}"


def _say(practice: Practice, patient_id: str, about: str, key: str) -> None:
    value = st.session_state[key]
    if about == "contact":
        value = "no" if value else "yes"
    st.session_state["consent_tries"] = uuid4().hex
    if value is None:
        return
    try:
        here = session.current()
        consents.say(here.store, practice, patient_id, about, value, actor=here.actor, now=here.now)
    except SessionEnded:
        st.session_state[PROBLEM] = "Your session had ended, so nothing was changed."
    except CareManagerError as problem:
        st.session_state[PROBLEM] = str(problem)

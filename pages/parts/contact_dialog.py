"""Write to the patients of what is ticked: how, with which template, when, and each message as it will go out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from pages.parts import action_dialogs, contact_preview, dialogs, format, outcomes
from pages.parts.action_dialogs import About
from pages.parts.contact_preview import Seen
from pages.parts.dialogs import Dialog
from pages.parts.session import Session
from services import contact, contact_settings, templates
from services.contact import CHANNELS, FURTHEST_DAYS, PREFERRED, Plan
from services.errors import InvalidRequest
from services.practices import Practice
from services.surroundings import ROOT
from services.templates import KINDS, Template

WAYS = {**CHANNELS, PREFERRED: "What each patient prefers"}
NOW, LATER = "Now", "At a date and time"


def draw(here: Session) -> None:
    """Draw the dialog, if it was asked for."""
    dialog = dialogs.asked()
    if dialog is not None and dialog.name == action_dialogs.CONTACT:
        dialogs.draw(dialog, "Contact", partial(_body, dialog, dialog.about, here), width="large")


def _body(dialog: Dialog, about: About, here: Session) -> None:
    practices = _practices(about, here)
    choices, messages = st.columns([38, 62], gap="medium")
    with choices:
        _ask(about, here, practices)
        plan = _plan(about, practices)
        seen = _seen(about, plan, here)
        if seen is not None:
            contact_preview.summary(seen)
            _say_when(here, practices, plan)
        _buttons(dialog, plan, len(seen.going) if seen else 0)
    with messages:
        if seen and len(seen.going) == 1:
            contact_preview.edit(about, here, seen.going[0])
        elif seen and seen.going:
            contact_preview.step(about, here, seen.going)
        elif seen:
            contact_preview.left(seen)
    if seen and seen.going and seen.left:
        contact_preview.left(seen)


def _buttons(dialog: Dialog, plan: Plan, count: int) -> None:
    with st.container(horizontal=True):
        st.button(
            f"{'Schedule' if plan.send_at else 'Send'} {format.count(count, 'message')}",
            key="contact_do",
            type="primary",
            disabled=not count,
            help=None if count else "Nobody would get a message.",
            on_click=_do,
            args=(dialog,),
        )
        st.button("Cancel", key="contact_cancel", on_click=dialogs.close)


def _practices(about: About, here: Session) -> list[Practice]:
    return [one for one in here.practices if one.practice_id in about.practice_ids]


def _ask(about: About, here: Session, practices: list[Practice]) -> None:
    """Draw what is chosen: channel, templates, visit, time."""
    st.write(f"About {about.words}.")
    way = st.segmented_control(
        "By",
        list(WAYS),
        default=PREFERRED,
        format_func=WAYS.__getitem__,
        key=about.key("by"),
        persist_state="session",
        required=True,
    )
    offered = _offered(here, practices)
    for channel in CHANNELS if way == PREFERRED else [way]:
        _ask_template(about, channel, offered[channel], is_one_practice=len(practices) == 1)
    if len(about.chosen) == 1:
        visits = contact.visits(here.store, about.chosen, actor=here.actor, today=here.today)
        if visits:
            st.selectbox(
                "Planned visit",
                list(visits),
                format_func=visits.__getitem__,
                key=about.key("visit"),
                persist_state="session",
            )
        else:
            st.caption("No planned visit of this course waits to be booked: the message names no length.")
    else:
        st.caption("Each message is about the next planned visit of the course.")
    _ask_when(about, here, practices)
    st.checkbox(
        "Also to who has a visit that is not linked",
        key=about.key("unlinked"),
        persist_state="session",
        help="They have a visit coming that belongs to no course: it may be the one that this would be about.",
    )


def _ask_template(about: About, channel: str, offered: dict[str, Template], *, is_one_practice: bool) -> None:
    if not offered:
        whose = "The practice has" if is_one_practice else "These practices have in common"
        st.warning(f"{whose} no template for {CHANNELS[channel]}.")
        st.page_link(ROOT / "pages" / "templates.py", label="Templates", icon=":material/article:")
        return
    st.selectbox(
        f"Template for {CHANNELS[channel]}",
        list(offered),
        format_func=lambda id_: f"{offered[id_].name} ({KINDS[offered[id_].kind].lower()})",
        key=about.key(f"template_{channel}"),
        persist_state="session",
    )


def _ask_when(about: About, here: Session, practices: list[Practice]) -> None:
    when = st.segmented_control(
        "When",
        [NOW, LATER],
        default=NOW,
        key=about.key("when"),
        persist_state="session",
        required=True,
    )
    if when != LATER:
        return
    day_place, time_place = st.columns(2)
    with day_place:
        st.date_input(
            "Day",
            value=here.today + timedelta(days=1),
            min_value=here.today,
            max_value=here.today + timedelta(days=FURTHEST_DAYS),
            format="DD/MM/YYYY",
            key=about.key("day"),
            persist_state="session",
        )
    with time_place:
        st.time_input(
            "Time at the practice",
            value=time(10),
            step=timedelta(minutes=15),
            key=about.key("time"),
            persist_state="session",
        )


def _offered(here: Session, practices: list[Practice]) -> dict[str, dict[str, Template]]:
    """Return the templates that all the practices have: channel -> id -> template."""
    kept = [templates.of(here.store, one, actor=here.actor) for one in practices]
    shared = [one for one in kept[0].templates if all(other.find(one.template_id) for other in kept)] if kept else []
    return {channel: {one.template_id: one for one in shared if one.channel == channel} for channel in CHANNELS}


def _plan(about: About, practices: list[Practice]) -> Plan:
    """Return what is chosen, without what was edited."""
    way = about.typed("by") or PREFERRED
    chosen = {channel: about.typed(f"template_{channel}") for channel in (CHANNELS if way == PREFERRED else [way])}
    send_at = None
    if about.typed("when") == LATER and about.typed("day") and about.typed("time"):
        zone = ZoneInfo(practices[0].timezone)
        send_at = datetime.combine(about.typed("day"), about.typed("time"), tzinfo=zone)
    return Plan(
        channel=way,
        template_ids={channel: id_ for channel, id_ in chosen.items() if id_},
        planned_visit_id=about.typed("visit") if len(about.chosen) == 1 else None,
        send_at=send_at,
        is_unlinked_visit_ignored=bool(about.typed("unlinked")),
    )


def _seen(about: About, plan: Plan, here: Session) -> Seen | None:
    """Return the messages of a plan, written once for each plan, or say why there are none."""
    kept = contact_preview.seen(about)
    if kept and kept.plan == plan:
        return kept
    try:
        with st.spinner(f"Writing {format.count(len(about.chosen), 'message')} ..."):
            found = contact.preview(here.store, about.chosen, plan, actor=here.actor, now=here.now, today=here.today)
    except InvalidRequest as problem:
        st.warning(format.plain(str(problem)))
        return None
    return contact_preview.keep(Seen(about.action_id, plan, tuple(found)))


def _say_when(here: Session, practices: list[Practice], plan: Plan) -> None:
    """Say what keeps messages from leaving at once."""
    for practice in practices:
        settings = contact_settings.of(here.store, practice.practice_id)
        at = f" at {practice.name}" if len(practices) > 1 else ""
        if all(settings.sender(channel) == "outbox" for channel in plan.template_ids):
            st.caption(
                format.plain(f"Nothing leaves this machine{at}: everything goes to the outbox, to be read there.")
            )
        if settings.is_quiet(plan.send_at or here.now, practice.timezone):
            st.caption(
                format.plain(
                    f"Quiet hours{at} are from {settings.quiet_from:%H:%M} to {settings.quiet_to:%H:%M}: "
                    "messages wait until they end."
                )
            )


def _do(dialog: Dialog) -> None:
    about: About = dialog.about

    def act(here: Session) -> None:
        plan = _plan(about, _practices(about, here))
        seen = contact_preview.seen(about)
        if seen and len(seen.going) == 1 and (edited := contact_preview.edited(about, seen.going[0])):
            plan = replace(plan, subject=edited[0], body=edited[1])
        outcome = contact.send(
            here.store,
            about.chosen,
            plan,
            actor=here.actor,
            now=here.now,
            today=here.today,
            action_id=about.action_id,
        )
        if not outcome.is_repeat:
            outcomes.tell(outcome, about.practice_ids)

    if dialogs.attempt(dialog, act):
        dialogs.close()
    contact_preview.forget()  # Who would get none may be others by now.

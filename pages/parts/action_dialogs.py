"""The dialogs of the actions: what each will do to how many, what it asks for, and the button that does it once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import polars as pl
import streamlit as st

from pages.parts import dialogs, format, outcomes
from pages.parts.dialogs import Dialog
from pages.parts.session import Session
from services import care, reject_reasons, sequences
from services.actions import Chosen

CONTACT = "contact"
ASSIGN, SNOOZE, REJECT, NOTE, CALL, BOOKED, RESTORE, SEQUENCE = (
    "assign",
    "snooze",
    "reject",
    "note",
    "call",
    "booked",
    "restore",
    "sequence",
)

PICKS = {"1 week": 7, "2 weeks": 14, "1 month": 30, "3 months": 91}
"""How long a snooze may be at a click, in days."""


@dataclass(frozen=True)
class About:
    """The opportunities that an action is about, as they were when its dialog opened, and what it is known by.

    whose says of which patient each is, where they can be shared out.
    """

    chosen: tuple[Chosen, ...]
    patients: int
    action_id: str = field(default_factory=lambda: uuid4().hex)
    whose: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, rows: pl.DataFrame) -> About:
        """Return what an action on rows of the list is about."""
        chosen = rows.select("practice_id", "opportunity_id", "version").rows()
        whose = rows.select("practice_id", "patient_id").rows()
        return cls(tuple(Chosen(*one) for one in chosen), len(set(whose)), whose=tuple(whose))

    @property
    def practice_ids(self) -> list[str]:
        """Return whose they are."""
        return sorted({one.practice_id for one in self.chosen})

    @property
    def words(self) -> str:
        """Say how many they are."""
        opportunities = "opportunity" if len(self.chosen) == 1 else "opportunities"
        return f"**{len(self.chosen):,} {opportunities} of {format.count(self.patients, 'patient')}**"

    @property
    def go(self) -> str:
        """Return the verb that goes with the words."""
        return "goes" if len(self.chosen) == 1 else "go"

    def key(self, name: str) -> str:
        """Return the key of a field: another for each dialog, so that no text goes into the next."""
        return f"action_{name}_{self.action_id}"

    def typed(self, name: str) -> Any:
        """Return what a field holds."""
        return st.session_state.get(self.key(name))


def ask(name: str, rows: pl.DataFrame) -> None:
    """Open the dialog of an action on rows of the list."""
    outcomes.close()
    dialogs.ask(name, About.of(rows))


def draw(here: Session) -> None:
    """Draw the dialog that was asked for, if it is one of these; that of CONTACT is in contact_dialog.py."""
    dialog = dialogs.asked()
    if dialog is None or dialog.name not in BODIES:
        return
    title, body = BODIES[dialog.name]
    dialogs.draw(dialog, title, partial(body, dialog, dialog.about, here))


def _assign(dialog: Dialog, about: About, here: Session) -> None:
    practices = [one for one in here.practices if one.practice_id in about.practice_ids]
    people = care.assignable(here.store, practices, actor=here.actor)
    chosen = st.multiselect(
        "Assign to",
        list(people),
        format_func=people.__getitem__,
        placeholder="Nobody",
        key=about.key("to"),
        persist_state="session",
        help="Choose several to share out evenly; a patient stays with one of them.",
    )
    names = [format.plain(people[one]) for one in chosen]
    if not chosen:
        st.write(f"{about.words}: choose who gets them, or assign them to nobody.")
    elif len(chosen) == 1:
        st.write(f"{about.words} will be assigned to {names[0]}.")
    else:
        gets = Counter(care.shared_out(about.whose, chosen))
        each = ", ".join(f"{name} gets {gets[one]:,}" for one, name in zip(chosen, names, strict=True))
        st.write(f"{about.words} will be shared out: {each}.")
    with st.container(horizontal=True):
        st.button("Assign", key="action_do", type="primary", disabled=not chosen, on_click=_do_assign, args=(dialog,))
        # A button of its own: a refusal that empties the field must not turn Assign into its opposite.
        st.button("Assign to nobody", key="action_nobody", disabled=bool(chosen), on_click=_do_assign, args=(dialog,))
        st.button("Cancel", key="action_cancel", on_click=dialogs.close)


def _snooze(dialog: Dialog, about: About, here: Session) -> None:
    days = min(
        (one.settings.snooze_days for one in here.practices if one.practice_id in about.practice_ids),
        default=PICKS["1 week"],
    )
    st.write(f"{about.words} {about.go} off the list until that day, then back on it as before.")
    st.pills("How long", list(PICKS), key=about.key("pick"), on_change=_pick, args=(about, here.today))
    st.date_input(
        "Until",
        # Without bounds: a field leaves out what is typed beyond them, and the button would act on the day before it.
        value=here.today + timedelta(days=days),
        format="DD/MM/YYYY",
        key=about.key("until"),
        persist_state="session",
        on_change=_unpick,
        args=(about,),
    )
    _line(about, "Reason, if any")
    _buttons(dialog, "Snooze", _do_snooze)


def _reject(dialog: Dialog, about: About, here: Session) -> None:
    st.write(
        f"Reject {about.words}? The list hides what is rejected until somebody restores it. "
        "No course of treatment is touched."
    )
    offered = list(reject_reasons.of(here.store, about.practice_ids).values())
    reasons = [reason for reason in offered[0] if all(reason in others for others in offered)]
    st.radio(
        "Reason",
        reasons,
        index=None,
        format_func=str.capitalize,
        key=about.key("reason"),
        persist_state="session",
        horizontal=True,
    )
    st.caption("“Wrong in chart” also puts it on the page Clean-up, for its provider. “Other” needs words.")
    _line(about, "In words")
    _buttons(dialog, "Yes, reject", _do_reject, no="No")


def _note(dialog: Dialog, about: About, here: Session) -> None:
    st.write(f"The note goes to {about.words}.")
    _text(about)
    _buttons(dialog, "Keep the note", _do_note)


def _call(dialog: Dialog, about: About, here: Session) -> None:
    st.write(f"A call about {about.words}. No answer and a wrong number count as attempts, not as contacts.")
    st.radio(
        "How did it end?",
        list(care.OUTCOMES),
        index=None,
        format_func=care.OUTCOMES.__getitem__,
        key=about.key("outcome"),
        persist_state="session",
        horizontal=True,
    )
    _text(about)
    _buttons(dialog, "Log the call", _do_call)


def _booked(dialog: Dialog, about: About, here: Session) -> None:
    st.write(
        f"Enter the visit in the PMS first. {about.words} {about.go} off the list until that day; "
        "the next import confirms it."
    )
    st.date_input(
        "Day of the visit",
        value=None,
        format="DD/MM/YYYY",
        key=about.key("day"),
        persist_state="session",
    )
    _line(about, "Note, if any")
    _buttons(dialog, "Booked", _do_book)


def _sequence(dialog: Dialog, about: About, here: Session) -> None:
    own = [one for one in here.practices if one.practice_id in about.practice_ids]
    offered = {
        one.sequence_id: one for practice in own for one in sequences.all_of(here.store, practice, actor=here.actor)
    }
    if not offered:
        st.info("The practice has no sequence yet. A manager defines one on the page Sequences.")
        st.button("Close", key="action_cancel", on_click=dialogs.close)
        return
    st.selectbox(
        "Sequence",
        list(offered),
        format_func=lambda id_: offered[id_].name,
        key=about.key("sequence"),
        persist_state="session",
    )
    st.write(f"Its first step comes for {about.words} on its day, and so on until something answers it.")
    _buttons(dialog, "Start", _do_sequence)


def _restore(dialog: Dialog, about: About, here: Session) -> None:
    st.write(f"{about.words} {about.go} back to the list: contacted where the patient was, else open.")
    _line(about, "Note, if any")
    _buttons(dialog, "Restore", _do_restore)


BODIES: dict[str, tuple[str, Callable[[Dialog, About, Session], None]]] = {
    ASSIGN: ("Assign", _assign),
    SNOOZE: ("Snooze", _snooze),
    REJECT: ("Reject?", _reject),
    NOTE: ("Write a note", _note),
    CALL: ("Log a call", _call),
    BOOKED: ("Booked", _booked),
    RESTORE: ("Restore", _restore),
    SEQUENCE: ("Start a sequence", _sequence),
}
"""Every dialog: its title, and what it shows and asks for."""


def _line(about: About, label: str) -> None:
    st.text_input(label, max_chars=care.LONGEST_NOTE, key=about.key("note"), persist_state="session")


def _text(about: About) -> None:
    st.text_area("Note", max_chars=care.LONGEST_NOTE, height=120, key=about.key("note"), persist_state="session")


def _buttons(dialog: Dialog, words: str, act: Callable[[Dialog], None], *, no: str = "Cancel") -> None:
    with st.container(horizontal=True):
        st.button(words, key="action_do", type="primary", on_click=act, args=(dialog,))
        st.button(no, key="action_cancel", on_click=dialogs.close)


def _pick(about: About, today: date) -> None:
    if picked := about.typed("pick"):
        st.session_state[about.key("until")] = today + timedelta(days=PICKS[picked])


def _unpick(about: About) -> None:
    st.session_state[about.key("pick")] = None


def _do_assign(dialog: Dialog) -> None:
    _do(dialog, care.assign, assignees=dialog.about.typed("to") or [])


def _do_snooze(dialog: Dialog) -> None:
    _do(dialog, care.snooze, until=dialog.about.typed("until"), reason=dialog.about.typed("note"))


def _do_reject(dialog: Dialog) -> None:
    _do(dialog, care.reject, reason=dialog.about.typed("reason"), note=dialog.about.typed("note"))


def _do_note(dialog: Dialog) -> None:
    _do(dialog, care.note, text=dialog.about.typed("note") or "")


def _do_call(dialog: Dialog) -> None:
    _do(dialog, care.attempt, outcome=dialog.about.typed("outcome"), note=dialog.about.typed("note"))


def _do_book(dialog: Dialog) -> None:
    _do(dialog, care.book, visit_on=dialog.about.typed("day"), note=dialog.about.typed("note"))


def _do_sequence(dialog: Dialog) -> None:
    _do(dialog, sequences.start, sequence_id=dialog.about.typed("sequence") or "")


def _do_restore(dialog: Dialog) -> None:
    _do(dialog, care.restore, note=dialog.about.typed("note"))


def _do(dialog: Dialog, service: Callable[..., Any], **given: Any) -> None:
    about: About = dialog.about

    def act(here: Session) -> None:
        outcome = service(
            here.store,
            about.chosen,
            actor=here.actor,
            now=here.now,
            today=here.today,
            action_id=about.action_id,
            **given,
        )
        if not outcome.is_repeat:
            outcomes.tell(outcome, about.practice_ids)

    if dialogs.attempt(dialog, act):
        dialogs.close()

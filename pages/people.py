"""The people of one's practices: who may use Care Manager, in which role, as which provider."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.parts import dialogs, format, people_dialogs, people_table, session
from pages.parts.person_fields import Fields
from services import opportunities, people
from services.actors import Right
from services.people import Person


def matching(everybody: list[Person], here: session.Session) -> list[Person]:
    """Return those of the practices shown and of none, who match the search; the deactivated last."""
    shown = {practice.practice_id for practice in here.shown}
    words = (st.session_state.get("people_search") or "").casefold().split()
    found = [
        person
        for person in everybody
        if (not person.providers or shown & set(person.providers))
        and all(word in f"{person.name} {person.email or ''} {person.role}".casefold() for word in words)
    ]
    return sorted(found, key=lambda person: not person.is_active)


def offer_actions(picked: Person | None, *, is_allowed: bool) -> None:
    """Draw what can be done with the person that is picked."""
    name = format.plain(picked.name) if picked else ""
    switch = "deactivate" if picked is None or picked.is_active else "activate"
    with st.container(horizontal=True, vertical_alignment="center"):
        for action, icon, words in (
            ("change", "edit", "Change"),
            ("password", "key", "New one-time password"),
            (switch, "block" if switch == "deactivate" else "check", switch.capitalize()),
        ):
            st.button(
                words,
                key=f"person_{action}",
                icon=f":material/{icon}:",
                disabled=picked is None or not is_allowed,
                on_click=dialogs.ask,
                args=(action, picked),
            )
        st.markdown(f"**{name}**" if picked else ":small[Click on a person to change them.]")


here = session.require(Right.SEE_PEOPLE)
st.title("People")
with st.container(horizontal=True, vertical_alignment="bottom"):
    st.text_input(
        "Search", key="people_search", type="search", live=True, placeholder="Name, e-mail or role", width=280
    )
    is_allowed = here.actor.may(Right.PEOPLE)
    st.button(
        "Add a person",
        type="primary",
        icon=":material/person_add:",
        disabled=not is_allowed,
        on_click=dialogs.ask,
        args=("add",),
    )
if not is_allowed:
    st.info("The demonstration shows who may sign in. To add or change people, sign in as yourself.")

practices = {practice.practice_id: practice.name for practice in here.practices}
providers = {
    key: words.removesuffix(f", {practices[key.split('/', 1)[0]]}")
    for key, words in opportunities.choices(here.store, here.practices, actor=here.actor).providers.items()
}
found = matching(people.all_people(here.store, actor=here.actor), here)
if found:
    actions = st.container()
    picked = people_table.show(found, practices, providers)
    with actions:
        offer_actions(picked, is_allowed=is_allowed)
else:
    st.info("Nobody here matches this search.")
people_dialogs.draw(here, partial(Fields, practices=practices, providers=providers))

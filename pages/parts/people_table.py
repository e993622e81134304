"""The people of one's practices as a table, and the person that is picked in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
import streamlit as st

from services.people import Person

COLOURS = {"Active": "green", "Deactivated": "grey"}

text = st.column_config.TextColumn


def show(people: Sequence[Person], practices: Mapping[str, str], providers: Mapping[str, str]) -> Person | None:
    """Draw the people and return the one that is picked.

    `practices` are names by their ids, `providers` names by "practice_id/provider_id". Other people are another
    table, or the tick would stay at its place and mean another person (streamlit#17026).
    """
    rows = [_row(person, practices, providers) for person in people]
    key = f"people_{hash(tuple(person.user_id for person in people))}"
    event = st.dataframe(
        pl.DataFrame(rows).to_arrow(),
        key=key,
        height="content" if len(rows) < 15 else 540,
        hide_index=True,
        placeholder="",
        alt="People",
        column_config={
            "name": text("Name", pinned=True, width=150),
            "role": text("Role", width=80),
            "email": text("E-mail", width=230),
            "state": st.column_config.MultiselectColumn(
                "State", options=list(COLOURS), color=list(COLOURS.values()), width=100
            ),
            "sign_in": text("Signs in with", width=200),
            "practices": text("Practices", width=230),
            "provider": text("Provider", width=170),
        },
        on_select="rerun",
        selection_mode=["single-row", "single-cell"],
    )
    # A click on any cell picks the person too: the small box alone is easily missed.
    at = [*event.selection.rows, *(row for row, _ in event.selection.cells)]
    return people[at[0]] if at else None


def sign_in_in_words(person: Person) -> str:
    """Say with what somebody signs in."""
    if not person.is_active:
        return ""
    if not person.email:
        return "Nothing: no e-mail address"
    if person.is_password_one_time:
        return "One-time password, not used yet"
    return "Own password" if person.has_password else "No password yet"


def _row(person: Person, practices: Mapping[str, str], providers: Mapping[str, str]) -> dict[str, object]:
    names = [practices[practice_id] for practice_id in person.providers if practice_id in practices]
    keys = [f"{practice_id}/{provider}" for practice_id, provider in person.providers.items() if provider]
    return {
        "name": person.name,
        "role": str(person.role),
        "email": person.email or "",
        "state": ["Active" if person.is_active else "Deactivated"],
        "sign_in": sign_in_in_words(person),
        "practices": ", ".join([*sorted(names), *(["elsewhere"] if person.is_elsewhere else [])]) or "None",
        "provider": "; ".join(providers.get(key, key.split("/", 1)[1]) for key in keys),
    }

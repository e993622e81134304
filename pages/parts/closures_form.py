"""Days off and closures: a table of those to come, a form that adds one, and removing one."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.parts import saving, session
from services import working_hours
from services.practices import Practice
from services.working_hours import PRACTICE, Closure

ADDED = "closures_added"
"""How many were added: the fields are new ones after each, and so empty."""


def draw(here: session.Session, practice: Practice) -> None:
    """Draw the table, and the forms below it."""
    providers = working_hours.providers(here.store, practice, actor=here.actor)
    names = {PRACTICE: "The practice"} | {key: f"{one.initials} – {one.name}" for key, one in providers.items()}
    kept = working_hours.closures(here.store, practice, from_on=here.today, actor=here.actor)
    if kept:
        _show(kept, names)
        _offer_removal(practice, kept, names)
    else:
        st.info("Nobody is away, and the practice is open on all its days. Add holidays and bank holidays below.")
    _ask(here, practice, names)


def _show(kept: list[Closure], names: dict[str, str]) -> None:
    rows = pl.DataFrame(
        [
            {
                "Who": names.get(one.provider_id, one.provider_id),
                "First day": one.from_on,
                "Last day": one.to_on,
                "Hours": f"{one.from_time:%H:%M} to {one.to_time:%H:%M}"
                if one.from_time and one.to_time
                else "All day",
                "Reason": one.reason,
            }
            for one in kept
        ],
        schema_overrides={"Reason": pl.String},
    )
    days = st.column_config.DateColumn(format="D MMM YYYY")
    st.dataframe(
        rows.to_arrow(),
        hide_index=True,
        column_config={"First day": days, "Last day": days},
        placeholder="",
        alt="Days off and closures",
        height=min(36 + 35 * len(kept), 330),
    )


def _offer_removal(practice: Practice, kept: list[Closure], names: dict[str, str]) -> None:
    closures = {one.closure_id: f"{names.get(one.provider_id, one.provider_id)}: {one}" for one in kept}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        closure_id = st.selectbox(
            "One of these",
            list(closures),
            format_func=closures.__getitem__,
            key=f"closure_{practice.practice_id}",
            width=480,
        )
        st.button("Remove it", on_click=_reopen, args=(practice, closure_id))


def _ask(here: session.Session, practice: Practice, names: dict[str, str]) -> None:
    added = st.session_state.get(ADDED, 0)
    keys = {
        name: f"closure_{name}_{practice.practice_id}_{added}"
        for name in ("provider_id", "from_on", "to_on", "from_time", "to_time", "reason")
    }
    with st.form("closure", enter_to_submit=False):
        who, first, last, begins, ends, reason = st.columns([1.4, 1, 1, 0.8, 0.8, 1.6])
        who.selectbox(
            "Who", list(names), format_func=names.__getitem__, key=keys["provider_id"], persist_state="session"
        )
        for column, label, name in ((first, "First day", "from_on"), (last, "Last day", "to_on")):
            column.date_input(
                label, here.today, here.today, key=keys[name], format="DD/MM/YYYY", persist_state="session"
            )
        for column, label, name in ((begins, "From", "from_time"), (ends, "Until", "to_time")):
            column.time_input(
                label,
                None,
                key=keys[name],
                step=300,
                help="Leave both times empty for the whole of each day.",
                persist_state="session",
            )
        reason.text_input("Reason", key=keys["reason"], max_chars=80, persist_state="session")
        saving.show("closure")
        st.form_submit_button("Add", type="primary", on_click=_close, args=(practice, keys))


def _close(practice: Practice, keys: dict[str, str]) -> None:
    closure = Closure(**{name: st.session_state[key] for name, key in keys.items()})

    def change(here: session.Session) -> list[str]:
        said = working_hours.close(here.store, practice, closure, actor=here.actor, now=here.now)
        st.session_state[ADDED] = st.session_state.get(ADDED, 0) + 1
        return said

    saving.attempt("closure", change)


def _reopen(practice: Practice, closure_id: str) -> None:
    def change(here: session.Session) -> list[str]:
        return working_hours.reopen(here.store, practice, closure_id, actor=here.actor, now=here.now)

    saving.attempt("closure", change)

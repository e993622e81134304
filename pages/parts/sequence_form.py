"""The form of a sequence: its name, and its steps as a small table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st

from pages.parts import saving, session
from services import sequences
from services.practices import Practice
from services.sequences import CHANNELS, Defined, Step
from services.templates import Template

FIRST = (Step(0, "email", "shipped-email-visit"), Step(7, "sms", "shipped-sms-reminder"), Step(14, "phone"))
"""Proposed for a new sequence."""


def draw(practice: Practice, sequence: Defined | None, own: Sequence[Template]) -> None:
    """Draw the form that changes a sequence, or adds one."""
    offered = {f"{CHANNELS[one.channel]}: {one.name}": one for one in own}
    labels = {one.template_id: label for label, one in offered.items()}
    key = f"{sequence.sequence_id}_{sequence.version}" if sequence else f"new_{practice.practice_id}"
    with st.form(f"sequence_{key}", enter_to_submit=False):
        name = st.text_input("Name", sequence.name if sequence else "", key=f"name_{key}", max_chars=60)
        edited = st.data_editor(
            _rows(sequence.steps if sequence else FIRST, labels),
            key=f"steps_{key}",
            num_rows="dynamic",
            hide_index=True,
            column_config={
                "day": st.column_config.NumberColumn(
                    "Day", min_value=0, max_value=sequences.LATEST_DAY, step=1, required=True, width=80
                ),
                "what": st.column_config.SelectboxColumn(
                    "What", options=list(CHANNELS.values()), required=True, width=180
                ),
                "template": st.column_config.SelectboxColumn(
                    "Template, for an e-mail or SMS", options=list(offered), width=320
                ),
            },
        )
        st.caption("Days count from the start. A call needs no template: it comes to My list.")
        with st.container(horizontal=True):
            is_saved = st.form_submit_button("Save the sequence", type="primary")
            is_removed = sequence is not None and st.form_submit_button("Remove it")
    if is_saved:
        _save(practice, sequence, name, _steps(edited, offered))
    if is_removed and sequence is not None:
        _remove(practice, sequence)
    saving.show("sequence")


def _rows(steps: Sequence[Step], labels: dict[str, str]) -> Any:
    rows = [(step.day, CHANNELS[step.channel], labels.get(step.template_id or "")) for step in steps]
    schema = {"day": pl.Int64, "what": pl.String, "template": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _steps(edited: Any, offered: dict[str, Template]) -> list[Step]:
    """Return the steps as they were typed, in the order of their days."""
    channels = {label: channel for channel, label in CHANNELS.items()}
    steps = [
        Step(
            int(row["day"]),
            channels.get(row["what"], ""),
            offered[row["template"]].template_id
            if row["template"] in offered and row["what"] != CHANNELS["phone"]
            else None,
        )
        for row in edited.to_dicts()
        if row["day"] is not None
    ]
    return sorted(steps, key=lambda step: step.day)


def _save(practice: Practice, sequence: Defined | None, name: str, steps: list[Step]) -> None:
    def change(here: session.Session) -> list[str]:
        sequences.save(
            here.store,
            practice,
            name,
            steps,
            sequence_id=sequence.sequence_id if sequence else None,
            version=sequence.version if sequence else 0,
            actor=here.actor,
            now=here.now,
        )
        return [f"{name.strip()} is saved."]

    _and_again("sequence", change)


def _remove(practice: Practice, sequence: Defined) -> None:
    def change(here: session.Session) -> list[str]:
        sequences.remove(here.store, practice, sequence.sequence_id, actor=here.actor, now=here.now)
        return [f"{sequence.name} is removed; who is in it goes on."]

    _and_again("sequence", change)


def _and_again(button: str, change: Any) -> None:
    """Make the change and, unless it was refused, draw the page as it is then."""
    saving.attempt(button, change)
    if not st.session_state[saving.SAID][1]:
        st.rerun()

"""The settings of a practice: the rule's numbers, the practice's details and its NHS contracts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts import contact_form, contract_form, details_form, reasons_form, saving, session
from services import settings
from services.actors import Right
from services.practices import Practice
from services.settings import SETTINGS, Current, Setting

ROOT = Path(__file__).resolve().parents[1]


def chosen(here: session.Session) -> Practice:
    """Return the practice whose settings are shown, asked for where there are several."""
    if len(here.shown) == 1:
        return here.shown[0]
    names = {practice.practice_id: practice.name for practice in here.shown}
    practice_id = st.selectbox(
        "Practice", list(names), format_func=names.__getitem__, key="settings_of", persist_state="session", width=320
    )
    return next(practice for practice in here.shown if practice.practice_id == practice_id)


def save(practice: Practice, button: str, typed: dict[str, Any]) -> None:
    """Change settings of the rule."""

    def change(here: session.Session) -> list[str]:
        return settings.change(here.store, practice, typed, actor=here.actor, now=here.now)

    saving.save(practice, button, change)


def save_typed(practice: Practice, keys: dict[str, str]) -> None:
    """Save what the form of the rule holds."""
    save(practice, "rule", {name: st.session_state[key] for name, key in keys.items()})


def ask(setting: Setting, value: Any, key: str) -> None:
    """Draw the field of a setting."""
    if setting.is_yes_or_no:
        st.toggle(setting.label, value, key=key, persist_state="session", wrap=True)
        return
    kind = int if setting.step == 1 else float
    st.number_input(
        f"{setting.label} ({setting.least:,} to {setting.most:,})",
        min_value=kind(setting.least),
        max_value=kind(setting.most),
        value=kind(value),
        step=kind(setting.step),
        format="%d" if kind is int else "%.2f",
        key=key,
        persist_state="session",
    )


def draw_rule(practice: Practice, current: dict[str, Current]) -> None:
    """Draw the form of the rule's numbers, each with its meaning, its default and its last change."""
    keys = {name: saving.key_of(practice, name, current[name]) for name in SETTINGS}
    # Enter would press the first button, which may be one that goes back to a default.
    with st.form("rule", enter_to_submit=False):
        for name, setting in SETTINGS.items():
            field, meaning, change = st.columns([1.1, 1.8, 1.1], vertical_alignment="center")
            with field:
                ask(setting, current[name].value, keys[name])
            meaning.markdown(setting.meaning)
            default = setting.in_words(setting.default)
            change.caption(f"Default: {default}. {saving.last_change(current[name])}")
            if current[name].value != setting.default:
                label = f"Back to {default}"
                change.form_submit_button(
                    label, key=f"back_{name}", on_click=save, args=(practice, name, {name: setting.default})
                )
            saving.show(name)
        saving.show("rule")
        st.form_submit_button("Save the rule", type="primary", on_click=save_typed, args=(practice, keys))


here = session.require(Right.SETTINGS)
title_place, practice_place = st.columns([1, 3], vertical_alignment="center")
title_place.title("Settings")
if not here.practices:
    st.info("There is no practice yet. Import an extract, or add the sample practice, on the other pages.")
    st.stop()
with practice_place:
    practice = chosen(here)
st.page_link(
    ROOT / "pages" / "booking_settings.py",
    label="Working hours, days off and online booking",
    icon=":material/edit_calendar:",
)
current = settings.of(here.store, practice, actor=here.actor)
st.header("What counts as an opportunity")
draw_rule(practice, current)
st.header("Why opportunities are rejected")
reasons_form.draw(here, practice)
st.header("How we send")
contact_form.draw(here, practice)
st.header("Practice")
details_form.draw(practice, current)
st.header("NHS contracts")
contract_form.draw(here, practice)

"""Views: a named set of filters, columns and order, chosen, saved, shared and removed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from pages.parts import columns, filters, format, ordering, session
from pages.parts.session import Session
from services import opportunities, views
from services.actors import Right
from services.errors import CareManagerError
from services.opportunities import GROUPINGS, UNASSIGNED, Choices
from services.practices import Practice
from services.sign_in import SessionEnded
from services.views import View

CHOSEN = "view"
BEGAN = "began_with_view"
SAID = "view_said"
NAME, WITH, FIRST = "view_name", "view_with", "view_first"
MINE = "Only me"

ALL = "All opportunities"
FIRST_ORDER = next(iter(ordering.ORDERS))

DEFAULTS: dict[str, Any] = {
    **{name: [] for name in filters.MANY},
    **dict.fromkeys(filters.EITHER),
    **{f"{name}_{end}": None for name in filters.DAYS | filters.AMOUNTS for end in filters.ENDS},
    "sort": FIRST_ORDER,
    "group": next(iter(GROUPINGS)),
    columns.KEY: [],
    "practice": session.ALL,
}
"""Every control that a view keeps, and its value where a view says nothing.

Not what is searched for, nor the patient the list is narrowed to: both name a patient.
"""


def built_in(here: Session) -> dict[str, Mapping[str, Any]]:
    """Return the views that everybody has."""
    return {
        ALL: {},
        "Due now": {"is_due": "Due now"},
        "Assigned to me": {"assignees": [here.actor.user_id]},
        "Assigned to nobody": {"assignees": [UNASSIGNED]},
        "Not contacted yet": {"statuses": ["open"]},
        "Booked too far ahead": {"reasons": ["booked_too_far_ahead"]},
        "Snoozed": {"statuses": ["snoozed"]},
        "Rejected": {"statuses": ["rejected"]},
    }


def begin(here: Session, choices: Choices) -> None:
    """Begin with the person's default view, once, unless the address asks for something itself."""
    if BEGAN in st.session_state:
        return
    st.session_state[BEGAN] = True
    if set(st.query_params) & {*DEFAULTS, "search"}:
        return
    view = next((one for one in views.all_of(here.store, actor=here.actor) if one.is_default), None)
    if view:
        st.session_state[CHOSEN] = view.view_id
        _apply(view.choices, here, choices)
        filters.begun()


def draw(here: Session) -> None:
    """Draw the choice of a view, and what can be done with it."""
    saved = {view.view_id: view for view in views.all_of(here.store, actor=here.actor)}
    names = {**{name: name for name in built_in(here)}, **{id_: _label(view) for id_, view in saved.items()}}
    if st.session_state.get(CHOSEN) not in names:
        st.session_state[CHOSEN] = ALL
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        st.selectbox("View", list(names), format_func=names.__getitem__, key=CHOSEN, on_change=_choose, width=230)
        chosen = saved.get(st.session_state[CHOSEN])
        is_changed = _now() != _whole(chosen.choices if chosen else built_in(here)[st.session_state[CHOSEN]])
        label = "Save view" if is_changed else "View"
        with st.popover(label, icon=":material/bookmark:", help="Save, share, open the list with, or remove a view"):
            _save(here)
            if chosen:
                _of_chosen(here, chosen)
    if said := st.session_state.pop(SAID, None):
        is_refused, words = said
        (st.warning if is_refused else st.caption)(format.plain(words))


def _label(view: View) -> str:
    told = [view.name]
    told += [] if view.is_mine else [f"shared by {view.owner}"]
    told += ["shared"] if view.is_mine and view.practice_id else []
    told += ["opens first"] if view.is_default else []
    return ", ".join(told)


def _save(here: Session) -> None:
    st.markdown("**Keep the filters, columns and order as they are now**")
    st.text_input("Name", key=NAME, max_chars=views.LONGEST_NAME, persist_state="session")
    if here.actor.may(Right.WORK):
        st.selectbox("Who may use it", [MINE, *(f"Everybody at {one.name}" for one in here.practices)], key=WITH)
    st.checkbox("Open my list with it", key=FIRST)
    st.caption("What you search for is not kept, because it may name a patient.")
    st.button("Save", key="view_save", type="primary", on_click=_do_save)


def _of_chosen(here: Session, view: View) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        if view.is_default:
            st.button("Do not open my list with it", key="view_last", on_click=_do_open_with, args=(None,))
        else:
            st.button("Open my list with it", key="view_open", on_click=_do_open_with, args=(view.view_id,))
        if view.is_mine or here.actor.may(Right.SETTINGS):
            st.button(f"Remove {format.plain(view.name)}", key="view_remove", on_click=_do_remove, args=(view.view_id,))


def _choose() -> None:
    def act(here: Session) -> str | None:
        chosen = st.session_state[CHOSEN]
        kept = {view.view_id: view.choices for view in views.all_of(here.store, actor=here.actor)}
        wanted = {**built_in(here), **kept}[chosen]
        return _apply(wanted, here, opportunities.choices(here.store, here.practices, actor=here.actor))

    _attempt(act)


def _do_save() -> None:
    def act(here: Session) -> str:
        chosen = st.session_state.get(WITH, MINE)
        shared: Practice | None = next(
            (one for one in here.practices if f"Everybody at {one.name}" == chosen and chosen != MINE), None
        )
        view = views.save(
            here.store,
            st.session_state.get(NAME) or "",
            {name: value for name, value in _now().items() if value != DEFAULTS[name]},
            shared_with=shared,
            is_default=st.session_state.get(FIRST, False),
            actor=here.actor,
            now=here.now,
        )
        st.session_state[CHOSEN] = view.view_id
        st.session_state[NAME] = ""
        return f"Saved as {view.name}."

    _attempt(act)


def _do_open_with(view_id: str | None) -> None:
    def act(here: Session) -> str:
        views.open_with(here.store, view_id, actor=here.actor, now=here.now)
        return "Your list opens with this view." if view_id else "Your list opens with all opportunities."

    _attempt(act)


def _do_remove(view_id: str) -> None:
    def act(here: Session) -> str:
        views.remove(here.store, view_id, actor=here.actor, now=here.now)
        st.session_state[CHOSEN] = ALL
        return "The view is removed; what it showed stays as it is."

    _attempt(act)


def _attempt(act: Any) -> None:
    """Do something in a callback, and keep what is said of it."""
    try:
        said = act(session.current())
    except SessionEnded:
        st.session_state[SAID] = (True, "Your session had ended, so nothing was saved.")
    except CareManagerError as problem:
        st.session_state[SAID] = (True, str(problem))
    else:
        if said:
            st.session_state[SAID] = (False, said)


def _now() -> dict[str, Any]:
    """Return what the controls hold, as a view keeps it."""
    return _whole({name: st.session_state.get(name) for name in DEFAULTS})


def _whole(choices: Mapping[str, Any]) -> dict[str, Any]:
    """Return the value of every control, days written as text and the order of what was chosen left aside."""
    whole = {}
    for name, default in DEFAULTS.items():
        value = choices.get(name) or default
        value = value.isoformat() if isinstance(value, date) else value
        whole[name] = sorted(value) if isinstance(value, list | tuple) and name != columns.KEY else value
    return whole


def _apply(wanted: Mapping[str, Any], here: Session, choices: Choices) -> str | None:
    """Set the controls, and return in words what no longer fits and was left off."""
    left_off = []
    for name, default in DEFAULTS.items():
        value = wanted.get(name, default)
        fits = _fitting(name, value, here, choices)
        if fits != value and name in wanted:
            left_off.append(_LABELS[name])
        st.session_state[name] = fits
    st.session_state.pop("only", None)
    if not left_off:
        return None
    what = "1 choice" if len(left_off) == 1 else f"{len(left_off)} choices"
    return f"{what} of this view no longer fits and was left off: {', '.join(left_off)}."


_LABELS = {
    **filters.MANY,
    **{name: label for name, (label, _, _) in filters.EITHER.items()},
    **{
        f"{name}_{end}": f"{label} {end}"
        for name, label in (filters.DAYS | filters.AMOUNTS).items()
        for end in filters.ENDS
    },
    "sort": "Sort by",
    "group": "Group by",
    columns.KEY: "Columns",
    "practice": "Practice",
}


def _fitting(name: str, value: Any, here: Session, choices: Choices) -> Any:
    """Return what of a value a control can still hold."""
    default = DEFAULTS[name]
    if name in filters.MANY:
        return [one for one in value if one in filters.options_of(choices)[name]]
    if name == columns.KEY:
        return [one for one in value if one in columns.COLUMNS]
    allowed: Any = {
        "sort": ordering.ORDERS,
        "group": GROUPINGS,
        "practice": [session.ALL, *(one.name for one in here.practices)],
    }.get(name)
    if name in filters.EITHER:
        allowed = (None, *filters.EITHER[name][1:])
    if allowed is not None:
        return value if value in allowed else default
    if value is None:
        return None
    if name.rsplit("_", 1)[0] in filters.DAYS:
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            return None
    return float(value) if isinstance(value, int | float) else None

"""Views of the list: which one is chosen, what choosing it sets, and whether the list still is as it says."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import streamlit as st

from pages.parts import columns, dialogs, filters, format, ordering, session, view_dialogs
from pages.parts.session import Session
from services import opportunities, view_choices, views
from services.errors import CareManagerError
from services.opportunities import GROUPINGS, Choices, Filters, Order
from services.sign_in import SessionEnded
from services.views import View

BEGAN = "began_with_view"
PROBLEM = "view_problem"


def begin(here: Session, choices: Choices) -> None:
    """Begin with the person's default view, once, unless the address asks for something itself."""
    if BEGAN in st.session_state:
        return
    if not {*filters.NAMES, "sort", "group", "columns", "practice"} & set(st.query_params):
        every = views.all_views(here.store, here.practices, actor=here.actor)
        default = next((view for view in every if view.is_default), None)
        if default:
            name = _practice_of(here, default.choices)
            if name and name != st.session_state.get("practice"):
                st.session_state[session.NEXT] = name
                st.rerun()
            st.session_state[view_dialogs.CHOSEN] = default.view_id
            _put(here, default, choices)
    st.session_state[BEGAN] = True


def draw(here: Session, choices: Choices, asked: Filters, order: Order, grouping: str) -> None:
    """Draw the choice of a view, and the button that saves what the list is now; below, what no longer fits."""
    every = {view.view_id: view for view in views.all_views(here.store, here.practices, actor=here.actor)}
    now = _now(here, asked, order, grouping)
    offered = _offered(here, choices)
    if st.session_state.get(view_dialogs.CHOSEN) not in every:
        alike = (view.view_id for view in every.values() if _is_as(view, now, offered))
        st.session_state[view_dialogs.CHOSEN] = next(alike, views.ALL)
    chosen = every[st.session_state[view_dialogs.CHOSEN]]
    is_changed = not _is_as(chosen, now, offered)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        st.selectbox(
            "View",
            list(every),
            format_func={id_: _label(here, view) for id_, view in every.items()}.__getitem__,
            key=view_dialogs.CHOSEN,
            persist_state="session",
            on_change=_choose,
            width=235,
        )
        st.button(
            "Changed: save" if is_changed else "Save view",
            key="view_save",
            icon=":material/bookmark:",
            help="Keep the filters, columns and order as a view; share it, open the list with it, or remove it.",
            on_click=dialogs.ask,
            args=(view_dialogs.SAVE, view_dialogs.About(chosen, now, is_changed)),
        )
    if problem := st.session_state.pop(PROBLEM, None):
        st.error(format.plain(problem))
    if not is_changed and _is_shown(here, chosen):
        _say_left_off(view_choices.fitted(chosen.choices, offered)[1])
    view_dialogs.draw(here)


def _choose() -> None:
    """Set the controls as the view that was chosen says, before they are drawn."""
    try:
        here = session.current()
        every = views.all_views(here.store, here.practices, actor=here.actor)
        view = next((one for one in every if one.view_id == st.session_state[view_dialogs.CHOSEN]), None)
        if view is None:
            st.session_state[PROBLEM] = "This view is not there any more. Choose another."
            return
        shown: Sequence[Any] = here.shown
        if name := _practice_of(here, view.choices):
            st.session_state["practice"] = name
            shown = [one for one in here.practices if one.name == name]
        _put(here, view, opportunities.choices(here.store, shown, actor=here.actor))
    except SessionEnded:
        return  # the frame asks for the password
    except CareManagerError as problem:
        st.session_state[PROBLEM] = str(problem)


def _put(here: Session, view: View, choices: Choices) -> None:
    wanted, _ = view_choices.fitted(view.choices, _offered(here, choices))
    filters.put(wanted)
    order = Order(*wanted.get("order", ()))
    st.session_state["sort"] = ordering.WORDS.get(order, ordering.WORDS[Order()])
    st.session_state["group"] = wanted.get("grouping", next(iter(GROUPINGS)))
    columns.put(wanted.get("columns") or columns.standard(offers_practice=len(here.practices) > 1))


def _now(here: Session, asked: Filters, order: Order, grouping: str) -> dict[str, Any]:
    """Return what is chosen now, as a view keeps it."""
    usual = columns.standard(offers_practice=len(here.practices) > 1)
    shown = st.session_state.get(columns.KEY) or usual
    is_one_of_several = len(here.shown) == 1 < len(here.practices)
    return view_choices.choices_of(
        asked,
        order,
        grouping,
        columns=shown if shown != usual else None,
        practice_id=here.shown[0].practice_id if is_one_of_several else None,
    )


def _is_as(view: View, now: Mapping[str, Any], offered: Mapping[str, Collection[str]]) -> bool:
    """Say whether the list is as a view says; one that names no practice is of whichever is shown."""
    wanted, _ = view_choices.fitted(view.choices, offered)
    if "practice" not in view.choices:
        now = {name: value for name, value in now.items() if name != "practice"}
    return wanted == now


def _offered(here: Session, choices: Choices) -> dict[str, Collection[str]]:
    """Return what can be chosen now."""
    return {
        **{name: tuple(options) for name, options in filters.options_of(choices).items()},
        "columns": tuple(columns.COLUMNS),
        # With one practice alone there is no switch, and nothing is lost by not turning it.
        "practice": tuple(one.practice_id for one in here.practices),
    }


def _practice_of(here: Session, choices: Mapping[str, Any]) -> str | None:
    """Return the name of the practice that a view wants shown, if the switch has it."""
    wanted = choices.get("practice")
    return next((one.name for one in here.practices if one.practice_id == wanted and len(here.practices) > 1), None)


def _is_shown(here: Session, view: View) -> bool:
    """Say whether the practices shown are those that a view is of, so that what it wants could be offered."""
    wanted = view.choices.get("practice")
    if wanted is None:
        return len(here.shown) == len(here.practices)
    return wanted in {one.practice_id for one in here.shown} or wanted not in {
        one.practice_id for one in here.practices
    }


def _say_left_off(names: Sequence[str]) -> None:
    if names:
        labels = [
            view_dialogs.OTHER_LABELS.get(name) or filters.label_of(name) for name in names if name in view_choices.KEPT
        ]
        labels += ["one that is not there any more" for name in names if name not in view_choices.KEPT]
        many = (
            "1 filter of this view no longer fits and was"
            if len(names) == 1
            else (f"{len(names)} filters of this view no longer fit and were")
        )
        st.caption(format.plain(f"{many} left off: {', '.join(labels)}."))


def _label(here: Session, view: View) -> str:
    """Say which view, whose, and whether the list opens with it."""
    if view.is_shared:
        where = next((f", {one.name}" for one in here.practices if one.practice_id == view.practice_id), "")
        whose = ("me" if view.is_mine else view.owner_name) + (where if len(here.practices) > 1 else "")
        told = f"Shared: {view.name} (by {whose})"
    else:
        told = view.name if view.is_built_in else f"Mine: {view.name}"
    return f"{told} ★ opens first" if view.is_default else told

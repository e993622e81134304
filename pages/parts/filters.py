"""The filters of the work list: drawn, kept in the address so that a view can be sent, and said in words.

What names a patient (the search, "only this patient") is kept out of the address: addresses end up in
histories, logs and e-mails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from pages.parts import format
from services import words
from services.opportunities import UNASSIGNED, Choices, Filters

DAYS = {"opened": "Opened", "updated": "Last updated", "next_visit": "Next visit"}
AMOUNTS = {"value": "Value", "uda": "UDA", "worth": "Worth", "attempts": "Attempts"}
MONEY = ("value", "worth")
EITHER = {
    "is_due": ("Due", "Due now", "Not due now"),
    "has_phone": ("Phone", "With a phone number", "Without a phone number"),
    "has_mobile": ("Mobile", "With a mobile", "Without a mobile"),
    "has_email": ("E-mail", "With an e-mail address", "Without an e-mail address"),
    "is_link_opened": ("Booking link", "Link opened, not booked", "Link sent, not opened"),
    "is_partly_done": ("Treatment", "Partly done", "Not begun"),
}
MANY = {
    "statuses": "Status",
    "providers": "Provider",
    "payors": "Payor",
    "assignees": "Assigned to",
    "reasons": "Reason",
    "reject_reasons": "Reject reason",
}
HELP = {
    "statuses": "Snoozed, booked and rejected opportunities are off the list unless you choose them here, "
    "or a reason why they were rejected.",
}
ENDS = ("from", "to")
NAMES = ("search", "only", *MANY, *EITHER, *(f"{name}_{end}" for name in DAYS | AMOUNTS for end in ENDS))


def draw(choices: Choices) -> Filters:
    """Draw the search and the filters, and return what they ask for."""
    search = st.text_input(
        "Search",
        key="search",
        type="search",
        live=True,
        placeholder="Name, COT number, phone or e-mail",
        persist_state="session",
        width=246,
        help="Accents and capitals do not matter. What you type here is not kept in the page's address, "
        "because it names a patient; every other filter is, so that a view can be bookmarked and sent.",
    )
    asked: dict[str, Any] = {"search": search or None}
    with st.popover("Filters", icon=":material/filter_alt:"):
        options = options_of(choices)
        for column, (name, label) in zip(st.columns([1.5, 1, 1, 1, 1, 1.2]), MANY.items(), strict=True):
            with column:
                asked[name] = _many(name, label, options[name])
        for column, (name, label) in zip(st.columns(3), DAYS.items(), strict=True):
            with column:
                asked |= _days(name, label)
        for column, (name, label) in zip(st.columns(len(AMOUNTS)), AMOUNTS.items(), strict=True):
            with column:
                asked |= _amounts(name, label)
        for column, (name, (label, yes, no)) in zip(st.columns(len(EITHER)), EITHER.items(), strict=True):
            with column:
                asked[name] = _either(name, label, yes, no)
    if asked["reject_reasons"] and not st.session_state["statuses"]:
        asked["statuses"] = ("rejected",)
    if "only" in st.session_state:
        kind, key, _ = st.session_state["only"]
        asked[kind] = key
    return Filters(**asked)


def start_with_own(provider_keys: Sequence[str]) -> None:
    """Begin with a clinician's own patients, once, unless the address asks for providers itself."""
    if provider_keys and "began_with_own" not in st.session_state:
        st.session_state["began_with_own"] = True
        if "providers" not in st.query_params:
            st.session_state["providers"] = list(provider_keys)


def put(choices: Mapping[str, Any]) -> None:
    """Ask for what a view keeps (services/views.py) and nothing else, not for a clinician's own patients either."""
    st.session_state["began_with_own"] = True
    clear()
    for name, value in choices.items():
        if name in MANY:
            st.session_state[name] = list(value)
        elif name in EITHER:
            st.session_state[name] = EITHER[name][1 if value else 2]
        elif name in NAMES:
            of = name.removesuffix("_from").removesuffix("_to")
            is_money = of in MONEY
            st.session_state[name] = (
                date.fromisoformat(value) if of in DAYS else value / 100 if is_money else float(value)
            )


def show_active(filters: Filters, choices: Choices) -> None:
    """Say which filters are on, each a button that takes it off, and one for all."""
    active = list(in_words(filters, choices).items())
    if not active:
        return
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        for names, sentence in active:
            st.button(
                format.plain(sentence),
                key=f"off_{names[0]}",
                icon=":material/close:",
                icon_position="right",
                help="Take this filter off",
                on_click=clear,
                args=names,
            )
        if len(active) > 1:
            st.button("Clear all filters", key="off_all", type="tertiary", on_click=clear)


def clear(*names: str) -> None:
    """Take these filters off, or all when none is named."""
    for name in names or NAMES:
        if name == "only":
            st.session_state.pop("only", None)
        else:
            st.session_state[name] = [] if name in MANY else "" if name == "search" else None


def are_on() -> bool:
    """Say whether any filter is on."""
    return any(st.session_state.get(name) not in (None, "", []) for name in NAMES)


def only(kind: str, key: str, patient: str) -> None:
    """Show only this patient, or only the patient's household, until it is taken off."""
    st.session_state["only"] = (kind, key, patient)


def in_words(filters: Filters, choices: Choices) -> dict[tuple[str, ...], str]:
    """Return each filter that is on, by the names of its fields, as a person would say it."""
    said: dict[tuple[str, ...], str] = {}
    if "only" in st.session_state:
        kind, _, patient = st.session_state["only"]
        said[("only",)] = f"Only {patient}" if kind == "patient" else f"Only the household of {patient}"
    if filters.search:
        said[("search",)] = f"Search: {filters.search}"
    options = options_of(choices)
    for name, label in MANY.items():
        values: tuple[str, ...] = getattr(filters, name)
        if values and values != getattr(Filters(), name):
            listed = ", ".join(options[name].get(value, value) for value in values)
            said[(name,)] = f"{label}: {listed}"
    for name, label in (DAYS | AMOUNTS).items():
        first, last = (getattr(filters, f"{name}_{end}") for end in ENDS)
        printed: Any = format.day if name in DAYS else format.pounds if name in MONEY else format.uda
        spoken = [f"{word} {printed(end)}" for word, end in zip(ENDS, (first, last), strict=True) if end is not None]
        if spoken:
            said[(f"{name}_from", f"{name}_to")] = " ".join((label, *spoken))
    for name, (_, yes, no) in EITHER.items():
        if (value := getattr(filters, name)) is not None:
            said[(name,)] = yes if value else no
    return said


def options_of(choices: Choices) -> dict[str, Mapping[str, str]]:
    """Return what each list of filters offers: value -> words."""
    return {
        "statuses": words.STATUSES,
        "providers": choices.providers,
        "payors": {name: name for name in choices.payors},
        "assignees": {UNASSIGNED: "Nobody", **choices.assignees},
        "reasons": words.LISTED_REASONS,
        "reject_reasons": {reason: reason.capitalize() for reason in choices.reject_reasons},
    }


def label_of(name: str) -> str:
    """Return the words of a filter, whichever of its fields is named."""
    if name in EITHER:
        return EITHER[name][0]
    return {**MANY, **{f"{of}_{end}": f"{label} {end}" for of, label in (DAYS | AMOUNTS).items() for end in ENDS}}[name]


def _many(name: str, label: str, options: Mapping[str, str]) -> tuple[str, ...]:
    chosen = st.multiselect(
        label,
        list(options),
        format_func=options.__getitem__,
        key=name,
        bind="query-params",
        placeholder="Open, contacted" if name == "statuses" else "Any",
        help=HELP.get(name),
    )
    return tuple(chosen) or getattr(Filters(), name)


def _days(name: str, label: str) -> dict[str, date | None]:
    return {
        f"{name}_{end}": st.date_input(
            f"{label} {end}", value=None, key=f"{name}_{end}", format="DD/MM/YYYY", bind="query-params"
        )
        for end in ENDS
    }


def _amounts(name: str, label: str) -> dict[str, Any]:
    """Draw a range; money is asked for in pounds and returned in pence."""
    is_money, is_count = name in MONEY, name == "attempts"
    typed = {
        f"{name}_{end}": st.number_input(
            f"{label} {end}",
            min_value=0.0,
            value=None,
            step=50.0 if is_money else 1.0,
            format="%.2f" if is_money else "%.0f" if is_count else "%.1f",
            key=f"{name}_{end}",
            icon=":material/currency_pound:" if is_money else None,
            bind="query-params",
        )
        for end in ENDS
    }
    return {key: round(value * 100) if is_money and value is not None else value for key, value in typed.items()}


def _either(name: str, label: str, yes: str, no: str) -> bool | None:
    chosen = st.selectbox(label, [yes, no], index=None, key=name, placeholder="Any", bind="query-params")
    return None if chosen is None else chosen == yes

"""The way from the row that is open to the rows before and after it, without going back to the list."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
import streamlit as st

from pages.parts import paging

OPENED = "opened"
ROW = "opened_row"

Patient = tuple[str, str]
Way = tuple[str, str, str]
"""Practice, patient and row, as `open_patient` takes them."""


@dataclass(frozen=True)
class Row:
    """Where a patient was opened, and the ids of the rows of other patients beside it."""

    patient: Patient
    row_id: str | None = None
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True)
class Neighbours:
    """The rows before and after the open one, None at an end, and its place, None where it is not on the list."""

    before: Way | None
    after: Way | None
    at: int | None


def open_patient(practice_id: str, patient_id: str, row_id: str | None = None) -> None:
    """Show this patient in the panel, from this row of the list on if one is given, until another is opened."""
    kept: Row | None = st.session_state.get(ROW)
    # One who is on no row leaves the way where it was.
    st.session_state[ROW] = Row(
        (practice_id, patient_id), row_id, kept.before if kept else None, kept.after if kept else None
    )
    st.session_state[OPENED] = (practice_id, patient_id)


def opened() -> Patient:
    """Return the practice and the id of the patient who is open."""
    patient: Patient = st.session_state.get(OPENED, ("", ""))
    return patient


def of(rows: pl.DataFrame) -> Neighbours:
    """Return the neighbours of the open row among the rows of the list as drawn; those of the same patient are passed.

    A row that left the list, as it was snoozed or rejected, is followed by the one that came after it.
    """
    patient = opened()
    ids = rows["row_id"].to_list()
    patients = rows.select("practice_id", "patient_id").rows()
    kept: Row = st.session_state.get(ROW) or Row(patient)
    if kept.patient != patient:
        kept = Row(patient)
    at = None
    if kept.row_id in ids:
        at = ids.index(kept.row_id)
    elif kept.row_id is None and patient in patients:
        at = patients.index(patient)
    if at is None:
        before, after = (ids.index(one) if one in ids else None for one in (kept.before, kept.after))
        if before is None and after is None and ids:
            after = 0
    else:
        before = next((place for place in range(at - 1, -1, -1) if patients[place] != patient), None)
        after = next((place for place in range(at + 1, len(ids)) if patients[place] != patient), None)
        kept = Row(patient, ids[at], *(None if place is None else ids[place] for place in (before, after)))
    st.session_state[ROW] = kept

    def way(place: int | None) -> Way | None:
        return None if place is None else (*patients[place], ids[place])

    return Neighbours(way(before), way(after), at)


def draw(rows: pl.DataFrame, *, has_keys: bool) -> None:
    """Draw the buttons that go to the patients of the rows before and after, and say how far along the list this is."""
    beside = of(rows)
    is_page = rows.height >= paging.ROWS
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        for label, shortcut, icon, to, which, end in (
            ("Previous", "P", ":material/chevron_left:", beside.before, "the row before", "first"),
            ("Next", "N", ":material/chevron_right:", beside.after, "the following row", "last"),
        ):
            st.button(
                label,
                key=f"turn_{label}",
                icon=icon,
                disabled=to is None,
                shortcut=shortcut if has_keys else None,
                help=f"The patient of {which}, also by the key {shortcut}"
                if to
                else f"This is the {end} patient of {'this page of ' if is_page else ''}the list.",
                on_click=open_patient,
                args=to or (),
            )
        if beside.at is not None:
            is_end = is_page and beside.after is None
            end = ", the end of this page: turn it below the list" if is_end else ""
            st.caption(f"Row {beside.at + 1:,} of {rows.height:,}{end}", width="content")

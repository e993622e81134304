"""To enter in the PMS: visits booked here, until an import shows that the PMS has them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import polars as pl
import streamlit as st

from pages.parts import booking_actions, format, one_practice, session
from services import to_enter
from services.actors import Right
from services.practices import Practice
from services.surroundings import ROOT

text, number, moment = st.column_config.TextColumn, st.column_config.NumberColumn, st.column_config.DatetimeColumn
PARTS = {"to enter": "To enter", "entered": "Entered, waits for an import"}


def table(rows: pl.DataFrame) -> pl.DataFrame:
    """Draw visits, and return those that are ticked."""
    cells = rows.select(
        "starts_at",
        "minutes",
        "provider",
        "patient",
        pl.col("phone").map_elements(format.phone, return_dtype=pl.String),
        "cot_number",
        pl.format("Visit {}", "position").alias("visit"),
        "made_by",
        *([pl.when("is_past").then("state_text").alias("remark")] if rows["is_past"].any() else []),
    )
    picked = st.dataframe(
        cells.to_arrow(),
        key=f"bookings_{hash(tuple(rows.select('booking_id', 'version').rows()))}",
        hide_index=True,
        placeholder="",
        alt="Visits booked here",
        on_select="rerun",
        selection_mode="multi-row",
        column_config={
            "starts_at": moment("When", format="ddd D MMM YYYY, HH:mm", width=165),
            "minutes": number("Min", width=60),
            "provider": text("With", width=140),
            "patient": text("Patient", width=180),
            "phone": text("Phone", width=115),
            "cot_number": text("COT", width=70),
            "visit": text("Visit", width=65),
            "remark": text("Remark", width=235),
            "made_by": text("Booked by", width=120),
        },
    )
    return rows[picked.selection.rows]


def downloads(here: session.Session, practice: Practice) -> None:
    """Draw the list as files."""

    def file_of(service: Callable[..., bytes]) -> bytes:
        return service(here.store, practice, actor=here.actor, now=here.now, today=here.today)

    with st.container(horizontal=True):
        for label, ending, service in (("CSV", "csv", to_enter.csv), ("Calendar", "ics", to_enter.calendar)):
            st.download_button(
                label,
                data=partial(file_of, service),
                file_name=f"to-enter-{here.today}.{ending}",
                key=f"to_enter_{ending}",
                icon=":material/download:",
                on_click="ignore",
                help="Everything on this page. That you took it is recorded.",
            )


booking_actions.follow()
here = session.require(Right.SEE)
st.title("To enter in the PMS", anchor=False)
st.markdown(
    "What was booked here has to be entered in the practice management system by hand. Mark it when you have; the next "
    "import then finds it there and takes it off this page."
)
if not here.shown:
    st.info("There is no practice yet. Import an extract, or add the sample practice, on the other pages.")
    st.stop()
practice = one_practice.choose(here, "to_enter_of")
rows = to_enter.waiting(here.store, [practice], actor=here.actor, today=here.today)
if rows.is_empty():
    st.success("Everything that was booked here is in the PMS. What is booked next comes here.")
    st.page_link(ROOT / "pages" / "appointment_book.py", label="Appointment book", icon=":material/calendar_view_week:")
    st.stop()
may_work = here.actor.may(Right.WORK)
conflicts = rows.filter(pl.col("state") == "conflict")
if conflicts.height:
    st.subheader(f"The import says otherwise ({conflicts.height:,})", anchor=False)
    for row in conflicts.to_dicts():
        booking_actions.settling(practice, row, may_work=may_work)
counts = dict(rows["state"].value_counts().iter_rows())
part = st.segmented_control(
    "Part",
    list(PARTS),
    format_func=lambda state: f"{PARTS[state]} ({counts.get(state, 0):,})",
    default="to enter",
    required=True,
    key="to_enter_part",
    label_visibility="collapsed",
)
shown = rows.filter(pl.col("state") == part)
if shown.is_empty():
    st.info("Nothing is to be entered." if part == "to enter" else "Nothing that was entered waits for an import.")
else:
    picked = table(shown)
    if may_work:
        booking_actions.ticking(practice, picked, is_entered=part == "entered")
if here.actor.may(Right.EXPORT):
    downloads(here, practice)
if may_work:
    booking_actions.draw(practice)

"""The pages of the appointment book: turned by buttons, drawn by day or by week, and the same in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from pages.parts import book_boxes, book_chart, book_wish, format, session
from pages.parts.book_boxes import Column
from pages.parts.book_wish import DAY, ONE_DAY, PROVIDER, VIEW, WEEK, Plan
from services import booking_settings, slots
from services.appointment_book import Provider
from services.practices import Practice

COLUMNS = "book_columns"
SATURDAY = 5

NO_TOOLBAR = '<style>[data-testid="stElementToolbar"] {display: none}</style>'
"""Taking the picture or its data away is not what the book is for."""


def toolbar(here: session.Session, providers: list[Provider], *, has_plan: bool) -> None:
    """Draw what turns the pages, and whose columns are shown; with a plan its panel asks for the provider."""
    # A day that was emptied is today.
    st.session_state[DAY] = st.session_state.get(DAY) or here.today
    st.session_state.setdefault(VIEW, ONE_DAY)
    names = {one.provider_id: f"{one.initials} – {one.name}" for one in providers}
    if st.session_state.get(PROVIDER) not in names:
        st.session_state[PROVIDER] = providers[0].provider_id
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        days = 7 if st.session_state[VIEW] == WEEK else 1
        st.button("Previous", key="book_previous", icon=":material/chevron_left:", on_click=_turn, args=(-days,))
        st.button("Today", key="book_today", on_click=_go_to, args=(here.today,))
        st.button("Next", key="book_next", icon=":material/chevron_right:", on_click=_turn, args=(days,))
        st.date_input("Date", format="DD/MM/YYYY", key=DAY, persist_state="session", width=130)
        st.segmented_control(
            "View", [ONE_DAY, WEEK], required=True, key=VIEW, persist_state="session", label_visibility="collapsed"
        )
        if st.session_state[VIEW] == ONE_DAY:
            st.multiselect(
                "Columns",
                list(names),
                format_func=names.__getitem__,
                placeholder="Every provider",
                key=COLUMNS,
                persist_state="session",
                width=260,
            )
        elif not has_plan:
            with st.container(width=260):
                book_wish.provider_field(names, "book_provider_shown")


def draw(here: session.Session, practice: Practice, providers: list[Provider], plan: Plan | None) -> None:
    """Draw the book; where a visit is to be booked, a click in free time chooses when it begins."""
    day: date = st.session_state[DAY]
    if st.session_state[VIEW] == WEEK:
        monday = day - timedelta(days=day.weekday())
        first, last = monday, monday + timedelta(days=6)
        drawn = [one for one in providers if one.provider_id == st.session_state[PROVIDER]]
    else:
        first = last = day
        asked = st.session_state.get(COLUMNS)
        drawn = [one for one in providers if not asked or one.provider_id in asked]
    ids = [one.provider_id for one in drawn]
    blocks = slots.week(here.store, practice, ids, from_on=first, to_on=last, actor=here.actor, now=here.now)
    columns = _columns(drawn, blocks, first, last, here.today)
    st.subheader(_heading(first, last, drawn), anchor=False)
    chosen = None
    if plan and plan.starts_at and plan.provider_id:
        chosen = (plan.provider_id, plan.starts_at, plan.wanted.patient)
    chart = book_chart.draw(
        blocks,
        columns,
        step_minutes=booking_settings.of(here.store, practice.practice_id).step_minutes,
        minutes=plan.minutes if plan else None,
        not_before=here.now.astimezone(ZoneInfo(practice.timezone)).replace(tzinfo=None),
        chosen=chosen,
        is_dark=st.context.theme.type == "dark",
    )
    # Another key for each choice: the same click after another choice would else say nothing new.
    key = f"book_chart_{first}_{last}_{'_'.join(ids)}_{chosen and chosen[1]:%Y%m%d%H%M}" if chosen else "book_chart"
    st.html(NO_TOOLBAR)
    if plan and book_chart.has_gaps(chart):
        on_select = partial(_clicked, key, plan)
        st.altair_chart(chart, key=key, selection_mode=book_chart.GAP, on_select=on_select)
    else:
        st.altair_chart(chart, key=key)
    with st.expander("The same in words"):
        st.markdown(in_words(blocks, columns))


def in_words(blocks: pl.DataFrame, columns: list[Column]) -> str:
    """Say what stands in each column of the book."""
    lines = []
    for column in columns:
        lines.append(f"**{format.plain(column.title)}**\n")
        of_column = blocks.filter((pl.col("provider_id") == column.provider_id) & (pl.col("day") == column.day))
        lines += [f"- {format.plain(book_boxes.told(block))}" for block in of_column.sort("from_at").to_dicts()]
        lines += [f"- {book_boxes.NOT_WORKING}"] if of_column.is_empty() else []
        lines.append("")
    return "\n".join(lines)


def _columns(drawn: list[Provider], blocks: pl.DataFrame, first: date, last: date, today: date) -> list[Column]:
    """Return a column for each provider of a day, or each day of a provider; a weekend only if something is on it."""
    if first == last:
        return [Column(one.provider_id, first, f"{one.initials}\n{one.name}") for one in drawn]
    used = set(blocks["day"])
    days = [first + timedelta(days=place) for place in range((last - first).days + 1)]
    return [
        Column(one.provider_id, day, f"{day:%a} {day.day} {day:%b}" + ("\ntoday" if day == today else ""))
        for one in drawn
        for day in days
        if day.weekday() < SATURDAY or day in used
    ]


def _heading(first: date, last: date, drawn: list[Provider]) -> str:
    if first == last:
        return f"{first:%A} {format.day(first)}"
    return f"{first.day} {first:%b} to {format.day(last)}, {format.plain(drawn[0].name if drawn else '')}"


def _turn(days: int) -> None:
    st.session_state[DAY] += timedelta(days=days)


def _go_to(day: date) -> None:
    st.session_state[DAY] = day


def _clicked(key: str, plan: Plan) -> None:
    """Choose the time that was clicked on."""
    state = st.session_state.get(key)
    for point in (state.selection.get(book_chart.GAP) if state else None) or []:
        book_wish.choose(plan.wish, point["provider_id"], datetime.fromisoformat(point["at"]))

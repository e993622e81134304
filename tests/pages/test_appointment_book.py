"""The appointment book: opened from a row, a call or the menu, turned, booked in, moved in; and how it is drawn."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import book_boxes, book_chart
from pages.parts.book_boxes import Column
from queries import workflow
from queries.store import Store
from services import bookings, practices, slots
from services.actions import Chosen
from services.actors import Role
from tests.pages.conftest import signed_in_as
from tests.pages.screen import button, field, open_page, pick, press, read
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice
from tests.staff import person

TOMORROW = TODAY + timedelta(days=1)
BOOK = "appointment_book.py"


@pytest.fixture
def elm(practice: SmallPractice, monkeypatch: pytest.MonkeyPatch) -> SmallPractice:
    """Elm Road, where Ben works from 9:00 to 17:30, with a course of Mrs Okafor's; Amara is signed in."""
    practice.hours(break_from=time(13), break_to=time(14))
    person(practice.store, "amara", practice.id)
    practice.course(course_id="a", cot_number="A")
    practice.add("planned_visits", "first", course_id="a", minutes=40)
    signed_in_as(monkeypatch, practice.store, "amara")
    return practice


def booked(practice: SmallPractice) -> list[dict[str, Any]]:
    """What was booked here."""
    rows = practice.store._connection.execute(
        "select booking_id, planned_visit_id, provider_id, starts_at, minutes, state from bookings order by made_at"
    )
    return [
        dict(zip(("id", "visit", "provider", "at", "minutes", "state"), row, strict=True)) for row in rows.fetchall()
    ]


def book(practice: SmallPractice, course: str, at: datetime, *, visit: str | None = None) -> None:
    """Book a visit at another screen."""
    version = workflow.current(practice.store, [practice.id], [course], today=TODAY)["version"][0]
    bookings.book(
        practice.store,
        Chosen(practice.id, course, version),
        planned_visit_id=visit,
        provider_id="ben",
        starts_at=at,
        minutes=40,
        actor=SYSTEM,
        now=NOW,
        today=TODAY,
        action_id=f"meanwhile {course}",
    )


def from_the_list() -> AppTest:
    """Open the book from the one row of the list."""
    app = open_page("opportunities.py")
    pick(app, 0)
    app.button(key="do_book").click().run()
    assert app.title[0].value == "Appointment book"
    # AppTest forgets where st.switch_page has gone.
    app.switch_page(BOOK).run()
    assert not app.exception
    return app


def type_in(app: AppTest, day: Any, at: time) -> None:
    """Type a day and a time."""
    field(app, "Day").set_value(day).run()
    app.time_input[0].set_value(at).run()
    assert not app.exception


def test_a_suggested_time_is_booked_from_a_row_with_its_planned_visit_and_undo_takes_it_back(
    elm: SmallPractice,
) -> None:
    app = from_the_list()
    assert "COT A, visit 1 of 1" in read(app)
    assert button(app, "Book").disabled
    press(app, "Thu 26 Nov, 09:00")
    assert "Thu 26 Nov 2026, 09:00 to 09:40** (40 min) with Ben Adeyemi" in read(app)
    press(app, "Book")
    assert "1 opportunity of 1 patient booked for 26 Nov 2026 at 09:00 with Ben Adeyemi." in read(app)
    assert "09:00 to 09:40: Okafor, Ngozi, booked here, to enter in the PMS, 40 min, COT A" in read(app)
    (kept,) = booked(elm)
    assert (kept["visit"], kept["at"], kept["state"]) == ("first", datetime(2026, 11, 26, 9), "to enter")
    press(app, "Undo")
    assert [one["state"] for one in booked(elm)] == ["cancelled"]
    app.switch_page("opportunities.py").run()
    assert list(app.dataframe[0].value["cot_number"]) == ["A"]


def test_a_typed_time_is_booked_outside_the_hours_only_when_one_says_so_and_never_over_another_visit(
    elm: SmallPractice,
) -> None:
    elm.appointment(None, in_days=1)
    app = from_the_list()
    type_in(app, TOMORROW, time(9, 50))
    assert "This time is not free, or it is over. Choose another." in read(app)
    assert button(app, "Book").disabled
    type_in(app, TOMORROW, time(17))
    assert "This is outside of the provider's working hours, or somebody else is in the room then." in read(app)
    assert button(app, "Book").disabled
    app.checkbox[0].check().run()
    press(app, "Book")
    assert [one["at"] for one in booked(elm)] == [datetime(2026, 11, 25, 17)]


def test_a_time_that_is_taken_meanwhile_is_refused_and_another_can_be_chosen(elm: SmallPractice) -> None:
    elm.add("patients", "zoe", first_name="Zoë")
    app = from_the_list()
    press(app, "Thu 26 Nov, 09:00")
    book(elm, elm.course(patient="zoe"), datetime(2026, 11, 26, 9))
    press(app, "Book")
    assert "26 Nov 2026 at 09:00 is not free any more. Nothing was booked." in read(app)
    assert len(booked(elm)) == 1
    press(app, "Thu 26 Nov, 09:40")
    press(app, "Book")
    assert [one["at"].hour for one in booked(elm)] == [9, 9]


def test_of_a_course_that_somebody_changed_meanwhile_nothing_is_booked_and_it_is_said_why(elm: SmallPractice) -> None:
    app = from_the_list()
    press(app, "Thu 26 Nov, 09:00")
    book(elm, "a", datetime(2026, 11, 27, 9), visit="first")
    press(app, "Book")
    assert "Nothing was done." in read(app)
    assert "1 was left alone:" in read(app)
    assert len(booked(elm)) == 1


def test_another_visit_brings_its_own_length_provider_and_first_day(elm: SmallPractice) -> None:
    elm.add("providers", "ada", name="Ada Birch", initials="AB")
    elm.add("planned_visits", "second", course_id="a", position=2, minutes=20, provider_id="ada")
    app = from_the_list()
    assert (field(app, "Provider").value, app.number_input[0].value) == ("ben", 40)
    field(app, "Visit").set_value("second").run()
    assert (field(app, "Provider").value, app.number_input[0].value) == ("ada", 20)
    app.toggle[0].set_value(True).run()
    press(app, "Wed 25 Nov, 09:00 · BA")
    press(app, "Book")
    assert [(one["visit"], one["provider"], one["minutes"]) for one in booked(elm)] == [("second", "ben", 20)]


def test_a_booking_that_is_to_be_moved_opens_in_the_book_and_moves(elm: SmallPractice) -> None:
    book(elm, "a", datetime(2026, 11, 26, 9), visit="first")
    app = open_page("opportunities.py")
    app.session_state["book_move"] = booked(elm)[0]["id"]
    app.switch_page(BOOK).run()
    assert "Booked for Thu 26 Nov 2026, 09:00. Choose where to move it." in read(app).replace("**", "")
    type_in(app, TODAY + timedelta(days=2), time(9, 20))
    press(app, "Move it")
    assert "moved to 26 Nov 2026 at 09:20 with Ben Adeyemi." in read(app)
    assert [(one["at"], one["state"]) for one in booked(elm)] == [(datetime(2026, 11, 26, 9, 20), "to enter")]


def test_the_book_is_turned_by_day_and_by_week_and_whoever_only_reads_books_nothing(
    elm: SmallPractice, monkeypatch: pytest.MonkeyPatch
) -> None:
    person(elm.store, "rae", elm.id, role=Role.READ_ONLY)
    signed_in_as(monkeypatch, elm.store, "rae")
    elm.closed("ben", from_on=TOMORROW, reason="Training")
    app = open_page(BOOK)
    assert "Tuesday 24 Nov 2026" in read(app)
    press(app, "Next")
    assert "09:00 to 17:30: Training" in read(app)
    app.session_state["book_view"] = "Week"
    app.run()
    press(app, "Previous")
    assert "16 Nov to 22 Nov 2026, Ben Adeyemi" in read(app)
    assert "Book" not in {one.label for one in app.button}


def test_without_working_hours_it_is_said_where_to_set_them(store: Store) -> None:
    SmallPractice(store)
    app = open_page(BOOK)
    assert "Nobody's working hours are set" in read(app)
    assert "Set working hours" in [one.proto.label for one in app.get("page_link")]


# --- The drawing


def drawn(practice: SmallPractice, minutes: int, **given: Any) -> list[dict[str, Any]]:
    """What the marks of Ben's TOMORROW are drawn from."""
    (here,) = practices.of(practice.store, SYSTEM)
    blocks = slots.week(practice.store, here, ["ben"], from_on=TOMORROW, to_on=TOMORROW, actor=SYSTEM, now=NOW)
    columns = [Column("ben", TOMORROW, "BA")]
    chart = book_chart.draw(blocks, columns, step_minutes=10, minutes=minutes, **given)
    return [row for layer in chart.layer for row in pl.DataFrame(layer.data).to_dicts()]


def test_a_gap_is_clicked_where_the_visit_still_fits_and_not_before_now(elm: SmallPractice) -> None:
    elm.appointment(None, in_days=1)
    now = datetime(2026, 11, 25, 9, 10)
    times = [row["at"][11:] for row in drawn(elm, 40, not_before=now) if row["at"]]
    assert times[:6] == ["09:10", "09:20", "09:20", "09:20", "09:20", "10:30"]
    assert times[-1] == "16:50"
    assert "09:00" not in {row["at"][11:] for row in drawn(elm, 90) if row["at"]}


def test_two_visits_at_once_stand_side_by_side_over_a_day_off_that_hides_its_break(elm: SmallPractice) -> None:
    elm.appointment("a", in_days=1, status="confirmed")
    elm.appointment(None, in_days=1, minutes=10)
    elm.closed(from_on=TOMORROW, reason="Training")
    marks = [row for row in drawn(elm, 40) if row["fill"] and "Okafor" in row["told"]]
    assert [(round(row["x2"] - row["x"], 2), row["told"]) for row in marks] == [
        (0.48, "10:00 to 10:10: Okafor, Ngozi, 10 min"),
        (0.48, "10:00 to 10:30: Okafor, Ngozi, confirmed, 30 min, COT A"),
    ]
    closed = [row for row in drawn(elm, 40) if row["fill"] and row["told"].endswith(("Training", "Break, 1 h"))]
    assert [(round(row["x2"] - row["x"], 2), row["told"]) for row in closed] == [(0.96, "09:00 to 17:30: Training")]


def test_a_room_that_somebody_else_is_in_is_said_but_not_over_a_break() -> None:
    day = TODAY.isoformat()
    blocks = pl.DataFrame(
        [
            {"kind": kind, "from_at": f"{day}T{begins}", "to_at": f"{day}T{ends}", "label": label}
            for kind, begins, ends, label in (
                ("room", "10:00", "10:30", "Room in use"),
                ("break", "13:00", "14:00", "Break"),
                ("room", "13:00", "13:30", "Room in use"),
            )
        ]
    ).with_columns(pl.col("from_at", "to_at").str.to_datetime(), provider_id=pl.lit("ben"), day=pl.lit(TODAY))
    boxes = book_boxes.of(blocks, [Column("ben", TODAY, "Ben")])
    assert [(box["look"], box["told"]) for box in boxes] == [
        ("closed", "10:00 to 10:30: Room in use, 30 min"),
        ("closed", "13:00 to 14:00: Break, 1 h"),
    ]

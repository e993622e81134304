"""The settings of the appointment book on screen: proposed, saved, refused in words, and removed again."""

from __future__ import annotations

from datetime import time, timedelta

from services import booking_settings, practices, working_hours
from services.working_hours import Closure, Hours
from tests.pages.screen import open_page, press, read
from tests.practice import NOW, SYSTEM, TODAY


def test_hours_are_proposed_saved_and_hold_for_a_provider_who_has_none(store, practice):
    app = open_page("booking_settings.py")
    assert "There are no hours yet, so no free time is found." in read(app)
    fields = {field.label: field for field in app.time_input}
    assert (fields["Monday: from"].value, fields["Saturday: from"].value) == (time(9), None)
    fields["Friday: until"].set_value(time(16))
    fields["Saturday: from"].set_value(time(9))
    press(app, "Save the hours")
    assert "Saturday needs both a time from which and one until which" in read(app)
    fields = {field.label: field for field in app.time_input}
    fields["Saturday: until"].set_value(time(12))
    press(app, "Save the hours")
    assert "The practice, Saturday: 09:00 to 12:00 (was none)" in read(app)
    kept = working_hours.of(store, practice.id)
    assert kept["weekday"].to_list() == [1, 2, 3, 4, 5, 6]
    assert kept.filter(weekday=5)["to_time"].item() == time(16)

    app.selectbox(f"hours_of_{practice.id}").set_value("ben").run()
    assert "BA – Ben Adeyemi has no hours of their own: those of the practice hold." in read(app)
    rooms = {field.label: field for field in app.text_input}
    rooms["Monday: room"].set_value("Surgery 1")
    press(app, "Save the hours")
    assert working_hours.of(store, practice.id).filter(provider_id="ben", weekday=1)["room"].item() == "Surgery 1"
    press(app, "Go by the practice's hours")
    assert working_hours.of(store, practice.id).filter(provider_id="ben").is_empty()


def test_days_off_are_added_and_removed_and_online_booking_is_turned_on(store, practice):
    elm = practices.all_practices(store)[0]
    working_hours.change(store, elm, "ben", [Hours(1, time(9), time(17))], actor=SYSTEM, now=NOW)
    practice.appointment(None, in_days=1)
    app = open_page("booking_settings.py")
    assert "Nobody is away, and the practice is open on all its days." in read(app)
    first, _ = app.date_input
    first.set_value(TODAY + timedelta(days=1))
    press(app, "Add")
    assert "The last day is the first day or later." in read(app)
    app.date_input[1].set_value(TODAY + timedelta(days=2))
    press(app, "Add")
    assert "1 visit is booked in that time and stay so" in read(app)
    (kept,) = working_hours.closures(store, elm, from_on=TODAY, actor=SYSTEM)
    assert kept == Closure("", TODAY + timedelta(days=1), TODAY + timedelta(days=2), closure_id=kept.closure_id)
    press(app, "Remove it")
    assert "The practice: 25 Nov 2026 to 26 Nov 2026 was removed." in read(app)
    assert working_hours.closures(store, elm, from_on=TODAY, actor=SYSTEM) == []

    assert "Online bookings are taken by: BA. Not by: nobody." in read(app)
    app.toggle[0].set_value(True)
    press(app, "Save how we book")
    assert "Patients book by a link: yes (was no)" in read(app)
    assert booking_settings.of(store, practice.id).is_online

"""The page Results: what was booked after whose contact, the window that is chosen, and a practice without a past."""

from __future__ import annotations

from services import care
from tests.pages.screen import open_page, read
from tests.practice import TODAY, SmallPractice
from tests.services.test_snapshots import Days


def test_the_window_that_is_chosen_credits_the_booking(practice: SmallPractice) -> None:
    days = Days(practice)
    days.look(-40)
    course = practice.course(days_ago=41)
    days.look(-39)
    days.does(care.attempt, course, "spoke", day=-20)
    days.does(care.book, course, visit_on=TODAY, day=-10)
    days.look(-9)
    page = open_page("results.py")
    credited = "followed a contact about the course on that day or at most {} days before"
    assert f"Of 1 booking in the last 90 days, worth £420 private, 1 worth £420 {credited.format(30)}" in read(page)
    assert "It is too early: a month is compared 74 days after its end." in read(page)
    window = next(one for one in page.segmented_control if one.label.startswith("Credit"))
    window.set_value(7).run()
    assert f"private, 0 worth £0 {credited.format(7)}" in read(page)
    assert "0 are no longer booked: cancelled, missed, or with another visit to book." in read(page)
    assert "It takes 10 courses first listed in the last 12 months to draw a curve; there is 1." in read(page)
    assert "No booking link was sent in this period." in read(page)
    assert not page.exception


def test_a_practice_without_a_past_says_when_results_show(practice: SmallPractice) -> None:
    assert "There is no history yet" in read(open_page("results.py"))


def test_after_the_first_look_each_chart_says_why_it_is_empty(practice: SmallPractice) -> None:
    Days(practice).look(0)
    text = read(open_page("results.py"))
    assert "Nothing was booked in this period." in text
    assert "Nothing came on the list for the first time in this period." in text
    assert "Nothing was rejected in this period." in text

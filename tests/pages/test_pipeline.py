"""The page Pipeline: its cards and charts over the sample's kind of practice, a bar's way to the list, and none yet."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from services.store import Store
from tests.pages.screen import open_page, read
from tests.practice import SmallPractice


@pytest.fixture
def elm(practice: SmallPractice) -> SmallPractice:
    """Two courses to be booked and one rejected."""
    practice.course(days_ago=20)
    practice.course(days_ago=200)
    practice.state(practice.course(days_ago=40), status="rejected", reject_reason="cost")
    return practice


def test_the_first_sentence_and_the_cards_say_what_is_still_to_be_booked(elm: SmallPractice) -> None:
    page = open_page("pipeline.py")
    assert "Elm Road: 2 courses of 1 patient are still to be booked, worth £840.00 private and 0 UDAs" in read(page)
    cards = {card.label: card.value for card in page.metric}
    assert (cards["Unbooked value"], cards["Patients"], cards["Booked this week"]) == ("£840", "1", "–")
    assert "What is on the list now, by status" in read(page)
    assert "Most: Open, £840." in read(page)
    assert "There is no history yet" in read(page)
    course = elm.course(days_ago=50)
    assert "Elm Road: 3 courses" in read(page.run())
    elm.state(course, status="rejected", reject_reason="cost")
    assert "Elm Road: 2 courses" in read(page.run())


def test_a_row_of_a_table_opens_the_list_with_its_filter(elm: SmallPractice) -> None:
    page = open_page("pipeline.py")
    tick(page, "table_pipeline-age", 0)
    assert [title.value for title in page.title] == ["Opportunities"]
    assert {metric.label: metric.value for metric in page.metric}["Courses"] == "1"


def test_one_course_without_a_provider_keeps_no_other_from_opening_the_list(elm: SmallPractice) -> None:
    elm.item(elm.course(provider_id=None), price_pence=900_000)
    page = open_page("pipeline.py")
    tick(page, "table_pipeline-provider", 0)
    assert "no filter for courses without a provider" in page.toast[0].value
    tick(page, "table_pipeline-provider", 1)
    assert [title.value for title in page.title] == ["Opportunities"]


def test_a_practice_with_nothing_on_the_list_says_when_the_charts_fill(practice: SmallPractice) -> None:
    page = open_page("pipeline.py")
    assert "Nothing is on the list. The charts fill when" in read(page)
    assert not page.exception


def test_without_a_practice_it_says_how_one_gets_in(store: Store) -> None:
    assert "There is no practice yet." in read(open_page("pipeline.py"))


def test_with_two_practices_each_is_told_beside_the_other(elm: SmallPractice, store: Store) -> None:
    SmallPractice(store, "Oak Lane").course()
    assert "Practice against practice" in read(open_page("pipeline.py"))


def tick(page: AppTest, key: str, row: int) -> None:
    """Tick a row of a table, as the browser reports it."""
    page.session_state[key] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    page.run()
    assert not page.exception

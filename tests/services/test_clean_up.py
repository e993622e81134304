"""The clean-up queue: each row with who rejected it, why, and what the chart has left to do."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from services import care, clean_up, practices
from services.actions import Chosen
from services.actors import Actor
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice


def rejected(practice: SmallPractice, reason: str = "wrong in chart", note: str | None = None, **facts: Any) -> str:
    """A course that was rejected for this reason."""
    course = practice.course(**facts)
    care.reject(
        practice.store,
        [Chosen(practice.id, course, 0)],
        reason=reason,
        note=note,
        actor=SYSTEM,
        now=NOW,
        today=TODAY,
        action_id=f"reject {course}",
    )
    return course


def queue(practice: SmallPractice, actor: Actor = SYSTEM) -> pl.DataFrame:
    """The queue of all practices."""
    return clean_up.queue(practice.store, practices.all_practices(practice.store), actor=actor, today=TODAY)


def test_only_what_is_wrong_in_the_chart_is_in_it(practice):
    rejected(practice, "cost")
    practice.course()
    assert queue(practice).is_empty()
    course = rejected(practice)
    assert queue(practice)["opportunity_id"].to_list() == [course]


def test_it_says_who_rejected_it_on_which_day_and_why(practice):
    rejected(practice, note="Planned twice.")
    (row,) = queue(practice).to_dicts()
    assert (row["rejected_by"], row["rejected_on"], row["rejected_note"]) == (
        SYSTEM.user_id,
        date(2026, 11, 24),
        "Planned twice.",
    )


def test_a_rejection_that_was_taken_back_does_not_speak_for_a_later_one(practice):
    course = rejected(practice, note="A slip.")
    care.undo(
        practice.store, [practice.id], f"reject {course}", actor=SYSTEM, now=NOW, today=TODAY, action_id="taken back"
    )
    assert queue(practice).is_empty()
    care.reject(
        practice.store,
        [Chosen(practice.id, course, 2)],
        reason="wrong in chart",
        note="Done already.",
        actor=SYSTEM,
        now=NOW,
        today=TODAY,
        action_id="again",
    )
    assert queue(practice)["rejected_note"].to_list() == ["Done already."]


@pytest.mark.parametrize(
    ("facts", "is_open"),
    [
        ({}, True),
        ({"completed_on": TODAY}, False),
        ({"is_deleted": True}, False),
    ],
)
def test_what_is_open_on_the_chart_is_neither_done_nor_deleted(practice, facts, is_open):
    course = rejected(practice)
    practice.item(course, description="Veneer", price_pence=100, **facts)
    (row,) = queue(practice).to_dicts()
    told = [(item["description"], item["price_pence"]) for item in row["open_items"]]
    assert told == [("Crown", 42000), *([("Veneer", 100)] if is_open else [])]


def test_a_course_without_items_is_there_too(practice):
    rejected(practice, item=False, stated_value_pence=5000)
    assert queue(practice)["open_items"].to_list() == [[]]


def test_the_actors_own_come_first_then_by_provider_and_age(practice):
    practice.add("providers", "abe", name="Abe Young", initials="AY")
    old, new = rejected(practice, days_ago=40), rejected(practice, days_ago=10)
    other = rejected(practice, days_ago=90, provider_id="abe")
    none = rejected(practice, days_ago=99, provider_id=None)
    assert queue(practice)["opportunity_id"].to_list() == [other, old, new, none]
    assert queue(practice)["provider_name"].to_list() == ["AY – Abe Young", *["BA – Ben Adeyemi"] * 2, None]

"""Why a practice rejects: a list of its own, of which what something follows from stays."""

from __future__ import annotations

import pytest

from services import practices, reject_reasons
from services.errors import InvalidRequest
from services.practices import Practice
from services.reject_reasons import STANDARD
from tests.practice import NOW, SYSTEM, SmallPractice


@pytest.fixture
def elm(practice: SmallPractice) -> Practice:
    """The practice as the pages hand it to the services."""
    return practices.all_practices(practice.store)[0]


def change(practice: SmallPractice, elm: Practice, reasons: list[str], seen: tuple[str, ...] = STANDARD) -> list[str]:
    """Save reasons as they were typed over those that were seen."""
    return reject_reasons.change(practice.store, elm, reasons, seen=seen, actor=SYSTEM, now=NOW)


def kept(practice: SmallPractice) -> list[str]:
    """The reasons of the practice."""
    return reject_reasons.of(practice.store, [practice.id])[practice.id]


def test_a_practice_begins_with_the_products_reasons(practice, elm):
    assert kept(practice) == list(STANDARD)
    assert reject_reasons.current(practice.store, elm, actor=SYSTEM).last is None


def test_its_own_are_kept_in_its_order_tidied_and_once_each(practice, elm):
    said = change(practice, elm, ["Other", "  gone   abroad ", "", "Wrong in chart", "gone abroad"])
    assert kept(practice) == ["other", "gone abroad", "wrong in chart"]
    assert said == ["Reasons: other, gone abroad, wrong in chart"]
    assert str(reject_reasons.current(practice.store, elm, actor=SYSTEM).last).startswith(
        "test (command line) on 24 Nov"
    )


@pytest.mark.parametrize(
    ("reasons", "why"),
    [
        (["cost", "other"], "wrong in chart"),
        (["cost", "wrong in chart"], "other"),
        ([], "wrong in chart"),
        ([*STANDARD, "inactive in chart"], "given by imports"),
        ([*STANDARD, *(f"reason {n}" for n in range(24))], "31 reasons"),
        ([*STANDARD, "x" * 61], "too long"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changed(practice, elm, reasons, why):
    with pytest.raises(InvalidRequest, match=why):
        change(practice, elm, reasons)
    assert kept(practice) == list(STANDARD)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(practice, elm):
    change(practice, elm, [*STANDARD, "gone abroad"])
    with pytest.raises(InvalidRequest, match="Somebody changed the reasons"):
        change(practice, elm, [*STANDARD, "retired"])
    assert kept(practice) == [*STANDARD, "gone abroad"]


def test_the_same_again_changes_nothing(practice, elm):
    assert change(practice, elm, list(STANDARD)) == []
    assert reject_reasons.current(practice.store, elm, actor=SYSTEM).last is None

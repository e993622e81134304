"""The store's path, the practice-local day, and when an idle session ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from services.errors import ConfigurationError
from services.surroundings import ROOT, idle, moment, store_path, today

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_the_store_lies_in_the_project_unless_the_environment_says_where() -> None:
    assert store_path({}) == ROOT / "data" / "care-manager.duckdb"
    assert store_path({"CARE_MANAGER_STORE": " "}) == ROOT / "data" / "care-manager.duckdb"
    assert store_path({"CARE_MANAGER_STORE": "/somewhere/own.duckdb"}) == Path("/somewhere/own.duckdb")


def test_a_folder_for_a_store_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Name a file in it"):
        store_path({"CARE_MANAGER_STORE": str(tmp_path)})


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 7, 1, 22, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 23, 0, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2026, 12, 1, 23, 59, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2026, 12, 2, 0, 0, tzinfo=UTC), date(2026, 12, 2)),
    ],
)
def test_the_day_is_the_practices_own_in_summer_and_winter(now: datetime, day: date) -> None:
    assert today({}, now) == day


def test_the_day_can_be_pinned() -> None:
    assert today({"CARE_MANAGER_TODAY": "2026-03-01"}, NOON) == date(2026, 3, 1)


@pytest.mark.parametrize("pinned", ["tomorrow", "24/11/2026", "2026-02-30", "20261124"])
def test_a_day_that_is_none_is_refused_in_words(pinned: str) -> None:
    with pytest.raises(ConfigurationError, match="CARE_MANAGER_TODAY"):
        today({"CARE_MANAGER_TODAY": pinned}, NOON)


@pytest.mark.parametrize(("minutes", "expected"), [("", 30), (" ", 30), ("1", 1), (" 45 ", 45), ("720", 720)])
def test_a_session_is_idle_after_half_an_hour_or_as_the_environment_says(minutes: str, expected: int) -> None:
    assert idle({}) == timedelta(minutes=30)
    assert idle({"CARE_MANAGER_IDLE_MINUTES": minutes}) == timedelta(minutes=expected)


@pytest.mark.parametrize("minutes", ["0", "721", "-5", "half an hour", "1.5", "30 min"])
def test_minutes_that_are_none_are_refused_in_words(minutes: str) -> None:
    with pytest.raises(ConfigurationError, match=r"CARE_MANAGER_IDLE_MINUTES is .* from 1 to 720"):
        idle({"CARE_MANAGER_IDLE_MINUTES": minutes})


@pytest.mark.parametrize(
    ("pinned", "expected"),
    [
        ("", "2026-11-24 12:00"),
        ("2026-11-24", "2026-11-24 12:00"),
        ("2026-03-01", "2026-03-01 12:00"),
        # The clock on the wall shows the same; it is an hour ahead in summer.
        ("2026-06-30", "2026-06-30 11:00"),
    ],
)
def test_the_book_goes_by_the_time_of_day_on_the_day_that_is_pinned(pinned: str, expected: str) -> None:
    assert f"{moment({'CARE_MANAGER_TODAY': pinned}, NOON):%Y-%m-%d %H:%M}" == expected

"""What the environment says: where the store is, and which day it is at the practice."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from services.errors import ConfigurationError

ROOT = Path(__file__).resolve().parent.parent
TIMEZONE = "Europe/London"

TodayAt = Callable[[datetime, str], date]
"""Given a moment and a time zone, return the practice's day."""


def store_path(environ: Mapping[str, str]) -> Path:
    """Return the path of the store: CARE_MANAGER_STORE, else data/care-manager.duckdb of the project.

    Raises ConfigurationError when it names a folder.
    """
    named = environ.get("CARE_MANAGER_STORE", "").strip()
    path = Path(named).expanduser().absolute() if named else ROOT / "data" / "care-manager.duckdb"
    if path.is_dir():
        raise ConfigurationError(
            f"CARE_MANAGER_STORE names the folder {named}. Nothing was changed. Name a file in it instead."
        )
    return path


def today(environ: Mapping[str, str], now: datetime, timezone: str = TIMEZONE) -> date:
    """Return the practice-local day: CARE_MANAGER_TODAY, else the day of `now` in the time zone.

    Raises ConfigurationError when CARE_MANAGER_TODAY is no day.
    """
    pinned = environ.get("CARE_MANAGER_TODAY", "").strip()
    if not pinned:
        return now.astimezone(ZoneInfo(timezone)).date()
    try:
        return datetime.strptime(pinned, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no time zone
    except ValueError as problem:
        raise ConfigurationError(
            f"CARE_MANAGER_TODAY is {pinned}, which is no day. Write it as 2026-11-24, or leave it out."
        ) from problem


def moment(environ: Mapping[str, str], now: datetime, timezone: str = TIMEZONE) -> datetime:
    """Return `now`, or where CARE_MANAGER_TODAY says that it is another day, the same time of that day.

    The appointment book, and the patient's page, have free time from this moment on.
    """
    return on_day(today(environ, now, timezone), now, timezone)


def on_day(day: date, now: datetime, timezone: str) -> datetime:
    """Return `now` where it is that day in the time zone, else the same time of that day."""
    here = now.astimezone(ZoneInfo(timezone))
    return now if day == here.date() else datetime.combine(day, here.time(), here.tzinfo).astimezone(now.tzinfo)


def idle(environ: Mapping[str, str]) -> timedelta:
    """Return after how long without a click a session ends: CARE_MANAGER_IDLE_MINUTES, else half an hour.

    Raises ConfigurationError when that is no number from 1 to 720.
    """
    minutes = environ.get("CARE_MANAGER_IDLE_MINUTES", "").strip() or "30"
    if not (minutes.isdecimal() and 1 <= int(minutes) <= 720):
        raise ConfigurationError(
            f"CARE_MANAGER_IDLE_MINUTES is {minutes}. Write a number of minutes from 1 to 720, or leave it out."
        )
    return timedelta(minutes=int(minutes))


def secrets(
    environ: Mapping[str, str], practice_id: str, file: Path = ROOT / ".streamlit" / "secrets.toml"
) -> dict[str, str]:
    """Return keys and passwords by their names: from the environment, else from .streamlit/secrets.toml.

    What stands in the file under [practices.<practice id>] is that practice's own and counts before both.
    Raises ConfigurationError when the file cannot be read.
    """
    try:
        kept = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ConfigurationError(".streamlit/secrets.toml is no TOML file. Nothing was sent. Mend it.") from problem
    own = kept.get("practices", {}).get(practice_id, {})
    return {**_texts(kept), **environ, **_texts(own)}


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items() if isinstance(value, str | int)}

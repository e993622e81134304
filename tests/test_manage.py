"""The command line: what it does, what it says, and with which code it ends."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

import manage
from services.store import open_store
from tests.practice import SmallPractice

ROOT = Path(__file__).parents[1]

PATIENTS = "patient_id,first_name,last_name,mobile\nokafor,Ngozi,Okafor,07700 900123\n"
COURSES = (
    "course_id,cot_number,patient_id,opened_on\n1,A1,okafor,2026-11-01\n2,A2,okafor,2026-11-24\n3,A3,ghost,2026-11-01\n"
)
ITEMS = (
    "treatment_item_id,course_id,description,charged_to,price\ni1,1,Crown,private,420.00\ni2,2,Crown,private,420.00\n"
)


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    """A small extract with one row that cannot be used."""
    folder = tmp_path / "extract"
    folder.mkdir()
    (folder / "patients.csv").write_text(PATIENTS)
    (folder / "courses.csv").write_text(COURSES)
    (folder / "treatment_items.csv").write_text(ITEMS)
    return folder


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A store of its own, on 24 November 2026."""
    return {"CARE_MANAGER_STORE": str(tmp_path / "store.duckdb"), "CARE_MANAGER_TODAY": "2026-11-24"}


@pytest.fixture
def process(environ: dict[str, str]) -> Run:
    """Run manage.py as a process."""

    def run(*arguments: str) -> Done:
        found = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", **environ},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        return Done(found.returncode, found.stdout, found.stderr)

    return run


@pytest.fixture
def run(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run manage.py within this process, which is quicker."""

    def run(*arguments: str, **other: str) -> Done:
        for name, value in {**environ, **other}.items():
            monkeypatch.setenv(name, value)
        capsys.readouterr()
        try:
            code = manage.main(arguments)
        except SystemExit as refused:
            code = int(refused.code or 0)
        return Done(code, *capsys.readouterr())

    return run


def rows_of(output: str) -> list[dict[str, str]]:
    """Read CSV."""
    return list(csv.DictReader(io.StringIO(output)))


def test_an_extract_goes_in_and_the_list_comes_out(process, extract):
    done = process("import", str(extract), "--practice", "Elm Road")
    assert done.returncode == 0, done.stderr
    assert "courses.csv, line 4" in done.stdout
    rows = rows_of(process("opportunities", "--format", "csv").stdout)
    assert rows == [
        {
            "practice": "Elm Road",
            "patient_id": "okafor",
            "patient": "Okafor, Ngozi",
            "provider": "",
            "payor": "",
            "cot_number": "A1",
            "opened_on": "2026-11-01",
            "last_updated_on": "",
            "status": "Open",
            "assigned_to": "",
            "value": "420.00",
            "uda": "",
            "worth": "420.00",
            "phone": "07700 900123",
            "email": "",
            "next_visit_on": "",
            "reason": "No appointment",
        }
    ]


def test_all_adds_the_open_courses_that_are_not_listed_and_why(run, extract):
    run("import", str(extract))
    rows = rows_of(run("opportunities", "--format", "csv", "--all").stdout)
    assert [(row["cot_number"], row["status"]) for row in rows] == [("A1", "Open"), ("A2", "Not listed")]
    assert rows[1]["reason"] == "Not listed yet: opened on 24 Nov 2026, reception may still book it"


def test_json_and_the_table_show_the_same_list(run, extract):
    run("import", str(extract))
    assert [row["value"] for row in json.loads(run("opportunities", "--format", "json").stdout)] == [420.0]
    assert "Okafor, Ngozi" in run("opportunities").stdout


def test_the_day_is_a_parameter(run, extract):
    run("import", str(extract))
    tomorrow = rows_of(run("opportunities", "--format", "csv", "--today", "2026-11-25").stdout)
    assert [row["cot_number"] for row in tomorrow] == ["A1", "A2"]


def test_a_dry_run_changes_nothing(run, extract):
    done = run("import", str(extract), "--dry-run")
    assert (done.returncode, "nothing was changed" in done.stdout) == (0, True)
    assert rows_of(run("opportunities", "--format", "csv").stdout) == []


def test_what_cannot_be_used_says_so_and_exits_with_1(run, tmp_path):
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    done = run("import", str(empty), "--preset", "course-report")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "empty.csv" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("import", "no-such-folder"), "There is no file or folder no-such-folder"),
        (("import", "manage.py", "--preset", "abacus"), "invalid choice"),
        (("opportunities", "--practice", "Nowhere"), "There is no practice called Nowhere"),
        (("opportunities", "--today", "soon"), "invalid"),
        ((), "required"),
    ],
)
def test_a_wrong_call_says_what_is_wrong_and_exits_with_2(run, arguments, said):
    done = run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_day_pinned_wrongly_says_so(run, extract):
    done = run("opportunities", CARE_MANAGER_TODAY="someday")
    assert done.returncode == 1
    assert "CARE_MANAGER_TODAY is someday" in done.stderr


def test_a_store_in_use_is_left_alone(process, run, tmp_path, extract):
    store = open_store(tmp_path / "store.duckdb", now=datetime.now(UTC))
    SmallPractice(store)
    try:
        done = process("import", str(extract))
    finally:
        store.close()
    assert done.returncode == 1
    assert "in use by another process" in done.stderr
    assert rows_of(run("opportunities", "--format", "csv").stdout) == []


def test_check_and_migrate_speak_plainly(run, extract):
    assert "Applied 0001_practices." in run("migrate").stdout
    assert run("migrate").stdout.strip() == "The store is up to date."
    run("import", str(extract))
    done = run("check")
    assert (done.returncode, done.stdout.strip()) == (0, "The store is whole.")


def test_the_sample_is_added_once_to_an_empty_store_and_removed(run):
    assert "None of its patients is real" in run("sample", "--if-empty").stdout
    assert run("sample", "--if-empty").stdout == ""
    assert len(rows_of(run("opportunities", "--format", "csv").stdout)) > 300
    assert "removed" in run("sample", "--remove").stdout
    assert rows_of(run("opportunities", "--format", "csv").stdout) == []

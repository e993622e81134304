"""Every SQL file of the project: prepares, opens with a comment, reads no clock, and is called from one place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from queries.store import MIGRATIONS, SQL

QUERIES = SQL.parent
FILES = sorted(SQL.rglob("*.sql"))
CLOCKS = r"\b(now|today|localtimestamp|get_current_timestamp)\s*\(|\bcurrent_(date|timestamp|time)\b"


def name_of(file: Path) -> str:
    """Return the name by which the code calls a statement."""
    return file.relative_to(SQL).with_suffix("").as_posix()


def without_comments(text: str) -> str:
    """Return the statement alone."""
    return re.sub(r"--[^\n]*", "", text)


@pytest.mark.parametrize("file", [*FILES, *sorted(MIGRATIONS.glob("*.sql"))], ids=lambda file: file.stem)
def test_it_opens_with_a_comment_and_reads_no_clock(file):
    text = file.read_text(encoding="utf-8")
    assert re.match(r"-- \w.+", text), "say what it does on the first line"
    assert not re.search(CLOCKS, without_comments(text)), "time is a parameter"
    assert "group by all" not in text, "PostgreSQL has none"
    assert "* exclude" not in text, "PostgreSQL has none"
    assert not re.search(r"\$\w+,\$", text), "write `$a, $b`: PostgreSQL reads `$a,$b` as a quote"


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_it_is_one_statement_in_lower_case_without_interpolation(file):
    text = without_comments(file.read_text(encoding="utf-8"))
    assert ";" not in text
    assert "{" not in text
    assert text == re.sub(r"(?<=\s)[A-Z]{3,}(?=\s)", lambda word: word.group().lower(), text)


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_a_list_of_rows_says_its_order(file):
    text = without_comments(file.read_text(encoding="utf-8")).strip()
    if text.startswith(("select", "with")) and name_of(file) not in {"patients/find"}:
        assert "order by" in text


def stands_alone(file: Path) -> bool:
    """Say whether a statement needs no frame, and is not one that every start of the store runs."""
    text = without_comments(file.read_text(encoding="utf-8"))
    return "from staged" not in text and "create macro listing." not in text and "create table" not in text


@pytest.mark.parametrize("file", [file for file in FILES if stands_alone(file)], ids=name_of)
def test_it_prepares_against_the_migrated_store(store, file):
    store._connection.cursor().execute(f"prepare checked as {file.read_text(encoding='utf-8')}")


def calls() -> dict[str, list[str]]:
    """Return for every statement the modules that call it, by its whole name or by a name made of listed parts."""
    found: dict[str, list[str]] = {name_of(file): [] for file in FILES}
    for module in QUERIES.glob("*.py"):
        text = module.read_text(encoding="utf-8")
        for name in found:
            found[name] += [module.name] * text.count(f'"{name}"')
            for start in re.findall(r'f"([a-z_]+/[a-z_]*)\{', text):
                part = name.removeprefix(start)
                if name.startswith(start) and f'"{part}"' in text:
                    found[name].append(module.name)
    return found


@pytest.mark.parametrize(("name", "places"), calls().items(), ids=calls().keys())
def test_it_has_exactly_one_caller(name, places):
    assert len(places) == 1, f"{name} is called from {places or 'nowhere'}"

"""Why SQL has no answer, in words that help and are no more than that."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest

from queries.typed_sql import Limits, Sandbox, Unanswered
from services.sql_words import in_words
from tests.practice import TODAY

LIMITS = Limits()

SAID = {
    "-- nothing": "There is no question yet. Write one that begins with select.",
    "drop view opportunities": "Only one question at a time can be asked",
    "select 1; select 2": "Only one question at a time can be asked",
    "select * from read_text('/etc/passwd')": "Files, other machines and the database's own extensions cannot be",
    "select * from enable_logging('QueryLog')": "No setting can be changed from here. Nothing was changed.",
    "select * from passwords": "There is no view passwords. The views are opportunities, patients,",
    "select repeat('x', 1000000) from range(100)": "The answer is larger than 16 MB and was stopped.",
    "select valeu_pounds from opportunities": 'The database does not understand this: Referenced column "valeu_pounds"',
    "select from where": 'The database does not understand this: syntax error at or near "where"',
    "select practice::int from opportunities": "The database does not understand this: Could not convert",
    "select getenv('HOME')": "The database does not understand this: Scalar Function with name getenv does not exist!",
    "select $1": "The database does not understand this: Not all parameters were bound",
    f"select {'x' * 9_000}": "The database does not understand this:",
    "select repeat('x', 1000000000)": "The question needed more than 512 MB of memory and was stopped.",
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One process that is asked everything."""
    with Sandbox({"opportunities": pl.DataFrame({"practice": ["Elm Road"]})}, today=TODAY, limits=LIMITS) as box:
        yield box


@pytest.mark.parametrize("sql", SAID)
def test_it_is_a_sentence_without_the_databases_own(sandbox, sql):
    with pytest.raises(Unanswered) as caught:
        sandbox.ask(sql)
    said = in_words(caught.value, LIMITS)
    assert said.startswith(SAID[sql])
    assert not {"LINE", "\n", "Error:"} & {part for part in ("LINE", "\n", "Error:") if part in said}
    assert len(said) < 400


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("time", "The question took more than 10 seconds and was stopped. Nothing was changed."),
        ("ended", "The question ended the process that works it out. Nothing else was touched."),
        ("InternalException", "The database could not work this question out. Nothing else was touched."),
    ],
)
def test_what_cannot_be_brought_about_at_will_is_said_too(why, words):
    assert in_words(Unanswered(why, "INTERNAL Error: 0x00"), LIMITS).startswith(words)

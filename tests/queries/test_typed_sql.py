"""Typed SQL: whatever is asked, it reads its own tables and nothing else, and ends in time."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from queries import typed_sql
from queries.typed_sql import Limits, Sandbox, Unanswered
from tests.practice import TODAY

ROWS = pl.DataFrame({"practice": ["Elm Road", "Elm Road"], "value_pounds": [420.0, 80.5]})
LIMITS = Limits(seconds=10, megabytes=256, rows=100, columns=30, bytes=1_000_000)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One process that is asked everything, so that a question also has to leave it whole for the next."""
    with Sandbox({"opportunities": ROWS}, today=TODAY, limits=LIMITS) as box:
        yield box


@pytest.fixture(autouse=True)
def _it_still_answers(sandbox: Sandbox) -> Iterator[None]:
    """After every question the next one is answered, from the same rows."""
    yield
    rows, _ = sandbox.ask("select sum(value_pounds) as value, count(*) as rows from opportunities")
    assert rows.row(0) == (500.5, 2)


def why(sandbox: Sandbox, sql: str) -> str:
    """Why a question has no answer."""
    with pytest.raises(Unanswered) as caught:
        sandbox.ask(sql)
    return caught.value.why


# --- What is asked is answered


def test_a_question_is_answered_in_its_order_with_its_names(sandbox):
    rows, is_more = sandbox.ask("SELECT value_pounds v, practice FROM Opportunities ORDER BY v; -- the least first")
    assert rows.to_dicts() == [{"v": 80.5, "practice": "Elm Road"}, {"v": 420.0, "practice": "Elm Road"}]
    assert not is_more


def test_the_day_is_the_practices(sandbox):
    assert sandbox.ask("select practice_today() as day")[0]["day"][0] == TODAY


def test_columns_of_one_name_are_told_apart(sandbox):
    assert sandbox.ask("select 1 as a, 2 as a, 3 as a")[0].to_dicts() == [{"a": 1, "a_1": 2, "a_2": 3}]


def test_what_is_no_plain_value_comes_as_text_or_number(sandbox):
    rows, _ = sandbox.ask(
        "select [1, 2] as list, {'a': 1} as struct, interval 1 day as span, sum(practice_today() - date '2026-11-23')"
        " as total, 1.25::decimal(9, 2) as part, null as nothing, timestamptz '2026-11-24 10:00' as at"
    )
    assert rows.row(0) == ("[1, 2]", "{'a': 1}", "1 day", 1.0, 1.25, None, "2026-11-24 10:00:00+00")


@pytest.mark.parametrize("columns", [30, 31])
def test_an_answer_of_too_many_columns_is_refused(sandbox, columns):
    sql = f"select {', '.join(map(str, range(columns)))}"
    if columns > 30:
        assert why(sandbox, sql) == "columns"
    else:
        assert sandbox.ask(sql)[0].width == 30


@pytest.mark.parametrize(
    ("day", "is_shown"),
    [
        ("date '0001-01-01'", True),
        ("date '9999-12-31'", True),
        ("timestamp '9999-12-31 23:59:59'", True),
        ("date '0001-01-01' - 1", False),
        ("date '10000-01-01'", False),
        ("'infinity'::date", False),
        ("'-infinity'::timestamp", False),
        ("timestamp '10000-01-01 00:00:00'", False),
    ],
)
def test_a_day_that_no_calendar_here_has_is_refused(sandbox, day, is_shown):
    """Whoever draws or prints such a day ends in an error of its own."""
    if is_shown:
        assert sandbox.ask(f"select {day} as day")[0].rows()
    else:
        assert why(sandbox, f"select {day} as day union all select null") == "day"


@pytest.mark.parametrize(("rows", "is_more"), [(99, False), (100, False), (101, True)])
def test_more_rows_than_are_shown_are_told(sandbox, rows, is_more):
    shown, more = sandbox.ask(f"select * from range({rows})")
    assert (shown.height, more) == (min(rows, 100), is_more)


def test_an_answer_without_end_is_cut(sandbox):
    rows, is_more = sandbox.ask("with recursive t(i) as (select 1 union all select i + 1 from t) select * from t")
    assert (rows.height, is_more) == (100, True)


# --- No file, no network, no setting, no change


FILES = [
    "select * from read_csv('/etc/passwd')",
    "select * from read_csv_auto('/etc/passwd')",
    "select * from read_text('/etc/passwd')",
    "select * from read_blob('/etc/passwd')",
    "select * from read_json('/etc/passwd')",
    "select * from read_parquet('/etc/passwd')",
    "select * from parquet_metadata('/etc/passwd')",
    "select * from sniff_csv('/etc/passwd')",
    "select * from glob('/etc/*')",
    "select * from '/etc/passwd'",
    "select * from '/proc/self/environ'",
    "from read_text('/proc/self/environ')",
    "select (select content from read_text('/etc/passwd'))",
    "select * from opportunities where practice in (select content from read_text('/etc/passwd'))",
    "from query('select * from read_text(''/etc/passwd'')')",
    "from query_table('/etc/passwd')",
    "from json_execute_serialized_sql(json_serialize_sql('select * from read_text(''/etc/passwd'')'))",
    "select * from read_csv('https://example.com/x.csv')",
    "from 'http://127.0.0.1:9/x.parquet'",
    "from 's3://example/x.parquet'",
    "select * from read_duckdb('/tmp/x.duckdb')",
    "select * from sqlite_scan('/tmp/x.db', 't')",
    "select * from duckdb_extensions()",
]


def test_a_pivot_without_its_values_is_several_statements(sandbox):
    with pytest.raises(Unanswered) as caught:
        sandbox.ask("pivot opportunities on practice using count(*)")
    assert caught.value.words == "MULTI"
    assert sandbox.ask("pivot opportunities on practice in ('Elm Road') using count(*)")[0].height == 2


@pytest.mark.parametrize("sql", FILES)
def test_no_file_and_no_other_machine_is_read(sandbox, sql):
    assert why(sandbox, sql) in {"PermissionException", "CatalogException", "BinderException", "InvalidInputException"}


STATEMENTS = [
    "",
    " ; ; ",
    "-- nothing",
    "/* nothing */",
    "select 1; select 2",
    "select 1; drop table opportunities",
    "select 1;\n--\ncopy opportunities to '/tmp/care-manager-stolen.csv'",
    "copy opportunities to '/tmp/care-manager-stolen.csv'",
    "copy (select 1) to '/dev/stdout'",
    "export database '/tmp/care-manager-stolen'",
    "import database '/tmp/care-manager-stolen'",
    "attach '/tmp/care-manager-stolen.duckdb' as other",
    "attach ':memory:' as other",
    "detach memory",
    "use memory",
    "install httpfs",
    "load httpfs",
    "force install httpfs from community",
    "set memory_limit = '100GB'",
    "set global enable_external_access = true",
    "reset lock_configuration",
    "pragma enable_profiling",
    "pragma version",
    "call pragma_version()",
    "call enable_logging('QueryLog')",
    "create table t (i int)",
    "create macro f() as 1",
    "create secret s (type s3)",
    "drop view opportunities",
    "insert into opportunities values ('x', 1)",
    "update opportunities set practice = 'x'",
    "delete from opportunities",
    "prepare p as select 1",
    "execute p",
    "begin",
    "commit",
    "checkpoint",
    "vacuum",
    "explain analyze select 1",
    "ｓｅｌｅｃｔ 1",
    "select 1 \x00; drop view opportunities",
]


@pytest.mark.parametrize("sql", STATEMENTS)
def test_what_is_no_single_question_is_refused(sandbox, sql):
    assert why(sandbox, sql) in {"refused", "ParserException"}
    assert not list(Path("/tmp").glob("care-manager-stolen*"))


@pytest.mark.parametrize(
    "sql",
    [
        "with x as (insert into opportunities values ('x', 1) returning *) select * from x",
        "with x as (delete from opportunities returning *) select * from x",
        "select * from enable_logging('QueryLog', storage='file', storage_path='/tmp/care-manager-stolen')",
        "select getenv('HOME')",
        "select * from users",
        "select * from passwords",
        "select * from main.sessions",
        "select * from information_schema.tables where table_name = 'passwords' and error('found')",
        "select * from pandas_scan(140000000000)",
        "select * from arrow_scan(1, 2, 3)",
        "select * from connection",
        "select * from task",
        "select nextval('event_numbers')",
        "select $1",
        "select ?",
        "select " + "(" * 5_000 + "1" + ")" * 5_000,
        "select '\ud800'",
    ],
)
def test_what_a_question_may_not_reach_is_refused(sandbox, sql):
    if "information_schema" in sql:
        assert sandbox.ask(sql)[0].is_empty()
    else:
        assert why(sandbox, sql).endswith(("Exception", "Error")) or why(sandbox, sql) == "ended"


def test_it_knows_no_secret_and_no_variable_of_the_app(sandbox):
    assert sandbox.ask("from duckdb_secrets()")[0].is_empty()
    names = set(sandbox.ask("select table_name from information_schema.tables")[0]["table_name"])
    assert names == {"opportunities"}


def test_settings_can_be_read_and_are_locked(sandbox):
    rows, _ = sandbox.ask(
        "select name, value from duckdb_settings() where name in ('enable_external_access', 'lock_configuration')"
        " order by name"
    )
    assert rows.rows() == [("enable_external_access", "false"), ("lock_configuration", "true")]


# --- No more than its time and memory


def test_an_answer_that_is_too_large_is_ended(sandbox):
    assert why(sandbox, "select repeat('x', 10000) from range(1000)") == "size"


@pytest.mark.parametrize(
    "sql",
    [
        "select repeat('x', 1000000000)",
        "select string_agg(repeat('x', 1000000), '') from range(10000)",
        "select list(i) from range(1000000000) t(i)",
        "select array_agg(a || b) from (select repeat('a', 1000000) a from range(1000)), range(1000) t(b)",
    ],
)
def test_what_needs_too_much_memory_is_ended(sandbox, sql):
    assert why(sandbox, sql) in {"memory", "ended"}


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) from range(1000000000000)",
        "with recursive t(i) as (select 1 union all select i + 1 from t) select count(*) from t",
    ],
)
def test_what_takes_too_long_is_ended(sql):
    with Sandbox({}, today=TODAY, limits=Limits(seconds=0.4, megabytes=256)) as impatient:
        assert why(impatient, sql) == "time"


def test_a_process_that_dies_is_told_and_the_next_question_answered(sandbox):
    sandbox.ask("select 1")
    os.kill(sandbox._process.pid, signal.SIGKILL)
    assert why(sandbox, "select 1") == "ended"


def test_the_process_gets_no_environment_and_no_open_file_and_ends_with_whoever_asked(monkeypatch):
    monkeypatch.setenv("SENDGRID_API_KEY", "secret")
    with socket.socket() as held, Sandbox({"opportunities": ROWS}, today=TODAY, limits=LIMITS) as box:
        os.set_inheritable(held.fileno(), True)
        box.ask("select 1")
        process = box._process
        of_process = Path(f"/proc/{process.pid}")
        assert b"SENDGRID" not in (of_process / "environ").read_bytes()
        kinds = {os.readlink(file).split(":")[0] for file in (of_process / "fd").iterdir()}
    assert kinds == {"/dev/null", "pipe"}
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    "said",
    [
        b'{"is_refused": true, "bytes": 0}\n',
        b'{"problem": 1, "words": 2, "bytes": 0}\n',
        b"",
        b"no json\n",
        b'{"bytes": 5}\nabc',
        b'{"bytes": 99999999999}\n',
        b"x" * 2_000_000,
        b"[1]\n",
    ],
    ids=["no kinds", "no words", "nothing", "no JSON", "too little", "too much", "no end", "no object"],
)
def test_what_the_process_says_is_not_believed(monkeypatch, tmp_path, said):
    program = tmp_path / "program.py"
    started = b'{"is_ready": true, "bytes": 0}\n' if b"bytes" in said else b""
    program.write_text(f"import os\nos.write(1, {started + said!r})\n")
    monkeypatch.setattr(typed_sql, "PROGRAM", program)
    with Sandbox({}, today=TODAY, limits=LIMITS) as box, pytest.raises(Unanswered, match=r"ended|refused|^1$"):
        box.ask("select 1")

"""Explore: choices and SQL are answered for the practices shown, and what leaves is recorded and runs nowhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from queries.store import Store
from queries.typed_sql import Limits, Unanswered
from services import explore, history, practices, sql_words
from services.actors import Actor, NotAllowed, Role
from services.errors import InvalidRequest
from services.explore import Answer
from services.explore_report import Section
from services.explore_views import EXAMPLES, VIEWS
from services.notebook_cells import GROUPS, MEASURES, Cell
from services.opportunities import Filters
from services.practices import Practice
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice
from tests.staff import person

ROOT = Path(__file__).parents[2]


@pytest.fixture
def elm(practice: SmallPractice) -> Practice:
    """The small practice as services take it."""
    return practices.named(practices.all_practices(practice.store), "Elm Road")


def measured(store: Store, shown: Sequence[Practice], cell: Cell, filters: Filters | None = None) -> pl.DataFrame:
    """The answer to a cell of choices, under its headings."""
    return explore.measure(store, shown, cell, filters or Filters(), actor=SYSTEM, today=TODAY).as_file()


def asked(store: Store, shown: Sequence[Practice], sql: str, **given: Any) -> Answer:
    """The answer to a question in SQL."""
    return explore.ask(store, shown, sql, actor=SYSTEM, now=NOW, today=TODAY, **given)


def refusal(store: Store, shown: Sequence[Practice], sql: str, **given: Any) -> str:
    """Why a question in SQL has no answer."""
    with pytest.raises(InvalidRequest) as caught:
        asked(store, shown, sql, **given)
    return str(caught.value)


# --- Choices


def test_what_is_measured_is_that_of_the_list(practice, store, elm):
    practice.add("patients", "price", last_name="Price")
    first, second = practice.course(days_ago=10), practice.course(days_ago=40)
    practice.course(days_ago=40, patient="price", item=False, payor_id="nhs", band="2b")
    practice.state(first, attempts=2)
    practice.state(second, status="rejected", reject_reason="moved away")
    answer = explore.measure(
        store, [elm], Cell(group="payor", measures=tuple(MEASURES)), Filters(), actor=SYSTEM, today=TODAY
    )
    assert answer.as_file().rows() == [
        ("NHS", 1, 1, 0.0, 5.0, 0.0, 0),
        ("Private", 1, 1, 420.0, 0.0, 420.0, 2),
    ]
    assert answer.as_file().columns == ["Payor", *MEASURES.values()]
    assert answer.about == (
        "Opportunities, patients, value, UDA, worth and attempts by payor: 2 groups, 2 opportunities."
    )


def test_a_patient_with_two_opportunities_counts_once_in_a_group(practice, store, elm):
    practice.course(days_ago=10)
    practice.course(days_ago=20)
    rows = measured(store, [elm], Cell(group="provider", measures=("opportunities", "patients")))
    assert rows.rows() == [("BA", 2, 1)]


def test_days_open_are_counted_from_the_day_it_was_opened(practice, store, elm):
    for days in (1, 30, 31, 60, 61, 90, 91, 180, 181, 365):
        practice.course(days_ago=days)
    rows = measured(store, [elm], Cell(group="age", measures=("opportunities",))).rows()
    assert rows == [(band, 2) for band in list(explore.AGES.values())[:-1]]


def test_groups_stand_in_their_own_order_or_by_what_they_come_to(practice, store, elm):
    for days in (100, 100, 10, 40):
        practice.course(days_ago=days)
    practice.course(days_ago=10, payor_id="plan", item=False)
    assert measured(store, [elm], Cell(group="age"))["Days open"].to_list() == [
        "0 to 30 days",
        "31 to 60 days",
        "91 to 180 days",
    ]
    assert measured(store, [elm], Cell(group="payor"))["Payor"].to_list() == ["Private", "Denplan"]
    assert measured(store, [elm], Cell(group="opened_month"))["Month opened"].to_list() == [
        "2026-08",
        "2026-10",
        "2026-11",
    ]


def test_a_group_is_said_in_words(practice, store, elm):
    practice.course(provider_id=None)
    words = {
        "assigned_to": "Nobody",
        "reject_reason": "Not rejected",
        "status": "Open",
        "reason": "No appointment",
        "payor_kind": "Private",
        "tries": "None",
        "practice": "Elm Road",
        "provider": "None",
    }
    found = {group: measured(store, [elm], Cell(group=group))[GROUPS[group]].to_list() for group in words}
    assert found == {group: [word] for group, word in words.items()}


def test_attempts_are_put_together_from_three_on(practice, store, elm):
    for attempts in (0, 1, 2, 3, 4):
        practice.state(practice.course(), attempts=attempts)
    rows = measured(store, [elm], Cell(group="tries", measures=("opportunities", "attempts"))).rows()
    assert rows == [("None", 1, 0), ("1", 1, 1), ("2", 1, 2), ("3 or more", 2, 7)]


def test_a_second_group_parts_the_first(practice, store, elm):
    practice.course(payor_id="private")
    practice.state(practice.course(payor_id="private"), status="contacted")
    practice.course(payor_id="plan")
    cell = Cell(group="payor", split="status", measures=("opportunities",))
    assert measured(store, [elm], cell).rows() == [
        ("Private", "Open", 1),
        ("Private", "Contacted", 1),
        ("Denplan", "Open", 1),
    ]


def test_a_group_by_itself_twice_is_one_group(practice, store, elm):
    practice.course()
    assert measured(store, [elm], Cell(group="payor", split="payor")).columns == ["Payor", "Value", "Opportunities"]


def test_filters_are_those_of_the_list(practice, store, elm):
    practice.course(payor_id="plan")
    practice.course()
    rows = measured(store, [elm], Cell(group="payor"), Filters(payors=("Denplan",)))
    assert rows["Payor"].to_list() == ["Denplan"]


def test_only_the_practices_shown_are_measured(practice, store, elm):
    practice.course()
    SmallPractice(store, "Oak Lane").course()
    assert measured(store, [elm], Cell(group="practice"))["Practice"].to_list() == ["Elm Road"]


def test_nothing_listed_is_an_empty_answer(store, elm):
    assert measured(store, [elm], Cell()).is_empty()


def test_nothing_to_measure_is_refused_in_words(store, elm):
    with pytest.raises(InvalidRequest, match="Choose something to count"):
        measured(store, [elm], Cell(measures=()))
    with pytest.raises(InvalidRequest, match="Choose another group"):
        measured(store, [elm], Cell(group="search_text"))


# --- SQL


def test_every_view_has_the_columns_that_are_told_in_the_page_and_in_the_document(practice, store, elm):
    told = (ROOT / "docs" / "explore.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"### (\w+)\n(.*?)(?=\n### |\Z)", told, re.DOTALL))
    assert list(sections) == list(VIEWS)
    union = " union all ".join(
        f"select * from (select '{name}' as view, column_name from (describe {name}))" for name in VIEWS
    )
    columns = asked(store, [elm], union).frame.group_by("view").agg("column_name")
    found = dict(columns.iter_rows())
    for name, (about, words) in VIEWS.items():
        assert found[name] == list(words)
        assert about in sections[name]
        assert re.findall(r"\| `(\w+)` \| (.+) \|", sections[name]) == list(words.items())


def test_sql_sees_the_practices_shown_and_no_names_of_patients(practice, store, elm):
    oak = SmallPractice(store, "Oak Lane")
    for one in (practice, oak):
        one.state(one.course(course_id="c1"), attempts=1)
        one.appointment("c1", in_days=200)
    answer = asked(
        store,
        [elm],
        "select o.practice, o.attempts, o.value_pounds, c.course_id, p.has_mobile, a.status, t.price_pounds, v.name"
        " from opportunities o, courses c, patients p, appointments a, treatment_items t, providers v",
    )
    assert answer.frame.rows() == [("Elm Road", 1, 420.0, "c1", True, "booked", 420.0, "Ben Adeyemi")]
    assert answer.money == ("value_pounds", "price_pounds")
    everything = "".join(
        asked(store, [elm], f"from {name}").frame.write_csv() for name in ("patients", "opportunities")
    )
    assert not re.search(r"Okafor|Ngozi|07700|example\.com|Oak", everything)


def test_what_was_booked_here_and_by_which_link_is_in_the_views(practice, store, elm):
    with store.transaction() as tx:
        tx._cursor.execute(
            "insert into bookings values ('b1', $p, 'c1', 'okafor', null, 'ben', '2026-12-01 10:00', 30, 'to enter',"
            " null, null, 'patient', '2026-07-01 23:30', 1, 'patient', '2026-07-01 23:30')",
            {"p": practice.id},
        ).fetchall()
        tx._cursor.execute(
            "insert into booking_links values ('hash', $p, 'c1', 'okafor', '', 'm1', 'amara', '2026-07-01 09:00',"
            " '2026-07-15 09:00', '2026-07-01 23:00', '2026-07-01 23:30', 'booked', 'b1', null, null)",
            {"p": practice.id},
        ).fetchall()
    rows = asked(
        store,
        [elm],
        "select l.used_for, l.opened_at::varchar, b.person, b.made_on::varchar, b.starts_at::varchar, b.provider,"
        " b.state from booking_links l join bookings b on b.booking_id = l.booking_id and b.practice = l.practice",
    ).frame
    assert rows.rows() == [
        ("booked", "2026-07-02 00:00:00", "The patient", "2026-07-02", "2026-12-01 10:00:00", "BA", "to enter")
    ]


def test_every_example_is_answered(store, elm):
    together = ", ".join(f"(select count(*) from ({sql}))" for sql in EXAMPLES.values())
    assert asked(store, [elm], f"select {together}").frame.row(0) == (0,) * len(EXAMPLES)


def test_times_of_events_are_the_practices_and_notes_stay_out(practice, store, elm):
    course = practice.course()
    with store.transaction() as tx:
        tx._cursor.execute(
            "insert into events (practice_id, opportunity_id, patient_id, kind, by_user, happened_at, note, after)"
            " values ($p, $c, 'okafor', 'attempted', 'amara', '2026-07-01 23:30', 'said she is ill', $after),"
            " ($p, $c, 'okafor', 'patient viewed', 'amara', '2026-07-01 23:30', null, null),"
            " ($p, null, null, 'signed in', 'amara', '2026-07-01 23:30', null, null)",
            {"p": practice.id, "c": course, "after": '{"outcome": "no answer"}'},
        ).fetchall()
        tx._cursor.execute(
            "insert into events (practice_id, opportunity_id, patient_id, kind, by_user, happened_at, undoes)"
            " select practice_id, opportunity_id, patient_id, 'undone', 'amara', '2026-07-01 23:31', event_id"
            " from events where kind = 'attempted' and practice_id = $p",
            {"p": practice.id},
        ).fetchall()
    rows = asked(store, [elm], "select * from events order by event_id").frame
    assert rows.select("kind", "how", "person", "is_undone", pl.col("happened_at").cast(pl.String)).rows() == [
        ("attempted", "no answer", "Amara Nwosu", True, "2026-07-02 00:30:00.000000"),
        ("undone", None, "Amara Nwosu", False, "2026-07-02 00:31:00.000000"),
    ]
    assert str(rows["happened_on"][0]) == "2026-07-02"


def test_more_rows_than_are_shown_are_said(store, elm):
    few = replace(explore.LIMITS, rows=10)
    assert asked(store, [elm], "from range(11)", limits=few).about == "The first 10 rows are shown; there are more."
    assert asked(store, [elm], "from range(1)", limits=few).about == "1 row."


def test_a_view_that_is_not_whole_is_said(practice, store, elm, monkeypatch):
    monkeypatch.setattr(explore, "MOST_ROWS", 1)
    practice.course(days_ago=20)
    practice.course(days_ago=10)
    answer = asked(store, [elm], "select days_open from opportunities")
    assert answer.frame["days_open"].to_list() == [10]
    assert answer.about == "1 row. Only 1 rows of opportunities were looked at; there are more. Choose one practice."
    monkeypatch.setattr(explore, "MOST_ROWS", 4)
    counts = ", ".join(f"(select count(*) from {name})" for name in ("courses", "treatment_items", "providers"))
    answer = asked(store, [elm], f"select {counts}")
    assert answer.frame.row(0) == (1, 2, 1)
    assert answer.about == "1 row. Only 1 rows of courses were looked at; there are more. Choose one practice."


def test_why_there_is_no_answer_is_a_sentence(practice, store, elm):
    assert refusal(store, [elm], " ") == "There is no question yet. Write one that begins with select."
    assert refusal(store, [elm], "x" * 10_001).startswith("SQL has 10,000 letters at most")
    assert refusal(store, [elm], "select * from passwords").startswith("There is no view passwords.")
    for why, kinds, words in (
        ("refused", "MULTI", "A pivot has to name its values"),
        ("day", "", "A day of the answer lies before the year 1"),
        ("columns", "", "The answer has more than 200 columns and was stopped."),
    ):
        assert sql_words.in_words(Unanswered(why, kinds), Limits()).startswith(words)


def test_what_takes_too_long_is_stopped_in_words(store, elm):
    endless = "select count(*) from range(1000000000000)"
    said = refusal(store, [elm], endless, limits=Limits(seconds=0.2))
    assert said.startswith("The question took more than 0.2 seconds and was stopped. Nothing was changed.")


def test_the_audit_has_every_question_in_sql_answered_or_not(store, elm, grace):
    long = f"select -- {'x' * 2_000}"
    with pytest.raises(InvalidRequest):
        explore.ask(store, [elm], long, actor=grace, now=NOW, today=TODAY)
    (row,) = history.search(store, [elm], actor=SYSTEM, kinds=["asked in SQL"]).to_dicts()
    assert (row["by_user"], row["note"]) == ("Grace", f"{long[:1_000]} …")


def test_only_so_many_ask_at_once(store, elm, monkeypatch):
    monkeypatch.setattr(explore, "PATIENCE", 0.01)
    for _ in range(explore.AT_ONCE):
        assert explore._askers.acquire(timeout=1)
    try:
        assert "Others are asking" in refusal(store, [elm], "select 1")
    finally:
        for _ in range(explore.AT_ONCE):
            explore._askers.release()


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.CLINICIAN, Role.READ_ONLY])
def test_who_does_not_lead_asks_with_choices_but_not_in_sql_and_takes_nothing_out(store, elm, role):
    actor = person(store, "grace", elm.practice_id, role=role)
    answer = explore.measure(store, [elm], Cell(), Filters(), actor=actor, today=TODAY)
    with pytest.raises(NotAllowed):
        explore.ask(store, [elm], "select 1", actor=actor, now=NOW, today=TODAY)
    with pytest.raises(NotAllowed):
        explore.export(store, [elm], answer, "mine", actor=actor, now=NOW)
    with pytest.raises(NotAllowed):
        explore.report(store, [elm], "mine", [], actor=actor, now=NOW, today=TODAY)


# --- What leaves


def exports_of(store: Store) -> list[tuple[Any, ...]]:
    """What the audit says was taken out."""
    rows = store._connection.execute("select practice_id, by_user, note from events where kind = 'exported'")
    return rows.fetchall()


@pytest.fixture
def grace(store: Store, elm: Practice) -> Actor:
    """Grace, who manages the practice."""
    return person(store, "grace", elm.practice_id, role=Role.MANAGER)


def test_a_cell_as_csv_runs_no_formula_and_is_recorded(store, elm, grace):
    answer = asked(store, [elm], "select '=1+1' as \"@cmd\", '+44 7700 900123' as phone, -5 as number")
    file = explore.export(store, [elm], answer, "Numbers", actor=grace, now=NOW).decode("utf-8-sig")
    assert file == "'@cmd,phone,number\n'=1+1,+44 7700 900123,-5\n"
    alike = Answer(pl.DataFrame({"=a": [1], "'=a": [2]}), {"=a": "=a", "'=a": "'=a"}, (), "")
    assert b"'=a,''=a\n1,2" in explore.export(store, [elm], alike, "Alike", actor=grace, now=NOW)
    assert exports_of(store)[0] == ("elm-road", "grace", "Explore, Numbers: 1 rows")


def test_a_report_stands_alone_escapes_everything_and_is_recorded(store, elm, grace):
    bad = "<script>alert(1)</script>"
    rows = pl.DataFrame({bad: [bad, '"><img src=x onerror=alert(1)>'], "Value": [1234.5, None]})
    section = Section(bad, bad, rows, ("Value",), "<svg></svg>", f'"{bad}', bad)
    file = explore.report(store, [elm], bad, [section], actor=grace, now=NOW, today=TODAY).decode()
    assert "<script" not in file
    assert "<img" not in file
    assert "£1,234.50" in file
    assert "default-src 'none'" in file
    assert not re.search(r"<\w[^>]*(src|href|onerror)=", file)
    assert "Elm Road. 24 Nov 2026, by Grace." in file
    assert exports_of(store) == [("elm-road", "grace", f"Explore, report {bad}")]


def test_a_report_says_what_of_a_long_table_it_leaves_out(store, elm, grace):
    section = Section("Long", "", pl.DataFrame({"n": range(1_001)}))
    file = explore.report(store, [elm], "Long", [section], actor=grace, now=NOW, today=TODAY).decode()
    assert "The first 1,000 rows; 1 more are not in this report." in file
    assert file.count("<tr>") == 1_001

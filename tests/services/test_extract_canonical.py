"""The canonical form is what docs/extract.md says, and dirty rows of it are refused in words."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import pytest

from queries import pms
from services.errors import UnusableExtract
from services.extract.canonical import ABOUT, FILES
from services.extract.opendental_tables import TABLES
from services.extract.report_headings import MEANINGS
from tests.extracts import COURSES, PATIENTS, canonical, reasons

DOCS = (Path(__file__).parents[2] / "docs" / "extract.md").read_text(encoding="utf-8")


def table_under(heading: str) -> list[list[str]]:
    """Return the rows of the first table below a heading of the documentation."""
    section = re.split(r"\n##+ ", DOCS.split(f" {heading}\n", 1)[1])[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize("spec", [*FILES.values(), ABOUT], ids=lambda spec: spec.file)
def test_the_documentation_says_every_file_and_column(spec):
    heading = f"{spec.file} (required)" if spec.is_required else spec.file
    assert f"\n### {heading}\n\n{spec.meaning}\n" in DOCS
    assert table_under(heading) == [
        [one.title, one.kind.name, "yes" if one.is_required else "", one.unit, one.example, one.meaning]
        for one in spec.columns
    ]


def test_the_documentation_says_what_is_read_of_open_dental_and_of_a_report():
    assert table_under("Open Dental") == [
        [name, ", ".join(column.name for column in table.columns)] for name, table in TABLES.items()
    ]
    assert table_under("Course report") == [[one.words, ", ".join(one.headings)] for one in MEANINGS]


def test_every_type_is_documented():
    kinds = {column.kind.name for spec in [*FILES.values(), ABOUT] for column in spec.columns}
    assert kinds <= {row[0] for row in table_under("Types")}


@pytest.mark.parametrize("kind", pms.KEYS)
def test_every_column_of_the_store_has_one_in_the_files_or_is_worked_out(store, kind):
    columns = {column.name for column in FILES[kind].columns}
    assert set(pms.read(store, "", kind).columns) - columns <= {"search_text", "absent_since"}
    assert columns <= set(pms.read(store, "", kind).columns)
    assert FILES[kind].key == pms.KEYS[kind]


@pytest.mark.parametrize("kind", pms.KEYS)
def test_the_examples_of_the_documentation_can_be_imported(kind):
    spec = FILES[kind]
    heading = ";".join(column.title for column in spec.columns)
    row = ";".join(column.example for column in spec.columns)
    brought = canonical(**{spec.file: f"{heading}\n{row}\n"})
    assert brought.tables[kind].rows.height == 1
    assert brought.refusals.is_empty()
    assert not [note for note in brought.notes if "left out" in note]


def test_names_of_files_and_headings_count_by_letters_and_digits():
    brought = canonical(
        patients=None,
        **{"PATIENTS.CSV": PATIENTS.replace("patient_id", "Patient ID").replace("last_name", "LastName")},
        **{"Treatment Items.csv": "Treatment Item ID,Course-ID,charged to,PRICE (£)\n1,1,Private,£420\n"},
    )
    assert brought.tables["patients"].rows.height == 2
    assert brought.refusals.is_empty()


def test_values_are_typed():
    brought = canonical(
        appointments="appointment_id,patient_id,starts_at,status\n9,1001,24/11/2026 10:30,Failed to attend\n"
    )
    course = brought.tables["courses"].rows.row(0, named=True)
    assert (course["opened_on"], course["stated_value_pence"]) == (date(2026, 3, 3), 123_450)
    appointment = brought.tables["appointments"].rows.row(0, named=True)
    assert (appointment["starts_at"], appointment["status"]) == (datetime(2026, 11, 24, 10, 30), "failed")


def test_a_bad_value_refuses_its_row_with_file_line_column_and_reason():
    brought = canonical(
        courses=COURSES + "3,9,1001,,,31/02/2026,lots\n4,9,1001,,,,\n5,9,1001,,,05/03/2026,1\n",
    )
    assert reasons(brought) == [
        (
            "courses.csv",
            4,
            "opened_on, stated_value",
            "“31/02/2026” is no day: write 24/11/2026 or 2026-11-24. “lots” is no amount of money: write 1,234.50.",
        ),
        ("courses.csv", 5, "opened_on", "opened_on is empty."),
    ]
    assert brought.refusals["row_text"][0] == "3,9,1001,,,31/02/2026,lots"
    assert brought.tables["courses"].rows["course_id"].to_list() == ["1", "2", "5"]


def test_a_repeated_id_is_refused_naming_the_line_of_the_first():
    brought = canonical(patients=PATIENTS + "1003,Ann,Hill,\n1001,Somebody,Else,\n")
    assert reasons(brought) == [("patients.csv", 5, "patient_id", "“1001” is on line 2 already; the first is kept.")]
    assert brought.tables["patients"].rows["last_name"].to_list() == ["Okafor", "Byrne", "Hill"]


def test_a_repeated_id_whose_first_row_was_refused_is_good():
    brought = canonical(patients=PATIENTS + "1003,Ann,,\n1003,Ann,Hill,\n")
    assert reasons(brought) == [("patients.csv", 4, "last_name", "last_name is empty.")]
    assert brought.tables["patients"].rows.height == 3


def test_ragged_and_badly_quoted_lines_are_refused_and_the_rest_is_read():
    brought = canonical(patients=PATIENTS + '1003,"Ann,Hill,\n1004,Jo\n1005,"Bo","Lee",\n')
    assert [(line, reason) for _, line, _, reason in reasons(brought)] == [
        (4, "The quotes in this line are not closed, or not in pairs."),
        (5, "This line has 2 fields, the heading has 4."),
    ]
    assert brought.tables["patients"].rows["patient_id"].to_list() == ["1001", "1002", "1005"]


def test_what_a_refused_row_names_is_not_gone():
    brought = canonical(courses=COURSES + '3,9,1001,,,soon,\n"4",9,"1001,,,,\n5,9\n')
    assert {"1", "2", "3", "4", "5"} <= brought.tables["courses"].named


def test_payors_whose_names_differ_in_case_or_spaces_get_one_name():
    brought = canonical(payors="payor_id,name\n1,NHS\n2,nhs \n3,Denplan\n")
    rows = brought.tables["payors"].rows
    assert rows["name"].to_list() == ["NHS", "NHS", "Denplan"]
    assert rows["kind"].to_list() == ["nhs", "nhs", "plan"]


def test_what_a_provider_lacks_is_told_by_the_rest():
    brought = canonical(
        providers="provider_id,name,initials,role\n1,Dr Ben Adeyemi,,Orthodontist\n2,,HY,Hygienist\n3,,,\n"
    )
    rows = brought.tables["providers"].rows
    assert rows["initials"].to_list() == ["BA", "HY", "3"]
    assert rows["name"].to_list() == ["Dr Ben Adeyemi", "HY", "3"]
    assert rows["role"].to_list() == ["dentist", "hygienist", "dentist"]


def test_a_value_that_only_helps_is_left_out_and_said_and_its_row_is_kept():
    brought = canonical(patients="patient_id,last_name,email\n1,Hill,not an address\n2,Byrne,a@example.com\n")
    assert brought.tables["patients"].rows["email"].to_list() == [None, "a@example.com"]
    assert "patients.csv: left out 1 value of email that cannot be used: “not an address”." in brought.notes


def test_planned_visits_without_a_position_follow_the_file():
    brought = canonical(planned_visits="planned_visit_id,course_id\n11,1\n12,2\n13,1\n")
    assert brought.tables["planned_visits"].rows["position"].to_list() == [1, 1, 2]


def test_an_extract_says_its_practice_its_kind_and_its_nation():
    brought = canonical(extract="practice,kind,nation\nElm Road,Changes,wales\n")
    assert (brought.practice_name, brought.is_full, brought.nation) == ("Elm Road", False, "Wales")
    plain = canonical()
    assert (plain.practice_name, plain.is_full, plain.nation) == (None, True, "England")


@pytest.mark.parametrize("rows", ["", "Elm Road,full,England\nOak Lane,full,England\n", "Elm Road,some,England\n"])
def test_an_extract_that_says_unclear_things_of_itself_is_refused(rows):
    with pytest.raises(UnusableExtract, match="must have one good row"):
        canonical(extract=f"practice,kind,nation\n{rows}")


def test_a_heading_alone_is_no_rows():
    brought = canonical(appointments="appointment_id,patient_id,starts_at,status\n")
    assert brought.tables["appointments"].rows.is_empty()


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"patients": b""}, "patients.csv is empty: it has 0 bytes. Nothing was changed."),
        ({"patients": "\n\n"}, "patients.csv has no line of headings."),
        ({"patients": None}, "The extract has no file patients."),
        ({"patients": None, "courses": None, "report": "a,b\n"}, "choose Course report"),
        ({"patients": None, "patient": "a\n", "procedurelog": "a\n"}, "It looks like a folder from Open Dental"),
        ({"courses": "a,b\n1,2\n"}, "courses.csv has no column course_id and no column patient_id"),
        ({"courses": COURSES.replace("cot_number", "Opened on")}, "courses.csv has 2 columns called opened_on."),
        ({"patients.tsv": PATIENTS}, "patients.csv and patients.tsv are both for patients."),
        ({"patients": b"%PDF-1.7 ..."}, "patients.csv is a PDF document, not a table."),
        ({"patients": b"\x89PNG\r\n\x1a\n\0\0\0"}, "patients.csv is a picture, not a table."),
        ({"patients": "<!DOCTYPE html><html>"}, "patients.csv is a web page, not a table."),
        ({"patients": bytes(range(1, 32)) * 9}, "patients.csv is no text, not a table."),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(files, sentence):
    with pytest.raises(UnusableExtract, match=re.escape(sentence)):
        canonical(**files)


def test_what_is_not_used_and_how_text_was_read_is_said():
    brought = canonical(
        patients="patient_id,last_name,shoe size\n1,Ó Briain,9\n".encode("cp1252"), **{"notes.docx": "anything"}
    )
    assert brought.tables["patients"].rows["last_name"].to_list() == ["Ó Briain"]
    assert "Not used: notes.docx." in brought.notes
    assert "patients.csv: not used: shoe size." in brought.notes
    assert "patients.csv was read as Windows-1252 text." in brought.notes

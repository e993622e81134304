"""A report with a line for each course becomes patients, providers, payors and courses."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest
import xlsxwriter

from services.errors import UnusableExtract
from services.extract import Extract, Upload, read
from services.extract.report_headings import meanings

HEADING = "Patient,Patient Code,COT No,Start,Finish,Last updated,Payor,Dentist,Value,UDA,Mobile,E-mail,Next appointment"
OKAFOR = (
    '"Okafor, Mrs Ngozi",1001,3,03/03/2026,,10/03/2026,Denplan,Ben Adeyemi (BA),"£1,234.50",,07700 900123,'
    "ngozi@example.com,"
)
BYRNE = "Aoife Byrne,1002,3,04/03/2026,,,NHS ,BA,76.60,5,,,24/12/2026 10:30"


def report(*lines: str, heading: str | None = HEADING, name: str = "report.csv") -> Extract:
    """Read a report made of the given lines."""
    text = "".join(f"{line}\n" for line in ([heading] if heading else []) + list(lines))
    return read(Upload(name, text.encode()), "course-report")


def rows(brought: Extract, table: str) -> list[dict[str, object]]:
    """Return the rows of a table of an extract."""
    return brought.tables[table].rows.drop("line").to_dicts()


def test_a_line_makes_a_patient_a_provider_a_payor_and_a_course():
    brought = report(OKAFOR)
    assert rows(brought, "patients") == [
        {
            "patient_id": "1001",
            "title": "Mrs",
            "first_name": "Ngozi",
            "last_name": "Okafor",
            "mobile": "07700 900123",
            "email": "ngozi@example.com",
        }
    ]
    assert rows(brought, "providers") == [{"provider_id": "ba", "initials": "BA", "name": "Ben Adeyemi"}]
    assert rows(brought, "payors") == [{"payor_id": "denplan", "name": "Denplan", "kind": "plan"}]
    assert rows(brought, "courses") == [
        {
            "course_id": "1001/3",
            "cot_number": "3",
            "patient_id": "1001",
            "provider_id": "ba",
            "payor_id": "denplan",
            "opened_on": date(2026, 3, 3),
            "last_updated_on": date(2026, 3, 10),
            "completed_on": None,
            "uda": None,
            "stated_value_pence": 123_450,
            "patient_charge_pence": None,
        }
    ]
    assert rows(brought, "appointments") == []


def test_what_an_nhs_line_is_worth_is_the_patients_charge():
    nhs, private = rows(report(BYRNE, OKAFOR), "courses")
    assert (nhs["stated_value_pence"], nhs["patient_charge_pence"], float(str(nhs["uda"]))) == (None, 7_660, 5)
    assert (private["stated_value_pence"], private["patient_charge_pence"]) == (123_450, None)


def test_a_next_appointment_is_linked_to_the_course():
    (appointment,) = rows(report(OKAFOR, BYRNE), "appointments")
    assert appointment["course_id"] == "1002/3"
    assert (appointment["starts_at"], appointment["status"]) == (datetime(2026, 12, 24, 10, 30), "booked")


def test_a_report_without_next_appointments_says_nothing_of_them():
    assert "appointments" not in report("Ann Hill,1,03/03/2026", heading="Patient,COT,Start").tables


def test_a_dentist_is_the_same_with_the_name_or_the_initials_alone():
    assert len(rows(report(OKAFOR, BYRNE), "providers")) == 1


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        ("Patient name", "name"),
        ("PATIENT", "name"),
        ("Patient No.", "code"),
        ("COT", "cot_number"),
        ("COT Number", "cot_number"),
        ("Course No", "cot_number"),
        ("Date Trt Accepted", "opened_on"),
        ("Date Trt Accepetd", "opened_on"),
        ("Start", "opened_on"),
        ("Finish", "completed_on"),
        ("Last-updated", "last_updated_on"),
        ("Payer", "payor"),
        ("Scheme", "payor"),
        ("Performer", "provider"),
        ("Outstanding (£)", "value"),
        ("Cost", "value"),
        ("UDA value", "uda"),
        ("Home Phone", "phone"),
        ("Tel", "phone"),
        ("Email address", "email"),
        ("Next visit", "next_visit_at"),
        ("Exmp", "is_charge_exempt"),
        ("Shoe size", None),
        ("Open Courses", None),
    ],
)
def test_headings_are_known_by_what_they_usually_say(heading, meaning):
    found = meanings([heading])
    assert (found[0].column.name if found else None) == meaning


def test_of_two_headings_for_the_same_the_surer_is_taken_and_the_other_named():
    brought = report("Ann Hill,1,03/03/2026,99,12.50", heading="Patient,COT,Start,Total,Outstanding")
    assert rows(brought, "courses")[0]["stated_value_pence"] == 1_250
    assert ("Outstanding", "the value left") in brought.mapping
    assert any("not used: Total" in note for note in brought.notes)


def test_titles_above_totals_below_and_headings_again_are_left_out_and_said():
    brought = report(
        "Elm Road Dental Practice",
        "Work in progress, as at 24/11/2026",
        HEADING,
        OKAFOR,
        "",
        HEADING,
        BYRNE,
        'Total,,,,,,,,"1,311.10",,,,',
        "Page 1 of 1",
        heading=None,
    )
    assert len(rows(brought, "courses")) == 2
    assert brought.refusals.is_empty()
    assert any("5 lines were left out" in note and "Elm Road" in note for note in brought.notes)


def test_a_patient_called_total_is_no_total():
    assert len(rows(report("Total,1,1,03/03/2026", heading="Patient,Code,COT,Start"), "courses")) == 1


def test_without_a_code_a_patient_is_the_name_and_the_telephone_number():
    heading = "Patient,COT,Start,Phone"
    lines = (
        "Ann Hill,1,03/03/2026,07700 900101",
        "Ann Hill,2,03/03/2026,",
        "Jo Hill,3,03/03/2026,",
        "Jo Hill,4,03/03/2026,",
    )
    brought = report(*lines, heading=heading)
    ids = [row["patient_id"] for row in rows(brought, "courses")]
    assert ids[0] == ids[1] != ids[2] == ids[3]
    assert rows(brought, "patients")[0]["mobile"] == "07700 900101"
    again = report(lines[2], lines[0], heading=heading)
    assert [row["patient_id"] for row in rows(again, "courses")] == [ids[2], ids[0]]


def test_namesakes_with_different_numbers_are_two_patients():
    heading = "Patient,COT,Start,Phone"
    brought = report("Ann Hill,1,03/03/2026,01632 960101", "Ann Hill,2,03/03/2026,01632 960102", heading=heading)
    assert len(rows(brought, "patients")) == 2


def test_a_cot_number_of_two_patients_goes_with_the_patient():
    heading = "Patient,COT,Start"
    alone = report("Ann Hill,1,03/03/2026", "Jo Byrne,2,03/03/2026", heading=heading)
    assert [row["course_id"] for row in rows(alone, "courses")] == ["1", "2"]
    shared = report("Ann Hill,1,03/03/2026", "Jo Byrne,1,03/03/2026", "Jo Byrne,2,03/03/2026", heading=heading)
    ids = [str(row["course_id"]) for row in rows(shared, "courses")]
    assert len(set(ids)) == 3
    assert ids[0].endswith("/1")
    assert ids[2] == "2"


def test_the_same_course_twice_is_refused_naming_the_first_line():
    brought = report(OKAFOR, BYRNE, OKAFOR)
    assert brought.refusals.select("line", "reason").rows() == [
        (4, "“1001/3” is on line 2 already; the first is kept.")
    ]


def test_a_line_that_cannot_be_used_is_refused_and_its_course_is_not_gone():
    brought = report(OKAFOR, BYRNE.replace("04/03/2026", "31/02/2026"), ",,9,03/03/2026,,,,,,,,,")
    assert brought.refusals.select("line", "column_name").rows() == [(3, "Start"), (4, None)]
    assert "1002/3" in brought.tables["courses"].named


@pytest.mark.parametrize(
    ("payor", "kind"),
    [
        ("NHS", "nhs"),
        ("nhs exempt", "nhs"),
        ("Denplan Essentials", "plan"),
        ("Practice Plan", "plan"),
        ("Capitation B", "plan"),
        ("Gold Membership", "plan"),
        ("Private", "private"),
        ("", "private"),
        ("Bupa", "insurance"),
        ("Planet Dental", "private"),
    ],
)
def test_the_kind_of_a_payor_is_told_by_its_name(payor, kind):
    brought = report(f"Ann Hill,1,03/03/2026,{payor}", heading="Patient,COT,Start,Payor")
    assert rows(brought, "payors")[0]["kind"] == kind


def test_payors_that_differ_in_case_or_spaces_are_one():
    heading = "Patient,COT,Start,Payor"
    brought = report("Ann Hill,1,03/03/2026,NHS", "Jo Hill,2,03/03/2026,nhs  ", heading=heading)
    assert rows(brought, "payors") == [{"payor_id": "nhs", "name": "NHS", "kind": "nhs"}]


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Okafor, Mrs Ngozi", ("Mrs", "Ngozi", "Okafor")),
        ("Mrs Ngozi Okafor", ("Mrs", "Ngozi", "Okafor")),
        ("Okafor, Ngozi (Mrs)", ("Mrs", "Ngozi", "Okafor")),
        ("Ngozi Ada Okafor", (None, "Ngozi Ada", "Okafor")),
        ("O'Brien, Síofra", (None, "Síofra", "O'Brien")),
        ("Okafor", (None, "", "Okafor")),
    ],
)
def test_names_are_taken_apart(text, person):
    (patient,) = rows(report(f'"{text}",1,03/03/2026', heading="Patient,COT,Start"), "patients")
    assert (patient.get("title"), patient["first_name"], patient["last_name"]) == person


def test_an_excel_report_with_titles_is_read_as_well():
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet, day = book.add_worksheet("Report"), book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write(0, 0, "Elm Road, outstanding treatment")
    sheet.write_row(2, 0, ["Patient", "COT No", "Start", "Value"])
    sheet.write_row(3, 0, ["Okafor, Ngozi", 17])
    sheet.write_datetime(3, 2, datetime(2026, 3, 3), day)
    sheet.write_number(3, 3, 1234.5)
    sheet.write_row(4, 0, ["Total", "", "", 1234.5])
    book.close()
    brought = read(Upload("report.xlsx", file.getvalue()), "course-report")
    (course,) = rows(brought, "courses")
    assert (course["cot_number"], course["opened_on"]) == ("17", date(2026, 3, 3))
    assert course["stated_value_pence"] == 123_450
    assert brought.tables["courses"].rows["line"].to_list() == [4]


def test_a_file_without_such_headings_or_several_files_are_refused():
    with pytest.raises(UnusableExtract, match="no line of headings with the patient, the COT number and the day"):
        report("a,b,c", heading=None)
    with pytest.raises(UnusableExtract, match="one CSV or Excel file, and there are 2"):
        read([Upload("a.csv", b"x"), Upload("b.csv", b"x")], "course-report")

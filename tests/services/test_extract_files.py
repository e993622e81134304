"""Folders, zips, workbooks and Parquet files are opened, and damaged ones refused in words."""

from __future__ import annotations

import contextlib
import io
import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from random import Random

import polars as pl
import pytest
import xlsxwriter

from services.errors import UnusableExtract
from services.extract import Upload, files, read
from tests.extracts import COURSES, PATIENTS, canonical, uploads


def zipped(entries: dict[str, str | bytes], **options: int) -> bytes:
    """Return a zip of the entries."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **options) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    """Return a workbook of the sheets, days as Excel's own."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "default_date_format": "dd/mm/yyyy hh:mm"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return file.getvalue()


def test_a_folder_and_a_zip_of_it_read_the_same(tmp_path: Path):
    for name, content in uploads():
        (tmp_path / name).write_bytes(content)
    (tmp_path / ".hidden").write_bytes(b"")
    (tmp_path / "older").mkdir()
    folder = read(tmp_path, "canonical")
    archive = tmp_path.with_suffix(".zip")
    archive.write_bytes(
        zipped(
            {
                "extract/patients.csv": PATIENTS,
                "../../etc/courses.csv": COURSES,
                "__MACOSX/._patients.csv": b"\0",
                "__MACOSX/patients.csv": b"\0",
                "extract/.DS_Store": b"\0",
                "extract/nested.zip": b"\0",
            }
        )
    )
    packed = read(archive, "canonical")
    assert folder.source_name == tmp_path.name
    assert packed.source_name == archive.name
    for kind, table in folder.tables.items():
        assert packed.tables[kind].rows.equals(table.rows)


def test_several_uploads_are_named_by_the_first():
    assert canonical().source_name == "patients.csv and 1 more"


def test_an_upload_may_claim_any_path():
    loose = [Upload(f"C:\\exports\\{name}", content) for name, content in uploads()]
    assert read(loose, "canonical").tables["patients"].rows.height == 2


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ([], "No file was chosen."),
        (Path("nowhere/at/all"), "There is no file or folder nowhere/at/all."),
        (Upload("a.zip", b"PK\3\4 damaged"), "a.zip is damaged or is no zip."),
        (Upload("a.zip", b""), "a.zip is empty: it has 0 bytes."),
        (
            Upload("patients.xlsx", b"\xd0\xcf\x11\xe0" + bytes(4_000)),
            "patients.xlsx could not be opened: it is protected",
        ),
        (Upload("patients.xlsx", b"PK\3\4 damaged"), "patients.xlsx is damaged or is no zip."),
        (Upload("patients.xlsx", b"a,b\n1,2\n"), "patients.xlsx is not what its name says, not a table."),
        (Upload("patients.csv", zipped({"a.txt": "x"})), "patients.csv is damaged or is no Excel workbook."),
        (Upload("patients.parquet", b"PAR1 damaged"), "patients.parquet is damaged or is no Parquet file."),
    ],
)
def test_what_cannot_be_opened_is_said(source, sentence):
    with pytest.raises(UnusableExtract, match=re.escape(sentence)):
        read(source, "canonical")


def test_a_zip_with_a_password_is_refused():
    content = bytearray(zipped({"patients.csv": PATIENTS}))
    for start in (b"PK\x03\x04", b"PK\x01\x02"):
        content[content.index(start) + (6 if start[3] == 4 else 8)] |= 1
    with pytest.raises(UnusableExtract, match=r"a\.zip is protected by a password"):
        read(Upload("a.zip", bytes(content)), "canonical")


def test_a_damaged_entry_of_a_zip_is_named():
    content = bytearray(zipped({"patients.csv": PATIENTS, "courses.csv": COURSES}, compression=zipfile.ZIP_STORED))
    content[content.index(b"Ngozi")] = ord("X")
    with pytest.raises(UnusableExtract, match=r"patients\.csv in a\.zip is damaged"):
        read(Upload("a.zip", bytes(content)), "canonical")


def test_a_zip_that_would_fill_the_memory_is_refused(monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 1024)
    bomb = zipped({"patients.csv": b"0" * 2_000}, compression=zipfile.ZIP_DEFLATED)
    with pytest.raises(UnusableExtract, match="once unpacked"):
        read(Upload("a.zip", bomb), "canonical")


def test_an_unknown_preset_is_refused():
    with pytest.raises(UnusableExtract, match=r"There is no preset dentrix\. There are: canonical"):
        read(uploads(), "dentrix")


def test_a_workbook_whose_sheets_have_the_names_of_the_files_is_an_extract():
    book = workbook(
        {
            "Read me": [["Made for Care Manager"]],
            "Patients": [["Patient ID", "Last name"], [1001, "Okafor"], [None, None], [1002.0, "Byrne"]],
            "Courses": [
                ["course_id", "patient_id", "opened_on", "stated_value", "is_active"],
                [1, 1001, datetime(2026, 3, 3), 1234.5, True],
                [2, 1001, "31/02/2026", "", False],
            ],
        }
    )
    brought = read(Upload("everything.xlsx", book), "canonical")
    assert brought.tables["patients"].rows.select("line", "patient_id").rows() == [(2, "1001"), (4, "1002")]
    course = brought.tables["courses"].rows.row(0, named=True)
    assert (course["opened_on"], course["stated_value_pence"]) == (date(2026, 3, 3), 123_450)
    assert brought.refusals.select("file", "line").rows() == [("everything.xlsx, sheet Courses", 3)]


def test_a_workbook_of_one_sheet_goes_by_the_name_of_the_file():
    book = workbook({"Sheet1": [["patient_id", "last_name"], [1001, "Okafor"]]})
    brought = read([Upload("patients.xlsx", book), *uploads(patients=None)], "canonical")
    assert brought.tables["patients"].rows["last_name"].to_list() == ["Okafor"]


def test_a_parquet_file_keeps_its_types():
    file = io.BytesIO()
    pl.DataFrame(
        {
            "course_id": [1.0, 2.0],  # as whole numbers become where some are missing
            "patient_id": [1001, 1002],
            "opened_on": [date(2026, 3, 3), date(2026, 3, 4)],
            "stated_value": [1234.5, None],
            "is_active": [True, False],
            "tags": [["a"], ["b"]],
        }
    ).write_parquet(file)
    brought = read([Upload("courses.parquet", file.getvalue()), *uploads(courses=None)], "canonical")
    rows = brought.tables["courses"].rows
    assert rows["course_id"].to_list() == ["1", "2"]
    assert rows["opened_on"].to_list() == [date(2026, 3, 3), date(2026, 3, 4)]
    assert rows["stated_value_pence"].to_list() == [123_450, None]
    assert rows["is_active"].to_list() == [True, False]


def test_no_damage_to_a_workbook_or_a_parquet_file_ends_in_anything_but_a_sentence():
    rng, table = Random(3), io.BytesIO()
    pl.read_csv(PATIENTS.encode()).write_parquet(table)
    book = workbook({"patients": [["patient_id", "last_name"], [1001, "Okafor"]]})
    for name, content in (("patients.parquet", table.getvalue()), ("patients.xlsx", book)):
        for _ in range(60):
            damaged = bytearray(content)
            for _ in range(3):
                damaged[rng.randrange(4, len(damaged))] = rng.randrange(256)
            with contextlib.suppress(UnusableExtract):
                read([Upload(name, bytes(damaged)), *uploads(patients=None)], "canonical")


def test_utf_16_and_semicolons_as_excel_writes_them_are_read():
    text = PATIENTS.replace(",", ";").replace("Aoife", "Aoífe")
    brought = canonical(patients=text.encode("utf-16"))
    assert brought.tables["patients"].rows["first_name"].to_list() == ["Ngozi", "Aoífe"]


def test_files_that_are_not_wanted_are_not_opened(tmp_path: Path):
    for name, content in uploads():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "photo.csv").write_bytes(b"")
    assert "Not used: photo.csv." in read(tmp_path, "canonical").notes

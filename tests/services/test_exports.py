"""Files for a spreadsheet: nothing in them runs."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date

import fastexcel
import polars as pl
import pytest

from services import exports

ROWS = pl.DataFrame(
    {
        "patient": ["=HYPERLINK(1)", "+1+1", "-2", "@SUM(A1)", "\tx", "Zoë O'Brien", None],
        "phone": ["+44 7700 900123"] * 7,
        "value": [420.0, 1234.5, 0.0, 1.0, 2.0, 3.0, None],
        "opened_on": [date(2026, 11, 24)] * 7,
    }
)


@pytest.mark.parametrize("place", range(5))
def test_a_csv_cell_that_would_run_is_made_text(place):
    rows = list(csv.DictReader(io.StringIO(exports.csv_text(ROWS))))
    assert rows[place]["patient"] == "'" + ROWS["patient"][place]


def test_csv_keeps_names_numbers_days_and_telephone_numbers():
    row = list(csv.DictReader(io.StringIO(exports.csv_text(ROWS))))[5]
    assert row == {"patient": "Zoë O'Brien", "phone": "+44 7700 900123", "value": "3.00", "opened_on": "2026-11-24"}


def test_a_csv_file_opens_in_excel_with_its_accents():
    assert exports.to_csv(ROWS).startswith(b"\xef\xbb\xbf")


def test_a_workbook_has_texts_and_no_formula():
    workbook = exports.to_xlsx(ROWS)
    sheet = pl.DataFrame(fastexcel.read_excel(workbook).load_sheet(0).to_arrow())
    assert sheet["patient"].to_list() == ROWS["patient"].to_list()
    assert sheet["value"].to_list()[:2] == [420.0, 1234.5]
    inside = zipfile.ZipFile(io.BytesIO(workbook)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in inside


def test_no_rows_make_a_file_with_its_headings():
    empty = ROWS.clear()
    assert exports.csv_text(empty).strip() == "patient,phone,value,opened_on"
    assert exports.to_xlsx(empty)

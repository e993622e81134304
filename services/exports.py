"""Frames as files for a spreadsheet, in which no cell can run as a formula."""

from __future__ import annotations

import io
import json

import polars as pl
from polars import selectors

_RUNS = r"^[=+\-@\t\r]"
_PHONE = r"^\+[0-9 ]+$"


def csv_text(frame: pl.DataFrame) -> str:
    """Return the frame as CSV.

    A text that a spreadsheet would run gets an apostrophe before it (OWASP, CSV injection);
    a telephone number such as +44 7700 900123 runs nothing and stays as it is.
    """
    text = selectors.string()
    runs = text.str.contains(_RUNS) & ~text.str.contains(_PHONE)
    return frame.with_columns(pl.when(runs).then("'" + text).otherwise(text).name.keep()).write_csv(float_precision=2)


def to_csv(frame: pl.DataFrame) -> bytes:
    """Return the frame as a CSV file, with the byte order mark that Excel needs to read accents."""
    return csv_text(frame).encode("utf-8-sig")


def to_xlsx(frame: pl.DataFrame) -> bytes:
    """Return the frame as an Excel workbook whose texts are texts, never formulas or links."""
    file = io.BytesIO()
    frame.write_excel(
        file,
        worksheet="Care Manager",
        autofit=True,
        freeze_panes=(1, 0),
        dtype_formats={pl.Date: "d mmm yyyy", pl.Float64: "#,##0.00"},
    )
    return file.getvalue()


def json_text(frame: pl.DataFrame) -> str:
    """Return the frame as a JSON list of objects, days as YYYY-MM-DD."""
    return json.dumps(frame.to_dicts(), default=str, ensure_ascii=False, indent=2)

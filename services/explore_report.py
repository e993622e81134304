"""A notebook as one HTML file that needs nothing else: every text escaped, no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any

import polars as pl

from services import words

MOST_ROWS = 1_000
"""So many rows of a table at most: a report is read, not worked with."""

STYLE = """
body {font: 15px/1.45 system-ui, "Segoe UI", Arial, sans-serif; color: #0b1518; background: #fff;
  max-width: 60rem; margin: 2rem auto; padding: 0 1rem}
h1 {font-size: 1.6rem; margin: 0} h2 {font-size: 1.15rem; margin: 2.2rem 0 .3rem}
p {margin: .3rem 0} .about {color: #3c4b51}
figure {margin: .8rem 0} figure svg {max-width: 100%; height: auto}
table {border-collapse: collapse; margin: .8rem 0; font-size: .9rem}
th, td {border-bottom: 1px solid #c9d4d8; padding: .25rem .7rem .25rem 0; text-align: left; vertical-align: top}
th {border-bottom-width: 2px} .number {text-align: right; font-variant-numeric: tabular-nums}
pre {background: #f1f5f6; padding: .6rem; white-space: pre-wrap; font-size: .85rem}
@media print {h2, figure {break-inside: avoid; break-after: avoid} tr {break-inside: avoid}}
"""


@dataclass(frozen=True)
class Section:
    """A cell in the report: its title, what it says, the SQL it asked, its chart as SVG made by us, and its table."""

    title: str
    about: str
    rows: pl.DataFrame | None = None
    money: tuple[str, ...] = ()
    svg: str | None = None
    chart_says: str = ""
    sql: str | None = None


def html(name: str, about: str, sections: Sequence[Section]) -> str:
    """Return the whole file."""
    parts = "\n".join(_section(section) for section in sections)
    # No script of anybody's runs, and nothing is fetched, even if a text were not escaped.
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(name)}</title>\n'
        f'<style>{STYLE}</style>\n</head>\n<body>\n<h1>{escape(name)}</h1>\n<p class="about">{escape(about)}</p>\n'
        f"{parts}\n</body>\n</html>\n"
    )


def _section(section: Section) -> str:
    sql = f"<pre>{escape(section.sql)}</pre>\n" if section.sql else ""
    chart = (
        f'<figure role="img" aria-label="{escape(section.chart_says)}">{section.svg}</figure>\n' if section.svg else ""
    )
    table = _table(section.rows, section.money) if section.rows is not None else ""
    return f'<h2>{escape(section.title)}</h2>\n{sql}<p class="about">{escape(section.about)}</p>\n{chart}{table}'


def _table(rows: pl.DataFrame, money: Sequence[str]) -> str:
    if rows.is_empty():
        return "<p>There are no rows.</p>"
    classes = [' class="number"' if kind.is_numeric() else "" for kind in rows.dtypes]
    head = "".join(
        f'<th scope="col"{style}>{escape(name)}</th>' for name, style in zip(rows.columns, classes, strict=True)
    )
    body = "\n".join(
        "<tr>"
        + "".join(
            f"<td{style}>{escape(_printed(value, name in money))}</td>"
            for name, value, style in zip(rows.columns, row, classes, strict=True)
        )
        + "</tr>"
        for row in rows.head(MOST_ROWS).iter_rows()
    )
    left = rows.height - MOST_ROWS
    rest = f"<p>The first {MOST_ROWS:,} rows; {left:,} more are not in this report.</p>" if left > 0 else ""
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n{rest}"


def _printed(value: Any, is_money: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if is_money:
        return f"{'-' if value < 0 else ''}£{abs(value):,.2f}"
    if isinstance(value, datetime):
        return f"{words.day(value)}, {value:%H:%M}"
    if isinstance(value, date):
        return words.day(value)
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) else str(value)

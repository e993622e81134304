"""Tables of text with their line numbers, and how their columns become values or reasons for a refusal."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from services.extract.values import ID, Kind, converted

REFUSALS = pl.Schema(
    {
        "kind": pl.String,
        "file": pl.String,
        "line": pl.Int32,
        "column_name": pl.String,
        "reason": pl.String,
        "row_text": pl.String,
    }
)
"""The columns of a frame of refused rows; kind is the table for which the row was meant."""


@dataclass(frozen=True)
class Raw:
    """A table as its file has it: texts without surrounding spaces, null where empty.

    The frame has the line on which each row begins, and a column for each heading, named by its place: "0", "1".
    """

    file: str
    headings: tuple[str, ...]
    rows: pl.DataFrame
    refused: tuple[tuple[int, str, str], ...] = ()
    delimiter: str = ","
    encoding: str | None = None
    left_out: tuple[str, ...] = ()

    def places(self) -> dict[str, list[int]]:
        """Return the places of each heading, compared by letters and digits alone."""
        places: dict[str, list[int]] = {}
        for place, heading in enumerate(self.headings):
            places.setdefault(bare(heading), []).append(place)
        return places

    def only(self, places: Iterable[int]) -> Raw:
        """Return the table with only some of its columns, and without the text of lines that could not be read."""
        places = list(places)
        rows = self.rows.select("line", *(pl.col(str(place)).alias(str(new)) for new, place in enumerate(places)))
        refused = tuple((line, reason, "") for line, reason, _ in self.refused)
        return replace(self, headings=tuple(self.headings[place] for place in places), rows=rows, refused=refused)

    def texts(self, lines: Sequence[int]) -> list[str]:
        """Return rows as they could stand in the file, for those who must mend them."""
        wanted = pl.DataFrame({"line": lines}, schema={"line": pl.Int32})
        cells = wanted.join(self.rows, on="line", how="left", maintain_order="left").drop("line")
        return [written(row, self.delimiter) for row in cells.iter_rows()]


@dataclass(frozen=True)
class Column:
    """A column that a file may have.

    `name` is the store's; `heading` the file's, where it differs. A row without a required value is refused.
    """

    name: str
    kind: Kind
    meaning: str = ""
    example: str = ""
    unit: str = ""
    heading: str | None = None
    is_required: bool = False
    default: Any = None

    @property
    def title(self) -> str:
        """The heading under which a file has it."""
        return self.heading or self.name


def bare(text: str) -> str:
    """Return the letters and digits of a name, in lower case."""
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def written(cells: Sequence[str | None], delimiter: str = ",") -> str:
    """Write cells as a line of a file."""
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator="").writerow(["" if cell is None else cell for cell in cells])
    return line.getvalue()


def pieces(text: str, delimiter: str = ",") -> set[str]:
    """Return what may be an id in a line that was refused, however badly it is quoted."""
    return {piece.strip() for piece in re.split(f'[{re.escape(delimiter)}"]', text)} - {""}


def refusals(kind: str, file: str, rows: Iterable[tuple[int | None, str | None, str, str | None]]) -> pl.DataFrame:
    """Return a frame of refused rows from their line, column, reason and text."""
    return pl.DataFrame(
        [(kind, file, line, column, reason, text) for line, column, reason, text in rows], schema=REFUSALS, orient="row"
    )


def unreadable(kind: str, raw: Raw) -> pl.DataFrame:
    """Return the refusals of the lines that could not be read as rows at all."""
    return refusals(kind, raw.file, ((line, None, reason, text or None) for line, reason, text in raw.refused))


def refused(kind: str, raw: Raw, problems: pl.DataFrame) -> pl.DataFrame:
    """Return the refusals of rows of a table; the problems have line, column_name and reason."""
    texts = raw.texts(problems["line"].to_list())
    return problems.select(
        pl.lit(kind).alias("kind"),
        pl.lit(raw.file).alias("file"),
        "line",
        "column_name",
        "reason",
        pl.Series("row_text", texts, dtype=pl.String),
    ).cast(REFUSALS)


def typed(raw: Raw, columns: Mapping[int, Column]) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, list[str]]]:
    """Turn the columns at the given places into values.

    Returns the good rows with their line, the problems of the others (line, column_name, reason), and for each
    forgiving column the values that were left out.
    """
    values: list[pl.Series] = [raw.rows["line"]]
    faults: list[pl.DataFrame] = []
    left_out: dict[str, list[str]] = {}
    for place, column in columns.items():
        texts = raw.rows[str(place)]
        read, is_unread = converted(texts, column.kind)
        values.append(read.alias(column.name))
        if column.kind.is_forgiving:
            if is_unread.any():
                left_out[column.name] = texts.filter(is_unread).to_list()
        elif is_unread.any():
            shown = texts.filter(is_unread).str.slice(0, 60)
            faults.append(_faults(raw, is_unread, place, pl.format(f"“{{}}” {column.kind.complaint}.", shown)))
        if column.is_required:
            is_missing = read.is_null() & ~is_unread
            if is_missing.any():
                faults.append(_faults(raw, is_missing, place, pl.lit(f"{raw.headings[place]} is empty.")))
    rows = pl.DataFrame(values)
    if not faults:
        return rows, _no_problems(), left_out
    problems = (
        pl.concat(faults)
        .group_by("line", maintain_order=True)
        .agg(pl.col("column_name").str.join(", "), pl.col("reason").str.join(" "))
        .sort("line")
    )
    return rows.join(problems, on="line", how="anti", maintain_order="left"), problems, left_out


def _faults(raw: Raw, mask: pl.Series, place: int, reason: pl.Expr) -> pl.DataFrame:
    lines = raw.rows.filter(mask).select("line")
    return lines.with_columns(pl.lit(raw.headings[place]).alias("column_name"), reason.alias("reason"))


def _no_problems() -> pl.DataFrame:
    return pl.DataFrame(schema={"line": pl.Int32, "column_name": pl.String, "reason": pl.String})


def first_of_each(rows: pl.DataFrame, key: Sequence[str], heading: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the first row of each key, and the problems of the later ones, naming the line of the first."""
    first = rows.select(pl.col("line").first().over(key)).to_series()
    is_later = rows["line"] != first
    if not is_later.any():
        return rows, _no_problems()
    value = pl.concat_str([pl.col(name).cast(pl.String) for name in key], separator=", ")
    problems = rows.select(
        "line",
        pl.lit(heading).alias("column_name"),
        pl.format("“{}” is on line {} already; the first is kept.", value, first).alias("reason"),
    ).filter(is_later)
    return rows.filter(~is_later), problems


def id_texts(raw: Raw, place: int) -> pl.Series:
    """Return a column of ids as `typed` would."""
    return converted(raw.rows[str(place)], ID)[0]

"""What reading a source comes to, whatever its preset: tables of good rows, and the rows that were refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from services.extract.tables import REFUSALS, Column, Raw, first_of_each, pieces, refused, typed, unreadable


@dataclass(frozen=True)
class Table:
    """What an extract brings for one table of the store.

    The rows have the line of their file and those columns of the store that the source has. `named` are the ids
    that the file names anywhere, refused rows included: what is named is not gone. Rows of `updates_only` change
    what is kept and are not added. `titles` are the file's own headings, where they differ from the store's.
    """

    raw: Raw
    rows: pl.DataFrame
    named: frozenset[str] = frozenset()
    updates_only: frozenset[str] = frozenset()
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Extract:
    """A source that was read, before it is compared with what is kept."""

    preset: str
    source_name: str
    tables: Mapping[str, Table]
    refusals: pl.DataFrame
    practice_name: str | None = None
    nation: str = "England"
    is_full: bool = True
    notes: tuple[str, ...] = ()
    mapping: tuple[tuple[str, str], ...] = ()


@dataclass
class Reading:
    """Collects what is read of a source: refusals and remarks, in the order of the files."""

    refusals: list[pl.DataFrame] = field(default_factory=lambda: [pl.DataFrame(schema=REFUSALS)])
    notes: list[str] = field(default_factory=list)

    def rows(self, kind: str, raw: Raw, columns: Mapping[int, Column], key: Sequence[str]) -> pl.DataFrame:
        """Return the good rows of a table, each key once, and keep the refusals of the others."""
        good, problems, left_out = typed(raw, columns)
        titles = {column.name: raw.headings[place] for place, column in columns.items()}
        if key:
            good, repeated = first_of_each(good, key, ", ".join(titles[name] for name in key))
            problems = pl.concat([problems, repeated]).sort("line")
        self.refusals.append(pl.concat([unreadable(kind, raw), refused(kind, raw, problems)]).sort("line"))
        for name, texts in left_out.items():
            shown = ", ".join(f"“{text[:60]}”" for text in dict.fromkeys(texts[:3]))
            values = "1 value" if len(texts) == 1 else f"{len(texts):,} values"
            self.notes.append(f"{raw.file}: left out {values} of {titles[name]} that cannot be used: {shown}.")
        return good

    def remark(self, raw: Raw) -> None:
        """Note how a file was read, where that could surprise."""
        if raw.encoding:
            self.notes.append(f"{raw.file} was read as {raw.encoding} text.")
        if raw.left_out:
            lines = "1 line was" if len(raw.left_out) == 1 else f"{len(raw.left_out):,} lines were"
            shown = "; ".join(" ".join(line.split())[:60] for line in raw.left_out[:3])
            self.notes.append(f"{raw.file}: {lines} left out as titles or totals: {shown}.")

    def all_refusals(self) -> pl.DataFrame:
        """Return the refusals in the order of the files and their lines."""
        return pl.concat(self.refusals)

    def named(self, raw: Raw) -> set[str]:
        """Return what may be an id in the refused rows of a file."""
        texts = self.all_refusals().filter(pl.col("file") == raw.file)["row_text"].drop_nulls().to_list()
        unread = [text for _, _, text in raw.refused]
        return set().union(*(pieces(text, raw.delimiter) for text in [*texts, *unread]))

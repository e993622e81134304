"""Text into rows of cells. Every line is accounted for: read, refused with its reason, blank or left out."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

DELIMITERS = ",;\t|"
SAMPLE = 50
"""So many lines decide what separates the cells."""

Cells = Sequence[str | None]


@dataclass(frozen=True)
class Layout:
    """How a file of a preset is laid out.

    The heading is the first row for which is_heading holds, what is before it is a title. Rows for which
    is_left_out holds (totals, the heading again on each page) are no data and no fault either. `wanted` says in
    words what a heading must have.
    """

    wanted: str = ""
    is_heading: Callable[[Cells], bool] = lambda _: True
    is_left_out: Callable[[Cells, Cells], bool] = lambda *_: False


@dataclass
class Grid:
    """The rows of a file with the number of the line on which each begins, as an editor shows it."""

    heading: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    refused: list[tuple[int, str, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def decoded(content: bytes) -> tuple[str, str | None]:
    """Return the text of a file, and the name of its encoding when it is not the usual one."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _clean(content.decode("utf-16", errors="replace")), "UTF-16"
    start = content[:2_000]
    if start.count(0) > len(start) // 4:
        encoding = "utf-16-le" if start[1::2].count(0) >= start[0::2].count(0) else "utf-16-be"
        return _clean(content.decode(encoding, errors="replace")), "UTF-16"
    try:
        return _clean(content.decode("utf-8-sig")), None
    except UnicodeDecodeError:
        return _clean(content.decode("cp1252", errors="replace")), "Windows-1252"


def _clean(text: str) -> str:
    """Leave out what is no text: zero bytes, and the mark with which old programs end a file."""
    return text.replace("\0", "").removeprefix("\ufeff").rstrip("\x1a")


def delimiter_of(lines: Sequence[str]) -> str:
    """Return what separates the cells: the mark by which most lines have equally many, and many, cells."""

    def agreement(delimiter: str) -> int:
        counts = Counter(len(next(csv.reader([line], delimiter=delimiter))) for line in lines if line.strip())
        return max(((number - 1) * lines**2 for number, lines in counts.items()), default=0)

    return max(DELIMITERS, key=agreement)


def parsed(text: str, layout: Layout) -> tuple[Grid, str]:
    """Return the rows of a text and the mark that separates its cells."""
    lines = list(io.StringIO(text, newline=""))
    first = 0
    if lines and (said := re.fullmatch(r"sep=(.)\s*", lines[0])):  # Excel's own first line
        delimiter, first = said[1], 1
    else:
        delimiter = delimiter_of([line for line in lines[:SAMPLE] if len(line) < 10_000])
    grid, spans = Grid(), first
    for begin, end, cells in _records(lines, first, delimiter, grid):
        spans += end - begin
        if cells is None:
            grid.refused.append(
                (begin + 1, "The quotes in this line are not closed, or not in pairs.", _shown(lines[begin]))
            )
        elif not any(cell.strip() for cell in cells):
            pass
        elif not grid.heading:
            if layout.is_heading(cells):
                grid.heading.extend(cell.strip() for cell in cells)
            else:
                grid.left_out.append(_shown(lines[begin]))
        elif layout.is_left_out(cells, grid.heading):
            grid.left_out.append(_shown(lines[begin]))
        elif len(cells) != len(grid.heading):
            reason = f"This line has {len(cells)} fields, the heading has {len(grid.heading)}."
            grid.refused.append((begin + 1, reason, _shown(lines[begin])))
        else:
            grid.rows.append(cells)
            grid.lines.append(begin + 1)
    if spans != len(lines):
        raise RuntimeError(f"{len(lines)} lines were given and {spans} accounted for")
    return grid, delimiter


def _records(lines: list[str], first: int, delimiter: str, grid: Grid) -> Iterator[tuple[int, int, list[str] | None]]:
    """Return each record with the lines it takes, from begin up to end; without cells where its quotes are wrong.

    A quote that is never closed would swallow the lines after it: then only the line on which it is opened is
    given up, and reading goes on with the next.
    """
    begin = first
    while begin < len(lines):
        start = begin
        reader = csv.reader(
            map(lines.__getitem__, range(start, len(lines))), delimiter=delimiter, strict=True, skipinitialspace=True
        )
        try:
            for cells in reader:
                end = start + reader.line_num
                if end - begin > 1 and _swallows(lines[begin + 1 : end], cells, len(grid.heading), delimiter):
                    break
                yield begin, end, cells
                begin = end
            else:
                return
        except csv.Error:
            pass
        yield begin, begin + 1, None
        begin += 1


def _swallows(later: list[str], cells: list[str], width: int, delimiter: str) -> bool:
    """Say whether a record of several lines comes from a quote that was never closed.

    So it is when the number of cells is wrong, or when a line inside it would be a whole record by itself;
    with fewer than three columns a line of an address could look like one.
    """
    if width == 0:
        return False
    return len(cells) != width or (width > 2 and any(_is_record(line, width, delimiter) for line in later))


def _is_record(line: str, width: int, delimiter: str) -> bool:
    if line.count('"') % 2:
        return False
    try:
        return len(next(csv.reader([line], delimiter=delimiter, strict=True, skipinitialspace=True), [])) == width
    except csv.Error:
        return False


def _shown(line: str) -> str:
    return line.rstrip("\r\n")

"""Files, folders, zips and uploads as tables of text; what cannot be used is said in a sentence."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import fastexcel
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from services.errors import UnusableExtract
from services.extract.lines import Cells, Layout, decoded, parsed
from services.extract.tables import Raw, bare

MOST_BYTES = 500 * 1024 * 1024
"""The most that a zip or a workbook may hold once unpacked."""

TEXT = (".csv", ".tsv", ".txt", ".tab")
WORKBOOK = (".xlsx", ".xlsm", ".xls")
PARQUET = (".parquet",)

_KEPT = "Nothing was changed."
_SIGNATURES = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed file",
    b"7z\xbc\xaf": "a compressed file",
    b"Rar!": "a compressed file",
    b"{\\rtf": "a text document",
}


class Upload(NamedTuple):
    """A file that came over the wire."""

    name: str
    content: bytes


Source = Path | Upload | Sequence[Upload]


@dataclass(frozen=True)
class File:
    """One file of a source, opened only when it is wanted."""

    name: str
    content: Callable[[], bytes]

    @property
    def stem(self) -> str:
        """The name without its ending, by letters and digits alone."""
        return bare(PurePosixPath(self.name).stem)

    @property
    def ending(self) -> str:
        """The ending of the name, in lower case."""
        return PurePosixPath(self.name).suffix.lower()


def listed(source: Source) -> tuple[str, list[File]]:
    """Return the source's own name and its files that may hold tables, zips unpacked, by name.

    Raises UnusableExtract when there is no such file or folder.
    """
    if isinstance(source, Path):
        try:
            name, files = source.resolve().name, _on_disk(source)
        except OSError as problem:
            raise UnusableExtract(f"{source} could not be read: {problem.strerror}. {_KEPT}") from problem
    else:
        uploads = [source] if isinstance(source, Upload) else list(source)
        if not uploads:
            raise UnusableExtract("No file was chosen. Choose the files of the extract, or one zip of them.")
        names = [PurePosixPath(upload.name.replace("\\", "/")).name for upload in uploads]
        name = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
        files = [File(own, partial(bytes, upload.content)) for own, upload in zip(names, uploads, strict=True)]
    return name, sorted(_unpacked(files), key=lambda file: file.name.casefold())


def _on_disk(path: Path) -> list[File]:
    if not path.exists():
        raise UnusableExtract(f"There is no file or folder {path}. {_KEPT} Look at the name and try again.")
    paths = sorted(path.iterdir()) if path.is_dir() else [path]
    return [File(one.name, one.read_bytes) for one in paths if one.is_file() and not one.name.startswith(".")]


def _unpacked(files: Sequence[File]) -> Iterator[File]:
    for file in files:
        if file.ending == ".zip":
            yield from _in_zip(file)
        else:
            yield file


def _in_zip(file: File) -> Iterator[File]:
    """Return the files of a zip by their own names, whatever folders or paths they claim."""
    archive = _opened(file)
    for entry in archive.infolist():
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if entry.is_dir() or "__MACOSX" in path.parts or path.name.startswith(".") or path.suffix.lower() == ".zip":
            continue
        yield File(path.name, partial(_entry, file.name, archive, entry))


def _opened(file: File) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(read(file)))
    except zipfile.BadZipFile as problem:
        raise UnusableExtract(f"{file.name} is damaged or is no zip. {_KEPT} Make it again.") from problem
    if any(entry.flag_bits & 1 for entry in archive.infolist()):
        raise UnusableExtract(f"{file.name} is protected by a password. {_KEPT} Save it without one and try again.")
    if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
        raise UnusableExtract(
            f"{file.name} holds more than {MOST_BYTES // 1024**2} MB once unpacked. {_KEPT} "
            "Leave out the files that are not needed."
        )
    return archive


def _entry(name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    try:
        return archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as problem:
        raise UnusableExtract(f"{entry.filename} in {name} is damaged. {_KEPT} Make the zip again.") from problem


def read(file: File) -> bytes:
    """Return the bytes of a file; raises UnusableExtract when there are none or they cannot be read."""
    try:
        content = file.content()
    except OSError as problem:
        raise UnusableExtract(f"{file.name} could not be read: {problem.strerror}. {_KEPT}") from problem
    if not content:
        raise UnusableExtract(f"{file.name} is empty: it has 0 bytes. {_KEPT} Export it again, or leave it out.")
    return content


def one_each(files: Sequence[File], wanted: Mapping[str, str], layout: Layout, notes: list[str]) -> dict[str, Raw]:
    """Return the one table of each wanted name, by what the name stands for, and note the files not used.

    Other files are not opened, but for workbooks, whose sheets may have the wanted names.
    Raises UnusableExtract when two tables stand for the same.
    """
    found: dict[str, Raw] = {}
    unused: list[str] = []
    for file in files:
        if file.stem not in wanted and file.ending not in WORKBOOK:
            unused.append(file.name)
            continue
        chosen = _chosen(file, wanted, layout)
        if not chosen:
            unused.append(file.name)
        for kind, raw in chosen:
            if kind in found:
                raise UnusableExtract(
                    f"{found[kind].file} and {raw.file} are both for {kind.replace('_', ' ')}. "
                    f"{_KEPT} Leave one of them out."
                )
            found[kind] = raw
    if unused:
        more = f" and {len(unused) - 5:,} more" if len(unused) > 5 else ""
        notes.append(f"Not used: {', '.join(unused[:5])}{more}.")
    return found


def _chosen(file: File, wanted: Mapping[str, str], layout: Layout) -> list[tuple[str, Raw]]:
    """Return the wanted tables of a file: by the name of the file, or by those of its sheets where it has several."""
    found = tables(file, layout)
    by_sheet = [(wanted[sheet], raw) for sheet, raw in found if sheet in wanted]
    if file.stem in wanted and (len(found) == 1 or not by_sheet):
        return [(wanted[file.stem], found[0][1])]
    return by_sheet


def tables(file: File, layout: Layout) -> list[tuple[str, Raw]]:
    """Return the tables of a file: one, or one for each sheet of a workbook, with the sheet's name.

    What the file is, is told by what is in it and not by its name.
    """
    content = read(file)
    if content.startswith(b"PK\x03\x04") or content.startswith(b"\xd0\xcf\x11\xe0"):
        return _sheets(file, content, layout)
    if content.startswith(b"PAR1"):
        return [("", _parquet(file, content, layout))]
    return [("", _text(file, content, layout))]


def _text(file: File, content: bytes, layout: Layout) -> Raw:
    found = next((words for start, words in _SIGNATURES.items() if content.startswith(start)), None)
    text, encoding = decoded(content)
    start = text[:4_000]
    if found is None and start.lstrip().startswith("<"):
        found = "a web page"
    if (
        found is None
        and sum(not (letter.isprintable() or letter in "\t\r\n\f\v") for letter in start) > len(start) // 20
    ):
        found = "no text"
    if found is not None or file.ending in (*WORKBOOK, *PARQUET):
        raise UnusableExtract(
            f"{file.name} is {found or 'not what its name says'}, not a table. {_KEPT} "
            "Export it as CSV or Excel and try again."
        )
    grid, delimiter = parsed(text, layout)
    if not grid.heading:
        raise _without_heading(file.name, layout)
    rows = pl.DataFrame(
        grid.rows, schema={str(place): pl.String for place in range(len(grid.heading))}, orient="row"
    ).insert_column(0, pl.Series("line", grid.lines, dtype=pl.Int32))
    return Raw(
        file=file.name,
        headings=tuple(grid.heading),
        rows=_trimmed(rows),
        refused=tuple(grid.refused),
        delimiter=delimiter,
        encoding=encoding,
        left_out=tuple(grid.left_out),
    )


def _sheets(file: File, content: bytes, layout: Layout) -> list[tuple[str, Raw]]:
    if content.startswith(b"PK"):
        archive = _opened(File(file.name, lambda: content))
        if "xl/workbook.xml" not in archive.namelist() or _is_damaged(archive):
            raise UnusableExtract(
                f"{file.name} is damaged or is no Excel workbook. {_KEPT} Save it again as .xlsx or CSV and try again."
            )
    try:
        workbook = fastexcel.read_excel(content)
        sheets = [
            (name, workbook.load_sheet(name, header_row=None, dtypes="string").to_polars())
            for name in workbook.sheet_names
        ]
    except fastexcel.FastExcelError as problem:
        raise UnusableExtract(
            f"{file.name} could not be opened: it is protected by a password, or is no Excel workbook. {_KEPT} "
            "Save it without a password as .xlsx or CSV and try again."
        ) from problem
    filled = [(name, sheet) for name, sheet in sheets if sheet.height]
    if not filled:
        raise _without_heading(file.name, layout)
    if len(filled) == 1:
        return [(bare(filled[0][0]), _framed(file.name, filled[0][1], layout))]
    named = [(bare(name), f"{file.name}, sheet {name}", sheet) for name, sheet in filled]
    found = [(name, raw) for name, shown, sheet in named if (raw := _framed_or_none(shown, sheet, layout))]
    if not found:
        raise _without_heading(file.name, layout)
    return found


def _is_damaged(archive: zipfile.ZipFile) -> bool:
    try:
        return archive.testzip() is not None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        return True


def _framed_or_none(name: str, sheet: pl.DataFrame, layout: Layout) -> Raw | None:
    try:
        return _framed(name, sheet, layout)
    except UnusableExtract:
        return None


def _framed(name: str, sheet: pl.DataFrame, layout: Layout, *, first_line: int = 1) -> Raw:
    """Return a sheet, whose rows are all equally long, as a table; its line numbers are the sheet's."""
    sheet = sheet.rename({old: str(place) for place, old in enumerate(sheet.columns)})
    rows = _trimmed(sheet.with_row_index("line", first_line).with_columns(pl.col("line").cast(pl.Int32)))
    rows = rows.filter(pl.any_horizontal(pl.exclude("line").is_not_null()))
    left_out: list[str] = []
    heading: list[str] = []
    for _, *cells in rows.iter_rows():
        if layout.is_heading(cells):
            heading = [cell or "" for cell in cells]
            break
        left_out.append(_joined(cells))
    if not heading:
        raise _without_heading(name, layout)
    rows = rows.slice(len(left_out) + 1)
    is_left_out = pl.Series([layout.is_left_out(cells, heading) for _, *cells in rows.iter_rows()], dtype=pl.Boolean)
    left_out += [_joined(cells) for _, *cells in rows.filter(is_left_out).iter_rows()]
    return Raw(file=name, headings=tuple(heading), rows=rows.filter(~is_left_out), left_out=tuple(left_out))


def _joined(cells: Cells) -> str:
    return " ".join(cell for cell in cells if cell)


def _parquet(file: File, content: bytes, layout: Layout) -> Raw:
    """Return a Parquet file as a table of text.

    pyarrow reads it: on a damaged file polars can end the whole process.
    """
    try:
        table = pq.read_table(io.BytesIO(content))
        table.validate(full=True)
        frame = pl.DataFrame(table)
    except (pa.ArrowException, OSError, ValueError) as problem:
        raise UnusableExtract(f"{file.name} is damaged or is no Parquet file. {_KEPT} Export it again.") from problem
    texts = frame.select(_as_text(frame[name]) for name in frame.columns)
    heading = pl.DataFrame([texts.columns], schema=texts.schema, orient="row")
    return _framed(file.name, pl.concat([heading, texts]), layout, first_line=0)


def _as_text(column: pl.Series) -> pl.Series:
    """Return a column as texts; whole numbers that were kept as floats, because some are missing, lose their .0."""
    if column.dtype.is_float() and column.is_finite().all() and (column == column.round()).all():
        column = column.cast(pl.Int64, strict=False)
    if column.dtype == pl.Boolean or column.dtype.is_numeric() or column.dtype.is_temporal():
        return column.cast(pl.String)
    if column.dtype == pl.Binary:
        return column.cast(pl.String, strict=False)
    return (
        column.cast(pl.String, strict=False)
        if not column.dtype.is_nested()
        else column.clear(column.len()).cast(pl.String)
    )


def _trimmed(rows: pl.DataFrame) -> pl.DataFrame:
    text = pl.col(pl.String).str.strip_chars()
    return rows.with_columns(pl.when(text.str.len_bytes() > 0).then(text).name.keep())


def _without_heading(name: str, layout: Layout) -> UnusableExtract:
    return UnusableExtract(f"{name} has no line of headings{layout.wanted}. {_KEPT} Export it again with its headings.")

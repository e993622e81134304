"""A course report: one file with a line for each course, as the reports of desktop systems export it.

Patients, providers and payors are made from its lines, with ids that stay the same from one report to the next.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import polars as pl

from services.errors import UnusableExtract
from services.extract import naming
from services.extract.base import Extract, Reading, Table
from services.extract.canonical import with_payor_names
from services.extract.files import PARQUET, TEXT, WORKBOOK, File, tables
from services.extract.report_headings import LAYOUT, MEANINGS, meanings
from services.extract.tables import Raw, first_of_each, pieces, refused
from services.extract.values import is_mobile

PRIVATE = "private"
"""The payor of a line that names none."""


def read(source_name: str, files: Sequence[File]) -> Extract:
    """Read a course report.

    Raises UnusableExtract when there are several files, or none has the headings of such a report.
    """
    reading = Reading()
    raw = _report(files)
    reading.remark(raw)
    found = meanings(raw.headings)
    columns = {place: meaning.column for place, meaning in found.items()}
    names = {column.name for column in columns.values()}
    lines = _identified(reading, raw, reading.rows("courses", raw, columns, ()))
    unused = [heading for place, heading in enumerate(raw.headings) if heading and place not in found]
    if unused:
        reading.notes.append(f"{raw.file}: not used: {', '.join(unused)}.")
    rows = {
        "providers": _providers(lines),
        "patients": _patients(lines, names),
        "courses": _courses(lines, names),
    }
    if "payor" in names:
        rows["payors"] = _payors(lines)
    if "next_visit_at" in names:
        rows["appointments"] = _appointments(lines)
    named = _named(reading, raw, lines)
    return Extract(
        preset="course-report",
        source_name=source_name,
        tables={kind: Table(raw, table, named.get(kind, frozenset())) for kind, table in rows.items()},
        refusals=reading.all_refusals(),
        notes=tuple(reading.notes),
        mapping=tuple((raw.headings[place], meaning.words) for place, meaning in found.items()),
    )


def _report(files: Sequence[File]) -> Raw:
    usable = [file for file in files if file.ending in (*TEXT, *WORKBOOK, *PARQUET)]
    if len(usable) != 1:
        found = ", ".join(file.name for file in usable[:5]) or "none"
        raise UnusableExtract(
            f"A course report is one CSV or Excel file, and there are {len(usable)}: {found}. "
            "Nothing was changed. Choose the one file."
        )
    return tables(usable[0], LAYOUT)[0][1]


def _identified(reading: Reading, raw: Raw, lines: pl.DataFrame) -> pl.DataFrame:
    """Return the lines with the ids of their patient, course, provider and payor, each course once.

    A course's id is its COT number together with the patient's code. Without codes it is the COT number alone, as
    long as the number is one patient's only.
    """
    missing = [meaning.column for meaning in MEANINGS if meaning.column.name not in lines.columns]
    lines = lines.with_columns(pl.lit(None, column.kind.dtype).alias(column.name) for column in missing)
    lines = _with_persons(lines)
    nameless = pl.col("code").is_null() & pl.col("last_name").is_null()
    _refuse(reading, raw, lines.filter(nameless), "The line names no patient.")
    lines = lines.filter(~nameless).with_columns(pl.col("last_name").fill_null(pl.col("code")))
    is_shared = pl.col("patient_id").n_unique().over("cot_number") > 1
    whole = pl.concat_str("patient_id", "cot_number", separator="/")
    lines = lines.with_columns(
        pl.when(pl.col("code").is_not_null() | is_shared).then(whole).otherwise("cot_number").alias("course_id")
    )
    lines, repeated = first_of_each(lines, ("course_id",), raw.headings[_place(raw, "cot_number")])
    reading.refusals.append(refused("courses", raw, repeated))
    payor = pl.col("payor").fill_null("Private")
    return lines.with_columns(
        pl.col("provider").map_elements(_provider_id, return_dtype=pl.String).alias("provider_id"),
        payor.map_elements(naming.folded, return_dtype=pl.String).alias("payor_id"),
        payor.alias("payor"),
    ).with_columns(pl.col("payor").map_elements(naming.payor_kind, return_dtype=pl.String).alias("payor_kind"))


def _with_persons(lines: pl.DataFrame) -> pl.DataFrame:
    """Take names and telephone numbers apart, and give each patient an id: the code, else one made of the name.

    Namesakes are told apart by their telephone number or e-mail address; a line without either belongs to the only
    patient of its name, if there is only one.
    """
    names = [naming.person(text) if text else (None, None, None) for text in lines["name"]]
    parts = pl.DataFrame(names, schema={"a_title": pl.String, "a_first": pl.String, "a_last": pl.String}, orient="row")
    lines = pl.concat([lines, parts], how="horizontal").with_columns(
        pl.coalesce("title", "a_title").alias("title"),
        pl.coalesce("first_name", "a_first", pl.lit("")).alias("first_name"),
        pl.coalesce("last_name", "a_last").alias("last_name"),
    )
    is_moved = pl.col("mobile").is_null() & pl.col("phone").map_elements(is_mobile, return_dtype=pl.Boolean)
    lines = lines.with_columns(
        pl.when(is_moved).then("phone").otherwise("mobile").alias("mobile"),
        pl.when(~is_moved.fill_null(False)).then("phone").alias("phone"),
    )
    digits = [pl.col(name).str.replace_all(r"\D", "") for name in ("mobile", "phone")]
    contact = pl.coalesce(*digits, pl.col("email").str.to_lowercase())
    person = pl.concat_str("first_name", pl.lit(" "), "last_name").map_elements(naming.folded, return_dtype=pl.String)
    lines = lines.with_columns(contact.alias("contact"), person.alias("person"))
    known = pl.col("contact").drop_nulls()
    only = pl.when(known.n_unique().over("person") == 1).then(known.first().over("person"))
    key = pl.concat_str("person", pl.coalesce("contact", only, pl.lit("")), separator="|")
    return lines.with_columns(
        pl.coalesce("code", key.map_elements(_digest, return_dtype=pl.String)).alias("patient_id")
    )


def _digest(text: str) -> str:
    return f"name-{hashlib.blake2b(text.encode(), digest_size=8).hexdigest()}"


def _provider_id(text: str) -> str:
    """Return the initials that stand behind the name or alone, else the name, so that both are the same dentist."""
    initials = _initials_of(text)
    return (initials or naming.folded(text)).casefold()


def _initials_of(text: str) -> str | None:
    if match := re.search(r"\(([A-Za-z]{1,5}\d?)\)\s*$", text):
        return match[1].upper()
    return text if re.fullmatch(r"[A-Z]{1,4}\d?", text) else None


def _providers(lines: pl.DataFrame) -> pl.DataFrame:
    """Return each provider once, with the longest name by which a line calls them."""
    longest = pl.col("provider").sort_by(pl.col("provider").str.len_chars(), descending=True, maintain_order=True)
    rows = (
        lines.drop_nulls("provider")
        .group_by("provider_id", maintain_order=True)
        .agg(
            pl.col("line").first(),
            pl.col("provider")
            .map_elements(_initials_of, return_dtype=pl.String)
            .drop_nulls()
            .first()
            .alias("initials"),
            longest.first().alias("name"),
        )
    )
    name = pl.col("name").str.replace(r"\s*\([^)]*\)\s*$", "")
    own = name.map_elements(naming.initials, return_dtype=pl.String)
    return rows.with_columns(name.alias("name"), pl.coalesce("initials", own).alias("initials"))


def _payors(lines: pl.DataFrame) -> pl.DataFrame:
    rows = lines.unique("payor_id", keep="first", maintain_order=True)
    return with_payor_names(
        rows.select("line", "payor_id", pl.col("payor").alias("name"), pl.col("payor_kind").alias("kind"))
    )


def _patients(lines: pl.DataFrame, names: set[str]) -> pl.DataFrame:
    """Return each patient once, with the first of each detail that any line has."""
    details = ["title", "mobile", "phone", "email", "is_charge_exempt"]
    rows = lines.group_by("patient_id", maintain_order=True).agg(
        pl.col("line", "first_name", "last_name").first(), pl.col(details).drop_nulls().first()
    )
    # A report without a column must not undo what an earlier extract said.
    is_there = {
        "title": rows["title"].is_not_null().any(),
        "phone": names & {"phone"},
        "mobile": names & {"mobile", "phone"},
    }
    return rows.drop(name for name in details if not is_there.get(name, name in names))


def _courses(lines: pl.DataFrame, names: set[str]) -> pl.DataFrame:
    """Return the courses; what an NHS line is worth is the patient's charge, not private value."""
    is_nhs = pl.col("payor_kind") == "nhs"
    rows = lines.select(
        "line",
        "course_id",
        "cot_number",
        "patient_id",
        "provider_id",
        "payor_id",
        "opened_on",
        "last_updated_on",
        "completed_on",
        "band",
        pl.when(is_nhs).then("uda").alias("uda"),
        pl.when(~is_nhs).then("value").alias("stated_value_pence"),
        pl.when(is_nhs).then("value").alias("patient_charge_pence"),
    )
    sources = {
        "provider_id": "provider",
        "payor_id": "payor",
        "stated_value_pence": "value",
        "patient_charge_pence": "value",
    }
    optional = ("last_updated_on", "completed_on", "band", "uda", *sources)
    return rows.drop(name for name in optional if sources.get(name, name) not in names)


def _appointments(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the next appointment of each course that has one, linked to it."""
    return lines.drop_nulls("next_visit_at").select(
        "line",
        "patient_id",
        "course_id",
        "provider_id",
        pl.format("next-{}", "course_id").alias("appointment_id"),
        pl.col("next_visit_at").alias("starts_at"),
        pl.lit("booked").alias("status"),
    )


def _named(reading: Reading, raw: Raw, lines: pl.DataFrame) -> dict[str, frozenset[str]]:
    """Return the ids of the courses and appointments that the report names, refused lines included."""
    texts = [text for text in reading.all_refusals()["row_text"] if text]
    refused_courses: set[str] = set()
    for text in texts:
        words = pieces(text, raw.delimiter)
        refused_courses |= words | {f"{one}/{other}" for one in words for other in words}
    booked = refused_courses | set(lines.drop_nulls("next_visit_at")["course_id"])
    return {
        "courses": frozenset(refused_courses | set(lines["course_id"])),
        "appointments": frozenset(f"next-{course}" for course in booked),
    }


def _place(raw: Raw, name: str) -> int:
    return next(place for place, meaning in meanings(raw.headings).items() if meaning.column.name == name)


def _refuse(reading: Reading, raw: Raw, lines: pl.DataFrame, reason: str) -> None:
    problems = lines.select("line", pl.lit(None, pl.String).alias("column_name"), pl.lit(reason).alias("reason"))
    reading.refusals.append(refused("courses", raw, problems))

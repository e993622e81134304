"""Open Dental: a folder of its tables, with its own table and column names, as the canonical tables.

A course of treatment is what is treatment-planned for an active patient and belongs to one planned visit, or else to
one attached visit, or else to none.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from services.errors import UnusableExtract
from services.extract.base import Extract, Reading
from services.extract.canonical import with_payor_names
from services.extract.files import File, one_each
from services.extract.lines import Layout
from services.extract.opendental_tables import (
    ACTIVE_PATIENT,
    ACTIVE_PLAN,
    APPOINTMENTS,
    DONE,
    KEY,
    MINUTES,
    NO_CALL,
    NO_VISIT,
    NOT_PLANNED,
    PLANNED,
    PLANNED_VISIT,
    PRIVATE,
    TABLES,
    UNSCHEDULED,
    VISITS,
    Source,
)


def read(source_name: str, files: Sequence[File]) -> Extract:
    """Read a folder of Open Dental's tables.

    Raises UnusableExtract when a required table or column is not there.
    """
    reading = Reading()
    raws = one_each(files, {name: name for name in TABLES}, Layout(), reading.notes)
    missing = [name for name, spec in TABLES.items() if spec.is_required and name not in raws]
    if missing:
        raise UnusableExtract(
            f"The extract has no file {' and no file '.join(missing)}. Nothing was changed. "
            f"It needs these tables of Open Dental: {', '.join(n for n, spec in TABLES.items() if spec.is_required)}."
        )
    source = Source(raws, reading)
    patients = source.rows("patient")
    others = set(patients.filter(pl.col("PatStatus") != ACTIVE_PATIENT)["PatNum"])
    procedures = _procedures(source, others)
    insured = _insured(source)
    courses = _courses(source, procedures, insured)
    visits, appointments = _visits(source, procedures, others)
    tables = {
        "providers": source.table("providers", "provider", _providers(source.rows("provider"))),
        "payors": source.table("payors", "carrier", _payors(courses, insured)),
        "patients": source.table("patients", "patient", _patients(source, patients), updates_only=frozenset(others)),
        "courses": source.table("courses", "procedurelog", courses),
        "planned_visits": source.table("planned_visits", "appointment", visits),
        "treatment_items": source.table("treatment_items", "procedurelog", _items(source, procedures, visits)),
        "appointments": source.table("appointments", "appointment", appointments),
    }
    clinics = source.rows("clinic")
    return Extract(
        preset="opendental",
        source_name=source_name,
        tables=tables,
        refusals=reading.all_refusals(),
        practice_name=clinics["Description"][0] if clinics.height == 1 else None,
        notes=tuple(reading.notes),
    )


def _patients(source: Source, patients: pl.DataFrame) -> pl.DataFrame:
    rows = patients.select(
        "line",
        pl.col("PatNum").alias("patient_id"),
        pl.col("Title").alias("title"),
        pl.coalesce("Preferred", "FName", pl.lit("")).alias("first_name"),
        pl.col("LName").alias("last_name"),
        pl.coalesce("Guarantor", "PatNum").alias("household_id"),
        pl.col("WirelessPhone").alias("mobile"),
        pl.coalesce("HmPhone", "WkPhone").alias("phone"),
        pl.col("Email").alias("email"),
        pl.col("TxtMsgOk").alias("is_sms_allowed"),
        pl.col("PreferRecallMethod").replace(NO_CALL, None).alias("preferred_contact"),
        pl.col("PreferRecallMethod").eq_missing(NO_CALL).alias("is_do_not_contact"),
        (pl.col("PatStatus") == ACTIVE_PATIENT).alias("is_active"),
    )
    # What the source does not say must not undo what an earlier extract said.
    if not source.has("patient", "PreferRecallMethod"):
        rows = rows.drop("preferred_contact", "is_do_not_contact")
    return rows if source.has("patient", "TxtMsgOk") else rows.drop("is_sms_allowed")


def _providers(rows: pl.DataFrame) -> pl.DataFrame:
    is_gone = pl.col("IsHidden").fill_null(False) | (pl.col("ProvStatus") == "1").fill_null(False)
    name = pl.concat_str("FName", "LName", separator=" ", ignore_nulls=True).replace("", None)
    return rows.select(
        "line",
        pl.col("ProvNum").alias("provider_id"),
        pl.coalesce(name, "Abbr").alias("name"),
        pl.col("Abbr").alias("initials"),
        pl.when("IsSecondary").then(pl.lit("hygienist")).otherwise(pl.lit("dentist")).alias("role"),
        (~is_gone).alias("is_active"),
    )


def _procedures(source: Source, others: set[str]) -> pl.DataFrame:
    """Return the planned procedures of active patients, and the done ones of the same visits, with their course.

    A procedure belongs to its planned visit, or else to its attached one, or else to the patient alone. A visit of
    somebody else counts as none.
    """
    status, patient = source.texts("procedurelog", "ProcStatus"), source.texts("procedurelog", "PatNum")
    visit = pl.select(pl.coalesce(*(source.texts("procedurelog", name, KEY) for name in VISITS))).to_series()
    is_ours = ~patient.is_in(list(others)).fill_null(False)
    is_planned = ~status.is_in(NOT_PLANNED).fill_null(False) & is_ours
    planned_visits = visit.filter(is_planned).drop_nulls().unique()
    is_done = (status == DONE).fill_null(False) & is_ours & visit.is_in(planned_visits.implode()).fill_null(False)
    rows = source.rows("procedurelog", is_planned | is_done)
    raw = source.raws["procedurelog"]
    source.reading.notes.append(
        f"{raw.file}: {int((is_planned | is_done).sum()):,} of {raw.rows.height:,} procedures are planned for active "
        "patients, or done in the same visit; the others are not taken."
    )
    is_dateless = (pl.col("ProcStatus") == PLANNED) & pl.col("DateTP").is_null() & pl.col("ProcDate").is_null()
    source.refuse("procedurelog", rows.filter(is_dateless), "DateTP, ProcDate", "DateTP and ProcDate are empty.")
    is_planned_row = pl.col("ProcStatus") == PLANNED
    visit_of = pl.coalesce(*VISITS)
    owner = pl.col("PatNum").first().over("visit", order_by="line")
    rows = (
        rows.filter(~is_dateless)
        .with_columns(visit_of.alias("visit"), is_planned_row.alias("is_planned"))
        .with_columns(pl.when(pl.col("PatNum") == owner).then("visit").alias("visit"))
        .with_columns(
            pl.coalesce(pl.format("visit-{}", "visit"), pl.format("patient-{}", "PatNum")).alias("course_id"),
            pl.coalesce("DateTP", "ProcDate").alias("opened_on"),
            pl.coalesce("DateComplete", "ProcDate", "DateTStamp", "DateTP").alias("done_on"),
            _pence().alias("price_pence"),
        )
    )
    has_planned = pl.col("is_planned").any().over("course_id")
    is_dated = pl.col("is_planned") | (pl.col("done_on").is_not_null() & pl.col("visit").is_not_null())
    return rows.filter(has_planned & is_dated)


def _pence() -> pl.Expr:
    """Work out a fee, half a penny up: the fee of one unit times the units."""
    units = pl.col("UnitQty").fill_null(1).cast(pl.Int128) + pl.col("BaseUnits").fill_null(0)
    fee = pl.col("ProcFee") * units
    return (fee.sign() * ((fee.abs() + 5_000) // 10_000)).cast(pl.Int64)


def _courses(source: Source, procedures: pl.DataFrame, insured: pl.DataFrame) -> pl.DataFrame:
    planned = procedures.filter("is_planned")
    updated = procedures.group_by("course_id").agg(pl.col("DateTStamp").max().alias("last_updated_on"))
    inactive = _on_inactive_plans(source)
    courses = planned.group_by("course_id", maintain_order=True).agg(
        pl.col("line").first(),
        pl.coalesce(pl.col("visit").first(), pl.format("P{}", pl.col("PatNum").first())).alias("cot_number"),
        pl.col("PatNum").first().alias("patient_id"),
        pl.col("ProvNum").drop_nulls().first().alias("provider_id"),
        pl.col("opened_on").min(),
        (~pl.col("ProcNum").is_in(inactive.implode()).all()).alias("is_active"),
    )
    return (
        courses.join(updated, on="course_id", how="left", maintain_order="left")
        .join(insured.select("patient_id", "payor_id"), on="patient_id", how="left", maintain_order="left")
        .with_columns(pl.col("payor_id").fill_null(PRIVATE))
    )


def _on_inactive_plans(source: Source) -> pl.Series:
    """Return the procedures that stand on treatment plans none of which is the patient's active one."""
    attached = source.rows("treatplanattach").join(source.rows("treatplan"), on="TreatPlanNum", how="inner")
    is_active = attached.group_by("ProcNum").agg((pl.col("TPStatus") == ACTIVE_PLAN).any().alias("is_active"))
    return is_active.filter(~pl.col("is_active"))["ProcNum"]


def _insured(source: Source) -> pl.DataFrame:
    """Return patient_id, payor_id and name of the first insurance of each patient who has one."""
    return (
        source.rows("patplan")
        .filter(pl.col("Ordinal") == 1)
        .unique("PatNum", keep="first", maintain_order=True)
        .join(source.rows("inssub").drop("line"), on="InsSubNum")
        .join(source.rows("insplan").drop("line"), on="PlanNum")
        .join(source.rows("carrier").drop("line"), on="CarrierNum")
        .select(
            pl.col("PatNum").alias("patient_id"),
            pl.format("carrier-{}", "CarrierNum").alias("payor_id"),
            pl.col("CarrierName").alias("name"),
        )
    )


def _payors(courses: pl.DataFrame, insured: pl.DataFrame) -> pl.DataFrame:
    """Return the payors of the courses; names that differ only in case or spaces are one name."""
    carriers = insured.filter(pl.col("payor_id").is_in(courses["payor_id"].implode())).unique("payor_id", keep="first")
    payors = pl.concat(
        [
            pl.DataFrame({"payor_id": [PRIVATE], "name": ["Private"], "kind": ["private"]}),
            carriers.sort("payor_id").select("payor_id", "name", pl.lit("insurance").alias("kind")),
        ]
    )
    return with_payor_names(payors.with_columns(pl.lit(None, pl.Int32).alias("line")))


def _visits(source: Source, procedures: pl.DataFrame, others: set[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the planned visits of the courses, and the appointments of the patients with the course each is for."""
    status, patient = source.texts("appointment", "AptStatus"), source.texts("appointment", "PatNum")
    is_taken = ~status.is_in(NO_VISIT).fill_null(False) & ~patient.is_in(list(others)).fill_null(False)
    rows = source.rows("appointment", is_taken).with_columns(
        (pl.col("Pattern").str.len_chars() * MINUTES).cast(pl.Int32).alias("minutes"),
        pl.format("visit-{}", pl.coalesce("NextAptNum", "AptNum")).alias("visit_course"),
    )
    is_visit, is_dateless = pl.col("AptStatus") == PLANNED_VISIT, pl.col("AptDateTime").is_null()
    appointments = rows.filter(~is_visit)
    source.refuse(
        "appointment",
        appointments.filter(is_dateless & (pl.col("AptStatus") != UNSCHEDULED)),
        "AptDateTime",
        "AptDateTime is empty.",
    )
    appointments = appointments.filter(~is_dateless).with_columns(
        pl.col("AptStatus").replace_strict(APPOINTMENTS, return_dtype=pl.String).alias("status")
    )
    courses = procedures.select("course_id").unique()
    attached = (
        procedures.sort("is_planned", descending=True, maintain_order=True).select("AptNum", "course_id").unique()
    )
    derived = appointments.select("AptNum", pl.col("visit_course").alias("course_id")).join(
        courses, on="course_id", how="semi"
    )
    links = pl.concat([attached, derived]).drop_nulls().unique(maintain_order=True)
    booked = appointments.filter(pl.col("status") == "booked").sort("AptDateTime", descending=True, maintain_order=True)
    bookings = booked.join(links, on="AptNum").unique("course_id", keep="first", maintain_order=True)
    visits = (
        rows.filter(is_visit)
        .with_columns(pl.format("visit-{}", "AptNum").alias("course_id"))
        .join(courses, on="course_id", how="semi", maintain_order="left")
        .join(bookings.select("course_id", appointment_id="AptNum"), on="course_id", how="left", maintain_order="left")
    )
    return (
        visits.select(
            "line",
            "course_id",
            "minutes",
            "appointment_id",
            pl.col("AptNum").alias("planned_visit_id"),
            pl.lit(1, pl.Int32).alias("position"),
            pl.col("ProvNum").alias("provider_id"),
        ),
        appointments.join(links.unique("AptNum", keep="first", maintain_order=True), on="AptNum", how="left").select(
            "line",
            "course_id",
            "minutes",
            "status",
            pl.col("AptNum").alias("appointment_id"),
            pl.col("PatNum").alias("patient_id"),
            pl.col("ProvNum").alias("provider_id"),
            pl.col("AptDateTime").alias("starts_at"),
        ),
    )


def _items(source: Source, procedures: pl.DataFrame, visits: pl.DataFrame) -> pl.DataFrame:
    codes = source.rows("procedurecode").select("CodeNum", "ProcCode", "Descript")
    is_there = pl.col("PlannedAptNum").is_in(visits["planned_visit_id"].implode())
    return procedures.join(codes, on="CodeNum", how="left", maintain_order="left").select(
        "line",
        "course_id",
        "price_pence",
        pl.col("ProcNum").alias("treatment_item_id"),
        pl.when(is_there).then("PlannedAptNum").alias("planned_visit_id"),
        pl.col("ProcCode").alias("code"),
        pl.coalesce("Descript", "ProcCode", pl.lit("Treatment")).alias("description"),
        pl.lit("private").alias("charged_to"),
        pl.when(~pl.col("is_planned")).then("done_on").alias("completed_on"),
    )

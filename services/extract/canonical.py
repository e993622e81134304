"""The canonical form of an extract: every file and column (docs/extract.md says the same, and a test compares them)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from services.errors import UnusableExtract
from services.extract import naming
from services.extract.base import Extract, Reading, Table
from services.extract.files import File, one_each
from services.extract.lines import Layout
from services.extract.tables import Column, Raw, bare
from services.extract.values import DAY, EMAIL, ID, MOMENT, NUMBER, PHONE, POUNDS, TEXT, WHOLE, YES_NO, Kind, choice

STATUSES = choice(
    {
        "booked": "booked",
        "confirmed": "confirmed",
        "arrived": "arrived",
        "pending": "pending",
        "cancelled": "cancelled",
        "failed": "failed",
        "waiting list": "waiting_list",
        "completed": "completed",
        "canceled": "cancelled",
        "failed to attend": "failed",
        "did not attend": "failed",
        "fta": "failed",
        "dna": "failed",
        "complete": "completed",
        "scheduled": "booked",
    }
)
ROLES = Kind("one of", pl.String(), naming.role)
PAYOR_KINDS = choice({"nhs": "nhs", "private": "private", "plan": "plan", "insurance": "insurance"})
CHARGED_TO = choice({"nhs": "nhs", "private": "private", "plan": "plan", "insurance": "private"})
CONTACTS = choice(
    {
        "phone": "phone",
        "email": "email",
        "sms": "sms",
        "telephone": "phone",
        "e-mail": "email",
        "text": "sms",
        "mobile": "phone",
        "letter": None,
        "post": None,
        "any": None,
    },
    is_forgiving=True,
)
BANDS = choice(
    {
        **{band: band for band in ("1", "2", "2a", "2b", "2c", "3", "urgent", "unscheduled")},
        **{f"band {band}": band for band in ("1", "2", "2a", "2b", "2c", "3", "urgent", "unscheduled")},
        "4": "urgent",
    },
    is_forgiving=True,
)
PATHWAYS = choice(
    {
        **{f"pathway {number}": f"pathway {number}" for number in "123"},
        **{number: f"pathway {number}" for number in "123"},
    }
)


@dataclass(frozen=True)
class FileSpec:
    """A file of the canonical form: the table it fills, the columns that name a row, and all that it may have."""

    file: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    is_required: bool = False


FILES: dict[str, FileSpec] = {
    "contracts": FileSpec(
        "contracts",
        "NHS contracts, a row for each year or change of value.",
        ("contract_id", "from_on"),
        (
            Column("contract_id", ID, "The contract's number.", "4501-2026", is_required=True),
            Column("from_on", DAY, "First day on which the row holds.", "01/04/2026", is_required=True),
            Column("to_on", DAY, "Last day; empty: until further notice.", "31/03/2027"),
            Column(
                "uda_value_pence",
                POUNDS,
                "What one UDA pays.",
                "35.50",
                unit="£",
                heading="uda_value",
                is_required=True,
            ),
            Column("uda_target", NUMBER, "UDAs of the contract year.", "9400", unit="UDA"),
        ),
    ),
    "providers": FileSpec(
        "providers",
        "Dentists, hygienists, therapists.",
        ("provider_id",),
        (
            Column("provider_id", ID, "The PMS's own id.", "12", is_required=True),
            Column("name", TEXT, "Name; empty: the initials or the id.", "Ben Adeyemi"),
            Column("initials", TEXT, "As shown in lists; empty: made from the name.", "BA"),
            Column("role", ROLES, "dentist, hygienist, therapist or other.", "dentist", default="dentist"),
            Column("contract_id", ID, "The NHS contract worked under.", "4501-2026"),
            Column("is_active", YES_NO, "Works here now.", "yes", default=True),
            Column("is_online_bookable", YES_NO, "May be booked by patients themselves.", "yes", default=True),
        ),
    ),
    "payors": FileSpec(
        "payors",
        "Who pays.",
        ("payor_id",),
        (
            Column("payor_id", ID, "The PMS's own id.", "2", is_required=True),
            Column("name", TEXT, "Name; empty: the id.", "Denplan"),
            Column("kind", PAYOR_KINDS, "nhs, private, plan or insurance; empty: told by the name.", "plan"),
        ),
    ),
    "pms_users": FileSpec(
        "users",
        "People who use the PMS.",
        ("pms_user_id",),
        (
            Column("pms_user_id", ID, "The PMS's own id.", "7", heading="user_id", is_required=True),
            Column("name", TEXT, "Name.", "Amara Nwosu", is_required=True),
            Column("is_active", YES_NO, "Works here now.", "yes", default=True),
        ),
    ),
    "patients": FileSpec(
        "patients",
        "Patients.",
        ("patient_id",),
        (
            Column("patient_id", ID, "The PMS's own id.", "1001", is_required=True),
            Column("title", TEXT, "Title.", "Mrs"),
            Column("first_name", TEXT, "First name.", "Ngozi", default=""),
            Column("last_name", TEXT, "Last name.", "Okafor", is_required=True),
            Column("household_id", ID, "The same for all who live together.", "H77"),
            Column("mobile", PHONE, "Mobile number.", "07700 900123"),
            Column("phone", PHONE, "Any other number.", "01632 960123"),
            Column("email", EMAIL, "E-mail address.", "ngozi.okafor@example.com"),
            Column("preferred_contact", CONTACTS, "phone, email or sms.", "sms"),
            Column("is_email_allowed", YES_NO, "Agrees to e-mail; empty: never asked.", "yes"),
            Column("is_sms_allowed", YES_NO, "Agrees to text messages; empty: never asked.", "no"),
            Column("is_marketing_allowed", YES_NO, "Agrees to marketing; empty: never asked.", "no"),
            Column("is_do_not_contact", YES_NO, "Must not be contacted.", "no", default=False),
            Column("is_charge_exempt", YES_NO, "Pays no NHS charge.", "no"),
            Column("is_active", YES_NO, "A patient of the practice now.", "yes", default=True),
        ),
        is_required=True,
    ),
    "courses": FileSpec(
        "courses",
        "Courses of treatment (COT).",
        ("course_id",),
        (
            Column("course_id", ID, "The PMS's own id, the same for ever.", "88123", is_required=True),
            Column("cot_number", ID, "The number that people see; empty: the id.", "3"),
            Column("patient_id", ID, "The patient.", "1001", is_required=True),
            Column("provider_id", ID, "The provider.", "12"),
            Column("payor_id", ID, "The payor.", "2"),
            Column("contract_id", ID, "The NHS contract, where it is not the provider's.", "4501-2026"),
            Column("opened_on", DAY, "Day of acceptance.", "03/03/2026", is_required=True),
            Column("last_updated_on", DAY, "Day of the last change.", "10/03/2026"),
            Column("started_on", DAY, "Day of the first visit.", "12/03/2026"),
            Column("completed_on", DAY, "Day of completion; empty: open.", ""),
            Column("is_deleted", YES_NO, "Deleted in the PMS.", "no", default=False),
            Column("is_active", YES_NO, "no: made inactive in the chart.", "yes", default=True),
            Column("band", BANDS, "1, 2, 2a, 2b, 2c, 3, urgent or unscheduled.", "2b"),
            Column("uda", NUMBER, "UDAs of the course; empty: the band's.", "5", unit="UDA"),
            Column("uda_done", NUMBER, "UDAs of it already claimed.", "0", unit="UDA"),
            Column(
                "stated_value_pence",
                POUNDS,
                "Private value left, where there are no treatment items.",
                "1,234.50",
                unit="£",
                heading="stated_value",
            ),
            Column(
                "patient_charge_pence",
                POUNDS,
                "NHS charge due; empty: the band's.",
                "76.60",
                unit="£",
                heading="patient_charge",
            ),
            Column("pathway", PATHWAYS, "pathway 1, pathway 2 or pathway 3.", "pathway 1"),
            Column("claim_number", WHOLE, "Which claim of the pathway.", "2"),
            Column("suspended_on", DAY, "Day on which a pathway was suspended.", ""),
            Column("reopen_by", DAY, "Last day on which it can be taken up again.", ""),
        ),
        is_required=True,
    ),
    "planned_visits": FileSpec(
        "planned_visits",
        "The visits that a course still needs.",
        ("planned_visit_id",),
        (
            Column("planned_visit_id", ID, "The PMS's own id.", "501", is_required=True),
            Column("course_id", ID, "The course.", "88123", is_required=True),
            Column("position", WHOLE, "Which visit of the course; empty: as in the file.", "1"),
            Column("provider_id", ID, "The provider.", "12"),
            Column("minutes", WHOLE, "Length.", "30", unit="minutes"),
            Column("interval_days", WHOLE, "To wait after the visit before it.", "14", unit="days"),
            Column("appointment_id", ID, "The appointment, where it is booked.", "9001"),
            Column("is_bookable", YES_NO, "Can be booked now.", "yes", default=True),
        ),
    ),
    "treatment_items": FileSpec(
        "treatment_items",
        "What is to be done on a course, and what is done already.",
        ("treatment_item_id",),
        (
            Column("treatment_item_id", ID, "The PMS's own id.", "7001", is_required=True),
            Column("course_id", ID, "The course.", "88123", is_required=True),
            Column("planned_visit_id", ID, "The planned visit.", "501"),
            Column("code", TEXT, "The PMS's treatment code.", "CRN"),
            Column("description", TEXT, "In words; empty: the code.", "Crown"),
            Column("charged_to", CHARGED_TO, "nhs, private or plan.", "private", is_required=True),
            Column("price_pence", POUNDS, "Price; empty: 0.", "420.00", unit="£", heading="price", default=0),
            Column("completed_on", DAY, "Day on which it was done; empty: still to do.", ""),
            Column("is_deleted", YES_NO, "Deleted in the PMS.", "no", default=False),
        ),
    ),
    "appointments": FileSpec(
        "appointments",
        "Appointments, past and coming.",
        ("appointment_id",),
        (
            Column("appointment_id", ID, "The PMS's own id.", "9001", is_required=True),
            Column("patient_id", ID, "The patient.", "1001", is_required=True),
            Column("course_id", ID, "The course it is for; empty: linked to none.", "88123"),
            Column("provider_id", ID, "The provider.", "12"),
            Column("starts_at", MOMENT, "Day and time on the practice's clock.", "24/11/2026 10:30", is_required=True),
            Column("minutes", WHOLE, "Length.", "30", unit="minutes"),
            Column(
                "status",
                STATUSES,
                "booked, confirmed, arrived, pending, cancelled, failed, waiting_list or completed.",
                "booked",
                is_required=True,
            ),
        ),
    ),
}
"""Every file, by the table it fills, in the order in which an import writes them."""

ABOUT = FileSpec(
    "extract",
    "One row about the extract itself.",
    (),
    (
        Column("practice", TEXT, "The practice's name.", "Elm Road Dental Practice"),
        Column("kind", choice({"full": "full", "changes": "changes"}), "full or changes; empty: full.", "full"),
        Column(
            "nation",
            choice({name.casefold(): name for name in ("England", "Wales", "Scotland", "Northern Ireland")}),
            "England, Wales, Scotland or Northern Ireland, for a new practice; empty: England.",
            "England",
        ),
    ),
)


def read(source_name: str, files: Sequence[File]) -> Extract:
    """Read the files of the canonical form.

    Raises UnusableExtract when a required file or column is not there, or two files are for the same table.
    """
    wanted = {bare(spec.file): kind for kind, spec in FILES.items()} | {bare(ABOUT.file): ABOUT.file}
    reading = Reading()
    raws = one_each(files, wanted, Layout(), reading.notes)
    _check_complete(raws, files)
    tables = {kind: _table(kind, raws[kind], reading) for kind in FILES if kind in raws}
    about = _about(raws[ABOUT.file], reading) if ABOUT.file in raws else {}
    return Extract(
        preset="canonical",
        source_name=source_name,
        tables=tables,
        refusals=reading.all_refusals(),
        practice_name=about.get("practice"),
        nation=about.get("nation") or "England",
        is_full=about.get("kind") != "changes",
        notes=tuple(reading.notes),
    )


def _check_complete(raws: Mapping[str, Raw], files: Sequence[File]) -> None:
    missing = [spec.file for kind, spec in FILES.items() if spec.is_required and kind not in raws]
    if not missing:
        return
    names = {file.stem for file in files}
    if names & {"procedurelog", "procedurecode"}:
        hint = "It looks like a folder from Open Dental: choose that preset."
    elif len(files) == 1:
        hint = "A report with one line for each course has a preset of its own: choose Course report."
    else:
        known = ", ".join(spec.file for spec in FILES.values())
        hint = f"The files are recognised by their names: {known}."
    raise UnusableExtract(f"The extract has no file {' and no file '.join(missing)}. Nothing was changed. {hint}")


def places_of(raw: Raw, spec: FileSpec, notes: list[str] | None = None) -> dict[int, Column]:
    """Return the columns of a file by their place; raises UnusableExtract when a required one is not there."""
    places = raw.places()
    found: dict[int, Column] = {}
    for column in spec.columns:
        at = places.get(bare(column.title)) or places.get(bare(column.name)) or []
        if len(at) > 1:
            raise UnusableExtract(
                f"{raw.file} has {len(at)} columns called {column.title}. "
                "Nothing was changed. Leave only the right one."
            )
        if at:
            found[at[0]] = column
    missing = [column.title for column in spec.columns if column.is_required and column not in found.values()]
    if missing:
        has = ", ".join(heading for heading in raw.headings if heading)
        raise UnusableExtract(
            f"{raw.file} has no column {' and no column '.join(missing)}. Nothing was changed. It has: {has}."
        )
    unused = [heading for place, heading in enumerate(raw.headings) if heading and place not in found]
    if unused and notes is not None:
        notes.append(f"{raw.file}: not used: {', '.join(unused)}.")
    return found


def _table(kind: str, raw: Raw, reading: Reading) -> Table:
    spec = FILES[kind]
    reading.remark(raw)
    rows = reading.rows(kind, raw, places_of(raw, spec, reading.notes), spec.key)
    defaults = [
        pl.col(column.name).fill_null(column.default)
        for column in spec.columns
        if column.default is not None and column.name in rows.columns
    ]
    rows = _completed(kind, rows.with_columns(defaults))
    named = reading.named(raw) | set(rows[spec.key[0]].to_list())
    titles = {column.name: column.title for column in spec.columns if column.heading}
    return Table(raw, rows, frozenset(named), titles=titles)


def _completed(kind: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Fill in what the file leaves to be told by something else."""
    if kind == "providers":
        rows = _with(rows, "initials", "name")
        name = pl.coalesce("name", "initials", "provider_id")
        initials = pl.coalesce("initials", name.map_elements(naming.initials, return_dtype=pl.String))
        return rows.with_columns(name.alias("name"), initials.alias("initials"))
    if kind == "payors":
        return with_payor_names(_with(rows, "name", "kind"))
    if kind == "courses":
        return _with(rows, "cot_number").with_columns(pl.coalesce("cot_number", "course_id"))
    if kind == "planned_visits":
        place = pl.int_range(pl.len(), dtype=pl.Int32).over("course_id") + 1
        return _with(rows, "position", dtype=pl.Int32).with_columns(pl.coalesce("position", place))
    if kind == "treatment_items":
        rows = _with(rows, "description", "code")
        return rows.with_columns(pl.coalesce("description", "code", pl.lit("Treatment")).alias("description"))
    return rows


def with_payor_names(rows: pl.DataFrame) -> pl.DataFrame:
    """Give payors whose names differ only in case or spaces the first one's name, and each its kind."""
    name = pl.coalesce("name", "payor_id")
    folded = name.map_elements(naming.folded, return_dtype=pl.String)
    kind = pl.col("name").map_elements(naming.payor_kind, return_dtype=pl.String)
    return rows.with_columns(name.first().over(folded).alias("name")).with_columns(pl.coalesce("kind", kind))


def _with(rows: pl.DataFrame, *names: str, dtype: pl.DataType | type[pl.DataType] = pl.String) -> pl.DataFrame:
    return rows.with_columns(pl.lit(None, dtype).alias(name) for name in names if name not in rows.columns)


def _about(raw: Raw, reading: Reading) -> dict[str, str | None]:
    """Return the practice, kind and nation that an extract says of itself."""
    rows = reading.rows(ABOUT.file, raw, places_of(raw, ABOUT), ())
    if rows.height != 1:
        raise UnusableExtract(
            f"{raw.file} must have one good row, with the practice, the kind (full or changes) and the nation. "
            "Nothing was changed. Mend it, or leave it out."
        )
    return {name: value for name, value in rows.row(0, named=True).items() if name != "line"}

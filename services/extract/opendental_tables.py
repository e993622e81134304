"""What is read of Open Dental's tables: its names, its codes, and no column more.

Dates of birth, notes and insurance numbers are never kept, not even in a refused row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from services.errors import UnusableExtract
from services.extract.base import Reading, Table
from services.extract.canonical import FILES
from services.extract.tables import Column, Raw, bare, pieces, refused
from services.extract.values import (
    DAY,
    EMAIL,
    ID,
    MILLIONTHS,
    MOMENT,
    PHONE,
    TEXT,
    WHOLE,
    YES_NO,
    Kind,
    choice,
    converted,
)

KEY = Kind("id, 0 for none", pl.String(), lambda text: text.removesuffix(".0") if text.strip("0.") else None)

PATIENT_STATUS = choice({str(code): str(code) for code in range(8)})
PROCEDURE_STATUS = choice({str(code): str(code) for code in range(1, 9)})
APPOINTMENT_STATUS = choice({str(code): str(code) for code in range(9)})

# Open Dental's own order of its codes (OpenDentBusiness, enum ContactMethod and YN).
NO_CALL = "no call"
CONTACTS = choice(
    {
        **dict.fromkeys(("0", "none", "6", "seenotes", "7", "mail"), None),
        **dict.fromkeys(("1", "donotcall"), NO_CALL),
        **dict.fromkeys(("2", "hmphone", "3", "wkphone", "4", "wirelessph"), "phone"),
        **dict.fromkeys(("5", "email"), "email"),
        **dict.fromkeys(("8", "textmessage"), "sms"),
    },
    is_forgiving=True,
)
TEXT_ALLOWED = choice({"0": None, "1": True, "2": False}, pl.Boolean(), is_forgiving=True)

ACTIVE_PATIENT = "0"
PLANNED, DONE = "1", "2"
NOT_PLANNED = ("2", "3", "4", "5", "6", "7", "8")
"""ProcStatus: complete, existing (two kinds), referred, deleted, condition, planned on an inactive plan."""
ACTIVE_PLAN = "1"
PLANNED_VISIT = "6"
NO_VISIT = ("0", "7", "8")
"""AptStatus: none, and notes in the appointment book (two kinds)."""
UNSCHEDULED = "3"
APPOINTMENTS = {"1": "booked", "2": "completed", "3": "waiting_list", "4": "booked", "5": "failed"}
"""AptStatus: scheduled, complete, unscheduled list, ASAP (scheduled, wanted sooner), broken."""

PRIVATE = "private"
"""The payor of patients without insurance."""

MINUTES = 5
"""Each letter of an appointment's Pattern is so long."""

VISITS = ("PlannedAptNum", "AptNum")
"""The columns of a procedure that name its visit; the first that does counts."""

TITLES = {
    "patient_id": "PatNum",
    "provider_id": "ProvNum",
    "appointment_id": "AptNum",
    "course_id": "PlannedAptNum, AptNum",
}


@dataclass(frozen=True)
class TableSpec:
    """A table of Open Dental: what its refused rows count as, its key, and the columns that are read."""

    kind: str
    key: str
    columns: tuple[Column, ...]
    is_required: bool = False


def _columns(required: Mapping[str, Kind], optional: Mapping[str, Kind]) -> tuple[Column, ...]:
    return (
        *(Column(name, kind, is_required=True) for name, kind in required.items()),
        *(Column(name, kind) for name, kind in optional.items()),
    )


TABLES: dict[str, TableSpec] = {
    "patient": TableSpec(
        "patients",
        "PatNum",
        _columns(
            {"PatNum": ID, "LName": TEXT, "PatStatus": PATIENT_STATUS},
            {
                "FName": TEXT,
                "Preferred": TEXT,
                "Title": TEXT,
                "Guarantor": KEY,
                "HmPhone": PHONE,
                "WkPhone": PHONE,
                "WirelessPhone": PHONE,
                "Email": EMAIL,
                "TxtMsgOk": TEXT_ALLOWED,
                "PreferRecallMethod": CONTACTS,
            },
        ),
        is_required=True,
    ),
    "provider": TableSpec(
        "providers",
        "ProvNum",
        _columns(
            {"ProvNum": ID, "Abbr": TEXT},
            {"LName": TEXT, "FName": TEXT, "IsHidden": YES_NO, "IsSecondary": YES_NO, "ProvStatus": ID},
        ),
        is_required=True,
    ),
    "procedurelog": TableSpec(
        "treatment_items",
        "ProcNum",
        _columns(
            {"ProcNum": ID, "PatNum": ID, "ProcStatus": PROCEDURE_STATUS, "ProcFee": MILLIONTHS},
            {
                "AptNum": KEY,
                "PlannedAptNum": KEY,
                "ProcDate": DAY,
                "DateTP": DAY,
                "DateComplete": DAY,
                "UnitQty": WHOLE,
                "BaseUnits": WHOLE,
                "ProvNum": KEY,
                "CodeNum": KEY,
                "DateTStamp": DAY,
            },
        ),
        is_required=True,
    ),
    "procedurecode": TableSpec(
        "treatment_items",
        "CodeNum",
        _columns({"CodeNum": ID}, {"ProcCode": TEXT, "Descript": TEXT}),
        is_required=True,
    ),
    "appointment": TableSpec(
        "appointments",
        "AptNum",
        _columns(
            {"AptNum": ID, "PatNum": ID, "AptStatus": APPOINTMENT_STATUS},
            {"AptDateTime": MOMENT, "Pattern": TEXT, "ProvNum": KEY, "NextAptNum": KEY},
        ),
        is_required=True,
    ),
    "treatplan": TableSpec("courses", "TreatPlanNum", _columns({"TreatPlanNum": ID, "TPStatus": ID}, {})),
    "treatplanattach": TableSpec(
        "courses", "TreatPlanAttachNum", _columns({"TreatPlanAttachNum": ID, "TreatPlanNum": ID, "ProcNum": ID}, {})
    ),
    "carrier": TableSpec("payors", "CarrierNum", _columns({"CarrierNum": ID, "CarrierName": TEXT}, {})),
    "insplan": TableSpec("payors", "PlanNum", _columns({"PlanNum": ID, "CarrierNum": ID}, {})),
    "inssub": TableSpec("payors", "InsSubNum", _columns({"InsSubNum": ID, "PlanNum": ID}, {})),
    "patplan": TableSpec(
        "payors", "PatPlanNum", _columns({"PatPlanNum": ID, "PatNum": ID, "Ordinal": WHOLE, "InsSubNum": ID}, {})
    ),
    "clinic": TableSpec("practice", "ClinicNum", _columns({"ClinicNum": ID}, {"Description": TEXT})),
}
"""Every table that is read, with the columns that are."""


class Source:
    """The tables of the folder, cut down to the columns that are read."""

    def __init__(self, raws: Mapping[str, Raw], reading: Reading) -> None:
        self.reading = reading
        self.raws: dict[str, Raw] = {}
        self.columns: dict[str, dict[int, Column]] = {}
        self.named_unread: dict[str, set[str]] = {}
        for name, raw in raws.items():
            reading.remark(raw)
            found = self._places(name, raw)
            self.named_unread[name] = set().union(*(pieces(text, raw.delimiter) for _, _, text in raw.refused))
            self.raws[name] = raw.only(found)
            self.columns[name] = dict(enumerate(found.values()))

    @staticmethod
    def _places(name: str, raw: Raw) -> dict[int, Column]:
        places = raw.places()
        found = {places[bare(column.name)][0]: column for column in TABLES[name].columns if bare(column.name) in places}
        missing = [one.name for one in TABLES[name].columns if one.is_required and one not in found.values()]
        if missing:
            raise UnusableExtract(
                f"{raw.file} has no column {' and no column '.join(missing)}. Nothing was changed. "
                "Export the table with Open Dental's own column names."
            )
        return found

    def has(self, name: str, column: str) -> bool:
        """Say whether a table has a column."""
        return any(one.name == column for one in self.columns.get(name, {}).values())

    def texts(self, name: str, column: str, kind: Kind = ID) -> pl.Series:
        """Return a column of a table before any row is refused; nothing when there is no such column."""
        raw = self.raws[name]
        place = next((at for at, one in self.columns[name].items() if one.name == column), None)
        if place is None:
            return pl.repeat(None, raw.rows.height, dtype=pl.String, eager=True).alias(column)
        return converted(raw.rows[str(place)], kind)[0].alias(column)

    def rows(self, name: str, taken: pl.Series | None = None) -> pl.DataFrame:
        """Return the good rows of a table, or of those rows of it that are taken; a column not there is empty."""
        spec = TABLES[name]
        if name not in self.raws:
            rows = pl.DataFrame({"line": []}, schema={"line": pl.Int32})
        else:
            raw = self.raws[name]
            wanted = raw if taken is None else replace(raw, rows=raw.rows.filter(taken))
            rows = self.reading.rows(spec.kind, wanted, self.columns[name], (spec.key,))
        missing = [column for column in spec.columns if column.name not in rows.columns]
        return rows.with_columns(pl.lit(None, column.kind.dtype).alias(column.name) for column in missing)

    def refuse(self, name: str, rows: pl.DataFrame, column: str, reason: str) -> None:
        """Refuse rows of a table for a reason of their own."""
        if rows.height:
            problems = rows.select("line", pl.lit(column).alias("column_name"), pl.lit(reason).alias("reason"))
            self.reading.refusals.append(refused(TABLES[name].kind, self.raws[name], problems))

    def table(self, kind: str, name: str, rows: pl.DataFrame, *, updates_only: frozenset[str] = frozenset()) -> Table:
        """Return the rows of a table of the store, with the ids that its source names."""
        raw = self.raws.get(name, self.raws["patient"])
        named = self.reading.named(raw) | self.named_unread.get(name, set())
        if kind == "courses":
            named = {f"{start}-{number}" for number in named for start in ("visit", "patient")}
        own = rows[FILES[kind].key[0]].to_list()
        return Table(raw, rows, frozenset(named | set(own)), updates_only, TITLES)

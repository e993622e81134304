"""What an extract would change in what is kept of a practice: worked out on frames, nothing is read or written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from queries.pms import KEYS
from services.extract import naming
from services.extract.base import Extract, Table
from services.extract.canonical import FILES, with_payor_names
from services.extract.tables import REFUSALS, refused
from services.search_text import patient_text

LIVE = ("booked", "confirmed", "arrived", "pending")
DERIVED = ("search_text",)
"""Worked out when a row is written, and not compared."""

REMOVED = ("planned_visits", "treatment_items", "appointments")
"""What a full extract removes when it no longer has it; courses are marked absent, all else is kept."""


@dataclass(frozen=True)
class Change:
    """What an extract changes in one table; new and changed are whole rows, gone are ids."""

    kind: str
    refused: int
    new: pl.DataFrame
    changed: pl.DataFrame
    unchanged: int
    gone: tuple[str, ...] = ()

    @property
    def rows_read(self) -> int:
        """How many rows the extract has for the table."""
        return self.new.height + self.changed.height + self.unchanged + self.refused


@dataclass(frozen=True)
class Plan:
    """All that an extract would change, and what there is to say about it."""

    changes: tuple[Change, ...]
    absent: pl.DataFrame
    refusals: pl.DataFrame
    warnings: tuple[str, ...]
    became_inactive: tuple[str, ...]
    is_unlinked: bool

    @property
    def is_usable(self) -> bool:
        """Whether any row could be used."""
        return any(change.new.height + change.changed.height + change.unchanged for change in self.changes)

    @property
    def changes_anything(self) -> bool:
        """Whether any row would be written or removed."""
        return any(change.new.height + change.changed.height + len(change.gone) for change in self.changes)


@dataclass
class _Planning:
    """The rows of an extract while they are compared with what is kept."""

    extract: Extract
    kept: Mapping[str, pl.DataFrame]
    rows: dict[str, pl.DataFrame] = field(default_factory=dict)
    refusals: list[pl.DataFrame] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def known(self, kind: str) -> pl.Series:
        """Return the ids of what there will be of a table, as far as it is worked out."""
        key = KEYS[kind][0]
        ids = self.kept[kind][key]
        return pl.concat([ids, self.rows[kind][key]]) if kind in self.rows else ids

    def refuse_unknown(self, kind: str, column: str, target: str) -> None:
        """Refuse the rows of a table that name something that is not there."""
        if kind not in self.rows or column not in self.rows[kind].columns:
            return
        unknown = _unknown(self.rows[kind], column, self.known(target))
        if unknown.height:
            table = self.extract.tables[kind]
            title = table.titles.get(column, column)
            reason = pl.format("“{}” is not among the " + target.replace("_", " ") + ".", pl.col(column))
            problems = unknown.select("line", pl.lit(title).alias("column_name"), reason.alias("reason"))
            self.refusals.append(refused(kind, table.raw, problems))
            self.rows[kind] = self.rows[kind].join(unknown, on="line", how="anti", maintain_order="left")

    def unlink_unknown(self, kind: str, column: str, target: str) -> None:
        """Keep the rows of a table that name something that is not there, without the link."""
        if kind not in self.rows or column not in self.rows[kind].columns:
            return
        unknown = _unknown(self.rows[kind], column, self.known(target))
        if unknown.height:
            link = pl.when(pl.col("line").is_in(unknown["line"].implode())).then(None).otherwise(pl.col(column))
            self.rows[kind] = self.rows[kind].with_columns(link.alias(column))
            name = column.removesuffix("_id").replace("_", " ")
            self.warnings.append(
                f"{_counted(unknown.height, kind)} named {_a(name)} that is not there; kept without it."
            )

    def make_missing(self, kind: str, users: Sequence[str]) -> None:
        """Make providers or payors from the ids by which rows name them, when the extract has no such file."""
        if kind in self.extract.tables:
            return
        key = KEYS[kind][0]
        known = set(self.kept[kind][key].to_list())
        made: dict[str, str] = {}
        for user in users:
            if user not in self.rows or key not in self.rows[user].columns:
                continue
            spellings = [
                text for text in self.rows[user][key].drop_nulls().unique(maintain_order=True) if text not in known
            ]
            ids = [naming.folded(text) for text in spellings]
            for id_, spelling in zip(ids, spellings, strict=True):
                made.setdefault(id_, " ".join(spelling.split()))
            self.rows[user] = self.rows[user].with_columns(pl.col(key).replace(spellings, ids))
        new = {id_: name for id_, name in made.items() if id_ not in known}
        if new:
            names = pl.DataFrame(
                {"line": None, key: list(new), "name": list(new.values())}, schema_overrides={"line": pl.Int32}
            )
            if kind == "payors":
                self.rows[kind] = with_payor_names(names.with_columns(pl.lit(None, pl.String).alias("kind")))
            else:
                initials = pl.col("name").map_elements(naming.initials, return_dtype=pl.String)
                self.rows[kind] = names.with_columns(initials.alias("initials"))


def worked_out(extract: Extract, kept: Mapping[str, pl.DataFrame], today: date) -> Plan:
    """Compare an extract with all that is kept of the practice, table by table."""
    planning = _Planning(extract, kept)
    for kind, table in extract.tables.items():
        planning.rows[kind] = _taken(table, KEYS[kind][0], kept[kind])
    _check_links(planning)
    before = extract.refusals["kind"].value_counts()
    refusals = pl.concat([extract.refusals, *planning.refusals])
    counts = dict(refusals["kind"].value_counts().iter_rows())
    changes, absent = [], kept["courses"].clear()
    for kind in KEYS:
        if kind not in planning.rows:
            continue
        rows = _completed(kind, planning.rows[kind], kept[kind])
        change = _compared(kind, rows, kept[kind], counts.get(kind, 0), _gone(kind, extract, kept[kind]))
        if kind == "courses" and change.gone:
            absent = kept[kind].filter(pl.col("course_id").is_in(list(change.gone)))
            absent = absent.with_columns(pl.lit(today).alias("absent_since"))
        changes.append(change)
    _check_count(planning, changes, dict(before.iter_rows()))
    return Plan(
        changes=tuple(changes),
        absent=absent,
        refusals=refusals,
        warnings=(*_alarms(changes, kept, today), *planning.warnings, *extract.notes),
        became_inactive=_became_inactive(changes, kept["courses"]),
        is_unlinked=_is_unlinked(planning),
    )


def _taken(table: Table, key: str, kept: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of a table without those that could only change a row which is not kept."""
    if not table.updates_only:
        return table.rows
    left = table.updates_only - set(kept[key].to_list())
    return table.rows.filter(~pl.col(key).is_in(list(left)))


def _check_links(planning: _Planning) -> None:
    """See to it that every row names only what is there; docs/extract.md says what is refused and what is unlinked."""
    planning.make_missing("providers", ("courses", "planned_visits", "appointments"))
    planning.make_missing("payors", ("courses",))
    planning.refuse_unknown("courses", "patient_id", "patients")
    planning.refuse_unknown("courses", "provider_id", "providers")
    planning.refuse_unknown("courses", "payor_id", "payors")
    planning.refuse_unknown("appointments", "patient_id", "patients")
    planning.unlink_unknown("appointments", "course_id", "courses")
    planning.unlink_unknown("appointments", "provider_id", "providers")
    planning.refuse_unknown("planned_visits", "course_id", "courses")
    planning.unlink_unknown("planned_visits", "provider_id", "providers")
    planning.unlink_unknown("planned_visits", "appointment_id", "appointments")
    planning.refuse_unknown("treatment_items", "course_id", "courses")
    planning.unlink_unknown("treatment_items", "planned_visit_id", "planned_visits")


def _unknown(rows: pl.DataFrame, column: str, known: pl.Series) -> pl.DataFrame:
    named = rows.select("line", column).drop_nulls(column)
    return named.join(known.alias(column).to_frame().unique(), on=column, how="anti", maintain_order="left")


def _completed(kind: str, rows: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """Give rows the columns that the extract does not have: as they are kept, else the default."""
    key = list(KEYS[kind])
    missing = [name for name in kept.columns if name not in rows.columns and name not in DERIVED]
    defaults: dict[str, Any] = {column.name: column.default for column in FILES[kind].columns}
    if "absent_since" in missing:
        missing.remove("absent_since")
        rows = rows.with_columns(pl.lit(None, pl.Date).alias("absent_since"))
    rows = rows.join(kept.select(*key, *missing), on=key, how="left", maintain_order="left")
    filled = [pl.col(name).fill_null(defaults[name]) for name in missing if defaults.get(name) is not None]
    schema = pl.Schema({name: dtype for name, dtype in kept.schema.items() if name not in DERIVED})
    return rows.with_columns(filled).select(schema.names()).cast(schema)


def _compared(kind: str, rows: pl.DataFrame, kept: pl.DataFrame, refused_rows: int, gone: tuple[str, ...]) -> Change:
    key = list(KEYS[kind])
    others = [name for name in rows.columns if name not in key]
    both = rows.join(
        kept.select(rows.columns).with_columns(is_kept=True), on=key, how="left", suffix="_kept", maintain_order="left"
    )
    differs = pl.any_horizontal(pl.lit(False), *(pl.col(name).ne_missing(pl.col(f"{name}_kept")) for name in others))
    is_new = both["is_kept"].is_null()
    is_changed = both.select(differs).to_series() & ~is_new
    return Change(
        kind=kind,
        refused=refused_rows,
        new=_written(kind, rows.filter(is_new), kept),
        changed=_written(kind, rows.filter(is_changed), kept),
        unchanged=rows.height - int(is_new.sum()) - int(is_changed.sum()),
        gone=gone,
    )


def _written(kind: str, rows: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """Return rows as the store takes them, with what is derived."""
    if kind == "patients":
        parts = ("first_name", "last_name", "mobile", "phone", "email")
        texts = [patient_text(**row) for row in rows.select(parts).iter_rows(named=True)]
        rows = rows.with_columns(pl.Series("search_text", texts, dtype=pl.String))
    return rows.select(kept.columns)


def _gone(kind: str, extract: Extract, kept: pl.DataFrame) -> tuple[str, ...]:
    """Return the ids of kept rows that a full extract no longer names."""
    if not extract.is_full or kind not in extract.tables or kind not in ("courses", *REMOVED):
        return ()
    key = KEYS[kind][0]
    there = kept.filter(pl.col("absent_since").is_null()) if kind == "courses" else kept
    named = extract.tables[kind].named
    return tuple(id_ for id_ in there[key].to_list() if id_ not in named)


def _check_count(planning: _Planning, changes: Sequence[Change], refused_before: Mapping[str, int]) -> None:
    """Make sure that every row that was read is accounted for."""
    for change in changes:
        table = planning.extract.tables.get(change.kind)
        if table is not None:
            taken = _taken(table, KEYS[change.kind][0], planning.kept[change.kind]).height
            if change.rows_read != taken + refused_before.get(change.kind, 0):
                raise RuntimeError(f"{change.kind}: {taken} rows were read and {change.rows_read} accounted for")


def _alarms(changes: Sequence[Change], kept: Mapping[str, pl.DataFrame], today: date) -> list[str]:
    """Say loudly when a full extract lacks more than half of what counts: it may be only a part of the practice."""
    counted = {
        "courses": (
            pl.col("completed_on").is_null() & ~pl.col("is_deleted") & pl.col("absent_since").is_null(),
            "open courses",
            "marked as no longer there",
        ),
        "appointments": (
            pl.col("status").is_in(LIVE) & (pl.col("starts_at").dt.date() >= today),
            "coming appointments",
            "removed",
        ),
        "planned_visits": (pl.lit(True), "planned visits", "removed"),
        "treatment_items": (pl.lit(True), "treatment items", "removed"),
    }
    alarms = []
    for change in changes:
        if change.kind not in counted or not change.gone:
            continue
        is_counted, words, fate = counted[change.kind]
        there = kept[change.kind].filter(is_counted)[KEYS[change.kind][0]]
        gone = there.is_in(list(change.gone)).sum()
        if gone * 2 > there.len():
            alarms.append(
                f"WARNING: {gone:,} of {there.len():,} {words} are not in this extract and would be {fate}. "
                "If it holds only a part of the practice, do not import it."
            )
    return alarms


def _became_inactive(changes: Sequence[Change], kept: pl.DataFrame) -> tuple[str, ...]:
    """Return the courses that were made inactive in the chart since the last extract, or are new and inactive."""
    for change in changes:
        if change.kind == "courses":
            was_active = kept.filter(pl.col("is_active"))["course_id"]
            changed = change.changed.filter(pl.col("course_id").is_in(was_active.implode()))
            return tuple(pl.concat([change.new, changed]).filter(~pl.col("is_active"))["course_id"].to_list())
    return ()


def _is_unlinked(planning: _Planning) -> bool:
    """Say whether no appointment of the source carries a link to a course, so that any visit must count."""
    if planning.extract.preset == "opendental":
        return True
    appointments = planning.rows.get("appointments")
    if appointments is None or appointments.is_empty():
        return False
    visits = planning.rows.get("planned_visits", planning.kept["planned_visits"])
    links = [(appointments, "course_id"), (visits, "appointment_id")]
    return not any(column in rows.columns and rows[column].is_not_null().any() for rows, column in links)


def _counted(number: int, kind: str) -> str:
    words = kind.replace("_", " ")
    return f"{number:,} {words.removesuffix('s') if number == 1 else words}"


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def refusals_frame(refusals: pl.DataFrame) -> pl.DataFrame:
    """Return the refused rows as they are shown and kept."""
    return refusals.select(name for name in REFUSALS if name != "kind")

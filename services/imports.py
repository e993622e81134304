"""Imports: what an extract would change, changing it, and the history of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from queries import imports as queries
from queries import pms
from queries import practices as practice_queries
from queries.store import Reading, Store, Transaction
from services import import_events, practices, settings
from services.actors import Actor, Right, allowed, check
from services.errors import InvalidRequest, UnusableExtract
from services.extract import PRESETS, Extract, Source, Upload, read
from services.history import record
from services.import_plan import REMOVED, Plan, refusals_frame, worked_out
from services.practices import Practice

__all__ = ["PRESETS", "Extract", "Source", "Upload", "apply", "history", "in_words", "preview", "read", "refusals"]

FIRST_PRACTICE = "My practice"
UNLINKED = {
    "opendental": "Open Dental links few visits to what is planned",
}
"""Why a source's visits count though they are linked to no course; else because none of them is linked."""

_SHOWN_REFUSALS = 20


@dataclass(frozen=True)
class Preview:
    """What an import would do.

    `counts` has a row for each table: kind, rows_read, rows_new, rows_changed, rows_unchanged, rows_refused,
    rows_gone. `refusals` has file, line, column_name, reason, row_text. `mapping` pairs a report's headings with
    what they were taken for.
    """

    practice: str
    is_new_practice: bool
    source_name: str
    preset: str
    is_full: bool
    counts: pl.DataFrame
    refusals: pl.DataFrame
    warnings: tuple[str, ...]
    mapping: tuple[tuple[str, str], ...]
    is_usable: bool
    changes_anything: bool


@dataclass(frozen=True)
class Result:
    """What an import did, and in a sentence."""

    import_id: str
    practice: str
    counts: pl.DataFrame
    refused: int
    note: str | None
    sentence: str


@allowed(Right.PREVIEW)
def preview(store: Store, extract: Extract, *, practice: str | None, actor: Actor, today: date) -> Preview:
    """Say what importing an extract into a practice would do; changes nothing.

    Raises InvalidRequest when the practice is not clear or is the sample practice.
    """
    with store.reading() as reading:
        target, name = _target(reading, extract, practice, actor)
        plan = _planned(reading, target.practice_id if target else "", extract, today)
    return Preview(
        practice=name,
        is_new_practice=target is None,
        source_name=extract.source_name,
        preset=extract.preset,
        is_full=extract.is_full,
        counts=_counts(plan),
        refusals=refusals_frame(plan.refusals),
        warnings=(*_said_of_visits(extract, plan, target), *plan.warnings),
        mapping=extract.mapping,
        is_usable=plan.is_usable,
        changes_anything=plan.changes_anything,
    )


@allowed(Right.IMPORT)
def apply(
    store: Store,
    extract: Extract,
    *,
    practice: str | None,
    actor: Actor,
    now: datetime,
    today: date,
    import_id: str | None = None,
) -> Result:
    """Import an extract into a practice, all of it or nothing, and note it in the history.

    What is the same as before is left untouched. An import_id that was used before makes this do nothing, so that
    a button may be pressed twice.
    Raises InvalidRequest when the practice is not clear, UnusableExtract when no row could be used.
    """
    import_id = import_id or uuid.uuid4().hex
    with store.transaction() as tx:
        target, name = _target(tx, extract, practice, actor)
        if queries.is_recorded(tx, import_id):
            return Result(import_id, name, _counts(None), 0, None, "This was imported already. Nothing was changed.")
        practice_id = (
            target.practice_id if target else practices.create(tx, name, actor=actor, now=now, nation=extract.nation)
        )
        plan = _planned(tx, practice_id, extract, today)
        if not plan.is_usable:
            raise UnusableExtract("No row could be used. Nothing was changed. Mend the refused rows and import again.")
        before = import_events.courses(tx, practice_id, today=today) if target else None
        _write(tx, practice_id, plan)
        notes = []
        if plan.is_unlinked and settings.count_unlinked_visits(tx, practice_id, now=now):
            notes.append(f"{_unlinked(extract)}: from now on any visit of the patient counts as booked.")
        notes += import_events.record(
            tx,
            practice_id,
            before,
            plan.became_inactive,
            has_every_visit=extract.is_full and "appointments" in extract.tables,
            actor=actor,
            now=now,
            today=today,
        )
        is_changed = plan.changes_anything or bool(notes)
        note = " ".join(notes) or (None if is_changed else "Nothing had changed.")
        counts, refused = _counts(plan), refusals_frame(plan.refusals)
        sentence = _sentence(extract, name, counts, refused.height, note)
        queries.record(
            tx,
            import_id,
            practice_id,
            preset=extract.preset,
            source_name=extract.source_name,
            is_full=extract.is_full,
            note=note,
            counts=counts,
            refusals=refused,
            by=actor.user_id,
            now=now,
        )
        if is_changed:
            practice_queries.raise_revision(tx, practice_id)
            record(
                tx,
                "imported",
                by=actor.user_id,
                now=now,
                practice_id=practice_id,
                note=sentence,
                after={"import_id": import_id},
            )
    return Result(import_id, name, counts, refused.height, note, sentence)


@allowed(Right.PREVIEW, practice="practice_ids")
def history(store: Store, practice_ids: Sequence[str], *, actor: Actor) -> pl.DataFrame:
    """Return the imports of some practices with their sums, newest first."""
    return queries.history(store, practice_ids)


@allowed(Right.PREVIEW)
def refusals(store: Store, import_id: str, *, actor: Actor) -> pl.DataFrame:
    """Return file, line, column_name, reason and row_text of the rows that an import refused."""
    check(actor, Right.PREVIEW, queries.practice_of(store, import_id))
    return queries.refusals(store, import_id)


def in_words(shown: Preview) -> str:
    """Write a preview as text for a terminal."""
    new = " (a new practice)" if shown.is_new_practice else ""
    kind = "full extract" if shown.is_full else "changes only"
    lines = [f"{shown.source_name}: {PRESETS[shown.preset]}, {kind}. Practice: {shown.practice}{new}."]
    lines += [f"  {heading} is taken as {meaning}." for heading, meaning in shown.mapping]
    titles = ("", "read", "new", "changed", "unchanged", "refused", "gone")
    lines.append(f"{titles[0]:<16}" + "".join(f"{title:>11}" for title in titles[1:]))
    for table, *numbers in shown.counts.iter_rows():
        lines.append(f"{table.replace('_', ' '):<16}" + "".join(f"{number:>11,}" for number in numbers))
    lines += shown.warnings
    for file, line, column, reason, text in shown.refusals.head(_SHOWN_REFUSALS).iter_rows():
        place = ", ".join(part for part in (file, f"line {line}" if line else None, column) if part)
        lines.append(f"Refused: {place}: {reason}" + (f"  [{text}]" if text else ""))
    if (more := shown.refusals.height - _SHOWN_REFUSALS) > 0:
        lines.append(f"... and {more:,} more refused rows.")
    return "\n".join(lines)


def _target(source: Reading, extract: Extract, named: str | None, actor: Actor) -> tuple[Practice | None, str]:
    """Return the practice that an extract goes into, none when it is to be made, and its name.

    Raises NotAllowed when it is not one of the actor's, InvalidRequest when it is not clear.
    """
    wanted = (named or "").strip() or extract.practice_name
    everyone = practices.all_practices(source)
    real = [one for one in everyone if not one.is_sample and actor.sees(one.practice_id)]
    if wanted:
        found = practices.named(everyone, wanted)
        if found:
            check(actor, Right.PREVIEW, found)
        if found and found.is_sample:
            raise InvalidRequest(
                f"{found.name} is made up: an extract cannot be imported into it. Nothing was changed. "
                "Give the practice's own name; a new name makes a new practice."
            )
        return found, found.name if found else wanted
    if len(real) > 1:
        raise InvalidRequest(
            f"There are several practices: {', '.join(one.name for one in real)}. Nothing was changed. "
            "Say into which of them the extract goes."
        )
    return (real[0], real[0].name) if real else (None, FIRST_PRACTICE)


def _planned(source: Reading, practice_id: str, extract: Extract, today: date) -> Plan:
    return worked_out(extract, {table: pms.read(source, practice_id, table) for table in pms.KEYS}, today)


def _counts(plan: Plan | None) -> pl.DataFrame:
    """Return what happens to each table, one row each."""
    rows = [
        (
            change.kind,
            change.rows_read,
            change.new.height,
            change.changed.height,
            change.unchanged,
            change.refused,
            len(change.gone),
        )
        for change in (plan.changes if plan else ())
    ]
    names = ("rows_read", "rows_new", "rows_changed", "rows_unchanged", "rows_refused", "rows_gone")
    return pl.DataFrame(rows, schema={"kind": pl.String, **dict.fromkeys(names, pl.Int32)}, orient="row")


def _write(tx: Transaction, practice_id: str, plan: Plan) -> None:
    for change in plan.changes:
        pms.write(tx, practice_id, change.kind, pl.concat([change.new, change.changed]))
        if change.kind in REMOVED:
            pms.remove(tx, practice_id, change.kind, change.gone)
    pms.write(tx, practice_id, "courses", plan.absent)


def _said_of_visits(extract: Extract, plan: Plan, target: Practice | None) -> list[str]:
    if not plan.is_unlinked or (target and target.settings.is_unlinked_visit_counted):
        return []
    return [f"{_unlinked(extract)}: any visit of the patient will count as booked."]


def _unlinked(extract: Extract) -> str:
    return UNLINKED.get(extract.preset, "No appointment of this extract is linked to a course")


def _sentence(extract: Extract, practice: str, counts: pl.DataFrame, refused: int, note: str | None) -> str:
    new, changed, gone = (int(counts[f"rows_{name}"].sum()) for name in ("new", "changed", "gone"))
    if new or changed or gone:
        text = f"Imported {extract.source_name} into {practice}: {new:,} new, {changed:,} changed, {gone:,} gone."
    else:
        text = f"Read {extract.source_name}: {practice} has all of it already."
    if refused:
        text += f" {refused:,} {'row was' if refused == 1 else 'rows were'} refused."
    return f"{text} {note}" if note else text

"""Explore: the answer to a cell of a notebook, made of choices or typed in SQL, and what leaves the page as a file."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
from polars import selectors

from queries import explore as queries
from queries import listing
from queries.store import Store
from queries.typed_sql import Limits, Sandbox, Unanswered
from services import exports, history, words
from services.actors import Actor, Right, allowed
from services.errors import InvalidRequest
from services.explore_report import Section, html
from services.explore_views import VIEWS
from services.notebook_cells import GROUPS, LONGEST_SQL, MEASURES, Cell
from services.opportunities import Filters, asked
from services.practices import Practice
from services.sql_words import in_words

MONEY = ("value", "worth")
POUNDS = "_pounds"
"""How the name of a column of money ends in SQL."""

MOST_ROWS = 2_000_000
"""So many rows of all its views together go into one question at most: they are copied into its process."""

SMALL_FIRST = ("providers", "bookings", "booking_links", "opportunities", "messages", "patients", "appointments")
"""Views that are small beside the others, and read first: what they leave of their shares goes to those."""

AGES = {
    "0-30": "0 to 30 days",
    "31-60": "31 to 60 days",
    "61-90": "61 to 90 days",
    "91-180": "91 to 180 days",
    "181-365": "181 to 365 days",
    "366-": "More than 365 days",
}
TRIES = {"0": "None", "1": "1", "2": "2", "3-": "3 or more"}
PAYOR_KINDS = {"nhs": "NHS", "private": "Private", "plan": "Plan", "insurance": "Insurance"}

WORDS: dict[str, Mapping[str, str]] = {
    "age": AGES,
    "tries": TRIES,
    "payor_kind": PAYOR_KINDS,
    "status": words.STATUSES,
    "reason": words.LISTED_REASONS,
}
"""The words of groups that are codes; age, tries and status stand in this order, other groups by what they come to."""

IN_ORDER = ("age", "tries", "status", "opened_month")
NONE = {"assigned_to": "Nobody", "reject_reason": "Not rejected"}

ASKED, EXPORTED = "asked in SQL", "exported"
MOST_TOLD = 1_000
"""So many letters of a question are told in the audit."""

LIMITS = Limits()
"""What a question in SQL may use."""

AT_ONCE = 2
_askers = threading.BoundedSemaphore(AT_ONCE)
"""So many questions in SQL at once, whoever asks: each may take a processor and its memory."""

PATIENCE = 15
"""Seconds that a question waits for its turn."""


@dataclass(frozen=True)
class Answer:
    """The answer to a cell: a frame as it is shown and goes into files, money in pounds.

    labels are the headings of its columns, money those in pounds; about says what the rows are, and what was left off.
    chart_by, chart_of and split_by are the columns to draw; chart_of None: there is nothing to draw.
    """

    frame: pl.DataFrame
    labels: Mapping[str, str]
    money: tuple[str, ...]
    about: str
    chart_by: str | None = None
    chart_of: str | None = None
    split_by: str | None = None

    def as_file(self) -> pl.DataFrame:
        """Return the rows under their headings."""
        return self.frame.rename(dict(self.labels))


@allowed(Right.SEE, practice="practices")
def measure(
    store: Store, practices: Sequence[Practice], cell: Cell, filters: Filters, *, actor: Actor, today: date
) -> Answer:
    """Return the measures of a cell of choices by its groups, for the opportunities that pass its filters.

    Raises InvalidRequest for a group or a measure that there is not.
    """
    if cell.group not in GROUPS or (cell.split and cell.split not in GROUPS):
        raise InvalidRequest("These opportunities cannot be put together like that. Choose another group.")
    measures = [one for one in cell.measures if one in MEASURES]
    if not measures:
        raise InvalidRequest("Choose something to count or add up, such as value.")
    split = cell.split if cell.split != cell.group else ""
    practice_ids = [practice.practice_id for practice in practices]
    listing.refresh(store, practice_ids, today=today)
    found = queries.measured(
        store, today=today, filters=asked(filters, practice_ids), by=cell.group, split=split or None
    ).rename({"value_pence": "value", "worth_pence": "worth"})
    placed = found.with_columns(pl.col(MONEY) / 100).with_columns(
        _place("by_group", cell.group, measures[0]), _place("split_group", split, measures[0])
    )
    named = placed.sort("by_group_place", "by_group", "split_group_place", "split_group").select(
        _named("by_group", cell.group), *([_named("split_group", split)] if split else []), *measures
    )
    groups = named["by_group"].n_unique()
    labels = {"by_group": GROUPS[cell.group], **({"split_group": GROUPS[split]} if split else {})}
    return Answer(
        frame=named,
        labels={**labels, **{one: MEASURES[one] for one in measures}},
        money=tuple(one for one in measures if one in MONEY),
        about=f"{_listed(measures)} by {GROUPS[cell.group].lower()}"
        + (f" and {GROUPS[split].lower()}" if split else "")
        + f": {groups:,} group{'' if groups == 1 else 's'}, {int(found['opportunities'].sum()):,} opportunities.",
        chart_by="by_group",
        chart_of=measures[0],
        split_by="split_group" if split else None,
    )


@allowed(Right.SQL, practice="practices")
def ask(
    store: Store,
    practices: Sequence[Practice],
    sql: str,
    *,
    actor: Actor,
    now: datetime,
    today: date,
    limits: Limits = LIMITS,
) -> Answer:
    """Return the answer to a question typed in SQL over the views of these practices, and record that it was asked.

    Raises InvalidRequest, in words, for what is no question, what cannot be read, and what takes too much.
    """
    if not sql.strip():
        raise InvalidRequest("There is no question yet. Write one that begins with select.")
    if len(sql) > LONGEST_SQL:
        raise InvalidRequest(f"SQL has {LONGEST_SQL:,} letters at most, so it was not asked. Shorten it.")
    told = sql if len(sql) <= MOST_TOLD else f"{sql[:MOST_TOLD]} …"
    _record(store, practices, ASKED, told, actor, now)
    if not _askers.acquire(timeout=PATIENCE):
        raise InvalidRequest("Others are asking in SQL right now, so this was not asked. Try again in a moment.")
    try:
        tables, left_off = _tables(store, practices, sql, today=today)
        with Sandbox(tables, today=today, limits=limits) as sandbox:
            rows, is_more = sandbox.ask(sql)
    except Unanswered as problem:
        raise InvalidRequest(in_words(problem, limits)) from problem
    finally:
        _askers.release()
    shown = f"The first {limits.rows:,} rows are shown; there are more." if is_more else f"{rows.height:,} rows."
    return _answer(rows, " ".join(["1 row." if rows.height == 1 and not is_more else shown, *left_off]))


@allowed(Right.EXPORT, practice="practices")
def export(
    store: Store, practices: Sequence[Practice], answer: Answer, title: str, *, actor: Actor, now: datetime
) -> bytes:
    """Return an answer as a CSV file in which nothing can run as a formula, and record that it was taken out."""
    _record(store, practices, EXPORTED, f"Explore, {title}: {answer.frame.height:,} rows", actor, now)
    rows = answer.as_file()
    headings = [re.sub(r"^([=+\-@\t\r])", r"'\1", name) for name in rows.columns]
    if len(set(headings)) < len(headings):
        headings = [f"'{name}" for name in rows.columns]
    return exports.to_csv(rows.rename(dict(zip(rows.columns, headings, strict=True))))


@allowed(Right.EXPORT, practice="practices")
def report(
    store: Store,
    practices: Sequence[Practice],
    name: str,
    sections: Sequence[Section],
    *,
    actor: Actor,
    now: datetime,
    today: date,
) -> bytes:
    """Return a notebook as one HTML file that needs nothing else, and record that it was taken out."""
    _record(store, practices, EXPORTED, f"Explore, report {name}", actor, now)
    names = ", ".join(practice.name for practice in practices)
    about = f"{names}. {words.day(today)}, by {actor.name}."
    return html(name, about, sections).encode()


def _record(store: Store, practices: Sequence[Practice], kind: str, note: str, actor: Actor, now: datetime) -> None:
    with store.transaction() as tx:
        for practice in practices:
            history.record(tx, kind, by=actor.user_id, now=now, practice_id=practice.practice_id, note=note)


def _tables(
    store: Store, practices: Sequence[Practice], sql: str, *, today: date
) -> tuple[dict[str, pl.DataFrame], list[str]]:
    """Return the views that a question names, and what is to be said of those that are not whole."""
    named = [
        name
        for name in sorted(VIEWS, key=lambda name: name not in SMALL_FIRST)
        if re.search(rf"\b{name}\b", sql, re.IGNORECASE)
    ]
    practice_ids = [practice.practice_id for practice in practices]
    listing.refresh(store, practice_ids, today=today)
    filters = asked(Filters(statuses=tuple(words.STATUSES)), practice_ids)
    tables: dict[str, pl.DataFrame] = {}
    left_off = []
    rows_left = MOST_ROWS
    with store.reading() as reading:
        for place, name in enumerate(named):
            most = rows_left // (len(named) - place)
            tables[name], is_more = queries.view(
                reading, name, practice_ids=practice_ids, today=today, filters=filters, most=most
            )
            rows_left -= tables[name].height
            if is_more:
                left_off.append(f"Only {most:,} rows of {name} were looked at; there are more. Choose one practice.")
    return tables, left_off


def _answer(rows: pl.DataFrame, about: str) -> Answer:
    """Return rows of SQL as they are shown: the first column that is a number is drawn by the first column."""
    money = tuple(name for name in rows.select(selectors.numeric()).columns if name.lower().endswith(POUNDS))
    labels = {name: _heading(name) if name in money else name for name in rows.columns}
    if len(set(labels.values())) < len(labels):
        labels = {name: name for name in rows.columns}
    numbers = [name for name in rows.select(selectors.numeric()).columns if name != rows.columns[0]]
    is_drawn = bool(numbers) and rows.height > 0
    return Answer(
        frame=rows,
        labels=labels,
        money=money,
        about=about,
        chart_by=rows.columns[0] if is_drawn else None,
        chart_of=numbers[0] if is_drawn else None,
    )


def _heading(name: str) -> str:
    return name[: -len(POUNDS)] or name


def _listed(measures: Sequence[str]) -> str:
    """Return measures as one says them: Value, opportunities and UDA."""
    first, *others = [MEASURES[one] for one in measures]
    said = [first, *(one if one.isupper() else one.lower() for one in others)]
    return " and ".join(filter(None, (", ".join(said[:-1]), said[-1])))


def _place(column: str, group: str, first: str) -> pl.Expr:
    """Say where a group stands: in its own order, or after those that come to more; none stands last."""
    if not group:
        return pl.lit(0).alias(f"{column}_place")
    if group == "opened_month":
        place = pl.col(column).rank("dense").cast(pl.Float64)
    elif group in IN_ORDER:
        place = pl.col(column).replace_strict(
            list(WORDS[group]), list(range(len(WORDS[group]))), default=len(WORDS[group]), return_dtype=pl.Float64
        )
    else:
        place = -pl.col(first).sum().over(column).cast(pl.Float64)
    return pl.when(pl.col(column).is_null()).then(float("inf")).otherwise(place).alias(f"{column}_place")


def _named(column: str, group: str) -> pl.Expr:
    """Say a group in words."""
    named = pl.col(column)
    if group in WORDS:
        known = WORDS[group]
        named = named.replace_strict(list(known), list(known.values()), default=named, return_dtype=pl.String)
    return named.fill_null(NONE.get(group, "None")).alias(column)

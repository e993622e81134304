"""The work list: which opportunities there are, ranked and filtered, and one patient's whole picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

import polars as pl

from queries import listing
from queries import opportunities as queries
from queries import patients as patient_queries
from queries.store import Store
from services import history, kept_chances, reject_reasons, words
from services.actors import Actor, Right, allowed
from services.errors import InvalidRequest
from services.practices import Practice
from services.search_text import normalised

RANKS = {
    "oldest": "Oldest first",
    "value": "Value",
    "uda": "UDA",
    "worth": "Worth",
    "expected": "Expected value",
}
"""The orders that the page offers first; the others are the columns' own."""

SORTS = {
    **RANKS,
    "practice": "Practice",
    "patient": "Patient",
    "provider": "Provider",
    "payor": "Payor",
    "cot_number": "COT number",
    "opened_on": "Opened",
    "last_updated_on": "Last updated",
    "status": "Status",
    "assigned_to": "Assigned to",
    "phone": "Phone",
    "email": "E-mail",
    "next_visit_on": "Next visit",
    "reason": "Reason",
}
"""Every order of the list and its words."""

GROUPINGS = {"none": "Nothing", "patient": "Patient", "household": "Household"}

SHOWN_STATUSES = ("open", "contacted")
"""Snoozed, booked and rejected opportunities are off the list unless asked for."""

WHOLE_LIST = 2_000
"""So many rows at most are handed out at once; beyond that the list goes by pages."""

UNASSIGNED = ""
"""The assignee of what is assigned to nobody, in Filters.assignees."""


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; nothing, or an empty tuple, means any.

    Money in pence. Keys are "practice_id/patient_id" and so on; payors go by name, assignees by user id.
    is_link_opened is of the patients who were sent a link to book by, and have not booked.
    """

    search: str | None = None
    patient: str | None = None
    household: str | None = None
    providers: tuple[str, ...] = ()
    payors: tuple[str, ...] = ()
    statuses: tuple[str, ...] = SHOWN_STATUSES
    assignees: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    reject_reasons: tuple[str, ...] = ()
    opened_from: date | None = None
    opened_to: date | None = None
    updated_from: date | None = None
    updated_to: date | None = None
    next_visit_from: date | None = None
    next_visit_to: date | None = None
    value_from: int | None = None
    value_to: int | None = None
    uda_from: float | None = None
    uda_to: float | None = None
    worth_from: int | None = None
    worth_to: int | None = None
    attempts_from: float | None = None
    attempts_to: float | None = None
    has_phone: bool | None = None
    has_mobile: bool | None = None
    has_email: bool | None = None
    is_partly_done: bool | None = None
    is_due: bool | None = None
    is_link_opened: bool | None = None


@dataclass(frozen=True)
class Order:
    """A key of SORTS and its direction; value, UDA, worth and expected value are of use highest first."""

    sort: str = "oldest"
    is_descending: bool = False

    @classmethod
    def by_rank(cls, rank: str) -> Order:
        """Return the order of a rank: the oldest, or the highest, first."""
        return cls(rank, is_descending=rank != "oldest")


@dataclass(frozen=True)
class Totals:
    """What all matching opportunities come to, whatever page is shown."""

    courses: int
    patients: int
    value_pence: int
    uda: float
    worth_pence: int


@dataclass(frozen=True)
class Worklist:
    """A page of the list, and the totals of the whole.

    Columns of rows: row_id, practice_id, practice, opportunity_id, course_id, cot_number, patient_id, patient,
    household_id, provider_key, provider, payor, payor_kind, opened_on, last_updated_on, status, status_text,
    snoozed_until, reject_reason, booked_on, assignee_id, assigned_to, is_assignee_active, needs_action_since,
    needs_action_why, attempts, last_attempt_at, last_contact_at, patient_contacted_on (about another course, while
    that keeps this one from being due),
    contact_again_on, version, value_pence, uda, worth_pence, charge_pence, phone, email, counted_visit_on,
    unlinked_visit_on, next_visit_on, reason, reason_text, is_partly_done, is_active. One row for each opportunity.
    """

    rows: pl.DataFrame
    totals: Totals


@dataclass(frozen=True)
class Choices:
    """What the filters offer: provider key -> words, payor names, user id -> name, reasons of a rejection."""

    providers: dict[str, str]
    payors: list[str]
    assignees: dict[str, str]
    reject_reasons: list[str]


OF_CARE = (
    "status",
    "status_text",
    "snoozed_until",
    "reject_reason",
    "booked_on",
    "assignee_id",
    "assigned_to",
    "is_assignee_active",
    "attempts",
    "last_attempt_at",
    "last_contact_at",
    "patient_contacted_on",
    "contact_again_on",
    "version",
)
"""The columns of the list that say what people did about an opportunity."""


@dataclass(frozen=True)
class PatientCard:
    """One patient's whole picture on a day.

    courses has the columns of the macro courses_on and reason_text, and of OF_CARE, null where it is not listed; items,
    visits, appointments and household those of the statements in queries/sql/patients.
    """

    patient: dict[str, Any]
    courses: pl.DataFrame
    items: pl.DataFrame
    visits: pl.DataFrame
    appointments: pl.DataFrame
    household: pl.DataFrame


@allowed(Right.SEE, practice="practices")
def worklist(
    store: Store,
    practices: Sequence[Practice],
    filters: Filters,
    *,
    actor: Actor,
    today: date,
    order: Order | None = None,
    grouping: str = "none",
    limit: int = WHOLE_LIST,
    offset: int = 0,
) -> Worklist:
    """Return the opportunities of these practices on a day that match, in order.

    Raises InvalidRequest for an order, grouping or status that there is not.
    """
    order = order or Order()
    if order.sort not in SORTS:
        raise InvalidRequest(f"The list cannot be ordered by {order.sort}. Choose another order.")
    if grouping not in GROUPINGS:
        raise InvalidRequest(f"The list cannot be grouped by {grouping}. Choose another grouping.")
    if unknown := set(filters.statuses) - set(words.STATUSES):
        raise InvalidRequest(f"There is no status {sorted(unknown)[0]}. Choose another status.")
    practice_ids = [practice.practice_id for practice in practices]
    listing.refresh(store, practice_ids, today=today)
    page = queries.search(
        store,
        today=today,
        filters=asked(filters, practice_ids),
        sort=order.sort,
        is_descending=order.is_descending,
        grouping=grouping,
        limit=limit,
        offset=offset,
    )
    totals = Totals(**{field.name: page[f"total_{field.name}"][0] for field in fields(Totals)})
    rows = (
        page.filter(pl.col("row_id").is_not_null())
        .drop([f"total_{field.name}" for field in fields(Totals)])
        .with_columns(
            reason_text=pl.concat_str(words.listed_reason(), words.suppressed(), separator="; ", ignore_nulls=True),
            status_text=words.status_text(),
        )
    )
    return Worklist(rows, totals)


@allowed(Right.EXPORT, practice="practices")
def export(
    store: Store,
    practices: Sequence[Practice],
    filters: Filters,
    *,
    actor: Actor,
    now: datetime,
    today: date,
    order: Order | None = None,
    grouping: str = "none",
) -> pl.DataFrame:
    """Return all matching rows as `table_of`, and record for each practice that they were taken out.

    Where a practice's own history taught the chances, they are beside its rows.
    """
    everything = 2**31 - 1
    rows = worklist(
        store, practices, filters, actor=actor, today=today, order=order, grouping=grouping, limit=everything
    ).rows
    with store.transaction() as tx:
        for practice in practices:
            count = rows.filter(pl.col("practice_id") == practice.practice_id).height
            history.record(
                tx,
                "exported",
                by=actor.user_id,
                now=now,
                practice_id=practice.practice_id,
                note=f"{count:,} opportunities",
            )
    with_own = kept_chances.beside(store, practices, rows, actor=actor, is_learnt=True)
    return table_of(with_own if with_own["chance"].count() else rows)


def table_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows of the list as a file shows them: the columns of the command line, money in pounds."""
    chance = [
        (pl.col("chance") * 100).alias("chance_percent"),
        (pl.col("expected_pence") / 100).alias("expected_value"),
    ]
    return rows.select(
        "practice",
        "patient_id",
        "patient",
        "provider",
        "payor",
        "cot_number",
        "opened_on",
        "last_updated_on",
        pl.col("status_text").alias("status"),
        "assigned_to",
        (pl.col("value_pence") / 100).alias("value"),
        "uda",
        (pl.col("worth_pence") / 100).alias("worth"),
        "phone",
        "email",
        "next_visit_on",
        pl.col("reason_text").alias("reason"),
        *(chance if "chance" in rows.columns else []),
    )


@allowed(Right.EXPORT, practice="practice")
def unlisted(store: Store, practice: Practice, *, actor: Actor, today: date) -> pl.DataFrame:
    """Return the open courses of a practice that are no opportunities, as `table_of`, the reason saying why not.

    Completed and deleted courses are left out; a booked one has the status Booked.
    """
    settings = rule_of(practice)
    courses = queries.unlisted(store, practice.practice_id, today=today, settings=settings)
    return table_of(with_reasons(courses, settings))


@allowed(Right.SEE, practice="practices")
def choices(store: Store, practices: Sequence[Practice], *, actor: Actor) -> Choices:
    """Return what the filters of these practices offer."""
    practice_ids = [practice.practice_id for practice in practices]
    is_many = len(practices) > 1
    own = {actor.user_id: actor.name} if actor.may(Right.WORK) else {}
    return Choices(
        providers={
            row["provider_key"]: f"{row['initials']} – {row['name']}" + (f", {row['practice']}" if is_many else "")
            for row in queries.providers(store, practice_ids).to_dicts()
        },
        payors=queries.payors(store, practice_ids),
        assignees={**own, **dict(queries.assignees(store, practice_ids).iter_rows())},
        reject_reasons=[
            *dict.fromkeys(reason for reasons in reject_reasons.of(store, practice_ids).values() for reason in reasons),
            words.INACTIVE,
        ],
    )


@allowed(Right.SEE, practice="practice")
def patient_card(
    store: Store, practice: Practice, patient_id: str, *, actor: Actor, now: datetime, today: date
) -> PatientCard:
    """Return a patient's details, courses with the reason of each, treatment, visits and household.

    That the actor looked is recorded.

    Raises InvalidRequest when the practice has no such patient.
    """
    listing.refresh(store, [practice.practice_id], today=today)
    with store.reading() as reading:
        patient = patient_queries.find(reading, practice.practice_id, patient_id)
        if patient is None:
            raise InvalidRequest("This patient is not in the store any more. Choose another row.")
        settings = rule_of(practice)
        courses = queries.courses_on(
            reading, practice.practice_id, today=today, settings=settings, patient_id=patient_id
        )
        everything = Filters(patient=f"{practice.practice_id}/{patient_id}", statuses=tuple(words.STATUSES))
        care = queries.search(
            reading,
            today=today,
            filters=asked(everything, [practice.practice_id]),
            sort="oldest",
            is_descending=False,
            grouping="none",
            limit=WHOLE_LIST,
            offset=0,
        ).with_columns(status_text=words.status_text())
        card = PatientCard(
            patient=patient,
            courses=with_reasons(courses, settings).join(
                care.select("opportunity_id", *OF_CARE), on="opportunity_id", how="left", maintain_order="left"
            ),
            items=patient_queries.items(reading, practice.practice_id, patient_id),
            visits=patient_queries.planned_visits(reading, practice.practice_id, patient_id),
            appointments=patient_queries.appointments(reading, practice.practice_id, patient_id),
            household=patient_queries.household(reading, practice.practice_id, patient_id, today=today),
        )
    history.note_view(store, practice.practice_id, patient_id, by=actor.user_id, now=now)
    return card


def asked(filters: Filters, practice_ids: list[str]) -> dict[str, Any]:
    """Return filters as the macro listing.matching takes them: lists, null for any, the search as plain words."""
    fields_asked = {
        name: (list(value) or None) if isinstance(value, tuple) else value
        for name, value in asdict(filters).items()
        if name != "search"
    }
    return {
        **fields_asked,
        "statuses": list(filters.statuses or words.STATUSES),
        "words": normalised(filters.search or "").split() or None,
        "practice_ids": practice_ids,
    }


def rule_of(practice: Practice) -> dict[str, Any]:
    """Return the settings of a practice that the rule takes, by the names of its parameters."""
    settings = asdict(practice.settings)
    return {
        name: settings[name]
        for name in ("lookback_days", "horizon_days", "grace_days", "is_unlinked_visit_counted", "plan_weight")
    }


def with_reasons(courses: pl.DataFrame, settings: Mapping[str, Any]) -> pl.DataFrame:
    """Add reason_text and uda to courses that have the columns of the macro courses_on."""
    return courses.with_columns(
        reason_text=words.course_reason(horizon_days=settings["horizon_days"], lookback_days=settings["lookback_days"]),
        uda=pl.col("uda_left").cast(pl.Float64),
    )

"""The sample practice: a believable UK practice to look at, made up from a fixed seed and dated back from today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from queries import opportunities as opportunity_queries
from queries import people as people_queries
from queries import pipeline as pipeline_queries
from queries import pms, workflow
from queries import practices as queries
from queries.store import Store
from services import contact_settings, snapshots
from services.actors import Actor, Right, allowed, check
from services.errors import InvalidRequest
from services.history import record
from services.opportunities import rule_of
from services.pipeline import UNBOOKED
from services.practices import Practice, all_practices, create
from services.sample import book, cases, mailing, people, pipeline
from services.sample.courses import AHEAD_DAYS, Years
from services.sample.diary import Diary
from services.sample.history import History
from services.sample.records import frame

NAME = "Riverside Dental (sample)"
SEED = 2026
PATIENTS = 8_000
MANAGER = people.TOM.user_id
"""As whom the demonstration button signs in."""
YEARS = 3


@allowed(Right.SAMPLE)
def add(store: Store, *, actor: Actor, today: date, now: datetime) -> Practice:
    """Make the sample practice as it stands on a day, and return it.

    Raises InvalidRequest when there is one already.
    """
    if any(practice.is_sample for practice in all_practices(store)):
        raise InvalidRequest("The sample practice is there already. Remove it first to start it afresh.")
    with store.transaction() as tx:
        practice_id = create(tx, NAME, actor=actor, now=now, phone="01632 960100", colour="#1f7a8c", is_sample=True)
        years = _years(practice_id, today)
        for table, rows in _tables(years).items():
            schema = pms.read(tx, practice_id, table).schema
            pms.write(tx, practice_id, table, frame(rows, schema))
        years.history.keep(tx)
        for colleague in people.STAFF:
            people_queries.write_person(
                tx,
                colleague.user_id,
                name=colleague.name,
                email=None,
                role=colleague.role,
                is_active=True,
                by=actor.user_id,
                now=now,
            )
            people_queries.give_practice(tx, colleague.user_id, practice_id, colleague.provider_id)
        last = today + timedelta(days=AHEAD_DAYS)
        book.write(tx, practice_id, years.diary, today=today, last=last, by=actor.user_id, now=now)
        queries.raise_revision(tx, practice_id)
        record(tx, "sample added", by=actor.user_id, now=now, practice_id=practice_id)
        practice = next(practice for practice in all_practices(tx) if practice.practice_id == practice_id)
        mailing.keep(tx, practice, years.history.post)
        ruled = opportunity_queries.courses_on(tx, practice_id, today=today, settings=rule_of(practice))
        spells = pipeline.spells(years.waits, years.history, ruled)
        pipeline_queries.add_past(tx, practice_id, spells, pipeline.days(spells, years.history), statuses=UNBOOKED)
    snapshots.take(store, practice, now=now, today=today)
    return practice


@allowed(Right.SAMPLE)
def remove(store: Store, *, actor: Actor, now: datetime) -> None:
    """Remove the sample practice, its history, and those of its people who did nothing elsewhere.

    Raises InvalidRequest when there is none.
    """
    samples = [practice for practice in all_practices(store) if practice.is_sample]
    if not samples:
        raise InvalidRequest("There is no sample practice to remove.")
    check(actor, Right.SAMPLE, samples)
    with store.transaction() as tx:
        for practice in samples:
            queries.remove(tx, practice.practice_id)
        workflow.remove_unused_users(tx, [colleague.user_id for colleague in people.STAFF])
        record(tx, "sample removed", by=actor.user_id, now=now)


@allowed(Right.SAMPLE)
def serve_at(store: Store, address: str, *, actor: Actor, now: datetime) -> None:
    """Let the links in the sample practice's messages open at an address of this machine.

    Only while all of its messages go to the outbox; an address elsewhere, which somebody gave it, stays.
    """
    for practice in all_practices(store):
        kept = contact_settings.of(store, practice.practice_id)
        is_here = kept.public_url is None or kept.public_url.startswith("http://127.0.0.1")
        if practice.is_sample and is_here and {kept.email_sender, kept.sms_sender} == {"outbox"}:
            wanted = replace(kept, public_url=address)
            contact_settings.change(store, practice, wanted, seen=kept, actor=actor, now=now)


@dataclass(frozen=True, slots=True)
class Contract:
    """A row of contracts: one NHS year."""

    from_on: date
    to_on: date | None
    uda_value_pence: int
    contract_id: str = people.CONTRACT
    uda_target: Decimal = Decimal(11_600)


def _years(practice_id: str, today: date) -> Years:
    """Live through the practice's years up to a day."""
    rng = Random(SEED)
    first = today - timedelta(days=365 * YEARS)
    diary = Diary.ruled(rng, people.PROVIDERS, first=first, last=today + timedelta(days=AHEAD_DAYS))
    history = History(rng, practice_id, today)
    years = Years(rng, today, diary, history, people.patients(rng, number=PATIENTS, first=first, today=today))
    years.live_through(first)
    cases.add_rare_cases(years)
    return years


def _contracts(today: date) -> list[Contract]:
    """Return the contract of each NHS year, its UDA value rising."""
    year = today.year if today.month >= 4 else today.year - 1
    values = (32_10, 33_20, 34_30, 35_50)
    return [
        Contract(date(begins, 4, 1), date(begins + 1, 3, 31) if begins < year else None, value)
        for begins, value in zip(range(year - 3, year + 1), values, strict=True)
    ]


def _tables(years: Years) -> dict[str, Sequence[object]]:
    """Return the rows of each PMS table."""
    visits = [visit for course in years.courses for visit in course.visits]
    return {
        "contracts": _contracts(years.today),
        "providers": people.PROVIDERS,
        "payors": people.PAYORS,
        "pms_users": people.STAFF,
        "patients": years.patients,
        "courses": years.courses,
        "planned_visits": visits,
        "treatment_items": [item for course in years.courses for item in course.items],
        "appointments": years.appointments,
    }

"""A small practice for tests: Amara at reception, Ben the dentist, Mrs Okafor the patient; one line for each fact."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

import polars as pl

from queries import book, people, pms, practices, workflow
from queries.store import Store
from services import practices as services
from services.actors import Actor, Role

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
BY = "amara"
SYSTEM = Actor.at_the_command_line("test")
"""May do everything, everywhere: for tests that are not about who may do what."""

DEFAULTS: dict[str, dict[str, Any]] = {
    "contracts": {"from_on": date(2020, 4, 1), "to_on": None, "uda_value_pence": 3550, "uda_target": None},
    "providers": {
        "name": "Ben Adeyemi",
        "initials": "BA",
        "role": "dentist",
        "contract_id": None,
        "is_active": True,
        "is_online_bookable": True,
    },
    "payors": {"name": "Private", "kind": "private"},
    "pms_users": {"name": "Amara Nwosu", "is_active": True},
    "patients": {
        "title": "Mrs",
        "first_name": "Ngozi",
        "last_name": "Okafor",
        "household_id": None,
        "mobile": "07700 900123",
        "phone": None,
        "email": "ngozi.okafor@example.com",
        "preferred_contact": None,
        "is_email_allowed": None,
        "is_sms_allowed": None,
        "is_marketing_allowed": None,
        "is_do_not_contact": False,
        "is_charge_exempt": None,
        "is_active": True,
        "search_text": "",
    },
    "courses": {
        "cot_number": "1",
        "provider_id": "ben",
        "payor_id": "private",
        "contract_id": None,
        "last_updated_on": None,
        "started_on": None,
        "completed_on": None,
        "is_deleted": False,
        "is_active": True,
        "band": None,
        "uda": None,
        "uda_done": None,
        "stated_value_pence": None,
        "patient_charge_pence": None,
        "pathway": None,
        "claim_number": None,
        "suspended_on": None,
        "reopen_by": None,
        "absent_since": None,
    },
    "planned_visits": {
        "position": 1,
        "provider_id": "ben",
        "minutes": 30,
        "interval_days": None,
        "appointment_id": None,
        "is_bookable": True,
    },
    "treatment_items": {
        "planned_visit_id": None,
        "code": None,
        "description": "Crown",
        "charged_to": "private",
        "price_pence": 42000,
        "completed_on": None,
        "is_deleted": False,
    },
    "appointments": {"course_id": None, "provider_id": "ben", "minutes": 30, "status": "booked"},
}

SCHEMAS: dict[str, pl.Schema] = {}
"""The columns of the PMS's tables, as far as they were needed."""


class SmallPractice:
    """A practice in a store, to which a test adds facts one by one."""

    def __init__(self, store: Store, name: str = "Elm Road") -> None:
        self.store = store
        self._numbers = count(1)
        with store.transaction() as tx:
            self.id = services.create(tx, name, actor=SYSTEM, now=NOW)
            people.write_person(
                tx, BY, name="Amara Nwosu", email=None, role=Role.RECEPTION, is_active=True, by=SYSTEM.user_id, now=NOW
            )
            people.give_practice(tx, BY, self.id)
        self.add("providers", "ben")
        self.add("payors", "private")
        self.add("payors", "nhs", name="NHS", kind="nhs")
        self.add("payors", "plan", name="Denplan", kind="plan")
        self.add("patients", "okafor")

    @classmethod
    def kept(cls, store: Store) -> SmallPractice:
        """Return the small practice that a store has already."""
        self = cls.__new__(cls)
        self.store, self._numbers = store, count(1)
        (self.id,) = practices.all_practices(store)["practice_id"]
        return self

    def add(self, table: str, id_: str | None = None, **facts: Any) -> str:
        """Write one row of a PMS table and return its id."""
        id_ = id_ or str(next(self._numbers))
        key = pms.KEYS[table][0]
        with self.store.transaction() as tx:
            if table not in SCHEMAS:
                SCHEMAS[table] = pms.read(tx, self.id, table).schema
            row = pl.DataFrame([{key: id_, **DEFAULTS[table], **facts}], schema=SCHEMAS[table])
            pms.write(tx, self.id, table, row)
            practices.raise_revision(tx, self.id)
        return id_

    def course(self, *, days_ago: int = 30, patient: str = "okafor", item: bool = True, **facts: Any) -> str:
        """Open a course so many days before TODAY with one unfinished crown of £420."""
        course_id = self.add(
            "courses",
            facts.pop("course_id", None),
            patient_id=patient,
            opened_on=TODAY - timedelta(days=days_ago),
            **facts,
        )
        if item:
            self.item(course_id)
        return course_id

    def item(self, course_id: str, **facts: Any) -> str:
        """Plan one treatment item on a course."""
        return self.add("treatment_items", course_id=course_id, **facts)

    def appointment(self, course_id: str | None, *, in_days: int, patient: str = "okafor", **facts: Any) -> str:
        """Book an appointment at 10:00 so many days after TODAY, linked to a course or to none."""
        at = datetime(TODAY.year, TODAY.month, TODAY.day, 10) + timedelta(days=in_days)
        return self.add("appointments", course_id=course_id, patient_id=patient, starts_at=at, **facts)

    def hours(self, provider_id: str = "", *, weekdays: Iterable[int] = range(1, 6), **facts: Any) -> None:
        """Let a provider, or the practice, work on weekdays (1 is Monday) from 9:00 to 17:30, by default."""
        day = {**dict.fromkeys(book.HOURS.names()), "from_time": time(9), "to_time": time(17, 30), **facts}
        rows = [{**day, "weekday": weekday} for weekday in weekdays]
        with self.store.transaction() as tx:
            book.write_hours(tx, self.id, provider_id, pl.DataFrame(rows, schema=book.HOURS))

    def closed(self, provider_id: str = "", *, from_on: date, to_on: date | None = None, **facts: Any) -> None:
        """Give a provider, or the practice, days off."""
        given = {"from_time": None, "to_time": None, "reason": None, **facts}
        closure = {"closure_id": str(next(self._numbers)), "provider_id": provider_id, "from_on": from_on, **given}
        with self.store.transaction() as tx:
            book.close(tx, self.id, {**closure, "to_on": to_on or from_on}, by=BY, now=NOW)

    def state(self, opportunity_id: str, **facts: Any) -> None:
        """Write what Amara did about an opportunity, without the event that a service would leave."""
        row = {
            **dict.fromkeys(workflow.STATE.names()),
            "practice_id": self.id,
            "opportunity_id": opportunity_id,
            "status": "open",
            "attempts": 0,
            "changed_by": BY,
            "changed_at": NOW.replace(tzinfo=None),
            **facts,
        }
        with self.store.transaction() as tx:
            workflow.write_states(tx, pl.DataFrame([row], schema=workflow.STATE))

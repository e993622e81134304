"""The rows of the sample practice, as the store takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

import polars as pl

from services import booking_confirmation
from services.shipped_templates import SHIPPED

TEMPLATES = {template.template_id: template.name for template in SHIPPED}


@dataclass(slots=True)
class Patient:
    """A row of patients, and what decides how often and for what the patient comes."""

    patient_id: str
    title: str | None
    first_name: str
    last_name: str
    household_id: str | None
    mobile: str | None
    phone: str | None
    email: str | None
    preferred_contact: str | None
    is_email_allowed: bool | None
    is_sms_allowed: bool | None
    is_marketing_allowed: bool | None
    is_do_not_contact: bool
    is_charge_exempt: bool | None
    is_active: bool
    search_text: str
    payor_id: str
    provider_id: str
    recall_days: int
    joined_on: date
    left_on: date
    busy_until: date = date.min


@dataclass(slots=True)
class PlannedVisit:
    """A row of planned_visits, with its items."""

    planned_visit_id: str
    course_id: str
    position: int
    provider_id: str
    minutes: int
    interval_days: int | None
    is_bookable: bool
    appointment_id: str | None = None
    items: list[TreatmentItem] = field(default_factory=list)


@dataclass(slots=True)
class TreatmentItem:
    """A row of treatment_items."""

    treatment_item_id: str
    course_id: str
    planned_visit_id: str | None
    code: str
    description: str
    charged_to: str
    price_pence: int
    completed_on: date | None = None
    is_deleted: bool = False


@dataclass(slots=True)
class Appointment:
    """A row of appointments."""

    appointment_id: str
    patient_id: str
    course_id: str | None
    provider_id: str
    starts_at: datetime
    minutes: int
    status: str


@dataclass(slots=True)
class Course:
    """A row of courses, with its patient and what is planned on it."""

    course_id: str
    cot_number: str
    patient_id: str
    provider_id: str
    payor_id: str
    contract_id: str | None
    opened_on: date
    patient: Patient
    last_updated_on: date | None = None
    started_on: date | None = None
    completed_on: date | None = None
    is_deleted: bool = False
    is_active: bool = True
    band: str | None = None
    uda: Decimal | None = None
    uda_done: Decimal | None = None
    stated_value_pence: int | None = None
    patient_charge_pence: int | None = None
    pathway: str | None = None
    claim_number: int | None = None
    suspended_on: date | None = None
    reopen_by: date | None = None
    absent_since: date | None = None
    visits: list[PlannedVisit] = field(default_factory=list)
    items: list[TreatmentItem] = field(default_factory=list)

    @property
    def value_pence(self) -> int:
        """The private value left."""
        return sum(i.price_pence for i in self.items if i.charged_to == "private" and not i.completed_on)

    def happened(self, day: date) -> None:
        """Remember the last day on which anything was written on the course."""
        self.last_updated_on = max(self.last_updated_on or self.opened_on, day)


@dataclass(slots=True)
class Event:
    """A row of events; before and after are JSON. takes_back is the one whose id is undoes, once it has one."""

    practice_id: str
    opportunity_id: str | None
    patient_id: str
    kind: str
    by_user: str
    happened_at: datetime
    note: str | None
    before: str | None
    after: str | None
    action_id: str | None = None
    undoes: int | None = None
    takes_back: Event | None = None


@dataclass(slots=True)
class State:
    """A row of care_states; status is the one kept in the store, to which a snooze returns."""

    practice_id: str
    opportunity_id: str
    status: str = "open"
    snoozed_until: date | None = None
    snooze_reason: str | None = None
    reject_reason: str | None = None
    assigned_to: str | None = None
    attempts: int = 0
    last_attempt_at: datetime | None = None
    last_contact_at: datetime | None = None
    booked_on: date | None = None
    needs_action_since: datetime | None = None
    needs_action_why: str | None = None
    link_sent_at: datetime | None = None
    link_opened_at: datetime | None = None
    changed_by: str = ""
    changed_at: datetime = datetime.min


@dataclass(slots=True)
class Link:
    """A row of booking_links, with its token."""

    token: str
    course: Course
    visit: PlannedVisit
    message_id: str
    made_by: str
    made_at: datetime
    expires_at: datetime
    opened_at: datetime | None = None
    used_at: datetime | None = None
    used_for: str | None = None
    booking_id: str | None = None
    revoked_at: datetime | None = None
    revoked_why: str | None = None


@dataclass(slots=True)
class Booking:
    """A row of bookings."""

    booking_id: str
    course: Course
    planned_visit_id: str
    provider_id: str
    starts_at: datetime
    minutes: int
    made_by: str
    made_at: datetime
    changed_by: str
    changed_at: datetime
    version: int = 1
    state: str = "to enter"
    conflict: str | None = None
    appointment_id: str | None = None


@dataclass(slots=True)
class Message:
    """A row of messages before it has its text, and what its patient did about it."""

    message_id: str
    action_id: str
    course: Course
    channel: str
    address: str
    by: str
    at: datetime
    template_id: str | None = None
    visit: PlannedVisit | None = None
    link: Link | None = None
    booking: Booking | None = None
    state: str = "sent"
    state_at: datetime = datetime.min
    sent_at: datetime = datetime.min
    reason: str | None = None
    answer: str | None = None

    @property
    def template(self) -> str:
        """Return the name of the template."""
        return TEMPLATES[self.template_id] if self.template_id else booking_confirmation.TEMPLATE

    @property
    def has_arrived(self) -> bool:
        """Say whether its patient got it, as far as anybody knows."""
        return self.state in ("sent", "delivered")


@dataclass(slots=True)
class Consent:
    """A row of consents."""

    patient: Patient
    channel: str
    source: str
    at: datetime


def frame(rows: Sequence[object], schema: pl.Schema) -> pl.DataFrame:
    """Return the rows as a frame with the columns of the schema."""
    return pl.DataFrame({name: [getattr(row, name) for row in rows] for name in schema}, schema=schema)

"""Three years of the sample practice, visit by visit, and the appointment book ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random

from services.sample import treatment
from services.sample.diary import Diary
from services.sample.history import History
from services.sample.people import CONTRACT, HYGIENE, IMPLANTS, PAYORS
from services.sample.pipeline import Wait
from services.sample.records import Appointment, Course, Patient, PlannedVisit, TreatmentItem
from services.sample.treatment import Item, Plan

AHEAD_DAYS = 183
"""So far ahead the book holds appointments."""

UNSCHEDULED_FROM = date(2026, 4, 1)
"""From this day on urgent NHS courses are paid as unscheduled care."""

KINDS = {payor.payor_id: payor.kind for payor in PAYORS}
CLOSED_AT = 10
"""The hour of today to which the sample's day has come: earlier appointments are over."""


@dataclass(slots=True)
class Years:
    """The practice's patients, its book, and everything that happened in it."""

    rng: Random
    today: date
    diary: Diary
    history: History
    patients: Sequence[Patient]
    courses: list[Course] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)
    loose: list[Course] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    numbers: count[int] = field(default_factory=lambda: count(20001))

    def live_through(self, first: date) -> None:
        """Let every patient come when due, from the first day to the end of the book."""
        rng, comings = self.rng, list[tuple[int, int, str]]()
        for place, patient in enumerate(self.patients):
            start = max(first, patient.joined_on).toordinal()
            heappush(comings, (start + rng.randrange(int(patient.recall_days * 1.1)), place, "exam"))
            if rng.random() < (0.07 if patient.payor_id == "nhs" else 0.45):
                heappush(comings, (start + rng.randrange(182), place, "hygiene"))
            if rng.random() < 0.3:
                heappush(comings, (start + rng.randrange(365 * 3), place, "urgent"))
        last = (self.today + timedelta(days=AHEAD_DAYS)).toordinal()
        while comings:
            number, place, reason = heappop(comings)
            day, patient = date.fromordinal(number), self.patients[place]
            if number > last or day >= patient.left_on:
                continue
            if pause := self._come(patient, day, reason):
                heappush(comings, (number + pause, place, reason))

    def _come(self, patient: Patient, day: date, reason: str) -> int:
        """Bring a patient in who is due; return the days until the patient is due again, or 0 for never."""
        rng = self.rng
        if reason != "urgent":
            if day <= patient.busy_until and rng.random() < 0.8:
                return rng.randint(30, 90)
            if day.month in (8, 12) and rng.random() < 0.2:
                return rng.randint(20, 70)
        if day > self.today and not self._is_booked_ahead(patient, day, reason):
            return 0
        role = "hygiene" if reason == "hygiene" else "dentist"
        minutes = 20 if reason == "exam" and patient.payor_id == "nhs" else 30
        provider_id = self._provider(patient, role)
        starts_at = self.diary.book(provider_id, day, minutes)
        if starts_at is None:
            return 0
        appointment = self._appointment(patient, None, provider_id, starts_at, minutes)
        if appointment.status in ("failed", "cancelled"):
            return rng.randint(10, 60)
        if appointment.status != "completed":
            return 0
        {"exam": self._examine, "hygiene": self._clean, "urgent": self._relieve}[reason](patient, appointment)
        later = int(patient.recall_days * rng.uniform(0.95, 1.5)) if reason == "exam" else rng.randint(150, 240)
        return 0 if reason == "urgent" else later

    def _is_booked_ahead(self, patient: Patient, day: date, reason: str) -> bool:
        """Say whether a coming visit is in the book already: the later, the less likely."""
        lead = (day - self.today).days
        if reason == "urgent":
            return lead < 3
        if patient.busy_until >= self.today and self.rng.random() < 0.9:
            return False
        return self.rng.random() < 0.95 - 0.65 * lead / AHEAD_DAYS

    # What a visit of each reason leads to.

    def _examine(self, patient: Patient, appointment: Appointment) -> None:
        rng, day = self.rng, appointment.starts_at.date()
        if patient.payor_id == "nhs":
            is_done = rng.random() < 0.63
            bands = treatment.NHS_BANDS
            band = "1" if is_done else rng.choices(list(bands), list(bands.values()))[0]
            course = self.open(patient, day, band=band)
            if is_done or rng.random() < 0.3:
                self._do(course, treatment.NHS_EXAM, appointment)
            if is_done:
                self._complete(course, day)
            else:
                self._propose(course, treatment.nhs(rng, band), appointment)
                self._propose_beside(patient, appointment)
            return
        course = self.open(patient, day)
        self._do(course, self._charged(treatment.EXAM, patient), appointment)
        fate, is_apart = rng.random(), rng.random() < 0.7
        if fate < 0.45 or is_apart:
            self._complete(course, day)
        if fate < 0.45:
            return
        if is_apart:
            course = self.open(patient, day)
        if fate < 0.6:
            plan: Plan = (treatment.Visit("hygiene", 30, (self._charged(treatment.HYGIENE, patient),)),)
        elif KINDS[patient.payor_id] == "plan":
            plan = treatment.member(rng, patient.payor_id)
        else:
            plan = treatment.private(rng)
        self._propose(course, plan, appointment)
        self._propose_beside(patient, appointment)

    def _propose_beside(self, patient: Patient, appointment: Appointment) -> None:
        """Now and then plan something private apart from the course, so that a patient has two."""
        if self.rng.random() < 0.09:
            course = self.open(patient, appointment.starts_at.date(), payor_id="private")
            self._propose(course, treatment.private(self.rng), appointment)

    def _clean(self, patient: Patient, appointment: Appointment) -> None:
        course = self.open(
            patient, appointment.starts_at.date(), payor_id="private" if patient.payor_id == "nhs" else None
        )
        self._do(course, self._charged(treatment.HYGIENE, patient), appointment)
        self._complete(course, appointment.starts_at.date())

    def _relieve(self, patient: Patient, appointment: Appointment) -> None:
        day = appointment.starts_at.date()
        is_nhs = patient.payor_id == "nhs"
        band = ("urgent" if day < UNSCHEDULED_FROM else "unscheduled") if is_nhs else None
        course = self.open(patient, day, band=band)
        self._do(course, treatment.NHS_URGENT if is_nhs else treatment.EMERGENCY, appointment)
        if self.rng.random() < 0.85:
            self._complete(course, day)
            return
        work = treatment.NHS_EXTRACTION if is_nhs else treatment.EXTRACTION
        self._propose(course, (treatment.Visit("dentist", 30, (work,)),), appointment)

    # Courses.

    def open(self, patient: Patient, day: date, *, payor_id: str | None = None, band: str | None = None) -> Course:
        """Open a course for a patient."""
        number = str(next(self.numbers))
        payor_id = payor_id or patient.payor_id
        course = Course(
            course_id=number,
            cot_number=number,
            patient_id=patient.patient_id,
            provider_id=patient.provider_id,
            payor_id=payor_id,
            contract_id=CONTRACT if payor_id == "nhs" else None,
            opened_on=day,
            patient=patient,
            last_updated_on=day,
            band=band,
        )
        self.courses.append(course)
        return course

    def plan(self, course: Course, plan: Plan) -> list[PlannedVisit]:
        """Write a plan on a course and return its visits."""
        is_bookable = self.rng.random() < 0.75
        for position, visit in enumerate(plan, start=len(course.visits) + 1):
            planned = PlannedVisit(
                planned_visit_id=f"{course.course_id}-{position}",
                course_id=course.course_id,
                position=position,
                provider_id=self._provider(course.patient, visit.role),
                minutes=visit.minutes,
                interval_days=visit.interval_days,
                is_bookable=is_bookable,
            )
            planned.items = [self._item(course, item, planned.planned_visit_id) for item in visit.items]
            course.visits.append(planned)
        return course.visits

    def _item(self, course: Course, item: Item, planned_visit_id: str | None) -> TreatmentItem:
        made = TreatmentItem(
            treatment_item_id=f"{course.course_id}-i{len(course.items) + 1}",
            course_id=course.course_id,
            planned_visit_id=planned_visit_id,
            code=item.code,
            description=item.description,
            charged_to=item.charged_to,
            price_pence=item.price_pence,
        )
        course.items.append(made)
        return made

    def _charged(self, item: Item, patient: Patient) -> Item:
        """Return an item as the patient's plan or the patient pays it."""
        return treatment.covered(item) if KINDS[patient.payor_id] == "plan" else item

    def _do(self, course: Course, item: Item, appointment: Appointment) -> None:
        """Do an item at an appointment that was not planned for it."""
        self._item(course, item, None).completed_on = course.started_on = appointment.starts_at.date()
        appointment.course_id = course.course_id

    def _complete(self, course: Course, day: date) -> None:
        course.completed_on = day
        course.happened(day)

    def _propose(self, course: Course, plan: Plan, appointment: Appointment) -> None:
        """Plan the rest of a course, and book it at once or leave it."""
        visits = self.plan(course, plan)
        value = course.value_pence
        left = 0.43 if value < 30_000 else 0.52 if value < 100_000 else 0.66
        day = appointment.starts_at.date()
        if self.rng.random() < left:
            self.leave(course, visits, day)
        else:
            self.carry_out(course, visits, day + timedelta(days=self.rng.randint(4, 26)))

    def leave(self, course: Course, visits: Sequence[PlannedVisit], since: date) -> None:
        """Leave what is planned unbooked, until somebody follows it up or nobody does."""
        course.patient.busy_until = max(course.patient.busy_until, since + timedelta(days=300))
        tidied_on = course.opened_on + timedelta(days=45 + int(self.rng.expovariate(1 / 300)))
        until = min(self.today, max(tidied_on, since))
        booked_on = self.history.follow_up(course, since, until)
        wait = Wait(course, since)
        self.waits.append(wait)
        if booked_on is not None:
            wait.until, wait.why = booked_on, "booked"
            earliest = booked_on + timedelta(days=self.rng.randint(2, 24))
            self.carry_out(course, visits, earliest, booked_on=booked_on)
        elif tidied_on < self.today:
            self._close(course, until)
            wait.until, wait.why = until, "deleted" if course.is_deleted else "completed"
        else:
            self.loose.append(course)

    def _close(self, course: Course, day: date) -> None:
        """Tidy an old course up: complete what was done of it, delete what was not."""
        course.happened(day)
        if not course.started_on:
            course.is_deleted = True
            return
        self._complete(course, day)
        for item in course.items:
            item.is_deleted = item.completed_on is None

    def carry_out(
        self, course: Course, visits: Sequence[PlannedVisit], earliest: date, *, booked_on: date | None = None
    ) -> None:
        """Book visits one after another; what lies in the past took place, was cancelled or failed."""
        rng, is_ahead = self.rng, False
        for place, visit in enumerate(visits):
            is_kept = False
            while not is_kept:
                starts_at = self.diary.book(visit.provider_id, earliest, visit.minutes)
                if starts_at is None:
                    if not is_ahead:
                        self.leave(course, visits[place:], self.today)
                    return
                appointment = self._appointment(course.patient, course, visit.provider_id, starts_at, visit.minutes)
                visit.appointment_id = appointment.appointment_id
                if booked_on is not None:
                    self.history.booked(course, booked_on, appointment)
                    booked_on = None
                day = starts_at.date()
                is_kept = appointment.status not in ("failed", "cancelled")
                if not is_kept:
                    known_on = min(day, self.today - timedelta(days=1))
                    course.happened(known_on)
                    if rng.random() < 0.5:
                        visit.appointment_id = None
                    if rng.random() < 0.3:
                        if not is_ahead:
                            self.leave(course, visits[place:], known_on)
                        return
                    earliest = day + timedelta(days=rng.randint(3, 25))
            course.patient.busy_until = max(course.patient.busy_until, day)
            following = visits[place + 1] if place + 1 < len(visits) else None
            if appointment.status == "completed":
                self._take_place(course, visit, day)
                if following and rng.random() < 0.08:
                    self.leave(course, visits[place + 1 :], day)
                    return
            else:
                is_ahead = True
                if rng.random() < 0.4:
                    return
            earliest = day + timedelta(days=max(following.interval_days or 0, 5) if following else 0)
            earliest += timedelta(days=rng.randint(0, 12))
        if not is_ahead and rng.random() > 0.01:  # one in a hundred is forgotten open with nothing left to do
            self._complete(course, day)

    def _take_place(self, course: Course, visit: PlannedVisit, day: date) -> None:
        for item in visit.items:
            item.completed_on = day
        course.started_on = course.started_on or day
        course.happened(day)

    # Appointments.

    def _provider(self, patient: Patient, role: str) -> str:
        if role == "hygiene":
            return self.rng.choice(HYGIENE)
        return IMPLANTS if role == "implants" else patient.provider_id

    def _appointment(
        self, patient: Patient, course: Course | None, provider_id: str, starts_at: datetime, minutes: int
    ) -> Appointment:
        return self.appoint(patient, course, provider_id, starts_at, minutes, self._status(starts_at))

    def appoint(
        self,
        patient: Patient,
        course: Course | None,
        provider_id: str,
        starts_at: datetime,
        minutes: int,
        status: str,
    ) -> Appointment:
        """Write an appointment in the book."""
        appointment = Appointment(
            appointment_id=str(len(self.appointments) + 50001),
            patient_id=patient.patient_id,
            course_id=course.course_id if course else None,
            provider_id=provider_id,
            starts_at=starts_at,
            minutes=minutes,
            status=status,
        )
        self.appointments.append(appointment)
        return appointment

    def _status(self, starts_at: datetime) -> str:
        """Say what became of an appointment, or how a coming one stands."""
        chance, lead = self.rng.random(), (starts_at.date() - self.today).days
        if lead < 0 or (lead == 0 and starts_at.hour < CLOSED_AT):
            return "failed" if chance < 0.04 else "cancelled" if chance < 0.095 else "completed"
        if lead == 0 and starts_at.hour < CLOSED_AT + 2:
            return "arrived" if starts_at.hour == CLOSED_AT else "pending"
        if chance < 0.03:
            return "cancelled"
        return "confirmed" if chance < (0.75 if lead < 4 else 0.12) else "booked"

"""The rarer cases of the rule, so that each is there however the years went."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from services.sample import treatment
from services.sample.courses import Years
from services.sample.records import Course, Patient
from services.sample.treatment import Visit

PATHWAYS_FROM = date(2026, 6, 23)
"""From this day on there are complex care pathways."""

PATHWAYS = {"pathway 1": 6, "pathway 2": 12}
"""The monthly claims of each."""


def add_rare_cases(years: Years) -> None:
    """Turn some of the unbooked courses into the rarer cases, and add pathways and courses of today."""
    unbooked = [one for one in years.loose if 6 <= (years.today - one.opened_on).days <= 360]
    years.rng.shuffle(unbooked)
    courses = iter(unbooked)
    _book_far_ahead(years, islice(courses, 16))
    _book_unlinked(years, islice(courses, 24))
    _appoint_in_vain(years, islice(courses, 16), "cancelled", (-30, 30))
    _appoint_in_vain(years, islice(courses, 16), "failed", (-40, -1))
    _appoint_in_vain(years, islice(courses, 14), "waiting_list", (5, 60))
    _make_inactive(years, islice(courses, 16))
    for course in islice(courses, 10):
        course.is_deleted = True
    for course in islice(courses, 9):
        course.absent_since = years.today - timedelta(days=years.rng.randint(1, 20))
    for course in islice(courses, 9):
        course.patient.is_active = False
    for course in islice(courses, 8):
        _finish_without_completing(course, years.today)
    _open_today(years)
    _start_pathways(years)
    _book_online(years)


def _book_far_ahead(years: Years, courses: Iterator[Course]) -> None:
    for course in courses:
        _appoint(years, course, years.rng.randint(95, 165), "booked", is_linked=True)


def _book_unlinked(years: Years, courses: Iterator[Course]) -> None:
    for course in courses:
        _appoint(years, course, years.rng.randint(3, 80), "booked", is_linked=False)


def _appoint_in_vain(years: Years, courses: Iterator[Course], status: str, days: tuple[int, int]) -> None:
    for course in courses:
        _appoint(years, course, years.rng.randint(*days), status, is_linked=True)


def _appoint(years: Years, course: Course, in_days: int, status: str, *, is_linked: bool) -> None:
    """Make an appointment for the first visit that is left, or for the patient alone."""
    visit = next(visit for visit in course.visits if any(item.completed_on is None for item in visit.items))
    provider_id = visit.provider_id if is_linked else course.provider_id
    day = max(years.today + timedelta(days=in_days), course.opened_on + timedelta(days=1))
    starts_at = years.diary.book(provider_id, day, visit.minutes if is_linked else 20)
    if starts_at is None or (status == "failed" and starts_at.date() >= years.today):
        return
    appointment = years.appoint(
        course.patient,
        course if is_linked else None,
        provider_id,
        starts_at,
        visit.minutes if is_linked else 20,
        status,
    )
    if is_linked:
        visit.appointment_id = appointment.appointment_id


def _make_inactive(years: Years, courses: Iterator[Course]) -> None:
    """Make courses inactive in the chart, and some of them active again: they stay rejected."""
    for place, course in enumerate(courses):
        day = course.opened_on + timedelta(days=years.rng.randint(1, (years.today - course.opened_on).days - 1))
        day = max(day, course.last_updated_on or day)
        years.history.made_inactive(course, min(day, years.today - timedelta(days=1)))
        course.is_active = place % 4 == 0
        course.happened(min(day, years.today - timedelta(days=1)))


def _finish_without_completing(course: Course, today: date) -> None:
    for item in course.items:
        item.completed_on = item.completed_on or today - timedelta(days=2)
    course.started_on = course.started_on or today - timedelta(days=2)
    course.happened(today - timedelta(days=2))


def _book_online(years: Years) -> None:
    """Let two patients book by a link yesterday evening: their visits are to be entered in the PMS."""
    left = 2
    for link in years.history.post.good_links():
        course, visit = link.course, link.visit
        is_as_sent = visit.appointment_id is None and any(item.completed_on is None for item in visit.items)
        is_listed = course.is_active and course.patient.is_active and not course.is_deleted and not course.absent_since
        if left and is_as_sent and is_listed:
            starts_at = years.diary.book(visit.provider_id, years.today + timedelta(days=left + 2), visit.minutes)
            left -= bool(starts_at and years.history.post.book_to_enter(link, starts_at))


def _idle(years: Years, payor_id: str) -> Iterator[Patient]:
    """Return patients of a payor, in an order of chance, who have nothing open."""
    patients = [
        patient
        for patient in years.patients
        if patient.payor_id == payor_id and patient.is_active and patient.busy_until < years.today
    ]
    years.rng.shuffle(patients)
    return iter(patients)


def _open_today(years: Years) -> None:
    """Open courses today, which are held back so that reception may still book them."""
    for payor_id in ("nhs", "private", "denplan"):
        for patient in islice(_idle(years, payor_id), 3):
            course = years.open(patient, years.today, band="2a" if payor_id == "nhs" else None)
            patient.busy_until = years.today
            plan = treatment.nhs(years.rng, "2a") if payor_id == "nhs" else treatment.private(years.rng)
            years.plan(course, plan)


def _start_pathways(years: Years) -> None:
    """Start complex care pathways: a chain of monthly claims with one acceptance date, some suspended, some booked."""
    rng, today = years.rng, years.today
    earliest = max(PATHWAYS_FROM, today - timedelta(days=170))
    if (today - earliest).days < 20:
        return
    patients = (one for one in _idle(years, "nhs") if one.title not in ("Master", None) and not one.is_charge_exempt)
    for place, patient in enumerate(islice(patients, 16)):
        pathway = "pathway 1" if place % 3 else "pathway 2"
        opened_on = earliest + timedelta(days=rng.randrange((today - earliest).days - 10))
        claims = min((today - opened_on).days // 30 + 1, PATHWAYS[pathway])
        chain = [years.open(patient, opened_on) for _ in range(claims)]
        patient.busy_until = today + timedelta(days=60)
        for number, course in enumerate(chain, start=1):
            course.pathway, course.claim_number = pathway, number
            years.plan(course, (Visit("dentist", 40, (treatment.NHS_STABILISING, treatment.NHS_FILLING), 21),))
            if number < claims:
                day = opened_on + timedelta(days=30 * (number - 1) + rng.randint(3, 20))
                _take_place(years, course, day)
        current = chain[-1]
        if place % 4 == 0:
            current.suspended_on = today - timedelta(days=rng.randint(5, 75))
            current.suspended_on = max(current.suspended_on, opened_on + timedelta(days=1))
            current.reopen_by = current.suspended_on + timedelta(days=91)
            current.happened(current.suspended_on)
        elif place % 4 == 1:
            _appoint(years, current, rng.randint(2, 40), "booked", is_linked=True)
            continue
        years.history.follow_up(chain[0], current.last_updated_on or opened_on, today)


def _take_place(years: Years, course: Course, day: date) -> None:
    """Do a claim's visit on the first day with room from a day on, and complete it."""
    visit = course.visits[0]
    starts_at = years.diary.book(visit.provider_id, day, visit.minutes)
    if starts_at is None or starts_at.date() >= years.today:
        return
    appointment = years.appoint(course.patient, course, visit.provider_id, starts_at, visit.minutes, "completed")
    visit.appointment_id = appointment.appointment_id
    for item in course.items:
        item.completed_on = starts_at.date()
    course.started_on = course.completed_on = starts_at.date()
    course.happened(starts_at.date())

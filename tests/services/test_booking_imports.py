"""What an import means for visits booked here: confirmed, contradicted and settled, or as they were."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from queries import workflow
from queries.store import Store
from services import bookings, imports, integrity, opportunities, practices, timeline, to_enter
from services.actions import Chosen, Outcome
from services.errors import InvalidRequest
from services.opportunities import Filters
from services.practices import Practice
from tests.extracts import canonical
from tests.practice import NOW, SYSTEM, TODAY
from tests.replay import replayed

OPENED = TODAY - timedelta(days=30)
AT = datetime(2026, 12, 3, 10)
LATER = NOW + timedelta(days=1)
TOMORROW = TODAY + timedelta(days=1)
PATIENTS = "patient_id,first_name,last_name\n7,Ngozi,Okafor\n8,Aoife,Byrne\n"
COURSES = (
    f"course_id,patient_id,opened_on,stated_value,provider_id,is_deleted,completed_on\n1,7,{OPENED},420.00,BA,no,\n"
)
OTHER = f"2,8,{OPENED},100.00,BA,no,\n"
VISITS = "planned_visit_id,course_id,position,minutes,appointment_id\nv,1,1,30,{}\nw,1,2,30,{}\n"


class Pms:
    """A PMS that is imported again and again, and a desk that books beside it."""

    def __init__(self, store: Store) -> None:
        self.store, self.presses = store, 0

    def imports(
        self,
        appointments: str = "",
        *,
        courses: str = COURSES + OTHER,
        visits: tuple[str, str] = ("", ""),
        now: datetime = NOW,
        today: date = TODAY,
        without_appointments: bool = False,
    ) -> imports.Result:
        """Import everything that the PMS has."""
        lines = "appointment_id,patient_id,course_id,starts_at,status,provider_id,minutes\n" + appointments
        extract = canonical(
            patients=PATIENTS,
            courses=courses,
            planned_visits=VISITS.format(*visits),
            appointments=None if without_appointments else lines,
        )
        return imports.apply(self.store, extract, practice="Elm Road", actor=SYSTEM, now=now, today=today)

    @property
    def own(self) -> Practice:
        """The practice."""
        (practice,) = practices.all_practices(self.store)
        return practice

    def books(self, at: datetime = AT, *, visit: str | None = "v", course: str = "1") -> None:
        """Book a visit here."""
        self.presses += 1
        bookings.book(
            self.store,
            Chosen("elm-road", course, None),
            planned_visit_id=visit,
            provider_id="ba",
            starts_at=at,
            minutes=30,
            is_outside_hours_allowed=True,
            actor=SYSTEM,
            now=NOW,
            today=TODAY,
            action_id=f"book {self.presses}",
        )

    def does(self, service: Any, *args: Any, **given: Any) -> Outcome:
        """Press a button on the list."""
        self.presses += 1
        pressed = {"actor": SYSTEM, "now": NOW, "today": TODAY, "action_id": f"press {self.presses}"}
        outcome: Outcome = service(self.store, self.own, *args, **{**pressed, **given})
        return outcome

    def all(self) -> list[dict[str, Any]]:
        """Every booking, the earliest first."""
        states = tuple(bookings.booking_steps.STATES)
        return to_enter.waiting(self.store, [self.own], actor=SYSTEM, today=TODAY, states=states).to_dicts()

    def one(self) -> tuple[str, str | None, str | None]:
        """State, conflict and appointment of the only booking."""
        (found,) = self.all()
        return found["state"], found["conflict"], found["appointment_id"]

    def booked_on(self, course: str = "1") -> date | None:
        """The day until which an opportunity is booked here."""
        states = workflow.states(self.store, "elm-road").to_dicts()
        return next((one["booked_on"] for one in states if one["opportunity_id"] == course), None)

    def status(self, course: str = "1") -> str | None:
        """What the work list says of an opportunity; None when it is not on it."""
        everything = Filters(statuses=("open", "contacted", "snoozed", "booked", "rejected"))
        rows = opportunities.worklist(self.store, [self.own], everything, actor=SYSTEM, today=TODAY).rows.to_dicts()
        return next((one["status"] for one in rows if one["opportunity_id"] == course), None)

    def settles(self, choice: str) -> Outcome:
        """Settle the only booking."""
        (found,) = self.all()
        return self.does(to_enter.settle, found["booking_id"], choice, version=found["version"])


@pytest.fixture
def pms(store: Store) -> Any:
    """A PMS that was imported once; whatever comes, opportunities agree with their bookings and with history."""
    pms = Pms(store)
    pms.imports()
    yield pms
    assert integrity.faults(store) == []
    told = replayed(store._connection.sql("select * from events where opportunity_id is not null").pl())
    for row in store._connection.sql("select practice_id, opportunity_id, booked_on from care_states").pl().to_dicts():
        assert told[row["practice_id"], row["opportunity_id"]].get("booked_on") == row["booked_on"]


def line(
    course: str = "1",
    *,
    at: datetime = AT,
    status: str = "booked",
    patient: str = "7",
    provider: str = "BA",
    id: str = "a",
) -> str:
    """A line of the appointments."""
    return f"{id},{patient},{course},{at:%Y-%m-%d %H:%M},{status},{provider},45\n"


# --- Confirmed


@pytest.mark.parametrize(
    ("appointment", "visits"), [(line(), ("", "")), (line(""), ("a", "")), (line(provider=""), ("", ""))]
)
@pytest.mark.parametrize("is_ticked", [True, False])
def test_an_import_that_has_the_visit_confirms_it(pms, appointment, visits, is_ticked):
    pms.books()
    if is_ticked:
        pms.does(to_enter.tick_off, [pms.all()[0]["booking_id"]])
    result = pms.imports(appointment, visits=visits, now=LATER)
    assert (pms.one(), pms.booked_on(), pms.status()) == (("confirmed", None, "a"), None, None)
    assert pms.all()[0]["minutes"] == 45
    assert "1 visit booked here is in the PMS now." in (result.note or "")
    entries = timeline.of_patient(pms.store, pms.own, "7", actor=SYSTEM)
    assert [one.what for one in entries if one.kind == "booked"] == [
        "Booked in the PMS for 3 Dec 2026",
        "Booked for 3 Dec 2026 at 10:00 with BA",
    ]


def test_one_that_is_linked_to_nothing_is_known_by_patient_time_and_provider(pms):
    pms.imports(line(id="x", course="2", patient="8"))  # So that links are known to be kept at all.
    pms.books(AT + timedelta(hours=1))
    coming = line(id="x", course="2", patient="8") + line("", at=AT + timedelta(hours=1))
    pms.imports(coming, now=LATER)
    assert (pms.one()[0], pms.booked_on(), pms.status()) == ("confirmed", AT.date(), "booked")

    moved = line(id="x", course="2", patient="8") + line("", at=AT + timedelta(days=4))
    pms.imports(moved, now=LATER + timedelta(days=1))
    assert (pms.one()[0], pms.booked_on()) == ("confirmed", AT.date() + timedelta(days=4))

    pms.imports(line(id="x", course="2", patient="8"), now=LATER + timedelta(days=2))
    assert (pms.one()[0], pms.booked_on(), pms.status()) == ("cancelled", None, "open")


def test_of_two_visits_each_is_confirmed_by_its_own(pms):
    second = AT + timedelta(days=7)
    pms.books()
    pms.books(second, visit="w")
    pms.imports(line(), now=LATER)
    assert [one["state"] for one in pms.all()] == ["confirmed", "to enter"]
    assert pms.booked_on() == second.date()
    pms.imports(line() + line(at=second, id="b"), now=LATER + timedelta(days=1))
    assert [one["state"] for one in pms.all()] == ["confirmed", "confirmed"]
    assert pms.booked_on() is None


def test_the_same_import_again_says_nothing_more(pms):
    pms.books()
    pms.imports(line(), now=LATER)
    before = timeline.of_patient(pms.store, pms.own, "7", actor=SYSTEM)
    pms.imports(line(), now=LATER + timedelta(days=1))
    assert timeline.of_patient(pms.store, pms.own, "7", actor=SYSTEM) == before


def test_what_is_in_neither_stays_to_be_entered(pms):
    pms.books()
    pms.imports(now=LATER, today=TOMORROW)
    assert (pms.one(), pms.booked_on(), pms.status()) == (("to enter", None, None), AT.date(), "booked")


def test_a_merged_patients_booking_goes_with_the_course(pms):
    pms.books()
    pms.imports(line(patient="8"), courses=COURSES.replace("1,7,", "1,8,") + OTHER, now=LATER)
    assert pms.one()[0] == "confirmed"
    assert pms.all()[0]["patient_id"] == "8"


# --- Contradicted

ELSEWHERE = AT + timedelta(days=2, hours=1)


@pytest.mark.parametrize(
    ("given", "conflict", "appointment_id"),
    [
        ({"appointments": line(at=ELSEWHERE)}, "The PMS has this visit on 5 Dec 2026 at 11:00 with BA.", "a"),
        (
            {"appointments": line("", provider="CD"), "visits": ("a", "")},
            "The PMS has this visit on 3 Dec 2026 at 10:00 with CD.",
            "a",
        ),
        ({"appointments": line("2", patient="8")}, "The PMS has Byrne, Aoife at this time, from 10:00.", None),
        (
            {"appointments": line("2", patient="8", at=AT - timedelta(minutes=30))},
            "The PMS has Byrne, Aoife at this time, from 09:30.",
            None,
        ),
        ({"courses": COURSES.replace(",no,", ",yes,") + OTHER}, "The PMS has deleted the course.", None),
        ({"courses": COURSES.replace(",no,", f",no,{TODAY}") + OTHER}, "The PMS has completed the course.", None),
        ({"courses": COURSES.replace("\n1,", "\n3,") + OTHER}, "The PMS does not have the course any more.", None),
    ],
)
def test_what_an_import_says_otherwise_is_a_conflict_in_words(pms, given, conflict, appointment_id):
    pms.books()
    result = pms.imports(**given, now=LATER)
    assert pms.one() == ("conflict", conflict, appointment_id)
    assert pms.booked_on() == AT.date()
    assert "1 visit booked here must be settled" in (result.note or "")


@pytest.mark.parametrize(
    ("today", "appointments", "conflict"),
    [
        (TODAY, "", None),
        (TOMORROW, "", "It was ticked off as entered, but the PMS does not have it."),
        (TOMORROW, line(status="cancelled"), "The PMS has it as cancelled or failed."),
    ],
)
def test_what_was_ticked_off_on_an_earlier_day_should_be_in_a_full_extract(pms, today, appointments, conflict):
    pms.books()
    pms.does(to_enter.tick_off, [pms.all()[0]["booking_id"]])
    pms.imports(appointments, now=LATER, today=today)
    assert pms.one()[:2] == ("conflict" if conflict else "entered", conflict)


def test_an_extract_without_appointments_contradicts_nothing(pms):
    pms.books()
    pms.does(to_enter.tick_off, [pms.all()[0]["booking_id"]])
    pms.imports(courses=COURSES.replace("420", "300") + OTHER, without_appointments=True, now=LATER, today=TOMORROW)
    assert pms.one()[0] == "entered"


@pytest.mark.parametrize(
    "appointment",
    [
        line("2", patient="8", at=AT + timedelta(minutes=30)),
        line("2", patient="8", status="cancelled"),
        line("2", patient="8", provider="CD"),
    ],
)
def test_others_beside_it_are_no_conflict(pms, appointment):
    pms.books()
    pms.imports(appointment, now=LATER)
    assert pms.one()[0] == "to enter"


def test_one_too_far_ahead_is_why_a_nearer_one_was_booked(pms):
    far = line(at=AT + timedelta(days=100))
    pms.imports(far)
    pms.books()
    pms.imports(far, courses=COURSES.replace("420", "300") + OTHER, now=LATER)
    assert pms.one()[0] == "to enter"


def test_another_visit_of_the_course_is_another_visit(pms):
    pms.books()
    pms.imports(line(at=ELSEWHERE), visits=("", "a"), now=LATER)
    assert (pms.one()[0], pms.booked_on()) == ("to enter", AT.date())


def test_a_conflict_that_the_pms_puts_right_is_confirmed(pms):
    pms.books()
    pms.imports(line(at=ELSEWHERE), now=LATER)
    pms.imports(line(), now=LATER + timedelta(days=1))
    assert (pms.one(), pms.booked_on()) == (("confirmed", None, "a"), None)


@pytest.mark.parametrize(
    "given",
    [
        {"appointments": line(at=ELSEWHERE)},
        {"appointments": line("2", patient="8")},
        {"courses": COURSES.replace(",no,", ",yes,") + OTHER},
    ],
)
def test_a_conflict_that_a_later_import_contradicts_no_more_is_to_be_entered_again(pms, given):
    pms.books()
    pms.imports(**given, now=LATER)
    assert pms.one()[0] == "conflict"
    result = pms.imports(now=LATER + timedelta(days=1), today=TOMORROW)
    assert (pms.one(), pms.booked_on(), pms.status()) == (("to enter", None, None), AT.date(), "booked")
    assert "1 visit booked here is to be entered in the PMS again." in (result.note or "")


@pytest.mark.parametrize("appointments", ["", line(status="cancelled")])
def test_what_the_pms_still_does_not_have_stays_a_conflict(pms, appointments):
    pms.books()
    pms.does(to_enter.tick_off, [pms.all()[0]["booking_id"]])
    pms.imports(appointments, now=LATER, today=TOMORROW)
    before = pms.one()
    pms.imports(appointments, courses=COURSES.replace("420", "300") + OTHER, now=LATER, today=TOMORROW)
    assert (pms.one(), before[0]) == (before, "conflict")


def test_a_visit_whose_day_has_passed_is_not_contradicted_any_more(pms):
    pms.books()
    pms.imports(courses=COURSES.replace(",no,", f",no,{TODAY}") + OTHER, now=LATER, today=AT.date() + timedelta(days=1))
    assert pms.one()[0] == "to enter"


def test_one_made_inactive_in_the_chart_is_rejected_and_its_visit_cancelled(pms):
    active = COURSES.replace("is_deleted", "is_active").replace(",no,", ",yes,")
    pms.imports(courses=active)
    pms.books()
    pms.imports(courses=active.replace(",yes,", ",no,"), now=LATER)
    assert (pms.one()[0], pms.booked_on()) == ("cancelled", None)


# --- Settled


def test_ours_is_right_and_is_entered_again(pms):
    pms.books()
    pms.imports(line(at=ELSEWHERE), now=LATER)
    pms.settles("keep")
    assert (pms.one(), pms.booked_on()) == (("to enter", None, None), AT.date())
    with pytest.raises(InvalidRequest, match="nothing to settle"):
        pms.settles("keep")


def test_the_pms_is_right_and_its_appointment_takes_the_place(pms):
    pms.books()
    pms.imports(line(at=ELSEWHERE), now=LATER)
    pms.settles("pms")
    (one,) = pms.all()
    assert (one["state"], one["starts_at"], one["appointment_id"]) == ("confirmed", ELSEWHERE, "a")
    assert pms.booked_on() is None


def test_the_pms_is_right_and_has_somebody_else(pms):
    pms.books()
    pms.imports(line("2", patient="8"), now=LATER)
    pms.settles("pms")
    assert (pms.one()[0], pms.booked_on(), pms.status()) == ("cancelled", None, "open")

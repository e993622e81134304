"""What an import means for opportunities: each follows it with an event, and the note of the import says so."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from queries import workflow
from queries.store import Store
from services import care, imports, opportunities, practices, timeline
from services.actions import Chosen
from services.imports import Result
from services.opportunities import Filters
from tests.extracts import canonical
from tests.practice import NOW, SYSTEM, TODAY
from tests.replay import replayed

OPENED = TODAY - timedelta(days=30)
LATER = NOW + timedelta(days=1)
PATIENTS = "patient_id,first_name,last_name\n7,Ngozi,Okafor\n"
COURSES = f"course_id,patient_id,opened_on,stated_value,provider_id,is_deleted\n1,7,{OPENED},420.00,BA,no\n"


def bring(store: Store, *, visits: str = "", courses: str = COURSES, now: Any = NOW) -> Result:
    """Import the patient, the course and these visits."""
    appointments = "appointment_id,patient_id,course_id,starts_at,status\n" + visits
    extract = canonical(patients=PATIENTS, courses=courses, appointments=appointments)
    return imports.apply(store, extract, practice="Elm Road", actor=SYSTEM, now=now, today=TODAY)


def visit(status: str = "booked", *, in_days: int = 9, course: str = "1") -> str:
    """A line of the appointments, at 10:00."""
    return f"a,7,{course},{TODAY + timedelta(days=in_days)} 10:00,{status}\n"


def events(store: Store) -> list[tuple[str, str, Any, Any]]:
    """Kind, who, before and after of everything about an opportunity, oldest first."""
    rows = store._connection.execute(
        "select kind, by_user, before, after from events where opportunity_id is not null order by event_id"
    ).fetchall()
    return [(kind, by, *(json.loads(side) if side else None for side in sides)) for kind, by, *sides in rows]


def last_entry(store: Store) -> timeline.Entry:
    """The newest line of the patient's timeline."""
    (practice,) = practices.all_practices(store)
    return timeline.of_patient(store, practice, "7", actor=SYSTEM)[0]


def test_one_booked_in_the_pms_is_noted_by_the_system(store):
    bring(store)
    result = bring(store, visits=visit(), now=LATER)
    assert events(store) == [("booked", "system", None, {"visit_on": "2026-12-03"})]
    assert result.note is not None
    assert "1 opportunity is booked now." in result.note


@pytest.mark.parametrize("status", ["cancelled", "failed"])
def test_one_whose_visit_was_cancelled_is_noted_to_be_back(store, status):
    bring(store)
    bring(store, visits=visit())
    result = bring(store, visits=visit(status), now=LATER)
    assert events(store)[-1] == ("returned", "system", None, {"visit_was_on": "2026-12-03"})
    assert result.note is not None
    assert "1 opportunity is back on the list: no visit is coming" in result.note
    entry = last_entry(store)
    assert (entry.what, entry.who) == ("No visit coming any more: back on the list", "The system")


@pytest.mark.parametrize(("in_days", "is_booked"), [(90, True), (91, False)])
def test_only_a_visit_within_the_horizon_is_an_event(store, in_days, is_booked):
    bring(store)
    bring(store, visits=visit(in_days=in_days), now=LATER)
    assert bool(events(store)) is is_booked


def test_what_a_person_said_was_booked_is_confirmed_by_the_import(store):
    bring(store)
    chosen = [Chosen("elm-road", "1", 0)]
    care.book(
        store, chosen, visit_on=TODAY + timedelta(days=9), actor=SYSTEM, now=NOW, today=TODAY, action_id="pressed"
    )
    bring(store, visits=visit(), now=LATER)
    (state,) = workflow.states(store, "elm-road").to_dicts()
    assert (state["booked_on"], state["changed_by"]) == (None, "system")
    assert events(store)[-1] == (
        "booked",
        "system",
        {"booked_on": "2026-12-03"},
        {"booked_on": None, "visit_on": "2026-12-03"},
    )


@pytest.mark.parametrize(
    ("courses", "before", "after"),
    [
        (COURSES.replace("420.00", "300.00"), {"value_pence": 42000}, {"value_pence": 30000}),
        (COURSES.replace(",BA,", ",CD,"), {"provider": "ba"}, {"provider": "cd"}),
        (COURSES.replace(",no", ",yes"), {"in_pms": "there"}, {"in_pms": "deleted"}),
        (
            COURSES.replace("420.00", "300.00").replace(",BA,", ",CD,"),
            {"provider": "ba", "value_pence": 42000},
            {"provider": "cd", "value_pence": 30000},
        ),
    ],
)
def test_a_changed_course_is_noted_with_who_imported_and_what_changed(store, courses, before, after):
    bring(store)
    bring(store, courses=courses, now=LATER)
    changed = [event for event in events(store) if event[0] == "course changed"]
    assert changed == [("course changed", SYSTEM.user_id, before, after)]


@pytest.mark.parametrize(
    ("later", "before", "after"),
    [
        ({"payor": 'NHS "3"'}, {"payor": "Private"}, {"payor": 'NHS "3"'}),
        ({"completed": str(TODAY)}, {"completed_on": None}, {"completed_on": str(TODAY)}),
        ({"active": "no"}, {"is_active": True}, {"is_active": False}),
        ({"items": "i,1,Crown,private,99.50,\n"}, {"value_pence": 42000}, {"value_pence": 9950}),
        (
            {"items": f"i,1,Crown,private,420.00,{TODAY}\nj,1,Veneer,private,5.00,\n"},
            *({"value_pence": n} for n in (42000, 500)),
        ),
        ({"visits": "v,1,1,45\n"}, {"planned_visits": "30 min, of no length"}, {"planned_visits": "45 min"}),
        ({"visits": ""}, {"planned_visits": "30 min, of no length"}, {"planned_visits": None}),
        ({"visits": "w,1,2,\nv,1,1,30\n"}, None, None),
        ({"items": "i,1,Gold crown,private,420.00,\n"}, None, None),
    ],
)
def test_what_a_person_would_care_about_is_told_and_nothing_else(store, later, before, after):
    def bring_all(
        *,
        payor: str = "Private",
        completed: str = "",
        active: str = "yes",
        items: str = "i,1,Crown,private,420.00,\n",
        visits: str = "v,1,1,30\nw,1,2,\n",
    ) -> None:
        quoted = payor.replace('"', '""')
        extract = canonical(
            patients=PATIENTS,
            courses="course_id,patient_id,opened_on,provider_id,payor_id,completed_on,is_active\n"
            f'1,7,{OPENED},BA,"{quoted}",{completed},{active}\n',
            treatment_items="treatment_item_id,course_id,description,charged_to,price,completed_on\n" + items,
            planned_visits="planned_visit_id,course_id,position,minutes\n" + visits,
        )
        imports.apply(store, extract, practice="Elm Road", actor=SYSTEM, now=NOW, today=TODAY)

    bring_all()
    bring_all(**later)
    changed = [event[1:] for event in events(store) if event[0] == "course changed"]
    assert changed == ([(SYSTEM.user_id, before, after)] if before else [])


def test_udas_left_are_told_as_a_number(store):
    nhs = "course_id,patient_id,opened_on,provider_id,payor_id,uda,uda_done\n1,7,{},BA,NHS,7,{}\n"
    bring(store, courses=nhs.format(OPENED, ""))
    bring(store, courses=nhs.format(OPENED, "2.5"), now=LATER)
    assert events(store) == [("course changed", SYSTEM.user_id, {"uda": 7.0}, {"uda": 4.5})]


def test_a_visit_moved_beyond_the_horizon_is_told_so(store):
    bring(store)
    bring(store, visits=visit())
    bring(store, visits=visit(in_days=120), now=LATER)
    after = {"visit_was_on": "2026-12-03", "visit_on": "2027-03-24"}
    assert events(store)[-1] == ("returned", "system", None, after)
    assert last_entry(store).what == "Visit moved to 24 Mar 2027: back on the list"


@pytest.mark.parametrize(("in_days", "is_confirmed"), [(120, True), (None, False)])
def test_a_told_visit_beyond_the_horizon_is_confirmed_too(store, in_days, is_confirmed):
    bring(store)
    told = TODAY + timedelta(days=120)
    care.book(
        store,
        [Chosen("elm-road", "1", 0)],
        visit_on=told,
        actor=SYSTEM,
        now=NOW,
        today=TODAY,
        action_id="pressed",
    )
    bring(store, visits=visit(in_days=in_days) if in_days else "", now=LATER)
    (state,) = workflow.states(store, "elm-road").to_dicts()
    assert state["booked_on"] == (None if is_confirmed else told)


def test_a_told_visit_is_not_confirmed_by_one_that_was_there_before(store):
    bring(store, visits=visit(in_days=120))
    told = TODAY + timedelta(days=9)
    care.book(
        store, [Chosen("elm-road", "1", 0)], visit_on=told, actor=SYSTEM, now=NOW, today=TODAY, action_id="pressed"
    )
    bring(store, visits=visit(in_days=120), courses=COURSES.replace("420.00", "300.00"), now=LATER)
    (state,) = workflow.states(store, "elm-road").to_dicts()
    assert state["booked_on"] == told


def test_a_course_that_a_full_extract_no_longer_has_is_noted(store):
    bring(store)
    bring(store, courses=COURSES.replace("\n1,", "\n2,"), now=LATER)
    assert ("course changed", SYSTEM.user_id, {"in_pms": "there"}, {"in_pms": "no longer in the extract"}) in events(
        store
    )


def test_the_same_extract_again_leaves_no_event(store):
    bring(store, visits=visit())
    before = events(store)
    bring(store, visits=visit(), now=LATER)
    assert events(store) == before == []


def test_what_an_import_does_agrees_with_the_history(store):
    courses = COURSES.replace("is_deleted", "is_active").replace(",no", ",yes")
    bring(store, courses=courses)
    bring(store, courses=courses.replace(",yes", ",no"), now=LATER)
    told = replayed(store._connection.sql("select * from events where opportunity_id is not null").pl())
    (state,) = workflow.states(store, "elm-road").to_dicts()
    assert told["elm-road", "1"] == {"status": "rejected", "reject_reason": "inactive in chart"}
    assert (state["status"], state["reject_reason"]) == ("rejected", "inactive in chart")


def test_what_the_import_says_of_a_day_is_the_practices(store):
    bring(store)
    bring(store, visits=visit(in_days=0), now=LATER)
    assert events(store)[0][3] == {"visit_on": date(2026, 11, 24).isoformat()}


def test_a_contact_follows_a_course_to_the_patient_whose_records_were_merged(store):
    patients = PATIENTS + "8,Ngozi,Okafor-Bello\n"
    two = COURSES + COURSES.splitlines()[1].replace("1,7,", "2,8,") + "\n"
    appointments = "appointment_id,patient_id,course_id,starts_at,status\n"

    def bring_two(courses: str) -> None:
        extract = canonical(patients=patients, courses=courses, appointments=appointments)
        imports.apply(store, extract, practice="Elm Road", actor=SYSTEM, now=NOW, today=TODAY)

    def in_peace() -> list[str]:
        own = practices.all_practices(store)
        rows = opportunities.worklist(store, own, Filters(), actor=SYSTEM, today=TODAY).rows
        return rows.filter(pl.col("patient_contacted_on").is_not_null())["opportunity_id"].to_list()

    bring_two(two)
    chosen = [Chosen("elm-road", "1", 0)]
    care.attempt(store, chosen, "spoke", actor=SYSTEM, now=NOW, today=TODAY, action_id="rang")
    assert in_peace() == []
    bring_two(two.replace("2,8,", "2,7,"))
    assert in_peace() == ["2"]
    bring_two(two.replace("1,7,", "1,8,"))
    assert in_peace() == ["2"]


@pytest.mark.parametrize(("reason", "kept"), [("wrong in chart", "inactive in chart"), ("moved away", "moved away")])
def test_one_wrong_in_the_chart_is_tidied_when_the_chart_makes_it_inactive(store, reason, kept):
    bring(store)
    chosen = [Chosen("elm-road", "1", 0)]
    care.reject(store, chosen, reason=reason, actor=SYSTEM, now=NOW, today=TODAY, action_id="pressed")
    inactive = COURSES.replace("is_deleted", "is_active")
    bring(store, courses=inactive, now=LATER)
    (state,) = workflow.states(store, "elm-road").to_dicts()
    assert (state["status"], state["reject_reason"]) == ("rejected", kept)
    was = {"status": "rejected", "reject_reason": reason}
    assert any(event[:3] == ("rejected", "system", was) for event in events(store)) is (kept != reason)


def test_what_was_done_is_told_of_whoever_the_course_belongs_to_now(store):
    patients = PATIENTS + "8,Ngozi,Okafor-Bello\n"

    def bring_one(courses: str) -> None:
        extract = canonical(
            patients=patients, courses=courses, appointments="appointment_id,patient_id,starts_at,status\n"
        )
        imports.apply(store, extract, practice="Elm Road", actor=SYSTEM, now=NOW, today=TODAY)

    def told(patient_id: str) -> list[str]:
        (elm,) = practices.all_practices(store)
        return [one.what for one in timeline.of_patient(store, elm, patient_id, actor=SYSTEM)]

    bring_one(COURSES)
    chosen = [Chosen("elm-road", "1", 0)]
    care.note(store, chosen, "Works nights.", actor=SYSTEM, now=NOW, today=TODAY, action_id="noted")
    bring_one(COURSES.replace("1,7,", "1,8,"))
    assert (told("7"), told("8")) == ([], ["Note"])

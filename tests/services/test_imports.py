"""An extract is previewed, imported in one piece, and the same one twice changes nothing."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from queries import pms, workflow
from services import imports, integrity, opportunities, practices, sample
from services.errors import InvalidRequest, UnusableExtract
from services.extract import Upload, read
from services.opportunities import Filters
from tests.extracts import COURSES, PATIENTS, canonical
from tests.practice import BY, NOW, SYSTEM, TODAY

LATER = NOW + timedelta(days=1)
FULL = {
    "providers": "provider_id,name\nben,Ben Adeyemi\n",
    "payors": "payor_id,name\nPrivate,Private\nNHS,NHS\n",
    "planned_visits": "planned_visit_id,course_id,appointment_id\n11,1,21\n12,2,\n",
    "treatment_items": "treatment_item_id,course_id,charged_to,price\n31,1,private,420\n32,2,nhs,\n",
    "appointments": "appointment_id,patient_id,course_id,starts_at,status\n"
    "21,1001,,20/10/2026 10:00,booked\n22,1002,2,21/10/2026 10:00,completed\n",
}
HEADING = COURSES.split("\n")[0] + ",is_active\n"


def do_import(store, extract, *, practice=None, now=NOW, today=TODAY, import_id=None):
    """Import an extract at the command line."""
    return imports.apply(store, extract, practice=practice, actor=SYSTEM, now=now, today=today, import_id=import_id)


def look(store, extract, *, practice=None):
    """Preview an extract."""
    return imports.preview(store, extract, practice=practice, actor=SYSTEM, today=TODAY)


def counts(shown, kind):
    """Return new, changed, unchanged, refused and gone of a table."""
    row = shown.counts.filter(pl.col("kind") == kind).drop("kind", "rows_read").row(0)
    return dict(zip(("new", "changed", "unchanged", "refused", "gone"), row, strict=True))


def only(**numbers):
    """Return counts that are none but for the given ones."""
    return {**dict.fromkeys(("new", "changed", "unchanged", "refused", "gone"), 0), **numbers}


def kept(store, table, practice_id="my-practice"):
    """Return what is kept of a table by id."""
    return {row[pms.KEYS[table][0]]: row for row in pms.read(store, practice_id, table).to_dicts()}


def revision(store, name="My practice"):
    """Return the revision of a practice."""
    return practices.named(practices.all_practices(store), name).revision


def events(store):
    """Return every line of history."""
    with store.transaction() as tx:
        return tx._cursor.execute("select kind, opportunity_id, by_user, note, before, after from events").fetchall()


def everything(store, practice_id="my-practice"):
    """Return all that the store says of a practice's data and work."""
    return [
        *(pms.read(store, practice_id, table) for table in pms.KEYS),
        workflow.states(store, practice_id),
    ]


def test_a_preview_says_what_would_be_new_and_writes_nothing(store):
    shown = look(store, canonical(**FULL))
    assert counts(shown, "patients") == only(new=2)
    assert counts(shown, "appointments") == only(new=2)
    assert (shown.practice, shown.is_new_practice, shown.is_usable) == ("My practice", True, True)
    assert practices.all_practices(store) == []


def test_an_import_writes_what_the_preview_said(store):
    shown = look(store, canonical(**FULL))
    result = do_import(store, canonical(**FULL))
    assert result.counts.equals(shown.counts)
    assert result.sentence == "Imported patients.csv and 6 more into My practice: 13 new, 0 changed, 0 gone."
    patient = kept(store, "patients")["1001"]
    assert (patient["last_name"], patient["search_text"]) == ("Okafor", "ngozi okafor 07700900123")
    assert kept(store, "courses")["1"]["stated_value_pence"] == 123_450
    assert integrity.faults(store) == []


def test_the_same_extract_twice_changes_nothing_and_is_noted(store):
    do_import(store, canonical(**FULL))
    before, told, number = everything(store), events(store), revision(store)
    shown = look(store, canonical(**FULL))
    assert not shown.changes_anything
    assert counts(shown, "courses") == only(unchanged=2)
    result = do_import(store, canonical(**FULL), now=LATER)
    assert all(old.equals(new) for old, new in zip(before, everything(store), strict=True))
    assert (events(store), revision(store)) == (told, number)
    assert result.sentence == "Read patients.csv and 6 more: My practice has all of it already. Nothing had changed."
    assert imports.history(store, ["my-practice"], actor=SYSTEM)["note"].to_list() == ["Nothing had changed.", None]


def test_an_import_is_done_once_however_often_it_is_asked_for(store):
    do_import(store, canonical(), import_id="one")
    again = do_import(store, canonical(patients=PATIENTS.replace("Okafor", "Other")), import_id="one", now=LATER)
    assert again.sentence == "This was imported already. Nothing was changed."
    assert kept(store, "patients")["1001"]["last_name"] == "Okafor"
    assert imports.history(store, ["my-practice"], actor=SYSTEM).height == 1


def test_only_what_differs_is_changed(store):
    do_import(store, canonical(**FULL))
    shown = look(store, canonical(**{**FULL, "patients": PATIENTS.replace("Okafor", "Okafor-Hill")}))
    assert counts(shown, "patients") == only(changed=1, unchanged=1)
    assert counts(shown, "courses") == only(unchanged=2)


def test_an_import_is_one_line_of_history_and_a_new_revision(store):
    do_import(store, canonical(**FULL))
    ((kind, opportunity_id, by, note, _, _),) = events(store)
    assert (kind, opportunity_id, by) == ("imported", None, SYSTEM.user_id)
    assert note.startswith("Imported patients.csv and 6 more into My practice")
    assert revision(store) == 1


def test_a_course_that_a_full_extract_lacks_is_marked_absent_and_comes_back(store):
    do_import(store, canonical())
    without = COURSES.splitlines()[0] + "\n" + COURSES.splitlines()[1] + "\n"
    assert counts(look(store, canonical(courses=without)), "courses") == only(unchanged=1, gone=1)
    do_import(store, canonical(courses=without), now=LATER)
    assert kept(store, "courses")["2"]["absent_since"] == TODAY
    assert counts(look(store, canonical(courses=without)), "courses") == only(unchanged=1)
    assert counts(look(store, canonical()), "courses") == only(changed=1, unchanged=1)
    do_import(store, canonical(), now=LATER)
    assert kept(store, "courses")["2"]["absent_since"] is None


def test_visits_items_and_appointments_that_a_full_extract_lacks_are_removed_and_the_rest_is_kept(store):
    do_import(store, canonical(**FULL))
    shorter = {
        name: "\n".join(text.splitlines()[:2]) + "\n"
        for name, text in FULL.items()
        if name not in ("providers", "payors")
    }
    result = do_import(store, canonical(**shorter, patients="\n".join(PATIENTS.splitlines()[:2]), courses=COURSES))
    for table in ("planned_visits", "treatment_items", "appointments"):
        assert len(kept(store, table)) == 1
        assert counts(result, table)["gone"] == 1
    assert len(kept(store, "patients")) == 2
    assert len(kept(store, "providers")) == 1


def test_a_file_or_column_that_is_not_there_leaves_what_is_kept(store):
    contacts = "patient_id,last_name,email,is_do_not_contact\n1001,Okafor,n@example.com,yes\n1002,Byrne,,no\n"
    do_import(store, canonical(**FULL, patients=contacts))
    do_import(store, canonical(), now=LATER)
    patient = kept(store, "patients")["1001"]
    assert (patient["email"], patient["is_do_not_contact"], patient["first_name"]) == ("n@example.com", True, "Ngozi")
    assert len(kept(store, "appointments")) == 2


def test_an_extract_of_changes_takes_nothing_away(store):
    do_import(store, canonical(**FULL))
    changes = {
        "extract": "kind\nchanges\n",
        "courses": HEADING + "3,9,1001,ben,Private,05/03/2026,5,yes\n",
        "patients": "patient_id,last_name\n",
        "appointments": FULL["appointments"].split("\n")[0],
    }
    do_import(store, canonical(**changes), now=LATER)
    assert {id_: row["absent_since"] for id_, row in kept(store, "courses").items()} == {
        "1": None,
        "2": None,
        "3": None,
    }
    assert len(kept(store, "appointments")) == 2


def test_what_a_refused_row_names_is_neither_absent_nor_removed(store):
    do_import(store, canonical(**FULL))
    worse = canonical(
        courses=COURSES.replace("04/03/2026", "soon"),
        appointments=FULL["appointments"].replace("20/10/2026 10:00,booked", '20/10/2026 10:00,"booked'),
    )
    shown = look(store, worse)
    assert counts(shown, "courses") == only(unchanged=1, refused=1)
    assert counts(shown, "appointments") == only(unchanged=1, refused=1)


def test_rows_that_name_nobody_are_refused_or_unlinked_as_documented(store):
    extract = canonical(
        **{
            **FULL,
            "courses": COURSES + "3,9,1009,ben,NHS,05/03/2026,\n4,9,1001,zoe,NHS,05/03/2026,\n"
            "5,9,1001,ben,Bupa,05/03/2026,\n",
            "planned_visits": FULL["planned_visits"] + "13,99,\n14,1,29\n",
            "treatment_items": "treatment_item_id,course_id,charged_to,planned_visit_id\n"
            "31,1,nhs,11\n32,99,nhs,\n33,1,nhs,19\n",
            "appointments": FULL["appointments"] + "23,1009,,22/10/2026,booked\n24,1001,99,23/10/2026,booked\n",
        },
    )
    shown = look(store, extract)
    assert shown.refusals.select("file", "line", "column_name", "reason").rows() == [
        ("courses.csv", 4, "patient_id", "“1009” is not among the patients."),
        ("courses.csv", 5, "provider_id", "“zoe” is not among the providers."),
        ("courses.csv", 6, "payor_id", "“Bupa” is not among the payors."),
        ("appointments.csv", 4, "patient_id", "“1009” is not among the patients."),
        ("planned_visits.csv", 4, "course_id", "“99” is not among the courses."),
        ("treatment_items.csv", 3, "course_id", "“99” is not among the courses."),
    ]
    assert shown.refusals["row_text"][0] == "3,9,1009,ben,NHS,05/03/2026,"
    assert [line for line in shown.warnings if "kept without it" in line] == [
        "1 appointment named a course that is not there; kept without it.",
        "1 planned visit named an appointment that is not there; kept without it.",
        "1 treatment item named a planned visit that is not there; kept without it.",
    ]
    do_import(store, extract)
    assert kept(store, "appointments")["24"]["course_id"] is None
    assert integrity.faults(store) == []


def test_a_row_may_name_what_an_earlier_extract_brought(store):
    do_import(store, canonical(**FULL))
    changes = canonical(
        extract="kind\nchanges\n",
        patients="patient_id,last_name\n1003,Hill\n",
        courses=HEADING + "3,9,1001,ben,Private,05/03/2026,5,yes\n",
    )
    assert counts(look(store, changes), "courses") == only(new=1)


def test_without_their_files_providers_and_payors_are_made_from_what_courses_call_them(store):
    courses = COURSES + "3,9,1001,Ben,nhs,05/03/2026,\n4,9,1001,Zoe  Hill,Denplan,05/03/2026,\n"
    do_import(store, canonical(courses=courses))
    assert {id_: (row["name"], row["initials"]) for id_, row in kept(store, "providers").items()} == {
        "ben": ("ben", "BEN"),
        "zoe hill": ("Zoe Hill", "ZH"),
    }
    assert {id_: (row["name"], row["kind"]) for id_, row in kept(store, "payors").items()} == {
        "private": ("Private", "private"),
        "nhs": ("NHS", "nhs"),
        "denplan": ("Denplan", "plan"),
    }
    assert not look(store, canonical(courses=courses)).changes_anything


def test_an_extract_of_which_no_row_can_be_used_is_refused_and_leaves_no_practice(store):
    useless = canonical(patients="patient_id,last_name\n,\n1,\n", courses=COURSES)
    shown = look(store, useless)
    assert not canonical(patients="patient_id,last_name\n", courses=HEADING).tables["patients"].rows.height
    nothing = canonical(patients="patient_id,last_name\n1,\n", courses=HEADING + "1,1,1,ben,NHS,soon,,\n")
    assert shown.is_usable  # providers and payors could be made
    assert not look(store, nothing).is_usable
    with pytest.raises(UnusableExtract, match="No row could be used"):
        do_import(store, nothing)
    assert practices.all_practices(store) == []


def test_a_failure_half_way_leaves_everything_as_it_was(store, monkeypatch):
    do_import(store, canonical())
    before = everything(store)
    monkeypatch.setattr(imports.queries, "record", lambda *_args, **_named: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        do_import(store, canonical(**FULL, extract="practice\nOak Lane\n"), now=LATER)
    assert all(old.equals(new) for old, new in zip(before, everything(store), strict=True))
    assert [one.name for one in practices.all_practices(store)] == ["My practice"]


@pytest.mark.parametrize(
    ("there", "own_name", "asked", "target"),
    [
        ([], None, None, "My practice"),
        ([], "Elm Road", None, "Elm Road"),
        (["Oak Lane"], None, None, "Oak Lane"),
        (["Oak Lane"], "Elm Road", None, "Elm Road"),
        (["Oak Lane", "Elm Road"], "elm road", None, "Elm Road"),
        (["Oak Lane", "Elm Road"], None, "OAK LANE", "Oak Lane"),
        (["Oak Lane"], "Elm Road", "New Street", "New Street"),
    ],
)
def test_the_practice_is_the_named_one_else_the_extracts_own_else_the_only_one(store, there, own_name, asked, target):
    for name in there:
        with store.transaction() as tx:
            practices.create(tx, name, actor=SYSTEM, now=NOW)
    extract = canonical(extract=f"practice\n{own_name}\n") if own_name else canonical()
    shown = look(store, extract, practice=asked)
    assert (shown.practice, shown.is_new_practice) == (target, target not in there)
    do_import(store, extract, practice=asked)
    assert {one.name for one in practices.all_practices(store)} == {*there, target}


def test_among_several_practices_one_must_be_named(store):
    for name in ("Oak Lane", "Elm Road"):
        with store.transaction() as tx:
            practices.create(tx, name, actor=SYSTEM, now=NOW)
    with pytest.raises(InvalidRequest, match="several practices: Elm Road, Oak Lane"):
        look(store, canonical())


def test_the_sample_practice_takes_no_extract(store):
    with store.transaction() as tx:
        practices.create(tx, sample.NAME, actor=SYSTEM, now=NOW, is_sample=True)
    assert look(store, canonical()).practice == "My practice"
    for do in (look, do_import):
        with pytest.raises(InvalidRequest, match="is made up: an extract cannot be imported into it"):
            do(store, canonical(), practice=sample.NAME)


def test_a_new_practice_has_the_nation_of_the_extract(store):
    do_import(store, canonical(extract="practice,nation\nElm Road,Wales\n"))
    assert practices.all_practices(store)[0].nation == "Wales"


def test_a_full_extract_of_a_part_of_the_practice_is_warned_of_loudly(store):
    many = COURSES + "".join(f"{number},9,1001,ben,Private,05/03/2026,5\n" for number in range(3, 11))
    do_import(store, canonical(**{**FULL, "courses": many}))
    part = {**FULL, "courses": "\n".join(many.splitlines()[:5]) + "\n", "treatment_items": FULL["treatment_items"]}
    warning = look(store, canonical(**part)).warnings[0]
    assert warning.startswith("WARNING: 6 of 10 open courses are not in this extract and would be marked")
    half = {**FULL, "courses": "\n".join(many.splitlines()[:6]) + "\n"}
    assert not [line for line in look(store, canonical(**half)).warnings if line.startswith("WARNING")]


def test_an_extract_without_the_coming_appointments_is_warned_of_loudly(store):
    coming = FULL["appointments"] + "25,1001,1,24/12/2026 10:00,booked\n"
    do_import(store, canonical(**{**FULL, "appointments": coming}))
    assert look(store, canonical(**FULL)).warnings[0].startswith("WARNING: 1 of 1 coming appointments")


# What people did, and what an import does of itself.


def listed(store):
    """Return status and reason for rejection of every opportunity."""
    practice = practices.all_practices(store)[0]
    filters = Filters(statuses=("open", "contacted", "snoozed", "rejected"))
    rows = opportunities.worklist(store, [practice], filters, actor=SYSTEM, today=TODAY).rows
    return dict(opportunities.table_of(rows).select("cot_number", "status").iter_rows())


def test_work_on_an_opportunity_survives_every_import(store):
    do_import(store, canonical())
    state = dict.fromkeys(workflow.STATE) | {
        "practice_id": "my-practice",
        "opportunity_id": "1",
        "status": "contacted",
        "assigned_to": BY,
        "attempts": 3,
        "changed_by": BY,
        "changed_at": NOW.replace(tzinfo=None),
    }
    with store.transaction() as tx:
        workflow.write_states(tx, pl.DataFrame([state], schema=workflow.STATE))
    before = workflow.states(store, "my-practice")
    without = COURSES.splitlines()[0] + "\n" + COURSES.splitlines()[2] + "\n"
    for courses in (COURSES.replace("7,1001", "77,1001"), without, COURSES):
        do_import(store, canonical(courses=courses), now=LATER)
        assert workflow.states(store, "my-practice").equals(before)


def with_activity(first: str, second: str = "yes") -> str:
    """Return two courses that are active or not."""
    return HEADING + f"1,7,1001,ben,Private,03/03/2026,5,{first}\n2,8,1002,ben,Private,04/03/2026,5,{second}\n"


def test_a_course_made_inactive_in_the_chart_is_rejected_by_the_system(store):
    do_import(store, canonical(courses=with_activity("yes")))
    result = do_import(store, canonical(courses=with_activity("no")), now=LATER)
    assert result.note == "Rejected: 1 course that was made inactive in the chart."
    (state,) = workflow.states(store, "my-practice").to_dicts()
    assert (state["opportunity_id"], state["status"], state["reject_reason"], state["changed_by"]) == (
        "1",
        "rejected",
        "inactive in chart",
        "system",
    )
    rejected = [line for line in events(store) if line[0] == "rejected"]
    assert rejected == [
        (
            "rejected",
            "1",
            "system",
            None,
            '{"status": "open", "reject_reason": null}',
            '{"status": "rejected", "reject_reason": "inactive in chart"}',
        )
    ]
    assert integrity.faults(store) == []


def test_a_new_course_that_is_inactive_is_rejected_too(store):
    do_import(store, canonical(courses=with_activity("no")))
    assert listed(store) == {"7": "Rejected", "8": "Open"}


def test_a_course_that_is_made_active_again_stays_rejected(store):
    do_import(store, canonical(courses=with_activity("no")))
    do_import(store, canonical(courses=with_activity("yes")), now=LATER)
    assert listed(store)["7"] == "Rejected, but active again in the chart"


def test_a_restored_row_is_not_rejected_again_while_nothing_changes_in_the_chart(store):
    do_import(store, canonical(courses=with_activity("no")))
    restored = workflow.states(store, "my-practice").with_columns(
        pl.lit("my-practice").alias("practice_id"),
        pl.lit("open").alias("status"),
        pl.lit(None, pl.String).alias("reject_reason"),
    )
    with store.transaction() as tx:
        workflow.write_states(tx, restored)
    do_import(store, canonical(courses=with_activity("no").replace(",5,no", ",6,no")), now=LATER)
    assert listed(store)["7"] == "Open"


def test_what_was_done_about_a_course_before_it_became_inactive_is_kept(store):
    do_import(store, canonical(courses=with_activity("yes")))
    state = dict.fromkeys(workflow.STATE) | {
        "practice_id": "my-practice",
        "opportunity_id": "1",
        "status": "contacted",
        "snoozed_until": TODAY + timedelta(days=3),
        "assigned_to": BY,
        "attempts": 3,
        "changed_by": BY,
        "changed_at": NOW.replace(tzinfo=None),
    }
    with store.transaction() as tx:
        workflow.write_states(tx, pl.DataFrame([state], schema=workflow.STATE))
    do_import(store, canonical(courses=with_activity("no")), now=LATER)
    (kept_state,) = workflow.states(store, "my-practice").to_dicts()
    assert (kept_state["status"], kept_state["assigned_to"], kept_state["attempts"]) == ("rejected", BY, 3)
    assert [line[4] for line in events(store) if line[0] == "rejected"] == [
        '{"status": "contacted", "reject_reason": null}'
    ]


def test_one_that_a_person_rejected_keeps_the_persons_reason(store):
    do_import(store, canonical(courses=with_activity("yes")))
    state = dict.fromkeys(workflow.STATE) | {
        "practice_id": "my-practice",
        "opportunity_id": "1",
        "status": "rejected",
        "reject_reason": "cost",
        "attempts": 0,
        "changed_by": BY,
        "changed_at": NOW.replace(tzinfo=None),
    }
    with store.transaction() as tx:
        workflow.write_states(tx, pl.DataFrame([state], schema=workflow.STATE))
    result = do_import(store, canonical(courses=with_activity("no")), now=LATER)
    assert workflow.states(store, "my-practice")["reject_reason"].to_list() == ["cost"]
    assert result.note is None


def test_of_a_chain_only_the_current_course_counts(store):
    heading = "course_id,patient_id,opened_on,pathway,claim_number,is_active\n"
    do_import(store, canonical(courses=heading + "1,1001,03/07/2026,1,1,no\n2,1001,03/07/2026,1,2,yes\n"))
    assert workflow.states(store, "my-practice").is_empty()
    do_import(store, canonical(courses=heading + "1,1001,03/07/2026,1,1,no\n2,1001,03/07/2026,1,2,no\n"), now=LATER)
    assert workflow.states(store, "my-practice")["opportunity_id"].to_list() == ["1"]


def test_when_no_appointment_is_linked_any_visit_counts_and_it_is_said(store):
    unlinked = canonical(appointments="appointment_id,patient_id,starts_at,status\n21,1001,24/12/2026,booked\n")
    assert any("any visit of the patient will count as booked" in line for line in look(store, unlinked).warnings)
    result = do_import(store, unlinked)
    assert "from now on any visit of the patient counts as booked" in result.note
    assert practices.all_practices(store)[0].settings.is_unlinked_visit_counted
    assert listed(store) == {"8": "Open"}
    assert "setting changed" in {line[0] for line in events(store)}
    assert not any("will count" in line for line in look(store, unlinked).warnings)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"appointments": "appointment_id,patient_id,starts_at,status\n"},
        {"appointments": "appointment_id,patient_id,course_id,starts_at,status\n21,1001,1,24/12/2026,booked\n"},
        {
            "appointments": "appointment_id,patient_id,starts_at,status\n21,1001,24/12/2026,booked\n",
            "planned_visits": "planned_visit_id,course_id,appointment_id\n11,1,21\n",
        },
    ],
)
def test_with_a_link_or_without_appointments_unlinked_visits_do_not_count(store, files):
    do_import(store, canonical(**files))
    assert not practices.all_practices(store)[0].settings.is_unlinked_visit_counted


OPEN_DENTAL = {
    "patient": "PatNum,LName,FName,PatStatus,Guarantor,PreferRecallMethod\n1,Okafor,Ngozi,0,1,1\n2,Byrne,Aoife,2,2,0\n",
    "provider": "ProvNum,Abbr\n7,BA\n",
    "procedurecode": "CodeNum,ProcCode,Descript\n10,D2740,Crown\n",
    "procedurelog": "ProcNum,PatNum,AptNum,PlannedAptNum,DateTP,ProcFee,UnitQty,BaseUnits,ProcStatus,ProvNum,CodeNum\n"
    "100,1,0,50,2026-03-03,420,1,0,1,7,10\n101,1,0,0,2026-03-04,80,1,0,1,7,10\n102,2,0,0,2026-03-04,80,1,0,1,7,10\n",
    "appointment": "AptNum,PatNum,AptStatus,Pattern,ProvNum,AptDateTime,NextAptNum\n50,1,6,XX,7,0001-01-01,0\n",
}


def open_dental(**changed):
    """Read a small folder of Open Dental's."""
    tables = {**OPEN_DENTAL, **changed}
    return read([Upload(f"{name}.csv", text.encode()) for name, text in tables.items()], "opendental")


def test_open_dental_is_imported_twice_to_the_same_list_and_unlinked_visits_count(store):
    do_import(store, open_dental())
    assert listed(store) == {"50": "Open", "P1": "Open"}
    assert practices.all_practices(store)[0].settings.is_unlinked_visit_counted
    assert not look(store, open_dental()).changes_anything
    assert set(kept(store, "patients")) == {"1"}
    assert integrity.faults(store) == []


def test_a_patient_whom_open_dental_makes_inactive_is_marked_so_and_the_courses_absent(store):
    do_import(store, open_dental())
    gone = open_dental(patient=OPEN_DENTAL["patient"].replace("Ngozi,0,", "Ngozi,2,"))
    do_import(store, gone, now=LATER)
    assert not kept(store, "patients")["1"]["is_active"]
    assert all(course["absent_since"] == TODAY for course in kept(store, "courses").values())
    assert listed(store) == {}


def test_a_course_report_is_imported_twice_to_the_same_list(store):
    text = "Patient,Patient code,COT,Start,Payor,Value,UDA,Next appointment\n"
    text += "Ngozi Okafor,1,7,03/03/2026,Private,420,,\nAoife Byrne,2,8,04/03/2026,NHS,76.60,5,24/12/2026 10:30\n"
    report = read(Upload("report.csv", text.encode()), "course-report")
    shown = look(store, report)
    assert ("Start", "the day of acceptance") in shown.mapping
    do_import(store, report)
    assert listed(store) == {"7": "Open"}
    assert not look(store, report).changes_anything
    later = read(Upload("report.csv", text.replace("24/12/2026 10:30", "").encode()), "course-report")
    do_import(store, later, now=LATER)
    assert listed(store) == {"7": "Open", "8": "Open"}


def test_a_preview_reads_well_in_a_terminal(store):
    text = imports.in_words(look(store, canonical(courses=COURSES + "3,9,1001,,,soon,\n")))
    assert text.splitlines()[0] == (
        "patients.csv and 1 more: Care Manager's own form (docs/extract.md), full extract. "
        "Practice: My practice (a new practice)."
    )
    assert (
        "Refused: courses.csv, line 4, opened_on: “soon” is no day: write 24/11/2026 or 2026-11-24.  [3,9,1001,,,soon,]"
        in text
    )


def test_the_refused_rows_of_an_import_are_kept(store):
    result = do_import(store, canonical(courses=COURSES + "3,9,1001,,,soon,\n"))
    assert result.refused == 1
    assert imports.refusals(store, result.import_id, actor=SYSTEM).select("file", "line", "row_text").rows() == [
        ("courses.csv", 4, "3,9,1001,,,soon,")
    ]
    assert result.sentence.endswith("1 row was refused.")


def test_an_import_of_today_is_absent_since_the_practices_own_day(store):
    do_import(store, canonical())
    one = "\n".join(COURSES.splitlines()[:2]) + "\n"
    do_import(store, canonical(courses=one), today=date(2026, 12, 25), now=LATER)
    assert kept(store, "courses")["2"]["absent_since"] == date(2026, 12, 25)

"""Open Dental's tables become courses, visits and appointments."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest

from services.errors import UnusableExtract
from services.extract import Extract, Upload, read

PATIENT = (
    "PatNum,LName,FName,Preferred,PatStatus,Birthdate,SSN,HmPhone,WkPhone,WirelessPhone,Email,Guarantor,TxtMsgOk,"
    "PreferRecallMethod\n"
    "1,Okafor,Ngozi,Nina,0,1970-01-02,999-99-9999,01632 960123,,07700 900123,ngozi@example.com,1,1,8\n"
    "2,Okafor,Emeka,,0,1999-01-02,,,01632 960124,,,1,2,1\n"
    "3,Byrne,Aoife,,2,1980-01-02,,,,07700 900125,,3,0,0\n"
)
PROVIDER = "ProvNum,Abbr,LName,FName,IsHidden,IsSecondary\n7,BA,Adeyemi,Ben,0,0\n8,HYG1,Hill,Rosa,1,1\n"
CODES = "CodeNum,ProcCode,Descript\n10,D2740,Crown\n11,D2391,Filling\n"
PROCEDURES = (
    "ProcNum,PatNum,AptNum,PlannedAptNum,ProcDate,DateTP,ProcFee,UnitQty,BaseUnits,ProcStatus,ProvNum,CodeNum,"
    "DateTStamp\n"
)
APPOINTMENTS = "AptNum,PatNum,AptStatus,Pattern,ProvNum,AptDateTime,NextAptNum\n"


def extract(*procedures: str, appointments: tuple[str, ...] = (), **others: str) -> Extract:
    """Read a folder whose procedures and appointments are the given lines."""
    tables = {
        "patient": PATIENT,
        "provider": PROVIDER,
        "procedurecode": CODES,
        "procedurelog": PROCEDURES + "".join(f"{line}\n" for line in procedures),
        "appointment": APPOINTMENTS + "".join(f"{line}\n" for line in appointments),
        **others,
    }
    return read([Upload(f"{name}.csv", text.encode()) for name, text in tables.items()], "opendental")


def rows(brought: Extract, table: str) -> list[dict[str, object]]:
    """Return the rows of a table of an extract."""
    return brought.tables[table].rows.drop("line").to_dicts()


def course_ids(brought: Extract) -> list[object]:
    """Return the ids of the courses."""
    return [row["course_id"] for row in rows(brought, "courses")]


def test_planned_procedures_of_one_planned_visit_are_one_course():
    brought = extract(
        "100,1,0,50,2026-01-01,2026-03-01,420.00,1,0,1,7,10,2026-03-10 11:00:00",
        "101,1,0,50,2026-02-02,,80.005,2,1,1,7,11,2026-03-12 11:00:00",
        "102,1,0,50,2026-01-05,2026-02-20,1,1,0,1,7,11,2026-03-11 11:00:00",
        appointments=("50,1,6,//XX,7,0001-01-01 00:00:00,0",),
    )
    (course,) = rows(brought, "courses")
    assert course == {
        "course_id": "visit-50",
        "cot_number": "50",
        "patient_id": "1",
        "provider_id": "7",
        "payor_id": "private",
        "opened_on": date(2026, 2, 2),
        "last_updated_on": date(2026, 3, 12),
        "is_active": True,
    }
    items = {row["treatment_item_id"]: row for row in rows(brought, "treatment_items")}
    assert items["100"]["price_pence"] == 42_000
    assert items["101"]["price_pence"] == 24_002  # 80.005 x 3 = 240.015, half a penny up
    assert items["100"]["description"] == "Crown"
    assert items["100"]["planned_visit_id"] == "50"
    (visit,) = rows(brought, "planned_visits")
    assert (visit["planned_visit_id"], visit["minutes"], visit["appointment_id"]) == ("50", 20, None)


@pytest.mark.parametrize(
    ("units", "base", "pence"),
    [("", "", 10_000), ("1", "0", 10_000), ("0", "0", 0), ("2", "1", 30_000), ("", "2", 30_000)],
)
def test_an_empty_quantity_is_one_and_empty_base_units_are_none(units, base, pence):
    brought = extract(f"100,1,0,0,,2026-03-01,100,{units},{base},1,7,10,")
    assert rows(brought, "treatment_items")[0]["price_pence"] == pence


def test_a_course_is_a_planned_visit_else_an_attached_one_else_what_is_left_of_the_patient():
    brought = extract(
        "100,1,60,50,,2026-03-01,1,1,0,1,7,10,",
        "101,1,61,0,,2026-03-01,1,1,0,1,7,10,",
        "102,1,0,0,,2026-03-01,1,1,0,1,7,10,",
        "103,1,0,0,,2026-03-01,1,1,0,1,7,10,",
        "104,2,0,0,,2026-03-01,1,1,0,1,7,10,",
    )
    assert course_ids(brought) == ["visit-50", "visit-61", "patient-1", "patient-2"]
    assert [row["cot_number"] for row in rows(brought, "courses")] == ["50", "61", "P1", "P2"]


def test_only_what_is_treatment_planned_for_active_patients_is_taken():
    brought = extract(
        *(f"{100 + status},1,0,0,,2026-03-01,1,1,0,{status},7,10," for status in range(1, 9)),
        "200,3,0,0,,2026-03-01,1,1,0,1,7,10,",
    )
    assert [row["treatment_item_id"] for row in rows(brought, "treatment_items")] == ["101"]
    assert brought.refusals.is_empty()


def test_what_is_done_in_the_same_visit_is_an_item_but_changes_neither_date_nor_value():
    brought = extract(
        "100,1,0,50,,2026-03-01,420,1,0,1,7,10,",
        "101,1,0,50,2026-01-15,2026-01-01,80,1,0,2,7,11,",
        "102,1,0,51,2026-01-15,2026-01-01,80,1,0,2,7,11,",
    )
    items = {row["treatment_item_id"]: row["completed_on"] for row in rows(brought, "treatment_items")}
    assert items == {"100": None, "101": date(2026, 1, 15)}
    assert course_ids(brought) == ["visit-50"]
    assert rows(brought, "courses")[0]["opened_on"] == date(2026, 3, 1)


@pytest.mark.parametrize("empty", ["", "0001-01-01", "0001-01-01 00:00:00", "0000-00-00", "NULL"])
def test_open_dentals_empty_dates_are_none(empty):
    brought = extract(f"100,1,0,50,2026-02-02,{empty},1,1,0,1,7,10,{empty}", f"101,1,0,0,{empty},{empty},1,1,0,1,7,10,")
    (course,) = rows(brought, "courses")
    assert (course["opened_on"], course["last_updated_on"]) == (date(2026, 2, 2), None)
    assert brought.refusals.select("line", "column_name", "reason").rows() == [
        (3, "DateTP, ProcDate", "DateTP and ProcDate are empty.")
    ]


def test_an_appointment_is_linked_by_its_procedures_or_by_the_planned_visit_it_was_made_from():
    brought = extract(
        "100,1,60,50,,2026-03-01,1,1,0,1,7,10,",
        "101,2,0,51,,2026-03-01,1,1,0,1,7,10,",
        "102,2,63,0,,2026-03-01,1,1,0,1,7,10,",
        appointments=(
            "50,1,6,XX,7,0001-01-01 00:00:00,0",
            "51,2,6,XXXX,7,0001-01-01 00:00:00,0",
            "52,2,6,XXXX,7,0001-01-01 00:00:00,0",
            "60,1,1,XX,7,2026-12-01 10:30:00,0",
            "61,2,4,XX,7,2026-12-02 10:30:00,51",
            "62,2,1,XX,7,2026-12-03 10:30:00,0",
            "63,2,5,XX,7,2026-11-03 10:30:00,0",
            "64,2,3,XX,7,0001-01-01 00:00:00,0",
            "65,2,2,XX,7,2026-01-03 10:30:00,0",
            "66,2,7,XX,7,2026-01-03 10:30:00,0",
            "67,3,1,XX,7,2026-12-03 10:30:00,0",
        ),
    )
    linked = {row["appointment_id"]: (row["course_id"], row["status"]) for row in rows(brought, "appointments")}
    assert linked == {
        "60": ("visit-50", "booked"),
        "61": ("visit-51", "booked"),
        "62": (None, "booked"),
        "63": ("visit-63", "failed"),
        "65": (None, "completed"),
    }
    assert rows(brought, "appointments")[0]["starts_at"] == datetime(2026, 12, 1, 10, 30)
    visits = {
        row["planned_visit_id"]: (row["appointment_id"], row["minutes"]) for row in rows(brought, "planned_visits")
    }
    assert visits == {"50": ("60", 10), "51": ("61", 20)}


def test_a_patient_brings_only_what_is_needed_to_reach_them():
    brought = extract("100,1,0,0,,2026-03-01,1,1,0,1,7,10,")
    first, second, third = rows(brought, "patients")
    assert first == {
        "patient_id": "1",
        "title": None,
        "first_name": "Nina",
        "last_name": "Okafor",
        "household_id": "1",
        "mobile": "07700 900123",
        "phone": "01632 960123",
        "email": "ngozi@example.com",
        "is_sms_allowed": True,
        "preferred_contact": "sms",
        "is_do_not_contact": False,
        "is_active": True,
    }
    assert (second["first_name"], second["phone"], second["household_id"]) == ("Emeka", "01632 960124", "1")
    assert (second["is_sms_allowed"], second["is_do_not_contact"]) == (False, True)
    assert not third["is_active"]
    assert brought.tables["patients"].updates_only == {"3"}


def test_nothing_of_a_refused_patient_is_kept_but_the_columns_that_are_read():
    patient = PATIENT + '4,,Ann,,0,1970-01-02,123-45-6789,,,,,4,0,0\n5,"Ragged,1970-01-02,123-45-6789\n'
    brought = extract("100,1,0,0,,2026-03-01,1,1,0,1,7,10,", patient=patient)
    assert brought.refusals["line"].to_list() == [5, 6]
    kept = "".join(text or "" for text in brought.refusals["row_text"])
    assert "Ann" in kept
    assert "1970" not in kept
    assert "6789" not in kept
    assert {"4", "5"} <= brought.tables["patients"].named


def test_the_first_insurance_of_a_patient_pays_and_nobodys_is_private():
    brought = extract(
        "100,1,0,0,,2026-03-01,1,1,0,1,7,10,",
        "101,2,0,0,,2026-03-01,1,1,0,1,7,10,",
        carrier="CarrierNum,CarrierName\n5,Acme Dental \n6,Other\n",
        insplan="PlanNum,CarrierNum\n30,5\n31,6\n",
        inssub="InsSubNum,PlanNum,SubscriberID\n20,30,X1\n21,31,X2\n",
        patplan="PatPlanNum,PatNum,Ordinal,InsSubNum\n1,1,2,21\n2,1,1,20\n",
    )
    assert [row["payor_id"] for row in rows(brought, "courses")] == ["carrier-5", "private"]
    assert rows(brought, "payors") == [
        {"payor_id": "private", "name": "Private", "kind": "private"},
        {"payor_id": "carrier-5", "name": "Acme Dental", "kind": "insurance"},
    ]


def test_a_course_that_stands_only_on_inactive_plans_is_inactive():
    brought = extract(
        "100,1,0,50,,2026-03-01,1,1,0,1,7,10,",
        "101,1,0,51,,2026-03-01,1,1,0,1,7,10,",
        treatplan="TreatPlanNum,PatNum,TPStatus\n1,1,1\n2,1,2\n",
        treatplanattach="TreatPlanAttachNum,TreatPlanNum,ProcNum\n1,2,100\n2,1,101\n3,2,101\n",
    )
    assert {row["course_id"]: row["is_active"] for row in rows(brought, "courses")} == {
        "visit-50": False,
        "visit-51": True,
    }


def test_providers_keep_their_abbreviation():
    brought = extract("100,1,0,0,,2026-03-01,1,1,0,1,7,10,")
    assert rows(brought, "providers") == [
        {"provider_id": "7", "name": "Ben Adeyemi", "initials": "BA", "role": "dentist", "is_active": True},
        {"provider_id": "8", "name": "Rosa Hill", "initials": "HYG1", "role": "hygienist", "is_active": False},
    ]


def test_the_only_clinic_names_the_practice():
    one, two = "ClinicNum,Description\n1,Elm Road\n", "ClinicNum,Description\n1,Elm Road\n2,Oak Lane\n"
    assert extract(clinic=one).practice_name == "Elm Road"
    assert extract(clinic=two).practice_name is None


def test_table_and_column_names_may_have_any_case():
    tables = {
        "Patient": PATIENT.replace("PatNum,LName", "PATNUM,lname"),
        "PROVIDER": PROVIDER,
        "ProcedureCode": CODES,
        "ProcedureLog": PROCEDURES.lower() + "100,1,0,0,,2026-03-01,1,1,0,1,7,10,\n",
        "appointment": APPOINTMENTS,
    }
    brought = read([Upload(f"{name}.CSV", text.encode()) for name, text in tables.items()], "opendental")
    assert course_ids(brought) == ["patient-1"]


def test_a_missing_table_or_column_is_named():
    with pytest.raises(UnusableExtract, match="no file procedurelog and no file appointment"):
        read([Upload(f"{name}.csv", b"a\n") for name in ("patient", "provider", "procedurecode")], "opendental")
    with pytest.raises(UnusableExtract, match=r"provider.csv has no column Abbr"):
        extract(provider="ProvNum,LName\n7,Adeyemi\n")


def test_a_bad_procedure_is_refused_with_its_line_and_its_course_is_not_gone():
    brought = extract("100,1,0,50,,2026-03-01,x,1,0,1,7,10,")
    assert brought.refusals.select("kind", "file", "line", "column_name", "reason").rows() == [
        ("treatment_items", "procedurelog.csv", 2, "ProcFee", "“x” is no amount of money: write 1234.50.")
    ]
    assert "visit-50" in brought.tables["courses"].named


def test_one_visit_named_for_two_patients_is_a_visit_of_the_first_only():
    brought = extract("100,1,0,50,,2026-03-01,1,1,0,1,7,10,", "101,2,0,50,,2026-03-01,1,1,0,1,7,10,")
    assert course_ids(brought) == ["visit-50", "patient-2"]


def test_a_folder_without_planned_procedures_reads_as_no_courses():
    brought = extract()
    assert course_ids(brought) == []
    assert brought.tables["courses"].rows.schema["opened_on"] == pl.Date

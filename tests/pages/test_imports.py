"""The page Import: a look first, one import for one press, and words for what cannot be used."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from streamlit.testing.v1 import AppTest

from queries.store import Store
from services import opportunities, practices, sample
from tests.pages.conftest import signed_in_as
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice

FILES = {
    "patients.csv": "patient_id,first_name,last_name\nokafor,Ngozi,Okafor\n",
    "courses.csv": "course_id,cot_number,patient_id,opened_on\n1,A1,okafor,2026-11-01\n2,A2,ghost,2026-11-01\n",
    "treatment_items.csv": "treatment_item_id,course_id,description,charged_to,price\ni1,1,Crown,private,420.00\n",
}


@pytest.fixture
def page(opened: Callable[..., AppTest]) -> AppTest:
    """The page, before anything is uploaded."""
    return opened().switch_page("imports.py").run()


def upload(page: AppTest, files: dict[str, str | bytes]) -> AppTest:
    """Upload files together."""
    for name, content in files.items():
        page.file_uploader[0].upload(name, content if isinstance(content, bytes) else content.encode())
    page.run()
    assert not page.exception
    return page


def press_import(page: AppTest) -> AppTest:
    """Press Import."""
    next(button for button in page.button if button.label == "Import").click().run()
    assert not page.exception
    return page


def listed(store: Store) -> int:
    """How many opportunities there are."""
    return opportunities.worklist(
        store, practices.all_practices(store), opportunities.Filters(), actor=SYSTEM, today=TODAY
    ).totals.courses


def test_nothing_is_changed_by_a_look(page, store):
    upload(page, FILES)
    assert page.subheader[0].value == "What this would change at My practice (a new practice)"
    counts = page.dataframe[0].value.set_index("Table")
    assert counts.loc["courses"][["Read", "New", "Refused"]].to_list() == [2, 1, 1]
    assert "ghost" in page.dataframe[1].value["Why"][0]
    assert practices.all_practices(store) == []


def test_import_says_what_it_did_and_empties_the_upload(page, store):
    press_import(upload(page, FILES))
    assert "Imported" in page.success[0].value
    assert "1 row was refused" in page.success[0].value
    assert not page.file_uploader[0].value
    assert page.dataframe[0].value["New"].to_list() == [3]
    assert listed(store) == 1


def test_the_same_extract_again_changes_nothing_and_says_so(page, store):
    press_import(upload(page, FILES))
    press_import(upload(page, FILES))
    assert "has all of it already" in page.success[0].value
    assert listed(store) == 1


def test_a_zip_does_as_well(page, store):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in FILES.items():
            archive.writestr(f"extract/{name}", content)
    press_import(upload(page, {"extract.zip": packed.getvalue()}))
    assert listed(store) == 1


def test_a_new_practice_may_be_named(page, store):
    upload(page, FILES)
    page.selectbox(key="for_practice").select("A new practice ...").run()
    page.text_input(key="new_practice").input("Oak Street").run()
    press_import(page)
    assert [one.name for one in practices.all_practices(store)] == ["Oak Street"]


def test_with_several_practices_the_extracts_one_must_be_chosen(page, store):
    SmallPractice(store, "Elm Road")
    SmallPractice(store, "Oak Street")
    upload(page, FILES)
    assert "several practices" in page.error[0].value
    page.selectbox(key="for_practice").select("Elm Road").run()
    assert not page.error


@pytest.mark.parametrize(
    "files",
    [
        {"patients.csv": b""},
        {"letter.csv": b"Dear patient, thank you for coming."},
        {"extract.zip": b"PK\x03\x04 broken"},
        {"courses.xlsx": b"no workbook"},
        {"patients.csv": "patient_id,first_name,last_name\n1,A,B\n"},
    ],
    ids=["empty", "a letter", "a broken zip", "no workbook", "a table missing"],
)
def test_what_cannot_be_used_is_said_in_a_sentence_and_the_page_stands(page, store, files):
    upload(page, files)
    assert "Nothing was changed" in page.error[0].value
    assert page.subheader[0].value == "Imports before"
    assert practices.all_practices(store) == []


def test_the_sample_can_be_removed_on_screen(page, store):
    sample.add(store, actor=SYSTEM, today=TODAY, now=NOW)
    page.run()
    next(button for button in page.button if button.label == "Remove it").click().run()
    assert "The sample practice was removed" in page.success[0].value
    assert practices.all_practices(store) == []


def test_the_demonstration_shows_what_would_change_and_imports_nothing(page, store, monkeypatch):
    sample.add(store, actor=SYSTEM, today=TODAY, now=NOW)
    signed_in_as(monkeypatch, store, sample.MANAGER)
    upload(page.run(), FILES)
    assert "The demonstration shows what an import would change" in page.info[0].value
    assert next(button for button in page.button if button.label == "Import").disabled

"""Import: a practice's extract goes in, after a look at what it would change."""

from __future__ import annotations

import uuid
from functools import partial

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from pages.parts import format, import_tables, session
from services import imports, sample
from services.actors import Right
from services.errors import CareManagerError
from services.imports import PRESETS, Extract, Upload

KINDS = ["csv", "tsv", "txt", "xlsx", "parquet", "zip"]
BY_EXTRACT, NEW = "As the extract says", "A new practice ..."


def choose() -> tuple[list[UploadedFile], str, str | None]:
    """Draw the choice of files, preset and practice, and return it."""
    files = st.file_uploader(
        "Files of the extract",
        type=KINDS,
        accept_multiple_files=True,
        key=f"files_{st.session_state.setdefault('upload_round', 0)}",
        help="All files of one extract together, or one zip of them. Nothing is changed before you press Import.",
    )
    left, right = st.columns(2)
    preset = left.selectbox("Where it comes from", list(PRESETS), format_func=PRESETS.__getitem__, key="preset")
    own = [practice.name for practice in here.practices if not practice.is_sample]
    chosen = right.selectbox("For which practice", [BY_EXTRACT, *own, NEW], key="for_practice")
    name = right.text_input("Name of the new practice", key="new_practice") if chosen == NEW else chosen
    return files, preset, None if name == BY_EXTRACT else name


def read(files: list[UploadedFile], preset: str) -> Extract:
    """Read the files once, however often the page is drawn."""
    key = (*(file.file_id for file in files), preset)
    if st.session_state.get("extract", ("", None))[0] != key:
        uploads = [Upload(file.name, file.getvalue()) for file in files]
        st.session_state["extract"] = (key, imports.read(uploads, preset))
    extract: Extract = st.session_state["extract"][1]
    return extract


def ask(extract: Extract, practice: str | None, import_id: str) -> None:
    """Note that Import was pressed; a second press asks for the same import."""
    st.session_state["import_asked"] = (extract, practice, import_id)


def apply(extract: Extract, practice: str | None, import_id: str) -> None:
    """Import, say what was done, and make the upload empty again."""
    try:
        with st.spinner("Importing the extract ..."):
            result = imports.apply(
                here.store,
                extract,
                practice=practice,
                actor=here.actor,
                now=here.now,
                today=here.today,
                import_id=import_id,
            )
    except CareManagerError as problem:
        st.session_state["import_problem"] = str(problem)
        return
    st.session_state["import_done"] = result.sentence
    st.session_state["upload_round"] += 1
    st.session_state.pop("extract", None)


def remove_sample() -> None:
    """Remove the sample practice."""
    sample.remove(here.store, actor=here.actor, now=here.now)
    st.session_state["import_done"] = "The sample practice was removed. Everything else was kept."


here = session.require(Right.PREVIEW)
st.title("Import")
if asked := st.session_state.pop("import_asked", None):
    apply(*asked)
    st.rerun()  # so that the sidebar knows a new practice
if done := st.session_state.pop("import_done", None):
    st.success(format.plain(done), icon=":material/check_circle:")
if problem := st.session_state.pop("import_problem", None):
    st.error(format.plain(problem))
files, preset, practice = choose()
if files:
    try:
        with st.spinner("Reading the extract ..."):
            extract = read(files, preset)
            preview = imports.preview(here.store, extract, practice=practice, actor=here.actor, today=here.today)
    except CareManagerError as refused:
        st.error(format.plain(str(refused)))
    else:
        import_tables.show_preview(preview)
        is_allowed = here.actor.may(Right.IMPORT)
        if not is_allowed:
            st.info("The demonstration shows what an import would change. To import, sign in as yourself.")
        st.button(
            "Import",
            type="primary",
            disabled=not (preview.is_usable and is_allowed),
            on_click=ask,
            args=(extract, practice, uuid.uuid4().hex),
        )

import_tables.show_history(
    imports.history(here.store, [practice.practice_id for practice in here.shown], actor=here.actor),
    partial(imports.refusals, here.store, actor=here.actor),
)
if any(practice.is_sample for practice in here.practices):
    with st.popover("Remove the sample practice", icon=":material/delete:"):
        st.write("The sample practice and everything about it goes, whatever was done in it. Nothing else is touched.")
        st.button("Remove it", type="primary", on_click=remove_sample)

"""The headings of a course report: what each column of it is taken for."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.extract.canonical import BANDS
from services.extract.lines import Cells, Layout
from services.extract.tables import Column, bare
from services.extract.values import DAY, EMAIL, ID, MOMENT, NUMBER, PHONE, POUNDS, TEXT, YES_NO

CUTOFF = 0.88
"""So alike must an unknown heading be to a known one; `Cost` and `COT` are less."""

SHORTEST = 5
"""A shorter heading must be known: too many short words are alike."""


@dataclass(frozen=True)
class Meaning:
    """What a column of a report can be, in words, and the headings by which it is known, the surest first."""

    column: Column
    words: str
    headings: tuple[str, ...]


MEANINGS = (
    Meaning(Column("name", TEXT), "the patient's name", ("Patient name", "Patient", "Name", "Full name")),
    Meaning(Column("title", TEXT), "the patient's title", ("Title",)),
    Meaning(Column("first_name", TEXT), "the first name", ("First name", "Forename", "Given name")),
    Meaning(Column("last_name", TEXT), "the last name", ("Last name", "Surname", "Family name")),
    Meaning(
        Column("code", ID),
        "the patient's code",
        ("Patient code", "Patient No", "Patient number", "Patient ID", "Pat ID", "Pat No", "Code"),
    ),
    Meaning(
        Column("cot_number", ID, is_required=True),
        "the COT number",
        ("COT number", "COT No", "COT", "Course number", "Course No", "Course of treatment", "Course", "COT ID"),
    ),
    Meaning(
        Column("opened_on", DAY, is_required=True),
        "the day of acceptance",
        (
            "Date trt accepted",
            "Date treatment accepted",
            "Date accepted",
            "Accepted",
            "Acceptance date",
            "Start date",
            "Date started",
            "Start",
            "Started",
            "Opened",
            "Date opened",
            "Opened on",
        ),
    ),
    Meaning(
        Column("completed_on", DAY),
        "the day of completion",
        (
            "Date trt completed",
            "Date treatment completed",
            "Date completed",
            "Completed",
            "Completion date",
            "Finish date",
            "Finish",
            "Finished",
            "End date",
        ),
    ),
    Meaning(
        Column("last_updated_on", DAY),
        "the day of the last change",
        ("Last updated", "Last update", "Updated", "Date updated", "Last modified"),
    ),
    Meaning(
        Column("payor", TEXT), "the payor", ("Payor", "Payer", "Payor name", "Scheme", "Payment scheme", "Fee scale")
    ),
    Meaning(
        Column("provider", TEXT),
        "the dentist",
        ("Dentist", "Provider", "Performer", "Practitioner", "Clinician", "Dentist name", "Provider name"),
    ),
    Meaning(
        Column("value", POUNDS),
        "the value left",
        ("Outstanding", "Value outstanding", "Outstanding value", "Value", "Total", "Total value", "Cost", "Scale fee"),
    ),
    Meaning(Column("uda", NUMBER), "the UDAs", ("UDA", "UDAs", "UDA value", "Units", "UDAs outstanding")),
    Meaning(Column("band", BANDS), "the band", ("Band", "COT band", "NHS band", "Treatment band")),
    Meaning(
        Column("mobile", PHONE),
        "the mobile number",
        ("Mobile", "Mobile phone", "Mobile number", "Mobile No", "Cell", "Mob"),
    ),
    Meaning(
        Column("phone", PHONE),
        "the telephone number",
        ("Phone", "Home phone", "Telephone", "Tel", "Tel No", "Phone number", "Home tel", "Contact number"),
    ),
    Meaning(Column("email", EMAIL), "the e-mail address", ("Email", "E-mail", "E-mail address", "Email address")),
    Meaning(
        Column("next_visit_at", MOMENT),
        "the next appointment",
        ("Next appointment", "Next visit", "Next appt", "Next appointment date", "Next app", "Appointment date"),
    ),
    Meaning(Column("is_charge_exempt", YES_NO), "exempt from the NHS charge", ("Exempt", "Exmp", "NHS exempt")),
)
"""Everything that is looked for. Required: the patient (a name or a code), the COT number and the day of acceptance."""

_KNOWN = {bare(heading): (meaning, rank) for meaning in MEANINGS for rank, heading in enumerate(meaning.headings)}


def meanings(headings: Cells) -> dict[int, Meaning]:
    """Return what each column is, by its place: each meaning once, and the surest heading for it."""
    candidates: list[tuple[int, int, Meaning]] = []
    for place, heading in enumerate(headings):
        word = bare(heading or "")
        if word in _KNOWN:
            meaning, rank = _KNOWN[word]
            candidates.append((rank, place, meaning))
        elif len(word) >= SHORTEST and (alike := difflib.get_close_matches(word, _KNOWN, n=1, cutoff=CUTOFF)):
            meaning, rank = _KNOWN[alike[0]]
            candidates.append((100 + rank, place, meaning))
    found: dict[int, Meaning] = {}
    for _, place, meaning in sorted(candidates, key=lambda candidate: candidate[:2]):
        if meaning not in found.values():
            found[place] = meaning
    return dict(sorted(found.items()))


def missing(found: dict[int, Meaning]) -> list[str]:
    """Return in words what a report must have and these headings have not."""
    names = {meaning.column.name for meaning in found.values()}
    needed = [("the patient", {"name", "code", "last_name"}), ("the COT number", {"cot_number"})]
    needed.append(("the day of acceptance", {"opened_on"}))
    return [words for words, any_of in needed if not names & any_of]


def is_heading(cells: Cells) -> bool:
    """Say whether a row is the heading of a report."""
    return not missing(meanings(cells))


def is_left_out(cells: Cells, heading: Sequence[str | None]) -> bool:
    """Say whether a row is a total, the foot of a page, or the heading again on the next."""
    filled = [cell.strip() for cell in cells if cell and cell.strip()]
    if [(cell or "").strip() for cell in cells] == [(cell or "").strip() for cell in heading]:
        return True
    if not filled:
        return False
    first = filled[0].casefold()
    if re.match(r"(grand |sub-?|report )?totals?\b", first):
        opened = next((at for at, one in meanings(heading).items() if one.column.name == "opened_on"), len(cells))
        return opened >= len(cells) or not (cells[opened] or "").strip()
    return len(filled) <= 2 and bool(re.match(r"(page \d|printed|run on|end of report)", first))


LAYOUT = Layout(
    wanted=" with the patient, the COT number and the day of acceptance", is_heading=is_heading, is_left_out=is_left_out
)

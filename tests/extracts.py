"""Small extracts for tests: the files of one in a line each."""

from __future__ import annotations

from services.extract import Extract, Upload, read

PATIENTS = "patient_id,first_name,last_name,mobile\n1001,Ngozi,Okafor,07700 900123\n1002,Aoife,Byrne,\n"
COURSES = (
    "course_id,cot_number,patient_id,provider_id,payor_id,opened_on,stated_value\n"
    '1,7,1001,ben,Private,03/03/2026,"£1,234.50"\n'
    "2,8,1002,ben,NHS,04/03/2026,\n"
)


def uploads(**files: str | bytes | None) -> list[Upload]:
    """Return files as they would be uploaded; the smallest extract unless told otherwise, None leaves a file out."""
    texts = {"patients": PATIENTS, "courses": COURSES, **files}
    return [
        Upload(name if "." in name else f"{name}.csv", text.encode() if isinstance(text, str) else text)
        for name, text in texts.items()
        if text is not None
    ]


def canonical(**files: str | bytes | None) -> Extract:
    """Read files of the canonical form."""
    return read(uploads(**files), "canonical")


def reasons(extract: Extract) -> list[tuple[str, int, str | None, str]]:
    """Return file, line, column and reason of every refused row."""
    return extract.refusals.select("file", "line", "column_name", "reason").rows()

"""Extracts: the files of a practice management system, read into the tables of the store whatever form they have."""

from __future__ import annotations

from services.errors import UnusableExtract
from services.extract import canonical, course_report, opendental
from services.extract.base import Extract
from services.extract.files import Source, Upload, listed

__all__ = ["PRESETS", "Extract", "Source", "Upload", "read"]

PRESETS = {
    "canonical": "Care Manager's own form (docs/extract.md)",
    "opendental": "Open Dental, a folder of its tables",
    "course-report": "Course report, one line for each course",
}
"""Where an extract may come from, and its words."""

_READERS = {"canonical": canonical.read, "opendental": opendental.read, "course-report": course_report.read}


def read(source: Source, preset: str = "canonical") -> Extract:
    """Read an extract, changing nothing.

    Raises UnusableExtract with the reason in words when nothing can be made of it.
    """
    if preset not in _READERS:
        raise UnusableExtract(f"There is no preset {preset}. There are: {', '.join(PRESETS)}.")
    source_name, files = listed(source)
    return _READERS[preset](source_name, files)

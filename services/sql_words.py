"""Why a question in SQL has no answer, as a sentence: the database's own words are cut to what helps."""

from __future__ import annotations

import re

from queries.typed_sql import Limits, Unanswered
from services.explore_views import VIEWS

LONGEST = 300

ALONE = "Only one question at a time can be asked, one that begins with select, with or from. Nothing was changed."

PIVOT = (
    "A pivot has to name its values, as in: pivot opportunities on status in ('open', 'contacted') using count(*). "
    "Nothing was changed."
)


def in_words(problem: Unanswered, limits: Limits) -> str:
    """Say why there is no answer, and what to do."""
    if problem.why == "time":
        return (
            f"The question took more than {limits.seconds:g} seconds and was stopped. Nothing was changed. "
            "Ask about fewer rows, or add a where."
        )
    if problem.why == "memory":
        return (
            f"The question needed more than {limits.megabytes} MB of memory and was stopped. Nothing was changed. "
            "Ask about fewer rows, or group them."
        )
    if problem.why == "size":
        return (
            f"The answer is larger than {limits.bytes // 2**20} MB and was stopped. Nothing was changed. "
            "Ask for fewer columns or rows."
        )
    if problem.why == "columns":
        return (
            f"The answer has more than {limits.columns} columns and was stopped. Nothing was changed. "
            "Ask for fewer columns."
        )
    if problem.why == "day":
        return (
            "A day of the answer lies before the year 1 or after the year 9999, which cannot be shown. Nothing was "
            "changed. Leave it out with a where, or show it as a text: day::varchar."
        )
    if problem.why == "ended":
        return "The question ended the process that works it out. Nothing else was touched. Ask it in another way."
    if "MULTI" in problem.words.split() and problem.why == "refused":
        return PIVOT
    if problem.why == "refused":
        return "There is no question yet. Write one that begins with select." if not problem.words else ALONE
    return _of_database(problem)


def _of_database(problem: Unanswered) -> str:
    said = problem.words
    if problem.why == "PermissionException":
        return "Files, other machines and the database's own extensions cannot be reached from here. Nothing was read."
    if "configuration has been locked" in said:
        return "No setting can be changed from here. Nothing was changed."
    if missing := re.search(r"Table with name (.+?) does not exist", said):
        return f"There is no view {missing[1][:60]}. The views are {', '.join(VIEWS)}."
    if problem.why == "InternalException":
        return "The database could not work this question out. Nothing else was touched. Ask it in another way."
    kept = re.sub(r"^[A-Z][\w ]*? Error: ", "", said).split("\n\nLINE ")[0].split("\n\nPossible solutions")[0]
    kept = re.sub(r"\s*\n\s*", " ", kept).strip()
    kept = kept if len(kept) <= LONGEST else f"{kept[:LONGEST]}…"
    return f"The database does not understand this: {kept}"

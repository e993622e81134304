"""Why opportunities are rejected: the list that a practice can edit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from queries import reject_reasons as queries
from queries import settings as setting_queries
from queries.store import Reading, Store
from services import history
from services.actors import Actor, Right, allowed
from services.errors import InvalidRequest
from services.practices import Practice
from services.settings import Change, Current
from services.words import INACTIVE

WRONG_IN_CHART = "wrong in chart"
"""Puts an opportunity into the clean-up queue of its provider."""

OTHER = "other"
"""Asks for the reason in words."""

FIXED = (WRONG_IN_CHART, OTHER)
"""What every practice has, because something follows from it."""

STANDARD = ("not interested", "cost", "fear", "done elsewhere", WRONG_IN_CHART, "moved away", OTHER)
"""The reasons of a practice that has none of its own: domain.md 3.5, and what the chart or a move makes."""

MOST = 30
LONGEST = 60
CHANGED = "reject reasons changed"


def of(store: Store | Reading, practice_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the reasons of each practice, in its order."""
    own = queries.of(store, practice_ids)
    return {practice_id: own.get(practice_id, list(STANDARD)) for practice_id in practice_ids}


@allowed(Right.SETTINGS, practice="practice")
def current(store: Store, practice: Practice, *, actor: Actor) -> Current:
    """Return the reasons of a practice, and who changed them last."""
    with store.reading() as reading:
        reasons = of(reading, [practice.practice_id])[practice.practice_id]
        changes = setting_queries.last_changes(reading, practice.practice_id, kind=CHANGED).to_dicts()
    return Current(tuple(reasons), Change.of_row(changes[0], practice) if changes else None)


@allowed(Right.SETTINGS, practice="practice")
def change(
    store: Store, practice: Practice, reasons: Sequence[str], *, seen: Sequence[str], actor: Actor, now: datetime
) -> list[str]:
    """Let a practice have these reasons, in this order, and return in words what changed.

    seen are the reasons as they were shown: what somebody else changed since is not overwritten. What was rejected
    with a reason that is not offered any more keeps it.
    Raises InvalidRequest for too many, too long ones, and when one of FIXED is missing.
    """
    kept = list(dict.fromkeys(" ".join(reason.split()).lower() for reason in reasons if reason.strip()))
    if missing := [reason for reason in FIXED if reason not in kept]:
        raise InvalidRequest(
            f"Keep the reason “{missing[0]}”: something follows from it. Nothing was changed. Put it back."
        )
    if INACTIVE in kept:
        raise InvalidRequest(f"“{INACTIVE}” is given by imports alone. Nothing was changed. Take it out of the list.")
    if len(kept) > MOST:
        raise InvalidRequest(f"These are {len(kept)} reasons; {MOST} are the most. Nothing was changed. Take some out.")
    if too_long := [reason for reason in kept if len(reason) > LONGEST]:
        raise InvalidRequest(
            f"“{too_long[0][:LONGEST]}…” is too long for a reason; {LONGEST} letters are the most. Nothing was changed."
        )
    with store.transaction() as tx:
        before = of(tx, [practice.practice_id])[practice.practice_id]
        if kept not in (before, list(seen)):
            if before != list(seen):
                raise InvalidRequest(
                    "Somebody changed the reasons after this page was drawn. Nothing was saved. "
                    "Look at the page again, and change them once more if you still want to."
                )
            queries.replace(tx, practice.practice_id, kept)
            history.record(
                tx,
                CHANGED,
                by=actor.user_id,
                now=now,
                practice_id=practice.practice_id,
                before={"reasons": ", ".join(before)},
                after={"reasons": ", ".join(kept)},
            )
            return [f"Reasons: {', '.join(kept)}"]
    return []

"""What the patient's page at /book/<token> shows: free times, the one kept, the visit booked, and why not."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from starlette.responses import RedirectResponse, Response

from pages.parts.incoming_routes import today_at
from pages.parts.patient_pages import HEADERS, page
from services import bookings, patient_answers, patient_booking, patient_visit, patient_words
from services.patient_booking import Times
from services.patient_visit import Visit
from services.practices import Practice
from services.store import Store

ANSWERS = {
    "later": ("We will ask you again", "We will not write to you about this visit for a month. Changed your mind?"),
    "declined": ("Thank you for telling us", "We will not ask you about this treatment again. Changed your mind?"),
    "call": ("We will call you", "The practice knows that you would like a call. Is it urgent?"),
}
"""What is said of a link that was used, by what for; a booking has a page of its own."""

CLOSED = {
    "expired": ("This link has expired", "Links to book a visit work for some days only."),
    "replaced": ("There is a newer link", "Please open the latest message that you had from us."),
    "used": ("This link was used already", "A link to book a visit works once."),
    "revoked": ("This link is not needed any more", "There is nothing left to book here."),
}
"""What is said of a link that cannot be used, by its state or why it was revoked."""


@dataclass(frozen=True)
class Asked:
    """One request for a page of a link."""

    store: Store
    token: str
    now: datetime
    method: str
    base: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    is_prefetch: bool

    def look(self) -> Visit | None:
        """Return what the link shows now."""
        return patient_visit.look(self.store, self.token, now=self.now, today_at=today_at)

    @property
    def when(self) -> dict[str, Any]:
        """What every service is told of the time."""
        return {"now": self.now, "today_at": today_at}

    @property
    def starts_at(self) -> datetime | None:
        """The time that the form names, or None for none."""
        try:
            at = datetime.fromisoformat(self.form.get("starts_at", ""))
        except ValueError:
            return None
        return None if at.tzinfo else at


def choose(asked: Asked, visit: Visit) -> Response:
    """Show the free times."""
    if not visit.is_good:
        return closed(asked, visit)
    # Scanners of mail ask with HEAD, and some browsers ahead of a click.
    if asked.method == "GET" and not asked.is_prefetch:
        patient_answers.opened(asked.store, visit, asked.token, **asked.when)
    return times(asked, visit, from_on=_day(asked.query.get("from", "")))


def confirming(asked: Asked, visit: Visit) -> Response:
    """Show the time that is kept for the patient."""
    if not visit.is_good:
        return done(asked, visit)
    if visit.held_at is None or visit.why_not:
        return to(asked.base)
    return page("confirm", practice=visit.practice, visit=visit, wanted=visit.wanted, **_frame(asked))


def done(asked: Asked, visit: Visit) -> Response:
    """Show what the link was used for."""
    if visit.is_good:
        return to(asked.base)
    if visit.link.used_for == "booked":
        return booked(asked, visit, "Your visit is booked")
    if visit.link.used_for in ANSWERS:
        return message(visit.practice, *ANSWERS[visit.link.used_for], status=200, is_ring_asked=True)
    return closed(asked, visit)


def calendar(asked: Asked, visit: Visit) -> Response:
    """Send the booked visit as a file for a calendar."""
    if visit.booked is None or visit.booked.state == "cancelled":
        return closed(asked, visit) if not visit.is_good else to(asked.base)
    text = bookings.visit_calendar(visit.booked, visit.practice, now=asked.now)
    named = {"Content-Disposition": 'attachment; filename="visit.ics"'}
    return Response(text, media_type="text/calendar", headers={**HEADERS, **named})


def form_of(token: str) -> str:
    """Return what the forms of a link's page hold: who never saw the page does not know it."""
    return hashlib.sha256(f"form of {token}".encode()).hexdigest()[:32]


def _frame(asked: Asked) -> dict[str, Any]:
    return {"base": asked.base, "form": form_of(asked.token)}


def times(
    asked: Asked, visit: Visit, *, from_on: date | None = None, notice: str | None = None, status: int = 200
) -> Response:
    """Show the free times from a day on, or why the link cannot be used any more."""
    if not visit.is_good:
        return closed(asked, visit)
    found: Times = patient_booking.times(asked.store, visit, from_on=from_on)
    return page(
        "choose",
        status=status,
        practice=visit.practice,
        visit=visit,
        wanted=visit.wanted,
        times=found,
        notice=notice,
        reasons=patient_answers.REASONS,
        longest_note=patient_answers.LONGEST_NOTE,
        messages=patient_words.MESSAGES.get(visit.channel or ""),
        **_frame(asked),
    )


def booked(asked: Asked, visit: Visit, heading: str, *, notice: str | None = None, status: int = 200) -> Response:
    """Show the visit that was booked by the link, as it is now."""
    if visit.booked is None or visit.booked.state == "cancelled":
        return message(
            visit.practice,
            "This visit was cancelled",
            "It is not in our book any more.",
            status=410,
            is_ring_asked=True,
        )
    return page(
        "booked",
        status=status,
        practice=visit.practice,
        visit=visit,
        heading=heading,
        notice=notice,
        **_frame(asked),
    )


def closed(asked: Asked, visit: Visit) -> Response:
    """Say why a link cannot be used any more."""
    if visit.link.used_for == "booked":
        return booked(asked, visit, "You have booked already", status=410)
    why = "revoked" if visit.is_over else visit.link.revoked_why
    said = CLOSED.get(why or "") or CLOSED[visit.link.state]
    return message(visit.practice, *said, status=410, is_ring_asked=True)


def message(
    practice: Practice | None,
    heading: str,
    sentence: str,
    *,
    status: int,
    is_ring_asked: bool = False,
    base: str | None = None,
) -> Response:
    """Say one thing, with the way back to the times where a base is given."""
    return page(
        "message",
        status=status,
        practice=practice,
        heading=heading,
        sentence=sentence,
        is_ring_asked=is_ring_asked,
        is_way_back=base is not None,
        base=base,
    )


def to(where: str) -> Response:
    """Send the browser on: to load that page again changes nothing."""
    return RedirectResponse(where, status_code=303, headers=HEADERS)


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None

"""What the people of the sample practice did about its opportunities: states, and the events that led to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from services import words
from services.sample.correspondence import DAYS_OF_MESSAGES, Correspondence
from services.sample.diary import is_open, next_open
from services.sample.log import SYSTEM, Log
from services.sample.people import AMARA, CHLOE, PRIYA, TOM, Colleague
from services.sample.records import Appointment, Course

DAYS_OF_USE = 545
"""So long ago the practice began to work the list."""

ACTIONS = {"call": 48, "email": 11, "sms": 8, "snooze": 25, "reject": 3, "note": 5}
LATER_ACTIONS = {**ACTIONS, "email": 40, "sms": 34}
"""Since the practice writes its messages here, it writes more of them."""

OUTCOMES = {"no answer": 40, "left message": 22, "spoke": 34, "wrong number": 4}
REJECT_REASONS = {
    "not interested": 30,
    "cost": 28,
    "done elsewhere": 14,
    "wrong in chart": 12,
    "fear": 8,
    "moved away": 8,
}
SNOOZE_REASONS = ("asked us to ring later", "away", "waiting for pay day", "checking the diary", "unwell", None)
SNOOZE_DAYS = {7: 22, 14: 12, 30: 26, 60: 22, 90: 18}
CALLERS = {AMARA: 38, CHLOE: 30, PRIYA: 32}
PERSUASION = {AMARA: 1.05, CHLOE: 0.8, PRIYA: 1.2}

NOTES = {
    "no answer": (None, None, "Rang twice, no answer.", "Rang out.", "Line engaged."),
    "left message": (
        "Left a message on voicemail.",
        "Left a message with partner.",
        "Voicemail, asked to ring back.",
        None,
    ),
    "spoke": (
        "Will look at the diary and ring back.",
        "Asked about paying in instalments.",
        "Prefers early mornings.",
        "Can only do school holidays.",
        "Wants to think about it.",
        "Asked for the cost in writing.",
        "Only wants to see the usual dentist.",
        None,
    ),
    "wrong number": ("Number belongs to somebody else.", "Number not in service."),
    "noted": (
        "Partner is in next week, ask then.",
        "Prefers e-mail.",
        "Works nights, ring after 14:00.",
        "Finance leaflet posted.",
        "Ask the dentist whether it can wait.",
    ),
    "cost": ("Too dear at the moment.", "Would come back if it could be spread.", None),
    "done elsewhere": ("Went to another practice.", None),
    "wrong in chart": ("Already done, please tidy the chart.", "Planned twice, please check."),
    "moved away": ("Has moved, new dentist there.", None),
}


@dataclass(slots=True)
class History(Log):
    """Lives through the follow-up of each opportunity."""

    post: Correspondence = field(init=False)

    def __post_init__(self) -> None:
        self.post = Correspondence(self)

    def follow_up(self, course: Course, since: date, until: date) -> date | None:
        """Follow a course up from the day on which it was left unbooked; return the day of its booking, if any."""
        rng, last = self.rng, until - timedelta(days=1)
        by_itself = date.max
        if rng.random() < 0.36:
            by_itself = self._working(since + timedelta(days=1 + int(rng.expovariate(1 / 24))))
        day = self._first_touch(course, since)
        caller = rng.choices(list(CALLERS), list(CALLERS.values()))[0]
        if course.value_pence > 100_000 and rng.random() < 0.6:
            caller = PRIYA
        is_to_assign = rng.random() < 0.7
        if (state := self.states.get(course.course_id)) and state.assigned_to:
            caller = next(one for one in CALLERS if one.user_id == state.assigned_to)
            is_to_assign = False
        tries = rng.choice((2, 3, 3, 4))
        while day is not None:
            day = self._working(day)
            if day > last or by_itself <= day:
                break
            if is_to_assign:
                self._do(course, "assigned", TOM.user_id, day, assigned_to=caller.user_id)
                is_to_assign = False
                if rng.random() < 0.7:
                    day += timedelta(days=rng.randint(1, 6))
                    continue
            booked_on, day = self._touch(course, caller, day, since)
            if booked_on is not None and booked_on <= last:
                return booked_on
            if self.events[-1].kind in ("rejected", "restored"):
                by_itself = date.max  # who said no does not book without being asked again
            tries -= 1
            if tries <= 0 and not self.state_of(course).needs_action_since:
                day = None  # who answered hears from the practice again
        return by_itself if by_itself <= last else None

    def booked(self, course: Course, day: date, appointment: Appointment) -> None:
        """Note that an opportunity left the list because it was booked, here or in the PMS."""
        if day < self.today - timedelta(days=DAYS_OF_USE) or self.post.book(course, day, appointment):
            return
        at = self.moment(course.course_id, day)
        after = {"appointment_id": appointment.appointment_id, "visit_on": appointment.starts_at.date()}
        if course.course_id in self.states and self.states[course.course_id].link_sent_at:
            self.write(course, "booked", SYSTEM, at, facts=after)
        else:
            self.record(course, "booked", SYSTEM, at, None, {}, after)

    def made_inactive(self, course: Course, day: date) -> None:
        """Note that the chart made a course inactive, which rejects the opportunity."""
        if self.shown(course.course_id, day) != "rejected":
            self._do(course, "rejected", SYSTEM, day, status="rejected", reject_reason=words.INACTIVE)

    def _first_touch(self, course: Course, since: date) -> date | None:
        """Return the day on which somebody first looks at the opportunity, or nothing when nobody does."""
        rng = self.rng
        if course.patient.is_do_not_contact:
            return None
        began = self.today - timedelta(days=DAYS_OF_USE)
        if since < began:
            day = began + timedelta(days=rng.randrange(150))
            return day if rng.random() < 0.4 and day <= course.opened_on + timedelta(days=365) else None
        share = 0.6 if since < began + timedelta(days=180) else 0.72
        return since + timedelta(days=1 + int(rng.expovariate(1 / 18))) if rng.random() < share else None

    def _touch(self, course: Course, caller: Colleague, day: date, since: date) -> tuple[date | None, date | None]:
        """Do one thing about an opportunity; return the day of the booking it led to, and the day of the next touch."""
        rng, patient = self.rng, course.patient
        writes = day >= self.today - timedelta(days=DAYS_OF_MESSAGES)
        actions = LATER_ACTIONS if writes else ACTIONS
        action = rng.choices(list(actions), list(actions.values()))[0]
        appeal = PERSUASION[caller] * (1.25 if (day - since).days < 21 else 1.0 if (day - since).days < 90 else 0.6)
        if course.value_pence > 150_000:
            appeal *= 0.7
        if action == "snooze":
            return None, self._snooze(course, caller, day)
        if action == "reject":
            return None, self._reject(course, caller, day)
        if action in ("email", "sms") and self.post.reaches(course, action, day):
            if writes:
                return self._write_to(course, caller, day, action, appeal)
            self._contact(course, caller, day, action)
            return (self._after(day, 1, 5), None) if rng.random() < 0.13 * appeal else (None, self._after(day, 7, 18))
        if action == "note" or not (patient.mobile or patient.phone):
            self._do(course, "noted", caller.user_id, day, note=rng.choice(NOTES["noted"]))
            return None, self._after(day, 3, 12)
        outcome = rng.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]
        note = rng.choice(NOTES[outcome])
        at, attempts = self.moment(course.course_id, day), self.state_of(course).attempts
        tried = {"attempts": attempts + 1, "last_attempt_at": at}
        self.write(course, "attempted", caller.user_id, at, tried, note=note, facts={"outcome": outcome})
        if outcome == "no answer":
            return None, self._after(day, 2, 9)
        if outcome == "wrong number":
            return None, self._after(day, 10, 30)
        self._contact(course, caller, day, "phone")
        if outcome == "left message":
            return (self._after(day, 0, 5), None) if rng.random() < 0.17 * appeal else (None, self._after(day, 5, 16))
        fate = rng.random()
        if fate < 0.36 * appeal:
            return day, None
        if fate < 0.70:
            return None, self._snooze(course, caller, day)
        if fate < 0.79:
            return None, self._reject(course, caller, day)
        return None, self._after(day, 14, 40)

    def _after(self, day: date, fewest: int, most: int) -> date:
        return self._working(day + timedelta(days=self.rng.randint(fewest, most)))

    def _working(self, day: date) -> date:
        """Return the day itself, or when the practice is closed one of the next days on which it is not."""
        return day if is_open(day) else next_open(day + timedelta(days=self.rng.randint(1, 5)))

    def _write_to(
        self, course: Course, caller: Colleague, day: date, channel: str, appeal: float
    ) -> tuple[date | None, date | None]:
        """Send a message; return the day of the booking it led to, and the day of the next touch."""
        sent = self.post.send(course, caller.user_id, day, channel)
        if sent.answer == "declined":
            return None, None
        if sent.answer == "later":
            return None, self.state_of(course).snoozed_until
        if sent.answer or not sent.has_arrived:
            return None, self._after(day, 2, 7)
        share = 0.3 if sent.link else 0.13
        return (self._after(day, 1, 6), None) if self.rng.random() < share * appeal else (None, self._after(day, 7, 18))

    def _contact(self, course: Course, caller: Colleague, day: date, channel: str) -> None:
        at = self.moment(course.course_id, day)
        status = {"status": "contacted"} if self.state_of(course).status == "open" else {}
        contacted = {**status, "last_contact_at": at}
        self.write(course, "contacted", caller.user_id, at, contacted, facts={"channel": channel})

    def _do(self, course: Course, kind: str, by: str, day: date, *, note: str | None = None, **changes: Any) -> None:
        """Write what somebody did on a day."""
        self.write(course, kind, by, self.moment(course.course_id, day), changes, note=note)

    def _snooze(self, course: Course, caller: Colleague, day: date) -> date:
        until = day + timedelta(days=self.rng.choices(list(SNOOZE_DAYS), list(SNOOZE_DAYS.values()))[0])
        reason = self.rng.choice(SNOOZE_REASONS)
        self._do(course, "snoozed", caller.user_id, day, snoozed_until=until, snooze_reason=reason)
        return until

    def _reject(self, course: Course, caller: Colleague, day: date) -> date | None:
        """Reject an opportunity; return the day of the next touch when it is restored later."""
        reason = self.rng.choices(list(REJECT_REASONS), list(REJECT_REASONS.values()))[0]
        note = self.rng.choice(NOTES.get(reason, (None,)))
        self._do(course, "rejected", caller.user_id, day, note=note, status="rejected", reject_reason=reason)
        restored_on = self._after(day, 2, 40)
        if self.rng.random() > 0.08 or restored_on >= self.today:
            return None
        self._do(course, "restored", TOM.user_id, restored_on, status="open", reject_reason=None)
        return self._after(restored_on, 1, 10)

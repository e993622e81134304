"""What the sample practice wrote to its patients, what became of it, and what they did with the links to book by."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from queries.bookings import CHANGING
from services import deliveries, patient_answers, patient_visit, reachable
from services.actions import fields_of
from services.actors import PATIENT
from services.booking_settings import BookingSettings
from services.contact_settings import ContactSettings
from services.sample.log import SYSTEM, Log, as_json
from services.sample.people import AMARA, CHLOE, PRIYA, PROVIDERS
from services.sample.records import Appointment, Booking, Consent, Course, Event, Link, Message, PlannedVisit

SEED = 13
"""Chance of its own: what becomes of a message changes nothing else that happens in the practice."""

DAYS_OF_MESSAGES = 180
"""So many days ago the practice began to write its messages here ..."""

DAYS_OF_LINKS = 90
"""... and so many days ago to let patients book by a link."""

ONLINE = {provider.provider_id for provider in PROVIDERS if provider.is_online_bookable}
FIRST, NUDGE, AFTER_CALL, BOOK = "visit", "reminder", "after-call", "book"
BOUNCED = ("The e-mail account does not exist (550 5.1.1).", "The mailbox is full (552 5.2.2).")
UNREACHABLE = ("The number is not in service.", "The handset cannot be reached.")
REPLIES = (
    "Can I come on a Thursday after 4?",
    "Please ring me tomorrow morning",
    "Thanks. Away this week, will ring on Monday",
    "Do you have anything before 9am?",
    "How much will it be?",
    "Hi yes I would like to book this please",
    "Would it be the same dentist?",
    "Ok will call you later thx",
    "Can you do it on the day I bring my son?",
    "I thought this was booked already?",
)
ANSWERS = {"call": 45, "later": 30, "declined": 25}
WHEN_TO_RING = ("After 5pm please", "Mornings, before 10", None)


@dataclass(slots=True)
class Correspondence:
    """Writes messages and what follows from them to the log of the practice, and keeps their rows."""

    log: Log
    rng: Random = field(default_factory=lambda: Random(SEED))
    messages: list[Message] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    replies: list[tuple[Message, datetime, str]] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    closed: set[tuple[str, str]] = field(default_factory=set)
    newest: dict[str, Link] = field(default_factory=dict)

    def reaches(self, course: Course, channel: str, day: date) -> bool:
        """Say whether a patient may be written to about a course."""
        patient = course.patient
        given, is_allowed = (
            (patient.email, patient.is_email_allowed)
            if channel == "email"
            else (patient.mobile, patient.is_sms_allowed)
        )
        state = self.log.states.get(course.course_id)
        if state and state.attempts >= ContactSettings.attempts_most:
            return False
        is_closed = (channel, patient.patient_id) in self.closed or (channel, given) in self.closed
        return bool(given) and is_allowed is not False and not is_closed

    def send(self, course: Course, by: str, day: date, channel: str) -> Message:
        """Write to a patient, and let the message have its fate."""
        log, at = self.log, self.log.moment(course.course_id, day)
        state, visit = log.state_of(course), _next_visit(course)
        is_bookable = visit and visit.is_bookable and visit.provider_id in ONLINE and at >= self.links_from
        kinds = {FIRST: 20, NUDGE: 14, AFTER_CALL: 12 if state.attempts else 0, BOOK: 200 if is_bookable else 0}
        kind = self.rng.choices(list(kinds), list(kinds.values()))[0]
        message = self._message(course, channel, by, at, template_id=f"shipped-{channel}-{kind}", visit=visit)
        facts = self._facts(message)
        status = {"status": "contacted"} if state.status == "open" else {}
        tried = {"attempts": state.attempts + 1, "last_attempt_at": at, "last_contact_at": at}
        done = [log.write(course, "contacted", by, at, {**status, **tried}, facts=facts, action_id=message.action_id)]
        if kind == BOOK and visit:
            message.link = self._link(message, visit)
            told = {"message_id": message.message_id}
            sent = {"link_sent_at": at, "link_opened_at": None}
            done.append(log.write(course, "link sent", by, at, sent, facts=told, action_id=message.action_id))
        self._deliver(message)
        if not message.has_arrived:
            self._take_back(message, done)
        elif message.link:
            self._open(message, message.link)
        if message.has_arrived and not message.answer:
            self._hear(message)
        return message

    def book(self, course: Course, day: date, appointment: Appointment) -> bool:
        """Book here what was booked on a day, if it was: by the patient with a link, or by who rang them."""
        booking = self._book_by_link(course, day, appointment) or self._book_in_call(course, day, appointment)
        if booking is None:
            return False
        is_patient = booking.made_by == PATIENT
        by = self.rng.choice((AMARA, CHLOE, PRIYA)).user_id if is_patient else booking.made_by
        at = booking.made_at + timedelta(minutes=self.rng.randint(25, 200) if is_patient else self.rng.randint(1, 15))
        self._change(booking, "booking entered", by, at, state="entered")
        at = datetime.combine(day, time(18, 30)) + timedelta(milliseconds=self.rng.randrange(1_800_000))
        found = {"state": "confirmed", "appointment_id": appointment.appointment_id}
        visit_on = {"visit_on": booking.starts_at.date()}
        self._change(booking, "booked", SYSTEM, at, facts=visit_on, changes={"booked_on": None}, **found)
        return True

    def book_to_enter(self, link: Link, starts_at: datetime) -> bool:
        """Let a patient book a time by a link yesterday evening: nobody has entered it in the PMS yet."""
        day = self.log.today - timedelta(days=1)
        at = datetime.combine(day, time(18, 5)) + timedelta(milliseconds=self.rng.randrange(6_000_000))
        return self._booked(link, at, starts_at) is not None

    def good_links(self) -> list[Link]:
        """Return the links that their patients may still book by, the newest first."""
        found = [self._usable(link.course, self.log.today) for link in self.newest.values()]
        return sorted(filter(None, found), key=lambda link: link.made_at, reverse=True)

    def revoke(self) -> None:
        """Revoke the unused links that were replaced by newer ones, or whose visit was booked or rejected."""
        ends: dict[str | None, list[tuple[datetime, str]]] = {}
        for event in self.log.events:
            if event.kind in ("booked", "rejected"):
                ends.setdefault(event.opportunity_id, []).append((event.happened_at, event.kind))
        for link in self.links:
            ends.setdefault(link.course.course_id, []).append((link.made_at, "replaced"))
        for link in self.links:
            later = [end for end in ends[link.course.course_id] if end[0] > link.made_at]
            if later and link.used_at is None:
                link.revoked_at, link.revoked_why = min(later)

    # A message on its way.

    def _message(self, course: Course, channel: str, by: str, at: datetime, **given: Any) -> Message:
        patient = course.patient
        address = reachable.address_of({"email": patient.email, "mobile": patient.mobile}, channel)
        assert address is not None
        message_id, action_id = self._id(), self._id()
        given = {"action_id": action_id, **given}
        message = Message(message_id, course=course, channel=channel, address=address, by=by, at=at, **given)
        self.messages.append(message)
        return message

    def _deliver(self, message: Message) -> None:
        """Send a message, and let its sender tell what became of it; some never do."""
        rng = self.rng
        message.sent_at = message.state_at = message.at + timedelta(milliseconds=rng.randint(1_500, 30_000))
        self._tell(message, "sent", message.sent_at)
        chance = rng.random()
        if chance < 0.03 and not message.booking:
            self._refuse(message, message.sent_at + timedelta(milliseconds=rng.randint(20_000, 400_000)))
        elif chance < 0.96:
            message.state = "delivered"
            message.state_at = message.sent_at + timedelta(milliseconds=rng.randint(1_000, 60_000))
            self._tell(message, "delivered", message.state_at)

    def _refuse(self, message: Message, at: datetime) -> None:
        is_email = message.channel == "email"
        message.state, message.state_at = "bounced" if is_email else "failed", at
        message.reason = self.rng.choice(BOUNCED if is_email else UNREACHABLE)
        if is_email:
            self.closed.add((message.channel, message.course.patient.email or ""))
        self._tell(message, message.state, at, note=message.reason)

    def _take_back(self, message: Message, done: list[Event]) -> None:
        """Take back that a patient was contacted whom nothing reached."""
        for place, event in enumerate(reversed(done), start=1):
            before = fields_of({"before": event.before}, "before")
            at = message.state_at + timedelta(milliseconds=place)
            facts = {"kind": event.kind}
            self.log.write(message.course, "undone", SYSTEM, at, before, facts=facts, takes_back=event)
        self.newest.pop(message.course.course_id, None)

    def _hear(self, message: Message) -> None:
        """Let some patients answer, or opt out."""
        rng = self.rng
        at = message.state_at + timedelta(milliseconds=rng.randint(240_000, 9_000_000))
        chance = rng.random()
        # Some of those of the last days still wait for an answer.
        share = 0.09 if at.date() < self.log.today - timedelta(days=6) else 0.4
        if message.channel == "email" and chance < 0.008 and message.at >= self.links_from:
            self._opt_out(message, "unsubscribe link", at)
        elif message.channel == "sms" and chance < 0.01:
            self.replies.append((message, at, "STOP"))
            self._opt_out(message, "STOP", at)
        elif message.channel == "sms" and chance < share and not (message.link and message.link.opened_at):
            message.answer = deliveries.REPLIED
            text = REPLIES[len(self.replies) % len(REPLIES)]
            self.replies.append((message, at, text))
            self._wait_for_answer(message, deliveries.REPLIED, SYSTEM, at, note=text)

    def _opt_out(self, message: Message, source: str, at: datetime) -> None:
        patient, channel = message.course.patient, message.channel
        if any(one.course.patient is patient and one.at > message.at for one in self.messages):
            return
        self.closed.add((channel, patient.patient_id))
        self.consents.append(Consent(patient, channel, source, at))
        event = Event(
            practice_id=self.log.practice_id,
            opportunity_id=None,
            patient_id=patient.patient_id,
            kind="consent changed",
            by_user=SYSTEM,
            happened_at=at,
            note=None,
            before=as_json({channel: None}),
            after=as_json({channel: "no", "source": source}),
        )
        self.log.events.append(event)

    def _wait_for_answer(self, message: Message, why: str, by: str, at: datetime, *, note: str | None) -> None:
        """Let an opportunity wait for somebody; a snooze ends, as the patient is there now."""
        is_snoozed = self.log.shown(message.course.course_id, at.date()) == "snoozed"
        woken = {"snoozed_until": None, "snooze_reason": None} if is_snoozed else {}
        waiting = {"needs_action_since": at, "needs_action_why": why}
        action_id = self._id() if by == PATIENT else None
        self.log.write(message.course, why, by, at, {**woken, **waiting}, note=note, action_id=action_id)

    # Links to book by.

    @property
    def links_from(self) -> datetime:
        """When the practice began to let patients book by a link."""
        return datetime.combine(self.log.today - timedelta(days=DAYS_OF_LINKS), time.min)

    def _link(self, message: Message, visit: PlannedVisit) -> Link:
        expires_at = message.at + timedelta(days=BookingSettings.link_days)
        link = Link(self.token(), message.course, visit, message.message_id, message.by, message.at, expires_at)
        self.links.append(link)
        self.newest[message.course.course_id] = link
        return link

    def _open(self, message: Message, link: Link) -> None:
        """Let about half of the patients open their link, on that day or in the next morning, and some answer there."""
        rng, chance = self.rng, self.rng.random()
        at = message.state_at + timedelta(milliseconds=rng.randint(120_000, 12_000_000))
        if chance > 0.62:
            at = datetime.combine(at.date() + timedelta(days=1), time(6, 40))
            at += timedelta(milliseconds=rng.randrange(7_200_000))
        if chance < 0.18 or (chance > 0.62 and at.date() >= self.log.today) or chance > 0.75:
            return
        self._note_opened(link, at)
        if rng.random() < 0.16:
            answer = rng.choices(list(ANSWERS), list(ANSWERS.values()))[0]
            self._answer(message, link, answer, at + timedelta(milliseconds=rng.randint(30_000, 200_000)))

    def _note_opened(self, link: Link, at: datetime) -> None:
        link.opened_at = at
        self.log.write(link.course, "link opened", PATIENT, at, {"link_opened_at": at})

    def _answer(self, message: Message, link: Link, answer: str, at: datetime) -> None:
        """Use a link for an answer that is no booking."""
        message.answer = link.used_for = answer
        link.used_at = at
        if answer == "call":
            note = self.rng.choice(WHEN_TO_RING)
            self._wait_for_answer(message, patient_answers.CALL_ASKED, PATIENT, at, note=note)
        elif answer == "later":
            until = patient_visit.a_month_after(at.date())
            snoozed = {"snoozed_until": until, "snooze_reason": patient_answers.ASKED_LATER}
            self.log.write(link.course, "snoozed", PATIENT, at, snoozed, action_id=self._id())
        else:
            reason = self.rng.choice(list(patient_answers.REASONS))
            note, declined = patient_answers.REASONS[reason], {"status": "rejected", "reject_reason": reason}
            self.log.write(link.course, "rejected", PATIENT, at, declined, note=note, action_id=self._id())

    def _usable(self, course: Course, day: date) -> Link | None:
        """Return the link about a course that is good on a day, if there is one."""
        link, state = self.newest.get(course.course_id), self.log.states.get(course.course_id)
        is_good = link and not link.used_at and link.expires_at.date() > day and state and state.link_sent_at
        return link if is_good else None

    # Bookings.

    def _morning(self, course: Course, day: date) -> datetime:
        """Return a time from half past seven to one, and after everything else about the course."""
        at = datetime.combine(day, time(7, 30)) + timedelta(milliseconds=self.rng.randrange(18_000_000))
        last = self.log.last_at.get(course.course_id)
        return max(at, last + timedelta(minutes=self.rng.randint(4, 40))) if last else at

    def _book_by_link(self, course: Course, day: date, appointment: Appointment) -> Booking | None:
        link = self._usable(course, day)
        if link is None or link.visit.appointment_id != appointment.appointment_id:
            return None
        if self.rng.random() > (0.8 if link.opened_at else 0.3):
            return None
        return self._booked(link, self._morning(course, day), appointment.starts_at)

    def _book_in_call(self, course: Course, day: date, appointment: Appointment) -> Booking | None:
        """Book in the appointment book here while the patient is on the phone; some book in the PMS as before."""
        call = self.log.events[-1]
        is_call = call.kind == "contacted" and call.opportunity_id == course.course_id
        if not is_call or call.happened_at.date() != day or call.happened_at < self.links_from:
            return None
        visit = next(visit for visit in course.visits if visit.appointment_id == appointment.appointment_id)
        at = call.happened_at + timedelta(milliseconds=self.rng.randint(30_000, 200_000))
        return self._take(visit, course, call.by_user, at, appointment.starts_at) if self.rng.random() < 0.7 else None

    def _booked(self, link: Link, at: datetime, starts_at: datetime) -> Booking | None:
        """Book a visit by a link; return nothing when somebody did something about it on that day before."""
        last = self.log.last_at[link.course.course_id]
        if last >= at or (last.date() == at.date() and last != link.opened_at):
            return None
        if link.opened_at is None:
            self._note_opened(link, max(last, at - timedelta(minutes=4)) + timedelta(seconds=5))
        booking = self._take(link.visit, link.course, PATIENT, at, starts_at)
        link.used_at, link.used_for, link.booking_id = at, "booked", booking.booking_id
        self._confirm(booking, link)
        return booking

    def _take(self, visit: PlannedVisit, course: Course, by: str, at: datetime, starts_at: datetime) -> Booking:
        planned = visit.planned_visit_id, visit.provider_id, starts_at, visit.minutes
        booking = Booking(self._id(), course, *planned, made_by=by, made_at=at, changed_by=by, changed_at=at)
        self.bookings.append(booking)
        facts = {"booking_id": booking.booking_id, **_fields(booking)}
        self.log.write(course, "booked", by, at, {"booked_on": starts_at.date()}, facts=facts, action_id=self._id())
        return booking

    def _confirm(self, booking: Booking, link: Link) -> None:
        """Send the message that says that a visit is booked, by the way by which the link came."""
        channel = next(one.channel for one in self.messages if one.message_id == link.message_id)
        if (channel, booking.course.patient_id) in self.closed:
            return
        given = {"action_id": booking.booking_id, "link": link, "booking": booking}
        self._deliver(self._message(booking.course, channel, PATIENT, booking.made_at, **given))

    def _change(
        self,
        booking: Booking,
        kind: str,
        by: str,
        at: datetime,
        *,
        facts: Mapping[str, Any] | None = None,
        changes: Mapping[str, Any] | None = None,
        **wanted: Any,
    ) -> None:
        was = _fields(booking)
        for name, value in wanted.items():
            setattr(booking, name, value)
        booking.version, booking.changed_by, booking.changed_at = booking.version + 1, by, at
        told = {"booking_id": booking.booking_id, **_fields(booking), **(facts or {})}
        action_id = None if by == SYSTEM else self._id()
        self.log.write(booking.course, kind, by, at, changes, was=was, facts=told, action_id=action_id)

    # What is told.

    def _facts(self, message: Message) -> dict[str, Any]:
        return {"channel": message.channel, "template": message.template, "message_id": message.message_id}

    def _tell(self, message: Message, state: str, at: datetime, *, note: str | None = None) -> None:
        self.log.record(message.course, f"message {state}", SYSTEM, at, note, {}, self._facts(message))

    def _id(self) -> str:
        return str(UUID(int=self.rng.getrandbits(128), version=4))

    def token(self) -> str:
        """Return a token as those of links are; it is nobody's secret, as the practice is nobody's."""
        return base64.urlsafe_b64encode(self.rng.randbytes(32)).decode().rstrip("=")


def _fields(booking: Booking) -> dict[str, Any]:
    """Return the columns of a booking that its events tell."""
    return {name: getattr(booking, name) for name in CHANGING}


def _next_visit(course: Course) -> PlannedVisit | None:
    """Return the first visit of a course with something left to do."""
    return next((visit for visit in course.visits if any(item.completed_on is None for item in visit.items)), None)

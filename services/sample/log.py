"""The log of what happened about each opportunity of the sample practice: its events, and the state they led to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from queries import workflow
from queries.store import Transaction
from services import actions, actors
from services.sample.records import Course, Event, State, frame

SYSTEM = actors.SYSTEM.user_id


@dataclass(slots=True)
class Log:
    """Events and states; a state always equals what its events say.

    log has how each state stood after each change (services/sample/pipeline.py).
    """

    rng: Random
    practice_id: str
    today: date
    states: dict[str, State] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    last_at: dict[str, datetime] = field(default_factory=dict)
    log: list[tuple[object, ...]] = field(default_factory=list)

    def state_of(self, course: Course) -> State:
        """Return the state of an opportunity, as it begins when nobody touched it."""
        return self.states.setdefault(course.course_id, State(self.practice_id, course.course_id))

    def shown(self, opportunity_id: str, day: date) -> str:
        """Return the status that people see on a day: a snooze that has not run out hides the kept one."""
        state = self.states.get(opportunity_id)
        if state is None:
            return "open"
        is_snoozed = state.status != "rejected" and state.snoozed_until is not None and state.snoozed_until > day
        return "snoozed" if is_snoozed else state.status

    def write(
        self,
        course: Course,
        kind: str,
        by: str,
        at: datetime,
        changes: Mapping[str, Any] | None = None,
        *,
        note: str | None = None,
        was: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
        action_id: str | None = None,
        takes_back: Event | None = None,
    ) -> Event:
        """Change the state and add the event that says so; was and facts, before and after, belong to it alone."""
        state, changed = self.state_of(course), dict(changes or {})
        if kind in actions.ENDS_LINK and state.link_sent_at:
            changed |= actions.NO_LINK
        if kind in actions.ANSWERS and state.needs_action_since and by != SYSTEM:
            changed |= actions.ANSWERED
        before = {name: getattr(state, name) for name in changed}
        for name, value in changed.items():
            setattr(state, name, value)
        state.changed_by, state.changed_at = by, at
        self.log.append(
            (
                at.date(),
                course.course_id,
                course.patient_id,
                state.status,
                state.snoozed_until,
                state.booked_on,
                state.assigned_to,
                state.needs_action_since,
                at,
                state.last_attempt_at,
                state.last_contact_at,
            )
        )
        before, after = {**before, **(was or {})}, {**changed, **(facts or {})}
        return self.record(course, kind, by, at, note, before, after, action_id=action_id, takes_back=takes_back)

    def record(
        self,
        course: Course,
        kind: str,
        by: str,
        at: datetime,
        note: str | None,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        *,
        action_id: str | None = None,
        takes_back: Event | None = None,
    ) -> Event:
        """Add an event that leaves the state as it is."""
        event = Event(
            practice_id=self.practice_id,
            opportunity_id=course.course_id,
            patient_id=course.patient_id,
            kind=kind,
            by_user=by,
            happened_at=at,
            note=note,
            before=as_json(before),
            after=as_json(after),
            action_id=action_id,
            takes_back=takes_back,
        )
        self.events.append(event)
        self.last_at[course.course_id] = at
        return event

    def moment(self, opportunity_id: str, day: date) -> datetime:
        """Return a time of chance in the working day, after everything else about the opportunity."""
        last = self.last_at.get(opportunity_id)
        if last is not None and last.date() >= day:
            return last + timedelta(milliseconds=self.rng.randint(20_000, 200_000))
        return datetime.combine(day, time(9, 5)) + timedelta(milliseconds=self.rng.randrange(7 * 3_600_000))

    def keep(self, tx: Transaction) -> None:
        """Keep the states, and the events oldest first; what takes an event back has to know its id first."""
        workflow.write_states(tx, frame(list(self.states.values()), workflow.STATE))
        self.events.sort(key=lambda event: event.happened_at)
        kept = 0
        for place, event in enumerate(self.events):
            if event.takes_back is not None:
                workflow.record_events(tx, frame(self.events[kept:place], workflow.EVENT))
                event.undoes, kept = _id_of(tx, event.takes_back), place
        workflow.record_events(tx, frame(self.events[kept:], workflow.EVENT))


def _id_of(tx: Transaction, event: Event) -> int:
    """Return the id of an event that is kept, and is not taken back."""
    assert event.action_id is not None
    of_action = workflow.events_of(tx, event.action_id, happened_at=event.happened_at)
    return next(int(row["event_id"]) for row in of_action if row["kind"] == event.kind)


def as_json(values: Mapping[str, Any]) -> str | None:
    """Return what an event tells of one side."""
    return json.dumps(dict(values), default=str, ensure_ascii=False) if values else None

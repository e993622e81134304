"""Sequences: each step once on its day, until something answers it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from queries import workflow
from queries.store import Store
from services import care, consents, deliveries, opportunities, practices, sequences
from services.actions import Chosen, Outcome
from services.errors import InvalidRequest
from services.incoming.events import Inbound
from services.opportunities import Filters
from services.practices import Practice
from services.sequences import Step
from tests.letters import EMAIL, SMS, kinds, messages, settle
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice
from tests.staff import person

STEPS = (Step(0, "email", EMAIL), Step(7, "sms", SMS), Step(14, "phone"))


class Running:
    """One opportunity in a sequence, and the days that pass."""

    def __init__(self, practice: SmallPractice) -> None:
        self.practice, self.store = practice, practice.store
        settle(practice)
        self.course = practice.course(days_ago=30)
        self.elm: Practice = practices.all_practices(self.store)[0]
        self.sequence_id = sequences.save(self.store, self.elm, "Three steps", STEPS, actor=SYSTEM, now=NOW)

    def start(self, *, action_id: str = "start") -> Outcome:
        return sequences.start(self.store, [self.seen()], self.sequence_id, action_id=action_id, **self.on(0))

    def seen(self) -> Chosen:
        rows = workflow.states(self.store, self.practice.id).filter(opportunity_id=self.course)
        return Chosen(self.practice.id, self.course, rows["version"][0] if rows.height else 0)

    def on(self, days: int) -> dict[str, Any]:
        return {"actor": SYSTEM, "now": NOW + timedelta(days=days), "today": TODAY + timedelta(days=days)}

    def day(self, days: int) -> None:
        """Let a day come, and look at it twice."""
        today = TODAY + timedelta(days=days)

        def today_at(now: datetime, zone: str) -> date:
            return today

        for _ in range(2):
            sequences.advance(self.store, now=NOW + timedelta(days=days), today_at=today_at)

    def where(self) -> list[str]:
        """The step that comes next, for each opportunity in it."""
        return sequences.running(self.store, [self.elm], actor=SYSTEM)["step_text"].to_list()

    def ended(self) -> str | None:
        rows = self.store._connection.execute("select ended_why from sequence_runs").fetchall()
        return str(rows[0][0]) if rows[0][0] else None


@pytest.fixture
def running(practice: SmallPractice) -> Running:
    """A practice with a sequence: an e-mail at once, an SMS after a week, a call after two."""
    return Running(practice)


def channels(store: Store) -> list[str]:
    return [message["channel"] for message in messages(store)]


def test_each_step_comes_once_on_its_day(running):
    assert running.start().said == "1 opportunity of 1 patient put into the sequence Three steps."
    assert running.where() == ["1 of 3: E-mail"]
    running.day(0)
    assert (channels(running.store), running.where()) == (["email"], ["2 of 3: SMS"])
    running.day(6)
    assert channels(running.store) == ["email"]
    running.day(7)
    assert (channels(running.store), running.where()) == (["email", "sms"], ["3 of 3: A call, in My list"])
    running.day(14)
    assert (running.where(), running.ended()) == ([], "all steps done")
    assert kinds(running.store).count("call planned") == 1


def test_a_step_that_cannot_be_taken_keeps_no_other_from_being_taken(running, monkeypatch, caplog):
    other = Running(SmallPractice(running.store, "Aspen Row"))  # its turn comes first
    write = sequences.contact.send

    def fails_there(store: Store, chosen: list[Chosen], *given: Any, **more: Any) -> Outcome:
        if chosen[0].practice_id == other.practice.id:
            raise RuntimeError("Mrs Okafor")
        return write(store, chosen, *given, **more)

    monkeypatch.setattr(sequences.contact, "send", fails_there)
    other.start(action_id="other")
    running.start()
    running.day(0)
    assert [one["practice_id"] for one in messages(running.store)] == [running.practice.id]
    assert "could not be taken: RuntimeError" in caplog.text


def test_the_call_is_due_in_the_list_of_who_started_it(running):
    running.start()
    for day in (0, 7, 14):
        running.day(day)
    mine = Filters(assignees=(SYSTEM.user_id,), is_due=True)
    due = opportunities.worklist(
        running.store, [running.elm], mine, actor=SYSTEM, today=TODAY + timedelta(days=14)
    ).rows
    assert due["needs_action_why"].to_list() == ["a call is planned"]


def test_a_call_that_was_made_is_due_no_more(running):
    running.start()
    for day in (0, 7, 14):
        running.day(day)
    given = {**running.on(14), "actor": person(running.store, "chloe", running.practice.id)}
    care.attempt(running.store, [running.seen()], "no answer", action_id="rang", **given)
    (state,) = workflow.states(running.store, running.practice.id).to_dicts()
    assert state["needs_action_since"] is None


def test_a_step_that_comes_late_does_not_bring_the_next_one_on_the_same_day(running):
    running.start()
    running.day(30)
    assert channels(running.store) == ["email"]
    running.day(36)
    assert channels(running.store) == ["email"]
    running.day(37)
    assert channels(running.store) == ["email", "sms"]


def booked(running: Running) -> None:
    running.practice.appointment(running.course, in_days=20)


def rejected(running: Running) -> None:
    care.reject(running.store, [running.seen()], reason="cost", action_id="reject", **running.on(1))


def opted_out(running: Running) -> None:
    consents.say(running.store, running.elm, "okafor", "sms", "no", actor=SYSTEM, now=NOW)


def replied(running: Running) -> None:
    inbound = Inbound("SM9", "+447700900123", "+441632960100", "Tuesday?")
    deliveries.receive(running.store, inbound, now=NOW + timedelta(days=1), today_at=lambda now, zone: TODAY)


def tried_often(running: Running) -> None:
    for number in range(2):
        care.attempt(running.store, [running.seen()], "no answer", action_id=f"rang {number}", **running.on(1))


@pytest.mark.parametrize(
    ("meanwhile", "why"),
    [
        (booked, "booked, done or closed"),
        (rejected, "rejected"),
        (opted_out, "the patient does not want SMS."),
        (replied, "the patient replied"),
        (tried_often, "3 attempts are the most"),
    ],
)
def test_it_stops_by_itself_when_something_answered_it(running, meanwhile, why):
    running.start()
    running.day(0)
    meanwhile(running)
    running.day(7)
    assert (running.ended(), channels(running.store), running.where()) == (why, ["email"], [])
    assert kinds(running.store)[-1] == "sequence ended"


def test_a_snoozed_one_waits(running):
    running.start()
    running.day(0)
    care.snooze(running.store, [running.seen()], until=TODAY + timedelta(days=20), action_id="s", **running.on(1))
    running.day(7)
    assert channels(running.store) == ["email"]
    running.day(20)
    assert channels(running.store) == ["email", "sms"]


def test_a_person_can_stop_it_once(running):
    running.start()
    (run_id,) = sequences.running(running.store, [running.elm], actor=SYSTEM)["run_id"]
    stop = {"actor": SYSTEM, "now": NOW}
    assert sequences.stop(running.store, [running.elm], [run_id], **stop) == 1
    assert sequences.stop(running.store, [running.elm], [run_id], **stop) == 0
    running.day(0)
    assert (channels(running.store), running.ended()) == ([], "stopped")


def test_nobody_is_in_two_sequences_of_one_opportunity(running):
    running.start()
    outcome = running.start(action_id="again")
    assert outcome.left[0].why == "it is in a sequence already."


def test_what_runs_keeps_the_steps_it_began_with(running):
    running.start()
    sequences.save(
        running.store,
        running.elm,
        "Three steps",
        [Step(3, "phone")],
        sequence_id=running.sequence_id,
        version=1,
        actor=SYSTEM,
        now=NOW,
    )
    running.day(0)
    assert channels(running.store) == ["email"]


@pytest.mark.parametrize(
    ("name", "steps", "why"),
    [
        ("", STEPS, "name"),
        ("three STEPS", STEPS, "already"),
        ("New", [], "1 to 8 steps"),
        ("New", [Step(0, "phone")] * 9, "1 to 8 steps"),
        ("New", [Step(7, "phone"), Step(6, "phone")], "Step 2 comes before"),
        ("New", [Step(0, "letter")], "Step 1 is"),
        ("New", [Step(-1, "phone")], "Step 1 is"),
        ("New", [Step(121, "phone")], "Step 1 is"),
        ("New", [Step(0, "email")], "Choose a template for step 1"),
        ("New", [Step(0, "email", SMS)], "Choose a template for step 1"),
    ],
)
def test_steps_that_cannot_be_are_refused(running, name, steps, why):
    with pytest.raises(InvalidRequest, match=why):
        sequences.save(running.store, running.elm, name, steps, actor=SYSTEM, now=NOW)
    assert len(sequences.all_of(running.store, running.elm, actor=SYSTEM)) == 1


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(running):
    change = {"sequence_id": running.sequence_id, "actor": SYSTEM, "now": NOW}
    sequences.save(running.store, running.elm, "Renamed", STEPS, version=1, **change)
    with pytest.raises(InvalidRequest, match="changed this sequence meanwhile"):
        sequences.save(running.store, running.elm, "Mine", STEPS, version=1, **change)


def test_a_removed_one_is_offered_no_more_and_goes_on_where_it_runs(running):
    running.start()
    sequences.remove(running.store, running.elm, running.sequence_id, actor=SYSTEM, now=NOW)
    assert sequences.all_of(running.store, running.elm, actor=SYSTEM) == []
    running.day(0)
    assert channels(running.store) == ["email"]

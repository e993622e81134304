"""Many people at once on one store: nothing lost, nothing overwritten, and every state is what its events say."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random

import polars as pl

from queries import workflow
from services import actions, care, opportunities, practices
from services.actions import Chosen
from services.actors import Actor
from services.opportunities import Filters
from tests.pages.crowd import crowd
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice
from tests.replay import replayed
from tests.staff import person

PEOPLE, ACTIONS, COURSES, TICKED = 20, 50, 60, 4
BEGUN = {"status": "open", "attempts": 0}
"""What no event says: how an opportunity begins."""


class Working:
    """One person who looks at the list, ticks a few rows and presses a button, again and again."""

    def __init__(self, practice: SmallPractice, courses: Sequence[str], who: Actor, seed: int) -> None:
        self.practice, self.courses, self.who, self.rng = practice, courses, who, Random(seed)
        self.done: list[str] = []
        self.changed = self.left = 0

    def work(self) -> None:
        """Press so many buttons; what was seen may be out of date by then."""
        store, rng = self.practice.store, self.rng
        for press in range(ACTIONS):
            ticked = rng.sample(self.courses, TICKED)
            rows = workflow.current(store, [self.practice.id] * TICKED, ticked, today=TODAY)
            chosen = [Chosen(*name) for name in rows.select("practice_id", "opportunity_id", "version").rows()]
            given = {
                "actor": self.who,
                "now": NOW + timedelta(seconds=press),
                "today": TODAY,
                "action_id": f"{self.who.user_id} {press}",
            }
            kind = rng.randrange(7)
            if kind == 0:
                outcome = care.assign(store, chosen, [self.who.user_id], **given)
            elif kind == 1:
                outcome = care.snooze(store, chosen, until=TODAY + timedelta(days=rng.randint(1, 30)), **given)
            elif kind == 2:
                outcome = care.reject(store, chosen, reason="cost", **given)
            elif kind == 3:
                outcome = care.note(store, chosen, "Works nights.", **given)
            elif kind == 4:
                outcome = care.attempt(store, chosen, rng.choice(list(care.OUTCOMES)), **given)
            elif kind == 5:
                outcome = care.restore(store, chosen, **given)
            else:
                outcome = care.book(store, chosen, visit_on=TODAY + timedelta(days=5), **given)
            assert outcome.opportunities + len(outcome.left) == TICKED
            self.changed += outcome.opportunities
            self.left += len(outcome.left)
            if outcome.is_undoable:
                self.done.append(outcome.action_id)


def test_twenty_people_with_fifty_actions_each_lose_nothing_and_agree_with_the_history(practice, store):
    crowd(practice, COURSES)
    listed = opportunities.worklist(store, practices.of(store, SYSTEM), Filters(), actor=SYSTEM, today=TODAY)
    courses = listed.rows["opportunity_id"].to_list()
    people = [
        Working(practice, courses, person(store, f"p{n}", practice.id, has_password=False), n) for n in range(PEOPLE)
    ]
    with ThreadPoolExecutor(PEOPLE) as threads:
        for finished in [threads.submit(one.work) for one in people]:
            finished.result()

    written = store._connection.sql("select * from events where opportunity_id is not null order by event_id").pl()
    for one in people:
        own = written.filter(pl.col("by_user") == one.who.user_id)
        assert set(own["action_id"]) == set(one.done), "every press that was acknowledged left its events"
        assert own.select("action_id", "opportunity_id").unique().height == one.changed
    assert sum(one.left for one in people) > 0, "they met on the same rows"

    states = workflow.states(store, practice.id).rows_by_key("opportunity_id", named=True, unique=True)
    told = {opportunity_id: state for (_, opportunity_id), state in replayed(written).items()}
    assert set(states) == {id_ for id_, state in told.items() if state}
    for opportunity_id, state in states.items():
        # A column that no event names is as it began.
        for name in set(workflow.STATE) - {"practice_id", "opportunity_id", "changed_by", "changed_at"}:
            assert state[name] == told[opportunity_id].get(name, BEGUN.get(name)), (opportunity_id, name)

    # Each event's "before" is what the events before it said: nobody wrote over what they had not seen.
    told = {}
    for event in written.to_dicts():
        state = told.setdefault(event["opportunity_id"], {**BEGUN})
        for name, value in actions.fields_of(event, "before").items():
            assert state.get(name) == value, (event["event_id"], name)
        state |= actions.fields_of(event, "after")


def test_who_wrote_a_note_since_is_not_named_for_what_somebody_else_changed(practice):
    amara, chloe, tom = (person(practice.store, name, practice.id) for name in ("amara", "chloe", "tom"))
    seen = [Chosen(practice.id, practice.course(), 0)]
    for minute, (who, service, given) in enumerate(
        ((chloe, care.reject, {"reason": "fear"}), (tom, care.note, {"text": "Works nights."}))
    ):
        now = NOW + timedelta(minutes=minute)
        service(practice.store, seen, **given, actor=who, now=now, today=TODAY, action_id=who.user_id)
    outcome = care.assign(practice.store, seen, ["amara"], actor=amara, now=NOW, today=TODAY, action_id="last")
    assert outcome.left[0].why == "Chloe rejected it on 24 Nov 2026 at 09:00, after you saw it; it is rejected now."

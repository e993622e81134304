"""A worker that is killed at any step sends nothing twice and forgets nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import time
from pathlib import Path

import pytest

from queries import contact as contact_queries
from queries.store import Store
from services import contact, shipped_templates
from services.actions import Chosen
from services.contact import Plan
from tests.endpoint import Endpoint, endpoint
from tests.killed_worker import STEPS
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice

ROOT = Path(__file__).parents[2]
PATIENTS = 3
TEMPLATE = next(one for one in shipped_templates.SHIPPED if one.channel == "email")


def queued(path: Path) -> None:
    """Queue an e-mail to each of a few patients in a store of its own."""
    store = Store(path, now=NOW)
    practice = SmallPractice(store)
    for number in range(PATIENTS):
        practice.add("patients", f"p{number}", email=f"p{number}@example.com")
        practice.course(course_id=f"c{number}", patient=f"p{number}")
    with store.transaction() as tx:
        settings = {
            "email_sender": "sendgrid",
            "sms_sender": "outbox",
            "from_name": "Elm Road",
            "from_email": "desk@example.com",
            "reply_to": None,
            "sms_from": None,
            "public_url": "https://care.example",
            "quiet_from": time(0),
            "quiet_to": time(0),
            "per_minute": 1000,
            "attempts_most": 3,
            "is_household_joined": True,
            "is_tracked": False,
        }
        contact_queries.write_settings(tx, practice.id, settings, by="test", now=NOW)
    chosen = [Chosen(practice.id, f"c{number}", 0) for number in range(PATIENTS)]
    plan = Plan("email", {"email": TEMPLATE.template_id})
    outcome = contact.send(store, chosen, plan, actor=SYSTEM, now=NOW, today=TODAY, action_id="pressed")
    assert outcome.opportunities == PATIENTS, outcome.left
    store.close()


def run(path: Path, url: str, step: str) -> int:
    """Let a worker run, and return how it ended."""
    command = [sys.executable, "-m", "tests.killed_worker", str(path), url, step]
    return subprocess.run(command, cwd=ROOT, timeout=60, check=False).returncode


def arrivals(at: Endpoint) -> Counter[str]:
    """Return how often each message arrived, by our id of it."""
    sent = [json.loads(request.body) for request in at.requests]
    return Counter(one["personalizations"][0].get("custom_args", one.get("custom_args"))["message_id"] for one in sent)


def states(path: Path) -> dict[str, str]:
    """Return the state of each message."""
    store = Store(path, now=NOW)
    found = dict(store._connection.execute("select message_id, state from messages").fetchall())
    store.close()
    return found


ALL = [*STEPS, "before the request", "while it is on its way", "after the answer"]
UNSURE = {
    "before the request",
    "while it is on its way",
    "after the answer",
    "before it is settled",
    "before the settling is kept",
}
"""Where nobody can know afterwards whether the message left: it waits for a person."""


@pytest.mark.parametrize("step", ALL)
def test_killed_there_and_started_again_it_sends_nothing_twice_and_forgets_nothing(tmp_path, step):
    path = tmp_path / "store.duckdb"
    queued(path)
    with endpoint() as at:
        if step == "while it is on its way":
            command = [sys.executable, "-m", "tests.killed_worker", str(path), at.url, ""]
            with subprocess.Popen(command, cwd=ROOT) as process:
                answer = at.answer
                at.answer = lambda request: process.kill() or answer(request)  # type: ignore[func-returns-value]
                assert process.wait(timeout=60) == -9
                at.answer = answer
        else:
            assert run(path, at.url, step) == -9
        assert run(path, at.url, "") == 0
        counted, found = arrivals(at), states(path)
    assert max(counted.values()) == 1
    assert len(found) == PATIENTS
    assert Counter(found.values()) == (
        Counter(sent=PATIENTS - 1, unknown=1) if step in UNSURE else Counter(sent=PATIENTS)
    )
    assert {id_ for id_, state in found.items() if state == "sent"} <= set(counted)

"""Consent: what a patient said here counts before what the PMS says, with who noted it and when."""

from __future__ import annotations

from typing import Any

import pytest

from queries.store import Store
from services import consents, contact, practices
from services.actions import Chosen
from services.actors import NotAllowed, Role
from services.consents import Consent
from services.contact import Plan
from services.errors import InvalidRequest
from services.practices import Practice
from tests.letters import BOTH
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice
from tests.staff import person


@pytest.fixture
def elm(practice: SmallPractice, store: Store) -> Practice:
    """The practice as services take it."""
    return practices.all_practices(store)[0]


def holds(store: Store, elm: Practice, patient: str = "okafor") -> dict[str, Consent]:
    """What holds for a patient."""
    return consents.of(store, elm, patient, actor=SYSTEM)


def said(store: Store) -> list[tuple[Any, ...]]:
    """What the history says about consents."""
    rows = store._connection.execute(
        "select by_user, patient_id, before, after from events where kind = 'consent changed' order by event_id"
    )
    return rows.fetchall()


def test_what_nobody_asked_is_neither_yes_nor_no(store, elm):
    never = Consent(None, "never asked")
    assert holds(store, elm) == {
        "email": never,
        "sms": never,
        "marketing": never,
        "contact": Consent("yes", "the PMS"),
        "preferred": never,
    }


def test_the_pms_says_what_holds_until_the_patient_does(practice, store, elm):
    practice.add(
        "patients",
        "p",
        is_email_allowed=True,
        is_sms_allowed=False,
        is_marketing_allowed=True,
        is_do_not_contact=True,
        preferred_contact="sms",
    )
    found = {about: (one.value, one.source) for about, one in holds(store, elm, "p").items()}
    assert found == {
        "email": ("yes", "the PMS"),
        "sms": ("no", "the PMS"),
        "marketing": ("yes", "the PMS"),
        "contact": ("no", "the PMS"),
        "preferred": ("sms", "the PMS"),
    }


@pytest.mark.parametrize(
    ("about", "value"),
    [("email", "no"), ("sms", "yes"), ("marketing", "yes"), ("contact", "no"), ("preferred", "phone")],
)
def test_what_the_patient_says_is_kept_with_who_noted_it_and_when(practice, store, elm, about, value):
    amara = person(store, "amara", practice.id)
    consents.say(store, elm, "okafor", about, value, actor=amara, now=NOW)
    assert holds(store, elm)[about] == Consent(value, "told us on 24 Nov 2026, noted by Amara")
    (event,) = said(store)
    assert event[:2] == ("amara", "okafor")
    assert f'"{about}": "{value}"' in event[3]


def test_what_was_said_last_holds_and_both_are_in_the_history(store, elm):
    consents.say(store, elm, "okafor", "email", "no", actor=SYSTEM, now=NOW)
    consents.say(store, elm, "okafor", "email", "yes", actor=SYSTEM, now=NOW)
    assert holds(store, elm)["email"].is_yes
    assert [event[2] for event in said(store)] == ['{"email": null}', '{"email": "no"}']


def test_an_import_does_not_overwrite_what_the_patient_said(practice, store, elm):
    consents.say(store, elm, "okafor", "email", "no", actor=SYSTEM, now=NOW)
    practice.add("patients", "okafor", is_email_allowed=True)
    assert holds(store, elm)["email"].value == "no"


@pytest.mark.parametrize(
    ("about", "value"),
    [("email", "perhaps"), ("email", "sms"), ("preferred", "yes"), ("pigeon", "yes"), ("contact", "")],
)
def test_what_is_no_answer_is_refused(store, elm, about, value):
    with pytest.raises(InvalidRequest, match="Choose one of the answers"):
        consents.say(store, elm, "okafor", about, value, actor=SYSTEM, now=NOW)
    assert said(store) == []


def test_a_patient_who_is_not_there_is_said_to_be_so(store, elm):
    with pytest.raises(InvalidRequest, match="not in the store any more"):
        consents.say(store, elm, "nobody", "email", "no", actor=SYSTEM, now=NOW)


def test_who_only_reads_sees_and_changes_nothing(practice, store, elm):
    reader = person(store, "rita", practice.id, role=Role.READ_ONLY)
    assert consents.of(store, elm, "okafor", actor=reader)
    with pytest.raises(NotAllowed):
        consents.say(store, elm, "okafor", "email", "no", actor=reader, now=NOW)
    assert said(store) == []


@pytest.mark.parametrize(
    ("about", "channel", "why"),
    [
        ("email", "email", "does not want e-mails."),
        ("sms", "sms", "does not want SMS."),
        ("contact", "email", "does not want to be contacted."),
        ("contact", "sms", "does not want to be contacted."),
    ],
)
def test_a_no_keeps_messages_from_the_patient_and_a_yes_brings_them_back(practice, store, elm, about, channel, why):
    chosen = [Chosen(practice.id, practice.course(), 0)]

    def why_not() -> str | None:
        given = {"actor": SYSTEM, "now": NOW, "today": TODAY}
        return contact.preview(store, chosen, Plan(channel, BOTH), **given)[0].why_not

    consents.say(store, elm, "okafor", about, "no", actor=SYSTEM, now=NOW)
    assert why_not() == why
    consents.say(store, elm, "okafor", about, "yes", actor=SYSTEM, now=NOW)
    assert why_not() is None

"""Contact: who gets what, who gets none and why, and what is queued in the transaction that records it."""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from queries import contact as contact_queries
from queries import workflow
from services import care, consents, contact, practices, templates
from services.actions import Chosen
from services.contact import FURTHEST_DAYS, PREFERRED, Plan
from services.errors import InvalidRequest
from services.letters import OWN_LINK, Recipient
from services.practices import Practice
from services.templates import Draft
from tests.letters import BOTH, EMAIL, SMS, kinds, messages, settle, work, write
from tests.pages.crowd import crowd
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice

CHOICES: dict[str, Any] = {"actor": SYSTEM, "now": NOW, "today": TODAY}
LINK = f"https://care.example/unsubscribe/{OWN_LINK}"
LINK_LINE = f"If you would rather not get these e-mails: {LINK}"


def ticks(practice: SmallPractice, *courses: str, version: int | None = None) -> list[Chosen]:
    """Courses as somebody ticked them."""
    return [Chosen(practice.id, course, version) for course in courses]


def seen(
    practice: SmallPractice, *courses: str, channel: str = "email", version: int | None = None, **plan: Any
) -> list[Recipient]:
    """What somebody sees before they write to the patients of these courses."""
    asked = Plan(channel, {**BOTH, **plan.pop("template_ids", {})}, **plan)
    return contact.preview(practice.store, ticks(practice, *courses, version=version), asked, **CHOICES)


def why_not(practice: SmallPractice, course: str, **plan: Any) -> str | None:
    """Why the patient of one course gets no message, or None."""
    (one,) = seen(practice, course, **plan)
    return one.why_not


def as_practice(practice: SmallPractice) -> Practice:
    """The practice as services take it."""
    return next(one for one in practices.all_practices(practice.store) if one.practice_id == practice.id)


def state(practice: SmallPractice, course: str) -> dict[str, Any]:
    """What is known of an opportunity."""
    (row,) = workflow.current(practice.store, [practice.id], [course], today=TODAY).to_dicts()
    return row


def marketing(practice: SmallPractice, body: str = "An offer. {{ opt_out_line }}", channel: str = "email") -> str:
    """A marketing template of the practice's own."""
    draft = Draft("Whitening", channel, "marketing", "An offer", body)
    return templates.add(practice.store, as_practice(practice), draft, actor=SYSTEM, now=NOW).template_id


# --- What each gets


def test_a_message_is_seen_as_its_patient_will_get_it(practice):
    settle(practice)
    (one,) = seen(practice, practice.course())
    assert (one.patients, one.channel, one.address, one.why_not) == (
        ("Okafor, Ngozi",),
        "email",
        "ngozi.okafor@example.com",
        None,
    )
    assert one.subject == "Your next visit to Elm Road"
    assert one.body.startswith("Dear Mrs Okafor,")
    assert "Ben Adeyemi" in one.body
    assert LINK in one.body


def test_looking_writes_nothing(practice, store):
    seen(practice, practice.course())
    assert (messages(store), kinds(store)) == ([], [])


def test_a_number_is_written_to_as_the_provider_takes_it(practice):
    (one,) = seen(practice, practice.course(), channel="sms")
    assert (one.channel, one.address, one.subject) == ("sms", "+447700900123", None)
    assert one.body.startswith("Dear Ngozi, ")


def test_a_patient_with_several_courses_gets_one_message_about_the_oldest(practice):
    newer, older = practice.course(days_ago=10), practice.course(days_ago=90)
    practice.add("planned_visits", course_id=older, minutes=45)
    practice.add("planned_visits", course_id=newer, minutes=15)
    (one,) = seen(practice, newer, older)
    assert len(one.rows) == 2
    assert "45 minutes" in one.body


# --- The planned visit


@pytest.fixture
def three_visits(practice):
    """A course of which the first visit is booked beyond the horizon, and two wait."""
    course = practice.course(course_id="c")
    far = practice.appointment(course, in_days=120)
    practice.add("providers", "maya", name="Maya Chen", initials="MC")
    practice.add("planned_visits", "v1", course_id=course, position=1, minutes=20, appointment_id=far)
    practice.add("planned_visits", "v2", course_id=course, position=2, minutes=40, provider_id="maya")
    practice.add("planned_visits", "v3", course_id=course, position=3, minutes=None, provider_id=None)
    return practice


def test_the_visits_that_wait_are_offered_in_words(three_visits):
    offered = contact.visits(three_visits.store, ticks(three_visits, "c"), actor=SYSTEM, today=TODAY)
    assert offered == {"v2": "Visit 2: 40 minutes with MC", "v3": "Visit 3"}


def test_the_next_visit_is_meant_unless_another_is_chosen(three_visits):
    assert "Maya Chen" in seen(three_visits, "c")[0].body
    assert "40 minutes" in seen(three_visits, "c")[0].body
    (third,) = seen(three_visits, "c", planned_visit_id="v3")
    assert "minutes" not in third.body
    assert "Ben Adeyemi" in third.body


# --- What each patient prefers


@pytest.mark.parametrize(
    ("facts", "channel"),
    [
        ({}, "email"),
        ({"preferred_contact": "sms"}, "sms"),
        ({"preferred_contact": "phone"}, "email"),
        ({"preferred_contact": "sms", "mobile": None}, "email"),
        ({"preferred_contact": "email", "is_email_allowed": False}, "sms"),
        ({"email": "nonsense"}, "sms"),
    ],
)
def test_who_is_written_to_as_they_prefer_is_reached_by_what_reaches_them(practice, facts, channel):
    practice.add("patients", "p", **facts)
    (one,) = seen(practice, practice.course(patient="p"), channel=PREFERRED)
    assert (one.channel, one.why_not) == (channel, None)


def test_what_they_said_here_counts_before_what_the_pms_says(practice, store):
    practice.add("patients", "p", preferred_contact="email", is_email_allowed=True)
    course = practice.course(patient="p")
    consents.say(store, as_practice(practice), "p", "preferred", "sms", actor=SYSTEM, now=NOW)
    assert seen(practice, course, channel=PREFERRED)[0].channel == "sms"
    consents.say(store, as_practice(practice), "p", "sms", "no", actor=SYSTEM, now=NOW)
    assert seen(practice, course, channel=PREFERRED)[0].channel == "email"


# --- Who gets none, and why


@pytest.mark.parametrize(
    ("facts", "channel", "why"),
    [
        ({"email": None}, "email", "has no e-mail address."),
        ({"email": "  "}, "email", "has no e-mail address that can be used:"),
        ({"email": "ngozi@"}, "email", "has no e-mail address that can be used: ngozi@."),
        ({"mobile": None}, "sms", "has no mobile number."),
        ({"mobile": "01632 960123"}, "sms", "has no mobile number that can be used: 01632 960123."),
        ({"mobile": "12"}, "sms", "has no mobile number that can be used: 12."),
        ({"is_email_allowed": False}, "email", "does not want e-mails."),
        ({"is_sms_allowed": False}, "sms", "does not want SMS."),
        ({"is_do_not_contact": True}, "email", "does not want to be contacted."),
        ({"email": None, "mobile": None}, PREFERRED, "has no e-mail address."),
    ],
)
def test_who_cannot_or_may_not_be_reached_gets_none(practice, facts, channel, why):
    practice.add("patients", "p", **facts)
    assert why_not(practice, practice.course(patient="p"), channel=channel).startswith(why)


@pytest.mark.parametrize("agreed", [None, False])
def test_marketing_goes_to_nobody_who_has_not_agreed(practice, agreed):
    practice.add("patients", "p", is_marketing_allowed=agreed)
    course, ids = practice.course(patient="p"), {"email": marketing(practice)}
    assert why_not(practice, course, template_ids=ids) == "has not agreed to marketing."
    assert why_not(practice, course) is None


def test_marketing_goes_to_who_agreed(practice):
    practice.add("patients", "p", is_marketing_allowed=True)
    assert why_not(practice, practice.course(patient="p"), template_ids={"email": marketing(practice)}) is None


def test_a_bad_address_is_not_tried_again(practice, store):
    course = practice.course()
    with store.transaction() as tx:
        contact_queries.mark_address(
            tx, practice.id, "email", "ngozi.okafor@example.com", reason="The mailbox does not exist.", now=NOW
        )
    expected = "cannot be reached at the e-mail address given: The mailbox does not exist."
    assert why_not(practice, course) == expected
    assert why_not(practice, course, channel="sms") is None


def test_who_has_it_booked_by_now_gets_none(practice):
    course = practice.course()
    practice.appointment(course, in_days=10)
    assert why_not(practice, course) == "has it booked, done or closed by now: it is no opportunity any more."


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"status": "rejected", "reject_reason": "cost"}, "rejected"),
        ({"booked_on": TODAY + timedelta(days=5)}, "booked"),
    ],
)
def test_who_has_it_rejected_or_booked_here_gets_none(practice, facts, status):
    course = practice.course()
    practice.state(course, **facts)
    assert why_not(practice, course) == f"has it {status} here; restore it first."


@pytest.mark.parametrize(("attempts", "is_over"), [(2, False), (3, True), (4, True)])
def test_attempts_are_used_up(practice, attempts, is_over):
    settle(practice, attempts_most=3)
    course = practice.course()
    practice.state(course, attempts=attempts)
    expected = f"was tried {attempts} times, and 3 are the most." if is_over else None
    assert why_not(practice, course) == expected


@pytest.mark.parametrize(("days_ago", "is_kept_out"), [(0, True), (6, True), (7, False)])
def test_who_was_contacted_lately_gets_none(practice, days_ago, is_kept_out):
    course = practice.course()
    practice.state(course, status="contacted", last_contact_at=NOW.replace(tzinfo=None) - timedelta(days=days_ago))
    why = why_not(practice, course)
    assert (why is not None) == is_kept_out
    assert not why or why.endswith("7 days have to pass in between.")
    assert why_not(practice, course, is_suppression_ignored=True) is None


def test_a_contact_about_another_course_counts_as_well(practice):
    first, second = practice.course(), practice.course()
    write(practice, first)
    assert why_not(practice, second) == "was contacted on 24 Nov 2026; 7 days have to pass in between."


def test_who_has_an_unlinked_visit_gets_none_unless_asked_for(practice):
    course = practice.course()
    practice.appointment(None, in_days=10)
    assert why_not(practice, course) == "has a visit on 4 Dec 2026 that is not linked to a course."
    assert why_not(practice, course, is_unlinked_visit_ignored=True) is None


def test_who_lacks_what_the_template_needs_gets_none(practice, store):
    practice.add("patients", "p", first_name="")
    template_id = marketing(practice, "Dear {{ first_name }}. {{ opt_out_line }}")
    consents.say(store, as_practice(practice), "p", "marketing", "yes", actor=SYSTEM, now=NOW)
    why = why_not(practice, practice.course(patient="p"), template_ids={"email": template_id})
    assert why == "has no first name, which the template needs."


def test_what_changed_since_it_was_ticked_is_left_alone(practice, store):
    course = practice.course()
    care.assign(store, ticks(practice, course, version=0), ["amara"], action_id="1", **CHOICES)
    (one,) = seen(practice, course, version=0)
    assert one.why_not.startswith("test (command line) assigned it on 24 Nov 2026 at 09:00, after you saw it;")
    assert seen(practice, course, version=1)[0].why_not is None


def test_one_of_several_courses_is_left_out_and_the_patient_still_gets_a_message(practice):
    good, tried = practice.course(), practice.course()
    practice.state(tried, attempts=9)
    outcome = write(practice, good, tried)
    assert (outcome.opportunities, outcome.patients) == (1, 1)
    assert [str(left) for left in outcome.left] == ["Okafor, Ngozi, COT 1: was tried 9 times, and 3 are the most."]
    assert len(messages(practice.store)) == 1


# --- Households


@pytest.fixture
def household(practice):
    """Two patients of one household with one address and one number."""
    practice.add("patients", "ada", household_id="h", first_name="Ada")
    practice.add("patients", "obi", household_id="h", first_name="Obi", title="Mr")
    practice.course(course_id="a", patient="ada")
    practice.course(course_id="o", patient="obi")
    return practice


def test_a_household_with_one_address_gets_one_message(household):
    (one,) = seen(household, "a", "o")
    assert one.patients == ("Okafor, Ada", "Okafor, Obi")
    assert one.body.startswith("Dear Mrs Okafor and Mr Okafor,")
    outcome = write(household, "a", "o")
    assert outcome.said == "2 opportunities of 2 patients contacted by 1 message."
    assert [state(household, course)["status"] for course in "ao"] == ["contacted", "contacted"]


def test_a_practice_may_write_to_each_of_a_household(household):
    settle(household, is_household_joined=False)
    assert [one.patients for one in seen(household, "a", "o")] == [("Okafor, Ada",), ("Okafor, Obi",)]


def test_who_wants_none_is_not_written_to_with_the_household(household):
    consents.say(household.store, as_practice(household), "obi", "email", "no", actor=SYSTEM, now=NOW)
    first, second = seen(household, "a", "o")
    assert (first.patients, first.why_not) == (("Okafor, Ada",), None)
    assert (second.patients, second.why_not) == (("Okafor, Obi",), "does not want e-mails.")


def test_one_address_in_two_households_is_written_to_twice(practice):
    practice.add("patients", "ada", household_id="h")
    practice.add("patients", "obi", household_id="i")
    assert len(seen(practice, practice.course(patient="ada"), practice.course(patient="obi"))) == 2


# --- What is queued


def test_queueing_records_the_contact_and_an_attempt(practice, store):
    settle(practice)
    course = practice.course()
    outcome = write(practice, course)
    assert outcome.said == "1 opportunity of 1 patient contacted by 1 message."
    (message,) = messages(store)
    at = NOW.replace(tzinfo=None)
    assert (message["state"], message["send_at"], message["template"]) == ("queued", at, "Book your next visit")
    now = state(practice, course)
    assert (now["status"], now["attempts"], now["last_contact_at"]) == ("contacted", 1, at)
    assert kinds(store) == ["contacted"]


def test_the_same_press_queues_once(practice, store):
    course = practice.course()
    write(practice, course, action_id="pressed")
    again = write(practice, course, action_id="pressed", is_suppression_ignored=True)
    assert (again.is_repeat, again.opportunities, len(messages(store))) == (True, 0, 1)


def test_nothing_is_queued_when_nobody_gets_one(practice, store):
    practice.add("patients", "p", email=None)
    outcome = write(practice, practice.course(patient="p"))
    assert (outcome.said, outcome.left[0].why) == ("Nothing was done.", "has no e-mail address.")
    assert (messages(store), kinds(store)) == ([], [])


def test_each_message_has_a_link_of_its_own_of_which_only_the_hash_is_kept(practice, store):
    settle(practice)
    practice.add("patients", "p", email="p@example.com")
    write(practice, practice.course(), practice.course(patient="p"))
    sent = messages(store)
    tokens = [message["unsubscribe_url"].rsplit("/", 1)[1] for message in sent]
    assert len(set(tokens)) == 2
    for message in sent:
        assert message["unsubscribe_url"] in message["body"]
        assert OWN_LINK not in message["body"]
    rows = store._connection.execute("select token_hash, patient_id from unsubscribe_links").fetchall()
    assert {hash_ for hash_, _ in rows} == {hashlib.sha256(token.encode()).hexdigest() for token in tokens}
    assert {patient for _, patient in rows} == {"okafor", "p"}


def test_a_practice_without_an_address_of_its_own_names_its_telephone_instead(practice, store):
    settle(practice, public_url=None)
    write(practice, practice.course())
    (message,) = messages(store)
    assert message["unsubscribe_url"] is None
    assert "unsubscribe" not in message["body"]
    assert "If you would rather not get these e-mails" in message["body"]


def test_an_sms_has_no_link(practice, store):
    settle(practice)
    write(practice, practice.course(), channel="sms")
    (message,) = messages(store)
    assert (message["unsubscribe_url"], message["address"]) == (None, "+447700900123")
    assert "STOP" in message["body"]


# --- Later


def test_a_scheduled_message_waits_for_its_time(practice, store):
    settle(practice)
    at = datetime(2026, 11, 27, 10, 30, tzinfo=ZoneInfo("Europe/London"))
    course = practice.course()
    outcome = write(practice, course, send_at=at)
    assert outcome.said == "1 opportunity of 1 patient to be contacted by 1 message on 27 Nov 2026 at 10:30."
    assert messages(store)[0]["send_at"] == at.astimezone(UTC).replace(tzinfo=None)
    assert work(store) == 0
    assert state(practice, course)["last_contact_at"] == at.astimezone(UTC).replace(tzinfo=None)


@pytest.mark.parametrize(("days", "is_refused"), [(FURTHEST_DAYS, False), (FURTHEST_DAYS + 1, True)])
def test_a_message_waits_so_long_at_most(practice, store, days, is_refused):
    course = practice.course()
    if is_refused:
        with pytest.raises(InvalidRequest, match="60 days at most"):
            write(practice, course, send_at=NOW + timedelta(days=days))
    else:
        write(practice, course, send_at=NOW + timedelta(days=days))
    assert len(messages(store)) == (0 if is_refused else 1)


def test_a_time_that_has_passed_is_refused(practice, store):
    with pytest.raises(InvalidRequest, match="has passed"):
        write(practice, practice.course(), send_at=NOW - timedelta(minutes=1))
    assert messages(store) == []


# --- A text that was edited


def test_the_text_of_one_message_can_be_edited(practice, store):
    settle(practice)
    body = f"Dear Ngozi,\n\nsee you soon.\n\n{seen(practice, practice.course(course_id='c'))[0].body.splitlines()[-1]}"
    write(practice, "c", subject="  About\nyour visit ", body=body)
    (message,) = messages(store)
    assert message["subject"] == "About your visit"
    assert message["body"].startswith("Dear Ngozi,\n\nsee you soon.")
    assert message["unsubscribe_url"] in message["body"]


def test_what_looks_like_a_field_in_an_edited_text_stays_as_it_was_typed(practice, store):
    write(practice, practice.course(), channel="sms", body="Dear {{ first_name }}, {% see %} you")
    assert messages(store)[0]["body"] == "Dear {{ first_name }}, {% see %} you"


@pytest.mark.parametrize(
    ("edited", "channel", "why"),
    [
        ({"body": " "}, "sms", "Write the text first"),
        ({"subject": "x", "body": "No way out."}, "email", "Put this line back"),
        ({"subject": " ", "body": LINK_LINE}, "email", "Give the e-mail a subject"),
        ({"subject": "x" * 151, "body": LINK_LINE}, "email", "more than 150 letters"),
        ({"subject": "x", "body": "x" * 20_001}, "email", "more than 20,000 characters"),
        ({"body": "x" * 1_000}, "sms", "sent and paid as 7 SMS; 6 are the most"),
    ],
)
def test_an_edited_text_that_cannot_be_sent_is_refused(practice, store, edited, channel, why):
    settle(practice)
    with pytest.raises(InvalidRequest, match=why):
        write(practice, practice.course(), channel=channel, **edited)
    assert (messages(store), kinds(store)) == ([], [])


def test_the_text_of_many_cannot_be_edited(practice, store):
    practice.add("patients", "p", email="p@example.com")
    with pytest.raises(InvalidRequest, match="one message alone"):
        write(practice, practice.course(), practice.course(patient="p"), channel="email", subject="x", body="y")
    assert messages(store) == []


# --- Plans that nobody can be written to with


@pytest.mark.parametrize(
    ("channel", "ids", "why"),
    [
        ("pigeon", BOTH, "Choose e-mail, SMS"),
        ("email", {"sms": SMS}, "Choose a template"),
        (PREFERRED, {"email": EMAIL}, "Choose a template"),
    ],
)
def test_a_plan_without_channel_or_template_is_refused(practice, channel, ids, why):
    with pytest.raises(InvalidRequest, match=why):
        contact.preview(practice.store, ticks(practice, practice.course()), Plan(channel, ids), **CHOICES)


def test_nobody_chosen_is_refused(store):
    with pytest.raises(InvalidRequest, match="Tick a row"):
        contact.preview(store, [], Plan("email", BOTH), **CHOICES)


# --- Several practices


def test_each_practice_writes_with_its_own_name_and_templates(practice, store):
    other = SmallPractice(store, "Oak Street")
    settle(practice)
    own = marketing(practice)
    kept = templates.of(store, as_practice(other), actor=SYSTEM).find(EMAIL)
    draft = Draft(kept.name, "email", "service", "Oak", "From Oak Street. {{ opt_out_line }}")
    templates.change(store, as_practice(other), kept, draft, actor=SYSTEM, now=NOW)
    chosen = [*ticks(practice, practice.course(course_id="e")), *ticks(other, other.course(course_id="o"))]
    first, second = contact.preview(store, chosen, Plan("email", BOTH), **CHOICES)
    assert (first.subject, second.subject) == ("Your next visit to Elm Road", "Oak")
    assert LINK in first.body
    assert LINK not in second.body
    consents.say(store, as_practice(practice), "okafor", "marketing", "yes", actor=SYSTEM, now=NOW)
    whose = [one.why_not for one in contact.preview(store, chosen, Plan("email", {"email": own}), **CHOICES)]
    assert whose == [None, "is of a practice that has no such template."]


# --- Taking it back


def undo(practice: SmallPractice, undone: str = "pressed", **given: Any) -> Any:
    """Take back what was pressed."""
    return care.undo(practice.store, [practice.id], undone, action_id=f"undo {undone}", **CHOICES, **given)


def test_taking_back_cancels_what_waits(practice, store):
    course = practice.course()
    write(practice, course)
    assert undo(practice).said == "1 opportunity of 1 patient as before."
    (message,) = messages(store)
    assert (message["state"], message["reason"]) == ("cancelled", "Taken back by test.")
    assert (state(practice, course)["status"], state(practice, course)["attempts"]) == ("open", 0)
    assert kinds(store) == ["contacted", "undone", "message cancelled"]
    assert work(store) == 0


def test_what_has_left_cannot_be_taken_back(practice, store):
    settle(practice, email_sender="outbox")
    course = practice.course()
    write(practice, course)
    work(store)
    outcome = undo(practice)
    assert (outcome.said, outcome.left[0].why) == (
        "Nothing was done.",
        "its message has left and cannot be called back.",
    )
    assert (messages(store)[0]["state"], state(practice, course)["status"]) == ("sent", "contacted")


def test_of_several_those_are_taken_back_that_have_not_left(practice, store):
    practice.add("patients", "p", email="p@example.com")
    write(practice, practice.course(), practice.course(patient="p"))
    gone = messages(store)[0]["message_id"]
    with store.transaction() as tx:
        tx.execute("messages/claim", message_id=gone, sender="sendgrid", now=NOW)
    outcome = undo(practice)
    assert (outcome.opportunities, len(outcome.left)) == (1, 1)
    assert sorted(message["state"] for message in messages(store)) == ["cancelled", "sending"]


def test_what_was_done_since_stays_and_the_message_does_not_go(practice, store):
    course = practice.course()
    write(practice, course)
    care.attempt(store, ticks(practice, course), "spoke", action_id="rang", **CHOICES)
    outcome = undo(practice)
    assert outcome.left[0].why == "it was changed again since; its message is cancelled."
    assert (messages(store)[0]["state"], state(practice, course)["attempts"]) == ("cancelled", 2)


def test_a_message_to_a_household_is_taken_back_from_all_of_it(household, store):
    write(household, "a", "o")
    undo(household, opportunity_ids=["a"])
    assert messages(store)[0]["state"] == "cancelled"
    assert [state(household, course)["status"] for course in "ao"] == ["open", "open"]


def test_nothing_is_taken_back_twice(practice):
    write(practice, practice.course())
    undo(practice)
    with pytest.raises(InvalidRequest, match="taken back already"):
        care.undo(practice.store, [practice.id], "pressed", action_id="again", **CHOICES)


# --- Many


def test_a_thousand_are_queued_in_two_seconds_and_taken_back_as_fast(practice, store):
    crowd(practice, 1_000)
    # The processor's time: what else the machine does is not ours.
    started = time.process_time()
    outcome = write(practice, *(f"c{number}" for number in range(1_000)), channel=PREFERRED)
    queued = time.process_time()
    assert (outcome.opportunities, outcome.left) == (1_000, ())
    assert undo(practice).opportunities == 1_000
    assert {message["state"] for message in messages(store)} == {"cancelled"}
    assert queued - started < 2
    assert time.process_time() - queued < 2

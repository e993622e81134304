"""The page My list: one patient after the other, outcomes at a click, once, with Undo; and what it says when empty."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import session, turns
from queries import workflow
from queries.store import Store
from services import care, opportunities, people, practices
from services.actions import Chosen
from services.actors import Actor, Role
from services.opportunities import Filters
from services.words import STATUSES
from tests.pages.conftest import signed_in_as
from tests.pages.screen import button, field, open_page, press, read
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice
from tests.staff import person


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test press as fast as it can."""
    monkeypatch.setattr(turns, "AT_ONCE", timedelta(0))


@pytest.fixture
def amara(practice: SmallPractice, monkeypatch: pytest.MonkeyPatch) -> Actor:
    """Amara at reception, who is signed in."""
    found = person(practice.store, "amara", practice.id)
    signed_in_as(monkeypatch, practice.store, "amara")
    return found


def mine(practice: SmallPractice, patient: str, *, pounds: int, assigned_to: str | None = "amara", **facts: Any) -> str:
    """Add a patient with a course that is assigned to Amara."""
    practice.add("patients", patient, last_name=patient.title(), title=None, first_name="Ada", **facts)
    course = practice.course(patient=patient, item=False)
    practice.item(course, price_pence=pounds * 100)
    practice.state(course, assigned_to=assigned_to)
    return course


@pytest.fixture
def queue(practice: SmallPractice, amara: Actor) -> dict[str, str]:
    """Three patients of Amara's, the dearest first; the course of each."""
    return {name: mine(practice, name, pounds=pounds) for name, pounds in (("ash", 300), ("birch", 200), ("cole", 100))}


def opened() -> AppTest:
    """Open the page."""
    return open_page("my_list.py")


def on_screen(app: AppTest) -> str:
    """Say whose turn it is."""
    return app.header[0].value


def events(store: Store, *kinds: str) -> list[tuple[Any, ...]]:
    """Return what happened: kind, opportunity, who, note."""
    rows = store._connection.execute("select kind, opportunity_id, by_user, note from events order by event_id")
    return [row for row in rows.fetchall() if row[0] in kinds]


def states(practice: SmallPractice) -> dict[str, dict[str, Any]]:
    """Return what is known of each opportunity."""
    return {row["opportunity_id"]: row for row in workflow.states(practice.store, practice.id).to_dicts()}


def test_the_dearest_patient_comes_first_with_all_that_a_caller_needs(practice, queue):
    app = opened()
    assert on_screen(app) == "Ada Ash"
    told = read(app)
    for words in ("1 of 3 patients", "07700 900123", "worth £300.00", "Crown", "No appointment", "Not tried yet"):
        assert words in told


def test_who_must_not_be_contacted_is_marked_so(practice, amara):
    mine(practice, "ash", pounds=1, is_do_not_contact=True, is_email_allowed=False, mobile=None)
    told = read(opened())
    for words in ("Do not contact", "E-mail: no (the PMS)", "No phone number"):
        assert words in told


@pytest.mark.parametrize(
    ("label", "kinds"),
    [
        ("Spoke", ("attempted", "contacted")),
        ("Left message", ("attempted", "contacted")),
        ("No answer", ("attempted",)),
        ("Wrong number", ("attempted",)),
    ],
)
def test_one_click_logs_the_call_with_the_note_and_the_next_patient_comes(practice, store, queue, label, kinds):
    app = opened()
    app.text_area[0].set_value("Rings back on Friday.").run()
    press(app, label)
    assert on_screen(app) == "Ada Birch"
    assert app.text_area[0].value in ("", None)
    assert [(kind, course, by) for kind, course, by, _ in events(store, "attempted", "contacted")] == [
        (kind, queue["ash"], "amara") for kind in kinds
    ]
    assert events(store, "attempted")[0][3] == "Rings back on Friday."
    told = read(app)
    assert f"1 opportunity of 1 patient logged as a call: {label.lower()}." in told
    assert "1 of 2 patients" in told
    assert "1 done today" in told


def test_a_call_is_about_all_of_the_patients_courses_that_are_mine(practice, store, queue):
    second = practice.course(patient="ash")
    practice.state(second, assigned_to="amara")
    practice.state(practice.course(patient="ash"), assigned_to="manager")
    app = opened()
    press(app, "No answer")
    assert {course for _, course, _, _ in events(store, "attempted")} == {queue["ash"], second}


def test_undo_takes_the_call_back_and_brings_the_patient_back(practice, queue):
    app = opened()
    press(app, "Spoke")
    press(app, "Undo")
    assert on_screen(app) == "Ada Ash"
    assert states(practice)[queue["ash"]]["attempts"] == 0
    assert "1 opportunity of 1 patient as before." in read(app)
    assert not [one for one in app.button if one.label == "Undo"]


def test_a_note_is_kept_and_the_patient_stays(practice, store, queue):
    app = opened()
    app.text_area[0].set_value("Works nights.").run()
    press(app, "Note")
    assert on_screen(app) == "Ada Ash"
    assert events(store, "noted") == [("noted", queue["ash"], "amara", "Works nights.")]
    assert "Works nights." in read(app)
    press(app, "Spoke")
    assert on_screen(app) == "Ada Birch"


def test_an_empty_note_is_refused_in_words(practice, store, queue):
    app = opened()
    press(app, "Note")
    assert "Write the note first" in app.error[0].value
    assert events(store, "noted") == []


def test_skip_goes_round_and_a_text_stays_with_its_patient(practice, queue):
    app = opened()
    app.text_area[0].set_value("For Ash.").run()
    seen = []
    for _ in range(3):
        seen.append((on_screen(app), app.text_area[0].value))
        press(app, "Skip")
    assert [name for name, _ in seen] == ["Ada Ash", "Ada Birch", "Ada Cole"]
    assert seen[1][1] in ("", None)
    assert (on_screen(app), app.text_area[0].value) == ("Ada Ash", "For Ash.")


def test_after_the_middle_of_the_queue_comes_the_one_behind(practice, queue):
    app = opened()
    press(app, "Skip")
    press(app, "No answer")
    assert on_screen(app) == "Ada Cole"
    press(app, "No answer")
    assert on_screen(app) == "Ada Ash"


def test_the_order_can_be_the_oldest_first(practice, amara):
    mine(practice, "dear", pounds=900)
    old = practice.course(patient="okafor", days_ago=200)
    practice.state(old, assigned_to="amara")
    app = opened()
    assert on_screen(app) == "Ada Dear"
    app.segmented_control[0].set_value("oldest").run()
    assert "Okafor" in on_screen(app) or on_screen(app) == "Ada Dear"
    press(app, "No answer")
    assert app.segmented_control[0].value == "oldest"


def test_book_takes_the_note_along_and_what_is_in_the_pms_already_asks_for_the_day_and_goes_on(practice, store, queue):
    app = opened()
    app.text_area[0].set_value("Mornings only.").run()
    press(app, "Book")
    # AppTest forgets where st.switch_page has gone.
    app.switch_page("appointment_book.py").run()
    assert app.header[0].value == "Ash\\, Ada"
    press(app, "It is in the PMS already")
    press_in_dialog(app)
    assert "Choose the day" in app.error[0].value
    field(app, "Day of the visit").set_value(TODAY + timedelta(days=5)).run()
    press_in_dialog(app)
    assert on_screen(app) == "Ada Birch"
    assert states(practice)[queue["ash"]]["booked_on"] == TODAY + timedelta(days=5)
    assert events(store, "booked")[0][3] == "Mornings only."


def test_snooze_is_for_the_practices_week_unless_another_time_is_picked(practice, queue):
    app = opened()
    press(app, "Snooze")
    assert field(app, "Until").value == TODAY + timedelta(days=7)
    press_in_dialog(app)
    press(app, "Snooze")
    (pills,) = [one for one in app.button_group if one.label == "How long"]
    pills.set_value("2 weeks").run()
    assert field(app, "Until").value == TODAY + timedelta(days=14)
    press_in_dialog(app)
    found = states(practice)
    assert [found[queue[name]]["snoozed_until"] for name in ("ash", "birch")] == [
        TODAY + timedelta(days=7),
        TODAY + timedelta(days=14),
    ]


def test_reject_asks_for_the_reason(practice, store, queue):
    app = opened()
    press(app, "Reject")
    press_in_dialog(app)
    assert "reason" in app.error[0].value
    app.radio[0].set_value("cost").run()
    press_in_dialog(app)
    assert on_screen(app) == "Ada Birch"
    assert states(practice)[queue["ash"]]["reject_reason"] == "cost"


def press_in_dialog(app: AppTest) -> None:
    """Press the button that does what the open dialog is for, and let the page draw itself as the browser does."""
    (found,) = [one for one in app.button if one.key == "action_do"]
    found.click().run()
    assert not app.exception


# --- Once, and on what was seen


def test_a_second_click_logs_one_call_and_leaves_the_next_patient_alone(practice, store, queue):
    app = opened()
    first = button(app, "Spoke")
    first.click().run()
    first.click().run()  # the button of before, which the browser still shows when a second click comes
    assert not app.exception
    assert on_screen(app) == "Ada Birch"
    assert [course for _, course, _, _ in events(store, "attempted")] == [queue["ash"]]


def test_a_click_too_soon_for_anybody_to_have_read_the_next_patient_does_nothing(practice, store, queue, monkeypatch):
    monkeypatch.setattr(turns, "AT_ONCE", timedelta(hours=1))
    app = opened()
    press(app, "Spoke")
    press(app, "Spoke")
    assert on_screen(app) == "Ada Birch"
    assert [course for _, course, _, _ in events(store, "attempted")] == [queue["ash"]]


def changed_by_another(practice: SmallPractice, course: str, service: Any, *args: Any, **given: Any) -> None:
    """Let the manager do something meanwhile."""
    here = practices.of(practice.store, SYSTEM)
    everything = Filters(statuses=tuple(STATUSES))
    rows = opportunities.worklist(practice.store, here, everything, actor=SYSTEM, today=TODAY).rows
    version = next(row["version"] for row in rows.to_dicts() if row["opportunity_id"] == course)
    given = {"actor": SYSTEM, "now": NOW, "today": TODAY, "action_id": "meanwhile", **given}
    service(practice.store, [Chosen(practice.id, course, version)], *args, **given)


def test_a_call_is_logged_whatever_became_of_the_patient_meanwhile(practice, store, queue):
    app = opened()
    changed_by_another(practice, queue["ash"], care.reject, reason="cost")
    press(app, "Spoke")
    assert on_screen(app) == "Ada Birch"
    found = states(practice)[queue["ash"]]
    assert (found["status"], found["attempts"]) == ("rejected", 1)


def test_who_was_given_to_somebody_else_meanwhile_stays_on_the_screen_and_the_page_says_so(practice, queue):
    person(practice.store, "grace", practice.id)
    app = opened()
    changed_by_another(practice, queue["ash"], care.assign, ["grace"])
    app.text_area[0].set_value("On the phone with her.").run()
    assert on_screen(app) == "Ada Ash"
    assert app.text_area[0].value == "On the phone with her."
    assert "not on your list any more: **Open, assigned to Grace** now" in read(app)
    press(app, "Spoke")
    assert on_screen(app) == "Ada Birch"
    assert states(practice)[queue["ash"]]["attempts"] == 1


def test_a_snooze_of_what_somebody_changed_meanwhile_is_told_and_not_done(practice, queue):
    app = opened()
    press(app, "Snooze")
    changed_by_another(practice, queue["ash"], care.snooze, until=TODAY + timedelta(days=90))
    press_in_dialog(app)
    assert "after you saw it; it is snoozed now" in read(app)
    assert states(practice)[queue["ash"]]["snoozed_until"] == TODAY + timedelta(days=90)


def test_a_dialog_opened_again_has_the_note_as_it_was_changed_meanwhile(practice, queue):
    app = opened()
    app.text_area[0].set_value("Rings back.").run()
    press(app, "Snooze")
    press(app, "Cancel")
    app.text_area[0].set_value("Rings back in May.").run()
    press(app, "Snooze")
    assert field(app, "Reason, if any").value == "Rings back in May."
    field(app, "Reason, if any").set_value("After the exams.").run()
    press(app, "Cancel")
    press(app, "Snooze")
    assert field(app, "Reason, if any").value == "After the exams."


# --- A session that ends


def test_a_session_that_ended_logs_nothing_and_keeps_the_text_for_afterwards(practice, store, queue, monkeypatch):
    app = opened()
    app.text_area[0].set_value("Rings back.").run()
    token = session.token()
    with store.transaction() as tx:
        tx._cursor.execute("update sessions set seen_at = seen_at - interval 3 hour").fetchall()
    button(app, "Spoke").click().run()
    assert not app.exception
    assert app.subheader[0].value == "Are you still there?"
    assert events(store, "attempted") == []
    with store.transaction() as tx:
        tx._cursor.execute("update sessions set seen_at = seen_at + interval 3 hour").fetchall()
    assert session.token() == token
    app.run()
    assert (on_screen(app), app.text_area[0].value) == ("Ada Ash", "Rings back.")
    assert "Your session had ended" in app.error[0].value


def test_a_person_deactivated_meanwhile_does_nothing_more(practice, store, queue):
    app = opened()
    grace = next(one for one in people.all_people(store, actor=SYSTEM) if one.user_id == "amara")
    details = people.Details(grace.name, grace.email, grace.role, grace.providers, is_active=False)
    people.change(store, "amara", details, actor=SYSTEM, now=NOW)
    button(app, "Spoke").click().run()
    assert not app.exception
    assert not app.header
    assert "You are signed out" in app.error[0].value
    assert events(store, "attempted") == []


# --- Nothing to do


def test_who_has_nothing_assigned_is_told_how_to_get_some(practice, amara):
    practice.course()
    assert "Nothing is assigned to you. Ask the practice manager" in read(opened())


def test_who_is_done_is_told_what_comes_back_when(practice, queue):
    app = opened()
    for label in ("No answer", "Spoke", "No answer"):
        press(app, label)
    told = read(app)
    assert "All done for today." in told
    tomorrow, week = (TODAY + timedelta(days=days) for days in (1, 7))
    assert f"- {tomorrow.day} Nov 2026: 2 patients" in told
    assert f"- {week.day} Dec 2026: 1 patient" in told


def test_who_only_reads_has_no_such_page(practice, monkeypatch):
    person(practice.store, "rita", practice.id, role=Role.READ_ONLY)
    signed_in_as(monkeypatch, practice.store, "rita")
    assert "This page is not for the role read-only" in read(opened())


def test_keys_can_be_turned_off_and_rest_while_a_dialog_is_open(practice, queue):
    app = opened()
    assert button(app, "Spoke").proto.shortcut == "1"
    press(app, "Reject")
    assert button(app, "Spoke").proto.shortcut == ""
    press(app, "No")
    app.toggle[0].set_value(False).run()
    assert button(app, "Spoke").proto.shortcut == ""

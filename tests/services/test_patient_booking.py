"""What a patient may do by a link: choose a time, hold it, book it once, put it off, decline, ask for a call."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from queries import workflow
from queries.store import Store
from services import bookings, care, consents, my_list, patient_answers, patient_booking, patient_visit, reject_reasons
from services import messages as listed
from services.actions import Chosen
from services.bookings import SlotTaken
from services.patient_booking import NotBookable
from services.patient_visit import LinkClosed, Visit
from tests.endpoint import Answer, endpoint
from tests.letters import kinds, messages, work
from tests.links import link, practice_of, take_bookings
from tests.practice import BY, NOW, SYSTEM, TODAY, SmallPractice
from tests.staff import actor

FIRST = datetime(2026, 11, 25, 9, 0)
"""The first time that is a day ahead of NOW."""


def today_at(now: datetime, timezone: str) -> date:
    return TODAY


@pytest.fixture
def practice(practice: SmallPractice) -> SmallPractice:
    """A practice that takes bookings online."""
    take_bookings(practice)
    return practice


def planned(practice: SmallPractice, **facts: Any) -> str:
    """Open a course with one visit that waits to be booked."""
    course = practice.course()
    practice.add("planned_visits", course_id=course, **facts)
    return course


def sent(practice: SmallPractice, **given: Any) -> str:
    """Open a course, send its link, and return the link's token."""
    return link(practice, planned(practice), **given)


def look(practice: SmallPractice, token: str, now: datetime = NOW) -> Visit:
    visit = patient_visit.look(practice.store, token, now=now, today_at=today_at)
    assert visit is not None
    return visit


def times(practice: SmallPractice, token: str, *, now: datetime = NOW, from_on: date | None = None) -> list[datetime]:
    """The times that the page of a link shows."""
    found = patient_booking.times(practice.store, look(practice, token, now), from_on=from_on)
    return [at for _, some in found.days for at in some]


def hold(practice: SmallPractice, token: str, at: datetime = FIRST, *, now: datetime = NOW) -> None:
    patient_booking.hold(practice.store, token, at, now=now, today_at=today_at)


def confirm(practice: SmallPractice, token: str, at: datetime = FIRST, *, now: datetime = NOW) -> None:
    patient_booking.confirm(practice.store, token, at, now=now, today_at=today_at)


def state(practice: SmallPractice) -> dict[str, Any]:
    """What is known of the one opportunity that anybody touched."""
    (row,) = workflow.states(practice.store, practice.id).to_dicts()
    return row


def events(store: Store) -> list[tuple[str, str, str | None]]:
    """What happened about opportunities: its kind, who did it, and the note."""
    asked = "select kind, by_user, note from events where opportunity_id is not null order by event_id"
    return store._connection.execute(asked).fetchall()


# --- What the page shows


def test_a_link_shows_the_first_name_the_provider_and_the_length(practice):
    visit = look(practice, sent(practice))
    assert visit.wanted is not None
    assert (visit.wanted.first_name, visit.wanted.provider, visit.wanted.minutes) == ("Ngozi", "Ben Adeyemi", 30)
    assert (visit.is_good, visit.why_not, visit.channel, visit.is_stopped) == (True, None, "email", False)


def test_a_link_that_was_never_made_shows_nothing(practice):
    token = sent(practice)
    changed = token[:-1] + ("a" if token[-1] != "a" else "b")
    assert patient_visit.look(practice.store, changed, now=NOW, today_at=today_at) is None


def test_the_first_time_shown_leaves_the_practice_its_notice(practice):
    assert times(practice, sent(practice))[0] == FIRST


def test_times_of_a_free_day_lie_half_an_hour_apart(practice):
    assert [at.time() for at in times(practice, sent(practice))[:3]] == [time(9), time(9, 30), time(10)]


def test_each_gap_is_offered_from_its_beginning(practice):
    practice.appointment(None, in_days=1, minutes=40)  # 10:00 to 10:40
    assert [at.time() for at in times(practice, sent(practice))[:4]] == [
        time(9),
        time(9, 30),
        time(10, 40),
        time(11, 10),
    ]


def test_short_visits_are_offered_as_they_are_long(practice):
    token = link(practice, planned(practice, minutes=10))
    assert [at.time() for at in times(practice, token)[:3]] == [time(9), time(9, 10), time(9, 20)]


def test_some_free_days_are_shown_and_the_next_ones_by_a_link(practice):
    visit = look(practice, sent(practice))
    first = patient_booking.times(practice.store, visit)
    assert [day.day for day, _ in first.days] == [25, 26, 27, 30, 1]
    assert (first.earlier_on, first.later_on) == (None, date(2026, 12, 2))
    second = patient_booking.times(practice.store, visit, from_on=first.later_on)
    assert second.days[0][0] == date(2026, 12, 2)
    assert second.earlier_on == date(2026, 11, 25)


@pytest.mark.parametrize("asked", [date(2020, 1, 1), date(9999, 12, 31)])
def test_days_that_may_not_be_booked_are_not_shown(practice, asked):
    visit = look(practice, sent(practice))
    shown = [day for day, _ in patient_booking.times(practice.store, visit, from_on=asked).days]
    assert all(TODAY < day <= TODAY + timedelta(days=90) for day in shown)


def test_a_second_visit_is_shown_after_its_interval(practice):
    course = practice.course()
    first = practice.appointment(course, in_days=3)
    practice.add("planned_visits", course_id=course, position=1, appointment_id=first)
    practice.add("planned_visits", course_id=course, position=2, interval_days=14)
    assert times(practice, link(practice, course))[0].date() == TODAY + timedelta(days=3 + 14)


@pytest.mark.parametrize(
    "changed",
    [
        lambda practice: take_bookings(practice, is_online=False),
        lambda practice: practice.add("providers", "ben", is_online_bookable=False),
        lambda practice: practice.add("planned_visits", "visit", course_id="course", minutes=None),
    ],
)
def test_a_visit_that_is_not_booked_online_any_more_has_no_times(practice, changed):
    course = practice.course(course_id="course")
    practice.add("planned_visits", "visit", course_id=course)
    token = link(practice, course)
    changed(practice)
    visit = look(practice, token)
    assert visit.why_not == "This visit cannot be booked online at the moment."
    assert patient_booking.times(practice.store, visit).days == ()
    with pytest.raises(NotBookable):
        hold(practice, token)


# --- Holding


def test_what_is_held_is_offered_to_nobody_else(practice):
    token, other = sent(practice), sent(practice)
    hold(practice, token)
    assert FIRST in times(practice, token)
    assert FIRST not in times(practice, other)
    with pytest.raises(SlotTaken):
        hold(practice, other)


@pytest.mark.parametrize(
    ("after", "is_free"), [(timedelta(minutes=4, seconds=59), False), (timedelta(minutes=5), True)]
)
def test_a_time_is_held_for_five_minutes(practice, after, is_free):
    token, other = sent(practice), sent(practice)
    at = FIRST + timedelta(days=1)
    hold(practice, token, at)
    assert (at in times(practice, other, now=NOW + after)) is is_free
    assert (look(practice, token, NOW + after).held_at is None) is is_free


def test_a_patient_holds_one_time_the_last_one(practice):
    token, other = sent(practice), sent(practice)
    hold(practice, token)
    hold(practice, token, FIRST + timedelta(hours=1))
    assert look(practice, token).held_at == FIRST + timedelta(hours=1)
    assert FIRST in times(practice, other)


NOT_OFFERED = {
    "before the hours": FIRST.replace(hour=8),
    "would end after the hours": FIRST.replace(hour=17, minute=10),
    "no step": FIRST.replace(hour=9, minute=5),
    "too little notice": datetime(2026, 11, 24, 16, 0),
    "has passed": datetime(2026, 11, 20, 10, 0),
    "a Saturday": datetime(2026, 11, 28, 10, 0),
    "too far ahead": datetime(2027, 3, 1, 10, 0),
}


def test_what_the_page_would_not_offer_is_neither_held_nor_booked(practice):
    token = sent(practice)
    for why, at in NOT_OFFERED.items():
        for does in (hold, confirm):
            with pytest.raises(SlotTaken):
                does(practice, token, at)
                pytest.fail(f"{does.__name__}: {why}")
    assert look(practice, token).is_good


@pytest.mark.parametrize("days", [-100, 0, 300])
def test_the_page_goes_by_the_day_that_is_pinned_as_the_book_does(practice, days):
    """The links, which end by the clock, do not."""
    now = NOW - timedelta(days=days)
    token = sent(practice, now=now)
    assert times(practice, token, now=now)[0] == FIRST
    hold(practice, token, now=now)
    assert look(practice, token, now).held_at == FIRST
    other = sent(practice, now=now)
    assert FIRST not in times(practice, other, now=now)
    confirm(practice, token, now=now + timedelta(minutes=4))
    assert look(practice, token, now).booked is not None
    assert not look(practice, other, now + timedelta(days=15)).is_good


# --- Booking


def test_the_patient_books_and_the_opportunity_is_booked(practice):
    token = sent(practice)
    hold(practice, token)
    confirm(practice, token)
    visit = look(practice, token)
    assert visit.booked is not None
    assert (visit.booked.starts_at, visit.booked.made_by, visit.booked.state) == (FIRST, "patient", "to enter")
    assert (visit.link.state, visit.link.used_for, visit.held_at) == ("used", "booked", None)
    assert state(practice)["booked_on"] == FIRST.date()
    assert ("booked", "patient", None) in events(practice.store)


def test_what_is_not_held_any_more_is_booked_while_it_is_free(practice):
    token = sent(practice)
    at = FIRST + timedelta(days=1)
    hold(practice, token, at)
    confirm(practice, token, at, now=NOW + timedelta(minutes=30))
    assert look(practice, token).booked is not None


def test_what_is_held_is_booked_though_the_notice_has_run_out_meanwhile(practice):
    token = sent(practice)
    hold(practice, token)
    confirm(practice, token, now=NOW + timedelta(minutes=4))
    assert look(practice, token).booked is not None


def test_a_time_that_was_taken_meanwhile_is_not_booked_and_the_link_stays_good(practice):
    token = sent(practice)
    practice.appointment(None, in_days=1)  # 10:00
    with pytest.raises(SlotTaken, match="Wednesday 25 November 2026 at 10:00am is not free any more"):
        confirm(practice, token, FIRST.replace(hour=10))
    assert look(practice, token).is_good
    assert workflow.states(practice.store, practice.id).is_empty()


def test_reception_takes_a_held_time_only_after_the_patient(practice):
    token, course = sent(practice), planned(practice)
    hold(practice, token)
    booking = {
        "planned_visit_id": None,
        "provider_id": "ben",
        "starts_at": FIRST,
        "minutes": 30,
        "actor": SYSTEM,
        "now": NOW,
        "today": TODAY,
        "action_id": "pressed",
    }
    with pytest.raises(SlotTaken):
        bookings.book(practice.store, Chosen(practice.id, course, None), **booking)
    confirm(practice, token)
    assert look(practice, token).booked is not None


def test_a_link_books_once_whatever_is_pressed_again(practice):
    token = sent(practice)
    confirm(practice, token)
    for at in (FIRST, FIRST + timedelta(hours=1)):
        with pytest.raises(LinkClosed):
            confirm(practice, token, at)
    assert kinds(practice.store).count("booked") == 1


def test_of_many_who_want_the_same_time_at_once_one_has_it(practice):
    tokens = [sent(practice) for _ in range(8)]

    def wish(token: str) -> str:
        try:
            confirm(practice, token)
        except SlotTaken:
            return "taken"
        return "booked"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(wish, tokens)) == ["booked"] + ["taken"] * 7
    assert kinds(practice.store).count("booked") == 1


def test_a_press_from_two_tabs_at_once_books_once(practice):
    token = sent(practice)

    def press(at: datetime) -> str:
        try:
            confirm(practice, token, at)
        except LinkClosed:
            return "closed"
        return "booked"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, [FIRST, FIRST + timedelta(hours=1)])) == ["booked", "closed"]


def test_a_visit_that_the_practice_moves_is_shown_as_it_is_now(practice):
    token = sent(practice)
    confirm(practice, token)
    moved(practice, token)
    booked = look(practice, token).booked
    assert booked is not None
    assert booked.starts_at == FIRST + timedelta(days=2)


@pytest.mark.parametrize(("status", "hour", "state_now"), [("booked", 15, "confirmed"), ("cancelled", 10, "cancelled")])
def test_a_visit_that_the_pms_has_is_shown_as_it_is_there(practice, status, hour, state_now):
    token = sent(practice)
    confirm(practice, token)
    at = FIRST.replace(hour=hour)
    practice.add("providers", "eva", name="Eva Lund", initials="EL")
    practice.add("appointments", "theirs", patient_id="okafor", provider_id="eva", starts_at=at, status=status)
    asked = "update bookings set state = 'confirmed', appointment_id = 'theirs'"
    practice.store._connection.execute(asked).fetchall()
    booked = look(practice, token).booked
    assert booked is not None
    assert booked.state == state_now
    if state_now == "confirmed":
        assert (booked.starts_at, booked.provider) == (at, "Eva Lund")


def test_the_staff_take_a_patients_booking_back(practice):
    token = sent(practice)
    confirm(practice, token)
    asked = "select action_id from events where kind = 'booked'"
    ((action_id,),) = practice.store._connection.execute(asked).fetchall()
    care.undo(practice.store, [practice.id], action_id, actor=SYSTEM, now=NOW, today=TODAY, action_id="undone")
    booked = look(practice, token).booked
    assert booked is not None
    assert booked.state == "cancelled"
    assert state(practice)["booked_on"] is None


# --- Other answers


def test_later_leaves_the_patient_in_peace_for_a_month(practice):
    token = sent(practice)
    patient_answers.later(practice.store, token, now=NOW, today_at=today_at)
    assert state(practice)["snoozed_until"] == date(2026, 12, 24)
    assert ("snoozed", "patient", None) in events(practice.store)
    assert look(practice, token).link.used_for == "later"


@pytest.mark.parametrize(
    ("day", "after"),
    [
        (date(2026, 11, 24), date(2026, 12, 24)),
        (date(2026, 12, 31), date(2027, 1, 31)),
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
    ],
)
def test_a_month_after_is_the_same_day_or_the_months_last(day, after):
    assert patient_visit.a_month_after(day) == after


@pytest.mark.parametrize(
    ("reason", "kept", "note"),
    [
        ("cost", "cost", "It costs too much"),
        ("", "not interested", "Another reason, or I would rather not say"),
        ("wrong in chart", "not interested", "Another reason, or I would rather not say"),
    ],
)
def test_declining_rejects_with_a_reason_that_a_patient_may_give(practice, reason, kept, note):
    token = sent(practice)
    patient_answers.decline(practice.store, token, reason, now=NOW, today_at=today_at)
    assert (state(practice)["status"], state(practice)["reject_reason"]) == ("rejected", kept)
    assert ("rejected", "patient", note) in events(practice.store)
    assert look(practice, token).link.used_for == "declined"


def test_a_reason_that_the_practice_has_not_becomes_other_in_the_patients_words(practice):
    own = practice_of(practice)
    seen = reject_reasons.of(practice.store, [practice.id])[practice.id]
    wanted = ["too dear", *reject_reasons.FIXED]
    reject_reasons.change(practice.store, own, wanted, seen=seen, actor=SYSTEM, now=NOW)
    patient_answers.decline(practice.store, sent(practice), "cost", now=NOW, today_at=today_at)
    assert state(practice)["reject_reason"] == reject_reasons.OTHER
    assert ("rejected", "patient", "It costs too much") in events(practice.store)


def test_who_asks_for_a_call_is_due_for_whom_they_are_assigned_to(practice):
    course = planned(practice)
    practice.state(course, assigned_to=BY, last_contact_at=NOW.replace(tzinfo=None), snoozed_until=date(2027, 1, 1))
    amara = actor(practice.store, BY)
    assert my_list.due(practice.store, [practice_of(practice)], actor=amara, today=TODAY).calls == ()
    token = link(practice, course)
    patient_answers.call(practice.store, token, "  after five,\n please ", now=NOW, today_at=today_at)
    (call,) = my_list.due(practice.store, [practice_of(practice)], actor=amara, today=TODAY).calls
    assert call.patient == "Okafor, Ngozi"
    assert (call.rows[0]["needs_action_why"], call.rows[0]["snoozed_until"]) == ("call asked", None)
    assert ("call asked", "patient", "after five, please") in events(practice.store)


def test_a_long_wish_is_cut(practice):
    patient_answers.call(practice.store, sent(practice), "x" * 5_000, now=NOW, today_at=today_at)
    assert len(events(practice.store)[-1][2] or "") == patient_answers.LONGEST_NOTE


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_stopping_messages_stops_those_of_the_links_channel_and_the_link_stays_good(practice, channel):
    token = sent(practice, channel=channel)
    patient_answers.stop(practice.store, token, now=NOW, today_at=today_at)
    visit = look(practice, token)
    assert visit.is_good
    assert visit.is_stopped
    said = consents.of(practice.store, practice_of(practice), "okafor", actor=SYSTEM)
    assert {about: one.value for about, one in said.items() if one.value == "no"} == {channel: "no"}
    assert said[channel].source == "booking link on 24 Nov 2026"


def test_a_patient_whose_record_was_merged_stops_the_messages_to_the_one_that_is_left(practice):
    course = planned(practice)
    token = link(practice, course)
    practice.add("patients", "adaeze", first_name="Adaeze")
    practice.course(course_id=course, patient="adaeze", item=False)
    patient_answers.stop(practice.store, token, now=NOW, today_at=today_at)
    said = consents.of(practice.store, practice_of(practice), "adaeze", actor=SYSTEM)
    assert said["email"].value == "no"
    assert look(practice, token).is_stopped


# --- Links that are used up


@pytest.mark.parametrize("after", [timedelta(days=14) - timedelta(seconds=1), timedelta(days=14)])
def test_a_link_lasts_to_its_last_second(practice, after):
    token = sent(practice)
    assert look(practice, token, NOW + after).is_good is (after < timedelta(days=14))


def expired(practice: SmallPractice, token: str) -> datetime:
    return NOW + timedelta(days=15)


def replaced(practice: SmallPractice, token: str) -> datetime:
    link(practice, look(practice, token).link.opportunity_id)
    return NOW


def rejected(practice: SmallPractice, token: str) -> datetime:
    chosen = [Chosen(practice.id, look(practice, token).link.opportunity_id, None)]
    care.reject(practice.store, chosen, reason="cost", actor=SYSTEM, now=NOW, today=TODAY, action_id="no")
    return NOW


def declined(practice: SmallPractice, token: str) -> datetime:
    patient_answers.decline(practice.store, token, "cost", now=NOW, today_at=today_at)
    return NOW


DOES: dict[str, Callable[..., None]] = {
    "hold": lambda store, token, **when: patient_booking.hold(store, token, FIRST + timedelta(days=28), **when),
    "confirm": lambda store, token, **when: patient_booking.confirm(store, token, FIRST + timedelta(days=28), **when),
    "later": patient_answers.later,
    "decline": lambda store, token, **when: patient_answers.decline(store, token, "cost", **when),
    "call": lambda store, token, **when: patient_answers.call(store, token, "", **when),
}


@pytest.mark.parametrize("meanwhile", [expired, replaced, rejected, declined])
def test_a_link_that_is_used_up_does_nothing(practice, meanwhile):
    token = sent(practice)
    now = meanwhile(practice, token)
    before = kinds(practice.store)
    for name, does in DOES.items():
        with pytest.raises(LinkClosed):
            does(practice.store, token, now=now, today_at=today_at)
            pytest.fail(name)
    assert kinds(practice.store) == before


def completed(practice: SmallPractice, course: str) -> None:
    practice.course(course_id=course, completed_on=TODAY)


def deleted(practice: SmallPractice, course: str) -> None:
    practice.course(course_id=course, is_deleted=True)


def too_old(practice: SmallPractice, course: str) -> None:
    practice.course(course_id=course, days_ago=366)


def booked_in_pms(practice: SmallPractice, course: str) -> None:
    practice.appointment(course, in_days=20)


def done_in_pms(practice: SmallPractice, course: str) -> None:
    """Its visit is over, though the course goes on."""
    done = practice.appointment(course, in_days=-1, status="completed")
    practice.add("planned_visits", "first", course_id=course, appointment_id=done)


@pytest.mark.parametrize("meanwhile", [completed, deleted, too_old, booked_in_pms, done_in_pms])
def test_a_link_to_what_is_no_opportunity_any_more_does_nothing(practice, meanwhile):
    course = practice.course()
    practice.add("planned_visits", "first", course_id=course)
    token = link(practice, course)
    meanwhile(practice, course)
    visit = look(practice, token)
    assert (visit.is_good, visit.is_over) == (False, True)
    before = kinds(practice.store)
    for name, does in DOES.items():
        with pytest.raises(LinkClosed):
            does(practice.store, token, now=NOW, today_at=today_at)
            pytest.fail(name)
    assert kinds(practice.store) == before


# --- The confirmation


def confirmations(store: Store) -> list[dict[str, Any]]:
    return [one for one in messages(store) if one["kind"] == "confirmation"]


@pytest.mark.parametrize(
    ("channel", "address"),
    [("email", "ngozi.okafor@example.com"), ("sms", "+447700900123"), (None, "ngozi.okafor@example.com")],
)
def test_who_booked_is_told_so_by_the_channel_of_the_link(practice, channel, address):
    token = sent(practice, channel=channel)
    confirm(practice, token)
    (message,) = confirmations(practice.store)
    assert (message["channel"], message["address"], message["queued_by"]) == (channel or "email", address, "patient")
    shown = listed.search(practice.store, [practice_of(practice)], actor=SYSTEM)
    assert "The patient" in shown["queued_by"].to_list()
    assert "Wednesday 25 November 2026 at 9:00am" in message["body"]
    assert (f"https://care.example/book/{token}/visit.ics" in message["body"]) is (channel != "sms")
    assert "rown" not in message["body"]
    assert look(practice, token).confirmed_by == ("SMS" if channel == "sms" else "e-mail")


def test_an_sms_is_as_short_as_one_can_be(practice):
    confirm(practice, sent(practice, channel="sms"))
    assert len(confirmations(practice.store)[0]["body"]) <= 160


def nobody(practice: SmallPractice) -> None:
    practice.add("patients", "okafor", is_do_not_contact=True)


def unreachable(practice: SmallPractice) -> None:
    practice.add("patients", "okafor", email=None, mobile=None)


def unwanted(practice: SmallPractice) -> None:
    take_bookings(practice, is_confirmed=False)


@pytest.mark.parametrize("changed", [nobody, unreachable, unwanted])
def test_nobody_is_told_who_may_not_be_or_where_the_practice_does_not_want_it(practice, changed):
    token = sent(practice)
    changed(practice)
    confirm(practice, token)
    assert confirmations(practice.store) == []
    assert look(practice, token).confirmed_by is None


def test_who_stopped_e_mails_is_told_by_sms(practice):
    token = sent(practice)
    patient_answers.stop(practice.store, token, now=NOW, today_at=today_at)
    confirm(practice, token)
    assert confirmations(practice.store)[0]["channel"] == "sms"


def leave(practice: SmallPractice) -> dict[str, Any]:
    """Send what is queued, and return the confirmation."""
    with endpoint() as at:
        at.answer = lambda request: Answer(202)
        work(practice.store, at.url)
    (message,) = confirmations(practice.store)
    return message


def test_a_confirmation_leaves_although_its_visit_is_booked(practice):
    confirm(practice, sent(practice))
    assert leave(practice)["state"] == "sent"


def cancelled(practice: SmallPractice, token: str) -> None:
    booked = look(practice, token).booked
    assert booked is not None
    bookings.cancel(
        practice.store,
        practice_of(practice),
        booked.booking_id,
        version=booked.version,
        actor=SYSTEM,
        now=NOW,
        today=TODAY,
        action_id="cancelled",
    )


def moved(practice: SmallPractice, token: str) -> None:
    booked = look(practice, token).booked
    assert booked is not None
    bookings.move(
        practice.store,
        practice_of(practice),
        booked.booking_id,
        provider_id="ben",
        starts_at=FIRST + timedelta(days=2),
        minutes=30,
        version=booked.version,
        actor=SYSTEM,
        now=NOW,
        today=TODAY,
        action_id="moved",
    )


def opted_out(practice: SmallPractice, token: str) -> None:
    consents.say(practice.store, practice_of(practice), "okafor", "email", "no", actor=SYSTEM, now=NOW)


@pytest.mark.parametrize(
    ("meanwhile", "reason"),
    [(cancelled, "the visit was cancelled"), (moved, "the visit was moved"), (opted_out, "does not want e-mails")],
)
def test_a_confirmation_that_is_not_so_any_more_does_not_leave(practice, meanwhile, reason):
    token = sent(practice)
    confirm(practice, token)
    meanwhile(practice, token)
    message = leave(practice)
    assert message["state"] == "cancelled"
    assert reason in message["reason"]


def test_a_confirmation_that_cannot_be_delivered_leaves_the_visit_booked(practice):
    token = sent(practice)
    confirm(practice, token)
    with endpoint() as at:
        at.answer = lambda request: Answer(400)
        work(practice.store, at.url)
    assert confirmations(practice.store)[0]["state"] == "failed"
    assert state(practice)["booked_on"] == FIRST.date()
    assert look(practice, token).confirmed_by is None


def test_opening_is_noted_once(practice):
    token = sent(practice)
    for _ in range(2):
        patient_answers.opened(practice.store, look(practice, token), token, now=NOW, today_at=today_at)
    assert [(kind, by) for kind, by, _ in events(practice.store) if kind == "link opened"] == [
        ("link opened", "patient")
    ]
    assert state(practice)["link_opened_at"] == NOW.replace(tzinfo=None)

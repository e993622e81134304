"""Results against small histories made by hand, and against independent computations over the raw tables."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

import polars as pl
import pytest

from queries import people, workflow
from queries.store import Store
from services import care, practices, results
from services.actors import Actor, Role
from services.errors import InvalidRequest
from services.practices import Practice
from services.results import NOBODY, OTHER_WORDS
from tests.practice import NOW, SYSTEM, TODAY
from tests.services.test_snapshots import Days, rows


def on(day: int) -> date:
    """The day so many days after TODAY."""
    return TODAY + timedelta(days=day)


class Past:
    """A practice's past written straight into the store; day 0 is TODAY."""

    def __init__(self, store: Store, name: str) -> None:
        self.store, self.numbers = store, count(1)
        with store.transaction() as tx:
            self.id = practices.create(tx, name, actor=SYSTEM, now=NOW)

    def spell(
        self,
        listed: int,
        *,
        course: str | None = None,
        opened: int | None = None,
        booked: int | None = None,
        completed: int | None = None,
        gone: int | None = None,
        why: str = "expired",
        value: int = 100,
        is_known: bool = True,
        provider: str | None = "ben",
    ) -> str:
        """A time on the list from a day until it was booked or gone, or until now."""
        course = course or f"c{next(self.numbers)}"
        end = booked if booked is not None else gone
        self.write(
            "spells",
            *(self.id, course, on(listed), is_known, "okafor", provider, "private"),
            *(on(listed - 1 if opened is None else opened), on(0 if end is None else end - 1), "open"),
            *(None if end is None else on(end), "booked" if booked is not None else why if end is not None else None),
            *(value, None, value, value, None, value),
        )
        for step, day in (("booked", booked), ("completed", completed)):
            if day is not None:
                self.step(course, listed, step, day, value)
        return course

    def step(self, course: str, listed: int, step: str, day: int, value: int = 100) -> None:
        """Something that happened within a time on the list."""
        self.write("spell_steps", self.id, course, on(listed), "okafor", step, on(day), value, None, value)

    def write(self, table: str, *row: Any) -> None:
        """Write a row of a table."""
        with self.store.transaction() as tx:
            tx._cursor.execute(f"insert into {table} values ({', '.join('?' * len(row))})", row).fetchall()

    def told(
        self,
        course: str,
        kind: str,
        day: int,
        *,
        by: str = "amara",
        at: time = time(12),
        undoes: int | None = None,
        **after: Any,
    ) -> int:
        """An event on a day, and its number."""
        event = {
            "practice_id": self.id,
            "opportunity_id": course,
            "patient_id": "okafor",
            "kind": kind,
            "by_user": by,
            "happened_at": datetime.combine(on(day), at),
            "note": None,
            "before": None,
            "after": json.dumps(after),
            "action_id": None,
            "undoes": undoes,
        }
        with self.store.transaction() as tx:
            workflow.record_events(tx, pl.DataFrame([event], schema=workflow.EVENT))
            ((number,),) = tx._cursor.execute("select max(event_id) from events").fetchall()
        return int(number)

    def contact(self, course: str, day: int, *, channel: str = "phone", **given: Any) -> int:
        """A contact on a day, and its number."""
        return self.told(course, "contacted", day, channel=channel, **given)

    def asked(self, name: str, *, day: int = 0, **given: Any) -> Any:
        """What a service says about this practice on a day."""
        return getattr(results, name)(self.store, self.own, actor=SYSTEM, today=on(day), **given)

    @property
    def own(self) -> list[Practice]:
        """The practice as the services know it."""
        return [practice for practice in practices.all_practices(self.store) if practice.practice_id == self.id]

    def bookings(self, what: str = "person", **given: Any) -> dict[str, int]:
        """How many bookings each row has."""
        return dict(self.asked("credited", what=what, **given).select("name", "bookings").iter_rows())


@pytest.fixture(scope="module")
def shared() -> Iterator[Store]:
    """One store for this module: each test has a practice of its own in it."""
    store = Store(now=NOW)
    yield store
    store.close()


@pytest.fixture
def past(shared: Store) -> Past:
    """The past of a practice of its own."""
    return Past(shared, f"Elm Road {len(practices.all_practices(shared)) + 1}")


# --- Bookings


@pytest.mark.parametrize("window", results.WINDOWS)
def test_a_contact_counts_from_the_first_day_of_the_window_to_the_day_of_the_booking(past, window):
    for before in (-1, 0, window, window + 1):
        past.contact(past.spell(-200, booked=-20), -20 - before, by=f"{before} days")
    assert past.bookings(window=window) == {"0 days": 1, f"{window} days": 1, NOBODY: 2}


def test_the_days_of_the_window_are_those_of_the_practice(past):
    summer = (date(2026, 7, 1) - TODAY).days
    for at in (time(22, 59), time(23, 0)):
        past.contact(past.spell(summer - 100, booked=summer + 8), summer, at=at, by=f"{at}")
    assert past.bookings(window=7, days=365) == {"23:00:00": 1, NOBODY: 1}


def test_the_last_of_two_people_is_credited_and_one_who_took_it_back_is_not(past):
    two, undone, all_undone = (past.spell(-40, booked=-5) for _ in range(3))
    for course in (two, undone):
        past.contact(course, -9, by="amara")
        past.contact(course, -6, by="chloe", at=time(9))
    past.contact(two, -6, by="ben", at=time(8))
    taken_back = past.contact(undone, -5, by="dora")
    past.told(undone, "undone", -1, undoes=taken_back)
    past.told(all_undone, "undone", -8, undoes=past.contact(all_undone, -9))
    assert past.bookings() == {"chloe": 2, NOBODY: 1}


def test_a_contact_about_another_course_is_not_credited(past):
    past.spell(-40, booked=-5)
    past.contact(past.spell(-40), -6)
    assert past.bookings() == {NOBODY: 1}


def test_the_period_has_both_ends_in_and_a_second_booking_is_one_more(past):
    course = past.spell(-120, booked=-90)
    for booked in (-89, 0, 1):
        past.spell(-100 + booked, course=course, booked=booked)
    assert past.bookings(days=90) == {NOBODY: 2}


def test_a_contact_is_credited_with_one_booking_of_its_course(past):
    course = past.spell(-60, booked=-30)
    past.spell(-25, course=course, booked=-20)
    past.contact(course, -31)
    assert past.bookings() == {"amara": 1, NOBODY: 1}
    past.contact(course, -29, by="ben")
    assert past.bookings() == {"amara": 1, "ben": 1}


def test_two_people_of_one_name_stay_two(past):
    with past.store.transaction() as tx:
        for number in "12":
            name = {"name": "Kim Lee", "email": None, "role": Role.RECEPTION, "is_active": True}
            people.write_person(tx, f"{past.id} {number}", **name, by=SYSTEM.user_id, now=NOW)
    for number in "1122":
        past.contact(past.spell(-40, booked=-5), -6, by=f"{past.id} {number}")
    assert past.asked("credited", what="person").select("name", "bookings").rows() == [("Kim Lee", 2)] * 2


def test_completed_are_those_of_these_bookings_and_money_is_that_of_the_booking(past):
    course = past.spell(-80, booked=-60, completed=-50, value=7)
    past.spell(-40, course=course, booked=-30, value=20)
    past.contact(past.spell(-40, booked=-30, completed=-2, value=300), -30)
    found = past.asked("credited", what="person")
    assert found.select("name", "bookings", "value_pence", "completed", "completed_value_pence").rows() == [
        ("amara", 1, 300, 1, 300),
        (NOBODY, 2, 27, 1, 7),
    ]


def test_bookings_are_split_by_what_led_to_them(past):
    letters = [("Recall", "email", "ben"), ("Recall", "sms", None), (None, "phone", "ben")]
    for template, channel, provider in letters:
        course = past.spell(-40, booked=-5, provider=provider)
        past.contact(course, -7, channel=channel, template=template)
    past.contact(past.spell(-40, booked=-5), -7, by="system", channel="email", template="Recall")
    past.spell(-40, booked=-5)
    assert past.bookings("template") == {"Recall": 3, "No template": 1, NOBODY: 1}
    assert past.bookings("channel") == {"E-mail": 2, "SMS": 1, "Phone": 1, NOBODY: 1}
    assert past.bookings("provider") == {f"{past.id}/ben": 3, "No provider": 1, NOBODY: 1}
    assert past.bookings("person") == {"amara": 3, "Sent by a sequence": 1, NOBODY: 1}
    with pytest.raises(InvalidRequest):
        past.bookings("payor")


def test_the_reason_is_the_last_one_given_on_the_list_before_the_booking(past):
    def booked(*reasons: tuple[int, str, str | None]) -> str:
        course = past.spell(-40, booked=-5)
        past.contact(course, -7)
        for day, kind, reason in reasons:
            name = "snooze_reason" if kind == "snoozed" else "reject_reason"
            past.told(course, kind, day, **{name: reason})
        return course

    booked((-20, "snoozed", "away"), (-10, "rejected", "cost"))
    booked((-20, "rejected", "cost"), (-10, "snoozed", None))
    booked((-41, "rejected", "fear"), (-4, "rejected", "fear"))
    undone = booked()
    past.told(undone, "undone", -8, undoes=past.told(undone, "rejected", -9, reject_reason="fear"))
    for words in ("Away", "away ", "away", "Mr Okafor is ill", "ring in May"):
        booked((-10, "snoozed", words))
    assert past.bookings("reason") == {"cost": 2, "None given": 2, "away": 3, OTHER_WORDS: 2}


# --- Bookings made here, and by links


def write(past: Past, table: str, **facts: Any) -> None:
    """Add a row to a table, as a dictionary of its columns."""
    named = {"practice_id": past.id, **facts}
    with past.store.transaction() as tx:
        columns = ", ".join(named)
        tx._cursor.execute(f"insert into {table} ({columns}) values ({', '.join('?' * len(named))})", [*named.values()])


def message(past: Past, course: str, sent: int | None, *, queued: int, state: str = "sent", **given: Any) -> str:
    """A message about a course that left on a day, and its id."""
    id_, at = f"{past.id} {next(past.numbers)}", datetime.combine(on(queued), time(9))
    facts = {"channel": "sms", "template": "Please book", **given}
    moments = {"state_at": at, "queued_at": at, "send_at": at}
    text = {"kind": "service", "address": "07700 900123", "body": "Hello", "queued_by": "amara", "action_id": id_}
    sent_at = None if sent is None else datetime.combine(on(sent), time(9))
    rest = {"tries": 1, "is_tracked": False, "sent_at": sent_at}
    write(past, "messages", message_id=id_, state=state, **facts, **moments, **text, **rest)
    past.contact(course, queued, at=time(9), message_id=id_, **facts)
    return id_


def link(past: Past, course: str, message_id: str, *, made: int, lasts: int = 14, **facts: Any) -> None:
    """A link that a message about a course carries."""
    ids = {"token_hash": message_id, "opportunity_id": course, "patient_id": "okafor", "planned_visit_id": "v"}
    days = {"made_at": datetime.combine(on(made), time(9)), "expires_at": datetime.combine(on(made + lasts), time(9))}
    write(past, "booking_links", message_id=message_id, made_by="amara", **ids, **days, **facts)


def told_booked(past: Past, course: str, day: int, *, by: str, at: time = time(12), booking: str | None = None) -> None:
    """The event of a booking."""
    past.told(
        course, "booked", day, by=by, at=at, booked_on="2027-01-05", **({"booking_id": booking} if booking else {})
    )


def test_a_booking_by_a_link_is_credited_to_who_sent_the_link_whatever_came_after(past):
    course = past.spell(-40, booked=-5)
    link(past, course, message(past, course, -25, queued=-25), made=-25, lasts=90, booking_id="b1", used_for="booked")
    past.contact(course, -6, by="chloe")
    told_booked(past, course, -5, by="patient", booking="b1")
    past.contact(course, -5, by="dora", at=time(13))
    found = {what: past.bookings(what, window=7) for what in results.WHATS if what != "reason"}
    assert found == {
        "person": {"amara": 1},
        "provider": {f"{past.id}/ben": 1},
        "template": {"Please book": 1},
        "channel": {"SMS": 1},
        "way": {"The patient, by link": 1},
    }


def test_a_contact_after_the_moment_of_a_booking_did_not_lead_to_it_but_who_booked_may_write_the_call_down(past):
    for by, at, booker in (("ben", 13, "amara"), ("ben", 11, "amara"), ("amara", 13, "amara"), ("ben", 13, "system")):
        course = past.spell(-40, booked=-5)
        told_booked(past, course, -5, by=booker)
        past.contact(course, -5, by=f"{by}", at=time(at))
    past.contact(past.spell(-40, booked=-5), -5, by="chloe", at=time(13))
    assert past.bookings() == {"ben": 1, "amara": 1, "chloe": 1, NOBODY: 2}


def test_a_message_is_a_contact_when_it_left_and_none_when_it_did_not_arrive(past):
    for sent, state in ((-4, "sent"), (-5, "delivered"), (None, "queued"), (-6, "bounced"), (None, "failed")):
        message(past, past.spell(-40, booked=-5), sent, queued=-8, state=state)
    assert past.bookings("channel") == {"SMS": 1, NOBODY: 4}
    assert past.asked("attempts").mean == pytest.approx(1 / 5)
    assert past.asked("delays").contacted == 1


def test_the_way_of_booking_is_told_by_its_event(past):
    for by, booking in (("patient", "x"), ("amara", "y"), ("amara", None), ("system", None), (None, None)):
        course = past.spell(-40, booked=-5)
        past.contact(course, -6)
        if by:
            told_booked(past, course, -5, by=by, booking=booking)
            told_booked(past, course, -5, by="patient", at=time(15), booking="later")
    ways = results.WAYS
    assert past.bookings("way") == {ways["link"]: 1, ways["book"]: 1, ways["told"]: 1, ways["pms"]: 2}


def test_bookings_that_are_booked_no_more_are_said_to_be(past):
    past.spell(-40, booked=-5)
    again = past.spell(-60, booked=-30, value=7)
    past.spell(-20, course=again)
    rebooked = past.spell(-60, booked=-30)
    past.spell(-20, course=rebooked, booked=-10)
    done = past.spell(-60, booked=-30, completed=-20)
    past.spell(-19, course=done)
    for status, gone, why in (
        ("booked", None, ""),
        ("open", None, ""),
        ("booked", -1, "deleted"),
        ("open", -1, "expired"),
    ):
        course = past.spell(-30, gone=gone, why=why, value=20)
        past.step(course, -30, "booked", -9, 20)
        with past.store.transaction() as tx:
            tx._cursor.execute(
                "update spells set last_status = ? where practice_id = ? and opportunity_id = ?",
                (status, past.id, course),
            ).fetchall()
    found = past.asked("credited", what="person")
    assert found.select("bookings", "lost", "lost_value_pence").rows() == [(9, 4, 67)]


def test_links_are_followed_from_sending_to_what_became_of_them(past):
    used = {"used_at": datetime.combine(on(-3), time(9)), "opened_at": datetime.combine(on(-3), time(8))}
    for state, facts in (
        ("sent", {}),
        ("sent", {"lasts": 5}),
        ("delivered", {"opened_at": NOW}),
        ("sent", {"used_for": "booked", "booking_id": "kept", **used}),
        ("sent", {"used_for": "booked", "booking_id": "given up", **used}),
        ("sent", {"used_for": "declined", **used}),
        ("sent", {"revoked_at": NOW, "revoked_why": "booked"}),
        ("queued", {}),
        ("bounced", {}),
    ):
        course = past.spell(-40)
        sent = message(past, course, None if state == "queued" else -8, queued=-9, state=state)
        link(past, course, sent, made=-9, **facts)
    for booking, state in (("kept", "confirmed"), ("given up", "cancelled")):
        visit = {"provider_id": "ben", "starts_at": NOW, "minutes": 30, "made_by": "patient", "made_at": NOW}
        change = {"version": 1, "changed_by": "patient", "changed_at": NOW, "opportunity_id": "c", "patient_id": "p"}
        write(past, "bookings", booking_id=booking, state=state, **visit, **change)
    old = past.spell(-200)
    link(past, old, message(past, old, -90, queued=-91), made=-91)
    found = past.asked("links")
    assert (found.sent, found.opened, found.booked, found.cancelled) == (7, 4, 2, 1)
    assert found.stages["links"].to_list() == [7, 4, 2, 1, 1, 2]
    assert found.templates.select("template", "channel").rows() == [("Please book", "SMS")]


def test_who_may_not_see_the_audit_sees_their_own_bookings_and_those_of_colleagues_together(past):
    for by in ("amara", "ben", "chloe", "system"):
        past.contact(past.spell(-40, booked=-5), -6, by=by)
    amara = Actor("amara", "Amara", Role.RECEPTION, frozenset({past.id}))
    own = results.credited(past.store, past.own, actor=amara, today=TODAY, what="person")
    assert dict(own.select("name", "bookings").iter_rows()) == {
        "amara": 1,
        results.COLLEAGUES: 2,
        "Sent by a sequence": 1,
    }


# --- Contacted against not yet contacted


LISTED = (date(2026, 8, 31) - TODAY).days
"""The last day of August, whose follow-up ends on 13 November."""


@pytest.mark.parametrize(
    ("contacted", "booked", "side"),
    [
        (14, None, "contacted"),
        (15, None, "others"),
        (None, 15, "others_booked"),
        (None, 74, "others_booked"),
        (None, 75, "others"),
        (None, 14, "booked_before"),
        (3, 14, "booked_before"),
        (14, 15, "contacted_booked"),
        (14, 74, "contacted_booked"),
        (14, 75, "contacted"),
        (15, 30, "others_booked"),
    ],
)
def test_the_landmark_is_the_fourteenth_day_and_sixty_days_follow(past, contacted, booked, side):
    course = past.spell(LISTED, booked=None if booked is None else LISTED + booked)
    if contacted is not None:
        past.contact(course, LISTED + contacted)
    month = past.asked("cohorts").months.row(0, named=True)
    sides = ("booked_before", "contacted", "contacted_booked", "others", "others_booked")
    wanted = {side, side.removesuffix("_booked")} & set(sides)
    assert {name for name in sides if month[name]} == wanted


def test_what_is_gone_by_the_landmark_is_on_neither_side_and_what_goes_later_is_not_booked(past):
    for why in ("expired", "deleted", "completed"):
        past.spell(LISTED, gone=LISTED + 14, why=why)
        past.spell(LISTED, gone=LISTED + 15, why=why)
    course = past.spell(LISTED, booked=LISTED + 20)
    past.told(course, "undone", LISTED + 3, undoes=past.contact(course, LISTED + 2))
    found = past.asked("cohorts")
    assert (found.contacted, found.others, found.others_booked, found.others_share) == (0, 4, 1, 0.25)
    assert found.contacted_share is None
    assert found.months.select("listed", "booked_before", "gone_before", "others").rows() == [(7, 0, 3, 4)]


def test_what_was_there_when_the_history_began_or_came_back_is_in_no_cohort(past):
    past.spell(LISTED, is_known=False)
    past.spell(LISTED, course=past.spell(LISTED - 50, is_known=False, booked=LISTED - 40))
    again = past.spell(LISTED - 31, booked=LISTED - 10)
    past.spell(LISTED, course=again, booked=LISTED + 10)
    months = past.asked("cohorts").months
    assert months.select("month", "listed", "booked_before", "others_booked").rows() == [(date(2026, 7, 1), 1, 0, 1)]


def test_a_month_is_too_early_until_sixty_days_follow_the_landmark_of_its_last_day(past):
    past.spell(LISTED)
    for after, is_over in ((74, False), (75, True)):
        found = past.asked("cohorts", day=LISTED + after)
        assert (found.months["is_over"].to_list(), found.others) == ([is_over], int(is_over)), after
        assert (found.months["others_share"][0] is None) is not is_over


def test_fifteen_months_are_compared_this_one_included(past):
    for day in (date(2025, 8, 31), date(2025, 9, 1), TODAY):
        past.spell((day - TODAY).days)
    assert past.asked("cohorts").months["month"].to_list() == [date(2025, 9, 1), date(2026, 11, 1)]


# --- From opening to booking


def product_limit(waits: list[tuple[int, int, bool]]) -> dict[int, float]:
    """The share booked by each day on which one was, from (entered, waited, is_booked), by the book."""
    left, shares = 1.0, {}
    for day in sorted({waited for _, waited, is_booked in waits if is_booked}):
        at_risk = sum(entered < day <= waited for entered, waited, _ in waits)
        left *= 1 - sum(waited == day and is_booked for _, waited, is_booked in waits) / at_risk
        shares[day] = 1 - left
    return shares


def test_the_curve_is_that_of_the_book(past):
    chance = random.Random(7)
    waits = []
    for _ in range(60):
        opened = -chance.randint(2, 360)
        listed = opened + chance.choice((1, 1, 1, 5, 20))
        if listed > 0:
            continue
        booked = chance.randint(listed, 0) if chance.random() < 0.5 else None
        past.spell(listed, opened=opened, booked=booked, gone=chance.choice((None, 0)))
        waits.append((listed - opened - 1, (booked or 0) - opened, booked is not None))
    found = past.asked("waits")
    book = product_limit(waits)
    assert (found.opportunities, found.booked) == (len(waits), sum(is_booked for *_, is_booked in waits))
    shares = dict(found.curve.select("day", "share").iter_rows())
    assert {day: pytest.approx(share) for day, share in book.items()}.items() <= shares.items()
    assert found.at_risk[30] == sum(entered < 30 <= waited for entered, waited, _ in waits)
    assert found.median_days == next((day for day, share in book.items() if share >= 0.5), None)
    assert found.curve.select((pl.col("low") <= pl.col("share")) & (pl.col("share") <= pl.col("high")))["low"].all()


def test_the_band_is_that_of_the_logarithm_of_the_cumulative_hazard(past):
    for booked in (-90, -80, None, None):
        past.spell(-99, opened=-100, booked=booked)
    # S(20) = 3/4 x 2/3, with the variance 1/16 + 1/9 of the cumulative hazard.
    error = 1.96 * (1 / 16 + 1 / 9) ** 0.5 / 0.6931471805599453
    last = past.asked("waits").curve.filter(pl.col("day") == 20).row(0, named=True)
    assert (last["share"], last["at_risk"]) == (pytest.approx(0.5), 3)
    assert [last["low"], last["high"]] == pytest.approx(
        [1 - 0.5 ** (2.718281828459045**-error), 1 - 0.5 ** (2.718281828459045**error)]
    )


def test_what_is_not_booked_counts_until_today_and_what_went_otherwise_too(past):
    past.spell(-49, opened=-50, booked=-40)
    past.spell(-49, opened=-50, gone=-45)
    past.spell(-4, opened=-5)
    past.spell(-49, opened=-50, is_known=False)
    found = past.asked("waits")
    assert found.curve.select("day", "share", "at_risk").rows() == [(0, 0.0, None), (10, 0.5, 2), (50, 0.5, None)]
    assert found.at_risk == {7: 2, 30: 1}


def test_the_first_booking_counts_and_who_comes_late_is_in_from_the_day_of_listing(past):
    again = past.spell(-49, opened=-50, booked=-40)
    past.spell(-20, course=again, opened=-50, booked=-10)
    past.spell(-42, opened=-50)
    past.spell(-43, opened=-50)
    found = past.asked("waits")
    assert found.curve.select("day", "share").rows() == [
        (0, 0.0),
        (10, pytest.approx(1 / 3)),
        (50, pytest.approx(1 / 3)),
    ]
    assert found.at_risk[7] == 2


def test_where_everything_is_booked_no_band_says_that_it_is_certain(past):
    past.spell(-49, opened=-50, booked=-40)
    assert past.asked("waits").curve.select("share", "low", "high").rows() == [
        (0.0, 0.0, 0.0),
        (1.0, None, None),
    ]


# --- Why rejected


def test_each_course_counts_by_its_last_reason_that_was_not_taken_back(past):
    twice, undone, old = (past.spell(-120, value=value) for value in (1, 20, 300))
    past.told(twice, "rejected", -30, reject_reason="cost")
    past.told(twice, "rejected", -20, reject_reason="fear")
    past.step(twice, -120, "rejected", -30, value=7)
    past.told(undone, "undone", -1, undoes=past.told(undone, "rejected", -2, reject_reason="cost"))
    past.told(old, "rejected", -90, reject_reason="cost")
    past.told(past.spell(-120, value=4_000), "rejected", -89, reject_reason="cost")
    past.told("never listed", "rejected", -3, reject_reason="cost")
    assert past.asked("rejections").rows() == [("cost", 1, 4_000), ("fear", 1, 1)]


# --- From opening to first contact, and attempts


def test_the_bands_of_the_first_contact_have_both_ends_in(past):
    for after in (0, 3, 4, 7, 8, 14, 15, 30, 31, 80):
        past.contact(past.spell(-85, opened=-86), -86 + after)
    found = past.asked("delays")
    assert found.bands["opportunities"].to_list() == [2, 2, 2, 2, 2, 0, 0]
    assert (found.contacted, found.within_aim, found.median_days) == (10, 2, 11.0)


def test_without_a_contact_it_waits_or_was_settled_first(past):
    past.spell(-20)
    undone = past.spell(-20)
    past.told(undone, "undone", -9, undoes=past.contact(undone, -10))
    past.contact(past.spell(-20, booked=-10), -9)
    past.contact(past.spell(-20, booked=-10), -10)
    past.spell(-20, gone=-3, why="deleted")
    found = past.asked("delays")
    assert dict(found.bands.select("band", "opportunities").iter_rows())[results.NOT_YET] == 2
    assert dict(found.bands.select("band", "opportunities").iter_rows())[results.SETTLED] == 2
    assert found.contacted == 1


def test_calls_and_messages_from_listing_to_booking_are_attempts_and_a_call_is_one(past):
    for attempts in (0, 1, 2, 3, 4, 6):
        course = past.spell(-40, booked=-5)
        for number in range(attempts):
            if number % 2:
                past.contact(course, -6 - number, channel="sms")
            else:
                past.told(course, "attempted", -5 - number)
                past.contact(course, -5 - number)
        past.told(course, "attempted", -41)
        past.told(course, "attempted", -4)
        past.told(course, "undone", -7, undoes=past.told(course, "attempted", -8))
    found = past.asked("attempts")
    assert found.bands.select("attempts", "bookings").rows() == [
        ("0", 1),
        ("1", 1),
        ("2", 1),
        ("3", 1),
        ("4 or more", 2),
    ]
    assert found.mean == pytest.approx(16 / 6)


# --- Against the raw tables, over two practices


@pytest.fixture(scope="module")
def made() -> Iterator[Store]:
    """Two practices with a past made by chance; tests only read it."""
    chance = random.Random(11)
    store = Store(now=NOW)
    spells, steps, events = [], [], []
    for name in ("Elm Road", "Oak Lane"):
        past = Past(store, name)
        for number in range(150):
            course, listed = f"c{number}", -chance.randint(0, 400)
            booked = chance.randint(listed, 0) if chance.random() < 0.5 else None
            value = chance.randint(0, 90_000)
            numbers = (value, None, value)
            left = (None, None) if booked is None else (on(booked), "booked")
            seen = (past.id, course, on(listed), chance.random() < 0.9, "p", None, None, on(listed - 1), TODAY, "open")
            spells.append((*seen, *left, *numbers, *numbers))
            if booked is not None:
                steps.append((past.id, course, on(listed), "p", "booked", on(booked), *numbers))
            for _ in range(chance.randint(0, 4)):
                at = datetime.combine(
                    on(min(listed + chance.randint(0, 60), 0)), time(chance.randint(8, 17), chance.randint(0, 59))
                )
                after = json.dumps({"channel": chance.choice(("phone", "sms"))})
                kind, by = chance.choice(("contacted", "attempted")), chance.choice("abc")
                events.append((past.id, course, "p", kind, by, at, None, None, after, None, None))
    with store.transaction() as tx:
        for table, past_rows in (("spells", spells), ("spell_steps", steps)):
            one = f"insert into {table} values ({', '.join('?' * len(past_rows[0]))})"
            tx._cursor.executemany(one, past_rows).fetchall()
        workflow.record_events(tx, pl.DataFrame(events, schema=workflow.EVENT, orient="row"))
        first = tx._cursor.sql("select * from events where kind in ('contacted', 'attempted') order by event_id").pl()
        undone = first.filter(pl.col("event_id") % 7 == 0).with_columns(kind=pl.lit("undone"), undoes="event_id")
        workflow.record_events(tx, undone)
    yield store
    store.close()


def asked(name: str, store: Store, **given: Any) -> Any:
    """What a service says about all practices today."""
    everything: list[Practice] = practices.all_practices(store)
    return getattr(results, name)(store, everything, actor=SYSTEM, today=TODAY, **given)


KEY = ["practice_id", "opportunity_id"]


def kept(store: Store, kind: str) -> pl.DataFrame:
    """The events of a kind that stand."""
    events = rows(store, "events")
    return (
        events.filter((pl.col("kind") == kind) & ~pl.col("event_id").is_in(events["undoes"].drop_nulls().to_list()))
        .with_columns(told_on=pl.col("happened_at").dt.date(), channel=pl.col("after").str.json_path_match("$.channel"))
        .select(*KEY, "event_id", "by_user", "channel", "happened_at", "told_on")
    )


def booked(store: Store, days: int) -> pl.DataFrame:
    """The bookings of the last days."""
    steps = rows(store, "spell_steps").filter(pl.col("step") == "booked")
    return steps.filter(pl.col("day").is_between(on(1 - days), TODAY))


@pytest.mark.parametrize("what", ["person", "channel"])
@pytest.mark.parametrize("window", [7, 60])
def test_bookings_are_those_of_the_raw_tables(made, what, window):
    bookings = booked(made, 180)
    before = (pl.col("day") - pl.col("told_on")).dt.total_days()
    last = (
        bookings.join(kept(made, "contacted"), on=KEY)
        .filter(before.is_between(0, window))
        .sort("happened_at", "event_id")
        .group_by(KEY)
        .last()
        .select(
            *KEY, name=pl.col("by_user" if what == "person" else "channel").replace({"phone": "Phone", "sms": "SMS"})
        )
    )
    wanted = (
        bookings.join(last, on=KEY, how="left")
        .group_by(pl.col("name").fill_null(NOBODY))
        .agg(bookings=pl.len().cast(pl.Int32), value_pence=pl.col("value_pence").sum())
    )
    found = asked("credited", made, what=what, days=180, window=window).select(wanted.columns)
    assert found.sort("name").rows() == wanted.sort("name").rows()
    assert found["name"][-1] == NOBODY


def test_cohorts_are_those_of_the_raw_tables(made):
    first = kept(made, "contacted").group_by(KEY).agg(first_on=pl.col("told_on").min())
    booking = rows(made, "spell_steps").select(*KEY, booked_on="day")
    landmark = pl.col("listed_from") + pl.duration(days=14)
    is_booked = pl.col("booked_on") <= landmark + pl.duration(days=60)
    wanted = (
        rows(made, "spells")
        .filter(pl.col("is_start_known") & (pl.col("listed_from") >= date(2025, 9, 1)))
        .join(first, on=KEY, how="left")
        .join(booking, on=KEY, how="left")
        .filter(~(pl.col("booked_on") <= landmark).fill_null(False))
        .with_columns(
            is_contacted=(pl.col("first_on") <= landmark).fill_null(False), is_booked=is_booked.fill_null(False)
        )
        .filter(pl.col("listed_from") < date(2026, 9, 1))
    )
    found = asked("cohorts", made)
    numbers = wanted.group_by("is_contacted").agg(pl.len(), pl.col("is_booked").sum())
    sides = {is_contacted: tuple(sums) for is_contacted, *sums in numbers.rows()}
    assert sides == {
        True: (found.contacted, found.contacted_booked),
        False: (found.others, found.others_booked),
    }
    assert found.contacted > 20


def test_delays_and_attempts_are_those_of_the_raw_tables(made):
    booking = rows(made, "spell_steps").select(*KEY, booked_on="day")
    spells = rows(made, "spells").filter(pl.col("is_start_known") & (pl.col("listed_from") > on(-180)))
    delay = (
        spells.join(kept(made, "contacted"), on=KEY)
        .join(booking, on=KEY, how="left")
        .group_by(KEY)
        .agg(pl.col("told_on").min(), pl.col("opened_on", "booked_on").first())
        .filter((pl.col("told_on") <= pl.col("booked_on")).fill_null(True))
        .select(days=(pl.col("told_on") - pl.col("opened_on")).dt.total_days())["days"]
    )
    found = asked("delays", made, days=180)
    assert (found.opportunities, found.contacted) == (spells.height, delay.len())
    assert (found.within_aim, found.median_days) == ((delay <= 3).sum(), delay.median())

    tries = pl.concat([kept(made, "attempted"), kept(made, "contacted").filter(pl.col("channel") != "phone")])
    bookings = booked(made, 180)
    made_of = bookings.join(tries, on=KEY).filter(pl.col("told_on") <= pl.col("day")).group_by(KEY).len()
    numbers = bookings.join(made_of, on=KEY, how="left")["len"].fill_null(0)
    assert asked("attempts", made, days=180).mean == pytest.approx(numbers.mean())


# --- With what people press, and with nothing


def test_what_people_do_day_by_day_is_credited_to_them(practice, store):
    days = Days(practice)
    days.look(0)
    course, gone = practice.course(days_ago=0), practice.course(days_ago=0)
    days.look(1)
    days.does(care.attempt, course, "spoke", day=2)
    days.does(care.reject, gone, reason="cost", day=2)
    days.does(care.book, course, visit_on=on(20), day=3)
    days.look(3)
    everything = practices.all_practices(store)
    given = {"actor": SYSTEM, "today": on(3)}
    assert list(results.as_of(store, everything, **given).values()) == [(NOW + timedelta(days=3)).replace(tzinfo=None)]
    (row,) = results.credited(store, everything, what="channel", **given).rows()
    assert row == ("Phone", True, 1, 42_000, 0, 0, 0, 0)
    assert results.rejections(store, everything, **given).rows() == [("cost", 1, 42_000)]
    assert results.delays(store, everything, **given).median_days == 2
    assert results.attempts(store, everything, **given).mean == 1
    assert results.waits(store, everything, **given).curve.select("day", "share").rows() == [(0, 0.0), (3, 0.5)]


def test_a_practice_without_a_past_has_nothing_anywhere(past):
    for what in results.WHATS:
        assert past.asked("credited", what=what).is_empty()
    assert past.asked("as_of") == {}
    assert past.asked("cohorts").months.is_empty()
    waits = past.asked("waits")
    assert (waits.curve.height, waits.opportunities, waits.median_days, waits.at_risk) == (0, 0, None, {})
    assert past.asked("rejections").is_empty()
    assert (past.asked("delays").bands.height, past.asked("delays").median_days) == (0, None)
    assert (past.asked("attempts").bands.height, past.asked("attempts").mean) == (0, None)


def test_one_course_that_is_not_booked_yet_has_a_curve_of_nothing(past):
    past.spell(-9, opened=-10)
    waits = past.asked("waits")
    assert waits.curve.select("day", "share", "low", "high").rows() == [(0, 0.0, 0.0, 0.0), (10, 0.0, 0.0, 0.0)]
    assert (waits.opportunities, waits.booked) == (1, 0)

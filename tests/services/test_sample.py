"""The sample practice looks like a practice, shows every case of the rule, and goes without a trace."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

import polars as pl
import pytest

from queries import opportunities as queries
from queries import pms, workflow
from queries import practices as practice_queries
from queries.store import Store
from services import actions, integrity, results, sample, slots, words, working_hours
from services.errors import InvalidRequest
from services.practices import Practice, all_practices
from services.search_text import patient_text
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice
from tests.replay import replayed

RULE = {
    "lookback_days": 365,
    "horizon_days": 90,
    "grace_days": 1,
    "is_unlinked_visit_counted": False,
    "plan_weight": 0.0,
}
OF_MESSAGES = ("message_events", "message_pictures", "digests")
"""Tables that know the practice by the message alone."""
LIVE = ("booked", "confirmed", "arrived", "pending")


@dataclass(frozen=True)
class Riverside:
    """The sample practice in a store, and its tables."""

    store: Store
    practice: Practice
    today: date

    @classmethod
    def opened(cls, today: date) -> Riverside:
        store = Store(now=NOW)
        return cls(store, sample.add(store, today=today, actor=SYSTEM, now=NOW), today)

    def table(self, name: str) -> pl.DataFrame:
        return pms.read(self.store, self.practice.practice_id, name)

    def events(self) -> pl.DataFrame:
        """What its people did: not that it was added."""
        return _rows(self.store, "events").filter(pl.col("kind") != "sample added").sort("event_id")

    def states(self) -> pl.DataFrame:
        return workflow.states(self.store, self.practice.practice_id)

    def courses_on(self) -> pl.DataFrame:
        return queries.courses_on(self.store, self.practice.practice_id, today=self.today, settings=RULE)

    def listed(self) -> pl.DataFrame:
        return self.courses_on().filter("is_listed")


def _rows(store: Store, table: str) -> pl.DataFrame:
    with store.reading() as reading:
        rows: pl.DataFrame = reading._cursor.sql(f"from {table}").pl()
    return rows


@pytest.fixture(scope="module")
def riverside() -> Iterator[Riverside]:
    """The sample practice as it stands on TODAY; tests of this module only read it."""
    riverside = Riverside.opened(TODAY)
    yield riverside
    riverside.store.close()


@pytest.mark.parametrize(
    ("table", "fewest", "most"),
    [
        ("providers", 7, 7),
        ("payors", 5, 5),
        ("pms_users", 5, 5),
        ("contracts", 4, 4),
        ("patients", 8_000, 8_000),
        ("courses", 20_000, 40_000),
        ("planned_visits", 10_000, 30_000),
        ("treatment_items", 25_000, 80_000),
        ("appointments", 35_000, 70_000),
    ],
)
def test_each_table_has_the_size_of_a_practice_of_7_providers(
    riverside: Riverside, table: str, fewest: int, most: int
) -> None:
    assert fewest <= riverside.table(table).height <= most


def test_it_is_marked_as_a_sample(riverside: Riverside) -> None:
    assert riverside.practice.is_sample
    assert "(sample)" in riverside.practice.name
    assert riverside.practice.revision > 0


def test_there_is_a_work_list_of_400_to_900_more_of_it_recent(riverside: Riverside) -> None:
    listed = riverside.listed()
    ages = listed.select((TODAY - pl.col("opened_on")).dt.total_days().alias("age"))["age"]
    assert 400 <= listed.height <= 900
    assert (ages <= 60).sum() > 1.5 * (ages > 305).sum()
    assert ages.max() > 300


def test_a_few_opportunities_carry_most_of_the_value(riverside: Riverside) -> None:
    values = riverside.listed()["value_pence"].sort(descending=True)
    assert values.head(values.len() // 10).sum() > 0.4 * values.sum()
    assert values.max() > 250_000
    assert (values == 0).sum() > 0.2 * values.len()


def test_every_dentist_and_every_payor_has_opportunities(riverside: Riverside) -> None:
    listed = riverside.listed()
    assert listed["provider_id"].value_counts()["count"].min() >= 40
    assert listed["provider_id"].n_unique() == 5
    assert listed["payor_id"].value_counts()["count"].min() >= 8
    assert listed["payor_id"].n_unique() == 5
    assert 0.45 < riverside.table("courses")["payor_id"].eq("nhs").mean() < 0.65


def _cases(riverside: Riverside) -> pl.DataFrame:
    """Return every course or chain with what the cases below are told by."""
    items = riverside.table("treatment_items").filter(~pl.col("is_deleted"))
    visits = riverside.table("planned_visits").select("course_id", "appointment_id")
    appointments = riverside.table("appointments")
    links = pl.concat([appointments.select("course_id", "appointment_id"), visits]).drop_nulls().unique()
    kept = ("reopen_by", "absent_since", "is_deleted")
    return (
        riverside.courses_on()
        .join(riverside.table("courses").select("course_id", *kept), on="course_id", suffix="_")
        .join(riverside.table("patients").select("patient_id", "is_charge_exempt", "household_id"), on="patient_id")
        .join(
            links.join(appointments.select("appointment_id", "status"), on="appointment_id")
            .group_by("course_id")
            .agg(pl.col("status").alias("visits")),
            on="course_id",
            how="left",
        )
        .join(items.group_by("course_id").agg(pl.col("charged_to")), on="course_id", how="left")
        .join(riverside.states(), on="opportunity_id", how="left")
        .with_columns(
            pl.col("status").fill_null("open"), pl.col("visits").fill_null([]), age=TODAY - pl.col("opened_on")
        )
    )


LISTED = pl.col("is_listed")
NOT_COMPLETED = pl.col("completed_on").is_null()


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(pl.col("reason") == "no_visit", id="no visit"),
        pytest.param(pl.col("reason") == "booked_too_far_ahead", id="booked too far ahead"),
        pytest.param(pl.col("reason") == "visit_not_linked", id="visit not linked"),
        pytest.param(LISTED & pl.col("visits").list.contains("cancelled"), id="linked visit cancelled"),
        pytest.param(LISTED & pl.col("visits").list.contains("failed"), id="linked visit failed"),
        pytest.param(LISTED & pl.col("visits").list.contains("waiting_list"), id="on the waiting list"),
        pytest.param(LISTED & pl.col("is_partly_done"), id="partly done"),
        pytest.param(
            LISTED & pl.col("charged_to").list.contains("nhs") & pl.col("charged_to").list.contains("private"),
            id="NHS and private on one course",
        ),
        pytest.param(LISTED & (pl.col("plan_pence") > 0), id="covered by a plan"),
        pytest.param(LISTED & pl.col("is_charge_exempt") & (pl.col("charge_pence") == 0), id="exempt from charges"),
        pytest.param(LISTED & (pl.col("chain_length") > 1), id="pathway of several claims"),
        pytest.param(LISTED & pl.col("suspended_on").is_not_null() & pl.col("reopen_by").is_not_null(), id="suspended"),
        pytest.param(LISTED & (pl.col("band") == "unscheduled") & (pl.col("tariff_pence") > 0), id="unscheduled care"),
        pytest.param(LISTED & ~pl.col("is_active") & (pl.col("status") == "rejected"), id="inactive, so rejected"),
        pytest.param(
            LISTED & pl.col("is_active") & (pl.col("reject_reason") == words.INACTIVE),
            id="active again, still rejected",
        ),
        pytest.param(LISTED & (pl.col("status") == "contacted"), id="contacted"),
        pytest.param(LISTED & (pl.col("snoozed_until") > TODAY) & (pl.col("status") != "rejected"), id="snoozed"),
        pytest.param(
            LISTED & (pl.col("snoozed_until") <= TODAY) & (pl.col("status") != "rejected"), id="snooze has run out"
        ),
        pytest.param(LISTED & pl.col("assigned_to").is_not_null(), id="assigned"),
        pytest.param((pl.col("reason") == "held_back") & (pl.col("opened_on") == TODAY), id="opened today"),
        pytest.param(pl.col("reason") == "booked", id="booked"),
        pytest.param((pl.col("reason") == "too_old") & NOT_COMPLETED & (pl.col("age") > timedelta(days=365)), id="old"),
        pytest.param((pl.col("reason") == "nothing_left") & NOT_COMPLETED, id="nothing left to do"),
        pytest.param(pl.col("is_deleted") & pl.col("reason").eq("deleted"), id="deleted"),
        pytest.param(pl.col("absent_since").is_not_null() & pl.col("reason").eq("absent"), id="absent"),
        pytest.param(pl.col("reason") == "patient_inactive", id="patient inactive"),
        pytest.param(pl.col("reason") == "completed", id="completed"),
    ],
)
def test_each_case_of_the_rule_is_there_several_times(riverside: Riverside, case: pl.Expr) -> None:
    assert _cases(riverside).filter(case).height >= 3


def test_rejected_contacted_snoozed_and_assigned_have_their_shares(riverside: Riverside) -> None:
    listed = _cases(riverside).filter("is_listed")
    is_rejected = listed["status"] == "rejected"
    is_snoozed = (listed["snoozed_until"] > TODAY).fill_null(False) & ~is_rejected
    is_contacted = (listed["status"] == "contacted") & ~is_snoozed
    assert 0.06 < is_rejected.mean() < 0.15
    assert 0.05 < is_snoozed.mean() < 0.12
    assert 0.18 < is_contacted.mean() < 0.34
    assert 0.30 < listed["assigned_to"].is_not_null().mean() < 0.50


def test_some_patients_and_households_have_several_opportunities(riverside: Riverside) -> None:
    listed = _cases(riverside).filter("is_listed")
    assert (listed["patient_id"].value_counts()["count"] > 1).sum() >= 5
    assert (
        listed.drop_nulls("household_id")
        .group_by("household_id")
        .agg(pl.col("patient_id").n_unique())
        .filter(pl.col("patient_id") > 1)
        .height
        >= 5
    )


def test_no_provider_has_two_visits_at_a_time(riverside: Riverside) -> None:
    visits = riverside.table("appointments").sort("provider_id", "starts_at")
    ends_at = pl.col("starts_at") + pl.duration(minutes=pl.col("minutes"))
    overlaps = visits.filter(
        (pl.col("provider_id") == pl.col("provider_id").shift(1)) & (pl.col("starts_at") < ends_at.shift(1))
    )
    assert overlaps.is_empty()


def test_visits_keep_to_the_hours_of_a_practice(riverside: Riverside) -> None:
    starts_at = riverside.table("appointments")["starts_at"]
    ends_at = riverside.table("appointments").select(
        (pl.col("starts_at") + pl.duration(minutes=pl.col("minutes"))).dt.time().alias("at")
    )["at"]
    assert starts_at.dt.weekday().max() <= 5
    assert starts_at.dt.hour().min() >= 9
    assert not (starts_at.dt.hour() == 13).any()
    assert f"{ends_at.max():%H:%M}" <= "17:30"
    assert not ((starts_at.dt.month() == 12) & starts_at.dt.day().is_in([25, 26])).any()


def test_past_visits_are_settled_and_coming_ones_are_not(riverside: Riverside) -> None:
    visits = riverside.table("appointments").with_columns(pl.col("starts_at").dt.date().alias("day"))
    past, coming = visits.filter(pl.col("day") < TODAY), visits.filter(pl.col("day") > TODAY)
    assert set(past["status"]) <= {"completed", "failed", "cancelled", "waiting_list"}
    assert set(coming["status"]) <= {"booked", "confirmed", "cancelled", "waiting_list"}
    assert {"arrived", "pending", "confirmed"} <= set(visits.filter(pl.col("day") == TODAY)["status"])
    assert coming["day"].max() > TODAY + timedelta(days=150)
    assert past["day"].min() < TODAY - timedelta(days=1080)


def test_august_and_december_are_quieter_than_the_rest(riverside: Riverside) -> None:
    months = (
        riverside.table("appointments")
        .filter(pl.col("starts_at").dt.year() == 2025)
        .group_by(pl.col("starts_at").dt.month().alias("month"))
        .len()
    )
    quiet = months.filter(pl.col("month").is_in([8, 12]))["len"].mean()
    assert quiet < 0.9 * months.filter(~pl.col("month").is_in([8, 12]))["len"].mean()


def test_a_completed_course_has_nothing_left_and_dates_in_order(riverside: Riverside) -> None:
    courses = riverside.table("courses")
    items = riverside.table("treatment_items").filter(~pl.col("is_deleted"))
    done = courses.filter(pl.col("completed_on").is_not_null() & ~pl.col("is_deleted"))
    assert items.join(done, on="course_id", how="semi")["completed_on"].null_count() == 0
    assert done.join(items, on="course_id", how="anti").is_empty()
    assert courses.filter(
        (pl.col("completed_on") < pl.col("opened_on"))
        | (pl.col("started_on") < pl.col("opened_on"))
        | (pl.col("last_updated_on") < pl.max_horizontal("opened_on", "started_on", "completed_on"))
        | (pl.max_horizontal("opened_on", "last_updated_on") > TODAY)
    ).is_empty()


@pytest.mark.parametrize(
    ("table", "column", "other"),
    [
        ("courses", "patient_id", "patients"),
        ("courses", "provider_id", "providers"),
        ("courses", "payor_id", "payors"),
        ("courses", "contract_id", "contracts"),
        ("planned_visits", "course_id", "courses"),
        ("planned_visits", "provider_id", "providers"),
        ("planned_visits", "appointment_id", "appointments"),
        ("treatment_items", "course_id", "courses"),
        ("treatment_items", "planned_visit_id", "planned_visits"),
        ("appointments", "patient_id", "patients"),
        ("appointments", "course_id", "courses"),
        ("appointments", "provider_id", "providers"),
        ("providers", "contract_id", "contracts"),
    ],
)
def test_whatever_is_named_is_there(riverside: Riverside, table: str, column: str, other: str) -> None:
    named = riverside.table(table).drop_nulls(column)
    assert named.height > 0
    assert named.join(riverside.table(other), on=column, how="anti").is_empty()


def test_a_linked_visit_is_of_the_same_patient(riverside: Riverside) -> None:
    courses = riverside.table("courses").select("course_id", "patient_id")
    linked = riverside.table("appointments").join(courses, on="course_id", suffix="_of_course")
    assert linked.filter(pl.col("patient_id") != pl.col("patient_id_of_course")).is_empty()


def test_events_and_states_name_courses_patients_and_people(riverside: Riverside) -> None:
    courses = riverside.table("courses").select("course_id", "patient_id")
    people = {*_rows(riverside.store, "users")["user_id"], "system", "patient"}
    events = riverside.events().drop_nulls("opportunity_id")
    for frame in (events, riverside.states()):
        assert frame.join(courses, left_on="opportunity_id", right_on="course_id", how="anti").is_empty()
    alone = riverside.events().filter(pl.col("opportunity_id").is_null())
    assert set(alone["kind"]) <= {"consent changed"}
    assert alone.join(riverside.table("patients"), on="patient_id", how="anti").is_empty()
    assert events.join(
        courses, left_on=["opportunity_id", "patient_id"], right_on=["course_id", "patient_id"]
    ).height == (events.height)
    assert set(events["by_user"]) <= people
    assert set(riverside.states()["changed_by"]) <= people
    assert set(riverside.states()["assigned_to"].drop_nulls()) <= people - {"system", "patient"}


BEGUN = {"status": "open", "attempts": 0}
"""What no event says: how an opportunity begins."""


def test_every_state_is_what_its_events_say(riverside: Riverside) -> None:
    told = {opportunity_id: state for (_, opportunity_id), state in replayed(riverside.events()).items()}
    states = riverside.states().to_dicts()
    assert len(states) > 500
    for state in states:
        said = BEGUN | told[state["opportunity_id"]]
        columns = set(workflow.STATE) - {"practice_id", "opportunity_id", "changed_by", "changed_at"}
        assert {name: state[name] for name in columns} == {name: said.get(name) for name in columns}
    assert {id_ for id_, said in told.items() if said} <= {state["opportunity_id"] for state in states}


def test_an_event_begins_where_the_one_before_it_ended(riverside: Riverside) -> None:
    kept: dict[str, dict[str, Any]] = {}
    for event in riverside.events().sort("event_id").to_dicts():
        state = kept.setdefault(event["opportunity_id"], {**BEGUN})
        before = actions.fields_of(event, "before")
        assert before == {name: state.get(name) for name in before}
        state |= actions.fields_of(event, "after")


def test_history_goes_back_18_months_and_ends_yesterday(riverside: Riverside) -> None:
    days = riverside.events()["happened_at"].dt.date()
    kinds = dict(riverside.events()["kind"].value_counts().iter_rows())
    assert TODAY - timedelta(days=545) <= days.min() < TODAY - timedelta(days=520)
    assert days.max() == TODAY - timedelta(days=1)
    assert riverside.events()["happened_at"].is_sorted()
    assert min(kinds[kind] for kind in ("assigned", "snoozed", "attempted", "contacted", "booked")) > 500
    assert min(kinds[kind] for kind in ("rejected", "noted")) > 100
    assert kinds["restored"] >= 5


def test_contacts_led_to_bookings_that_were_completed(riverside: Riverside) -> None:
    events = riverside.events()
    first = events.filter(pl.col("kind") == "contacted").group_by("opportunity_id").agg(pl.col("happened_at").min())
    booked = events.filter(pl.col("kind") == "booked").join(first, on="opportunity_id", suffix="_of_contact")
    won = booked.filter(pl.col("happened_at") > pl.col("happened_at_of_contact"))["opportunity_id"].unique()
    done = riverside.table("courses").filter(pl.col("completed_on").is_not_null() & ~pl.col("is_deleted"))
    assert 0.25 < won.len() / first.height < 0.6
    assert won.is_in(done["course_id"].to_list()).sum() > 200


def test_a_booking_names_its_visit(riverside: Riverside) -> None:
    visits = dict(riverside.table("appointments").select("appointment_id", "patient_id").iter_rows())
    by_imports = riverside.events().filter(kind="booked", by_user="system")
    for event in by_imports.to_dicts():
        assert visits[json.loads(event["after"])["appointment_id"]] == event["patient_id"]


def test_nobody_can_be_reached_by_the_contact_details(riverside: Riverside) -> None:
    patients = riverside.table("patients")
    mobiles = [re.sub(r"\D", "", number).removeprefix("44").lstrip("0") for number in patients["mobile"].drop_nulls()]
    phones = [re.sub(r"\D", "", number).lstrip("0") for number in patients["phone"].drop_nulls()]
    assert all(re.fullmatch(r"7700900\d{3}", number) for number in mobiles)
    assert all(re.fullmatch(r"1632960\d{3}", number) for number in phones)
    assert all(re.fullmatch(r"[a-z0-9.]+@example\.(com|org|net)", email) for email in patients["email"].drop_nulls())


def test_names_households_and_consents_are_mixed(riverside: Riverside) -> None:
    patients = riverside.table("patients")
    names = (patients["first_name"] + " " + patients["last_name"]).to_list()
    for part in ("O'Brien", "Ó Súilleabháin", "Zoë", "Łukasz", "D'Souza", "Müller", "Smith-Jones"):
        assert any(part in name for name in names), part
    assert 0.5 < patients["household_id"].is_not_null().mean() < 0.9
    no_contact = patients.filter(pl.all_horizontal(pl.col("mobile", "phone", "email").is_null()))
    assert 50 < no_contact.height < 500
    assert patients.filter(pl.col("is_do_not_contact")).height > 50
    for column in ("is_email_allowed", "is_sms_allowed", "is_marketing_allowed"):
        assert set(patients[column]) == {True, False, None}


def test_patients_are_searched_as_everywhere(riverside: Riverside) -> None:
    for row in riverside.table("patients").head(200).to_dicts():
        told = ("first_name", "last_name", "mobile", "phone", "email")
        assert row["search_text"] == patient_text(**{name: row[name] for name in told})


def test_every_message_is_what_the_events_of_its_course_say(riverside: Riverside) -> None:
    messages = _rows(riverside.store, "messages")
    about = _rows(riverside.store, "message_opportunities")
    told = riverside.events().with_columns(
        pl.col("after").str.json_path_match(f"$.{name}").alias(name) for name in ("message_id", "template", "channel")
    )
    assert 300 <= messages.height <= 600
    assert set(messages["sender"]) == {"outbox"}
    assert {"delivered", "sent", "bounced", "failed"} == set(messages["state"])
    assert messages.filter(pl.col("body").str.contains_any(["{{", "your-own-"])).is_empty()
    key = ("message_id", "template", "channel")
    written = told.filter(pl.col("kind") == "contacted").drop_nulls("message_id")
    assert sorted(written.select(*key, "action_id", "by_user", "happened_at").rows()) == sorted(
        messages.filter(kind="service").select(*key, "action_id", "queued_by", "queued_at").rows()
    )
    lasts = told.filter(pl.col("kind").str.starts_with("message ")).group_by("message_id").last()
    joined = messages.join(lasts, on="message_id", suffix="_told").join(about, on="message_id", suffix="_about")
    assert joined.height == messages.height
    assert (joined["kind_told"] == "message " + joined["state"]).all()
    assert (joined["happened_at"] == joined["state_at"]).all()
    assert (joined["opportunity_id"] == joined["opportunity_id_about"]).all()
    taken_back = told.filter(kind="undone").join(told, left_on="undoes", right_on="event_id", suffix="_undone")
    lost = messages.filter(pl.col("state").is_in(["bounced", "failed"]))
    assert set(taken_back["message_id_undone"]) == set(lost["message_id"])


def test_the_booking_links_and_what_was_booked_by_them_add_up(riverside: Riverside) -> None:
    links, bookings = _rows(riverside.store, "booking_links"), _rows(riverside.store, "bookings")
    found = results.links(riverside.store, [riverside.practice], today=TODAY, actor=SYSTEM)
    assert 40 < found.sent <= links.height < 150
    assert 0.4 * found.sent < found.opened < 0.75 * found.sent
    assert min(found.booked, found.otherwise, found.waiting) >= 3
    assert {"booked", "replaced"} <= set(links["revoked_why"].drop_nulls()) <= {"booked", "replaced", "rejected"}
    assert links.filter(pl.col("used_at").is_not_null() & pl.col("revoked_at").is_not_null()).is_empty()
    assert links.filter(pl.col("used_at") > pl.col("expires_at")).is_empty()
    by_link = bookings.filter(made_by="patient")
    used = links.filter(used_for="booked")
    assert sorted(used["booking_id"]) == sorted(by_link["booking_id"])
    opened = (
        riverside.states().filter(pl.col("link_opened_at").is_not_null()).join(riverside.listed(), on="opportunity_id")
    )
    assert 8 <= opened.height <= 30
    confirmed = bookings.filter(state="confirmed").join(riverside.table("appointments"), on="appointment_id")
    assert (confirmed["starts_at"] == confirmed["starts_at_right"]).all()
    assert (confirmed["opportunity_id"] == confirmed["course_id"]).all()
    assert bookings.filter(state="to enter").height == bookings.height - confirmed.height == 2
    ways = results.credited(riverside.store, [riverside.practice], today=TODAY, actor=SYSTEM, what="way")
    assert {results.WAYS[way] for way in ("link", "book", "pms")} <= set(ways["name"])
    assert dict(ways.select("name", "bookings").iter_rows())[results.WAYS["link"]] <= by_link.height


def test_the_store_with_it_is_whole(riverside: Riverside) -> None:
    assert integrity.faults(riverside.store) == []


def test_its_days_past_join_the_list_of_today_without_a_step(riverside: Riverside) -> None:
    spells = _rows(riverside.store, "spells")
    now = riverside.listed()
    running = spells.filter(pl.col("listed_to").is_null())
    assert sorted(running["opportunity_id"]) == sorted(now["opportunity_id"])
    assert running["last_worth_pence"].sum() == now["worth_pence"].sum()
    assert spells.filter(pl.col("listed_to") == TODAY).height < 15
    assert spells.filter(pl.col("listed_from") == TODAY).height < 15
    overlapping = spells.sort("listed_from").with_columns(before=pl.col("listed_to").shift().over("opportunity_id"))
    assert overlapping.filter(pl.col("before") > pl.col("listed_from")).is_empty()


def test_the_totals_of_each_day_are_those_of_the_spells_then(riverside: Riverside) -> None:
    spells = _rows(riverside.store, "spells")
    figures = _rows(riverside.store, "daily_figures")
    totals = _rows(riverside.store, "daily_totals").sort("day")
    assert totals["day"].to_list() == [TODAY - timedelta(days=ago) for ago in range(182, -1, -1)]
    for ago in (0, 1, 50, 182):
        day = TODAY - timedelta(days=ago)
        there = spells.filter((pl.col("listed_from") <= day) & (pl.col("listed_to").fill_null(date.max) > day))
        kept = figures.filter(pl.col("day") == day)
        unbooked = kept.filter(pl.col("status").is_in(["open", "contacted", "snoozed"]))
        total = totals.filter(pl.col("day") == day).row(0, named=True)
        assert kept["opportunities"].sum() == there.height
        assert kept["value_pence"].sum() == there["last_value_pence"].sum()
        assert unbooked["opportunities"].sum() == total["opportunities"] >= total["patients"]
        assert unbooked["worth_pence"].sum() == total["worth_pence"]
        waiting = {"booked"} if ago < 2 else set[str]()  # by a link yesterday: nobody entered it in the PMS yet
        assert set(kept["status"]) == {"open", "contacted", "snoozed", "rejected", *waiting}


def test_its_weeks_have_contacts_bookings_and_rejections_as_its_events_say(riverside: Riverside) -> None:
    steps = _rows(riverside.store, "spell_steps").filter(pl.col("day") < TODAY)
    events = riverside.events().select("opportunity_id", "kind", day=pl.col("happened_at").dt.date())
    for step in ("contacted", "booked", "rejected"):
        taken = steps.filter(pl.col("step") == step).select("opportunity_id", "day")
        told = events.filter(pl.col("kind") == step).select("opportunity_id", "day").unique()
        assert (
            taken.join(told, on=["opportunity_id", "day"], how="anti").height <= 10
        )  # booked, before it was ever listed
        assert taken.height > 0.8 * told.height, step
    completed = steps.filter(pl.col("step") == "completed")["opportunity_id"]
    assert completed.is_in(
        riverside.table("courses").filter(pl.col("completed_on").is_not_null())["course_id"].implode()
    ).all()


def test_every_visit_to_come_lies_in_its_providers_hours_and_in_no_time_off(riverside: Riverside) -> None:
    begins, ends = pl.col("starts_at").dt.time(), (pl.col("starts_at") + pl.duration(minutes="minutes")).dt.time()
    visits = riverside.table("appointments").filter(
        pl.col("status").is_in(LIVE), pl.col("starts_at").dt.date() >= TODAY
    )
    hours = working_hours.of(riverside.store, riverside.practice.practice_id)
    within = (
        visits.with_columns(weekday=pl.col("starts_at").dt.weekday().cast(pl.Int32))
        .join(hours, on=["provider_id", "weekday"])
        .filter(
            (begins >= pl.col("from_time")) & (ends <= pl.col("to_time")),
            (ends <= pl.col("break_from")) | (begins >= pl.col("break_to")),
        )
    )
    assert visits.height == within.height > 1_000
    days = visits.select("provider_id", pl.col("starts_at").dt.date())
    for off in working_hours.closures(riverside.store, riverside.practice, from_on=TODAY, actor=SYSTEM):
        here = days if off.provider_id == "" else days.filter(provider_id=off.provider_id)
        assert here.filter(pl.col("starts_at").is_between(off.from_on, off.to_on)).is_empty(), off


def test_no_two_providers_share_a_room_on_a_day_and_everybody_has_free_time(riverside: Riverside) -> None:
    hours = working_hours.of(riverside.store, riverside.practice.practice_id).drop_nulls("room")
    assert not hours.select("weekday", "room").is_duplicated().any()
    for provider_id in riverside.table("providers")["provider_id"]:
        free = slots.free(
            riverside.store,
            riverside.practice,
            [provider_id],
            minutes=30,
            from_on=TODAY,
            to_on=TODAY + timedelta(days=90),
            now=NOW,
        )
        assert len(free) > 20, provider_id


def test_the_same_day_gives_the_same_practice_and_removal_leaves_of_it_only_who_worked_elsewhere(
    store: Store, practice: SmallPractice, riverside: Riverside
) -> None:
    practice.course()
    sample.add(store, today=TODAY, actor=SYSTEM, now=NOW)
    for table in pms.KEYS:
        assert pms.read(store, riverside.practice.practice_id, table).equals(riverside.table(table)), table
    assert workflow.states(store, riverside.practice.practice_id).equals(riverside.states())
    events = _rows(store, "events").filter(pl.col("kind") != "sample added").drop("event_id")
    assert events.equals(riverside.events().drop("event_id"))

    practice.state("1", assigned_to="sample-priya")
    sample.remove(store, actor=SYSTEM, now=NOW)

    assert [one.name for one in all_practices(store)] == ["Elm Road"]
    for table in _of_practices(store):
        assert _rows(store, table).filter(pl.col("practice_id") != practice.id).is_empty(), table
    assert _rows(store, "users")["user_id"].sort().to_list() == ["amara", "sample-priya"]
    assert _rows(store, "user_practices")["practice_id"].to_list() == [practice.id]
    assert pms.read(store, practice.id, "courses").height == 1
    with pytest.raises(InvalidRequest, match="no sample practice"):
        sample.remove(store, actor=SYSTEM, now=NOW)


def _of_practices(store: Store) -> list[str]:
    """Return every table that says of which practice its rows are."""
    found = store._connection.execute(
        "select table_name from information_schema.columns "
        "where column_name = 'practice_id' and table_catalog = current_database() order by table_name"
    ).fetchall()
    return [table for (table,) in found]


def test_removing_a_practice_empties_every_table_of_it_and_no_other_practices(store: Store) -> None:
    ids = [SmallPractice(store, name).id for name in ("Elm Road", "Oak Lane")]
    tables = [table for table in _of_practices(store) if table not in pms.KEYS]
    for practice_id in ids:
        for table in (*tables, *OF_MESSAGES):
            _fill(store, table, practice_id)
    kept = {table: _rows(store, table).filter(pl.col("practice_id") != ids[0]) for table in tables}

    with store.transaction() as tx:
        practice_queries.remove(tx, ids[0])

    assert {
        table for table in tables if not _rows(store, table).sort(pl.all()).equals(kept[table].sort(pl.all()))
    } == set()
    for table in OF_MESSAGES:
        assert _rows(store, table)["message_id"].to_list() == [ids[1]], table


def _fill(store: Store, table: str, practice_id: str) -> None:
    """Add a row in which every text is the practice's id, unless it has one."""
    columns = store._connection.execute(
        "select column_name, data_type from information_schema.columns where table_name = ?", [table]
    ).fetchall()
    if "practice_id" in dict(columns) and not _rows(store, table).filter(practice_id=practice_id).is_empty():
        return
    values = {"VARCHAR": practice_id, "BOOLEAN": False, "DATE": TODAY, "TIMESTAMP": NOW.replace(tzinfo=None)}
    values |= {"VARCHAR[]": [practice_id], "BLOB": b"", "TIME": time(9)}
    values |= {"BIGINT": int(practice_id == "elm-road"), "INTEGER": 1}
    names = [name for name, _ in columns]
    given = [values.get(kind, 1) for _, kind in columns]
    store._connection.execute(
        f"insert into {table} ({', '.join(names)}) values ({', '.join('?' * len(names))})", given
    ).fetchall()


@pytest.mark.parametrize("today", [date(2026, 2, 28), date(2028, 2, 29)], ids=["a Saturday", "a leap day"])
def test_any_day_will_do(today: date) -> None:
    riverside = Riverside.opened(today)
    reasons = riverside.courses_on()["reason"].value_counts()
    assert 400 <= riverside.listed().height <= 900
    assert reasons["count"].min() >= 3
    assert reasons.height == 11
    riverside.store.close()


def test_a_second_sample_is_refused_and_the_first_kept(riverside: Riverside) -> None:
    with pytest.raises(InvalidRequest, match="already"):
        sample.add(riverside.store, today=TODAY, actor=SYSTEM, now=NOW)
    assert riverside.table("patients").height == 8_000

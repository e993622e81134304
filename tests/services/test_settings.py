"""The settings of a practice: what may be set, what changes at once, who changed it, and what is refused in words."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from queries import practices as practice_queries
from queries.store import Store
from services import opportunities, practices, settings
from services.actors import Actor, NotAllowed, Role
from services.errors import InvalidRequest
from services.opportunities import Filters
from services.practices import Practice
from services.settings import SETTINGS, Current
from tests.practice import BY, NOW, SYSTEM, TODAY, SmallPractice

LATER = NOW + timedelta(minutes=5)


def manager_of(practice: SmallPractice, user_id: str = BY) -> Actor:
    """Return a manager of the practice."""
    return Actor(user_id, user_id.title(), Role.MANAGER, frozenset({practice.id}))


@pytest.fixture
def actor(practice: SmallPractice) -> Actor:
    """Amara, made manager."""
    return manager_of(practice)


def shown(store: Store, practice: SmallPractice) -> Practice:
    """Return the practice as a page shows it now."""
    return next(one for one in practices.all_practices(store) if one.practice_id == practice.id)


def listed(store: Store, practice: SmallPractice) -> int:
    """Return how many opportunities are on the list."""
    found = opportunities.worklist(store, [shown(store, practice)], Filters(), actor=SYSTEM, today=TODAY)
    return found.totals.courses


def worth(store: Store, practice: SmallPractice) -> int:
    """Return what the list is worth in pence."""
    found = opportunities.worklist(store, [shown(store, practice)], Filters(), actor=SYSTEM, today=TODAY)
    return found.totals.worth_pence


def events(store: Store, kind: str = settings.CHANGED) -> list[dict[str, object]]:
    """Return every event of a kind, oldest first."""
    rows = store._connection.cursor().sql("select * from events order by event_id").pl()
    return [row for row in rows.to_dicts() if row["kind"] == kind]


def test_every_number_of_the_rule_is_in_the_table_with_its_default_in_its_range():
    assert list(SETTINGS) == list(practices.Settings.__dataclass_fields__)
    for name, setting in SETTINGS.items():
        assert setting.default == getattr(practices.Settings(), name)
        assert setting.checked(setting.default) == setting.default


def test_a_new_practice_has_the_defaults_and_nobody_changed_them(store, practice, actor):
    current = settings.of(store, shown(store, practice), actor=actor)
    assert {name: current[name] for name in SETTINGS} == {
        name: Current(setting.default, None) for name, setting in SETTINGS.items()
    }
    assert current["name"] == Current("Elm Road", None)


@pytest.mark.parametrize(
    ("facts", "changes", "before", "after"),
    [
        ({"days_ago": 400}, {"lookback_days": 400}, 0, 1),
        ({"days_ago": 30}, {"lookback_days": 30}, 1, 1),
        ({"days_ago": 31}, {"lookback_days": 30}, 1, 0),
        ({"days_ago": 0}, {"grace_days": 0}, 0, 1),
        ({"days_ago": 6}, {"grace_days": 7}, 1, 0),
    ],
)
def test_the_list_changes_at_once(store, practice, actor, facts, changes, before, after):
    practice.course(**facts)
    assert listed(store, practice) == before
    settings.change(store, shown(store, practice), changes, actor=actor, now=NOW)
    assert listed(store, practice) == after


def test_a_shorter_look_ahead_lists_what_is_booked_beyond_it(store, practice, actor):
    practice.appointment(practice.course(), in_days=61)
    assert listed(store, practice) == 0
    settings.change(store, shown(store, practice), {"horizon_days": 60}, actor=actor, now=NOW)
    assert listed(store, practice) == 1


def test_counting_unlinked_visits_takes_their_patients_off_the_list(store, practice, actor):
    practice.course()
    practice.appointment(None, in_days=3)
    assert listed(store, practice) == 1
    settings.change(store, shown(store, practice), {"is_unlinked_visit_counted": True}, actor=actor, now=NOW)
    assert listed(store, practice) == 0


def test_the_weight_of_plan_work_is_worth_so_much_of_its_price(store, practice, actor):
    practice.item(practice.course(item=False, payor_id="plan"), charged_to="plan", price_pence=10_000)
    assert worth(store, practice) == 0
    settings.change(store, shown(store, practice), {"plan_weight": 0.25}, actor=actor, now=NOW)
    assert worth(store, practice) == 2_500


def test_what_changed_is_said_recorded_and_signed(store, practice, actor):
    said = settings.change(store, shown(store, practice), {"horizon_days": 60, "grace_days": 1}, actor=actor, now=LATER)
    assert said == ["Days looked ahead: 60 days (was 90 days)"]
    [event] = events(store)
    assert (event["practice_id"], event["note"], event["by_user"]) == (practice.id, "horizon_days", BY)
    assert (json.loads(str(event["before"])), json.loads(str(event["after"]))) == ({"value": 90}, {"value": 60})
    current = settings.of(store, shown(store, practice), actor=actor)
    assert current["horizon_days"].value == 60
    assert str(current["horizon_days"].last) == "Amara Nwosu on 24 Nov 2026 at 09:05"
    assert current["grace_days"].last is None


def test_the_time_of_a_change_is_the_practices_own(store, practice, actor):
    summer = NOW.replace(month=7)
    settings.change(store, shown(store, practice), {"horizon_days": 60}, actor=actor, now=summer)
    last = settings.of(store, shown(store, practice), actor=actor)["horizon_days"].last
    assert str(last) == "Amara Nwosu on 24 Jul 2026 at 10:00"


def test_each_changed_setting_is_one_event(store, practice, actor):
    changes = {"horizon_days": 60, "snooze_days": 14, "plan_weight": 0.5, "is_unlinked_visit_counted": True}
    said = settings.change(store, shown(store, practice), changes, actor=actor, now=NOW)
    assert sorted(str(event["note"]) for event in events(store)) == sorted(changes)
    assert "Unlinked visits count as booked: yes (was no)" in said
    assert "Weight of plan work: 0.5 of its price (was 0 of its price)" in said


def test_the_last_of_several_changes_is_shown(store, practice, actor):
    settings.change(store, shown(store, practice), {"horizon_days": 60}, actor=actor, now=NOW)
    settings.change(store, shown(store, practice), {"horizon_days": 90}, actor=manager_of(practice, "ben"), now=LATER)
    current = settings.of(store, shown(store, practice), actor=actor)["horizon_days"]
    assert (current.value, str(current.last)) == (90, "ben on 24 Nov 2026 at 09:05")


def test_what_an_import_turned_on_is_signed_by_the_system(store, practice, actor):
    with store.transaction() as tx:
        assert settings.count_unlinked_visits(tx, practice.id, now=LATER)
    with store.transaction() as tx:
        assert not settings.count_unlinked_visits(tx, practice.id, now=LATER + timedelta(days=1))
    current = settings.of(store, shown(store, practice), actor=actor)
    assert current["is_unlinked_visit_counted"].value is True
    assert str(current["is_unlinked_visit_counted"].last) == "the system on 24 Nov 2026 at 09:05"
    assert current["horizon_days"].last is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"lookback_days": 29}, "Days looked back is a whole number from 30 to 3,650 days."),
        ({"lookback_days": 3651}, "Days looked back"),
        ({"horizon_days": 6}, "Days looked ahead"),
        ({"horizon_days": 90.5}, "Days looked ahead is a whole number"),
        ({"horizon_days": True}, "Days looked ahead"),
        ({"horizon_days": None}, "Days looked ahead"),
        ({"horizon_days": "60"}, "Days looked ahead"),
        ({"grace_days": -1}, "Days of grace"),
        ({"grace_days": 29}, "Days of grace"),
        ({"suppression_days": 91}, "Days between contacts"),
        ({"snooze_days": 0}, "Days of a snooze"),
        ({"plan_weight": 1.01}, "Weight of plan work"),
        ({"plan_weight": 0.333}, "Weight of plan work is a number with at most two decimals"),
        ({"plan_weight": float("nan")}, "Weight of plan work"),
        ({"is_unlinked_visit_counted": 1}, "Unlinked visits count as booked is yes or no."),
        ({"colour": "#0f6b74"}, "There is no setting colour."),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_nothing_is_changed(store, practice, actor, changes, sentence):
    before = shown(store, practice)
    with pytest.raises(InvalidRequest, match=sentence) as refused:
        settings.change(store, before, {"suppression_days": 3, **changes}, actor=actor, now=NOW)
    assert str(refused.value).endswith("Nothing was changed.")
    assert shown(store, practice) == before
    assert events(store) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"lookback_days": 30, "horizon_days": 7, "grace_days": 0, "suppression_days": 0, "snooze_days": 1},
        {"lookback_days": 3650, "horizon_days": 730, "grace_days": 28, "suppression_days": 90, "snooze_days": 365},
        {"plan_weight": 1},
        {"plan_weight": 0.29},
    ],
)
def test_the_ends_of_the_ranges_are_allowed(store, practice, actor, changes):
    settings.change(store, shown(store, practice), changes, actor=actor, now=NOW)
    kept = shown(store, practice).settings
    assert {name: getattr(kept, name) for name in changes} == changes


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(store, practice, actor):
    drawn = shown(store, practice)
    settings.change(store, drawn, {"horizon_days": 60}, actor=manager_of(practice, "ben"), now=LATER)
    with pytest.raises(InvalidRequest, match="Days looked ahead was changed to 60 days by ben on 24 Nov 2026 at 09:05"):
        settings.change(store, drawn, {"horizon_days": 30, "snooze_days": 14}, actor=actor, now=LATER)
    assert shown(store, practice).settings == replace(drawn.settings, horizon_days=60)


def test_what_somebody_else_changed_elsewhere_on_the_page_does_no_harm(store, practice, actor):
    drawn = shown(store, practice)
    settings.change(store, drawn, {"horizon_days": 60}, actor=manager_of(practice, "ben"), now=LATER)
    said = settings.change(store, drawn, {"horizon_days": 90, "snooze_days": 14}, actor=actor, now=LATER)
    assert said == ["Days of a snooze: 14 days (was 7 days)"]
    assert shown(store, practice).settings == replace(drawn.settings, horizon_days=60, snooze_days=14)


def test_saving_twice_changes_once(store, practice, actor):
    drawn = shown(store, practice)
    settings.change(store, drawn, {"horizon_days": 60}, actor=actor, now=NOW)
    assert settings.change(store, drawn, {"horizon_days": 60}, actor=actor, now=NOW) == []
    assert len(events(store)) == 1


def test_details_are_changed_said_and_recorded(store, practice, actor):
    changes = {"name": "  Oak   Road ", "nation": "Wales", "colour": "#1F7A8C", "phone": "+44 1632 960100"}
    said = settings.change_details(store, shown(store, practice), changes, actor=actor, now=LATER)
    assert said == [
        "Name: Oak Road (was Elm Road)",
        "Nation: Wales (was England)",
        "Colour: #1f7a8c (was none)",
        "Phone: 01632 960100 (was none)",
    ]
    kept = shown(store, practice)
    assert (kept.name, kept.nation, kept.colour, kept.phone) == ("Oak Road", "Wales", "#1f7a8c", "01632 960100")
    assert [event["note"] for event in events(store)] == ["name", "nation", "colour", "phone"]
    assert str(settings.of(store, kept, actor=actor)["phone"].last) == "Amara Nwosu on 24 Nov 2026 at 09:05"


def test_outside_england_no_udas_are_added_from_the_band(store, practice, actor):
    practice.add("contracts", "123456")
    practice.course(item=False, payor_id="nhs", band="2a")
    assert worth(store, practice) == 3 * 3550
    settings.change_details(store, shown(store, practice), {"nation": "Scotland"}, actor=actor, now=NOW)
    assert worth(store, practice) == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": " "}, "Give the practice a name."),
        ({"name": "OAK road"}, "There is already a practice called OAK road."),
        ({"name": "oak-road"}, "There is already a practice called oak-road."),
        ({"nation": "France"}, "The nation is one of England, Wales, Scotland, Northern Ireland."),
        ({"colour": "teal"}, "teal is no colour."),
        ({"colour": "#0f6b7"}, "#0f6b7 is no colour."),
        ({"colour": "#ffff00"}, "can hardly be seen on a white page: its contrast is 1.1 to 1 .* Choose a darker one."),
        ({"colour": "#000000"}, "can hardly be seen on a dark page: .* Choose a lighter one."),
        ({"phone": "call us"}, "call us is no telephone number."),
        ({"phone": "12"}, "12 is no telephone number."),
        ({"timezone": "Europe/Paris"}, "A practice has no timezone."),
    ],
)
def test_a_detail_that_cannot_be_is_refused_and_nothing_is_changed(store, practice, actor, changes, sentence):
    SmallPractice(store, "Oak Road")
    before = shown(store, practice)
    with pytest.raises(InvalidRequest, match=sentence) as refused:
        settings.change_details(store, before, {"nation": "Wales", **changes}, actor=actor, now=NOW)
    assert "Nothing was changed." in str(refused.value)
    assert shown(store, practice) == before
    assert events(store) == []


@pytest.mark.parametrize("colour", ["#0f6b74", "#1f7a8c", "#1e3a8a", "#c0392b"])
def test_a_colour_that_can_be_seen_on_both_grounds_is_taken(store, practice, actor, colour):
    settings.change_details(store, shown(store, practice), {"colour": colour}, actor=actor, now=NOW)
    assert shown(store, practice).colour == colour


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("07700900123", "07700 900123"), ("+353 1 234 5678", "+353 1 234 5678"), ("", None), (None, None)],
)
def test_a_telephone_number_is_kept_as_people_read_it(store, practice, actor, typed, kept):
    settings.change_details(store, shown(store, practice), {"phone": "01632 960100"}, actor=actor, now=NOW)
    settings.change_details(store, shown(store, practice), {"phone": typed}, actor=actor, now=NOW)
    assert shown(store, practice).phone == kept


def test_a_practice_may_be_written_otherwise_under_its_own_name(store, practice, actor):
    settings.change_details(store, shown(store, practice), {"name": "ELM ROAD"}, actor=actor, now=NOW)
    assert shown(store, practice).name == "ELM ROAD"


def test_a_name_changed_meanwhile_is_not_overwritten(store, practice, actor):
    drawn = shown(store, practice)
    settings.change_details(store, drawn, {"name": "Oak Road"}, actor=manager_of(practice, "ben"), now=LATER)
    with pytest.raises(InvalidRequest, match=r"Name was changed to Oak Road by ben .* nor your Ash Road"):
        settings.change_details(store, drawn, {"name": "Ash Road"}, actor=actor, now=LATER)


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.CLINICIAN, Role.READ_ONLY])
def test_only_managers_see_and_change_settings(store, practice, role):
    actor = Actor(BY, "Amara Nwosu", role, frozenset({practice.id}))
    with pytest.raises(NotAllowed):
        settings.of(store, shown(store, practice), actor=actor)
    with pytest.raises(NotAllowed):
        settings.change(store, shown(store, practice), {"horizon_days": 60}, actor=actor, now=NOW)
    with pytest.raises(NotAllowed):
        settings.change_details(store, shown(store, practice), {"name": "Oak Road"}, actor=actor, now=NOW)


def test_another_practices_settings_are_not_the_managers(store, practice, actor):
    other = SmallPractice(store, "Oak Road")
    with pytest.raises(NotAllowed, match="not one of yours"):
        settings.change(store, shown(store, other), {"horizon_days": 60}, actor=actor, now=NOW)
    assert shown(store, other).settings.horizon_days == 90


def test_a_practice_that_was_removed_meanwhile_is_said_to_be_gone(store, practice, actor):
    drawn = shown(store, practice)
    with store.transaction() as tx:
        practice_queries.remove(tx, practice.id)
    with pytest.raises(InvalidRequest, match="Elm Road is not in the store any more"):
        settings.change(store, drawn, {"horizon_days": 60}, actor=actor, now=NOW)

"""Who may do what: every service that is given the store is refused to whoever has not the right or the practice."""

from __future__ import annotations

import importlib
import inspect
import logging
import pkgutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

import services
from queries.store import Store
from services import history, imports, opportunities, people, practices, sample
from services.actors import LEADERS, RIGHTS, Actor, NotAllowed, Right, Role, allowed, check
from services.people import Details
from services.practices import Practice
from tests.extracts import COURSES, PATIENTS, canonical
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice
from tests.staff import person

OPEN = {
    "actions.act": "what the guarded services of care.py are made of",
    "actions.on_fresh_list": "as actions.act",
    "audit_words.names_of": "names for the words of what a guarded service found",
    "audit_words.table_of": "words for the rows that a guarded service found",
    "chances.keep_up": "the worker's",
    "chances.work_out": "the worker's",
    "booking_links.find": "by the token that only the patient was sent",
    "booking_links.opened": "the patient's, by the token",
    "booking_links.why_none": "a practice's settings in a sentence",
    "booking_settings.of": "how bookings are taken, asked by what takes them",
    "booking_steps.act_on": "what the guarded services of bookings.py and to_enter.py are made of",
    "contact_settings.of": "how messages are sent, asked by what sends them",
    "deliveries.note": "a provider's, by its signature: tests/pages/test_incoming_routes.py",
    "deliveries.opt_out": "a patient's, by the link that only they were sent",
    "deliveries.receive": "a provider's, by its signature",
    "digest.send_due": "the worker's",
    "digest.sender_of": "words only",
    "history.note_view": "called by a guarded service for what it has shown",
    "integrity.faults": "for the command line, which has the whole store",
    "patient_answers.call": "as patient_visit.look",
    "patient_answers.decline": "as patient_visit.look",
    "patient_answers.later": "as patient_visit.look",
    "patient_answers.opened": "as patient_visit.look",
    "patient_answers.stop": "as patient_visit.look",
    "patient_booking.confirm": "as patient_visit.look",
    "patient_booking.hold": "as patient_visit.look",
    "patient_booking.times": "as patient_visit.look",
    "patient_visit.look": "a patient's, by the link that only they were sent",
    "patient_visit.only_practice": "whom to ring, for a link that is none",
    "patient_visit.practice_of": "as patient_visit.look",
    "practices.all_practices": "names and settings only; pages ask for practices.of, the actor's own",
    "practices.of": "gives the actor's own only",
    "reject_reasons.of": "words only",
    "sending.recover": "the worker's",
    "sending.send_next": "the worker's",
    "sequences.advance": "the worker's",
    "sign_in.by_identity": "before anybody is known",
    "sign_in.change_password": "one's own, by the current password",
    "sign_in.first_manager": "before there is anybody",
    "sign_in.resume": "before anybody is known, by the password",
    "sign_in.session": "says who acts",
    "sign_in.sign_in": "before anybody is known",
    "sign_in.sign_out": "one's own, by the session id",
    "sign_in.start": "for one who has proved who they are",
    "snapshots.keep_up": "the worker's",
    "snapshots.take": "the worker's, and of whoever at the command line has the whole store",
    "slots.free": "times alone, of a practice that the caller has checked; a patient's by their link",
    "slots.is_free": "as slots.free",
    "slots.wanted": "of an opportunity that the caller has checked; a patient's by their link",
    "templates.all_of": "words only, of a practice that the caller has checked",
    "working_hours.of": "hours only, of a practice that the caller has checked",
}
"""The services that anybody may call, and why."""

OF_NO_PRACTICE = {
    "digest.choose": "one's own: tests/services/test_digest.py",
    "digest.address_of": "one's own",
    "digest.day_of": "one's own",
    "history.kinds": "words that are the same for every practice",
    "imports.apply": "the practice is known from its name or the extract: checked inside, tested below",
    "imports.preview": "as apply",
    "imports.refusals": "the practice is that of the import: checked inside, tested below",
    "notebooks.add": "one's own",
    "notebooks.remove": "as notebooks.save",
    "notebooks.rename": "as notebooks.save",
    "notebooks.save": "one's own; of a shared one the practice is checked inside: tests/services/test_notebooks.py",
    "notebooks.unshare": "one's own: tests/services/test_notebooks.py",
    "people.add": "the practices are in the details: tests/services/test_people.py",
    "people.all_people": "those of the actor's practices: tests/services/test_people.py",
    "people.change": "the person's practices: tests/services/test_people.py",
    "people.give_one_time_password": "the person's practices: tests/services/test_people.py",
    "sample.add": "makes a new practice",
    "sample.remove": "the sample practice: checked inside, tested below",
    "sample.serve_at": "the sample practice's, through contact_settings.change",
    "views.make_default": "one's own: tests/services/test_views.py",
    "views.remove": "as views.update",
    "views.rename": "as views.update",
    "views.save": "one's own",
    "views.unshare": "one's own: tests/services/test_views.py",
    "views.update": "one's own; of a shared one the practice is checked inside: tests/services/test_views.py",
}
"""The guarded services without an argument that is a practice, and what guards other practices from them."""

NO_STORE = ("services.extract",)
"""What reads files and is never given the store."""


def modules() -> Iterator[Any]:
    """Return every module of services that may be given the store."""
    for found in pkgutil.walk_packages(services.__path__, "services."):
        if not found.name.startswith(NO_STORE):
            yield importlib.import_module(found.name)


def public() -> dict[str, Callable[..., Any]]:
    """Return every public function of the services, by the name of its module and its own."""
    return {
        f"{module.__name__.removeprefix('services.')}.{name}": function
        for module in modules()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }


def parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """Return what a function is given."""
    return list(inspect.signature(function).parameters.values())


STORE_SERVICES = {
    name: function
    for name, function in public().items()
    if parameters(function) and parameters(function)[0].name == "store"
}
GUARDED: dict[str, Any] = {name: function for name, function in STORE_SERVICES.items() if hasattr(function, "right")}
OF_PRACTICE = {name: function for name, function in GUARDED.items() if function.practice_argument}


class Untouchable:
    """A store that nobody may touch."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"The store was asked for {name} before the actor was checked.")


def call(function: Callable[..., Any], actor: Actor, **given: Any) -> Any:
    """Call a service with a store that nobody may touch; what it asks for else is nothing."""
    needed = {one.name: None for one in parameters(function) if one.default is one.empty}
    return function(**{**needed, "store": Untouchable(), "actor": actor, **given})


def of(role: Role, *practice_ids: str) -> Actor:
    """Return somebody in a role at some practices."""
    return Actor("amara", "Amara", role, frozenset(practice_ids), looked_up_at=NOW)


def practice_called(practice_id: str) -> Practice:
    """Return a practice as the pages hand it to the services."""
    return Practice(practice_id, practice_id, "England", "Europe/London", None, None, False, 1, practices.Settings())


# --- The walk


def test_every_service_that_is_given_the_store_is_guarded_or_says_why_not():
    assert sorted(name for name in STORE_SERVICES if name not in GUARDED) == sorted(OPEN)


def test_the_store_is_given_first_and_by_its_name():
    hidden = [
        name
        for name, function in public().items()
        for place, one in enumerate(parameters(function))
        if "Store" in str(one.annotation).replace("|", " ").split() and (place, one.name) != (0, "store")
    ]
    assert hidden == []


def test_every_guarded_service_names_its_practices_or_says_why_not():
    assert sorted(name for name in GUARDED if name not in OF_PRACTICE) == sorted(OF_NO_PRACTICE)


def test_every_guarded_service_is_given_who_acts():
    for name, function in GUARDED.items():
        actor = inspect.signature(function).parameters.get("actor")
        assert actor is not None, name
        assert (actor.kind, actor.default) == (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.empty), name


def by_role(guarded: dict[str, Any], *, has_right: bool) -> list[tuple[str, Role]]:
    """Return every guarded service with every role that has the right, or has it not."""
    return [(name, role) for name in guarded for role in Role if (role in RIGHTS[guarded[name].right]) is has_right]


@pytest.mark.parametrize(("name", "role"), by_role(GUARDED, has_right=False))
def test_a_role_without_the_right_is_refused_before_anything_is_read(name, role):
    right = GUARDED[name].right
    with pytest.raises(NotAllowed, match=f"The role {role} may not {right}"):
        call(GUARDED[name], of(role, "mine"))


@pytest.mark.parametrize("name", GUARDED)
def test_whoever_must_change_a_one_time_password_is_refused_everything(name):
    actor = Actor("amara", "Amara", Role.GROUP, None, must_change_password=True)
    with pytest.raises(NotAllowed, match="password of your own"):
        call(GUARDED[name], actor)


THEIRS = {
    "an id": "theirs",
    "a practice": practice_called("theirs"),
    "several ids": ["mine", "theirs"],
    "several practices": (practice_called("mine"), practice_called("theirs")),
    "none, which is all": None,
}


@pytest.mark.parametrize("theirs", THEIRS.values(), ids=THEIRS.keys())
@pytest.mark.parametrize(("name", "role"), by_role(OF_PRACTICE, has_right=True))
def test_another_practices_are_refused_before_anything_is_read(name, role, theirs):
    function = OF_PRACTICE[name]
    with pytest.raises(NotAllowed, match="of your"):
        call(function, of(role, "mine"), **{function.practice_argument: theirs})


@pytest.mark.parametrize("name", OF_PRACTICE)
def test_ones_own_practice_goes_through_to_the_store(name):
    function = OF_PRACTICE[name]
    mine = practice_called("mine")
    for given in ("mine", mine, ["mine"], [mine]):
        try:
            call(function, of(Role.GROUP, "mine"), **{function.practice_argument: given})
        except NotAllowed:
            pytest.fail(f"{name} was refused for one's own practice, given as {given}.")
        except Exception:
            continue  # the service runs, with a store that nobody may touch


# --- What is guarded inside


EXTRACT = canonical(patients=PATIENTS, courses=COURSES)


def elsewhere(store: Store, role: Role = Role.GROUP) -> Actor:
    """Return somebody of another practice."""
    return person(store, "grace", SmallPractice(store, "Oak Lane").id, role=role)


def test_the_refused_rows_of_another_practices_import_are_not_shown(store):
    done = imports.apply(store, EXTRACT, practice="Elm Road", actor=SYSTEM, now=NOW, today=TODAY)
    assert imports.refusals(store, done.import_id, actor=SYSTEM).is_empty()
    with pytest.raises(NotAllowed, match="not one of yours"):
        imports.refusals(store, done.import_id, actor=elsewhere(store))


@pytest.mark.parametrize("named", ["Elm Road", "elm-road", " ELM ROAD "])
def test_an_extract_does_not_go_into_another_practice(practice, store, named):
    grace = elsewhere(store)
    before = store.frame("practices/all")
    with pytest.raises(NotAllowed, match="not one of yours"):
        imports.preview(store, EXTRACT, practice=named, actor=grace, today=TODAY)
    with pytest.raises(NotAllowed, match="not one of yours"):
        imports.apply(store, EXTRACT, practice=named, actor=grace, now=NOW, today=TODAY)
    assert store.frame("practices/all").equals(before)


def test_the_sample_practice_is_removed_by_its_own_people_only(store):
    with store.transaction() as tx:
        practices.create(tx, sample.NAME, actor=SYSTEM, now=NOW, is_sample=True)
    with pytest.raises(NotAllowed, match="not one of yours"):
        sample.remove(store, actor=elsewhere(store), now=NOW)


# --- The table


def test_every_right_is_somebodys_and_the_leaders_have_all():
    assert set(RIGHTS) == set(Right)
    for right, roles in RIGHTS.items():
        assert roles >= LEADERS, right


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.CLINICIAN])
def test_who_does_not_lead_works_the_list_and_neither_takes_it_out_nor_manages(role):
    assert {right for right in Right if of(role).may(right)} == {Right.SEE, Right.WORK}


def test_who_only_reads_changes_nothing():
    assert {right for right in Right if of(Role.READ_ONLY).may(right)} == {Right.SEE}


def test_who_can_open_the_file_may_do_everything_everywhere():
    assert all(SYSTEM.may(right) for right in Right)
    check(SYSTEM, Right.SEE, "anywhere")
    check(SYSTEM, Right.SEE, None)


@pytest.mark.parametrize("none", [(), [], frozenset()])
def test_no_practice_at_all_is_nobodys(none):
    check(of(Role.RECEPTION), Right.SEE, none)


# --- What a refusal leaves behind


def refusals(store: Store) -> list[tuple[Any, ...]]:
    """Return who was refused what, of which practice, when."""
    rows = store._connection.execute(
        "select by_user, note, practice_id, happened_at from events where kind = 'refused' order by event_id"
    )
    return rows.fetchall()


AT = NOW.replace(tzinfo=None)


def test_a_refusal_is_recorded_with_who_and_which_right(practice, store):
    amara = person(store, "amara", practice.id)
    with pytest.raises(NotAllowed):
        people.all_people(store, actor=amara)
    assert refusals(store) == [("amara", "see who may sign in", None, AT)]


def test_a_refusal_is_recorded_with_the_practice_that_is_not_theirs(practice, store):
    with pytest.raises(NotAllowed):
        opportunities.choices(store, [practice_called(practice.id)], actor=elsewhere(store))
    assert refusals(store) == [("grace", f"see the list and its patients, practice {practice.id}", None, AT)]


def test_a_refusal_is_dated_by_the_time_that_the_service_is_given(practice, store):
    amara = person(store, "amara", practice.id)
    with pytest.raises(NotAllowed):
        people.give_one_time_password(store, "grace", actor=amara, now=NOW + timedelta(hours=1))
    assert refusals(store)[0][-1] == AT + timedelta(hours=1)


def test_what_a_service_refuses_inside_is_recorded_as_well_and_nothing_else_kept(practice, store):
    grace = person(store, "grace", practice.id, role=Role.MANAGER)
    details = Details("Amara", "amara@example.com", Role.GROUP, {practice.id: None})
    with pytest.raises(NotAllowed):
        people.add(store, details, actor=grace, now=NOW)
    assert refusals(store) == [("grace", "manage people", None, AT)]
    assert "person added" not in history.kinds(store, actor=SYSTEM)


def test_one_service_within_another_is_recorded_once_and_does_not_wait_for_its_transaction(practice, store):
    @allowed(Right.SEE)
    def outer(store: Store, *, actor: Actor, now: datetime) -> None:
        with store.transaction():
            people.all_people(store, actor=actor)

    with pytest.raises(NotAllowed):
        outer(store, actor=person(store, "amara", practice.id), now=NOW)
    assert refusals(store) == [("amara", "see who may sign in", None, AT)]


def test_a_refusal_that_cannot_be_recorded_is_one_all_the_same(practice, store, caplog):
    amara = person(store, "amara", practice.id)
    broken = Store(now=NOW)
    broken.close()
    with caplog.at_level(logging.ERROR), pytest.raises(NotAllowed, match="may not see who may sign in"):
        people.all_people(broken, actor=amara)
    assert "could not be recorded" in caplog.text


def test_what_is_allowed_leaves_no_refusal(practice, store):
    people.all_people(store, actor=person(store, "grace", practice.id, role=Role.MANAGER))
    assert refusals(store) == []


def test_a_check_by_itself_records_nothing(practice, store):
    with pytest.raises(NotAllowed):
        check(of(Role.RECEPTION), Right.PEOPLE)
    assert refusals(store) == []

"""The people on screen: who is listed, added, changed, deactivated, and what each dialog says and keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pages.parts import dialogs, session
from queries import people as queries
from queries.store import Store
from services import people, sign_in
from services.actors import Role
from services.people import Details, Person
from tests.pages.conftest import own_password, signed_in_as
from tests.pages.screen import button, field, open_page, pick, press, read
from tests.practice import NOW, SYSTEM, SmallPractice


def person(store: Store, name: str) -> Person:
    """The person of that name."""
    (found,) = [one for one in people.all_people(store, actor=SYSTEM) if one.name == name]
    return found


def added(store: Store, name: str, *practices: SmallPractice, role: Role = Role.RECEPTION) -> tuple[Person, str]:
    """Add a person who works at these practices; return them and their one-time password."""
    first = name.split()[0].lower()
    details = Details(name, f"{first}@example.com", role, dict.fromkeys(practice.id for practice in practices))
    _, password = people.add(store, details, actor=SYSTEM, now=datetime.now(UTC))
    return person(store, name), password


def enters(store: Store, email: str, password: str) -> bool:
    """Say whether somebody can sign in."""
    try:
        sign_in.sign_in(store, email=email, password=password, address="test", now=datetime.now(UTC))
    except sign_in.SignInRefused:
        return False
    return True


def listed(app) -> dict[str, dict[str, str]]:
    """The rows of the table by the name, what is a list in it as its one text."""
    rows = app.dataframe[0].value.to_dict("records")
    return {
        row["name"]: {key: value if isinstance(value, str) else value[0] for key, value in row.items()} for row in rows
    }


@pytest.fixture
def joan(store: Store, practice: SmallPractice) -> Person:
    """Joan, who has not used her one-time password yet."""
    return added(store, "Joan Mills", practice)[0]


@pytest.fixture
def other(store: Store, practice: SmallPractice) -> SmallPractice:
    """A second practice, which is the manager's as well."""
    return SmallPractice(store, "Mill Lane")


def test_everybody_of_the_practice_is_listed_with_what_they_sign_in_with(joan):
    rows = listed(open_page("people.py"))
    assert {name: row["sign_in"] for name, row in rows.items()} == {
        "Amara Nwosu": "Nothing: no e-mail address",
        "Joan Mills": "One-time password, not used yet",
        "Practice manager": "Own password",
    }
    assert rows["Joan Mills"] == {
        "name": "Joan Mills",
        "role": "reception",
        "email": "joan@example.com",
        "state": "Active",
        "sign_in": "One-time password, not used yet",
        "practices": "Elm Road",
        "provider": "",
    }


@pytest.mark.parametrize(
    ("search", "found"),
    [("joan", ["Joan Mills"]), ("MILLS example", ["Joan Mills"]), ("manager", ["Practice manager"]), ("nobody", None)],
)
def test_the_search_finds_by_name_address_and_role(joan, search, found):
    app = open_page("people.py")
    field(app, "Search").set_value(search).run()
    if found is None:
        assert "Nobody here matches this search." in read(app)
    else:
        assert list(listed(app)) == found


def test_a_new_person_gets_a_one_time_password_that_is_shown_once(store, practice):
    app = open_page("people.py")
    press(app, "Add a person")
    field(app, "Name").set_value("Joan  Mills")
    field(app, "E-mail").set_value(" Joan@Example.com ")
    press(app, "Add")
    (code,) = app.code
    assert "it works for 7 days" in read(app)
    assert enters(store, "joan@example.com", code.value)
    press(app, "Done")
    assert not app.code
    assert dialogs.OPEN not in app.session_state
    assert person(store, "Joan Mills").providers == {practice.id: None}


@pytest.mark.parametrize(
    ("name", "email", "role", "sentence"),
    [
        ("", "joan@example.com", Role.RECEPTION, "Give the person a name."),
        ("Joan Mills", "joan", Role.RECEPTION, "joan is no e-mail address"),
        ("Joan Mills", "carl@example.com", Role.RECEPTION, "Carl Dunn already signs in with carl@example.com."),
        ("Joan Mills", "joan@example.com", Role.CLINICIAN, "Choose which provider this clinician is"),
    ],
)
def test_a_refusal_is_told_in_the_dialog_and_what_was_typed_is_kept(store, practice, name, email, role, sentence):
    added(store, "Carl Dunn", practice)
    app = open_page("people.py")
    press(app, "Add a person")
    field(app, "Role").set_value(role).run()
    field(app, "Name").set_value(name)
    field(app, "E-mail").set_value(email)
    press(app, "Add")
    assert sentence in read(app)
    assert (field(app, "Name").value, field(app, "E-mail").value, field(app, "Role").value) == (name, email, role)
    names = [one.name for one in people.all_people(store, actor=SYSTEM)]
    assert names == ["Amara Nwosu", "Carl Dunn", "Practice manager"]


def test_a_group_manager_is_made_by_group_managers_only(practice):
    app = open_page("people.py")
    press(app, "Add a person")
    assert field(app, "Role").options == ["Reception", "Clinician", "Manager", "Read-only"]


def test_a_clinician_is_one_provider_at_each_practice(store, practice, other):
    other.add("providers", "carla", name="Carla Diaz", initials="CD")
    app = open_page("people.py")
    press(app, "Add a person")
    field(app, "Name").set_value("Joan Mills")
    field(app, "E-mail").set_value("joan@example.com")
    field(app, "Role").set_value(Role.CLINICIAN)
    field(app, "Practices").set_value([practice.id, other.id]).run()
    field(app, "Provider at Elm Road").set_value("ben")
    field(app, "Provider at Mill Lane").set_value("carla")
    press(app, "Add")
    assert person(store, "Joan Mills").providers == {practice.id: "ben", other.id: "carla"}
    press(app, "Done")
    row = listed(app)["Joan Mills"]
    assert (row["practices"], row["provider"]) == (
        "Elm Road, Mill Lane",
        "BA – Ben Adeyemi; CD – Carla Diaz",
    )


def test_a_change_is_kept_said_and_ends_the_sessions_of_the_person(store, practice, other, joan):
    token = sign_in.start(store, joan.user_id, now=datetime.now(UTC), how="test")
    app = open_page("people.py")
    pick(app, 1)
    press(app, "Change")
    assert field(app, "Practices").value == [practice.id]
    field(app, "Name").set_value("Joan Moss")
    field(app, "Role").set_value(Role.READ_ONLY)
    field(app, "Practices").set_value([other.id])
    press(app, "Save")
    assert "Joan Moss was changed." in read(app)
    changed = person(store, "Joan Moss")
    assert (changed.user_id, changed.role, changed.providers) == (joan.user_id, Role.READ_ONLY, {other.id: None})
    with pytest.raises(sign_in.SessionEnded):
        sign_in.session(store, token, now=datetime.now(UTC))


def test_a_provider_that_somebody_is_no_longer_as_reception_is_still_shown(store, practice, joan):
    details = Details(joan.name, joan.email or "", Role.RECEPTION, {practice.id: "ben"})
    people.change(store, joan.user_id, details, actor=SYSTEM, now=NOW)
    app = open_page("people.py")
    pick(app, 1)
    press(app, "Change")
    assert field(app, "Provider at Elm Road").value == "ben"


def test_cancel_changes_nothing_and_forgets_what_was_typed(store, joan):
    app = open_page("people.py")
    for name in ("Somebody else", "Joan Mills"):
        pick(app, 1)
        press(app, "Change")
        field(app, "Name").set_value(name)
        press(app, "Cancel")
    press(app, "Change")
    assert field(app, "Name").value == "Joan Mills"
    assert person(store, "Joan Mills") == joan


def test_saving_what_is_kept_already_says_so(joan):
    app = open_page("people.py")
    pick(app, 1)
    press(app, "Change")
    press(app, "Save")
    assert "Nothing was changed." in read(app)


def test_deactivating_says_first_what_will_happen_and_deletes_nothing(store, practice):
    _, password = added(store, "Joan Mills", practice)
    app = open_page("people.py")
    pick(app, 1)
    press(app, "Deactivate")
    assert "Joan Mills is signed out at the next click and cannot sign in any more. Nothing is deleted" in read(app)
    assert person(store, "Joan Mills").is_active
    press(app, "Deactivate")
    assert not person(store, "Joan Mills").is_active
    assert not enters(store, "joan@example.com", password)
    assert listed(app)["Joan Mills"]["state"] == "Deactivated"
    pick(app, 2)  # the deactivated are last
    press(app, "Activate")
    press(app, "Activate")
    assert enters(store, "joan@example.com", password)


def test_somebody_without_an_address_can_be_deactivated(store, practice):
    app = open_page("people.py")
    pick(app, 0)
    press(app, "Deactivate")
    press(app, "Deactivate")
    assert not person(store, "Amara Nwosu").is_active


def test_the_last_manager_stays(store, practice):
    app = open_page("people.py")
    pick(app, 1)
    press(app, "Deactivate")
    assert "This is your own account." in read(app)
    press(app, "Deactivate")
    assert "This is the last manager who can sign in." in read(app)
    assert person(store, "Practice manager").is_active


def test_a_new_one_time_password_takes_the_place_of_the_old_one(store, practice):
    _, old = added(store, "Joan Mills", practice)
    app = open_page("people.py")
    pick(app, 1)
    press(app, "New one-time password")
    assert "the password used until now opens nothing any more" in read(app)
    assert enters(store, "joan@example.com", old)
    press(app, "Make a one-time password")
    assert enters(store, "joan@example.com", app.code[0].value)
    assert not enters(store, "joan@example.com", old)


def test_nothing_can_be_done_before_somebody_is_picked(practice):
    app = open_page("people.py")
    assert [button(app, label).disabled for label in ("Change", "New one-time password", "Deactivate")] == [True] * 3


def test_a_manager_sees_the_people_of_their_practices_only(store, practice, other, monkeypatch):
    added(store, "Joan Mills", practice)
    added(store, "Carl Dunn", other)
    both, _ = added(store, "Edith Ware", practice, other)
    manager, _ = added(store, "Tom Hale", practice, role=Role.MANAGER)
    own_password(store, manager.user_id)
    signed_in_as(monkeypatch, store, manager.user_id)
    app = open_page("people.py")
    rows = listed(app)
    assert "Joan Mills" in rows
    assert "Carl Dunn" not in rows
    assert rows["Edith Ware"]["practices"] == "Elm Road, elsewhere"
    pick(app, list(rows).index("Edith Ware"))
    press(app, "Change")
    assert "also works at a practice that is not one of yours" in read(app)
    assert field(app, "Name").disabled
    assert person(store, "Edith Ware") == both


def test_the_practice_switch_narrows_the_people(store, practice, other):
    added(store, "Joan Mills", practice)
    added(store, "Carl Dunn", other)
    app = open_page("people.py", practice="Mill Lane")
    assert "Carl Dunn" in listed(app)
    assert "Joan Mills" not in listed(app)


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.READ_ONLY])
def test_who_may_not_manage_people_sees_nobody(store, practice, monkeypatch, role):
    somebody, _ = added(store, "Joan Mills", practice, role=role)
    own_password(store, somebody.user_id)
    signed_in_as(monkeypatch, store, somebody.user_id)
    app = open_page("people.py")
    assert f"This page is not for the role {role}." in read(app)
    assert not app.dataframe
    assert not app.get("dialog")


def test_a_session_that_ends_in_a_dialog_does_nothing_and_keeps_what_was_typed(store, practice):
    app = open_page("people.py")
    press(app, "Add a person")
    field(app, "Name").set_value("Joan Mills")
    field(app, "E-mail").set_value("joan@example.com")
    used(store, ago=timedelta(hours=1))
    press(app, "Add")
    assert "Are you still there?" in read(app)
    used(store, ago=timedelta())
    app.run()
    assert "Your session had ended, so nothing was done." in read(app)
    assert field(app, "Name").value == "Joan Mills"
    press(app, "Add")
    assert person(store, "Joan Mills").email == "joan@example.com"


def used(store: Store, *, ago: timedelta) -> None:
    """Let the session have been used last so long ago."""
    with store.transaction() as tx:
        queries.see_session(tx, sign_in._hash(session.token() or ""), now=datetime.now(UTC) - ago)

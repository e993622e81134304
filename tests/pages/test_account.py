"""One's own account on screen: who one is, the password, the session."""

from __future__ import annotations

import pytest

from queries import people as queries
from services import passwords, sign_in
from tests.pages.conftest import signed_in_as
from tests.pages.screen import field, open_page, press, read
from tests.practice import BY, NOW, SmallPractice

OLD, NEW = "violet anchor tunnel mosaic", "copper lantern orchard puzzle"


@pytest.fixture
def password(store):
    """The manager's password is OLD."""
    with store.transaction() as tx:
        queries.write_password(tx, "manager", hash_=passwords.hashed(OLD), is_one_time=False, expires_at=None, now=NOW)


def change(app, *, current: str, new: str, again: str) -> None:
    """Fill in the form of the password and send it."""
    for label, value in (("Current password", current), ("New password again", again)):
        field(app, label).set_value(value)
    next(one for one in app.text_input if one.label == "New password").set_value(new)
    press(app, "Change the password")


def test_it_says_who_one_is_and_what_one_may(practice):
    SmallPractice(practice.store, "Mill Lane")
    told = read(open_page("account.py"))
    assert "Practice manager" in told
    assert "manager@care-manager.local" in told
    assert "Manager: may see the list and its patients" in told
    assert "Elm Road, Mill Lane" in told
    assert "Signed in since" in told
    assert "until nothing was clicked for 30 minutes" in told


def test_the_role_decides_what_is_said_of_it(store, practice, monkeypatch):
    signed_in_as(monkeypatch, store, BY)
    told = read(open_page("account.py"))
    assert "Reception: may " in told
    assert "see the audit" not in told


@pytest.mark.usefixtures("password")
def test_a_new_password_takes_the_place_of_the_old_one(store, practice):
    other = sign_in.start(store, "manager", now=NOW, how="another browser")
    app = open_page("account.py")
    change(app, current=OLD, new=NEW, again=NEW)
    assert "Your password was changed. Every other browser of yours is signed out." in read(app)
    assert sign_in.sign_in(store, email="manager@care-manager.local", password=NEW, address="test", now=NOW)
    with pytest.raises(sign_in.SessionEnded):
        sign_in.session(store, other, now=NOW)
    assert read(app).startswith("Your account")


@pytest.mark.usefixtures("password")
@pytest.mark.parametrize(
    ("current", "new", "again", "sentence"),
    [
        ("not it", NEW, NEW, "The current password is not right. Nothing was changed."),
        (OLD, "short", "short", "This password has 5 characters. Use 15 or more"),
        (OLD, "passwordpassword", "passwordpassword", "This password is easily guessed"),
        (OLD, NEW, NEW + "x", "The two new passwords are not the same."),
        (OLD, OLD, OLD, "The new password is the old one."),
    ],
)
def test_a_password_that_is_no_good_is_refused_in_words(store, practice, current, new, again, sentence):
    app = open_page("account.py")
    change(app, current=current, new=new, again=again)
    assert sentence in read(app)
    assert sign_in.sign_in(store, email="manager@care-manager.local", password=OLD, address="test", now=NOW)


def test_an_account_without_an_address_has_no_password_to_change(store, practice, monkeypatch):
    signed_in_as(monkeypatch, store, BY)
    app = open_page("account.py")
    assert "This account has no e-mail address and no password" in read(app)
    assert not app.text_input

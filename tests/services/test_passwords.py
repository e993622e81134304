"""Passwords: good ones, and what is kept of them."""

from __future__ import annotations

import time
import unicodedata

import pytest

from services import passwords
from services.errors import InvalidRequest

GOOD = "plum kettle orbit walnut grid"


@pytest.mark.parametrize("length", [15, 64, 72, 128])
def test_any_length_from_15_to_128_is_taken(length):
    passwords.require_good((GOOD + " saddle fjord mint quartz " * 5)[:length], known=[])


@pytest.mark.parametrize(("length", "words"), [(14, "14 characters. Use 15 or more"), (129, "Use 128 at most")])
def test_a_shorter_or_longer_one_is_refused_with_its_length(length, words):
    with pytest.raises(InvalidRequest, match=words):
        passwords.require_good((GOOD * 9)[:length], known=[])


def test_a_password_is_counted_as_it_is_kept_however_its_accents_are_typed():
    decomposed = unicodedata.normalize("NFD", "é" * 14)
    assert len(decomposed) == 28
    with pytest.raises(InvalidRequest, match="14 characters"):
        passwords.require_good(decomposed, known=[])


@pytest.mark.parametrize(
    "password",
    ["aaaaaaaaaaaaaaaa", "passwordpassword1", "qwertyuiopasdfgh", "abcdefghijklmnopq", "caremanager2026!"],
)
def test_one_that_is_easily_guessed_is_refused(password):
    with pytest.raises(InvalidRequest, match="easily guessed"):
        passwords.require_good(password, known=[])


@pytest.mark.parametrize("password", ["Zebedee Quillfeather", "zebedee.quillfeather1", "Zebedee@elm-road.example"])
def test_one_made_of_what_others_know_of_the_person_is_refused(password):
    with pytest.raises(InvalidRequest, match="others know of you"):
        passwords.require_good(password, known=["Zebedee Quillfeather", "zebedee", "elm-road.example"])


@pytest.mark.parametrize("password", [GOOD, "ÿ ñandú über łódź ångström", "日本語のとても長い合言葉です。桜と梅"])
def test_spaces_and_every_script_are_taken_and_no_kind_of_character_is_asked_for(password):
    passwords.require_good(password, known=[])
    assert passwords.is_right(password, passwords.hashed(password))


def test_what_is_kept_is_an_argon2id_hash_with_its_own_salt():
    one, other = passwords.hashed(GOOD), passwords.hashed(GOOD)
    assert one.startswith("$argon2id$")
    assert one != other
    assert GOOD not in one


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_the_same_password_is_right_from_every_keyboard(form):
    kept = passwords.hashed("blå ångström crème brûlée")
    assert passwords.is_right(unicodedata.normalize(form, "blå ångström crème brûlée"), kept)


@pytest.mark.parametrize("typed", ["", GOOD.upper(), GOOD + " ", GOOD[:-1], "\ud800", "\0", GOOD * 100])
def test_any_other_password_is_wrong(typed):
    assert not passwords.is_right(typed, passwords.hashed(GOOD))


@pytest.mark.parametrize("kept", [None, "", "no hash"])
def test_nothing_is_right_where_nothing_usable_is_kept(kept):
    assert not passwords.is_right(GOOD, kept)
    assert not passwords.is_right("", kept)


def test_no_account_takes_as_long_as_a_wrong_password():
    kept = passwords.hashed(GOOD)

    def shortest(hash_: str | None) -> float:
        times = []
        for _ in range(3):
            start = time.process_time()
            passwords.is_right("wrong", hash_)
            times.append(time.process_time() - start)
        return min(times)

    assert shortest(None) > shortest(kept) / 3


def test_a_one_time_password_is_five_groups_of_letters_that_cannot_be_confused():
    made = {passwords.one_time() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert [len(group) for group in password.split("-")] == [4] * 5
        assert not set(password) & set("ilo01")
        assert password == password.lower()
    passwords.require_good(made.pop(), known=[])

"""Signing in and out: who gets in, how long a session lasts, and what is kept of it all."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from queries import people as queries
from queries.store import Store
from services import passwords, people, sign_in
from services.actors import Actor, NotAllowed, Right, Role
from services.errors import InvalidRequest
from services.people import Details
from services.sign_in import SessionEnded, SignedIn, SignInRefused, TooManyFailures
from tests.practice import NOW, SYSTEM
from tests.staff import HASH, PASSWORD, actor, person

NEW = "saddle fjord mint quartz"
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture
def amara(practice, store) -> Actor:
    """Amara at reception, who has the password PASSWORD."""
    return person(store, "amara", practice.id)


def enter(
    store: Store,
    password: str = PASSWORD,
    *,
    email: str = "amara@example.com",
    address: str = "192.0.2.1",
    now: datetime = NOW,
) -> str:
    """Sign in with the form."""
    return sign_in.sign_in(store, email=email, password=password, address=address, now=now)


def refused(store: Store, *tries: int, **asked: object) -> str:
    """Fail to sign in, as often as given or once, and return the last words."""
    words = ""
    for _ in range(tries[0] if tries else 1):
        with pytest.raises(SignInRefused) as problem:
            enter(store, "wrong", **asked)  # type: ignore[arg-type]
        words = str(problem.value)
    return words


def fail(store: Store, number: int, account: str = "amara@example.com", address: str = "192.0.2.1") -> None:
    """Note failures now, without the work of a password each."""
    with store.transaction() as tx:
        for _ in range(number):
            queries.note_failure(tx, account=account, address=address, now=NOW)


def look(store: Store, token: str, *, now: datetime = NOW) -> SignedIn:
    """Return who is signed in."""
    here = sign_in.session(store, token, now=now)
    assert here is not None
    return here


def ended(store: Store, token: str, *, now: datetime = NOW) -> SessionEnded:
    """Return how the session says that it has ended."""
    with pytest.raises(SessionEnded) as problem:
        sign_in.session(store, token, now=now)
    return problem.value


def history(store: Store, kind: str) -> list[tuple[str, str | None]]:
    """Return who did it and the note of each event of a kind, oldest first."""
    rows = store._connection.execute("select by_user, note from events where kind = ? order by event_id", [kind])
    return rows.fetchall()


# --- Who gets in


def test_the_right_password_opens_a_session_as_that_person(amara, store):
    here = look(store, enter(store))
    assert here.actor == amara
    assert (here.email, here.must_change_password) == ("amara@example.com", False)
    assert history(store, "signed in") == [("amara", "password")]


@pytest.mark.parametrize("email", ["Amara@Example.COM", "  amara@example.com\t", "AMARA@EXAMPLE.COM"])
def test_the_address_may_be_typed_in_any_case_and_with_spaces_around(amara, store, email):
    assert look(store, enter(store, email=email)).actor == amara


@pytest.mark.parametrize("password", [PASSWORD.upper(), f" {PASSWORD}", f"{PASSWORD} ", ""])
def test_the_password_is_taken_as_typed(amara, store, password):
    with pytest.raises(SignInRefused):
        enter(store, password)


def test_letters_that_only_look_like_plain_ones_open_nobodys_account(practice, store):
    person(store, "kate", practice.id)
    look(store, enter(store, email="Kate@example.com"))
    with pytest.raises(SignInRefused):
        enter(store, email="\u212aate@example.com")  # the Kelvin sign, k in lower case


def test_an_unknown_account_a_wrong_password_and_a_deactivated_person_get_the_same_words(practice, store, amara):
    person(store, "chloe", practice.id, is_active=False)
    person(store, "priya", practice.id, has_password=False)
    wrong = refused(store)
    assert wrong == "E-mail address and password do not go together. Try again."
    assert refused(store, email="nobody@example.com") == wrong
    assert refused(store, email="no address") == wrong
    for email in ("chloe@example.com", "priya@example.com"):
        with pytest.raises(SignInRefused) as problem:
            enter(store, PASSWORD, email=email)
        assert str(problem.value) == wrong


def test_each_refusal_is_recorded_under_the_person_or_the_unknown_address(amara, store):
    refused(store)
    refused(store, email="nobody@example.com")
    note = "wrong e-mail address or password, from 192.0.2.1"
    assert history(store, "sign-in refused") == [("amara", note), ("nobody@example.com", note)]


@pytest.mark.parametrize(
    "typed",
    [PASSWORD, "manager", "test (command line)", "a@b\u202egnp.exe", "x" * 300 + "@example.com", "\ud800@b", ""],
)
def test_what_is_no_address_is_kept_nowhere_it_may_be_a_password_in_the_wrong_field(amara, store, typed):
    refused(store, email=typed)
    assert history(store, "sign-in refused")[0][0] == "no e-mail address"
    assert store.frame("passwords/count_failures", account="", address="", since=NOW - MINUTE)["of_account"][0] == 1


# --- Guessing is slow


def test_after_five_failures_the_sixth_try_waits_even_with_the_right_password(amara, store):
    assert "do not go together" in refused(store, 5)
    with pytest.raises(TooManyFailures, match="Wait 15 minutes"):
        enter(store)


def test_after_four_failures_the_right_password_opens_and_the_failures_are_forgotten(amara, store):
    fail(store, 4)
    enter(store)
    fail(store, 4)
    enter(store)


def test_an_unknown_account_waits_like_a_known_one(amara, store):
    fail(store, 5)
    fail(store, 5, "nobody@example.com")
    assert refused(store, email="nobody@example.com") == refused(store)


@pytest.mark.parametrize(("later", "is_open"), [(15 * MINUTE - SECOND, False), (15 * MINUTE, True)])
def test_the_window_slides_and_waiting_tries_do_not_lengthen_it(amara, store, later, is_open):
    fail(store, 5)
    refused(store, 3, now=NOW + 10 * MINUTE)
    if is_open:
        enter(store, now=NOW + later)
    else:
        with pytest.raises(TooManyFailures):
            enter(store, now=NOW + later)


def test_failures_slide_out_of_the_window_one_by_one(amara, store):
    for minute in range(5):
        refused(store, now=NOW + minute * MINUTE)
    refused(store, now=NOW + 15 * MINUTE)
    with pytest.raises(TooManyFailures):
        enter(store, now=NOW + 15 * MINUTE + SECOND)
    enter(store, now=NOW + 16 * MINUTE)


def test_a_stranger_elsewhere_cannot_keep_a_person_out(amara, store):
    fail(store, 20, address="203.0.113.9")
    look(store, enter(store))


def test_one_who_signs_in_does_not_let_a_stranger_elsewhere_start_afresh(amara, store):
    fail(store, 5, address="203.0.113.9")
    enter(store)
    with pytest.raises(TooManyFailures):
        enter(store, address="203.0.113.9")


def test_from_everywhere_together_an_account_has_twenty_five_failures(amara, store):
    for place in range(6):
        fail(store, 4, address=f"203.0.113.{place}")
    refused(store)
    with pytest.raises(TooManyFailures):
        enter(store)


@pytest.mark.parametrize(("failures", "is_open"), [(49, True), (50, False)])
def test_an_address_has_fifty_failures_for_all_accounts(amara, store, failures, is_open):
    for number in range(failures):
        fail(store, 1, f"{number}@example.com")
    if is_open:
        enter(store)
    else:
        with pytest.raises(TooManyFailures):
            enter(store)
    enter(store, address="192.0.2.2")


def test_tries_made_at_the_same_moment_do_not_pass_the_limit(amara, store):
    ready = threading.Barrier(8)

    def guess(_: int) -> str:
        ready.wait()
        try:
            enter(store, "wrong")
        except TooManyFailures:
            return "waits"
        except SignInRefused:
            return "was looked at"
        return "got in"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(guess, range(8))) == ["waits"] * 3 + ["was looked at"] * 5


def test_tries_that_wait_are_recorded_once_in_the_window_or_they_would_fill_the_store(amara, store):
    refused(store, 8)
    notes = [note for _, note in history(store, "sign-in refused")]
    assert notes == ["wrong e-mail address or password, from 192.0.2.1"] * 5 + ["too many failures, from 192.0.2.1"]


def test_a_new_one_time_password_ends_the_waiting(practice, store, amara):
    fail(store, 5)
    password = people.give_one_time_password(store, "amara", actor=SYSTEM, now=NOW)
    assert look(store, enter(store, password)).must_change_password


# --- How long a session lasts


@pytest.mark.parametrize(("later", "is_open"), [(30 * MINUTE - SECOND, 1), (30 * MINUTE, 1), (30 * MINUTE + SECOND, 0)])
def test_a_session_ends_when_nothing_happened_for_more_than_half_an_hour(amara, store, later, is_open):
    token = sign_in.start(store, "amara", now=NOW, how="test")
    if is_open:
        look(store, token, now=NOW + later)
    else:
        problem = ended(store, token, now=NOW + later)
        assert "nothing happened for 30 minutes" in str(problem)
        assert "What you typed is kept" in str(problem)
        assert (problem.user_id, problem.is_resumable) == ("amara", True)


def test_each_look_counts_as_use(amara, store):
    token = sign_in.start(store, "amara", now=NOW, how="test")
    for minutes in (20, 40, 60):
        look(store, token, now=NOW + minutes * MINUTE)


@pytest.mark.parametrize("idle", [MINUTE, 2 * MINUTE, 30 * MINUTE])
def test_a_session_that_is_used_does_not_end_as_idle_however_short_the_limit(amara, store, idle):
    token = sign_in.start(store, "amara", now=NOW, how="test")
    for step in range(1, 6):
        assert sign_in.session(store, token, now=NOW + step * 0.6 * idle, idle=idle) is not None


def test_the_limit_of_idleness_is_given(amara, store):
    token = sign_in.start(store, "amara", now=NOW, how="test")
    with pytest.raises(SessionEnded, match="nothing happened for 1 minute\\."):
        sign_in.session(store, token, now=NOW + MINUTE + SECOND, idle=MINUTE)


@pytest.mark.parametrize(("extra", "is_open"), [(-SECOND, True), (timedelta(), True), (SECOND, False)])
def test_a_session_ends_twelve_hours_after_it_began_however_busy(amara, store, extra, is_open):
    token = sign_in.start(store, "amara", now=NOW, how="test")
    for minutes in range(20, 720, 20):
        look(store, token, now=NOW + minutes * MINUTE)
    if is_open:
        look(store, token, now=NOW + timedelta(hours=12) + extra)
    else:
        assert "12 hours have passed" in str(ended(store, token, now=NOW + timedelta(hours=12) + extra))


@pytest.mark.parametrize("token", [None, "", "no such session", "oidc:sub:1", "\xff\xfe:\xfd"])
def test_a_token_that_is_none_of_ours_is_nobody(amara, store, token):
    assert sign_in.session(store, token, now=NOW) is None


# --- Going on with a session


def resume(store: Store, token: str, password: str = PASSWORD, *, now: datetime) -> None:
    """Give the password to go on."""
    sign_in.resume(store, token, password=password, address="192.0.2.1", now=now)


@pytest.mark.parametrize("later", [timedelta(minutes=31), timedelta(hours=12, minutes=1), timedelta(hours=20)])
def test_a_session_that_its_age_ended_goes_on_with_the_password_for_as_long_again(amara, store, later):
    token = sign_in.start(store, "amara", now=NOW, how="test")
    ended(store, token, now=NOW + later)
    resume(store, token, now=NOW + later)
    assert look(store, token, now=NOW + later + 30 * MINUTE).actor == amara
    assert history(store, "signed in")[-1] == ("amara", "password, going on with a session")


def test_a_session_goes_on_by_the_password_of_its_own_person_only(practice, amara, store):
    person(store, "chloe", practice.id, has_password=False)
    with store.transaction() as tx:
        queries.write_password(tx, "chloe", hash_=passwords.hashed(NEW), is_one_time=False, expires_at=None, now=NOW)
    token, later = sign_in.start(store, "amara", now=NOW, how="test"), NOW + timedelta(hours=1)
    with pytest.raises(SignInRefused, match="do not go together"):
        resume(store, token, NEW, now=later)
    ended(store, token, now=later)
    assert [by for by, _ in history(store, "sign-in refused")] == ["amara"]


def test_going_on_is_slow_to_guess_as_well(amara, store):
    token, later = sign_in.start(store, "amara", now=NOW, how="test"), NOW + timedelta(hours=1)
    for minute in range(5):
        with pytest.raises(SignInRefused):
            resume(store, token, "wrong", now=later + minute * MINUTE)
    later += 5 * MINUTE
    with pytest.raises(TooManyFailures):
        resume(store, token, now=later)


def test_a_session_that_was_signed_out_cannot_go_on(amara, store):
    token = sign_in.start(store, "amara", now=NOW, how="test")
    sign_in.sign_out(store, token, now=NOW)
    with pytest.raises(SignInRefused, match="cannot go on"):
        resume(store, token, now=NOW)
    ended(store, token)


def test_a_deactivated_person_cannot_go_on(amara, store):
    token = sign_in.start(store, "amara", now=NOW, how="test")
    person(store, "amara", is_active=False)
    with pytest.raises(SignInRefused):
        resume(store, token, now=NOW + timedelta(hours=1))


def test_no_session_cannot_go_on(amara, store):
    with pytest.raises(SignInRefused, match="Sign in again"):
        resume(store, "no such session", now=NOW)


def test_one_who_has_no_password_is_told_to_sign_in_again(practice, store):
    person(store, "chloe", practice.id, has_password=False)
    token = sign_in.start(store, "chloe", now=NOW, how="demonstration")
    problem = ended(store, token, now=NOW + timedelta(hours=1))
    assert not problem.is_resumable
    assert str(problem).endswith("Sign in again.")


def test_one_who_entered_without_any_proof_makes_no_accounts_and_takes_in_no_patients(practice, store):
    sign_in.first_manager(store, now=NOW)
    person(store, "tom", practice.id, role=Role.MANAGER, has_password=False)
    tom = look(store, sign_in.start(store, "tom", now=NOW, how="demonstration")).actor
    assert {right for right in Right if not tom.may(right)} == {Right.PEOPLE, Right.IMPORT}
    with pytest.raises(NotAllowed, match="The demonstration may not manage people"):
        people.give_one_time_password(store, "manager", actor=tom, now=NOW)


# --- Out, and changed


def test_signing_out_ends_the_session_for_every_tab_and_is_recorded_once(amara, store):
    token = sign_in.start(store, "amara", now=NOW, how="test")
    other = sign_in.start(store, "amara", now=NOW, how="another browser")
    sign_in.sign_out(store, token, now=NOW)
    sign_in.sign_out(store, token, now=NOW)
    problem = ended(store, token)
    assert str(problem) == "You are signed out: you signed out in another tab. Sign in again."
    assert not problem.is_resumable
    assert look(store, other).actor == amara
    assert history(store, "signed out") == [("amara", None)]


def test_a_deactivated_person_is_out_at_the_next_look(practice, amara, store):
    token = sign_in.start(store, "amara", now=NOW, how="test")
    details = Details("Amara", "amara@example.com", Role.RECEPTION, {practice.id: None}, is_active=False)
    people.change(store, "amara", details, actor=SYSTEM, now=NOW)
    problem = ended(store, token, now=NOW + SECOND)
    assert "your account was changed" in str(problem)
    assert not problem.is_resumable


def test_a_changed_person_is_out_at_the_next_look_and_comes_back_as_what_they_are_now(practice, amara, store):
    token = sign_in.start(store, "amara", now=NOW, how="test")
    details = Details("Amara", "amara@example.com", Role.READ_ONLY, {practice.id: None})
    people.change(store, "amara", details, actor=SYSTEM, now=NOW)
    ended(store, token)
    assert look(store, enter(store)).actor.role is Role.READ_ONLY


def test_role_and_practices_are_looked_up_anew_at_each_look(practice, amara, store):
    token = sign_in.start(store, "amara", now=NOW, how="test")
    person(store, "amara", "elsewhere", role=Role.MANAGER)
    here = look(store, token).actor
    assert (here.role, here.practice_ids) == (Role.MANAGER, {"elsewhere"})


# --- One's own password


def change(store: Store, current: str = PASSWORD, new: str = NEW, *, keep: str | None = None) -> None:
    """Change Amara's password."""
    sign_in.change_password(store, actor=actor(store, "amara"), current=current, new=new, keep=keep, now=NOW)


def test_a_changed_password_takes_the_place_of_the_old_one_and_ends_the_other_sessions(amara, store):
    mine = sign_in.start(store, "amara", now=NOW, how="test")
    other = sign_in.start(store, "amara", now=NOW, how="another browser")
    change(store, keep=mine)
    assert look(store, mine).actor == amara
    assert "your password was changed" in str(ended(store, other))
    with pytest.raises(SignInRefused):
        enter(store, PASSWORD)
    enter(store, NEW)
    assert history(store, "password changed") == [("amara", None)]


@pytest.mark.parametrize(
    ("new", "words"),
    [("too short", "9 characters"), (PASSWORD, "is the old one"), ("amara@example.com amara", "easily guessed")],
)
def test_a_new_password_that_is_no_good_changes_nothing(amara, store, new, words):
    token = sign_in.start(store, "amara", now=NOW, how="test")
    with pytest.raises(InvalidRequest, match=words):
        change(store, new=new)
    look(store, token)
    enter(store, PASSWORD)


def test_a_wrong_current_password_changes_nothing_and_is_slow_to_guess(amara, store):
    for _ in range(5):
        with pytest.raises(SignInRefused, match="current password is not right"):
            change(store, "wrong")
    with pytest.raises(TooManyFailures):
        change(store)
    enter(store, PASSWORD)


def test_one_who_has_no_password_cannot_change_it(practice, store):
    person(store, "amara", practice.id, has_password=False)
    with pytest.raises(SignInRefused):
        change(store)


# --- One-time passwords


@pytest.mark.parametrize(("later", "is_open"), [(timedelta(days=7), True), (timedelta(days=7) + SECOND, False)])
def test_a_one_time_password_opens_for_seven_days(practice, store, later, is_open):
    details = Details("Amara Nwosu", "amara@example.com", Role.RECEPTION, {practice.id: None})
    _, password = people.add(store, details, actor=SYSTEM, now=NOW)
    if is_open:
        assert look(store, enter(store, password, now=NOW + later), now=NOW + later).must_change_password
    else:
        with pytest.raises(SignInRefused, match="do not go together"):
            enter(store, password, now=NOW + later)


def test_with_a_one_time_password_nothing_may_be_done_until_it_is_changed(practice, store):
    person(store, "amara", practice.id, role=Role.MANAGER, one_time_until=NOW + timedelta(days=1))
    token = enter(store)
    here = look(store, token)
    assert here.must_change_password
    assert not any(here.actor.may(right) for right in Right)
    sign_in.change_password(store, actor=here.actor, current=PASSWORD, new=NEW, keep=token, now=NOW)
    here = look(store, token)
    assert not here.must_change_password
    assert all(here.actor.may(right) for right in Right)


# --- The first account


def test_the_first_start_makes_one_manager_of_every_practice_with_a_one_time_password(practice, store):
    made = sign_in.first_manager(store, now=NOW)
    assert made is not None
    email, password = made
    here = look(store, enter(store, password, email=email))
    assert (here.actor.role, here.actor.practice_ids) == (Role.MANAGER, {practice.id})
    assert here.must_change_password


def test_until_it_was_used_each_start_gives_a_new_one_time_password(store):
    first, second = sign_in.first_manager(store, now=NOW), sign_in.first_manager(store, now=NOW + MINUTE)
    assert first is not None
    assert second is not None
    assert first[1] != second[1]
    with pytest.raises(SignInRefused):
        enter(store, first[1], email=first[0])
    assert len(history(store, "person added")) == len(history(store, "one-time password given")) == 1


def test_once_the_first_manager_has_chosen_a_password_no_start_changes_it(practice, store):
    made = sign_in.first_manager(store, now=NOW)
    assert made is not None
    sign_in.change_password(store, actor=actor(store, "manager"), current=made[1], new=NEW, keep=None, now=NOW)
    assert sign_in.first_manager(store, now=NOW) is None
    enter(store, NEW, email=made[0])


@pytest.mark.parametrize("has_password", [True, False])
def test_once_there_is_another_manager_no_start_opens_the_first_account_again(practice, store, has_password):
    sign_in.first_manager(store, now=NOW)
    person(store, "grace", practice.id, role=Role.GROUP, has_password=has_password)
    person(store, "manager", practice.id, role=Role.MANAGER, is_active=False, has_password=False)
    assert sign_in.first_manager(store, now=NOW) is None


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.CLINICIAN, Role.READ_ONLY])
def test_people_who_manage_nobody_do_not_stand_in_for_a_manager(practice, store, role):
    person(store, "amara", practice.id, role=role)
    assert sign_in.first_manager(store, now=NOW) is not None


# --- The identity provider


def identify(
    store: Store,
    *,
    email: str = "amara@example.com",
    is_verified: bool | None = True,
    subject: str = "https://id.example.com 7",
    issued_at: datetime = NOW,
    now: datetime = NOW,
) -> str:
    """Come from the identity provider."""
    return sign_in.by_identity(
        store, email=email, is_verified=is_verified, subject=subject, issued_at=issued_at, now=now
    )


@pytest.mark.parametrize("is_verified", [True, None])
@pytest.mark.parametrize("email", ["amara@example.com", "Amara@Example.com"])
def test_the_identity_provider_opens_a_session_as_the_person_of_that_address(amara, store, email, is_verified):
    here = look(store, identify(store, email=email, is_verified=is_verified))
    assert here.actor == amara
    assert history(store, "signed in") == [("amara", "identity provider")]


def test_each_look_with_the_same_sign_in_there_is_the_same_session_and_recorded_once(amara, store):
    assert identify(store) == identify(store, now=NOW + MINUTE)
    assert len(history(store, "signed in")) == 1
    assert identify(store, issued_at=NOW + SECOND) != identify(store)
    assert identify(store, subject="https://id.example.com 8") != identify(store)


def test_two_tabs_that_come_at_the_same_moment_share_the_session(amara, store):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: identify(store), range(8)))) == 1
    assert len(history(store, "signed in")) == 1


@pytest.mark.parametrize(
    ("age", "is_open"),
    [(timedelta(hours=12), True), (timedelta(hours=12) + SECOND, False), (-5 * MINUTE, True), (-6 * MINUTE, False)],
)
def test_a_sign_in_there_counts_for_twelve_hours_and_not_from_the_future(amara, store, age, is_open):
    if is_open:
        look(store, identify(store, issued_at=NOW - age))
    else:
        with pytest.raises(SignInRefused, match="Sign in again"):
            identify(store, issued_at=NOW - age)


def test_the_session_lasts_twelve_hours_from_the_sign_in_there(amara, store):
    there = NOW - timedelta(hours=11, minutes=50)
    token = identify(store, issued_at=there)
    look(store, token, now=NOW + 10 * MINUTE)
    ended(store, identify(store, issued_at=there, now=NOW + 11 * MINUTE), now=NOW + 11 * MINUTE)


def test_a_clock_that_is_ahead_there_makes_no_session_longer(amara, store):
    token = identify(store, issued_at=NOW + 4 * MINUTE)
    assert look(store, token).since == NOW


def test_an_ended_session_is_not_started_again_by_the_same_sign_in_there(amara, store):
    token = identify(store)
    sign_in.sign_out(store, token, now=NOW)
    for later in (MINUTE, timedelta(hours=11), timedelta(hours=23)):
        assert identify(store, now=NOW + later) == token
        ended(store, token, now=NOW + later)
    sign_in.start(store, "amara", now=NOW + timedelta(hours=25), how="another browser forgets old sessions")
    with pytest.raises(SignInRefused, match="older than 12 hours"):
        identify(store, now=NOW + timedelta(hours=25))
    look(store, identify(store, issued_at=NOW + SECOND), now=NOW + SECOND)


def test_a_session_of_the_identity_provider_goes_on_there_and_not_by_a_password(amara, store):
    token, later = identify(store), NOW + timedelta(hours=1)
    problem = ended(store, token, now=later)
    assert not problem.is_resumable
    assert str(problem).endswith("Sign in again.")
    with pytest.raises(SignInRefused, match="cannot go on"):
        resume(store, token, now=later)


def test_one_who_comes_from_the_identity_provider_without_a_password_may_do_all_of_their_role(practice, store):
    person(store, "grace", practice.id, role=Role.MANAGER, has_password=False)
    here = look(store, identify(store, email="grace@example.com"))
    assert all(here.actor.may(right) for right in Right)


def test_one_who_comes_from_the_identity_provider_needs_not_change_a_one_time_password(practice, store):
    person(store, "amara", practice.id, one_time_until=NOW + timedelta(days=7))
    assert not look(store, identify(store)).must_change_password


@pytest.mark.parametrize("is_verified", [False, "false", "true", 0, ""])
def test_an_address_that_is_not_verified_opens_nothing(amara, store, is_verified):
    with pytest.raises(SignInRefused, match="has not verified"):
        identify(store, is_verified=is_verified)
    assert history(store, "sign-in refused") == [("amara", "address not verified, from the identity provider")]


@pytest.mark.parametrize(
    ("email", "by"),
    [
        ("nobody@example.com", "nobody@example.com"),
        ("chloe@example.com", "chloe"),
        ("", "no e-mail address"),
        ("\u212aate@example.com", "no e-mail address"),
    ],
)
def test_an_unknown_or_deactivated_person_opens_nothing_and_is_recorded_once_however_often_they_look(
    practice, amara, store, email, by
):
    person(store, "chloe", practice.id, is_active=False)
    person(store, "kate", practice.id)
    for _ in range(3):
        with pytest.raises(SignInRefused, match="Ask the practice manager"):
            identify(store, email=email)
    assert history(store, "sign-in refused") == [(by, "no account, from the identity provider")]
    assert history(store, "signed in") == []


def test_one_who_was_deactivated_since_is_out_at_the_next_look(practice, amara, store):
    token = identify(store)
    person(store, "amara", practice.id, is_active=False)
    assert identify(store) == token
    ended(store, token)


def test_the_sign_in_of_one_person_is_never_taken_for_another(practice, amara, store):
    person(store, "chloe", practice.id)
    identify(store)
    with pytest.raises(SignInRefused):
        identify(store, email="chloe@example.com")


def test_nobody_can_make_up_the_token_of_an_identity(amara, store):
    token = identify(store)
    claim = f"oidc:https://id.example.com 7:{int(NOW.timestamp())}"
    assert token.startswith(claim)
    for made_up in (claim, f"{claim}:", f"{claim}:{'0' * 64}", f"identity {claim}", token.swapcase()):
        assert sign_in.session(store, made_up, now=NOW) is None


# --- What is kept


def test_nothing_but_hashes_of_tokens_and_passwords_is_in_the_store(practice, amara, store):
    details = Details("Chloe Evans", "chloe@example.com", Role.RECEPTION, {practice.id: None})
    _, one_time = people.add(store, details, actor=SYSTEM, now=NOW)
    first = sign_in.first_manager(store, now=NOW)
    assert first is not None
    tokens = [enter(store), identify(store), enter(store, one_time, email="chloe@example.com")]
    change(store, keep=tokens[0])
    refused(store, email=PASSWORD)
    tables = store._connection.execute(
        "select table_name from duckdb_tables() where database_name = current_database()"
    )
    names = [name for (name,) in tables.fetchall()]
    assert {"sessions", "passwords", "events", "users", "sign_in_failures"} <= set(names)
    kept = "\n".join(str(store._connection.execute(f"from {name}").fetchall()) for name in names)
    assert "amara@example.com" in kept
    for secret in (PASSWORD, NEW, one_time, first[1], *tokens):
        assert secret not in kept
        assert secret.rpartition(":")[2] not in kept


def test_a_password_of_someone_else_is_kept_apart(practice, amara, store):
    person(store, "chloe", practice.id)
    change(store)
    enter(store, PASSWORD, email="chloe@example.com")
    assert queries.password(store, "chloe") == {"hash": HASH, "is_one_time": False, "expires_at": None}

"""The weekly digest: written once on its day for who leads, read without a patient's name, sent with its pictures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from queries.store import Store
from services import digest, practices
from services import messages as message_services
from services.actors import Actor, NotAllowed, Role
from services.errors import InvalidRequest
from tests.letters import messages, work
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice
from tests.staff import person

TUESDAY = 2


@pytest.fixture
def tom(practice: SmallPractice, store: Store) -> Actor:
    """The manager, who has two courses to be booked."""
    practice.course(days_ago=20)
    practice.item(practice.course(days_ago=200), price_pence=100_000)
    return person(store, "tom", practice.id, role=Role.MANAGER)


def on(day: date) -> Callable[[datetime, str], date]:
    """A calendar that shows a day."""
    return lambda now, timezone: day


def due(store: Store, *, now: datetime = NOW, day: date = TODAY) -> int:
    return digest.send_due(store, now=now, today_at=on(day))


def test_it_is_queued_once_on_its_day_and_not_on_another(tom: Actor, store: Store) -> None:
    assert TODAY.isoweekday() == TUESDAY
    digest.choose(store, TUESDAY, actor=tom, now=NOW)
    assert due(store, day=TODAY + timedelta(days=1)) == 0
    assert [due(store), due(store)] == [1, 0]
    assert due(store, day=TODAY + timedelta(days=7)) == 1
    (first, _) = messages(store)
    assert (first["address"], first["kind"], first["template"]) == ("tom@example.com", "digest", "Weekly digest")


@pytest.mark.parametrize(("hour", "expected"), [(5, 0), (6, 1), (23, 1)])
def test_it_is_not_written_before_the_morning(tom: Actor, store: Store, hour: int, expected: int) -> None:
    digest.choose(store, TUESDAY, actor=tom, now=NOW)
    assert due(store, now=NOW.replace(hour=hour)) == expected


def test_it_tells_counts_and_values_and_names_no_patient(tom: Actor, store: Store) -> None:
    letter = digest.written(store, practices.of(store, tom), actor=tom, today=TODAY, weekday=TUESDAY)
    for told in (letter.text, letter.html):
        assert "2 courses of 1 patient are still to be booked." in told
        assert "£1,840" in told
        assert "£1,420.00" in told
        assert "Okafor" not in told
        assert "okafor" not in told
    assert sorted(letter.pictures) == ["by-age", "by-status"]
    assert all(picture.startswith(b"\x89PNG") for picture in letter.pictures.values())
    assert all(f"cid:{name}" in letter.html for name in letter.pictures)


def test_it_leaves_with_its_pictures_within_and_can_be_read_as_a_file(tom: Actor, store: Store) -> None:
    digest.choose(store, TUESDAY, actor=tom, now=NOW)
    due(store)
    work(store)
    (sent,) = messages(store)
    assert sent["state"] == "sent"
    (practice,) = practices.of(store, tom)
    _, file = message_services.file_of(store, practice, sent["message_id"], actor=tom)
    mail: Any = message_from_bytes(file, policy=policy.default)
    pictures = {
        part["Content-ID"]: part.get_content() for part in mail.walk() if part.get_content_type() == "image/png"
    }
    assert sorted(pictures) == ["<by-age>", "<by-status>"]
    assert 'src="cid:by-age"' in mail.get_body(("html",)).get_content()
    assert "The ten worth most" in mail.get_body(("plain",)).get_content()


def test_who_was_deactivated_meanwhile_gets_none(tom: Actor, store: Store, practice: SmallPractice) -> None:
    digest.choose(store, TUESDAY, actor=tom, now=NOW)
    due(store)
    person(store, "tom", practice.id, role=Role.MANAGER, is_active=False)
    work(store)
    assert [(one["state"], one["reason"]) for one in messages(store)] == [
        ("cancelled", "Not sent: this person may not sign in any more.")
    ]
    assert due(store, day=TODAY + timedelta(days=7)) == 0


def test_an_empty_practice_is_told_so_and_without_one_there_is_nothing_to_tell(
    practice: SmallPractice, store: Store
) -> None:
    letter = digest.written(store, practices.of(store, SYSTEM), actor=SYSTEM, today=TODAY, weekday=1)
    assert "Nothing is on the list." in letter.html
    assert letter.pictures == {}
    with pytest.raises(InvalidRequest, match="There is no practice yet"):
        digest.written(store, [], actor=SYSTEM, today=TODAY, weekday=1)


def test_it_is_chosen_changed_and_stopped_with_what_it_was_in_the_history(tom: Actor, store: Store) -> None:
    assert digest.day_of(store, actor=tom) is None
    digest.choose(store, 5, actor=tom, now=NOW)
    assert digest.day_of(store, actor=tom) == 5
    digest.choose(store, None, actor=tom, now=NOW)
    assert digest.day_of(store, actor=tom) is None
    told = store._connection.sql("select before, after from events where kind = 'digest day chosen' order by event_id")
    assert told.fetchall() == [
        ('{"weekday": "none"}', '{"weekday": "Friday"}'),
        ('{"weekday": "Friday"}', '{"weekday": "none"}'),
    ]


def test_it_is_refused_to_who_does_not_lead_and_for_what_is_no_day(
    tom: Actor, practice: SmallPractice, store: Store
) -> None:
    with pytest.raises(NotAllowed):
        digest.choose(store, 1, actor=person(store, "rita", practice.id), now=NOW)
    with pytest.raises(InvalidRequest, match="no such day"):
        digest.choose(store, 8, actor=tom, now=NOW)

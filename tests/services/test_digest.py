"""The weekly digest: written once on its day for who leads, read without a patient's name, sent with its pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from queries import people
from queries.store import Store
from services import audit, deliveries, digest, practices, snapshots, words
from services import messages as message_services
from services.actors import Actor, NotAllowed, Role
from services.errors import InvalidRequest
from services.incoming.events import Event
from tests.letters import messages, work
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice
from tests.staff import person

TUESDAY = 2
MONDAY = TODAY + timedelta(days=6)


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
        assert "2 courses of 1 patient are still to be booked. 2 are due, 0 of them overdue." in told
        assert "£1,840" in told
        assert "£1,420" in told
        assert "181–365 days" in told
        assert words.day(TODAY - timedelta(days=200)) not in told, "the day of a course may point at its patient"
        assert "Okafor" not in told
        assert "okafor" not in told
    assert (
        "1. Provider BA, Payor Private, Open for 181–365 days, Status Open, Value £1,420, Worth £1,420" in letter.text
    )
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


@pytest.mark.parametrize(
    ("now_is", "why"),
    [
        ({"is_active": False}, "this person may not sign in any more."),
        ({"role": Role.RECEPTION}, "this person gets no digest any more."),
        ({"practices": ()}, "this practice is none of theirs any more."),
        ({"email": "new@example.com"}, "their address is another now."),
    ],
)
def test_who_is_not_to_have_it_any_more_gets_none(
    tom: Actor, store: Store, practice: SmallPractice, now_is: dict[str, Any], why: str
) -> None:
    digest.choose(store, TUESDAY, actor=tom, now=NOW)
    due(store)
    facts = {"name": "Tom", "email": "tom@example.com", "role": Role.MANAGER, "is_active": True, **now_is}
    own = facts.pop("practices", (practice.id,))
    with store.transaction() as tx:
        people.write_person(tx, "tom", by="test", now=NOW, **facts)
        people.give_practices(tx, "tom", dict.fromkeys(own))
    work(store)
    assert [(one["state"], one["reason"]) for one in messages(store)] == [("cancelled", f"Not sent: {why}")]
    assert due(store, day=TODAY + timedelta(days=7)) == ("email" in now_is)


def test_who_reports_it_as_spam_gets_no_other(tom: Actor, store: Store) -> None:
    digest.choose(store, TUESDAY, actor=tom, now=NOW)
    due(store)
    work(store)
    told = Event("e1", messages(store)[0]["message_id"], "spam", NOW)
    deliveries.note(store, [told], now=NOW, today_at=on(TODAY))
    assert digest.day_of(store, actor=tom) is None
    assert due(store, day=TODAY + timedelta(days=7)) == 0
    lines = audit.search(store, practices.of(store, tom), audit.Filters(), actor=tom).lines
    assert ("The system", "Tom: day Tuesday → none; reported as spam") in lines.select("who", "details").rows()


def test_one_digest_that_cannot_be_written_does_not_keep_the_next_from_it(
    tom: Actor, practice: SmallPractice, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    zoe, write = person(store, "zoe", practice.id, role=Role.MANAGER), digest.written
    for leader in (tom, zoe):
        digest.choose(store, TUESDAY, actor=leader, now=NOW)

    def fails_first(*given: Any, actor: Actor, **more: Any) -> digest.Digest:
        if actor.user_id == "tom":
            raise RuntimeError("Mrs Okafor")
        return write(*given, actor=actor, **more)

    monkeypatch.setattr(digest, "written", fails_first)
    assert due(store) == 1
    assert [one["queued_by"] for one in messages(store)] == ["zoe"]
    assert "could not be written: RuntimeError" in caplog.text


def test_it_is_read_in_the_app_by_whom_it_is_for_and_by_nobody_else(
    tom: Actor, practice: SmallPractice, store: Store
) -> None:
    zoe, own = person(store, "zoe", practice.id, role=Role.MANAGER), practices.of(store, tom)
    digest.choose(store, TUESDAY, actor=tom, now=NOW)
    due(store)
    id_ = messages(store)[0]["message_id"]
    assert message_services.search(store, own, actor=tom)["message_id"].to_list() == [id_]
    assert message_services.template_names(store, own, actor=tom) == ["Weekly digest"]
    assert message_services.search(store, own, actor=zoe).is_empty()
    assert message_services.template_names(store, own, actor=zoe) == []
    with pytest.raises(InvalidRequest, match="not there any more"):
        message_services.file_of(store, own[0], id_, actor=zoe)
    with pytest.raises(InvalidRequest, match="not there any more"):
        message_services.cancel(store, own[0], [id_], actor=zoe, now=NOW, today=TODAY)
    assert message_services.cancel(store, own[0], [id_], actor=tom, now=NOW, today=TODAY) == 1
    assert message_services.resend(store, own[0], [id_], actor=tom, now=NOW, today=TODAY) == 0
    told = audit.search(store, own, audit.Filters(), actor=tom).lines
    assert [
        line for line in told.select("who", "what", "details").rows() if "igest" in line[1] or "essage" in line[1]
    ] == [
        ("The system", "Message cancelled", "Cancelled by Tom."),
        ("The system", "Wrote a weekly digest", "Tom"),
        ("Tom", "Chose the day of their weekly digest", "Day none → Tuesday"),
    ]


def test_a_week_that_has_just_begun_is_told_beside_the_last_one(
    practice: SmallPractice, tom: Actor, store: Store
) -> None:
    course = practice.course()
    for day in (-1, 0):
        if day == 0:
            practice.appointment(course, in_days=10)
        (own,) = practices.of(store, tom)
        snapshots.take(store, own, now=NOW, today=MONDAY + timedelta(days=day - 1))
    letter = digest.written(store, [own], actor=tom, today=MONDAY, weekday=1)
    assert "Booked this week: not known, last week 1" in letter.text
    assert "Value booked: not known, last week £420" in letter.text


def test_names_of_the_practice_are_letters_and_nothing_else(practice: SmallPractice, store: Store) -> None:
    hostile = "<img src=x onerror=alert(1)>\r\nBcc: all@example.com"
    practice.add("providers", "ben", initials="<b>&", name=hostile)
    practice.course()
    (own,) = practices.of(store, SYSTEM)
    letter = digest.written(store, [replace(own, name=hostile)], actor=SYSTEM, today=TODAY, weekday=1)
    assert "<img src=x" not in letter.html
    assert "<b>&" not in letter.html
    assert letter.subject == "Unbooked treatment at <img src=x onerror=alert(1)> Bcc: all@example.com, 24 Nov 2026"


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

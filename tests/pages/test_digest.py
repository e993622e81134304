"""The page Weekly digest: the day is chosen, and what is sent is seen before."""

from __future__ import annotations

import pytest

from services import digest
from services.actors import Role
from services.store import Store
from tests.letters import messages
from tests.pages.conftest import signed_in_as
from tests.pages.screen import field, open_page, pick, read
from tests.practice import NOW, TODAY, SmallPractice
from tests.staff import person


@pytest.fixture
def tom(practice: SmallPractice, store: Store, monkeypatch: pytest.MonkeyPatch) -> str:
    """The manager at the screen, with one course to be booked."""
    practice.course()
    person(store, "tom", practice.id, role=Role.MANAGER)
    signed_in_as(monkeypatch, store, "tom")
    return "tom"


@pytest.mark.usefixtures("tom")
def test_a_day_is_chosen_and_the_digest_of_that_day_is_what_was_seen_before(store):
    app = open_page("digest.py")
    assert "Sent to tom@example.com through Elm Road: Outbox: nothing leaves." in [one.value for one in app.text]
    field(app, "I want it on").select("Tuesday").run()
    assert "You get the digest on Tuesdays." in read(app)
    (seen,) = [one.proto.body for one in app.get("html") if "Unbooked treatment" in one.proto.body]
    assert digest.send_due(store, now=NOW, today_at=lambda now, zone: TODAY) == 1
    (sent,) = messages(store)
    assert sent["html"].split("<img")[0] == seen.split("<img")[0]
    assert "cid:" not in seen

    app = open_page("messages.py")
    pick(app, 0)
    assert "To Tom, tom@example.com" in read(app)


def test_who_has_no_address_is_told_so_and_gets_none(tom, store):
    app = open_page("digest.py")
    store._connection.execute("update users set email = null where user_id = ?", [tom])
    field(app, "I want it on").select("Friday").run()
    assert [one.value for one in app.error] == [
        r"You have no e\-mail address here\. Nothing was saved\. Add one on the page People\."
    ]
    assert field(app, "I want it on").value == "Not at all"
    assert field(app, "I want it on").disabled
    assert not app.success

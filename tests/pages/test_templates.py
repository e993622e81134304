"""Templates on screen: by channel, written with the fields and a preview beside them, and no text lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import session
from queries.store import Store
from services import practices, sequences, sign_in, templates
from services.actors import Role
from services.practices import Practice
from services.sequences import Step
from services.templates import Draft, Template
from tests.pages.conftest import signed_in_as
from tests.pages.screen import button, open_page, press, read
from tests.practice import NOW, SYSTEM, SmallPractice
from tests.staff import person

FIRST = "A friendly reminder"
"""The name that ships in both channels; its e-mail is drawn first."""

SMS = "Spring"


@pytest.fixture
def elm(practice: SmallPractice) -> Practice:
    """The practice as the pages hand it to the services."""
    return practices.all_practices(practice.store)[0]


@pytest.fixture
def page(practice: SmallPractice) -> AppTest:
    """The page of templates, opened by the manager."""
    return open_page("templates.py")


def kept(store: Store, practice: SmallPractice, name: str, channel: str = "sms") -> Template:
    """A template of the practice."""
    (found,) = [one for one in templates.all_of(store, practice.id) if (one.name, one.channel) == (name, channel)]
    return found


def press_at(app: AppTest, label: str, place: int = 0) -> None:
    """Press one of several buttons of that label, the first unless said otherwise."""
    [one for one in app.button if one.label == label][place].click().run()
    assert not app.exception


def field(app: AppTest, label: str) -> object:
    """A field of the editor."""
    kinds = (app.text_input, app.text_area, app.segmented_control)
    (found,) = [one for kind in kinds for one in kind if one.label == label]
    return found


def write(app: AppTest, **fields: str) -> None:
    """Fill fields of the editor, one after the other."""
    for label, value in fields.items():
        field(app, label).set_value(value).run()
        assert not app.exception


def previewed(app: AppTest) -> str:
    """The message in the preview."""
    found = [one.proto.body for one in app.get("html") if "pre-wrap" in one.proto.body]
    return found[0].split('">', 1)[1].removesuffix("</div>") if found else ""


# --- The list


def test_the_list_says_of_each_template_its_kind_and_where_it_is_from(store, practice, elm):
    templates.add(store, elm, Draft(SMS, "sms", "marketing", None, "{{ opt_out_line }}"), actor=SYSTEM, now=NOW)
    ours = kept(store, practice, FIRST)
    templates.change(store, elm, ours, replace(ours.draft, body="Please ring us."), actor=SYSTEM, now=NOW)
    said = read(open_page("templates.py"))
    assert f"**{FIRST}**, service  \n:small[Came with Care Manager]" in said
    when = "test (command line) on 24 Nov 2026 at 09:00"
    assert f"**{FIRST}**, service  \n:small[Came with Care Manager, changed by {when}]" in said
    assert f"**{SMS}**, marketing  \n:small[Your own, last changed by {when}]" in said


def test_a_channel_without_a_template_says_what_to_do(store, practice, elm):
    for one in templates.all_of(store, practice.id):
        if one.channel == "sms":
            templates.remove(store, elm, one, actor=SYSTEM, now=NOW)
    said = read(open_page("templates.py"))
    assert "There is no template for SMS, so none can be sent. Write a new one, or restore one below." in said


def test_where_there_are_several_practices_one_is_chosen(store, practice, elm):
    SmallPractice(store, "Oak Lane")
    oak = practices.named(practices.all_practices(store), "Oak Lane")
    templates.add(store, oak, Draft(SMS, "sms", "service", None, "Hello"), actor=SYSTEM, now=NOW)
    app = open_page("templates.py")
    assert SMS not in read(app)
    choice = next(one for one in app.main.selectbox if one.label == "Practice")
    choice.set_value(oak.practice_id).run()
    assert SMS in read(app)
    press(app, "New SMS")
    write(app, Name="Summer", Text="Hello from {{ practice_name }}")
    assert previewed(app) == "Hello from Oak Lane"
    press(app, "Save")
    assert kept(store, practice, FIRST)
    assert "Summer" in [one.name for one in templates.all_of(store, oak.practice_id)]
    assert "Summer" not in [one.name for one in templates.all_of(store, practice.id)]


# --- The editor


def test_a_new_template_is_written_previewed_and_saved(store, practice, page):
    press(page, "New e-mail")
    write(page, Name=SMS, Subject="From {{ practice_name }}", Text="Dear {{ title_and_surname }}\n\n{{ opt_out_line }}")
    assert previewed(page).startswith("<strong>From Elm Road</strong>\n\nDear Mrs Okafor\n\nIf you would rather not")
    press(page, "Save")
    assert "Saved the template Spring." in read(page)
    assert f"**{SMS}**, service" in read(page)
    assert kept(store, practice, SMS, "email").subject == "From {{ practice_name }}"


def test_a_change_of_a_template_is_saved_over_it(store, practice, page):
    press_at(page, "Change", 5)
    assert field(page, "Name").value == FIRST
    write(page, Kind="marketing", Text="Ring us. {{ opt_out_line }}")
    assert "Reaches only patients who agreed to marketing." in read(page)
    press(page, "Save")
    assert (kept(store, practice, FIRST).kind, kept(store, practice, FIRST).body) == (
        "marketing",
        "Ring us. {{ opt_out_line }}",
    )


def test_a_copy_is_opened_as_a_new_template(store, practice, page):
    press_at(page, "Copy", 5)
    assert field(page, "Name").value == f"{FIRST} (copy)"
    press(page, "Save")
    assert kept(store, practice, f"{FIRST} (copy)").body == kept(store, practice, FIRST).body


def test_a_field_is_put_at_the_end_of_the_text_by_a_click(page):
    press(page, "New SMS")
    write(page, Text="Hello")
    press(page, "First name")
    press(page, "Provider")
    assert field(page, "Text").value == "Hello {{ first_name }} {{ provider }}"
    assert previewed(page) == "Hello Ngozi Ben Adeyemi"


def test_what_is_wrong_is_said_at_its_field_and_nothing_of_an_empty_one_before_a_save(page):
    press(page, "New SMS")
    assert "Give the template a name" not in read(page)
    write(page, Text="{{ first_nam }}")
    assert "Line 1: there is no field first_nam. Did you mean first_name?" in read(page)
    assert "The preview comes back as soon as the text can be read again." in read(page)
    press(page, "Save")
    assert ":red[:material/error: Give the template a name.]" in read(page)
    assert "Give the template a name. Nothing was saved." in read(page)
    assert field(page, "Text").value == "{{ first_nam }}"
    write(page, Text="{{ booking_link }}")
    assert "Nobody gets a booking link yet: online booking is off." in read(page)


def test_a_name_that_is_taken_is_said_while_it_is_typed(page):
    press(page, "New SMS")
    write(page, Name=FIRST.upper())
    assert f"There is a template {FIRST.upper()} for SMS already." in read(page)


def test_what_the_practice_itself_lacks_is_told_by_its_name(page):
    press(page, "New SMS")
    write(page, Text="Ring {{ practice_phone }}")
    assert "Elm Road has no **phone**, and the text needs it: nobody would get this." in read(page)
    assert previewed(page) == ""


def test_the_preview_has_the_practices_phone(store, practice, elm):
    store._connection.execute("update practices set phone = '01632 960001'")
    app = open_page("templates.py")
    press(app, "New SMS")
    write(app, Text="Ring {{ practice_phone }}")
    assert previewed(app) == "Ring 01632 960001"


def test_the_preview_draws_what_was_typed_and_runs_none_of_it(page):
    press(page, "New SMS")
    write(page, Text="<script>alert(1)</script> **& more**")
    assert previewed(page) == "&lt;script&gt;alert(1)&lt;/script&gt; **&amp; more**"


def test_the_rule_about_clinical_detail_is_said_beside_an_sms_only(page):
    press(page, "New SMS")
    assert templates.SMS_RULE in read(page)
    press(page, "All templates")
    press(page, "New e-mail")
    assert templates.SMS_RULE not in read(page)


def test_the_length_of_an_sms_follows_its_characters_and_one_click_makes_it_plain(page):
    press(page, "New SMS")
    write(page, Text="It’s time – " + "x" * 60)
    assert "72 characters, sent and paid as 2 SMS" in read(page)
    assert "the alphabet that phones share lacks **’ –**" in read(page)
    press(page, "Replace them")
    assert field(page, "Text").value == "It's time - " + "x" * 60
    assert "72 characters, sent and paid as 1 SMS" in read(page)
    assert "one SMS holds 160 characters" in read(page)
    assert not [one for one in page.button if one.label == "Replace them"]


def test_what_cannot_be_replaced_is_said_to_be_taken_out(page):
    press(page, "New SMS")
    write(page, Text="Hello 😀")
    assert "There is no other way to write them here" in read(page)
    assert not [one for one in page.button if one.label == "Replace them"]


# --- Nothing typed is lost


def test_what_somebody_else_changed_meanwhile_is_shown_beside_ones_own_and_both_ways_are_open(
    store, practice, elm, page
):
    press_at(page, "Change", 5)
    write(page, Text="Mine")
    before = kept(store, practice, FIRST)
    theirs = templates.change(store, elm, before, replace(before.draft, body="Theirs"), actor=SYSTEM, now=NOW)
    press(page, "Save")
    assert "after it was shown. Nothing was saved." in read(page)
    assert "Changed by test (command line) on 24 Nov 2026 at 09:00, after you opened it." in read(page)
    assert [one.value for one in page.code] == ["Theirs"]
    assert kept(store, practice, FIRST) == theirs
    assert field(page, "Text").value == "Mine"
    press(page, "Go on with mine")
    press(page, "Save")
    assert kept(store, practice, FIRST).body == "Mine"


def test_theirs_can_be_taken_instead(store, practice, elm, page):
    press_at(page, "Change", 5)
    write(page, Text="Mine")
    before = kept(store, practice, FIRST)
    templates.change(store, elm, before, replace(before.draft, body="Theirs"), actor=SYSTEM, now=NOW)
    page.run()
    press(page, "Take theirs")
    assert field(page, "Text").value == "Theirs"
    assert "after you opened it" not in read(page)


def test_what_somebody_removed_meanwhile_can_be_kept_as_a_new_template(store, practice, elm, page):
    press_at(page, "Change", 5)
    write(page, Text="Mine")
    gone = kept(store, practice, FIRST)
    templates.remove(store, elm, gone, actor=SYSTEM, now=NOW)
    press(page, "Save")
    assert "Somebody removed this template after it was shown. Nothing was saved." in read(page)
    press(page, "Keep mine as a new template")
    press(page, "Save")
    assert kept(store, practice, FIRST).body == "Mine"
    assert kept(store, practice, FIRST).template_id != gone.template_id


def test_a_session_that_ended_loses_no_text(store, practice, page, monkeypatch):
    press(page, "New SMS")
    write(page, Name=SMS, Text="Hello")
    ended = sign_in.start(store, "manager", now=datetime.now(UTC) - timedelta(days=2), how="test")
    monkeypatch.setattr(session, "token", lambda: ended)
    press(page, "Save")
    assert "Templates" not in [title.value for title in page.title]
    signed_in_as(monkeypatch, store, "manager")
    page.run()
    assert "Your session had ended, so nothing was saved. What you typed is still here: save it again." in read(page)
    assert (field(page, "Name").value, field(page, "Text").value) == (SMS, "Hello")
    press(page, "Save")
    assert kept(store, practice, SMS).body == "Hello"


def test_another_page_in_between_loses_no_text(page):
    press(page, "New SMS")
    write(page, Name=SMS, Text="Hello")
    page.switch_page("account.py").run()
    page.switch_page("templates.py").run()
    assert (field(page, "Name").value, field(page, "Text").value) == (SMS, "Hello")


def test_leaving_asks_only_where_something_was_typed(page):
    press(page, "New SMS")
    press(page, "All templates")
    assert button(page, "New SMS")
    press(page, "New SMS")
    write(page, Text="Hello")
    press(page, "All templates")
    assert "What you typed is not saved. If you leave, it is gone." in read(page)
    press(page, "Stay")
    assert field(page, "Text").value == "Hello"
    press(page, "All templates")
    press(page, "Leave without saving")
    press(page, "New SMS")
    assert field(page, "Text").value != "Hello"


def test_after_a_save_the_next_new_template_begins_empty(store, practice, page):
    press(page, "New SMS")
    write(page, Name=SMS, Text="Hello")
    press(page, "Save")
    press(page, "New SMS")
    assert field(page, "Name").value == ""
    assert kept(store, practice, SMS)


# --- Remove and restore


def test_a_template_is_removed_once_it_is_confirmed_and_restored(store, practice, page):
    press_at(page, "Remove", 5)
    assert FIRST in [one.name for one in templates.all_of(store, practice.id) if one.channel == "sms"]
    press(page, "Remove")
    assert f"Removed the template {FIRST}." in read(page)
    assert FIRST not in [one.name for one in templates.all_of(store, practice.id) if one.channel == "sms"]
    press(page, f"Restore {FIRST} (SMS)")
    press(page, "Put it back")
    assert kept(store, practice, FIRST).is_as_shipped


def test_before_one_is_removed_the_sequences_that_use_it_are_named(store, practice, elm, page):
    steps = [Step(0, "sms", kept(store, practice, FIRST).template_id)]
    sequences.save(store, elm, "After a visit", steps, actor=SYSTEM, now=NOW)
    press_at(page, "Remove", 5)
    assert "Sequences that use it stop at its step: After a visit. Change them first." in read(page)
    press(page, "Cancel")
    press_at(page, "Remove", 4)
    assert "Sequences" not in read(page)


def test_one_that_was_changed_is_put_back_as_it_came(store, practice, elm):
    before = kept(store, practice, FIRST)
    templates.change(store, elm, before, replace(before.draft, body="Ours"), actor=SYSTEM, now=NOW)
    app = open_page("templates.py")
    press(app, "As it came")
    press(app, "Put it back")
    assert kept(store, practice, FIRST).body == before.body


def test_a_refusal_is_told_in_the_dialog(store, practice, elm, page):
    press_at(page, "Remove", 5)
    before = kept(store, practice, FIRST)
    templates.change(store, elm, before, replace(before.draft, body="Theirs"), actor=SYSTEM, now=NOW)
    press(page, "Remove")
    assert "after it was shown. Nothing was saved." in read(page)
    assert kept(store, practice, FIRST).body == "Theirs"


# --- Who may


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.CLINICIAN, Role.READ_ONLY])
def test_who_may_not_change_them_looks_at_text_and_preview(store, practice, monkeypatch, role):
    person(store, "zoe", practice.id, role=role)
    signed_in_as(monkeypatch, store, "zoe")
    app = open_page("templates.py")
    labels = {one.label for one in app.main.button}
    assert "Look" in labels
    assert labels.isdisjoint({"Change", "Copy", "Remove", "New e-mail", "New SMS"})
    press_at(app, "Look", 5)
    assert [one.value for one in app.code] == [kept(store, practice, FIRST).body]
    assert previewed(app).startswith("Ngozi, a friendly reminder from Elm Road")
    assert not app.text_area
    press(app, "All templates")
    assert "Look" in {one.label for one in app.main.button}

"""Templates: what a practice may keep, who may change it, and that nothing of anybody's is overwritten unseen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services import audit_words, history, practices, shipped_templates, templates
from services.actors import NotAllowed, Role
from services.errors import InvalidRequest
from services.practices import Practice
from services.templates import Draft, Template
from tests.practice import NOW, SYSTEM, SmallPractice
from tests.staff import person

LETTER = Draft("Spring", "email", "service", "Hello", "Dear {{ first_name }}\n\n{{ opt_out_line }}\n")
TEXT = Draft("Spring", "sms", "service", None, "Dear {{ first_name }}, please ring us.")


@pytest.fixture
def elm(practice: SmallPractice) -> Practice:
    """The practice as the pages hand it to the services."""
    return practices.all_practices(practice.store)[0]


def add(practice: SmallPractice, elm: Practice, draft: Draft) -> Template:
    """Add a template."""
    return templates.add(practice.store, elm, draft, actor=SYSTEM, now=NOW)


def names(practice: SmallPractice, channel: str) -> list[str]:
    """The names of the practice's templates of a channel, in their order."""
    return [one.name for one in templates.all_of(practice.store, practice.id) if one.channel == channel]


def first(practice: SmallPractice) -> Template:
    """The first template that ships."""
    return templates.all_of(practice.store, practice.id)[0]


def told(practice: SmallPractice, elm: Practice) -> list[tuple[str, str]]:
    """What the audit says of templates, newest first."""
    rows = history.search(practice.store, [elm], actor=SYSTEM)
    lines = audit_words.table_of(practice.store, [elm], rows).to_dicts()
    return [(line["what"], line["details"]) for line in lines if "template" in line["what"]]


def problem(elm: Practice, draft: Draft, field: str) -> str | None:
    """What is said at a field."""
    return templates.problems(draft, elm, []).get(field)


# --- What a practice has


def test_a_practice_begins_with_four_templates_of_each_channel_as_they_ship(practice):
    kept = templates.all_of(practice.store, practice.id)
    assert [one.channel for one in kept] == ["email"] * 4 + ["sms"] * 4
    assert all(one.is_shipped and one.is_as_shipped and one.version == 0 and one.changed is None for one in kept)


@pytest.mark.parametrize("shipped", shipped_templates.SHIPPED, ids=lambda one: one.template_id)
def test_each_template_that_ships_could_be_saved_by_a_practice(elm, shipped):
    draft = Draft(shipped.name, shipped.channel, shipped.kind, shipped.subject, shipped.body)
    assert templates.problems(draft, elm, []) == {}
    assert templates.problems(draft, replace(elm, phone="01632 960001"), []) == {}
    assert draft.tidied() == draft


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_what_a_new_template_begins_with_lacks_a_name_and_perhaps_a_subject_alone(elm, channel):
    assert "body" not in templates.problems(templates.BEGUN[channel], elm, [])


def test_its_own_come_after_those_that_ship_by_name_with_who_changed_them(practice, elm):
    add(practice, elm, replace(LETTER, name="winter"))
    kept = add(practice, elm, LETTER)
    assert names(practice, "email")[4:] == ["Spring", "winter"]
    assert kept.changed == "test (command line) on 24 Nov 2026 at 09:00"
    assert not kept.is_shipped


def test_another_practices_are_not_among_them(practice, elm):
    oak = SmallPractice(practice.store, "Oak Lane")
    add(practice, elm, LETTER)
    assert "Spring" not in names(oak, "email")


def test_a_text_is_kept_without_space_around_it_that_an_sms_would_be_paid_for(practice, elm):
    assert add(practice, elm, replace(TEXT, name="  Spring   time ", body="\n Hello. \n\n")).draft == replace(
        TEXT, name="Spring time", body="Hello."
    )


def test_an_sms_has_no_subject(practice, elm):
    assert add(practice, elm, replace(TEXT, subject="Hello")).subject is None


# --- What is refused


@pytest.mark.parametrize(
    ("draft", "field", "why"),
    [
        (replace(LETTER, name="  "), "name", "Give the template a name"),
        (replace(LETTER, name="x" * 61), "name", "more than 60 letters"),
        (replace(LETTER, subject=" "), "subject", "Give the e-mail a subject"),
        (replace(LETTER, subject="x" * 151), "subject", "more than 150 letters"),
        (replace(LETTER, subject="{{ surname }}"), "subject", "no field surname"),
        (replace(LETTER, subject="{{ booking_link }}"), "subject", "Put {{ booking_link }} into the text"),
        (replace(LETTER, body=" \n"), "body", "Write the text"),
        (replace(LETTER, body="{{ first_nam }}"), "body", "no field first_nam. Did you mean first_name?"),
        (replace(LETTER, body="Dear {{ first_name"), "body", "Line 1 cannot be read"),
        (replace(LETTER, body="{% for x in 'ab' %}{{ x }}{% endfor %}"), "body", "a template may not"),
        (replace(TEXT, body="{{ booking_link }} " * 14), "body", "sent and paid as 7 SMS"),
        (replace(LETTER, body="{{ opt_out_line }}" + "{{ practice_name }}" * 399), "body", "more than 400 parts"),
    ],
)
def test_what_cannot_be_sent_is_refused_at_its_field_and_nothing_is_saved(practice, elm, draft, field, why):
    assert why in (problem(elm, draft, field) or "")
    with pytest.raises(InvalidRequest, match="Nothing was saved"):
        add(practice, elm, draft)
    assert "Spring" not in names(practice, draft.channel)


def test_a_message_that_its_fields_make_too_long_is_refused(elm):
    wordy = replace(elm, name="Elm Road " * 9)
    assert "20,000" in (problem(wordy, replace(LETTER, body="{{ practice_name }}" * 350), "body") or "")


@pytest.mark.parametrize(
    ("channel", "kind", "is_needed"),
    [("email", "service", True), ("email", "marketing", True), ("sms", "marketing", True), ("sms", "service", False)],
)
def test_every_email_and_all_marketing_say_how_to_get_no_more(elm, channel, kind, is_needed):
    draft = Draft("Spring", channel, kind, "Hello", "Dear {{ first_name }}, hello.")
    assert bool(problem(elm, draft, "body")) is is_needed
    assert problem(elm, replace(draft, body=draft.body + " {{ opt_out_line }}"), "body") is None


@pytest.mark.parametrize(
    "body",
    [
        "{% if provider %}{{ opt_out_line }}{% endif %}",
        "{% if not provider %}{{ opt_out_line }}{% endif %}",
        "{% if opt_out_line %}Hello{% endif %}",
        "{# {{ opt_out_line }} #}Hello",
        "{% raw %}{{ opt_out_line }}{% endraw %}",
    ],
)
def test_an_opt_out_line_that_some_would_not_get_is_none(elm, body):
    assert "opt_out_line" in (problem(elm, replace(LETTER, body=body), "body") or "")


def test_an_opt_out_line_that_everybody_gets_in_one_way_or_another_is_one(elm):
    body = "{% if provider %}{{ provider }}. {{ opt_out_line }}{% else %}{{ opt_out_line }}{% endif %}"
    assert problem(elm, replace(LETTER, body=body), "body") is None


@pytest.mark.parametrize(("letters", "segments"), [(918, None), (919, 7)])
def test_an_sms_is_six_segments_at_most_as_the_patient_gets_it(elm, letters, segments):
    name = "{{ practice_name }}"
    said = problem(elm, replace(TEXT, body=name + "x" * (letters - len(elm.name))), "body")
    assert said == (segments and f"The text is sent and paid as {segments} SMS; 6 are the most. Shorten it.")


def test_the_opt_out_line_counts_and_space_around_the_text_does_not(elm):
    body = "x" * (918 - len("Reply STOP to opt out.")) + "{{ opt_out_line }}"
    assert problem(elm, replace(TEXT, body=f" {body}\n"), "body") is None
    assert "7 SMS" in (problem(elm, replace(TEXT, body=f"x{body}"), "body") or "")


def test_one_character_beyond_the_plain_alphabet_makes_an_sms_too_long(elm):
    assert problem(elm, replace(TEXT, body="x" * 500), "body") is None
    assert "8 SMS" in (problem(elm, replace(TEXT, body="x" * 499 + "’"), "body") or "")


@pytest.mark.parametrize("draft", [replace(LETTER, channel="fax"), replace(LETTER, kind="other")])
def test_another_channel_or_kind_is_refused(practice, elm, draft):
    with pytest.raises(InvalidRequest, match="service or marketing"):
        add(practice, elm, draft)


def test_a_name_is_given_once_in_a_channel(practice, elm):
    add(practice, elm, LETTER)
    add(practice, elm, TEXT)
    with pytest.raises(InvalidRequest, match="a template SPRING for E-mail already"):
        add(practice, elm, replace(LETTER, name=" SPRING"))
    SmallPractice(practice.store, "Oak Lane")
    oak = practices.named(practices.all_practices(practice.store), "Oak Lane")
    assert templates.add(practice.store, oak, LETTER, actor=SYSTEM, now=NOW).name == "Spring"


# --- Change


def test_a_change_is_kept_and_told_with_what_it_was(practice, elm):
    kept = add(practice, elm, LETTER)
    new = templates.change(practice.store, elm, kept, replace(LETTER, subject="Good day"), actor=SYSTEM, now=NOW)
    assert (new.template_id, new.subject, new.version) == (kept.template_id, "Good day", 2)
    assert told(practice, elm) == [
        ("Changed a template", "Spring: subject Hello → Good day"),
        (
            "Added a template",
            "Spring: text Dear {{ first_name }}\n\n{{ opt_out_line }}\n; channel e-mail; kind service; "
            "name Spring; subject Hello",
        ),
    ]


def test_one_that_ships_becomes_the_practices_own_text_under_the_same_id(practice, elm):
    shipped = first(practice)
    new = templates.change(practice.store, elm, shipped, replace(shipped.draft, name="Ours"), actor=SYSTEM, now=NOW)
    assert first(practice) == new
    assert (new.template_id, new.is_shipped, new.is_as_shipped) == (shipped.template_id, True, False)


def test_saving_it_as_it_is_changes_nothing_and_is_not_told(practice, elm):
    shipped = first(practice)
    assert templates.change(practice.store, elm, shipped, shipped.draft, actor=SYSTEM, now=NOW) == shipped
    assert told(practice, elm) == []


def test_it_keeps_its_own_name_and_its_channel(practice, elm):
    kept = add(practice, elm, LETTER)
    new = templates.change(practice.store, elm, kept, replace(LETTER, channel="sms"), actor=SYSTEM, now=NOW)
    assert new.draft == LETTER


def test_what_somebody_else_changed_meanwhile_is_not_overwritten_nor_removed(practice, elm):
    seen = add(practice, elm, LETTER)
    grace = person(practice.store, "grace", practice.id, role=Role.MANAGER)
    theirs = templates.change(practice.store, elm, seen, replace(LETTER, name="Theirs"), actor=grace, now=NOW)
    why = "Theirs was changed by Grace on 24 Nov 2026 at 09:00, after it was shown"
    with pytest.raises(InvalidRequest, match=why):
        templates.change(practice.store, elm, seen, replace(LETTER, name="Mine"), actor=SYSTEM, now=NOW)
    with pytest.raises(InvalidRequest, match=why):
        templates.remove(practice.store, elm, seen, actor=SYSTEM, now=NOW)
    assert templates.of(practice.store, elm, actor=SYSTEM).find(seen.template_id) == theirs


def test_what_somebody_removed_meanwhile_is_not_brought_back_by_a_change(practice, elm):
    seen = add(practice, elm, LETTER)
    templates.remove(practice.store, elm, seen, actor=SYSTEM, now=NOW)
    for again in (
        lambda: templates.change(practice.store, elm, seen, replace(LETTER, kind="marketing"), actor=SYSTEM, now=NOW),
        lambda: templates.remove(practice.store, elm, seen, actor=SYSTEM, now=NOW),
    ):
        with pytest.raises(InvalidRequest, match="Somebody removed this template"):
            again()
    assert "Spring" not in names(practice, "email")


# --- Remove and restore


def test_a_removed_one_is_gone_from_the_list_and_told(practice, elm):
    templates.remove(practice.store, elm, add(practice, elm, TEXT), actor=SYSTEM, now=NOW)
    assert "Spring" not in names(practice, "sms")
    assert told(practice, elm)[0][0] == "Removed a template"
    assert templates.of(practice.store, elm, actor=SYSTEM).removed == ()


def test_its_name_may_be_given_again(practice, elm):
    templates.remove(practice.store, elm, add(practice, elm, TEXT), actor=SYSTEM, now=NOW)
    assert add(practice, elm, TEXT).name == "Spring"


def test_one_that_ships_can_be_removed_and_restored(practice, elm):
    shipped = first(practice)
    templates.remove(practice.store, elm, shipped, actor=SYSTEM, now=NOW)
    kept = templates.of(practice.store, elm, actor=SYSTEM)
    assert shipped.name not in names(practice, "email")
    assert [one.name for one in kept.removed] == [shipped.name]
    back = templates.restore_shipped(practice.store, elm, kept.removed[0], actor=SYSTEM, now=NOW)
    assert first(practice) == back
    assert back.is_as_shipped
    assert told(practice, elm)[0][0] == "Restored a template"


def test_one_that_was_changed_is_put_back_as_it_ships_and_its_version_goes_on(practice, elm):
    shipped = first(practice)
    ours = templates.change(practice.store, elm, shipped, replace(shipped.draft, name="Ours"), actor=SYSTEM, now=NOW)
    back = templates.restore_shipped(practice.store, elm, ours, actor=SYSTEM, now=NOW)
    assert back.draft == shipped.draft
    assert back.version > ours.version
    assert told(practice, elm)[0] == ("Restored a template", f"{shipped.name}: name Ours → {shipped.name}")


def test_it_is_not_restored_over_another_of_its_name_nor_over_an_unseen_change(practice, elm):
    shipped = first(practice)
    ours = templates.change(practice.store, elm, shipped, replace(shipped.draft, name="Ours"), actor=SYSTEM, now=NOW)
    with pytest.raises(InvalidRequest, match="after it was shown"):
        templates.restore_shipped(practice.store, elm, shipped, actor=SYSTEM, now=NOW)
    add(practice, elm, replace(LETTER, name=shipped.name))
    with pytest.raises(InvalidRequest, match="Rename that one first"):
        templates.restore_shipped(practice.store, elm, ours, actor=SYSTEM, now=NOW)
    assert first(practice) == ours


def test_ones_own_cannot_be_restored(practice, elm):
    with pytest.raises(InvalidRequest, match="did not come with Care Manager"):
        templates.restore_shipped(practice.store, elm, add(practice, elm, TEXT), actor=SYSTEM, now=NOW)


# --- Copies, previews, and who may


def test_a_copy_has_a_name_that_is_free(practice, elm):
    shipped = first(practice)
    for name in (f"{shipped.name} (copy)", f"{shipped.name} (copy 2)"):
        copied = templates.copy_of(shipped, templates.all_of(practice.store, practice.id))
        assert (copied.name, copied.body) == (name, shipped.body)
        add(practice, elm, copied)
    sms = replace(shipped, channel="sms", subject=None)
    assert templates.copy_of(sms, templates.all_of(practice.store, practice.id)).name == f"{shipped.name} (copy)"


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_the_made_up_patient_has_every_field_that_there_is(elm, channel):
    fields = templates.example_fields(replace(elm, phone="01632 960001"), channel)
    assert [name for name, value in fields.items() if not value] == []
    assert (fields["title_and_surname"], fields["practice_name"]) == ("Mrs Okafor", "Elm Road")


CHANGES: dict[str, Any] = {
    "add": lambda store, elm, one, who: templates.add(store, elm, LETTER, actor=who, now=NOW),
    "change": lambda store, elm, one, who: templates.change(
        store, elm, one, replace(one.draft, name="Ours"), actor=who, now=NOW
    ),
    "remove": lambda store, elm, one, who: templates.remove(store, elm, one, actor=who, now=NOW),
    "restore": lambda store, elm, one, who: templates.restore_shipped(store, elm, one, actor=who, now=NOW),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
@pytest.mark.parametrize("role", [Role.RECEPTION, Role.CLINICIAN, Role.READ_ONLY])
def test_who_does_not_lead_looks_and_changes_nothing(practice, elm, role, change):
    amara = person(practice.store, "amara", practice.id, role=role)
    before = templates.of(practice.store, elm, actor=amara)
    with pytest.raises(NotAllowed):
        change(practice.store, elm, before.templates[0], amara)
    assert templates.of(practice.store, elm, actor=amara) == before

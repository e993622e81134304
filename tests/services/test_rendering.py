"""Templates: what they may hold, what each becomes, and that none can grow or reach out."""

from __future__ import annotations

import pytest

from services import rendering
from services.errors import InvalidRequest
from services.rendering import FIELDS, EmptyField, as_html, checked, fields_of, opt_out_line, rendered

PATIENT = {"title": "Mrs", "first_name": "Ngozi", "last_name": "Okafor"}
WHOLE = fields_of(
    PATIENT,
    practice_name="Elm Road",
    practice_phone="01632 960100",
    provider_name="Ben Adeyemi",
    visit_words="your next visit",
    minutes=30,
    opt_out_line="Reply STOP to opt out.",
    booking_link="https://care.example/book/x",
)


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_is_filled(field):
    assert checked(f"x {{{{ {field} }}}} y") == {field}
    assert rendered(f"x {{{{ {field} }}}} y", WHOLE) == f"x {WHOLE[field]} y"


@pytest.mark.parametrize("field", FIELDS)
def test_an_empty_field_is_refused_by_its_name(field):
    with pytest.raises(EmptyField, match=FIELDS[field].lower()) as refused:
        rendered(f"{{{{ {field} }}}}", {**WHOLE, field: None})
    assert refused.value.field == field


def test_what_is_asked_for_with_an_if_may_be_empty():
    template = "{% if provider %}With {{ provider }}{% else %}With us{% endif %}"
    assert rendered(template, WHOLE) == "With Ben Adeyemi"
    assert rendered(template, {**WHOLE, "provider": None}) == "With us"


@pytest.mark.parametrize(("name", "hint"), [("frist_name", "first_name"), ("provder", "provider"), ("zzz", "listed")])
def test_an_unknown_field_is_refused_with_its_line_and_a_near_one(name, hint):
    with pytest.raises(InvalidRequest, match=f"Line 2: there is no field {name}.*{hint}"):
        checked(f"Dear\n{{{{ {name} }}}}")


@pytest.mark.parametrize(
    "template",
    [
        "{{ 'x' * 10**9 }}",
        "{{ first_name * 1000000000 }}",
        "{{ first_name ~ first_name }}",
        "{% for one in range(10**9) %}x{% endfor %}",
        "{% for letter in first_name %}x{% endfor %}",
        "{{ '%1000000000d'|format(1) }}",
        "{{ first_name|center(1000000000) }}",
        "{{ first_name|upper }}",
        "{{ first_name.__class__.__mro__ }}",
        "{{ first_name['__class__'] }}",
        "{{ first_name() }}",
        "{{ self }}",
        "{{ lipsum(n=1000) }}",
        "{{ [first_name, first_name] }}",
        "{{ {'a': first_name} }}",
        "{{ 1 }}",
        "{{ first_name if provider else 'x' }}",
        "{% set a = first_name %}{{ a }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% include 'secrets' %}",
        "{% import 'os' as os %}",
        "{% extends 'base' %}",
        "{% block a %}x{% endblock %}",
        "{% filter upper %}x{% endfilter %}",
        "{% with a = 1 %}x{% endwith %}",
        "{{ first_name",
        "{% if %}",
        "{% endif %}",
        "{% if provider == 'x' %}y{% endif %}",
        "x" * 10_001,
        "{% if provider %}" * 2_000 + "{% endif %}" * 2_000,
        "{{ first_name }}" * 500,
    ],
)
def test_what_could_grow_call_or_reach_out_is_refused_before_it_runs(template):
    with pytest.raises(InvalidRequest):
        rendered(template, WHOLE)


def test_a_patients_name_is_never_read_as_a_template():
    assert rendered("Dear {{ first_name }}", {**WHOLE, "first_name": "{{ provider }}"}) == "Dear {{ provider }}"


def test_plain_text_stays_as_it_is_and_html_is_escaped():
    text = rendered("{{ first_name }} & co", {**WHOLE, "first_name": "<b>O'Brien</b>"})
    assert text == "<b>O'Brien</b> & co"
    assert "&lt;b&gt;O&#x27;Brien&lt;/b&gt; &amp; co" in as_html(text)


def test_html_has_the_paragraphs_and_links_that_can_be_clicked():
    page = as_html("Dear Ngozi,\nplease\n\nlook at https://care.example/u/a?b=1&c=2. Thanks")
    assert "<p>Dear Ngozi,<br>please</p>" in page
    assert '<a href="https://care.example/u/a?b=1&amp;c=2">https://care.example/u/a?b=1&amp;c=2</a>. Thanks' in page


@pytest.mark.parametrize(
    "text", ['https://x.example/"onmouseover="alert(1)', "javascript:alert(1)", "<script>1</script>"]
)
def test_no_text_becomes_markup(text):
    page = as_html(text)
    assert "<script>" not in page
    assert 'href="javascript' not in page
    assert '"onmouseover' not in page


def test_who_has_no_title_is_called_by_both_names():
    fields = fields_of(
        {**PATIENT, "title": None},
        practice_name="Elm Road",
        practice_phone=None,
        provider_name=None,
        visit_words="your next visit",
        minutes=None,
        opt_out_line="",
    )
    assert fields["title_and_surname"] == "Ngozi Okafor"
    assert fields["visit_length"] is None


@pytest.mark.parametrize(
    ("channel", "given", "told"),
    [
        ("sms", {}, "Reply STOP"),
        ("email", {"link": "https://care.example/unsubscribe/x"}, "https://care.example/unsubscribe/x"),
        ("email", {"phone": "01632 960100"}, "01632 960100"),
        ("email", {}, "please reply"),
    ],
)
def test_the_opt_out_line_says_what_a_patient_can_do(channel, given, told):
    assert told in opt_out_line(channel, **given)


def test_every_field_has_words():
    assert all(rendering.FIELDS.values())

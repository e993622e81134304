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
        "{{ x|center(1000000000) }}",
        "{{ not provider }}",
        "{{ provider and first_name }}",
        "{{ first_name, provider }}",
        "{% if first_name|length > 3 %}x{% endif %}",
        "{% if provider is defined %}x{% endif %}",
        "{% if (provider, first_name) %}x{% endif %}",
        "{% if provider %}{{ 'x' * 1000000000 }}{% endif %}",
        "{% if provider %}x{% else %}{{ 'x' * 1000000000 }}{% endif %}",
        "{% if provider %}x{% elif 'x' * 1000000000 %}y{% endif %}",
        "{% autoescape false %}x{% endautoescape %}",
        "{% call first_name() %}x{% endcall %}",
        "{% trans %}x{% endtrans %}",
        "{% debug %}",
        "{{ }}",
        "{{ first_name",
        "{# never closed",
        "{% if %}",
        "{% endif %}",
        "{% if provider == 'x' %}y{% endif %}",
        "x" * 10_001,
        "{{ first_name }}" * 500,
        "{{ " + "1" * 5_000 + " }}",
        "{{ " + "-" * 5_000 + "1 }}",
        "{{ " + "(" * 4_000 + "first_name" + ")" * 4_000 + " }}",
        "{{ " + "[" * 4_000 + "]" * 4_000 + " }}",
        "{{" * 5_000,
        "{%" * 5_000,
        *(f"{{% if {'not ' * times}provider %}}x{{% endif %}}" for times in (100, 300, 2_000)),
        *("{%if provider%}" * times + "x" + "{%endif%}" * times for times in (30, 100, 400)),
        "{% if " + " and ".join(["provider"] * 190) + " %}x{% endif %}",
    ],
)
def test_what_could_grow_call_or_reach_out_is_refused_before_it_runs(template):
    with pytest.raises(InvalidRequest):
        checked(template)


@pytest.mark.parametrize("times", [30, 100, 200, 300, 1_000])
def test_conditions_within_one_another_without_end_are_refused_in_words(monkeypatch, times):
    monkeypatch.setattr(rendering, "LONGEST_TEMPLATE", 100_000)
    with pytest.raises(InvalidRequest, match=r"within one another\. Make it simpler\."):
        checked("{% if provider %}" * times + "x" + "{% endif %}" * times)


def test_conditions_may_stand_within_one_another_and_be_joined():
    template = (
        "{% if provider and not visit_length %}a{% if first_name or provider %}b{% endif %}{% else %}c{% endif %}"
    )
    assert rendered(template, {**WHOLE, "visit_length": None}) == "ab"
    assert rendered(template, WHOLE) == "c"


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("a\nb\n{{ first_name", 3),
        ("a\n{% if provider %}\nb", 2),
        ("a\r\n{{ 1 }}", 2),
        ("{% if provider %}\n{% autoescape false %}x{% endautoescape %}{% endif %}", 1),
    ],
)
def test_a_refusal_says_the_line(template, line):
    with pytest.raises(InvalidRequest, match=f"^Line {line} "):
        checked(template)


@pytest.mark.parametrize("text", ["", " ", "\n", "\u00a0"])
def test_a_field_of_nothing_but_spaces_is_empty(text):
    with pytest.raises(EmptyField):
        rendered("Dear {{ first_name }}", {**WHOLE, "first_name": text})


def test_a_field_is_one_line():
    fields = {**WHOLE, "first_name": " Anne \r\nBcc: eve@example.com"}
    assert rendered("Dear {{ first_name }}", fields) == "Dear Anne Bcc: eve@example.com"


@pytest.mark.parametrize(("letters", "is_kept"), [(20_000, True), (20_001, False)])
def test_a_message_that_becomes_too_long_is_refused(letters, is_kept):
    fields = {**WHOLE, "provider": "x" * (letters // 2), "first_name": "y" * (letters - letters // 2)}
    if is_kept:
        assert len(rendered("{{ provider }}{{ first_name }}", fields)) == letters
    else:
        with pytest.raises(InvalidRequest, match="more than 20,000 characters"):
            rendered("{{ provider }}{{ first_name }}", fields)


def test_the_longest_template_is_taken():
    assert len(rendered("x" * 10_000, WHOLE)) == 10_000


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


@pytest.mark.parametrize(
    ("title", "first", "last", "called"),
    [
        ("Mrs", "Ngozi", "Okafor", "Mrs Okafor"),
        ("Mrs", None, "Okafor", "Mrs Okafor"),
        (None, "Ngozi", "Okafor", "Ngozi Okafor"),
        ("", "Ngozi", "Okafor", "Ngozi Okafor"),
        ("Mrs", "Ngozi", None, "Ngozi"),
        ("Mrs", None, None, None),
    ],
)
def test_a_patient_is_called_by_title_and_surname_or_else_by_name(title, first, last, called):
    fields = fields_of(
        {"title": title, "first_name": first, "last_name": last},
        practice_name="Elm Road",
        practice_phone=None,
        provider_name=None,
        visit_words="your next visit",
        minutes=None,
        opt_out_line="",
    )
    assert fields["title_and_surname"] == called
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

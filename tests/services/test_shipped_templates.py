"""The templates that ship: four of each channel, which render for anybody, short and without clinical detail."""

from __future__ import annotations

import pytest

from services import rendering, sms_length
from services.shipped_templates import SHIPPED
from services.templates import EXAMPLE_LINK
from tests.services.test_rendering import PATIENT, WHOLE

CLINICAL = (
    "crown",
    "root",
    "filling",
    "implant",
    "tooth",
    "teeth",
    "gum",
    "decay",
    "pain",
    "treatment",
    "hygien",
    "band",
    "nhs",
    "urgent",
    "surgery",
    "£",
)
BARE = rendering.fields_of(
    PATIENT,
    practice_name="Riverside Dental Practice",
    practice_phone=None,
    provider_name=None,
    visit_words="your next visit",
    minutes=None,
    opt_out_line="Reply STOP to opt out.",
    booking_link=EXAMPLE_LINK,
)


def test_there_are_four_of_each_channel_of_service_with_ids_of_their_own():
    assert [one.channel for one in SHIPPED] == ["email"] * 4 + ["sms"] * 4
    assert {one.kind for one in SHIPPED} == {"service"}
    assert len({one.template_id for one in SHIPPED}) == len(SHIPPED)


@pytest.mark.parametrize("fields", [WHOLE, BARE], ids=["everything known", "hardly anything known"])
@pytest.mark.parametrize("template", SHIPPED, ids=lambda one: one.template_id)
def test_it_renders_for_anybody_without_clinical_detail(template, fields):
    text = "\n".join(rendering.rendered(part, fields) for part in (template.subject, template.body) if part)
    assert not [word for word in CLINICAL if word in text.lower()]
    assert "{" not in text
    assert "  " not in text
    assert "Reply STOP" in text


@pytest.mark.parametrize("template", [one for one in SHIPPED if one.channel == "sms"], ids=lambda one: one.template_id)
def test_an_sms_is_one_segment_with_names_of_usual_length(template):
    length = sms_length.measured(
        rendering.rendered(
            template.body, WHOLE | {"practice_name": "Riverside Dental Practice", "booking_link": EXAMPLE_LINK}
        )
    )
    assert length.is_basic
    assert length.segments == 1


@pytest.mark.parametrize("template", SHIPPED, ids=lambda one: one.template_id)
def test_it_says_who_writes_and_how_to_opt_out(template):
    assert {"practice_name", "opt_out_line"} <= rendering.checked(template.body)
    assert bool(template.subject) == (template.channel == "email")


def test_one_of_each_channel_has_a_link_to_book_by():
    linked = [one.template_id for one in SHIPPED if "booking_link" in rendering.checked(one.body)]
    assert linked == ["shipped-email-book", "shipped-sms-book"]

"""Patients are found however their name or number is typed."""

from __future__ import annotations

import pytest

from services.search_text import normalised, patient_text


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("O'Brien", "obrien"),
        ("O’Brien", "obrien"),
        ("D´Souza", "dsouza"),
        ("Ó  Súilleabháin ", "o suilleabhain"),
        ("Zoë", "zoe"),
        ("Łukasz", "lukasz"),
        ("Müller", "muller"),
        ("Großmann", "grossmann"),
        ("Søren", "soren"),
        ("Smith-Jones", "smithjones"),
        ("Nguyễn", "nguyen"),
        ("", ""),
    ],
)
def test_a_name_is_written_in_plain_letters(written: str, plain: str) -> None:
    assert normalised(written) == plain


def test_what_is_plain_already_stays_as_it_is() -> None:
    for text in ("obrien", "o suilleabhain", "07700900123", "zoe@example.com"):
        assert normalised(text) == text


@pytest.mark.parametrize(
    "typed", ["OBrien", "o'brien zoë", "07700 900123", "+44 7700 900123", "(01632) 960-007", "Zoe-B@"]
)
def test_a_patient_is_found_by_what_is_typed(typed: str) -> None:
    text = patient_text(
        first_name="Zoë",
        last_name="O’Brien",
        mobile="+44 (0)7700 900123",
        phone="01632 960007",
        email="Zoe-B@Example.com",
    )
    assert all(word in text for word in normalised(typed).split())


def test_missing_contact_details_leave_no_gaps() -> None:
    assert patient_text(first_name="Ann", last_name="Lee", mobile=None, phone="", email=None) == "ann lee"

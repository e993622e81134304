"""Texts are read in every form that practices write them in, and in no other."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import polars as pl
import pytest

from services.extract import values
from services.extract.values import converted

AT_MIDNIGHT = datetime(2026, 3, 4)
AT_HALF_PAST_TWO = datetime(2026, 3, 4, 14, 30)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-03-04", AT_MIDNIGHT),
        ("2026-3-4", AT_MIDNIGHT),
        ("2026/03/04", AT_MIDNIGHT),
        ("04/03/2026", AT_MIDNIGHT),
        ("4/3/26", AT_MIDNIGHT),
        ("04-03-2026", AT_MIDNIGHT),
        ("04.03.2026", AT_MIDNIGHT),
        ("4 Mar 2026", AT_MIDNIGHT),
        ("4 March 2026", AT_MIDNIGHT),
        ("4th March 2026", AT_MIDNIGHT),
        ("04-Mar-26", AT_MIDNIGHT),
        ("Wed 04/03/2026", AT_MIDNIGHT),
        ("Wednesday, 4 March 2026", AT_MIDNIGHT),
        ("20260304", AT_MIDNIGHT),
        ("46085", AT_MIDNIGHT),
        ("46085.604166667", AT_HALF_PAST_TWO),
        ("2026-03-04 14:30:00", AT_HALF_PAST_TWO),
        ("2026-03-04T14:30", AT_HALF_PAST_TWO),
        ("04/03/2026 14:30", AT_HALF_PAST_TWO),
        ("04/03/2026 2:30 pm", AT_HALF_PAST_TWO),
        ("04/03/2026, 14.30", AT_HALF_PAST_TWO),
        ("4 Mar 2026 14:30", AT_HALF_PAST_TWO),
        ("04/03/2026 12:15 AM", datetime(2026, 3, 4, 0, 15)),
        ("29/02/2028", datetime(2028, 2, 29)),
        ("1 Sept 1970", datetime(1970, 9, 1)),
        ("1/9/70", datetime(1970, 9, 1)),
        ("1/9/69", datetime(2069, 9, 1)),
    ],
)
def test_a_day_is_read_day_before_month(text, read):
    assert values.moment(text) == read


@pytest.mark.parametrize(
    "text", ["0001-01-01", "0001-01-01 00:00:00", "0000-00-00", "00/00/0000", "30/12/1899", "1900-01-01", "31/12/9999"]
)
def test_the_days_that_systems_write_for_none_are_none(text):
    assert values.moment(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "31/02/2026",
        "29/02/2026",
        "03/13/2026",
        "13/2026",
        "March 2026",
        "4 Mayday 2026",
        "2026-03-04T14:30:00Z",
        "04/03/2026 25:00",
        "04/03/2026 13:30 pm",
        "04/03/0026",
        "soon",
        "1",
        "123456",
        "04/03/2026 BA",
    ],
)
def test_what_is_no_day_is_not_guessed(text):
    with pytest.raises(ValueError, match=r".*"):
        values.moment(text)


@pytest.mark.parametrize(
    ("text", "pence"),
    [
        ("1234.50", 123_450),
        ("£1,234.50", 123_450),
        ("1.234,50", 123_450),
        ("€ 1.234.567,8", 123_456_780),
        ("1,234", 123_400),
        ("1,234,567", 123_456_700),
        ("1.234.567", 123_456_700),
        ("12,50", 1_250),
        ("12,5", 1_250),
        ("1 234.50", 123_450),
        ("1'234.50", 123_450),
        ("GBP 12", 1_200),
        ("12.345", 1_235),
        ("12.344", 1_234),
        ("0.005", 1),
        ("(12.00)", -1_200),
        ("-£12", -1_200),
        ("£-12", -1_200),
        ("12.00-", -1_200),
        ("+12", 1_200),
        (".5", 50),
        ("5.", 500),
        ("0", 0),
        ("1.5E2", 15_000),
    ],
)
def test_money_is_read_to_the_penny(text, pence):
    assert values.pence(text) == pence


@pytest.mark.parametrize(
    "text", ["", "£", "free", "1,23,4", "1,2345", "0,125", "1.234,5,6", "12 or 13", "99999999999", "--5"]
)
def test_what_is_no_sum_or_could_be_two_is_not_guessed(text):
    with pytest.raises((ValueError, ArithmeticError)):
        values.pence(text)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("yes", True),
        ("Y", True),
        ("TRUE", True),
        ("1", True),
        ("no", False),
        ("N", False),
        ("false", False),
        ("0", False),
    ],
)
def test_yes_and_no_have_many_forms(text, read):
    assert values.yes_no(text) is read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("07700 900123", "07700 900123"),
        ("7700900123", "07700900123"),
        ("7700900123.0", "07700900123"),
        ("7.700900123E+09", "07700900123"),
        ("1632960123", "01632960123"),
        ("+44 7700 900123", "+44 7700 900123"),
        ("01632 960123 ext 4", "01632 960123 ext 4"),
        ("none", None),
        ("999", None),
    ],
)
def test_a_telephone_number_gets_back_what_a_spreadsheet_took(text, read):
    assert values.phone(text) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a@example.com", "a@example.com"),
        ("a@example.com; b@example.com", "a@example.com"),
        ("mailto:a@example.com", "a@example.com"),
        ("<a@example.com>", "a@example.com"),
    ],
)
def test_the_first_email_address_is_taken(text, read):
    assert values.email(text) == read


def test_a_column_is_read_at_once_and_says_what_it_could_not_read():
    read, is_unread = converted(pl.Series(["1", "1.2", None, "-", "x"]), values.NUMBER)
    assert read.to_list() == [Decimal("1.00"), Decimal("1.20"), None, None, None]
    assert is_unread.to_list() == [False, False, False, False, True]


def test_an_id_that_became_a_number_is_an_id_again():
    assert converted(pl.Series(["5.0", "5", "A5.0", "1.05"]), values.ID)[0].to_list() == ["5", "5", "A5.0", "1.05"]


def test_a_whole_number_is_whole():
    assert values.whole("30.0") == 30
    with pytest.raises(ValueError, match=r"30\.5"):
        values.whole("30.5")

"""How long an SMS is, at every boundary."""

from __future__ import annotations

import pytest

from services.sms_length import PLAIN, made_plain, measured


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 158 + "€", 1),
        ("a" * 159 + "€", 2),
        ("a\n" * 80, 1),
        ("€" * 80, 1),
        ("€" * 80 + "a", 2),
        # An extension character is two units, which are never cut in half: 152 and one unit left over.
        ("a" * 152 + "€" + "a" * 151, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("ő" * 70, 1),
        ("ő" * 71, 2),
        ("ő" * 134, 2),
        ("ő" * 135, 3),
        ("a" * 69 + "’", 1),
        ("a" * 70 + "’", 2),
        ("a" * 68 + "😀", 1),
        ("a" * 69 + "😀", 2),
        # A pair at the edge of a segment moves whole into the next one: 66 and one unit left over.
        ("a" * 66 + "😀" + "a" * 65, 2),
        ("a" * 66 + "😀" + "a" * 66, 3),
        # An extension character is one unit where the message is in the other alphabet anyway.
        ("€" * 69 + "’", 1),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        # 67 units hold 33 whole pairs.
        ("😀" * 66, 2),
        ("😀" * 67, 3),
    ],
)
def test_segments(text, segments):
    assert measured(text).segments == segments


@pytest.mark.parametrize("text", ["@£$¥èéùìòÇ", "Øø Åå ÆæßÉ ÄÖÑÜ§¿äöñüà", "^{}\\[~]|€", "a\nb"])
def test_the_basic_alphabet_has_no_dear_character(text):
    assert measured(text).is_basic


@pytest.mark.parametrize("letter", ["’", "“", "–", "…", "ő", "á", "`", "😀", "\u00a0"])
def test_one_other_character_makes_the_whole_message_dear_and_is_named(letter):
    length = measured("a" * 100 + letter)
    assert (length.is_basic, length.dear, length.segments) == (False, (letter,), 2)


def test_what_can_be_written_plainly_is():
    text = made_plain("It’s “here” – at last…\u00a0Siân")
    assert text == 'It\'s "here" - at last... Sian'
    assert measured(text).is_basic


@pytest.mark.parametrize(
    ("dear", "plain"),
    [
        *(("’", "'"), ("“", '"'), ("–", "-"), ("…", "..."), ("\u00a0", " "), ("\t", " ")),
        *(("ő", "o"), ("ŵ", "w"), ("Ŵ", "W"), ("Á", "A"), ("ç", "c"), ("ł", "l")),
    ],
)
def test_what_stands_instead_is_named_and_basic(dear, plain):
    assert PLAIN[dear] == plain


def test_nothing_basic_is_replaced_and_all_that_replaces_is_basic():
    assert not [letter for letter in PLAIN if measured(letter).is_basic]
    assert measured("".join(PLAIN.values())).is_basic


@pytest.mark.parametrize("text", ["😀", "日本", "£5 café Ñ Ç €", "Å Ä Ö Ü ß"])
def test_what_cannot_be_written_plainly_or_need_not_stays(text):
    assert made_plain(text) == text


def test_dear_characters_are_named_once_and_in_their_order():
    assert measured("a’b“c’d").dear == ("’", "“")


def test_the_length_is_said_in_words():
    assert measured("a" * 161).words == "161 characters, sent and paid as 2 SMS"

"""How long an SMS is, at every boundary."""

from __future__ import annotations

import pytest

from services.sms_length import made_plain, measured


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 80 + "a", 2),
        # An extension character is two units, which are never cut in half: 152 and one unit left over.
        ("a" * 152 + "€" + "a" * 151, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("ő" * 70, 1),
        ("ő" * 71, 2),
        ("ő" * 134, 2),
        ("ő" * 135, 3),
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


def test_the_length_is_said_in_words():
    assert measured("a" * 161).words == "161 characters, sent and paid as 2 SMS"

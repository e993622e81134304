"""No line of a file is lost: it is read, refused with a reason, or blank."""

from __future__ import annotations

from random import Random

import pytest

from services.extract.lines import Layout, decoded, parsed


def grid(text: str):
    """Return the rows of a text."""
    return parsed(text, Layout())[0]


def refused(text: str) -> list[tuple[int, str]]:
    """Return line and text of what was refused."""
    return [(line, shown) for line, _, shown in grid(text).refused]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("id,first,last\n1,a,b\n", ","),
        ("id;first;last\n1;a, b, c, d;1.234,50\n", ";"),
        ("id\tfirst\tlast\n1\ta, b\tc\n", "\t"),
        ("id|first|last\n", "|"),
        ("id\n1\n", ","),
        ("sep=;\nid;a,b\n1;2\n", ";"),
    ],
)
def test_the_delimiter_is_the_one_by_which_the_lines_agree(text, delimiter):
    assert parsed(text, Layout())[1] == delimiter


def test_lines_are_numbered_as_an_editor_numbers_them():
    found = grid('a,b\r\n1,"x\r\ny"\r\n\r\n2,z\r\n')
    assert found.rows == [["1", "x\r\ny"], ["2", "z"]]
    assert found.lines == [2, 5]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_one(end):
    assert grid(end.join(["a,b", "1,2", "3,4"])).lines == [2, 3]


def test_a_line_with_too_few_or_too_many_fields_is_refused_with_their_number():
    found = grid("a,b,c\n1,2\n1,2,3,4\n1,2,3,\n5,6,7\n")
    assert [reason for _, reason, _ in found.refused] == [
        "This line has 2 fields, the heading has 3.",
        "This line has 4 fields, the heading has 3.",
        "This line has 4 fields, the heading has 3.",
    ]
    assert found.rows == [["5", "6", "7"]]


@pytest.mark.parametrize(
    "bad",
    [
        '2,"Smith,Ann',
        '2,Smith,"Ann',
        '"2,Smith,Ann',
        '2,"Smith" Ann,x',
        '2,"Smith"x,"Ann"',
    ],
)
@pytest.mark.parametrize(
    "after",
    [
        ["3,Jones,Bob", "4,Hill,Cy"],
        ['3,"Jones",Bob', "4,Hill,Cy"],
        ['3,"Jones, ""B""",Bob', '4,"Hill","Cy"'],
        ["3,Jones,Bob", '4,"",Cy'],
        ['"3","Jones","Bob"', '"4","Hill","Cy"'],
    ],
)
def test_a_quote_that_is_never_closed_costs_its_own_line_only(bad, after):
    found = grid("\n".join(["id,last,first", "1,First,Row", bad, *after]) + "\n")
    assert [(line, shown) for line, _, shown in found.refused] == [(3, bad)]
    assert [row[0] for row in found.rows] == ["1", "3", "4"]
    assert found.lines == [2, 4, 5]


def test_a_cell_may_have_line_breaks_delimiters_and_quotes():
    found = grid('id,address,town\n1,"12 High St\nFlat ""A"", rear\n",Elm\n2,"1 Low St\nRear, left",Oak\n3,b,c\n')
    assert found.rows == [
        ["1", '12 High St\nFlat "A", rear\n', "Elm"],
        ["2", "1 Low St\nRear, left", "Oak"],
        ["3", "b", "c"],
    ]
    assert found.refused == []


def test_a_quote_that_a_later_line_happens_to_close_costs_its_own_line_only():
    found = grid('id,last,first\n1,Smith,"Ann\n2,Jones,Bob\n3,Hill,Cy"\n4,Lee,Di\n')
    assert [line for line, _, _ in found.refused] == [2]
    assert [row[0] for row in found.rows] == ["2", "3", "4"]


def test_blank_lines_and_lines_of_empty_cells_are_nothing():
    assert grid("\n\na,b\n\n1,2\n , \n,,,\n\n").rows == [["1", "2"]]
    assert refused("a,b\n,,,\n") == []


def test_a_heading_alone_is_no_rows():
    found = grid("a,b\n")
    assert (found.heading, found.rows) == (["a", "b"], [])


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("a,Síofra\n".encode(), None),
        ("a,Síofra\n".encode("utf-8-sig"), None),
        ("a,Síofra\n".encode("cp1252"), "Windows-1252"),
        ("a,Síofra\n".encode("utf-16"), "UTF-16"),
        ("a,Síofra\n".encode("utf-16-le"), "UTF-16"),
        ("a,Síofra\n".encode("utf-16-be"), "UTF-16"),
        ("a,Sío\0fra\n".encode(), None),
    ],
)
def test_text_is_read_in_the_encoding_it_was_written_in(content, encoding):
    assert decoded(content) == ("a,Síofra\n", encoding)


def test_the_pound_sign_and_the_curly_apostrophe_of_windows_are_read():
    assert decoded(b"\xa312,O\x92Hara")[0] == "£12,O’Hara"


def test_of_a_thousand_damaged_files_no_line_is_unaccounted_for():
    rng = Random(7)
    for _ in range(1_000):
        lines = [f'{number},"Last, {number}",First,"a ""b"" c"' for number in range(rng.randint(1, 12))]
        text = "\n".join(["id,last,first,note", *lines])
        damaged = list(text)
        for _ in range(rng.randint(0, 6)):
            damaged[rng.randrange(19, len(damaged))] = rng.choice('",\n\r x;')
        grid("".join(damaged))  # raises when the count is wrong


def test_a_hundred_thousand_open_quotes_take_no_time():
    text = "id,last,first\n" + '1,"Smith,Ann\n' * 100_000
    assert len(grid(text).refused) == 100_000

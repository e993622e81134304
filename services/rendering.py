"""Templates become texts: which fields there are, what a template may hold, and its text for one patient."""

from __future__ import annotations

import difflib
import functools
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.errors import InvalidRequest

FIELDS = {
    "first_name": "First name",
    "title_and_surname": "Title and surname",
    "practice_name": "Practice name",
    "practice_phone": "Practice phone",
    "provider": "Provider",
    "planned_visit": "Planned visit",
    "visit_length": "Length of the visit",
    "opt_out_line": "Opt-out line",
    "booking_link": "Booking link",
}
"""What a template may name, in the words of the screen."""

LONGEST_TEMPLATE = 10_000
LONGEST_TEXT = 20_000

CONDITIONS = (nodes.Name, nodes.Not, nodes.And, nodes.Or)
ALLOWED: dict[type[nodes.Node], tuple[type[nodes.Node], ...]] = {
    nodes.Template: (nodes.Output, nodes.If),
    nodes.Output: (nodes.TemplateData, nodes.Name),
    nodes.If: (nodes.Output, nodes.If, *CONDITIONS),
    **dict.fromkeys((nodes.Not, nodes.And, nodes.Or), CONDITIONS),
}
"""What a template is made of, and what each part may hold: text, fields, and parts that depend on fields.

Nothing that repeats, calls or counts: a text cannot grow beyond its template and its fields.
"""

MOST_PARTS = 400
"""So many parts at most: text, fields and conditions together."""

DEEPEST = 20
"""So many parts within one another at most: Python refuses deeper code than about a hundred, after long thought."""

_sandbox = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)


class EmptyField(InvalidRequest):
    """A field that a template needs is empty for this patient."""

    def __init__(self, field: str) -> None:
        super().__init__(
            f"There is no {FIELDS[field].lower()} for this patient, and the template needs it. Nothing was sent."
        )
        self.field = field


def checked(template: str) -> frozenset[str]:
    """Return the fields that a template names.

    Raises InvalidRequest, with the line where there is one, for what a template may not hold and for unknown fields.
    """
    return _read(template).fields


def rendered(template: str, fields: Mapping[str, str | None]) -> str:
    """Return the text of a template for these fields, as plain text.

    Raises InvalidRequest as `checked`, EmptyField where a field stands that is empty and not asked for with an if.
    """
    known = _read(template)
    filled: dict[str, str | _Empty] = {}
    for name in known.fields:
        # A field is one line: a line break in a name would end the subject of an e-mail.
        text = " ".join((fields.get(name) or "").split())
        filled[name] = text or _Empty(name)
    pieces, length = [], 0
    for piece in known.template.generate(filled):
        length += len(piece)
        if length > LONGEST_TEXT:
            raise InvalidRequest(f"The message would have more than {LONGEST_TEXT:,} characters. Shorten the template.")
        pieces.append(piece)
    return "".join(pieces)


def as_html(text: str) -> str:
    """Return a plain text as HTML: paragraphs as they are, addresses that can be clicked on, all else as typed."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    body = "".join(f"<p>{_linked(paragraph)}</p>" for paragraph in paragraphs if paragraph.strip())
    return f'<!doctype html><html lang="en"><body style="font-family: sans-serif">{body}</body></html>'


def opt_out_line(channel: str, *, link: str | None = None, phone: str | None = None) -> str:
    """Return how a patient says that they want no more of these messages."""
    if channel == "sms":
        return "Reply STOP to opt out."
    if link:
        return f"If you would rather not get these e-mails: {link}"
    if phone:
        return f"If you would rather not get these e-mails, please ring us on {phone}."
    return "If you would rather not get these e-mails, please reply and say so."


def fields_of(
    patient: Mapping[str, Any],
    *,
    practice_name: str,
    practice_phone: str | None,
    provider_name: str | None,
    visit_words: str,
    minutes: int | None,
    opt_out_line: str,
    booking_link: str | None = None,
) -> dict[str, str | None]:
    """Return the fields of a message to a patient, who has title, first_name and last_name."""
    first, last = patient["first_name"] or "", patient["last_name"] or ""
    # A title calls nobody without a surname.
    called = (patient["title"] if last else "") or first
    return {
        "first_name": first or None,
        "title_and_surname": " ".join(filter(None, (called, last))) or None,
        "practice_name": practice_name,
        "practice_phone": practice_phone,
        "provider": provider_name,
        "planned_visit": visit_words,
        "visit_length": f"{minutes} minutes" if minutes else None,
        "opt_out_line": opt_out_line,
        "booking_link": booking_link,
    }


class _Empty:
    """A field without a text: false where it is asked for, refused where it stands."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        raise EmptyField(self._name)


@dataclass(frozen=True)
class _Read:
    """A template that was read and found to be allowed."""

    fields: frozenset[str]
    template: Template


@functools.lru_cache(maxsize=64)
def _read(template: str) -> _Read:
    """Return a template ready to be rendered, or raise InvalidRequest as `checked`.

    Kept by its own text, because a thousand messages are written with one template.
    """
    if len(template) > LONGEST_TEMPLATE:
        raise InvalidRequest(f"The text has more than {LONGEST_TEMPLATE:,} characters. Shorten it.")
    try:
        tree = _sandbox.parse(template)
    except TemplateSyntaxError as problem:
        raise InvalidRequest(
            f"Line {problem.lineno} cannot be read. Write a field as {{{{ first_name }}}}, and what depends on one "
            "between {% if provider %} and {% endif %}."
        ) from problem
    except RecursionError as problem:
        raise InvalidRequest(
            "The text has too many brackets or conditions within one another. Make it simpler."
        ) from problem
    except ValueError as problem:  # a number of thousands of digits
        raise InvalidRequest("The text has a number within {{ }} that is too long. Take it out.") from problem
    return _Read(_fields_of(tree), _sandbox.from_string(template))


def _fields_of(tree: nodes.Template) -> frozenset[str]:
    """Return the names in a parsed template; raise InvalidRequest for anything that is not ALLOWED."""
    found: set[str] = set()
    waiting: list[tuple[nodes.Node, int, int]] = [(tree, 1, 0)]
    parts = 0
    while waiting:
        node, line, depth = waiting.pop()
        parts += 1
        if parts > MOST_PARTS:
            raise InvalidRequest(f"The text has more than {MOST_PARTS} parts. Make it simpler.")
        if depth > DEEPEST:
            raise InvalidRequest(f"Line {line} has too many conditions within one another. Make it simpler.")
        if isinstance(node, nodes.Name):
            found.add(_known(node.name, line))
        for part in node.iter_child_nodes():
            # Some parts know no line of their own.
            at = part.lineno or line
            if not isinstance(part, ALLOWED.get(type(node), ())):
                raise InvalidRequest(
                    f"Line {at} holds something that a template may not. Use text, fields such as "
                    "{{ first_name }}, and {% if provider %} ... {% endif %}."
                )
            waiting.append((part, at, depth + 1))
    return frozenset(found)


def _known(name: str, line: int) -> str:
    """Return the name of a field, or raise InvalidRequest with the nearest one for a name that is none."""
    if name in FIELDS:
        return name
    near = difflib.get_close_matches(name[:40], FIELDS, n=1)
    hint = f" Did you mean {near[0]}?" if near else " The fields are listed beside the text."
    raise InvalidRequest(f"Line {line}: there is no field {name[:40]}.{hint}")


def _linked(paragraph: str) -> str:
    """Return a paragraph as HTML."""
    pieces = re.split(r"(https?://[^\s<>\"]+[^\s<>\".,;:!?)])", paragraph)
    told = [
        f'<a href="{html.escape(piece)}">{html.escape(piece)}</a>' if place % 2 else html.escape(piece)
        for place, piece in enumerate(pieces)
    ]
    return "".join(told).replace("\n", "<br>")

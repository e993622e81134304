"""Templates become texts: which fields there are, what a template may hold, and its text for one patient."""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
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

ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not, nodes.And, nodes.Or)
"""What a template is made of: text, fields, and parts that stand only where a field is filled.

Nothing that repeats, calls or counts: a text cannot grow beyond its template and its fields.
"""

MOST_PARTS = 400
"""So many parts at most: text, fields and conditions together."""

_sandbox = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)


class EmptyField(InvalidRequest):
    """A field that a template needs is empty for this patient."""

    def __init__(self, field: str) -> None:
        super().__init__(f"The patient has no {FIELDS[field].lower()}, which the template needs. Nothing was sent.")
        self.field = field


def checked(template: str) -> frozenset[str]:
    """Return the fields that a template names.

    Raises InvalidRequest, with the line where there is one, for what a template may not hold and for unknown fields.
    """
    if len(template) > LONGEST_TEMPLATE:
        raise InvalidRequest(f"The text has more than {LONGEST_TEMPLATE:,} characters. Shorten it.")
    try:
        tree = _sandbox.parse(template)
    except TemplateSyntaxError as problem:
        raise InvalidRequest(
            f"Line {problem.lineno} cannot be read: a field is written as {{{{ first_name }}}}. Mend it."
        ) from problem
    except RecursionError as problem:
        raise InvalidRequest("The text has conditions within conditions without end. Take some out.") from problem
    return _fields_of(tree)


def rendered(template: str, fields: Mapping[str, str | None]) -> str:
    """Return the text of a template for these fields, as plain text.

    Raises InvalidRequest as `checked`, EmptyField where a field stands that is empty and not asked for with an if.
    """
    checked(template)
    filled = {name: fields.get(name) or _Empty(name) for name in FIELDS}
    text = _sandbox.from_string(template).render(filled)
    if len(text) > LONGEST_TEXT:
        raise InvalidRequest(f"The message would have more than {LONGEST_TEXT:,} characters. Shorten the template.")
    return text


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
    return {
        "first_name": first or None,
        "title_and_surname": " ".join(filter(None, (patient["title"] or first, last))) or None,
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


def _fields_of(tree: nodes.Template) -> frozenset[str]:
    """Return the names in a parsed template; raise InvalidRequest for anything that is not ALLOWED."""
    found: set[str] = set()
    waiting: list[nodes.Node] = [tree]
    parts = 0
    while waiting:
        node = waiting.pop()
        parts += 1
        if parts > MOST_PARTS:
            raise InvalidRequest(f"The text has more than {MOST_PARTS} parts. Make it simpler.")
        if not isinstance(node, ALLOWED):
            raise InvalidRequest(
                f"Line {node.lineno} holds something that a template may not. Use text, fields such as "
                "{{ first_name }}, and {% if provider %} ... {% endif %}."
            )
        if isinstance(node, nodes.Name):
            if node.name not in FIELDS:
                near = difflib.get_close_matches(node.name, FIELDS, n=1)
                hint = f" Did you mean {near[0]}?" if near else " The fields are listed beside the text."
                raise InvalidRequest(f"Line {node.lineno}: there is no field {node.name[:40]}.{hint}")
            found.add(node.name)
        waiting += node.iter_child_nodes()
    return frozenset(found)


def _linked(paragraph: str) -> str:
    """Return a paragraph as HTML."""
    pieces = re.split(r"(https?://[^\s<>\"]+[^\s<>\".,;:!?)])", paragraph)
    told = [
        f'<a href="{html.escape(piece)}">{html.escape(piece)}</a>' if place % 2 else html.escape(piece)
        for place, piece in enumerate(pieces)
    ]
    return "".join(told).replace("\n", "<br>")

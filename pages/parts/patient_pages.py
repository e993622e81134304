"""The patients' pages as they are sent: pages/patient in the practice's colour, with headers of their own."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from services import patient_words, settings
from services.practices import Practice

FOLDER = Path(__file__).parents[1] / "patient"
WHITE, BLACK = "#ffffff", "#000000"

HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
"""Beside those of every answer (app.py). The referrer goes to this server alone: without it a form has no origin."""

_pages = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
FILTERS: dict[str, Callable[..., str]] = {
    "clock": patient_words.time,
    "day": patient_words.day,
    "dialled": lambda number: re.sub(r"[^+0-9]", "", number),
    "moment": patient_words.moment,
    "weekday": patient_words.weekday,
}
_pages.filters |= FILTERS


def page(name: str, *, status: int = 200, practice: Practice | None, **values: Any) -> HTMLResponse:
    """Return a page of pages/patient as an answer."""
    style = _style(practice.colour if practice else None)
    text = _pages.get_template(f"{name}.html").render(practice=practice, style=Markup(style), **values)
    return HTMLResponse(text, status_code=status, headers={**HEADERS, "Content-Security-Policy": _policy(style)})


def on(colour: str) -> str:
    """Return the colour of text on a practice's colour: of white and black one always has 4.5 to 1 (WCAG 1.4.3)."""
    return max((WHITE, BLACK), key=lambda text: settings.contrast(text, colour))


@lru_cache
def _style(colour: str | None) -> str:
    """Return the style sheet in a practice's colour, which has an edge where it can hardly be told from the page."""
    own = colour if re.fullmatch("#[0-9a-f]{6}", colour or "") else None
    back = own or settings.DEFAULT_COLOUR
    edge = back if settings.contrast(back, WHITE) >= settings.GROUNDS["white"][1] else BLACK
    sheet = (FOLDER / "style.css").read_text(encoding="utf-8")
    return f":root {{ --colour: {back}; --on-colour: {on(back)}; --edge: {edge} }}\n{sheet}"


def _policy(style: str) -> str:
    """Return what the browser may load: this style sheet and nothing else, no script at all."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )

"""The one script of our own, from our own server: a text area that sends what is typed while it is typed."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

ADDRESS = "/typing.js"
SCRIPT = Path(__file__).with_name("typing.js").read_text(encoding="utf-8")


def load() -> None:
    """Let the page that is drawn have the script."""
    # The policy of app.py lets no script in line run.
    st.html(f'<script src="{ADDRESS}"></script>', unsafe_allow_javascript=True, width=1)


async def script(request: Request) -> Response:
    """Answer with the script."""
    return Response(SCRIPT, media_type="text/javascript")


ROUTES = [Route(ADDRESS, script)]

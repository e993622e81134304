"""The start: one process that opens the store and serves the pages and the routes beside them."""

from __future__ import annotations

import base64
import gc
import hashlib
import logging
import os
import re
import sys
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.parts import booking_routes, incoming_routes, session, sign_in_routes, typing_routes
from services import sign_in, surroundings
from services.errors import CareManagerError, ConfigurationError
from services.worker import Worker, senders_of

ROOT = Path(__file__).resolve().parent


def content_policy() -> str:
    """Return what the browser may load: only what this server sends.

    Streamlit's page has inline scripts, allowed by their digests, and sets styles in line.
    """
    page = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' " + " ".join(f"'sha256-{digest}'" for digest in digests),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


HEADERS = {
    "Content-Security-Policy": content_policy(),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Guard:
    """Add the security headers to every answer that has none of its own, and hide the server's own metrics."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        is_hidden = scope["path"].rstrip("/").endswith("/_stcore/metrics")
        answer: ASGIApp = PlainTextResponse("Not found", status_code=404) if is_hidden else self.app
        await answer(scope, receive, send_guarded)


def without_patient_data(*about: Any, **more: Any) -> logging.LogRecord:
    """Make a log record in which an exception is its type and places: its text may hold a patient's details."""
    record = logging.LogRecord(*about, **more)
    problem = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    if problem is not None:
        frames = traceback.extract_tb(problem.__traceback__)
        own = [frame for frame in frames if "site-packages" not in frame.filename] or frames
        places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(own))
        record.msg, record.args = f"{record.getMessage()}: {type(problem).__name__} at {places}", ()
        record.exc_info = None
    return record


def apologise(problem: Exception) -> bool:
    """Show a plain apology for what nobody caught."""
    st.error(
        "Something went wrong here. What was saved is kept. Reload the page; "
        "if it happens again, tell whoever looks after Care Manager at your practice."
    )
    return True


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Hold the store open while the server runs; without a store there is no server."""
    try:
        surroundings.today(os.environ, datetime.now(UTC))
        surroundings.idle(os.environ)
        first = sign_in.first_manager(session.open_store(), now=datetime.now(UTC))
    except (CareManagerError, ConfigurationError) as problem:
        print(problem, file=sys.stderr, flush=True)
        os._exit(1)  # Raised, it would end as the server's traceback instead of a sentence.
    if first:
        email, password = first
        print(f"First sign-in: {email} with the one-time password {password}", flush=True)
    logging.setLogRecordFactory(without_patient_data)
    # What is imported by now is never garbage: left out of each collection, a rerun costs less than half.
    gc.collect()
    gc.freeze()
    worker = Worker(
        session.open_store(),
        senders_of(os.environ),
        today_at=incoming_routes.today_at,
        clock=lambda: datetime.now(UTC),
    )
    worker.start()
    try:
        yield {}
    finally:
        worker.stop()
        session.close_store()


async def healthz(request: Request) -> PlainTextResponse:
    """Say that the server runs and the store is open."""
    return PlainTextResponse("ok")


if get_script_run_ctx(suppress_warning=True) is not None:  # run as a script, which only a test does
    from pages.frame import main

    main()
else:
    app = st.App(
        # Not beside pages/: Streamlit would then serve each file in it by itself, past the frame.
        ROOT / "pages" / "frame.py",
        routes=[
            Route("/healthz", healthz),
            *sign_in_routes.ROUTES,
            *incoming_routes.ROUTES,
            *booking_routes.ROUTES,
            *typing_routes.ROUTES,
        ],
        middleware=[Middleware(Guard)],
        lifespan=lifespan,
        on_script_error=apologise,
    )

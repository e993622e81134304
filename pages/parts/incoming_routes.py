"""The routes by which providers tell what became of messages, and by which a patient opts out; nobody signs in here."""

from __future__ import annotations

import html
import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from pages.parts import session
from services import contact_settings, deliveries, practices, surroundings
from services.incoming import sendgrid, twilio

LARGEST = 2_000_000
"""Bytes of a request at most; SendGrid sends its events in smaller batches."""

REFUSED = PlainTextResponse("Refused", status_code=403)
TAKEN = PlainTextResponse("ok")
NO_ANSWER = Response("<Response/>", media_type="text/xml")
"""Twilio sends what is inside to the patient: nothing."""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{title}</title>
<style>
body {{font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem; color: #10191d}}
button {{font: inherit; padding: .6rem 1.2rem; border: 0; border-radius: .4rem; background: #0f6b74; color: #fff}}
button:focus-visible {{outline: 3px solid #10191d; outline-offset: 2px}}
</style>
</head>
<body><main><h1>{title}</h1>{body}</main></body>
</html>"""


def today_at(now: datetime, timezone: str) -> date:
    """Return the day at a time zone."""
    return surroundings.today(os.environ, now, timezone)


async def sendgrid_events(request: Request) -> Response:
    """Take SendGrid's signed events."""
    body = await _body(request)
    if body is None:
        return PlainTextResponse("Too large", status_code=413)

    def take() -> Response:
        now = datetime.now(UTC)
        if not sendgrid.is_genuine(body, request.headers, _keys("SENDGRID_WEBHOOK_PUBLIC_KEY"), now=now):
            return REFUSED
        deliveries.note(session.open_store(), sendgrid.events(body), now=now, today_at=today_at)
        return TAKEN

    return await run_in_threadpool(take)


async def twilio_status(request: Request) -> Response:
    """Take what Twilio tells about one of our SMS."""

    def take(form: dict[str, str]) -> None:
        now = datetime.now(UTC)
        event = twilio.status(form, request.query_params.get("message", ""), now=now)
        if event:
            deliveries.note(session.open_store(), [event], now=now, today_at=today_at)

    return await _of_twilio(request, take)


async def twilio_inbound(request: Request) -> Response:
    """Take an SMS from a patient."""

    def take(form: dict[str, str]) -> None:
        message = twilio.inbound(form)
        if message:
            deliveries.receive(session.open_store(), message, now=datetime.now(UTC), today_at=today_at)

    return await _of_twilio(request, take)


async def unsubscribe(request: Request) -> Response:
    """Show a patient what the link in our e-mail does; a POST, also a mail program's (RFC 8058), does it."""
    token = request.path_params["token"]
    is_asked_first = request.method != "POST"

    def take() -> str | None:
        return deliveries.opt_out(session.open_store(), token, now=datetime.now(UTC), is_asked_first=is_asked_first)

    practice = await run_in_threadpool(take)
    if practice is None:
        words = "<p>This link does not work. Reply to the e-mail that it came with, or ring the practice.</p>"
        return HTMLResponse(PAGE.format(title="Unsubscribe", body=words), status_code=404)
    name = html.escape(practice)
    if is_asked_first:
        words = f"""<p>{name} will send you no more e-mails about treatment that is not booked.</p>
<form method="post"><button>Send me no more of these</button></form>"""
    else:
        words = f"<p>Done. {name} will send you no more of these e-mails.</p>"
    return HTMLResponse(PAGE.format(title="Unsubscribe", body=words))


async def _of_twilio(request: Request, take: Callable[[dict[str, str]], None]) -> Response:
    """Take a form that Twilio signed for one of our public addresses."""
    if await _body(request) is None:
        return PlainTextResponse("Too large", status_code=413)
    form = {name: str(value) for name, value in (await request.form()).items()}
    asked = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path

    def checked() -> Response:
        signature, tokens = request.headers.get(twilio.SIGNATURE, ""), _keys("TWILIO_AUTH_TOKEN")
        if not any(twilio.is_genuine(f"{base}{asked}", form, signature, tokens) for base in _public_urls()):
            return REFUSED
        take(form)
        return NO_ANSWER

    return await run_in_threadpool(checked)


async def _body(request: Request) -> bytes | None:
    """Return the body of a request, or None when it is too large to be honest."""
    declared = request.headers.get("Content-Length", "0")
    if not declared.isdigit() or int(declared) > LARGEST:
        return None
    body = await request.body()
    return body if len(body) <= LARGEST else None


def _keys(name: str) -> list[str]:
    """Return a key of every practice: who sends does not say for which it is."""
    found = [
        surroundings.secrets(os.environ, practice.practice_id).get(name)
        for practice in practices.all_practices(session.open_store())
    ]
    return list(dict.fromkeys(filter(None, found)))


def _public_urls() -> list[str]:
    """Return every address at which patients and providers reach this server."""
    store = session.open_store()
    own: list[Any] = [
        contact_settings.of(store, practice.practice_id).public_url for practice in practices.all_practices(store)
    ]
    return list(dict.fromkeys(url.rstrip("/") for url in own if url))


ROUTES = [
    Route("/webhooks/sendgrid", sendgrid_events, methods=["POST"]),
    Route("/webhooks/twilio/status", twilio_status, methods=["POST"]),
    Route("/webhooks/twilio/inbound", twilio_inbound, methods=["POST"]),
    Route("/unsubscribe/{token}", unsubscribe, methods=["GET", "POST"]),
]

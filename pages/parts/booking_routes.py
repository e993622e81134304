"""The routes of the patient's page at /book/<token>: nobody signs in, and nothing changes but by a form of the page."""

from __future__ import annotations

import hmac
import logging
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pages.parts import rate_limits, session
from pages.parts.booking_pages import (
    Asked,
    booked,
    calendar,
    choose,
    closed,
    confirming,
    done,
    form_of,
    message,
    times,
    to,
)
from pages.parts.patient_pages import HEADERS
from pages.parts.sign_in_routes import address, is_own
from services import patient_answers, patient_booking, patient_visit
from services.bookings import SlotTaken
from services.errors import CareManagerError
from services.patient_booking import NotBookable
from services.patient_visit import LinkClosed, Visit
from services.store import Store

log = logging.getLogger(__name__)

LARGEST = 10_000
"""Bytes of a form at most."""

Draw = Callable[[Asked, Visit], Response]


def hold(asked: Asked, visit: Visit) -> Response:
    """Keep a time for the patient, and ask whether it is right."""
    if asked.starts_at is None:
        return times(asked, visit, notice="Please choose a time.", status=400)
    patient_booking.hold(asked.store, asked.token, asked.starts_at, **asked.when)
    return to(f"{asked.base}/confirm")


def confirm(asked: Asked, visit: Visit) -> Response:
    """Book the time."""
    if asked.starts_at is None:
        return times(asked, visit, notice="Please choose a time.", status=400)
    patient_booking.confirm(asked.store, asked.token, asked.starts_at, **asked.when)
    return to(f"{asked.base}/done")


def later(asked: Asked, visit: Visit) -> Response:
    """Leave the patient in peace for a month."""
    patient_answers.later(asked.store, asked.token, **asked.when)
    return to(f"{asked.base}/done")


def decline(asked: Asked, visit: Visit) -> Response:
    """Take the opportunity off the list."""
    patient_answers.decline(asked.store, asked.token, asked.form.get("reason", ""), **asked.when)
    return to(f"{asked.base}/done")


def call(asked: Asked, visit: Visit) -> Response:
    """Let somebody ring the patient."""
    patient_answers.call(asked.store, asked.token, asked.form.get("note", ""), **asked.when)
    return to(f"{asked.base}/done")


def stop(asked: Asked, visit: Visit) -> Response:
    """Send no more of such messages."""
    patient_answers.stop(asked.store, asked.token, **asked.when)
    return to(asked.base)


def _changing(change: Draw, used_for: str | None = None) -> Draw:
    """Return what does something, or shows why it could not be done; used_for is what the link is used for by it."""

    def drawn(asked: Asked, visit: Visit) -> Response:
        if not hmac.compare_digest(asked.form.get("form", "").encode(), form_of(asked.token).encode()):
            return message(
                visit.practice, "Please try again", "This did not come from our page.", status=403, base=asked.base
            )
        try:
            return change(asked, visit)
        except SlotTaken as taken:
            notice = f"{taken} Please choose another time."
            chosen = asked.starts_at
            return times(asked, visit, from_on=chosen.date() if chosen else None, notice=notice, status=409)
        except NotBookable:
            again = asked.look() or visit
            return message(
                again.practice,
                "This visit cannot be booked online",
                "Nothing was booked.",
                status=409,
                is_ring_asked=True,
            )
        except LinkClosed:
            return _used_meanwhile(asked, asked.look() or visit, used_for)

    return drawn


def _used_meanwhile(asked: Asked, visit: Visit, used_for: str | None) -> Response:
    """Answer who presses again, in a second tab, or after going back: what was done once stands."""
    if used_for is None or visit.link.used_for != used_for:
        return closed(asked, visit)
    if used_for == "booked" and visit.booked and asked.starts_at != visit.booked.starts_at:
        notice = "You have booked another time already. That one stands, and nothing else was booked."
        return booked(asked, visit, "You have booked already", notice=notice, status=409)
    return to(f"{asked.base}/done")


def _endpoint(draw: Draw) -> Callable[[Request], Any]:
    """Return the endpoint of a page: not too often, from our own page where it does something, in plain words."""

    async def answer(request: Request) -> Response:
        form: dict[str, str] = {}
        if request.method == "POST":
            declared = request.headers.get("Content-Length", "")
            if not declared.isdigit() or int(declared) > LARGEST:
                return message(None, "This is too long", "Please shorten what you wrote.", status=413)
            form = {name: str(value) for name, value in (await request.form()).items()}
        return await run_in_threadpool(_answered, request, form, draw)

    return answer


def _answered(request: Request, form: Mapping[str, str], draw: Draw) -> Response:
    store, whose, token = session.open_store(), address(request), request.path_params["token"]
    try:
        if _is_too_often(whose) or not rate_limits.is_within(rate_limits.OF_A_LINK, token):
            return _too_many(store)
        asked = Asked(
            store=store,
            token=token,
            now=datetime.now(UTC),
            method=request.method,
            base=token if request.url.path.endswith(f"/{token}") else f"../{token}",
            query=request.query_params,
            form=form,
            is_prefetch="prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", "")),
        )
        visit = asked.look() if re.fullmatch(r"[A-Za-z0-9_-]{20,100}", token) else None
        if visit is None:
            return _unknown(store, whose)
        if request.method == "POST" and not is_own(request):
            return message(
                visit.practice, "Please try again", "This did not come from our page.", status=403, base=asked.base
            )
        return draw(asked, visit)
    except CareManagerError:
        return message(None, "Please try again in a minute", "We are busy just now. Nothing was changed.", status=503)
    except Exception as problem:
        log.exception("A patient's page could not be drawn: %s.", type(problem).__name__)
        return message(None, "Something went wrong here", "Please try again, or ring the practice.", status=500)


def _is_too_often(whose: str) -> bool:
    """Count a request of an address, and say whether it is one too many."""
    is_within = rate_limits.is_within(rate_limits.OF_AN_ADDRESS, whose)
    return not is_within or rate_limits.is_used_up(rate_limits.UNKNOWN, whose)


def _unknown(store: Store, whose: str) -> Response:
    rate_limits.is_within(rate_limits.UNKNOWN, whose)
    sentence = "Please open it from the message once more: it may have been cut off on its way."
    practice = patient_visit.only_practice(store)
    return message(practice, "This link does not work", sentence, status=404, is_ring_asked=True)


def _too_many(store: Store) -> Response:
    practice = patient_visit.only_practice(store)
    answer = message(practice, "Please wait a minute", "This was asked for too often.", status=429, is_ring_asked=True)
    answer.headers["Retry-After"] = "60"
    return answer


async def elsewhere(request: Request) -> Response:
    """Answer for an address below ours that is none of a link; one with a stroke at its end is meant without it."""
    rest = request.path_params.get("rest", "")
    if rest.endswith("/") and "/" not in rest[:-1]:
        return RedirectResponse(f"../{rest[:-1]}", status_code=308, headers=HEADERS)
    return await run_in_threadpool(_none, request)


def _none(request: Request) -> Response:
    store, whose = session.open_store(), address(request)
    return _too_many(store) if _is_too_often(whose) else _unknown(store, whose)


ROUTES = [
    Route("/book/{token}", _endpoint(choose), methods=["GET"]),
    Route("/book/{token}/hold", _endpoint(_changing(hold)), methods=["POST"]),
    Route("/book/{token}/confirm", _endpoint(confirming), methods=["GET"]),
    Route("/book/{token}/confirm", _endpoint(_changing(confirm, "booked")), methods=["POST"]),
    Route("/book/{token}/done", _endpoint(done), methods=["GET"]),
    Route("/book/{token}/visit.ics", _endpoint(calendar), methods=["GET"]),
    Route("/book/{token}/later", _endpoint(_changing(later, "later")), methods=["POST"]),
    Route("/book/{token}/decline", _endpoint(_changing(decline, "declined")), methods=["POST"]),
    Route("/book/{token}/call", _endpoint(_changing(call, "call")), methods=["POST"]),
    Route("/book/{token}/stop", _endpoint(_changing(stop)), methods=["POST"]),
    Route("/book/{rest:path}", elsewhere, methods=["GET"]),
    Route("/book", elsewhere, methods=["GET"]),
]

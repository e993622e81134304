"""The routes to which the sign-in forms post: they set and take the cookie that holds the session id."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

from pages.parts import session
from services import practices, sample, sign_in
from services.sign_in import SignInRefused, TooManyFailures

LOCAL = {"127.0.0.1", "::1"}


async def enter(request: Request) -> RedirectResponse:
    """Sign in with e-mail address and password."""
    form = await request.form()
    back = _page(form.get("next"))
    if not is_own(request):
        return _back(back, "foreign")
    try:
        token = await run_in_threadpool(
            sign_in.sign_in,
            session.open_store(),
            email=str(form.get("email", "")),
            password=str(form.get("password", "")),
            address=address(request),
            now=datetime.now(UTC),
        )
    except TooManyFailures:
        return _back(back, "wait")
    except SignInRefused:
        return _back(back, "refused")
    return _with_cookie(request, back, token)


async def leave(request: Request) -> RedirectResponse:
    """Sign out; every tab of this browser is signed out with it."""
    if not is_own(request):
        return _back("/", "foreign")
    token = request.cookies.get(session.COOKIE)
    if token:
        await run_in_threadpool(sign_in.sign_out, session.open_store(), token, now=datetime.now(UTC))
    answer = _back("/")
    answer.delete_cookie(session.COOKIE, path="/")
    return answer


async def demonstrate(request: Request) -> RedirectResponse:
    """Enter the sample practice as its manager, from this machine only."""
    store = session.open_store()
    is_here = request.client is not None and request.client.host in LOCAL
    has_sample = any(one.is_sample for one in practices.all_practices(store))
    if not (is_own(request) and is_here and not _is_forwarded(request) and has_sample):
        return _back("/", "demonstration")
    token = await run_in_threadpool(
        sign_in.start, store, sample.MANAGER, now=datetime.now(UTC), how="demonstration button"
    )
    return _with_cookie(request, "/", token)


ROUTES = [
    Route("/auth/sign-in", enter, methods=["POST"]),
    Route("/auth/sign-out", leave, methods=["POST"]),
    Route("/auth/demonstration", demonstrate, methods=["POST"]),
]


def _with_cookie(request: Request, back: str, token: str) -> RedirectResponse:
    answer = _back(back)
    answer.set_cookie(
        session.COOKIE, token, path="/", httponly=True, samesite="strict", secure=_scheme(request) == "https"
    )
    return answer


def _back(path: str, problem: str = "") -> RedirectResponse:
    return RedirectResponse(f"{path}?{urlencode({'problem': problem})}" if problem else path, status_code=303)


def _page(asked: object) -> str:
    """Return the path of one of our pages: never an address elsewhere."""
    path = urlsplit(str(asked or "/")).path
    return path if path.startswith("/") and not path.startswith(("//", "/\\", "/auth")) else "/"


def is_own(request: Request) -> bool:
    """Say whether a form was posted from our own page: browsers say so, older ones by the origin."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    host = request.headers.get("host", "")
    return bool(host) and urlsplit(request.headers.get("origin", "")).netloc == host


def address(request: Request) -> str:
    """Return whom a failure counts against: behind a proxy, the address that the proxy names last."""
    host = request.client.host if request.client else "unknown"
    named = request.headers.get("x-forwarded-for", "")
    return named.split(",")[-1].strip() if named and host in LOCAL else host


def _is_forwarded(request: Request) -> bool:
    return any(name in request.headers for name in ("x-forwarded-for", "forwarded", "x-real-ip"))


def _scheme(request: Request) -> str:
    """Return https behind a TLS proxy as well, which says so."""
    return request.headers.get("x-forwarded-proto", request.url.scheme).split(",")[0].strip()

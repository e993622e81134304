"""The sign-in screen and what stands before a page: signing in, going on with a session, a first password."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from urllib.parse import urlsplit

import streamlit as st

from pages.parts import session
from services import practices, sign_in
from services.errors import CareManagerError
from services.sign_in import SessionEnded, SignedIn

PROBLEMS = {
    "refused": "E-mail address and password do not go together. Try again.",
    "wait": "Too many sign-ins have failed. Wait 15 minutes, or ask the practice manager for a new one-time password.",
    "foreign": "This sign-in came from another page and was refused. Sign in here.",
    "demonstration": "The demonstration is open only on this machine, and only with the sample practice.",
}
"""What the routes may say on the way back, by the word in the address."""

FORM = """
<style>
.cm-form {{display: grid; gap: .9rem; max-width: 22rem}}
.cm-form label {{display: grid; gap: .3rem; font-size: .9rem}}
.cm-form input {{font: inherit; padding: .55rem .7rem; border: 1px solid currentColor; border-radius: .3rem;
  background: transparent; color: inherit}}
.cm-form button {{font: inherit; font-weight: 600; padding: .6rem 1rem; border: 0; border-radius: .3rem;
  background: #0f6b74; color: #fff; cursor: pointer; justify-self: start}}
.cm-form button.cm-plain {{background: transparent; color: inherit; border: 1px solid currentColor}}
.cm-form input:focus-visible, .cm-form button:focus-visible {{outline: 3px solid #2f9aa5; outline-offset: 2px}}
</style>
<form class="cm-form" method="post" action="/auth/{action}">
<input type="hidden" name="next" value="{next}">
{fields}
<button class="{look}">{words}</button>
</form>
"""

FIELDS = """
<label>E-mail address
<input name="email" type="email" autocomplete="username" required {focus}></label>
<label>Password
<input name="password" type="password" autocomplete="current-password" required></label>
"""


def gate() -> SignedIn | None:
    """Return who is signed in and may see pages; draw what they need first and return None otherwise."""
    try:
        here = session.signed_in()
    except SessionEnded as ended:
        if ended.is_resumable and not st.user.get("is_logged_in"):
            _go_on(ended)
        else:
            _sign_in(str(ended))
        return None
    except CareManagerError as refused:
        _sign_in(str(refused))
        return None
    if here is None:
        _sign_in(PROBLEMS.get(st.query_params.get("problem", ""), ""))
        return None
    if here.must_change_password:
        st.title("Choose your password")
        st.write("You signed in with a one-time password. Choose one of your own; nobody else will know it.")
        change_password(here)
        return None
    return here


def change_password(here: SignedIn) -> None:
    """Draw the form that changes one's own password."""
    with st.form("password", width=420):
        current = st.text_input("Current password", type="password", autocomplete="current-password")
        new = st.text_input(
            "New password",
            type="password",
            autocomplete="new-password",
            help="15 characters or more. Four or five words that do not belong together make a good one.",
        )
        again = st.text_input("New password again", type="password", autocomplete="new-password")
        if not st.form_submit_button("Change the password", type="primary"):
            return
    if new != again:
        st.error("The two new passwords are not the same. Nothing was changed. Type them again.")
        return
    try:
        sign_in.change_password(
            session.open_store(),
            actor=here.actor,
            current=current,
            new=new,
            keep=session.token(),
            now=datetime.now(UTC),
        )
    except CareManagerError as problem:
        st.error(str(problem))
        return
    st.session_state["said"] = "Your password was changed. Every other browser of yours is signed out."
    st.rerun()


def sign_out(*, key: str = "sign_out") -> None:
    """Draw the button that signs this browser out, in all its tabs."""
    if st.user.get("is_logged_in"):
        st.button("Sign out", key=key, icon=":material/logout:", on_click=_leave_identity)
    else:
        st.html(_form("sign-out", "Sign out", look="cm-plain"))


def is_local() -> bool:
    """Say whether the browser is on this machine."""
    return (urlsplit(st.context.url or "").hostname or "") in {"localhost", "127.0.0.1", "::1"}


def _leave_identity() -> None:
    token = session.token()
    if token:
        sign_in.sign_out(session.open_store(), token, now=datetime.now(UTC))
    st.logout()


def _sign_in(words: str) -> None:
    """Draw the ways to sign in."""
    _, middle, _ = st.columns([1, 1.4, 1])
    with middle:
        st.title("Care Manager")
        st.write("Who has treatment left to do and no appointment, and who should ring them.")
        if words:
            st.error(words)
        if _has_identity_provider():
            st.button("Sign in with your practice account", type="primary", on_click=st.login)
            return
        st.html(_form("sign-in", "Sign in", fields=FIELDS.format(focus="autofocus")))
        st.caption("No account, or the password forgotten? The practice manager gives you a one-time password.")
        if is_local() and any(one.is_sample for one in practices.all_practices(session.open_store())):
            with st.container(border=True):
                st.markdown("**Demonstration.** Look round the sample practice; none of its patients is real.")
                st.html(_form("demonstration", "Enter the sample practice", look="cm-plain"))


def _go_on(ended: SessionEnded) -> None:
    """Ask for the password again without leaving the page, so that what was typed is kept."""
    _, middle, _ = st.columns([1, 1.4, 1])
    with middle, st.form("go_on"):
        st.subheader("Are you still there?")
        st.write(str(ended))
        password = st.text_input("Password", type="password", autocomplete="current-password")
        is_sent = st.form_submit_button("Go on", type="primary")
    with middle:
        token = session.token()
        if is_sent and token:
            try:
                sign_in.resume(
                    session.open_store(),
                    token,
                    password=password,
                    address=st.context.ip_address or "this machine",
                    now=datetime.now(UTC),
                )
            except CareManagerError as problem:
                st.error(str(problem))
            else:
                st.rerun()
        st.html(_form("sign-out", "Sign in as somebody else", look="cm-plain"))


def _has_identity_provider() -> bool:
    return st.secrets.load_if_toml_exists() and "auth" in st.secrets


def _form(action: str, words: str, *, fields: str = "", look: str = "") -> str:
    path = urlsplit(st.context.url or "/").path or "/"
    return FORM.format(action=action, next=html.escape(path, quote=True), fields=fields, words=words, look=look)

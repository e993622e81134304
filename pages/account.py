"""One's own account: who one is here, the password, and the session of this browser."""

from __future__ import annotations

import os
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from pages.parts import format, session, sign_in
from services import surroundings
from services.actors import RIGHTS, Right
from services.sign_in import SignedIn


def local(moment: datetime) -> str:
    """Write a moment as it is at the practice."""
    return format.moment(moment.astimezone(ZoneInfo(surroundings.TIMEZONE)))


def show_person(me: SignedIn, here: session.Session) -> None:
    """Say who one is here, and what one may see and do."""
    rights = ", ".join(right for right in Right if me.actor.role in RIGHTS[right])
    st.subheader("Who you are here")
    for label, value in (
        ("Name", me.actor.name),
        ("E-mail address", me.email or "None"),
        ("Role", f"{me.actor.role.capitalize()}: may {rights}"),
        ("Practices", ", ".join(practice.name for practice in here.practices) or "None yet"),
    ):
        st.markdown(f"**{label}**  \n{format.plain(value)}")
    st.caption("The practice manager changes these, on the page People.")


def show_session(me: SignedIn) -> None:
    """Say how long this browser is signed in, and offer to sign it out."""
    minutes = surroundings.idle(os.environ).seconds // 60
    st.markdown(
        f"Signed in since **{local(me.since)}**, until **{local(me.ends_at)}** at the latest, "
        f"or until nothing was clicked for {format.count(minutes, 'minute')}."
    )
    sign_in.sign_out(key="sign_out_here")


here = session.current()
me = session.signed_in()
st.title("Your account")
if me is not None:
    left, right = st.columns(2, gap="large")
    with left:
        show_person(me, here)
        st.subheader("This browser")
        show_session(me)
    with right:
        st.subheader("Password")
        if st.user.get("is_logged_in"):
            st.write("You sign in with your practice account. Its password is changed there, not here.")
        elif me.email is None:
            st.write("This account has no e-mail address and no password: it is entered for demonstration only.")
        else:
            st.write("Changing it signs out every other browser of yours.")
            sign_in.change_password(me)

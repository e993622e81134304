"""The weekly digest: on which day one gets it, and how it would look today."""

from __future__ import annotations

import base64
from collections.abc import Hashable

import streamlit as st

from pages.parts import format, session
from services import digest, my_list, results
from services.actors import Right
from services.errors import CareManagerError
from services.sign_in import SessionEnded

NEVER = "Not at all"
DAY = "digest_day"
SAID, REFUSED = "digest_said", "digest_refused"


def save() -> None:
    """Keep the day that was chosen."""
    try:
        now = session.current()
        day = next((number for number, name in digest.WEEKDAYS.items() if name == st.session_state[DAY]), None)
        digest.choose(now.store, day, actor=now.actor, now=now.now)
        st.session_state[SAID] = f"You get the digest on {digest.WEEKDAYS[day]}s." if day else "You get no digest."
    except SessionEnded:
        return  # the frame asks for the password
    except CareManagerError as problem:
        st.session_state[REFUSED] = str(problem)
        del st.session_state[DAY]  # What is kept is shown, not what was wanted.


@st.cache_data(max_entries=50, show_spinner=False)
def written(_here: session.Session, mark: Hashable, weekday: int) -> digest.Digest:
    """Return the digest, written once as long as nothing happened: its pictures take a while."""
    return digest.written(_here.store, _here.practices, actor=_here.actor, today=_here.today, weekday=weekday)


def mark_of(here: session.Session) -> Hashable:
    """Return what is another one once anything in the digest may be."""
    looked = results.as_of(here.store, here.practices, actor=here.actor, today=here.today)
    mark = my_list.mark(here.store, here.practices, actor=here.actor, today=here.today)
    return str(here.store.path), tuple(one.name for one in here.practices), mark, tuple(sorted(looked.items()))


here = session.require(Right.DIGEST)
st.title("Weekly digest", anchor=False)
if not here.practices:
    st.info("There is no practice yet. Import an extract, or add the sample practice on the page Opportunities.")
    st.stop()
chosen = digest.day_of(here.store, actor=here.actor)
address = digest.address_of(here.store, actor=here.actor)
st.markdown(
    "The pipeline of your practices as an e-mail: the cards, two charts and the ten opportunities that are worth most, "
    "without a patient's name. It is written at 06:00 on the day you choose and leaves after the quiet hours."
)
options = [NEVER, *digest.WEEKDAYS.values()]
st.selectbox(
    "I want it on",
    options,
    index=options.index(digest.WEEKDAYS[chosen]) if chosen else 0,
    key=DAY,
    on_change=save,
    disabled=not (address or chosen),
    width=220,
)
if address:
    sender = f"through {here.practices[0].name}: {digest.sender_of(here.store, here.practices)}."
    st.text(f"Sent to {address} {sender}")  # As Markdown the address would be a link.
else:
    st.info("You have no e-mail address here, so no digest can be sent. Add one on the page People.")
if refused := st.session_state.pop(REFUSED, None):
    st.error(format.plain(refused))
if said := st.session_state.pop(SAID, None):
    st.success(format.plain(said))
st.subheader("As it would look today", anchor=False)
with st.spinner("Writing the digest ..."):
    letter = written(here, mark_of(here), chosen or here.today.isoweekday())
html = letter.html
for name, picture in letter.pictures.items():
    html = html.replace(f"cid:{name}", f"data:image/png;base64,{base64.b64encode(picture).decode()}")
with st.container(border=True, width=780):
    st.html(html)

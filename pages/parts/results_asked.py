"""What the page Results is asked for, and the answers kept until the practices were looked at again."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.parts import format
from pages.parts.session import Session
from services import results
from services.actors import Right

BEGINS = (
    "There is no history yet: it begins on the first day that Care Manager runs. Results show once courses were on the "
    "list and something was done about them."
)


@dataclass(frozen=True)
class Asked:
    """The period and the window chosen, and what is known until when."""

    here: Session
    days: int
    window: int
    mark: Hashable

    def of(self, name: str, **given: Any) -> Any:
        """Return what a service of results says, as it was since the practices were last looked at."""
        # The same for all who may see the practices, but for what each person did.
        actor = self.here.actor
        who = (actor.user_id, actor.may(Right.HISTORY)) if given.get("what") == "person" else None
        return _kept(self.here, name, (self.mark, who), tuple(sorted(given.items())))

    @property
    def period(self) -> str:
        """Return the period in words."""
        return f"the last {self.days} days"


def choose(here: Session) -> Asked:
    """Draw the choices, or say that nothing is known yet and stop."""
    # Asked at each run, so that whoever lost a practice is refused before anything kept is shown.
    looked = results.as_of(here.store, here.shown, actor=here.actor, today=here.today)
    if not looked:
        st.info(BEGINS)
        st.stop()
    with st.container(horizontal=True, gap="large"):
        days = _choice("Period, days up to today", results.PERIODS, results.DAYS, "results_days", None)
        window = _choice(
            "Credit a contact at most so many days before",
            results.WINDOWS,
            results.WINDOW,
            "results_window",
            "A booking is credited to the last contact about its course on that day or in so many days before it.",
        )
    without = len(here.shown) - len(looked)
    st.caption(
        f"Added up on {format.moment_of_utc(min(looked.values()))}. What was done since comes with the next look."
        + (f" Left out, without a history yet: {format.count(without, 'practice')}." if without else "")
    )
    mark = (
        str(here.store.path),
        here.today,
        tuple(one.practice_id for one in here.shown),
        tuple(sorted(looked.items())),
    )
    return Asked(here, days, window, mark)


def _choice(label: str, options: tuple[int, ...], default: int, key: str, meaning: str | None) -> int:
    chosen = st.segmented_control(
        label, options, default=default, key=key, required=True, help=meaning, persist_state="session"
    )
    return int(chosen or default)


@st.cache_data(max_entries=200, show_spinner=False)
def _kept(_here: Session, name: str, mark: Hashable, given: tuple[tuple[str, Any], ...]) -> Any:
    """Ask a service once for each look at the practices: over a large group it takes seconds."""
    service = getattr(results, name)
    return service(_here.store, _here.shown, actor=_here.actor, today=_here.today, **dict(given))

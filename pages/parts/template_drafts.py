"""The template that is open at each practice: kept in the session, so that no refusal and no sign-in loses its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import streamlit as st

from services.practices import Practice
from services.templates import Draft, Template


@dataclass(eq=False)
class Open:
    """A template that is open: as it was when it was opened, and what its fields began with.

    template: None for a new one. problem: why the last save was refused. is_tried: whether a save was asked for.
    """

    practice: Practice
    start: Draft
    template: Template | None = None
    problem: str | None = None
    is_tried: bool = False
    open_id: str = field(default_factory=lambda: uuid4().hex)

    def key(self, name: str) -> str:
        """Return the key of a field: another for each template that is opened."""
        return f"template_{name}_{self.open_id}"

    def typed(self) -> Draft:
        """Return what the fields hold."""
        held: dict[str, Any] = {
            name: st.session_state.get(self.key(name), getattr(self.start, name))
            for name in ("name", "kind", "subject", "body")
        }
        return Draft(channel=self.start.channel, **held)

    @property
    def is_changed(self) -> bool:
        """Say whether something was typed that is not saved."""
        return self.typed().tidied() != self.start.tidied()


def open_(practice: Practice, start: Draft, template: Template | None = None) -> None:
    """Open a template, or a new one, instead of the list."""
    st.session_state[_key(practice)] = Open(practice, start, template)


def opened(practice: Practice) -> Open | None:
    """Return what is open at a practice, or None."""
    found = st.session_state.get(_key(practice))
    return found if isinstance(found, Open) else None


def close(practice: Practice) -> None:
    """Go back to the list; what was typed is forgotten."""
    st.session_state.pop(_key(practice), None)


def _key(practice: Practice) -> str:
    return f"template_open_{practice.practice_id}"

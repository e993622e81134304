"""The fields of a person: name, address, role, practices, and which provider a clinician is at each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from pages.parts import format
from services.actors import RIGHTS, Right, Role
from services.people import Details, Person


@dataclass(frozen=True)
class Fields:
    """The fields of one person, or of a new one.

    `practices` are the actor's, names by their ids; `providers` are names by "practice_id/provider_id".
    """

    person: Person | None
    practices: Mapping[str, str]
    providers: Mapping[str, str]

    @property
    def kept(self) -> Details:
        """Return what is kept of the person, or where a new one begins."""
        if self.person is None:
            only = self.practices if len(self.practices) == 1 else {}
            return Details("", "", Role.RECEPTION, dict.fromkeys(only))
        one = self.person
        return Details(one.name, one.email or "", one.role, one.providers, one.is_active)

    @property
    def is_fixed(self) -> bool:
        """Say whether only the practices are the actor's to change."""
        return self.person is not None and self.person.is_elsewhere

    def key(self, name: str) -> str:
        """Return the key of a field: another after each change, so that a form left open brings nothing back."""
        return f"person_{self.person.user_id if self.person else None}_{hash(repr(self.kept))}_{name}"

    def draw(self, *, is_group_offered: bool) -> None:
        """Draw the fields."""
        left, right = st.columns(2)
        with left:
            self._text("name", "Name", self.kept.name, most=80)
        with right:
            self._text("email", "E-mail address, to sign in with", self.kept.email, most=254)
        roles = [role for role in Role if role is not Role.GROUP or is_group_offered or self.kept.role is role]
        role = st.selectbox(
            "Role",
            roles,
            roles.index(self.kept.role),
            format_func=lambda role: role.capitalize(),
            key=self.key("role"),
            persist_state="session",
            disabled=self.is_fixed,
        )
        st.caption(f"May {', '.join(right for right in Right if role in RIGHTS[right])}.")
        if len(self.practices) > 1:
            st.multiselect(
                "Practices",
                list(self.practices),
                list(self.kept.providers),
                format_func=self.practices.__getitem__,
                key=self.key("practices"),
                persist_state="session",
            )
        for practice_id in self._chosen():
            if self._has_provider(practice_id):
                self._draw_provider(practice_id)

    def typed(self) -> Details:
        """Return what the fields hold now."""
        state = st.session_state
        given = {
            practice_id: state.get(self.key(practice_id)) if self._has_provider(practice_id) else None
            for practice_id in self._chosen()
        }
        return Details(
            state[self.key("name")], state[self.key("email")], state[self.key("role")], given, self.kept.is_active
        )

    def forget(self) -> None:
        """Forget what was typed."""
        for key in [key for key in st.session_state if str(key).startswith(self.key(""))]:
            del st.session_state[key]

    def _chosen(self) -> list[str]:
        chosen: list[str] = st.session_state.get(self.key("practices"), list(self.practices))
        return chosen

    def _has_provider(self, practice_id: str) -> bool:
        """Say whether a provider is asked for: of clinicians, and of those who are one already."""
        role = st.session_state.get(self.key("role"), self.kept.role)
        return role is Role.CLINICIAN or self.kept.providers.get(practice_id) is not None

    def _text(self, name: str, label: str, value: str, *, most: int) -> None:
        st.text_input(label, value, key=self.key(name), max_chars=most, persist_state="session", disabled=self.is_fixed)

    def _draw_provider(self, practice_id: str) -> None:
        start = f"{practice_id}/"
        offered = {key.removeprefix(start): name for key, name in self.providers.items() if key.startswith(start)}
        kept = self.kept.providers.get(practice_id)
        if kept:
            offered.setdefault(kept, kept)  # as it stands, though the practice has no such provider any more
        st.selectbox(
            f"Provider at {format.plain(self.practices[practice_id])}",
            list(offered),
            list(offered).index(kept) if kept else None,
            format_func=offered.__getitem__,
            placeholder="Choose which provider this is",
            key=self.key(practice_id),
            persist_state="session",
        )

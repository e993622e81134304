"""Who is acting, what their role may do, and for which practices: one table, enforced where services are called."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar

from services.errors import CareManagerError


class Role(StrEnum):
    """What a person is at the practice."""

    RECEPTION = "reception"
    CLINICIAN = "clinician"
    MANAGER = "manager"
    GROUP = "group"
    READ_ONLY = "read-only"


class Right(StrEnum):
    """What a person may do."""

    SEE = "see the list and its patients"
    EXPORT = "export lists"
    IMPORT = "import extracts"
    SAMPLE = "add or remove the sample practice"
    SETTINGS = "change a practice's settings"
    PEOPLE = "manage people"
    HISTORY = "see the audit"


EVERYBODY = frozenset(Role)
LEADERS = frozenset({Role.MANAGER, Role.GROUP})

RIGHTS: dict[Right, frozenset[Role]] = {
    Right.SEE: EVERYBODY,
    Right.EXPORT: LEADERS,
    Right.IMPORT: LEADERS,
    Right.SAMPLE: LEADERS,
    Right.SETTINGS: LEADERS,
    Right.PEOPLE: LEADERS,
    Right.HISTORY: LEADERS,
}
"""Which roles have which right. Pages hide what is not allowed; `allowed` below refuses it."""


@dataclass(frozen=True)
class Actor:
    """The person, or the part of the program, that acts.

    practice_ids is None for one who may see every practice; provider_keys ("practice_id/provider_id") say as which
    providers a clinician treats.
    """

    user_id: str
    name: str
    role: Role
    practice_ids: frozenset[str] | None
    provider_keys: tuple[str, ...] = ()

    @classmethod
    def at_the_command_line(cls, name: str) -> Actor:
        """Return whoever can open the store's file: everything is theirs anyway."""
        return cls(f"{name} (command line)", name, Role.GROUP, None)

    def may(self, right: Right) -> bool:
        """Say whether the role has the right."""
        return self.role in RIGHTS[right]

    def sees(self, practice_id: str) -> bool:
        """Say whether the practice is one of the actor's."""
        return self.practice_ids is None or practice_id in self.practice_ids


class NotAllowed(CareManagerError):
    """The actor's role or practices do not allow it."""


Service = TypeVar("Service", bound=Callable[..., Any])


def allowed(right: Right, *, practice: str | None = None) -> Callable[[Service], Service]:
    """Refuse a service to whoever has not the right, or not the practice.

    `practice` names the argument that is a practice, its id, or several of either. The service has the keyword
    argument `actor`. Raises NotAllowed before anything is read or written.
    """

    def around(service: Service) -> Service:
        signature = inspect.signature(service)

        @wraps(service)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            given = signature.bind(*args, **kwargs).arguments
            check(given["actor"], right, given.get(practice) if practice else ())
            return service(*args, **kwargs)

        guarded.__dict__.update(right=right, practice_argument=practice)
        return guarded  # type: ignore[return-value]

    return around


def check(actor: Actor, right: Right, practices: Any = ()) -> None:
    """Raise NotAllowed unless the actor has the right and every one of the practices."""
    if not actor.may(right):
        raise NotAllowed(
            f"The role {actor.role} may not {right}. Nothing was done. Ask the practice manager if you need to."
        )
    if not all(actor.sees(practice_id) for practice_id in _ids(practices)):
        raise NotAllowed(
            "This belongs to a practice that is not one of yours. Nothing was done. "
            "Ask the practice manager for access."
        )


def _ids(practices: Any) -> Iterable[str]:
    if practices is None:
        return ()
    several = [practices] if isinstance(practices, str) or hasattr(practices, "practice_id") else practices
    return [one if isinstance(one, str) else one.practice_id for one in several]

"""Who is acting, what their role may do, and for which practices: one table, enforced where services are called."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar

import polars as pl

from queries import workflow
from queries.store import Store
from services.errors import CareManagerError

log = logging.getLogger(__name__)


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
    WORK = "work opportunities"
    EXPORT = "export lists"
    SQL = "ask questions in SQL"
    PREVIEW = "look at what an extract would change"
    IMPORT = "import extracts"
    SAMPLE = "add or remove the sample practice"
    SETTINGS = "change a practice's settings"
    SEE_PEOPLE = "see who may sign in"
    PEOPLE = "manage people"
    HISTORY = "see the audit"
    DIGEST = "get the weekly digest"


EVERYBODY = frozenset(Role)
LEADERS = frozenset({Role.MANAGER, Role.GROUP})
STAFF = EVERYBODY - {Role.READ_ONLY}

RIGHTS: dict[Right, frozenset[Role]] = {
    Right.SEE: EVERYBODY,
    Right.WORK: STAFF,
    Right.EXPORT: LEADERS,
    Right.SQL: LEADERS,
    Right.PREVIEW: LEADERS,
    Right.IMPORT: LEADERS,
    Right.SAMPLE: LEADERS,
    Right.SETTINGS: LEADERS,
    Right.SEE_PEOPLE: LEADERS,
    Right.PEOPLE: LEADERS,
    Right.HISTORY: LEADERS,
    Right.DIGEST: LEADERS,
}
"""Which roles have which right. Pages hide what is not allowed; `allowed` below refuses it."""

PATIENT = "patient"
"""Who is said to have done what a patient did by a link."""

PROVED = frozenset({Right.IMPORT, Right.PEOPLE})
"""Not for the demonstration, which anybody at the machine may enter: it makes no accounts and takes in no patients."""


@dataclass(frozen=True)
class Actor:
    """The person, or the part of the program, that acts.

    practice_ids is None for one who may see every practice; provider_keys ("practice_id/provider_id") say as which
    providers a clinician treats. Whoever must change a one-time password may do nothing else. looked_up_at dates a
    refusal where the service that refuses needs no time.
    """

    user_id: str
    name: str
    role: Role
    practice_ids: frozenset[str] | None
    provider_keys: tuple[str, ...] = ()
    must_change_password: bool = False
    is_demonstration: bool = False
    looked_up_at: datetime | None = field(default=None, compare=False)

    @classmethod
    def at_the_command_line(cls, name: str) -> Actor:
        """Return whoever can open the store's file: everything is theirs anyway."""
        return cls(f"{name} (command line)", name, Role.GROUP, None)

    @classmethod
    def patient_of(cls, practice_id: str) -> Actor:
        """Return whoever has a link that only a patient of the practice was sent; no service for people is theirs."""
        return cls(PATIENT, "The patient", Role.READ_ONLY, frozenset({practice_id}))

    def may(self, right: Right) -> bool:
        """Say whether the role has the right, and the person proved who they are by a password of their own."""
        is_barred = self.must_change_password or (self.is_demonstration and right in PROVED)
        return self.role in RIGHTS[right] and not is_barred

    def sees(self, practice_id: str) -> bool:
        """Say whether the practice is one of the actor's."""
        return self.practice_ids is None or practice_id in self.practice_ids


SYSTEM = Actor("system", "The system", Role.GROUP, None)
"""Who does what nobody pressed a button for: imports, sending, what comes back."""


class NotAllowed(CareManagerError):
    """The actor's role or practices do not allow it: the right that was asked for and the practice, where known."""

    def __init__(self, words: str, *, right: Right | None = None, practice_id: str | None = None) -> None:
        super().__init__(words)
        self.right = right
        self.practice_id = practice_id


Service = TypeVar("Service", bound=Callable[..., Any])

_is_inside: ContextVar[bool] = ContextVar("is_inside", default=False)
"""Whether a guarded service runs already: the outermost records a refusal, once no transaction is open any more."""


def allowed(right: Right, *, practice: str | None = None) -> Callable[[Service], Service]:
    """Refuse a service to whoever has not the right, or not the practice, and record the refusal.

    `practice` names the argument that is a practice, its id, or several of either. The service has the keyword
    argument `actor`. Raises NotAllowed before anything is read or written.
    """

    def around(service: Service) -> Service:
        signature = inspect.signature(service)

        @wraps(service)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            given = bound.arguments
            is_outermost = not _is_inside.get()
            inside = _is_inside.set(True)
            try:
                check(given["actor"], right, given[practice] if practice else ())
                return service(*args, **kwargs)
            except NotAllowed as refusal:
                if is_outermost:
                    _record(given, refusal, refusal.right or right)
                raise
            finally:
                _is_inside.reset(inside)

        guarded.__dict__.update(right=right, practice_argument=practice)
        return guarded  # type: ignore[return-value]

    return around


def check(actor: Actor, right: Right, practices: Any = ()) -> None:
    """Raise NotAllowed unless the actor has the right and every one of the practices; None stands for all there are."""
    if actor.must_change_password:
        raise NotAllowed("Choose a password of your own first. Nothing was done.", right=right)
    if actor.is_demonstration and right in PROVED:
        raise NotAllowed(f"The demonstration may not {right}. Nothing was done. Sign in as yourself.", right=right)
    if not actor.may(right):
        raise NotAllowed(
            f"The role {actor.role} may not {right}. Nothing was done. Ask the practice manager if you need to.",
            right=right,
        )
    if practices is None and actor.practice_ids is not None:
        raise NotAllowed("Say for which of your practices. Nothing was done.", right=right)
    for practice_id in _ids(practices):
        if not actor.sees(practice_id):
            raise NotAllowed(
                "This belongs to a practice that is not one of yours. Nothing was done. "
                "Ask the practice manager for access.",
                right=right,
                practice_id=practice_id,
            )


def _ids(practices: Any) -> Iterable[str]:
    if practices is None:
        return ()
    several = [practices] if isinstance(practices, str) or hasattr(practices, "practice_id") else practices
    return [one if isinstance(one, str) else one.practice_id for one in several]


def _record(given: dict[str, Any], refusal: NotAllowed, right: Right) -> None:
    """Keep in the history that a service of the store was refused, and to whom; the refusal stands in any case."""
    store, actor = next(iter(given.values())), given["actor"]
    now = given.get("now") or actor.looked_up_at
    if not isinstance(store, Store) or now is None:
        return
    # Of no practice: it is the actor's managers who see it, and the id may be whatever an address said.
    line = {
        "kind": "refused",
        "by_user": actor.user_id,
        "happened_at": workflow.utc(now),
        "note": str(right) if refusal.practice_id is None else f"{right}, practice {refusal.practice_id[:100]}",
    }
    try:
        with store.transaction() as tx:
            workflow.record_events(tx, pl.DataFrame([line], schema=workflow.EVENT))
    except Exception as problem:
        log.error("A refusal could not be recorded: %s.", type(problem).__name__)

"""A practice's way of doing something, kept as one row: read with its last change, and changed as it was seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from queries import settings as queries
from queries.store import Reading, Store
from services import history
from services.actors import Actor
from services.errors import InvalidRequest
from services.practices import Practice
from services.settings import Change, Current

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Kept = TypeVar("Kept", bound=DataclassInstance)
else:
    Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Way(Generic[Kept]):
    """What ways of one kind have in common.

    what: what they say in words, as in "how the practice sends". changed: the kind of the event of a change. labels and
    in_words: the settings and their values in words. of: reads a practice's. write: writes a practice's, given as
    queries.contact.write_settings is.
    """

    what: str
    changed: str
    labels: Mapping[str, str]
    in_words: Callable[[str, Any], str]
    of: Callable[[Store | Reading, str], Kept]
    write: Callable[..., None]

    def current(self, store: Store, practice: Practice) -> Current:
        """Return a practice's way, and who changed it last."""
        with store.reading() as reading:
            kept = self.of(reading, practice.practice_id)
            changes = queries.last_changes(reading, practice.practice_id, kind=self.changed).to_dicts()
        return Current(kept, Change.of_row(changes[0], practice) if changes else None)

    def change(
        self, store: Store, practice: Practice, wanted: Kept, *, seen: Kept, actor: Actor, now: datetime
    ) -> list[str]:
        """Write a practice's way, and return in words what changed.

        seen is how it was shown. Raises InvalidRequest, with nothing changed, when somebody changed it since.
        """
        with store.transaction() as tx:
            kept = self.of(tx, practice.practice_id)
            old, new = asdict(kept), asdict(wanted)
            changed = {name: value for name, value in new.items() if old[name] != value}
            if not changed or wanted == seen:
                return []
            if kept != seen:
                raise InvalidRequest(
                    f"Somebody changed {self.what} after this page was drawn. Nothing was saved. "
                    "Look at the page again, and change it once more if you still want to."
                )
            self.write(tx, practice.practice_id, new, by=actor.user_id, now=now)
            history.record(
                tx,
                self.changed,
                by=actor.user_id,
                now=now,
                practice_id=practice.practice_id,
                before={name: old[name] for name in changed},
                after=changed,
            )
        return [
            f"{self.labels[name]}: {self.in_words(name, value)} (was {self.in_words(name, old[name])})"
            for name, value in changed.items()
        ]

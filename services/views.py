"""Saved views: named filters, columns and order, one's own or shared with a practice, and what a list opens with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from queries import views as queries
from queries.store import Reading, Store, Transaction
from services import history
from services.actors import Actor, Right, allowed, check
from services.errors import InvalidRequest
from services.opportunities import UNASSIGNED
from services.practices import Practice
from services.view_choices import KEPT

LONGEST = 60
MOST_LETTERS = 20_000

SAVED = "view saved"
REMOVED = "view removed"
OPENS_WITH = "default view chosen"

ALL = "all"
"""The id of the view in which nothing is chosen, with which a list opens for whoever set nothing else."""


@dataclass(frozen=True)
class View:
    """A set of choices and its name; a shared one is used at a practice, changed_at says which version was seen."""

    view_id: str
    name: str
    choices: Mapping[str, Any]
    owner_name: str = ""
    practice_id: str | None = None
    is_mine: bool = False
    is_default: bool = False
    changed_at: datetime | None = field(default=None, compare=False)

    @property
    def is_built_in(self) -> bool:
        """Say whether everybody has it and nobody can change it."""
        return self.changed_at is None

    @property
    def is_shared(self) -> bool:
        """Say whether others at a practice use it."""
        return self.practice_id is not None

    def may_be_changed_by(self, actor: Actor) -> bool:
        """Say whether an actor may save over it, rename or remove it."""
        return not self.is_built_in and _may_change(self.is_mine, self.practice_id, actor)


def built_in(actor: Actor) -> list[View]:
    """Return the views that everybody has, the one in which nothing is chosen first."""
    views = [
        View(ALL, "All opportunities", {}),
        View("due", "Due now", {"is_due": True}),
        View("unassigned", "Unassigned", {"assignees": [UNASSIGNED]}),
        View("mine", "Assigned to me", {"assignees": [actor.user_id]}),
        View("not-contacted", "Not contacted yet", {"statuses": ["open"]}),
        View("link-opened", "Link opened, not booked", {"is_link_opened": True}),
        View("snoozed", "Snoozed", {"statuses": ["snoozed"]}),
        View("rejected", "Rejected", {"statuses": ["rejected"]}),
        View("far-ahead", "Booked too far ahead", {"reasons": ["booked_too_far_ahead"]}),
    ]
    return [view for view in views if view.view_id != "mine" or actor.may(Right.WORK)]


@allowed(Right.SEE, practice="practices")
def all_views(store: Store, practices: Sequence[Practice], *, actor: Actor) -> list[View]:
    """Return every view of an actor: the built-in ones, their own, then those shared with one of these practices."""
    with store.reading() as reading:
        rows = queries.of(reading, actor.user_id, [practice.practice_id for practice in practices])
        default = queries.default_of(reading, actor.user_id)
    saved = [
        View(
            view_id=row["view_id"],
            name=row["name"],
            choices=_read(row["choices"]),
            owner_name=row["owner_name"],
            practice_id=row["practice_id"],
            is_mine=row["user_id"] == actor.user_id,
            changed_at=row["changed_at"],
        )
        for row in rows
    ]
    views = [*built_in(actor), *sorted(saved, key=lambda view: view.is_shared)]
    return [View(**{**vars(view), "is_default": view.view_id == default}) for view in views]


@allowed(Right.SEE)
def save(
    store: Store,
    name: str,
    choices: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    is_replacing: bool = False,
    is_default: bool = False,
) -> str:
    """Keep a view for oneself and return its id; is_replacing lets one's own of the same name go.

    Raises InvalidRequest for a name that is empty, too long, or taken.
    """
    return _save(store, None, name, choices, actor, now, is_replacing=is_replacing, is_default=is_default)


@allowed(Right.WORK, practice="practice")
def save_shared(
    store: Store,
    practice: Practice,
    name: str,
    choices: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    is_replacing: bool = False,
    is_default: bool = False,
) -> str:
    """As `save`, for everybody at a practice."""
    return _save(
        store, practice.practice_id, name, choices, actor, now, is_replacing=is_replacing, is_default=is_default
    )


@allowed(Right.SEE)
def update(store: Store, view: View, choices: Mapping[str, Any], *, actor: Actor, now: datetime) -> None:
    """Let a view have other choices.

    Raises InvalidRequest when somebody changed it since it was seen.
    """
    with store.transaction() as tx:
        row = _own(tx, view.view_id, actor)
        if row["changed_at"] != view.changed_at:
            raise InvalidRequest(
                "This view was changed meanwhile. Nothing was saved. Choose it again to see it as it is now, "
                "or save what you have as a new view."
            )
        _write(tx, row, actor, now, choices=_text(choices))


@allowed(Right.SEE)
def rename(store: Store, view_id: str, name: str, *, actor: Actor, now: datetime) -> None:
    """Give a view another name.

    Raises InvalidRequest for a name that is empty, too long, or taken.
    """
    with store.transaction() as tx:
        row = _own(tx, view_id, actor)
        name = _name(name, actor)
        _require_free(tx, name, row["practice_id"], actor, but=view_id)
        _write(tx, row, actor, now, name=name)


@allowed(Right.WORK, practice="practice")
def share(store: Store, view_id: str, practice: Practice, *, actor: Actor, now: datetime) -> None:
    """Let everybody at a practice use one's own view.

    Raises InvalidRequest when the practice has one of that name, or it is somebody else's.
    """
    _move(store, view_id, practice.practice_id, actor, now)


@allowed(Right.SEE)
def unshare(store: Store, view_id: str, *, actor: Actor, now: datetime) -> None:
    """Keep one's own view for oneself again; nobody else's list opens with it any more.

    Raises InvalidRequest when one has another of that name, or it is somebody else's.
    """
    _move(store, view_id, None, actor, now)


@allowed(Right.SEE)
def remove(store: Store, view_id: str, *, actor: Actor, now: datetime) -> None:
    """Remove a view; whose list opened with it opens with nothing chosen from now on."""
    with store.transaction() as tx:
        row = _own(tx, view_id, actor)
        queries.remove(tx, view_id)
        queries.clear_defaults_of(tx, view_id)
        history.record(
            tx, REMOVED, by=actor.user_id, now=now, practice_id=row["practice_id"], note=row["name"], before=_told(row)
        )


@allowed(Right.SEE)
def make_default(store: Store, view_id: str | None, *, actor: Actor, now: datetime) -> None:
    """Let one's own list open with a view, or with nothing chosen."""
    with store.transaction() as tx:
        _make_default(tx, view_id, actor, now)


def _save(
    store: Store,
    practice_id: str | None,
    name: str,
    choices: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    *,
    is_replacing: bool,
    is_default: bool,
) -> str:
    name = _name(name, actor)
    with store.transaction() as tx:
        row = _named(tx, name, practice_id, actor)
        if row is None:
            row = {"view_id": uuid4().hex, "user_id": actor.user_id, "practice_id": practice_id}
        elif not is_replacing or not _may_change(row["user_id"] == actor.user_id, practice_id, actor):
            raise _taken(row, actor)
        _write(tx, row, actor, now, name=name, choices=_text(choices))
        view_id = str(row["view_id"])
        if is_default:
            _make_default(tx, view_id, actor, now)
    return view_id


def _write(tx: Transaction, row: Mapping[str, Any], actor: Actor, now: datetime, **changes: Any) -> None:
    """Write a view with some of it changed, and its event, unless nothing is."""
    after = {**row, **changes}
    if after == row:
        return
    queries.write(
        tx,
        after["view_id"],
        user_id=after["user_id"],
        practice_id=after["practice_id"],
        name=after["name"],
        choices=after["choices"],
        now=now,
    )
    history.record(
        tx,
        SAVED,
        by=actor.user_id,
        now=now,
        # What stops being shared is still told to the practice.
        practice_id=after["practice_id"] or row["practice_id"],
        note=after["name"] if row.get("name", after["name"]) == after["name"] else f"{row['name']} → {after['name']}",
        before=_told(row) if "name" in row else None,
        after=_told(after),
    )


def _move(store: Store, view_id: str, practice_id: str | None, actor: Actor, now: datetime) -> None:
    with store.transaction() as tx:
        row = _found(tx, view_id, actor)
        if row["user_id"] != actor.user_id:
            raise InvalidRequest(
                f"This view is {row['owner_name']}'s, who alone may share it or not. Nothing was changed."
            )
        _require_free(tx, row["name"], practice_id, actor, but=view_id)
        if row["practice_id"] != practice_id:
            queries.clear_defaults_of(tx, view_id, but=actor.user_id)
        _write(tx, row, actor, now, practice_id=practice_id)


def _make_default(tx: Transaction, view_id: str | None, actor: Actor, now: datetime) -> None:
    names = {view.view_id: view.name for view in built_in(actor)}
    before = queries.default_of(tx, actor.user_id)
    if view_id == before:
        return
    name = names.get(view_id) or _found(tx, view_id, actor)["name"] if view_id else None
    queries.write_default(tx, actor.user_id, view_id)
    history.record(
        tx, OPENS_WITH, by=actor.user_id, now=now, note=name, before={"view_id": before}, after={"view_id": view_id}
    )


def _found(source: Reading, view_id: str, actor: Actor) -> dict[str, Any]:
    """Return a view that the actor may use."""
    row = queries.find(source, view_id)
    practice_id = row["practice_id"] if row else None
    is_theirs = row and (actor.sees(practice_id) if practice_id else row["user_id"] == actor.user_id)
    if row is None or not is_theirs:
        raise InvalidRequest("This view is not there any more. Nothing was changed. Choose another view.")
    return row


def _own(source: Reading, view_id: str, actor: Actor) -> dict[str, Any]:
    """Return a view that the actor may change."""
    row = _found(source, view_id, actor)
    if row["practice_id"]:
        check(actor, Right.WORK if row["user_id"] == actor.user_id else Right.SETTINGS, row["practice_id"])
    return row


def _may_change(is_mine: bool, practice_id: str | None, actor: Actor) -> bool:
    if practice_id is None:
        return is_mine
    return actor.sees(practice_id) and actor.may(Right.WORK if is_mine else Right.SETTINGS)


def _name(name: str, actor: Actor) -> str:
    """Return a name as it is kept."""
    kept = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())
    if not kept:
        raise InvalidRequest("Give the view a name. Nothing was saved.")
    if len(kept) > LONGEST:
        raise InvalidRequest(
            f"The name has {len(kept)} letters; {LONGEST} are the most. Nothing was saved. Choose a shorter one."
        )
    if kept.casefold() in (view.name.casefold() for view in built_in(actor)):
        raise InvalidRequest(
            f"“{kept}” is the name of a view that everybody has. Nothing was saved. Choose another name."
        )
    return kept


def _named(source: Reading, name: str, practice_id: str | None, actor: Actor) -> dict[str, Any] | None:
    """Return the view of that name, whatever its case, among one's own or among those of a practice."""
    rows = queries.of(source, actor.user_id, [practice_id] if practice_id else [])
    wanted = name.casefold()
    return next(
        (row for row in rows if row["practice_id"] == practice_id and row["name"].casefold() == wanted),
        None,
    )


def _require_free(source: Reading, name: str, practice_id: str | None, actor: Actor, *, but: str) -> None:
    row = _named(source, name, practice_id, actor)
    if row and row["view_id"] != but:
        raise _taken(row, actor)


def _taken(row: Mapping[str, Any], actor: Actor) -> InvalidRequest:
    if row["user_id"] == actor.user_id:
        where = "shared with the practice " if row["practice_id"] else ""
        return InvalidRequest(
            f"You already have a view {where}called “{row['name']}”. Nothing was saved. "
            "Replace it, or choose another name."
        )
    return InvalidRequest(
        f"The practice already has a view called “{row['name']}”, {row['owner_name']}'s. Nothing was saved. "
        "Choose another name."
    )


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "view_id": row["view_id"],
        "is_shared": row["practice_id"] is not None,
        "choices": _read(row["choices"]),
    }


def _text(choices: Mapping[str, Any]) -> str:
    """Return choices as the store keeps them, without what names a patient or what is no choice."""
    text = json.dumps({name: value for name, value in choices.items() if name in KEPT}, sort_keys=True)
    if len(text) > MOST_LETTERS:
        raise InvalidRequest("These are too many filters to keep. Nothing was saved. Take some off.")
    return text


def _read(text: str) -> dict[str, Any]:
    choices = json.loads(text)
    return choices if isinstance(choices, dict) else {}

"""Saved views of the work list: mine or shared with a practice, and the one that a person's list opens with."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from queries import views as queries
from queries.store import Store
from services import history, practices
from services.actors import Actor, Right, allowed, check
from services.errors import InvalidRequest
from services.practices import Practice

LONGEST_NAME = 40
MOST = 100
"""So many views of one person at most."""


@dataclass(frozen=True)
class View:
    """A named set of the page's controls; practice_id is with whom it is shared, None where it is its owner's alone."""

    view_id: str
    name: str
    choices: Mapping[str, Any]
    owner: str
    is_mine: bool
    practice_id: str | None
    is_default: bool


@allowed(Right.SEE)
def all_of(store: Store, *, actor: Actor) -> list[View]:
    """Return the actor's views by name, then those that others share with the actor's practices."""
    own = [practice.practice_id for practice in practices.of(store, actor)]
    return [
        View(
            row["view_id"],
            row["name"],
            json.loads(row["choices"]),
            row["owner"],
            row["user_id"] == actor.user_id,
            row["practice_id"],
            row["is_default"],
        )
        for row in queries.all_of(store, actor.user_id, own)
    ]


@allowed(Right.SEE)
def save(
    store: Store,
    name: str,
    choices: Mapping[str, Any],
    *,
    shared_with: Practice | None = None,
    is_default: bool = False,
    actor: Actor,
    now: datetime,
) -> View:
    """Keep a set of controls under a name, instead of the actor's own view of that name where there is one.

    Raises InvalidRequest for a name that is empty, too long, or that of a view somebody else shares; NotAllowed for
    whom may not share.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise InvalidRequest(f"Give the view a name of at most {LONGEST_NAME} letters. Nothing was saved.")
    if shared_with is not None:
        check(actor, Right.WORK, shared_with)
    practice_id = shared_with.practice_id if shared_with else None
    kept = all_of(store, actor=actor)
    same = [view for view in kept if view.name.casefold() == name.casefold()]
    if practice_id and any(view.practice_id == practice_id and not view.is_mine for view in same):
        raise InvalidRequest(f"Somebody shares a view called {name} already. Nothing was saved. Choose another name.")
    own = next((view for view in same if view.is_mine), None)
    if own is None and sum(view.is_mine for view in kept) >= MOST:
        raise InvalidRequest(f"You have {MOST} views, which are the most. Nothing was saved. Remove one first.")
    view_id = own.view_id if own else uuid.uuid4().hex
    with store.transaction() as tx:
        queries.write(
            tx,
            view_id,
            user_id=actor.user_id,
            practice_id=practice_id,
            name=name,
            choices=json.dumps(dict(choices), default=str),
            now=now,
        )
        if is_default or (own and own.is_default):
            queries.set_default(tx, actor.user_id, view_id if is_default else None)
        history.record(tx, "view saved", by=actor.user_id, now=now, practice_id=practice_id, note=name)
    return View(view_id, name, choices, actor.name, True, practice_id, is_default)


@allowed(Right.SEE)
def remove(store: Store, view_id: str, *, actor: Actor, now: datetime) -> None:
    """Remove a view: one's own, or as who may change the practice's settings one that is shared with it.

    Raises InvalidRequest when it is not there any more.
    """
    view = next((one for one in all_of(store, actor=actor) if one.view_id == view_id), None)
    if view is None:
        raise InvalidRequest("This view is not there any more. Nothing was changed.")
    if not view.is_mine:
        check(actor, Right.SETTINGS, view.practice_id)
    with store.transaction() as tx:
        queries.remove(tx, view_id)
        history.record(tx, "view removed", by=actor.user_id, now=now, practice_id=view.practice_id, note=view.name)


@allowed(Right.SEE)
def open_with(store: Store, view_id: str | None, *, actor: Actor, now: datetime) -> None:
    """Let the actor's list open with a view, or with all opportunities again."""
    if view_id is not None and view_id not in {view.view_id for view in all_of(store, actor=actor)}:
        raise InvalidRequest("This view is not there any more. Nothing was changed.")
    with store.transaction() as tx:
        queries.set_default(tx, actor.user_id, view_id)
        history.record(tx, "default view chosen", by=actor.user_id, now=now, note=view_id)

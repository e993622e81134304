"""Notebooks of the page Explore: kept for oneself or shared with a practice; a stale save overwrites nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from queries import notebooks as queries
from queries.store import Reading, Store, Transaction
from services import history, notebook_cells
from services.actors import Actor, Right, allowed, check
from services.errors import InvalidRequest
from services.notebook_cells import Cell
from services.practices import Practice

LONGEST = 60

SAVED = "notebook saved"
REMOVED = "notebook removed"


@dataclass(frozen=True)
class Notebook:
    """A notebook as it was read: its version is the one that was seen; version 0 is not kept yet."""

    notebook_id: str
    name: str
    cells: tuple[Cell, ...]
    owner_name: str = ""
    practice_id: str | None = None
    is_mine: bool = True
    version: int = 0
    changed_at: datetime | None = None

    @property
    def is_shared(self) -> bool:
        """Say whether everybody at a practice may use it."""
        return self.practice_id is not None

    def may_be_changed_by(self, actor: Actor) -> bool:
        """Say whether an actor may save over it, rename or remove it: its owner, or who leads its practice."""
        if self.practice_id is None:
            return self.is_mine
        return actor.sees(self.practice_id) and actor.may(Right.WORK if self.is_mine else Right.SETTINGS)


@allowed(Right.SEE, practice="practices")
def all_notebooks(store: Store, practices: Sequence[Practice], *, actor: Actor) -> list[Notebook]:
    """Return an actor's own notebooks, then those that others share with one of these practices, by name."""
    rows = queries.of(store, actor.user_id, [practice.practice_id for practice in practices])
    return sorted((_of(row, actor) for row in rows), key=lambda one: not one.is_mine)


@allowed(Right.SEE)
def add(store: Store, name: str, cells: Sequence[Cell], *, actor: Actor, now: datetime) -> Notebook:
    """Keep a new notebook for oneself.

    Raises InvalidRequest for a name that is empty, too long, or taken, and for too many or too long cells.
    """
    with store.transaction() as tx:
        name = _name(name)
        _require_free(tx, name, None, actor)
        row = {"notebook_id": uuid4().hex, "user_id": actor.user_id, "practice_id": None, "version": 0}
        return _write(tx, row, actor, now, name=name, cells=notebook_cells.to_text(cells))


@allowed(Right.SEE)
def save(store: Store, notebook: Notebook, cells: Sequence[Cell], *, actor: Actor, now: datetime) -> Notebook:
    """Let a notebook have other cells.

    Raises InvalidRequest when somebody changed it since it was seen.
    """
    with store.transaction() as tx:
        row = _unchanged(tx, notebook, actor)
        return _write(tx, row, actor, now, cells=notebook_cells.to_text(cells))


@allowed(Right.SEE)
def rename(store: Store, notebook: Notebook, name: str, *, actor: Actor, now: datetime) -> Notebook:
    """Give a notebook another name.

    Raises InvalidRequest as `add` and `save`.
    """
    with store.transaction() as tx:
        row = _unchanged(tx, notebook, actor)
        name = _name(name)
        _require_free(tx, name, row["practice_id"], actor, but=row["notebook_id"])
        return _write(tx, row, actor, now, name=name)


@allowed(Right.WORK, practice="practice")
def share(store: Store, notebook: Notebook, practice: Practice, *, actor: Actor, now: datetime) -> Notebook:
    """Let everybody at a practice use one's own notebook.

    Raises InvalidRequest when the practice has one of that name, or it is somebody else's.
    """
    return _move(store, notebook, practice.practice_id, actor, now)


@allowed(Right.SEE)
def unshare(store: Store, notebook: Notebook, *, actor: Actor, now: datetime) -> Notebook:
    """Keep one's own notebook for oneself again.

    Raises InvalidRequest when one has another of that name, or it is somebody else's.
    """
    return _move(store, notebook, None, actor, now)


@allowed(Right.SEE)
def remove(store: Store, notebook: Notebook, *, actor: Actor, now: datetime) -> None:
    """Remove a notebook; raise InvalidRequest when somebody changed it since it was seen."""
    with store.transaction() as tx:
        row = _unchanged(tx, notebook, actor)
        queries.remove(tx, row["notebook_id"])
        history.record(
            tx, REMOVED, by=actor.user_id, now=now, practice_id=row["practice_id"], note=row["name"], before=_told(row)
        )


def _move(store: Store, notebook: Notebook, practice_id: str | None, actor: Actor, now: datetime) -> Notebook:
    with store.transaction() as tx:
        row = _unchanged(tx, notebook, actor)
        if row["user_id"] != actor.user_id:
            raise InvalidRequest(
                f"This notebook is {row['owner_name']}'s, who alone may share it or not. Nothing was changed."
            )
        _require_free(tx, row["name"], practice_id, actor, but=row["notebook_id"])
        return _write(tx, row, actor, now, practice_id=practice_id)


def _write(tx: Transaction, row: Mapping[str, Any], actor: Actor, now: datetime, **changes: Any) -> Notebook:
    """Write a notebook with some of it changed, and its event, unless nothing is."""
    after = {**row, **changes}
    if after != row:
        after["version"] = row["version"] + 1
        queries.write(
            tx,
            after["notebook_id"],
            user_id=after["user_id"],
            practice_id=after["practice_id"],
            name=after["name"],
            cells=after["cells"],
            version=after["version"],
            by=actor.user_id,
            now=now,
        )
        history.record(
            tx,
            SAVED,
            by=actor.user_id,
            now=now,
            # What stops being shared is still told to the practice.
            practice_id=after["practice_id"] or row["practice_id"],
            note=after["name"]
            if row.get("name", after["name"]) == after["name"]
            else f"{row['name']} → {after['name']}",
            before=_told(row) if row["version"] else None,
            after=_told(after),
        )
    kept = queries.find(tx, after["notebook_id"])
    assert kept is not None
    return _of(kept, actor)


def _unchanged(source: Reading, notebook: Notebook, actor: Actor) -> dict[str, Any]:
    """Return a notebook that the actor may change and that is as they saw it."""
    row = queries.find(source, notebook.notebook_id)
    practice_id = row["practice_id"] if row else None
    is_theirs = row and (actor.sees(practice_id) if practice_id else row["user_id"] == actor.user_id)
    if row is None or not is_theirs:
        raise InvalidRequest(
            "This notebook is not there any more. Nothing was changed. Save what you have as a new one."
        )
    if practice_id:
        check(actor, Right.WORK if row["user_id"] == actor.user_id else Right.SETTINGS, practice_id)
    if row["version"] != notebook.version:
        raise InvalidRequest(
            f"{row['changer_name']} changed this notebook after you opened it. Nothing was saved. "
            "Save what you have as a new one, or open it again to see it as it is now."
        )
    return {name: value for name, value in row.items() if name != "changer_name"}


def _name(name: str) -> str:
    """Return a name as it is kept."""
    kept = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())
    if not kept:
        raise InvalidRequest("Give the notebook a name. Nothing was saved.")
    if len(kept) > LONGEST:
        raise InvalidRequest(
            f"The name has {len(kept)} letters; {LONGEST} are the most. Nothing was saved. Choose a shorter one."
        )
    return kept


def _require_free(source: Reading, name: str, practice_id: str | None, actor: Actor, *, but: str = "") -> None:
    """Raise InvalidRequest when one's own notebooks, or those of the practice, have another of that name."""
    for row in queries.of(source, actor.user_id, [practice_id] if practice_id else []):
        is_same = row["practice_id"] == practice_id and row["name"].casefold() == name.casefold()
        if is_same and row["notebook_id"] != but:
            whose = "You already have" if practice_id is None else "The practice already has"
            raise InvalidRequest(f"{whose} a notebook called “{row['name']}”. Nothing was saved. Choose another name.")


def _of(row: Mapping[str, Any], actor: Actor) -> Notebook:
    return Notebook(
        notebook_id=row["notebook_id"],
        name=row["name"],
        cells=notebook_cells.of_text(row["cells"]),
        owner_name=row["owner_name"],
        practice_id=row["practice_id"],
        is_mine=row["user_id"] == actor.user_id,
        version=row["version"],
        changed_at=row["changed_at"],
    )


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "notebook_id": row["notebook_id"],
        "is_shared": row["practice_id"] is not None,
        "cells": [cell.title or cell.kind for cell in notebook_cells.of_text(row["cells"])],
    }

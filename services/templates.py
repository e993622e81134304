"""The texts that a practice sends: its own, and those that come with the product."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from queries import templates as queries
from queries.store import Reading, Store, Transaction
from services import history, rendering, sms_length, words
from services.actors import Actor, Right, allowed
from services.errors import InvalidRequest
from services.practices import Practice
from services.shipped_templates import SHIPPED

CHANNELS = {"email": "E-mail", "sms": "SMS"}
KINDS = {
    "service": "Service: about treatment that was agreed",
    "marketing": "Marketing: only to who has agreed to it",
}
LONGEST_NAME = 60
LONGEST_SUBJECT = 150
MOST_SEGMENTS = 6


@dataclass(frozen=True)
class Template:
    """A text with merge fields; an SMS has no subject. Version 0 is one that ships and was never changed."""

    template_id: str
    name: str
    channel: str
    kind: str
    subject: str | None
    body: str
    version: int = 0
    changed: str | None = None

    @property
    def is_shipped(self) -> bool:
        """Say whether it came with the product, changed since or not."""
        return self.template_id in _BY_ID


_BY_ID = {
    one.template_id: Template(one.template_id, one.name, one.channel, one.kind, one.subject, one.body)
    for one in SHIPPED
}


def all_of(store: Store | Reading, practice_id: str, timezone: str = "Europe/London") -> list[Template]:
    """Return a practice's templates: those that ship unless it changed or removed them, then its own by name."""
    rows = {row["template_id"]: row for row in queries.all_of(store, practice_id)}
    shipped = [_of(rows[id_], timezone) if id_ in rows else one for id_, one in _BY_ID.items()]
    own = [_of(row, timezone) for id_, row in rows.items() if id_ not in _BY_ID]
    removed = {id_ for id_, row in rows.items() if row["is_removed"]}
    return [one for one in (*shipped, *own) if one.template_id not in removed]


@allowed(Right.SETTINGS, practice="practice")
def save(
    store: Store,
    practice: Practice,
    *,
    name: str,
    channel: str,
    kind: str,
    subject: str | None,
    body: str,
    template: Template | None = None,
    actor: Actor,
    now: datetime,
) -> Template:
    """Add a template, or change one as it was when it was shown, and return it as it is kept.

    Raises InvalidRequest, with nothing changed, for what cannot be sent and for what somebody else changed meanwhile.
    """
    name, subject = " ".join(name.split()), " ".join((subject or "").split()) or None
    _check(name=name, channel=channel, kind=kind, subject=subject, body=body)
    id_ = template.template_id if template else uuid.uuid4().hex
    with store.transaction() as tx:
        kept = {one.template_id: one for one in all_of(tx, practice.practice_id)}
        if template and (id_ not in kept or kept[id_].version != template.version):
            raise InvalidRequest(
                "Somebody changed this template after it was shown. Nothing was saved. "
                "Copy your text, look at the page again, and change it once more if you still want to."
            )
        if any(_is_called(one, name, channel) for one in kept.values() if one.template_id != id_):
            raise InvalidRequest(f"There is a template called {name} already. Nothing was saved. Choose another name.")
        values = {"name": name, "channel": channel, "kind": kind, "subject": subject, "body": body}
        _write(tx, practice, id_, values, kept.get(id_), actor=actor, now=now)
    return next(one for one in all_of(store, practice.practice_id) if one.template_id == id_)


@allowed(Right.SETTINGS, practice="practice")
def remove(store: Store, practice: Practice, template: Template, *, actor: Actor, now: datetime) -> None:
    """Take a template away from a practice; messages written with it are kept. Raises InvalidRequest if it is gone."""
    with store.transaction() as tx:
        kept = {one.template_id: one for one in all_of(tx, practice.practice_id)}.get(template.template_id)
        if kept is None:
            raise InvalidRequest("This template was removed already. Nothing was changed.")
        values = _values(kept)
        queries.write(
            tx,
            practice.practice_id,
            template.template_id,
            values,
            is_removed=True,
            by=actor.user_id,
            now=now,
        )
        history.record(
            tx, "template removed", by=actor.user_id, now=now, practice_id=practice.practice_id, note=kept.name
        )


def _write(
    tx: Transaction,
    practice: Practice,
    template_id: str,
    values: Mapping[str, Any],
    before: Template | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    old = _values(before) if before else {}
    changed = {name: value for name, value in values.items() if old.get(name) != value}
    if not changed:
        return
    queries.write(tx, practice.practice_id, template_id, values, is_removed=False, by=actor.user_id, now=now)
    history.record(
        tx,
        "template changed" if before else "template added",
        by=actor.user_id,
        now=now,
        practice_id=practice.practice_id,
        note=str(values["name"]),
        before={name: old[name] for name in changed} if before else None,
        after=changed,
    )


def _check(*, name: str, channel: str, kind: str, subject: str | None, body: str) -> None:
    """Raise InvalidRequest for a template that cannot be sent."""
    if not name or len(name) > LONGEST_NAME:
        raise InvalidRequest(f"Give the template a name of at most {LONGEST_NAME} letters. Nothing was saved.")
    if channel not in CHANNELS or kind not in KINDS:
        raise InvalidRequest("Choose e-mail or SMS, and service or marketing. Nothing was saved.")
    if channel == "email" and not subject:
        raise InvalidRequest("Give the e-mail a subject. Nothing was saved.")
    if subject and len(subject) > LONGEST_SUBJECT:
        raise InvalidRequest(f"The subject has more than {LONGEST_SUBJECT} letters. Nothing was saved. Shorten it.")
    if not body.strip():
        raise InvalidRequest("Write the text of the template. Nothing was saved.")
    fields = rendering.checked(body) | rendering.checked(subject or "")
    if "booking_link" in fields:
        raise InvalidRequest(
            "This template needs a booking link, and online booking is not there yet. Nothing was saved. "
            "Take the field out."
        )
    if "opt_out_line" not in fields and (channel == "email" or kind == "marketing"):
        raise InvalidRequest(
            "Put {{ opt_out_line }} at the end: everybody must be able to say that they want no more of these. "
            "Nothing was saved."
        )
    if channel == "sms" and (segments := sms_length.measured(body).segments) > MOST_SEGMENTS:
        raise InvalidRequest(f"The text is {segments} SMS long; {MOST_SEGMENTS} are the most. Nothing was saved.")


def _is_called(template: Template, name: str, channel: str) -> bool:
    return template.channel == channel and template.name.casefold() == name.casefold()


def _values(template: Template) -> dict[str, Any]:
    return {
        "name": template.name,
        "channel": template.channel,
        "kind": template.kind,
        "subject": template.subject,
        "body": template.body,
    }


def _of(row: Mapping[str, Any], timezone: str) -> Template:
    at = row["changed_at"].replace(tzinfo=UTC).astimezone(ZoneInfo(timezone))
    return Template(
        row["template_id"],
        row["name"],
        row["channel"],
        row["kind"],
        row["subject"],
        row["body"],
        row["version"],
        f"{row['changed_by']} on {words.day(at.date())} at {at:%H:%M}",
    )

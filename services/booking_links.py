"""Booking links: a patient books the next visit of a course by one, without signing in, once and within a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from queries import booking_links as queries
from queries import workflow
from queries.store import Reading, Store, Transaction
from services import actions, booking_settings, contact_settings, practices, tokens
from services.actions import Step
from services.actors import Actor
from services.booking_settings import BookingSettings
from services.contact_settings import ContactSettings
from services.practices import Practice
from services.slots import Wanted
from services.surroundings import TodayAt

GOOD, EXPIRED, USED, REVOKED = "good", "expired", "used", "revoked"
REPLACED = "replaced"
"""Why a link is revoked when a newer one about the same opportunity is made."""

OWN_LINK = "your-own-booking-link-stands-here-when-sent"
"""Stands in a text for the token of a message's own link, and is as long as one: an SMS is paid by its length."""

DEAD = {
    EXPIRED: "its booking link has expired.",
    USED: "the patient has used its booking link.",
    REVOKED: "its booking link was replaced by a newer one, or the visit was booked or rejected meanwhile.",
}
"""What became of the link of a message."""


@dataclass(frozen=True)
class Link:
    """A link as it is now: its state is good, expired, used or revoked.

    used_for: booked, later, declined or call; revoked_why: booked, rejected or replaced. Times are UTC without a zone.
    """

    token_hash: str
    practice_id: str
    opportunity_id: str
    patient_id: str
    planned_visit_id: str
    message_id: str | None
    made_at: datetime
    expires_at: datetime
    opened_at: datetime | None
    used_at: datetime | None
    used_for: str | None
    booking_id: str | None
    revoked_why: str | None
    state: str


@dataclass(frozen=True)
class Visit:
    """A planned visit as it has to be known before a link is made for it."""

    planned_visit_id: str | None
    patient_id: str
    provider: str | None
    minutes: int | None
    is_bookable: bool
    is_online_bookable: bool


@dataclass(frozen=True)
class New:
    """A link to be made: for which visit, which message carries it, and from when it may be used."""

    practice_id: str
    opportunity_id: str
    visit: Visit | Wanted
    message_id: str | None
    valid_from: datetime


def why_none(store: Store | Reading, practice: Practice) -> str | None:
    """Return why a practice makes no links at all, as a sentence, or None."""
    return _closed(booking_settings.of(store, practice.practice_id), contact_settings.of(store, practice.practice_id))


def refusal(own: BookingSettings, sending: ContactSettings, visit: Visit | Wanted | None) -> str | None:
    """Return why no link is made for a visit, as a sentence, or None."""
    return _closed(own, sending) or not_bookable(visit)


def not_bookable(visit: Visit | Wanted | None) -> str | None:
    """Return why no patient can book a visit, as a sentence, or None."""
    if visit is None or visit.planned_visit_id is None:
        return "no planned visit of the course waits to be booked."
    if not visit.minutes:
        return "the planned visit has no length. Give it one in the PMS."
    if not visit.is_bookable:
        return "the PMS says that the planned visit is not to be booked yet."
    if not visit.is_online_bookable:
        return f"{visit.provider or 'the provider'} takes no online bookings."
    return None


def _closed(own: BookingSettings, sending: ContactSettings) -> str | None:
    if not own.is_online:
        return "online booking is off. A manager turns it on in Booking settings."
    if not sending.public_url:
        return "this server has no public address. A manager gives it in Settings, under Contact."
    return None


def url(settings: ContactSettings, token: str) -> str | None:
    """Return the address of a link, or None while the practice has no address to reach it by."""
    return f"{settings.public_url.rstrip('/')}/book/{token}" if settings.public_url else None


def make(
    tx: Transaction,
    practice: Practice,
    wanted: Wanted,
    opportunity_id: str,
    *,
    message_id: str | None,
    by: str,
    now: datetime,
) -> str:
    """Make a link that replaces older ones about the opportunity, and return its token, which is kept nowhere.

    The caller has asked `refusal`.
    """
    return make_all(tx, [New(practice.practice_id, opportunity_id, wanted, message_id, now)], by=by, now=now)[0]


def make_all(tx: Transaction, links: Sequence[New], *, by: str, now: datetime) -> list[str]:
    """Make links as `make` does and return their tokens, in the order of the links."""
    if not links:
        return []
    days = {id_: booking_settings.of(tx, id_).link_days for id_ in {link.practice_id for link in links}}
    made = [tokens.made() for _ in links]
    rows: list[dict[str, Any]] = [
        {
            "token_hash": tokens.hash_of(token),
            "practice_id": link.practice_id,
            "opportunity_id": link.opportunity_id,
            "patient_id": link.visit.patient_id,
            "planned_visit_id": link.visit.planned_visit_id,
            "message_id": link.message_id,
            "made_by": by,
            "made_at": workflow.utc(now),
            "expires_at": workflow.utc(link.valid_from) + timedelta(days=days[link.practice_id]),
        }
        for token, link in zip(made, links, strict=True)
    ]
    revoke(tx, [(link.practice_id, link.opportunity_id) for link in links], why=REPLACED, now=now)
    queries.note(tx, pl.DataFrame(rows, schema=queries.LINK))
    return made


def find(store: Store | Reading, token: str, *, now: datetime) -> Link | None:
    """Return the link of a token, or None for one that was never made."""
    row = queries.find(store, tokens.hash_of(token), now=now)
    return Link(**row) if row else None


def opened(store: Store, token: str, *, actor: Actor, now: datetime, today_at: TodayAt) -> None:
    """Note on the opportunity that the patient opened a link: the first time, and while it is good.

    actor: the patient, of the link's practice.
    """
    link = find(store, token, now=now)
    if link is None or link.state != GOOD or link.opened_at:
        return
    practice = next(one for one in practices.all_practices(store) if one.practice_id == link.practice_id)
    with store.transaction() as tx:
        if not queries.note_opened(tx, link.token_hash, now=now):
            return
        rows = workflow.current(
            tx, [link.practice_id], [link.opportunity_id], today=today_at(now, practice.timezone)
        ).to_dicts()
        steps = [(row, [Step("link opened", {"link_opened_at": workflow.utc(now)})]) for row in rows]
        if steps:
            actions.write(tx, steps, kind="link opened", actor=actor, now=now, action_id=None)


def use(tx: Transaction, token: str, *, used_for: str, now: datetime) -> bool:
    """Use a link for what its patient chose; return False, with nothing done, when it is not good any more.

    To be asked first in the transaction that does what the patient chose: what is used is not revoked by it.
    """
    return queries.note_used(tx, tokens.hash_of(token), used_for=used_for, now=now)


def note_booking(tx: Transaction, token: str, booking_id: str) -> None:
    """Keep which booking was made by a link, so that its page can show it."""
    queries.note_booking(tx, tokens.hash_of(token), booking_id)


def revoke(tx: Transaction, keys: Sequence[tuple[str, str]], *, why: str, now: datetime) -> None:
    """Revoke the unused links about opportunities, each named by its practice and its id."""
    if keys:
        queries.revoke(tx, *zip(*keys, strict=True), why=why, now=now)


def dead_of_message(tx: Transaction, message_id: str, *, now: datetime) -> str | None:
    """Return what became of the link of a message, or None while it is good, and where a message has none."""
    states = queries.states_of_message(tx, message_id, now=now)
    return next((DEAD[state] for state in states if state != GOOD), None)


def sent(at: datetime, message_id: str) -> Step:
    """Return the step that says that a message with a link was written; it is sent at that time, UTC without a zone."""
    return Step("link sent", {"link_sent_at": at, "link_opened_at": None}, facts={"message_id": message_id})


def follow(tx: Transaction, message_id: str, later_id: str) -> list[str]:
    """Let links follow their message to the one that is sent instead, and return the opportunities they are about."""
    return queries.follow_message(tx, message_id, later_id)

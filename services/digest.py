"""The weekly digest: the pipeline as an e-mail to whoever leads, on a day they choose, without a patient in it."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from queries import digest as queries
from queries import messages, people, workflow
from queries.store import Reading, Store, Transaction
from services import charts, contact_settings, history, opportunities, pipeline, practices, sign_in, words
from services.actors import RIGHTS, SYSTEM, Actor, Right, allowed
from services.errors import InvalidRequest
from services.opportunities import Filters, Order
from services.pipeline import Brief, Cards
from services.practices import Practice

log = logging.getLogger(__name__)

KIND = "digest"
NAME = "Weekly digest"
WEEKDAYS = {1: "Monday", 2: "Tuesday", 3: "Wednesday", 4: "Thursday", 5: "Friday", 6: "Saturday", 7: "Sunday"}
CHANGED = "digest day chosen"
QUEUED = "digest queued"

FROM_HOUR = 6
"""Not before this hour of the practice's day; it leaves after the quiet hours."""

BEST = 10
STATUSES = "by-status"
AGES = "by-age"

_letters = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined)


@dataclass(frozen=True)
class Digest:
    """A digest as it is sent: the HTML names its pictures, PNG, as cid:name."""

    subject: str
    text: str
    html: str
    pictures: dict[str, bytes]


@dataclass(frozen=True)
class _Picture:
    title: str
    sentence: str


@allowed(Right.DIGEST)
def day_of(store: Store, *, actor: Actor) -> int | None:
    """Return the day of the week on which the actor gets the digest, a key of WEEKDAYS, or None."""
    return queries.day_of(store, actor.user_id)


@allowed(Right.DIGEST)
def address_of(store: Store, *, actor: Actor) -> str | None:
    """Return the e-mail address that the actor's digest goes to, or None while there is none."""
    person = people.person(store, actor.user_id)
    return (person["email"] or None) if person else None


@allowed(Right.DIGEST)
def choose(store: Store, weekday: int | None, *, actor: Actor, now: datetime) -> None:
    """Let the actor get the digest on a day of the week, or none.

    Raises InvalidRequest for no such day, and for somebody without an e-mail address.
    """
    if weekday is not None and weekday not in WEEKDAYS:
        raise InvalidRequest("There is no such day of the week. Nothing was saved. Choose another.")
    if weekday is not None and address_of(store, actor=actor) is None:
        raise InvalidRequest("You have no e-mail address here. Nothing was saved. Add one on the page People.")
    with store.transaction() as tx:
        _keep(tx, actor.user_id, weekday, by=actor, now=now)


def stop(tx: Transaction, message: Mapping[str, Any], *, why: str, now: datetime) -> None:
    """Let somebody who told so of a digest get no other, inside the caller's transaction."""
    user_id, practice_id = message["queued_by"], message["practice_id"]
    _keep(tx, user_id, None, by=SYSTEM, now=now, about={"user_id": user_id}, practice_id=practice_id, note=why)


def _keep(
    tx: Transaction,
    user_id: str,
    weekday: int | None,
    *,
    by: Actor,
    now: datetime,
    about: Mapping[str, Any] | None = None,
    **facts: Any,
) -> None:
    before = queries.day_of(tx, user_id)
    if before == weekday:
        return
    queries.choose(tx, user_id, weekday, by=by.user_id, now=now)
    old, new = ({"weekday": WEEKDAYS.get(day or 0, "none")} for day in (before, weekday))
    history.record(tx, CHANGED, by=by.user_id, now=now, before=old, after={**new, **(about or {})}, **facts)


@allowed(Right.DIGEST, practice="practices")
def written(store: Store, practices: Sequence[Practice], *, actor: Actor, today: date, weekday: int) -> Digest:
    """Return the digest of these practices as it would be sent on a day.

    Raises InvalidRequest without a practice.
    """
    if not practices:
        raise InvalidRequest("There is no practice yet, so there is nothing to tell. Import an extract first.")
    brief = pipeline.brief(store, practices, actor=actor, today=today)
    pictures, told = {}, []
    for name, picture, chart in _charts(brief):
        pictures[name] = charts.png(chart)
        told.append((name, picture))
    name = practices[0].name if len(practices) == 1 else f"{len(practices)} practices"
    # A line break in the name of a practice would begin another header of the e-mail.
    subject = f"Unbooked treatment at {' '.join(name.split())}, {words.day(today)}"
    best = _best(store, practices, brief.ageing, actor=actor, today=today)
    filled: dict[str, Any] = {
        "subject": subject,
        "sentence": _sentence(brief.cards),
        "cards": _cards(brief.cards),
        "pictures": told,
        "headings": best[0],
        "best": best[1:],
        "weekday": WEEKDAYS[weekday],
    }
    html = _letters.get_template("digest.html").render(filled)
    return Digest(subject, _plain(filled), html, pictures)


def send_due(store: Store, *, now: datetime, today_at: Callable[[datetime, str], date]) -> int:
    """Queue the digests whose day has come, each once, and return how many: the worker's.

    One that cannot be written is passed over until the next look.
    """
    queued = 0
    for wanted in queries.wanted(store):
        try:
            queued += _send_due(store, wanted, now=now, today_at=today_at)
        except Exception as problem:
            log.exception("A digest could not be written: %s.", type(problem).__name__)
    return queued


def _send_due(
    store: Store, wanted: Mapping[str, Any], *, now: datetime, today_at: Callable[[datetime, str], date]
) -> bool:
    person = people.person(store, wanted["user_id"])
    if person is None or not person["email"] or not person["is_active"] or not _leads(person):
        return False
    actor = sign_in.actor_of(person, now=now)
    own = practices.of(store, actor)
    if not own:
        return False
    today = today_at(now, own[0].timezone)
    is_day = today.isoweekday() == wanted["weekday"] and now.astimezone(ZoneInfo(own[0].timezone)).hour >= FROM_HOUR
    if not is_day or wanted["last_on"] == today:
        return False
    digest = written(store, own, actor=actor, today=today, weekday=wanted["weekday"])
    return _queue(store, digest, own[0], actor, person["email"], now=now, today=today)


def why_not_now(source: Reading, message: Mapping[str, Any]) -> str | None:
    """Return why a digest must not leave after all, as a sentence: who was to have it may not any more."""
    person = people.person(source, message["queued_by"])
    if person is None or not person["is_active"]:
        return "Not sent: this person may not sign in any more."
    if not _leads(person):
        return "Not sent: this person gets no digest any more."
    if message["practice_id"] not in (person["practice_ids"] or ()):
        return "Not sent: this practice is none of theirs any more."
    return None if person["email"] == message["address"] else "Not sent: their address is another now."


def _leads(person: Mapping[str, Any]) -> bool:
    return person["role"] in RIGHTS[Right.DIGEST]


def _queue(
    store: Store, digest: Digest, practice: Practice, actor: Actor, email: str, *, now: datetime, today: date
) -> bool:
    """Queue a digest through a practice's sender, unless this day's is there already."""
    message_id, at = str(uuid.uuid4()), workflow.utc(now)
    row = {
        **dict.fromkeys(messages.MESSAGE.names()),
        "message_id": message_id,
        "practice_id": practice.practice_id,
        "channel": "email",
        "kind": KIND,
        "template": NAME,
        "address": email,
        "name": actor.name,
        "subject": digest.subject,
        "body": digest.text,
        "html": digest.html,
        "queued_by": actor.user_id,
        "queued_at": at,
        "send_at": at,
        "is_tracked": False,
        "action_id": message_id,
    }
    pictures = [{"message_id": message_id, "name": name, "picture": png} for name, png in digest.pictures.items()]
    with store.transaction() as tx:
        if not queries.note(tx, actor.user_id, today, message_id):
            return False
        messages.queue(tx, pl.DataFrame([row], schema=messages.MESSAGE), pl.DataFrame(schema=messages.ABOUT))
        messages.queue_pictures(tx, pl.DataFrame(pictures, schema=messages.PICTURE))
        to = {"user_id": actor.user_id}
        history.record(tx, QUEUED, by=SYSTEM.user_id, now=now, practice_id=practice.practice_id, after=to)
        return True


def sender_of(store: Store, practices: Sequence[Practice]) -> str:
    """Say in words what takes the digest of these practices."""
    kind = contact_settings.of(store, practices[0].practice_id).email_sender
    return contact_settings.EMAIL_SENDERS[kind]


def _charts(brief: Brief) -> list[tuple[str, _Picture, Any]]:
    """Return the two charts of a digest: what is on the list by status, and what is still to be booked by age."""
    standing, ageing = brief.standing, brief.ageing
    if standing.is_empty() or ageing.is_empty():
        return []
    colours = {words.STATUSES[status]: colour for status, colour in charts.STATUS_COLOURS.items()}
    by_status = charts.bars(
        standing, of="value_pence", by="status_text", of_title="Value", is_money=True, colours=colours
    )
    by_age = charts.bars(ageing, of="value_pence", by="band_text", of_title="Value", is_money=True)
    return [
        (STATUSES, _Picture("By status", f"Private value on the list: {_listed(standing, 'status_text')}."), by_status),
        (AGES, _Picture("By age", f"Private value to be booked, by age: {_listed(ageing, 'band_text')}."), by_age),
    ]


def _listed(rows: pl.DataFrame, by: str) -> str:
    return ", ".join(
        f"{name} {words.whole_pounds(pence)}" for name, pence in rows.select(by, "value_pence").iter_rows()
    )


def _sentence(cards: Cards) -> str:
    return (
        f"{words.count(cards.opportunities, 'course')} of {words.count(cards.patients, 'patient')} "
        f"{_are(cards.opportunities)} still to be booked. "
        f"{cards.due:,} {_are(cards.due)} due, {cards.overdue:,} of them overdue."
    )


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _cards(cards: Cards) -> list[tuple[str, str]]:
    """Return the cards; a week that has just begun says little, so the last one stands beside it."""

    def weeks(name: str, said: Callable[[int], str]) -> str:
        before, now = cards.weeks[name].tail(2)
        told = "not known" if now is None else said(now)
        return told if before is None else f"{told}, last week {said(before)}"

    return [
        ("Unbooked value", words.whole_pounds(cards.value_pence)),
        ("UDAs", words.uda(round(cards.uda, 1))),
        ("Patients", f"{cards.patients:,}"),
        ("Booked this week", weeks("booked", "{:,}".format)),
        ("Value booked", weeks("booked_value_pence", words.whole_pounds)),
        ("Contacted this week", weeks("contacted", "{:,}".format)),
    ]


def _best(
    store: Store, practices: Sequence[Practice], ageing: pl.DataFrame, *, actor: Actor, today: date
) -> list[list[str]]:
    """Return the headings and the rows of the opportunities that are worth most, their age as a band of `ageing`.

    None has a patient's name, nor the day and the pence by which one who knows the practice could find it.
    """
    found = opportunities.worklist(
        store,
        practices,
        Filters(statuses=pipeline.UNBOOKED),
        actor=actor,
        today=today,
        order=Order.by_rank("worth"),
        limit=BEST,
    )
    bands = ageing.select("band_text", "opened_from", "opened_to").rows()
    names = ["Practice"] if len(practices) > 1 else []
    headings = ["", *names, "Provider", "Payor", "Open for", "Status", "Value", "UDAs", "Worth"]
    rows = [
        [
            str(place),
            *([row["practice"]] if names else []),
            row["provider"] or "",
            row["payor"] or "",
            next(text for text, first, last in bands if (first or row["opened_on"]) <= row["opened_on"] <= last),
            words.STATUSES[row["status"]],
            words.whole_pounds(row["value_pence"]),
            words.uda(row["uda"]),
            words.whole_pounds(row["worth_pence"]),
        ]
        for place, row in enumerate(found.rows.to_dicts(), start=1)
    ]
    return [headings, *rows]


def _plain(filled: dict[str, Any]) -> str:
    """Return a digest for a program that shows no HTML."""
    lines = [filled["sentence"], "", *(f"{label}: {value}" for label, value in filled["cards"])]
    lines += ["", *(picture.sentence for _, picture in filled["pictures"]), "", "The ten worth most"]
    for place, *cells in filled["best"]:
        told = zip(filled["headings"][1:], cells, strict=True)
        lines.append(f"{place}. " + ", ".join(f"{heading} {cell}" for heading, cell in told if cell))
    lines += [] if filled["best"] else ["Nothing is on the list."]
    lines += ["", f"You chose to get this on {filled['weekday']}s. Change it on the page Weekly digest."]
    return "\n".join(lines)

"""Write to patients: who gets what and who does not, and the queue that it is written to."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from queries import contact as queries
from queries import listing, messages, workflow
from queries.store import Reading, Store, Transaction
from services import (
    actions,
    booking_links,
    booking_settings,
    contact_settings,
    letters,
    practices,
    reachable,
    templates,
    tokens,
    words,
)
from services.actions import Chosen, Outcome, Step
from services.actors import Actor, Right, allowed
from services.booking_links import New
from services.errors import InvalidRequest
from services.letters import Letter, Letterhead, Recipient
from services.practices import Practice

CHANNELS = {"email": "E-mail", "sms": "SMS"}
PREFERRED = "preferred"
"""Instead of a channel: each patient's own preference, else whichever they can be reached by, e-mail first."""

FURTHEST_DAYS = 60
"""A message may wait so long for its day."""


@dataclass(frozen=True)
class Plan:
    """What is to be sent: channel -> template id, and for one patient the text as it was edited.

    planned_visit_id: the visit meant, None for the next one of each course. send_at: not before; None is now.
    """

    channel: str
    template_ids: Mapping[str, str]
    planned_visit_id: str | None = None
    subject: str | None = None
    body: str | None = None
    send_at: datetime | None = None
    is_unlinked_visit_ignored: bool = False
    is_suppression_ignored: bool = False


@allowed(Right.WORK, practice="chosen")
def preview(
    store: Store, chosen: Sequence[Chosen], plan: Plan, *, actor: Actor, now: datetime, today: date
) -> list[Recipient]:
    """Return each message as it would go out, and who would get none and why, in the order chosen.

    Raises InvalidRequest for a plan that nobody can be written to with.
    """
    _check(chosen, plan, now)
    listing.refresh(store, sorted({one.practice_id for one in chosen}), today=today)
    with store.reading() as reading:
        return _composed(reading, chosen, plan, today=today)


@allowed(Right.WORK, practice="chosen")
def send(
    store: Store, chosen: Sequence[Chosen], plan: Plan, *, actor: Actor, now: datetime, today: date, action_id: str
) -> Outcome:
    """Queue the messages and record the contact in one transaction; the worker sends them (services/sending.py).

    Who gets none is left alone with the reason. Raises InvalidRequest as `preview`.
    """
    _check(chosen, plan, now)
    send_at = max(plan.send_at or now, now)
    with actions.on_fresh_list(store, sorted({one.practice_id for one in chosen}), today=today) as tx:
        if workflow.find_action(tx, action_id):
            return Outcome(action_id, "contacted", is_repeat=True)
        composed = _composed(tx, chosen, plan, today=today)
        going = [one for one in composed if one.why_not is None]
        if going:
            _queue(tx, going, actor=actor, now=now, send_at=send_at, action_id=action_id)
    left = [(row, one.why_not) for one in composed if one.why_not for row in one.rows]
    done = [row for one in going for row in one.rows]
    by = "1 message" if len(going) == 1 else f"{len(going):,} messages"
    is_later = plan.send_at is not None and plan.send_at > now
    said = f"to be contacted by {by} on {_moment(send_at)}" if is_later else f"contacted by {by}"
    return actions.outcome_of(action_id, said, done, left)


@allowed(Right.WORK, practice="chosen")
def visits(store: Store, chosen: Sequence[Chosen], *, actor: Actor, today: date) -> dict[str, str]:
    """Return the visits of one opportunity that wait to be booked, in words: id -> "Visit 2: 40 minutes with MC"."""
    (one,) = chosen
    listing.refresh(store, [one.practice_id], today=today)
    rows = queries.visits(store, one.practice_id, one.opportunity_id, today=today)
    return {row["planned_visit_id"]: _visit(row) for row in rows}


def contacted(row: Mapping[str, Any], channel: str, template: str | None, message_id: str, at: datetime) -> Step:
    """Return the step that says that a message was written; a message is an attempt, too."""
    status = {"status": "contacted"} if row["status"] == "open" else {}
    return Step(
        "contacted",
        {**status, "attempts": row["attempts"] + 1, "last_attempt_at": at, "last_contact_at": at},
        facts={"channel": channel, "template": template, "message_id": message_id},
    )


def _check(chosen: Sequence[Chosen], plan: Plan, now: datetime) -> None:
    if not chosen:
        raise InvalidRequest("Nobody was chosen, so nothing was sent. Tick a row first.")
    if len(chosen) > actions.MOST:
        raise InvalidRequest(f"These are more than {actions.MOST:,} rows, so nothing was sent. Do it in smaller parts.")
    if plan.channel not in (*CHANNELS, PREFERRED):
        raise InvalidRequest("Choose e-mail, SMS or what each patient prefers. Nothing was sent.")
    needed = CHANNELS if plan.channel == PREFERRED else {plan.channel: ""}
    if not set(needed) <= set(plan.template_ids):
        raise InvalidRequest("Choose a template first. Nothing was sent.")
    if plan.send_at and plan.send_at < now:
        raise InvalidRequest("This time has passed. Nothing was sent. Choose a later one, or now.")
    if plan.send_at and plan.send_at > now + timedelta(days=FURTHEST_DAYS):
        raise InvalidRequest(
            f"A message may wait {FURTHEST_DAYS} days at most. Nothing was sent. Choose an earlier day."
        )


def _composed(source: Reading, chosen: Sequence[Chosen], plan: Plan, *, today: date) -> list[Recipient]:
    names = list(dict.fromkeys((one.practice_id, one.opportunity_id) for one in chosen))
    sides = list(zip(*names, strict=True))
    states = {_key(row): row for row in workflow.current(source, *sides, today=today).to_dicts()}
    stale = _stale(source, chosen, states)
    found = queries.recipients(source, *sides, today=today, planned_visit_id=plan.planned_visit_id).to_dicts()
    about = {_key(row): row for row in found}
    bad = queries.bad_addresses(source, sorted({practice_id for practice_id, _ in names}))
    at = {practice.practice_id: _at(source, practice, plan) for practice in practices.all_practices(source)}
    by_patient: dict[tuple[str, str], list[tuple[dict[str, Any], dict[str, Any]]]] = {}
    for name in names:
        if name in about:
            patient = (name[0], about[name]["patient_id"])
            by_patient.setdefault(patient, []).append((states[name], about[name]))
    alone = [
        one
        for (practice_id, _), some in by_patient.items()
        for one in _of_patient(at[practice_id], some, plan, bad, stale, today)
    ]
    return letters.written(alone, at, None if plan.body is None else (plan.subject, plan.body))


def _stale(
    source: Reading, chosen: Sequence[Chosen], states: Mapping[tuple[str, str], Mapping[str, Any]]
) -> dict[tuple[str, str], str]:
    """Return what happened to those that changed since the person saw them."""
    seen = {(one.practice_id, one.opportunity_id): one.version for one in chosen}
    rows = [row for key, row in states.items() if seen[key] not in (None, row["version"])]
    return dict(zip(map(_key, rows), actions.what_changed(source, rows), strict=True))


def _key(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["practice_id"], row["opportunity_id"]


def _at(source: Reading, practice: Practice, plan: Plan) -> Letterhead:
    settings = contact_settings.of(source, practice.practice_id)
    own = {one.template_id: one for one in templates.all_of(source, practice.practice_id)}
    chosen = {channel: own[id_] for channel, id_ in plan.template_ids.items() if id_ in own}
    return Letterhead(practice, settings, booking_settings.of(source, practice.practice_id), chosen)


def _of_patient(
    at: Letterhead,
    some: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]],
    plan: Plan,
    bad: Mapping[tuple[str, str, str], str],
    stale: Mapping[tuple[str, str], str],
    today: date,
) -> Iterable[Letter]:
    """Return the message to one patient about what can be written about, and who is left out and why."""
    name, practice_id = some[0][0]["patient"], at.practice.practice_id
    channel = _channel(some[0][1], plan, bad)
    good = []
    for row, about in some:
        if why := stale.get(_key(row)) or _why_not_about(at, row, about, plan, today):
            yield Letter(Recipient(practice_id, (name,), channel, None, why_not=why, rows=(row,)))
        else:
            good.append((row, about))
    if not good:
        return
    good.sort(key=lambda pair: pair[1]["opened_on"])
    template = at.templates.get(channel)
    if template and letters.names_link(template):
        good.sort(key=lambda pair: letters.no_link(at, pair[1]) is not None)
    about = good[0][1]
    why_no_link = letters.no_link(at, about)
    why_not = "is of a practice that has no such template." if template is None else None
    why_not = why_not or reachable.refusal(about, channel, template.kind if template else "service", bad)
    yield Letter(
        Recipient(
            practice_id,
            (name,),
            channel,
            reachable.address_of(about, channel),
            template=template,
            why_not=why_not,
            rows=tuple(row for row, _ in good),
        ),
        about,
        booking=None if why_no_link else letters.visit_of(about),
        why_no_link=why_no_link,
    )


def _channel(about: Mapping[str, Any], plan: Plan, bad: Mapping[tuple[str, str, str], str]) -> str:
    """Return the channel of a patient: the one asked for, or the first of theirs by which they can be reached."""
    if plan.channel != PREFERRED:
        return plan.channel
    ordered = sorted(CHANNELS, key=lambda channel: channel != about["preferred"])
    return next(
        (channel for channel in ordered if reachable.refusal(about, channel, "service", bad) is None), ordered[0]
    )


def _why_not_about(
    at: Letterhead, row: Mapping[str, Any], about: Mapping[str, Any], plan: Plan, today: date
) -> str | None:
    """Return why nobody is written to about an opportunity, or None."""
    if not row["is_listed"]:
        return "has it booked, done or closed by now: it is no opportunity any more."
    if row["shown_status"] in ("rejected", "booked"):
        return f"has it {row['shown_status']} here; restore it first."
    if row["attempts"] >= at.settings.attempts_most:
        return f"was tried {row['attempts']} times, and {at.settings.attempts_most} are the most."
    if about["unlinked_visit_on"] and not plan.is_unlinked_visit_ignored:
        return f"has a visit on {words.day(about['unlinked_visit_on'])} that is not linked to a course."
    contacts = (row["last_contact_at"] and row["last_contact_at"].date(), about["patient_contacted_on"])
    last = max(filter(None, contacts), default=None)
    days = at.practice.settings.suppression_days
    if last and last > today - timedelta(days=days) and not plan.is_suppression_ignored:
        return f"was contacted on {words.day(last)}; {days} days have to pass in between."
    return None


def _visit(row: Mapping[str, Any]) -> str:
    told = f"Visit {row['position']}: {row['minutes']} minutes" if row["minutes"] else f"Visit {row['position']}"
    return f"{told} with {row['provider']}" if row["provider"] else told


def _moment(at: datetime) -> str:
    return f"{words.day(at.date())} at {at:%H:%M}"


def _queue(
    tx: Transaction, going: Sequence[Recipient], *, actor: Actor, now: datetime, send_at: datetime, action_id: str
) -> None:
    """Write the messages, what each is about, the links of each, and the contact."""
    rows, about, links, steps = [], [], [], []
    settings = {id_: contact_settings.of(tx, id_) for id_ in {one.practice_id for one in going}}
    ids = [str(uuid.uuid4()) for _ in going]
    booking = _booking_tokens(tx, dict(zip(ids, going, strict=True)), actor=actor, now=now, send_at=send_at)
    at, send_at = workflow.utc(now), workflow.utc(send_at)
    for message_id, one in zip(ids, going, strict=True):
        assert one.template is not None
        assert one.body is not None
        own, token = settings[one.practice_id], tokens.made() if one.channel == "email" else None
        url = token and letters.unsubscribe_url(own, token)
        rows.append(
            {
                "message_id": message_id,
                "practice_id": one.practice_id,
                "channel": one.channel,
                "kind": one.template.kind,
                "template_id": one.template.template_id,
                "template": one.template.name,
                "address": one.address,
                "name": " and ".join(one.patients),
                "subject": one.subject,
                "body": letters.with_own_links(one.body, own, token, booking.get(message_id)),
                "unsubscribe_url": url,
                "queued_by": actor.user_id,
                "queued_at": at,
                "send_at": send_at,
                "is_tracked": own.is_tracked,
                "action_id": action_id,
            }
        )
        if token and url:
            for patient_id in dict.fromkeys(row["patient_id"] for row in one.rows):
                links.append((tokens.hash_of(token), one.practice_id, patient_id, one.channel, at))
        for place, row in enumerate(one.rows):
            about.append((message_id, one.practice_id, row["opportunity_id"], row["patient_id"]))
            done = [contacted(row, one.channel, one.template.name, message_id, send_at)]
            steps.append((row, [*done, booking_links.sent(send_at, message_id)] if one.booking and not place else done))
    messages.queue(
        tx,
        pl.DataFrame(rows, schema=messages.MESSAGE),
        pl.DataFrame(about, schema=messages.ABOUT, orient="row"),
    )
    if links:
        queries.note_links(tx, pl.DataFrame(links, schema=queries.LINK, orient="row"))
    actions.write(tx, steps, kind="contacted", actor=actor, now=now, action_id=action_id)


def _booking_tokens(
    tx: Transaction, going: Mapping[str, Recipient], *, actor: Actor, now: datetime, send_at: datetime
) -> dict[str, str]:
    """Make the booking links that messages have, and return their tokens by the messages' ids."""
    new = {
        message_id: New(one.practice_id, one.rows[0]["opportunity_id"], one.booking, message_id, send_at)
        for message_id, one in going.items()
        if one.booking
    }
    return dict(zip(new, booking_links.make_all(tx, list(new.values()), by=actor.user_id, now=now), strict=True))

"""The texts that a practice sends: its own, and those that come with the product."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from queries import templates as queries
from queries.store import Reading, Store, Transaction
from services import booking_links, history, rendering, sms_length, surroundings, words
from services.actors import Actor, Right, allowed
from services.errors import InvalidRequest
from services.practices import Practice
from services.shipped_templates import SHIPPED

CHANNELS = {"email": "E-mail", "sms": "SMS"}
KINDS = {"service": "Service", "marketing": "Marketing"}

KIND_MEANINGS = {
    "service": "About treatment that was agreed: neutral and factual. Needs no consent, and reaches everybody who has "
    "not opted out. An offer, a price or any persuasion makes it marketing.",
    "marketing": "Offers, new services, finance, cosmetic treatment. Reaches only patients who agreed to marketing.",
}

SMS_RULE = (
    "An SMS is not private: it shows on a locked screen, and others read it. Say who you are, what to do and how to "
    "opt out. Leave out the treatment, the tooth, the diagnosis and any amount. No program checks this: you do."
)

ADDED, CHANGED, REMOVED, RESTORED = "template added", "template changed", "template removed", "template restored"
LONGEST_NAME = 60
LONGEST_SUBJECT = 150
MOST_SEGMENTS = 6

EXAMPLE_LINK = f"https://care.example/book/{booking_links.OWN_LINK}"

PATIENT = {"title": "Mrs", "first_name": "Ngozi", "last_name": "Okafor"}
"""The made-up patient of previews."""


@dataclass(frozen=True)
class Draft:
    """A template as it is typed; an SMS has no subject."""

    name: str
    channel: str
    kind: str
    subject: str | None
    body: str

    def tidied(self) -> Draft:
        """Return it as it is kept."""
        is_email = self.channel == "email"
        subject = " ".join((self.subject or "").split()) if is_email else ""
        # An SMS is paid by the character.
        body = self.body.strip() + ("\n" if is_email else "")
        return replace(self, name=" ".join(self.name.split()), subject=subject or None, body=body)


@dataclass(frozen=True)
class Template:
    """A text with merge fields; an SMS has no subject.

    Version 0 is one that came with the product and was never changed; changed says by whom it was last, and when.
    """

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
        return self.template_id in _SHIPPED

    @property
    def is_as_shipped(self) -> bool:
        """Say whether it is as it came with the product."""
        return self.is_shipped and self.draft == _SHIPPED[self.template_id].draft

    @property
    def draft(self) -> Draft:
        """Return what of it can be typed."""
        return Draft(self.name, self.channel, self.kind, self.subject, self.body)


@dataclass(frozen=True)
class Kept:
    """The templates of a practice, and those of the product's that it removed."""

    templates: tuple[Template, ...]
    removed: tuple[Template, ...]

    def find(self, template_id: str) -> Template | None:
        """Return a template of the practice, or None."""
        return next((one for one in self.templates if one.template_id == template_id), None)


_SHIPPED = {
    one.template_id: Template(one.template_id, one.name, one.channel, one.kind, one.subject, one.body)
    for one in SHIPPED
}

BEGUN = {
    "email": Draft(
        "",
        "email",
        "service",
        "",
        "Dear {{ title_and_surname }},\n\n\n\nWith kind regards,\n{{ practice_name }}\n\n{{ opt_out_line }}\n",
    ),
    "sms": Draft("", "sms", "service", None, "Dear {{ first_name }}, {{ practice_name }}: … {{ opt_out_line }}"),
}
"""What a new template of each channel begins with."""


def all_of(store: Store | Reading, practice_id: str, timezone: str = surroundings.TIMEZONE) -> list[Template]:
    """Return a practice's templates: those of the product unless it changed or removed them, then its own by name."""
    return list(_kept(store, practice_id, timezone).templates)


@allowed(Right.SEE, practice="practice")
def of(store: Store, practice: Practice, *, actor: Actor) -> Kept:
    """Return a practice's templates as `all_of`, and those that can be restored."""
    return _kept(store, practice.practice_id, practice.timezone)


@allowed(Right.SETTINGS, practice="practice")
def add(store: Store, practice: Practice, draft: Draft, *, actor: Actor, now: datetime) -> Template:
    """Add a template and return it as it is kept.

    Raises InvalidRequest, with nothing saved, for the first of `problems`.
    """
    template_id = uuid.uuid4().hex
    with store.transaction() as tx:
        draft = _fit(draft, practice, all_of(tx, practice.practice_id))
        _write(tx, ADDED, practice, template_id, draft, actor=actor, now=now)
        return _found(tx, practice, template_id)


@allowed(Right.SETTINGS, practice="practice")
def change(
    store: Store, practice: Practice, template: Template, draft: Draft, *, actor: Actor, now: datetime
) -> Template:
    """Change a template that was shown as `template`, and return it as it is kept.

    Raises InvalidRequest, with nothing saved, for the first of `problems`, and for what somebody else changed since.
    """
    with store.transaction() as tx:
        kept = _unchanged(tx, practice, template)
        others = [one for one in all_of(tx, practice.practice_id) if one.template_id != kept.template_id]
        draft = _fit(replace(draft, channel=kept.channel), practice, others)
        if draft != kept.draft.tidied():
            _write(tx, CHANGED, practice, kept.template_id, draft, was=kept, actor=actor, now=now)
        return _found(tx, practice, kept.template_id)


@allowed(Right.SETTINGS, practice="practice")
def remove(store: Store, practice: Practice, template: Template, *, actor: Actor, now: datetime) -> None:
    """Take a template away; messages written with it stay as they are.

    Raises InvalidRequest, with nothing removed, for what somebody else changed since it was shown.
    """
    with store.transaction() as tx:
        kept = _unchanged(tx, practice, template)
        _write(tx, REMOVED, practice, kept.template_id, kept.draft, was=kept, actor=actor, now=now)


@allowed(Right.SETTINGS, practice="practice")
def restore_shipped(store: Store, practice: Practice, template: Template, *, actor: Actor, now: datetime) -> Template:
    """Bring one of the product's templates back as it came, whether it was changed or removed.

    Raises InvalidRequest, with nothing changed, when another template has its name by now, when it is none of the
    product's, and for what somebody else changed since it was shown.
    """
    shipped = _SHIPPED.get(template.template_id)
    if shipped is None:
        raise InvalidRequest("This template did not come with Care Manager. Nothing was changed.")
    with store.transaction() as tx:
        kept = _kept(tx, practice.practice_id, practice.timezone)
        now_removed = next((one for one in kept.removed if one.template_id == template.template_id), None)
        was = _unchanged(tx, practice, template) if now_removed is None else None
        others = [one for one in kept.templates if one.template_id != template.template_id]
        if problem := _name_problem(shipped.draft, others):
            raise InvalidRequest(f"{problem} Nothing was changed. Rename that one first.")
        if now_removed or not template.is_as_shipped:
            _write(tx, RESTORED, practice, shipped.template_id, shipped.draft, was=was, actor=actor, now=now)
        return _found(tx, practice, shipped.template_id)


def problems(draft: Draft, practice: Practice, others: Sequence[Template]) -> dict[str, str]:
    """Return what keeps a draft from being saved: in words, by the field; others are the practice's other templates."""
    found = {
        "name": _name_problem(draft, others),
        "subject": _subject_problem(draft),
        "body": _body_problem(draft, practice),
    }
    return {field: problem for field, problem in found.items() if problem}


def example_fields(
    practice: Practice, channel: str, *, opt_out_link: str | None = None, booking_link: str | None = EXAMPLE_LINK
) -> dict[str, str | None]:
    """Return the fields of a made-up patient at a practice, as a message to them would have them."""
    return rendering.fields_of(
        PATIENT,
        practice_name=practice.name,
        practice_phone=practice.phone,
        provider_name="Ben Adeyemi",
        visit_words="your next visit",
        minutes=30,
        opt_out_line=rendering.opt_out_line(channel, link=opt_out_link, phone=practice.phone),
        booking_link=booking_link,
    )


def copy_of(template: Template, others: Sequence[Template]) -> Draft:
    """Return a draft of a template under a name that is not taken."""
    taken = {one.name.casefold() for one in others if one.channel == template.channel}
    base = template.name[: LONGEST_NAME - 10]
    names = (f"{base} (copy)", *(f"{base} (copy {number})" for number in range(2, 1_000)))
    return replace(template.draft, name=next(name for name in names if name.casefold() not in taken))


def _kept(source: Store | Reading, practice_id: str, timezone: str) -> Kept:
    rows = {row["template_id"]: row for row in queries.all_of(source, practice_id)}
    removed = {id_ for id_, row in rows.items() if row["is_removed"]}
    every = {**_SHIPPED, **{id_: _of(row, timezone) for id_, row in rows.items()}}
    return Kept(
        templates=tuple(one for id_, one in every.items() if id_ not in removed),
        removed=tuple(one for id_, one in every.items() if id_ in removed and one.is_shipped),
    )


def _found(tx: Transaction, practice: Practice, template_id: str) -> Template:
    kept = _kept(tx, practice.practice_id, practice.timezone)
    return next(one for one in kept.templates if one.template_id == template_id)


def _unchanged(tx: Transaction, practice: Practice, template: Template) -> Template:
    """Return the template as it is kept, which is as it was shown."""
    kept = _kept(tx, practice.practice_id, practice.timezone).find(template.template_id)
    if kept is None:
        raise InvalidRequest("Somebody removed this template after it was shown. Nothing was saved.")
    if kept.version != template.version:
        raise InvalidRequest(
            f"{kept.name} was changed by {kept.changed}, after it was shown. Nothing was saved. Look at it again first."
        )
    return kept


def _write(
    tx: Transaction,
    kind: str,
    practice: Practice,
    template_id: str,
    draft: Draft,
    *,
    was: Template | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep a template and its event."""
    is_removed = kind == REMOVED
    queries.write(
        tx, practice.practice_id, template_id, asdict(draft), is_removed=is_removed, by=actor.user_id, now=now
    )
    before, after = asdict(was.draft) if was else {}, {} if is_removed else asdict(draft)
    changed = [field for field in asdict(draft) if before.get(field) != after.get(field)]
    history.record(
        tx,
        kind,
        by=actor.user_id,
        now=now,
        practice_id=practice.practice_id,
        note=draft.name,
        before={field: before[field] for field in changed if field in before},
        after={field: after[field] for field in changed if field in after},
    )


def _fit(draft: Draft, practice: Practice, others: Sequence[Template]) -> Draft:
    """Return a draft as it is kept, or raise InvalidRequest for the first of its problems."""
    draft = draft.tidied()
    if draft.channel not in CHANNELS or draft.kind not in KINDS:
        raise InvalidRequest("Choose e-mail or SMS, and service or marketing. Nothing was saved.")
    for problem in problems(draft, practice, others).values():
        raise InvalidRequest(f"{problem} Nothing was saved.")
    return draft


def _name_problem(draft: Draft, others: Sequence[Template]) -> str | None:
    name = " ".join(draft.name.split())
    if not name:
        return "Give the template a name."
    if len(name) > LONGEST_NAME:
        return f"The name has more than {LONGEST_NAME} letters. Shorten it."
    if any(one.channel == draft.channel and one.name.casefold() == name.casefold() for one in others):
        return f"There is a template {name} for {CHANNELS.get(draft.channel)} already. Choose another name."
    return None


def _subject_problem(draft: Draft) -> str | None:
    if draft.channel != "email":
        return None
    if not (draft.subject or "").strip():
        return "Give the e-mail a subject."
    if len(draft.subject or "") > LONGEST_SUBJECT:
        return f"The subject has more than {LONGEST_SUBJECT} letters. Shorten it."
    if problem := _unreadable(draft.subject or ""):
        return problem
    if "booking_link" in rendering.checked(draft.subject or ""):
        return "Nobody can click on a link in a subject. Put {{ booking_link }} into the text."
    return None


def _body_problem(draft: Draft, practice: Practice) -> str | None:
    if not draft.body.strip():
        return "Write the text of the template."
    if problem := _unreadable(draft.body):
        return problem
    is_asked = draft.channel == "email" or draft.kind == "marketing"
    try:
        longest, shortest = _longest_and_shortest(draft, practice)
    except InvalidRequest as problem:
        return str(problem)
    if is_asked and not (_MARK in longest and _MARK in shortest):
        return (
            f"Put {{{{ opt_out_line }}}} where every patient gets it: the law lets everybody say that they want no "
            f"more {'e-mails' if draft.channel == 'email' else 'marketing'}, and each message has to say how."
        )
    if draft.channel == "sms":
        longest = longest.replace(_MARK, example_fields(practice, draft.channel)["opt_out_line"] or "")
        if (segments := sms_length.measured(longest.strip()).segments) > MOST_SEGMENTS:
            return f"The text is sent and paid as {segments} SMS; {MOST_SEGMENTS} are the most. Shorten it."
    return None


def _unreadable(text: str) -> str | None:
    """Return what a text may not hold."""
    try:
        rendering.checked(text)
    except InvalidRequest as problem:
        return str(problem)
    return None


_MARK = "\ue000opt out\ue000"
"""Stands for the opt-out line where a text is only looked through for it."""


def _longest_and_shortest(draft: Draft, practice: Practice) -> tuple[str, str]:
    """Return the text with every field filled, and with none but those that it cannot do without."""
    full = {name: value or "x" for name, value in example_fields(practice, draft.channel).items()}
    full["opt_out_line"] = _MARK
    least: dict[str, str | None] = {"opt_out_line": _MARK}
    while True:
        try:
            return rendering.rendered(draft.body, full), rendering.rendered(draft.body, least)
        except rendering.EmptyField as problem:
            least[problem.field] = full[problem.field]


def _of(row: Mapping[str, Any], timezone: str) -> Template:
    at = row["changed_at"].replace(tzinfo=UTC).astimezone(ZoneInfo(timezone))
    changed = f"{row['changed_by']} on {words.day(at.date())} at {at:%H:%M}"
    return Template(
        **{field: row[field] for field in Draft.__dataclass_fields__},
        template_id=row["template_id"],
        version=row["version"],
        changed=changed,
    )

"""Letters: the text of each message as its patient will get it, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services import booking_links, edited_text, rendering
from services.booking_links import Visit
from services.booking_settings import BookingSettings
from services.contact_settings import ContactSettings
from services.errors import InvalidRequest
from services.practices import Practice
from services.templates import Template

OWN_LINK = "your-own-link"
"""Stands in a text for the token by which each patient opts out, which is made when the message is queued."""

NAMES = ("first_name", "title_and_surname")
"""The fields that name everybody of a household."""

NEXT_VISIT = "your next visit"
"""A planned visit in a message: without clinical detail."""


@dataclass(frozen=True)
class Recipient:
    """One message as it would go out, or why it does not.

    patients: names, several where a household shares it. why_not is a sentence of which the patient is the subject.
    rows are those of `workflow.current` of the opportunities it is about; booking is the visit of the first of them
    where the message has a link to book it.
    """

    practice_id: str
    patients: tuple[str, ...]
    channel: str
    address: str | None
    template: Template | None = None
    subject: str | None = None
    body: str | None = None
    why_not: str | None = None
    rows: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    booking: Visit | None = None


@dataclass(frozen=True)
class Letterhead:
    """What is the same in every letter of a practice."""

    practice: Practice
    settings: ContactSettings
    booking: BookingSettings
    templates: Mapping[str, Template]


@dataclass(frozen=True)
class Letter:
    """A message before its text is written, and the patient's details that its fields are filled from.

    booking is the visit that its patient can be sent a link for, else why_no_link says why there is none.
    """

    recipient: Recipient
    about: Mapping[str, Any] | None = None
    booking: Visit | None = None
    why_no_link: str | None = None

    @property
    def has_link(self) -> bool:
        """Say whether it will have a link, which is of one patient alone."""
        template = self.recipient.template
        return self.booking is not None and template is not None and names_link(template)


def names_link(template: Template) -> bool:
    """Say whether a template has a place for a booking link."""
    return "booking_link" in rendering.checked(template.body)


def no_link(at: Letterhead, about: Mapping[str, Any]) -> str | None:
    """Return why a patient can be sent no booking link, or None; about is a row of `queries.contact.recipients`."""
    return booking_links.refusal(at.booking, at.settings, visit_of(about))


def visit_of(about: Mapping[str, Any]) -> Visit:
    """Return the visit that comes next, from a row of `queries.contact.recipients`."""
    return Visit(**{name: about[name] for name in Visit.__dataclass_fields__})


def written(
    letters: Sequence[Letter], at: Mapping[str, Letterhead], edited: tuple[str | None, str] | None
) -> list[Recipient]:
    """Write the messages: one for a household with one address where the practice wants that.

    edited: subject and text of the only message as a person edited them. Raises InvalidRequest for a text that cannot
    be sent, and for several messages.
    """
    groups: dict[Any, list[Letter]] = {}
    for place, letter in enumerate(letters):
        one = letter.recipient
        household = letter.about["household_id"] if letter.about else None
        is_good = one.why_not is None and not letter.has_link
        is_shared = household and is_good and at[one.practice_id].settings.is_household_joined
        key = (one.practice_id, household, one.channel, one.address) if is_shared else place
        groups.setdefault(key, []).append(letter)
    if edited is not None and sum(group[0].recipient.why_not is None for group in groups.values()) > 1:
        raise InvalidRequest("A text can be edited for one message alone. Nothing was sent. Use the template as it is.")
    return [_written(group, at[group[0].recipient.practice_id], edited) for group in groups.values()]


def _written(group: Sequence[Letter], at: Letterhead, edited: tuple[str | None, str] | None) -> Recipient:
    """Return a message with its text, or why it has none."""
    first = group[0]
    one = replace(
        first.recipient,
        patients=tuple(letter.recipient.patients[0] for letter in group),
        rows=tuple(row for letter in group for row in letter.recipient.rows),
    )
    if one.why_not or one.template is None:
        return one
    if edited is not None:
        opt_out, kind = _opt_out(first, at), one.template.kind
        subject, body = edited_text.checked(*edited, channel=one.channel, kind=kind, opt_out=opt_out)
    else:
        fields = [_fields(letter, at) for letter in group]
        shared = {name: " and ".join(filter(None, dict.fromkeys(some[name] for some in fields))) for name in NAMES}
        try:
            subject = one.template.subject and rendering.rendered(one.template.subject, {**fields[0], **shared})
            body = rendering.rendered(one.template.body, {**fields[0], **shared})
        except rendering.EmptyField as problem:
            if problem.field == "booking_link":
                return replace(one, why_not=f"gets no booking link, which the template needs: {first.why_no_link}")
            return replace(one, why_not=f"has no {rendering.FIELDS[problem.field].lower()}, which the template needs.")
    has_link = booking_links.OWN_LINK in body
    if has_link and first.booking is None:
        return replace(one, why_not=f"gets no booking link, which the text has: {first.why_no_link}")
    return replace(one, subject=subject, body=body, booking=first.booking if has_link else None)


def _fields(letter: Letter, at: Letterhead) -> dict[str, str | None]:
    about, practice = letter.about, at.practice
    assert about is not None
    return rendering.fields_of(
        about,
        practice_name=practice.name,
        practice_phone=practice.phone,
        provider_name=about["provider"],
        visit_words=NEXT_VISIT,
        minutes=about["minutes"],
        opt_out_line=_opt_out(letter, at),
        booking_link=booking_links.url(at.settings, booking_links.OWN_LINK) if letter.booking else None,
    )


def _opt_out(letter: Letter, at: Letterhead) -> str:
    link = unsubscribe_url(at.settings, OWN_LINK)
    return rendering.opt_out_line(letter.recipient.channel, link=link, phone=at.practice.phone)


def with_own_links(body: str, settings: ContactSettings, unsubscribe: str | None, booking: str | None) -> str:
    """Return a text with a message's own links in the places of those that stood for them; tokens, or None for none."""
    for stands, token, url in (
        (OWN_LINK, unsubscribe, unsubscribe_url),
        (booking_links.OWN_LINK, booking, booking_links.url),
    ):
        place, own = url(settings, stands), token and url(settings, token)
        if place and own:
            body = body.replace(place, own)
    return body


def unsubscribe_url(settings: ContactSettings, token: str) -> str | None:
    """Return the address at which a patient opts out, or None while the practice has no address to reach it by."""
    return f"{settings.public_url.rstrip('/')}/unsubscribe/{token}" if settings.public_url else None

"""The text of a single message as a person edited it: what it has to be before it may be sent."""

from __future__ import annotations

from services import rendering, sms_length, templates
from services.errors import InvalidRequest


def checked(subject: str | None, body: str, *, channel: str, kind: str, opt_out: str) -> tuple[str | None, str]:
    """Return subject and text as they are sent; an SMS has no subject.

    opt_out: the line that an e-mail, and marketing, must have. Raises InvalidRequest, with nothing sent, for a text
    that is empty, too long, or without that line.
    """
    subject, body = " ".join((subject or "").split()), body.strip()
    if not body:
        raise InvalidRequest("Write the text first. Nothing was sent.")
    if len(body) > rendering.LONGEST_TEXT:
        raise InvalidRequest(
            f"The text has more than {rendering.LONGEST_TEXT:,} characters. Nothing was sent. Shorten it."
        )
    if (channel == "email" or kind == "marketing") and opt_out not in body:
        raise InvalidRequest(f"Put this line back, which the law asks for; nothing was sent without it: {opt_out}")
    if channel == "sms":
        segments = sms_length.measured(body).segments
        if segments > templates.MOST_SEGMENTS:
            raise InvalidRequest(
                f"The text is sent and paid as {segments} SMS; {templates.MOST_SEGMENTS} are the most. "
                "Nothing was sent. Shorten it."
            )
        return None, body
    if not subject:
        raise InvalidRequest("Give the e-mail a subject. Nothing was sent.")
    if len(subject) > templates.LONGEST_SUBJECT:
        raise InvalidRequest(
            f"The subject has more than {templates.LONGEST_SUBJECT} letters. Nothing was sent. Shorten it."
        )
    return subject, body

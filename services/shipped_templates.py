"""The templates that come with the product: service messages, neutral, without clinical detail."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shipped:
    """A template as it ships; an SMS has no subject."""

    template_id: str
    name: str
    channel: str
    subject: str | None
    body: str
    kind: str = "service"


SHIPPED = (
    Shipped(
        "shipped-email-visit",
        "Book your next visit",
        "email",
        "Your next visit to {{ practice_name }}",
        """Dear {{ title_and_surname }},

When you were last here{% if provider %}, {{ provider }} and you{% else %} we{% endif %} agreed on a further visit, \
and it has not been booked yet.{% if visit_length %} It takes about {{ visit_length }}.{% endif %}

Please{% if practice_phone %} ring us on {{ practice_phone }}, or{% endif %} reply to this e-mail with the days and \
times that suit you, and we will find a time.

With kind regards,
{{ practice_name }}

{{ opt_out_line }}
""",
    ),
    Shipped(
        "shipped-email-reminder",
        "A friendly reminder",
        "email",
        "A visit is still open at {{ practice_name }}",
        """Dear {{ first_name }},

This is a friendly reminder that a visit you agreed on with us is not booked yet. If something speaks against it, such \
as the time, the cost or a question that has come up, do tell us: we are glad to talk it over.

{% if practice_phone %}You reach us on {{ practice_phone }}, or by replying{% else %}You reach us by replying\
{% endif %} to this e-mail. If you have booked already, or would rather not, tell us and we will not write about it \
again.

With kind regards,
{{ practice_name }}

{{ opt_out_line }}
""",
    ),
    Shipped(
        "shipped-email-after-call",
        "We tried to reach you",
        "email",
        "{{ practice_name }} tried to reach you",
        """Dear {{ first_name }},

We tried to ring you about {{ planned_visit }}{% if provider %} with {{ provider }}{% endif %} and could not get \
through. It is nothing urgent.

Would you ring us{% if practice_phone %} on {{ practice_phone }}{% endif %} when it suits you, or reply to this e-mail \
with a good time to ring you?

With kind regards,
{{ practice_name }}

{{ opt_out_line }}
""",
    ),
    Shipped(
        "shipped-sms-visit",
        "Book your next visit",
        "sms",
        None,
        "Dear {{ first_name }}, {{ planned_visit }} to {{ practice_name }} is not booked yet. "
        "{% if practice_phone %}Please ring us on {{ practice_phone }}.{% else %}Please ring us.{% endif %} "
        "{{ opt_out_line }}",
    ),
    Shipped(
        "shipped-sms-reminder",
        "A friendly reminder",
        "sms",
        None,
        "{{ first_name }}, a friendly reminder from {{ practice_name }}: a visit you agreed on is still open. "
        "{% if practice_phone %}Book it on {{ practice_phone }}.{% else %}Ring us to book it.{% endif %} "
        "{{ opt_out_line }}",
    ),
    Shipped(
        "shipped-sms-after-call",
        "We tried to reach you",
        "sms",
        None,
        "{{ first_name }}, {{ practice_name }} tried to ring you, nothing urgent. "
        "{% if practice_phone %}Please ring us on {{ practice_phone }}.{% else %}Please ring us back.{% endif %} "
        "{{ opt_out_line }}",
    ),
)
"""Three of each channel, in the order in which they are offered."""

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

{% if provider %}You and {{ provider }} agreed on a further visit, and it{% else %}A further visit that you agreed on \
with us{% endif %} has not been booked yet.{% if visit_length %} It takes about {{ visit_length }}.{% endif %}

Please {% if practice_phone %}ring us on {{ practice_phone }}, or {% endif %}reply to this e-mail with the days and \
times that suit you best, and we will be happy to find a time for you.

With kind regards,
{{ practice_name }}

{{ opt_out_line }}
""",
    ),
    Shipped(
        "shipped-email-reminder",
        "A friendly reminder",
        "email",
        "A friendly reminder from {{ practice_name }}",
        """Dear {{ first_name }},

This is a friendly reminder that a visit you agreed on with us has not been booked yet. If anything is holding you \
back, such as finding the time, the cost or a question, please do tell us: we are always happy to talk it over.

You can reach us {% if practice_phone %}on {{ practice_phone }}, or {% endif %}by replying to this e-mail. If you have \
booked already, or have decided against it, just let us know.

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

We tried to ring you about {{ planned_visit }}{% if provider %} with {{ provider }}{% endif %}, and could not reach you.

When it suits you, please ring us{% if practice_phone %} on {{ practice_phone }}{% endif %}, or reply to this e-mail \
with a good time to ring you. We look forward to hearing from you.

With kind regards,
{{ practice_name }}

{{ opt_out_line }}
""",
    ),
    Shipped(
        "shipped-email-book",
        "Choose a time online",
        "email",
        "Choose a time for your next visit to {{ practice_name }}",
        """Dear {{ title_and_surname }},

{% if provider %}You and {{ provider }} agreed on a further visit, and it{% else %}A further visit that you agreed on \
with us{% endif %} has not been booked yet.{% if visit_length %} It takes about {{ visit_length }}.{% endif %}

Please choose the time that suits you best: {{ booking_link }}

The link is yours alone and can be used once. {% if practice_phone %}If you would rather talk to us, please ring us \
on {{ practice_phone }}.{% else %}If you would rather talk to us, please reply to this e-mail.{% endif %}

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
        "Dear {{ first_name }}, {{ planned_visit }} to {{ practice_name }} has not been booked yet. Please ring us"
        "{% if practice_phone %} on {{ practice_phone }}{% endif %}. {{ opt_out_line }}",
    ),
    Shipped(
        "shipped-sms-reminder",
        "A friendly reminder",
        "sms",
        None,
        "{{ first_name }}, a friendly reminder from {{ practice_name }}: a visit you agreed on is not booked yet. "
        "Please ring us{% if practice_phone %} on {{ practice_phone }}{% endif %}. {{ opt_out_line }}",
    ),
    Shipped(
        "shipped-sms-after-call",
        "We tried to reach you",
        "sms",
        None,
        "{{ first_name }}, {{ practice_name }} tried to ring you. Please ring us back when it suits you"
        "{% if practice_phone %}, on {{ practice_phone }}{% endif %}. {{ opt_out_line }}",
    ),
    Shipped(
        "shipped-sms-book",
        "Choose a time online",
        "sms",
        None,
        "{{ first_name }}, choose a time for your visit to {{ practice_name }}: {{ booking_link }} {{ opt_out_line }}",
    ),
)
"""Four of each channel, in the order in which they are offered."""

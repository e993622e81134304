"""How a visit is told to its patient: by day and time and who, and never why."""

from __future__ import annotations

from datetime import date, datetime

from services.practices import Practice

CHANNELS = {"email": "e-mail", "sms": "SMS"}
"""How a message of a channel is called in a sentence."""

MESSAGES = {"email": "e-mails", "sms": "SMS"}
"""How several are."""


def day(value: date) -> str:
    """Write a day as Monday 30 November 2026."""
    return f"{weekday(value)} {value.year}"


def weekday(value: date) -> str:
    """Write a day as Monday 30 November."""
    return f"{value:%A} {value.day} {value:%B}"


def time(value: datetime) -> str:
    """Write a time of the practice's clock as 9:30am, and what is neither morning nor afternoon as 12 noon."""
    if (value.hour, value.minute) == (12, 0):
        return "12 noon"
    return f"{value.hour % 12 or 12}:{value:%M}{'am' if value.hour < 12 else 'pm'}"


def moment(value: datetime) -> str:
    """Write a time of the practice's clock as Monday 30 November 2026 at 9:30am."""
    return f"{day(value)} at {time(value)}"


def confirmation(
    practice: Practice,
    channel: str,
    *,
    first_name: str,
    provider: str,
    starts_at: datetime,
    minutes: int,
    calendar_url: str | None,
) -> tuple[str | None, str]:
    """Return the subject, which an SMS has not, and the text of the message that says that a visit is booked."""
    ring = f"ring us on {practice.phone}" if practice.phone else "ring us"
    if channel == "sms":
        who = f"{first_name}, your visit" if first_name else "Your visit"
        told = f"{who} to {practice.name} with {provider} is booked for {moment(starts_at)}."
        return None, f"{told} To change or cancel it, please {ring}."
    calendar = f"\n\nAdd it to your calendar: {calendar_url}" if calendar_url else ""
    return (
        f"Your visit to {practice.name} is booked",
        f"""{f"Dear {first_name}," if first_name else "Hello,"}

Your visit to {practice.name} is booked:

{moment(starts_at)}
with {provider}, about {minutes} minutes

To change or cancel it, please {ring}.{calendar}

With kind regards,
{practice.name}
""",
    )

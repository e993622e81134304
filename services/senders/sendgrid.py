"""SendGrid: e-mail by its official library, one request for each message."""

from __future__ import annotations

import base64
import http.client
import logging
from collections.abc import Mapping
from typing import Any
from urllib.error import URLError

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient
from sendgrid.helpers.mail import (
    Attachment,
    Category,
    ClickTracking,
    ContentId,
    CustomArg,
    Disposition,
    FileContent,
    FileName,
    FileType,
    From,
    Header,
    HtmlContent,
    Mail,
    MailSettings,
    OpenTracking,
    PlainTextContent,
    ReplyTo,
    SandBoxMode,
    Subject,
    To,
    TrackingSettings,
)

from services.senders.base import (
    TIMEOUT_SECONDS,
    Accepted,
    DeliveryFailed,
    Message,
    unanswered,
    unclear,
    unreachable,
    wait,
)
from services.senders.keys import base_url, choice, is_on, number
from services.senders.outbox import unsubscribe_headers

# At its lowest level the library logs our key and the whole message.
logging.getLogger("python_http_client").setLevel(logging.INFO)

NAME = "SendGrid"
TAKEN = 202

WHY = {
    400: "SendGrid refused the message: the address or the text is not as it must be.",
    401: "SendGrid does not know our key: ask whoever looks after Care Manager.",
    403: "SendGrid does not let us send from this address: the sender has to be verified there.",
    404: "SendGrid does not know what we asked for: check its address in the settings.",
    413: "The message is too large for SendGrid.",
}
"""Refusals in our words, by the status of the answer; trying again would not help."""


class SendGrid:
    """Sends e-mail through SendGrid."""

    def __init__(self, client: SendGridAPIClient, *, is_sandbox: bool) -> None:
        self._client = client
        self._is_sandbox = is_sandbox

    def send(self, message: Message) -> Accepted:
        """Hand an e-mail over."""
        if not message.from_address:
            raise DeliveryFailed("The practice has given no e-mail address to send from.", permanent=True)
        try:
            answer = self._client.send(_mail(message, is_sandbox=self._is_sandbox))
        except HTTPError as problem:
            raise _refused(problem) from None
        except URLError:
            # Raised only until the whole request has left: without its end nobody takes it.
            raise unreachable(NAME) from None
        except (OSError, http.client.HTTPException):
            raise unanswered(NAME) from None
        # The library follows a redirection, and then reads some page in place of an answer.
        if answer.status_code != TAKEN and not self._is_sandbox:
            raise unclear(NAME)
        return Accepted(answer.headers.get("X-Message-Id"))


def from_keys(keys: Mapping[str, str]) -> SendGrid:
    """Return the sender of these keys: SENDGRID_API_KEY, and where set SENDGRID_RESIDENCY, _SANDBOX, _BASE_URL."""
    base, residency = base_url(keys, "SENDGRID_BASE_URL"), choice(keys, "SENDGRID_RESIDENCY", "global", "eu")
    client = SendGridAPIClient(keys["SENDGRID_API_KEY"], **({"host": base} if base else {}))
    if not base:
        client.set_sendgrid_data_residency(residency)
    # After the residency, which makes another client: without this it would wait for ever.
    client.client.timeout = number(keys, "SENDGRID_TIMEOUT", TIMEOUT_SECONDS)
    return SendGrid(client, is_sandbox=is_on(keys, "SENDGRID_SANDBOX"))


def _mail(message: Message, *, is_sandbox: bool) -> dict[str, Any]:
    mail = Mail(
        from_email=From(message.from_address, message.from_name),
        to_emails=To(message.to, message.to_name),
        subject=Subject(message.subject or ""),
        plain_text_content=PlainTextContent(message.text),
        html_content=HtmlContent(message.html) if message.html else None,
    )
    # What the event webhook answers with: our id, nothing of the patient.
    mail.add_custom_arg(CustomArg("message_id", message.message_id))
    for name, picture in message.pictures.items():
        content = FileContent(base64.b64encode(picture).decode())
        about = FileName(f"{name}.png"), FileType("image/png"), Disposition("inline"), ContentId(name)
        mail.add_attachment(Attachment(content, *about))
    if message.category:
        mail.add_category(Category(message.category[:255]))
    if message.reply_to:
        mail.reply_to = ReplyTo(message.reply_to)
    for name, value in unsubscribe_headers(message).items():
        mail.add_header(Header(name, value))
    tracking = TrackingSettings()
    tracking.click_tracking = ClickTracking(message.is_tracked, message.is_tracked)
    tracking.open_tracking = OpenTracking(message.is_tracked)
    mail.tracking_settings = tracking
    if is_sandbox:
        mail.mail_settings = MailSettings(sandbox_mode=SandBoxMode(True))
    body: dict[str, Any] = mail.get()
    return body


def _refused(problem: HTTPError) -> DeliveryFailed:
    """Return what an answer that is no success means."""
    if problem.status_code in (408, 429) or problem.status_code >= 500:
        words = "SendGrid is asked too much just now." if problem.status_code == 429 else "SendGrid has a fault."
        return DeliveryFailed(words, permanent=False, retry_after=wait(problem.headers))
    return DeliveryFailed(WHY.get(problem.status_code, "SendGrid refused the message."), permanent=True)

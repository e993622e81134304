"""A mail server: a real one on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from services import senders
from services.errors import InvalidRequest
from services.senders import outbox
from services.senders.base import DeliveryFailed, DeliveryUnknown, Message
from tests.endpoint import free_port
from tests.services.senders.test_sendgrid import MESSAGE


class Box:
    """Keeps the mail that arrives; answers to the recipient and to the data as it is told."""

    def __init__(self) -> None:
        self.mail: list[bytes] = []
        self.to_recipient = self.to_data = "250 OK"
        self.is_broken = False

    async def handle_RCPT(  # noqa: N802 - the library calls it so
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - as above
        self.mail.append(envelope.content)
        if self.is_broken:
            server.transport.abort()
        return self.to_data


@contextmanager
def server(box: Box) -> Iterator[senders.Sender]:
    """Run a mail server, and give the sender that goes to it."""
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        keys = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port), "SMTP_SECURITY": "none"}
        yield senders.from_settings("smtp", keys)
    finally:
        controller.stop()


def parsed(mail: bytes) -> EmailMessage:
    message = message_from_bytes(mail, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_the_mail_that_arrives_is_the_message(capsys):
    box = Box()
    with server(box) as sender:
        sender.send(MESSAGE)
    (mail,) = box.mail
    message = parsed(mail)
    assert message["To"] == "Ngozi Okafor <ngozi.okafor@example.com>"
    assert message["Subject"] == "Your next visit"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    ("recipient", "data", "is_permanent"),
    [
        ("550 no such user", "250 OK", True),
        ("450 busy", "250 OK", False),
        ("250 OK", "554 refused", True),
        ("250 OK", "451 later", False),
    ],
)
def test_a_refusal_is_for_now_or_for_good(recipient, data, is_permanent):
    box = Box()
    box.to_recipient, box.to_data = recipient, data
    with server(box) as sender, pytest.raises(DeliveryFailed) as failed:
        sender.send(MESSAGE)
    assert failed.value.permanent is is_permanent
    assert "okafor" not in str(failed.value)


def test_what_broke_off_after_the_data_is_unknown():
    box = Box()
    box.is_broken = True
    with server(box) as sender, pytest.raises(DeliveryUnknown):
        sender.send(MESSAGE)


def test_who_is_not_there_took_nothing():
    keys = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": "9", "SMTP_SECURITY": "none"}
    with pytest.raises(DeliveryFailed, match="could not be reached"):
        senders.from_settings("smtp", keys).send(MESSAGE)


@pytest.mark.parametrize(("name", "value"), [("SMTP_PORT", "many"), ("SMTP_SECURITY", "some")])
def test_a_key_that_cannot_be_is_named(name, value):
    with pytest.raises(InvalidRequest, match=name):
        senders.from_settings("smtp", {"SMTP_HOST": "127.0.0.1", name: value})


def test_no_password_is_ever_shown():
    sender = senders.from_settings("smtp", {"SMTP_HOST": "h", "SMTP_USER": "u", "SMTP_PASSWORD": "secret"})
    assert "secret" not in repr(sender)


def test_the_outbox_writes_a_file_that_mail_programs_open():
    message = parsed(outbox.eml(MESSAGE))
    assert (message["From"], message["Reply-To"]) == ("Elm Road <desk@example.com>", "answers@example.com")
    plain = message.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().strip() == MESSAGE.text


@pytest.mark.parametrize("subject", ["Two\nlines", "Two\r\nBcc: all@example.com"])
def test_no_text_of_ours_becomes_a_header(subject):
    with pytest.raises((ValueError, DeliveryFailed, DeliveryUnknown)):
        outbox.eml(replace(MESSAGE, subject=subject))


def test_the_outbox_takes_everything():
    assert senders.from_settings("outbox", {}).send(Message("1", "sms", "+447700900123", "x")).provider_id is None

"""The outbox, and an e-mail as a file that any mail program opens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from services import senders
from services.senders import outbox
from services.senders.base import Accepted, Message
from tests.services.senders.test_sendgrid import MESSAGE

LINK = "https://care.elm-road.example/unsubscribe/"


def parsed(mail: bytes) -> EmailMessage:
    """A mail as a mail program reads it."""
    message = message_from_bytes(mail, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).strip()


def test_the_outbox_takes_everything_and_lets_nothing_leave():
    sender = senders.from_settings("outbox", {})
    assert sender.send(MESSAGE) == Accepted()
    assert sender.send(Message("1", "sms", "+447700900123", "x")) == Accepted()


def test_a_file_holds_the_whole_e_mail():
    message = parsed(outbox.eml(MESSAGE, sent_at=datetime(2026, 11, 24, 10, 0, tzinfo=UTC)))
    assert {name: message[name] for name in ("From", "To", "Reply-To", "Subject", "Date", "Message-ID")} == {
        "From": "Elm Road <desk@example.com>",
        "To": "Ngozi Okafor <ngozi.okafor@example.com>",
        "Reply-To": "answers@example.com",
        "Subject": "Your next visit",
        "Date": "Tue, 24 Nov 2026 10:00:00 +0000",
        "Message-ID": "<8b1d@example.com>",
    }
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert (text(message, "plain"), text(message, "html")) == (MESSAGE.text, MESSAGE.html)


def test_a_file_is_written_as_the_standard_says():
    mail = outbox.eml(replace(MESSAGE, text="£1 – “Zoë”\n" * 3 + "x" * 2_000, subject="Zoë " * 60))
    assert mail.isascii()
    assert b"\n" not in mail.replace(b"\r\n", b"")
    assert max(map(len, mail.split(b"\r\n"))) <= 78
    assert text(parsed(mail), "plain").splitlines() == ["£1 – “Zoë”"] * 3 + ["x" * 2_000]
    assert parsed(mail)["Subject"].strip() == ("Zoë " * 60).strip()


def test_every_server_can_carry_its_letters():
    mail = outbox.eml(replace(MESSAGE, text="£1 – “Zoë”", html="<p>£1 – “Zoë”</p>"))
    assert mail.isascii()
    assert text(parsed(mail), "html") == "<p>£1 – “Zoë”</p>"


@pytest.mark.parametrize("length", [1, 32, 43, 64, 500])
def test_the_link_to_opt_out_is_whole_however_long(length):
    url = LINK + "t" * length
    mail = outbox.eml(replace(MESSAGE, unsubscribe_url=url))
    assert f"\r\nList-Unsubscribe: <{url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n".encode() in mail


def test_without_a_link_no_header_promises_one():
    message = parsed(outbox.eml(replace(MESSAGE, unsubscribe_url=None)))
    assert not [name for name in message if name.startswith("List-")]


def test_without_an_address_or_html_there_is_still_a_file():
    message = parsed(outbox.eml(replace(MESSAGE, from_address=None, from_name=None, html=None, reply_to=None)))
    assert message["From"] == outbox.NOBODY
    assert message.get_content_type() == "text/plain"


@pytest.mark.parametrize("name", ["Okafor, Ngozi", "Ngọzi Okafor", 'The "Doc"', "Okafor\r\nBcc: all@example.com"])
def test_any_name_is_only_a_name(name):
    message = parsed(outbox.eml(replace(MESSAGE, to_name=name)))
    (to,) = message["To"].addresses
    assert (to.display_name, to.addr_spec) == (" ".join(name.split()), MESSAGE.to)
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    "odd",
    [
        {"subject": "Two\nlines"},
        {"subject": "Two\r\nBcc: all@example.com"},
        {"to": "a@example.com\r\nBcc: all@example.com"},
        {"to": "zoë@example.com"},
    ],
)
def test_what_no_e_mail_can_have_is_refused(odd):
    with pytest.raises(ValueError, match=r".+"):
        outbox.eml(replace(MESSAGE, **odd))

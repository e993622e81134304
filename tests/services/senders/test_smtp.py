"""A mail server: a real one on loopback."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services import senders
from services.errors import InvalidRequest
from services.senders.base import DeliveryFailed, DeliveryUnknown
from tests.endpoint import deaf, free_port
from tests.services.senders.test_outbox import parsed
from tests.services.senders.test_sendgrid import MESSAGE


class Box:
    """Keeps the mail that arrives; answers each step as it is told, or hangs up there."""

    def __init__(self, **answers: str) -> None:
        self.mail: list[Any] = []
        self.answers = answers
        self.slow = 0.0

    def answer(self, step: str, server: Any, usual: str = "250 OK") -> str:
        told = self.answers.get(step, usual)
        if told == "hang up":
            server.transport.abort()
        return told

    async def handle_MAIL(  # noqa: N802 - the library calls it so
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        envelope.mail_from = address
        return self.answer("mail", server)

    async def handle_RCPT(  # noqa: N802 - as above
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.answer("rcpt", server)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - as above
        self.mail.append(envelope)
        await asyncio.sleep(self.slow)
        return self.answer("data", server)

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - as above
        return self.answer("quit", server, "221 Bye")

    def sign_in(self, server: SMTP, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
        is_known = (login.login, login.password) == (b"desk", b"hush")
        return AuthResult(success=is_known, handled=False, message=self.answers.get("login"))


@contextmanager
def server(box: Box, *, keys: dict[str, str] | None = None, **how: Any) -> Iterator[Any]:
    """Run a mail server, and give the sender that goes to it."""
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port, authenticator=box.sign_in, **how)
    controller.start()
    try:
        usual = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port), "SMTP_SECURITY": "none"}
        yield senders.from_settings("smtp", {**usual, **(keys or {})})
    finally:
        controller.stop()


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """What makes a server secure, with a certificate that this machine trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    shown, kept = tmp_path / "certificate.pem", tmp_path / "key.pem"
    shown.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    kept.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption_algorithm=plain)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(shown))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, kept)
    return context


def test_the_mail_that_arrives_is_the_message():
    box = Box()
    with server(box) as sender:
        assert sender.send(MESSAGE).provider_id == "8b1d"
    (mail,) = box.mail
    assert (mail.mail_from, mail.rcpt_tos) == ("desk@example.com", ["ngozi.okafor@example.com"])
    message = parsed(mail.content)
    assert message["To"] == "Ngozi Okafor <ngozi.okafor@example.com>"
    assert message["Subject"] == "Your next visit"
    assert message["List-Unsubscribe"] == "<https://care.example/unsubscribe/x>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert abs(datetime.now(UTC) - parsedate_to_datetime(message["Date"])) < timedelta(minutes=1)
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_a_picture_arrives_within_the_page_that_shows_it():
    box = Box()
    with server(box) as sender:
        sender.send(replace(MESSAGE, html='<img src="cid:by-age">', pictures={"by-age": b"\x89PNG"}))
    _, page = parsed(box.mail[0].content).iter_parts()
    _, picture = page.iter_parts()
    assert page.get_content_type() == "multipart/related"
    assert (picture["Content-ID"], picture.get_content()) == ("<by-age>", b"\x89PNG")


def test_a_text_arrives_as_it_is():
    box = Box()
    text = "£1 – “Zoë”\n.\n.dot\n" + "x" * 2_000
    with server(box) as sender:
        sender.send(replace(MESSAGE, text=text, html=None))
    assert parsed(box.mail[0].content).get_content().splitlines() == text.splitlines()


@pytest.mark.parametrize(
    ("step", "answer", "is_permanent"),
    [
        ("mail", "550 not you", True),
        ("mail", "421 later", False),
        ("rcpt", "550 no such user ngozi.okafor@example.com", True),
        ("rcpt", "450 busy", False),
        ("rcpt", "421 later", False),
        ("rcpt", "junk", False),
        ("rcpt", "hang up", False),
        ("data", "554 refused", True),
        ("data", "451 later", False),
    ],
)
def test_a_refusal_is_for_now_or_for_good(step, answer, is_permanent):
    with server(Box(**{step: answer})) as sender, pytest.raises(DeliveryFailed) as failed:
        sender.send(MESSAGE)
    assert failed.value.permanent is is_permanent
    assert "okafor" not in str(failed.value)


@pytest.mark.parametrize("answer", ["hang up", "junk", "354 go on"])
def test_what_broke_off_after_the_data_is_unknown(answer):
    with server(Box(data=answer)) as sender, pytest.raises(DeliveryUnknown):
        sender.send(MESSAGE)


def test_what_is_not_answered_in_time_is_unknown():
    box = Box()
    box.slow = 1.5
    began = time.monotonic()
    with server(box, keys={"SMTP_TIMEOUT": "0.5"}) as sender:
        with pytest.raises(DeliveryUnknown):
            sender.send(MESSAGE)
        assert time.monotonic() - began < 1.4


@pytest.mark.parametrize("farewell", ["421 busy", "junk", "hang up"])
def test_a_farewell_that_fails_changes_nothing(farewell):
    box = Box(quit=farewell)
    with server(box) as sender:
        assert sender.send(MESSAGE).provider_id == "8b1d"
    assert len(box.mail) == 1


def test_who_is_not_there_took_nothing():
    keys = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": "9", "SMTP_SECURITY": "none"}
    with pytest.raises(DeliveryFailed, match="could not be reached") as failed:
        senders.from_settings("smtp", keys).send(MESSAGE)
    assert not failed.value.permanent


def test_who_lets_nobody_in_took_nothing():
    with deaf() as port, pytest.raises(DeliveryFailed, match="could not be reached") as failed:
        senders.from_settings("smtp", {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port), "SMTP_TIMEOUT": "0.2"}).send(
            MESSAGE
        )
    assert not failed.value.permanent


@pytest.mark.parametrize("odd", [{"subject": "Two\nlines"}, {"to": "zoë@example.com"}])
def test_what_no_e_mail_can_have_is_refused_before_anything_leaves(odd):
    box = Box()
    with server(box) as sender, pytest.raises(DeliveryFailed, match="cannot be written") as failed:
        sender.send(replace(MESSAGE, **odd))
    assert failed.value.permanent
    assert box.mail == []


# --- Secure, and signed in

SIGNED_IN = {"SMTP_USER": "desk", "SMTP_PASSWORD": "hush"}


def test_a_connection_is_made_secure_before_the_password_leaves(secure):
    box = Box()
    how = {"tls_context": secure, "require_starttls": True, "auth_required": True}
    with server(box, keys={"SMTP_SECURITY": "starttls", **SIGNED_IN}, **how) as sender:
        sender.send(MESSAGE)
    assert len(box.mail) == 1


def test_a_connection_may_be_secure_from_the_start(secure):
    box = Box()
    with server(box, keys={"SMTP_SECURITY": "tls"}, ssl_context=secure) as sender:
        sender.send(MESSAGE)
    assert len(box.mail) == 1


@pytest.mark.parametrize(("security", "how"), [("starttls", "tls_context"), ("tls", "ssl_context")])
def test_who_cannot_prove_who_he_is_gets_nothing(secure, monkeypatch, security, how):
    monkeypatch.delenv("SSL_CERT_FILE")
    box = Box()
    with (
        server(box, keys={"SMTP_SECURITY": security, **SIGNED_IN}, **{how: secure}) as sender,
        pytest.raises(DeliveryFailed, match="cannot prove") as failed,
    ):
        sender.send(MESSAGE)
    assert not failed.value.permanent
    assert box.mail == []


@pytest.mark.parametrize(("login", "is_permanent"), [("535 5.7.8 wrong", True), ("454 4.7.0 not just now", False)])
def test_a_wrong_password_is_for_whoever_looks_after_us(secure, login, is_permanent):
    keys = {"SMTP_SECURITY": "starttls", "SMTP_USER": "desk", "SMTP_PASSWORD": "other"}
    with (
        server(Box(login=login), keys=keys, tls_context=secure) as sender,
        pytest.raises(DeliveryFailed, match="user and password") as failed,
    ):
        sender.send(MESSAGE)
    assert failed.value.permanent is is_permanent
    assert "other" not in str(failed.value)


def test_a_server_that_cannot_be_secure_gets_nothing():
    box = Box()
    with (
        server(box, keys={"SMTP_SECURITY": "starttls", **SIGNED_IN}) as sender,
        pytest.raises(DeliveryFailed, match="SMTP_SECURITY") as failed,
    ):
        sender.send(MESSAGE)
    assert failed.value.permanent
    assert box.mail == []


# --- The keys


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_PORT", "many"),
        ("SMTP_PORT", "0"),
        ("SMTP_PORT", "25.5"),
        ("SMTP_PORT", "65536"),
        ("SMTP_SECURITY", "some"),
        ("SMTP_TIMEOUT", "long"),
    ],
)
def test_a_key_that_cannot_be_is_named(name, value):
    with pytest.raises(InvalidRequest, match=name):
        senders.from_settings("smtp", {"SMTP_HOST": "127.0.0.1", name: value})


@pytest.mark.parametrize(("security", "port"), [("", 587), ("starttls", 587), ("TLS", 465), ("none", 587)])
def test_the_port_goes_by_the_security(security, port):
    sender = senders.from_settings("smtp", {"SMTP_HOST": "mail.example.com", "SMTP_SECURITY": security})
    assert sender.port == port  # type: ignore[attr-defined]


def test_no_password_is_ever_shown():
    sender = senders.from_settings("smtp", {"SMTP_HOST": "h", "SMTP_USER": "u", "SMTP_PASSWORD": "hush"})
    assert "hush" not in repr(sender)

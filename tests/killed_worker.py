"""A process that sends what is queued and is killed at a named step; run by tests/services/test_sending_killed.py."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from queries import messages
from queries.store import Store
from services import senders, sending
from services.contact_settings import ContactSettings
from services.senders.base import Accepted, Message, Sender
from tests.practice import NOW, TODAY


def die(*_: Any, **__: Any) -> None:
    """End as a power cut would: nothing is tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)


def before(function: Callable[..., Any]) -> Callable[..., Any]:
    """Die instead of calling."""
    return die


def after(function: Callable[..., Any]) -> Callable[..., Any]:
    """Die once it was called."""

    def called(*args: Any, **given: Any) -> Any:
        function(*args, **given)
        die()

    return called


class Killed:
    """A sender whose process dies before or after the request."""

    def __init__(self, sender: Sender, step: str) -> None:
        self._sender, self._step = sender, step

    def send(self, message: Message) -> Accepted:
        """Send, and die where it was asked for."""
        if self._step == "before the request":
            die()
        accepted = self._sender.send(message)
        if self._step == "after the answer":
            die()
        return accepted


STEPS: dict[str, tuple[str, Callable[..., Any]]] = {
    "before it is taken in hand": ("claim", before),
    "before that is kept": ("claim", after),
    "before it is settled": ("settle", before),
    "before the settling is kept": ("settle", after),
}
"""Where the process dies inside a transaction: the query, and whether before or after it."""


def main(path: str, url: str, step: str) -> None:
    """Settle what is in hand, then send until nothing is left."""
    store = Store(Path(path), now=NOW)
    if step in STEPS:
        name, when = STEPS[step]
        setattr(messages, name, when(getattr(messages, name)))

    def chosen(practice_id: str, channel: str, settings: ContactSettings) -> Sender:
        keys = {"SENDGRID_API_KEY": "a-key", "SENDGRID_BASE_URL": url}
        return Killed(senders.from_settings(settings.sender(channel), keys), step)

    sending.recover(store, now=datetime.now(UTC))
    while sending.send_next(
        store, chosen, clock=lambda: datetime.now(UTC), today_at=lambda now, zone: TODAY, chance=Random(1)
    ):
        pass
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The worker beside the pages: sends what is queued, takes the steps whose day has come, keeps each day's figures."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from random import Random

from queries.store import Store
from services import chances, digest, senders, sending, sequences, snapshots, surroundings
from services.contact_settings import ContactSettings
from services.senders.base import Sender
from services.sending import Senders

log = logging.getLogger(__name__)

PAUSE_SECONDS = 2.0
"""So long after a look that found nothing to do comes the next."""


DAYS_EVERY = timedelta(minutes=1)
"""So often is looked at what goes by days: the steps of sequences, and the figures that are kept of each."""


def senders_of(environ: Mapping[str, str]) -> Senders:
    """Return how a practice's sender of a channel is made, from the keys of the surroundings."""

    def sender(practice_id: str, channel: str, settings: ContactSettings) -> Sender:
        return senders.from_settings(settings.sender(channel), surroundings.secrets(environ, practice_id))

    return sender


class Worker:
    """A thread that works until it is stopped; what it has in hand then is finished first."""

    def __init__(
        self,
        store: Store,
        senders: Senders,
        *,
        today_at: Callable[[datetime, str], date],
        clock: Callable[[], datetime],
        pause: float = PAUSE_SECONDS,
    ) -> None:
        self._store, self._senders, self._today_at, self._clock, self._pause = store, senders, today_at, clock, pause
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """Settle what an earlier process left in hand, and begin."""
        sending.recover(self._store, now=self._clock())
        self._thread.start()

    def stop(self) -> None:
        """End after what is in hand; a sender answers or gives up within its time-out."""
        self._stopping.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        chance = Random()
        looked_at, looks = datetime.min.replace(tzinfo=UTC), snapshots.Looks()
        foreseen_at, tried = looked_at, chances.Tried()
        while not self._stopping.is_set():
            try:
                # A clock that is put right may go back, and nothing is to wait until it is there again.
                if abs(self._clock() - looked_at) >= DAYS_EVERY:
                    looked_at = self._clock()
                    self._go_by_days(looks, looked_at)
                is_busy = sending.send_next(
                    self._store, self._senders, clock=self._clock, today_at=self._today_at, chance=chance
                )
                if not is_busy and abs(self._clock() - foreseen_at) >= DAYS_EVERY:
                    is_busy = chances.keep_up(self._store, looks, tried, now=self._clock(), today_at=self._today_at)
                    foreseen_at = foreseen_at if is_busy else self._clock()
            except Exception as problem:
                # The next look may go well; a worker that ends would leave every message waiting unseen.
                log.exception("The worker could not go on: %s.", type(problem).__name__)
                is_busy = False
            if not is_busy:
                self._stopping.wait(self._pause)

    def _go_by_days(self, looks: snapshots.Looks, now: datetime) -> None:
        """Do what goes by days; where one part fails, the others are done all the same."""
        for part in (sequences.advance, partial(snapshots.keep_up, looks=looks), digest.send_due):
            try:
                part(self._store, now=now, today_at=self._today_at)
            except Exception as problem:
                log.exception("What goes by days could not all be done: %s.", type(problem).__name__)

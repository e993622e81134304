"""Twilio: SMS by its official library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from urllib3.exceptions import MaxRetryError, NewConnectionError

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
from services.senders.keys import base_url, number

NAME = "Twilio"
HOST = "https://api.twilio.com"
SERVICE = "MG"
"""How the id of a messaging service begins; any other sender is a number or a name."""

OPTED_OUT = 21610
TOO_MUCH = (20429, 14107)

WHY = {
    OPTED_OUT: "The patient has opted out of SMS.",
    21211: "The number cannot receive SMS.",
    21214: "The number cannot be reached.",
    21408: "Twilio may not send to this country.",
    21606: "Twilio may not send from the number in the settings.",
    21612: "Twilio cannot reach this number from ours.",
    21614: "The number is no mobile number.",
    21617: "The message is too long for an SMS.",
    20003: "Twilio does not know our account: ask whoever looks after Care Manager.",
}
"""Refusals in our words, by Twilio's codes (twilio.com/docs/api/errors); trying again would not help."""


class Twilio:
    """Sends SMS through Twilio."""

    def __init__(self, client: Client, wire: _Wire) -> None:
        self._client = client
        self._wire = wire

    def send(self, message: Message) -> Accepted:
        """Hand an SMS over."""
        if not message.from_address:
            raise DeliveryFailed("The practice has given no number to send SMS from.", permanent=True)
        sender = "messaging_service_sid" if message.from_address.startswith(SERVICE) else "from_"
        given: dict[str, Any] = {sender: message.from_address}
        if message.status_url:
            given["status_callback"] = message.status_url
        try:
            taken = self._client.messages.create(to=message.to, body=message.text, **given)
        except (TwilioRestException, TwilioServiceException) as problem:
            raise _refused(problem, self._wire.wait) from None
        except requests.ConnectionError as problem:
            raise (unreachable(NAME) if _never_left(problem) else unanswered(NAME)) from None
        except requests.RequestException:
            raise unanswered(NAME) from None
        except (TwilioException, ValueError, TypeError, AttributeError):
            # It was taken, but the answer is no JSON, or not that of a message.
            raise unclear(NAME) from None
        if not taken.sid:
            raise unclear(NAME)
        return Accepted(taken.sid)


class _Wire(TwilioHttpClient):  # type: ignore[misc]  # the library has no types
    """Asks another address than Twilio's, where one is set, and keeps how long the last answer asks us to wait."""

    def __init__(self, base: str | None, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self._base = base
        self.wait: float | None = None

    def request(self, method: str, url: str, *args: Any, **given: Any) -> Any:
        """Ask Twilio, or whoever stands in for it."""
        self.wait = None
        answer = super().request(method, url.replace(HOST, self._base, 1) if self._base else url, *args, **given)
        # The library's errors say nothing of it.
        self.wait = wait(answer.headers)
        return answer


def from_keys(keys: Mapping[str, str]) -> Twilio:
    """Return the sender of these keys: TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, and where set TWILIO_BASE_URL."""
    wire = _Wire(base_url(keys, "TWILIO_BASE_URL"), number(keys, "TWILIO_TIMEOUT", TIMEOUT_SECONDS))
    return Twilio(Client(keys["TWILIO_ACCOUNT_SID"], keys["TWILIO_AUTH_TOKEN"], http_client=wire), wire)


def _never_left(problem: requests.ConnectionError) -> bool:
    """Say whether no connection was made at all, to Twilio or to what stands between."""
    if isinstance(problem, requests.exceptions.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    cause = problem.args[0] if problem.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NewConnectionError) or "CERTIFICATE_VERIFY_FAILED" in str(reason)


def _refused(problem: TwilioRestException | TwilioServiceException, asked_wait: float | None) -> DeliveryFailed:
    """Return what an answer that is no success means."""
    if problem.code in TOO_MUCH or problem.status == 429:
        return DeliveryFailed("Twilio is asked too much just now.", permanent=False, retry_after=asked_wait)
    if problem.status == 408 or problem.status >= 500:
        return DeliveryFailed("Twilio has a fault.", permanent=False, retry_after=asked_wait)
    words = WHY.get(problem.code or 0, "Twilio refused the message.")
    return DeliveryFailed(words, permanent=True, is_opted_out=problem.code == OPTED_OUT)

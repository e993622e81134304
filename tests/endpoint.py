"""A real HTTP endpoint on loopback, in place of a provider's: it keeps what arrives and answers as it is told."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Request:
    """What arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """What is answered, after so many seconds."""

    status: int = 202
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    after: float = 0
    is_broken: bool = False


class Endpoint:
    """Requests as they arrived, and the answer to each."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answer: Callable[[Request], Answer] = lambda request: Answer()
        self.url = ""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    """Listen on a port of its own until the block ends."""
    kept = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Request(self.command, self.path, dict(self.headers), body)
            kept.requests.append(request)
            answer = kept.answer(request)
            time.sleep(answer.after)
            if answer.is_broken:
                self.connection.close()
                return
            self.send_response_only(answer.status)
            usual = {"Date": self.date_time_string(), "Content-Length": str(len(answer.body))}
            for name, value in {**usual, **answer.headers}.items():
                self.send_header(name, value)
            with contextlib.suppress(OSError):  # who did not wait for the answer is gone
                self.end_headers()
                self.wfile.write(answer.body)

        def log_message(self, *about: object) -> None:
            """Keep quiet: a request holds a patient's details."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    kept.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def deaf() -> Iterator[int]:
    """Give a port that lets nobody in: who knocks waits until his time is up."""
    with contextlib.ExitStack() as open_ones:
        listening = open_ones.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(4):  # they fill the queue
            knocking = open_ones.enter_context(socket.socket())
            knocking.setblocking(False)
            knocking.connect_ex(listening.getsockname())
        yield int(listening.getsockname()[1])

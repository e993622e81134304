"""The start: what the server answers beside the pages, what it logs, and when it refuses to start."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message
from streamlit import config

import app
from queries.store import Store
from tests.practice import NOW

ROOT = Path(app.__file__).parent


def answer(path: str, **own: str) -> tuple[int, dict[str, str]]:
    """The status and the headers of the answer to a request, the server behind it answering everything."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    asked = app.Guard(PlainTextResponse("served", headers=own))(scope, receive, send)
    with ThreadPoolExecutor() as thread:  # the browser tests keep a loop running in this one
        thread.submit(asyncio.run, asked).result()
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}


@pytest.mark.parametrize("path", ["/", "/import", "/_stcore/metrics"])
def test_every_answer_has_the_security_headers(path: str) -> None:
    _, headers = answer(path)
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_an_answer_keeps_the_headers_that_it_has_itself() -> None:
    _, headers = answer("/book/token", **{"Content-Security-Policy": "default-src 'none'"})
    assert headers["content-security-policy"] == "default-src 'none'"
    assert headers["x-frame-options"] == "DENY"


def test_scripts_come_from_this_server_alone() -> None:
    (scripts,) = [part for part in app.content_policy().split("; ") if part.startswith("script-src")]
    assert "unsafe" not in scripts
    assert "sha256-" in scripts


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/metrics/"])
def test_the_servers_own_metrics_are_hidden(path: str) -> None:
    assert answer(path)[0] == 404
    assert answer("/_stcore/health")[0] == 200


def test_an_exception_is_logged_by_its_type_and_place_without_its_text() -> None:
    try:
        raise ValueError("Mrs Okafor, 07700 900123")
    except ValueError:
        record = app.without_patient_data("x", logging.ERROR, __file__, 1, "Uncaught", (), sys.exc_info())
    line = logging.Formatter().format(record)
    assert line.startswith("Uncaught: ValueError at test_app.py:")
    assert "Okafor" not in line


def test_an_ordinary_line_is_logged_as_it_is() -> None:
    record = app.without_patient_data("x", logging.INFO, __file__, 1, "Served %s", ("a page",), None)
    assert logging.Formatter().format(record) == "Served a page"


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("client.showErrorDetails", "none"),
        ("client.disableDataExport", True),
        ("runner.postScriptGC", False),
        ("server.fileWatcherType", "none"),
        ("browser.gatherUsageStats", False),
        ("logger.enableRich", False),
        ("server.enableXsrfProtection", True),
        ("server.enableCORS", True),
    ],
)
def test_the_options_that_protect_patients_and_speed_are_known_and_set(option: str, value: object) -> None:
    assert config.get_option(option) == value


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """Start the server, which is expected to stop by itself."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", "0"]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_store_in_use_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "store.duckdb"
    store = Store(path, now=NOW)
    try:
        ended = start(CARE_MANAGER_STORE=str(path))
    finally:
        store.close()
    assert ended.returncode == 1
    assert "The store is in use by another process" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_wrong_setting_stops_the_start_with_its_name(tmp_path: Path) -> None:
    ended = start(CARE_MANAGER_STORE=str(tmp_path / "store.duckdb"), CARE_MANAGER_TODAY="tomorrow")
    assert ended.returncode == 1
    assert "CARE_MANAGER_TODAY is tomorrow, which is no day." in ended.stderr

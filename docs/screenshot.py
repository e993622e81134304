"""Take the README's picture from the running app: `make screenshot`.

Starts the server with the sample practice in a store of its own, opens the work list in Chromium, and stops it again.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "opportunities.png"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def main() -> None:
    """Take the picture."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "CARE_MANAGER_STORE": str(Path(folder) / "store.duckdb")}
        subprocess.run([sys.executable, "manage.py", "sample"], cwd=ROOT, env=environ, check=True)
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
        server = subprocess.Popen(command, cwd=ROOT, env=environ)
        try:
            take(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait()


def take(address: str) -> None:
    """Open the work list by value with its first patient, and keep what is on the screen."""
    for _ in range(60):
        try:
            urllib.request.urlopen(f"{address}/healthz")
            break
        except OSError:
            time.sleep(0.5)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address)
        page.get_by_role("button", name="Enter the sample practice").click()
        page.get_by_text("Unbooked value").wait_for()
        page.goto(f"{address}/?sort=Value%2C+highest+first")
        table = page.get_by_test_id("stDataFrame")
        table.wait_for(timeout=60_000)
        page.wait_for_timeout(1_500)
        table.click(position={"x": 120, "y": 100})
        page.wait_for_timeout(2_500)
        page.mouse.move(0, 0)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()

"""Take the pictures of docs/screenshots again: `python -m tools.screenshots [HOME]`.

Serves HOME (by default the demo's home) and photographs its pages in light, dark and on a phone,
and the first page of a review pack.
Needs Chromium.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from pipelines.outline import read_outline
from pipelines.pack.due import due_reports
from pipelines.pack.scope import Wanted
from pipelines.places import places
from pipelines.review.terms import read_terms
from pipelines.serving import opened
from pipelines.settings import load_settings
from reports.pack.document import build_pack
from reports.pack.pdf import pages

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
LIGHT = {"viewport": {"width": 1440, "height": 1750}, "color_scheme": "light"}
DARK = {**LIGHT, "color_scheme": "dark"}
PHONE = {"viewport": {"width": 390, "height": 1100}, "color_scheme": "light"}
SHOTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("overview-light", "", LIGHT),
    ("overview-dark", "", DARK),
    ("overview-phone", "", PHONE),
    ("growth-light", "growth", LIGHT),
    ("growth-dark", "growth", DARK),
    ("growth-phone", "growth", PHONE),
    ("finance-light", "finance", LIGHT),
    ("finance-dark", "finance", DARK),
    ("finance-phone", "finance", PHONE),
    ("review-light", "review", LIGHT),
    ("review-dark", "review", DARK),
    ("review-phone", "review", PHONE),
    ("health-light", "health", LIGHT),
    ("health-dark", "health", DARK),
    ("health-phone", "health", PHONE),
    ("investigate-light", "investigate", LIGHT),
    ("investigate-dark", "investigate", DARK),
    ("investigate-phone", "investigate", PHONE),
)


def main() -> None:
    """Serve the home, take every picture, stop."""
    home = Path(sys.argv[1] if len(sys.argv) > 1 else "data/home").resolve()
    _pack(home)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("needs Chromium: apt-get install chromium fonts-dejavu-core")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [f"--server.port={port}", "--server.headless=true"]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "asgi.py", *options],
        cwd=ROOT,
        env={**os.environ, "UTILIZATION_HOME": str(home)},
    )
    try:
        _wait(f"http://127.0.0.1:{port}/readyz")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            for name, path, options_of_page in SHOTS:
                _take(browser, f"http://127.0.0.1:{port}/{path}", name, options_of_page)
            browser.close()
    finally:
        server.terminate()
        server.wait(10)


def _pack(home: Path) -> None:
    """The first page of the newest review pack that is due."""
    settings = load_settings(home)
    place = next(one for one in places(home) if one.environment == "production")
    with opened(place) as build:
        if build.watermark is None:
            sys.exit("nothing to review in this home")
        programs = read_terms(build.connection, build.watermark)
        first = read_outline(build, build.watermark).first_event
        due = due_reports(place, programs, first_event=first, as_of=build.watermark)[0]
    pack = build_pack(settings, place, Wanted(due.program_id, due.period))
    first_page, *_ = pages(pack.about, pack.sections, pack.figures.scope.as_of, 110)
    (FOLDER / "review-pack.png").write_bytes(first_page)


def _wait(address: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310 - our own server
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    sys.exit("the dashboard did not become ready")


def _take(browser: Browser, address: str, name: str, options: dict[str, Any]) -> None:
    context = browser.new_context(timezone_id="Europe/Berlin", **options)
    page = context.new_page()
    page.goto(address + "?tz=Europe%2FBerlin")
    page.wait_for_selector(IDLE)
    page.wait_for_timeout(3000)
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}.png")
    context.close()


if __name__ == "__main__":
    main()

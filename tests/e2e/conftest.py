"""A running dashboard on a small sample, and pages of a real browser that report their faults."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from reports.demo import dashboard_command
from tests.dashboard.sample_home import fill_home

ROOT = Path(__file__).resolve().parent.parent.parent
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)  # a busy machine draws late
# Opened at a page's own address, Streamlit looks for its server below that address first.
PROBED = ("/_stcore/health", "/_stcore/host-config")

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill_home(tmp_path_factory, "e2e", partners=1)


@pytest.fixture(scope="session")
def dashboard(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a dashboard on `home`."""
    with serving(home, tmp_path_factory.mktemp("account")) as address:
        yield address


@contextmanager
def serving(home: Path, account_home: Path) -> Iterator[str]:
    """Serve a dashboard on `home`, started as `make demo` starts it on a new machine.

    That is with a window to open (by a command that does nothing), with nobody at the terminal,
    and in an account that never ran the server before.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    account = {"HOME": str(account_home), "BROWSER": "true"}
    server = subprocess.Popen(
        dashboard_command(port, browser=True),
        cwd=ROOT,
        env={**os.environ, **account, "UTILIZATION_HOME": str(home)},
        stdin=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(10)


def wait_until_ready(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert server.poll() is None, "the dashboard ended by itself"
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2) as answer:
                if answer.read() == b"ready\n":
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("the dashboard did not become ready")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, dashboard: str) -> Iterator[OpenPage]:
    """Open a path of the dashboard; at the end no page may have had a fault or left the machine."""
    faults: list[str] = []
    contexts = []

    def open_at(
        path: str = "/", *, zone: str = "UTC", scheme: str = "light", width: int = 1280
    ) -> Page:
        context = browser.new_context(
            timezone_id=zone,
            color_scheme=scheme,  # type: ignore[arg-type]
            locale="en-US",
            viewport={"width": width, "height": 1400},
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on(
            "console",
            lambda said: (
                faults.append(said.text)
                if said.type == "error" and not said.location["url"].endswith(PROBED)
                else None
            ),
        )
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith((dashboard, dashboard.replace("http", "ws"), "data:"))
                or asked.url.startswith("blob:")
                else faults.append(f"asked {asked.url}")
            ),
        )
        page.goto(dashboard + path)
        settle(page)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert faults == []


def settle(page: Page) -> None:
    """Wait until the page has run and drawn."""
    page.wait_for_timeout(200)
    page.wait_for_selector(IDLE)
    page.wait_for_timeout(300)

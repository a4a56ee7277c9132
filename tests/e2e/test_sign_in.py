"""Signing in leads to the page a link named, and to the partner a grant names.

Goal: someone who follows a link and has to sign in for it arrives where it leads; a grant decides
what is shown, not the address; without a grant nothing is shown. Method: a real Chromium goes
through the whole round with an OpenID provider on this machine.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pipelines.places import places
from reports.demo import dashboard_command
from tests.dashboard.sample_home import fill_home
from tests.e2e.conftest import PATIENCE_MS, ROOT, settle, wait_until_ready
from tests.e2e.identity_provider import CLIENT, serving

pytestmark = pytest.mark.e2e

LINK = "/growth?period=yesterday&pool=EUR-USDT"
Follow = Callable[[str], Page]


@pytest.fixture(scope="module")
def guarded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = fill_home(tmp_path_factory, "guarded", partners=2, quotes_per_day=40, days=3)
    grants = '[[grant]]\nemail = "ana@example.com"\npartner = "lumen-wallet"\n'
    (home / "grants.toml").write_text(grants, encoding="utf-8")
    return home


@pytest.fixture
def follow(
    browser: Browser, guarded_home: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Follow]:
    """Open a path of a dashboard with sign-in, as a person whom nobody has let in yet."""
    with ExitStack() as stack:
        provider = stack.enter_context(serving(request.param))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        here = f"http://127.0.0.1:{port}"
        _write_secrets(tmp_path, here, provider)
        server = subprocess.Popen(
            dashboard_command(port, browser=False),
            cwd=ROOT,
            env={**os.environ, "HOME": str(tmp_path), "UTILIZATION_HOME": str(guarded_home)},
        )
        stack.callback(server.wait, 10)
        stack.callback(server.terminate)
        wait_until_ready(here, server)
        context = browser.new_context()
        stack.callback(context.close)

        def open_path(path: str) -> Page:
            page = context.new_page()
            page.set_default_timeout(PATIENCE_MS)
            page.goto(here + path)
            return page

        yield open_path


def _write_secrets(account: Path, here: str, provider: str) -> None:
    said = {
        "redirect_uri": f"{here}/oauth2callback",
        "cookie_secret": "a-test-secret-of-more-than-thirty-two-characters",
        "client_id": CLIENT,
        "client_secret": "unused",
        "server_metadata_url": f"{provider}/.well-known/openid-configuration",
    }
    folder = account / ".streamlit"
    folder.mkdir()
    lines = [f"{name} = {json.dumps(value)}" for name, value in said.items()]
    (folder / "secrets.toml").write_text("\n".join(["[auth]", *lines]), encoding="utf-8")


GRANTED = {"sub": "1", "email": "ana@example.com", "email_verified": True}
UNVERIFIED = {**GRANTED, "email_verified": False}


@pytest.mark.parametrize("follow", [GRANTED], indirect=True)
def test_a_link_survives_the_sign_in_it_needs(follow: Follow, guarded_home: Path) -> None:
    page = follow(LINK)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(re.escape(LINK) + "$"))
    settle(page)
    expect(page.get_by_text("Yesterday:")).to_be_visible()
    expect(page.get_by_role("heading", name="How full each limit is")).to_be_visible()
    # It is followed once: the root is the root from now on.
    root = follow("/")
    settle(root)
    expect(root).to_have_url(re.compile(r":\d+/$"))
    expect(root.get_by_role("heading", name="Where each pool stands now")).to_be_visible()
    other = next(one for one in places(guarded_home) if one.partner_id != "lumen-wallet")
    foreign = follow(f"/?partner={other.partner_id}")
    expect(foreign.get_by_text("Not part of your access")).to_be_visible()


@pytest.mark.parametrize("follow", [UNVERIFIED], indirect=True)
def test_an_email_nobody_verified_opens_nothing(follow: Follow) -> None:
    page = follow(LINK)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("No access")).to_be_visible()
    assert page.locator("table.pu, [data-testid=stVegaLiteChart]").count() == 0

"""The server around the page lets out what it should and nothing else.

Goal: every answer carries the security headers; stored media need a signed-in person where there
is sign-in; what nobody has to ask for is closed. Method: the middleware is called as a server
would call it, with and without a cookie that Streamlit itself has signed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from starlette.responses import PlainTextResponse
from streamlit import config
from streamlit.runtime.secrets import secrets_singleton
from streamlit.web.server.server_util import AUTH_COOKIE_NAME
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from dashboard.server import HEADERS, Gate, SecurityHeaders

COOKIE_SECRET = "a-test-secret-of-more-than-thirty-two-characters"


@pytest.fixture
def with_sign_in(tmp_path: Path) -> Iterator[None]:
    file = tmp_path / "secrets.toml"
    file.write_text(f'[auth]\ncookie_secret = "{COOKIE_SECRET}"\n', encoding="utf-8")
    before = config.get_option("secrets.files")
    config.set_option("secrets.files", [str(file)])
    secrets_singleton._reset()
    assert "auth" in st.secrets
    yield
    config.set_option("secrets.files", before)
    secrets_singleton._reset()


def ask(path: str, cookie: str | None = None) -> tuple[int, dict[str, str]]:
    """Status and headers of a GET of `path` through the middleware."""
    sent: list[Any] = []
    headers = [(b"cookie", f"{AUTH_COOKIE_NAME}={cookie}".encode())] if cookie else []
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers,
        "server": ("127.0.0.1", 80),
        "scheme": "http",
    }

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    app = SecurityHeaders(Gate(PlainTextResponse("page")))
    # In a thread of its own: a browser test of the same worker may keep a loop in this one.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(lambda: asyncio.run(app(scope, receive, send))).result()
    start = sent[0]
    return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}


@pytest.mark.parametrize("path", ["/", "/media/x.png", "/_stcore/metrics"])
def test_every_answer_carries_the_security_headers(path: str) -> None:
    _, headers = ask(path)
    assert headers.items() >= HEADERS.items()


def test_no_script_from_elsewhere_and_no_frame_around_the_page() -> None:
    policy = HEADERS["content-security-policy"]
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/interact"])
def test_what_nobody_has_to_ask_for_is_closed(path: str) -> None:
    assert ask(path)[0] == 404


def test_media_are_open_where_nobody_signs_in() -> None:
    assert ask("/media/x.png")[0] == 200


def test_media_need_a_cookie_this_server_signed(with_sign_in: None) -> None:
    signed = create_signed_value(COOKIE_SECRET, AUTH_COOKIE_NAME, '{"email": "ana"}').decode()
    foreign = create_signed_value("another-secret", AUTH_COOKIE_NAME, '{"email": "ana"}').decode()
    assert ask("/media/x.png")[0] == 403
    assert ask("/media/x.png", cookie=foreign)[0] == 403
    assert ask("/media/x.png", cookie=signed)[0] == 200
    assert ask("/")[0] == 200

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
from urllib.parse import quote, unquote

import pytest
import streamlit as st
from starlette.responses import PlainTextResponse
from streamlit import config
from streamlit.runtime.secrets import secrets_singleton
from streamlit.web.server.server_util import AUTH_COOKIE_NAME
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from dashboard.navigation import PATHS
from dashboard.server import HEADERS, RETURN_TO, Gate, ReturnToLink, SecurityHeaders

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


def ask(
    path: str, cookie: str | None = None, *, waiting: str | None = None, accept: str = "text/html"
) -> tuple[int, dict[str, str]]:
    """Status and headers of a GET of `path`, with the cookies of sign-in and of a waiting link."""
    sent: list[Any] = []
    path, _, query = path.partition("?")
    cookies = {AUTH_COOKIE_NAME: cookie, RETURN_TO: waiting}
    carried = "; ".join(f"{name}={value}" for name, value in cookies.items() if value)
    headers = [(b"accept", accept.encode()), (b"cookie", carried.encode())]
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": headers,
        "server": ("127.0.0.1", 80),
        "scheme": "http",
    }

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    app = SecurityHeaders(Gate(ReturnToLink(PlainTextResponse("page"), pages=PATHS)))
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


LINK = "/finance?pool=EUR-USDT&period=yesterday"


def signed() -> str:
    cookie: str = create_signed_value(COOKIE_SECRET, AUTH_COOKIE_NAME, '{"email": "ana"}').decode()
    return cookie


def test_a_link_that_needs_a_sign_in_waits_in_a_cookie(with_sign_in: None) -> None:
    status, headers = ask(LINK)
    assert status == 200
    name, _, rest = headers["set-cookie"].partition("=")
    assert name == RETURN_TO
    value, *attributes = rest.split("; ")
    assert unquote(value) == LINK
    assert {"HttpOnly", "SameSite=lax", "Max-Age=600", "Path=/"} <= set(attributes)


def test_it_is_followed_once_somebody_is_signed_in(with_sign_in: None) -> None:
    status, headers = ask("/", cookie=signed(), waiting=quote(LINK, safe=""))
    assert (status, headers["location"]) == (302, LINK)
    assert "Max-Age=0" in headers["set-cookie"]
    assert ask("/", cookie=signed())[0] == 200
    assert ask("/growth", cookie=signed(), waiting=quote(LINK, safe=""))[0] == 200
    assert ask("/", waiting=quote(LINK, safe=""))[0] == 200


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/finance", "/\\evil.example", "/media/x.png", "%"],
)
def test_it_never_leads_elsewhere(with_sign_in: None, elsewhere: str) -> None:
    assert ask("/", cookie=signed(), waiting=quote(elsewhere, safe=""))[0] == 200


@pytest.mark.parametrize("path", ["/", "/nowhere", "/media/x.png", "/finance?pool=" + "x" * 2000])
def test_only_a_link_to_a_page_waits(with_sign_in: None, path: str) -> None:
    assert "set-cookie" not in ask(path)[1]
    assert "set-cookie" not in ask(LINK, accept="application/json")[1]


def test_no_link_waits_where_nobody_signs_in() -> None:
    assert "set-cookie" not in ask(LINK)[1]

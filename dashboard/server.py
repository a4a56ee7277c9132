"""Around the page: headers, the gate before stored media, links through a sign-in, health.

`/_stcore/metrics` and `/_stcore/agent` answer without asking who is there; they are closed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, unquote

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import AUTH_COOKIE_NAME, get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value

from dashboard.scope import asks_sign_in
from pipelines.errors import UsageError
from pipelines.settings import load_settings

# The one inline script of Streamlit's own page, by its hash; styles are set by its components.
HEADERS = {
    "content-security-policy": (
        "default-src 'self';"
        " script-src 'self' 'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA=';"
        " style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:;"
        " connect-src 'self' ws: wss:; object-src 'none';"
        " base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cross-origin-opener-policy": "same-origin",
}
CLOSED = ("/_stcore/metrics", "/_stcore/agent")
RETURN_TO = "utilization_return_to"
"""The cookie that remembers which page a link named while somebody signs in."""

RETURN_WITHIN_S = 600
_LONGEST_LINK = 2_000


class SecurityHeaders:
    """Put the headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class Gate:
    """Refuse what needs a signed-in person, and what nobody outside has to ask for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = _refusal(Request(scope)) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)


class ReturnToLink:
    """Take who followed a link, and had to sign in for it, on to where the link leads.

    A sign-in always ends at `/`. The page asked for waits in a cookie that only this server reads;
    it is followed once, and only to a page of this dashboard.
    """

    def __init__(self, app: ASGIApp, pages: frozenset[str]) -> None:
        self._app = app
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_page_asked_for(scope) or not asks_sign_in():
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        if not _is_signed_in(request.cookies):
            await self._app(scope, receive, self._remembering(request, send))
        elif (link := self._waiting(request)) is not None:
            answer = RedirectResponse(link, 302)
            answer.delete_cookie(RETURN_TO, httponly=True, samesite="lax")
            await answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _remembering(self, request: Request, send: Send) -> Send:
        """`send`, with the link asked for in a cookie of the answer."""
        link = _link(request)
        if link == "/" or request.url.path not in self._pages or len(link) > _LONGEST_LINK:
            return send
        noted = Response()
        noted.set_cookie(
            RETURN_TO,
            quote(link, safe=""),
            max_age=RETURN_WITHIN_S,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", noted.headers["set-cookie"])
            await send(message)

        return send_with_cookie

    def _waiting(self, request: Request) -> str | None:
        """Where a link waits to lead; None where there is none, or one to elsewhere."""
        link = unquote(request.cookies.get(RETURN_TO, ""))
        if _link(request) != "/" or link.partition("?")[0] not in self._pages:
            return None
        return link


def _is_page_asked_for(scope: Scope) -> bool:
    """Whether a browser asks for a page, rather than for one of its parts."""
    return scope["method"] == "GET" and "text/html" in Request(scope).headers.get("accept", "")


def _link(request: Request) -> str:
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def _refusal(request: Request) -> Response | None:
    path = request.url.path
    if path.startswith(CLOSED):
        return PlainTextResponse("not found\n", 404)
    if path.startswith("/media/") and asks_sign_in() and not _is_signed_in(request.cookies):
        return PlainTextResponse("sign in first\n", 403)
    return None


def _is_signed_in(cookies: Mapping[str, str]) -> bool:
    value = get_cookie_with_chunks(lambda name: _bytes(cookies.get(name)), AUTH_COOKIE_NAME)
    return bool(value) and (
        decode_signed_value(get_cookie_secret(), AUTH_COOKIE_NAME, value or b"") is not None
    )


def _bytes(value: str | None) -> bytes | None:
    return value.encode("utf-8") if value is not None else None


async def _healthz(_: Request) -> Response:
    return PlainTextResponse("ok\n")


async def _readyz(_: Request) -> Response:
    try:
        load_settings()
    except UsageError:
        return PlainTextResponse("the settings cannot be read\n", 503)
    return PlainTextResponse("ready\n")


ROUTES = [Route("/healthz", _healthz), Route("/readyz", _readyz)]

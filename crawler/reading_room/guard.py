"""What stands between the network and the pages: who may ask, by what name, and what browsers may do with an answer."""

import hmac
from collections.abc import Iterable
from http import cookies
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "newswarc"
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""Nothing but our own files; nothing inline; in nobody's frame (https://www.w3.org/TR/CSP3/)."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class SecurityHeaders:
    """Gives every answer the headers, unless it has stricter ones of its own; answers HEAD as GET, without body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI calls it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "private, no-cache")
            elif is_head:
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"} if is_head else scope, receive, answer)


class Doorkeeper:
    """Lets those in who bring the token, or, where there is none, who ask this machine by one of its own names.

    The name is looked at because a page elsewhere may have its own name lead to loopback (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, *, token: str | None, hosts: Iterable[str]) -> None:
        self._app = app
        self._token = token
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI calls it."""
        refused = self._refusal(scope) if scope["type"] == "http" else None
        await (refused or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if self._hosts and host_of(headers.get("host", "")) not in self._hosts:
            return PlainTextResponse("This server is not known by that name.\n", 421)
        if self._token is None or scope["path"].startswith("/static/"):
            return None
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        brought = [value for name, value in query if name == "token"]
        if brought and self._is_token(brought[-1]):
            return self._welcome(scope["path"], [pair for pair in query if pair[0] != "token"])
        if any(map(self._is_token, (_cookie(headers), _bearer(headers)))):
            return None
        told = (
            "Open the address that 'newswarc serve' printed, with its token, or send it as 'Authorization: Bearer'.\n"
        )
        return PlainTextResponse(told, 401, headers={"WWW-Authenticate": "Bearer"})

    def _is_token(self, brought: str) -> bool:
        return self._token is not None and hmac.compare_digest(brought.encode(), self._token.encode())

    def _welcome(self, path: str, query: list[tuple[str, str]]) -> Response:
        """The same address without the token, which a cookie has from now on."""
        place = "/" + path.lstrip("/\\")
        answer = RedirectResponse(f"{place}?{urlencode(query)}" if query else place, 303)
        answer.set_cookie(COOKIE, self._token or "", httponly=True, samesite="strict")
        return answer


def host_of(header: str) -> str:
    """'127.0.0.1' of '127.0.0.1:8080', '[::1]' of '[::1]:8080'."""
    name, colon, port = header.rpartition(":")
    return (name if colon and port.isdecimal() else header).lower()


def _cookie(headers: Headers) -> str:
    try:
        found = cookies.SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except cookies.CookieError:
        return ""
    return found.value if found else ""


def _bearer(headers: Headers) -> str:
    scheme, _, brought = headers.get("authorization", "").partition(" ")
    return brought.strip() if scheme.lower() == "bearer" else ""

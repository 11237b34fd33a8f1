"""The policy of the page -> ASGI middlewares: headers, trusted hosts, the prefix, the last resort.

Input: any HTTP request. Output: the answer of the application inside with the headers every answer
carries, or a refusal in JSON. It never reads a body and knows nothing about runs.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dash_app.settings import LOOPBACK_HOSTS
from dash_app.web.answers import failure
from dash_app.web.caching import cache_policy

_HOST = re.compile(r"(?:\[(?P<ipv6>[0-9a-f:]*:[0-9a-f:.]*)\]|(?P<name>[a-z0-9._-]+))(?::[0-9]{1,5})?")
PROBES = ("/healthz", "/readyz")
"""Orchestrators ask these by address; they tell nothing about a run."""


def content_security_policy(script_hashes: Iterable[str], frame_ancestors: Sequence[str]) -> str:
    """Return the policy: nothing from elsewhere, no inline script but Dash's own by hash."""
    rules = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", *script_hashes]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "font-src": "'self' data:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "frame-ancestors": " ".join(["'self'", *frame_ancestors]),
    }
    return "; ".join(f"{rule} {sources}" for rule, sources in rules.items())


def is_trusted(host_header: str, trusted: Sequence[str]) -> bool:
    """Whether a Host header names us: exactly, as a sub-domain of `*.name`, or by `*`."""
    host = _name_in(host_header.strip().lower())
    return any(_matches(host, pattern) for pattern in (*LOOPBACK_HOSTS, *trusted))


def _name_in(host_header: str) -> str:
    """The name or address of a Host header (RFC 9110, 7.2); empty for what is none to its last character."""
    found = _HOST.fullmatch(host_header)
    return (found["name"] or found["ipv6"]) if found else ""


def _matches(host: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and len(host) > len(pattern) - 1
    return bool(host) and pattern in ("*", host)


class AnswerHeaders:
    """Puts on every answer what every answer carries; the policy only on HTML."""

    def __init__(self, app: ASGIApp, policy: Callable[[], str]) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(MutableHeaders(scope=message), scope, message["status"])
            await send(message)

        is_http = scope["type"] == "http"
        await self._app(scope, receive, send_with_headers if is_http else send)

    def _complete(self, headers: MutableHeaders, scope: Scope, status: int) -> None:
        headers["X-Content-Type-Options"] = "nosniff"
        headers.setdefault("Referrer-Policy", "same-origin")
        wanted = cache_policy(scope["path"], scope["query_string"].decode("latin-1"), status)
        if wanted or "cache-control" not in headers:
            headers["Cache-Control"] = wanted or "no-cache"
        if headers.get("content-type", "").startswith("text/html"):
            headers.setdefault("Content-Security-Policy", self._policy())  # a workspace's page in a fleet has its own


class TrustedHosts:
    """Refuses requests for a name that is not ours: a foreign site may have pointed it here."""

    def __init__(self, app: ASGIApp, trusted: Sequence[str]) -> None:
        self._app = app
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan" or scope["path"] in PROBES or self._accepts(scope):
            await self._app(scope, receive, send)
            return
        message = "this host name is not trusted here: add it to --trusted-hosts"
        await failure(400, "untrusted_host", message)(scope, receive, send)

    def _accepts(self, scope: Scope) -> bool:
        hosts = Headers(scope=scope).getlist("host")
        return bool(hosts) and all(is_trusted(host, self._trusted) for host in hosts)


class UrlPrefix:
    """Takes the prefix off a path, for a proxy that leaves it there; others need nothing."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope.get("path", "")
        if self._prefix != "/" and f"{path}/".startswith(self._prefix):
            short = "/" + path[len(self._prefix) :]
            scope = {**scope, "path": short, "raw_path": short.encode()}
        await self._app(scope, receive, send)


class LastResort:
    """The edge of one request: whatever went wrong inside is logged whole and told in a word."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        has_begun = False

        async def send_and_note(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except Exception:
            logging.getLogger(__name__).exception("request %s failed", scope.get("path"))
            if has_begun or scope["type"] != "http":
                raise
            message = "something went wrong here; the server's log tells what"
            await failure(500, "internal", message)(scope, receive, send)

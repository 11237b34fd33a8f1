"""Requests to Dash's own routes -> Dash, or a refusal where Dash would stumble.

Bodies are bounded and read once here; a callback's body must be JSON of the right shape for a
callback that exists; a file of a component must be one that the page asks for. It runs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from dash import Dash
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dash_app.web.answers import failure, not_found
from dash_app.web.caching import without_version
from dash_app.web.callback_shape import callback_problem

CALLBACK_PATH = "/_dash-update-component"
SUITES_PATH = "/_dash-component-suites/"
MAX_BODY_BYTES = 1 << 20
ANSWERED = 200


class BodyTooLarge(Exception):
    """More than `MAX_BODY_BYTES` were sent."""


class BodyLimit:
    """Reads a body whole, at most `MAX_BODY_BYTES`, and hands it on; 413 for more."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        try:
            body = await _read_body(Headers(scope=scope), receive)
        except BodyTooLarge:
            await _too_large()(scope, receive, send)
            return
        scope["state"] = {**scope.get("state", {}), "body": body}
        await self._app(scope, _replayed(body, receive), send)


class DashGuard:
    """Answers 400 or 404 to what Dash would answer with 500."""

    def __init__(self, app: ASGIApp, dash_app: Dash) -> None:
        self._app = app
        self._dash_app = dash_app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        refusal = None
        if scope["type"] == "http" and scope["path"].startswith(SUITES_PATH):
            known = self._dash_app.registered_paths
            refusal = None if is_known_file(scope["path"], known) else not_found()
        elif scope["type"] == "http" and scope["path"] == CALLBACK_PATH:
            wrong = self._what_is_wrong(scope)
            refusal = failure(400, "malformed_callback", wrong) if wrong else None
            send = _named_json(send)
        await (refusal or self._app)(scope, receive, send)

    def _what_is_wrong(self, scope: Scope) -> str | None:
        if not Headers(scope=scope).get("content-type", "").startswith("application/json"):
            return "the body must be application/json"
        return callback_problem(scope["state"]["body"], self._dash_app.callback_map)


def _named_json(send: Send) -> Send:
    """Say what a callback's answer is: Dash leaves that out, and what has no type is not packed."""

    async def send_named(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == ANSWERED:
            MutableHeaders(scope=message).setdefault("content-type", "application/json")
        await send(message)

    return send_named


class RememberedFiles:
    """Answers 304 for a component's file without reading it again: it cannot change while we run.

    Dash reads and hashes the whole file to say that nothing changed; the chart library has 4.8 MB.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._etags: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(SUITES_PATH):
            await self._app(scope, receive, send)
            return

        async def send_and_note(message: Message) -> None:
            etag = Headers(raw=message.get("headers", [])).get("etag")
            if etag and message.get("status") == 200:
                self._etags[path] = etag
            await send(message)

        known = self._etags.get(path)
        if known and Headers(scope=scope).get("if-none-match") == known:
            await Response(status_code=304, headers={"ETag": known})(scope, receive, send)
        else:
            await self._app(scope, receive, send_and_note)


def is_known_file(path: str, known: Mapping[str, set[str]]) -> bool:
    """Whether a component's file is one that the page may ask for."""
    package, _, file = path.removeprefix(SUITES_PATH).partition("/")
    return without_version(file) in known.get(package, ())


def _too_large() -> Response:
    answer = failure(413, "too_large", f"a request may carry at most {MAX_BODY_BYTES:,} bytes")
    answer.headers["Connection"] = "close"  # what was not read must not be taken for a request
    return answer


async def _read_body(headers: Headers, receive: Receive) -> bytes:
    announced = headers.get("content-length", "")
    if announced.isdigit() and int(announced) > MAX_BODY_BYTES:
        raise BodyTooLarge
    body, more = bytearray(), True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge
    return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    is_first = True

    async def receive_again() -> Message:
        nonlocal is_first
        if not is_first:
            return await receive()
        is_first = False
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again

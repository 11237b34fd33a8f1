"""Requests with a body -> the application inside, which gets the body whole, or a refusal of what is too long."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dash_app.web.answers import failure

MAX_BODY_BYTES = 1 << 20


class BodyTooLarge(Exception):
    """More than `MAX_BODY_BYTES` were sent."""


class BodyCut(Exception):
    """Whoever sent it is gone, and half a body is none."""


class BodyLimit:
    """Reads a body whole, at most `MAX_BODY_BYTES`, and hands it on; 413 for more.

    Whoever stands further inside finds the bytes as `scope["state"]["body"]` too.
    """

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
        except BodyCut:
            return
        scope["state"] = {**scope.get("state", {}), "body": body}
        await self._app(scope, _replayed(body, receive), send)


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
        if message["type"] == "http.disconnect":
            raise BodyCut
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

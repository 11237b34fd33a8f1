"""What whoever asks may see of the fleet -> a stream of signs (server-sent events): another sign is news.

A sign tells that something changed and not what: the page asks for itself anew. Everybody who may see the same is told
of one look. Streams end by themselves: after an hour, and when the server stops.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from collectors.store.backend import StoreProblem
from dash_app.auth.identity import asking
from dash_app.reading.fleet import FleetReader
from dash_app.routes.events import (
    HEADERS,
    LONGEST_STREAM_SECONDS,
    MEDIA_TYPE,
    MOST_LISTENERS,
    RECONNECT,
    RETRY_SECONDS,
    is_server_ending,
)
from dash_app.web.answers import failure

LOOK_SECONDS: Final = 1.0
BEAT_SECONDS: Final = 5.0
"""Something is told at least so often: a page that hears nothing for longer takes its stream for broken."""


class FleetEvents:
    """The route."""

    def __init__(self, reader: FleetReader) -> None:
        self._reader = reader
        self._listeners = 0
        self._told: dict[object, tuple[float, str]] = {}

    async def answer(self, request: Request) -> Response:
        """Answer a stream of `event: fleet` with `{sign, problem, now}`; 503 when there are too many."""
        if self._listeners >= MOST_LISTENERS:
            refusal = failure(503, "too_many_streams", "too many pages listen; ask /api/fleet instead")
            refusal.headers["Retry-After"] = str(RETRY_SECONDS)
            return refusal
        if request.method == "HEAD":
            return Response(headers=HEADERS, media_type=MEDIA_TYPE)
        return _Stream(self._messages(), self._count)

    def _count(self, more: int) -> None:
        self._listeners += more

    async def _messages(self) -> AsyncIterator[bytes]:
        told: tuple[str, str | None] = ("", "")
        told_at = 0.0
        ends_at = time.monotonic() + LONGEST_STREAM_SECONDS * random.uniform(0.9, 1)  # noqa: S311 -- no secret
        yield RECONNECT
        while time.monotonic() < ends_at and not is_server_ending():
            try:
                heard: tuple[str, str | None] = (await self._sign(), None)
            except StoreProblem as found:
                heard = ("", str(found))
            now = time.monotonic()
            if heard != told or now >= told_at + BEAT_SECONDS:
                told, told_at = heard, now
                content = {"sign": heard[0], "problem": heard[1], "now": datetime.now(UTC).isoformat()}
                yield f"event: fleet\ndata: {json.dumps(content)}\n\n".encode()
            await asyncio.sleep(LOOK_SECONDS)

    async def _sign(self) -> str:
        """One look a second for all that may see the same."""
        who = asking()
        key, now = (who.how, who.user, who.groups), time.monotonic()
        looked_at, sign = self._told.get(key, (0.0, ""))
        if now >= looked_at + LOOK_SECONDS / 2:
            sign = await run_in_threadpool(self._reader.sign)
            if len(self._told) > 2 * MOST_LISTENERS:
                self._told.clear()
            self._told[key] = (now, sign)
        return sign


class _Stream(StreamingResponse):
    """One listener's answer; counted from the moment it begins until it is gone, however it goes."""

    def __init__(self, messages: AsyncIterator[bytes], count: Callable[[int], None]) -> None:
        super().__init__(messages, headers=HEADERS, media_type=MEDIA_TYPE)
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._count(1)
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._count(-1)

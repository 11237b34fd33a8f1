"""What the reader sees -> a stream of pulses for every open page (server-sent events).

One task a process looks at the state folder while anybody listens, and tells all of them when
something changed, at the latest after one interval of the observer. Whoever is slow gets the newest
pulse only. Streams end by themselves: after an hour, and when the server stops, which would wait for them.
"""

from __future__ import annotations

import asyncio
import json
import random
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from dash_app.reading.observation import Observation
from dash_app.reading.pulse import pulse_of, seconds_between_pulses, sign_of
from dash_app.reading.reader import StateReader
from dash_app.web.answers import failure

LOOK_SECONDS = 0.25
"""So often the state folder is looked at; two `stat` calls while nothing changed."""
MOST_LISTENERS = 200
"""Streams a process holds; whoever comes later polls."""
RETRY_SECONDS = 30
"""When to ask again after a refusal."""
RECONNECT = b"retry: 3000\n"
"""Milliseconds after which a client that follows the standard comes back."""
LONGEST_STREAM_SECONDS = 3600.0
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
"""The second one keeps nginx from holding pulses back until there are many."""
MEDIA_TYPE = "text/event-stream"


class Events:
    """The route, over one reader."""

    def __init__(self, reader: StateReader, stale_after_seconds: float) -> None:
        self._channel = Channel(reader.current, stale_after_seconds)

    async def answer(self, request: Request) -> Response:
        """Answer a stream of `event: pulse`, each with what `api/pulse` answers; 503 when there are too many."""
        if self._channel.listeners >= MOST_LISTENERS:
            refusal = failure(503, "too_many_streams", "too many pages listen; ask /api/pulse instead")
            refusal.headers["Retry-After"] = str(RETRY_SECONDS)
            return refusal
        if request.method == "HEAD":
            return Response(headers=HEADERS, media_type=MEDIA_TYPE)
        return _Stream(self._channel)


class _Stream(StreamingResponse):
    """One listener's answer; counted from the moment it begins until it is gone, however it goes."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel.messages(), headers=HEADERS, media_type=MEDIA_TYPE)
        self._channel = channel

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._channel.listening():
            await super().__call__(scope, receive, send)


class Channel:
    """The newest pulse, and a word to all listeners when there is another one."""

    def __init__(self, look: Callable[[], Observation], stale_after_seconds: float) -> None:
        self.listeners = 0
        self._look = look
        self._stale_after = stale_after_seconds
        self._newest = b""
        self._news = asyncio.Event()
        self._watcher: asyncio.Task[None] | None = None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Count a listener; the first one starts the looking, the last one lets it end."""
        self.listeners += 1
        if self._watcher is None or self._watcher.done():
            self._watcher = asyncio.create_task(self._watch(), name="events")
        try:
            yield
        finally:
            self.listeners -= 1

    async def messages(self) -> AsyncIterator[bytes]:
        """Yield what is true now, then every news, until it is time to end."""
        told, watcher = self._newest, self._watcher
        # Not all at once: pages that came together would come back together.
        ends_at = time.monotonic() + LONGEST_STREAM_SECONDS * random.uniform(0.9, 1)  # noqa: S311 -- no secret
        yield RECONNECT + self._message(await run_in_threadpool(self._look))
        while watcher is not None and not watcher.done() and time.monotonic() < ends_at:
            news = self._news
            if self._newest is told:
                await news.wait()
            else:
                told = self._newest
                yield told

    async def _watch(self) -> None:
        """Look while anybody listens; whatever ends it, everybody is told."""
        sign, told_at = None, 0.0
        try:
            while self.listeners and not is_server_ending():
                seen = await run_in_threadpool(self._look)
                is_due = time.monotonic() >= told_at + seconds_between_pulses(seen)
                if sign_of(seen) != sign or is_due:
                    sign, told_at = sign_of(seen), time.monotonic()
                    self._tell(self._message(seen))
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            asyncio.get_running_loop().call_soon(self._tell, b"")

    def _tell(self, message: bytes) -> None:
        self._newest = message
        heard, self._news = self._news, asyncio.Event()
        heard.set()

    def _message(self, seen: Observation) -> bytes:
        pulse = json.dumps(pulse_of(seen, self._stale_after, datetime.now(UTC)))
        return f"event: pulse\ndata: {pulse}\n\n".encode()


def is_server_ending() -> bool:
    """Whether the server of this process stops. It tells applications only after all answers ended.

    uvicorn, also as gunicorn's worker, is found through the signal handler that it installed.
    """
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    if not isinstance(server, uvicorn.Server):
        return False
    return server.should_exit or not all(listener.is_serving() for listener in getattr(server, "servers", ()))

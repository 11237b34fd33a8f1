"""A version, and who makes its answer -> that answer, made and packed once for everybody who asks for it.

What is kept is packed already, the least recent forgotten first. Answers are made in threads, few at a time, so that
nobody waits for a pulse because somebody else waits for a curve. It knows no answer's meaning.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from dash_app.web.answers import FRESHNESS, has_already
from dash_app.web.packing import best_coding, packed

KEPT_BYTES: Final = 8 << 20
AT_A_TIME: Final = 2
_Key = tuple[str, str | None]


class KeptAnswers:
    """Answers of one route."""

    def __init__(self) -> None:
        self._kept: dict[_Key, bytes] = {}
        self._size_bytes = 0
        self._making: dict[_Key, asyncio.Task[bytes]] = {}
        self._few = anyio.CapacityLimiter(AT_A_TIME)

    async def answer(self, request: Request, etag: str, make: Callable[[], bytes]) -> Response:
        """Answer JSON under an ETag, or 304 when the client has it already; `make` is called in a thread."""
        headers = FRESHNESS | {"ETag": f'W/"{etag}"', "Vary": "Accept-Encoding"}
        if has_already(request, etag):
            return Response(status_code=304, headers=headers)
        key = (etag, best_coding(request.scope))
        body = await self._body(key, make)
        if key[1] is not None:
            headers["Content-Encoding"] = key[1]
        return Response(body, headers=headers, media_type="application/json")

    async def _body(self, key: _Key, make: Callable[[], bytes]) -> bytes:
        found = self._kept.pop(key, None)
        if found is not None:
            self._kept[key] = found
            return found
        # Visitors who come together wait for one making; one who leaves does not end it for the others.
        task = self._making.get(key) or asyncio.create_task(self._make_and_keep(key, make))
        self._making[key] = task
        return await asyncio.shield(task)

    async def _make_and_keep(self, key: _Key, make: Callable[[], bytes]) -> bytes:
        try:
            body = await anyio.to_thread.run_sync(lambda: packed(make(), key[1]), limiter=self._few)
        finally:
            del self._making[key]
        self._kept[key] = body
        self._size_bytes += len(body)
        while self._size_bytes > KEPT_BYTES and len(self._kept) > 1:
            self._size_bytes -= len(self._kept.pop(next(iter(self._kept))))
        return body

"""A version, and who makes its answer -> that answer, made and packed once for everybody who asks for it.

What is kept is packed already. Answers are made in threads, few at a time, so that
nobody waits for a pulse because somebody else waits for a curve. It knows no answer's meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from dash_app.web.answers import FRESHNESS, has_already
from dash_app.web.kept import Kept
from dash_app.web.packing import best_coding, packed

KEPT_BYTES: Final = 8 << 20
AT_A_TIME: Final = 2


class KeptAnswers:
    """Answers of one route."""

    def __init__(self) -> None:
        self._kept = Kept(KEPT_BYTES)
        self._few = anyio.CapacityLimiter(AT_A_TIME)

    async def answer(self, request: Request, etag: str, make: Callable[[], bytes]) -> Response:
        """Answer JSON under an ETag, or 304 when the client has it already; `make` is called in a thread."""
        headers = FRESHNESS | {"ETag": f'W/"{etag}"', "Vary": "Accept-Encoding"}
        if has_already(request, etag):
            return Response(status_code=304, headers=headers)
        coding = best_coding(request.scope)
        body = await self._kept.made(
            (etag, coding), lambda: anyio.to_thread.run_sync(lambda: packed(make(), coding), limiter=self._few)
        )
        if coding is not None:
            headers["Content-Encoding"] = coding
        return Response(body, headers=headers, media_type="application/json")

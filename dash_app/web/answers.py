"""Facts -> HTTP answers in one form: JSON errors, ETags, 304. Pure."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

FRESHNESS = {"Cache-Control": "no-cache"}
"""Keep it, but ask every time whether it is still true."""


def failure(status: int, error: str, message: str) -> JSONResponse:
    """Return an error: one word for programs, one sentence for people."""
    return JSONResponse({"error": error, "message": message}, status, headers=FRESHNESS)


def not_found() -> JSONResponse:
    """Return the one 404: it does not tell an absent run from a name that cannot be one."""
    return failure(404, "not_found", "there is nothing here")


def tagged_json(request: Request, content: Any, etag: str) -> Response:
    """Return JSON under an ETag, or 304 when the client has it already.

    `content` is bytes that are JSON already, or something to write as JSON.
    """
    headers = FRESHNESS | {"ETag": f'W/"{etag}"'}
    if has_already(request, etag):
        return Response(status_code=304, headers=headers)
    if isinstance(content, bytes):
        return Response(content, headers=headers, media_type="application/json")
    return JSONResponse(content, headers=headers)


def has_already(request: Request, etag: str) -> bool:
    """Whether the client says that it has the content of this ETag."""
    # Compression makes other bytes of the same content, so ETags are weak and so is comparing.
    known = request.headers.get("if-none-match", "")
    words = (word.strip().removeprefix("W/").strip('"') for word in known.split(","))
    return any(word in ("*", etag) for word in words if word)


def tell_audit(request: Request, **about: object) -> None:
    """Say what a request changed, for the line that the audit gets of it."""
    request.scope.get("state", {}).get("audit", {}).update(about)

"""`GET api/preview?path=` -> a file that the state names: JSON of its text, or a picture as it is.

Answers are bounded, tagged, and say of themselves that they are no page: no script, no frame, no
other site can use them. It opens nothing itself (`preview_file` does) and writes nothing.
"""

from __future__ import annotations

from typing import Final

import anyio
import pydantic_core
from starlette.requests import Request
from starlette.responses import Response

from collectors.digest import short_digest
from collectors.numbers import iso_text, size_words
from dash_app.preview.file import MOST_PICTURE_BYTES, Taken, take
from dash_app.preview.kinds import PICTURES, NoPreview, no_preview, suffix_of
from dash_app.preview.picture import picture_size, picture_type
from dash_app.preview.text import excerpt_of
from dash_app.reading.reader import StateReader
from dash_app.settings import Settings
from dash_app.web.answers import FRESHNESS, failure, has_already

AT_A_TIME: Final = 4
PATIENCE_SECONDS: Final = 10.0
MOST_PIXELS: Final = 40_000_000
HARMLESS: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class PreviewRoute:
    """The route, over one reader and the workspace that its state is of."""

    def __init__(self, reader: StateReader, settings: Settings, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._reader = reader
        self._settings = settings
        self._patience_seconds = patience_seconds
        self.few = anyio.CapacityLimiter(AT_A_TIME)

    async def answer(self, request: Request) -> Response:
        """Answer `{path, kind, part, facts, size_bytes, modified_at, text, rows, notes}`, or a picture.

        400 a question without one path, 403 not opened, 404 not named or switched off, 410 gone,
        413 too large a picture, 415 a kind that is not shown, 503 no workspace here, or too busy.
        """
        try:
            answer = await self._whole_answer(request, self._path_of(request))
        except NoPreview as problem:
            answer = failure(problem.status, problem.error, problem.message)
        answer.headers.update(HARMLESS)
        return answer

    def _path_of(self, request: Request) -> str:
        given = request.query_params.multi_items()
        if [name for name, _ in given] != ["path"]:
            raise NoPreview(400, "bad_question", "Exactly one parameter is needed: path, as the state names it.")
        return given[0][1]

    async def _whole_answer(self, request: Request, path: str) -> Response:
        if not self._settings.preview:
            raise NoPreview(404, "off", "Previews are switched off here (--no-preview).")
        with anyio.move_on_after(self._patience_seconds):
            # A hanging disk holds its few threads; whoever comes later waits so long and no longer.
            return await anyio.to_thread.run_sync(self._answer, request, path, limiter=self.few)
        raise NoPreview(503, "busy", "The workspace does not answer: is its disk or network busy?")

    def _answer(self, request: Request, path: str) -> Response:
        state = self._reader.current().state
        taken = take(state, path, self._settings.workspace, self._settings.allow_roots)
        kind = picture_type(taken.part.mark)
        return _picture(request, taken, kind) if kind else _text(request, path, taken)


def _picture(request: Request, taken: Taken, media_type: str) -> Response:
    data = taken.part.data
    if len(data) > MOST_PICTURE_BYTES:
        most = size_words(MOST_PICTURE_BYTES)
        message = f"The picture has {size_words(taken.part.size)}; at most {most} are shown."
        raise NoPreview(413, "too_large", message)
    size = picture_size(data)
    if size is None:
        raise no_preview("The picture ends before its header does: is it being written?")
    if size.width * size.height > MOST_PIXELS:
        message = f"The picture has {size.width:,} by {size.height:,} pixels, too many to show."
        raise NoPreview(413, "too_large", message)
    told = {
        "Preview-Facts": f"{size_words(taken.part.size)}, {size.width} x {size.height} pixels",
        "Preview-Modified": instant_of(taken) or "",
    }
    return tagged(request, data, media_type, told)


def _text(request: Request, path: str, taken: Taken) -> Response:
    part = taken.part
    if part.size and suffix_of(path) in PICTURES:
        raise no_preview("Its name says picture, and it is no PNG, JPEG or WebP.")
    found = excerpt_of(path, part)
    written = ("It was being written while it was read.",) if taken.is_being_written else ()
    content = {
        "path": path,
        "kind": "table" if found.rows else "text",
        "part": part.which,
        "facts": size_words(part.size),
        "size_bytes": part.size,
        "modified_at": instant_of(taken),
        "text": None if found.rows else found.text,
        "rows": found.rows,
        "notes": [*found.notes, *written],
    }
    return tagged(request, pydantic_core.to_json(content), "application/json")


def instant_of(taken: Taken) -> str | None:
    """Return when it was written, ISO 8601; null where its disk says nothing that can be."""
    return iso_text(taken.modified_at) if taken.modified_at else None


def tagged(request: Request, body: bytes, media_type: str, told: dict[str, str] | None = None) -> Response:
    """Return the answer under a tag of its content, or 304 where the client has it."""
    etag = short_digest(body)
    headers = FRESHNESS | {"ETag": f'W/"{etag}"'} | (told or {})
    if has_already(request, etag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)

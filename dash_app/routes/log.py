"""`GET api/log?path=` -> the end of one of the training's logs as lines; of the newest where none is named.

It is read like every other file of a workspace (`preview.file`): what the state names, a bounded part, no link out.
Lines that say that something is wrong are counted by what they say of themselves; nothing is judged by it.
"""

from __future__ import annotations

import re
from typing import Final

import pydantic_core
from starlette.requests import Request
from starlette.responses import Response

from collectors.numbers import size_words
from dash_app.preview.file import take_log
from dash_app.preview.kinds import NoPreview
from dash_app.preview.text import log_of
from dash_app.routes.preview import PreviewRoute, instant_of, tagged

ERROR: Final = re.compile(
    r"\b(?:ERROR|CRITICAL|FATAL)\b|\b\w*(?:Error|Exception)\b(?::|$)|\b(?:error|fatal|panic):|Traceback \(most recent"
)
WARNING: Final = re.compile(r"\bWARN(?:ING)?\b|\bwarn(?:ing)?\b|\b[A-Za-z]*Warning\b")


class LogRoute(PreviewRoute):
    """The route; it shares the preview's bounds: few at a time, none where previews are off."""

    def _path_of(self, request: Request) -> str:
        given = request.query_params.multi_items()
        if [name for name, _ in given] not in ([], ["path"]):
            raise NoPreview(400, "bad_question", "At most one parameter is understood: path, as the state names it.")
        return given[0][1] if given else ""

    def _answer(self, request: Request, path: str) -> Response:
        """Answer `{path, logs, facts, modified_at, lines, levels, notes}`; a level is `error`, `warning` or empty."""
        state = self._reader.current().state
        log = take_log(state, path, self._settings.workspace, self._settings.allow_roots)
        found = log_of(log.taken.part)
        lines = found.text.removesuffix("\n").split("\n")
        content = {
            "path": log.path,
            "logs": state.logs if state else (),
            "facts": size_words(log.taken.part.size),
            "modified_at": instant_of(log.taken),
            "lines": lines,
            "levels": [level_of(line) for line in lines],
            "notes": found.notes,
        }
        return tagged(request, pydantic_core.to_json(content), "application/json")


def level_of(line: str) -> str:
    """What a line says of itself: `error`, `warning`, or nothing."""
    return "error" if ERROR.search(line) else "warning" if WARNING.search(line) else ""

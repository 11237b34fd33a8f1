"""`GET api/scalars?run=&stream=&first=` -> curves of a stream that nobody configured, read from its event files.

It asks for what the current state names and nothing else, few tags at a time, and shares the preview's bounds: few at
a time, none where previews are off. Writes nothing.
"""

from __future__ import annotations

import pydantic_core
from starlette.requests import Request
from starlette.responses import Response

from collectors.contract.metrics import Series, StreamMetrics
from collectors.numbers import number_words
from collectors.presentation.words import chart_text
from dash_app.preview.file import of_state
from dash_app.preview.kinds import NoPreview
from dash_app.preview.scalars import AT_A_TIME, event_files, read_scalars, series_of
from dash_app.routes.preview import PreviewRoute, tagged
from dash_app.views.curves.data import loss_data

PARAMETERS = ("run", "stream", "first")


class ScalarsRoute(PreviewRoute):
    """The route; it shares the preview's bounds."""

    def _path_of(self, request: Request) -> str:
        """The stream, of a question that is one."""
        given = request.query_params
        if sorted(name for name, _ in given.multi_items()) != sorted(PARAMETERS) or not given["first"].isdecimal():
            raise NoPreview(400, "bad_question", "run, stream and first, a whole number, must be given once each.")
        return given["stream"]

    def _answer(self, request: Request, path: str) -> Response:
        """Answer `{count, members}`; a member is as `metric_data` tells one, with its `data`."""
        state, asked = self._reader.current().state, request.query_params
        run = state.metrics.get(path) if state and state.meta.run_id == asked["run"] else None
        if state is None or run is None:
            raise NoPreview(404, "not_named", "The current state has no such run and stream.")
        first = int(asked["first"][:6])
        tags = run.beside[first : first + AT_A_TIME]
        with of_state(state, self._settings.workspace, self._settings.allow_roots) as workspace:
            found = read_scalars(workspace, event_files(state, path), tags)
        members = [_member(run, tag, series_of(found[tag], run)) for tag in tags if tag in found]
        return tagged(
            request, pydantic_core.to_json({"count": len(run.beside), "members": members}), "application/json"
        )


def _member(run: StreamMetrics, tag: str, series: Series) -> dict[str, object]:
    last = series.value[-1]
    alone = {"series": {tag: series}, "nonfinite": (), "final": {}, "best": {}, "about": {}}
    data = loss_data(run.model_copy(update=alone))
    lost = sum(value is None for value in series.value)
    return {
        "series": tag,
        "label": tag,
        "last": "not finite" if last is None else number_words(last),
        "best": "",
        "odd": f"{lost} not finite" if lost else "",
        "reduced": False,
        "ghost": False,
        "others": [],
        "data": data | {"curves": [curve | {"name": chart_text(tag)} for curve in data["curves"]]},
        "ghosts": [],
    }

"""A run, a stream and series -> their curves as charts draw them, as JSON: what a chart asks for when it comes near.

`run` and `stream` are needed once; each `series` names a metric with a chart of its own, without any it is the
stream's main chart. `since` is the digest of the curves that the browser holds: rows that it has are not sent again.
Ids are matched strictly; what cannot be one is the same 404 as an absent run.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import anyio.to_thread
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from collectors.contract.metrics import StreamMetrics
from collectors.contract.values import NO_RUN
from collectors.digest import short_digest
from collectors.presentation.metric_groups import main_part, only
from collectors.presentation.regions.loss_table import loss_table
from dash_app.reading.documents import curves_version
from dash_app.reading.observation import Observation
from dash_app.reading.reader import StateReader
from dash_app.views.curves.data import curve_columns, loss_data
from dash_app.views.curves.metrics import metric_part
from dash_app.views.curves.news import COLUMNS, segments
from dash_app.views.tree import as_tree, component
from dash_app.web.answers import failure, not_found
from dash_app.web.kept_answers import KeptAnswers

MOST_SERIES: Final = 64
FEW_ROWS: Final = 100
"""A curve of no more rows is sent whole."""
MAIN: Final = ""
"""Name of the main chart among the parts."""


class CurvesRoute:
    """The route, over one reader."""

    def __init__(self, reader: StateReader) -> None:
        self._reader = reader
        self._kept = KeptAnswers()

    async def answer(self, request: Request) -> Response:
        """Answer `{run, stream, version, digest, parts}`; a part has `zero, curves, broken, ends` and maybe a `table`.

        A curve has its columns, or `segments` of the one that `since` names.
        """
        asked = request.query_params.multi_items()
        once = {name: value for name, value in asked if name != "series"}
        series = [value for name, value in asked if name == "series"]
        if set(once) - {"since"} != {"run", "stream"} or len(asked) != len(once) + len(series):
            return failure(400, "bad_question", "run and stream must be given once, series and since may be")
        if len(series) > MOST_SERIES:
            return failure(400, "bad_question", f"at most {MOST_SERIES} series are answered at once")
        seen = await anyio.to_thread.run_sync(self._seen, once["run"])
        run = seen.state.metrics.get(once["stream"]) if seen.state else None
        if run is None and once["run"] == NO_RUN:
            return Response(status_code=204)  # what began while it was asked has taken its place
        if run is None or not run.series.keys() >= set(series):
            return not_found()
        etag = short_digest("\n".join((once["run"], curves_version(run), once.get("since", ""), *series)))
        return await self._kept.answer(request, etag, partial(self._made, seen, once, series))

    def _seen(self, run_id: str) -> Observation:
        """The current state where it is of this run, else its snapshot."""
        seen = self._reader.current()
        return seen if seen.state and seen.state.meta.run_id == run_id else self._reader.run(run_id)

    def _made(self, seen: Observation, asked: dict[str, str], series: Sequence[str]) -> bytes:
        whole = self._reader.whole(seen, (asked["stream"],))
        if whole is None:
            return b"{}"
        run = whole.metrics[asked["stream"]]
        content = {
            "run": asked["run"],
            "stream": asked["stream"],
            "version": curves_version(seen.state.metrics[asked["stream"]]) if seen.state else "",
            "digest": run.curves,
            "parts": {name: metric_part(run, name) for name in series} if series else {MAIN: _main(run)},
        }
        if asked.get("since"):
            self._leave_out(content["parts"], run, asked)
        return to_json(content)

    def _leave_out(self, parts: Any, run: StreamMetrics, asked: dict[str, str]) -> None:
        """Let rows that the browser has be segments; where what it has is gone, everything is sent."""
        before = self._reader.document(asked["run"], asked["stream"], asked["since"])
        for name, part in parts.items():
            shown = main_part(run) if name == MAIN else only(run, name)
            for curve in part["curves"]:
                old = before.series.get(curve["series"]) if before else None
                if old is None or len(curve["value"]) <= FEW_ROWS:
                    continue
                columns = curve_columns(old, shown)
                curve["segments"] = segments(columns, curve)
                for column in COLUMNS:
                    del curve[column]


def _main(run: StreamMetrics) -> dict[str, Any]:
    shown = main_part(run)
    return {**loss_data(shown), "table": as_tree(component(loss_table(shown)))}

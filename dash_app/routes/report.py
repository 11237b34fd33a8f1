"""A look at the page -> the report of what it shows, as a file: `GET report.html?run=&baseline=&y=&smoothing=`.

Ids are matched strictly; what cannot be one is the same 404 as an absent run. Parameters of the page that
a report has no use for are left alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collectors.contract.state import DashboardState
from collectors.presentation.charts.axes import Kind
from collectors.presentation.charts.scale import MOST_SMOOTHING, SMOOTHING, Look
from dash_app.reading.history import Compared, RunHistory, is_live
from dash_app.web.answers import FRESHNESS, failure, not_found


def add_report(server: FastAPI, history: RunHistory) -> None:
    """Hang the route into the server, before anything that catches every path."""
    server.router.routes.append(Route("/report.html", ReportRoute(history).answer))


class ReportRoute:
    """The route, over one history."""

    def __init__(self, history: RunHistory) -> None:
        self._history = history

    async def answer(self, request: Request) -> Response:
        """Answer the report; 404 for a run that is not there, 503 where the state cannot be trusted."""
        wished = request.query_params
        found = await run_in_threadpool(self._history.compared, wished.get("run"), wished.get("baseline"))
        seen = found.shown
        if seen.condition == "absent" and not is_live(wished.get("run")):
            return not_found()
        if wished.get("baseline") and found.baseline is not None and found.baseline.condition == "absent":
            return not_found()
        if seen.condition != "ok" or seen.state is None:
            return failure(503, seen.condition, seen.sentence or "")
        from collectors.presentation.page import file_name  # who looks at a page seldom takes one along

        page = await run_in_threadpool(self._page, found, seen.state, wished)
        saved = {"Content-Disposition": f'attachment; filename="{file_name(seen.state)}"'}
        return Response(page, headers=FRESHNESS | saved, media_type="text/html")

    def _page(self, found: Compared, state: DashboardState, wished: Mapping[str, str]) -> bytes:
        from collectors.presentation.page import Against, as_html

        whole, against = self._history.reader.whole, None
        if found.baseline_id is not None:
            baseline = whole(found.baseline) if found.baseline else None
            against = Against(found.baseline_id, baseline, found.delta)
        return as_html(whole(found.shown) or state, against, _look(wished)).encode()


def _look(wished: Mapping[str, str]) -> Look:
    """How the page's address has the charts; what it cannot wish is as usual."""
    try:
        weight = float(wished.get("smoothing", ""))
    except ValueError:
        weight = SMOOTHING
    kind: Kind = "log" if wished.get("y") == "log" else "linear"
    return Look(kind, weight if 0 <= weight <= MOST_SMOOTHING else SMOOTHING)

"""State -> `badge.svg` and `snapshot.svg`: pictures for wikis that show no frames.

A picture always comes with 200, also when it says that something is not there: image proxies of wikis
pass on nothing else, and a reader would see a torn picture instead of the reason. Whoever wants a
status code asks `api/state` or `readyz`. It shows and never changes anything.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collectors.digest import short_digest
from collectors.presentation.svg import Choice
from dash_app.reading.history import RunHistory, is_live
from dash_app.reading.observation import Observation
from dash_app.settings import Settings
from dash_app.web.answers import has_already

if TYPE_CHECKING:
    from dash_app.pictures.badge import Badge

FRESHNESS = {"Cache-Control": "no-cache, max-age=0"}
"""Proxies of wikis may keep a picture, but must ask each time whether it is still true."""
THEMES: dict[str, Choice] = {"light": "light", "dark": "dark"}
NO_STATE = "Nothing has been collected yet."


def add_pictures(server: FastAPI, history: RunHistory, settings: Settings) -> None:
    """Hang the routes into the server, before anything that catches every path."""
    pictures = Pictures(history, settings)
    server.router.routes.extend(
        [Route("/badge.svg", pictures.badge), Route("/snapshot.svg", pictures.snapshot)],
    )


class Pictures:
    """The routes, over one history."""

    def __init__(self, history: RunHistory, settings: Settings) -> None:
        self._history = history
        self._stale_after = settings.stale_after_seconds

    async def badge(self, request: Request) -> Response:
        """Answer the verdict, or what `stream`, `check` and `run` name."""
        from dash_app.pictures.badge import render_badge  # whoever opens the page asks for none

        return _picture(request, render_badge(await run_in_threadpool(self._badge, request)))

    async def snapshot(self, request: Request) -> Response:
        """Answer the pipeline as `view` draws it, of the current state or of a stored `run`, in a `theme`."""
        return _picture(request, await run_in_threadpool(self._still, request))

    def _badge(self, request: Request) -> Badge:
        from dash_app.pictures.badge import missing_badge, stale_badge, unknown_badge

        run = _run(request)
        seen = self._history.shown(run)
        if run and seen.condition == "absent":
            return missing_badge("no such run")
        if seen.state is None or seen.condition != "ok":
            return unknown_badge(seen.sentence or NO_STATE)
        badge = _wished_badge(request, seen, run)
        return stale_badge(badge, _observed_at(seen)) if self._is_stale(seen, run) else badge

    def _still(self, request: Request) -> str:
        from dash_app.pictures.still_graph import Occasion, render_still_graph, render_still_notice

        wish, run = request.query_params, _run(request)
        theme = THEMES.get(wish.get("theme", ""), "auto")
        seen = self._history.shown(run)
        if run and seen.condition == "absent":
            return render_still_notice("NO SUCH RUN", "There is no stored run of that id.", theme)
        if seen.state is None:
            return render_still_notice("NO STATE", seen.sentence or NO_STATE, theme)
        is_old = self._is_stale(seen, run) or seen.condition != "ok"
        view, observed_at = wish.get("view", ""), None if run else _observed_at(seen)
        return render_still_graph(seen.state, Occasion(view, theme, observed_at, run, is_old))

    def _is_stale(self, seen: Observation, run: str | None) -> bool:
        return run is None and seen.is_stale(datetime.now(UTC), self._stale_after)


def _run(request: Request) -> str | None:
    named = request.query_params.get("run")
    return None if is_live(named) else named


def _wished_badge(request: Request, seen: Observation, run: str | None) -> Badge:
    from dash_app.pictures.badge import check_badge, missing_badge, stream_badge, unknown_badge, verdict_badge

    stream, check = request.query_params.get("stream"), request.query_params.get("check")
    if seen.state is None:
        return unknown_badge(NO_STATE)
    if stream is not None and check is not None:
        return missing_badge("stream or check, not both")
    if stream is not None:
        return stream_badge(seen.state, stream)
    if check is not None:
        return check_badge(seen.state, check)
    return verdict_badge(seen.state, run)


def _observed_at(seen: Observation) -> datetime | None:
    return seen.heartbeat.observed_at if seen.heartbeat else None


def _picture(request: Request, svg: str) -> Response:
    etag = short_digest(svg)
    headers = FRESHNESS | {"ETag": f'W/"{etag}"'}
    if has_already(request, etag):
        return Response(status_code=304, headers=headers)
    return Response(svg.encode(), headers=headers, media_type="image/svg+xml")

"""What the reader sees -> JSON routes beside the page: state, pulse, events, series, preview, health.

Every answer is the truth of the moment it is asked; what did not change is a 304 of a few bytes.
It shows and never changes anything.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from collectors.digest import short_digest
from dash_app.reading.observation import Observation
from dash_app.reading.pulse import pulse_of, sign_of
from dash_app.reading.reader import StateReader
from dash_app.routes.events import Events
from dash_app.routes.log import LogRoute
from dash_app.routes.preview import PreviewRoute
from dash_app.settings import Settings
from dash_app.web.answers import failure, tagged_json

if TYPE_CHECKING:
    from dash_app.routes.curves import CurvesRoute
    from dash_app.routes.scalars import ScalarsRoute
    from dash_app.routes.series import SeriesRoute


def add_api(server: FastAPI, reader: StateReader, settings: Settings) -> None:
    """Hang the routes into the server, before anything that catches every path."""
    api = Api(reader, settings)
    routes: dict[str, Callable[..., Any]] = {
        "/api/state": api.state,
        "/api/pulse": api.pulse,
        "/api/events": Events(reader, settings.stale_after_seconds).answer,
        "/api/curves": _curves(reader),
        "/api/series": _series(reader, settings),
        "/api/preview": PreviewRoute(reader, settings).answer,
        "/api/log": LogRoute(reader, settings).answer,
        "/api/scalars": _scalars(reader, settings),
        "/healthz": api.healthz,
        "/readyz": api.readyz,
    }
    server.router.routes.extend(Route(path, answer) for path, answer in routes.items())


def _curves(reader: StateReader) -> Callable[..., Any]:
    """The route of charts; numpy is imported for the first of them."""

    @cache
    def route() -> CurvesRoute:
        from dash_app.routes.curves import CurvesRoute

        return CurvesRoute(reader)

    async def answer(request: Request) -> Response:
        return await route().answer(request)

    return answer


def _series(reader: StateReader, settings: Settings) -> Callable[..., Any]:
    """The route of zoomed charts; numpy is imported for the first of them."""

    @cache
    def route() -> SeriesRoute:
        from dash_app.routes.series import SeriesRoute

        return SeriesRoute(reader, settings.state_dir)

    async def answer(request: Request) -> Response:
        return await route().answer(request)

    return answer


def _scalars(reader: StateReader, settings: Settings) -> Callable[..., Any]:
    """The route of what nobody configured; numpy is imported for the first who asks."""

    @cache
    def route() -> ScalarsRoute:
        from dash_app.routes.scalars import ScalarsRoute

        return ScalarsRoute(reader, settings)

    async def answer(request: Request) -> Response:
        return await route().answer(request)

    return answer


class Api:
    """The routes, over one reader."""

    def __init__(self, reader: StateReader, settings: Settings) -> None:
        self._reader = reader
        self._stale_after = settings.stale_after_seconds

    async def state(self, request: Request) -> Response:
        """Answer the state as it is stored; 503 when there is none to trust."""
        return _state_answer(request, self._reader.current())

    async def pulse(self, request: Request) -> Response:
        """Answer what the page polls: which state is true, and when anybody last looked.

        It says what `pulse_of` tells; `api/events` pushes the same.
        """
        seen = self._reader.current()
        content = pulse_of(seen, self._stale_after, datetime.now(UTC))
        return tagged_json(request, content, short_digest("\n".join(map(str, sign_of(seen)))))

    async def healthz(self, _: Request) -> Response:
        """Answer that the process lives."""
        return JSONResponse({"status": "ok"})

    async def readyz(self, _: Request) -> Response:
        """Answer whether the page can show something true: a readable state, a live observer."""
        seen = self._reader.current()
        if seen.condition != "ok":
            return failure(503, seen.condition, seen.sentence or "")
        if seen.is_stale(datetime.now(UTC), self._stale_after):
            return failure(503, "stale", _age_in_words(seen, self._stale_after))
        return JSONResponse({"status": "ready"})


def _state_answer(request: Request, seen: Observation) -> Response:
    if seen.condition != "ok" or seen.raw is None:
        return failure(503, seen.condition, seen.sentence or "")
    return tagged_json(request, seen.raw, seen.etag)


def _age_in_words(seen: Observation, stale_after_seconds: float) -> str:
    age = seen.heartbeat_age_seconds(datetime.now(UTC))
    if age is None:
        return "nobody has observed the workspace: there is no heartbeat"
    return f"the observer was last seen {age:.0f} s ago, more than {stale_after_seconds:g} s"

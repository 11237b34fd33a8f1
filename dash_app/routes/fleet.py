"""The fleet -> its page, its rows as JSON, its badge; and whether the process lives and can show something true.

What did not change is a 304 of a few bytes. It shows and never changes anything.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from collectors.contract.values import Status
from collectors.contract.workspace_row import NEEDS_SOMEBODY, Standing
from collectors.digest import short_digest
from collectors.presentation.markup import Element
from collectors.store.backend import StoreProblem
from collectors.store.fleet import FleetPage, StoodRow
from dash_app.auth.fleet import workspace_prefix
from dash_app.auth.identity import asking
from dash_app.reading.fleet import FleetReader
from dash_app.reading.fleet_query import asked, wish_of
from dash_app.routes.fleet_events import FleetEvents
from dash_app.settings import Settings
from dash_app.views.fleet.page import Frame, count_words, fleet_document
from dash_app.web.answers import FRESHNESS, failure, has_already, tagged_json
from dash_app.web.bundle import Bundles

NOT_REACHED: Final = "store_not_reached"


def add_fleet(server: FastAPI, reader: FleetReader, settings: Settings, bundles: Bundles) -> None:
    """Hang the routes into the server."""
    routes = FleetRoutes(reader, settings, bundles)
    answers: dict[str, Callable[..., Any]] = {
        "/": routes.page,
        "/api/fleet": routes.rows,
        "/api/fleet/events": FleetEvents(reader).answer,
        "/badge.svg": routes.badge,
        "/healthz": routes.healthz,
        "/readyz": routes.readyz,
    }
    server.router.routes.extend(Route(path, answer) for path, answer in answers.items())


class FleetRoutes:
    """The routes, over what whoever asks may see."""

    def __init__(self, reader: FleetReader, settings: Settings, bundles: Bundles) -> None:
        self._reader = reader
        self._settings = settings
        self._bundles = bundles

    async def page(self, request: Request) -> Response:
        """Answer the page that the address wishes, its rows in it."""
        try:
            body = await run_in_threadpool(self._document, asked(request.query_params))
        except StoreProblem as problem:
            from dash_app.web.refused import words

            return words("The workspaces cannot be read", f"{problem}.", 503)
        etag = short_digest(body)
        headers = FRESHNESS | {"ETag": f'W/"{etag}"'}
        if has_already(request, etag):
            return Response(status_code=304, headers=headers)
        return HTMLResponse(body, headers=headers)

    def _document(self, given: dict[str, str]) -> str:
        prefix, bundles = self._settings.url_prefix, self._bundles
        frame = Frame(prefix, bundles.styles.address, bundles.scripts.address, self._account())
        return fleet_document(self._reader.page(wish_of(given)), given, frame)

    def _account(self) -> Element | None:
        if not self._settings.access.is_on and self._settings.is_on_loopback:
            return None
        from dash_app.views.account import account  # a page of one person shows none

        return account(asking(), self._settings.url_prefix, is_open=not self._settings.access.is_on)

    async def rows(self, request: Request) -> Response:
        """Answer the same rows as JSON; `after` is the `before` of the next page, null on the last."""
        given = asked(request.query_params)
        try:
            page = await run_in_threadpool(self._reader.page, wish_of(given))
        except StoreProblem as problem:
            return failure(503, NOT_REACHED, str(problem))
        content = {
            "known": page.known,
            "observed": page.observed,
            "counts": {standing.value: page.counts.get(standing, 0) for standing in Standing},
            "rows": [self._told(one) for one in page.rows],
            "after": page.after.text if page.after else None,
        }
        # A heartbeat alone changes no row: the time of it is the one fact that an ETag does not tell.
        return tagged_json(request, content, page.etag)

    def _told(self, stood: StoodRow) -> dict[str, Any]:
        row, going = stood.row, stood.row.under_way
        return {
            "name": row.name,
            "address": workspace_prefix(self._settings.url_prefix, row.name),
            "title": row.title,
            "standing": stood.standing.value,
            "verdict": row.verdict,
            "reason": row.reason,
            "run_id": row.run_id or None,
            "labels": dict(label.split(":", 1) for label in row.labels),
            "failing": [check.id for check in row.failing],
            "stages": {stage.id: stage.status for stage in row.stages},
            "progress": going and {"words": going.words, "share": going.share, "ends_at": _iso(going.ends_at)},
            "changed_at": _iso(row.changed_at),
            "observed_at": _iso(row.heartbeat and row.heartbeat.observed_at),
            "last": [{"run_id": run.run_id, "verdict": run.verdict} for run in row.last],
        }

    async def badge(self, request: Request) -> Response:
        """Answer how many need somebody, of those that the address wishes; a picture comes with 200 always."""
        from dash_app.pictures.badge import Badge, render_badge, unknown_badge

        given = asked(request.query_params)
        try:
            page = await run_in_threadpool(self._reader.page, wish_of(given))
        except StoreProblem as problem:
            badge = unknown_badge(str(problem))
        else:
            title = f"{count_words(page)}; {page.observed:,} of {page.known:,} observed"
            label = " ".join(filter(None, ["fleet", given.get("label", "")]))
            badge = Badge(label, count_words(page), _shade(page), title)
        return Response(
            render_badge(badge), headers={"Cache-Control": "no-cache, max-age=0"}, media_type="image/svg+xml"
        )

    async def healthz(self, _: Request) -> Response:
        """Answer that the process lives."""
        return JSONResponse({"status": "ok"})

    async def readyz(self, _: Request) -> Response:
        """Answer whether the workspaces can be read; it tells nothing of them."""
        try:
            await run_in_threadpool(self._reader.sign)
        except StoreProblem as problem:
            return failure(503, NOT_REACHED, str(problem))
        return JSONResponse({"status": "ready"})


def _shade(page: FleetPage) -> Status:
    """The most urgent of what is told."""
    urgent = {Standing.NOT_READY: Status.FAIL, Standing.DAMAGED: Status.FAIL}
    needs = [urgent.get(one, Status.STALLED) for one in Standing if one in NEEDS_SOMEBODY and page.counts.get(one)]
    if needs:
        return Status.FAIL if Status.FAIL in needs else Status.STALLED
    if not sum(page.counts.values()):
        return Status.IDLE
    return Status.RUNNING if page.counts.get(Standing.TRAINING) else Status.DONE


def _iso(when: Any) -> str | None:
    return when.isoformat() if when else None

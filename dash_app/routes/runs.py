"""Stored runs -> JSON and CSV: the list, one run, a comparison, the pinned baseline.

Ids are matched strictly; what cannot be one is the same 404 as an absent run. The only thing that is ever
written is which run is the baseline, and only for a request that comes from this very page.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pydantic_core
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from collectors.digest import short_digest
from collectors.store.backend import StoreProblem
from collectors.store.runs import RunProblem, is_run_id
from dash_app.auth.identity import ANYBODY, asking
from dash_app.reading.history import RunHistory, is_live, known_ids
from dash_app.reading.observation import Observation
from dash_app.reading.query import MOST_ROWS, RunQuery, query_from, select_rows
from dash_app.settings import Settings
from dash_app.web.answers import FRESHNESS, failure, not_found, tagged_json, tell_audit

EVERY_VERB = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
USUAL_ROWS = 200
MOST_BESIDE = 8
"""Runs that stand side by side."""
MOST_FIELDS = 100
"""Of an asking page's address; with more it is none of ours."""


def add_runs_api(server: FastAPI, history: RunHistory, settings: Settings) -> None:
    """Hang the routes into the server, before anything that catches every path."""
    api = RunsApi(history, settings)
    server.router.routes.extend(
        [
            Route("/api/runs", api.runs),
            Route("/api/runs.csv", api.table),
            Route("/api/runs.json", api.document),
            Route("/api/runs/{run_id}", api.run),
            Route("/api/compare", api.compare),
            Route("/api/compared.csv", api.side_by_side),
            Route("/api/compared.json", api.side_by_side),
            Route("/api/baseline", api.baseline, methods=EVERY_VERB),
        ]
    )


class RunsApi:
    """The routes, over one history."""

    def __init__(self, history: RunHistory, settings: Settings) -> None:
        self._history = history
        self._settings = settings

    async def runs(self, request: Request) -> Response:
        """Answer rows of the index, newest first, the current run's id and the baseline's.

        `text`, `verdict`, `since`, `until`, `sort`, `descending` choose, `offset` and `limit` cut.
        """
        seen = self._history.reader.current()
        current = seen.state.meta.run_id if seen.state and seen.condition == "ok" else None
        rows = await run_in_threadpool(self._history.rows)
        found = select_rows(rows, _query(request))
        start, limit = _number(request, "offset", 0), min(_number(request, "limit", USUAL_ROWS), MOST_ROWS)
        content = {
            "current": current,
            "baseline": self._history.pinned(),
            "total": len(rows),
            "found": len(found),
            "runs": list(found[start : start + limit]),
        }
        raw = pydantic_core.to_json(content)
        return tagged_json(request, raw, short_digest(raw))

    async def table(self, request: Request) -> Response:
        """Answer every chosen row as CSV; no cell is a formula."""
        text = await run_in_threadpool(self._as_csv, request)
        return _file(text, "text/csv; charset=utf-8", "runs.csv")

    async def document(self, request: Request) -> Response:
        """Answer every chosen row as a JSON file, with its spark lines as numbers."""
        from collectors.presentation.runs import rows_as_json  # few ever ask for a file

        rows = await run_in_threadpool(self._chosen, request)
        return _file(rows_as_json(rows, self._history.pinned()), "application/json", "runs.json")

    def _as_csv(self, request: Request) -> str:
        from collectors.presentation.runs import rows_as_csv  # likewise

        return rows_as_csv(self._chosen(request), self._history.pinned())

    def _chosen(self, request: Request) -> Any:
        return select_rows(self._history.rows(), _query(request))

    async def run(self, request: Request) -> Response:
        """Answer one run's snapshot as it is stored."""
        seen = await run_in_threadpool(self._history.reader.run, request.path_params["run_id"])
        if seen.condition == "absent":
            return not_found()
        if seen.raw is None or seen.condition != "ok":
            return _unreadable(seen)
        return tagged_json(request, seen.raw, seen.etag)

    async def compare(self, request: Request) -> Response:
        """Answer the delta of `run` (the current state where it is not named) and `baseline` (the pinned one)."""
        run, choice = request.query_params.get("run"), request.query_params.get("baseline")
        found = await run_in_threadpool(self._history.compared, run, choice)
        if found.baseline is None or found.baseline.condition == "absent":
            return not_found()
        if found.shown.condition == "absent" and not is_live(run):
            return not_found()
        broken = next((side for side in (found.shown, found.baseline) if side.condition != "ok"), None)
        if broken or found.delta is None:
            return _unreadable(broken or found.shown)
        raw = found.delta.model_dump_json().encode()
        return tagged_json(request, raw, short_digest(raw))

    async def side_by_side(self, request: Request) -> Response:
        """Answer what each of `runs` says, as CSV or JSON; a run that cannot be read is left out."""
        from collectors.compare.side_by_side import side_by_side  # few ever compare so many
        from collectors.presentation.side_by_side import sections_as_csv, sections_as_json

        wished = known_ids(request.query_params.get("runs", "").split(","), MOST_BESIDE)
        states = await run_in_threadpool(self._history.states, wished)
        if not states:
            return not_found()
        told = ([state.meta.run_id for state in states], side_by_side(states))
        if request.url.path.endswith(".csv"):
            return _file(await run_in_threadpool(sections_as_csv, *told), "text/csv; charset=utf-8", "compared.csv")
        return _file(sections_as_json(*told), "application/json", "compared.json")

    async def baseline(self, request: Request) -> Response:
        """Answer the pinned baseline's id and when it was pinned; a POST of `{"run_id": id or null}` pins it or none.

        With `replaces` in it, the id that the asker saw pinned, another one is not replaced unseen. What was pinned is
        answered with the `runs` that the next pulse tells everybody.
        """
        if request.method in ("GET", "HEAD"):
            pinned = {"run_id": self._history.pinned(), "pinned_at": self._history.pinned_at()}
            if by := self._history.pinned_by():
                pinned["pinned_by"] = by
            return tagged_json(request, pinned, short_digest(repr(pinned)))
        if request.method != "POST":
            answer = failure(405, "method_not_allowed", "ask with GET, pin with POST")
            answer.headers["Allow"] = "GET, HEAD, POST"
            return answer
        return self._refusal(request) or await self._pin(request)

    def _refusal(self, request: Request) -> JSONResponse | None:
        from dash_app.web.origin import is_from_this_page  # few ever pin

        if not self._settings.may_pin:
            return failure(403, "pinning_is_off", "baselines are pinned on the machine itself, or with --allow-pin")
        if asking().how != "token" and not is_from_this_page(request.headers):
            return failure(403, "foreign_request", "a baseline is pinned by this page only, not by another site")
        if is_embedded(request.headers):
            return failure(403, "embedded", "a page in another page pins nothing; open it by itself")
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return failure(400, "malformed", "the body must be application/json")
        return None

    async def _pin(self, request: Request) -> Response:
        wish, who = _wish(await request.body()), asking()
        if wish is None:
            return failure(400, "malformed", 'the body must be {"run_id": "..."} or {"run_id": null}')
        run_id, pinned = wish["run_id"], self._history.pinned()
        if wish.get("replaces", pinned) != pinned:
            return failure(409, "replaced", f"somebody pinned {pinned or 'no baseline'} meanwhile: look, and pin again")
        if run_id is not None and not is_run_id(run_id):
            return not_found()
        try:
            await run_in_threadpool(self._history.pin, run_id, None if who is ANYBODY else who.user)
        except RunProblem as problem:
            # A damaged run is there; one that is not gets the same answer as everywhere.
            row = await run_in_threadpool(self._history.row, run_id)
            return failure(409, "damaged", str(problem)) if row else not_found()
        except StoreProblem as problem:
            return failure(503, "not_saved", str(problem))
        tell_audit(request, run_id=run_id, replaced=pinned)
        seen = await run_in_threadpool(self._history.reader.current)
        return JSONResponse({"run_id": run_id, "runs": seen.runs_version}, headers=FRESHNESS)


def is_embedded(headers: Headers) -> bool:
    """Whether the asking page may be shown with `embed=1`: where it says so in several ways, the strictest counts."""
    told = [fields for page in headers.getlist("referer") for fields in _fields_of(page)]
    return ("embed", "1") in told


def _fields_of(page: str) -> list[tuple[str, str]]:
    """Names and values of an address; one that cannot be read says `embed=1`."""
    try:
        return parse_qsl(urlsplit(page).query, max_num_fields=MOST_FIELDS)
    except ValueError:
        return [("embed", "1")]


def _wish(body: bytes) -> dict[str, Any] | None:
    try:
        found = pydantic_core.from_json(body)
    except ValueError:
        return None
    if not isinstance(found, dict) or not {"run_id"} <= set(found) <= {"run_id", "replaces"}:
        return None
    return found if all(value is None or isinstance(value, str) for value in found.values()) else None


def _query(request: Request) -> RunQuery:
    return query_from(dict(request.query_params))


def _number(request: Request, name: str, usual: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else usual


def _unreadable(seen: Observation) -> JSONResponse:
    return failure(503, seen.condition, seen.sentence or "")


def _file(text: str, kind: str, name: str) -> Response:
    headers = FRESHNESS | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode(), headers=headers, media_type=kind)

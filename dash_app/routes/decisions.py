"""A run -> what is drawn of its decisions: `GET api/decisions?run=` as JSON, `api/decisions.csv?run=&of=` as a table.

Ids are matched strictly; what cannot be one is the same 404 as a run without a scoring.
"""

from __future__ import annotations

from fastapi import FastAPI
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collectors.contract.decisions import DecisionDocument
from collectors.digest import short_digest
from dash_app.reading.reader import StateReader
from dash_app.web.answers import FRESHNESS, failure, has_already, not_found, tagged_json

TABLES = ("alarms", "scores")
LIVE = ("", "live")


def add_decisions_api(server: FastAPI, reader: StateReader) -> None:
    """Hang the routes into the server, before anything that catches every path."""
    api = DecisionsApi(reader)
    server.router.routes.extend([Route("/api/decisions", api.document), Route("/api/decisions.csv", api.table)])


class DecisionsApi:
    """The routes, over one reader."""

    def __init__(self, reader: StateReader) -> None:
        self._reader = reader

    async def document(self, request: Request) -> Response:
        """Answer the document as it is stored."""
        run_id = self._run(request)
        version = self._reader.decisions_version(run_id)
        if version is None:
            return not_found()
        etag = short_digest(repr((run_id, version)))
        if has_already(request, etag):
            return tagged_json(request, b"", etag)
        raw = await run_in_threadpool(self._reader.decisions, run_id)
        return not_found() if raw is None else tagged_json(request, raw, etag)

    async def table(self, request: Request) -> Response:
        """Answer alarms or scores as a file; `of` says which."""
        of = request.query_params.get("of", "alarms")
        if of not in TABLES:
            return failure(400, "bad_question", f"of must be one of {', '.join(TABLES)}")
        run_id = self._run(request)
        raw = await run_in_threadpool(self._reader.decisions, run_id)
        if raw is None:
            return not_found()
        from collectors.presentation.decision_tables import alarms_as_csv, scores_as_csv  # who opens a page takes none

        try:
            document = DecisionDocument.model_validate_json(raw)
            text = alarms_as_csv(document) if of == "alarms" else scores_as_csv(document)
        except ValidationError:
            return failure(503, "damaged", "what is stored of these decisions cannot be read; collect again")
        saved = {"Content-Disposition": f'attachment; filename="{run_id}-{of}.csv"'}
        return Response(text.encode(), headers=FRESHNESS | saved, media_type="text/csv; charset=utf-8")

    def _run(self, request: Request) -> str:
        wished = request.query_params.get("run", "")
        state = self._reader.current().state if wished in LIVE else None
        return state.meta.run_id if state else wished

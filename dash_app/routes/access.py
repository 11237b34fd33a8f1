"""Who is asking, who is signed in, which tokens there are: JSON for the page and for admins; ending is all that writes.

What is listed holds no secret. It is there only where somebody has to say who they are.
"""

from __future__ import annotations

from typing import Any, TypeVar

from fastapi import FastAPI
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from collectors.contract.access import Link, Role, Session, Token
from collectors.contract.shapes import Section
from collectors.store.access import AccessStore
from collectors.store.backend import StoreProblem
from dash_app.auth.doorman import Doorman
from dash_app.auth.identity import asking
from dash_app.web.answers import FRESHNESS, failure, not_found, tell_audit

Wish = TypeVar("Wish", bound=Section)


class Ended(Section):
    """What is to be ended: one by its id, or all of a user."""

    id: str | None = None
    user: str | None = None


def add_access_api(server: FastAPI, doorman: Doorman) -> None:
    """Hang the routes into the server, before anything that catches every path."""
    api = AccessApi(doorman.store)
    server.router.routes.extend(
        [
            Route("/api/me", api.me),
            Route("/api/sessions", api.sessions),
            Route("/api/sessions/revoke", api.end_sessions, methods=["POST"]),
            Route("/api/tokens", api.tokens),
            Route("/api/tokens/revoke", api.end_tokens, methods=["POST"]),
        ]
    )


class AccessApi:
    """The routes, over one store."""

    def __init__(self, store: AccessStore) -> None:
        self._store = store

    async def me(self, _: Request) -> Response:
        """Answer who is asking, and what that role may do."""
        who = asking()
        may = [role.value for role in Role if who.may(role)]
        return _listed({"user": who.user, "role": who.role.value, "how": who.how, "may": may})

    async def sessions(self, _: Request) -> Response:
        """Answer who is signed in, or was until a moment ago."""
        return _listed({"sessions": [told(one) for one in self._store.records().sessions]})

    async def tokens(self, _: Request) -> Response:
        """Answer every token."""
        return _listed({"tokens": [told(one) for one in self._store.records().tokens]})

    async def end_sessions(self, request: Request) -> Response:
        """End a session by its `id`, or all of a `user`."""
        return await self._end(request, "sessions")

    async def end_tokens(self, request: Request) -> Response:
        """End a token by its `id`."""
        return await self._end(request, "tokens")

    async def _end(self, request: Request, kind: str) -> Response:
        wish = await wished(request, Ended)
        if wish is None or (wish.id is None) == (wish.user is None) or (wish.user is not None and kind == "tokens"):
            return failure(400, "malformed", 'the body must be {"id": "..."}, of sessions also {"user": "..."}')
        tell_audit(request, ended=wish.id or wish.user)
        return await ended(self._store, kind, wish)


async def ended(store: AccessStore, kind: str, wish: Ended, made_by: str | None = None) -> Response:
    """End what is meant, of one maker where one is named; answer how many that were."""

    def is_meant(one: Token | Session | Link) -> bool:
        is_his = made_by is None or (not isinstance(one, Session) and one.made_by == made_by)
        is_one = one.id == wish.id if wish.id is not None else isinstance(one, Session) and one.user == wish.user
        return is_his and is_one

    try:
        count = await run_in_threadpool(store.end, kind, is_meant)
    except StoreProblem as problem:
        return failure(503, "not_saved", str(problem))
    return JSONResponse({"ended": count}, headers=FRESHNESS) if count else not_found()


async def wished(request: Request, kind: type[Wish]) -> Wish | None:
    """The body as what was asked for; None for anything else."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return None
    try:
        return kind.model_validate_json(await request.body())
    except ValidationError:
        return None


def told(one: Token | Session | Link) -> dict[str, Any]:
    """A record as it is listed."""
    return one.model_dump(mode="json", exclude={"sha256"})


def _listed(content: dict[str, Any]) -> Response:
    return JSONResponse(content, headers=FRESHNESS)

"""Links for frames on other sites: made, listed and ended by whoever made them, and by admins.

A link shows one run, or whatever is current, as one panel or as the whole page, until its end or until it is revoked.
Its address holds a token that is told once.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import FastAPI
from pydantic import AfterValidator, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from collectors.contract.access import Link, Role
from collectors.contract.shapes import Section
from collectors.store.access import AccessStore
from collectors.store.backend import StoreProblem
from collectors.store.runs import is_run_id
from dash_app.auth.doorman import Doorman
from dash_app.auth.identity import asking
from dash_app.auth.links import TOKEN
from dash_app.routes.access import Ended, ended, told, wished
from dash_app.views.share import PANEL_HEIGHTS
from dash_app.web.answers import FRESHNESS, failure, tell_audit

MOST_DAYS: Final = 366


def _panel(text: str) -> str:
    if text not in PANEL_HEIGHTS:
        raise ValueError("there is no such panel")
    return text


def _run(text: str | None) -> str | None:
    if text is not None and not is_run_id(text):
        raise ValueError("this is no run's id")
    return text


class WishedLink(Section):
    """What a link is to show."""

    name: str = Field(min_length=1, max_length=64, pattern=r"^[\w .:@/+-]+$")
    run: Annotated[str | None, AfterValidator(_run)] = None
    panel: Annotated[str, AfterValidator(_panel)] = ""
    days: int = Field(default=90, ge=1, le=MOST_DAYS)


def add_links_api(server: FastAPI, doorman: Doorman) -> None:
    """Hang the routes into the server, before anything that catches every path."""
    api = LinksApi(doorman.store, doorman)
    server.router.routes.extend(
        [
            Route("/api/links", api.links),
            Route("/api/links", api.make, methods=["POST"]),
            Route("/api/links/revoke", api.end, methods=["POST"]),
        ]
    )


class LinksApi:
    """The routes, over one store."""

    def __init__(self, store: AccessStore, doorman: Doorman) -> None:
        self._store = store
        self._doorman = doorman

    async def links(self, _: Request) -> Response:
        """Answer the links of who asks; an admin gets all."""
        maker = _maker()
        found = [told(one) for one in self._store.records().links if maker in (None, one.made_by)]
        return JSONResponse({"links": found}, headers=FRESHNESS)

    async def make(self, request: Request) -> Response:
        """Make a link; answer its id and its address, which nobody can tell again."""
        wish = await wished(request, WishedLink)
        if wish is None:
            about = f"panel one of {', '.join(filter(None, PANEL_HEIGHTS))}, days up to {MOST_DAYS}"
            return failure(
                400, "malformed", f"the body must be JSON with a name, and may have run, panel, days: {about}"
            )
        now = datetime.now(UTC)
        until = {"made_at": now, "expires_at": now + timedelta(days=wish.days), "made_by": asking().user}
        shown = {"name": wish.name, "run": wish.run, "panel": wish.panel} | until
        try:
            link, text = await run_in_threadpool(self._store.add_link, partial(_link, shown))
        except StoreProblem as problem:
            return failure(503, "not_saved", str(problem))
        tell_audit(request, link=link.id, name=link.name)
        return JSONResponse({"link": told(link), "address": self._address(request, text)}, 201, headers=FRESHNESS)

    def _address(self, request: Request, text: str) -> str:
        base = self._doorman.access.public_url or str(request.base_url).rstrip("/") + self._doorman.url_prefix.rstrip(
            "/"
        )
        return f"{base}/?{urlencode({'embed': '1', TOKEN: text})}"

    async def end(self, request: Request) -> Response:
        """End a link by its `id`."""
        wish = await wished(request, Ended)
        if wish is None or wish.id is None or wish.user is not None:
            return failure(400, "malformed", 'the body must be {"id": "..."}')
        tell_audit(request, link=wish.id)
        return await ended(self._store, "links", wish, _maker())


def _link(shown: dict[str, object], link_id: str, digest: str) -> Link:
    return Link.model_validate(shown | {"id": link_id, "sha256": digest})


def _maker() -> str | None:
    """Whose links are meant; None for an admin, who sees all."""
    who = asking()
    return None if who.may(Role.ADMIN) else who.user

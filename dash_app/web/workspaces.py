"""`/w/NAME/...` -> the page of that workspace, made when it is first asked for, behind a gate of its own.

Everything else goes on to the fleet's page. A name is looked up among those that there are, and never becomes a path.
The gate asks before anything of a workspace is read; of one that is not there it tells the same as of one that
somebody may not see. Pages are bounded in number: the one that nobody has asked for longest is forgotten.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from collectors.store.backend import StoreProblem
from collectors.store.place import Place
from dash_app.auth.fleet import MOUNT, workspace_prefix
from dash_app.web.answers import failure, not_found
from dash_app.web.audit import Audit, Audited

if TYPE_CHECKING:
    from dash_app.auth.doorman import Doorman

MOST_PAGES: Final = 32
"""Workspaces whose pages are kept ready; each takes a few megabytes and a fraction of a second."""


class Gated(NamedTuple):
    """Who stands before a workspace's page; nobody where nobody has to say who they are."""

    doorman: Doorman | None


MakePage = Callable[[str, Place, Gated], ASGIApp]
"""The page of a workspace by its name and place, without a gate."""


class Workspaces:
    """Hands requests to the pages of workspaces. `place` finds one by its exact name; `fleet` knows everybody."""

    def __init__(
        self, app: ASGIApp, place: Callable[[str], Place | None], make: MakePage, gates: WorkspaceGates
    ) -> None:
        self._app = app
        self._place = place
        self._make = make
        self._gates = gates
        self._pages: dict[str, tuple[Place, ASGIApp]] = {}
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        name, slash, inner = scope.get("path", "").removeprefix(MOUNT).partition("/")
        if scope["type"] != "http" or not scope["path"].startswith(MOUNT) or not name:
            await self._app(scope, receive, send)
        elif not slash:
            await RedirectResponse(self._gates.address_of(name, scope), 307)(scope, receive, send)
        else:
            path = f"/{inner}"
            inside = {**scope, "path": path, "raw_path": quote(path).encode()}
            await (await self._page(name))(inside, receive, send)

    async def _page(self, name: str) -> ASGIApp:
        try:
            place = await run_in_threadpool(self._place, name)
        except StoreProblem as problem:
            return failure(503, "store_not_reached", str(problem))
        return self._known(name, place) if place is not None else self._gates.around(name, None, _nothing)

    def _known(self, name: str, place: Place) -> ASGIApp:
        with self._lock:
            known = self._pages.pop(name, None)
            if known is None or known[0] != place:
                gate = self._gates.doorman(name, place)
                known = (place, self._gates.around(name, place, _Page(lambda: self._make(name, place, gate)), gate))
            self._pages[name] = known
            if len(self._pages) > MOST_PAGES:
                del self._pages[next(iter(self._pages))]
            return known[1]


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    """What is where no workspace is."""
    await not_found()(scope, receive, send)


class _Page:
    """The page of one workspace, made by the first request that came so far."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make = make
        self._made: ASGIApp | None = None
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        page = self._made
        if page is None:
            page = await run_in_threadpool(self._ready)
        await page(scope, receive, send)

    def _ready(self) -> ASGIApp:
        with self._lock:
            made = self._made or self._make()
            self._made = made
            return made


class WorkspaceGates:
    """What stands before each workspace; `fleet` is who knows everybody, `state_dir` where the fleet's audit is."""

    def __init__(self, fleet: Doorman | None, state_dir: Place, url_prefix: str) -> None:
        self._fleet = fleet
        self._state_dir = state_dir
        self._prefix = url_prefix

    def address_of(self, name: str, scope: Scope) -> str:
        """The address of a workspace's page, with the query that was asked; whether there is one it does not know."""
        query = scope["query_string"].decode("latin-1")
        return workspace_prefix(self._prefix, name) + (f"?{query}" if query else "")

    def doorman(self, name: str, place: Place | None) -> Gated:
        """Who knows everybody who may ask a workspace, also one that is not there."""
        if self._fleet is None:
            return Gated(None)
        from collectors.store.access import AccessStore
        from dash_app.auth.fleet_doorman import WorkspaceDoorman

        store = AccessStore(place) if place is not None else self._fleet.store
        return Gated(WorkspaceDoorman(self._fleet, name, store))

    def around(self, name: str, place: Place | None, page: ASGIApp, gate: Gated | None = None) -> ASGIApp:
        """A page behind its gate; what is changed there stands in the workspace's own audit."""
        audit = Audit(place if place is not None else self._state_dir)
        doorman = (gate or self.doorman(name, place)).doorman
        if doorman is None:
            return Audited(page, audit)
        from dash_app.web.gate import Gate

        return Gate(page, doorman, audit)

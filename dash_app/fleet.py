"""Settings -> the whole application of many workspaces: their page, and below it the page of each.

It collects nothing; it begins to read what there is. The pages of workspaces are made when they are first asked for.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from collectors.store.backend import StoreProblem
from collectors.store.fleet import Fleet
from collectors.store.fleet_folder import FolderFleet
from collectors.store.place import Place
from dash_app.app import add_access, assets_folder, create_app
from dash_app.auth.fleet import Sight, workspace_prefix
from dash_app.reading.fleet import FleetReader
from dash_app.reading.reader import StateReader
from dash_app.routes.fleet import add_fleet
from dash_app.settings import Settings
from dash_app.web.body_limit import BodyLimit
from dash_app.web.bundle import add_bundles, bundled_for_fleet
from dash_app.web.dash_shims import answer_unknown_addresses
from dash_app.web.middlewares import gate_of, outermost, put_around
from dash_app.web.packing import Compression
from dash_app.web.trust import content_security_policy
from dash_app.web.workspaces import Gated, WorkspaceGates, Workspaces

if TYPE_CHECKING:
    from dash_app.auth.doorman import Doorman


def create_fleet(settings: Settings, fleet: Fleet | None = None) -> FastAPI:
    """Return the application, complete. Raises ValueError for the settings of one workspace."""
    if settings.fleet is None:
        raise ValueError("these are the settings of one workspace")
    known = fleet or _begun(FolderFleet(settings.fleet))
    server = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    doorman = add_access(server, settings)
    bundles = bundled_for_fleet(assets_folder())
    add_fleet(server, FleetReader(known, Sight(settings.access), settings.stale_after_seconds), settings, bundles)
    add_bundles(server, bundles)
    answer_unknown_addresses(server)
    put_around(server, _layers(settings, known, doorman))
    return server


def _begun(fleet: FolderFleet) -> FolderFleet:
    """Let it read what there is before anybody asks: of thousands the first look takes seconds."""

    def look() -> None:
        with suppress(StoreProblem):  # told to whoever asks
            fleet.rows()

    threading.Thread(target=look, name="first look", daemon=True).start()
    return fleet


def _layers(settings: Settings, fleet: Fleet, doorman: Doorman | None) -> list[Middleware]:
    """Whatever hangs below a workspace's address goes to its own page, which has a gate of its own."""

    def make(name: str, place: Place, gate: Gated) -> ASGIApp:
        return workspace_page(settings, name, place, gate)

    gates = WorkspaceGates(doorman, settings.state_dir, settings.url_prefix)
    return [
        *outermost(settings, lambda: content_security_policy((), settings.frame_ancestors)),
        Middleware(Workspaces, place=fleet.place, make=make, gates=gates),
        gate_of(doorman, settings),
        Middleware(BodyLimit),
        Middleware(Compression),
    ]


def workspace_page(settings: Settings, name: str, place: Place, gate: Gated) -> ASGIApp:
    """Return the page of one workspace, as it is alone; files of the training are not looked into from here."""
    if not isinstance(place, Path):
        raise TypeError("a state directory is expected")
    own = replace(
        settings,
        fleet=None,
        home=settings.url_prefix,
        workspace=place,
        state_dir=place,
        url_prefix=workspace_prefix(settings.url_prefix, name),
        access=gate.doorman.access if gate.doorman else settings.access,
    )
    server: FastAPI = create_app(own, StateReader(place), gate).server
    return server

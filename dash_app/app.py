"""Settings and reader -> the whole web application: page, routes, policy.

It makes a new application each time it is called and starts nothing. Callback sockets, the version
check, the debugger and the callback tool server are off.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import dash
from fastapi import FastAPI

from collectors.presentation.charts.style import CHART
from collectors.presentation.palette import colour
from collectors.store.runs import RunStore
from dash_app import callbacks
from dash_app.layout import build_layout
from dash_app.reading.freshness import freshness_of
from dash_app.reading.history import RunHistory
from dash_app.reading.query import asked_run
from dash_app.reading.reader import StateReader
from dash_app.routes.decisions import add_decisions_api
from dash_app.routes.oembed import add_oembed, discovery_link
from dash_app.routes.pictures import add_pictures
from dash_app.routes.report import add_report
from dash_app.routes.runs import add_runs_api
from dash_app.routes.state import add_api
from dash_app.settings import Settings
from dash_app.views.first_html import ROOT, First, first_html, first_title, root_of
from dash_app.views.first_regions import FirstRegions
from dash_app.web.bundle import Bundles, add_bundles, bundled
from dash_app.web.dash_shims import (
    answer_unknown_addresses,
    asked_address,
    prepared,
    without_callback_socket,
    without_tables,
)
from dash_app.web.middlewares import gate_of, middlewares, put_around

if TYPE_CHECKING:
    from dash_app.auth.doorman import Doorman
    from dash_app.web.workspaces import Gated

TITLE = "Training Dashboard"
PLAIN_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
    '<circle cx="8" cy="8" r="6" fill="none" stroke="{stroke}" stroke-width="3"/></svg>'
)
INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<title>{%title%}</title>
<meta name="color-scheme" content="light dark">
<meta name="theme-color" media="(prefers-color-scheme: light)" content="__LIGHT__">
<meta name="theme-color" media="(prefers-color-scheme: dark)" content="__DARK__">
<link rel="icon" type="image/svg+xml" href="__ICON__">
{%css%}
<link rel="stylesheet" href="__STYLES__">
</head>
<body>
{%app_entry%}
<footer>
{%config%}
{%scripts%}
<script src="__SCRIPTS__"></script>
{%renderer%}
</footer>
</body>
</html>
"""


def create_app(settings: Settings, reader: StateReader, gate: Gated | None = None) -> dash.Dash:
    """Return the application, complete; its `server` is what an ASGI server runs.

    Of a fleet's workspace `gate` says who stands before it already: then none is put around it.
    """
    without_callback_socket()
    without_tables()
    server = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    doorman = add_access(server, settings, gate and gate.doorman)
    history = RunHistory(reader, RunStore(settings.state_dir))
    add_api(server, reader, settings)
    add_runs_api(server, history, settings)
    add_decisions_api(server, reader)
    add_report(server, history)
    add_pictures(server, history, settings)
    add_oembed(server, reader, settings)
    bundles = bundled(assets_folder(), {"curves/chart.css": CHART})
    add_bundles(server, bundles)
    app = _new_dash(server, settings, bundles)
    app.reader, app.first = reader, FirstRegions(reader)
    app.stale_after_seconds, app.home = settings.stale_after_seconds, settings.home
    app.layout = lambda: build_layout(settings, reader, asked_run(asked_address(app)))
    callbacks.register(app, history, settings)
    answer_unknown_addresses(server)
    put_around(server, middlewares(app, settings, [] if gate else [gate_of(doorman, settings)]))
    prepared(app)
    return app


def add_access(server: FastAPI, settings: Settings, doorman: Doorman | None = None) -> Doorman | None:
    """Let people sign in, where somebody has to say who they are; nobody else needs what it takes.

    `doorman` is who knows them already.
    """
    access = settings.access
    if not access.is_on:
        return None
    from collectors.store.access import AccessStore
    from dash_app.auth.doorman import Doorman
    from dash_app.routes.access import add_access_api
    from dash_app.routes.links import add_links_api
    from dash_app.web.access_log import keep_tokens_out_of_logs

    keep_tokens_out_of_logs()
    doorman = doorman or Doorman(access, AccessStore(settings.state_dir), settings.url_prefix)
    add_access_api(server, doorman)
    if settings.fleet is None:  # a frame shows a run
        add_links_api(server, doorman)
    if access.oidc is not None:
        from dash_app.routes.sign_in import add_sign_in

        add_sign_in(server, doorman)
    return doorman


class _Page(dash.Dash):
    """Dash whose very first HTML already tells the verdict of the run that the address names."""

    reader: StateReader
    first: FirstRegions
    stale_after_seconds: float
    home: str

    def interpolate_index(self, **parts: Any) -> str:  # type: ignore[override] # by name only, as Dash calls it
        """Fill the index; what Dash calls loading is what is known now."""
        address, now = asked_address(self), datetime.now(UTC)
        run_id, current = asked_run(address), self.reader.current()
        fresh = freshness_of(current, now, self.stale_after_seconds, is_stored=run_id is not None)
        first = First(self.reader.run(run_id) if run_id else current, fresh, run_id, self.home)
        parts["title"] = first_title(first, TITLE)
        parts["app_entry"] = first_html(first, now, self.first.html(first.seen, run_id))
        parts["metas"] += "\n" + discovery_link(address, self.config.requests_pathname_prefix)
        page = str(super().interpolate_index(**parts))  # type: ignore[no-untyped-call] # Dash does not annotate it
        return page.replace(ROOT, root_of(fresh), 1)


def _new_dash(server: FastAPI, settings: Settings, bundles: Bundles) -> _Page:
    return _Page(
        "dash_app",
        server=server,  # type: ignore[arg-type] # Dash's annotation knows only Flask
        backend="fastapi",
        assets_folder=str(assets_folder()),
        include_assets_files=False,  # the page asks for all of them at once
        routes_pathname_prefix="/",
        requests_pathname_prefix=settings.url_prefix,
        index_string=_index(settings.url_prefix, bundles),
        title=TITLE,
        suppress_callback_exceptions=True,  # else each page carries the first layout once more
        update_title=None,  # type: ignore[arg-type] # null is what switches it off
        add_log_handler=False,
        enable_mcp=False,
        on_error=_report,
    )


def assets_folder() -> Path:
    """Return the folder of styles and scripts: inside an installed package, or beside ours."""
    packed = Path(__file__).parent / "static"
    return packed if packed.is_dir() else Path(__file__).parent.parent / "assets"


def _index(url_prefix: str, bundles: Bundles) -> str:
    icon = "data:image/svg+xml," + quote(PLAIN_ICON.format(stroke=colour("idle", "light")))
    words = {
        "__LIGHT__": colour("surface", "light"),
        "__DARK__": colour("surface", "dark"),
        "__ICON__": icon,
        "__STYLES__": url_prefix + bundles.styles.address,
        "__SCRIPTS__": url_prefix + bundles.scripts.address,
    }
    page = INDEX
    for word, value in words.items():
        page = page.replace(word, value)
    return page


def _report(problem: Exception) -> Any:
    """Log what a callback raised before Dash turns it into a 500."""
    logging.getLogger(__name__).error("a callback failed", exc_info=problem)
    raise problem

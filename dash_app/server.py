"""The environment -> the server that gunicorn loads; it only shows, something else collects.

    gunicorn -c python:dash_app.gunicorn_conf 'dash_app.server:create_server()'

Settings come from `TRAINING_DASHBOARD_<OPTION>`, as in `python -m dash_app --help`. What cannot work
is one line on stderr and ends gunicorn itself instead of starting worker after worker.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from collectors.options import UsageError
from collectors.start import quick_start
from dash_app.settings import Settings, refuse_open_doors, settings_from

if TYPE_CHECKING:
    from fastapi import FastAPI

APP_FAILED_TO_LOAD = 4
"""The exit code of a worker after which gunicorn starts no other (its `Arbiter.APP_LOAD_ERROR`)."""


def create_server() -> FastAPI:
    """Return the server. Raises SystemExit when the settings cannot work."""
    settings = settings_or_exit(APP_FAILED_TO_LOAD)
    with quick_start():  # not above: gunicorn itself looks at the settings, and shows no page
        if settings.fleet is not None:
            from dash_app.fleet import create_fleet

            return create_fleet(settings)
        from dash_app.app import create_app
        from dash_app.reading.reader import StateReader

    server: FastAPI = create_app(settings, StateReader(settings.state_dir)).server
    return server


def settings_or_exit(code: int, listens_on: Sequence[str] = ()) -> Settings:
    """Return the settings of the environment; without them, say why in one line and raise SystemExit.

    `listens_on` are the hosts that a server of another program is bound to.
    """
    try:
        settings = settings_from([], os.environ)
        if settings.demo:
            raise UsageError("the demonstration is shown by `python -m dash_app --demo`, not by this server")
        for host in listens_on:
            refuse_open_doors(settings, host or "0.0.0.0")  # noqa: S104 -- what an empty host means to gunicorn
        return settings
    except UsageError as problem:
        print(f"error: {problem}", file=sys.stderr)
        raise SystemExit(code) from problem

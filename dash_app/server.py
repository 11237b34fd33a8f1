"""The environment -> the server that gunicorn loads; it only shows, something else collects.

    gunicorn -c python:dash_app.gunicorn_conf 'dash_app.server:create_server()'

Settings come from `TRAINING_DASHBOARD_<OPTION>`, as in `python -m dash_app --help`. What cannot work
is one line on stderr and ends gunicorn itself instead of starting worker after worker.
"""

from __future__ import annotations

import os
import sys

from fastapi import FastAPI

from collectors.command_line import UsageError
from dash_app.app import create_app
from dash_app.settings import settings_from
from dash_app.state_reader import StateReader

APP_FAILED_TO_LOAD = 4
"""The exit code of a worker after which gunicorn gives up (its `Arbiter.APP_LOAD_ERROR`)."""


def create_server() -> FastAPI:
    """Return the server. Raises SystemExit when the settings cannot work."""
    try:
        settings = settings_from([], os.environ)
    except UsageError as problem:
        print(f"error: {problem}", file=sys.stderr)
        raise SystemExit(APP_FAILED_TO_LOAD) from problem
    server: FastAPI = create_app(settings, StateReader(settings.state_dir)).server
    return server

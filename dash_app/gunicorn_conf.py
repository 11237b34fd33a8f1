"""How gunicorn serves the page. `GUNICORN_CMD_ARGS` and `WEB_CONCURRENCY` (workers) change it.

Input: nothing. Output: gunicorn's own settings, by its own names.
"""

from __future__ import annotations

import os
from typing import Any

from uvicorn_worker import UvicornWorker  # type: ignore[import-untyped] # ships no types

from dash_app.server import settings_or_exit
from dash_app.web.connections import LimitedProtocol

USAGE = 2


def on_starting(arbiter: Any) -> None:
    """Look at the settings and at where gunicorn listens once, before any worker: each would run into the same wall."""
    hosts = [place[0] for place in arbiter.cfg.address if isinstance(place, tuple)]  # the rest are socket files
    settings = settings_or_exit(USAGE, hosts)
    # What uvicorn takes from a header as the peer's address, a proxy's login must not be believed from.
    Worker.CONFIG_KWARGS = Worker.CONFIG_KWARGS | {"proxy_headers": settings.access.mode != "proxy"}


class Worker(UvicornWorker):  # type: ignore[misc] # ships no types
    """A worker that offers no sockets, keeps limits and does not say what it is."""

    CONFIG_KWARGS = UvicornWorker.CONFIG_KWARGS | {"http": LimitedProtocol, "ws": "none", "server_header": False}


bind = "127.0.0.1:8050"
worker_class = Worker
keepalive = 75  # longer than any poll, else clients meet closed connections
graceful_timeout = 20
timeout = 60
max_requests = 20_000
max_requests_jitter = 2_000
control_socket_disable = True  # a read-only root has no place for it
# A worker's sign of life is a file; on a disk that stalls, a good worker would be taken for dead.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 -- memory, not a name

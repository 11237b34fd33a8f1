"""Settings -> a served page, and a collector beside it, until it is interrupted.

Raises UsageError, WorkspaceProblem, ConfigProblem, StoreProblem and RecordingProblem where it cannot start as asked.
"""

from __future__ import annotations

import errno
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import uvicorn
from fastapi import FastAPI

from collectors.options import UsageError
from dash_app.app import create_app
from dash_app.demo.stage import demonstrating, replaying
from dash_app.reading.reader import StateReader
from dash_app.settings import Settings
from dash_app.web.connections import LimitedProtocol

if TYPE_CHECKING:
    from collectors.collect import CollectOptions

GRACE_SECONDS = 2
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 -- compared with, not listened on


def serve(settings: Settings) -> int:
    """Serve until Ctrl-C or SIGTERM, which raise KeyboardInterrupt."""
    with listening(settings) as listener:
        signal.signal(signal.SIGTERM, _interrupt)
        if settings.fleet is not None:
            from dash_app.fleet import create_fleet  # who shows one workspace needs none of it

            _run(create_fleet(settings), settings, listener)
            return 0
        with demonstrating(settings) as shown:
            reader = StateReader(shown.state_dir)
            server = create_app(shown, reader).server
            with collecting(shown, reader), replaying(shown, server):
                _run(server, shown, listener)
    return 0


def _run(server: FastAPI, shown: Settings, listener: socket.socket) -> None:
    print(f"Training Dashboard: {address_of(shown, listener)}", flush=True)
    print(f"Fleet: {shown.fleet}" if shown.fleet else f"State: {shown.state_dir}", flush=True)
    if shown.access.public_url:
        print(f"Sign in at: {shown.access.public_url}/", flush=True)
    if not (shown.is_on_loopback or shown.access.is_on):
        print("Anybody who reaches this machine sees it: --allow-anonymous", flush=True)
    uvicorn.Server(_uvicorn_config(server, shown)).run(sockets=[listener])


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """Yield a bound socket. Raises UsageError when the address is taken or not ours."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
            listener.listen()
        except OSError as problem:
            raise UsageError(_why_not(settings, problem)) from problem
        listener.set_inheritable(False)
        yield listener


def _why_not(settings: Settings, problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        return f"port {settings.port} is in use: try {_other_port(settings, settings.port + 1)}"
    if problem.errno == errno.EACCES:
        return f"port {settings.port} is reserved: try {_other_port(settings, 8050)}"
    return f"cannot listen on {settings.host}: {problem.strerror}"


def _other_port(settings: Settings, port: int) -> str:
    """How to name another one, as far as can be told from how it was started."""
    return f"--port {port}" + (f" (`make demo PORT={port}`)" if settings.demo else "")


def address_of(settings: Settings, listener: socket.socket) -> str:
    """Return the page's address as a person on this machine types it."""
    port = listener.getsockname()[1]
    host = "localhost" if settings.host in EVERY_ADDRESS else settings.host
    host = f"[{host}]" if ":" in host else host
    return f"http://{host}:{port}{settings.url_prefix}"


@contextmanager
def collecting(settings: Settings, reader: StateReader) -> Iterator[None]:
    """Collect in the background while the page is served, as `watch` does, unless told not to.

    What cannot be saved is said on the page too, though the state folder cannot tell it.
    """
    if not settings.collect:
        yield
        return
    from collectors.collect import say
    from collectors.commands.from_options import FAREWELL_SECONDS
    from collectors.live.notify import Notifier
    from collectors.live.watch import Watcher

    stop = threading.Event()
    notifier = Notifier(say, settings.notify_address, settings.notify_command)
    asked = _collect_options(settings)
    watcher = Watcher(settings.workspace, settings.state_dir, asked, look_at=notifier.look_at)
    reader.ask_collector(lambda: watcher.problem)
    thread = threading.Thread(target=watcher.run, args=(stop,), name="collector", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(GRACE_SECONDS)
        notifier.finish(FAREWELL_SECONDS)


def _collect_options(settings: Settings) -> CollectOptions:
    from collectors.collect import CollectOptions

    return CollectOptions(
        config_file=settings.config,
        allow_roots=settings.allow_roots,
        run_smoke=settings.run_smoke,
        run_validator=settings.run_validator,
        smoke_python=settings.smoke_python,
        smoke_timeout_seconds=settings.smoke_timeout_seconds,
        keep_runs=settings.keep_runs,
    )


def _uvicorn_config(server: FastAPI, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        server,
        log_level="warning",
        access_log=False,
        server_header=False,
        http=LimitedProtocol,
        ws="none",
        proxy_headers=settings.access.mode != "proxy",  # who really connects decides there who is believed
        timeout_keep_alive=75,  # longer than any poll, else clients meet closed connections
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt

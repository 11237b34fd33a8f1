"""Settings of a demo -> settings of a page over a temporary workspace, and the process that fills it.

The replay begins when somebody looks, so that nobody comes too late to see it begin. Everything
temporary is removed when the blocks end, however they end. Without `--demo` both blocks do nothing.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from dash_app.settings import Settings

IDLE_SECONDS = 4.0
"""So long whoever looks first sees a workspace in which nothing has been trained yet."""
LOOKS = ("/api/pulse", "/api/state")
"""What an open page asks for, and what a program does."""
GRACE_SECONDS = 5.0
_ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def demonstrating(settings: Settings) -> Iterator[Settings]:
    """Yield settings of an empty temporary workspace, with the baseline's snapshot stored.

    Raises RecordingProblem and StoreProblem.
    """
    if not settings.demo:
        yield settings
        return
    from collectors.observe.described import CONFIG_NAME
    from collectors.store.store import Store
    from dash_app.demo.baseline import WORKSPACE_NAME, store_baseline
    from dash_app.demo.shipped import load_library

    _end_when_the_terminal_closes()
    home = Path(tempfile.mkdtemp(prefix="training-dashboard-demo-"))
    try:
        workspace = home / WORKSPACE_NAME
        workspace.mkdir()
        library = load_library()
        described = next(write for write in library.run("good").writes if write.path == CONFIG_NAME)
        config = home / CONFIG_NAME  # nothing can be recognised in a folder in which nothing lies yet
        config.write_bytes(library.bytes_of(described))
        state_dir = home / "state" if settings.has_temporary_state else settings.state_dir
        store_baseline(library, Store(state_dir), time.time())
        yield replace(settings, workspace=workspace, state_dir=state_dir, config=config)
    finally:
        _ignore_interrupts()
        shutil.rmtree(home, ignore_errors=True)


class FirstLook:
    """An ASGI middleware that tells when the state is asked for: somebody looks."""

    def __init__(self, app: ASGIApp, tell: Callable[[], None]) -> None:
        self.app, self.tell = app, tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on as it is."""
        if scope["type"] == "http" and scope["path"].endswith(LOOKS):
            self.tell()
        await self.app(scope, receive, send)


@contextmanager
def replaying(settings: Settings, server: FastAPI) -> Iterator[None]:
    """Write the recorded training into the workspace while the block lasts, once somebody looks."""
    if not settings.demo:
        yield
        return
    process = subprocess.Popen(
        [sys.executable, "-m", "dash_app.demo", *_arguments(settings)],
        stdin=subprocess.PIPE,  # when this process ends, however, the other one reads its end here
        stdout=subprocess.DEVNULL,
        cwd=_ROOT,
        start_new_session=True,  # Ctrl-C is for the page; it ends the replay itself
    )
    server.add_middleware(FirstLook, tell=_telling_once(process))
    try:
        yield
    finally:
        process.terminate()
        try:
            process.communicate(timeout=GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _telling_once(process: subprocess.Popen[bytes]) -> Callable[[], None]:
    """Give what tells the writer to begin; from the second time on it does nothing."""
    told: list[bool] = []

    def tell() -> None:
        if not told and process.stdin is not None:
            told.append(True)
            with suppress(OSError):  # a writer that has ended needs no word
                process.stdin.write(b"begin\n")
                process.stdin.flush()

    return tell


def _arguments(settings: Settings) -> list[str]:
    arguments = [str(settings.workspace), "--state-dir", str(settings.state_dir)]
    arguments += ["--attached", "--wait", f"{settings.demo_pause_seconds or IDLE_SECONDS:g}"]
    if settings.demo_speed is not None:
        arguments += ["--speed", repr(settings.demo_speed)]
    if settings.demo_fault is not None:
        arguments += ["--fault", settings.demo_fault]
    return arguments


def _end_when_the_terminal_closes() -> None:
    """A closed terminal ends the demo as Ctrl-C does, so that nothing is left behind."""
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:  # `nohup` wants it to go on
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGINT))


def _ignore_interrupts() -> None:
    """A second Ctrl-C must not leave temporary folders behind."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)

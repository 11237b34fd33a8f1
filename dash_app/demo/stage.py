"""Settings of a demo -> settings of a page over a temporary workspace, and the process that fills it.

Everything temporary is removed when the blocks end, however they end. Without `--demo` both blocks do
nothing.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from collectors.store import Store
from dash_app.demo.baseline import WORKSPACE_NAME, store_baseline
from dash_app.demo.shipped import load_library
from dash_app.settings import Settings

IDLE_SECONDS = 5.0
"""So long the page shows a workspace in which nothing has been trained yet."""
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
    home = Path(tempfile.mkdtemp(prefix="training-dashboard-demo-"))
    try:
        workspace = home / WORKSPACE_NAME
        workspace.mkdir()
        state_dir = home / "state" if settings.has_temporary_state else settings.state_dir
        store_baseline(load_library(), Store(state_dir), time.time())
        yield replace(settings, workspace=workspace, state_dir=state_dir)
    finally:
        _ignore_interrupts()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def replaying(settings: Settings) -> Iterator[None]:
    """Write the recorded training into the workspace while the block lasts."""
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
    try:
        yield
    finally:
        process.terminate()
        try:
            process.communicate(timeout=GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _arguments(settings: Settings) -> list[str]:
    arguments = [str(settings.workspace), "--state-dir", str(settings.state_dir)]
    arguments += ["--attached", "--wait", f"{IDLE_SECONDS:g}"]
    if settings.demo_speed is not None:
        arguments += ["--speed", repr(settings.demo_speed)]
    if settings.demo_fault is not None:
        arguments += ["--fault", settings.demo_fault]
    return arguments


def _ignore_interrupts() -> None:
    """A second Ctrl-C must not leave temporary folders behind."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)

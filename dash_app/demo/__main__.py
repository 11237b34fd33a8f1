"""`python -m dash_app.demo WORKSPACE`: the recorded training, written into an empty folder, without a page.

It is the process that the demo's page watches: the writer whose process id stands in the event files.
Exit codes: 0 it wrote everything, or was told to stop; 2 it could not start as asked.
"""

from __future__ import annotations

import argparse
import math
import os
import socket
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from collectors.store.store import Store
from dash_app.demo.faults import run_of, steps_of
from dash_app.demo.moving import Moved
from dash_app.demo.recording import RecordingProblem
from dash_app.demo.replay import Replay
from dash_app.demo.shipped import load_library
from dash_app.options import FAULTS

DEFAULT_SECONDS = 60.0
"""How long the good run's replay takes where no speed is asked for."""
LONGEST_WAIT_SECONDS = 30.0
"""An attached replay begins after this time even when nobody looks."""


def main(argv: Sequence[str] | None = None) -> int:
    """Replay once."""
    options = _options(argv)
    try:
        library = load_library()
        speed = options.speed or library.run("good").duration_seconds / DEFAULT_SECONDS
        run = run_of(library, options.fault)
        steps = steps_of(run, options.fault)
    except RecordingProblem as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 2
    options.workspace.mkdir(parents=True, exist_ok=True)
    stop = _attached() if options.attached else threading.Event()
    start = time.time() + options.wait
    moved = Moved(run.recorded_at.timestamp(), start, speed, socket.gethostname(), os.getpid())
    store = Store(options.state_dir) if options.state_dir else None
    Replay(library, run, options.workspace, moved, store).play(steps, stop)
    return 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m dash_app.demo", allow_abbrev=False)
    add = parser.add_argument
    add("workspace", type=_empty_folder, metavar="WORKSPACE", help="an empty folder; made if it is not there")
    add("--state-dir", type=Path, metavar="DIR", help="where the recorded scoring results are remembered")
    add("--speed", type=positive, metavar="X", help="times as fast as it was recorded (default: about a minute)")
    add("--fault", choices=FAULTS, help="an unhappy end")
    add("--wait", type=float, default=0.0, metavar="S", help="seconds before the first write (0)")
    add("--attached", action="store_true", help="begin when a line comes in, stop when input is closed")
    return parser.parse_args(argv)


def _empty_folder(text: str) -> Path:
    folder = Path(text)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise argparse.ArgumentTypeError(f"{text} is not an empty folder")
    return folder


def positive(text: str) -> float:
    """Read a finite number above 0. Raises ArgumentTypeError."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no speed; write a number above 0")
    return value


def _attached() -> threading.Event:
    """Wait until whoever started this says that somebody looks; give what tells that they have ended."""
    begin, stop = threading.Event(), threading.Event()
    threading.Thread(target=_listen, args=(begin, stop), name="attached", daemon=True).start()
    begin.wait(LONGEST_WAIT_SECONDS)
    return stop


def _listen(begin: threading.Event, stop: threading.Event) -> None:
    while os.read(0, 1024):  # not `sys.stdin`: its lock would outlive this thread at the end
        begin.set()
    stop.set()
    begin.set()


if __name__ == "__main__":
    raise SystemExit(main())

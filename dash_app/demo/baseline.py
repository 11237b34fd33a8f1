"""The recorded earlier run -> its snapshot in the state directory, made by really collecting it.

Its outputs are written into a folder of their own with the times they had, moved so that the run
ended as long before the replay as it really ended before the good one; the folder is removed again.
"""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path

from collectors.collect import Collector
from collectors.store.runs import RunStore
from collectors.store.store import Store
from dash_app.demo.faults import steps_of
from dash_app.demo.moving import Moved, moved_path
from dash_app.demo.recording import Library, Write
from dash_app.demo.replay import Replay

WORKSPACE_NAME = "demo-workspace"


def store_baseline(library: Library, store: Store, replay_start: float) -> str:
    """Store the baseline's snapshot, pin it, and give its run id.

    `replay_start` is when the good run begins, in seconds since the Unix epoch. Raises StoreProblem.
    """
    baseline, good = library.run("baseline"), library.run("good")
    began = baseline.recorded_at.timestamp()
    start = replay_start - (good.recorded_at.timestamp() - began)
    moved = Moved(began, start, 1.0, socket.gethostname(), os.getpid())
    with tempfile.TemporaryDirectory(prefix="training-dashboard-demo-") as folder:
        workspace = Path(folder) / WORKSPACE_NAME
        workspace.mkdir()
        replay = Replay(library, baseline, workspace, moved, store)
        for step in steps_of(baseline, None):
            replay.do(step)
            if isinstance(step, Write):
                at = moved.time(began + step.at_seconds)
                os.utime(workspace / moved_path(step.path, moved), (at, at))
        with Collector(workspace, store) as collector:
            state = collector.collect(snapshot=True)
    store.write_snapshot(state)
    _pin_unless_chosen(RunStore(store.backend), state.meta.run_id)
    return state.meta.run_id


def _pin_unless_chosen(runs: RunStore, run_id: str) -> None:
    """Compare with the earlier run, unless somebody who named the state directory pinned another one."""
    if runs.baseline() is None:
        runs.pin(run_id)

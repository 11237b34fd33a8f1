"""While nothing is notified no folder of runs is listed, and what is made meanwhile is seen all the same."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest
from support.build_events import fast_scalar_file
from support.waiting import wait_for

from collectors.collect import CollectOptions
from collectors.contract.state import DashboardState
from collectors.files.workspace import Workspace
from collectors.live.watch import Watcher

DESCRIBED = """
title: One
streams:
  - {id: one, label: One, checkpoint: one.pt, completion: {by: steps},
     events: {folder: runs, tags: {train_loss: [loss]}}}
"""


def log(folder: Path, first: int) -> str:
    """A hundred steps that were logged until now; the file's path in its workspace."""
    started = time.time() - 1
    file = folder / f"events.out.tfevents.{int(started)}.vm.{first}.0"
    folder.mkdir(parents=True)
    file.write_bytes(fast_scalar_file(("loss",), np.arange(first, first + 100), np.ones((100, 1)), start=started))
    return file.name


def test_a_quiet_look_lists_no_run_and_a_new_file_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, real, listed = tmp_path / "ws", Workspace.find, [0]
    log(root / "runs/first", 1)
    (root / "dashboard.yaml").write_text(DESCRIBED)

    def counted(*args: object, **more: object) -> object:
        listed[0] += "tfevents" in str(args[1])
        return real(*args, **more)  # type: ignore[arg-type] # as it was called

    monkeypatch.setattr(Workspace, "find", counted)
    looks: list[int] = []
    shown: list[DashboardState] = []

    def look_at(state: DashboardState) -> None:
        looks.append(listed[0])
        shown.append(state)

    watcher = Watcher(root, tmp_path / "state", CollectOptions(), announce=lambda _: None, look_at=look_at)
    stop = threading.Event()
    running = threading.Thread(target=watcher.run, args=(stop,))
    running.start()
    try:
        wait_for(lambda: len(looks) > 3 and looks[-1] == looks[-2], "a look that lists no run", 60)
        assert 0 < looks[0] < looks[1], "the first two looks know of no notification"
        name = log(root / "runs/second", 101)
        wait_for(lambda: any(name in log.path for log in shown[-1].artifacts.logs), "the new file", 30)
    finally:
        stop.set()
        running.join()

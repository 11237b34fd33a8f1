"""A training in a process of its own, and somebody who follows it: every state that was seen, in order.

Input: a script of this folder, and a way to read the present state. It waits for conditions and measures no time.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from support.server import ROOT, clean_environment
from support.waiting import wait_for

from collectors.contract.metrics import StreamMetrics
from collectors.contract.state import DashboardState

PATIENCE_SECONDS = 300.0
"""Many times what it takes to see what lies on the disk, on a busy machine."""
START_SECONDS = 1200.0
"""How long a library may take to be imported where many compete for the disk and the cores: it says when it has."""


class Followed:
    """What a watcher has said so far of a folder with one stream."""

    def __init__(self, read: Callable[[], DashboardState | None]) -> None:
        """`read` gives the present state, None before the first one."""
        self._read = read
        self.states: list[DashboardState] = []

    def until(self, condition: Callable[[DashboardState, StreamMetrics], bool], what: str) -> DashboardState:
        """The first state that is as asked."""
        wait_for(lambda: condition(self._look(), self.model), what, PATIENCE_SECONDS)
        return self.states[-1]

    def until_held(self, process: subprocess.Popen[bytes], folder: Path, step: int) -> None:
        """Until a training waits after this step, its record on the disk; an error where it has ended instead."""
        held = folder.parent / f"at-{step}"

        def is_held_or_gone() -> bool:
            self._look()
            return held.exists() or process.poll() is not None

        wait_for(is_held_or_gone, f"the training to wait at step {step}", START_SECONDS)
        assert held.exists(), f"it ended with {process.returncode}: see the log beside {folder}"

    def _look(self) -> DashboardState:
        state = self._read()
        if state is not None and self.states[-1:] != [state]:
            self.states.append(state)
        return self.states[-1]

    @property
    def model(self) -> StreamMetrics:
        """The only stream, as it was seen last."""
        (stream,) = self.states[-1].metrics.values()
        return stream


@contextmanager
def training(script: str, folder: Path, *options: object) -> Iterator[subprocess.Popen[bytes]]:
    """Train by a script of this folder, offline, on one core; whatever still runs at the end is killed.

    What it prints is in `SCRIPT.log` beside the folder.
    """
    command = [sys.executable, str(ROOT / "tests/support" / script), str(folder), *map(str, options)]
    offline = {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    with (folder.parent / f"{script}.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=clean_environment(**offline), stdout=log, stderr=log)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def let_go(folder: Path, step: int) -> None:
    """A training that waits after this step goes on."""
    (folder.parent / f"go-{step}").touch()


def is_gone(process: subprocess.Popen[bytes]) -> bool:
    """SIGKILL, and wait until the system has taken it away: it has no chance to tidy up."""
    os.kill(process.pid, 9)
    return process.wait() == -9

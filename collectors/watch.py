"""When to collect again: changes in the workspace -> a fresh state, until told to stop.

Input: a workspace and a state directory. Output: `dashboard-state.json` whenever something
changed, and a heartbeat every few seconds. One collection at a time.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from collectors.collect import CollectOptions, Collector
from collectors.state import DashboardState
from collectors.store import Store, StoreProblem

INTERVAL_SECONDS = 2.0
"""Seconds between two looks at the workspace."""


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class Watcher:
    """Keeps one state directory true. Raises WorkspaceProblem, ConfigProblem and StoreProblem."""

    def __init__(
        self, workspace: Path, state_dir: Path, options: CollectOptions, *, announce: Callable[[str], None] = _say
    ) -> None:
        self.store = Store(state_dir)
        self.collector = Collector(workspace, self.store, options)
        self.announce = announce
        self._problem: str | None = None

    def run(self, stop: threading.Event, interval_seconds: float = INTERVAL_SECONDS) -> None:
        """Collect until `stop` is set; a state that cannot be saved is said once and tried again."""
        try:
            while not stop.is_set():
                self.collect_once(interval_seconds)
                stop.wait(interval_seconds)
        finally:
            self.collector.close()

    def collect_once(self, interval_seconds: float = INTERVAL_SECONDS) -> DashboardState | None:
        """Collect, store what changed, and give a sign of life; None when it could not be saved."""
        try:
            state = self.collector.export()
            self.store.write_heartbeat(datetime.now(UTC), interval_seconds, os.getpid())
        except StoreProblem as problem:
            self._tell(f"state not saved: {problem}")
            return None
        self._tell(None)
        return state

    def _tell(self, problem: str | None) -> None:
        """Say a problem when it begins, and when it is over."""
        if problem != self._problem:
            self.announce(problem or "state is saved again")
            self._problem = problem

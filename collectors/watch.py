"""When to collect again: changes in the workspace -> a fresh state, until told to stop.

Input: a workspace and a state directory. Output: `dashboard-state.json` whenever something
changed, and a heartbeat every few seconds. One collection at a time.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from collectors.changes import Changes
from collectors.collect import CollectOptions, Collector
from collectors.state import DashboardState, Status
from collectors.store import Store, StoreProblem

INTERVAL_SECONDS = 5.0
"""Seconds between two heartbeats."""
UNNOTICED_SECONDS = 30.0
"""Even without a notification the workspace is looked at this often."""
SETTLE_SECONDS = 2.0
"""While a stream runs: a file may be half written, and silence has limits to run into."""
FIRST_SECONDS = 1.0
LONGEST_COLLECTION_SECONDS = 1800.0
"""An observer that has been collecting for longer gives no sign of life any more: it hangs."""


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class Watcher:
    """Keeps one state directory true. Raises WorkspaceProblem, ConfigProblem and StoreProblem."""

    def __init__(
        self, workspace: Path, state_dir: Path, options: CollectOptions, *, announce: Callable[[str], None] = _say
    ) -> None:
        self.store = Store(state_dir)
        self.store.sweep()
        self.collector = Collector(workspace, self.store, options)
        self.announce = announce
        self._problem: str | None = None
        self._busy_since: float | None = None
        self._changes = Changes(workspace, state_dir, self._notice)

    def run(self, stop: threading.Event, interval_seconds: float = INTERVAL_SECONDS) -> None:
        """Collect until `stop` is set; a state that cannot be saved is said once and tried again."""
        heart = threading.Thread(target=self._beat, args=(stop, interval_seconds), name="heartbeat", daemon=True)
        guard = threading.Thread(target=self._stop_waiting, args=(stop,), name="stop", daemon=True)
        heart.start()
        guard.start()
        try:
            self._collect_until(stop)
        finally:
            self.collector.close()
            heart.join(1.0)

    def _collect_until(self, stop: threading.Event) -> None:
        # Notifications begin with the first wait: what changed before it is seen by a second look.
        first = True
        while not stop.is_set():
            state = self.collect_once()
            deadline = time.monotonic() + (FIRST_SECONDS if first else _patience(state))
            first = False
            while not stop.is_set() and time.monotonic() < deadline:
                if self._changes.wait(deadline - time.monotonic()):
                    break

    def collect_once(self) -> DashboardState | None:
        """Collect and store what changed; None when it could not be saved."""
        self._busy_since = time.monotonic()
        try:
            state = self.collector.export()
        except StoreProblem as problem:
            self._tell(f"state not saved: {problem}")
            return None
        finally:
            self._busy_since = None
        self._tell(None)
        return state

    def _beat(self, stop: threading.Event, interval_seconds: float) -> None:
        """Say every few seconds that the observer lives; a collection that hangs silences it."""
        while True:
            busy = self._busy_since
            if busy is None or time.monotonic() - busy < LONGEST_COLLECTION_SECONDS:
                try:
                    self.store.write_heartbeat(datetime.now(UTC), interval_seconds, os.getpid())
                except StoreProblem as problem:
                    self._tell(f"state not saved: {problem}")
            if stop.wait(interval_seconds):
                return

    def _stop_waiting(self, stop: threading.Event) -> None:
        stop.wait()
        self._changes.stop()

    def _notice(self, text: str) -> None:
        self.collector.notices = (text,)
        self.announce(text)

    def _tell(self, problem: str | None) -> None:
        """Say a problem when it begins, and when it is over."""
        if problem != self._problem:
            self.announce(problem or "state is saved again")
            self._problem = problem


def _patience(state: DashboardState | None) -> float:
    """Seconds until the workspace is looked at again without a notification."""
    if state is None:
        return SETTLE_SECONDS
    running = any(m.completion.status is Status.RUNNING for m in state.metrics.values())
    return SETTLE_SECONDS if running else UNNOTICED_SECONDS

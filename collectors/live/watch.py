"""When to collect again: changes in the workspace -> a fresh state, until told to stop.

Input: a workspace and a state directory. Output: `dashboard-state.json` whenever something
changed, and a heartbeat every few seconds. One collection at a time. A `dashboard.yaml` that changes is read
again; where it cannot be used, the one before it stays, and both are said.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from collectors.collect import CollectOptions, Collector, say
from collectors.contract.pipeline import PipelineConfig
from collectors.contract.state import DashboardState
from collectors.contract.values import Status
from collectors.files.workspace import WorkspaceProblem
from collectors.imports.other_runs import take_others
from collectors.live.description import Description
from collectors.live.file_changes import Changes
from collectors.numbers import instant_words
from collectors.observe.load_pipeline import ConfigProblem
from collectors.start import settle
from collectors.store.backend import StoreProblem
from collectors.store.store import Store

INTERVAL_SECONDS = 5.0
"""Seconds between two heartbeats."""
UNNOTICED_SECONDS = 30.0
"""Even without a notification the workspace is looked at this often."""
LIST_SECONDS = 60.0
"""And its folders are listed this often: files that are known are looked at each time."""
SETTLE_SECONDS = 2.0
"""While a stream runs: a file may be half written, and silence has limits to run into."""
FIRST_SECONDS = 1.0
KEEP_SECONDS = 60.0
"""What was learnt is kept this often; a killed observer reads the rest again."""
EXHAUSTED = ""
"""No run has this id."""
LONGEST_COLLECTION_SECONDS = 1800.0
"""An observer that has been collecting for longer gives no sign of life any more: it hangs."""


class Watcher:
    """Keeps one state directory true, as the only one that does.

    Raises WorkspaceProblem, ConfigProblem and StoreProblem, also where another collector keeps it.
    """

    def __init__(
        self,
        workspace: Path,
        state_dir: Path,
        options: CollectOptions,
        *,
        announce: Callable[[str], None] = say,
        look_at: Callable[[DashboardState], None] | None = None,
    ) -> None:
        """`look_at` is shown every state that was collected, `announce` is told what goes wrong."""
        self.store = Store(state_dir)
        self._place, self._options = workspace, options
        self._description = Description(workspace, options)
        with ExitStack() as held:
            held.enter_context(self.store.collecting())
            self.collector = Collector(workspace, self.store, options)
            self._held = held.pop_all()
        self.announce = announce
        self._look_at = look_at
        self._notices: dict[str, str] = {}
        self._unsaved: dict[str, str | None] = {}
        self._busy_since: float | None = None
        self._kept_at = self._listed_at = time.monotonic()
        self._others: tuple[PipelineConfig, Iterator[str | None]] | None = None
        self._changes = Changes(workspace, state_dir, lambda text: self._notice("polling", text))

    def run(self, stop: threading.Event, interval_seconds: float = INTERVAL_SECONDS) -> None:
        """Collect until `stop` is set; a state that cannot be saved is said once and tried again.

        However it ends, no sign of life is given after it: a page never looks observed when nobody looks.
        """
        ended = threading.Event()
        heart = threading.Thread(target=self._beat, args=(ended, interval_seconds), name="heartbeat", daemon=True)
        guard = threading.Thread(target=self._stop_waiting, args=(stop,), name="stop", daemon=True)
        heart.start()
        guard.start()
        if self.collector.described.words:
            self.announce(self.collector.described.words)
        try:
            self._collect_until(stop)
        finally:
            ended.set()
            heart.join(1.0)
            self.close()

    def close(self) -> None:
        """Close the workspace and let another collector keep the state; `run` ends with it."""
        self.collector.close()
        self._held.close()

    @property
    def problem(self) -> str | None:
        """Why the state cannot be saved now, in one line; None while it can."""
        return self._unsaved.get("state") or self._unsaved.get("heartbeat")

    def _collect_until(self, stop: threading.Event) -> None:
        # Notifications begin with the first wait: what changed before it is seen by a second look.
        first = is_fresh = True
        while not stop.is_set():
            state = self.collect_once()
            if is_fresh:
                settle()
            is_fresh = False
            self._keep_now_and_then()
            is_more = state is not None and self.look_at_another_run()
            noticed = self._wait(stop, 0.0 if is_more else FIRST_SECONDS if first else _patience(state))
            self._trust_listings(is_quiet=not (first or is_more or noticed))
            first = first and is_more

    def _trust_listings(self, *, is_quiet: bool) -> None:
        """Let the next look list folders where something was noticed or may not be, else once in a while."""
        now, is_told = time.monotonic(), not (self._changes.polls or self._options.allow_roots)
        self.collector.trusts_listings = is_quiet and is_told and now - self._listed_at < LIST_SECONDS
        if not self.collector.trusts_listings:
            self._listed_at = now

    def _wait(self, stop: threading.Event, seconds: float) -> bool:
        """Wait at most `seconds` for a change of the workspace, or a smoke run beside us; whether there was one."""
        deadline = time.monotonic() + seconds
        smoke = self.store.smoke_version()
        while not stop.is_set() and (left := deadline - time.monotonic()) > 0:
            if self._changes.wait(min(left, SETTLE_SECONDS)) or self.store.smoke_version() != smoke:
                return True
        return False

    def _keep_now_and_then(self) -> None:
        if time.monotonic() - self._kept_at > KEEP_SECONDS:
            self.collector.keep()
            self._kept_at = time.monotonic()

    def collect_once(self) -> DashboardState | None:
        """Collect and store what changed; None when it could not be saved."""
        self._busy_since = time.monotonic()
        try:
            self._read_description_again()
            state = self.collector.export(at_end=True)
        except (StoreProblem, WorkspaceProblem) as problem:
            self._tell("state", str(problem))
            return None
        finally:
            self._busy_since = None
        self._tell("state", None)
        if self._look_at is not None:
            self._look_at(state)
        return state

    def look_at_another_run(self) -> bool:
        """Put the next of the workspace's other runs into the history where it is not there; False where none is left.

        One at a time, between two looks at the newest one; they are looked for anew where another run is the newest.
        """
        described = self.collector.config
        if self._others is None or self._others[0] is not described:
            self._others = (described, take_others(self._place, self._options, self.store))
        try:
            return next(self._others[1], EXHAUSTED) != EXHAUSTED
        except (StoreProblem, WorkspaceProblem, ConfigProblem) as problem:
            self.announce(f"the other runs of this folder are not in the history: {problem}")
            return False

    def _beat(self, ended: threading.Event, interval_seconds: float) -> None:
        """Say every few seconds that the observer lives; a collection that hangs silences it."""
        while True:
            busy = self._busy_since
            if busy is None or time.monotonic() - busy < LONGEST_COLLECTION_SECONDS:
                self._give_sign(interval_seconds)
            if ended.wait(interval_seconds):
                return

    def _give_sign(self, interval_seconds: float) -> None:
        unsaved = self._unsaved.get("state")
        try:
            self.store.write_heartbeat(datetime.now(UTC), interval_seconds, os.getpid(), problem=unsaved)
        except StoreProblem as problem:
            self._tell("heartbeat", str(problem))
        else:
            self._tell("heartbeat", None)

    def _stop_waiting(self, stop: threading.Event) -> None:
        stop.wait()
        self._changes.stop()

    def _read_description_again(self) -> None:
        """Go on with the pipeline's description as it is now, where it has changed and can be used."""
        if not self._description.has_changed():
            return
        name, now = self._description.name, instant_words(time.time())
        self.collector.keep()  # what both descriptions read alike is not read twice
        try:
            fresh = Collector(self._place, self.store, self._options)
        except ConfigProblem as problem:
            found = "; ".join(str(problem).splitlines())
            self._notice("description", f"{name} changed {now} and cannot be used; the one before it stays: {found}")
            return
        self.collector.close()
        self.collector = fresh
        how = "changed" if self._description.is_there else "was removed"
        self._notice("description", f"{name} {how}; the pipeline's description was read again {now}")

    def _notice(self, about: str, text: str) -> None:
        self._notices[about] = text
        self.collector.notices = tuple(self._notices.values())
        self.announce(text)

    def _tell(self, what: str, problem: str | None) -> None:
        """Say when something cannot be saved any more, and when it can again."""
        if problem == self._unsaved.get(what):
            return
        self._unsaved[what] = problem
        self.announce(f"{what} not saved: {problem}" if problem else f"{what} is saved again")


def _patience(state: DashboardState | None) -> float:
    """Seconds until the workspace is looked at again without a notification."""
    if state is None:
        return SETTLE_SECONDS
    running = any(m.completion.status is Status.RUNNING for m in state.metrics.values())
    return SETTLE_SECONDS if running else UNNOTICED_SECONDS

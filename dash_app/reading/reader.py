"""The state folder -> what is true now, for the page. The page's one door to that folder.

`StateReader.current()` costs five `stat` calls while nothing changed; a file is opened and parsed
only when it became another one. The last good state is kept while the file is missing or broken,
and a sentence says so. It writes nothing and judges nothing.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from collectors.contract.state import DashboardState
from collectors.contract.values import RUN_ID_PATTERN
from collectors.store.runs import BASELINE_FILE, POLICY_FILE
from collectors.store.store import HEARTBEAT_FILE, RUNS_FOLDER, STATE_FILE
from dash_app.reading.observation import Observation, ObserverHeartbeat
from dash_app.reading.problems import Condition, Problem, absent, not_saved, state_or_problem, unreadable, vanished

MAX_SNAPSHOTS_KEPT = 16
MAX_BYTES = 64 << 20
Identity = tuple[int, int, int, int, int] | int
"""Device, inode, size, mtime and ctime (chmod changes only the last), or the error's number."""


class StateReader:
    """Reads one state folder; may be asked from several threads."""

    def __init__(self, state_dir: Path) -> None:
        self._runs = state_dir / RUNS_FOLDER
        self._lock = threading.Lock()
        self._state = _StateFile(state_dir / STATE_FILE)
        self._heartbeat = _HeartbeatFile(state_dir / HEARTBEAT_FILE)
        self._of_runs = (self._runs, state_dir / BASELINE_FILE, state_dir / POLICY_FILE)
        self._runs_seen: tuple[Identity, ...] = ()
        self._snapshots: dict[str, _StateFile] = {}
        self._last: Observation | None = None
        self._own_problem: Callable[[], str | None] = _no_problem
        self._unsaved: str | None = None

    def ask_collector(self, problem: Callable[[], str | None]) -> None:
        """Let the collector of this process say why it cannot save: a full disk takes no heartbeat either."""
        self._own_problem = problem

    def current(self) -> Observation:
        """Look now. The same object comes back while nothing changed."""
        with self._lock:
            changed = (self._state.look(), self._heartbeat.look(), self._look_for_problem(), self._look_at_runs())
            if self._last is None or any(changed):
                seen = self._state.observation(self._heartbeat.value, self._unsaved)
                self._last = replace(seen, runs_version=_digest_of(self._runs_seen))
            return self._last

    def _look_at_runs(self) -> bool:
        """See whether a run was stored or removed, another baseline pinned, or another policy told."""
        before, self._runs_seen = self._runs_seen, tuple(map(_identity, self._of_runs))
        return before != self._runs_seen

    def _look_for_problem(self) -> bool:
        """Hear why the state cannot be saved, if so; whether that changed."""
        beat = self._heartbeat.value
        before, self._unsaved = self._unsaved, self._own_problem() or (beat.problem if beat else None)
        return before != self._unsaved

    def run(self, run_id: str) -> Observation:
        """Look at one run's snapshot; what cannot be a run id is `absent`."""
        if not is_run_id(run_id):
            return _StateFile(Path("no-run.json")).observation(None)
        with self._lock:
            file = self._snapshots.pop(run_id, None)
            file = file or _StateFile(self._runs / f"{run_id}.json")
            file.look()
            if file.state is not None:
                self._remember(run_id, file)
            return file.observation(None)

    def snapshot(self, run_id: str) -> DashboardState | None:
        """Return one run's snapshot; null when it is absent or cannot be read."""
        return self.run(run_id).state

    def run_ids(self) -> list[str]:
        """List the ids of the stored snapshots, sorted."""
        try:
            return sorted(path.stem for path in self._runs.glob("*.json") if is_run_id(path.stem))
        except OSError:
            return []

    def _remember(self, run_id: str, file: _StateFile) -> None:
        self._snapshots[run_id] = file
        if len(self._snapshots) > MAX_SNAPSHOTS_KEPT:
            del self._snapshots[next(iter(self._snapshots))]


def _no_problem() -> str | None:
    return None


def is_run_id(text: str) -> bool:
    """Whether this could be a run's id; over HTTP nothing is normalised."""
    return re.fullmatch(RUN_ID_PATTERN, text) is not None


class _StateFile:
    """One state file, what was last read of it, and what is wrong with it now."""

    def __init__(self, path: Path) -> None:
        self._file = _WatchedFile(path)
        self._problem: Problem | None = absent(path.name)
        self.state: DashboardState | None = None
        self.raw: bytes | None = None

    def look(self) -> bool:
        """Read it if it changed; whether anything may be different now."""
        if not self._file.has_changed():
            return False
        try:
            raw = self._file.read()
        except FileNotFoundError:
            self._problem = (vanished if self.state else absent)(self._file.name)
        except OSError as problem:
            self._problem = unreadable(self._file.name, problem.strerror or str(problem))
        else:
            self._take(raw)
        return True

    def _take(self, raw: bytes) -> None:
        found = state_or_problem(raw, self._file.name)
        if isinstance(found, Problem):
            self._problem = found
        else:
            self._problem, self.state, self.raw = None, found, raw

    def observation(self, heartbeat: ObserverHeartbeat | None, unsaved: str | None = None) -> Observation:
        """Tell what is known; `unsaved` says why it is not what is true now."""
        problem = not_saved(unsaved) if unsaved else self._problem
        condition: Condition = problem.condition if problem else "ok"
        sentence = problem.sentence if problem else None
        etag = _etag(self.raw, condition, sentence)
        return Observation(self.state, etag, condition, sentence, heartbeat, self.raw)


class _HeartbeatFile:
    """The observer's sign of life; one that cannot be read is none."""

    def __init__(self, path: Path) -> None:
        self._file = _WatchedFile(path)
        self.value: ObserverHeartbeat | None = None

    def look(self) -> bool:
        """Read it if it changed; whether anything may be different now."""
        if not self._file.has_changed():
            return False
        try:
            self.value = ObserverHeartbeat.model_validate_json(self._file.read())
        except (OSError, ValidationError):
            self.value = None
        return True


def _digest_of(identities: tuple[Identity, ...]) -> str:
    return hashlib.sha256(repr(identities).encode()).hexdigest()[:12]


def _etag(raw: bytes | None, condition: Condition, sentence: str | None) -> str:
    told = f"{condition}\n{sentence or ''}\n".encode()
    return hashlib.sha256(told + (raw or b"")).hexdigest()[:20]


class _WatchedFile:
    """A file that need not be opened again while its identity stays."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: Identity | None = None

    @property
    def name(self) -> str:
        """Its name without the folder; the folder is nobody's business on screen."""
        return self._path.name

    def has_changed(self) -> bool:
        """Whether it differs from the last time this was asked; true the first time."""
        before, self._seen = self._seen, _identity(self._path)
        return before != self._seen

    def read(self) -> bytes:
        """Read it whole. Raises OSError, also for what is no regular file or too large."""
        handle = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            _refuse_unreadable(os.fstat(handle))
            with os.fdopen(handle, "rb", closefd=False) as file:
                return file.read(MAX_BYTES)
        finally:
            os.close(handle)


def _refuse_unreadable(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file")
    if status.st_size > MAX_BYTES:
        raise OSError(errno.EFBIG, f"it has {status.st_size:,} bytes, over {MAX_BYTES:,}")


def _identity(path: Path) -> Identity:
    try:
        found = path.stat()
    except OSError as problem:
        return problem.errno or errno.EIO
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)

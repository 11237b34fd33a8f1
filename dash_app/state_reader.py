"""The state folder -> what is true now, for the page. The page's one door to that folder.

`StateReader.current()` costs two `stat` calls while nothing changed; a file is opened and parsed
only when it became another one. The last good state is kept while the file is missing or broken,
and a sentence says so. It writes nothing and judges nothing.
"""

from __future__ import annotations

import hashlib
import re
import threading
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from collectors.state import RUN_ID_PATTERN, DashboardState
from collectors.store import HEARTBEAT_FILE, RUNS_FOLDER, STATE_FILE
from dash_app.state_files import WatchedFile
from dash_app.state_text import Condition, Problem, absent, state_or_problem, unreadable, vanished

MAX_SNAPSHOTS_KEPT = 16


class ObserverHeartbeat(BaseModel):
    """The observer's sign of life, as `heartbeat.json` holds it.

    Not closed like the state: a newer observer that tells more is no dead one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    observed_at: AwareDatetime
    """When the observer last looked, aware UTC."""
    interval_seconds: float = Field(gt=0)
    """Seconds between two signs."""
    pid: int | None
    """The observer's process id."""


@dataclass(frozen=True)
class Observation:
    """One look at the state folder."""

    state: DashboardState | None
    """The state; the last good one while the file is missing or broken; null without any."""
    etag: str
    """Changes exactly when state, condition or sentence change; the heartbeat is not in it."""
    condition: Condition
    """`ok`, or why `state` is old or missing."""
    sentence: str | None
    """What a person should know and do; null when the condition is `ok`."""
    heartbeat: ObserverHeartbeat | None
    """The observer's sign of life; null when there is none."""
    raw: bytes | None = field(default=None, repr=False)
    """The bytes of `state` as they are stored."""

    def heartbeat_age_seconds(self, now: datetime) -> float | None:
        """Seconds since the observer last looked; null when it never did."""
        if self.heartbeat is None:
            return None
        return max(0.0, (now - self.heartbeat.observed_at).total_seconds())

    def is_stale(self, now: datetime, stale_after_seconds: float) -> bool:
        """Whether nobody has looked at the workspace for too long, or ever."""
        age = self.heartbeat_age_seconds(now)
        return age is None or age > stale_after_seconds


class StateReader:
    """Reads one state folder; may be asked from several threads."""

    def __init__(self, state_dir: Path) -> None:
        self._runs = state_dir / RUNS_FOLDER
        self._lock = threading.Lock()
        self._state = _StateFile(state_dir / STATE_FILE)
        self._heartbeat = _HeartbeatFile(state_dir / HEARTBEAT_FILE)
        self._snapshots: dict[str, _StateFile] = {}
        self._last: Observation | None = None

    def current(self) -> Observation:
        """Look now. The same object comes back while nothing changed."""
        with self._lock:
            changed = (self._state.look(), self._heartbeat.look())
            if self._last is None or any(changed):
                self._last = self._state.observation(self._heartbeat.value)
            return self._last

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


def is_run_id(text: str) -> bool:
    """Whether this could be a run's id; over HTTP nothing is normalised."""
    return re.fullmatch(RUN_ID_PATTERN, text) is not None


class _StateFile:
    """One state file, what was last read of it, and what is wrong with it now."""

    def __init__(self, path: Path) -> None:
        self._file = WatchedFile(path)
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

    def observation(self, heartbeat: ObserverHeartbeat | None) -> Observation:
        """Tell what is known."""
        condition: Condition = self._problem.condition if self._problem else "ok"
        sentence = self._problem.sentence if self._problem else None
        if sentence and self.state:
            sentence += " The last good state is shown."
        etag = _etag(self.raw, condition, sentence)
        return Observation(self.state, etag, condition, sentence, heartbeat, self.raw)


class _HeartbeatFile:
    """The observer's sign of life; one that cannot be read is none."""

    def __init__(self, path: Path) -> None:
        self._file = WatchedFile(path)
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


def _etag(raw: bytes | None, condition: Condition, sentence: str | None) -> str:
    told = f"{condition}\n{sentence or ''}\n".encode()
    return hashlib.sha256(told + (raw or b"")).hexdigest()[:20]

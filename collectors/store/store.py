"""The only writer: states, snapshots, heartbeat and smoke results, atomically and under a lock.

Input: records. Output: files of the state directory. A reader meets the old or the new file, never
a half; readers never lock. Each change holds the write lock; who keeps the state up to date holds the
collector's lock for as long as it does. Refuses to write a state that its own contract would not read
back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import ValidationError

from collectors.contract.remembered import SmokeResult
from collectors.contract.state import DashboardState, state_from_json, state_to_json
from collectors.store import folder as store_files
from collectors.store.folder import append_line, explained, read_own, replace_file, sweep
from collectors.store.index import line_of
from collectors.store.lock import Held, locked
from collectors.store.rows import row_of

StoreProblem = store_files.StoreProblem
TEMPORARY = store_files.TEMPORARY
STATE_FILE = "dashboard-state.json"
HEARTBEAT_FILE = "heartbeat.json"
SMOKE_FILE = "smoke.json"
RUNS_FOLDER = "runs"
INDEX_FILE = "index.jsonl"
CACHE_FOLDER = "cache"
POINTS_FOLDER = "points"
COLLECTOR_LOCK = ".collector.lock"
"""Held by the one that keeps the state up to date, for as long as it does."""
WRITE_LOCK = ".write.lock"
"""Held for one change by whoever makes it."""
WRITE_SECONDS = 10.0
"""How long one change waits for another one."""
MAX_BYTES = 64 << 20


class StateKept(StoreProblem):
    """Another collector keeps this state directory up to date; the message says which one."""


def default_state_dir(workspace: Path) -> Path:
    """The state directory of a workspace in the platform's state folder for this user."""
    real = workspace.resolve()
    digest = hashlib.sha256(str(real).encode("utf-8", "surrogateescape")).hexdigest()[:10]
    name = "".join(c if c.isalnum() or c in "._-" else "_" for c in real.name)[:40] or "root"
    return Path(platformdirs.user_state_dir("training-dashboard")) / f"{name}-{digest}"


class Store:
    """One state directory. Raises StoreProblem where it cannot be made or written.

    `make=False` leaves a folder as it is that is only read.
    """

    def __init__(self, state_dir: Path, *, make: bool = True) -> None:
        self.state_dir = state_dir
        if make:
            with explained(state_dir):
                (state_dir / RUNS_FOLDER).mkdir(parents=True, exist_ok=True)

    @contextmanager
    def collecting(self, wait_seconds: float = 0.0) -> Iterator[None]:
        """Be the one that keeps the state up to date; leftovers of killed writers are swept first.

        Raises StateKept, naming who does it already.
        """
        with _hold(self.state_dir / COLLECTOR_LOCK, wait_seconds):
            self._sweep()
            yield

    def keeper(self, held: ExitStack, wait_seconds: float) -> StateKept | None:
        """Be the collector for as long as `held` is open, or return who is it already."""
        try:
            held.enter_context(self.collecting(wait_seconds))
        except StateKept as kept:
            return kept
        return None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the write lock for one change. Raises StoreProblem, naming who holds it."""
        with _hold(self.state_dir / WRITE_LOCK, WRITE_SECONDS):
            yield

    def _sweep(self) -> None:
        """Remove unfinished files; nobody is writing one now: heartbeats are the collector's alone."""
        with self.writing():
            for folder in (".", RUNS_FOLDER, CACHE_FOLDER, f"{CACHE_FOLDER}/{POINTS_FOLDER}"):
                sweep(self.state_dir / folder)

    def read_state(self) -> DashboardState | None:
        """The stored state; None where there is none or it cannot be read."""
        return _read_state(self.state_dir / STATE_FILE)

    def state_identity(self) -> tuple[int, int, int] | None:
        """Inode, size and time of the state file: equal means that nobody has written it since."""
        return _identity(self.state_dir / STATE_FILE)

    def smoke_identity(self) -> tuple[int, int, int] | None:
        """The same of the remembered smoke runs."""
        return _identity(self.state_dir / SMOKE_FILE)

    def write_state(self, state: DashboardState) -> None:
        """Write a state. Raises StoreProblem; the old file stays."""
        data = _checked(state)
        with self.writing():
            replace_file(self.state_dir / STATE_FILE, data)

    def snapshot_path(self, run_id: str) -> Path:
        """Where a run's snapshot lies."""
        return self.state_dir / RUNS_FOLDER / f"{run_id}.json"

    def has_snapshot(self, run_id: str) -> bool:
        """Whether a run's snapshot is stored."""
        with suppress(OSError):
            return self.snapshot_path(run_id).is_file()
        return False

    def read_snapshot(self, run_id: str) -> DashboardState | None:
        """A run's snapshot; None where there is none or it cannot be read."""
        return _read_state(self.snapshot_path(run_id))

    def write_snapshot(self, state: DashboardState) -> None:
        """Write a run's snapshot and append its row to the index. Raises StoreProblem."""
        data, path = _checked(state), self.snapshot_path(state.meta.run_id)
        with self.writing():
            replace_file(path, data)
            with explained(path):
                written = path.stat()
            row = row_of(state, (written.st_size, written.st_mtime_ns))
            append_line(self.state_dir / RUNS_FOLDER / INDEX_FILE, line_of(row))

    def write_heartbeat(
        self, observed_at: datetime, interval_seconds: float, pid: int, *, problem: str | None = None
    ) -> None:
        """Say that the observer lives, and why it cannot save the state if it cannot. Raises StoreProblem."""
        beat = {
            "observed_at": observed_at.astimezone(UTC).isoformat(),
            "interval_seconds": interval_seconds,
            "pid": pid,
            "problem": problem,
        }
        replace_file(self.state_dir / HEARTBEAT_FILE, json.dumps(beat).encode() + b"\n", durable=False)

    def smoke_result(self, stream: str, checkpoint: str, config: str) -> SmokeResult | None:
        """The remembered result for this checkpoint and config (sha256 each); None without one."""
        found = self._smoke_results().get(_smoke_key(stream, checkpoint, config))
        with suppress(TypeError):
            return SmokeResult(**found) if isinstance(found, dict) else None
        return None

    def remember_smoke(self, stream: str, hashes: tuple[str, str], result: SmokeResult) -> None:
        """Remember a result under the sha256 of checkpoint and config. Raises StoreProblem."""
        with self.writing():
            results = {**self._smoke_results(), _smoke_key(stream, *hashes): asdict(result)}
            data = json.dumps({"results": results}, indent=1, allow_nan=False)
            replace_file(self.state_dir / SMOKE_FILE, data.encode() + b"\n")

    def _smoke_results(self) -> dict[str, Any]:
        try:
            data = json.loads(read_own(self.state_dir / SMOKE_FILE, MAX_BYTES))
        except (OSError, ValueError, RecursionError):
            return {}
        results = data.get("results") if isinstance(data, dict) else None
        return results if isinstance(results, dict) else {}


def _identity(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _smoke_key(stream: str, checkpoint: str, config: str) -> str:
    return f"{stream}:{checkpoint}:{config}"


def write_report(path: Path, data: str) -> None:
    """Write a report where the operator asked for it. Raises StoreProblem."""
    replace_file(path, data.encode())


def _read_state(path: Path) -> DashboardState | None:
    try:
        return state_from_json(read_own(path, MAX_BYTES))
    except (OSError, ValidationError):
        return None


def _checked(state: DashboardState) -> bytes:
    """The bytes of a state that reads back equal. Raises StoreProblem."""
    try:
        data = state_to_json(state)
        same = state_from_json(data) == state
    except ValidationError as error:
        raise StoreProblem(f"the state breaks its own schema: {error.errors()[0]['msg']}") from None
    except ValueError as error:
        raise StoreProblem(f"the state cannot be written as JSON: {error}") from None
    if not same:
        raise StoreProblem("the state does not read back equal to what was written")
    return data


@contextmanager
def _hold(path: Path, wait_seconds: float) -> Iterator[None]:
    """Hold a lock file; only taking it is explained, what happens under it explains itself."""
    with ExitStack() as stack:
        try:
            with explained(path):
                stack.enter_context(locked(path, wait_seconds))
        except Held as held:
            raise _kept(path, held) from None
        yield


def _kept(path: Path, held: Held) -> StoreProblem:
    if path.name == COLLECTOR_LOCK:
        return StateKept(f"{held} already collects into this state directory; name another one with --state-dir")
    return StoreProblem(f"{held} has been writing into this state directory for too long")

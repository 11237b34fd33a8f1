"""The only writer: states, snapshots, heartbeat and smoke results, atomically and under a lock.

Input: records. Output: files of the state directory. A reader meets the old or the new file, never
a half. Refuses to write a state that its own contract would not read back.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import platformdirs
from filelock import FileLock, Timeout
from pydantic import ValidationError

from collectors.state import DashboardState, state_from_json, state_to_json
from collectors.workspace_evidence import SmokeResult

STATE_FILE = "dashboard-state.json"
HEARTBEAT_FILE = "heartbeat.json"
SMOKE_FILE = "smoke.json"
RUNS_FOLDER = "runs"
INDEX_FILE = "index.jsonl"
LOCK_FILE = ".collector.lock"
TEMPORARY = ".tmp-"
"""Prefix of unfinished files; leftovers of a killed writer are swept at the next start."""


class StoreProblem(OSError):
    """The state could not be saved; the old file stays. The message says why."""


def default_state_dir(workspace: Path) -> Path:
    """The state directory of a workspace in the platform's state folder for this user."""
    real = workspace.resolve()
    digest = hashlib.sha256(str(real).encode("utf-8", "surrogateescape")).hexdigest()[:10]
    name = "".join(c if c.isalnum() or c in "._-" else "_" for c in real.name)[:40] or "root"
    return Path(platformdirs.user_state_dir("training-dashboard")) / f"{name}-{digest}"


class Store:
    """One state directory. Raises StoreProblem where it cannot be made or written."""

    def __init__(self, state_dir: Path) -> None:
        self.state_dir = state_dir
        with _explained(state_dir):
            (state_dir / RUNS_FOLDER).mkdir(parents=True, exist_ok=True)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the write lock for one change. Raises StoreProblem, naming who holds it."""
        lock = FileLock(self.state_dir / LOCK_FILE)
        try:
            with _explained(self.state_dir):
                lock.acquire(timeout=10)
        except Timeout:
            raise StoreProblem(f"{LOCK_FILE} is held by another collector") from None
        try:
            yield
        finally:
            lock.release()

    def sweep(self) -> None:
        """Remove unfinished files of writers that were killed."""
        with self.writing():
            for folder in (self.state_dir, self.state_dir / RUNS_FOLDER):
                for left in folder.glob(f"{TEMPORARY}*"):
                    with suppress(OSError):
                        left.unlink()

    def read_state(self) -> DashboardState | None:
        """The stored state; None where there is none or it cannot be read."""
        return _read_state(self.state_dir / STATE_FILE)

    def write_state(self, state: DashboardState) -> None:
        """Write a state. Raises StoreProblem; the old file stays."""
        data = _checked(state)
        with self.writing():
            _replace(self.state_dir / STATE_FILE, data)

    def snapshot_path(self, run_id: str) -> Path:
        """Where a run's snapshot lies."""
        return self.state_dir / RUNS_FOLDER / f"{run_id}.json"

    def has_snapshot(self, run_id: str) -> bool:
        """Whether a run's snapshot is stored."""
        return self.snapshot_path(run_id).is_file()

    def read_snapshot(self, run_id: str) -> DashboardState | None:
        """A run's snapshot; None where there is none or it cannot be read."""
        return _read_state(self.snapshot_path(run_id))

    def write_snapshot(self, state: DashboardState) -> None:
        """Write a run's snapshot and append its row to the index. Raises StoreProblem."""
        data = _checked(state)
        row = json.dumps(index_row(state), separators=(",", ":"), allow_nan=False) + "\n"
        with self.writing():
            _replace(self.snapshot_path(state.meta.run_id), data)
            _append(self.state_dir / RUNS_FOLDER / INDEX_FILE, row.encode())

    def write_heartbeat(self, observed_at: datetime, interval_seconds: float, pid: int) -> None:
        """Say that the observer lives. Raises StoreProblem."""
        beat = {
            "observed_at": observed_at.astimezone(UTC).isoformat(),
            "interval_seconds": interval_seconds,
            "pid": pid,
        }
        _replace(self.state_dir / HEARTBEAT_FILE, json.dumps(beat).encode() + b"\n", durable=False)

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
            _replace(self.state_dir / SMOKE_FILE, data.encode() + b"\n")

    def _smoke_results(self) -> dict[str, Any]:
        try:
            data = json.loads((self.state_dir / SMOKE_FILE).read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        results = data.get("results") if isinstance(data, dict) else None
        return results if isinstance(results, dict) else {}


def _smoke_key(stream: str, checkpoint: str, config: str) -> str:
    return f"{stream}:{checkpoint}:{config}"


def index_row(state: DashboardState) -> dict[str, Any]:
    """The small row of a run in the index."""
    return {
        "run_id": state.meta.run_id,
        "timestamp": state.meta.timestamp.isoformat(),
        "started_at": state.meta.started_at.isoformat() if state.meta.started_at else None,
        "verdict": str(state.verdict.value),
        "passed": state.verdict.passed,
        "total": state.verdict.total,
        "final": {
            stream: {name: point.value for name, point in metrics.final.items()}
            for stream, metrics in state.metrics.items()
        },
    }


def write_report(path: Path, data: str) -> None:
    """Write a report where the operator asked for it. Raises StoreProblem."""
    with _explained(path):
        _replace(path, data.encode())


def _read_state(path: Path) -> DashboardState | None:
    try:
        return state_from_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _checked(state: DashboardState) -> bytes:
    """The bytes of a state that reads back equal. Raises StoreProblem."""
    data = state_to_json(state)
    try:
        same = state_from_json(data) == state
    except ValidationError as error:
        raise StoreProblem(f"the state breaks its own schema: {error.errors()[0]['msg']}") from None
    if not same:
        raise StoreProblem("the state does not read back equal to what was written")
    return data


def _replace(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write beside, fsync, rename, fsync the folder: old or new, never a half."""
    with _explained(path):
        descriptor, name = tempfile.mkstemp(prefix=TEMPORARY, dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as handle:
                handle.write(data)
                handle.flush()
                if durable:
                    os.fsync(handle.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
        if durable:
            _sync_folder(path.parent)


def _append(path: Path, row: bytes) -> None:
    with _explained(path), path.open("ab") as handle:
        handle.write(row)
        handle.flush()
        os.fsync(handle.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn an OSError into one line with the file's name and no absolute path."""
    try:
        yield
    except StoreProblem:
        raise
    except OSError as error:
        raise StoreProblem(f"{path.name} cannot be written: {error.strerror or error}") from None

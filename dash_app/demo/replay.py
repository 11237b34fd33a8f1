"""Steps -> files, written in the recorded order and rhythm, as the trainers wrote them.

Whole files by temporary file and rename, rows and event records appended. What is written is the
recording's bytes, with times, host and process id moved (see `moving`). It writes nothing outside
the folder it is given, and removes only what the training removed.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from collectors.contract.remembered import SmokeResult
from collectors.store.store import Store
from dash_app.demo.faults import Die, Flip, Step
from dash_app.demo.moving import STATUS_FILE, EventMover, Moved, is_event_file, moved_path, moved_status
from dash_app.demo.recording import Library, RecordedRun, Smoke, Write


@dataclass
class Replay:
    """One replay of one run into one folder."""

    library: Library
    run: RecordedRun
    workspace: Path
    moved: Moved
    store: Store | None = None
    """Where smoke results are remembered; null forgets them."""
    _movers: dict[str, EventMover] = field(default_factory=dict)

    def play(self, steps: Iterable[Step], stop: threading.Event) -> bool:
        """Do every step when its time has come; False when it was told to stop before the end."""
        for step in steps:
            due = self.moved.time(self.moved.recorded_start + step.at_seconds)
            if stop.wait(max(0.0, due - time.time())):
                return False
            self.do(step)
        return True

    def do(self, step: Step) -> None:
        """Do one step now."""
        if isinstance(step, Write):
            self._write(step)
        elif isinstance(step, Smoke):
            self._remember(step)
        elif isinstance(step, Flip):
            flip_middle_byte(self.workspace / step.path)
        elif isinstance(step, Die):
            os.kill(os.getpid(), signal.SIGKILL)

    def _write(self, write: Write) -> None:
        path = self.workspace / moved_path(write.path, self.moved)
        if write.operation == "remove":
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        data = self.library.bytes_of(write)
        if is_event_file(write.path):
            for record in self._moved_records(write, data):
                append(path, record)
        elif write.operation == "append":
            append(path, data)
        else:
            write_whole(path, moved_status(data, self.moved) if write.path == STATUS_FILE else data)

    def _moved_records(self, write: Write, data: bytes) -> Iterator[bytes]:
        if write.operation != "append":
            self._movers[write.path] = EventMover(self.moved)
        return self._movers[write.path].records(data)

    def _remember(self, smoke: Smoke) -> None:
        if self.store is None:
            return
        ran_at = self.run.recorded_at.timestamp() + smoke.at_seconds  # it did not run now, and says so
        result = SmokeResult(smoke.exit_code, smoke.tail, ran_at, recorded=True)
        self.store.remember_smoke(smoke.stream, (smoke.checkpoint_sha256, smoke.config_sha256), result)
        # The scoring program left its byte-code cache in the workspace, so whoever watched it looked again.
        os.utime(self.workspace)


def append(path: Path, data: bytes) -> None:
    """Add bytes to a file in one write."""
    with path.open("ab") as handle:
        handle.write(data)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a reader meets the old or the new one, never a half."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_bytes(data)
    temporary.replace(path)


def flip_middle_byte(path: Path) -> None:
    """Change one byte in the middle of a file, in place."""
    with path.open("r+b") as handle:
        middle = path.stat().st_size // 2
        handle.seek(middle)
        (byte,) = handle.read(1)
        handle.seek(middle)
        handle.write(bytes([byte ^ 0x01]))

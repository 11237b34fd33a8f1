"""The run, told in ``run_status.json``: who trains, what, how far, and how it ended.

Whoever watches may use it and need not: every fact in it also follows from the other outputs.
"""

from __future__ import annotations

import json
import os
import socket
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from .layout import write_whole

# A file is renamed at most this often while an epoch lasts; often enough for any stall limit.
SECONDS_BETWEEN_BEATS = 2.0


@dataclass
class Heartbeat:
    """The status file of one run.

    Attributes:
        path: The file.
        started_at: When the run started, aware UTC ISO 8601.
        outcomes: How each stream ended; null while it has not.
    """

    path: Path
    started_at: str
    outcomes: dict[str, str | None]
    stream: str | None = None
    epoch: int = 0
    epochs: int = 0
    _last: float = field(default=0.0, repr=False)

    def begin(self, stream: str, epoch: int, epochs: int) -> None:
        """Tell that a stream trains; ``epoch`` ones of ``epochs`` are done."""
        self.stream, self.epoch, self.epochs = stream, epoch, epochs
        self.outcomes[stream] = None
        self.write()

    def advance(self, epoch: int) -> None:
        """Tell that an epoch is done."""
        self.epoch = epoch
        self.write()

    def beat(self) -> None:
        """Tell that the run is alive, unless it was told a moment ago."""
        if time.monotonic() - self._last >= SECONDS_BETWEEN_BEATS:
            self.write()

    def end(self, stream: str, outcome: str) -> None:
        """Tell how a stream ended: completed, early_stopped, diverged or failed."""
        self.stream = stream
        self.outcomes[stream] = outcome
        self.write()

    def fail(self) -> None:
        """Tell that the run broke off in the stream that was training."""
        if self.stream is not None and self.outcomes.get(self.stream) is None:
            self.end(self.stream, "failed")

    def write(self) -> None:
        """Write the file; ``outcome`` is that of the stream named beside it."""
        content = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "stream": self.stream,
            "epoch": self.epoch,
            "epochs": self.epochs,
            "started_at": self.started_at,
            "updated_at": now(),
            "outcome": self.outcomes.get(self.stream) if self.stream else None,
            "outcomes": self.outcomes,
        }
        write_whole(self.path, json.dumps(content, indent=2) + "\n")
        self._last = time.monotonic()


def now() -> str:
    """Give this moment as aware UTC ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")

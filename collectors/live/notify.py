"""A state -> one message whenever a run ends: ready, not ready, incomplete, stalled, diverged, failed; or goes on.

Input: states as they come. Output: a JSON document posted to the operator's webhook, or given to the
operator's command on standard input; each end of a run once, with retries. Addresses may hold
secrets: only the host is ever printed.
"""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from collectors.contract.state import DashboardState
from collectors.contract.values import Status, VerdictValue
from collectors.live.wait import has_ended

ATTEMPTS: Final = 3
PAUSES_SECONDS: Final = (1.0, 4.0)
TIMEOUT_SECONDS: Final = 10.0
BROKEN: Final = ("stalled", "diverged", "failed")
"""Ends after which a run that goes on has recovered."""


def event_of(state: DashboardState, now: float | None = None) -> str | None:
    """`diverged`, `failed`, `stalled`, or the verdict of a run that has ended; None while there is nothing to tell.

    `now`: seconds since the Unix epoch; null is this moment.
    """
    streams = state.metrics.values()
    statuses = [m.completion.status for m in streams]
    if Status.FAIL in statuses:
        return "diverged" if any(m.nonfinite or m.diverged_at for m in streams) else "failed"
    if state.verdict.value is VerdictValue.TRAINING:
        return None
    if Status.STALLED in statuses:
        return "stalled"
    # A stream that runs without the verdict saying so has been silent for too long to be believed.
    ended = Status.RUNNING in statuses or has_ended(state, time.time() if now is None else now)
    return state.verdict.value.value if ended else None


def message_of(state: DashboardState, event: str) -> dict[str, Any]:
    """What is told: names and counts, no path and no secret."""
    verdict = state.verdict
    return {
        "event": event,
        "run_id": state.meta.run_id,
        "workspace": state.meta.workspace,
        "title": state.meta.title,
        "verdict": str(verdict.value),
        "reason": verdict.reason,
        "passed": verdict.passed,
        "failed": verdict.failed,
        "skipped": verdict.skipped,
        "total": verdict.total,
        "timestamp": state.meta.timestamp.isoformat(),
    }


@dataclass(slots=True)
class Notifier:
    """Tells each event of a run once, in a thread of its own."""

    announce: Callable[[str], None]
    address: str | None = None
    command: Sequence[str] = ()
    told: dict[str, str] = field(default_factory=dict)
    """Run id -> the last event that was told of it."""
    _threads: list[threading.Thread] = field(default_factory=list)

    def look_at(self, state: DashboardState) -> None:
        """Tell what is new in a state."""
        event = self._news_of(state)
        if event is None or not (self.address or self.command):
            return
        data = json.dumps(message_of(state, event)).encode()
        thread = threading.Thread(target=self._tell, args=(event, data), name="notify", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _news_of(self, state: DashboardState) -> str | None:
        """What a state says that was not said of its run before; a run that goes on may end once more."""
        run_id, event = state.meta.run_id, event_of(state)
        before = self.told.get(run_id)
        if event is None and state.verdict.value is VerdictValue.TRAINING:
            self.told.pop(run_id, None)
            return "recovered" if before in BROKEN else None
        if event is None or event == before:
            return None
        self.told[run_id] = event
        return event

    def finish(self, seconds: float = 30.0) -> None:
        """Wait for messages that are on their way."""
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0.0))

    def _tell(self, event: str, data: bytes) -> None:
        address = self.address
        if address:
            self._try(f"notify {urlsplit(address).hostname}", event, lambda: _post(address, data))
        if self.command:
            self._try("notify command", event, lambda: self._run(data))

    def _try(self, what: str, event: str, send: Callable[[], str | None]) -> None:
        """Send with retries; the last problem is said, in words that hold no secret."""
        problem: str | None = None
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(PAUSES_SECONDS[attempt - 1])
            problem = send()
            if problem is None:
                self.announce(f"{what}: told {event}")
                return
        self.announce(f"{what}: could not tell {event}: {problem} ({ATTEMPTS} attempts)")

    def _run(self, data: bytes) -> str | None:
        try:
            done = subprocess.run(
                list(self.command), input=data, capture_output=True, timeout=TIMEOUT_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return type(error).__name__
        return None if done.returncode == 0 else f"exit code {done.returncode}"


def _post(address: str, data: bytes) -> str | None:
    from collectors.live.webhook import post  # HTTP and TLS, where an address was given alone

    return post(address, data, TIMEOUT_SECONDS)

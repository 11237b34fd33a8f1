"""Failed attempts -> whether somebody has to wait: five a minute by the identity that was tried and by the peer.

Who goes on waits twice as long each time, at most an hour. Each process counts by itself, in bounded memory; what it
forgets first is what failed longest ago.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

MOST_FAILURES: Final = 5
WINDOW_SECONDS: Final = 60.0
LONGEST_SECONDS: Final = 3600.0
MOST_KEYS: Final = 10_000


@dataclass(slots=True)
class _Failures:
    since: float
    count: int = 0
    waits: int = 0
    until: float = 0.0


class Limits:
    """What failed lately; for one event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._by_key: dict[str, _Failures] = {}

    def wait_seconds(self, *keys: str) -> float:
        """How long whoever has one of these keys has to wait; 0 for nobody we know."""
        now = self._clock()
        found = [self._by_key[key].until - now for key in keys if key in self._by_key]
        return max(0.0, *found) if found else 0.0

    def failed(self, *keys: str) -> None:
        """Count a failure under each key; empty ones are nobody's."""
        now = self._clock()
        for key in filter(None, keys):
            found = self._by_key.pop(key, None) or _Failures(now)
            self._by_key[key] = found
            if now - found.since > max(WINDOW_SECONDS, found.until - found.since + WINDOW_SECONDS):
                found.since, found.count, found.waits = now, 0, 0
            found.count += 1
            if found.count >= MOST_FAILURES:
                found.until = now + min(WINDOW_SECONDS * 2**found.waits, LONGEST_SECONDS)
                found.waits, found.count = found.waits + 1, 0
        while len(self._by_key) > MOST_KEYS:
            del self._by_key[next(iter(self._by_key))]

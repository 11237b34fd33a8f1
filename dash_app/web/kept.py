"""A key -> bytes, made once for everybody who asks together, and kept while somebody asks.

Bounded: the least recent are forgotten where they are too many bytes, and whatever nobody has asked for in ten minutes
when something new comes. So a process that is left alone for a month is as large as it was after the first minutes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Final

KEPT_SECONDS: Final = 600.0


class Kept:
    """What was made, for one event loop."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._kept: dict[Hashable, tuple[float, bytes]] = {}
        self._making: dict[Hashable, asyncio.Task[bytes]] = {}
        self.size_bytes = 0

    async def made(self, key: Hashable, make: Callable[[], Coroutine[Any, Any, bytes]]) -> bytes:
        """What is kept under this key; else what `make` makes."""
        found = self._kept.pop(key, None)
        if found is not None:
            self._kept[key] = (time.monotonic(), found[1])
            return found[1]
        # Visitors who come together wait for one making; one who leaves does not end it for the others.
        task = self._making.get(key) or asyncio.create_task(self._make_and_keep(key, make))
        self._making[key] = task
        return await asyncio.shield(task)

    async def _make_and_keep(self, key: Hashable, make: Callable[[], Coroutine[Any, Any, bytes]]) -> bytes:
        try:
            body = await make()
        finally:
            del self._making[key]
        now = time.monotonic()
        self._kept[key] = (now, body)
        self.size_bytes += len(body)
        while self._kept and self._is_too_much(now):
            self.size_bytes -= len(self._kept.pop(next(iter(self._kept)))[1])
        return body

    def _is_too_much(self, now: float) -> bool:
        asked_at, _ = next(iter(self._kept.values()))
        return self.size_bytes > self._most_bytes or now - asked_at > KEPT_SECONDS

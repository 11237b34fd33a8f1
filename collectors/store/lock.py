"""A lock file: held by one process at a time, and telling the others which one that is.

Input: a path. Output: a lock that the system frees when its process ends, however it ends. It never
waits without a limit, and needs no cleaning up: the file stays, only the hold on it goes.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from collectors.visible import visible_text

_OPEN: Final = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_LOOK_AGAIN_SECONDS: Final = 0.02
_LONGEST: Final = 500
"""Bytes that are read of a lock file, which may hold anything."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock, as it wrote down itself."""

    pid: int
    host: str
    since: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host} (since {self.since})"


class Held(Exception):
    """Another process holds the lock; `holder` is None where it has not said who it is."""

    def __init__(self, holder: Holder | None) -> None:
        self.holder = holder
        super().__init__(str(holder or "another process"))


@contextmanager
def locked(path: Path, wait_seconds: float) -> Iterator[None]:
    """Hold the lock. Raises Held after waiting in vain, OSError where there can be no lock."""
    descriptor = os.open(path, _OPEN, 0o644)
    try:
        _acquire(descriptor, wait_seconds)
        _sign(descriptor)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, wait_seconds: float) -> None:
    end = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                raise Held(_holder(descriptor)) from None
            time.sleep(_LOOK_AGAIN_SECONDS)
        else:
            return


def _sign(descriptor: int) -> None:
    """Write down who we are: a courtesy, which a full disk may refuse."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    about = {"pid": os.getpid(), "host": socket.gethostname(), "since": now}
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(about).encode("ascii"), 0)


def _holder(descriptor: int) -> Holder | None:
    try:
        found: Any = json.loads(os.pread(descriptor, _LONGEST, 0))
        return Holder(int(found["pid"]), str(visible_text(found["host"])), str(visible_text(found["since"])))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None

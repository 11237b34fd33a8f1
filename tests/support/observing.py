"""A state and signs of life, written as the collector writes them, for a server that only reads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from support.server import RunningServer

from collectors.contract.state import DashboardState
from collectors.store.store import Store


def put(server: RunningServer, state: DashboardState, age_seconds: int = 0) -> None:
    """Write a state, and a heartbeat of that age."""
    store = Store(server.state_dir)
    store.write_state(state)
    store.write_heartbeat(datetime.now(UTC) - timedelta(seconds=age_seconds), 5, 4711)


def emptied(server: RunningServer) -> RunningServer:
    """The server before anybody has observed anything."""
    for path in sorted(server.state_dir.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    return server


@contextmanager
def observed(store: Store, interval_seconds: float = 1) -> Iterator[None]:
    """An observer's signs of life, one at once and one every interval, as long as the block lasts."""
    ended = threading.Event()

    def beat() -> None:
        while True:
            store.write_heartbeat(datetime.now(UTC), interval_seconds, None)
            if ended.wait(interval_seconds):
                return

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()

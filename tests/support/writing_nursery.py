"""Children that write into a state directory until they are killed.

    python writing_nursery.py STATE_DIR ONE.json OTHER.json

Each line on standard input forks a child, which writes everything that the store writes, over and over,
taking turns between two states; its process id is answered. Forking a process that has everything imported
takes milliseconds, so that thousands can be killed. What a child leaves behind is for the test to look at.
"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from collectors.contract.remembered import SmokeResult
from collectors.contract.state import DashboardState, state_from_json
from collectors.store.store import Store


def write_for_ever(store: Store, states: list[DashboardState]) -> None:
    """Every kind of write, in turns."""
    with store.collecting(wait_seconds=10):
        while True:
            write_once(store, states)


def write_once(store: Store, states: list[DashboardState]) -> None:
    """All that is ever written, of both states."""
    for number, state in enumerate(states):
        store.write_state(state)
        store.write_heartbeat(datetime.now(UTC), 5.0, os.getpid())
        store.write_snapshot(state)
        store.remember_smoke(f"s{number}", ("a", "b"), SmokeResult(0, "scored", 1.0))


def main(argv: list[str]) -> int:
    """Fork a writer for each line."""
    store, states = Store(Path(argv[1])), [state_from_json(Path(name).read_bytes()) for name in argv[2:]]
    with tempfile.TemporaryDirectory() as elsewhere:
        write_once(Store(Path(elsewhere)), states)  # what a write imports is imported before the fork
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            write_for_ever(store, states)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("gone", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv))

"""Figures of the page of many workspaces: `python tests/bench/bench_fleet.py [--workspaces 5000]`.

Makes state directories in a temporary folder, starts the server over them, and prints for each figure the median and
the worst of some repetitions beside its limit. Exits 1 when a median is over its limit.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.fleets import STATES, with_meta  # noqa: E402
from support.server import RunningServer, start_fleet  # noqa: E402
from support.waiting import wait_for  # noqa: E402

from collectors.contract.state import state_to_json  # noqa: E402

REPETITIONS = 15
FIRST_MS, FILTER_MS = 50.0, 100.0
BETWEEN_SECONDS = 1.2
"""A look at thousands of folders is taken for the truth for a while: each repetition is to pay for one."""


def main() -> int:
    """Measure and print; the exit code says whether every median is within its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspaces", type=int, default=5_000)
    count = parser.parse_args().workspaces
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors, Python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "fleet"
        make(made, count)
        began = time.monotonic()
        server = start_fleet(Path(folder) / "home", made)
        try:
            wait_for(lambda: server.client.get("api/fleet", timeout=120).json()["known"] == count, "all rows", 120)
            print(f"{'started, and every state read':<52} {time.monotonic() - began:8.1f} s")
            return 0 if all([*figures(server, count)]) else 1
        finally:
            server.stop()


def make(root: Path, count: int) -> None:
    """So many state directories, of all standings."""
    made = [state_to_json(with_meta(state(), labels={"team": name})) for name, state in STATES.items()]
    for number in range(count):
        home = root / f"line-{number // 50:03}-cell-{number % 50:02}"
        home.mkdir(parents=True)
        (home / "dashboard-state.json").write_bytes(made[number % len(made)])
        interval = 5 if number % 11 == 0 else 86_400
        beat = {"observed_at": datetime.now(UTC).isoformat(), "interval_seconds": interval, "pid": None}
        (home / "heartbeat.json").write_text(json.dumps(beat))


def figures(server: RunningServer, count: int) -> Iterator[bool]:
    """Each figure; whether it is within its limit."""
    named, after = f"of {count:,} workspaces", quote(server.get("/api/fleet").json()["after"])
    yield figure(f"page {named}", FIRST_MS, lambda: server.get("/"))
    yield figure(f"filter by text {named}", FILTER_MS, lambda: server.get("/?text=cell-07"))
    yield figure(
        f"filter by verdict and label {named}", FILTER_MS, lambda: server.get("/?verdict=ready&label=team:ready")
    )
    yield figure(f"second page {named}", FILTER_MS, lambda: server.get(f"/?before={after}"))
    yield figure(f"rows as JSON {named}", FILTER_MS, lambda: server.get("/api/fleet"))
    began = time.monotonic()
    server.get("/w/line-000-cell-00/")
    print(f"{'a workspace asked for the first time':<52} {1000 * (time.monotonic() - began):8.1f} ms")


def figure(name: str, limit_ms: float, act: Callable[[], object]) -> bool:
    """Print one; whether its median is within its limit."""
    took = []
    for _ in range(REPETITIONS):
        time.sleep(BETWEEN_SECONDS)
        began = time.perf_counter()
        act()
        took.append(1000 * (time.perf_counter() - began))
    median = statistics.median(took)
    print(f"{name:<52} {median:8.1f} ms   worst {max(took):8.1f}   limit {limit_ms:g}")
    return median <= limit_ms


if __name__ == "__main__":
    raise SystemExit(main())

"""The image's gunicorn command before a crowd: 200 polling pages and 20 streams, while the state changes.

    python tests/bench/bench_crowd.py [--seconds 60] [--polling 200] [--listening 20]

Input: nothing. Output: answers, errors, lost polls, and how long a poll takes beside the same poll when nobody else
asks; how long a changed state takes to each listener; the workers' processor time. It judges nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import psutil
from support.image_server import ImageServer, image_server
from support.states import failing_state, ready_state
from support.viewers import Crowd, crowd
from support.waiting import wait_for

from collectors.store.store import Store

CHANGE_SECONDS = 2.0


def main() -> int:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--polling", type=int, default=200)
    parser.add_argument("--listening", type=int, default=20)
    asked = parser.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start")
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        (home / "state").mkdir()
        store = Store(home / "state")
        change(store, 0)
        with image_server(home, home / "state") as server:
            wait_for(lambda: server.begun() == 2, "both workers", 60)
            asyncio.run(measure(server, store, asked))
    print(f"load {os.getloadavg()[0]:.1f} at the end")
    return 0


def change(store: Store, number: int) -> None:
    """Write another state, and the observer's sign of life."""
    store.write_state((failing_state, ready_state)[number % 2]())
    store.write_heartbeat(datetime.now(UTC), CHANGE_SECONDS, None)


async def measure(server: ImageServer, store: Store, asked: argparse.Namespace) -> None:
    """First one viewer alone, then all of them."""
    async with crowd(server.port, polling=1, listening=0) as alone:
        await asyncio.sleep(10)
    begun, before = time.monotonic(), busy_seconds(server)
    delays: list[float] = []
    async with crowd(server.port, polling=asked.polling, listening=asked.listening) as viewers:
        await viewers.all_hear()
        for number in range(int(asked.seconds / CHANGE_SECONDS)):
            delays += await told(store, number + 1, viewers)
        took = time.monotonic() - begun
        share = (busy_seconds(server) - before) / took
        report(viewers, alone.pollers[0].waits, delays, took)
    print(f"both workers together use {share:.0%} of a core")


async def told(store: Store, number: int, viewers: Crowd) -> list[float]:
    """Change the state; seconds until each listener heard of another one, seen every 5 ms."""
    known = {id(one): one.etag for one in viewers.listeners}
    begun, delays = time.monotonic(), []
    await asyncio.to_thread(change, store, number)
    while (left := begun + CHANGE_SECONDS - time.monotonic()) > 0:
        for one in [one for one in viewers.listeners if one.etag != known.get(id(one), one.etag)]:
            delays.append(time.monotonic() - begun)
            del known[id(one)]
        await asyncio.sleep(min(0.005, left))
    return delays


def report(viewers: Crowd, alone: Sequence[float], delays: Sequence[float], took: float) -> None:
    """Print what they noted."""
    waits = np.array([wait for poller in viewers.pollers for wait in poller.waits]) * 1000
    answers = sum(sum(poller.statuses.values()) for poller in viewers.pollers)
    errors, lost = sum(one.errors for one in viewers.all), sum(one.lost for one in viewers.all)
    p50, p95, p99, worst = np.percentile(waits, [50, 95, 99, 100])
    single = float(np.median(alone)) * 1000
    print(f"{len(viewers.pollers)} polling, {len(viewers.listeners)} listening for {took:.0f} s: {answers:,} answers,"
          f" {errors} errors, {lost} lost")  # fmt: skip
    print(f"a poll: p50 {p50:.1f} ms  p95 {p95:.1f}  p99 {p99:.1f}  worst {worst:.1f}; alone p50 {single:.1f} ms"
          f" ({p50 / single:.1f}x)")  # fmt: skip
    if delays:
        half, most, last = np.percentile(np.array(delays) * 1000, [50, 95, 100])
        print(f"a changed state told to a listener: p50 {half:.0f} ms  p95 {most:.0f}  worst {last:.0f}")


def busy_seconds(server: ImageServer) -> float:
    """Processor seconds of the workers so far."""
    return sum(sum(psutil.Process(pid).cpu_times()[:2]) for pid in server.workers())


if __name__ == "__main__":
    raise SystemExit(main())

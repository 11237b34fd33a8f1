"""What goes wrong around a dashboard, one at a time and for a while: disks, clocks, permissions, stops and kills."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from soak.parts import House

STATE_BYTES = 64 << 20
DAY_SECONDS = 86_400.0
LIFE_SECONDS = 1500.0
"""From one restart to the next one at least: what grows is seen in a life that is long enough."""
RESTARTED = "restarted"
Fault = Callable[[House, threading.Event, float], None]


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """Give the folder a disk of its own where that may be done; whether it has one."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={STATE_BYTES}", "soak", str(folder)]
    is_own = os.geteuid() == 0 and subprocess.run(mount, check=False, capture_output=True).returncode == 0
    try:
        yield is_own
    finally:
        if is_own:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)


def disk_full(house: House, stop: threading.Event, seconds: float) -> None:
    """No byte more fits beside the state; without a disk of its own the collector may write no file."""
    if not os.path.ismount(house.state_dir):
        collector = house.parts["collector"].seen()
        if collector:
            with limited(collector, psutil.RLIMIT_FSIZE, 1):
                stop.wait(seconds)
        return
    ballast = house.state_dir / "ballast"
    with suppress(OSError), ballast.open("wb") as handle:
        while True:
            handle.write(b"\0" * (1 << 20))
            handle.flush()
    stop.wait(seconds)
    ballast.unlink(missing_ok=True)


@contextmanager
def limited(process: psutil.Process, which: int, most: int) -> Iterator[None]:
    """Lower a limit of a running process for a while."""
    before = process.rlimit(which)
    process.rlimit(which, (most, before[1]))
    try:
        yield
    finally:
        with suppress(psutil.NoSuchProcess):
            process.rlimit(which, before)


def clock_jumps(house: House, _stop: threading.Event, _seconds: float) -> None:
    """The file server's clock is a day ahead, then a day behind: every file's time says so."""
    for offset in (DAY_SECONDS, -DAY_SECONDS):
        for path in list(house.workspace.rglob("*")):
            with suppress(OSError):
                os.utime(path, (time.time() + offset,) * 2)


def workspace_away(house: House, stop: threading.Event, seconds: float) -> None:
    """What was mounted is not, and is again; the training writes on into it."""
    away = house.workspace.with_name("away")
    house.workspace.rename(away)
    stop.wait(seconds)
    with suppress(OSError):
        if house.workspace.exists():
            house.workspace.rmdir()
    away.rename(house.workspace)


def permission_lost(house: House, stop: threading.Event, seconds: float) -> None:
    """Nobody may read the workspace; root may, so for root its descriptors are taken away instead."""
    if os.geteuid() != 0:
        house.workspace.chmod(0)
        stop.wait(seconds)
        house.workspace.chmod(0o755)
        return
    collector = house.parts["collector"].seen()
    if collector:
        with limited(collector, psutil.RLIMIT_NOFILE, 4):
            stop.wait(seconds)


def stopped(house: House, stop: threading.Event, seconds: float) -> None:
    """A part gets no time at all, as in a machine that is put to sleep."""
    process = house.parts[house.chance.choice(("collector", "page"))].seen()
    if process:
        process.suspend()
        stop.wait(seconds)
        with suppress(psutil.NoSuchProcess):
            process.resume()


def restarted(house: House, stop: threading.Event, _seconds: float) -> None:
    """A part is asked to end, or killed, and started again."""
    part = house.parts[house.chance.choice(("collector", "page"))]
    part.end(house.chance.choice((signal.SIGTERM, signal.SIGKILL)))
    stop.wait(1)
    part.start()


FAULTS: dict[str, Fault] = {
    "disk full": disk_full,
    "clock jumps": clock_jumps,
    "workspace away": workspace_away,
    "permission lost": permission_lost,
    "stopped": stopped,
    RESTARTED: restarted,
}


def one_by_one(house: House, stop: threading.Event, pause_seconds: float, *, told: Counter[str]) -> None:
    """Let one fault after the other happen, at random, until told to stop; never while somebody compares."""
    chance, restarted_at = random.Random(house.chance.random()), time.monotonic()
    while not stop.wait(chance.uniform(0.5, 1.5) * pause_seconds):
        may_restart = time.monotonic() - restarted_at > LIFE_SECONDS
        name = chance.choice([name for name in FAULTS if may_restart or name != RESTARTED])
        with house.quiet:
            FAULTS[name](house, stop, chance.uniform(5, 25))
            told[name] += 1
        if name == RESTARTED:
            restarted_at = time.monotonic()

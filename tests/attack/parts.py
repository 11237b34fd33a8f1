"""The attacks -> what each tried and what broke. Every one is real: real files, real kills, real races."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from attack.parsers import EVENTS, PARSERS
from support.event_reading import read
from support.observing import observed
from support.request_fuzz import fuzz_requests
from support.server import start_server
from support.states import good_state, ready_state

from collectors.files.workspace import CannotRead, Workspace
from collectors.store.store import Store

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "build/attack"
"""Inputs that broke a parser: `PARSER-crash-...`."""
SECRET = b"a secret outside"


@dataclass(frozen=True)
class Result:
    """What one attack came to."""

    name: str
    tried: int
    broke: tuple[str, ...]
    """In words, what did not hold; empty: all held."""
    note: str = ""


def fuzz(name: str, inputs: int, seed: int) -> Result:
    """So many inputs for one parser, in a process of its own."""
    KEPT.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), str(ROOT)])}
    with tempfile.TemporaryDirectory(prefix="attack-") as home:
        asked = [name, str(inputs), str(seed), home, str(KEPT / f"{name}-")]
        done = subprocess.run(
            [sys.executable, "-m", "attack.fuzzing", *asked],
            cwd=ROOT, env=env, capture_output=True, text=True, errors="replace", check=False,
        )  # fmt: skip
    said = done.stdout + done.stderr
    found = re.findall(r"number_of_executed_units: (\d+)", said)
    tried = int(found[-1]) if found else 0
    engine = "by coverage" if "INFO: Instrumenting" in said or "libFuzzer" in said else "by chance"
    broke = () if done.returncode == 0 and tried >= inputs else (_ended(done),)
    return Result(f"fuzz {name}", tried, broke, engine)


def fuzzers(inputs: int, seed: int) -> list[tuple[str, Callable[[], Result]]]:
    """One attack for each parser."""
    return [(f"fuzz {name}", partial(fuzz, name, inputs, seed)) for name in PARSERS]


def flips() -> Result:
    """Each bit of each byte of a small event file: at most one record is lost, and nothing is invented."""
    whole = {tag: set(s.value.tolist()) for tag, s in read(EVENTS).series.items()}
    points, broke = sum(len(values) for values in whole.values()), []
    for place in range(8 * len(EVENTS)):
        data = bytearray(EVENTS)
        data[place // 8] ^= 1 << place % 8
        found = read(bytes(data))
        held = {tag: set(s.value.tolist()) for tag, s in found.series.items()}
        kept = sum(len(values) for values in held.values())
        invented = [tag for tag, values in held.items() if not values <= whole.get(tag, set())]
        if invented or kept < points - 1 or not found.findings or found.damaged > 1:
            broke.append(f"bit {place}: {kept} of {points} points, {found.damaged} damaged, invented {invented}")
    return Result("flips of an event file", 8 * len(EVENTS), tuple(broke))


def links(races: int) -> Result:
    """A file that is exchanged for links out, pipes and folders while it is opened, so many times."""
    with tempfile.TemporaryDirectory(prefix="attack-") as home:
        root, outside = Path(home) / "ws", Path(home) / "secret"
        root.mkdir()
        outside.mkdir()
        (outside / "x").write_bytes(SECRET)
        stop = threading.Event()
        thread = threading.Thread(target=_exchange, args=(root, outside, stop), daemon=True)
        thread.start()
        seen = _opened(root, races)
        stop.set()
        thread.join()
    broke = [f"read {data!r}" for data in seen if data not in {b"good", b"", b"refused"}]
    if not {b"good", b"refused"} <= seen.keys():
        broke.append(f"the race was none: {seen}")
    return Result("racing links", races, tuple(broke), ", ".join(f"{n:,} {data.decode()}" for data, n in seen.items()))


def _opened(root: Path, races: int) -> Counter[bytes]:
    seen: Counter[bytes] = Counter()
    with Workspace(root) as workspace:
        for number in range(races):
            try:
                seen[workspace.read_bytes("x" if number % 2 else "folder/x", 100)] += 1
            except CannotRead:
                seen[b"refused"] += 1
    return seen


def _exchange(root: Path, outside: Path, stop: threading.Event) -> None:
    """Put one thing after the other in the place of a file, and of the folder above another."""
    (root / "real").mkdir()
    (root / "real/x").write_bytes(b"good")
    while not stop.is_set():
        for make in (lambda p: p.write_bytes(b"good"), lambda p: p.symlink_to(outside / "x"), os.mkfifo):
            make(root / "next")
            (root / "next").rename(root / "x")
        for target in (root / "real", outside):
            (root / "next").symlink_to(target)
            (root / "next").rename(root / "folder")


def requests(count: int, seed: int) -> Result:
    """So many requests that no browser sends, to the page's own server: none is the server's fault."""
    with tempfile.TemporaryDirectory(prefix="attack-") as home:
        server = start_server(Path(home))
        store = Store(server.state_dir)
        store.write_snapshot(ready_state())
        store.write_state(good_state())
        try:
            with observed(store):
                found = fuzz_requests(server.url, count, seed)
            log = server.log()
        finally:
            server.stop()
    broke = [f"{answer!r} to {request[:500]!r}" for request, answer in found.broken]
    if "Traceback" in log:
        broke.append(log[log.index("Traceback") :][:1500])
    answered = ", ".join(f"{times:,} x {status or 'none'}" for status, times in sorted(found.statuses.items()))
    return Result("requests", found.statuses.total(), tuple(broke), answered)


def kills(count: int) -> Result:
    """Writers held between write and rename, and killed there; what the chaos test demands must hold."""
    command = [sys.executable, "-m", "pytest", "tests/chaos/test_kills.py", "-q", "-k", "old_or_the_new"]
    env = {**os.environ, "CHAOS_KILLS": str(count), "CHAOS_HELD": "1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    told = re.search(r"([\d,]+) kills, .*", done.stdout)
    broke = () if done.returncode == 0 and told else (_ended(done),)
    return Result("kills in mid-write", int(told[1].replace(",", "")) if told else 0, broke, told[0] if told else "")


def _ended(done: subprocess.CompletedProcess[str]) -> str:
    """How a process ended that should have ended otherwise: a negative number is the signal that ended it."""
    return f"ended with {done.returncode}: {done.stdout[-1500:]}{done.stderr[-700:]}"

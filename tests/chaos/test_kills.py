"""`kill -9` at any moment: readers meet the old or the new file, and nothing is left behind.

Sixty kills in `make slow`; `make chaos` sets CHAOS_KILLS to 2,000. With CHAOS_HELD, as `make attack` sets it, each
writer is held for a moment before every rename: most are killed while a write is half done.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from support.server import ROOT, clean_environment
from support.states import failing_state, running_state
from support.waiting import wait_for
from support.workspaces import write_good

from collectors.contract.state import DashboardState, state_to_json
from collectors.store.atomic import TEMPORARY
from collectors.store.folder import INDEX_FILE, RUNS_FOLDER, STATE_FILE
from collectors.store.runs import RunStore
from collectors.store.store import Store
from dash_app.reading.reader import StateReader

KILLS = int(os.environ.get("CHAOS_KILLS", "60"))
SEED = int(os.environ.get("CHAOS_SEED", "4"))
HELD = ["strace", "-f", "-qq", "-o", os.devnull, "-e", "trace=rename,renameat,renameat2", "-e",
        "inject=rename,renameat,renameat2:delay_enter=20000"] if "CHAOS_HELD" in os.environ else []  # fmt: skip
"""What holds every rename back for 20 ms."""
NURSERY = ROOT / "tests/support/writing_nursery.py"


@dataclass
class Readers:
    """Threads that read without a pause, and what they met."""

    state_dir: Path
    allowed: set[bytes]
    reads: int = 0
    torn: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def raw(self) -> None:
        """The bytes must be one of the two states, always."""
        while not self.stop.is_set():
            found = (self.state_dir / STATE_FILE).read_bytes()
            self.reads += 1
            if found not in self.allowed:
                self.torn.append(f"{len(found)} bytes: {found[-40:]!r}")

    def page(self) -> None:
        """The page's own reader must never see anything wrong."""
        reader = StateReader(self.state_dir)
        while not self.stop.is_set():
            seen = reader.current()
            self.reads += 1
            if seen.condition != "ok" or seen.raw not in self.allowed:
                self.torn.append(f"{seen.condition}: {seen.sentence}")

    def snapshots(self) -> None:
        """Each snapshot must be whole."""
        reader = StateReader(self.state_dir)
        while not self.stop.is_set():
            for run_id in reader.run_ids():
                seen = reader.run(run_id)
                self.reads += 1
                if seen.condition != "ok":
                    self.torn.append(f"{run_id} {seen.condition}: {seen.sentence}")


@pytest.fixture
def states() -> list[DashboardState]:
    """Two of different size and run."""
    other = running_state()
    renamed = other.model_copy(update={"meta": other.meta.model_copy(update={"run_id": "run-other"})})
    return [failing_state(), renamed]


@pytest.fixture
def nursery(tmp_path: Path, states: list[DashboardState]) -> Iterator[subprocess.Popen[str]]:
    """The process that forks writers."""
    files = [tmp_path / f"{number}.json" for number in range(2)]
    for file, state in zip(files, states, strict=True):
        file.write_bytes(state_to_json(state))
    process = subprocess.Popen(
        [*HELD, sys.executable, str(NURSERY), str(tmp_path / "state"), *map(str, files)],
        cwd=ROOT, env=clean_environment(PYTHONPATH=str(ROOT)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    yield process
    process.kill()
    process.communicate()


def kill_one(nursery: subprocess.Popen[str], after_seconds: float, begun: Callable[[], object] | None = None) -> None:
    """Let a writer write for a moment, or until it has begun a file and a moment longer, then kill it."""
    assert nursery.stdin and nursery.stdout
    nursery.stdin.write("\n")
    nursery.stdin.flush()
    victim = int(nursery.stdout.readline())
    until = time.monotonic() + 5.0
    while begun is not None and not begun() and time.monotonic() < until:
        time.sleep(0.001)
    time.sleep(after_seconds)
    os.kill(victim, signal.SIGKILL)
    assert nursery.stdout.readline() == "gone\n"


def leftovers(state_dir: Path) -> list[str]:
    """Unfinished files of killed writers."""
    return [str(p.relative_to(state_dir)) for p in state_dir.rglob(f"{TEMPORARY}*")]


@pytest.mark.slow
def test_killed_writers_leave_the_old_or_the_new(
    tmp_path: Path, states: list[DashboardState], nursery: subprocess.Popen[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Every file whole at every moment; after the next start no leftovers, and every lock free."""
    state_dir, chance = tmp_path / "state", random.Random(SEED)
    store = Store(state_dir)
    store.write_state(states[0])
    readers = Readers(state_dir, {state_to_json(s) for s in states})
    threads = [threading.Thread(target=t, daemon=True) for t in (readers.raw, readers.page, readers.snapshots)]
    for thread in threads:
        thread.start()
    swept, half_done, left = 0, 0, set[str]()

    for kill in range(KILLS):
        if HELD:
            kill_one(nursery, chance.uniform(0.0, 0.015), lambda: set(leftovers(state_dir)) - left)  # noqa: B023
        else:
            kill_one(nursery, chance.uniform(0.0005, 0.03))
        before, left = left, set(leftovers(state_dir))
        half_done += bool(left - before)  # the next writer sweeps what the one before left
        if kill % 10 == 9:
            swept += len(leftovers(state_dir))
            with store.collecting():
                assert leftovers(state_dir) == []
            left = set()
    readers.stop.set()
    for thread in threads:
        thread.join()
    with store.collecting(), store.backend.writing():
        rows = RunStore(state_dir).rows()

    with capsys.disabled():
        print(
            f"\n{KILLS} kills, {half_done} with a write half done, {readers.reads:,} reads, {len(readers.torn)} torn, "
            f"{swept} leftovers swept (seed {SEED})"
        )
    assert readers.torn == []
    assert leftovers(state_dir) == []
    assert {row["run_id"] for row in rows} <= {s.meta.run_id for s in states}
    assert readers.reads > KILLS
    assert half_done > KILLS / 2 or not HELD
    assert KILLS < 50 or half_done > 0, "no writer was ever killed in the middle of a write: the test proves nothing"


def test_half_a_row_in_the_index_costs_that_row_only(tmp_path: Path, states: list[DashboardState]) -> None:
    """A writer that was killed while it appended leaves half a line; the next row begins its own."""
    store = Store(tmp_path)
    store.write_snapshot(states[0])
    index = tmp_path / RUNS_FOLDER / INDEX_FILE
    whole = index.read_bytes()
    index.write_bytes(whole + whole[:30])

    store.write_snapshot(states[1])

    lines = index.read_bytes().splitlines()
    assert [len(lines), lines[0] + b"\n", lines[1]] == [3, whole, whole[:30]]
    assert json.loads(lines[2])["run_id"] == "run-other"
    assert {row["run_id"] for row in RunStore(tmp_path).rows()} == {s.meta.run_id for s in states}


def test_a_killed_export_is_followed_by_a_good_one(tmp_path: Path) -> None:
    """The real command, killed while it works, five times at growing ages."""
    write_good(tmp_path / "ws")
    command = [
        sys.executable,
        "-m",
        "collectors",
        "export",
        str(tmp_path / "ws"),
        "--state-dir",
        str(tmp_path / "state"),
    ]
    for age in range(5):
        process = subprocess.Popen(command, cwd=ROOT, env=clean_environment(), stdout=subprocess.PIPE, text=True)
        wait_for(lambda: (tmp_path / "state/runs").is_dir() or process.poll() is not None, "its first step", 60)  # noqa: B023
        time.sleep(0.15 * age)
        process.kill()
        process.communicate()

    done = subprocess.run(command, cwd=ROOT, env=clean_environment(), capture_output=True, text=True, check=False)

    assert done.returncode == 4, done.stderr
    assert Store(tmp_path / "state").read_state() is not None
    assert leftovers(tmp_path / "state") == []

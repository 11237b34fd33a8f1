"""Around the replay: temporary folders, the baseline's snapshot, an orderly end."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from support.server import clean_environment
from support.waiting import wait_for

from collectors.contract.values import VerdictValue
from collectors.store.runs import RunStore
from collectors.store.store import Store
from dash_app.demo.baseline import store_baseline
from dash_app.demo.shipped import load_library

ROOT = Path(__file__).resolve().parents[4]


@dataclass(frozen=True)
class Demo:
    """A running `python -m dash_app --demo`."""

    process: subprocess.Popen[bytes]
    log: Path
    temporary: Path

    @property
    def url(self) -> str:
        found = re.search(r"http://\S+/", self.log.read_text())
        return found.group() if found else ""

    def state(self) -> dict[str, Any]:
        answer: dict[str, Any] = httpx.get(f"{self.url}api/state").json()
        return answer


@contextmanager
def demo(home: Path, *options: str) -> Iterator[Demo]:
    """Start one on a free port, with a folder for temporary files of its own; killed at the end if need be."""
    temporary = home / "temporary"
    temporary.mkdir()
    command = [sys.executable, "-m", "dash_app", "--demo", "--port", "0", *options]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=clean_environment(TMPDIR=str(temporary)), stdout=log, stderr=log
        )
    running = Demo(process, home / "log", temporary)
    try:
        wait_for(lambda: running.url, "the address", timeout_seconds=30)
        yield running
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_cleanly_and_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C, a stopped service, a closed terminal: folders are removed, the writer is gone."""
    ignored = signal.signal(
        number, signal.default_int_handler
    )  # under `nohup` a child would inherit that it is ignored
    with demo(tmp_path) as running:
        signal.signal(number, ignored)
        children = wait_for(psutil.Process(running.process.pid).children, "the writer")
        assert list(running.temporary.glob("*/demo-workspace"))

        running.process.send_signal(number)

        assert running.process.wait(20) == 0
        assert list(running.temporary.iterdir()) == []
        assert psutil.wait_procs(children, timeout=5)[1] == []
        log = running.log.read_text()
        assert "Traceback" not in log, log


def test_the_page_stays_after_the_replay_has_ended(tmp_path: Path) -> None:
    """The writer is gone then; the page and its observer are not. A named state directory is kept, and a
    named workspace is left alone."""
    kept, mine = tmp_path / "kept", tmp_path / "mine"
    mine.mkdir()
    with demo(tmp_path, "--demo-speed", "100", "--demo-pause", "0.5", "--state-dir", str(kept), str(mine)) as running:
        wait_for(lambda: running.state()["verdict"]["value"] == "ready", "READY", timeout_seconds=90)

        assert httpx.get(running.url).status_code == httpx.get(f"{running.url}readyz").status_code == 200
        running.process.terminate()
        assert running.process.wait(20) == 0
    state = json.loads((kept / "dashboard-state.json").read_bytes())
    assert (state["verdict"]["value"], state["verdict"]["passed"]) == ("ready", 13)
    assert list(running.temporary.iterdir()) == list(mine.iterdir()) == []


def test_a_stalled_demonstration_is_told_while_the_page_is_open(tmp_path: Path) -> None:
    """The killed writer is nobody's process any more, so the page need not wait for minutes."""
    with demo(tmp_path, "--demo-speed", "100", "--demo-pause", "0.5", "--demo-fault", "stall") as running:
        stalled = wait_for(
            lambda: [s for s in [running.state()] if s["nodes"]["swinmae"]["status"] == "stalled"],
            "the stall",
            timeout_seconds=60,
        )

        assert stalled[0]["verdict"]["value"] == "not_ready"
        assert "process" in stalled[0]["nodes"]["swinmae"]["message"]


def test_the_baseline_is_the_snapshot_of_a_worse_run_that_ended_before(tmp_path: Path) -> None:
    """Made by really collecting its outputs, with all thirteen checks passed."""
    now = time.time()
    store = Store(tmp_path / "state")

    run_id = store_baseline(load_library(), store, now)

    state = store.read_snapshot(run_id)
    assert state is not None and state.meta.started_at is not None and state.meta.finished_at is not None
    assert (state.verdict.value, state.verdict.passed) == (VerdictValue.READY, 13)
    assert state.meta.started_at < state.meta.finished_at
    assert state.meta.finished_at.timestamp() < now
    assert {s: m.config["epochs"] for s, m in state.metrics.items()} == {"patchtst": 8, "swinmae": 8}
    assert store.read_state() is None
    assert RunStore(store.backend).baseline() == run_id


def test_two_demonstrations_have_two_baselines_of_their_own_time(tmp_path: Path) -> None:
    """A kept state directory that is used again collects runs; none replaces another."""
    store, library = Store(tmp_path / "state"), load_library()
    ids = {store_baseline(library, store, start) for start in (2e9, 2e9 + 3600)}

    kept = [path for path in (tmp_path / "state/runs").glob("*.json") if path.name != "baseline.json"]
    assert len(ids) == 2 == len(kept)

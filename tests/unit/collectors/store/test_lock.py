"""One collector a state directory: the second says who is there, and a dead one is in nobody's way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from support.server import ROOT, clean_environment
from support.states import ready_state
from support.waiting import wait_for
from support.workspaces import write_good

from collectors.__main__ import main
from collectors.collect import CollectOptions
from collectors.live.watch import Watcher
from collectors.store.backend import StateKept, StoreProblem
from collectors.store.folder import COLLECTOR_LOCK
from collectors.store.store import Store
from dash_app.__main__ import main as serve_main


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    write_good(tmp_path / "ws")
    return tmp_path / "ws"


@contextmanager
def watching(workspace: Path, state_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """`python -m collectors watch`, once it has written a state."""
    process = subprocess.Popen(
        [sys.executable, "-m", "collectors", "watch", str(workspace), "--state-dir", str(state_dir)],
        cwd=ROOT, env=clean_environment(), stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        wait_for((state_dir / "dashboard-state.json").exists, "the first state", 60)
        yield process
    finally:
        process.kill()
        process.communicate()


def test_the_second_collector_is_told_who_the_first_one_is(tmp_path: Path) -> None:
    first, second = Store(tmp_path), Store(tmp_path)

    with first.collecting(), pytest.raises(StateKept) as refused, second.collecting():
        pass

    assert f"process {os.getpid()} on {os.uname().nodename}" in str(refused.value)


def test_when_the_first_one_has_ended_the_second_one_may(tmp_path: Path) -> None:
    with Store(tmp_path).collecting():
        pass

    with Store(tmp_path).collecting():
        assert json.loads((tmp_path / COLLECTOR_LOCK).read_text())["pid"] == os.getpid()


def test_readers_never_lock(tmp_path: Path) -> None:
    """Reading works while somebody collects and somebody writes."""
    store = Store(tmp_path)
    store.write_state(ready_state())

    with store.collecting(), store.backend.writing():
        assert Store(tmp_path, make=False).read_state() == ready_state()


def test_a_lock_file_of_nonsense_only_costs_the_name(tmp_path: Path) -> None:
    """The text is a courtesy; the lock is the kernel's."""
    store = Store(tmp_path)
    with store.collecting():
        (tmp_path / COLLECTOR_LOCK).write_bytes(b"\xff{" * 400)

        with pytest.raises(StateKept, match="another process already collects into"), Store(tmp_path).collecting():
            pass

    with store.collecting():
        pass


def test_a_lock_file_that_links_elsewhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "victim").write_text("mine")
    (tmp_path / "state" / COLLECTOR_LOCK).symlink_to(tmp_path / "victim")

    with pytest.raises(StoreProblem, match="cannot be written"), Store(tmp_path / "state").collecting():
        pass

    assert (tmp_path / "victim").read_text() == "mine"


def test_two_watchers_on_one_state_directory(workspace: Path, tmp_path: Path) -> None:
    """The second says who holds it and ends with 3; the first goes on."""
    with watching(workspace, tmp_path / "state") as first:
        second = subprocess.run(
            [sys.executable, "-m", "collectors", "watch", str(workspace), "--state-dir", str(tmp_path / "state")],
            cwd=ROOT, env=clean_environment(), capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

        assert second.returncode == 3
        assert f"process {first.pid} on " in second.stderr
        assert str(tmp_path) not in second.stderr
        assert first.poll() is None


def test_a_watcher_that_was_killed_is_in_nobodys_way(workspace: Path, tmp_path: Path) -> None:
    """The kernel frees the lock, whatever the file says."""
    with watching(workspace, tmp_path / "state") as first:
        first.send_signal(signal.SIGKILL)
        first.wait()

    assert json.loads((tmp_path / "state" / COLLECTOR_LOCK).read_text())["pid"] == first.pid
    with Store(tmp_path / "state").collecting():
        pass


def test_an_export_beside_a_watcher_leaves_the_state_to_it(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("collectors.commands.export.EXPORT_SECONDS", 0.1)
    store = Store(tmp_path / "state")

    with store.collecting():
        code = main(["export", str(workspace), "--state-dir", str(tmp_path / "state")])

    assert code == 3
    assert "state not saved: process" in capsys.readouterr().err
    assert store.read_state() is None


def test_a_snapshot_may_be_taken_beside_a_watcher(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A snapshot takes nothing from anybody."""
    monkeypatch.setattr("collectors.commands.export.EXPORT_SECONDS", 0.1)
    store = Store(tmp_path / "state")

    with store.collecting():
        code = main(["export", str(workspace), "--state-dir", str(tmp_path / "state"), "--snapshot"])

    assert code == 4
    assert "only the snapshot was written: process" in capsys.readouterr().err
    assert store.read_state() is None
    assert len(list((tmp_path / "state/runs").glob("run-*.json"))) == 1


def test_an_export_waits_for_another_one(workspace: Path, tmp_path: Path) -> None:
    """Two at once, as two jobs of one pipeline may be: both write, one after the other."""
    store, stack = Store(tmp_path / "state"), ExitStack()
    stack.enter_context(store.collecting())
    threading.Timer(0.5, stack.close).start()

    assert main(["export", str(workspace), "--state-dir", str(tmp_path / "state")]) == 4


def test_a_page_that_collects_beside_a_watcher_is_told_so(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state_dir = tmp_path / "state"

    with Store(state_dir).collecting():
        code = serve_main([str(workspace), "--state-dir", str(state_dir), "--port", "0"])

    told = capsys.readouterr().err
    assert code == 3
    assert told.startswith("error: ") and f"process {os.getpid()} on " in told


def test_a_watcher_that_cannot_begin_lets_go(workspace: Path, tmp_path: Path) -> None:
    """A configuration that cannot be used must not leave the state directory locked."""
    (workspace / "dashboard.yaml").write_text("nonsense: 1\n")

    with pytest.raises(ValueError, match="nonsense"):
        Watcher(workspace, tmp_path / "state", CollectOptions())

    with Store(tmp_path / "state").collecting():
        pass

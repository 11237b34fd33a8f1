"""`watch`, `validate --wait` and `--notify`: following a training while it goes on."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.build_events import event, header, record, simple_value
from support.server import ROOT, clean_environment
from support.waiting import wait_for
from support.workspaces import GONE_PID, event_path, table_text, write, write_good, write_running

from collectors.__main__ import main
from collectors.collect import CollectOptions, Collector
from collectors.contract.state import DashboardState, state_from_json
from collectors.files.workspace import OpenFile, Workspace
from collectors.live.file_changes import Changes
from collectors.live.wait import wait_until_ended
from collectors.live.watch import Watcher
from collectors.observe.load_pipeline import default_config_bytes
from collectors.readers.child.process import ReaderProcess
from collectors.store.curves import whole
from collectors.store.folder import Folder
from collectors.store.store import Store

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start `python -m collectors ...`; whatever still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "collectors", *map(str, arguments)],
            cwd=ROOT, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def state_in(folder: Path) -> DashboardState | None:
    """The stored state, once there is one."""
    path = folder / "dashboard-state.json"
    return state_from_json(path.read_bytes()) if path.exists() else None


def append_epoch(root: Path, path: str, number: int, value: float) -> None:
    """Write one more epoch, as the writer does."""
    now = time.time()
    rows = [record(event(number, [simple_value(tag, value)], now)) for tag in ("loss/train", "loss/val")]
    with (root / path).open("ab") as handle:
        handle.write(b"".join(rows))


def test_watch_follows_a_training_and_ends_cleanly(start: Start, tmp_path: Path) -> None:
    root, folder = tmp_path / "ws", tmp_path / "state"
    _, swinmae = write_running(root)
    process = start("watch", root, "--state-dir", folder)
    wait_for(lambda: state_in(folder) is not None, "the first state")

    append_epoch(root, event_path(swinmae), 4, 0.4)

    def reached_four() -> bool:
        state = state_in(folder)
        return state is not None and state.metrics["swinmae"].completion.epoch == 4

    wait_for(reached_four, "the appended epoch")
    beat = json.loads((folder / "heartbeat.json").read_text())
    assert beat["pid"] == process.pid
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert "Traceback" not in process.communicate()[1]


def test_a_second_watcher_says_who_holds_the_lock(start: Start, tmp_path: Path) -> None:
    root, folder = tmp_path / "ws", tmp_path / "state"
    write_good(root)
    first = start("watch", root, "--state-dir", folder)
    wait_for(lambda: state_in(folder) is not None, "the first state")

    second = start("watch", root, "--state-dir", folder)

    assert second.wait(60) == 3
    assert str(first.pid) in second.communicate()[1]


def test_an_append_reads_only_the_new_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted at the one opener: unchanged files are not opened, a grown event file is read from its old end."""
    root = tmp_path / "ws"
    _, swinmae = write_running(root)
    opened: list[tuple[str, int]] = []
    usual = Workspace.open

    def counted(self: Workspace, path: str) -> object:
        opened.append((path, (root / path).stat().st_size))
        return usual(self, path)

    with Collector(root, Store(tmp_path / "state")) as collector:
        collector.export()
        monkeypatch.setattr(Workspace, "open", counted)
        collector.export()
        assert opened == []

        reads: list[int] = []
        path = event_path(swinmae)
        before = (root / path).stat().st_size
        append_epoch(root, path, 4, 0.4)
        monkeypatch.setattr(ReaderProcess, "read", _counting_reader(reads))
        state = collector.export()

    assert [name for name, _ in opened] == [path]
    assert reads == [before]
    assert state.metrics["swinmae"].completion.epoch == 4


def _counting_reader(offsets: list[int]) -> Callable[..., object]:
    usual = ReaderProcess.read

    def read(self: ReaderProcess, reader: str, opened: OpenFile, **options: int) -> object:
        if reader == "events":
            offsets.append(options["offset"])
        return usual(self, reader, opened, **options)

    return read


def test_a_restart_reads_nothing_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """But the description; without one the beginnings of files are looked at anew, for what they are."""
    root = tmp_path / "ws"
    write_good(root)
    write(root / "dashboard.yaml", default_config_bytes())
    with Collector(root, Store(tmp_path / "state")) as collector:
        first = collector.export()
    opened: list[str] = []
    usual = Workspace.open
    monkeypatch.setattr(Workspace, "open", lambda self, path: opened.append(path) or usual(self, path))

    with Collector(root, Store(tmp_path / "state")) as collector:
        again = collector.export()

    assert opened == ["dashboard.yaml"]
    assert again == first


def test_the_cache_can_be_deleted_or_damaged_at_any_time(tmp_path: Path) -> None:
    root, cache = tmp_path / "ws", tmp_path / "state/cache"
    write_good(root)
    with Collector(root, Store(tmp_path / "state")) as collector:
        first = collector.export()
    for path in cache.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with Collector(root, Store(tmp_path / "state")) as collector:
        damaged = collector.export()
    shutil.rmtree(cache)

    with Collector(root, Store(tmp_path / "state")) as collector:
        deleted = collector.export()

    assert damaged == first == deleted


def test_a_long_curve_is_reduced_alike_in_one_reading_and_in_many(tmp_path: Path) -> None:
    """Every spike of a long history stays, however it was read."""
    root = tmp_path / "ws"
    write_good(root)
    path = next((root / "runs/patchtst_ssl").iterdir())
    path.write_bytes(header())
    relative = path.relative_to(root).as_posix()
    with Collector(root, Store(tmp_path / "state")) as collector:
        for part in range(20):
            for number in range(part * 1000 + 1, part * 1000 + 1001):
                value = 9.0 if number % 1500 == 0 else 1.0 + 0.001 * (number % 7)
                _append(path, number, value)
            state = collector.export()

    kept = whole(Folder(tmp_path / "state"), state).metrics["patchtst"].series["val_loss"]
    assert 1000 < len(kept.value) <= 2000
    assert state.metrics["patchtst"].courses["val_loss"].count == 20_000
    assert [s for s, v in zip(kept.step, kept.value, strict=True) if v == 9.0] == list(range(1500, 20001, 1500))
    assert f"{relative}" in {a.path for a in state.artifacts.logs}
    assert "40,000 scalar records" in state.checklist[2].detail


def _append(path: Path, number: int, value: float) -> None:
    with path.open("ab") as handle:
        for tag in ("loss/train", "loss/val"):
            handle.write(record(event(number, [simple_value(tag, value)], time.time() - 500)))


def test_wait_returns_once_training_has_ended(tmp_path: Path) -> None:
    """The training ends as soon as the waiting has said how far it is."""
    root, said = tmp_path / "ws", []
    _, swinmae = write_running(root)
    config = root / "configs/swinmae_ssl_real.yaml"

    def say(line: str) -> None:
        if not said:
            write(config, config.read_text().replace("epochs: 30", "epochs: 3"), swinmae.start - 5)
            write(root / "artifacts/loss/swinmae_loss_history.csv", table_text(swinmae))
        said.append(line)

    with Collector(root, None) as collector:
        state = wait_until_ended(collector, Changes(root, tmp_path / "s", say), say, 60)

    assert "swinmae: epoch 3 of 30 (running)" in said[0]
    assert state.checklist[7].outcome == "pass"


def test_wait_gives_up_after_its_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_running(tmp_path / "ws")

    code = main(["validate", str(tmp_path / "ws"), "--state-dir", str(tmp_path / "s"), "--wait", "1"])

    assert code == 4
    assert "waited 1 s: training has not ended" in capsys.readouterr().err


def test_notify_command_is_told_once_how_it_ended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root, told = tmp_path / "ws", tmp_path / "told.jsonl"
    write_running(root, pid=GONE_PID)
    program = tmp_path / "tell.py"
    program.write_text(f"import sys; open({str(told)!r}, 'a').write(sys.stdin.read() + '\\n')")

    main(["validate", str(root), "--state-dir", str(tmp_path / "s"), "--notify-command", f"{sys.executable} {program}"])

    (message,) = [json.loads(line) for line in told.read_text().splitlines()]
    assert (message["event"], message["verdict"]) == ("stalled", "not_ready")
    assert "notify command: told stalled" in capsys.readouterr().err


def test_notify_refuses_an_address_that_is_not_https(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["validate", str(tmp_path), "--notify", "http://example.org/secret"])

    assert code == 2
    assert "secret" not in capsys.readouterr().err


def test_a_state_directory_inside_the_workspace_never_wakes_the_watcher(tmp_path: Path) -> None:
    root = tmp_path / "ws"
    write_good(root)
    stop, states = threading.Event(), []
    watcher = Watcher(root, root / ".state", CollectOptions(), announce=lambda _: None, look_at=states.append)
    thread = threading.Thread(target=watcher.run, args=(stop, 0.1))
    thread.start()
    wait_for(lambda: len(states) >= 2, "the first looks")
    settled = len(states)

    time.sleep(2)  # twenty heartbeats inside the workspace
    stop.set()
    thread.join(10)

    assert len(states) <= settled + 1
    assert len({os.fspath(p) for p in (root / ".state").iterdir()}) >= 3

"""A replay writes the recorded bytes in the recorded order; only times, host and process id are others."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.decisions import compare_with_faults
from support.event_reading import read
from support.waiting import wait_for

from collectors.collect import CollectOptions, Collector
from collectors.observe.described import CONFIG_NAME
from collectors.readers.events.name import parse_event_file_name
from collectors.store.store import Store
from dash_app.demo.faults import steps_of
from dash_app.demo.moving import Moved, is_event_file
from dash_app.demo.recording import Library, RecordedRun, Write, sha256_of
from dash_app.demo.replay import Replay
from dash_app.demo.shipped import load_library

ROOT = Path(__file__).resolve().parents[4]
STATUS = "run_status.json"


@dataclass(frozen=True)
class Played:
    """A workspace that the real command has filled, and what it was filled from."""

    workspace: Path
    state_dir: Path
    library: Library
    run: RecordedRun
    pid: int
    began: float
    ended: float


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The good run, 300 times as fast as it was."""
    home = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "dash_app.demo", str(home / "w"), "--state-dir", str(home / "s"), "--speed", "300"]
    began = time.time()
    with subprocess.Popen(command, cwd=ROOT) as process:
        assert process.wait(60) == 0
    library = load_library()
    return Played(home / "w", home / "s", library, library.run("good"), process.pid, began, time.time())


def recorded_files(library: Library, run: RecordedRun) -> dict[str, bytes]:
    """What each file held in the end, by the recording."""
    files: dict[str, bytes] = {}
    for write in run.writes:
        if not write.is_left_out:
            data = library.bytes_of(write)
            files[write.path] = files.get(write.path, b"") + data if write.operation == "append" else data
    return files


def files_of(workspace: Path) -> dict[str, Path]:
    return {path.relative_to(workspace).as_posix(): path for path in workspace.rglob("*") if path.is_file()}


def as_recorded(path: str) -> bool:
    return not (is_event_file(path) or path == STATUS)


def test_every_file_has_the_recorded_sha256(played: Played) -> None:
    """All but event files and heartbeat, and no file besides."""
    expected = {p: sha256_of(data) for p, data in recorded_files(played.library, played.run).items() if as_recorded(p)}
    found = {p: sha256_of(f.read_bytes()) for p, f in files_of(played.workspace).items() if as_recorded(p)}

    assert found == expected
    assert {"checkpoints/swinmae_ssl.pt", "artifacts/scaler_fdc.json", "configs/patchtst_ssl_real.yaml"} <= set(found)


def test_the_alarms_of_its_scoring_are_the_faults_that_were_put_in(played: Played) -> None:
    with Collector(played.workspace, None, CollectOptions(announce=lambda _: None)) as collector:
        compare_with_faults(played.workspace, collector.collect())


@pytest.mark.parametrize("stream", ["patchtst", "swinmae"])
def test_event_files_keep_their_values_and_have_fresh_times(played: Played, stream: str) -> None:
    """Checksums are sound; the name says who writes here and now."""
    recorded = {p: d for p, d in recorded_files(played.library, played.run).items() if p.startswith(f"runs/{stream}")}
    (before,) = map(read, recorded.values())
    (path,) = (played.workspace / "runs" / f"{stream}_ssl").iterdir()
    after = read(path.read_bytes())

    assert (after.damaged, after.partial_tail, after.findings) == (0, False, ())
    assert set(after.series) == set(before.series) == {"loss/train", "loss/val"}
    for tag, series in after.series.items():
        assert np.array_equal(series.value, before.series[tag].value) and len(series.value) == 12
        assert np.array_equal(series.step, before.series[tag].step)
        assert played.began < series.time.min() <= series.time.max() < played.ended
        assert abs(path.stat().st_mtime - series.time.max()) < 5
    name = parse_event_file_name(path.name)
    assert (name.host, name.pid) == (socket.gethostname(), played.pid)
    assert played.began - 1 <= (name.started_at or 0) <= played.ended


def test_the_heartbeat_differs_in_times_host_and_process_only(played: Played) -> None:
    recorded = json.loads(recorded_files(played.library, played.run)[STATUS])
    found = json.loads((played.workspace / STATUS).read_bytes())

    changed = {key for key in recorded if found[key] != recorded[key]}
    assert changed <= {"pid", "host", "started_at", "updated_at"} and set(found) == set(recorded)
    assert (found["pid"], found["host"]) == (played.pid, socket.gethostname())
    assert played.began - 2 < datetime.fromisoformat(found["updated_at"]).timestamp() < played.ended + 1


def test_files_are_written_in_the_recorded_order(played: Played) -> None:
    """By the time of their last write."""
    last = {w.path: w.at_seconds for w in played.run.writes if not w.is_left_out and as_recorded(w.path)}
    files = files_of(played.workspace)

    assert sorted(last, key=lambda p: files[p].stat().st_mtime_ns) == sorted(last, key=lambda p: last[p])


def test_the_recorded_smoke_results_are_remembered_as_recorded(played: Played) -> None:
    """For the very files that lie in the workspace; their time is the recorded one."""
    for stream in ("patchtst", "swinmae"):
        checkpoint = sha256_of((played.workspace / f"checkpoints/{stream}_ssl.pt").read_bytes())
        config = sha256_of((played.workspace / f"configs/{stream}_ssl_real.yaml").read_bytes())
        result = Store(played.state_dir).smoke_result(stream, checkpoint, config)

        assert result is not None
        assert (result.exit_code, result.recorded) == (0, True)
        assert result.ran_at > played.run.recorded_at.timestamp()


def replay_of(library: Library, workspace: Path, **moved: Any) -> Replay:
    run = library.run("good")
    to = Moved(run.recorded_at.timestamp(), **{"start": time.time(), "speed": 1e6, "host": "h", "pid": 1} | moved)
    return Replay(library, run, workspace, to)


def test_event_records_and_loss_rows_are_appended_one_epoch_after_the_other(tmp_path: Path) -> None:
    """A reader meets 88 bytes at first, then 94 more an epoch, and a row of the loss table with them."""
    library = load_library()
    replay = replay_of(library, tmp_path)
    sizes, rows = [], []

    for step in steps_of(replay.run, None):
        replay.do(step)
        if isinstance(step, Write) and step.path.startswith("runs/swinmae"):
            (events,) = (tmp_path / "runs/swinmae_ssl").iterdir()
            sizes.append(events.stat().st_size)
        if isinstance(step, Write) and "swinmae_loss_history" in step.path:
            rows.append(len((tmp_path / step.path).read_bytes().splitlines()) - 1)

    assert sizes == [88 + 94 * epoch for epoch in range(13)]
    assert rows == list(range(13))


def test_looked_at_after_each_write_a_training_of_two_streams_never_falls_back(tmp_path: Path) -> None:
    """Between the two no stream trains; the process that wrote the first one lives, and says that it goes on."""
    workspace = tmp_path / "w"
    workspace.mkdir()
    replay = replay_of(load_library(), workspace, host=socket.gethostname(), pid=os.getpid())
    described = next(write for write in replay.run.writes if write.path == CONFIG_NAME)
    config = tmp_path / CONFIG_NAME  # nothing can be recognised in a folder in which nothing lies yet
    config.write_bytes(replay.library.bytes_of(described))
    told: dict[str, list[str]] = {"verdict": [], "orchestrator": []}

    with Collector(workspace, None, CollectOptions(config_file=config)) as collector:
        for step in steps_of(replay.run, None):
            replay.do(step)
            state = collector.collect()
            stage = state.nodes["orchestrator"].status.value
            for name, word in (("verdict", state.verdict.value.value), ("orchestrator", stage)):
                told[name] += [word] if told[name][-1:] != [word] else []

    assert told["orchestrator"] == ["idle", "running", "done"]
    assert told["verdict"][:2] == ["not_ready", "training"]
    assert "training" not in told["verdict"][2:], told


def test_a_replay_stops_when_it_is_told_to(tmp_path: Path) -> None:
    """At the recorded speed, nothing of the future has been written by then."""
    replay = replay_of(load_library(), tmp_path, speed=1.0)
    stop = threading.Event()
    thread = threading.Thread(target=replay.play, args=(steps_of(replay.run, None), stop))

    thread.start()
    wait_for((tmp_path / "artifacts/scaler_fdc.json").exists, "the scaler")
    stop.set()
    thread.join(5)

    assert not thread.is_alive()
    assert not (tmp_path / "checkpoints").exists()


def test_a_writer_whose_page_is_gone_ends_by_itself(tmp_path: Path) -> None:
    """Even where the page was killed: its end of the pipe closes."""
    command = [sys.executable, "-m", "dash_app.demo", str(tmp_path / "w"), "--speed", "1", "--attached"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stderr is not None
        process.stdin.write(b"begin\n")
        process.stdin.flush()
        wait_for((tmp_path / "w/artifacts/scaler_fdc.json").exists, "the scaler")
        process.stdin.close()

        assert process.wait(10) == 0
        assert process.stderr.read() == b""


def test_a_folder_that_holds_something_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    command = [sys.executable, "-m", "dash_app.demo", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "is not an empty folder" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]

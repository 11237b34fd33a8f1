"""No space, no permission, a failing disk: the old state stays, and somebody says why."""

from __future__ import annotations

import json
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest
from support.nobody import as_nobody, open_to_all
from support.server import ROOT, RunningServer, clean_environment
from support.states import failing_state, ready_state
from support.waiting import wait_for
from support.workspaces import write, write_good

from collectors.__main__ import main
from collectors.contract.state import DashboardState, state_to_json
from collectors.store.atomic import TEMPORARY
from collectors.store.backend import StoreProblem
from collectors.store.folder import HEARTBEAT_FILE, INDEX_FILE, RUNS_FOLDER, STATE_FILE
from collectors.store.store import Store

ONE_SAVE = ROOT / "tests/support/one_save.py"
FAULTS = {"write": "ENOSPC", "fsync": "EIO", "rename": "EACCES"}
"""System call -> the error that it is made to return."""
ERROR_WORDS = {"ENOSPC": "no space left on device", "EIO": "input/output error", "EACCES": "no permission"}


@dataclass(frozen=True)
class Saved:
    """A state directory with an old state in it, and the new one that is to be saved."""

    state_dir: Path
    old: DashboardState
    new: DashboardState
    new_file: Path

    def save(self, *before: str) -> subprocess.CompletedProcess[str]:
        """Save the new state in a process of its own, perhaps under another program."""
        command = [*before, sys.executable, str(ONE_SAVE), str(self.state_dir), str(self.new_file)]
        env = clean_environment(PYTHONPATH=str(ROOT), PYTHONDONTWRITEBYTECODE="1")
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)

    def is_whole(self) -> None:
        """Old or new in every file, whole rows in the index, and nothing unfinished."""
        store = Store(self.state_dir, make=False)
        assert store.read_state() in (self.old, self.new)
        for state in (self.old, self.new):
            assert store.read_snapshot(state.meta.run_id) in (state, None)
        index = (self.state_dir / RUNS_FOLDER / INDEX_FILE).read_bytes()
        assert index.endswith(b"\n")
        assert all(json.loads(line)["run_id"] for line in index.splitlines())
        assert list(self.state_dir.rglob(f"{TEMPORARY}*")) == []


@pytest.fixture
def saved(tmp_path: Path) -> Saved:
    old = failing_state()
    new = ready_state()
    new = new.model_copy(update={"meta": new.meta.model_copy(update={"run_id": "run-new"})})
    store = Store(tmp_path / "state")
    store.write_state(old)
    store.write_snapshot(old)
    file = tmp_path / "new.json"
    file.write_bytes(state_to_json(new))
    return Saved(tmp_path / "state", old, new, file)


@pytest.fixture
def strace(tmp_path: Path) -> str:
    """Path of strace; without it the test is skipped in a line that pytest prints."""
    found = shutil.which("strace")
    if found is None:
        pytest.skip("strace is not here (apt-get install strace): faults at each system call were NOT tried")
    tried = subprocess.run([found, "-o", str(tmp_path / "trace"), "true"], capture_output=True, check=False)
    if tried.returncode != 0:
        pytest.skip("strace may not trace here (a container's rule): faults at each system call were NOT tried")
    return found


def calls_of(trace: Path) -> dict[str, int]:
    """How often each system call that can fail was made."""
    found = re.findall(r"^(\w+)\(", trace.read_text(), re.MULTILINE)
    return {call: sum(name in (call, f"{call}at", f"{call}at2") for name in found) for call in FAULTS}


@pytest.mark.slow
def test_a_fault_at_each_write_fsync_and_rename(
    saved: Saved, strace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The Nth call of each kind fails, for every N: exit 3, old or new, nothing unfinished; the next save is good."""
    kept, trace = tmp_path / "kept", tmp_path / "trace"
    shutil.copytree(saved.state_dir, kept)
    assert saved.save(strace, "-o", str(trace), "-e", "trace=write,fsync,rename,renameat,renameat2").returncode == 0
    counts = calls_of(trace)
    assert counts["write"] >= 3 and counts["fsync"] >= 5 and counts["rename"] >= 2, counts

    for call, error in FAULTS.items():
        for number in range(1, counts[call] + 1):
            shutil.rmtree(saved.state_dir)
            shutil.copytree(kept, saved.state_dir)
            names = "rename,renameat,renameat2" if call == "rename" else call
            done = saved.save(strace, "-o", str(trace), "-e", f"inject={names}:error={error}:when={number}")

            assert (done.returncode, call, number) == (3, call, number), done.stdout + done.stderr
            assert ERROR_WORDS[error] in done.stdout
            assert str(tmp_path) not in done.stdout
            saved.is_whole()
    assert saved.save().returncode == 0
    assert Store(saved.state_dir).read_state() == saved.new
    with capsys.disabled():
        print(f"\nfaults injected: {counts}")


@pytest.mark.parametrize("limit", [0, 1, 700, 4096, 9000])
def test_a_file_size_limit_in_the_middle_of_the_state(saved: Saved, limit: int) -> None:
    """Works on every machine: the kernel refuses the rest of the file after so many bytes."""
    command = [sys.executable, str(ONE_SAVE), str(saved.state_dir), str(saved.new_file)]

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    done = subprocess.run(command, cwd=ROOT, env=clean_environment(PYTHONPATH=str(ROOT)), capture_output=True,
                          text=True, timeout=120, check=False, preexec_fn=limited)  # fmt: skip

    assert done.returncode == 3
    assert "dashboard-state.json cannot be written: file too large" in done.stdout
    assert Store(saved.state_dir).read_state() == saved.old
    saved.is_whole()


@pytest.mark.parametrize("kind", ["read-only", "lost"])
def test_a_folder_that_may_not_be_written(
    saved: Saved, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`export` ends with 3 and one line; what was there stays."""
    write_good(tmp_path / "ws")
    open_to_all(tmp_path)
    before = (saved.state_dir / STATE_FILE).read_bytes()
    saved.state_dir.chmod(0o555 if kind == "read-only" else 0)

    import_module("collectors.commands.export")  # nobody may be kept from Python's own folder, where it is somebody's
    with as_nobody():
        code = main(["export", str(tmp_path / "ws"), "--state-dir", str(saved.state_dir)])

    saved.state_dir.chmod(0o755)
    told = capsys.readouterr().err
    assert code == 3
    assert "error: state not saved: " in told and "no permission" in told
    assert len(told.strip().splitlines()) == 1
    assert (saved.state_dir / STATE_FILE).read_bytes() == before


def test_a_read_only_state_directory_can_still_be_validated(saved: Saved, tmp_path: Path) -> None:
    """Reading needs no right to write."""
    write_good(tmp_path / "ws")
    open_to_all(tmp_path)
    command = ["validate", str(tmp_path / "ws"), "--state-dir", str(tmp_path / "empty"), "--format", "json"]
    assert main(command) == 4  # our modules may lie where nobody else may look: they are loaded now
    (tmp_path / "empty").mkdir(mode=0o555)

    with as_nobody():
        code = main(command)

    assert code in {1, 4}  # 1 where nobody else may start our Python, so that no file is read
    assert list((tmp_path / "empty").iterdir()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 kB; without the right to mount one the test is skipped, and says so."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k,mode=755", "none", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("no right to mount a small tmpfs here: a disk that is really full was NOT tried")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """Take all the space that is left."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as handle, suppress(OSError):
        while True:
            handle.write(bytes(4096))
    return ballast


def test_a_full_disk_keeps_the_old_state(small_disk: Path) -> None:
    """A real file system without space; once there is some again everything is saved."""
    store = Store(small_disk / "state")
    store.write_state(failing_state())
    ballast = fill(small_disk)

    with pytest.raises(StoreProblem, match="no space left on device"):
        store.write_state(ready_state())
    with pytest.raises(StoreProblem, match="no space left on device"):
        store.write_snapshot(ready_state())
    assert store.read_state() == failing_state()
    assert list((small_disk / "state").rglob(f"{TEMPORARY}*")) == []

    ballast.unlink()
    store.write_state(ready_state())
    assert store.read_state() == ready_state()


Serve = Callable[..., RunningServer]


def test_the_page_says_that_the_state_is_not_saved_and_why(small_disk: Path, tmp_path: Path, serve: Serve) -> None:
    """The page's own collector tells it, for a full disk takes no heartbeat either; and it recovers."""
    streams = write_good(tmp_path / "ws")
    server = serve(tmp_path / "ws", state_dir=small_disk / "state", collect=True)
    wait_for(lambda: server.get("api/state").status_code == 200, "the first state", 60)
    before = server.get("api/state").json()["verdict"]["value"]

    ballast = fill(small_disk)
    write(tmp_path / "ws/artifacts/scaler_fdc.json", "{", streams[0].start)
    pulse = wait_for(lambda: told(server, "not_saved"), "the page to say it", 60)

    assert pulse["sentence"].startswith("State not saved: ")
    assert "no space left on device" in pulse["sentence"]
    assert "shown" not in pulse["sentence"], "what is on screen is the page's business"
    assert server.get("readyz").status_code == 503
    assert "State not saved" in server.get("_dash-layout").text or before in server.get("_dash-layout").text
    ballast.unlink()
    wait_for(lambda: told(server, "ok"), "the state to be saved again", 60)
    assert server.get("api/state").json()["verdict"]["value"] == "not_ready"
    assert "is saved again" in server.log()


def told(server: RunningServer, condition: str) -> dict[str, str] | None:
    pulse = server.get("api/pulse").json()
    return pulse if pulse["condition"] == condition else None


def watch(workspace: Path, state_dir: Path) -> subprocess.Popen[str]:
    """`python -m collectors watch` in a process of its own."""
    command = [sys.executable, "-m", "collectors", "watch", str(workspace), "--state-dir", str(state_dir)]
    return subprocess.Popen(command, cwd=ROOT, env=clean_environment(), stderr=subprocess.PIPE, text=True)


def test_a_watcher_that_can_never_save_ends_at_once(tmp_path: Path) -> None:
    """What cannot work from the beginning is no reason to wait."""
    write_good(tmp_path / "ws")
    (tmp_path / "state/.write.lock").mkdir(parents=True)

    watcher = watch(tmp_path / "ws", tmp_path / "state")

    assert watcher.wait(60) == 3
    assert "state not saved: .write.lock cannot be written" in watcher.communicate()[1]


def test_another_process_tells_the_page_by_its_heartbeat(tmp_path: Path, serve: Serve) -> None:
    """Where `watch` collects, and the heartbeat can be written though the state cannot."""
    write_good(tmp_path / "ws")
    state_dir = tmp_path / "state"
    (state_dir / STATE_FILE).mkdir(parents=True)
    watcher = watch(tmp_path / "ws", state_dir)
    server = serve(tmp_path / "ws", state_dir=state_dir)
    try:
        pulse = wait_for(lambda: told(server, "not_saved"), "the page to say it", 60)
        beat = json.loads((state_dir / HEARTBEAT_FILE).read_text())
        assert beat["problem"] in pulse["sentence"]
        assert pulse["sentence"].startswith("State not saved: dashboard-state.json cannot be written: ")
    finally:
        watcher.terminate()
        _, errors = watcher.communicate(timeout=30)

    assert "state not saved: dashboard-state.json cannot be written" in errors
    assert watcher.returncode == 3

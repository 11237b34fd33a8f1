"""Nothing is stored that would not read back equal, and nothing is read that is no file of ours."""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.states import ready_state

from collectors.contract.remembered import SmokeResult
from collectors.contract.state import DashboardState
from collectors.store.atomic import TEMPORARY, append_line, explained, read_own, regular_files, replace_file, sweep
from collectors.store.backend import StoreProblem
from collectors.store.folder import RUNS_FOLDER, SMOKE_FILE, STATE_FILE
from collectors.store.store import Store, write_report


def with_meta(**fields: Any) -> DashboardState:
    """A state whose fields were set past its own contract, as a slip of ours would."""
    state = ready_state()
    return state.model_copy(update={"meta": state.meta.model_copy(update=fields)})


BROKEN: dict[str, tuple[Callable[[], DashboardState], str]] = {
    "a text that reading makes visible": (
        lambda: with_meta(title="a\x1b[31mb"),
        "the state does not read back equal to what was written",
    ),
    "a list where a tuple belongs": (
        lambda: ready_state().model_copy(update={"notices": []}),
        "the state does not read back equal to what was written",
    ),
    "half a character": (lambda: with_meta(title="\ud800"), "the state cannot be written as JSON: "),
    "an outcome nobody knows": (
        lambda: with_meta(run_id="no run id!"),
        "the state breaks its own schema: ",
    ),
}


@pytest.mark.parametrize(("make", "said"), BROKEN.values(), ids=BROKEN)
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
def test_a_state_that_does_not_read_back_equal_is_refused_and_the_old_one_stays(
    tmp_path: Path, make: Callable[[], DashboardState], said: str
) -> None:
    store = Store(tmp_path)
    store.write_state(ready_state())

    with pytest.raises(StoreProblem) as refused:
        store.write_state(make())

    assert str(refused.value).startswith(said)
    assert store.read_state() == ready_state()
    assert list(tmp_path.glob(f"{TEMPORARY}*")) == []


@pytest.mark.parametrize(("make", "said"), BROKEN.values(), ids=BROKEN)
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
def test_a_snapshot_that_does_not_read_back_equal_leaves_no_file_and_no_row(
    tmp_path: Path, make: Callable[[], DashboardState], said: str
) -> None:
    store = Store(tmp_path)

    with pytest.raises(StoreProblem, match=said):
        store.write_snapshot(make())

    assert list((tmp_path / "runs").iterdir()) == []


def in_time(ask: Callable[[], Any]) -> Any:
    """What is answered by something that might wait for ever."""
    answers: list[Any] = []
    asking = threading.Thread(target=lambda: answers.append(ask()), daemon=True)
    asking.start()
    asking.join(30)
    assert answers, "it waits for a writer that never comes"
    return answers[0]


def test_a_pipe_in_the_place_of_a_file_is_nothing_and_holds_nobody(tmp_path: Path) -> None:
    """A writer that waited for it would hold its lock for ever."""
    store = Store(tmp_path)
    run_id = ready_state().meta.run_id
    for path in (tmp_path / STATE_FILE, tmp_path / SMOKE_FILE, tmp_path / RUNS_FOLDER / f"{run_id}.json"):
        os.mkfifo(path)

    assert in_time(store.read_state) is None
    assert in_time(lambda: store.read_snapshot(run_id)) is None
    assert in_time(lambda: store.smoke_result("patchtst", "a", "b")) is None
    assert not store.has_snapshot(run_id)
    in_time(lambda: store.remember_smoke("patchtst", ("a", "b"), SmokeResult(0, "fine", 1.0)) or True)
    assert store.smoke_result("patchtst", "a", "b") == SmokeResult(0, "fine", 1.0)


def test_only_regular_files_within_the_limit_are_ours(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    descriptors = len(list(Path("/proc/self/fd").iterdir()))

    assert read_own(tmp_path / "file", 5) == b"12345"
    for path in ("pipe", "zero", "."):
        with pytest.raises(OSError, match="it is not a regular file") as refused:
            in_time_raising(lambda path=path: read_own(tmp_path / path, 1 << 30))  # type: ignore[misc]
        assert refused.value.errno == errno.EINVAL
    with pytest.raises(OSError, match="it has 5 bytes, over 4") as refused:
        read_own(tmp_path / "file", 4)
    assert refused.value.errno == errno.EFBIG
    assert len(list(Path("/proc/self/fd").iterdir())) == descriptors


def in_time_raising(ask: Callable[[], Any]) -> None:
    """The same, and what it raised."""

    def caught() -> OSError:
        try:
            ask()
        except OSError as error:
            return error
        raise AssertionError("it was read")

    raise in_time(caught)


def test_a_line_is_appended_behind_a_half_one(tmp_path: Path) -> None:
    path = tmp_path / "index.jsonl"

    append_line(path, b"one")
    append_line(path, b"two")
    assert path.read_bytes() == b"one\ntwo\n"
    path.write_bytes(b"one\ntw")
    append_line(path, b"three")
    assert path.read_bytes() == b"one\ntw\nthree\n"


def test_a_line_that_cannot_be_synced_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "index.jsonl"
    append_line(path, b"one")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreProblem, match=r"^index\.jsonl cannot be written: ") as refused:
        append_line(path, b"two")

    assert path.read_bytes() == b"one\n"
    assert str(tmp_path) not in str(refused.value)


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EPERM])
@pytest.mark.parametrize("call", ["fchmod", "fsync"])
def test_a_file_system_that_offers_no_mode_or_no_sync_of_folders_keeps_the_state_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, call: str
) -> None:
    real_sync = os.fsync

    def refuse(descriptor: int, mode: int = 0) -> None:
        if call == "fsync" and not Path(f"/proc/self/fd/{descriptor}").is_dir():
            return real_sync(descriptor)
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, call, refuse)

    replace_file(tmp_path / "state", b"new")

    assert (tmp_path / "state").read_bytes() == b"new"


@pytest.mark.parametrize("call", ["fchmod", "fsync"])
def test_an_error_of_the_disk_is_no_missing_offer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def fail(descriptor: int, mode: int = 0) -> None:
        raise OSError(errno.EIO, "Input/output error")

    (tmp_path / "state").write_bytes(b"old")
    monkeypatch.setattr(os, call, fail)

    with pytest.raises(StoreProblem, match=r"^state cannot be written: "):
        replace_file(tmp_path / "state", b"new")

    assert (tmp_path / "state").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


def test_what_is_not_durable_is_not_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A heartbeat every two seconds must not wear the disk."""
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)

    replace_file(tmp_path / "beat", b"1", durable=False)
    assert synced == []
    replace_file(tmp_path / "state", b"1")
    assert len(synced) == 2, "the file, and the folder that names it"


def test_regular_files_of_a_suffix_are_listed_with_size_and_time(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("12")
    (tmp_path / "b.txt").write_text("12")
    (tmp_path / "c.json").mkdir()
    (tmp_path / "d.json").symlink_to("a.json")
    status = (tmp_path / "a.json").stat()

    assert list(regular_files(tmp_path, ".json")) == [("a", (2, status.st_mtime_ns))]
    assert list(regular_files(tmp_path / "none", ".json")) == []


def test_sweeping_takes_only_what_writers_left(tmp_path: Path) -> None:
    for name in (f"{TEMPORARY}a", "state", f"x{TEMPORARY}"):
        (tmp_path / name).touch()
    (tmp_path / f"{TEMPORARY}folder").mkdir()

    sweep(tmp_path)
    sweep(tmp_path / "none")

    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{TEMPORARY}folder", "state", f"x{TEMPORARY}"]


def test_a_problem_that_is_explained_already_is_not_explained_again(tmp_path: Path) -> None:
    with pytest.raises(StoreProblem, match=r"^as it is$"), explained(tmp_path):
        raise StoreProblem("as it is")


def test_a_report_is_written_as_text(tmp_path: Path) -> None:
    write_report(tmp_path / "r.md", "größer\n")

    assert (tmp_path / "r.md").read_bytes() == "größer\n".encode()


def test_a_version_follows_the_file(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.state_version() is None
    never = store.smoke_version()

    store.write_state(ready_state())
    first = store.state_version()
    assert first == store.state_version() and first is not None
    status = (tmp_path / STATE_FILE).stat()
    assert first == (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    (tmp_path / SMOKE_FILE).write_text(json.dumps({}))
    assert store.smoke_version() != never

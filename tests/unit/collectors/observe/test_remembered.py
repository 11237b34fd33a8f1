"""What is remembered of a file is believed only while the file is the same one, byte for byte."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from support.build_events import header, scalar_file
from support.foreign import Foreign, both
from support.workspaces import event_path, good_streams, write, write_good

from collectors.collect import Collector
from collectors.contract.state import DashboardState
from collectors.contract.values import Outcome
from collectors.files.workspace import Workspace
from collectors.observe.consumed import BLOCK, WHOLE, checksum_before
from collectors.store.backend import StoreProblem
from collectors.store.folder import GROWN_BYTES
from collectors.store.store import Store


def collected(tmp_path: Path) -> DashboardState:
    """What a new collector says that takes over the state directory of the one before."""
    with Collector(tmp_path / "ws", Store(tmp_path / "state")) as collector:
        return collector.export()


def outcome(state: DashboardState, check: str) -> Outcome:
    return next(c.outcome for c in state.checklist if c.id == check)


def put_back(path: Path, change: Callable[[], object]) -> None:
    """Change a file in place as a program does that puts its time back."""
    before = path.stat()
    change()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_ino, path.stat().st_size) == (before.st_ino, before.st_size)


def overwrite(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b") as handle:
        handle.seek(at)
        handle.write(data)


def test_a_nan_written_in_place_with_the_time_put_back_is_read(tmp_path: Path) -> None:
    """A byte of the table that nobody would look at again if time and size told the truth."""
    write_good(tmp_path / "ws")
    table = tmp_path / "ws/artifacts/loss/patchtst_loss_history.csv"
    assert outcome(collected(tmp_path), "training") is Outcome.PASS
    text = table.read_bytes()
    last = text.rstrip().rindex(b",") + 1
    number = text[last:].rstrip()

    put_back(table, lambda: overwrite(table, last, b"nan".ljust(len(number))))

    assert outcome(collected(tmp_path), "training") is Outcome.FAIL


def test_identity_is_another_one_after_a_change_whose_time_was_put_back(tmp_path: Path) -> None:
    path = write(tmp_path / "file", "one")
    with Workspace(tmp_path) as workspace:
        before = workspace.facts("file")

        put_back(path, lambda: overwrite(path, 0, b"two"))

        after = workspace.facts("file")
    assert (before.size_bytes, before.modified_at) == (after.size_bytes, after.modified_at)
    assert before.identity != after.identity


@pytest.mark.parametrize("restarted", [False, True], ids=["while it lives", "after a restart"])
def test_an_event_file_rewritten_in_place_and_longer_is_read_from_its_start(tmp_path: Path, restarted: bool) -> None:
    stream = write_good(tmp_path / "ws")[0]
    path = tmp_path / "ws" / event_path(stream)
    collector = Collector(tmp_path / "ws", Store(tmp_path / "state"))
    before = collector.export()
    if restarted:
        collector.close()
        collector = Collector(tmp_path / "ws", Store(tmp_path / "state"))
    inode = path.stat().st_ino
    other = scalar_file([("loss/train", n, 7.0) for n in range(1, 400)])
    assert len(other) > path.stat().st_size

    overwrite(path, 0, other)
    state = collector.export()
    collector.close()

    assert path.stat().st_ino == inode
    assert next(a.detail for a in state.artifacts.logs if a.path == event_path(stream)) != next(
        a.detail for a in before.artifacts.logs if a.path == event_path(stream)
    )
    fresh = Collector(tmp_path / "ws", Store(tmp_path / "other"))
    assert state.metrics["patchtst"].completion == fresh.export().metrics["patchtst"].completion
    fresh.close()


def test_an_event_file_changed_in_place_without_growing_is_read_again(tmp_path: Path) -> None:
    stream = write_good(tmp_path / "ws")[0]
    path = tmp_path / "ws" / event_path(stream)
    assert outcome(collected(tmp_path), "training") is Outcome.PASS
    middle = len(header()) + 40

    put_back(path, lambda: overwrite(path, middle, b"\0" * 8))

    state = collected(tmp_path)
    assert next(a.detail for a in state.artifacts.logs if a.path == event_path(stream)).find("damaged") >= 0


def checksum_of(path: Path, size: int) -> int:
    with path.open("rb") as handle:
        return checksum_before(handle, size)


@pytest.mark.parametrize("size", [1, 2, WHOLE, WHOLE + 1, 3 * WHOLE])
def test_the_checksum_sees_the_first_and_the_last_byte_that_were_read(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    path = write(tmp_path / "file", data + b"more")
    known = checksum_of(path, size)

    for at in (0, min(BLOCK, size) - 1, size - 1):
        overwrite(path, at, bytes([data[at] ^ 1]))
        assert checksum_of(path, size) != known
        overwrite(path, at, data[at : at + 1])
    overwrite(path, size, b"LESS")

    assert checksum_of(path, size) == known


def in_time(ask: Callable[[], DashboardState]) -> DashboardState:
    answers: list[DashboardState] = []
    asking = threading.Thread(target=lambda: answers.append(ask()), daemon=True)
    asking.start()
    asking.join(60)
    assert answers, "it waits for a writer that never comes"
    return answers[0]


def odd(path: Path, kind: str, elsewhere: Path) -> None:
    """Put something odd in a file's place."""
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to(elsewhere)
    else:
        path.write_bytes(b"\x00PK\x03\x04" + os.urandom(500))


@pytest.mark.parametrize("kind", ["pipe", "link", "garbage"])
def test_odd_files_in_the_state_directory_are_thrown_away_and_never_waited_for(tmp_path: Path, kind: str) -> None:
    write_good(tmp_path / "ws")
    expected = collected(tmp_path)
    state_dir = tmp_path / "state"
    elsewhere = write(tmp_path / "elsewhere", b"not ours")
    for path in [p for p in state_dir.rglob("*") if p.is_file() and not p.name.endswith(".lock")]:
        odd(path, kind, elsewhere)

    state = in_time(lambda: collected(tmp_path))

    assert state.verdict == expected.verdict
    assert elsewhere.read_bytes() == b"not ours"
    assert in_time(lambda: collected(tmp_path)) == state
    assert [p for p in (state_dir / "cache").rglob("*") if not p.is_dir() and (p.is_symlink() or p.is_fifo())] == []


@pytest.mark.parametrize("place", ["cache", "runs", "cache/points"])
def test_a_pipe_in_the_place_of_a_folder_is_thrown_away(tmp_path: Path, place: str) -> None:
    write_good(tmp_path / "ws")
    path = tmp_path / "state" / place
    path.parent.mkdir(parents=True)
    os.mkfifo(path)

    in_time(lambda: collected(tmp_path))

    assert path.is_dir()


@pytest.mark.parametrize("place", ["cache", "runs", "cache/points"])
def test_a_file_in_the_place_of_a_folder_stays_and_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "ws").mkdir()
    write(tmp_path / "state" / place, b"somebody's")

    with pytest.raises(StoreProblem, match=f"^{Path(place).name} is a file where a folder of ours must be: move it"):
        collected(tmp_path)

    assert (tmp_path / "state" / place).read_bytes() == b"somebody's"


@pytest.mark.parametrize("kind", ["folder", "socket", "nowhere", "huge"])
def test_whatever_stands_where_something_was_learnt_is_no_news(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_good(tmp_path / "ws")
    expected = collected(tmp_path)
    learnt = [path for path in (tmp_path / "state/cache").rglob("*") if path.is_file()]
    for path in learnt:
        path.unlink()
        if kind == "folder":
            write(path / "x", b"somebody's")
        elif kind == "nowhere":
            path.symlink_to("/nowhere")
        elif kind == "huge":
            write(path, b"")
            os.truncate(path, GROWN_BYTES + 1)
        else:
            monkeypatch.chdir(path.parent)  # an address has few characters
            with socket.socket(socket.AF_UNIX) as made:
                made.bind(path.name)

    assert len(learnt) > 2
    assert in_time(lambda: collected(tmp_path)).verdict == expected.verdict


def test_a_digit_that_changed_in_the_memory_of_files_is_not_believed(tmp_path: Path) -> None:
    """JSON that can still be read may say something else than what was kept."""
    write_good(tmp_path / "ws")
    expected = collected(tmp_path)
    kept = tmp_path / "state/cache/files.json"
    kept.write_bytes(kept.read_bytes().replace(b'sha256": "', b'sha256": "0')[:-1] + b"}")
    (tmp_path / "state/dashboard-state.json").unlink()

    state = collected(tmp_path)

    assert [a.sha256 for a in state.artifacts.checkpoints] == [a.sha256 for a in expected.artifacts.checkpoints]
    assert good_streams()[0].id in state.metrics


def test_a_start_record_counts_after_a_restart_that_reads_nothing_again(tmp_path: Path) -> None:
    made = Foreign(tmp_path / "ws")
    made.total(100, "steps")
    made.log(both(range(10, 101, 10)), after=-100.0, pid=11)
    made.log(both([90]), pid=12, restart_at=90)
    made.finish()

    first, again = (collected(tmp_path).metrics["net"] for _ in range(2))

    assert first.final["train_loss"].step == again.final["train_loss"].step == 90

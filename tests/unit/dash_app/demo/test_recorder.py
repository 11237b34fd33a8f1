"""What a training writes is seen in order and rebuilds to the same bytes."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import pytest

from dash_app.demo.faults import steps_of
from dash_app.demo.moving import Moved
from dash_app.demo.recording import Hex, Member, Packed, Recording, Text, Write, opened, pack
from dash_app.demo.replay import Replay, append, write_whole
from dash_app.demo.shipped import load_library

sys.path.insert(0, str(Path(__file__).resolve().parents[4]))  # `examples` is run from the checkout only

from examples.record_demo.packing import Packer, only_the_end, recorded_run
from examples.record_demo.watching import Seen, Watch


def told(watch: Watch) -> list[tuple[str, str, bytes]]:
    return [(seen.operation, seen.path, seen.data) for seen in watch.changes]


def test_each_way_of_writing_is_told_apart(tmp_path: Path) -> None:
    """A file that comes, grows, is replaced by a rename, is written anew in place, and goes."""
    watch = Watch(tmp_path, (), time.time)
    table = tmp_path / "table.csv"
    acts = [
        lambda: write_whole(table, b"epoch\n"),
        lambda: append(table, b"1\n"),
        lambda: write_whole(table, b"epoch\n"),
        lambda: table.write_bytes(b"other"),
        table.unlink,
    ]
    for act in acts:
        act()
        watch.look()

    assert told(watch) == [
        ("create", "table.csv", b"epoch\n"),
        ("append", "table.csv", b"1\n"),
        ("replace", "table.csv", b"epoch\n"),
        ("replace", "table.csv", b"other"),
        ("remove", "table.csv", b""),
    ]


def test_unfinished_files_and_what_is_left_out_are_not_seen(tmp_path: Path) -> None:
    for path in ("data/big.npz", ".model.pt.12.tmp", "kept/data/model.pt"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"x")
    watch = Watch(tmp_path, ("data",), time.time)

    watch.look()
    watch.look()

    assert told(watch) == [("create", "kept/data/model.pt", b"x")]


def test_a_replayed_training_is_recorded_as_it_was(tmp_path: Path) -> None:
    """Watched as a real one is; the recording of the recording ends with the same files."""
    library = load_library()
    good = library.run("good")
    moved = Moved(good.recorded_at.timestamp(), time.time() + 0.1, 100.0, "host", 1)
    watch = Watch(tmp_path, (), time.time)

    with watch.watching():
        Replay(library, good, tmp_path, moved).play(steps_of(good, None), threading.Event())

    again = Packer()
    writes = again.writes(watch.changes, lambda _nth, _count: True)
    run = recorded_run(("again",), "ready", watch.changes, writes)
    recording = Recording(notes=(), runs={"again": run}, packed=again.described())
    read_back = opened(recording.model_dump_json(), pack(again.pieces.values()))
    files: dict[str, bytes] = {}
    for write in run.writes:
        data = read_back.bytes_of(write)
        files[write.path] = files.get(write.path, b"") + data if write.operation == "append" else data
    on_disk = {p.relative_to(tmp_path).as_posix(): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert files == on_disk
    assert {w.operation for w in run.writes} == {"create", "append", "replace"}
    assert {type(w.content) for w in run.writes} == {Text, Hex, Packed, Member}
    assert [w.at_seconds for w in run.writes] == sorted(w.at_seconds for w in run.writes)


@pytest.mark.parametrize(("saves", "shipped"), [(1, [True]), (2, [True, True]), (4, [True, False, False, True])])
def test_saves_between_the_first_and_the_last_are_known_but_not_shipped(saves: int, shipped: list[bool]) -> None:
    seen = [Seen(float(n), "replace", "checkpoints/a.pt", bytes([n])) for n in range(saves)]
    packer = Packer()

    writes = packer.writes(seen, lambda nth, count: nth in {0, count - 1})

    assert [not w.is_left_out for w in writes] == shipped
    assert [w.size_bytes for w in writes] == [1] * saves
    assert len(packer.pieces) == sum(shipped)


def test_only_the_end_of_each_file_is_kept_of_a_baseline() -> None:
    seen = [
        Seen(1.0, "create", "a.csv", b"1"),
        Seen(2.0, "create", "gone", b"x"),
        Seen(3.0, "append", "a.csv", b"2"),
        Seen(4.0, "remove", "gone"),
        Seen(5.0, "replace", "b.pt", b"new"),
    ]

    assert only_the_end(seen) == [Seen(3.0, "create", "a.csv", b"12"), Seen(5.0, "create", "b.pt", b"new")]


def test_a_removal_is_recorded_and_replayed(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_bytes(b"x")
    library = load_library()
    good = library.run("good")
    replay = Replay(library, good, tmp_path, Moved(0.0, 0.0, 1.0, "host", 1))

    replay.do(Write(at_seconds=0.0, operation="remove", path="old.txt"))

    assert not (tmp_path / "old.txt").exists()

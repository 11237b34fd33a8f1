"""Event files are read in the child, with its limits; what cannot be read is said, and what was read is kept."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from support.build_events import START, event, message, record, scalar_file, simple_value, step, train_val, wall_time
from support.server import ROOT

from collectors.contract.sections import Limits
from collectors.evidence.files import NOT_READ_HERE
from collectors.files.workspace import Workspace
from collectors.observe import event_files
from collectors.observe.cache import ReadCache
from collectors.observe.event_files import EventFiles, names_of
from collectors.observe.memory import Learnt
from collectors.readers.child.process import ReaderProcess
from collectors.readers.child.registry import MIB
from collectors.training.series import EventFile

NAME = "events.out.tfevents.1.host.2.0"
GOOD = scalar_file(train_val(range(1, 200)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "ws").mkdir()
    (tmp_path / "ws" / NAME).write_bytes(GOOD)
    return tmp_path / "ws" / NAME


@pytest.fixture
def child() -> Iterator[ReaderProcess]:
    with ReaderProcess() as process:
        yield process


@pytest.fixture
def files(path: Path, child: ReaderProcess) -> Iterator[EventFiles]:
    with Workspace(path.parent) as workspace:
        yield EventFiles(workspace, child)


@contextmanager
def without_a_child(child: ReaderProcess) -> Iterator[None]:
    """As long as this lasts, no child can be started."""
    child.close()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.executable", "/no/such/python")
        yield


def points(file: EventFile | tuple[str, str]) -> int:
    assert isinstance(file, EventFile)
    return sum(series.points for series in file.evidence.series.values())


def test_a_file_of_several_parts_is_read_whole(files: EventFiles, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_files, "READ_AT_ONCE", 1)  # 64 KiB are the least
    path.write_bytes(scalar_file(train_val(range(1, 3_000))))

    assert points(files.read(NAME)) == 2 * 2_999
    assert files.readings == 1


def test_a_child_that_dies_costs_nothing_that_was_read(files: EventFiles, path: Path, child: ReaderProcess) -> None:
    """What follows is said to be missing, and read when it is looked at again later."""
    assert points(files.read(NAME)) == 2 * 199
    with path.open("ab") as handle:
        handle.write(record(event(200, [simple_value("loss/val", 0.5)], START + 999)))
    with without_a_child(child):
        broken = files.read(NAME)
        assert points(broken) == 2 * 199
        assert isinstance(broken, EventFile)
        assert str(broken.evidence.findings[0]).endswith(f"what follows was not read (offset {len(GOOD)})")
        assert (broken.evidence.sound, child.failures) == (False, 1)
        assert files.read(NAME) is broken
        assert child.failures == 1

    files._again_at = dict.fromkeys(files._again_at, 0.0)
    mended = files.read(NAME)
    assert points(mended) == 2 * 199 + 1
    assert isinstance(mended, EventFile)
    assert mended.evidence.sound


def test_a_file_of_which_nothing_can_be_read_is_a_problem_and_not_tried_at_every_look(
    files: EventFiles, path: Path, child: ReaderProcess
) -> None:
    with without_a_child(child):
        told = files.read(NAME)
        path.write_bytes(GOOD + GOOD)
        assert files.read(NAME) == told
    assert not isinstance(told, EventFile)
    assert told[0] == NAME
    assert told[1].startswith(NOT_READ_HERE)
    assert child.failures == 1

    files._again_at = dict.fromkeys(files._again_at, 0.0)
    assert points(files.read(NAME)) == 4 * 199


def test_what_a_failed_reading_left_is_not_kept_for_the_next_start(
    path: Path, child: ReaderProcess, tmp_path: Path
) -> None:
    with Workspace(path.parent) as workspace:
        first = ReadCache(workspace, child, Limits(), Learnt(tmp_path / "state", "key"))
        first.events(NAME)
        first.save()
        path.write_bytes(GOOD + record(event(200, [simple_value("loss/val", 0.5)])))
        with without_a_child(child):
            first.events(NAME)
            first.save()

        again = ReadCache(workspace, child, Limits(), Learnt(tmp_path / "state", "key"))
        assert points(again.events(NAME)) == 2 * 199 + 1


def test_a_wanted_tag_is_kept_of_a_file_with_very_many(files: EventFiles, path: Path) -> None:
    layers = b"".join(record(event(1, [simple_value(f"layer/{n}", 1.0)])) for n in range(2_100))
    path.write_bytes(layers + GOOD)
    files.wanted = names_of(["run/loss/val"])

    file = files.read(NAME)

    assert isinstance(file, EventFile)
    assert "loss/val" in file.evidence.series
    assert "loss/train" not in file.evidence.series
    assert len(file.evidence.series) == 2_001


def _summary(count: int) -> bytes:
    """So many values of the tags `x0000000`, `x0000001`, ...: all are as long, so they are made at once."""
    one = np.frombuffer(message(1, simple_value("x0000000", 0.5)), np.uint8)
    every, digits = np.tile(one, (count, 1)), one.tobytes().index(b"x0000000") + 1
    for place in range(7):
        every[:, digits + 6 - place] = ord("0") + np.arange(count) // 10**place % 10
    assert every[-1].tobytes() == message(1, simple_value(f"x{count - 1:07}", 0.5))
    return message(5, every.tobytes())


def test_a_huge_record_costs_this_process_next_to_nothing(path: Path) -> None:
    """57 MB of values in one record once took 1.4 GiB of the page's process."""
    path.write_bytes(GOOD + record(wall_time(START) + step(9) + _summary(2_000_000)))
    look = f"""
import re, resource
from pathlib import Path
from collectors.files.workspace import Workspace
from collectors.observe.event_files import EventFiles
from collectors.readers.child.process import ReaderProcess
def most():  # what getrusage tells of itself holds what was before this program in its process
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
with Workspace(Path({str(path.parent)!r})) as workspace, ReaderProcess() as child:
    before = most()
    EventFiles(workspace, child).read({NAME!r})
    print(most() - before)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
    told = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    here, child = (int(line) * 1024 for line in told.split())

    assert here < 32 * MIB
    assert child < 700 * MIB


def test_a_tag_may_be_written_with_its_sub_folder() -> None:
    assert names_of(["a/b/c", "c"]) == ("a/b/c", "b/c", "c")

"""Reading only what is new, without believing too long what was read badly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.workspaces import write, write_good

from collectors.collect import Collector
from collectors.contract.sections import Limits
from collectors.files.workspace import Workspace
from collectors.observe.cache import ReadCache
from collectors.observe.memory import Learnt
from collectors.readers.child.process import ReaderProcess, ReadLimits
from collectors.store.store import Store

TABLE = "artifacts/loss/patchtst_loss_history.csv"


@pytest.fixture(autouse=True)
def kept_children() -> None:
    """None is kept: in a child that has read before there is room enough for small files."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A good training."""
    write_good(tmp_path / "ws")
    return tmp_path / "ws"


@pytest.fixture
def child() -> Iterator[ReaderProcess]:
    with ReaderProcess() as process:
        yield process


def cache_of(root: Path, child: ReaderProcess, state_dir: Path) -> ReadCache:
    return ReadCache(Workspace(root), child, Limits(), Learnt(state_dir, "key"))


def test_a_reading_that_failed_is_not_kept_for_the_next_start(root: Path, tmp_path: Path, child: ReaderProcess) -> None:
    """A reader that was killed says nothing about the file: after a restart it is read again."""
    with ReaderProcess(ReadLimits(0.0, 1)) as starved:
        first = cache_of(root, starved, tmp_path / "state")
        assert not first.read("loss_table", TABLE).evidence.sound
        first.save()

    again = cache_of(root, child, tmp_path / "state")

    assert again.read("loss_table", TABLE).evidence.sound


def test_a_reading_that_failed_is_tried_again_later_and_not_at_once(root: Path, tmp_path: Path) -> None:
    """A costly file must not cost its time limit at every look."""
    with ReaderProcess(ReadLimits(0.0, 1)) as starved:
        cache = cache_of(root, starved, tmp_path / "state")
        cache.read("loss_table", TABLE)
        cache.read("loss_table", TABLE)
        assert (cache.readings, starved.failures) == (1, 1)

        cache._again_at = dict.fromkeys(cache._again_at, 0.0)
        cache.read("loss_table", TABLE)

    assert starved.failures == 2


def test_a_good_reading_is_kept(root: Path, tmp_path: Path, child: ReaderProcess) -> None:
    first = cache_of(root, child, tmp_path / "state")
    first.read("loss_table", TABLE)
    first.save()

    again = cache_of(root, child, tmp_path / "state")
    again.read("loss_table", TABLE)

    assert again.readings == 0


def test_another_configuration_reads_everything_anew(root: Path, tmp_path: Path) -> None:
    """Columns, tags and limits decide what a file means: what was learnt under others is not believed."""
    store = Store(tmp_path / "state")
    with Collector(root, store) as collector:
        collector.export()
    default = (Path(__file__).parents[4] / "collectors/trainers/reference.yaml").read_text()
    named = default.replace("picture: artifacts/loss/patchtst_loss_curve.png", "columns: {val_loss: nothing}", 1)
    write(root / "dashboard.yaml", named)
    when = (root / TABLE).stat().st_mtime_ns

    with Collector(root, store) as collector:
        state = collector.export()

    assert (root / TABLE).stat().st_mtime_ns == when
    assert state.metrics["patchtst"].source == "events"

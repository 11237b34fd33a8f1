"""What belongs to files that are gone is let go of, in memory and in the store: one run after the other takes no room.

A disk that is away for a moment costs nothing: what was on it is not read again.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from support.build_events import START
from support.workspaces import event_bytes, event_path, good_streams, write

from collectors.collect import CollectOptions, Collector
from collectors.contract.remembered import SeenFile
from collectors.observe import after_end
from collectors.store.points import side_files_of
from collectors.store.store import Store

LONG = [1 / n for n in range(1, 2_101)]
"""More points than a state shows."""
KEPT = 3


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "ws/dashboard.yaml", "trainer: reference\n").parent


def train(root: Path, number: int) -> None:
    """Take the training before away, and leave the long logs of another one."""
    shutil.rmtree(root / "runs", ignore_errors=True)
    for stream in good_streams(START + number * 100_000.0):
        write(root / event_path(stream), event_bytes(replace(stream, val=LONG, epochs=len(LONG))))


def files_in(state_dir: Path) -> list[str]:
    return sorted(str(path.relative_to(state_dir)) for path in state_dir.rglob("*") if path.is_file())


def test_one_training_after_the_other_leaves_a_bounded_store(root: Path, tmp_path: Path) -> None:
    """Logs are called by their time: each training's have other names."""
    counts, sizes = [], []
    with Collector(root, Store(tmp_path / "state"), CollectOptions(keep_runs=KEPT)) as collector:
        for number in range(2 * KEPT):
            train(root, number)
            run_id = collector.export(snapshot=True).meta.run_id
            collector.keep()
            found = files_in(tmp_path / "state")
            counts.append(len(found))
            sizes.append(len(collector._cache.event_files.paths))

    events = [name for name in found if "events-" in name]
    assert len(set(counts[KEPT:])) == 1 and counts[0] < counts[KEPT], counts
    assert len(events) == sizes[-1] == len(good_streams())
    assert [one.count() for one in side_files_of(tmp_path / "state", run_id, "patchtst", "val_loss")] == [len(LONG)]


def test_long_curves_of_a_stored_run_outlive_their_log(root: Path, tmp_path: Path) -> None:
    """Whoever opens an old run zooms into it still."""
    with Collector(root, Store(tmp_path / "state")) as collector:
        train(root, 0)
        first = collector.export(snapshot=True).meta.run_id
        collector.keep()
        train(root, 1)
        collector.export()
        collector.keep()

    assert [one.count() for one in side_files_of(tmp_path / "state", first, "patchtst", "val_loss")] == [len(LONG)]


def test_a_disk_that_is_away_for_a_moment_costs_no_reading(root: Path, tmp_path: Path) -> None:
    train(root, 0)
    with Collector(root, Store(tmp_path / "state")) as collector:
        collector.export()
        collector.keep()
        before, readings = files_in(tmp_path / "state"), collector._cache.event_files.readings
        (root / "runs").rename(tmp_path / "away")
        collector.export()
        collector.keep()
        assert files_in(tmp_path / "state") == before

        (tmp_path / "away").rename(root / "runs")
        collector.export()

        assert collector._cache.event_files.readings == readings


def test_who_does_not_keep_the_state_removes_nothing(root: Path, tmp_path: Path) -> None:
    train(root, 0)
    with Collector(root, Store(tmp_path / "state")) as keeper:
        keeper.export()
    before = files_in(tmp_path / "state")
    train(root, 1)

    with Collector(root, Store(tmp_path / "state")) as other:
        other.export(keep=False, snapshot=True)

    assert set(before) <= set(files_in(tmp_path / "state"))


def test_files_seen_after_their_end_are_remembered_up_to_a_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(after_end, "MOST_FILES", 3)
    known = {f"{n}.pt": SeenFile("a", float(n), 1.0) for n in (5, 1, 2, 4, 3)}

    assert sorted(after_end._latest(known)) == ["3.pt", "4.pt", "5.pt"]

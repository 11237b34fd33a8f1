"""Fifty streams, and one of them grows: what is read, written and made again is that one's."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.build_events import event, fast_scalar_file, record, simple_value
from support.many_streams import write_streams

from collectors.collect import Collector
from collectors.contract.state import DashboardState, state_from_json
from collectors.observe import gather, summaries
from collectors.readers.child.process import ReaderProcess
from collectors.store import curves, store
from collectors.store.folder import Folder
from collectors.store.store import Store
from collectors.training import evidence

STREAMS = 50
TAGS = ("train_loss", "val_loss", "val/acc")
POINTS = 400


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fifty streams that are training now, three series each."""
    root = tmp_path_factory.mktemp("fifty")
    write_streams(root, STREAMS, TAGS, POINTS)
    return root


def append(workspace: Path, stream: str, step: int, at: float | None = None) -> int:
    """Let a stream log one more step, now or in Unix seconds; how many bytes that are."""
    (file,) = (workspace / "runs" / stream).iterdir()
    rows = b"".join(record(event(step, [simple_value(tag, 0.25)], time.time() if at is None else at)) for tag in TAGS)
    with file.open("ab") as handle:
        handle.write(rows)
    return len(rows)


class Counted:
    """Calls by name, while something is done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: Counter[str] = Counter()
        self.written: list[str] = []
        self.bytes_read = 0
        self._patch = monkeypatch
        for place, name in (
            (gather, "stream_runs"), (gather, "merge_losses"), (summaries, "summarise"), (evidence, "curve_document"),
        ):  # fmt: skip
            self._count(place, name)
        self._follow_reading()
        self._follow_writing()

    def _count(self, place: Any, name: str) -> None:
        real = getattr(place, name)

        def counted(*args: Any, **kwargs: Any) -> Any:
            self.calls[name] += 1
            return real(*args, **kwargs)

        self._patch.setattr(place, name, counted)

    def _follow_reading(self) -> None:
        real = ReaderProcess.read

        def counted(child: ReaderProcess, reader: str, opened: Any, **more: Any) -> Any:
            self.calls[f"read {reader}"] += 1
            self.bytes_read += opened.size - more.get("offset", 0)
            return real(child, reader, opened, **more)

        self._patch.setattr(ReaderProcess, "read", counted)

    def _follow_writing(self) -> None:
        real = Folder.write

        def counted(folder: Folder, key: Any, data: bytes, **more: Any) -> Any:
            self.written.append(f"{key.kind.name} {key.name.partition('.')[0]}".strip())
            return real(folder, key, data, **more)

        self._patch.setattr(Folder, "write", counted)


@pytest.fixture
def observed(workspace: Path, tmp_path: Path) -> Iterator[tuple[Collector, Path]]:
    """A collector that has seen everything."""
    with Collector(workspace, Store(tmp_path / "state")) as collector:
        collector.export(at_end=True)
        yield collector, tmp_path / "state"


def test_an_append_reads_its_bytes_and_makes_its_stream_again_and_nothing_else(
    observed: tuple[Collector, Path], workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector, state_dir = observed
    before = collector.export(at_end=True)
    documents = sorted(path.name for path in state_dir.glob("curves/*/*"))
    counted = Counted(monkeypatch)

    added = append(workspace, "s07", POINTS + 1)
    after = collector.export(at_end=True)

    assert counted.calls == dict.fromkeys(
        ("read events", "stream_runs", "merge_losses", "summarise", "curve_document"), 1
    )
    assert counted.bytes_read == added
    assert counted.written == [f"CURVES {after.meta.run_id}/s07", "STATE"]
    assert len(documents) == STREAMS
    assert {s for s in after.metrics if after.metrics[s].curves != before.metrics[s].curves} == {"s07"}
    kept = [s for s in after.metrics if _same_curves(before, after, s)]
    assert len(kept) == STREAMS - 1


def test_the_snapshot_of_an_ended_run_costs_an_append_no_reading_of_states(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state is read back once before it is written, and its snapshot is the same bytes."""
    ended, run = tmp_path / "ws", time.time() - 1e6
    shutil.copytree(workspace, ended)
    values = np.random.default_rng(1).random((POINTS, len(TAGS)))
    for file in list(ended.glob("runs/*/*")):
        file.unlink()
        earlier = file.with_name(f"events.out.tfevents.{int(run)}.vm.1.0")
        earlier.write_bytes(fast_scalar_file(TAGS, np.arange(POINTS), values, start=run))
    with Collector(ended, Store(tmp_path / "state")) as collector:
        collector.export(at_end=True)
        append(ended, "s07", POINTS, at=run + POINTS)
        collector.export(at_end=True)
        read: list[int] = []
        for place in (store, curves):
            monkeypatch.setattr(place, "state_from_json", lambda raw: read.append(len(raw)) or state_from_json(raw))

        append(ended, "s07", POINTS + 1, at=run + POINTS)
        after = collector.export(at_end=True)

    assert len(read) == 1
    snapshot = tmp_path / f"state/runs/{after.meta.run_id}.json"
    assert snapshot.read_bytes() == (tmp_path / "state/dashboard-state.json").read_bytes()


def _same_curves(before: DashboardState, after: DashboardState, stream: str) -> bool:
    """Whether both states hold the very same objects."""
    ours, theirs = (state.metrics[stream] for state in (before, after))
    parts = ("series", "courses", "final", "best", "about")
    return all(a[n] is b[n] for part in parts for a, b in [(getattr(ours, part), getattr(theirs, part))] for n in a)


def test_nothing_new_costs_no_reading_no_writing_and_no_making(
    observed: tuple[Collector, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    collector, _ = observed
    collector.export(at_end=True)
    counted = Counted(monkeypatch)
    made = []
    monkeypatch.setattr(evidence, "build_metrics", lambda *args, **kwargs: made.append(args))

    collector.export(at_end=True)

    assert (counted.calls, counted.written, made) == (Counter(), [], [])

"""A state is a summary: it is small whatever was recorded."""

from __future__ import annotations

from pathlib import Path

from support.decisions import write_recorded
from support.many_streams import write_streams

from collectors.collect import Collector
from collectors.store.store import Store

TEN = ("train_loss", "val_loss", *(f"val/metric_{n}" for n in range(8)))


def collected(root: Path, state: Path) -> Path:
    """The state's file."""
    with Collector(root, Store(state)) as collector:
        collector.export()
    return state / "dashboard-state.json"


def test_the_state_of_the_reference_run_with_its_scoring_is_below_100_kilobytes(tmp_path: Path) -> None:
    write_recorded(tmp_path / "ws")

    assert 10_000 < collected(tmp_path / "ws", tmp_path / "state").stat().st_size < 100_000


def test_the_state_of_fifty_streams_of_ten_series_is_below_500_kilobytes(tmp_path: Path) -> None:
    write_streams(tmp_path / "ws", 50, TEN, 3_000)

    assert 100_000 < collected(tmp_path / "ws", tmp_path / "state").stat().st_size < 500_000
    assert len(list(tmp_path.glob("state/curves/*/*"))) == 50, "what is longer stands beside it"

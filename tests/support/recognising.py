"""A folder in which nothing was typed -> what it was recognised as, and its state; and a recording's series to compare.

Facts are what other code than ours reads in the same files.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support.recorded import facts, unpack

from collectors.collect import CollectOptions, Collector
from collectors.contract.metrics import Series, StreamMetrics
from collectors.contract.state import DashboardState
from collectors.observe.described import Described
from collectors.trainers.modules import TRAINERS
from collectors.trainers.recognise import recognise


@dataclass(frozen=True)
class Seen:
    """One folder, as it is seen without a word about it."""

    state: DashboardState
    described: Described

    @property
    def model(self) -> StreamMetrics:
        """Its only stream."""
        (stream,) = self.state.metrics.values()
        return stream

    @property
    def verdict(self) -> str:
        """The word."""
        return self.state.verdict.value.value

    @property
    def judged(self) -> str:
        """Path of the checkpoint that counts."""
        (checkpoint,) = self.state.artifacts.checkpoints
        return checkpoint.path

    def outcome(self, check: str) -> str:
        """What one check found."""
        return next(str(c.outcome) for c in self.state.checklist if c.id == check)

    def detail(self, check: str) -> str:
        """What one check says."""
        return next(c.detail for c in self.state.checklist if c.id == check)

    @property
    def asked(self) -> list[str]:
        """The checks that were asked."""
        return [c.id for c in self.state.checklist]


def seen(root: Path) -> Seen:
    """Collect once from a folder."""
    with Collector(root, None, CollectOptions(announce=lambda _: None)) as collector:
        return Seen(collector.collect(), collector.described)


def recording(trainer: str, name: str, target: Path) -> tuple[Seen, dict[str, Any]]:
    """A recorded folder as it is seen, and the facts on it."""
    return seen(unpack(trainer, name, target)), facts(trainer, name)


def aged(root: Path, seconds: float = 5 * 86_400) -> Path:
    """The folder with every file so much older: what was silent for days by its files' times."""
    for path in root.rglob("*"):
        stat = path.stat()
        os.utime(path, (stat.st_atime - seconds, stat.st_mtime - seconds))
    return root


def points_of(said: dict[str, Any], column: str, file: str = "") -> list[list[Any]]:
    """`[step, epoch, value]` of a column or tag in the files whose path holds `file`, in their order."""
    every = said["series"].items()
    found = [s for name, s in every if column in (name, s.get("column"), s.get("tag")) and file in s["file"]]
    assert found, f"no {column} in {file}"
    return [point for series in found for point in _points(series, said["unit"])]


def _points(series: dict[str, Any], unit: str) -> list[list[Any]]:
    at, values = series["at"], [float(value) for value in series["values"]]
    nothing = [None] * len(values)
    if series.get("axis", unit) == "epoch":
        return [list(point) for point in zip(nothing, at, values, strict=True)]
    return [list(point) for point in zip(at, series.get("epoch", nothing), values, strict=True)]


def assert_same(series: Series, points: list[list[Any]], *, from_epoch: float | None = 0.0) -> None:
    """Every value, step and epoch is the recorded one; `from_epoch` is added to recorded epochs, None: not compared."""
    assert list(series.value) == pytest.approx([value for _, _, value in points], rel=1e-6)
    if points[0][0] is not None:
        assert list(series.step) == [step for step, _, _ in points]
    if from_epoch is not None and points[0][1] is not None:
        assert list(series.epoch) == pytest.approx([epoch + from_epoch for _, epoch, _ in points], rel=1e-6)


def without(monkeypatch: pytest.MonkeyPatch, trainer: str) -> None:
    """Nobody knows this trainer: its module is taken away."""
    others = tuple(spec for spec in TRAINERS if spec.id != trainer)
    monkeypatch.setattr(recognise, "__defaults__", (others,))

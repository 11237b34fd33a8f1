"""A range of a curve, point by point: which points it has, where they come from, and when side files are not of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.states import ready_state

from collectors.contract.metrics import Series, StreamMetrics
from collectors.store.place import backend_at
from collectors.store.points import PointsIndex, SideFile, points_name
from collectors.store.store import Store
from dash_app.reading import zoom
from dash_app.reading.zoom import Curve, Detail, Range, detail, first_time, side_files

T0 = 1_790_000_000.0
NO_POINTS: tuple[Any, Any, Any] = (np.array([]), np.array([]), np.array([]))


def shown(steps: Iterable[int], lag: float = 0.0, **more: Any) -> StreamMetrics:
    """A stream whose state shows these steps, one a second, each with its tenth as value."""
    at = list(steps)
    columns: dict[str, Any] = {
        "epoch": at, "step": at, "time": [T0 + one + lag for one in at], "value": [one / 10 for one in at],
    }  # fmt: skip
    series = {"val_loss": Series(**(columns | more))}
    return ready_state().metrics["patchtst"].model_copy(update={"series": series, "source": "events"})


def kept(folder: Path, steps: Sequence[int], values: Sequence[float] | None = None, name: str = "a") -> SideFile:
    """A side file with these steps, in their order."""
    Store(folder)
    file = SideFile(backend_at(folder), points_name(name, "loss/val"))
    at = np.array(steps)
    file.keep(0, NO_POINTS, (at, T0 + at, at / 10 if values is None else np.array(values)))
    return file


def asked(metrics: StreamMetrics, first: float, last: float, *files: SideFile, axis: Any = "step") -> Detail:
    return detail(files, metrics, "val_loss", Range(axis, first, last))


@pytest.mark.parametrize(
    ("first", "last", "total", "steps"),
    [
        (3, 5, 3, [2, 3, 4, 5, 6]),
        (1, 1, 1, [1, 2]),
        (9, 9, 1, [8, 9]),
        (2, 2, 1, [1, 2, 3]),
        (0, 99, 9, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (3.2, 3.8, 0, []),
        (10, 20, 0, []),
    ],
)
def test_a_range_has_its_points_and_one_beyond_each_end(
    first: float, last: float, total: int, steps: list[int]
) -> None:
    metrics = shown(range(1, 10))
    for axis in ("step", "epoch"):
        found = asked(metrics, first, last, axis=axis)
        assert (found.source, found.total, list(found.step)) == ("state", total, steps)
        assert list(found.value) == [step / 10 for step in steps] and list(found.epoch) == steps
    by_time = asked(metrics, first - 1, last - 1, axis="time")
    assert (by_time.total, list(by_time.step), list(by_time.time)) == (total, steps, [step - 1 for step in steps])


def test_side_files_have_every_point_between_those_of_the_state(tmp_path: Path) -> None:
    metrics, file = shown(range(0, 41, 10)), kept(tmp_path, range(41))

    for found in (asked(metrics, 6, 9, file), asked(metrics, 6, 9, file, axis="time")):
        assert (found.source, found.total, list(found.step)) == ("side_files", 4, [5, 6, 7, 8, 9, 10])
        assert list(found.epoch) == list(found.step) and list(found.time) == list(found.step)
    whole = asked(metrics, 0, 40, file, axis="time")
    assert (whole.total, list(whole.step)) == (41, list(range(41)))
    assert asked(metrics, 38, 90, file, axis="time").total == 3
    gone = SideFile(backend_at(tmp_path), points_name("gone", "x"))
    assert asked(metrics, 6, 9, gone).source == asked(metrics, 6, 9, file, gone).source == "state"


def test_what_only_the_state_has_is_joined_and_of_steps_written_twice_the_last_counts(tmp_path: Path) -> None:
    metrics = shown([0, 1, 2, 10, 14])
    first, again = kept(tmp_path, [10, 11, 12]), kept(tmp_path, [12, 13, 14], [9.0, 1.3, 1.4], "b")

    found = asked(metrics, 0, 20, first, again)

    assert list(found.step) == [0, 1, 2, 10, 11, 12, 13, 14]
    assert list(found.value) == [0.0, 0.1, 0.2, 1.0, 1.1, 9.0, 1.3, 1.4]
    assert (found.source, found.total) == ("side_files", 8)
    unplaced = shown([0, 10, 14], step=(None, 10, 14))
    assert list(asked(unplaced, 0, 20, first, again).step) == [10, 11, 12, 13, 14]


@pytest.mark.parametrize(("lag", "source"), [(0.0009, "side_files"), (-0.0009, "side_files"), (0.0011, "state")])
def test_points_of_other_times_are_of_another_run(tmp_path: Path, lag: float, source: str) -> None:
    """The stream's first record stays, and with it the zero of its times."""
    metrics = shown(range(0, 41, 10), time=[T0, *(T0 + n + lag for n in (10, 20, 30, 40))])

    assert asked(metrics, 11, 39, kept(tmp_path, range(41))).source == source


@pytest.mark.parametrize(("others", "source"), [(2, "side_files"), (3, "state")])
def test_half_of_the_points_at_their_times_are_enough(tmp_path: Path, others: int, source: str) -> None:
    at = [10, 20, 30, 40]
    times = [T0 + step + 5 * (place < others) for place, step in enumerate(at)]
    metrics = shown([0, *at], time=[T0, *times])

    assert asked(metrics, 10, 40, kept(tmp_path, range(1, 50))).source == source
    unknown = shown([0, *at], time=[T0, None, None, None, None])
    assert asked(unknown, 10, 40, kept(tmp_path, range(1, 50))).source == "side_files"


def test_more_rows_than_are_read_at_once_are_answered_from_the_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most as many as the file has, or as steps lie in the range and three more."""
    assert (zoom.MOST_ROWS, zoom.NEWER_STEPS) == (4_000_000, 1_000_000)
    metrics, file = shown(range(0, 41, 10)), kept(tmp_path, range(41))

    def source(first: float, last: float, most: int) -> str:
        monkeypatch.setattr(zoom, "MOST_ROWS", most)
        return asked(metrics, first, last, file).source

    assert [source(0, 40, 40), source(0, 40, 41)] == ["state", "side_files"]
    assert [source(10, 15, 7), source(10, 15, 8)] == ["state", "side_files"]
    assert [source(15, 15, 2), source(15, 15, 3)] == ["state", "side_files"]


def test_times_begin_with_the_first_known_record_of_any_series() -> None:
    metrics = shown([1, 2], time=(None, T0 + 5))
    both = metrics.model_copy(update={"series": {**metrics.series, "train": shown([3]).series["val_loss"]}})

    assert (first_time(metrics), first_time(both)) == (T0 + 5, T0 + 3)
    assert first_time(shown([1], time=(None,))) == 0.0
    with pytest.raises(KeyError):
        detail([], metrics, "no-such", Range("step", 0, 1))


def test_a_curve_that_is_not_of_event_files_has_no_side_files(tmp_path: Path) -> None:
    name = points_name("a", "loss/val")
    Store(tmp_path)
    PointsIndex(backend_at(tmp_path)).put("run-1", {"patchtst": {"val_loss": [name]}})
    curve = Curve("run-1", "patchtst", "val_loss")
    table = shown([1]).model_copy(update={"source": "loss_history"})

    assert [file.name for file in side_files(tmp_path, curve, shown([1]))] == [name]
    assert side_files(tmp_path, curve, table) == []

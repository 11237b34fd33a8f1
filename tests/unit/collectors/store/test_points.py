"""Side files of long curves: what follows what, and what is made anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from collectors.store.folder import Folder
from collectors.store.points import ROW, PointsIndex, SideFile, points_name, side_files_of

Columns = tuple[Any, Any, Any]
NO_POINTS: Columns = (np.empty(0, np.int64), np.empty(0), np.empty(0))


def points(first: int, last: int) -> Columns:
    """Steps from `first` up to `last`, each at its own second, with its own value."""
    steps = np.arange(first, last, dtype=np.int64)
    return steps, steps + 0.5, -1.0 * steps


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path)
    made.make()
    return made


@pytest.fixture
def side(folder: Folder) -> SideFile:
    return SideFile(folder, points_name("runs/events", "loss/val"))


def steps_of(side: SideFile) -> list[int]:
    return list(side.rows("step", (-np.inf, np.inf))["step"].tolist())


def test_points_follow_each_other(side: SideFile) -> None:
    assert not side.exists
    side.keep(0, NO_POINTS, points(0, 3))
    side.keep(3, points(0, 3), points(3, 5))

    assert (side.exists, side.count(), steps_of(side)) == (True, 5, [0, 1, 2, 3, 4])


def test_what_a_killed_writer_left_is_dropped(side: SideFile, tmp_path: Path) -> None:
    """Whole rows that were not remembered, and half a row."""
    side.keep(0, NO_POINTS, points(0, 9))
    with next(tmp_path.rglob("*.points")).open("ab") as handle:
        handle.write(b"half")

    side.keep(4, points(0, 4), points(4, 6))

    assert steps_of(side) == [0, 1, 2, 3, 4, 5]


def test_a_side_file_that_lacks_points_is_made_anew_where_they_are_known(side: SideFile) -> None:
    side.keep(0, NO_POINTS, points(0, 2))

    side.keep(4, points(0, 4), points(4, 6))

    assert steps_of(side) == [0, 1, 2, 3, 4, 5]


def test_a_side_file_with_a_gap_is_none(side: SideFile) -> None:
    side.keep(0, NO_POINTS, points(0, 2))

    side.keep(4, points(0, 3), points(4, 6))

    assert not side.exists
    with pytest.raises(FileNotFoundError):
        side.count()


def test_where_nothing_can_be_kept_nobody_is_disturbed(tmp_path: Path) -> None:
    side = SideFile(Folder(tmp_path / "nowhere"), points_name("a", "b"))

    side.keep(0, NO_POINTS, points(0, 3))

    assert not side.exists


@pytest.mark.parametrize(
    ("axis", "span", "found"),
    [
        ("step", (10, 12), [9, 10, 11, 12, 13]),
        ("time", (10.5, 11.5), [9, 10, 11, 12]),
        ("step", (-5, 0), [0, 1]),
        ("step", (99, 500), [98, 99]),
        ("step", (200, 300), [99]),
    ],
)
def test_a_span_is_found_with_a_neighbour_at_each_end(
    side: SideFile, axis: str, span: tuple[float, float], found: list[int]
) -> None:
    side.keep(0, NO_POINTS, points(0, 100))

    rows = side.rows(axis, span)

    assert rows.dtype == ROW
    assert rows["step"].tolist() == found
    assert rows["value"].tolist() == [-1.0 * step for step in found]


def test_the_index_leads_to_the_side_files_of_a_curve(folder: Folder, tmp_path: Path) -> None:
    names = [points_name("a", "loss"), points_name("b", "loss")]
    index = PointsIndex(folder)
    index.put("run-1", {"patchtst": {"val_loss": names}})
    index.put("run-2", {"patchtst": {"val_loss": ["../../etc/passwd"]}})

    assert [side.name for side in side_files_of(tmp_path, "run-1", "patchtst", "val_loss")] == names
    assert side_files_of(tmp_path, "run-2", "patchtst", "val_loss") == []
    assert side_files_of(tmp_path, "run-1", "patchtst", "train_loss") == []
    assert side_files_of(tmp_path / "nowhere", "run-1", "patchtst", "val_loss") == []


def test_the_index_is_written_when_it_changed_and_keeps_what_others_wrote(folder: Folder) -> None:
    PointsIndex(folder).put("run-1", {"s": {"val_loss": ["x"]}})
    again = PointsIndex(folder)
    again.put("run-2", {"s": {"val_loss": ["y"]}})
    (side_index,) = folder.path.rglob("index.json")
    before = side_index.stat().st_mtime_ns

    again.put("run-2", {"s": {"val_loss": ["y"]}})

    assert side_index.stat().st_mtime_ns == before
    assert b"run-1" in side_index.read_bytes() and b"run-2" in side_index.read_bytes()

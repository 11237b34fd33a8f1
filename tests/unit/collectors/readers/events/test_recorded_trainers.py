"""Event files and tables of real trainers: our readers find what TensorBoard's and pandas found (facts.json)."""

from __future__ import annotations

import lzma
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from support.event_reading import points, read_file
from support.recorded import TRAINERS, facts, recorded, unpack

MOST_BYTES = 300_000
"""All recordings are cloned by everybody."""


Folder = tuple[Path, dict[str, Any]]


@pytest.fixture(params=recorded(), ids="-".join)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Folder:
    return unpack(*request.param, tmp_path / "run"), facts(*request.param)


def files(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def series_of(said: dict[str, Any], file: str) -> dict[str, list[tuple[int, float]]]:
    """Column or tag -> its points, as the other reader found them."""
    found = [its for its in said["series"].values() if its["file"] == file]
    return {its["column"]: list(zip(its["at"], its["values"], strict=True)) for its in found}


def test_it_holds_the_files_that_were_packed_with_their_own_times(folder: Folder) -> None:
    root, said = folder
    assert files(root) == said["files"]
    times = {(root / name).stat().st_mtime for name in said["files"]}
    assert len(times) > 1
    assert max(times) < root.parent.stat().st_ctime, "the times are those of the unpacking"


def test_every_scalar_of_its_event_files_is_read_as_tensorboard_reads_it(folder: Folder) -> None:
    root, said = folder
    for file in (name for name in files(root) if "tfevents" in name):
        evidence = read_file(root / file)
        assert {tag: points(evidence, tag) for tag in evidence.series} == series_of(said, file), file


def test_every_column_of_its_tables_is_what_pandas_reads(folder: Folder) -> None:
    root, said = folder
    for file in (name for name in files(root) if name.endswith(".csv")):
        table = pd.read_csv(root / file, skipinitialspace=True)
        for column, found in series_of(said, file).items():
            assert table[column].dropna().tolist() == [value for _, value in found], f"{file}: {column}"


def test_its_best_value_stands_in_its_series_and_no_better_one(folder: Folder) -> None:
    _, said = folder
    best = said["best"]
    values = [v for its in said["series"].values() if its["column"] == best["column"] for v in its["values"]]
    assert best["value"] == (max if best["better"] == "higher" else min)(values)


@pytest.mark.parametrize(
    "path", sorted(TRAINERS.glob("*/*.tar.xz")), ids=lambda path: f"{path.parent.name}-{path.name}"
)
def test_it_is_small_and_says_nothing_about_the_machine_it_was_made_on(path: Path) -> None:
    data = path.read_bytes()
    assert len(data) <= MOST_BYTES
    told = [word for word in (b"/root", b"/home/", b"site-packages") if word in lzma.decompress(data)]
    assert not told

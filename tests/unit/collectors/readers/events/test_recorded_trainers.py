"""Event files and tables of real trainers: our readers find what TensorBoard's and pandas found (facts.json)."""

from __future__ import annotations

import lzma
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from support.event_reading import read_file
from support.recorded import TRAINERS, facts, recorded, unpack

MOST_BYTES = 300_000
"""All recordings are cloned by everybody."""


@pytest.fixture(params=recorded(), ids="-".join)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    return unpack(*request.param, tmp_path), facts(*request.param)


Folder = tuple[Path, dict[str, Any]]


def test_it_holds_the_files_that_were_packed_with_their_times(folder: Folder) -> None:
    root, said = folder
    found = sorted(path for path in root.rglob("*") if path.is_file())
    assert [path.relative_to(root).as_posix() for path in found] == said["files"]
    times = {path.stat().st_mtime for path in found}
    assert len(times) > 1, "one time for all files: they were packed without their own"
    assert max(times) < min((root.parent / "run").stat().st_ctime, root.parent.stat().st_mtime)


def test_every_scalar_of_its_event_files_is_read_as_tensorboard_reads_it(folder: Folder) -> None:
    root, said = folder
    for path in root.rglob("events.out.tfevents.*"):
        file = path.relative_to(root).as_posix()
        theirs = {s["name"]: [(at, value) for at, _, value in s["points"]] for s in said["series"] if s["file"] == file}
        ours = {
            tag: list(zip(series.step.tolist(), series.value.tolist(), strict=True))
            for tag, series in read_file(path).series.items()
        }
        assert ours == theirs, file


def test_every_column_of_its_tables_is_what_the_facts_say(folder: Folder) -> None:
    root, said = folder
    for path in root.rglob("*.csv"):
        file = path.relative_to(root).as_posix()
        table = pd.read_csv(path, skipinitialspace=True)
        for series in (s for s in said["series"] if s["file"] == file):
            column = table[series["name"]].dropna()
            assert column.tolist() == [value for _, _, value in series["points"]], series["name"]


@pytest.mark.parametrize(
    "path", sorted(TRAINERS.glob("*/*.tar.xz")), ids=lambda path: f"{path.parent.name}-{path.name}"
)
def test_it_is_small_and_says_nothing_about_the_machine_it_was_made_on(path: Path) -> None:
    data = path.read_bytes()
    assert len(data) <= MOST_BYTES
    told = [word for word in (b"/root", b"/home/", b"site-packages") if word in lzma.decompress(data)]
    assert not told

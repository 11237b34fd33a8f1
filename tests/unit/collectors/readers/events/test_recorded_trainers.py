"""Event files and tables of real trainers: our readers find what TensorBoard's and pandas found (facts.json)."""

from __future__ import annotations

import lzma
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from support.event_reading import points, read_file
from support.recorded import TRAINERS, facts, recorded, unpack

MOST_BYTES = 300_000
"""All recordings are cloned by everybody."""
PERSONAL = re.compile(rb"(?<!\w)/(?:root|home|Users|work)/.{0,60}|.{0,60}site-packages")
"""Paths of a person or of an environment; `/opt/x/root/usr` is where torch was built."""


Recording = tuple[str, str]


def naming(end: str) -> list[Recording]:
    """Recordings whose facts give numbers of such files by column or tag."""
    return [
        one
        for one in recorded()
        if any(end in its["file"] and "column" in its for its in facts(*one).get("series", {}).values())
    ]


def series_of(said: dict[str, Any], end: str) -> dict[str, dict[str, list[tuple[int, float]]]]:
    """File -> column or tag -> its points, as the other reader found them."""
    found: dict[str, dict[str, list[tuple[int, float]]]] = {}
    for its in said["series"].values():
        if end in its["file"]:
            found.setdefault(its["file"], {})[its["column"]] = list(zip(its["at"], its["values"], strict=True))
    return found


@pytest.mark.parametrize("recording", recorded(), ids="-".join)
def test_it_holds_the_files_that_were_packed_with_their_own_times(recording: Recording, tmp_path: Path) -> None:
    root, said = unpack(*recording, tmp_path / "run"), facts(*recording)
    found = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    assert found == said["files"]
    assert max((root / name).stat().st_mtime for name in found) < tmp_path.stat().st_ctime, "times of the unpacking"


@pytest.mark.parametrize("recording", naming("tfevents"), ids="-".join)
def test_every_scalar_of_its_event_files_is_read_as_tensorboard_reads_it(recording: Recording, tmp_path: Path) -> None:
    root = unpack(*recording, tmp_path / "run")
    for file, theirs in series_of(facts(*recording), "tfevents").items():
        evidence = read_file(root / file)
        assert {tag: points(evidence, tag) for tag in evidence.series} == theirs, file


@pytest.mark.parametrize("recording", naming(".csv"), ids="-".join)
def test_every_column_of_its_tables_is_what_pandas_reads(recording: Recording, tmp_path: Path) -> None:
    root = unpack(*recording, tmp_path / "run")
    for file, theirs in series_of(facts(*recording), ".csv").items():
        table = pd.read_csv(root / file, skipinitialspace=True)
        for column, found in theirs.items():
            assert table[column].dropna().tolist() == [value for _, value in found], f"{file}: {column}"


@pytest.mark.parametrize(
    "recording", [one for one in recorded() if "column" in (facts(*one).get("best") or {})], ids="-".join
)
def test_no_value_in_its_files_is_better_than_the_best(recording: Recording) -> None:
    said = facts(*recording)
    best = said["best"]
    values = [v for its in said["series"].values() if its.get("column") == best["column"] for v in its["values"]]
    assert best["value"] == (max if best["better"] == "higher" else min)(values)


@pytest.mark.parametrize(
    "path", sorted(TRAINERS.glob("*/*.tar.xz")), ids=lambda path: f"{path.parent.name}-{path.name}"
)
def test_it_is_small_and_says_nothing_about_the_machine_it_was_made_on(path: Path) -> None:
    data = path.read_bytes()
    assert len(data) <= MOST_BYTES
    assert not PERSONAL.findall(lzma.decompress(data))

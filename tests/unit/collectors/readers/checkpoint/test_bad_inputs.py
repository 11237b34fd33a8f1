"""Every way a checkpoint file was seen, or can be made, to be bad: input, what is said, and how severe it is.

Each input is written by the test itself. None may raise, take long, take memory by what it claims, or
leave a trace: pickles that would run code try to create a file, which must not appear.
"""

from __future__ import annotations

import io
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from support.bad_checkpoint_contents import BAD_CONTENTS, BAD_LEGACY
from support.bad_checkpoint_files import BAD_FILES, BAD_ZIPS
from support.bad_checkpoint_formats import BAD_OTHERS
from support.bad_checkpoint_pickles import BAD_PICKLES
from support.bad_input import Bad

from collectors.readers.checkpoint.read import read_checkpoint

EVERY = [*BAD_FILES, *BAD_ZIPS, *BAD_PICKLES, *BAD_CONTENTS, *BAD_LEGACY, *BAD_OTHERS]


@pytest.fixture
def quiet_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder in which nothing may appear."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_table_is_long_enough() -> None:
    """At least 100 different bad inputs, each with its own name."""
    names = [bad.name for bad in EVERY]

    assert len(names) == len(set(names)) >= 100


@pytest.mark.parametrize("bad", EVERY, ids=lambda bad: bad.name)
def test_bad_input_is_named(bad: Bad, quiet_folder: Path) -> None:
    """What is wrong is a finding of the right severity that says so; an error makes the file unsound."""
    data = bad.build()
    start = time.process_time()

    evidence = read_checkpoint(io.BytesIO(data), len(data))

    assert time.process_time() - start < 10  # seconds of work, however busy the machine is
    found = [f for f in evidence.findings if f.severity == bad.severity and bad.text in str(f)]
    assert found, [f"{f.severity}: {f}" for f in evidence.findings]
    assert evidence.sound == (bad.severity != "error")
    assert list(quiet_folder.iterdir()) == []


def test_memory_does_not_follow_what_a_file_claims() -> None:
    """Sizes, shapes, counts and lengths of up to 2^64 in files of a few kB: at most 64 MiB."""
    small = [data for bad in EVERY if len(data := bad.build()) < 20_000]
    tracemalloc.start()

    for data in small:
        read_checkpoint(io.BytesIO(data), len(data))

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(small) > 200
    assert peak < 64 << 20, f"{peak:,} bytes"


@pytest.mark.parametrize("build", [bad.build for bad in BAD_FILES[:4]], ids=[bad.name for bad in BAD_FILES[:4]])
def test_what_is_no_checkpoint_is_not_read_further(build: Callable[[], bytes]) -> None:
    """An unknown file has no hash and no tensors: nothing beyond its first bytes was looked at."""
    data = build()

    evidence = read_checkpoint(io.BytesIO(data), len(data))

    assert (evidence.format, evidence.sha256, evidence.tensors) == ("unknown", None, ())

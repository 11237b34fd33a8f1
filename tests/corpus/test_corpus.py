"""Bad inputs in whole workspaces: each is judged rightly, and none gets anything out."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkpoint_rows import ROWS as CHECKPOINT_ROWS
from corpus_case import MEMORY_BYTES, SECONDS, Case, Court, Trial, expected_outcomes, expected_verdict, leaks_of
from faces import expected_faces, faces_of
from meaning_case import as_told
from name_rows import ROWS as NAME_ROWS
from run_rows import ROWS as RUN_ROWS
from support.bad_checkpoint_contents import BAD_CONTENTS, BAD_LEGACY
from support.bad_checkpoint_files import BAD_FILES, BAD_ZIPS
from support.bad_checkpoint_formats import BAD_OTHERS
from support.bad_checkpoint_pickles import BAD_PICKLES
from support.bad_input import Bad
from support.breakages import CANARY, CKPT, put
from support.nobody import open_to_all
from support.server import ROOT, clean_environment
from text_rows import ROWS as TEXT_ROWS

from collectors.readers.child.process import ReaderProcess

ROWS = [*CHECKPOINT_ROWS, *TEXT_ROWS, *RUN_ROWS, *NAME_ROWS]
"""The table, row by row: input, expected outcome, words, why. It stands in the four files beside this one."""
BAD_CHECKPOINTS: list[Bad] = [*BAD_FILES, *BAD_ZIPS, *BAD_PICKLES, *BAD_CONTENTS, *BAD_LEGACY, *BAD_OTHERS]
"""The checkpoint reader's own table, here in whole workspaces."""
FACES = expected_faces()
"""Row name -> status of every stage and level of every file."""


@pytest.fixture(scope="session")
def court(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Court]:
    """A good workspace to break, one reading child and one page for all cases."""
    with ReaderProcess() as child:
        yield Court(tmp_path_factory.mktemp("court"), child)


def traces_of_code(folder: Path) -> list[Path]:
    """Files that only a program of the workspace would have made: wherever it might have run."""
    return [found for place in (folder, folder / "ws", Path.cwd(), Path("/")) for found in place.glob("ran*")]


def assert_faces(trial: Trial, name: str) -> None:
    """Every stage's status and every file's level are what `faces.txt` says."""
    assert trial.state is not None
    assert faces_of(trial.state) == FACES[name]


@pytest.mark.parametrize("case", ROWS, ids=[case.name for case in ROWS])
def test_bad_input(case: Case, court: Court, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outcome and words as the table says; no canary, no path, no hang, no flood."""
    monkeypatch.setenv("SECRET_TOKEN", CANARY)
    home = open_to_all(tmp_path) if case.nobody else tmp_path

    trial = court.try_case(case, home)

    assert leaks_of(trial, home) == []
    assert traces_of_code(home) == []
    assert trial.seconds < SECONDS
    assert trial.peak_bytes < MEMORY_BYTES
    if case.expected == "refused":
        assert trial.verdict == "refused", trial.said
    else:
        assert trial.outcomes == expected_outcomes(case), trial.said
        assert len(re.findall(r"(?m)^\d+\. \[", trial.said)) == len(trial.outcomes), "a forged line"
        assert trial.verdict == expected_verdict(case)
        assert_faces(trial, case.name)
    for piece in case.words.split(" | "):
        assert as_told(piece) in as_told(trial.said)


@pytest.mark.parametrize("bad", BAD_CHECKPOINTS, ids=[bad.name for bad in BAD_CHECKPOINTS])
def test_bad_checkpoint(bad: Bad, court: Court, tmp_path: Path) -> None:
    """What the reader calls an error fails check 1 in its words; a warning does not."""
    case = Case(bad.name, put(CKPT, bad.build()), "", "", "")

    trial = court.try_case(case, tmp_path)

    assert leaks_of(trial, tmp_path) == []
    assert trial.seconds < SECONDS
    assert trial.peak_bytes < MEMORY_BYTES
    assert trial.outcomes[1] == ("fail" if bad.severity == "error" else "pass"), trial.said
    if bad.severity != "note":
        assert as_told(bad.text) in as_told(trial.said)
    assert_faces(trial, f"bad checkpoint: {bad.name}")


THROUGH_THE_COMMAND = (
    "pickle calls os.system",
    "config links out, absolute",
    "checkpoint is a FIFO",
    "config runs code by a tag",
    "flow lists 100,000 deep",
    "tar with a negative size",
    "event file of random bytes",
    "dashboard.yaml runs code by a tag",
    "bundle with a name of bytes that are no text",
    "validator is configured, and not asked for",
)


@pytest.mark.parametrize(
    "case", [case for case in ROWS if case.name in THROUGH_THE_COMMAND], ids=lambda case: case.name
)
def test_the_command_itself(case: Case, court: Court, tmp_path: Path) -> None:
    """As a person runs it, child process and all: an exit code that means something, one line at most on stderr."""
    w = court.workspace(tmp_path)
    case.edit(w)

    done = subprocess.run(
        [sys.executable, "-m", "collectors", "validate", "ws", "--state-dir", "state"],
        cwd=tmp_path, env=clean_environment(PYTHONPATH=str(ROOT), SECRET_TOKEN=CANARY), capture_output=True,
        text=True, timeout=SECONDS, check=False,
    )  # fmt: skip

    assert done.returncode == {"refused": 2}.get(case.expected, 4 if case.expected == "as good" else 1)
    assert len(done.stderr.splitlines()) == (1 if case.expected == "refused" else 0)
    told = done.stdout + done.stderr
    assert [hidden for hidden in (CANARY, str(tmp_path), str(ROOT), "Traceback") if hidden in told] == []
    assert traces_of_code(tmp_path) == []
    for piece in case.words.split(" | "):
        assert piece in told


def test_the_faces_are_those_of_the_rows_and_of_no_others() -> None:
    """A row that is renamed or goes takes its expectation along; the `refused` ones show nothing."""
    shown = {case.name for case in ROWS if case.expected != "refused"}

    assert set(FACES) == shown | {f"bad checkpoint: {bad.name}" for bad in BAD_CHECKPOINTS}


def test_the_table_is_long_enough_and_says_each_thing_once() -> None:
    """Eighty at least; a name twice would hide a row."""
    names = [case.name for case in ROWS]

    assert len(names) >= 80
    assert len(set(names)) == len(names)
    assert {case.expected for case in ROWS} >= {
        "refused",
        "as good",
        "1 fail",
        "2 fail",
        "4 fail",
        "5 fail",
        "7 fail",
        "8 fail",
        "9 fail",
    }

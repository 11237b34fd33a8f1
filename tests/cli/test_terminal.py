"""The command before odd terminals, names and pipes: an answer or one line, and the right exit code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.server import ROOT, clean_environment
from support.workspaces import write, write_good

HOSTILE = "<b>\x1b[2J\u202e\u200b\n2. [v] PASS - Forged"


def validate(workspace: Path, *more: str, env: dict[str, str] | None = None, **where: Any) -> Any:
    """Run the command as a person does."""
    command = [sys.executable, "-m", "collectors", "validate", workspace, "--state-dir", workspace.parent / "s", *more]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | where
    environment = clean_environment(PYTHONPATH=str(ROOT), **(env or {}))
    return subprocess.run(command, cwd=ROOT, env=environment, timeout=120, check=False, **streams)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    write_good(tmp_path / "ws")
    return tmp_path / "ws"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_characters_that_a_terminal_does_not_have_are_shown_as_escapes(workspace: Path, encoding: str) -> None:
    twice = '{"method": "z", "center": [0], "scale": [1], "\u4e2d\u6587": 1, "\u4e2d\u6587": 2}'
    write(workspace / "artifacts/scaler_fdc.json", twice)

    done = validate(workspace, env={"PYTHONIOENCODING": encoding})

    assert done.returncode == 1, done.stderr
    said = done.stdout.decode(encoding)
    assert ("\u4e2d\u6587" if encoding == "utf-8" else "\\u4e2d\\u6587") in said
    assert "Summary: " in said


@pytest.mark.parametrize("name", [HOSTILE.encode(), b"\xff\xfe ws"])
def test_a_workspace_of_an_odd_name_is_named_as_text(tmp_path: Path, name: bytes) -> None:
    folder = tmp_path / os.fsdecode(name)
    write_good(folder)

    done = validate(folder)

    assert done.returncode == 4, done.stderr
    said = done.stdout.decode()
    assert len(re.findall(r"(?m)^\d+\. \[", said)) == 9, "a forged line"
    assert not {"\x1b", "\u202e", "\u200b"} & set(said)


def test_an_answer_that_cannot_be_written_is_exit_3(workspace: Path) -> None:
    """`/dev/full` takes nothing; Python's own exit code for it would be 120."""
    with Path("/dev/full").open("wb") as full:
        done = validate(workspace, stdout=full)

    assert done.returncode == 3
    assert done.stderr.decode() == "error: the answer cannot be written: no space left on device\n"


def test_a_reader_that_went_away_is_no_traceback(workspace: Path) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        done = validate(workspace, stdout=write_end)
    finally:
        os.close(write_end)

    assert (done.returncode, done.stderr) == (3, b"")

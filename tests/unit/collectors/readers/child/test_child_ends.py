"""How the reading child ends: in peace when its parent hangs up, with 1 after it ran out of memory."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from collectors.evidence.documents import DocumentEvidence
from collectors.evidence.files import NOT_READ_HERE
from collectors.files.workspace import Workspace
from collectors.readers.child import process as child
from collectors.readers.child.process import ReaderProcess, ReadLimits
from collectors.readers.child.registry import MIB, Reader
from collectors.readers.child.worker import NICENESS

EATING = "def eat(handle, size):\n    return bytearray(1 << 40)\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    (tmp_path / "ws").mkdir()
    (tmp_path / "ws/notes.txt").write_text("train")
    with Workspace(tmp_path / "ws") as workspace:
        yield workspace


def test_a_child_whose_parent_hangs_up_ends_in_peace(workspace: Workspace) -> None:
    with ReaderProcess() as process, workspace.open("notes.txt") as opened:
        process.read("document", opened)
        worker = process._worker
        assert worker is not None
        worker.channel.close()

        assert worker.process.wait(60) == 0


def test_a_child_that_ran_out_of_memory_ends_with_1_and_another_one_is_started(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "eating.py").write_text(EATING)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    ended: list[int] = []
    dropping = ReaderProcess._drop

    def drop(process: ReaderProcess, seconds: float = 0.0) -> str:
        if process._worker is not None:
            ended.append(process._worker.process.wait(60))
        return dropping(process, seconds)

    monkeypatch.setattr(ReaderProcess, "_drop", drop)
    eat = {"eat": Reader("eating", "eat", DocumentEvidence, "handle")}
    process = ReaderProcess(ReadLimits(memory_bytes=64 * MIB), eat)
    with workspace.open("notes.txt") as opened:
        [finding] = process.read("eat", opened).findings

    assert finding.text == "reading needed more than 64 MiB and was stopped"
    assert (ended, process.pid, process.failures) == ([1], None, 1)


def test_training_comes_first(workspace: Workspace) -> None:
    with ReaderProcess() as process, workspace.open("notes.txt") as opened:
        process.read("document", opened)

        assert psutil.Process(process.pid).nice() == min(19, os.nice(0) + NICENESS)


@pytest.mark.parametrize(
    ("code", "errors", "words"),
    [
        (-signal.SIGXCPU, b"", "reading took longer than 2.5 s of processor time and was stopped"),
        (-signal.SIGKILL, b"", f"{NOT_READ_HERE}: the reader was killed (is the machine out of memory?)"),
        (-signal.SIGSEGV, b"noise", "the reader crashed (signal 11, SIGSEGV)"),
        (3, b"", "the reader failed (exit code 3); please report this"),
        (1, b"Traceback\n  line\nKeyError: 'x'\n\n", "the reader failed (KeyError: 'x'); please report this"),
        (1, b"\xff" + b"y" * 300, "the reader failed (\ufffd" + "y" * 199 + "); please report this"),
    ],
)
def test_how_a_child_ended_is_told_in_words(code: int, errors: bytes, words: str) -> None:
    assert child._how_it_ended(code, errors, 2.5) == words


@pytest.mark.parametrize(("budget", "expected"), [(None, 5), (3, 3), (5, 5), (9, 5), ("3", 5)])
def test_a_budget_bounds_the_bytes_that_are_counted(
    workspace: Workspace, budget: int | str | None, expected: int
) -> None:
    with workspace.open("notes.txt") as opened:
        assert child._bytes_to_read(opened, {} if budget is None else {"budget": budget}) == expected


def test_the_child_sees_our_modules_first_and_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", "/their/modules", ""]))
    environment = child._environment()

    first, *rest = environment["PYTHONPATH"].split(os.pathsep)
    assert (Path(first) / "collectors/__init__.py").is_file()
    assert rest == ["/their/modules"]
    assert {environment[f"{name}_NUM_THREADS"] for name in ("OPENBLAS", "OMP", "MKL")} == {"1"}


def test_a_reading_may_cost_five_seconds_and_half_a_gibibyte_unless_said_otherwise() -> None:
    assert ReadLimits() == ReadLimits(seconds=5.0, memory_bytes=512 << 20)


def test_what_this_machine_does_not_allow_is_no_fault_of_the_file(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child that may have less memory than we grant says so; it never asks for more than it was given."""
    (tmp_path / "eating.py").write_text(EATING)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    python = tmp_path / "python"
    python.write_text(f'#!/bin/bash\nulimit -v 700000\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(python))
    eat = {"eat": Reader("eating", "eat", DocumentEvidence, "handle")}

    with ReaderProcess(ReadLimits(memory_bytes=4096 * MIB), eat) as process, workspace.open("notes.txt") as opened:
        [finding] = process.read("eat", opened).findings

    assert finding.text == f"{NOT_READ_HERE}: `ulimit -v` leaves 683 MiB, and reading needs more"
